"""The fuzzers' targets, by count: all that is kept in `corpus`, and bytes that are the same in every run.

`make fuzz` goes on from here with a coverage-guided fuzzer, for as long as it is given.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.hostile.fuzzing import reading, room
from tests.hostile.fuzzing.dice import Dice
from tests.hostile.fuzzing.memory import plain
from tests.hostile.fuzzing.room import Game
from workshops.activities.registry import ACTIVITIES

CORPUS = Path(__file__).parent / "corpus"
A_FEW = settings(
    max_examples=10,
    stateful_step_count=25,
    phases=[Phase.explicit, Phase.generate],  # add Phase.shrink to have a failure made small
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TARGETS: dict[str, Callable[[bytes], object]] = {
    "commands": reading.commands,
    "places": reading.places,
    "room": lambda data: room.play(data, html=True),
}


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_kept(target: str) -> None:
    kept = sorted((CORPUS / target).iterdir())
    assert kept
    for file in kept:
        TARGETS[target](file.read_bytes())


@pytest.mark.parametrize(("target", "count", "most"), [("commands", 4000, 300), ("places", 4000, 120)])
def test_bytes_of_any_kind_are_read_or_refused(target: str, count: int, most: int) -> None:
    dice = random.Random(target)
    for _ in range(count):
        TARGETS[target](dice.randbytes(dice.randrange(most)))


def test_workshops_of_any_kind_keep_their_promises() -> None:
    dice, accepted = random.Random("room"), set[str]()
    for number, other in enumerate(
        ["", *room.OTHERS] * 4
    ):  # without another, the play stays with the usual three
        data = dice.randbytes(dice.randrange(200, 900))
        accepted |= room.play(data, html=number % 10 == 0, other=other).accepted
    for kind in room.OTHERS:
        own = set(ACTIVITIES[kind].commands)
        assert not own or accepted & own, f"the plays get nowhere in {kind}"
    assert len(accepted) > len(reading.COMMANDS) / 3, "the plays get nowhere"


class RoomMachine(RuleBasedStateMachine):
    """A room that Hypothesis plays, turn by turn; after each turn everything must hold."""

    @initialize(scene=st.integers(0, 4), way=st.integers(0, 13))
    def begin(self, scene: int, way: int) -> None:
        self.game = Game(bytes([scene, way]))

    @rule(data=st.binary(min_size=8, max_size=24))
    def ask(self, data: bytes) -> None:
        self.game.dice = Dice(data)
        self.game.turn()

    @rule(resume=st.booleans())
    def show(self, resume: bool) -> None:
        self.game.driver.flush(resume=resume)

    def teardown(self) -> None:
        self.game.dice = Dice(b"")
        self.game.play()


def test_a_room_at_random() -> None:
    run_state_machine_as_test(RoomMachine, settings=A_FEW)


def test_a_play_is_the_same_every_time() -> None:
    data = random.Random("twice").randbytes(500)
    one, two = room.play(data), room.play(data)
    assert plain(one.ledger.state) == plain(two.ledger.state)
    assert one.ledger.events == two.ledger.events


def test_the_check_can_fail() -> None:
    """A dot too many, put in behind the rules' back, is noticed."""
    game = Game(bytes([0, 12]))
    run = next(run for step in game.driver.state.order() if step.kind == "dot_vote" for run in step.rounds)
    run.memory.placed.setdefault("p-ben", {})[next(iter(run.memory.items))] = 50
    with pytest.raises(AssertionError):
        game.must_hold()
