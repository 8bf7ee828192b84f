"""`manage.py remind`: send the reminders that are due."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from workshops.reminding import send_reminders


class Command(BaseCommand):
    """Reminds, by e-mail, those who asked for it that an activity which stays open is over within a day."""

    help = "Send the reminders that are due. Run it every hour; nobody is reminded twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the workspace is reached, for the links."""
        parser.add_argument(
            "--base", default="", help="where the workspace is reached; left out, https:// and the first host"
        )

    def handle(self, *args: Any, base: str, **options: Any) -> None:
        """Send them, and say how many."""
        if not base and not settings.ALLOWED_HOSTS:
            raise CommandError("Say where the workspace is reached: --base https://lab.example.org")
        where = base.rstrip("/") or f"https://{settings.ALLOWED_HOSTS[0]}"
        self.stdout.write(f"{send_reminders(timezone.now(), where)} sent.")
