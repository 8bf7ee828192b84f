"""Breakout rooms: a step split into rooms, each with an instance of its activity of its own.

A room is a full step that belongs to another: its rounds, its words and its board are its own, so every activity works
in it unchanged. What happens to the clock and the phase of the step it belongs to happens to it, too. Who is in a room
is sent what is in that room and nothing of the others, until all results are shown together.
"""

from __future__ import annotations

from random import Random
from typing import Any

from django.utils.translation import gettext_lazy as _

from realtime.fields import Group, Id, OneOf, Text, Whole
from realtime.kinds import Command, Dirty, Happened, NewEvent, Refused, filled
from workshops.activities.shared.writing import built_upon
from workshops.live import words
from workshops.live.holding import run_clock
from workshops.live.places import APART, may_be_seen
from workshops.live.rules import Rules
from workshops.live.state import FACILITATOR, PARTICIPANT, Breakout, State, Step

MOST_ROOMS = 40
WARNING_MS = 30_000
HOW = ("teams", "size", "mixed", "choose")
HERE = Text(most=60_000, lines=False, required=False)
NAME = Text(most=60, lines=False)


def split_step(state: State, command: Command) -> tuple[Step, Breakout]:
    """Find a step and its rooms. Raises Refused."""
    step = state.on_agenda(command["activity"])
    if step.breakout is None:
        raise Refused("no_rooms", _("This activity is not split into rooms."))
    return step, step.breakout


# -- making rooms --------------------------------------------------------------------------------------------------


def split(state: State, command: Command, by: str) -> list[NewEvent]:
    """Split a step that is not under way: by teams, by chance, mixing backgrounds, or for people to choose."""
    state.facilitator(by)
    step = state.on_agenda(command["activity"])
    if step.running or step.phase == "closed":
        raise Refused("still_open", _("Only before an activity starts, it can be split into rooms."))
    if step.rounds and step.breakout is None:  # its result stands in the archive as one of all people
        raise Refused("has_run", _("This activity has run with all together. Copy it to split the copy."))
    if step.breakout is not None and any(state.steps[room].rounds for room in step.breakout.rooms):
        raise Refused("has_run", _("These rooms have run. Copy the activity to split it in another way."))
    rooms = _rooms_for(state, command)
    if not rooms:
        raise Refused("too_few_people", _("Rooms need at least two participants. Or let people choose."))
    if len(rooms) > MOST_ROOMS:
        raise Refused("too_many_rooms", filled(_("%(most)d rooms are the most that fit."), most=MOST_ROOMS))
    first = step.rooms_made + 1
    body = {
        "activity": step.id,
        "how": command["how"],
        "rooms": [
            {"id": f"{step.id}r{first + n}", "people": people} for n, (_name, people) in enumerate(rooms)
        ],
    }
    names = [name or str(filled(_("Room %(n)d"), n=n)) for n, (name, _people) in enumerate(rooms, start=1)]
    return [NewEvent("rooms.made", body, {"names": names})]


def _rooms_for(state: State, command: Command) -> list[tuple[str, list[str]]]:
    """Give the rooms' names and people. A name may be empty: then the room has its number."""
    people = [
        person.id for person in state.people.values() if person.role == PARTICIPANT and not person.removed
    ]
    here = set((command["here"] or "").split())
    present = [person for person in people if person in here] or people
    if command["how"] == "choose":
        return [("", []) for _room in range(command["size"] or 3)]
    if command["how"] == "teams":
        teams = command["teams"] or {}
        members = [
            (str(name)[:60], set(map(str, some))) for name, some in teams.items() if isinstance(some, list)
        ]
        rooms = [(name, [person for person in people if person in some]) for name, some in members]
        rooms = [(name, members) for name, members in rooms if members]  # facilitators alone need no room
        if not rooms:
            raise Refused(
                "no_teams", _("The challenge has no teams yet. Split by size, or let people choose.")
            )
        return rooms
    if len(present) < 2:
        return []
    chance = Random(command.seed)  # noqa: S311 (fairness, not secrecy; what it gave stands in the log)
    order = sorted(present)
    chance.shuffle(order)
    if command["how"] == "mixed":
        order.sort(key=lambda person: state.people[person].background.casefold())
    count = max(1, round(len(order) / (command["size"] or 4)))
    return [("", order[n::count]) for n in range(count)]


def _made(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    if step.breakout is not None:
        _take_away(state, step)
    step.breakout = Breakout(event.body["how"])
    names = event.private.get("names", [])
    for place, room in enumerate(event.body["rooms"]):
        step.rooms_made += 1
        _add_room(state, step, room["id"], names[place] if place < len(names) else "")
        for person in room["people"]:
            step.breakout.at[person] = room["id"]
    return Dirty(whole=True, everybody=True)


def _add_room(state: State, step: Step, room_id: str, name: str) -> None:
    room = Step(room_id, step.kind, "", step.prompt, step.minutes, step.settings)
    room.parent, room.room = step.id, name
    title_room(room, step)
    state.steps[room_id] = room
    if step.breakout is not None:
        step.breakout.rooms.append(room_id)


def title_room(room: Step, step: Step) -> None:
    """Name a room after its step, so that whoever reads its result later knows where it comes from."""
    room.title = f"{step.title} – {room.room}"


def _take_away(state: State, step: Step) -> None:
    for room in step.breakout.rooms if step.breakout else ():
        state.steps.pop(room, None)
    step.breakout = None


def undo(state: State, command: Command, by: str) -> list[NewEvent]:
    """Take the rooms away again, as long as nothing ran in them."""
    state.facilitator(by)
    step, breakout = split_step(state, command)
    if any(state.steps[room].rounds for room in breakout.rooms):
        raise Refused("has_run", _("These rooms have run, so they stay."))
    return [NewEvent("rooms.undone", {"activity": step.id})]


def _undone(state: State, event: Happened) -> Dirty:
    _take_away(state, state.steps[event.body["activity"]])
    return Dirty(whole=True, everybody=True)


# -- who is where ----------------------------------------------------------------------------------------------------


def join(state: State, command: Command, by: str) -> list[NewEvent]:
    """Go into a room: where people choose, and for whoever is in none."""
    person = state.contributor(by)
    step, breakout = split_step(state, command)
    room = command["room"]
    if person.role != PARTICIPANT:
        raise Refused("not_allowed", _("Facilitators drop in on rooms instead."))
    if room not in breakout.rooms:
        raise Refused("no_such_room", _("There is no such room."))
    if step.phase not in APART:
        raise Refused("not_open", words.NOT_OPEN)
    now = breakout.at.get(by)
    if now == room:
        return []
    if now is not None and breakout.how != "choose":
        raise Refused("in_a_room", _("You are in a room. Ask the facilitator to move you."))
    return [NewEvent("rooms.placed", {"activity": step.id, "person": by, "room": room})]


def place(state: State, command: Command, by: str) -> list[NewEvent]:
    """Bring somebody into a room, or out of all."""
    state.facilitator(by)
    step, breakout = split_step(state, command)
    person, room = state.people.get(command["person"]), command["room"] or ""
    if person is None or person.role != PARTICIPANT:
        raise Refused("no_such_person", words.NO_SUCH_PERSON)
    if room and room not in breakout.rooms:
        raise Refused("no_such_room", _("There is no such room."))
    if breakout.at.get(person.id, "") == room:
        return []
    return [NewEvent("rooms.placed", {"activity": step.id, "person": person.id, "room": room})]


def _placed(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    breakout = step.breakout
    if breakout is None:
        return Dirty()
    breakout.at.pop(event.body["person"], None)
    if event.body["room"]:
        breakout.at[event.body["person"]] = event.body["room"]
    return Dirty(keys={"stage", "room"}, people={event.body["person"]})


def visit(state: State, command: Command, by: str) -> list[NewEvent]:
    """Drop in on a room, or leave it. The room is shown that somebody is there."""
    state.facilitator(by)
    step, breakout = split_step(state, command)
    room = command["room"] or ""
    if room and room not in breakout.rooms:
        raise Refused("no_such_room", _("There is no such room."))
    same = breakout.visits.get(by, "") == room
    return [] if same else [NewEvent("rooms.visited", {"activity": step.id, "room": room})]


def _visited(state: State, event: Happened) -> Dirty:
    breakout = state.steps[event.body["activity"]].breakout
    if breakout is not None:
        breakout.visits.pop(event.actor, None)
        if event.body["room"]:
            breakout.visits[event.actor] = event.body["room"]
    return Dirty(keys={"stage", "room"}, people={event.actor})


# -- while they are under way ----------------------------------------------------------------------------------------


def rename(state: State, command: Command, by: str) -> list[NewEvent]:
    """Give a room a name, or a link to a video room."""
    step, breakout = split_step(state, command)
    person, room = state.member(by), command["room"]
    inside = person.role == PARTICIPANT and breakout.at.get(by) == room and command.do == "rooms.link"
    if person.role != FACILITATOR and not inside:
        raise Refused("not_allowed", words.FACILITATORS_ONLY)
    if room not in breakout.rooms:
        raise Refused("no_such_room", _("There is no such room."))
    body = {"activity": step.id, "room": room}
    if command.do == "rooms.rename":
        same = state.steps[room].room == command["name"]
        return [] if same else [NewEvent("rooms.renamed", body, {"name": command["name"]})]
    link = command["link"] or ""
    if link and (not link.startswith("https://") or " " in link):
        raise Refused("bad_link", _("A link must begin with https:// and have no spaces."))
    same = breakout.links.get(room, "") == link
    return [] if same else [NewEvent("rooms.linked", body, {"link": link})]


def _renamed(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    room = state.steps[event.body["room"]]
    if event.kind == "rooms.renamed":
        room.room = event.private.get("name", "")
        title_room(room, step)
    elif step.breakout is not None:
        step.breakout.links[room.id] = event.private.get("link", "")
    return Dirty(keys={"stage", "room"})


def warn(state: State, command: Command, by: str) -> list[NewEvent]:
    """Call everybody back: all rooms close in thirty seconds."""
    state.facilitator(by)
    step, breakout = split_step(state, command)
    if step.phase != "open":
        raise Refused("not_open", words.NOT_OPEN)
    return [] if breakout.warned else [NewEvent("rooms.ending", {"activity": step.id})]


def _ending(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    for one in (step, *state.rooms_of(step)):
        if one.phase == "open":
            run_clock(state, one, WARNING_MS, event.at)
    if step.breakout is not None:
        step.breakout.warned = True
    say = _("Thirty seconds left in the rooms. Then all come together.")
    return Dirty(keys={"stage", "room", "stage.timer", "run"}, say=[(None, say)])


def due(step: Step) -> int | None:
    """Give the moment at which announced rooms close."""
    warned = step.breakout is not None and step.breakout.warned and step.phase == "open"
    return step.ends_at if warned else None


# -- who may do what where -------------------------------------------------------------------------------------------


def must_be_inside(state: State, command: Command, by: str) -> None:
    """Refuse what concerns another room, and work on a split step outside its rooms, while people are apart."""
    person = state.people.get(by)
    if person is None or person.role == FACILITATOR:
        return
    activity = command["activity"]
    named = [command["idea"], command["card"], command["item"], *(command["ideas"] or ())]
    ideas = (state.ideas.get(idea) for idea in named if isinstance(idea, str))
    places = [(idea.step, idea.round) for idea in ideas if idea is not None]
    for name, number in [(activity if isinstance(activity, str) else "", 0), *places]:
        step = state.steps.get(name)
        parent = state.steps.get(step.parent) if step is not None and step.parent else None
        if step is not None and parent is not None:
            shown = step.revealed and not step.running and parent.revealed
            shown = shown or (number > 0 and built_upon(state, step, number))  # it stands before everybody
            if not shown and parent.breakout is not None and parent.breakout.at.get(by) != step.id:
                raise Refused("not_your_room", _("This is in another room."))


def told(state: State, event: Happened, dirty: Dirty) -> Dirty:
    """Narrow what an event in a room made dirty to that room, and let the facilitators' table follow.

    Nothing that is said of one room is heard in another.
    """
    step = state.steps.get(event.body.get("activity") or "")
    parent = state.steps.get(step.parent) if step is not None and step.parent else None
    if step is not None and parent is not None and parent.breakout is not None:
        places = (f"{PARTICIPANT}/{step.id}", f"{FACILITATOR}/{step.id}")
        dirty.say = [(place, sentence) for _to, sentence in dirty.say for place in places]
        if dirty.everybody and not dirty.whole:
            dirty.everybody = False
            dirty.people |= {person for person, room in parent.breakout.at.items() if room == step.id}
            dirty.people |= set(parent.breakout.visits)
        dirty.keys.add("stage" if parent.revealed else "stage.rooms")  # results stand on everybody's stage
    elif event.kind.startswith("idea.") and any(
        one.breakout is not None and (one.id == state.current or may_be_seen(one)) for one in state.order()
    ):
        dirty.keys.add("stage")  # results of the rooms stand there, with these words
    return dirty


def must_not_be_split(step: Step) -> None:
    """Refuse to work on a step that is split, except in its rooms."""
    if step.breakout is not None:
        raise Refused("in_rooms", _("This goes on in rooms. Go into one."))


_ROOM: dict[str, Any] = {"activity": Id(), "room": Id()}

ROOMS = Rules(
    commands={
        "rooms.split": (
            {
                "activity": Id(),
                "how": OneOf(choices=HOW),
                "size": Whole(least=2, most=MOST_ROOMS, required=False),
                "teams": Group(required=False),
                "here": HERE,
            },
            split,
        ),
        "rooms.undo": ({"activity": Id()}, undo),
        "rooms.join": (_ROOM, join),
        "rooms.place": ({"activity": Id(), "person": Id(), "room": Id(required=False)}, place),
        "rooms.visit": ({"activity": Id(), "room": Id(required=False)}, visit),
        "rooms.rename": ({**_ROOM, "name": NAME}, rename),
        "rooms.link": ({**_ROOM, "link": Text(most=300, lines=False, required=False)}, rename),
        "rooms.call_back": ({"activity": Id()}, warn),
    },
    events={
        "rooms.made": _made,
        "rooms.undone": _undone,
        "rooms.placed": _placed,
        "rooms.visited": _visited,
        "rooms.renamed": _renamed,
        "rooms.linked": _renamed,
        "rooms.ending": _ending,
    },
)
