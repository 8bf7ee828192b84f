"""Making and preparing a workshop: its words and dates, its door, its end if it never happens.

What stands on its agenda is changed in `workshops.views.agenda`. Every page works by plain links and posts.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from challenges import permissions as challenge_rights
from challenges.queries import challenge_or_404
from lab_workspace.web import get_or_post
from realtime.kinds import Refused
from workshops import actions, queries
from workshops.joining.qr import qr_svg
from workshops.prepare import agendas, plan, starts
from workshops.prepare.forms import WorkshopForm
from workshops.views.preparing import agenda_context, to_prepare
from workshops.views.rehearse import rehearse_context

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from lab_workspace.people.models import User
    from workshops.live.state import State


@login_required
@get_or_post
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a workshop with the agenda it starts from, ready to be opened as it is."""
    challenge, user = challenge_or_404(request.user, slug), cast("User", request.user)
    if not challenge_rights.can_facilitate(user, challenge):
        raise PermissionDenied
    start = starts.found(request.GET.get("from", starts.DEFAULT), challenge, user)
    if start is None:
        messages.error(request, _("This template is not there any more. Choose another."))
        return redirect("workshops:start", challenge.slug)
    form = WorkshopForm(request.POST or None, challenge=challenge, start=start)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                workshop = actions.make_workshop(challenge, created_by=user, **form.said())
                agendas.put_on(workshop, start.parts)
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            return redirect("workshops:prepare", workshop.pk)
    context = {
        "form": form,
        "challenge": challenge,
        "title": _("New workshop"),
        "start": start,
        "save": _("Make the workshop"),
        "back": challenge.get_absolute_url(),
    }
    return render(request, "workshops/prepare/form.html", context)


@never_cache
@login_required
@require_safe
def prepare(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Show the door and the agenda of a workshop, with everything that can be changed."""
    workshop = to_prepare(request, workshop_id)
    context = agenda_context(workshop)
    link = request.build_absolute_uri(reverse("workshops:join", args=[workshop.code]))
    context |= {
        "code": queries.shown_code(workshop.code),
        "join_url": link,
        "qr": qr_svg(link, _("QR code of the link to join “%(title)s”") % {"title": workshop.title}),
        "may_delete": plan.may_be_deleted(workshop, context["state"]),
        **_where(request, context["state"]),
        **rehearse_context(workshop),
    }
    return render(request, "workshops/prepare/prepare.html", context)


def _where(request: HttpRequest, state: State) -> dict[str, str]:
    """Say where on the agenda somebody goes on: at what was just added, which is said there, or where they were."""
    step = state.steps.get(request.GET.get("added", ""))
    if step is None or step.parent:
        return {"focus": request.GET.get("at", "")}
    return {"added": step.id, "focus": f"title-{step.id}", "said": plan.said_added(state, step.id)}


@login_required
@get_or_post
def change(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Change what is said about a workshop, and when it is."""
    workshop = to_prepare(request, workshop_id)
    form = WorkshopForm(request.POST or None, challenge=workshop.challenge, workshop=workshop)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_workshop(workshop, **form.said())
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            messages.success(request, _("Saved."))
            return redirect("workshops:prepare", workshop.pk)
    context = {
        "form": form,
        "challenge": workshop.challenge,
        "workshop": workshop,
        "title": _("Change title, time and purpose"),
        "back": reverse("workshops:prepare", args=[workshop.pk]),
    }
    return render(request, "workshops/prepare/form.html", context)


@login_required
@require_POST
def code(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Change the join code. The page has asked first."""
    workshop = to_prepare(request, workshop_id)
    try:
        actions.new_code(workshop)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        messages.success(
            request, _("This is the new code. The old code, link and QR code open nothing any more.")
        )
    return redirect("workshops:prepare", workshop.pk)


@login_required
@require_POST
def delete(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Delete a workshop in which nothing has happened. The page has asked first."""
    workshop = to_prepare(request, workshop_id)
    try:
        actions.delete_planned_workshop(workshop)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return redirect("workshops:prepare", workshop_id)
    messages.success(request, _("“%(title)s” is deleted.") % {"title": workshop.title})
    return redirect(workshop.challenge)
