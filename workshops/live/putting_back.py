"""Putting a board that several people change together back to how it was at an earlier moment: facilitators only.

Nothing is unwritten: it is one more change of that board, which is seen, archived and undone like others. The kinds
keep the moments (`Activity.history`) and say what the change is (`Activity.put_back`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from realtime.fields import Id, Whole
from realtime.kinds import Command, NewEvent, Refused, filled
from workshops.activities.registry import activity_of
from workshops.activities.shared.moments import PUT_BACK
from workshops.live.rooms import must_not_be_split
from workshops.live.rules import Rules

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import State, Step

HALF_A_DAY = 12 * 60 * 60_000
MOST_CHANGES = 10**9 - 1


def put_back(state: State, command: Command, by: str) -> list[NewEvent]:
    """Put a board back. `changes` is how many the sender knew would be taken back: no others go unseen."""
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
    changes = history.taken_back(moment)
    if command["changes"] not in (None, changes):
        sentence = ngettext_lazy(
            "The board was changed meanwhile. Going back to this moment now takes back %(n)d change. Look again,"
            " then decide; or pause the activity first.",
            "The board was changed meanwhile. Going back to this moment now takes back %(n)d changes. Look again,"
            " then decide; or pause the activity first.",
            changes,
        )
        raise Refused("changed_since", filled(sentence, n=changes))
    return activity.put_back(state, step, moment)


def moments(step: Step) -> dict[str, Any] | None:
    """Give facilitators the moments they can go back to; None in kinds without a common board."""
    activity = activity_of(step.kind)
    history = activity.history(step) if step.breakout is None else None
    if history is None:
        return None
    why: StrOrPromise = ""
    try:
        activity.may_put_back(step)
    except Refused as refused:
        why = refused.sentence
    found = [] if why else history.offered(activity.large_changes)
    return {
        "step": step.id,
        "may": not why,
        "why": why,
        "about": activity.what_goes_back,
        "undo": step.running,
        "days": bool(found) and found[0].at - found[-1].at > HALF_A_DAY,
        "moments": [
            {
                "moment": change.number,
                "at": change.at,
                "before": activity.before_it(change),
                "first": change.number == 1,
                "changes": history.taken_back(change.number),
            }
            for change in found
        ],
    }


PUTTING_BACK = Rules(
    commands={
        PUT_BACK: (
            {
                "activity": Id(),
                "moment": Whole(least=1, most=MOST_CHANGES),
                "changes": Whole(least=1, most=MOST_CHANGES, required=False),
            },
            put_back,
        )
    },
    events={},
)

__all__ = ["PUTTING_BACK", "moments", "put_back"]
