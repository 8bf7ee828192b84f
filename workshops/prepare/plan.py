"""The agenda of a workshop as it is planned: each activity with its time of day. Reads only."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.translation import gettext as _

from realtime.ledger import Ledger
from workshops.activities.registry import activity_of, may_take

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Activity
    from workshops.live.state import State, Step
    from workshops.models import Workshop


@dataclass(frozen=True)
class Slot:
    """One activity and its planned time. `source` is the title of the activity it takes its things from, if chosen.

    `places` are the activities before which it could be put, as (id, title). `lacks` says what it needs and has not,
    `ideas` how many it holds.
    """

    step: Step
    activity: Activity
    starts: datetime.datetime
    ends: datetime.datetime
    source: str
    is_now: bool
    is_first: bool
    is_last: bool
    places: list[tuple[str, str]]
    lacks: str
    ideas: int

    @property
    def promise(self) -> StrOrPromise:
        """Say in plain words who sees what here."""
        return self.activity.promise(self.step.settings)

    @property
    def has_run(self) -> bool:
        """Whether people have worked in it; then it stays on the agenda."""
        return bool(self.step.rounds) or self.is_now

    @property
    def templates(self) -> list[str]:
        """Give the templates that say its settings in plain words: the kind's own, or the common one."""
        return [self.activity.template("plan"), "workshops/prepare/plan.html"]

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """Give the settings as (label, words), for kinds without words of their own."""
        rows = []
        for name, field in self.activity.Settings.form_fields().items():
            value = getattr(self.step.settings, name)
            rows.append((field.label, dict(getattr(field, "choices", ())).get(value, value)))
        return rows


@dataclass(frozen=True)
class Plan:
    """A whole agenda: when it ends, by how many minutes it is longer than the workshop, or how many it leaves free."""

    slots: list[Slot]
    ends: datetime.datetime
    minutes: int
    over: int
    free: int


def state_of(workshop: Workshop) -> State:
    """Fold a workshop's log. Raises realtime.ledger.NewerEvent."""
    ledger = Ledger(workshop.stream_id)
    ledger.load()
    state: State = ledger.state
    return state


def plan_of(workshop: Workshop, state: State) -> Plan:
    """Lay the agenda out in time, from the workshop's start."""
    slots: list[Slot] = []
    at = workshop.starts_at
    order = state.order()
    for place, step in enumerate(order):
        ends = at + datetime.timedelta(minutes=step.minutes)
        source = state.steps.get(getattr(step.settings, "source", ""))
        slots.append(
            Slot(
                step=step,
                activity=activity_of(step.kind),
                starts=at,
                ends=ends,
                source=source.title if source else "",
                is_now=step.id == state.current,
                is_first=place == 0,
                is_last=place == len(order) - 1,
                lacks=_lacks(step, order[:place]) or _empty(state, step),
                ideas=state.sheet(step.id).on_board,
                places=[
                    (other.id, other.title) for n, other in enumerate(order) if n not in (place, place + 1)
                ],
            )
        )
        at = ends
    minutes = sum(step.minutes for step in order)
    over = minutes - workshop.minutes
    return Plan(slots, at, minutes, over=max(0, over), free=max(0, -over))


def _lacks(step: Step, before: list[Step]) -> str:
    """Say what a step works on and nothing before it gives; "" for most. An agenda may be made in any order."""
    for field in fields(step.settings):
        takes = field.metadata.get("takes")
        if takes and not any(may_take(takes, other.kind) for other in before):
            return _("Nothing before it has ideas yet. Put a brainstorm or a prepared list before it.")
    return ""


def _empty(state: State, step: Step) -> str:
    """Say that a list has nothing on it, as long as something can be done about it."""
    if step.kind != "list" or state.sheet(step.id).on_board or step.rounds:
        return ""
    return _("Nothing is on this list yet. Bring in ideas before the workshop.")


def place_after_move(state: State, step_id: str, *, up: bool) -> tuple[bool, str | None]:
    """Say whether a step can move by one place, and before which it would then stand (None: at the end)."""
    order = [step.id for step in state.order()]
    at = order.index(step_id)
    if up:
        return (True, order[at - 1]) if at > 0 else (False, None)
    if at == len(order) - 1:
        return False, None
    return True, order[at + 2] if at + 2 < len(order) else None


def following(state: State, step_id: str) -> str | None:
    """Give the id of the step that comes after, or None for the last."""
    after = state.after(step_id)
    return after.id if after else None


_CLOSING = ("check_out", "talk")


def closing(state: State) -> str:
    """Give the id of the check-out that an agenda ends with, before which a new activity belongs; "" if it has none."""
    found = ""
    for step in reversed(state.order()):
        if step.kind not in _CLOSING or has_run(state, step):
            break
        found = step.id if step.kind == "check_out" else found
    return found


def has_run(state: State, step: Step) -> bool:
    """Whether people have worked in it; then it stays on the agenda, and nothing new is planned before it."""
    return bool(step.rounds) or step.id == state.current


def newest(state: State) -> str:
    """Give the id of the activity that was added last."""
    return f"a{state.counters['a']}"


def said_added(state: State, step_id: str) -> str:
    """Say that an activity was added, and where it stands."""
    step, after = state.steps[step_id], state.after(step_id)
    if after is None:
        return _("Added: “%(title)s”, at the end.") % {"title": step.title}
    return _("Added: “%(title)s”, before “%(next)s”.") % {"title": step.title, "next": after.title}


MOST_TAKEN_OFF = 3


def taken_off(state: State) -> list[Step]:
    """Give what was taken off the agenda last, the latest first: as much as somebody may want back."""
    return [step for step, _before in reversed(state.taken_off.values())][:MOST_TAKEN_OFF]


def help_of(activity: Activity) -> str:
    """Give the template with a kind's page of help, or "" where it has none."""
    try:
        get_template(activity.template("help"))
    except TemplateDoesNotExist:
        return ""
    return activity.template("help")


def may_be_deleted(workshop: Workshop, state: State) -> bool:
    """Whether nothing would be lost: planned, nothing ever ran, and nobody but facilitators came in."""
    came = any(person.role != "facilitator" for person in state.people.values())
    ran = any(step.rounds for step in state.order())
    return workshop.state == "planned" and not came and not ran and state.closed_at is None
