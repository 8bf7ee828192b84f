"""Busy workshops, with odds that bring them to the end of their agenda, against the model of the state machine."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from tests.workshops.test_state_machine import PEOPLE, WorkshopMachine

pytestmark = pytest.mark.django_db

TURNS = 180
ONWARDS = (8, 14, 55, 60, 120, 124, 170)
"""The turns at which the facilitator goes on with the agenda."""
BUSY = {"a2": ["group"] * 8, "a3": ["vote"] * 12}
NOW_AND_THEN = {"hide": 5, "remove_group": 3, "lead": 4}


def moves(machine: WorkshopMachine, dice: random.Random) -> dict[str, Callable[[], None]]:
    person, number, there = dice.choice(PEOPLE), dice.randint(1, 5), dice.random() < 0.4
    again = machine.model.phase["a3"] in ("closed", "revealed")
    return {
        "write": lambda: machine.write(person, there=there, text=dice.choice(["Tea", "Tea", "", "x" * 300])),
        "change_mind": lambda: machine.change_mind(person, number, dice.random() < 0.2),
        "vote": lambda: machine.vote(
            person, number, dice.choice(["place", "take_back", "set"]), dice.randint(0, 3), there
        ),
        "group": lambda: machine.group(
            person, dice.sample(range(1, 6), dice.randint(0, 2)), dice.randint(0, 3), there
        ),
        "hide": lambda: machine.hide(number),
        "remove_group": lambda: machine.remove_group("p-ann", number),
        "lead": lambda: machine.lead(
            dice.choice(["a2", "a3"]),
            dice.choice(["resume", "resume", "open", "pause"]),
            "p-fay",
            there=there,
        ),
        "again": lambda: machine.send_again(number, there, dice.random() < 0.3),
        "new": lambda: machine.vote_again() if again else None,
        "show": lambda: machine.show(dice.random() < 0.5),
    }


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 6])
def test_a_busy_workshop_by_dice(seed: int) -> None:
    dice = random.Random(seed)
    machine = WorkshopMachine()
    machine.begin()
    for turn in range(TURNS):
        can = moves(machine, dice)
        what = dice.choice(list(can) + BUSY.get(machine.model.current or "", []))
        if turn % NOW_AND_THEN.get(what, 1) == 0:
            can[what]()
        if turn in ONWARDS:
            machine.go_on()
        machine.it_is_as_the_model_says()
        if turn % 5 == 0:
            machine.hidden_stays_hidden()
    machine.teardown()
    done = Counter(asked.do.partition(".")[0] for asked, _seq in machine.acked.values())
    assert min(done[what] for what in ("idea", "cluster", "dot")) >= 1, done
