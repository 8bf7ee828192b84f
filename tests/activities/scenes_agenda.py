"""Scenes of the kinds that an agenda is made up with: a break or talk, a prepared list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workshop_driver import Driver


def talk_scene(driver: Driver, step: str) -> None:
    driver.do("p-fay", "step.change", activity=step, prompt="Back at ten past eleven")


def list_scene(driver: Driver, step: str) -> None:
    lines = [
        {"text": "One from a file", "how": "file", "source": "notes.csv", "row": 3, "consent": "unnamed"},
        {
            "text": "One from before",
            "how": "workshop",
            "source": "Ideas day",
            "gid": "x/i1",
            "consent": "internal",
        },
    ]
    driver.do("p-fay", "list.bring", activity=step, what={"lines": lines})
    last = driver.state.counters["i"]
    driver.do("p-gus", "list.add", activity=step, text="One typed")
    driver.do("p-gus", "idea.edit", activity=step, idea=f"i{last}", text="One from before, shorter")
    driver.do("p-fay", "idea.remove", activity=step, idea=f"i{last}")
    driver.do("p-fay", "idea.put_back", activity=step, idea=f"i{last}")


AGENDA_SCENES: dict[str, Callable[[Driver, str], None]] = {"talk": talk_scene, "list": list_scene}
AGENDA_CHOSEN: dict[str, list[dict[str, Any]]] = {"talk": [{}], "list": [{}]}
