"""Who speaks when: a round in which everybody has their turn and may pass. Newcomers come at the end."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import Dirty, NewEvent, Refused
from workshops.live.state import FACILITATOR

if TYPE_CHECKING:
    from workshops.activities.base import Command, Happened
    from workshops.live.state import State, Step

TURNS = frozenset({"check.turns", "check.next", "check.pass"})
MOST = 60
"""More people than these don't speak one after another."""


@dataclass(slots=True)
class Turns:
    """The order of speaking. Empty until a facilitator starts it."""

    order: list[str] = field(default_factory=list)
    at: int = 0
    """Whose turn it is, counted from 0; after the last one all have had theirs."""
    passed: set[str] = field(default_factory=set)

    @property
    def speaker(self) -> str:
        """Whose turn it is; "" before the first and after the last."""
        return self.order[self.at] if self.at < len(self.order) else ""

    @property
    def over(self) -> bool:
        """Whether all have had their turn."""
        return bool(self.order) and self.at >= len(self.order)


def mixed(people: list[str], seed: str) -> list[str]:
    """Give people in an order that nobody chose; the same for the same seed."""
    order = sorted(people)
    random.Random(seed).shuffle(order)  # noqa: S311 (an order of speaking, repeatable from the log)
    return order


def decide_turn(state: State, step: Step, command: Command, by: str, inside: set[str]) -> list[NewEvent]:
    """Decide who speaks. Facilitators start and go on; whoever's turn it is may go on or pass."""
    person, run = state.member(by), step.round
    if run is None or not step.settings.speaking:
        raise Refused("not_open", _("There is no order of speaking here."))
    turns: Turns = run.memory.turns
    body: dict[str, Any] = {"activity": step.id}
    if person.role != FACILITATOR and (command.do == "check.turns" or turns.speaker != by):
        raise Refused("not_your_turn", _("It is not your turn to speak."))
    if command.do == "check.turns":
        if len(inside) > MOST:
            raise Refused("too_many_people", _("With more than 60 people this would take too long."))
        return [NewEvent("check.turns_began", body | {"order": mixed(list(inside), command.seed)})]
    if not turns.speaker:
        raise Refused("not_your_turn", _("It is nobody's turn to speak now."))
    late = sorted(inside - set(turns.order))[: MOST - len(turns.order)]
    return [NewEvent("check.turned", body | {"passed": command.do == "check.pass", "late": late})]


def turned(turns: Turns, event: Happened) -> Dirty:
    """Go on to the next person, within `apply`."""
    before = turns.speaker
    if event.body["passed"]:
        turns.passed.add(before)
    turns.order += event.body["late"]
    turns.at += 1
    keys = {"stage"} if turns.over else {"stage.turns"}
    return Dirty(keys=keys, people={before, turns.speaker} - {""})


def turns_of(state: State, step: Step) -> dict[str, Any] | None:
    """Give what everybody sees of the order of speaking; None before it was started."""
    turns: Turns | None = step.rounds[-1].memory.turns if step.rounds else None
    if turns is None or not turns.order:
        return None
    people = [
        {
            "name": state.people[one].name,
            "passed": one in turns.passed,
            "done": place < turns.at,
            "now": place == turns.at,
        }
        for place, one in enumerate(turns.order)
        if not state.people[one].removed
    ]
    speaker = state.people[turns.speaker].name if turns.speaker else ""
    return {"people": people, "speaker": speaker, "over": turns.over}
