"""Scenes of the kinds that an agenda is made up with: a break or talk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workshop_driver import Driver


def talk_scene(driver: Driver, step: str) -> None:
    driver.do("p-fay", "step.change", activity=step, prompt="Back at ten past eleven")


AGENDA_SCENES: dict[str, Callable[[Driver, str], None]] = {"talk": talk_scene}
AGENDA_CHOSEN: dict[str, list[dict[str, Any]]] = {"talk": [{}]}
