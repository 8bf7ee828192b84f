"""Addresses of workshops."""

from __future__ import annotations

from django.urls import path

from workshops.views import join, live

app_name = "workshops"

urlpatterns = [
    path("join/", join.enter_code, name="enter_code"),
    path("join/<str:code>/", join.join, name="join"),
    path("workshops/<uuid:workshop_id>/", live.room_page, name="room"),
    path("workshops/<uuid:workshop_id>/console", live.console_page, name="console"),
    path("workshops/<uuid:workshop_id>/screen", live.screen_page, name="screen"),
    path("workshops/<uuid:workshop_id>/commands", live.commands, name="commands"),
    path("workshops/<uuid:workshop_id>/frames", live.frames, name="frames"),
]
