"""Making and changing the agenda. Only facilitators; steps that have run can be renamed but not removed.

Notes are what facilitators write for themselves. They stand in no event's body, in no fragment but the console's, and
in no archive.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from realtime.fields import Group, Id, Text, Whole
from realtime.kinds import Command, Dirty, Happened, NewEvent, Refused
from workshops.activities.registry import ACTIVITIES, activity_of
from workshops.live import rooms_following, words
from workshops.live.places import may_be_seen
from workshops.live.rules import Rules
from workshops.live.state import State, Step

MOST_STEPS = 60


def add(state: State, command: Command, by: str) -> list[NewEvent]:
    """Put a new activity on the agenda, at its end or before another."""
    state.facilitator(by)
    activity = ACTIVITIES.get(command["kind"])
    if activity is None:
        raise Refused("unknown_kind", _("There is no such kind of activity."))
    _must_have_room(state)
    body = {
        "activity": state.new_id("a"),
        "kind": activity.kind,
        "title": command["title"] or str(activity.label),
        "prompt": command["prompt"] or "",
        "minutes": activity.minutes if command["minutes"] is None else command["minutes"],
        "settings": activity.Settings.checked(command["settings"] or {}),
    }
    if command["before"] in state.steps:
        body["before"] = command["before"]
    return [NewEvent("step.added", body, _notes(command["notes"]))]


def copy(state: State, command: Command, by: str) -> list[NewEvent]:
    """Put the same activity on the agenda once more, after the first. What people did in it isn't copied."""
    state.facilitator(by)
    step = state.on_agenda(command["activity"])
    _must_have_room(state)
    following = state.after(step.id)
    body = {
        "activity": state.new_id("a"),
        "kind": step.kind,
        "title": step.title,
        "prompt": step.prompt,
        "minutes": step.minutes,
        "settings": asdict(step.settings),
    }
    if following is not None:
        body["before"] = following.id
    return [NewEvent("step.added", body, _notes(step.notes))]


def _must_have_room(state: State) -> None:
    if len(state.order()) >= MOST_STEPS:
        raise Refused("agenda_full", _("The agenda is full. Remove an activity first."))


def _notes(notes: str | None) -> dict[str, str]:
    """Give a step's notes as an event keeps them: among what can be erased, and is never in the archive."""
    return {"notes": notes} if notes else {}


def _added(state: State, event: Happened) -> Dirty:
    body = event.body
    activity = activity_of(body["kind"])
    state.count_id(body["activity"])
    settings = activity.Settings.read(body["settings"])
    step = Step(body["activity"], body["kind"], body["title"], body["prompt"], body["minutes"], settings)
    step.notes = event.private.get("notes", "")
    _place(state, step, body.get("before"))
    return Dirty(keys={"run", "stage"})


def change(state: State, command: Command, by: str) -> list[NewEvent]:
    """Change a step's words, notes, minutes or settings; settings only as far as people weren't promised otherwise."""
    state.facilitator(by)
    step = state.on_agenda(command["activity"])
    activity = activity_of(step.kind)
    body: dict[str, Any] = {"activity": step.id}
    notes = {} if command["notes"] in (None, step.notes) else {"notes": command["notes"]}
    for name in ("title", "prompt", "minutes"):
        value = command[name]
        if value is not None and value != getattr(step, name):
            body[name] = value
    if command["settings"] is not None:
        settings = activity.Settings.checked({**asdict(step.settings), **command["settings"]})
        if activity.Settings.read(settings) != step.settings:
            activity.may_change(state, step, settings)
            body["settings"] = settings
    return [NewEvent("step.changed", body, notes)] if len(body) > 1 or notes else []


def _changed(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    for name in ("title", "prompt", "minutes"):
        if name in event.body:
            setattr(step, name, event.body[name])
    step.notes = event.private.get("notes", step.notes)
    before = step.settings
    if "settings" in event.body:
        step.settings = activity_of(step.kind).Settings.read(event.body["settings"])
        if step.round is not None and not step.revealed:
            step.round.settings = step.settings
    rooms_following.changed(state, step, before)
    seen = step.id == state.current or may_be_seen(step)  # perhaps beside the room, at a place of its own
    return Dirty(whole=seen, everybody=seen, keys={"run", "stage"})


def move(state: State, command: Command, by: str) -> list[NewEvent]:
    """Move a step before another, or to the end."""
    state.facilitator(by)
    step = state.on_agenda(command["activity"])
    order = [other.id for other in state.order()]
    wanted = [other for other in order if other != step.id]
    before = command["before"]
    wanted.insert(wanted.index(before) if before in wanted else len(wanted), step.id)
    if wanted == order:
        return []
    return [NewEvent("step.moved", {"activity": step.id, "before": before})]


def _moved(state: State, event: Happened) -> Dirty:
    _place(state, state.steps.pop(event.body["activity"]), event.body.get("before"))
    return Dirty(keys={"run", "stage"})


def remove(state: State, command: Command, by: str) -> list[NewEvent]:
    """Take a step off the agenda, unless it has run: what people did in it is kept."""
    state.facilitator(by)
    step = state.on_agenda(command["activity"])
    if step.rounds or step.id == state.current:
        raise Refused("has_run", _("This activity has already run, so it stays on the agenda."))
    if step.breakout is not None:
        raise Refused("has_rooms", _("This activity is split into rooms. Take the rooms away first."))
    return [NewEvent("step.removed", {"activity": step.id})]


def _removed(state: State, event: Happened) -> Dirty:
    step_id = event.body["activity"]
    following = state.after(step_id)
    state.taken_off[step_id] = state.steps.pop(step_id), following.id if following else None
    return Dirty(keys={"run", "stage"})


def put_back(state: State, command: Command, by: str) -> list[NewEvent]:
    """Put an activity that was taken off the agenda back, with its id, where it stood if that place can be found."""
    state.facilitator(by)
    step_id = command["activity"]
    if step_id in state.steps:
        return []
    if step_id not in state.taken_off:
        raise Refused("no_such_activity", words.NO_SUCH_ACTIVITY)
    _must_have_room(state)
    return [NewEvent("step.put_back", {"activity": step_id})]


def _put_back(state: State, event: Happened) -> Dirty:
    step, before = state.taken_off.pop(event.body["activity"])
    _place(state, step, before)
    return Dirty(keys={"run", "stage"})


def _place(state: State, step: Step, before: str | None) -> None:
    order = list(state.steps.values())
    place = next((n for n, other in enumerate(order) if other.id == before), len(order))
    order.insert(place, step)
    state.steps = {other.id: other for other in order}


_WORDS = {"title": Text(most=100, lines=False, required=False), "prompt": Text(most=600, required=False)}
MOST_NOTES = 2000
_SHARED = {
    **_WORDS,
    "minutes": Whole(most=480, required=False),
    "settings": Group(required=False),
    "notes": Text(most=MOST_NOTES, required=False),
}

AGENDA = Rules(
    commands={
        "step.add": ({"kind": Id(), **_SHARED, "before": Id(required=False)}, add),
        "step.change": ({"activity": Id(), **_SHARED}, change),
        "step.move": ({"activity": Id(), "before": Id(required=False)}, move),
        "step.remove": ({"activity": Id()}, remove),
        "step.put_back": ({"activity": Id()}, put_back),
        "step.copy": ({"activity": Id()}, copy),
    },
    events={
        "step.added": _added,
        "step.changed": _changed,
        "step.moved": _moved,
        "step.removed": _removed,
        "step.put_back": _put_back,
    },
)
