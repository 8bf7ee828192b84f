"""Playing a workshop of the past into its log, command by command, at the times when it would have happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from realtime.kinds import SYSTEM
from realtime.ledger import Asked, Ledger, Refusal
from workshops.actions import joining, role_in, seat_for_user

if TYPE_CHECKING:
    from lab_workspace.people.models import User
    from workshops.models import Consent, Workshop


@dataclass(frozen=True, slots=True)
class Note:
    """Something that somebody wrote in a workshop. `after` is seconds from the opening; `theme` is its group."""

    key: str
    text: str
    author: str
    theme: str
    after: int


@dataclass(frozen=True, slots=True)
class Slot:
    """When one step of the agenda was open, in milliseconds since 1970."""

    activity: str
    opens: int
    closes: int

    def spread(self, count: int) -> Iterator[int]:
        """Give `count` times, even between opening and closing."""
        return (
            self.opens + (self.closes - self.opens) * (place + 1) // (count + 1) for place in range(count)
        )


class RefusedInPlay(Exception):
    """A command was refused: what is played does not fit the rules."""


class Play:
    """Plays commands into a workshop's log at given times (milliseconds since 1970)."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.ledger = Ledger(workshop.stream_id)
        self.actors: dict[str, str] = {}

    def ask(self, at: int, by: str, do: str, **fields: Any) -> None:
        """Run one command; raises RefusedInPlay."""
        self._commit(at, Asked(f"demo-{self.ledger.seq + 1}", do, fields, self.actors.get(by, by)))

    def ask_all(self, at: int, doing: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
        """Run commands of one moment together: (who, what, fields). Raises RefusedInPlay."""
        begun = self.ledger.seq + 1
        self._commit(
            at,
            *(
                Asked(f"demo-{begun}-{place}", do, fields, self.actors.get(by, by))
                for place, (by, do, fields) in enumerate(doing)
            ),
        )

    def _commit(self, at: int, *batch: Asked) -> None:
        for asked, answer in zip(batch, self.ledger.commit(batch, at=at), strict=True):
            if isinstance(answer, Refusal):
                raise RefusedInPlay(f"{asked.do} in “{self.workshop}”: {answer.code}: {answer.sentence}")

    def agenda(self, steps: list[dict[str, Any]], at: int) -> None:
        """Put all steps on the agenda. They become a1, a2 and so on."""
        for step in steps:
            self.ask(at, SYSTEM, "step.add", **step)

    def join(self, at: int, key: str, user: User, background: str, consent: Consent) -> None:
        """Give somebody a seat and let them in."""
        seat = seat_for_user(self.workshop, user)
        role = role_in(self.workshop, user)
        self.actors[key] = seat.actor
        self._commit(
            at,
            joining(seat, role, user.get_full_name()[:60], background=background[:60], consent=consent),
        )

    def last(self, letter: str) -> str:
        """Give the newest id of a kind: "i" ideas, "g" groups."""
        return f"{letter}{self.ledger.state.counters[letter]}"

    def write(self, slot: Slot, notes: Sequence[Note]) -> dict[str, str]:
        """Write every note; gives the ideas' ids by the notes' keys."""
        ideas = {}
        for note in notes:
            at = slot.opens + note.after * 1000
            self.ask(at, note.author, "idea.add", activity=slot.activity, text=note.text)
            ideas[note.key] = self.last("i")
        return ideas

    def group(
        self,
        slot: Slot,
        notes: Sequence[Note],
        ideas: Mapping[str, str],
        titles: Mapping[str, str],
        came: Sequence[str],
    ) -> dict[str, str]:
        """Make a group, with this title, of each theme that was written about; gives the groups' ids by theme."""
        groups: dict[str, str] = {}
        times = slot.spread(len(notes))
        for theme, title in titles.items():
            for note in notes:
                if note.theme != theme:
                    continue
                at, by, idea = next(times), came[len(note.text) % len(came)], ideas[note.key]
                if theme in groups:
                    self.ask(at, by, "idea.move", activity=slot.activity, idea=idea, to=groups[theme])
                else:
                    self.ask(at, by, "cluster.make", activity=slot.activity, title=title, ideas=[idea])
                    groups[theme] = self.last("g")
        return groups

    def vote(self, slot: Slot, votes: Sequence[tuple[str, str, int]]) -> None:
        """Place dots: (voter, item, dots)."""
        for at, (voter, item, dots) in zip(slot.spread(len(votes)), votes, strict=True):
            self.ask(at, voter, "dot.set", activity=slot.activity, item=item, dots=dots)
