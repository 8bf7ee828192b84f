"""Addresses of the home page and of what we say about ourselves."""

from django.urls import path

from lab_workspace.pages import views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("your-words/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
