"""Rounds that go through stages of their own: 1-2-4-All, 25/10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workshops.live.holding import run_clock

if TYPE_CHECKING:
    from workshops.live.state import State, Step

MINUTE = 60_000


def begin_stage(state: State, step: Step, minutes: int, at: int) -> None:
    """Begin a stage, within `apply`: nobody has finished it, and what was done in the one before stays done."""
    run = step.rounds[-1]
    run.finished.clear()
    run.undo.clear()
    run.undoing.clear()
    run_clock(state, step, minutes * MINUTE, at)
