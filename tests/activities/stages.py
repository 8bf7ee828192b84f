"""What tests of the kinds that go through stages share: a workshop whose step is open, and people who do all they can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tests.workshop_driver import Driver
from workshops.activities.registry import activity_of


def opened(kind: str, people: Iterable[str], **chosen: Any) -> tuple[Driver, str]:
    """A workshop with two facilitators and these people, in which a step of this kind is open."""
    driver = Driver()
    driver.join("p-fay", "p-gus", role="facilitator")
    driver.join(*people)
    step = driver.step(kind, settings=chosen)
    driver.do("p-fay", "show.go", activity=step)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


class Eager:
    """Chooses what is most: always yes, the first, the highest number."""

    def chance(self, of_ten: int) -> bool:
        return True

    def one_of[Item](self, items: Sequence[Item]) -> Item:
        return items[0]

    def number(self, least: int, most: int) -> int:
        return most

    def words(self, *, most: int = 280) -> str:
        return "Words"


def do_all_they_can(driver: Driver, step: str, people: Iterable[str]) -> None:
    """Let simulated people go on, one after another, until none of them has anything more to do."""
    for person in people:
        found = driver.state.steps[step]
        while (command := activity_of(found.kind).pretend(driver.state, found, person, Eager())) is not None:
            driver.do(person, command.pop("do"), **command)
