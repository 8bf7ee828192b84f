"""Taking back what one did last, while its activity is open. Nothing is unwritten: the opposite is done.

Each kind says how an event is taken back (`Activity.inverse`). What was taken back isn't offered again as something
to take back, so pressing Undo again goes one step further.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id
from realtime.kinds import Command, Dirty, Happened, NewEvent, Refused
from workshops.activities.registry import activity_of
from workshops.activities.shared.moments import PUT_BACK
from workshops.live.putting_back import put_back
from workshops.live.rules import Rules

if TYPE_CHECKING:
    from workshops.live.state import State, Step

MOST_KEPT = 20


def note(step: Step, event: Happened, inverse: dict[str, Any] | None) -> bool:
    """Keep, within `apply`, how an event is taken back; say whether what is offered to its actor may differ now."""
    run = step.round
    if run is None or not step.running:
        return False
    ahead = run.undoing.get(event.actor, 0)
    if ahead:  # this event takes another one back
        run.undoing[event.actor] = ahead - 1
        if inverse is not None:  # of several things at one stroke no single command brings all back
            run.redo[event.actor] = {} if event.actor in run.redo else inverse
        return True
    differs = run.redo.pop(event.actor, None) is not None
    if inverse is None:
        return differs
    kept = run.undo.setdefault(event.actor, [])
    kept.append(inverse)
    del kept[:-MOST_KEPT]
    return differs or len(kept) == 1


def offered(step: Step, person: str) -> bool:
    """Whether somebody has something to take back now."""
    return step.phase == "open" and bool(step.rounds[-1].undo.get(person))


def again(state: State, step: Step, person: str) -> dict[str, Any]:
    """Give what somebody is told of what they undid last and can bring back: their own words, if it took some away."""
    command = step.rounds[-1].redo.get(person) if step.phase == "open" else None
    if not command:
        return {"bring_back": False}
    idea = state.ideas.get(command.get("idea", "")) if command["do"] == "idea.put_back" else None
    mine = idea is not None and idea.author == person and idea.hidden is None
    return {"bring_back": True, "bring_back_text": idea.text if mine and idea is not None else ""}


def bring_back(state: State, command: Command, by: str) -> list[NewEvent]:
    """Take back the last taking back, as long as one has done nothing else since."""
    state.contributor(by)
    step = state.found_step(command["activity"])
    kept = activity_of(step.kind).must_be_open(step).redo.get(by)
    if not kept:
        raise Refused("nothing_to_undo", _("There is nothing here to bring back."))
    return [NewEvent("my.redone", {"activity": step.id}), *_do(state, step, kept, command, by)]


def take_back(state: State, command: Command, by: str) -> list[NewEvent]:
    """Take back one's own last action in an open activity."""
    state.contributor(by)
    step = state.found_step(command["activity"])
    run = activity_of(step.kind).must_be_open(step)
    kept = run.undo.get(by)
    if not kept:
        raise Refused("nothing_to_undo", _("There is nothing to undo here."))
    events = _do(state, step, kept[-1], command, by)
    return [NewEvent("my.undone", {"activity": step.id, "events": len(events)}), *events]


def _do(state: State, step: Step, kept: dict[str, Any], command: Command, by: str) -> list[NewEvent]:
    """Decide a command that was kept."""
    args = dict(kept)
    opposite = Command(args.pop("do"), command.op, args, command.at, command.seed)
    if opposite.do == PUT_BACK:
        return _put_back(state, opposite, by)
    return activity_of(step.kind).decide(state, step, opposite, by)


def _put_back(state: State, opposite: Command, by: str) -> list[NewEvent]:
    """Undo putting a board back, by putting it back once more: to the moment right before."""
    try:
        return put_back(state, opposite, by)
    except Refused as refused:
        if refused.code != "changed_since":
            raise
        sentence = _(
            "The board was changed since, so this alone can't be undone. Choose an earlier moment to go back to."
        )
        raise Refused("changed_since", sentence) from refused


def _undone(state: State, event: Happened) -> Dirty:
    run = state.steps[event.body["activity"]].rounds[-1]
    run.undo[event.actor].pop()
    run.redo.pop(event.actor, None)
    if event.body["events"]:
        run.undoing[event.actor] = event.body["events"]
    return Dirty(people={event.actor})


def _redone(state: State, event: Happened) -> Dirty:
    state.steps[event.body["activity"]].rounds[-1].redo.pop(event.actor, None)
    return Dirty(people={event.actor})


TAKING_BACK = Rules(
    commands={"my.undo": ({"activity": Id()}, take_back), "my.redo": ({"activity": Id()}, bring_back)},
    events={"my.undone": _undone, "my.redone": _redone},
)
