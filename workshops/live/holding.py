"""Pausing everything: nobody contributes, no clock runs, everything is kept.

Pausing an activity (`running.pause`) stops that one and its clock. This stops all there is: rooms and activities that
stay open, too. Facilitators can still move the room, so that it goes on where they want it; their page asks first.
"""

from __future__ import annotations

from realtime.kinds import Command, Dirty, Happened, NewEvent, Refused
from workshops.live import words
from workshops.live.rules import Rules
from workshops.live.state import FACILITATOR, State, Step

CONTRIBUTIONS = frozenset({"step.finish", "my.undo", "my.redo", "rooms.go_on"})
"""What is done in an activity by the workshop's own commands; all commands of activities are such, too."""


def freeze(state: State, command: Command, by: str) -> list[NewEvent]:
    """Pause everything, or go on."""
    state.facilitator(by)
    wanted = command.do == "room.freeze"
    if wanted == state.conduct.frozen:
        return []
    return [NewEvent("room.frozen" if wanted else "room.thawed")]


def _frozen(state: State, event: Happened) -> Dirty:
    state.conduct.frozen = True
    for step in state.steps.values():
        if step.phase == "open" and step.ends_at is not None:
            step.left, step.ends_at = max(0, step.ends_at - event.at), None
    return Dirty(keys={"room", "desk.hold", "stage.timer", "run"}, say=[(None, words.FROZEN_SHORT)])


def _thawed(state: State, event: Happened) -> Dirty:
    state.conduct.frozen = False
    for step in state.steps.values():
        if step.phase == "open":
            run_clock(state, step, step.left or 0, event.at)
    return Dirty(keys={"room", "desk.hold", "stage.timer", "run"}, say=[(None, words.GOING_ON)])


def run_clock(state: State, step: Step, ms: int, at: int) -> None:
    """Let a step's clock run for so long, or stand at it while everything is paused; 0 is no clock."""
    step.left = step.ends_at = None
    if ms > 0 and state.conduct.frozen:
        step.left = ms
    elif ms > 0:
        step.ends_at = at + ms


def must_go_on(state: State, by: str, *, contribution: bool) -> None:
    """Refuse contributions while everything is paused."""
    if contribution and state.conduct.frozen and state.closed_at is None:
        person = state.people.get(by)
        leads = person is not None and person.role == FACILITATOR
        raise Refused("frozen", words.FROZEN_FOR_YOU if leads else words.FROZEN)


HOLDING = Rules(
    commands={"room.freeze": ({}, freeze), "room.thaw": ({}, freeze)},
    events={"room.frozen": _frozen, "room.thawed": _thawed},
)
