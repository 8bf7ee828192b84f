"""Publishing, withdrawing and sharing a report."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from insights.checks import problems_of
from insights.content import build
from insights.models import Report, ReportVersion, ShareLink
from workshops.results.archive import checksum

if TYPE_CHECKING:
    from lab_workspace.people.models import User

# A link's last use is kept to the minute: often enough to see that it is used, without a write per page.
USED_EVERY = datetime.timedelta(minutes=1)
TOKEN_BYTES = 32


class NotReadyError(Exception):
    """The report can't be published yet. `problems` says why, in sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@transaction.atomic
def publish(report: Report, by: User | None, *, listed: bool, change_note: str = "") -> ReportVersion:
    """Freeze the draft as the next version and show it.

    Raises:
        NotReadyError: something in it would not hold up.
    """
    report = Report.objects.select_for_update().select_related("challenge").get(pk=report.pk)
    content = build(report)
    problems = problems_of(report)
    if problems:
        raise NotReadyError(problems)
    last = report.versions.values_list("number", flat=True).first() or 0
    now = timezone.now()
    version = ReportVersion.objects.create(
        report=report,
        number=last + 1,
        title=report.title,
        content=content,
        sha256=checksum(content),
        change_note=change_note,
        published_at=now,
        published_by=by,
    )
    report.state, report.listed = Report.State.PUBLISHED, listed
    report.withdrawn_at, report.withdrawn_reason, report.withdrawn_by = None, "", None
    report.save()
    return version


def withdraw(report: Report, by: User | None, reason: str) -> None:
    """Take every version from readers, who see the reason instead. Publishing again ends it."""
    Report.objects.filter(pk=report.pk, state=Report.State.PUBLISHED).update(
        state=Report.State.WITHDRAWN,
        withdrawn_at=timezone.now(),
        withdrawn_reason=reason,
        withdrawn_by=by,
    )
    report.refresh_from_db()


def set_listed(report: Report, *, listed: bool) -> None:
    """Put a published report into the library, or leave it to those who have a link."""
    Report.objects.filter(pk=report.pk).update(listed=listed)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def make_link(
    report: Report,
    by: User | None,
    *,
    label: str,
    scope: str = ShareLink.Scope.PUBLISHED,
    expires_at: datetime.datetime | None = None,
) -> tuple[ShareLink, str]:
    """A link to this report and its token (256 bits). The token is not kept and can't be shown again."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = ShareLink.objects.create(
        report=report, created_by=by, label=label, scope=scope, expires_at=expires_at, token_hash=_hash(token)
    )
    return link, token


def revoke_link(link: ShareLink) -> None:
    """Close a link at once, for good."""
    ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())


def open_link(token: str) -> ShareLink | None:
    """The link that this token opens, unless it is revoked or has run out. Keeps when it was used."""
    now = timezone.now()
    link = (
        ShareLink.objects.select_related("report__challenge")
        .filter(token_hash=_hash(token), revoked_at=None)
        .first()
    )
    if link is None or (link.expires_at is not None and link.expires_at <= now):
        return None
    if link.last_used_at is None or now - link.last_used_at >= USED_EVERY:
        ShareLink.objects.filter(pk=link.pk).update(last_used_at=now)
    return link
