"""Splitting a step into rooms by the challenge's teams: only here is known who is in which."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_POST

from realtime.ledger import Ack, Asked, Refusal
from workshops import queries
from workshops.live.state import FACILITATOR
from workshops.lookups import look_up
from workshops.views.busy import or_busy
from workshops.views.live import enter

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
@or_busy
async def split_by_teams(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Split a step by teams; who is in none can go into a room of their choice."""
    entry, room = await enter(request, workshop_id, FACILITATOR)
    if room is None or entry.seat is None:
        raise Http404
    teams = await look_up(queries.people_in_teams, entry.workshop)
    args = {"activity": request.POST.get("activity", ""), "how": "teams", "teams": teams}
    answer = await room.submit(Asked(str(uuid.uuid4()), "rooms.split", args, entry.seat.actor))
    if isinstance(answer, Refusal):
        with translation.override(translation.get_language()):
            messages.error(request, str(answer.sentence))
    elif not isinstance(answer, Ack):
        messages.error(
            request, translation.gettext("The server is busy, so this was not saved. Try once more.")
        )
    return redirect("workshops:console", workshop_id)
