"""The scene of grouping: every command of it once, also those of the silence, of copies and of suggestions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workshop_driver import Driver


def cluster_scene(driver: Driver, step: str) -> None:
    if driver.state.steps[step].rounds[-1].memory.silent:
        driver.do("p-ann", "idea.move", activity=step, idea="i2", to="parked")
        driver.do("p-fay", "cluster.end_silence", activity=step)
    suggested = {"1": {"title": "Suggested", "ideas": ["i3"]}}
    driver.do("p-fay", "cluster.suggested", activity=step, groups=suggested)
    driver.do("p-gus", "cluster.undo_suggested", activity=step)
    made = driver.group("p-ann", step, "i1", title="One")
    driver.do("p-ben", "idea.move", activity=step, idea="i2", to=made)
    driver.do("p-ben", "my.undo", activity=step)
    driver.do("p-ben", "idea.move", activity=step, idea="i2", to=made)
    other = driver.group("p-cat", step, title="Two")
    driver.do("p-cat", "cluster.order", activity=step, cluster=other, before=made)
    driver.do("p-ann", "cluster.rename", activity=step, cluster=other, title="Other")
    if driver.state.steps[step].settings.copies:
        driver.do("p-ann", "idea.copy", activity=step, ideas=["i1", "i2"], to=other)
        driver.do("p-ben", "idea.uncopy", activity=step, idea="i1", cluster=other)
    driver.do("p-ben", "cluster.split", activity=step, cluster=made, ideas=["i2"])
    driver.do("p-ben", "cluster.undo", activity=step)
    driver.do("p-cat", "cluster.merge", activity=step, cluster=made, into=other)
    driver.do("p-ann", "cluster.restore", activity=step, cluster=made)
    driver.do("p-cat", "idea.move", activity=step, idea="i1", to="parked")
    driver.do("p-cat", "idea.move", activity=step, idea="i1", to="loose")
    driver.do("p-cat", "cluster.remove", activity=step, cluster=other)
    driver.do("p-fay", "board.put_back", activity=step, moment=2)
    driver.do("p-fay", "my.undo", activity=step)


CLUSTER_SCENES: dict[str, Callable[[Driver, str], None]] = {"cluster": cluster_scene}
CLUSTER_CHOSEN: dict[str, list[dict[str, Any]]] = {
    "cluster": [
        {},
        {"who": "facilitators"},
        {"silent": True, "copies": True},
        {"copies": True, "who_asks": "everybody"},
    ]
}
