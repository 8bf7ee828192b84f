"""Scenes of the kinds in which people choose between ideas or groups, besides the dot vote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workshop_driver import Driver


def items_of(driver: Driver, step: str) -> list[str]:
    return list(driver.state.steps[step].rounds[-1].memory.items)


def ranking_scene(driver: Driver, step: str) -> None:
    first, second, *_rest = items_of(driver, step)
    driver.do("p-ann", "ranking.place", activity=step, item=first)
    driver.do("p-ann", "ranking.place", activity=step, item=second, place=1)
    driver.do("p-ann", "ranking.down", activity=step, item=second)
    driver.do("p-ann", "ranking.up", activity=step, item=second)
    driver.do("p-ann", "ranking.submit", activity=step)
    driver.do("p-ann", "ranking.remove", activity=step, item=first)
    driver.do("p-ben", "ranking.order", activity=step, items=[first, second])
    driver.do("p-ben", "ranking.drop", activity=step, idea=second, before=first)
    driver.do("p-ben", "ranking.submit", activity=step)
    driver.do("p-ben", "ranking.take_back", activity=step)
    driver.do("p-ben", "ranking.submit", activity=step)


def matrix_scene(driver: Driver, step: str) -> None:
    first, second, *_rest = items_of(driver, step)
    driver.do("p-ann", "matrix.place", activity=step, item=first, x=2)
    driver.do("p-ann", "matrix.place", activity=step, item=first, y=4)
    driver.do("p-ann", "matrix.put", activity=step, item=second, skip=True)
    driver.do("p-ben", "matrix.put", activity=step, item=first, x=5, y=1)
    driver.do("p-cat", "matrix.place", activity=step, item=second, x=3, y=3)


VOTES_SCENES: dict[str, Callable[[Driver, str], None]] = {"ranking": ranking_scene, "matrix": matrix_scene}
VOTES_CHOSEN: dict[str, list[dict[str, Any]]] = {
    "matrix": [{}, {"target": "clusters"}, {"fine": True}, {"facilitators_vote": True}],
    "ranking": [
        {},
        {"target": "clusters"},
        {"top": 2},
        {"complete": True, "top": 2, "facilitators_vote": True},
    ],
}
