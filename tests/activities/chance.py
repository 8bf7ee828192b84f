"""Random but repeatable people: any command of the room, with arguments that are mostly sensible and partly nonsense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from realtime.fields import Field, Flag, Group, Id, Many, OneOf, Text, Whole
from realtime.kinds import SYSTEM
from realtime.ledger import Ack, Answer
from tests.workshop_driver import MINUTE, Driver

type Picks = tuple[int, ...]

PICKS = st.tuples(*[st.integers(0, 999)] * 8)
WITHIN = (
    "step.open",
    "step.close",
    "step.reveal",
    "step.pause",
    "step.resume",
    "step.new_round",
    "step.finish",
)
AROUND = (
    "show.next",
    "show.back",
    "show.go",
    "step.extend",
    "step.change",
    "step.move",
    "step.add",
    "step.remove",
    "step.put_back",
    "step.copy",
    "idea.hide",
    "idea.restore",
    "idea.merge",
    "person.describe",
    "person.join",
    "person.remove",
    "person.let_in",
    "door.lock",
    "door.unlock",
    "clock.time_is_up",
)
"""Everything but closing the workshop, which would end the play."""
OPTIONS = ["o1", "o2", "o3", "none"]
"""What polls have to choose from."""
QUESTIONS = ["hello", "q1", "q2", "q3"]
"""The parts of a guided chat."""
STAGES = ["s1", "s2", "s9"]
"""Stages of a journey map; there is no ninth."""


@dataclass
class Crowd:
    """People who do whatever comes to their minds. Every text they write is one of a kind."""

    driver: Driver
    step: str
    texts: dict[str, str] = field(default_factory=dict)
    """Who wrote each text."""
    names: int = 0

    def act(self, picks: Picks) -> tuple[str, str, dict[str, Any], Answer]:
        """Have somebody do something. Gives who, what, the arguments and the answer."""
        who, what, which, *rest = picks
        own = self._own_commands() or list(WITHIN)  # a break has nothing of its own to do
        do = (own[what % len(own)], WITHIN[what % len(WITHIN)], AROUND[what % len(AROUND)])[
            (0, 0, 0, 0, 0, 1, 2, 2, 1)[which % 9]
        ]
        people = list(self.driver.state.people)
        facilitators = [p for p in people if self.driver.state.people[p].role == "facilitator"]
        choice = people if do in own or do == "step.finish" or who % 5 == 0 else facilitators
        person = choice[who % len(choice)] if who % 29 else "p-nobody"
        if do in ("person.join", "clock.time_is_up"):
            person = SYSTEM
        args = self._args(do, self.driver.ledger.kind.forms()[do], rest, person)
        if who % 13 == 0:
            self.driver.wait(which / 100)
        return person, do, args, self.driver.ask(person, do, **args)

    def _own_commands(self) -> list[str]:
        from workshops.activities.registry import activity_of

        activity = activity_of(self.driver.state.steps[self.step].kind)
        common = (
            ["board.put_back", "my.undo", "my.redo"] if activity.large_changes else []
        )  # a board that people share
        return [*activity.commands, *common]

    def _args(self, do: str, form: Mapping[str, Field], picks: list[int], person: str) -> dict[str, Any]:
        args: dict[str, Any] = {}
        for place, (name, about) in enumerate(form.items()):
            pick = picks[place % len(picks)] + place
            if not about.required and pick % 3 == 0 and name not in ("idea", "ideas"):
                continue
            args[name] = self._value(do, name, about, pick, person)
        if do == "person.join":
            args |= {"person": f"p-new{picks[0] % 3}", "name": self._name()}
        if "if" in args:
            here = self.driver.state
            args["if"] = {"activity": here.current or "", "round": len(here.step.rounds) if here.step else 0}
        return args

    def _value(self, do: str, name: str, about: Field, pick: int, person: str) -> Any:  # noqa: PLR0911 (one line a kind)
        state = self.driver.state
        match about:
            case Text():
                return self._name() if name == "name" else self._text(person)
            case Id() | Many():
                known = {
                    "activity": [self.step] * 8 + list(state.steps),
                    "kind": ["brainstorm", "cluster", "dot_vote", "nonsense"],
                    "person": list(state.people),
                    "cluster": self._things("g"),
                    "into": self._things("i") if do == "idea.merge" else self._things("g"),
                    "to": [*self._things("g"), "loose", "parked"],
                    "item": [*self._things("i"), *self._things("g")],
                    "option": OPTIONS,
                    "question": QUESTIONS,
                    "seen": QUESTIONS,
                    "stage": STAGES,
                    "options": OPTIONS,
                    "team": ["2-1", "3-1"],
                    "before": list(state.steps) if do.startswith("step.") else self._things("g"),
                }.get(name, self._things("i")) or ["x1"]
                if isinstance(about, Many):
                    return [known[(pick + n * 7) % len(known)] for n in range(pick % 4)]
                return known[pick % len(known)]
            case Whole():
                return pick % 4 if pick % 11 else about.most + 1
            case OneOf():
                return about.choices[pick % len(about.choices)]
            case Flag():
                return bool(pick % 2)
            case Group(form=None) if do == "cluster.suggested":
                ideas = self._things("i")
                return {
                    str(n): {"title": self._text(person), "ideas": [ideas[(pick + n) % len(ideas)]]}
                    for n in range(pick % 4)
                }
            case Group(form=None):
                return {}
            case _:
                return None

    def _things(self, letter: str) -> list[str]:
        return [f"{letter}{n + 1}" for n in range(self.driver.state.counters.get(letter, 0) + 1)]

    def _text(self, person: str) -> str:
        text = f"words-{len(self.texts)}-of-somebody"
        self.texts[text] = person
        return text

    def _name(self) -> str:
        self.names += 1
        return f"Called-{self.names}-so"


def accepted(answer: Answer) -> bool:
    return isinstance(answer, Ack)


__all__ = ["MINUTE", "PICKS", "Crowd", "Picks", "accepted"]
