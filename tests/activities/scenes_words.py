"""Scenes of the kinds in which everybody answers or writes a few words: polls, word clouds, check-ins, proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workshop_driver import Driver


def poll_scene(driver: Driver, step: str) -> None:
    driver.do("p-ann", "poll.choose", activity=step, option="o1")
    driver.do("p-ben", "poll.choose", activity=step, option="o2")
    driver.do("p-ann", "poll.choose", activity=step, option="o3")
    driver.do("p-ben", "poll.take_back", activity=step, option="o2")
    driver.do("p-ben", "poll.answer", activity=step, options=["none"])
    driver.do("p-cat", "poll.choose", activity=step, option="o3")
    driver.do("p-ann", "my.undo", activity=step)


WORDS_SCENES: dict[str, Callable[[Driver, str], None]] = {"poll": poll_scene}
WORDS_CHOSEN: dict[str, list[dict[str, Any]]] = {
    "poll": [
        {},
        {"results": "live", "facilitators_vote": True},
        {"choose": "several", "results": "live", "least": 2, "most": 3},
        {"choose": "several", "least": 2},
    ],
}
