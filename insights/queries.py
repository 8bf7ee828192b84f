"""Reads of the insight board and of reports."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from insights.models import Block, Evidence, Insight, InsightTag, Report, ReportVersion
from insights.permissions import can_make_reports
from workshops.models import Archive, Workshop
from workshops.results.archive import checksum

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from challenges.models import Challenge
    from lab_workspace.people.models import User


def fold(text: str) -> str:
    """The same words without case and accents, so that a search finds them on every database."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@dataclass(frozen=True)
class BoardFilter:
    """What the board is narrowed to; empty means everything."""

    search: str = ""
    status: str = ""
    tag: str = ""
    phase: int | None = None

    def __bool__(self) -> bool:
        return bool(self.search or self.status or self.tag or self.phase)


def with_evidence(insights: QuerySet[Insight]) -> QuerySet[Insight]:
    """The same insights with all that a page shows of them: three more queries, however many there are."""
    evidence = Evidence.objects.filter(removed_at=None).select_related("workshop")
    return insights.select_related("author", "phase", "challenge").prefetch_related(
        "tags", Prefetch("evidence", queryset=evidence)
    )


def board(challenge: Challenge, narrowed: BoardFilter | None = None) -> QuerySet[Insight]:
    """The insights of a challenge that stand, newest first; every word of the search must occur."""
    insights = Insight.objects.filter(challenge=challenge, withdrawn_at=None)
    if narrowed:
        if narrowed.status:
            insights = insights.filter(status=narrowed.status)
        if narrowed.tag:
            insights = insights.filter(
                pk__in=InsightTag.objects.filter(name=narrowed.tag.lower()).values("insight")
            )
        if narrowed.phase:
            insights = insights.filter(phase=narrowed.phase)
        for word in fold(narrowed.search).split():
            insights = insights.filter(words__contains=word)
    return with_evidence(insights)


def withdrawn_insights(challenge: Challenge) -> QuerySet[Insight]:
    """The insights that were taken off the board, to put back."""
    return Insight.objects.filter(challenge=challenge).exclude(withdrawn_at=None).select_related("author")


def latest_insights(challenge: Challenge, n: int = 3) -> list[Insight]:
    """The newest `n` insights of a challenge with tags, author and evidence. For the challenge's page."""
    return list(board(challenge)[:n])


def tags_of(challenge: Challenge) -> list[tuple[str, int]]:
    """The tags in use on the board and how many insights carry each, in alphabetical order."""
    rows = (
        InsightTag.objects.filter(insight__challenge=challenge, insight__withdrawn_at=None)
        .values("name")
        .annotate(n=Count("pk"))
        .order_by("name")
    )
    return [(row["name"], row["n"]) for row in rows]


def insight_or_404(challenge: Challenge, pk: int) -> Insight:
    """The insight of this challenge, withdrawn or not."""
    return get_object_or_404(with_evidence(Insight.objects.filter(challenge=challenge)), pk=pk)


def removed_evidence(insight: Insight) -> list[Evidence]:
    """What was taken from an insight, last first, to put back."""
    return list(_removed(insight).order_by("-removed_at"))


def removed_evidence_or_404(insight: Insight, pk: int) -> Evidence:
    """One removed piece of evidence of this insight."""
    return get_object_or_404(_removed(insight), pk=pk)


def _removed(insight: Insight) -> QuerySet[Evidence]:
    # Not from `insight.evidence`: what was read with the insight holds only what still stands.
    return Evidence.objects.filter(insight=insight.pk).exclude(removed_at=None).select_related("insight")


def closed_workshops(challenge: Challenge) -> QuerySet[Workshop]:
    """The workshops that have left an archive, newest first."""
    return (
        Workshop.objects.filter(challenge=challenge, archive__isnull=False)
        .annotate(n_ideas=Count("ideas", filter=Q(ideas__hidden=False, ideas__removed=False)))
        .order_by("-closed_at", "-starts_at")
    )


def reports_of(challenge: Challenge, user: User | AnonymousUser) -> list[Report]:
    """The reports of a challenge that somebody may know of: all for staff, else those in the library.

    Each carries its versions, newest first, without their content.
    """
    reports = Report.objects.filter(challenge=challenge)
    if not can_make_reports(user, challenge):
        reports = reports.filter(state=Report.State.PUBLISHED, listed=True)
    return list(_with_versions(reports))


def library() -> QuerySet[Report]:
    """What anyone may read: published reports listed in the library, the latest first."""
    return _with_versions(
        Report.objects.filter(state=Report.State.PUBLISHED, listed=True).select_related("challenge")
    )


def _with_versions(reports: QuerySet[Report]) -> QuerySet[Report]:
    versions = ReportVersion.objects.defer("content")
    return reports.prefetch_related(Prefetch("versions", queryset=versions))


def report_or_404(challenge: Challenge, slug: str) -> Report:
    """The report of this challenge with this slug, in whatever state."""
    return get_object_or_404(Report.objects.select_related("challenge"), challenge=challenge, slug=slug)


def version_or_404(report: Report, number: int | None = None) -> ReportVersion:
    """The version with this number, or the latest.

    Raises:
        django.http.Http404: there is none.
    """
    versions = report.versions.all()
    version = versions.first() if number is None else versions.filter(number=number).first()
    if version is None:
        raise Http404
    return version


def is_whole(version: ReportVersion) -> bool:
    """Whether a published version still has the content that it was published with."""
    return checksum(version.content) == version.sha256


def versions_of(report: Report) -> list[ReportVersion]:
    """All versions, newest first, without their content."""
    return list(report.versions.defer("content"))


def blocks_of(report: Report) -> list[Block]:
    """The blocks of the draft in order, with their archives and all their insights. At most six queries."""
    insights = with_evidence(Insight.objects.order_by("pk"))
    return list(
        report.blocks.filter(removed_at=None)
        .select_related("archive__workshop")
        .prefetch_related(Prefetch("insights", queryset=insights))
    )


def removed_blocks(report: Report) -> list[Block]:
    """What was removed from the draft, last first, to put back."""
    return list(report.blocks.exclude(removed_at=None).order_by("-removed_at"))


def archives_of(challenge: Challenge) -> list[Archive]:
    """The sealed archives of a challenge's workshops, newest first."""
    return list(
        Archive.objects.filter(workshop__challenge=challenge)
        .select_related("workshop")
        .order_by("-sealed_at", "-pk")
    )
