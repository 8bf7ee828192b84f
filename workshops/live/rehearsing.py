"""A rehearsal: a copy of a workshop with simulated people, of which nothing is kept.

That it is one stands in the log from its first entry, so no real workshop can become one. How many people there are and
how fast they are is said by facilitators; which process moves the people is noted by the server. What they do are
commands like everybody's (`workshops.rehearsal`).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from realtime.fields import OneOf, Text, Whole
from realtime.kinds import SYSTEM, Command, Dirty, Happened, NewEvent, Refused
from workshops.live.conduct import Rehearsal
from workshops.live.rules import Rules
from workshops.live.state import State

MOST_SIMULATED = 300
SIMULATED = "sim"
"""How the pseudonyms of simulated people begin. Those of real seats begin otherwise."""
SPEEDS = ("slow", "usual", "fast")


def begin(state: State, command: Command, by: str) -> list[NewEvent]:
    """Make this a rehearsal. Only the server asks this, of a new copy in which nothing has happened."""
    if by != SYSTEM or state.people or state.opened_at is not None:
        raise Refused("unknown_command", _("This is not something that can be done here."))
    if state.conduct.rehearsal is not None:
        return []
    return [NewEvent("rehearsal.begun", {"people": command["people"], "speed": command["speed"]})]


def _begun(state: State, event: Happened) -> Dirty:
    state.conduct.rehearsal = Rehearsal(event.body["people"], event.body["speed"])
    return Dirty(whole=True)


def _running(state: State) -> Rehearsal:
    if state.conduct.rehearsal is None:
        raise Refused("not_a_rehearsal", _("This is a real workshop. Nobody in it is simulated."))
    return state.conduct.rehearsal


def set_(state: State, command: Command, by: str) -> list[NewEvent]:
    """Say how many simulated people there are, how fast they are, and whether they do anything."""
    state.facilitator(by)
    now = _running(state)
    wanted = {
        "people": now.people if command["people"] is None else command["people"],
        "speed": command["speed"] or now.speed,
        "going": now.going if command["going"] is None else command["going"] == "yes",
    }
    same = all(getattr(now, name) == value for name, value in wanted.items())
    return [] if same else [NewEvent("rehearsal.changed", wanted)]


def _changed(state: State, event: Happened) -> Dirty:
    if state.conduct.rehearsal is not None:
        for name in ("people", "speed", "going"):
            setattr(state.conduct.rehearsal, name, event.body[name])
    return Dirty(keys={"desk.rehearsal"})


def play(state: State, command: Command, by: str) -> list[NewEvent]:
    """Note which process moves the simulated people from now on; any other one stops. Only the server asks this."""
    if by != SYSTEM:
        raise Refused("unknown_command", _("This is not something that can be done here."))
    if _running(state).played_by == command["process"] or state.closed_at is not None:
        return []
    return [NewEvent("rehearsal.played", {"process": command["process"]})]


def _played(state: State, event: Happened) -> Dirty:
    if state.conduct.rehearsal is not None:
        state.conduct.rehearsal.played_by = event.body["process"]
    return Dirty()


def end(state: State, _command: Command, by: str) -> list[NewEvent]:
    """End it, whether or not anything ran: everybody's page says so before it is cleared. Only the server asks this."""
    if by != SYSTEM:
        raise Refused("unknown_command", _("This is not something that can be done here."))
    _running(state)
    return [] if state.closed_at is not None else [NewEvent("workshop.closed", {})]


REHEARSING = Rules(
    commands={
        "rehearsal.begin": ({"people": Whole(most=MOST_SIMULATED), "speed": OneOf(choices=SPEEDS)}, begin),
        "rehearsal.set": (
            {
                "people": Whole(required=False, most=MOST_SIMULATED),
                "speed": OneOf(required=False, choices=SPEEDS),
                "going": OneOf(required=False, choices=("yes", "no")),
            },
            set_,
        ),
        "rehearsal.play": ({"process": Text(most=40, lines=False)}, play),
        "rehearsal.end": ({}, end),
    },
    events={
        "rehearsal.begun": _begun,
        "rehearsal.changed": _changed,
        "rehearsal.played": _played,
    },
)
