"""Breakout rooms follow the step that they belong to: its phase, its clock, its words and its settings.

What a kind of activity says is for all rooms, such as a revised proposal, comes to each of them as well.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from realtime.kinds import NewEvent
from workshops.activities.registry import activity_of
from workshops.live.rooms import title_room

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workshops.live.state import State, Step

_WITH_THEIR_STEP = {
    "step.opened",
    "step.reopened",
    "step.paused",
    "step.resumed",
    "step.closed",
    "step.revealed",
    "step.extended",
    "step.timer_stopped",
    "step.asked_again",
}


def with_rooms(state: State, events: list[NewEvent]) -> list[NewEvent]:
    """Let what happens to a step's phase or clock happen to its rooms, too."""
    all_events: list[NewEvent] = []
    named = {(event.kind, event.body.get("activity")) for event in events}
    for event in events:
        step = state.steps.get(event.body.get("activity") or "")
        rooms = state.rooms_of(step) if step is not None and _is_for_rooms(step, event) else []
        more = [one for room in rooms for one in _follow(event, room) if (one.kind, room.id) not in named]
        # Rooms first: when their step's own event is applied, and everybody comes together, theirs has ended.
        all_events += [*more, event] if event.kind in ("step.closed", "step.revealed") else [event, *more]
    return all_events


def _is_for_rooms(step: Step, event: NewEvent) -> bool:
    return event.kind in _WITH_THEIR_STEP or event.kind in activity_of(step.kind).for_all_rooms


def _follow(event: NewEvent, room: Step) -> Iterable[NewEvent]:
    if event.kind in ("step.opened", "step.reopened"):
        if room.phase == "closed":
            yield NewEvent("step.reopened", {"activity": room.id})
        elif not room.running:
            yield NewEvent("step.opened", {"activity": room.id, "round": len(room.rounds) + 1})
        return
    if event.kind not in _WITH_THEIR_STEP:  # its kind says that it holds for all of them
        yield NewEvent(event.kind, {**event.body, "activity": room.id}, event.private)
        return
    fits = {
        "step.paused": room.phase == "open",
        "step.resumed": room.phase == "paused",
        "step.revealed": bool(room.rounds) and not room.revealed,
    }
    if fits.get(event.kind, room.running):
        yield NewEvent(event.kind, {**event.body, "activity": room.id})


def changed(state: State, step: Step, before: Any) -> None:
    """Let a step's rooms have its words, and its settings for their next round: not while they are under way.

    Of a room that ran only what is another than `before` changes: it may have words of its own by now.
    """
    settings = asdict(step.settings)
    new = {name: value for name, value in settings.items() if value != getattr(before, name)}
    for room in state.rooms_of(step):
        room.prompt, room.minutes = step.prompt, step.minutes
        title_room(room, step)
        if not room.rounds:
            room.settings = activity_of(step.kind).Settings.read(settings)
        elif new and room.revealed and not room.running:
            room.settings = replace(room.settings, **new)
