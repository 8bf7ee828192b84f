"""What is shown of how a room is run: what stands over everybody's page, and the facilitators' desk."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from realtime.kinds import Fragment
from workshops.activities.registry import activity_of
from workshops.live.few import FEWEST, same_words
from workshops.live.leading import leads, mark_of
from workshops.live.places import at_step, base_of, open_besides
from workshops.live.room_views import head
from workshops.live.state import FACILITATOR, PARTICIPANT, SCREEN

if TYPE_CHECKING:
    from workshops.live.conduct import Announcement
    from workshops.live.state import Person, State, Step

MOST_DETAILS = 150
"""In a room of more people, how far each of them is isn't sent every second; only who has finished."""


def show(state: State, key: str, reader: str) -> Fragment | None:
    """Give one fragment for a reader, or None."""
    if key == "room":
        return Fragment("workshops/parts/room.html", room(state, reader))
    if key == "heard" and base_of(reader) == PARTICIPANT:
        return Fragment("workshops/parts/heard.html", {"said": _said(state)})
    if base_of(reader) != FACILITATOR:
        return None
    if key == "desk":
        return Fragment("workshops/parts/desk.html", desk(state))
    if key in _PARTS and (key != "desk.rehearsal" or state.conduct.rehearsal is not None):
        return Fragment(f"workshops/parts/{key.replace('.', '_')}.html", _PARTS[key](state))
    return None


def room(state: State, reader: str) -> dict[str, Any]:
    """Give what stands over the stage: that all is paused, and what was announced."""
    conduct, over = state.conduct, state.closed_at is not None
    now = next((said for said in conduct.announcements if said.id == conduct.announced), None)
    base, here = base_of(reader), state.steps.get(at_step(reader))
    besides = [step for step in open_besides(state) if base == PARTICIPANT and not over and step is not here]
    return {
        "reader": base,
        "personal": base != SCREEN,
        "frozen": conduct.frozen and not over,
        "announcement": _words(now) if now and not over else None,
        "calls": conduct.calls if base == PARTICIPANT else 0,
        "breakout": head(state, reader) if not over else None,
        "here": _place(here) if here is not None and not here.parent else None,
        "room_is_at": state.step.title if here is not None and state.step is not None else "",
        "besides": [_place(step) | {"path": _path(step, here)} for step in besides],
    }


def asked_to_look(state: State) -> int:
    """Count the pieces that facilitators are asked to look at."""
    if state.closed_at is not None:
        return 0
    return state.once("asked to look", lambda: sum(1 for i in state.ideas.values() if i.flags and i.on_board))


def _place(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "title": step.title,
        "until": step.stays_until if step.running else None,
        "open": step.running,
    }


def _path(step: Step, here: Step | None) -> str:
    """Say where an activity's own page is, seen from the room's page or from that of another activity."""
    return f"open/{step.id}/" if here is None else f"../{step.id}/"


def _words(said: Announcement) -> dict[str, Any]:
    return {"id": said.id, "text": said.text, "at": said.at}


def _said(state: State) -> list[dict[str, Any]]:
    """Give what was announced so far, the latest first."""
    return [_words(said) for said in reversed(state.conduct.announcements)]


# -- the desk --------------------------------------------------------------------------------------------------------


def desk(state: State) -> dict[str, Any]:
    """Give all parts of the desk."""
    return {
        "closed": state.closed_at is not None,
        "lead": _lead(state),
        "hands": _hands(state),
        "note": _note(state),
        "said": _announcing(state),
        "hold": _hold(state),
        "simulated": _rehearsal(state) if state.conduct.rehearsal is not None else None,
    }


def _lead(state: State) -> dict[str, Any]:
    leading = state.people.get(state.conduct.leading or "")
    others = [
        {"id": person.id, "name": person.name, "leads": person is leading}
        for person in state.people.values()
        if person.role == FACILITATOR and not person.removed
    ]
    return {
        "closed": state.closed_at is not None,
        "leading": leading.name if leading is not None else "",
        "facilitators": others,
    }


def _hands(state: State) -> dict[str, Any]:
    def named(person: str) -> dict[str, Any]:
        return {"id": person, "name": state.people[person].name}

    speaking = state.conduct.speaking
    return {
        "closed": state.closed_at is not None,
        "hands": [named(person) | {"since": at} for person, at in state.conduct.hands.items()],
        "speaking": named(speaking) if speaking else None,
    }


def _note(state: State) -> dict[str, Any]:
    """Give the facilitators' notes of where the room is; before it begins, of the first activity."""
    here = state.step or state.after(None)
    if here is None:
        return {"closed": True}
    told = {"step": here.id, "title": here.title, "text": here.notes, "mark": mark_of(here.notes)}
    return {"closed": state.closed_at is not None, **told}


def _announcing(state: State) -> dict[str, Any]:
    return {
        "closed": state.closed_at is not None,
        "announced": state.conduct.announced or "",
        "said": _said(state),
    }


def _hold(state: State) -> dict[str, Any]:
    return {"closed": state.closed_at is not None, "frozen": state.conduct.frozen}


def _rehearsal(state: State) -> dict[str, Any]:
    """Give the handles of a rehearsal's simulated people."""
    plan = state.conduct.rehearsal
    if plan is None:
        return {}
    return {
        "closed": state.closed_at is not None,
        "people": plan.people,
        "speed": plan.speed,
        "going": plan.going,
    }


_PARTS = {
    "desk.lead": _lead,
    "desk.hands": _hands,
    "desk.note": _note,
    "desk.said": _announcing,
    "desk.hold": _hold,
    "desk.rehearsal": _rehearsal,
}


# -- who is missing -------------------------------------------------------------------------------------------------


def missing(state: State) -> dict[str, Any]:
    """Count who was invited and who joined, by what they bring. Who is here now comes with presence, see `here`.

    Groups of fewer than `FEWEST` are never counted by themselves: a small number says who.
    """
    return state.once("missing", lambda: _count_missing(state))


def _count_missing(state: State) -> dict[str, Any]:
    joined: dict[str, int] = {}
    invited: dict[str, int] = {}
    names: dict[str, str] = {}
    for background, count in state.conduct.invited.items():
        key = group_key(background)
        names.setdefault(key, background)
        invited[key] = invited.get(key, 0) + count
    for person in inside(state):
        key = group_key(person.background)
        names.setdefault(key, person.background)
        joined[key] = joined.get(key, 0) + 1
    rows: list[dict[str, Any]] = [
        {"key": key, "name": name, "invited": invited.get(key, 0), "joined": joined.get(key, 0)}
        for key, name in names.items()
    ]
    large = [row for row in rows if max(row["invited"], row["joined"]) >= FEWEST]
    return {
        "groups": sorted(large, key=lambda row: (-max(row["invited"], row["joined"]), row["name"])),
        "invited": sum(invited.values()),
        "joined": sum(joined.values()),
        "small": len(rows) > len(large),
        "fewest": FEWEST,
    }


def inside(state: State) -> list[Person]:
    """Give the participants who joined and were not removed."""
    return [person for person in state.people.values() if person.role == PARTICIPANT and not person.removed]


def group_key(background: str) -> str:
    """Give what names a group in the page: the same words, however they are typed, are one group."""
    return "g" + sha256(same_words(background).encode()).hexdigest()[:10]


# -- for one person, and for now ------------------------------------------------------------------------------------


def own(state: State, person: str, reader: str) -> tuple[dict[str, Any], dict[str, Fragment]]:
    """Give what only one person gets: their place in the queue, and what was said to them alone."""
    conduct = state.conduct
    if state.closed_at is not None:
        return {}, {}
    data: dict[str, Any] = {}
    if base_of(reader) == FACILITATOR and state.people[person].role == FACILITATOR:
        data["leads"] = leads(state, person)
    data["hand"] = list(conduct.hands).index(person) + 1 if person in conduct.hands else False
    speaking = conduct.speaking == person
    nudges = [{"id": said.id, "text": said.text} for said in conduct.nudges.get(person, ())]
    if not nudges and not speaking:
        return data, {}
    context = {"nudges": nudges, "speaking": speaking}
    return data, {"own-room": Fragment("workshops/parts/own_room.html", context)}


def now(state: State, present: set[str]) -> dict[str, Any]:
    """Give facilitators who is here and who has finished, and how many of each group are here."""
    works = _where_people_work(state)
    finished = {person for step, _people in works if step.running for person in step.rounds[-1].finished}
    values: dict[str, Any] = {
        "people": dict.fromkeys(sorted(present), "here"),
        "finished": dict.fromkeys(sorted(finished), 1),
        "done": len(finished),
        "hands": len(state.conduct.hands) if state.closed_at is None else 0,
        "asked": asked_to_look(state),
        "groups": _groups_here(state, present),
    }
    if works and len(state.people) <= MOST_DETAILS:
        told = {
            person: activity_of(step.kind).done_by(state, step, person)
            for step, people in works
            for person in people
        }
        values["far"] = {person: words for person, words in told.items() if words}
    return values


def _where_people_work(state: State) -> list[tuple[Step, list[str]]]:
    """Give the steps that people are at, if they have run: the current one, or its rooms with their people."""
    step = state.step
    if step is None:
        return []
    if step.breakout is None:
        return [(step, list(state.people))] if step.rounds else []
    rooms = (room for room in state.rooms_of(step) if room.rounds)
    return [(room, [person.id for person in state.people_at(room)]) for room in rooms]


def _groups_here(state: State, present: set[str]) -> dict[str, int]:
    told = {row["key"] for row in missing(state)["groups"]}
    counts = dict.fromkeys(sorted(told), 0)
    for person in inside(state) if told else ():
        key = group_key(person.background)
        if person.id in present and key in counts:
            counts[key] += 1
    return counts
