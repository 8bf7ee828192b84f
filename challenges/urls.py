"""Addresses for making and changing challenges.

The challenge's own page joins all areas, so `lab_workspace.pages.challenge_urls` holds its address and puts
these beside it, in the namespace `challenges`.
"""

from django.urls import path

from challenges import views

urlpatterns = [
    path("new/", views.make, name="make"),
    path("<slug:slug>/edit/", views.change, name="change"),
    path("<slug:slug>/year/", views.year, name="year"),
    path("<slug:slug>/people/add/", views.add_member, name="add_member"),
    path("<slug:slug>/people/<int:pk>/", views.change_member, name="change_member"),
    path("<slug:slug>/people/<int:pk>/remove/", views.remove_member, name="remove_member"),
    path("<slug:slug>/teams/add/", views.add_team, name="add_team"),
    path("<slug:slug>/teams/<int:pk>/", views.change_team, name="change_team"),
    path("<slug:slug>/teams/<int:pk>/remove/", views.remove_team, name="remove_team"),
]
