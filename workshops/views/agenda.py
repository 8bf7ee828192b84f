"""The agenda of a workshop that is being prepared.

With htmx it changes in its place; without, every act is a plain post that leads back to the page. It is written
through the rules of the live workshop, so a running room sees each change, and says no where it must.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from lab_workspace.web import by_htmx, get_or_post
from realtime.kinds import Refused
from workshops import actions
from workshops.activities.registry import ACTIVITIES, activity_of
from workshops.prepare import plan
from workshops.prepare.list_form import ListForm, form_of
from workshops.prepare.step_form import MinutesForm, StepForm
from workshops.views.preparing import agenda_context, to_prepare, to_step

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from lab_workspace.people.models import User
    from workshops.models import Workshop


@login_required
@get_or_post
def add_step(request: HttpRequest, workshop_id: uuid.UUID, kind: str) -> HttpResponse:
    """Put an activity of this kind on the agenda."""
    workshop = to_prepare(request, workshop_id)
    if kind not in ACTIVITIES:
        raise Http404
    activity = activity_of(kind)
    form = form_of(activity)(request.POST or None, activity=activity, state=plan.state_of(workshop))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                actions.change_agenda(workshop, "step.add", kind=kind, **form.said(), **form.place())
                new = plan.newest(plan.state_of(workshop))
                _bring(request, workshop, new, form)
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            return _added(request, workshop, new)
    words = {"title": _("Add: %(kind)s") % {"kind": activity.label}, "save": _("Add to the agenda")}
    return _step_form(request, workshop, form, f"add-{kind}", about=activity.about, **words)


@login_required
@get_or_post
def change_step(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Change an activity's words, minutes and settings, as far as people were not promised otherwise."""
    workshop, state, step = to_step(request, workshop_id, step_id)
    activity = activity_of(step.kind)
    form = form_of(activity)(request.POST or None, activity=activity, state=state, step=step)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                actions.change_agenda(workshop, "step.change", activity=step.id, **form.said())
                _bring(request, workshop, step.id, form)
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            said = _("“%(title)s” is saved.") % form.cleaned_data
            return _agenda(request, workshop, said, at=step.id, focus=f"change-{step.id}")
    title = _("Change “%(title)s”") % {"title": step.title}
    return _step_form(request, workshop, form, f"change-{step.id}", title=title, step=step)


@login_required
@require_POST
def promise(request: HttpRequest, workshop_id: uuid.UUID, kind: str) -> HttpResponse:
    """Say what people would be told under the settings in a form that isn't saved yet."""
    workshop = to_prepare(request, workshop_id)
    if kind not in ACTIVITIES:
        raise Http404
    form = form_of(activity_of(kind))(request.POST, activity=activity_of(kind), state=plan.state_of(workshop))
    context = {"workshop": workshop, "activity": form.activity, "promise": form.promise_as_typed()}
    return render(request, "workshops/prepare/promise.html", context)


@login_required
@require_POST
def minutes(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Change how long an activity takes, right in the agenda."""
    workshop, _state, step = to_step(request, workshop_id, step_id)
    form = MinutesForm(request.POST)
    if not form.is_valid():
        refused = str(form.errors["minutes"][0])
        return _agenda(request, workshop, "", refused=refused, at=step.id, focus=f"minutes-{step.id}")
    fields = {"activity": step.id, "minutes": form.cleaned_data["minutes"]}
    said = _("“%(title)s” now takes %(minutes)d minutes.") % {
        "title": step.title,
        "minutes": fields["minutes"],
    }
    return _done(request, workshop, "step.change", fields, said, at=step.id)


@login_required
@require_POST
def move_step(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Move an activity one place up or down, or to a place: before another, or to the end."""
    workshop, state, step = to_step(request, workshop_id, step_id)
    if "before" in request.POST:
        before: str | None = request.POST["before"]
        can = before in state.steps or not before
        if before == step.id or plan.following(state, step.id) == (before or None):
            can = False
    else:
        can, before = plan.place_after_move(state, step.id, up=request.POST.get("to") == "up")
    if not can:
        said = _("“%(title)s” is there already.") % {"title": step.title}
        return _agenda(request, workshop, said, at=step.id)
    fields = {"activity": step.id} | ({"before": before} if before else {})
    following = state.steps[before].title if before else ""
    if following:
        said = _("“%(title)s” now stands before “%(next)s”.") % {"title": step.title, "next": following}
    else:
        said = _("“%(title)s” now stands at the end.") % {"title": step.title}
    focus = f"more-{step.id}" if "before" in request.POST else ""
    return _done(request, workshop, "step.move", fields, said, at=step.id, focus=focus)


@login_required
@require_POST
def copy_step(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Put the same activity on the agenda once more."""
    workshop, _state, step = to_step(request, workshop_id, step_id)
    try:
        actions.change_agenda(workshop, "step.copy", activity=step.id)
    except Refused as refused:
        return _agenda(request, workshop, "", refused=str(refused.sentence), at=step.id)
    return _added(request, workshop, plan.newest(plan.state_of(workshop)))


@login_required
@require_POST
def remove_step(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Take an activity off the agenda. It can be put back."""
    workshop, _state, step = to_step(request, workshop_id, step_id)
    said = _("“%(title)s” is off the agenda. You can put it back.") % {"title": step.title}
    return _done(request, workshop, "step.remove", {"activity": step.id}, said, focus=f"back-{step.id}")


@login_required
@require_POST
def put_back_step(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Put an activity back that was taken off the agenda."""
    workshop = to_prepare(request, workshop_id)
    state = plan.state_of(workshop)
    if step_id not in state.taken_off and step_id not in state.steps:
        raise Http404
    step = state.steps.get(step_id) or state.taken_off[step_id][0]
    said = _("“%(title)s” is back on the agenda.") % {"title": step.title}
    fields = {"activity": step_id}
    return _done(request, workshop, "step.put_back", fields, said, at=step_id, focus=f"change-{step_id}")


def _done(
    request: HttpRequest, workshop: Workshop, do: str, fields: dict[str, Any], said: str, **where: str
) -> HttpResponse:
    try:
        actions.change_agenda(workshop, do, **fields)
    except Refused as refused:
        return _agenda(request, workshop, "", refused=str(refused.sentence), **where)
    return _agenda(request, workshop, said, **where)


def _bring(request: HttpRequest, workshop: Workshop, step_id: str, form: StepForm) -> None:
    """Put the lines that were pasted into a list's form on the list. Raises Refused."""
    if isinstance(form, ListForm) and form.brought():
        actions.bring_in(workshop, cast("User", request.user), step_id, form.brought())


def _added(request: HttpRequest, workshop: Workshop, step_id: str) -> HttpResponse:
    """Lead to an activity that was just added; there the page says so."""
    if not by_htmx(request):
        page = reverse("workshops:prepare", args=[workshop.pk])
        return redirect(f"{page}?added={step_id}#step-{step_id}")
    said = plan.said_added(plan.state_of(workshop), step_id)
    return _agenda(request, workshop, said, focus=f"title-{step_id}", added=step_id)


def _step_form(
    request: HttpRequest, workshop: Workshop, form: StepForm, at: str, **words: Any
) -> HttpResponse:
    """Show an activity's form: a page, or for htmx only the panel that goes into the agenda. `at` led to it."""
    template = "workshops/prepare/form.html#panel" if by_htmx(request) else "workshops/prepare/form.html"
    context = {
        "form": form,
        "challenge": workshop.challenge,
        "workshop": workshop,
        "back": reverse("workshops:prepare", args=[workshop.pk]) + f"?at={at}#{at}",
        "help": plan.help_of(form.activity),
        **words,
    }
    return render(request, template, context)


def _agenda(
    request: HttpRequest,
    workshop: Workshop,
    said: str,
    *,
    at: str = "",
    focus: str = "",
    refused: str = "",
    added: str = "",
) -> HttpResponse:
    """After a change: back to that step on the page, or for htmx the agenda alone with the focus where it goes on."""
    if by_htmx(request):
        context = {
            **agenda_context(workshop),
            "said": said,
            "refused": refused,
            "focus": focus,
            "added": added,
        }
        response = render(request, "workshops/prepare/agenda.html", context)
        return reswap(retarget(response, "#agenda"), "outerHTML")
    if refused:
        messages.error(request, refused)
    elif said:
        messages.success(request, said)
    page = reverse("workshops:prepare", args=[workshop.pk])
    return redirect(f"{page}#{'step-' + at if at else 'agenda'}")
