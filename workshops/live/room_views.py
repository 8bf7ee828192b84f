"""What is shown of a step that is split into rooms: who is where, and in the end the results of all rooms together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from realtime.kinds import Fragment
from workshops.activities.registry import activity_of, writing_of
from workshops.live import rooms_onward
from workshops.live.places import APART, at_step, base_of
from workshops.live.state import FACILITATOR, PARTICIPANT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workshops.live.state import State, Step

TEMPLATES = {PARTICIPANT: "rooms_stage", FACILITATOR: "rooms_console"}


def stage(state: State, step: Step, reader: str, context: dict[str, Any]) -> Fragment:
    """Give the stage of a split step, for whoever is in none of its rooms now."""
    apart = step.phase in APART
    context |= {"apart": apart, "rooms": rooms(state, step, reader), "results": results(state, step)}
    context |= {
        "warned": bool(step.breakout and step.breakout.warned),
        "ran": any(run.rounds for run in state.rooms_of(step)),
    }
    beside = activity_of(step.kind).beside_rooms(state, step) if reader == FACILITATOR else None
    if beside is not None:
        context |= {"beside": beside[0], **beside[1]}
    name = TEMPLATES.get(reader, "rooms_screen")
    return Fragment(f"workshops/parts/{name}.html", context)


def rooms(state: State, step: Step, reader: str) -> list[dict[str, Any]]:
    """Give the rooms and how many are in each; for facilitators also how far."""
    return [
        {"id": room.id, "name": room.room, "count": len(state.people_at(room))}
        | ({"progress": _progress(state, room)} if reader == FACILITATOR else {})
        for room in state.rooms_of(step)
    ]


def _progress(state: State, room: Step) -> list[dict[str, Any]]:
    counts = activity_of(room.kind).progress(state, room) if room.rounds else []
    return [{"number": number, "what": what} for number, what in counts]


def table(state: State, step: Step) -> dict[str, Any]:
    """Give the facilitators' table of rooms. It is drawn again as things happen in them, so nobody stands in it."""
    return {
        "rooms": rooms(state, step, FACILITATOR),
        "step_id": step.id,
        "apart": step.phase in APART,
        "onward": rooms_onward.shown(state, step),
    }


def handles(state: State, step: Step) -> dict[str, Any]:
    """Give facilitators what rarely changes: who is in which room, names and links."""
    breakout = step.breakout
    if breakout is None:
        return {}
    names = {room.id: room.room for room in state.rooms_of(step)}
    people, inside = [], dict[str, list[str]]()
    for person in state.people_at(step):
        room = breakout.at.get(person.id, "")
        people.append({"id": person.id, "name": person.name, "room": names.get(room, "")})
        inside.setdefault(room if room in names else "", []).append(person.name)
    return {
        "handles": [
            {"id": room, "name": name, "people": inside.get(room, []), "link": breakout.links.get(room, "")}
            for room, name in names.items()
        ],
        "people": people,
        "without": inside.get("", []),
    }


def head(state: State, reader: str) -> dict[str, Any] | None:
    """Give what stands over the stage in a room: which it is, who is in it, who looks."""
    room = state.steps.get(at_step(reader))
    parent = state.steps.get(room.parent) if room is not None else None
    if room is None or parent is None or parent.breakout is None:
        return None
    breakout = parent.breakout
    looks = [who for who, where in breakout.visits.items() if where == room.id and who in state.people]
    others = [{"id": other.id, "name": other.room} for other in state.rooms_of(parent) if other is not room]
    return {
        "step": parent.id,
        "room": room.id,
        "name": room.room,
        "people": sorted(person.name for person in state.people_at(room)),
        "visitors": sorted(state.people[who].name for who in looks),
        "link": breakout.links.get(room.id, ""),
        "warned": breakout.warned and room.phase == "open",
        "others": others if breakout.how == "choose" and base_of(reader) == PARTICIPANT else [],
    }


# -- together ----------------------------------------------------------------------------------------------------------


def results(state: State, step: Step) -> list[dict[str, Any]]:
    """Give what every room came to, once it was shown: drawn as in the archive, from what everybody may see."""
    if not step.revealed:
        return []
    found, words = [], _ideas(state)
    for room in state.rooms_of(step):
        if room.round is None or not room.revealed:
            continue
        activity = activity_of(room.kind)
        outcome = {
            "id": f"{room.id}/{room.round.number}",
            "kind": room.kind,
            "title": step.title,
            "prompt": "",
            **activity.outcome(state, room, room.round),
        }
        clusters = {one["id"]: one for one in outcome.get("clusters", ()) if isinstance(one, dict)}
        found.append(
            {
                "id": room.id,
                "name": room.room,
                "template": activity.template("outcome"),
                "outcome": outcome,
                "ideas": {gid: words[gid] for gid in _named(outcome) if gid in words},
                "clusters": clusters,
            }
        )
    return found


def _named(thing: Any) -> Iterator[str]:
    """Give every text in an outcome: ids of ideas are among them, and programs are sent the words of no others."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from _named(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _named(value)


def _ideas(state: State) -> dict[str, Any]:
    """Give the words that everybody here may see, without saying whose they are. What was hidden has none."""
    return state.once(
        "words in results",
        lambda: {
            state.gid(idea.id): {
                "text": idea.text if idea.hidden is None else "",
                "consent": "unnamed",
                "credit": "",
                "hidden": idea.hidden is not None,
                "step": idea.step,
            }
            for idea in state.ideas.values()
            if not idea.removed
            and writing_of(state.steps[idea.step].kind).shown(state.steps[idea.step], idea)
        },
    )
