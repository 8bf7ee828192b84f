"""A step's clock, asking who is ready, and how far the room is from its plan."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, Whole
from realtime.kinds import Command, Dirty, Happened, NewEvent, Refused
from workshops.live.holding import run_clock
from workshops.live.rules import Rules
from workshops.live.running import IF, guard
from workshops.live.state import State, Step

MINUTE = 60_000
LONG_AWAY = 3 * 60 * MINUTE
"""A start this far from the planned one is another day or a rehearsal: then the plan counts from the real start."""


def extend(state: State, command: Command, by: str) -> list[NewEvent]:
    """Give more time, from now if the time was already up or no clock ran; or take some away."""
    guard(state, command, by)
    step = state.found_step(command["activity"])
    minutes = command["minutes"]
    if not step.running:
        raise Refused("not_open", _("Only an open activity can get more time."))
    if minutes == 0 or (minutes < 0 and step.ends_at is None and not step.left):
        return []
    return [NewEvent("step.extended", {"activity": step.id, "minutes": minutes})]


def _extended(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    more = event.body["minutes"] * MINUTE
    if step.phase == "paused" or state.conduct.frozen:
        step.left = max(0, (step.left or 0) + more)
    elif more > 0:
        step.ends_at = max(step.ends_at or event.at, event.at) + more
    else:
        step.ends_at = max((step.ends_at or event.at) + more, event.at)
    return Dirty(keys={"stage.timer", "run"})


def stop_timer(state: State, command: Command, by: str) -> list[NewEvent]:
    """Take the clock away; the activity stays open."""
    guard(state, command, by)
    step = state.found_step(command["activity"])
    has_clock = step.running and (step.ends_at is not None or step.left)
    return [NewEvent("step.timer_stopped", {"activity": step.id})] if has_clock else []


def _timer_stopped(state: State, event: Happened) -> Dirty:
    step = state.steps[event.body["activity"]]
    run_clock(state, step, 0, event.at)
    return Dirty(keys={"stage.timer", "run"})


def ask_again(state: State, command: Command, by: str) -> list[NewEvent]:
    """Ask everybody once more whether they have finished: nobody counts as finished any longer."""
    guard(state, command, by)
    step = state.found_step(command["activity"])
    if not step.running or step.round is None:
        raise Refused("not_open", _("Only in an open activity people can say that they have finished."))
    works = [step, *state.rooms_of(step)]
    finished = any(one.round is not None and one.round.finished for one in works)
    return [NewEvent("step.asked_again", {"activity": step.id})] if finished else []


def _asked_again(state: State, event: Happened) -> Dirty:
    run = state.steps[event.body["activity"]].round
    finished = set(run.finished) if run is not None else set()
    if run is not None:
        run.finished.clear()
    say = _("The facilitator asks again whether you have finished.")
    return Dirty(keys={"stage.progress"}, people=finished, say=[("participant", say)])


# -- the plan --------------------------------------------------------------------------------------------------------


def plan_start(state: State) -> int | None:
    """Give the moment (ms) from which the plan counts, if there is one."""
    planned, begun = state.conduct.planned_at, state.conduct.begun_at
    if planned is None or (begun is not None and abs(begun - planned) > LONG_AWAY):
        return begun
    return planned


def planned_starts(state: State) -> dict[str, int]:
    """Give when each step is planned to begin (ms), in the agenda's order."""
    at = plan_start(state)
    starts: dict[str, int] = {}
    if at is None:
        return starts
    for step in state.order():
        starts[step.id] = at
        at += step.minutes * MINUTE
    return starts


def drift(state: State) -> dict[str, Any] | None:
    """Give what a browser needs to say how far ahead or behind the room is, with the clock that only it has.

    `plan` is when the current step should be over. It will be over at `until` or, with a stopped clock, `left` from
    now; without either it could be over now. `ends` is when all should be over.
    """
    starts = planned_starts(state)
    step, begun = state.step, state.conduct.begun_at is not None
    apart = (
        step.stays_until is not None if step is not None else begun
    )  # what stays open has no minutes to keep to
    if state.closed_at is not None or not starts or apart:
        return None
    last = state.order()[-1]
    ends = starts[last.id] + last.minutes * MINUTE
    if step is None:
        return {"plan": plan_start(state), "until": None, "left": None, "ends": ends, "begun": False}
    plan = starts[step.id] + step.minutes * MINUTE
    until, left = _will_end(step)
    return {"plan": plan, "until": until, "left": left, "ends": ends, "begun": begun}


def _will_end(step: Step) -> tuple[int | None, int | None]:
    if step.phase == "ready":
        return None, step.minutes * MINUTE
    if not step.running:
        return None, None
    if step.ends_at is None and step.left is None and step.phase == "open" and step.round is not None:
        return step.round.opened_at + step.minutes * MINUTE, None
    return step.ends_at, step.left


_STEP = {"activity": Id(), **IF}

TIMING = Rules(
    commands={
        "step.extend": ({**_STEP, "minutes": Whole(least=-60, most=120)}, extend),
        "step.stop_timer": (_STEP, stop_timer),
        "step.ask_again": (_STEP, ask_again),
    },
    events={
        "step.extended": _extended,
        "step.timer_stopped": _timer_stopped,
        "step.asked_again": _asked_again,
    },
)
