"""`manage.py demo`: fill an empty workspace with the invented demo challenge."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from challenges.models import Challenge
from insights.demo import load_insights, load_report
from lab_workspace.pages.demo.load import demo_data, load_challenge
from workshops.demo import load_workshops


class Command(BaseCommand):
    """Loads the demo challenge once; running it again changes nothing."""

    help = (
        "Fill the workspace with an invented challenge: people (at example.org), teams, workshops, insights. "
        "Running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --if-empty."""
        parser.add_argument(
            "--if-empty", action="store_true", help="Do nothing when the workspace has a challenge already."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is not there yet."""
        if options["if_empty"] and Challenge.objects.exists():
            self.stdout.write("The workspace has a challenge already; the demo is not loaded.")
            return
        data = demo_data(timezone.localdate())
        # All or nothing: half a demo would keep --if-empty from ever loading the rest.
        with transaction.atomic():
            challenge, people = load_challenge(data)
            load_workshops(data, challenge, people)
            load_insights(data, challenge, people)
            load_report(challenge, people.get("p05"))
        self.stdout.write(f"The demo challenge is there: “{challenge}”, {len(people)} people.")
