"""The run of show: where the workshop is, and opening, pausing, closing and revealing its steps.

Every command here may carry `if` = {"activity", "round"}: what the facilitator saw when pressing. If somebody else was
quicker it is refused with `moved_on`, so two facilitators pressing Next skip nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from realtime.fields import Flag, Group, Id, OneOf, Text, Whole
from realtime.kinds import SYSTEM, Command, Dirty, Happened, NewEvent, Refused, filled
from workshops.activities.registry import activity_of
from workshops.live import rooms, words
from workshops.live.holding import run_clock
from workshops.live.leading import begun_by
from workshops.live.places import stays
from workshops.live.rules import Rules
from workshops.live.state import Round, State, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTE = 60_000
LEFT = "left"
"""Why a step was closed: the room went on."""
MOST_PLACES = 50
"""So many places the way back leads along."""


def guard(state: State, command: Command, by: str) -> None:
    """Let only facilitators pass, and only if the room still is what the sender saw."""
    state.facilitator(by)
    seen = command["if"]
    if seen is None:
        return
    step, room = state.step, state.steps.get(seen.get("activity", ""))
    if room is not None and room.parent and room.parent == state.current:
        step = room  # a facilitator who dropped in on a room of what the workshop is at
    here = {"activity": step.id if step else "", "round": len(step.rounds) if step else 0}
    if step and "phase" in seen:
        here["phase"] = step.phase
    if seen.get("running") is False and step is not None and step.running:
        raise Refused("moved_on", words.OPENED_MEANWHILE)
    if any(seen.get(name) != value for name, value in here.items() if name in seen):
        raise Refused("moved_on", words.MOVED_ON)


# -- where we are --------------------------------------------------------------------------------------------------


def go(state: State, command: Command, by: str) -> list[NewEvent]:
    """Bring everybody to the next step, a named one, or back to where the room was before.

    An open step is closed, and loses nothing.
    """
    guard(state, command, by)
    back = command.do == "show.back"
    if command.do == "show.go":
        target: Step | None = state.on_agenda(command["activity"])
    else:
        target = came_from(state) if back else state.after(state.current)
        if target is None and (not back or state.current is None):
            raise Refused("no_more_steps", _("There is no further activity on the agenda."))
    wanted = target.id if target else None
    if wanted == state.current:
        return []
    moved = {"activity": wanted} | ({"back": True} if back else {})
    return [*_leave(state, target, command.at), NewEvent("show.moved", moved)]


def came_from(state: State) -> Step | None:
    """Give where “Back” leads: to where the room was before, or the lobby. What left the agenda is passed over."""
    trail = _still_there(state)
    return state.steps[trail[-1]] if trail and trail[-1] else None


def _still_there(state: State) -> list[str | None]:
    """Give the places on the way here that are still there and aren't where the room is anyway."""
    trail = list(state.conduct.trail)
    while trail and (trail[-1] == state.current or (trail[-1] and trail[-1] not in state.steps)):
        trail.pop()
    return trail


def _moved(state: State, event: Happened) -> Dirty:
    if state.step is not None and state.step.running:  # it stays open for days: minutes are over
        run_clock(state, state.step, 0, event.at)
    if event.body.get("back"):
        state.conduct.trail = _still_there(state)[:-1]
    else:
        state.conduct.trail = [*state.conduct.trail, state.current][-MOST_PLACES:]
    state.current = event.body["activity"]
    begun_by(state, event.actor)
    step = state.step
    say = filled(_("Now: %(title)s"), title=step.title) if step else _("Back in the lobby.")
    return Dirty(whole=True, everybody=True, say=[(None, say)])


# -- one step --------------------------------------------------------------------------------------------------------


def _step(state: State, command: Command) -> Step:
    return state.found_step(command["activity"])


def open_(state: State, command: Command, by: str) -> list[NewEvent]:
    """Open a step: the first round of a ready one, or the same round again of a closed one not yet revealed.

    With `show_sources` the private ideas that it works with are shown to everybody first.
    """
    guard(state, command, by)
    step = state.on_agenda(command["activity"])
    if step.running:
        return []
    if step.revealed:
        raise Refused("revealed", _("The result was already shown. Start a new round; this one is kept."))
    events = _leave(state, step, command.at) + _arrive(state, step)
    if step.phase == "closed":
        return [*events, NewEvent("step.reopened", {"activity": step.id})]
    activity = activity_of(step.kind)
    show = [source.id for source in activity.hidden_sources(state, step)] if command["show_sources"] else []
    activity.may_open(state, step, shown=show)
    events += [NewEvent("step.revealed", {"activity": source}) for source in show]
    return [*events, NewEvent("step.opened", {"activity": step.id, "round": len(step.rounds) + 1})]


def new_round(state: State, command: Command, by: str) -> list[NewEvent]:
    """Run a step again. The rounds before are kept as they are."""
    guard(state, command, by)
    step = state.on_agenda(command["activity"])
    if not step.rounds or step.running:
        raise Refused("still_open", _("Close this round before you start a new one."))
    if not step.revealed:  # only the latest round can ever be shown
        raise Refused(
            "not_revealed",
            _("This round was not shown to everybody yet. Show it first, then start a new one."),
        )
    activity_of(step.kind).may_open(state, step)
    body = {"activity": step.id, "round": len(step.rounds) + 1}
    return [*_leave(state, step, command.at), *_arrive(state, step), NewEvent("step.opened", body)]


def _leave(state: State, step: Step | None, at: int) -> list[NewEvent]:
    """Close what is open here, unless it stays open."""
    current = state.step
    if current is None or current is step or not current.running or stays(current, at):
        return []
    return [NewEvent("step.closed", {"activity": current.id, "why": LEFT})]


def leaving(state: State) -> Step | None:
    """Give the step that going on would close. One that is kept open for days is left open."""
    step = state.step
    return step if step is not None and step.running and step.stays_until is None else None


def left_open(state: State) -> Step | None:
    """Give the step that was closed only because the room went on, until something else was opened."""
    step = state.steps.get(state.conduct.left_open or "")
    return step if step is not None and step.phase == "closed" and step is not state.step else None


def settled(state: State) -> dict[str, Any]:
    """Give what a button's `if` says that moves the room without asking: nothing is open that this would close."""
    step = state.step
    place: dict[str, Any] = {"activity": step.id if step else "", "round": len(step.rounds) if step else 0}
    return place if step is not None and step.running else place | {"running": False}


def _arrive(state: State, step: Step) -> list[NewEvent]:
    if state.current == step.id:
        return []
    back = {"back": True} if came_from(state) is step else {}
    return [NewEvent("show.moved", {"activity": step.id} | back)]


def _opened(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    if state.opened_at is None:
        state.opened_at = event.at
    if state.conduct.begun_at is None and step.stays_until is None:
        state.conduct.begun_at = event.at
    begun_by(state, event.actor)
    state.conduct.left_open = None
    memory = activity_of(step.kind).begin(state, step)
    step.rounds.append(Round(event.body["round"], event.at, memory, step.settings))
    step.phase = "open"
    minutes = step.minutes if step.breakout is not None else activity_of(step.kind).first_minutes(step)
    parent, clock = state.steps.get(step.parent), minutes * MINUTE
    if parent is not None and parent.ends_at is not None:  # rooms close together; over time none has a clock
        clock = min(clock, parent.ends_at - event.at)
    run_clock(state, step, clock, event.at)
    return _stage(state, step, filled(_("“%(title)s” is open."), title=step.title))


def _reopened(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    step.phase = "open"
    state.conduct.left_open = None
    if step.round is not None:
        step.round.closed_at = None
        activity_of(step.kind).reopened(state, step)
    run_clock(state, step, step.left or 0, event.at)
    return _stage(state, step, filled(_("“%(title)s” is open again."), title=step.title))


def pause(state: State, command: Command, by: str) -> list[NewEvent]:
    """Stop the clock and hold contributions; nothing is lost."""
    guard(state, command, by)
    step = _step(state, command)
    wanted = "open" if command.do == "step.pause" else "paused"
    if step.phase != wanted:
        return []
    return [NewEvent("step.paused" if wanted == "open" else "step.resumed", {"activity": step.id})]


def _paused(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    step.phase = "paused"
    if step.ends_at is not None:  # else it stands already, because the whole room is paused
        step.left = max(0, step.ends_at - event.at)
    step.ends_at = None
    return _stage(state, step, _("Paused."))


def _resumed(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    step.phase = "open"
    run_clock(state, step, step.left or 0, event.at)
    return _stage(state, step, _("Going on."))


def close(state: State, command: Command, by: str) -> list[NewEvent]:
    """Close a step's round. It can be reopened until its result was shown."""
    guard(state, command, by)
    step = _step(state, command)
    return [NewEvent("step.closed", {"activity": step.id})] if step.running else []


def time_is_up(state: State, command: Command, by: str) -> list[NewEvent]:
    """Close a step whose time and grace are over. The clock asks this, nobody else may."""
    if by != SYSTEM:
        raise Refused("unknown_command", _("This is not something that can be done here."))
    events: list[NewEvent] = []
    for step, due in closes_at(state):
        if command.at < due:
            continue
        if step.stays_until is not None or step.breakout is not None:
            events.append(NewEvent("step.closed", {"activity": step.id, "why": "time"}))
        else:
            events += activity_of(step.kind).time_is_up(state, step, command)
    return events


def closes_at(state: State) -> Iterator[tuple[Step, int]]:
    """Give the steps for which the clock has something to do, and when (ms). One that stays open has no other clock."""
    for step in state.steps.values():
        if step.running and step.stays_until is not None:
            yield step, step.stays_until
        elif step.id == state.current and (over := rooms.due(step)) is not None:
            yield step, over
        elif (
            state.current in (step.id, step.parent) and (due := activity_of(step.kind).due(step)) is not None
        ):
            yield step, due


def _closed(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    step.phase = "closed"
    if event.body.get("why") == LEFT and not step.parent:
        state.conduct.left_open = step.id
    if step.ends_at is not None:
        step.left = max(0, step.ends_at - event.at)
    step.ends_at = None
    if step.breakout is not None:
        step.breakout.warned = False
        step.breakout.visits.clear()
    if step.round is not None:
        step.round.closed_at = event.at
        step.round.finished.clear()
        activity_of(step.kind).ended(state, step)
    return _stage(state, step, filled(_("“%(title)s” is closed."), title=step.title))


def reveal(state: State, command: Command, by: str) -> list[NewEvent]:
    """Show a round's result to everybody, closing it first. This can't be taken back."""
    guard(state, command, by)
    step = _step(state, command)
    if step.round is None:
        raise Refused("not_open", _("There is nothing to show yet."))
    if step.revealed:
        return []
    closing = [NewEvent("step.closed", {"activity": step.id})] if step.running else []
    return [*closing, NewEvent("step.revealed", {"activity": step.id})]


def _revealed(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    step.phase = "revealed"
    if step.round is not None:
        step.round.revealed_at = event.at
    return _stage(state, step, filled(_("The result of “%(title)s” is shown."), title=step.title))


def finish(state: State, command: Command, by: str) -> list[NewEvent]:
    """Say that one has finished, or not yet."""
    state.contributor(by)
    step = _step(state, command)
    if not step.running or step.round is None:
        raise Refused("not_open", words.NOT_OPEN)
    done = command["finished"] == "yes"
    if done == (by in step.round.finished):
        return []
    if done:
        activity_of(step.kind).may_finish(state, step, by)
    return [NewEvent("step.finished", {"activity": step.id, "done": done})]


def _finished(state: State, event: Happened) -> Dirty:
    run = state.steps[event.body["activity"]].round
    if run is not None:
        (run.finished.add if event.body["done"] else run.finished.discard)(event.actor)
    return Dirty(keys={"stage.progress"}, people={event.actor})


def _stage(state: State, step: Step, say: Any) -> Dirty:
    # Another step than the current one matters too: it may be what the current one works with, or come next.
    return Dirty(whole=True, everybody=True, say=[(None, say)] if step.id == state.current else [])


# -- the whole workshop ------------------------------------------------------------------------------------------------


def close_workshop(state: State, command: Command, by: str) -> list[NewEvent]:
    """End the workshop for good; what closing seals can't be changed."""
    guard(state, command, by)
    if state.opened_at is None:
        raise Refused("not_started", _("Nothing has run yet, so there is nothing to close."))
    events = [NewEvent("step.closed", {"activity": step.id}) for step in state.order() if step.running]
    return [*events, NewEvent("workshop.closed", {})]


def _workshop_closed(state: State, event: Happened) -> Dirty:
    state.closed_at = event.at
    say = _("The workshop is closed. Thank you for taking part.")
    return Dirty(whole=True, everybody=True, say=[(None, say)])


_SEEN = {
    "activity": Text(most=40, lines=False, required=False),
    "round": Whole(required=False),
    "phase": Id(required=False),
    "running": Flag(required=False),
}
IF = {"if": Group(form=_SEEN, required=False)}
_STEP = {"activity": Id(), **IF}

RUNNING = Rules(
    commands={
        "show.go": (_STEP, go),
        "show.next": (IF, go),
        "show.back": (IF, go),
        "step.open": ({**_STEP, "show_sources": Flag(required=False)}, open_),
        "step.new_round": (_STEP, new_round),
        "step.pause": (_STEP, pause),
        "step.resume": (_STEP, pause),
        "step.close": (_STEP, close),
        "step.reveal": (_STEP, reveal),
        "step.finish": ({"activity": Id(), "finished": OneOf(choices=("yes", "no"))}, finish),
        "clock.time_is_up": ({}, time_is_up),
        "workshop.close": (IF, close_workshop),
    },
    events={
        "show.moved": _moved,
        "step.opened": _opened,
        "step.reopened": _reopened,
        "step.paused": _paused,
        "step.resumed": _resumed,
        "step.closed": _closed,
        "step.revealed": _revealed,
        "step.finished": _finished,
        "workshop.closed": _workshop_closed,
    },
)
