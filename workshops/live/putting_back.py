"""Putting a board that several people change together back to how it was at an earlier moment: facilitators only.

Nothing is unwritten: it is one more change of that board, which is seen, archived and undone like others. The kinds
keep the moments (`Activity.history`) and say what the change is (`Activity.put_back`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from realtime.fields import Id, Whole
from realtime.kinds import Command, Dirty, Fragment, NewEvent, Refused, filled
from workshops.activities.registry import activity_of
from workshops.activities.shared.moments import PUT_BACK
from workshops.live.rooms import must_not_be_split
from workshops.live.rules import Rules

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.shared.moments import Change, History
    from workshops.live.state import State, Step

HALF_A_DAY = 12 * 60 * 60_000
MOST_CHANGES = 10**9 - 1


def put_back(state: State, command: Command, by: str) -> list[NewEvent]:
    """Put a board back. `seen` is how many changes the sender knew of: none that came after is taken back unseen."""
    state.facilitator(by)
    step, moment = state.found_step(command["activity"]), command["moment"]
    must_not_be_split(step)
    activity = activity_of(step.kind)
    history = activity.history(step)
    if history is None:
        raise Refused("no_such_activity", _("There is no common board here that could be put back."))
    activity.may_put_back(step)
    if not history.keeps(moment):
        raise Refused("no_such_moment", _("This moment is not kept any more. Choose another one."))
    if command["seen"] not in (None, history.number):
        changes = history.taken_back(moment)
        sentence = ngettext_lazy(
            "The board was changed meanwhile. Going back to this moment now takes back %(n)d change. Look again,"
            " then decide; or pause the activity first.",
            "The board was changed meanwhile. Going back to this moment now takes back %(n)d changes. Look again,"
            " then decide; or pause the activity first.",
            changes,
        )
        raise Refused("changed_since", filled(sentence, n=changes))
    return activity.put_back(state, step, moment)


# -- what facilitators see -------------------------------------------------------------------------------------------


def history_of(step: Step) -> History | None:
    """Give what is kept of a step's board; None in kinds without a common one."""
    return activity_of(step.kind).history(step) if step.breakout is None else None


def count(step: Step) -> int:
    """Count the changes of a step's board so far."""
    history = history_of(step)
    return history.number if history is not None else 0


def place(step: Step) -> dict[str, Any] | None:
    """Give what stands over the moments; None in kinds without a common board."""
    history = history_of(step)
    if history is None:
        return None
    why = _why_not(step)
    return {
        "changes": 0 if why else history.number,
        "about": activity_of(step.kind).what_goes_back,
        "why": why,
    }


def _why_not(step: Step) -> StrOrPromise:
    try:
        activity_of(step.kind).may_put_back(step)
    except Refused as refused:
        return refused.sentence
    return ""


def _offered(step: Step) -> dict[str, Change]:
    """Give the moments that can be gone back to now, by their key, the latest first."""
    history = history_of(step)
    if history is None or _why_not(step):
        return {}
    found = history.offered(activity_of(step.kind).large_changes)
    return {f"moment-{change.number}": change for change in found}


def lists(step: Step) -> dict[str, list[str]]:
    """Give facilitators' list of moments. Each stands on its own: a change draws few of them again."""
    return {"moments": list(_offered(step))} if history_of(step) is not None else {}


def show(step: Step, key: str) -> Fragment | None:
    """Give facilitators one fragment of it, or None."""
    if key == "stage.moments":
        found = place(step)
        return Fragment("workshops/parts/moments.html", {"put_back": found}) if found else None
    name, _dot, part = key.partition(".")
    change, history = _offered(step).get(name), history_of(step)
    if change is None or history is None or part not in ("", "count"):
        return None
    run = step.rounds[-1]
    counted = {
        "changes": history.taken_back(change.number),
        "at": change.at,
        "day": change.at - run.opened_at > HALF_A_DAY,
    }
    if part:
        return Fragment("workshops/parts/moment_count.html", counted)
    context = {
        "step": step.id,
        "moment": change.number,
        "before": activity_of(step.kind).before_it(change),
        "first": change.number == 1,
        "undo": step.running,
        "take_back": {"do": "my.undo", "activity": step.id} if step.running else None,
        "count_key": f"{name}.count",
    }
    return Fragment("workshops/parts/moment.html", context | counted)


def changed(step: Step) -> Dirty:
    """Name what a change of the board makes to be drawn again of its moments."""
    return Dirty(keys={"stage.moments", *(f"{key}.count" for key in _offered(step))}, lists={"moments"})


PUTTING_BACK = Rules(
    commands={
        PUT_BACK: (
            {
                "activity": Id(),
                "moment": Whole(least=1, most=MOST_CHANGES),
                "seen": Whole(least=1, most=MOST_CHANGES, required=False),
            },
            put_back,
        )
    },
    events={},
)

__all__ = ["PUTTING_BACK", "changed", "count", "lists", "place", "put_back", "show"]
