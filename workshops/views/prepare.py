"""Everything a facilitator does before the live session: the workshop's dates, its agenda, its door.

Every page works by plain links and posts. With htmx the agenda changes in its place. The agenda is written
through the rules of the live workshop, so a running room sees each change, and says no where it must.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget

from challenges import permissions as challenge_rights
from challenges.queries import challenge_or_404
from lab_workspace.web import by_htmx, get_or_post
from realtime.kinds import Refused
from workshops import actions, permissions, plan, queries
from workshops.activities.registry import ACTIVITIES, activity_of
from workshops.forms import StepForm, WorkshopForm
from workshops.qr import qr_svg

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from lab_workspace.people.models import User
    from workshops.live.state import State, Step
    from workshops.models import Workshop


def _to_prepare(request: HttpRequest, workshop_id: uuid.UUID) -> Workshop:
    """Find the workshop, for somebody who may prepare it; 404 for strangers, 403 for other members."""
    workshop = queries.workshop_or_404(workshop_id)
    if not permissions.can_facilitate(request.user, workshop):
        if challenge_rights.can_view(request.user, workshop.challenge):
            raise PermissionDenied
        raise Http404
    return workshop


def _to_step(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> tuple[Workshop, State, Step]:
    workshop = _to_prepare(request, workshop_id)
    state = plan.state_of(workshop)
    if step_id not in state.steps:
        raise Http404
    return workshop, state, state.steps[step_id]


# -- the workshop itself -----------------------------------------------------------------------------------------


@login_required
@get_or_post
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a workshop with the usual agenda, ready to be opened as it is."""
    challenge = challenge_or_404(request.user, slug)
    if not challenge_rights.can_facilitate(request.user, challenge):
        raise PermissionDenied
    form = WorkshopForm(request.POST or None, challenge=challenge)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            workshop = actions.make_workshop(challenge, created_by=cast("User", request.user), **form.said())
            actions.add_usual_agenda(workshop)
        return redirect("workshops:prepare", workshop.pk)
    context = {
        "form": form,
        "challenge": challenge,
        "title": _("New workshop"),
        "about": _("It starts with the usual three activities. You can change everything afterwards."),
        "save": _("Make the workshop"),
        "back": challenge.get_absolute_url(),
    }
    return render(request, "workshops/prepare/form.html", context)


@never_cache
@login_required
@require_safe
def prepare(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Show the door and the agenda of a workshop, with everything that can be changed."""
    workshop = _to_prepare(request, workshop_id)
    context = _context(workshop)
    link = request.build_absolute_uri(reverse("workshops:join", args=[workshop.code]))
    context |= {
        "code": queries.shown_code(workshop.code),
        "join_url": link,
        "qr": qr_svg(link, _("QR code of the link to join “%(title)s”") % {"title": workshop.title}),
        "may_delete": plan.may_be_deleted(workshop, context["state"]),
    }
    return render(request, "workshops/prepare/prepare.html", context)


def _context(workshop: Workshop) -> dict[str, Any]:
    state = plan.state_of(workshop)
    return {
        "workshop": workshop,
        "challenge": workshop.challenge,
        "state": state,
        "plan": plan.plan_of(workshop, state),
        "kinds": ACTIVITIES.values(),
        "closed": state.closed_at is not None,
    }


@login_required
@get_or_post
def change(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Change what is said about a workshop, and when it is."""
    workshop = _to_prepare(request, workshop_id)
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
    workshop = _to_prepare(request, workshop_id)
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
    workshop = _to_prepare(request, workshop_id)
    try:
        actions.delete_planned_workshop(workshop)
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return redirect("workshops:prepare", workshop_id)
    messages.success(request, _("“%(title)s” is deleted.") % {"title": workshop.title})
    return redirect(workshop.challenge)


# -- its agenda --------------------------------------------------------------------------------------------------


@login_required
@get_or_post
def add_step(request: HttpRequest, workshop_id: uuid.UUID, kind: str) -> HttpResponse:
    """Put an activity of this kind at the end of the agenda."""
    workshop = _to_prepare(request, workshop_id)
    if kind not in ACTIVITIES:
        raise Http404
    activity = activity_of(kind)
    form = StepForm(request.POST or None, activity=activity, state=plan.state_of(workshop))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_agenda(workshop, "step.add", kind=kind, **form.said())
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            return _agenda(
                request,
                workshop,
                _("“%(title)s” is on the agenda.") % form.cleaned_data,
                focus="agenda-title",
            )
    words = {"title": _("Add: %(kind)s") % {"kind": activity.label}, "save": _("Add to the agenda")}
    return _step_form(request, workshop, form, about=activity.about, **words)


@login_required
@get_or_post
def change_step(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Change an activity's words, minutes and settings, as far as people were not promised otherwise."""
    workshop, state, step = _to_step(request, workshop_id, step_id)
    activity = activity_of(step.kind)
    form = StepForm(request.POST or None, activity=activity, state=state, step=step)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_agenda(workshop, "step.change", activity=step.id, **form.said())
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            said = _("“%(title)s” is saved.") % form.cleaned_data
            return _agenda(request, workshop, said, at=step.id, focus=f"change-{step.id}")
    title = _("Change “%(title)s”") % {"title": step.title}
    return _step_form(request, workshop, form, title=title, step=step)


@login_required
@require_POST
def move_step(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Move an activity one place up or down."""
    workshop, state, step = _to_step(request, workshop_id, step_id)
    can, before = plan.place_after_move(state, step.id, up=request.POST.get("to") == "up")
    if not can:
        return _agenda(
            request, workshop, _("“%(title)s” is there already.") % {"title": step.title}, at=step.id
        )
    fields = {"activity": step.id} | ({"before": before} if before else {})
    said = _("“%(title)s” has moved.") % {"title": step.title}
    return _done(request, workshop, "step.move", fields, said, at=step.id)


@login_required
@require_POST
def remove_step(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Take an activity off the agenda. The page has asked first."""
    workshop, _state, step = _to_step(request, workshop_id, step_id)
    said = _("“%(title)s” is off the agenda.") % {"title": step.title}
    return _done(request, workshop, "step.remove", {"activity": step.id}, said, focus="agenda-title")


def _done(
    request: HttpRequest, workshop: Workshop, do: str, fields: dict[str, Any], said: str, **where: str
) -> HttpResponse:
    try:
        actions.change_agenda(workshop, do, **fields)
    except Refused as refused:
        return _agenda(request, workshop, "", refused=str(refused.sentence), **where)
    return _agenda(request, workshop, said, **where)


def _step_form(request: HttpRequest, workshop: Workshop, form: StepForm, **words: Any) -> HttpResponse:
    """Show an activity's form: a page, or for htmx only the panel that goes into the agenda."""
    template = "workshops/prepare/form.html#panel" if by_htmx(request) else "workshops/prepare/form.html"
    context = {
        "form": form,
        "challenge": workshop.challenge,
        "workshop": workshop,
        "back": reverse("workshops:prepare", args=[workshop.pk]) + "#agenda",
        **words,
    }
    return render(request, template, context)


def _agenda(
    request: HttpRequest, workshop: Workshop, said: str, *, at: str = "", focus: str = "", refused: str = ""
) -> HttpResponse:
    """After a change: back to that step on the page, or for htmx the agenda alone with the focus where it goes on."""
    if by_htmx(request):
        context = {**_context(workshop), "said": said, "refused": refused, "focus": focus}
        response = render(request, "workshops/prepare/agenda.html", context)
        return reswap(retarget(response, "#agenda"), "outerHTML")
    if refused:
        messages.error(request, refused)
    elif said:
        messages.success(request, said)
    page = reverse("workshops:prepare", args=[workshop.pk])
    return redirect(f"{page}#{'step-' + at if at else 'agenda'}")
