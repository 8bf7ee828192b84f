"""Running a room together: who leads, facilitators' own notes, when it was planned to start, and calling everybody.

Leading is a courtesy between facilitators, who all have the same rights: the others' pages ask before they move the
room. It begins with whoever first moves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from realtime.fields import Field, Id, Text, Whole, bad_field
from realtime.kinds import SYSTEM, Command, Dirty, Happened, NewEvent, Refused, filled
from workshops.live import words
from workshops.live.agenda import MOST_NOTES
from workshops.live.rules import Rules
from workshops.live.state import FACILITATOR, State

FAR_FUTURE = 2**53
MOST_GROUPS = 500


@dataclass(frozen=True, slots=True)
class Counts(Field):
    """How many there are of what, such as {"Nurse": 12}."""

    def read(self, name: str, value: Any) -> dict[str, int]:
        if not isinstance(value, dict) or len(value) > MOST_GROUPS:
            raise bad_field(name, _("this must be an object."))
        if not all(isinstance(count, int) and len(what) <= 60 for what, count in value.items()):
            raise bad_field(name, _("this must be a whole number."))
        return dict(value)


def hand_over(state: State, command: Command, by: str) -> list[NewEvent]:
    """Lead from now on, or let another facilitator lead."""
    state.facilitator(by)
    wanted = command["person"] or by
    person = state.people.get(wanted)
    if person is None or person.removed or person.role != FACILITATOR:
        raise Refused("no_such_person", words.NO_SUCH_PERSON)
    return [] if wanted == state.conduct.leading else [NewEvent("lead.changed", {"person": wanted})]


def _lead_changed(state: State, event: Happened) -> Dirty:
    state.conduct.leading = event.body["person"]
    name = state.people[event.body["person"]].name
    say = filled(_("%(name)s is leading now."), name=name)
    return Dirty(keys={"desk.lead"}, people=facilitators(state), say=[(FACILITATOR, say)])


def begun_by(state: State, person: str) -> None:
    """Note who moved the room first. Only `apply` functions may."""
    known = state.people.get(person)
    if state.conduct.leading is None and known is not None and known.role == FACILITATOR:
        state.conduct.leading = person


def facilitators(state: State) -> set[str]:
    """Give all who facilitate here."""
    return {person.id for person in state.people.values() if person.role == FACILITATOR}


def leads(state: State, person: str) -> bool:
    """Whether somebody's buttons move the room without asking: the one who leads, or all while nobody does."""
    leading = state.people.get(state.conduct.leading or "")
    gone = leading is None or leading.removed or leading.role != FACILITATOR
    return gone or state.conduct.leading == person


# -- notes -----------------------------------------------------------------------------------------------------------


def mark_of(notes: str) -> str:
    """Give what tells one version of a step's notes from another."""
    return sha256(notes.encode()).hexdigest()[:12]


def note(state: State, command: Command, by: str) -> list[NewEvent]:
    """Write facilitators' notes of a step. `mark` says which version was on the screen: nobody's words are lost."""
    state.facilitator(by)
    step, text = state.found_step(command["activity"]), command["text"] or ""
    if text == step.notes:
        return []
    if command["mark"] and command["mark"] != mark_of(step.notes):
        raise Refused(
            "changed_since",
            _("Another facilitator changed these notes meanwhile. Add yours to what stands there now."),
        )
    return [NewEvent("note.written", {"activity": step.id}, {"text": text})]


def _noted(state: State, event: Happened) -> Dirty:
    state.steps[event.body["activity"]].notes = event.private.get("text", "")
    return Dirty(keys={"desk.note"})


# -- plan ------------------------------------------------------------------------------------------------------------


def plan(state: State, command: Command, by: str) -> list[NewEvent]:
    """Note when the workshop is planned to start and who is expected, as its pages say. Only the server asks this."""
    if by != SYSTEM:
        raise Refused("unknown_command", _("This is not something that can be done here."))
    invited = command["invited"] or {}
    if command["starts_at"] == state.conduct.planned_at and invited == state.conduct.invited:
        return []
    return [NewEvent("plan.noted", {"starts_at": command["starts_at"]}, {"invited": invited})]


def _planned(state: State, event: Happened) -> Dirty:
    state.conduct.planned_at = event.body["starts_at"]
    state.conduct.invited = dict(event.private.get("invited", {}))
    return Dirty(keys={"run", "people.missing"})


# -- calling ---------------------------------------------------------------------------------------------------------


def call(state: State, _command: Command, by: str) -> list[NewEvent]:
    """Bring everybody to where the room is. What they are writing stays in their fields."""
    state.facilitator(by)
    return [NewEvent("room.called")]


def _called(state: State, _event: Happened) -> Dirty:
    state.conduct.calls += 1
    say = _("The facilitator asks everybody to come here.")
    return Dirty(keys={"room"}, say=[(None, say)])


LEADING = Rules(
    commands={
        "lead.take": ({"person": Id(required=False)}, hand_over),
        "note.write": (
            {
                "activity": Id(),
                "text": Text(most=MOST_NOTES, required=False),
                "mark": Text(most=12, lines=False, required=False),
            },
            note,
        ),
        "plan.note": ({"starts_at": Whole(most=FAR_FUTURE), "invited": Counts(required=False)}, plan),
        "room.call": ({}, call),
    },
    events={
        "lead.changed": _lead_changed,
        "note.written": _noted,
        "plan.noted": _planned,
        "room.called": _called,
    },
)
