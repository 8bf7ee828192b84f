from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "lab_workspace.pages"
    label = "pages"
