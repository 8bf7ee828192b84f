from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "workshops"
    label = "workshops"

    def ready(self) -> None:
        from realtime.kinds import register  # noqa: PLC0415 (models must be loaded first)
        from workshops.live.room_kind import WorkshopRoom  # noqa: PLC0415 (as above)

        register(WorkshopRoom())
