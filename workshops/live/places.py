"""Where somebody looks: at what the room is at, or at another activity that stays open for days.

A reader named "participant/a3" is a participant at activity a3, whatever the room is at. Its audience is drawn from the
same state, in which a3 is the current step, so activities know nothing of it.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from workshops.live.state import FACILITATOR, PARTICIPANT, READERS

if TYPE_CHECKING:
    from workshops.live.state import State, Step


APART = ("ready", "open", "paused")
"""While a split step is in one of these phases its people are in their rooms."""


def base_of(reader: str) -> str:
    """Give the kind of reader: participant, facilitator or screen."""
    return reader.partition("/")[0]


def at_step(reader: str) -> str:
    """Give the id of the activity that a reader stays at, or "" for the one that the room is at."""
    return reader.partition("/")[2]


def at(step_id: str) -> str:
    """Name the reader of a participant who stays at an activity."""
    return f"{PARTICIPANT}/{step_id}"


def asked(name: str) -> str:
    """Read which reader somebody asks to be; who asks for nothing that there is, is a participant."""
    if name in READERS or (base_of(name) == PARTICIPANT and at_step(name).isalnum()):
        return name
    return PARTICIPANT


def is_there(state: State, reader: str) -> bool:
    """Whether such a reader can be at all: an activity that ran has its place for ever, others have none.

    Nobody can ask to be in a room: who belongs there is brought there.
    """
    step = state.steps.get(at_step(reader))
    return not at_step(reader) or (step is not None and bool(step.rounds) and not step.parent)


def reader_of(state: State, person: str, reader: str) -> str:
    """Give where somebody is who came as this reader: in their room, or in one that they facilitate and look at."""
    step = state.steps.get(at_step(reader) or state.current or "")
    if step is None or step.breakout is None or step.phase not in APART or state.closed_at is not None:
        return reader
    base = base_of(reader)
    inside = {PARTICIPANT: step.breakout.at, FACILITATOR: step.breakout.visits}.get(base, {})
    room = inside.get(person)
    return f"{base}/{room}" if room is not None else reader


def is_theirs(state: State, step: Step, person: str) -> bool:
    """Whether somebody belongs to a step: a breakout room is for its people and for facilitators, all else for all."""
    parent = state.steps.get(step.parent)
    if parent is None or parent.breakout is None or state.people[person].role == FACILITATOR:
        return True
    return parent.breakout.at.get(person) == step.id


def seen_from(state: State, reader: str) -> State:
    """Give the state as this reader sees it; without a current activity where there is none to be seen."""
    name = at_step(reader)
    if not name:
        return state
    seen, step = copy(state), state.steps.get(name)
    seen.current = name if step is not None and may_be_seen(step) else None
    return seen


def stays(step: Step, at_ms: int) -> bool:
    """Whether a step stays open when the room goes on."""
    return step.running and step.stays_until is not None and step.stays_until > at_ms


def open_besides(state: State) -> list[Step]:
    """Give the activities that are open though the room is elsewhere."""
    return [step for step in state.order() if step.running and step.id != state.current]


def may_be_seen(step: Step) -> bool:
    """Whether an activity has a place of its own, for those who aren't where the room is."""
    return bool(step.parent) or (bool(step.rounds) and step.stays_until is not None)
