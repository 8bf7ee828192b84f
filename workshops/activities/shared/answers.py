"""What those kinds share in which everybody gives one answer: how many chose what.

Counts go up and down as answers come, so that a thousand people who press at once cost what they press.
`tests/activities/test_answers.py` holds them to the slow way.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import Dirty
from workshops.activities.shared.taking_part import TakingPart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Person, Round, State, Step


@dataclass(slots=True)
class Answers:
    """The memory of one round: everybody's answer, and how many chose what."""

    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What each person chose, also where it doesn't count yet."""
    counting: set[str] = field(default_factory=set)
    """Those whose answer counts."""
    counts: dict[str, int] = field(default_factory=dict)
    electorate: set[str] | None = None
    """Who could answer, noted when the round was closed."""

    @property
    def answered(self) -> AbstractSet[str]:
        """Those whose answer counts."""
        return self.counting

    def put(self, person: str, chosen: tuple[str, ...], *, counts: bool = True) -> None:
        """Set somebody's answer; nothing chosen is no answer."""
        if person in self.counting:
            self.counting.discard(person)
            for one in self.chosen[person]:
                self.counts[one] -= 1
        self.chosen.pop(person, None)
        if chosen:
            self.chosen[person] = chosen
        if chosen and counts:
            self.counting.add(person)
            for one in chosen:
                self.counts[one] = self.counts.get(one, 0) + 1

    def of(self, person: str) -> tuple[str, ...]:
        """Give what somebody chose."""
        return self.chosen.get(person, ())

    def people(self, option: str) -> int:
        """Count those who chose something."""
        return self.counts.get(option, 0)


def bars(options: Iterable[tuple[str, StrOrPromise]], answers: Answers, of: int) -> list[dict[str, Any]]:
    """Give a row for each option: how many chose it, and their share of `of` people in percent."""
    rows = []
    for option, label in options:
        people = answers.people(option)
        share = 100 * people / of if of else 0.0
        rows.append(
            {
                "option": option,
                "label": str(label),
                "people": people,
                "share": round(share),
                "length": f"{share:.1f}",
            }
        )
    return rows


def kept(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give rows of `bars` as an outcome keeps them: without what only a drawing needs."""
    return [{name: value for name, value in row.items() if name != "length"} for row in rows]


class Answering(TakingPart):
    """A kind in which everybody gives one answer. Its rounds' memory is `Answers`, or has them as `answers`."""

    def answers(self, run: Round) -> Answers:
        """Give a round's answers."""
        memory: Answers = run.memory
        return memory

    def turnout_of(self, run: Round) -> Answers:
        return self.answers(run)

    def person_changed(self, state: State, step: Step, person: Person) -> Dirty:
        """Who could answer is told beside the counts, and names may stand there."""
        return Dirty(keys={"stage.result"})

    def shows_results(self, step: Step) -> bool:
        """Whether everybody may see now how many chose what."""
        return step.revealed or (bool(step.rounds) and self.live(step.settings))

    def live(self, settings: Any) -> bool:
        """Whether people see how many chose what while others still answer."""
        return bool(getattr(settings, "results", "hidden") == "live")

    def was_shown(self, run: Round) -> bool:
        return super().was_shown(run) or self.live(run.settings)

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        turnout = self.turnout(state, step, step.rounds[-1])
        return [(_("%(answered)d of %(eligible)d") % turnout, _("have answered"))]

    def done_by(self, state: State, step: Step, person: str) -> str:
        if not step.rounds or self.live(step.settings):
            return ""  # a word that appears as a count grows would say whose answer it was
        return str(_("has answered")) if person in self.answers(step.rounds[-1]).counting else ""
