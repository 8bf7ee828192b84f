"""Making and changing a challenge. The challenge's own page is in `lab_workspace.pages`: it joins all areas.

Every form works as a page of its own. With htmx the same form comes into the challenge's page, and saving it
brings back only the section that changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh, reswap, retarget

from challenges import actions
from challenges.forms import (
    AddMemberForm,
    ChallengeForm,
    ChangeMemberForm,
    MakeChallengeForm,
    TeamForm,
    YearForm,
)
from challenges.permissions import can_edit, can_make, rights_of
from challenges.queries import challenge_or_404
from challenges.sections import people_section, teams_section
from lab_workspace.web import by_htmx, get_or_post

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

    from challenges.models import Challenge
    from lab_workspace.people.models import User

SECTIONS = {"people": people_section, "teams": teams_section}


def _to_edit(request: HttpRequest, slug: str) -> Challenge:
    """The challenge, for somebody who may change it; 404 for strangers, 403 for other members."""
    challenge = challenge_or_404(request.user, slug)
    if not can_edit(request.user, challenge):
        raise PermissionDenied
    return challenge


def _form(
    request: HttpRequest, challenge: Challenge | None, form: forms.BaseForm, **words: Any
) -> HttpResponse:
    """A form: the whole page, or for htmx only the panel that goes into the challenge's page."""
    template = "challenges/form.html#panel" if by_htmx(request) else "challenges/form.html"
    return render(request, template, {"challenge": challenge, "form": form, **words})


def _saved(request: HttpRequest, challenge: Challenge, section: str, said: str) -> HttpResponse:
    """After a change: back to that part of the page, or for htmx that part alone."""
    if not by_htmx(request):
        messages.success(request, said)
        return redirect(f"{challenge.get_absolute_url()}#{section}")
    context = SECTIONS[section](challenge, rights_of(request.user, challenge))
    response = render(request, f"challenges/sections/{section}.html", {**context, "said": said})
    return reswap(retarget(response, f"#{section}"), "outerHTML")


@get_or_post
def make(request: HttpRequest) -> HttpResponse:
    """Make a challenge. Lab staff only; everybody else gets 404."""
    if not can_make(request.user):
        raise Http404
    form = MakeChallengeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        challenge = actions.make_challenge(by=cast("User", request.user), **form.cleaned_data)
        messages.success(request, _("The challenge is made. Next: check the phases, then add people."))
        return redirect(challenge)
    return _form(request, None, form, title=_("New challenge"), save=_("Make the challenge"))


@get_or_post
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what is said about a challenge."""
    challenge = _to_edit(request, slug)
    # The form writes into its instance while it validates; the page around it keeps the saved words.
    form = ChallengeForm(request.POST or None, instance=_to_edit(request, slug))
    if request.method == "POST" and form.is_valid():
        actions.change_challenge(challenge, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(challenge)
    return _form(request, challenge, form, title=_("Change the challenge"), section="top")


@get_or_post
def year(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the dates of the challenge and its three phases."""
    challenge = _to_edit(request, slug)
    form = YearForm(request.POST or None, challenge=challenge)
    if request.method == "POST" and form.is_valid():
        starts, ends, phases = form.plan()
        actions.plan_year(challenge, starts=starts, ends=ends, phases=phases)
        messages.success(request, _("The phases are saved."))
        if by_htmx(request):  # The year's picture, what is next and the phases all hang on these dates.
            return HttpResponseClientRefresh()
        return redirect(f"{challenge.get_absolute_url()}#year")
    return _form(request, challenge, form, title=_("Dates and phases"), section="year")


@get_or_post
def add_member(request: HttpRequest, slug: str) -> HttpResponse:
    """Add somebody to the challenge by e-mail address."""
    challenge = _to_edit(request, slug)
    form = AddMemberForm(request.POST or None, challenge=challenge)
    if request.method == "POST" and form.is_valid():
        membership = actions.add_member(challenge, **form.cleaned_data)
        said = _("%(name)s is in the challenge.") % {"name": membership.user}
        return _saved(request, challenge, "people", said)
    return _form(
        request, challenge, form, title=_("Add a person"), save=_("Add this person"), section="people"
    )


@get_or_post
def change_member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change somebody's role or background; the way to take the role away starts here too."""
    challenge = _to_edit(request, slug)
    membership = get_object_or_404(challenge.memberships.select_related("user", "challenge"), pk=pk)
    form = ChangeMemberForm(request.POST or None, membership=membership)
    if request.method == "POST" and form.is_valid():
        actions.change_member(membership, **form.cleaned_data)
        return _saved(request, challenge, "people", _("Saved."))
    return _form(
        request,
        challenge,
        form,
        title=_("Change %(name)s") % {"name": membership.user},
        section="people",
        member=membership,
    )


@get_or_post
def remove_member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask, then take a role away."""
    challenge = _to_edit(request, slug)
    membership = get_object_or_404(challenge.memberships.select_related("user"), pk=pk)
    if request.method == "POST":
        said = _("%(name)s no longer has the role “%(role)s”.") % {
            "name": membership.user,
            "role": membership.get_role_display(),
        }
        actions.remove_member(membership)
        if not can_edit(request.user, challenge):  # Somebody took their own staff role away.
            messages.success(request, said)
            return HttpResponseClientRedirect("/") if by_htmx(request) else redirect("/")
        return _saved(request, challenge, "people", said)
    return render(request, "challenges/remove.html", {"challenge": challenge, "member": membership})


@get_or_post
def add_team(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a team."""
    challenge = _to_edit(request, slug)
    form = TeamForm(request.POST or None, challenge=challenge)
    if request.method == "POST" and form.is_valid():
        team = actions.add_team(challenge, **form.cleaned_data)
        return _saved(request, challenge, "teams", _("The team “%(name)s” is made.") % {"name": team})
    return _form(request, challenge, form, title=_("New team"), save=_("Make the team"), section="teams")


@get_or_post
def change_team(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a team and its members; the way to remove it starts here too."""
    challenge = _to_edit(request, slug)
    team = get_object_or_404(challenge.teams, pk=pk)
    title = _("Change “%(name)s”") % {"name": team}
    form = TeamForm(request.POST or None, challenge=challenge, instance=team)
    if request.method == "POST" and form.is_valid():
        actions.change_team(team, **form.cleaned_data)
        return _saved(request, challenge, "teams", _("Saved."))
    return _form(request, challenge, form, title=title, section="teams", team=team)


@get_or_post
def remove_team(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask, then remove a team."""
    challenge = _to_edit(request, slug)
    team = get_object_or_404(challenge.teams, pk=pk)
    if request.method == "POST":
        said = _("The team “%(name)s” is removed.") % {"name": team}
        actions.remove_team(team)
        return _saved(request, challenge, "teams", said)
    return render(request, "challenges/remove.html", {"challenge": challenge, "team": team})
