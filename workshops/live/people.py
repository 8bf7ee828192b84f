"""Who is in the room. Joining, roles and removal are events, so rights are the same in every process at once."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, OneOf, Text
from realtime.kinds import SYSTEM, Command, Dirty, Happened, NewEvent, Refused
from workshops.activities.registry import activity_of
from workshops.live import words
from workshops.live.hands import put_down
from workshops.live.leading import facilitators
from workshops.live.places import may_be_seen
from workshops.live.rules import Apply, Rules
from workshops.live.state import FACILITATOR, Person, State

CONSENTS = ("internal", "unnamed", "role", "named")
MOST_PEOPLE = 3000
"""More than any Lab workshop, and a bound on what one leaked code can fill."""
ROLES = ("facilitator", "participant", "observer")
NAME = Text(most=60, lines=False)
BACKGROUND = Text(most=60, lines=False, required=False)


def join(state: State, command: Command, by: str) -> list[NewEvent]:
    """Let somebody in. Only the server asks this, after it has checked the door; see `workshops.actions`."""
    if by != SYSTEM:
        raise Refused("not_allowed", words.NOT_HERE)
    known = state.people.get(command["person"])
    if state.closed_at is not None:
        raise Refused("workshop_closed", words.WORKSHOP_CLOSED)
    if known is not None and known.removed:
        raise Refused("not_allowed", words.NOT_HERE)
    if known is None and len(state.people) >= MOST_PEOPLE:
        raise Refused("full", _("This workshop is full. Ask the facilitator."))
    if known is None and state.door_locked and command["role"] != FACILITATOR:
        raise Refused("door_locked", _("The door is locked. Ask the facilitator to let you in."))
    if known is not None and known.role == command["role"]:
        return []
    body = {"person": command["person"], "role": command["role"], "consent": command["consent"]}
    if known is not None:  # another role, as the same person
        return [NewEvent("person.joined", body, {"name": known.name, "background": known.background})]
    return [
        NewEvent("person.joined", body, {"name": command["name"], "background": command["background"] or ""})
    ]


def _joined(state: State, event: Happened) -> Dirty:
    body = event.body
    known = state.people.get(body["person"])
    state.people[body["person"]] = Person(
        body["person"],
        event.private.get("name", ""),
        body["role"],
        event.private.get("background", ""),
        known.consent if known else body["consent"],
        known.joined_at if known else event.at,
    )
    dirty = _changed(state, body["person"])
    dirty.keys |= _ideas_of(state, body["person"])
    if known is not None and known.role != body["role"]:  # whose buttons ask first may have changed
        dirty.people |= facilitators(state) | {body["person"]}
        dirty.keys.add("desk.lead")
    return dirty


def _changed(state: State, person: str) -> Dirty:
    """Name what shows that somebody came, left, or is somebody else now."""
    keys = {f"person-{person}", "people.count", "people.missing", "stage.progress"}
    if state.people[person].role == FACILITATOR or person == state.conduct.leading:
        keys.add("desk.lead")
    return Dirty(keys=keys, lists={"people-list"}, people={person})


def describe(state: State, command: Command, by: str) -> list[NewEvent]:
    """Change one's own name, background or consent; facilitators may rename anybody."""
    asking = state.member(by)
    person = state.people.get(command["person"] or by)
    if person is None or (person is not asking and asking.role != FACILITATOR):
        raise Refused("not_allowed", words.FACILITATORS_ONLY)
    if person is not asking and (command["consent"] or command["background"]):
        raise Refused("not_allowed", _("Only they themselves can say how their words may be used."))
    body = {"person": person.id}
    private = {}
    if command["consent"] and command["consent"] != person.consent:
        body["consent"] = command["consent"]
    if command["name"] == "":
        raise Refused("empty", _("Write a name first."))
    for name in ("name", "background"):
        if command[name] is not None and command[name] != getattr(person, name):
            private[name] = command[name]
    if len(body) == 1 and not private:
        return []
    return [NewEvent("person.described", body, private or None)]


def _described(state: State, event: Happened) -> Dirty:
    person = state.people[event.body["person"]]
    person.consent = event.body.get("consent", person.consent)
    person.name = event.private.get("name", person.name)
    person.background = event.private.get("background", person.background)
    keys = {f"person-{person.id}"}
    if "name" in event.private:
        keys |= _ideas_of(state, person.id) | {"desk.hands", "desk.lead"}
    if "background" in event.private:
        keys.add("people.missing")
    return Dirty(keys=keys, people={person.id})


def _ideas_of(state: State, person: str) -> set[str]:
    """Give the cards on which somebody's name may stand."""
    return {f"idea-{idea.id}" for idea in state.written_by(person)}


def remove(state: State, command: Command, by: str) -> list[NewEvent]:
    """Show somebody the door, or let them in again. What they wrote and voted stays."""
    state.facilitator(by)
    person = state.people.get(command["person"])
    if person is None:
        raise Refused("no_such_person", words.NO_SUCH_PERSON)
    if person.id == by:
        raise Refused("not_yourself", _("You can't remove yourself."))
    if person.removed == (command.do == "person.remove"):
        return []
    return [
        NewEvent(
            "person.removed" if command.do == "person.remove" else "person.let_in", {"person": person.id}
        )
    ]


def _removed(state: State, event: Happened) -> Dirty:
    person = state.people[event.body["person"]]
    person.removed = event.kind == "person.removed"
    dirty = _changed(state, person.id)
    if person.removed:
        dirty.add(put_down(state, person.id))
    if person.role == FACILITATOR:
        dirty.people |= facilitators(state)
    return dirty


def lock(state: State, command: Command, by: str) -> list[NewEvent]:
    """Lock or unlock the door for newcomers; those inside may always come back."""
    state.facilitator(by)
    locked = command.do == "door.lock"
    return [] if locked == state.door_locked else [NewEvent("door.locked" if locked else "door.unlocked", {})]


def _locked(state: State, event: Happened) -> Dirty:
    state.door_locked = event.kind == "door.locked"
    return Dirty(keys={"people.count", "stage"})


def heard(apply: Apply) -> Apply:
    """Let the activities that somebody may look at now hear, after an event about somebody, that they changed."""

    def apply_and_tell(state: State, event: Happened) -> Dirty:
        dirty = apply(state, event)
        if state.closed_at is not None:
            return dirty
        person = state.people[event.body["person"]]
        for at in state.order():
            if at.id != state.current and not may_be_seen(at):
                continue
            for step in (at, *state.rooms_of(at)):
                dirty.add(activity_of(step.kind).person_changed(state, step, person))
            if at.breakout is not None:
                dirty.keys |= {"stage", "room"}
        return dirty

    return apply_and_tell


PEOPLE = Rules(
    commands={
        "person.join": (
            {
                "person": Id(),
                "name": NAME,
                "role": OneOf(choices=ROLES),
                "background": BACKGROUND,
                "consent": OneOf(choices=CONSENTS),
            },
            join,
        ),
        "person.describe": (
            {
                "person": Id(required=False),
                "name": Text(most=60, lines=False, required=False),
                "background": BACKGROUND,
                "consent": OneOf(required=False, choices=CONSENTS),
            },
            describe,
        ),
        "person.remove": ({"person": Id()}, remove),
        "person.let_in": ({"person": Id()}, remove),
        "door.lock": ({}, lock),
        "door.unlock": ({}, lock),
    },
    events={
        "person.joined": heard(_joined),
        "person.described": heard(_described),
        "person.removed": heard(_removed),
        "person.let_in": heard(_removed),
        "door.locked": _locked,
        "door.unlocked": _locked,
    },
)
