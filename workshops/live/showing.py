"""What the workshop's own fragments show: the stage, the run of show, the people. Activities show the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from realtime.kinds import Fragment
from workshops.activities.registry import activity_of
from workshops.live import desk, putting_back, room_views
from workshops.live.flags import REASONS
from workshops.live.moderation import HIDE_BECAUSE
from workshops.live.places import at_step, base_of, open_besides, seen_from
from workshops.live.running import came_from, leaving, left_open, settled
from workshops.live.state import FACILITATOR, PARTICIPANT, SCREEN
from workshops.live.timing import drift, planned_starts

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Idea, Person, State, Step

STAGE_TEMPLATE = {PARTICIPANT: "stage", FACILITATOR: "console", SCREEN: "screen"}


def step_context(step: Step) -> dict[str, Any]:
    """Give what every template says of a step."""
    activity = activity_of(step.kind)
    return {
        "id": step.id,
        "kind": step.kind,
        "label": activity.label,
        "icon": activity.icon,
        "verb": activity.verb,
        "title": step.title,
        "prompt": step.prompt,
        "minutes": step.minutes,
        "phase": step.phase,
        "running": step.running,
        "revealed": step.revealed,
        "round": len(step.rounds),
        "ends_at": step.ends_at,
        "left": step.left if step.running and step.ends_at is None else None,
    }


def show(state: State, key: str, reader: str) -> Fragment | None:
    """Give one fragment for a reader, or None."""
    over_the_stage = desk.show(state, key, reader)
    if over_the_stage is not None:
        return over_the_stage
    seen, base = seen_from(state, reader), base_of(reader)
    if base == FACILITATOR and key != "stage" and not key.startswith(("stage.", "idea-")):
        console = _console(state, key)  # the same wherever they look
        if console is not None:
            return console
    if key == "stage" and at_step(reader) and seen.step is None and state.closed_at is None:
        return Fragment("workshops/parts/stage_elsewhere.html", {})
    return _show(seen, key, base)


def _show(state: State, key: str, reader: str) -> Fragment | None:
    if key == "stage":
        return stage(state, reader)
    part = _of_step(state, key, reader) or (_console(state, key) if reader == FACILITATOR else None)
    if part is not None or state.step is None or state.closed_at is not None:
        return part
    return activity_of(state.step.kind).show(state, state.step, key, reader)


def _of_step(state: State, key: str, reader: str) -> Fragment | None:
    """Give the parts that the stage of every kind may hold."""
    if state.step is None:
        return None
    if key == "stage.timer" and state.closed_at is None:
        return Fragment(
            "workshops/parts/timer.html", {"step": step_context(state.step), "big": reader == FACILITATOR}
        )
    if key.startswith(("stage.moments", "moment-")) and state.closed_at is None:
        return putting_back.show(state.step, key) if reader == FACILITATOR else None
    if key == "stage.rooms" and reader == FACILITATOR and state.step.breakout is not None:
        return Fragment("workshops/parts/rooms_table.html", room_views.table(state, state.step))
    if key == "stage.progress" and reader != PARTICIPANT:
        return Fragment("workshops/parts/progress.html", {"progress": progress(state, state.step)})
    return None


def stage(state: State, reader: str) -> Fragment:
    """Give the middle of the screen: the lobby, the current activity, or the end."""
    step = state.step
    facilitate = reader == FACILITATOR
    shared: dict[str, Any] = {"reader": reader, "facilitate": facilitate}
    shared["rehearsal"] = state.conduct.rehearsal is not None
    if state.closed_at is not None:
        return Fragment("workshops/parts/stage_closed.html", shared)
    shared |= {
        "in_lobby": step is None,
        "current": state.current or "",
        "opened": state.opened_at is not None,
    }
    inside = step is not None and bool(step.parent)
    if facilitate:  # programs read all that stands here: others get no more than their page shows
        following, previous = (None, None) if inside else (state.after(state.current), came_from(state))
        shared |= {
            "in_room": {"step": step.parent, "name": step.room} if step is not None and inside else None,
            "door_locked": state.door_locked,
            "next": step_context(following) if following else None,
            "previous": step_context(previous) if previous else None,
            "left": _named(left_open(state)) if not inside else None,
            "settled": settled(state),
        }
    if step is None:
        agenda = [{"id": other.id, "title": other.title, "minutes": other.minutes} for other in state.order()]
        return Fragment("workshops/parts/stage_lobby.html", shared | {"agenda": agenda})
    activity = activity_of(step.kind)
    split = step.breakout is not None
    context = activity.stage(state, step, reader) if not split else {}
    context |= {
        "step": step_context(step),
        "promise": activity.promise(step.settings),
        "place": {"activity": step.id, "round": len(step.rounds)},
        "seen": {"activity": step.id, "round": len(step.rounds), "phase": step.phase},
    }
    if facilitate:
        sources = activity.hidden_sources(state, step) if step.phase == "ready" else []
        context |= {
            "split": split,
            "by_teams": f"rooms/{step.id}/by-teams",  # a page beside the console: only there teams are known
            "reveal_template": "workshops/parts/rooms_reveal.html" if split else activity.template("reveal"),
            "help_templates": [activity.template("help"), "workshops/parts/no_help.html"],
            "to_show": [source.title for source in sources],
            "put_back": putting_back.place(step),
            "leaving": _named(leaving(state)) if not inside else None,
        }
    if reader == SCREEN:
        following = state.after(step.id)
        shared["next"] = {"title": following.title, "minutes": following.minutes} if following else None
    if reader != PARTICIPANT:  # who gets no fragment of it either, so it would never change for them
        context["progress"] = progress(state, step)
    if split:
        table = room_views.table(state, step) | room_views.handles(state, step) if facilitate else {}
        return room_views.stage(state, step, reader, shared | context | table)
    return Fragment(activity.template(STAGE_TEMPLATE[reader]), shared | context)


def _named(step: Step | None) -> dict[str, Any] | None:
    return {"id": step.id, "title": step.title, "rooms": step.breakout is not None} if step else None


def progress(state: State, step: Step) -> list[dict[str, Any]]:
    """Give the counts of a step; of one that is split those of its rooms are in their table."""
    if step.breakout is not None:
        inside = sum(len(state.people_at(room)) for room in state.rooms_of(step))
        return [
            {
                "number": str(len(step.breakout.rooms)),
                "what": ngettext("room", "rooms", len(step.breakout.rooms)),
            },
            {"number": str(inside), "what": ngettext("person in rooms", "people in rooms", inside)},
        ]
    counts = activity_of(step.kind).progress(state, step)
    return [{"number": number, "what": what} for number, what in counts]


def _console(state: State, key: str) -> Fragment | None:
    if key in _CONSOLE:
        return Fragment(f"workshops/parts/{key.replace('.', '_')}.html", _CONSOLE[key](state))
    if key.startswith("person-"):
        person = state.people.get(key.removeprefix("person-"))
        return Fragment("workshops/parts/person.html", person_context(state, person)) if person else None
    return None


def run(state: State) -> dict[str, Any]:
    """Give the agenda as it is running, with the facilitators' notes of where they are."""
    starts = planned_starts(state)
    order = [step.id for step in state.order()]
    passed = set(order[: order.index(state.current)]) if state.current in order else set[str]()
    return {
        "steps": [
            step_context(step)
            | {
                "now": step.id == state.current,
                "skipped": step.id in passed and not step.rounds,
                "planned_at": starts.get(step.id),
                "opened_at": step.rounds[0].opened_at if step.rounds else None,
                "closed_at": step.rounds[-1].closed_at if step.rounds else None,
                "stays_until": step.stays_until,
            }
            for step in state.order()
        ],
        "in_lobby": state.current is None,
        "leaving": _named(leaving(state)),
        "settled": settled(state),
        "closed": state.closed_at is not None,
        "opened": state.opened_at is not None,
        "drift": drift(state),
        "rehearsal": state.conduct.rehearsal is not None,
        "stay_open": [step.title for step in open_besides(state)],
        "lost_at_close": lost_at_close(state),
    }


def lost_at_close(state: State) -> list[dict[str, Any]]:
    """Say what the archive would not keep if the workshop were closed now; of a split step once, with its rooms."""
    said: dict[str, list[str]] = {}
    for step in state.everything():
        # As its step is called: a room's own title would say the same for every room.
        whole = replace(step, title=state.steps[step.parent].title) if step.parent else step
        sentence = str(activity_of(step.kind).lost_at_close(whole))
        if sentence:
            said.setdefault(sentence, []).extend([step.room] if step.parent else [])
    return [{"text": sentence, "rooms": rooms} for sentence, rooms in said.items()]


def people_count(state: State) -> dict[str, Any]:
    """Count who joined."""
    inside = [person for person in state.people.values() if not person.removed]
    return {
        "joined": len(inside),
        "locked": state.door_locked,
        "closed": state.closed_at is not None,
    }


def person_context(state: State, person: Person) -> dict[str, Any]:
    """Give a row of the facilitators' list. It holds nothing of the step: how far somebody is comes with presence.

    So a step that opens or closes sends no list again, however many people there are.
    """
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "background": person.background,
        "removed": person.removed,
        "closed": state.closed_at is not None,
    }


def flagged_ideas(state: State) -> list[dict[str, Any]]:
    """Give what facilitators were asked to look at. Never who asked."""
    return [
        {
            "id": idea.id,
            "text": idea.text,
            "flags": len(idea.flags),
            "why": [REASONS[why] for why in REASONS if why in idea.flags.values()],
            "reason": _because(idea),
        }
        for idea in state.ideas.values()
        if idea.flags and idea.on_board and state.closed_at is None
    ]


def _because(idea: Idea) -> StrOrPromise:
    """Give what its writer reads if it is hidden: what those who flagged it said, if they said what."""
    why = next((why for why in ("person", "rude") if why in idea.flags.values()), "")
    return {"person": HIDE_BECAUSE[0], "rude": HIDE_BECAUSE[1]}.get(
        why, _("Somebody asked us to look at it.")
    )


def hidden_ideas(state: State) -> list[dict[str, Any]]:
    """Give what facilitators took off the board, to bring it back."""
    return [
        {
            "id": idea.id,
            "text": idea.text,
            "reason": idea.hidden or "",
            "into": state.ideas[idea.merged_into].text if idea.merged_into else "",
        }
        for idea in state.ideas.values()
        if idea.hidden is not None or idea.merged_into is not None
    ]


def _hidden(state: State) -> dict[str, Any]:
    return {
        "ideas": hidden_ideas(state),
        "flagged": flagged_ideas(state),
        "closed": state.closed_at is not None,
    }


def _people(state: State) -> dict[str, Any]:
    return people_count(state) | _missing(state)


def _missing(state: State) -> dict[str, Any]:
    return {"missing": desk.missing(state)}


_CONSOLE = {
    "run": run,
    "people": _people,
    "people.count": people_count,
    "people.missing": _missing,
    "hidden": _hidden,
}
