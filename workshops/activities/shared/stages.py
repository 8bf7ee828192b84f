"""Rounds that go through stages of their own: 1-2-4-All, 25/10."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workshops.live.holding import run_clock

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import State, Step

MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Onward:
    """The way from one stage to the next: the stage that ends, the command, what its button says, what is missing."""

    stage: int
    command: str
    words: StrOrPromise
    missing: StrOrPromise = ""


def begin_stage(state: State, step: Step, minutes: int, at: int) -> None:
    """Begin a stage, within `apply`: nobody has finished it, and what was done in the one before stays done."""
    run = step.rounds[-1]
    run.finished.clear()
    run.undo.clear()
    run.undoing.clear()
    run_clock(state, step, minutes * MINUTE, at)
