"""Plays a workshop by bytes: any command by anybody, and after each what must always be so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from realtime.client_view import View
from realtime.fields import Field, Flag, Group, Id, Many, OneOf, Text, Whole
from realtime.kinds import SYSTEM
from realtime.ledger import Ack, Answer
from tests.activities.test_hidden import Censor
from tests.hostile.fuzzing.dice import Dice
from tests.hostile.fuzzing.memory import MemoryDriver, MemoryLedger, plain
from tests.live_view import Browser
from tests.workshop_driver import READERS
from workshops.activities.cluster.grouping import MOST_GROUPS
from workshops.activities.dot_vote.ballots import Ballots
from workshops.activities.dot_vote.rules import limits_of
from workshops.activities.registry import ACTIVITIES
from workshops.activities.shared.writing import MOST_PIECES
from workshops.live.agenda import MOST_STEPS
from workshops.live.people import ROLES

MOST_COMMANDS = 80
PEOPLE = ("p-ann", "p-ben", "p-cat", "p-fay", "p-gus", "p-obs", "p-nobody", "p-new0", SYSTEM)
ODD: list[Any] = [
    *(None, "", " ", 0, -1, 1.5, True, [], {}, "\x00", "x" * 3000, "a99", "i99", "g99", 10**30, float("nan")),
    *(["i1", "i1"], ["i1", None], {"a": []}, "\u202e", "\u3164", "٣", "loose", "system", [[[]]]),
]
SCENES: list[dict[str, dict[str, Any]]] = [
    {"brainstorm": {}, "cluster": {}, "dot_vote": {}},
    {"brainstorm": {"visibility": "shared"}, "cluster": {}, "dot_vote": {"results": "live"}},
    {
        "brainstorm": {"most_ideas": 2, "names": "everybody"},
        "cluster": {"who": "facilitators"},
        "dot_vote": {"dots": 3, "cap": 3, "facilitators_vote": True},
    },
    {
        "brainstorm": {"visibility": "shared", "names": "facilitators"},
        "cluster": {},
        "dot_vote": {"target": "clusters"},
    },
    {
        "brainstorm": {"late_ideas": False, "when_time_is_up": "close"},
        "cluster": {"when_time_is_up": "close"},
        "dot_vote": {"dots": 0, "cap": 99, "results": "live", "when_time_is_up": "close"},
    },
]
WAY = [
    *[("p-ann", "idea.add"), ("p-ben", "idea.add"), ("p-cat", "idea.add"), ("p-ann", "idea.add")],
    *[("p-fay", "a1 reveal"), ("p-fay", "a2 open"), ("p-ann", "cluster.make"), ("p-ben", "cluster.make")],
    *[("p-fay", "a2 reveal"), ("p-fay", "a3 open"), ("p-ann", "dot.place"), ("p-fay", "a3 reveal")],
    ("p-fay", "a3 new_round"),
]
"""A usual workshop; bytes say how far it has come when the play begins."""
OTHERS = sorted(set(ACTIVITIES) - set(SCENES[0]))
"""A fourth activity is of one of these kinds."""


class Player:
    """Chooses by bytes what a kind's `pretend` leaves open, so that a play gets somewhere in every kind."""

    def __init__(self, game: Game) -> None:
        self.dice, self.words_of = game.dice, game._text

    def chance(self, of_ten: int) -> bool:
        return self.dice.below(10) < of_ten

    def one_of[Item](self, items: Sequence[Item]) -> Item:
        return self.dice.pick(items)

    def number(self, least: int, most: int) -> int:
        return least + self.dice.below(most - least + 1)

    def words(self, *, most: int = 280) -> str:
        return self.words_of()[:most]


class Game:
    """One play."""

    def __init__(self, data: bytes, *, html: bool = False, other: str = "") -> None:
        self.dice = Dice(data)
        self.driver = MemoryDriver()
        self.ledger: MemoryLedger = self.driver.ledger  # type: ignore[assignment]
        self.texts = 0
        self.limits: dict[str, list[tuple[int, int]]] = {}
        self.accepted: set[str] = set()
        self._begin(html=html, other=other)

    def _begin(self, *, html: bool, other: str) -> None:
        driver, scene = self.driver, self.dice.pick(SCENES)
        driver.join("p-fay", "p-gus", role="facilitator")
        driver.join("p-ann", "p-ben", "p-cat")
        driver.join("p-obs", role="observer")
        for number, person in enumerate(list(driver.state.people)):
            driver.do("p-fay", "person.describe", person=person, name=f"Named-{number}-once")
        for kind in ("brainstorm", "cluster", "dot_vote"):
            driver.step(kind, settings=scene[kind])
        driver.do("p-fay", "step.open", activity="a1")
        for person, do in WAY[: self.dice.below(len(WAY) + 1)]:
            self._usual(person, do)
        driver.step(other or self.dice.pick(OTHERS))
        if other or not self.dice.chance(3):
            driver.ask("p-fay", "step.open", activity="a4", show_sources=True)
        driver.ledger.take_pending()
        for reader in READERS:
            driver._watch(reader, "json", View(), View())
            if html:
                driver._watch(reader, "html", Browser(), Browser())
        for person in driver.state.people:
            driver.owns[person] = driver.own(person)
        Censor(driver)  # listens from now on: nobody may be sent what they may not know

    def _usual(self, person: str, do: str) -> None:
        if do == "idea.add":
            self.driver.ask(person, do, activity="a1", text=self._text())
        elif do == "cluster.make":
            ideas = [f"i{1 + (person == 'p-ben')}"]
            self.driver.ask(person, do, activity="a2", ideas=ideas, title=self._text())
        elif do == "dot.place":
            items = list(getattr(self.driver.state.steps["a3"].rounds[-1].memory, "items", ()))
            self.driver.ask(person, do, activity="a3", item=items[0] if items else "i1")
        else:
            step, _space, what = do.partition(" ")
            self.driver.ask(person, f"step.{what}", activity=step)

    # -- playing -------------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Play until the bytes run out, then look at everything once more."""
        for _turn in range(MOST_COMMANDS):
            if not self.dice:
                break
            self.turn()
        self.driver.flush(resume=True)
        self.driver.check()
        assert plain(self.ledger.folded_again()) == plain(self.ledger.state), "the log makes another state"
        self._outcomes()

    def turn(self) -> Answer:
        """Have somebody ask for something."""
        dice = self.dice
        commands = sorted(self.ledger.kind.forms())
        person, do = dice.pick(PEOPLE), dice.pick(commands)
        if dice.chance(2):  # mostly what this activity is about, by somebody who may
            person, do = self._sensible(person, commands)
        if do in ("person.join", "clock.time_is_up") and not dice.chance(8):
            person = SYSTEM
        args = self._args(do, self.ledger.kind.forms()[do])
        if dice.chance(2) and (pretended := self._pretended(person)):
            do = pretended.pop("do")
            args = pretended
        self.driver.wait(dice.pick([0, 0, 0, 0, 1, 10, 60]))
        answer = self.driver.ask(person, do, **args)
        if isinstance(answer, Ack):
            self.accepted.add(do)
        else:
            assert answer.code not in ("", "failed")  # type: ignore[union-attr]
            assert str(answer.sentence).strip()  # type: ignore[union-attr]
        self.must_hold()
        if dice.chance(3):
            self.driver.flush(resume=dice.chance(2))
        return answer

    def _pretended(self, person: str) -> dict[str, Any] | None:
        state = self.driver.state
        if state.step is None or state.step.phase != "open" or person not in state.people:
            return None
        return ACTIVITIES[state.step.kind].pretend(state, state.step, person, Player(self))

    def _sensible(self, person: str, commands: list[str]) -> tuple[str, str]:
        step = self.driver.state.step
        own = list(ACTIVITIES[step.kind].commands) if step is not None else []
        lead = [
            do
            for do in commands
            if do.startswith(("step.", "show.", "idea.hide", "idea.restore", "idea.merge"))
        ]
        if self.dice.chance(3) or not own:
            return "p-fay", self.dice.pick(lead)
        return (person if person in self.driver.state.people else "p-ann"), self.dice.pick(own)

    def _args(self, do: str, form: Mapping[str, Field]) -> dict[str, Any]:
        args: dict[str, Any] = {}
        for name, about in form.items():
            if not about.required and self.dice.chance(3):
                continue
            args[name] = self.dice.pick(ODD) if self.dice.chance(24) else self._value(do, name, about)
        if self.dice.chance(60):
            args["author"] = "p-ann"
        return args

    def _value(self, do: str, name: str, about: Field) -> Any:  # noqa: PLR0911 (one line a kind)
        match about:
            case Text():
                return self._text()[: about.most]
            case Id():
                return self.dice.pick(self._known(do, name))
            case Many():
                known = self._known(do, name)
                return [self.dice.pick(known) for _ in range(self.dice.below(4))]
            case Whole():
                return self.dice.pick([0, 1, 2, 3, about.least, about.most, about.most + 1, about.least - 1])
            case OneOf():
                return self.dice.pick(about.choices)
            case Flag():
                return self.dice.chance(2)
            case Group(form=None):
                return self._settings(do)
            case Group():
                here = self.driver.state
                return {"activity": here.current or "", "round": len(here.step.rounds) if here.step else 0}
            case _:
                return None

    def _known(self, do: str, name: str) -> list[str]:
        state = self.driver.state
        ideas, groups = self._things("i"), self._things("g")
        current = [state.current] * 6 if state.current else []
        known = {
            "activity": [*current, *state.steps, "a99"],
            "kind": [*ACTIVITIES, "nonsense"],
            "person": [*state.people, "p-new0", "p-new1"],
            "cluster": groups,
            "into": ideas if do == "idea.merge" else groups,
            "to": [*groups, "loose"],
            "item": [*ideas, *groups],
            "before": list(state.steps) if do.startswith("step.") else [*groups, *ideas],
            "role": list(ROLES),
        }.get(name, ideas)
        return known or ["x1"]

    def _things(self, letter: str) -> list[str]:
        return [f"{letter}{number + 1}" for number in range(self.driver.state.counters.get(letter, 0) + 1)]

    def _settings(self, do: str) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        kinds = [activity.Settings for activity in ACTIVITIES.values()]
        every = [about for kind in kinds for about in fields(kind)]
        for _ in range(self.dice.below(3)):
            about = self.dice.pick(every)
            choices = [choice for choice, _label in about.metadata.get("choices", ())]
            least, most = about.metadata.get("least", 0), about.metadata.get("most", 3)
            values = [*choices, least, most, 1, 2, most + 1, True, False, "a1", "", *ODD]
            settings[about.name] = self.dice.pick(values)
        return settings

    def _text(self) -> str:
        self.texts += 1
        return f"words-{self.texts}-of-somebody"

    # -- what must always be so ----------------------------------------------------------------------------------

    def must_hold(self) -> None:
        """Check every bound that the rules promise."""
        state = self.driver.state
        assert len(state.steps) <= MOST_STEPS
        assert state.current is None or state.current in state.steps
        running = [step.id for step in state.steps.values() if step.running]
        assert len(running) <= 1, f"{running} are open at once"
        assert not running or running == [state.current]
        for step in state.steps.values():
            for run in step.rounds:
                if step.kind == "cluster":
                    self._groups_fit(run.memory)
                elif step.kind == "dot_vote":
                    self._budgets_are_kept(run.memory, limits_of(run))
        self._ideas_fit()

    def _ideas_fit(self) -> None:
        written: dict[tuple[str, int, str], int] = {}
        for idea in self.driver.state.ideas.values():
            key = (idea.step, idea.round, idea.author)
            written[key] = written.get(key, 0) + 1
            assert not (idea.removed and idea.merged_into)
        assert max(written.values(), default=0) <= MOST_PIECES

    @staticmethod
    def _groups_fit(board: Any) -> None:
        assert len(board.groups) <= MOST_GROUPS
        grouped = [idea for group in board.groups.values() for idea in group.ideas]
        assert len(set(grouped)) == len(grouped), f"an idea is in two groups: {grouped}"

    @staticmethod
    def _budgets_are_kept(ballots: Ballots, rules: Any) -> None:
        for person in ballots.placed:
            counting = ballots.counting(person)
            assert all(0 < dots <= rules.cap for dots in counting.values()), f"over the cap: {counting}"
            assert not rules.dots or sum(counting.values()) <= rules.dots, f"over the budget: {counting}"
            assert ballots.spent(person) == sum(counting.values())
        for row in ballots.rows():
            dots = [ballots.counting(person).get(row["item"], 0) for person in ballots.placed]
            assert (row["dots"], row["voters"]) == (sum(dots), sum(1 for one in dots if one)), row

    def _outcomes(self) -> None:
        for step in self.driver.state.order():
            for run in step.rounds:
                ACTIVITIES[step.kind].outcome(self.driver.state, step, run)


def play(data: bytes, *, html: bool = False, other: str = "") -> Game:
    """Play these bytes."""
    game = Game(data, html=html, other=other)
    game.play()
    return game
