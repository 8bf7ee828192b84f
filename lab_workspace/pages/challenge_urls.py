"""The namespace `challenges`: a challenge's own page, which joins all areas, and the forms that change it."""

from django.urls import path

from challenges.urls import urlpatterns as changing
from lab_workspace.pages import views

app_name = "challenges"

# "new/" stands among the changing ones and must win over a challenge's own address.
urlpatterns = [*changing, path("<slug:slug>/", views.challenge, name="challenge")]
