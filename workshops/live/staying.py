"""Activities that stay open for days, before or after the others: until a moment at which the clock closes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from realtime.fields import Field, Id, bad_field
from realtime.kinds import Command, Dirty, Happened, NewEvent, Refused
from workshops.live.rules import Rules
from workshops.live.state import State

LONGEST = 400 * 24 * 60 * 60_000
"""A workshop that nobody closes must not wake up for ever."""


@dataclass(frozen=True, slots=True)
class Moment(Field):
    """A day and a time, as a form writes them (2026-11-25T17:00) in the workspace's own zone; given in milliseconds."""

    def read(self, name: str, value: Any) -> int:
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or not 2000 < moment.year < 3000:
            raise bad_field(name, _("this must be a day and a time, such as 2026-11-25T17:00."))
        aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
        return int(aware.timestamp() * 1000)


def stay(state: State, command: Command, by: str) -> list[NewEvent]:
    """Let an activity stay open until then, also while the room is at others."""
    state.facilitator(by)
    step, until = state.found_step(command["activity"]), command["until"]
    if until <= command.at:
        raise Refused("bad_moment", _("Choose a day and a time that are still to come."))
    if until > command.at + LONGEST:
        raise Refused("bad_moment", _("Choose a day within the next year."))
    if until == step.stays_until:
        return []
    return [NewEvent("step.stays", {"activity": step.id, "until": until})]


def end(state: State, command: Command, by: str) -> list[NewEvent]:
    """Let an activity be open only while the room is at it; if the room is elsewhere, it closes now."""
    state.facilitator(by)
    step = state.found_step(command["activity"])
    if step.stays_until is None:
        return []
    closing = step.running and step.id != state.current
    events = [NewEvent("step.closed", {"activity": step.id})] if closing else []
    return [*events, NewEvent("step.stays", {"activity": step.id, "until": None})]


def _stays(state: State, event: Happened) -> Dirty:
    state.steps[event.body["activity"]].stays_until = event.body["until"]
    return Dirty(whole=True, everybody=True)  # it may have got a place of its own, or lost it


STAYING = Rules(
    commands={
        "step.stay_open": ({"activity": Id(), "until": Moment()}, stay),
        "step.stay_no_longer": ({"activity": Id()}, end),
    },
    events={"step.stays": _stays},
)
