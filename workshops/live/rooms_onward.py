"""Moving all breakout rooms on together, in kinds whose rounds go through stages.

Rooms stay together: those that are furthest behind go on by one stage, and the others wait for them. A room that lacks
something stays where it is and holds up nobody; once it is ready it is the one that goes on next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, Text, Whole
from realtime.kinds import Command, NewEvent, Refused
from workshops.activities.registry import activity_of
from workshops.live import words
from workshops.live.rooms import split_step
from workshops.live.rules import Rules

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.shared.stages import Onward
    from workshops.live.state import State, Step


@dataclass(frozen=True, slots=True)
class Together:
    """What one press would do: which stage ends, which rooms go on, and which stay, each with why."""

    way: Onward
    going: list[Step]
    staying: list[tuple[Step, StrOrPromise]]


def together(state: State, step: Step) -> Together | None:
    """Say what moving all rooms on would do now; None where no room can go on, or where there are no stages."""
    if step.phase != "open":
        return None
    ways = [(room, _way(state, room)) for room in state.rooms_of(step)]
    ready = [way for _room, way in ways if way is not None and not way.missing]
    if not ready:
        return None
    first = min(ready, key=lambda way: way.stage)
    going = [room for room, way in ways if way and not way.missing and way.stage == first.stage]
    staying = [(room, _why(room, way)) for room, way in ways if room not in going]
    return Together(first, going, staying)


def _way(state: State, room: Step) -> Onward | None:
    return activity_of(room.kind).onward(state, room) if room.phase == "open" else None


def _why(room: Step, way: Onward | None) -> StrOrPromise:
    """Say why a room stays where it is."""
    if room.phase != "open":
        return _("It is paused or closed.")
    if way is None:
        return _("It is at its end.")
    return way.missing or _("It is further on. The others come after it.")


def go_on(state: State, command: Command, by: str) -> list[NewEvent]:
    """Move all rooms on that can go on, by one stage. The sender names the stage that they saw ending."""
    state.facilitator(by)
    step, _breakout = split_step(state, command)
    if step.phase != "open":
        raise Refused("not_open", words.NOT_OPEN)
    found = together(state, step)
    if found is None:
        raise Refused(
            "no_room_ready", _("No room can go on now. The list of rooms says how far each one is.")
        )
    if found.way.stage != command["stage"]:
        raise Refused("moved_on", words.MOVED_ON)
    events: list[NewEvent] = []
    for room in found.going:
        args = {"activity": room.id, "stage": found.way.stage, "here": command["here"]}
        asked = Command(found.way.command, command.op, args, command.at, f"{command.seed}/{room.id}")
        events += activity_of(room.kind).decide(state, room, asked, by)
    return events


def shown(state: State, step: Step) -> dict[str, Any] | None:
    """Give what the facilitators' page says about moving all rooms on; where none can, what each of them lacks."""
    found = together(state, step)
    if found is None:
        ways = [(room, _way(state, room)) for room in state.rooms_of(step)] if step.phase == "open" else []
        lacking = [{"name": room.room, "why": way.missing} for room, way in ways if way and way.missing]
        return {"going": [], "staying": lacking} if lacking else None
    return {
        "stage": found.way.stage,
        "words": found.way.words,
        "going": [room.room for room in found.going],
        "staying": [{"name": room.room, "why": why} for room, why in found.staying],
    }


ONWARD = Rules(
    commands={
        "rooms.go_on": (
            {
                "activity": Id(),
                "stage": Whole(most=9),
                "here": Text(most=60_000, lines=False, required=False),
            },
            go_on,
        )
    },
    events={},
)
