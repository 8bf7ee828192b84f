"""Every address of the workspace, by area."""

from __future__ import annotations

from django.contrib import admin
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path

urlpatterns = [
    path("", include("lab_workspace.pages.urls")),
    path("challenges/", include("lab_workspace.pages.challenge_urls")),
    path("", include("workshops.urls")),
    path("", include("insights.urls")),
    path("accounts/", include("lab_workspace.people.account_urls")),
    path("people/", include("lab_workspace.people.urls")),
    path("admin/", admin.site.urls),
    # Browsers ask for it by themselves where a page names no icon: on /admin/.
    path("favicon.ico", lambda _request: redirect(static("icons/favicon.svg"))),
]
