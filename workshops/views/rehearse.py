"""Beginning and ending a rehearsal: a copy of a workshop with simulated people, of which nothing is kept."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from realtime.kinds import Refused
from workshops.live import words
from workshops.lookups import look_up
from workshops.rehearsal import copies, playing
from workshops.rehearsal.form import RehearseForm
from workshops.views.busy import or_busy
from workshops.views.preparing import to_prepare

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from lab_workspace.people.models import User
    from workshops.models import Workshop


@login_required
@require_POST
def begin(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Make the copy and open its console. One that is under way is gone on with."""
    workshop = to_prepare(request, workshop_id)
    back = redirect(reverse("workshops:prepare", args=[workshop.pk]) + "#rehearse")
    form = RehearseForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error[0]) for error in form.errors.values()))
        return back
    going = copies.under_way(workshop)
    if going is not None:
        return redirect("workshops:console", going.pk)
    if workshop.state == workshop.State.CLOSED:
        messages.error(request, str(words.WORKSHOP_CLOSED))
        return back
    if playing.full():
        messages.error(
            request, _("Other workshops are being rehearsed here just now. Try again when one has ended.")
        )
        return back
    try:
        copy = copies.make_copy(
            workshop, cast("User", request.user), form.cleaned_data["people"], form.cleaned_data["speed"]
        )
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return back
    return redirect("workshops:console", copy.pk)


@require_POST
@or_busy
async def end(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """End a workshop's rehearsals and clear them. The page has asked first."""
    workshop, found = await look_up(_to_end, request, workshop_id)
    for copy in found:
        await playing.end(copy)
    messages.success(request, _("The rehearsal is cleared. Nothing of it is left."))
    return redirect(reverse("workshops:prepare", args=[workshop.pk]) + "#rehearse")


def _to_end(request: HttpRequest, workshop_id: uuid.UUID) -> tuple[Workshop, list[Workshop]]:
    workshop = to_prepare(request, workshop_id)
    return workshop, list(copies.rehearsals_of(workshop))


def rehearse_context(workshop: Workshop) -> dict[str, Any]:
    """Give what the page of preparing says of rehearsing."""
    return {"rehearse": RehearseForm(), "rehearsal": copies.under_way(workshop)}
