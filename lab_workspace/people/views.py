"""Pages about the person who is looking at them."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lab_workspace.people import actions, sign_in_links
from lab_workspace.people.forms import ProfileForm
from lab_workspace.people.models import User


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before signing in: mail programs and chats open links on their own to preview them."""
    user = sign_in_links.user_of(token)
    if user is None:
        return render(request, "people/sign_in_link_over.html", status=410)
    if request.method == "POST":
        actions.sign_in(request, user)
        return redirect("/")
    return render(request, "people/sign_in_link.html", {"person": user})


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show the account's address and change the name that others see."""
    user = cast("User", request.user)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        actions.rename(user, form.cleaned_data["name"])
        messages.success(request, _("Your name is saved."))
        return redirect("people:profile")
    return render(request, "people/profile.html", {"form": form})
