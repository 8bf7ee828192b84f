"""The insight board of a challenge."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from challenges.queries import challenge_or_404
from insights.actions import board as acts
from insights.forms import BoardFilterForm, EvidenceForm, InsightForm, NewInsightForm, TakeForm
from insights.permissions import can_keep_board
from insights.queries import (
    board as insights_on,
)
from insights.queries import (
    closed_workshops,
    insight_or_404,
    removed_evidence,
    removed_evidence_or_404,
    withdrawn_insights,
)
from insights.rendering import evidence_of
from insights.sources import Sources, Taken, harvest_of, votes_on
from insights.views.common import person, to_keep
from lab_workspace.web import by_htmx, get_or_post

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from challenges.models import Challenge
    from insights.models import Insight

# Up to this many groups stand open, so that nobody has to look for their ideas.
FEW_GROUPS = 3


@require_GET
@vary_on_headers("HX-Request")
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """The insights of a challenge, narrowed by a GET form; htmx gets only the list."""
    challenge = challenge_or_404(request.user, slug)
    form = BoardFilterForm(request.GET, challenge=challenge)
    narrowed = form.narrowed()
    keeps = can_keep_board(request.user, challenge)
    context = {
        "challenge": challenge,
        "form": form,
        "narrowed": bool(narrowed),
        "insights": insights_on(challenge, narrowed),
        "keeps": keeps,
    }
    if by_htmx(request):
        return render(request, "insights/board.html#list", context)
    context["withdrawn"] = withdrawn_insights(challenge) if keeps else []
    return render(request, "insights/board.html", context)


@get_or_post
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Type an insight in."""
    challenge = to_keep(request, slug)
    form = NewInsightForm(request.POST or None, challenge=challenge)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        note, strength = values.pop("note"), values.pop("strength")
        insight = acts.write_insight(challenge, person(request), **values)
        if note:
            acts.add_evidence(insight, person(request), note=note, strength=strength)
        messages.success(request, _("Your insight is on the board."))
        return redirect(insight)
    return _form(request, challenge, form, title=_("Write an insight"), save=_("Put it on the board"))


@get_or_post
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change an insight's words, status, tags or phase."""
    challenge = to_keep(request, slug)
    insight = insight_or_404(challenge, pk)
    form = InsightForm(request.POST or None, challenge=challenge, insight=insight)
    if request.method == "POST" and form.is_valid():
        acts.edit_insight(insight, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(insight)
    return _form(request, challenge, form, title=_("Change the insight"), save=_("Save"), insight=insight)


def _form(request: HttpRequest, challenge: Challenge, form: Any, **words: Any) -> HttpResponse:
    return render(request, "insights/form.html", {"challenge": challenge, "form": form, **words})


@require_GET
def take_from(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a closed workshop to take ideas and groups from."""
    challenge = to_keep(request, slug)
    context = {"challenge": challenge, "workshops": closed_workshops(challenge)}
    return render(request, "insights/take_from.html", context)


@get_or_post
def take(request: HttpRequest, slug: str, workshop: uuid.UUID) -> HttpResponse:
    """Make an insight of ideas and groups of one closed workshop, with their identity."""
    challenge = to_keep(request, slug)
    source = get_object_or_404(closed_workshops(challenge), pk=workshop)
    harvest = harvest_of(source)
    form = TakeForm(request.POST or None, challenge=challenge, gids=harvest.gids)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        gids, note, strength = values.pop("items"), values.pop("note"), values.pop("strength")
        taken = [Taken(harvest.gids[gid], source, gid) for gid in gids]
        if values.pop("votes"):
            taken += votes_on(source, gids)
        insight = acts.write_insight(challenge, person(request), **values)
        acts.take(insight, person(request), taken, note=note, strength=strength)
        messages.success(request, _("Your insight is on the board, tied to what you ticked."))
        return redirect(insight)
    context = {
        "challenge": challenge,
        "workshop": source,
        "harvest": harvest,
        "form": form,
        "ticked": set(request.POST.getlist("items")),
        "open_groups": request.method == "POST" or len(harvest.groups) <= FEW_GROUPS,
    }
    return render(request, "insights/take.html", context)


@require_GET
def insight(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One insight with all that it rests on."""
    challenge = challenge_or_404(request.user, slug)
    found = insight_or_404(challenge, pk)
    return _insight(request, challenge, found, EvidenceForm())


def _insight(
    request: HttpRequest, challenge: Challenge, found: Insight, form: EvidenceForm, status: int = 200
) -> HttpResponse:
    evidence = list(found.evidence.all())
    sources = Sources.of(evidence)
    keeps = can_keep_board(request.user, challenge)
    context = {
        "challenge": challenge,
        "insight": found,
        "chain": [(row, evidence_of(sources.show(row, public=False))) for row in evidence],
        "removed": removed_evidence(found) if keeps else [],
        "keeps": keeps,
        "form": form,
    }
    return render(request, "insights/insight.html", context, status=status)


@require_POST
def withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an insight off the board; its page offers to put it back."""
    found = insight_or_404(to_keep(request, slug), pk)
    acts.withdraw_insight(found, person(request))
    return redirect(found)


@require_POST
def restore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Put an insight back on the board."""
    found = insight_or_404(to_keep(request, slug), pk)
    acts.restore_insight(found)
    messages.success(request, _("The insight is back on the board."))
    return redirect(found)


@require_POST
def add_evidence(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Add a note or a link to what an insight rests on."""
    challenge = to_keep(request, slug)
    found = insight_or_404(challenge, pk)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return _insight(request, challenge, found, form, status=422)
    acts.add_evidence(found, person(request), **form.cleaned_data)
    messages.success(request, _("Added."))
    return redirect(found)


@require_POST
def remove_evidence(request: HttpRequest, slug: str, pk: int, evidence: int) -> HttpResponse:
    """Take a piece of evidence away; the page offers to put it back."""
    found = insight_or_404(to_keep(request, slug), pk)
    acts.remove_evidence(get_object_or_404(found.evidence.filter(removed_at=None), pk=evidence))
    return redirect(f"{found.get_absolute_url()}#removed")


@require_POST
def restore_evidence(request: HttpRequest, slug: str, pk: int, evidence: int) -> HttpResponse:
    """Put a removed piece of evidence back."""
    found = insight_or_404(to_keep(request, slug), pk)
    acts.restore_evidence(removed_evidence_or_404(found, evidence))
    return redirect(found)
