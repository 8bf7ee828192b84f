"""The insights of the demo challenge. Invented, like everything in it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from insights.actions.board import add_evidence, take, write_insight
from insights.actions.publishing import publish
from insights.actions.reports import add_block, edit_block, edit_report, new_report
from insights.models import Block, Evidence, Insight, Report
from insights.sources import Taken, harvest_of, votes_on
from workshops.models import Archive, Workshop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from challenges.models import Challenge, Phase
    from lab_workspace.people.models import User

# The file knows one scale; the workspace asks how strong the evidence is and where the insight stands.
STRENGTH = {
    "strong": Evidence.Strength.STRONG,
    "moderate": Evidence.Strength.MODERATE,
    "emerging": Evidence.Strength.WEAK,
}
STATUS = {
    "strong": Insight.Status.SUPPORTED,
    "moderate": Insight.Status.SUPPORTED,
    "emerging": Insight.Status.EMERGING,
}
NOTES = {
    "interview": "Heard in interviews with people and staff during research and discovery.",
    "survey": "Answers to the Lab's survey.",
    "workshop": "Said and written down in a Lab workshop.",
    "evidence": "Found in the evidence scan.",
    "test": "Seen by a test team in its first cycles.",
}

REPORTED = "Idea generation workshop"
SUMMARY = (
    "People in the demo challenge wrote ideas in silence, grouped them, placed dots on those they most wanted to "
    "see tested, and said how much each group of ideas would take and change. Going where people already meet came "
    "before anything digital. Everything here is invented."
)
MAPPED = "Convening workshop"
"""Where insights that came out of a workshop were written down, grouped and voted on."""
AROUND = (
    ("The questions we started from", "Two-day discovery workshop", "one_two_four_all"),
    ("What the teams would dare next", "First learning call", "twenty_five_ten"),
)
"""Outcomes of other workshops that the report shows, by their kind."""
ONE_WORKSHOP, MOST_OF_IT = "This report rests on one workshop", "Most of this report rests on one workshop"


@transaction.atomic
def load_insights(data: Mapping[str, Any], challenge: Challenge, people: Mapping[str, User]) -> int:
    """Put the demo insights on the board, each with a note of its source. What is there already stays.

    Args:
        data: the demo file, its dates already moved to today.
        challenge: the demo challenge.
        people: the accounts by the id that people have in the file ("p01").

    Returns:
        How many were added.
    """
    there = set(Insight.objects.filter(challenge=challenge).values_list("statement", flat=True))
    kinds = {phase["id"]: phase["kind"] for phase in data["phases"]}
    phases = {phase.kind: phase for phase in challenge.phases.all()}
    themes = {theme["id"]: theme["name"] for theme in data.get("themes", ())}
    days = _days(data, kinds, phases)
    mapped = _mapped(challenge)
    added = 0
    for row in data["insights"]:
        if row["text"] in there:
            continue
        author = people.get(row["author"])
        insight = write_insight(
            challenge,
            author,
            row["text"],
            status=STATUS[row["strength"]],
            tags=[themes.get(row["theme"], row["theme"]), row["source"]],
            phase=phases.get(kinds.get(row["phase"], "")),
            at=days[row["id"]],
        )
        add_evidence(insight, author, note=NOTES[row["source"]], strength=STRENGTH[row["strength"]])
        if row["source"] == "workshop" and author:
            found = mapped.get(themes.get(row["theme"], ""), [])
            take(insight, author, found, strength=STRENGTH[row["strength"]])
        Insight.objects.filter(pk=insight.pk).update(updated_at=days[row["id"]])
        added += 1
    return added


def _mapped(challenge: Challenge) -> dict[str, list[Taken]]:
    """Give the groups of the first workshop by their titles, each with the dots that it got."""
    workshop = Workshop.objects.filter(challenge=challenge, title=MAPPED).first()
    if workshop is None:
        return {}
    return {
        group.title: [
            Taken(Evidence.Kind.CLUSTER, workshop, group.gid),
            *votes_on(workshop, [group.gid]),
        ]
        for group in harvest_of(workshop).groups
    }


def _days(
    data: Mapping[str, Any], kinds: Mapping[str, str], phases: Mapping[str, Phase]
) -> dict[str, datetime.datetime]:
    """When each was written: spread over its phase, never after the day the data speaks of."""
    today = datetime.date.fromisoformat(data["as_of"])
    days: dict[str, datetime.datetime] = {}
    for phase_id, kind in kinds.items():
        rows = [row["id"] for row in data["insights"] if row["phase"] == phase_id]
        phase = phases.get(kind)
        if phase is None:
            days |= dict.fromkeys(rows, timezone.now())
            continue
        last = max(phase.starts, min(phase.ends, today - datetime.timedelta(days=1)))
        length = (last - phase.starts) / (len(rows) + 1)
        for n, row in enumerate(rows, start=1):
            noon = datetime.datetime.combine(phase.starts + n * length, datetime.time(12))
            days[row] = timezone.make_aware(noon)
    return days


@transaction.atomic
def load_report(challenge: Challenge, by: User | None) -> Report | None:
    """Publish a report on the demo workshop that has a vote, so that the library isn't empty. Once only."""
    archive = (
        Archive.objects.filter(workshop__challenge=challenge, workshop__title=REPORTED)
        .select_related("workshop")
        .first()
    )
    if archive is None or Report.objects.filter(challenge=challenge).exists():
        return None
    report = new_report(
        challenge, by, title="Finding a peer within a fortnight: what people chose", archive=archive
    )
    edit_report(
        report, title=report.title, summary=SUMMARY, authors=report.authors, licence="CC0-1.0 (invented)"
    )
    supported = Insight.objects.filter(challenge=challenge, status=Insight.Status.SUPPORTED)
    supported = supported.annotate(rests_on=Count("evidence")).order_by("-rests_on", "pk")[:3]
    add_block(report, Block.Kind.INSIGHTS, heading="What we had learned before", insights=supported)
    _show_around(report, challenge)
    for block in report.blocks.filter(text__contains=ONE_WORKSHOP):  # not quite, with what was added
        edit_block(block, heading=block.heading, text=block.text.replace(ONE_WORKSHOP, MOST_OF_IT))
    publish(report, by, listed=True)
    return report


def _show_around(report: Report, challenge: Challenge) -> None:
    """Show in the report what came before the workshop that it is about, and after it."""
    for heading, title, kind in AROUND:
        archive = Archive.objects.filter(workshop__challenge=challenge, workshop__title=title).first()
        for outcome in archive.content["outcomes"] if archive else ():
            if outcome["kind"] == kind:
                block = Block.Kind.OUTCOME
                add_block(report, block, heading=heading, archive=archive, outcome=outcome["id"])
