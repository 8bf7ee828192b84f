"""Addresses of the people area. Sign-in by code stands in `account_urls`."""

from __future__ import annotations

from django.urls import path

from lab_workspace.people import views

app_name = "people"
urlpatterns = [
    path("me/", views.profile, name="profile"),
    path("sign-in/<str:token>/", views.sign_in_link, name="sign_in_link"),
]
