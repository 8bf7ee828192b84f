"""Suggested groups, looked at before they are applied; and near-duplicates, before a vote splits between them.

What is suggested is worked out here, outside the rules. What comes of it goes through a command like everything else.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from realtime import http
from realtime.consumer import Admission
from realtime.ledger import Ack, Refusal
from workshops.activities.cluster.grouping import MOST_TITLE
from workshops.live.places import is_theirs
from workshops.live.state import FACILITATOR, PARTICIPANT
from workshops.suggest import asking
from workshops.suggest.boards import may_ask, on_ballot, to_group
from workshops.suggest.engine import matter
from workshops.views.busy import or_busy
from workshops.views.live import enter, language, showing

if TYPE_CHECKING:
    from realtime.ledger import Answer
    from realtime.room import Room
    from workshops.live.state import State, Step
    from workshops.models import Workshop
    from workshops.suggest.boards import Asked

LIKE = {
    matter.ALMOST_SAME: gettext_lazy("says almost the same as"),
    matter.MUCH: gettext_lazy("is much like"),
    matter.SOME: gettext_lazy("is somewhat like"),
    matter.LITTLE: gettext_lazy("is a little like"),
}
HOLDS = {
    matter.MUCH: gettext_lazy("Holds together well"),
    matter.SOME: gettext_lazy("Holds together"),
    matter.LITTLE: gettext_lazy("Loose: look twice"),
}


@dataclass(slots=True)
class Inside:
    """Somebody who is in a room, and what they look at."""

    workshop: Workshop
    room: Room
    person: str
    role: str
    step_id: str
    done: Answer | None = None
    """What came of their latest command."""

    @property
    def state(self) -> State:
        """The room's state. Read it under `room.reading()`."""
        state: State = self.room.ledger.state
        return state

    def by(self) -> asking.By | None:
        """Name who asks, if their questions are counted: a participant's are."""
        if self.role == FACILITATOR:
            return None
        return asking.By(str(self.workshop.pk), self.person)

    def back(self) -> HttpResponse:
        """Lead back to the live page they came from."""
        page = "workshops:console" if self.role == FACILITATOR else "workshops:room"
        return showing(redirect(page, self.workshop.pk), self.done)

    async def do(self, request: HttpRequest, command: dict[str, Any]) -> Ack | Refusal | None:
        """Carry out a command of theirs; None if the room is too busy."""
        admission = Admission(str(self.workshop.stream_id), self.person, self.role, language())
        pressed = request.POST.get("op") or str(uuid.uuid4())
        answer = await http.decide(self.room, {"op": pressed, **command}, admission)
        self.done = answer
        return answer if isinstance(answer, Ack | Refusal) else None


async def inside(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> Inside:
    """Find somebody in the room. Raises Http404 for everybody else, and for a step that isn't there."""
    entry, room = await enter(request, workshop_id, PARTICIPANT)
    if room is None or entry.seat is None:
        raise Http404
    async with room.reading():
        state: State = room.ledger.state
        if step_id not in state.steps or state.closed_at is not None:
            raise Http404
        if not is_theirs(state, state.steps[step_id], entry.seat.actor):
            raise Http404  # a breakout room's board is nobody else's
        return Inside(entry.workshop, room, entry.seat.actor, state.people[entry.seat.actor].role, step_id)


# -- suggested groups ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@or_busy
async def groups(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Show what groups are suggested; apply what was chosen of it."""
    here = await inside(request, workshop_id, step_id)
    chosen = request.POST if request.method == "POST" else request.GET
    fill, apart = "new_only" not in chosen, "apart" in chosen
    async with here.room.reading():
        step = here.state.steps[step_id]
        if not may_ask(step, here.state.people[here.person]):
            asked = None
        else:
            asked = to_group(here.state, step, fill=fill, apart=apart)
    if asked is None:
        messages.info(
            request, _("Groups can be suggested while the grouping is open, to those who may apply them.")
        )
        return here.back()
    if request.method == "POST" and await _applied(request, here, asked):
        return here.back()
    return await _preview(request, here, step, asked, {"fill": fill, "apart": apart})


async def _applied(request: HttpRequest, here: Inside, asked: Asked) -> bool:
    """Apply what was chosen, as one step; say what came of it."""
    command = {"do": "cluster.suggested", "activity": here.step_id, "groups": chosen_groups(request.POST)}
    if not command["groups"]:
        messages.error(request, _("Choose at least one group."))
        return False
    if asked.apart:
        command["apart"] = asked.apart
    answer = await here.do(request, command)
    if isinstance(answer, Refusal):
        messages.error(request, str(answer.sentence))
        return False
    if answer is None:
        messages.error(request, _("The server is busy, so this was not saved. Try once more."))
        return False
    count = len(command["groups"])
    messages.success(
        request,
        ngettext(
            "%(n)d suggested group is on the board. “Take back the suggested groups” undoes it in one step.",
            "%(n)d suggested groups are on the board. “Take back the suggested groups” undoes it in one step.",
            count,
        )
        % {"n": count},
    )
    return True


def chosen_groups(posted: Any) -> dict[str, dict[str, Any]]:
    """Read the form: the groups that weren't left out, without the ideas that were."""
    out = set(posted.getlist("out"))
    found: dict[str, dict[str, Any]] = {}
    for number in range(1, matter.MOST_GROUPS + 1):
        ideas = [idea for idea in posted.get(f"ideas-{number}", "").split() if idea not in out]
        group = {"ideas": ideas, "title": posted.get(f"name-{number}", "")[:MOST_TITLE]}
        if posted.get(f"into-{number}"):
            group["into"] = posted[f"into-{number}"]
        if f"skip-{number}" not in posted and (ideas or ("into" in group and group["title"])):
            found[str(number)] = group
    return found


async def _preview(
    request: HttpRequest, here: Inside, step: Step, asked: Asked, options: dict[str, bool]
) -> HttpResponse:
    found: matter.Suggestion | None = None
    unavailable: asking.Unavailable | None = None
    try:
        found = await asking.groups_for(asked.loose, asked.there, here.by())
    except asking.Unavailable as why_not:
        unavailable = why_not
    context = {
        "workshop": here.workshop,
        "step": step,
        "console": here.role == FACILITATOR,
        "silent": step.rounds[-1].memory.silent,
        "loose": len(asked.loose),
        "groups": [_shown(number, group, asked) for number, group in enumerate(found.groups, 1)]
        if found
        else [],
        "alone": [asked.texts[idea] for idea in found.alone] if found else [],
        "by_meaning": bool(found and found.by_meaning),
        "unavailable": unavailable.sentence if unavailable else "",
        "options": options,
        "op": uuid.uuid4(),
        "most_title": MOST_TITLE,
    }
    response = render(
        request, "workshops/suggest.html", context, status=unavailable.status if unavailable else 200
    )
    response.headers["Cache-Control"] = "no-store"
    if unavailable:
        response.headers["Retry-After"] = str(round(asking.SECONDS_BETWEEN))
    return response


def _shown(number: int, group: matter.Suggested, asked: Asked) -> dict[str, Any]:
    return {
        "number": number,
        "name": group.name,
        "into": group.into,
        "named": group.into in asked.named,
        "has": next(
            ([idea.text for idea in there.ideas[:3]] for there in asked.there if there.id == group.into), []
        ),
        "holds": HOLDS[group.holds],
        "shared": group.shared,
        "ids": " ".join(group.ideas),
        "ideas": [
            {
                "id": idea,
                "text": asked.texts[idea],
                "like": LIKE[near.like] if (near := group.nearest.get(idea)) else "",
                "near": asked.texts[near.id] if near else "",
            }
            for idea in group.ideas
        ],
    }


# -- near-duplicates -------------------------------------------------------------------------------------------------


@require_GET
@or_busy
async def alike(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Show which ideas on a ballot say nearly the same: a page, or with `part` only what the console puts in place."""
    here = await inside(request, workshop_id, step_id)
    if here.role != FACILITATOR:
        raise Http404
    async with here.room.reading():
        step = here.state.steps[step_id]
        ideas = on_ballot(here.state, step)
    context: dict[str, Any] = {
        "workshop": here.workshop,
        "step": step,
        "op": uuid.uuid4(),
        "total": len(ideas),
    }
    texts = {idea.id: idea.text for idea in ideas}
    try:
        found = await asking.near_duplicates(ideas)
        context["lots"] = [
            {
                "number": number,
                "same": lot.like == matter.ALMOST_SAME,
                "ids": lot.ideas,
                "ideas": [{"id": idea, "text": texts[idea]} for idea in lot.ideas],
            }
            for number, lot in enumerate(found, 1)
        ]
    except asking.Unavailable:
        context["unavailable"] = True
    template = "workshops/parts/alike.html" if "part" in request.GET else "workshops/alike.html"
    response = render(request, template, context)
    response.headers["Cache-Control"] = "no-store"
    return response
