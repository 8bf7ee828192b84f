"""From the live log to ordinary tables: what search, insights and reports read.

Runs in the transaction that appends the events, so that the tables are never ahead of the log nor behind it. All of
it can be made again from the log: `manage.py project_again`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from realtime.log import moment_of
from realtime.models import Stream
from workshops.activities.registry import ACTIVITIES, activity_of
from workshops.models import ClusterRecord, IdeaRecord, TallyRecord, Workshop
from workshops.results import archive, credit

if TYPE_CHECKING:
    from realtime.kinds import Happened
    from workshops.live.state import Round, State, Step

_SHAPING = {
    "step.closed",
    "step.revealed",
    "idea.hidden",
    "idea.restored",
    "idea.merged",
    "workshop.closed",
}.union(*(activity.shows_more for activity in ACTIVITIES.values()))


def project(state: State, events: list[Happened]) -> None:
    """Write what these events changed. Cheap for most: only the end of a round touches the records."""
    kinds = {event.kind for event in events}
    if state.conduct.rehearsal is not None:
        _project_rehearsal(state, kinds)
        return
    if "step.opened" in kinds:
        Workshop.objects.filter(stream_id=state.stream, state=Workshop.State.PLANNED).update(
            state=Workshop.State.OPEN
        )
    if kinds & _SHAPING:
        workshop = Workshop.objects.filter(stream_id=state.stream).first()
        if workshop is not None:
            write_records(state, workshop)
            if "workshop.closed" in kinds:
                seal(state, workshop)


def _project_rehearsal(state: State, kinds: set[str]) -> None:
    """Write nothing of a rehearsal but that it is over, so that its code opens nothing any more."""
    if "workshop.closed" in kinds:
        Workshop.rooms.filter(stream_id=state.stream).update(
            state=Workshop.State.CLOSED, closed_at=moment_of(state.closed_at or 0)
        )


def write_records(state: State, workshop: Workshop) -> None:
    """Write ideas, clusters and tallies of all rounds that have ended, under their global ids."""
    ended = [(step, run) for step in state.everything() for run in step.rounds if run.closed_at is not None]
    steps = {step.id for step, _run in ended}
    _write_ideas(state, workshop, steps)
    clusters: list[ClusterRecord] = []
    TallyRecord.objects.filter(workshop=workshop).delete()
    for step, run in ended:
        if run.revealed_at is None and state.closed_at is None:
            continue  # what was not shown yet is read nowhere
        if step.breakout is not None:
            continue  # what its rooms came to stands there
        outcome = activity_of(step.kind).outcome(state, step, run)
        clusters += _clusters(workshop, step, run, outcome.get("clusters", []))
        TallyRecord.objects.bulk_create(
            TallyRecord(
                workshop=workshop,
                step=step.id,
                round=run.number,
                item=row["item"],
                dots=row["dots"],
                voters=row["voters"],
                rank=row["rank"],
            )
            for row in outcome.get("rows", [])
        )
    latest = {cluster.gid: cluster for cluster in clusters}
    ClusterRecord.objects.filter(workshop=workshop).delete()
    ClusterRecord.objects.bulk_create(latest.values())


def _write_ideas(state: State, workshop: Workshop, steps: set[str]) -> None:
    records = [
        IdeaRecord(
            gid=state.gid(idea.id),
            workshop=workshop,
            step=idea.step,
            text=idea.text if credit.may_be_kept(state, idea) else "",
            consent=credit.consent_of(state, idea),
            credit=credit.credit_of(state, idea),
            hidden=not credit.may_be_kept(state, idea) or idea.merged_into is not None,
            removed=idea.removed,
            written_at=archive.written_at(state, idea),
        )
        for idea in state.ideas.values()
        if idea.step in steps
    ]
    IdeaRecord.objects.bulk_create(
        records,
        update_conflicts=True,
        unique_fields=["gid"],
        update_fields=["text", "consent", "credit", "hidden", "removed"],
    )


def _clusters(
    workshop: Workshop, step: Step, run: Round, clusters: list[dict[str, Any]]
) -> list[ClusterRecord]:
    return [
        ClusterRecord(
            gid=cluster["id"],
            workshop=workshop,
            step=step.id,
            round=run.number,
            title=cluster["title"],
            ideas=cluster["ideas"],
            position=place,
        )
        for place, cluster in enumerate(clusters)
    ]


def seal(state: State, workshop: Workshop) -> None:
    """Close the workshop's row and make its archive, once."""
    stream = Stream.objects.get(pk=state.stream)
    closed_at = moment_of(state.closed_at or 0)
    Workshop.objects.filter(pk=workshop.pk).update(state=Workshop.State.CLOSED, closed_at=closed_at)
    archive.make(state, workshop, stream)
