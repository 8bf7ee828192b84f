"""Check-out: a check-in at the other end, with how useful the workshop was and how the whole group has moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, Whole
from workshops.activities.base import Command, Dirty, Happened, NewEvent, setting
from workshops.activities.checks.check_in import CheckIn
from workshops.activities.checks.checking import COMMENT, MOST_COMMENT, SCALE, Checked, CheckSettings
from workshops.activities.shared.answers import Answers, bars, kept
from workshops.activities.shared.promises import joined
from workshops.live.few import FEWEST

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.live.state import Round, State, Step

RATINGS: dict[str, StrOrPromise] = {
    "r5": _("5 · Very useful"),
    "r4": "4",
    "r3": "3",
    "r2": "2",
    "r1": _("1 · Not useful"),
}
SAME = 0.25
"""A smaller change on average is told as none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutSettings(CheckSettings):
    """What is asked besides."""

    rating: bool = field(
        default=True, metadata=setting(_("Ask how useful the workshop was, and for a comment"), guarded=True)
    )
    compare: bool = field(
        default=True,
        metadata=setting(
            _("Compare with the check-in"),
            _("For the group only, with five people or more who chose a number both times."),
            guarded=True,
        ),
    )


@dataclass(slots=True)
class CheckedOut(Checked):
    """The memory of one round."""

    ratings: Answers = field(default_factory=Answers)
    change: dict[str, Any] | None = None
    """How the group has moved, noted when the round was closed."""


class CheckOut(CheckIn):
    """Saying how one leaves."""

    kind = "check_out"
    label = _("Check-out")
    about = _("Everybody says how they leave, and how useful the workshop was.")
    icon = "log-out"
    verb = _("Start the check-out")
    Settings = CheckOutSettings
    commands: ClassVar = {
        **CheckIn.commands,
        "check.rate": {"activity": Id(), "rating": Whole(most=5)},
    }
    foremost = ("form", "low", "high", "rating", "visibility")
    sorts = (*CheckIn.sorts, COMMENT)

    def template(self, name: str) -> str:
        return f"workshops/activities/{'check_out' if name == 'help' else 'check_in'}/{name}.html"

    def begin(self, state: State, step: Step) -> CheckedOut:
        return CheckedOut()

    def asks(self, settings: Any) -> set[str]:
        return super().asks(settings) | ({COMMENT} if settings.rating else set())

    def promise(self, settings: Any) -> StrOrPromise:
        if not settings.compare or settings.form != "scale":
            return super().promise(settings)
        moved = _(
            "If there was a check-in, how the whole group has moved since then is shown too, never how one person has."
        )
        return joined(super().promise(settings), moved)

    # -- rules -----------------------------------------------------------------------------------------------------

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        if command.do != "check.rate":
            return super().decide(state, step, command, by)
        self.taker(state, step, by)
        run = self.must_be_open(step)
        if not run.settings.rating:
            return []
        wanted = (f"r{command['rating']}",) if command["rating"] else ()
        if run.memory.ratings.of(by) == wanted:
            return []
        return [NewEvent("check.rated", {"activity": step.id, "rating": command["rating"]})]

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        if event.kind != "check.rated":
            return super().apply(state, step, event)
        run = step.rounds[-1]
        run.memory.ratings.put(event.actor, (f"r{event.body['rating']}",) if event.body["rating"] else ())
        dirty = Dirty(people={event.actor})
        if self.live(step.settings):
            dirty.keys.add("stage.result")
            dirty.people |= self.watching(run)
        return dirty

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        if event.kind != "check.rated":
            return super().inverse(state, step, event)
        before = step.rounds[-1].memory.ratings.of(event.actor)
        return {"do": "check.rate", "activity": step.id, "rating": int(before[0][1:]) if before else 0}

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        run = step.rounds[-1]
        answers, rated = self.answers(run).of(person), run.memory.ratings.of(person)
        if answers and not rated and run.settings.rating and pretender.chance(6):
            return {"do": "check.rate", "activity": step.id, "rating": pretender.number(2, 5)}
        return super().pretend(state, step, person, pretender)

    def ended(self, state: State, step: Step) -> None:
        super().ended(state, step)
        run = step.rounds[-1]
        if run.settings.compare and run.settings.form == "scale":
            run.memory.change = self._change(state, step, run)

    def reopened(self, state: State, step: Step) -> None:
        super().reopened(state, step)
        step.rounds[-1].memory.change = None

    def _change(self, state: State, step: Step, run: Round) -> dict[str, Any] | None:
        """Say how the group has moved since the latest check-in with the same scale, if that gives nobody away."""
        before = self._check_in_before(state, step, run)
        return moved(_numbers(before.memory.answers), _numbers(run.memory.answers)) if before else None

    def _check_in_before(self, state: State, step: Step, run: Round) -> Round | None:
        found = None
        for other in state.order():
            if other.id == (step.parent or step.id):
                break
            if other.kind == CheckIn.kind:
                found = next(
                    (one for one in reversed(other.rounds) if self.was_shown(one) and _same(one, run)), found
                )
        return found

    # -- views -----------------------------------------------------------------------------------------------------

    def _result(self, state: State, step: Step) -> dict[str, Any]:
        run = step.rounds[-1]
        return super()._result(state, step) | self._more(run, bars) | {"change": run.memory.change}

    @staticmethod
    def _more(run: Round, make: Any) -> dict[str, Any]:
        if not run.settings.rating:
            return {}
        ratings: Answers = run.memory.ratings
        rated = len(ratings.counting)
        return {"rated": rated, "ratings": make(RATINGS.items(), ratings, rated)}

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        return super().stage(state, step, reader) | {"most_comment": MOST_COMMENT}

    def own_more(self, state: State, step: Step, person: str) -> dict[str, Any]:
        run = step.rounds[-1]
        if not run.settings.rating:
            return {}
        rated = run.memory.ratings.of(person)
        rates = [
            {"id": one, "rating": int(one[1:]), "label": str(label), "chosen": one in rated}
            for one, label in RATINGS.items()
        ]
        return {"rates": rates, "rated": bool(rated)}

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        outcome = super().outcome(state, step, run)
        if not self.was_shown(run):
            return outcome
        more = self._more(run, lambda *given: kept(bars(*given)))
        return {**outcome, **more, "change": run.memory.change}


def _numbers(answers: Answers) -> dict[str, int]:
    """Give who chose which number."""
    return {
        person: int(answers.of(person)[0][1:])
        for person in answers.counting
        if answers.of(person)[0] in SCALE
    }


def _same(one: Round, other: Round) -> bool:
    """Whether two rounds asked for the same: numbers with the same words at their ends."""
    names = ("form", "low", "high")
    return all(getattr(one.settings, name) == getattr(other.settings, name) for name in names)


def moved(before: dict[str, int], after: dict[str, int]) -> dict[str, Any] | None:
    """Say how those who chose a number both times have moved, or nothing where they are too few.

    Told is of `FEWEST` people or more, and of nobody who could be reckoned out of them. Both distributions are shown
    to everybody. So where one to four people chose a number only once, the average would let theirs be reckoned: only
    the direction is told then.
    """
    pairs = before.keys() & after.keys()
    if len(pairs) < FEWEST:
        return None
    mean = sum(after[person] - before[person] for person in pairs) / len(pairs)
    alone = (len(before.keys() - pairs), len(after.keys() - pairs))
    tellable = all(count == 0 or count >= FEWEST for count in alone)
    direction = "same" if abs(mean) < SAME else "up" if mean > 0 else "down"
    return {"pairs": len(pairs), "direction": direction, "mean": round(mean, 1) if tellable else None}
