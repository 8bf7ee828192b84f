"""What the database holds of the workshop of a trial, read once, so that it can be compared with what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from realtime.models import Event
from workshops.models import Archive, IdeaRecord, TallyRecord, Workshop
from workshops.results import seals

if TYPE_CHECKING:
    from workshops.results.seals import SealCheck


@dataclass(slots=True)
class Kept:
    """The log's operations, the archive and the records. `archive` is empty while the workshop isn't closed."""

    stream: str
    operations: list[tuple[str, str, int, str]]
    """(actor, op, seq, kind) of every event that carries an operation."""
    participants: set[str]
    """The pseudonyms of all who joined as participants, simulated or not."""
    archive: dict[str, Any]
    ideas: dict[str, tuple[str, bool]]
    """(text, whether hidden) by global id, from the records."""
    tallies: dict[tuple[str, int, str], tuple[int, int, int]]
    """(dots, voters, rank) by step, round and global id, from the records."""
    seal: SealCheck | None

    def outcomes(self, kind: str) -> list[dict[str, Any]]:
        """Give the archive's outcomes of one kind of activity."""
        return [one for one in self.archive.get("outcomes", []) if one["kind"] == kind]


def read(workshop_id: str) -> Kept:
    """Read it. Raises Workshop.DoesNotExist."""
    workshop = Workshop.objects.get(pk=workshop_id)
    events = Event.objects.filter(stream_id=workshop.stream_id, op__isnull=False).order_by("seq")
    joined = Event.objects.filter(stream_id=workshop.stream_id, kind="person.joined")
    archive = Archive.objects.filter(workshop=workshop).select_related("workshop").first()
    return Kept(
        stream=str(workshop.stream_id),
        operations=[(row.actor, row.op or "", row.seq, row.kind) for row in events.iterator()],
        participants={row.body["person"] for row in joined if row.body["role"] == "participant"},
        archive=archive.content if archive else {},
        ideas={row.gid: (row.text, row.hidden) for row in IdeaRecord.objects.filter(workshop=workshop)},
        tallies={
            (row.step, row.round, row.item): (row.dots, row.voters, row.rank)
            for row in TallyRecord.objects.filter(workshop=workshop)
        },
        seal=seals.check(archive) if archive else None,
    )
