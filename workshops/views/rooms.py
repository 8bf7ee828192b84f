"""Splitting a step into rooms by teams: a page of its own, because only here it is known who is in which."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from realtime.ledger import Ack, Asked, Refusal
from workshops import queries
from workshops.live.state import FACILITATOR
from workshops.lookups import look_up
from workshops.views.busy import or_busy
from workshops.views.live import enter, showing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
@or_busy
async def split_by_teams(request: HttpRequest, workshop_id: uuid.UUID, step: str) -> HttpResponse:
    """Show who would be in which room, and split. Who is in no team can go into a room of their choice."""
    entry, room = await enter(request, workshop_id, FACILITATOR)
    if room is None or entry.seat is None:
        raise Http404
    teams = await look_up(queries.people_in_teams, entry.workshop)
    if request.method == "POST":
        args = {"activity": step, "how": "teams", "teams": teams}
        answer = await room.submit(Asked(str(uuid.uuid4()), "rooms.split", args, entry.seat.actor))
        if isinstance(answer, Refusal):
            messages.error(request, str(answer.sentence))
        elif not isinstance(answer, Ack):
            messages.error(request, _("The server is busy, so this was not saved. Try once more."))
        return showing(redirect("workshops:console", workshop_id), answer)
    async with room.reading():
        state = room.ledger.state
        found = state.steps.get(step)
        people = {person.id: person.name for person in state.people_at(found)} if found is not None else {}
    if found is None:
        raise Http404
    rooms = [(name, [people[one] for one in members if one in people]) for name, members in teams.items()]
    rooms = [(name, names) for name, names in rooms if names]
    placed = {one for members in teams.values() for one in members}
    context = {
        "workshop": entry.workshop,
        "title": found.title,
        "rooms": rooms,
        "without": [name for one, name in people.items() if one not in placed],
    }
    return render(request, "workshops/rooms_by_teams.html", context)
