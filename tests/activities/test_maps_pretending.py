"""Simulated people of a rehearsal do only what is accepted, in chats, driver diagrams and journey maps."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from tests.activities.scenes_maps import MAPS_CHOSEN, box
from tests.workshop_driver import Driver
from workshops.activities.registry import activity_of

pytestmark = pytest.mark.django_db
PEOPLE = ("p-ann", "p-ben", "p-cat", "p-dan")


class Somebody:
    """Chooses by chance, the same each time."""

    def __init__(self) -> None:
        self.dice = random.Random(7)

    def chance(self, of_ten: int) -> bool:
        return self.dice.randrange(10) < of_ten

    def one_of[Item](self, items: Sequence[Item]) -> Item:
        return self.dice.choice(items)

    def number(self, least: int, most: int) -> int:
        return self.dice.randint(least, most)

    def words(self, *, most: int = 280) -> str:
        return f"Words {self.dice.random()}\nfor now"[:most]


@pytest.mark.parametrize("kind", sorted(MAPS_CHOSEN))
def test_what_pretenders_do_is_accepted_and_comes_to_something(kind: str) -> None:
    for chosen in MAPS_CHOSEN[kind]:
        driver = Driver()
        driver.join("p-fay", role="facilitator")
        driver.join(*PEOPLE)
        step = driver.step(kind, settings=chosen)
        driver.do("p-fay", "step.open", activity=step)
        if kind == "driver_diagram":
            box(driver, "p-fay", step, "aim", "80% by May")
        somebody, done = Somebody(), 0
        for turn in range(40):
            driver.wait(0.1)
            command: dict[str, Any] | None = activity_of(kind).pretend(
                driver.state, driver.state.steps[step], PEOPLE[turn % len(PEOPLE)], somebody
            )
            if command is not None:
                driver.do(PEOPLE[turn % len(PEOPLE)], command.pop("do"), **command)
                done += 1
        assert done > len(PEOPLE)
