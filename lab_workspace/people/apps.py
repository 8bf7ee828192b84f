from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lab_workspace.people"
    label = "people"
