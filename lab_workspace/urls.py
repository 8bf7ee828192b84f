"""Every address of the workspace, by area."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("lab_workspace.people.account_urls")),
    path("people/", include("lab_workspace.people.urls")),
]
