"""Choosing what a new workshop starts from, and keeping agendas to start from."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges import permissions as challenge_rights
from challenges.queries import challenge_or_404
from lab_workspace.web import get_or_post
from workshops import actions, permissions, queries
from workshops.formats import FORMATS
from workshops.prepare import agendas, plan, starts
from workshops.prepare.forms import SavedAgendaForm
from workshops.views.preparing import to_prepare

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from challenges.models import Challenge
    from lab_workspace.people.models import User
    from workshops.models import SavedAgenda

EARLIER = 12
"""So many earlier workshops are offered, the latest first."""


def _facilitated(request: HttpRequest, slug: str) -> tuple[Challenge, User]:
    challenge = challenge_or_404(request.user, slug)
    if not challenge_rights.can_facilitate(request.user, challenge):
        raise PermissionDenied
    return challenge, cast("User", request.user)


@login_required
@require_safe
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer everything that a workshop can start from, each with its agenda."""
    challenge, user = _facilitated(request, slug)
    saved = queries.saved_agendas_for(user, challenge)
    context = {
        "challenge": challenge,
        "formats": [starts.of_format(one, challenge) for one in FORMATS.values()],
        "saved": [starts.of_saved(one, challenge, user) for one in saved],
        "earlier": queries.workshops_of(challenge).order_by("-starts_at")[:EARLIER],
    }
    return render(request, "workshops/prepare/start.html", context)


# -- agendas that people saved ---------------------------------------------------------------------------------------


@login_required
@get_or_post
def save(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Keep a workshop's agenda to start others from."""
    workshop = to_prepare(request, workshop_id)
    challenge, user = workshop.challenge, cast("User", request.user)
    form = SavedAgendaForm(request.POST or None, challenge=challenge, initial={"title": workshop.title})
    back = reverse("workshops:prepare", args=[workshop.pk])
    if request.method == "POST" and form.is_valid():
        parts = agendas.asking_anew(agendas.parts_of(plan.state_of(workshop)), challenge.question)
        actions.save_agenda(user, challenge, parts, **form.cleaned_data)
        messages.success(
            request,
            _("“%(title)s” is saved. You find it when you make a new workshop.") % form.cleaned_data,
        )
        return redirect(back)
    context = {
        "form": form,
        "challenge": challenge,
        "workshop": workshop,
        "title": _("Save this agenda as a template"),
        "about": _(
            "Its activities, words, minutes, settings and your notes are kept. "
            "Nothing that people wrote goes with it. Where it asks your challenge's question, it asks theirs elsewhere."
        ),
        "save": _("Save the template"),
        "back": back,
    }
    return render(request, "workshops/prepare/form.html", context)


def _saved(request: HttpRequest, slug: str, saved_id: uuid.UUID) -> tuple[Challenge, User, SavedAgenda]:
    """Find a saved agenda that this person may start from; 404 hides the others."""
    challenge, user = _facilitated(request, slug)
    saved = queries.saved_agenda_or_404(saved_id)
    if not permissions.can_start_from(user, saved):
        raise Http404
    return challenge, user, saved


def _to_change(request: HttpRequest, slug: str, saved_id: uuid.UUID) -> tuple[Challenge, User, SavedAgenda]:
    challenge, user, saved = _saved(request, slug, saved_id)
    if not permissions.can_change_saved(user, saved):
        raise PermissionDenied
    return challenge, user, saved


@login_required
@get_or_post
def change_saved(request: HttpRequest, slug: str, saved_id: uuid.UUID) -> HttpResponse:
    """Rename a saved agenda, or share it."""
    challenge, _user, saved = _to_change(request, slug, saved_id)
    words = {"title": saved.title, "about": saved.about, "shared_with": saved.shared_with}
    form = SavedAgendaForm(request.POST or None, challenge=saved.challenge, initial=words)
    back = reverse("workshops:start", args=[challenge.slug])
    if request.method == "POST" and form.is_valid():
        actions.change_saved(saved, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(back + "#saved")
    title = _("Rename or share “%(title)s”") % {"title": saved.title}
    context = {"form": form, "challenge": challenge, "title": title, "back": back + "#saved"}
    return render(request, "workshops/prepare/form.html", context)


@login_required
@require_POST
def copy_saved(request: HttpRequest, slug: str, saved_id: uuid.UUID) -> HttpResponse:
    """Take a copy of one's own, to change it."""
    challenge, user, saved = _saved(request, slug, saved_id)
    if saved.deleted_at is not None:
        raise Http404
    copy = actions.copy_saved(saved, user, challenge)
    messages.success(request, _("“%(title)s” is yours now. Only you see it.") % {"title": copy.title})
    return redirect(reverse("workshops:start", args=[challenge.slug]) + "#saved")


@login_required
@require_POST
def delete_saved(request: HttpRequest, slug: str, saved_id: uuid.UUID) -> HttpResponse:
    """Delete a saved agenda. The page that follows offers to put it back."""
    challenge, _user, saved = _to_change(request, slug, saved_id)
    actions.delete_saved(saved)
    return render(request, "workshops/prepare/saved_deleted.html", {"challenge": challenge, "saved": saved})


@login_required
@require_POST
def put_back_saved(request: HttpRequest, slug: str, saved_id: uuid.UUID) -> HttpResponse:
    """Put back a saved agenda that was deleted."""
    challenge, _user, saved = _to_change(request, slug, saved_id)
    actions.delete_saved(saved, deleted=False)
    messages.success(request, _("“%(title)s” is back.") % {"title": saved.title})
    return redirect(reverse("workshops:start", args=[challenge.slug]) + "#saved")
