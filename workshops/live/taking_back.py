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
        return True
    if inverse is None:
        return False
    kept = run.undo.setdefault(event.actor, [])
    kept.append(inverse)
    del kept[:-MOST_KEPT]
    return len(kept) == 1


def offered(step: Step, person: str) -> bool:
    """Whether somebody has something to take back now."""
    return step.phase == "open" and bool(step.rounds[-1].undo.get(person))


def take_back(state: State, command: Command, by: str) -> list[NewEvent]:
    """Take back one's own last action in an open activity."""
    state.contributor(by)
    step = state.found_step(command["activity"])
    activity = activity_of(step.kind)
    run = activity.must_be_open(step)
    kept = run.undo.get(by)
    if not kept:
        raise Refused("nothing_to_undo", _("There is nothing to undo here."))
    args = dict(kept[-1])
    opposite = Command(args.pop("do"), command.op, args, command.at, command.seed)
    puts_back = opposite.do == PUT_BACK
    events = _put_back(state, opposite, by) if puts_back else activity.decide(state, step, opposite, by)
    return [NewEvent("my.undone", {"activity": step.id, "events": len(events)}), *events]


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
    if event.body["events"]:
        run.undoing[event.actor] = event.body["events"]
    return Dirty(people={event.actor})


TAKING_BACK = Rules(
    commands={"my.undo": ({"activity": Id()}, take_back)},
    events={"my.undone": _undone},
)
