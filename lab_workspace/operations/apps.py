from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "lab_workspace.operations"
    label = "operations"

    def ready(self) -> None:
        from lab_workspace.operations import checks  # noqa: F401, PLC0415 (registers itself)
