"""What the views of this area share: who asks, and for which challenge."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.core.exceptions import PermissionDenied

from challenges.queries import challenge_or_404
from insights.permissions import can_keep_board, can_make_reports
from insights.queries import report_or_404

if TYPE_CHECKING:
    from django.http import HttpRequest

    from challenges.models import Challenge
    from insights.models import Report
    from lab_workspace.people.models import User


def person(request: HttpRequest) -> User:
    """Who asks; only after a check that let nobody else through."""
    return cast("User", request.user)


def to_keep(request: HttpRequest, slug: str) -> Challenge:
    """The challenge, for somebody who keeps its board; 404 for strangers, 403 for other members."""
    challenge = challenge_or_404(request.user, slug)
    if not can_keep_board(request.user, challenge):
        raise PermissionDenied
    return challenge


def to_report(request: HttpRequest, slug: str) -> Challenge:
    """The challenge, for somebody who makes its reports; 404 for strangers, 403 for other members."""
    challenge = challenge_or_404(request.user, slug)
    if not can_make_reports(request.user, challenge):
        raise PermissionDenied
    return challenge


def draft_of(request: HttpRequest, slug: str, report_slug: str) -> Report:
    """The report, for somebody who may change it."""
    return report_or_404(to_report(request, slug), report_slug)
