"""Addresses of workshops."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

app_name = "workshops"


def _not_yet(request: HttpRequest, **parts: object) -> HttpResponse:
    """Stand in for a page that is being built."""
    raise Http404


urlpatterns = [
    path("join/", _not_yet, name="enter_code"),
    path("join/<str:code>/", _not_yet, name="join"),
    path("challenges/<slug:slug>/workshops/new/", _not_yet, name="new"),
    path("workshops/<uuid:workshop>/", _not_yet, name="room"),
    path("workshops/<uuid:workshop>/console", _not_yet, name="console"),
    path("workshops/<uuid:workshop>/screen", _not_yet, name="screen"),
    path("workshops/<uuid:workshop>/prepare", _not_yet, name="prepare"),
    path("workshops/<uuid:workshop>/archive/", _not_yet, name="archive"),
]
