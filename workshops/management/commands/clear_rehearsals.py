"""`manage.py clear_rehearsals`: delete the copies that facilitators practised in and did not end."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from workshops.rehearsal.copies import KEPT_HOURS, clear_all, forgotten


class Command(BaseCommand):
    """Clears rehearsals only; a real workshop is never deleted by it."""

    help = (
        f"Delete rehearsals (copies of workshops with simulated people) that are over, or begun more than {KEPT_HOURS} "
        "hours ago, with their logs. Run it once a day."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        count = clear_all(forgotten(timezone.now()))
        self.stdout.write(f"{count} rehearsal{'' if count == 1 else 's'} cleared.")
