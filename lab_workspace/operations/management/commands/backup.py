"""`manage.py backup FILE`: everything that the workspace keeps, in one file."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lab_workspace.operations.backup import work
from lab_workspace.operations.backup.stamp import Impossible


class Command(BaseCommand):
    """Writes a backup while the workspace is used."""

    help = (
        "Write everything that the workspace keeps into one file, while people use it. "
        "In a folder the file gets a name with the time. Keep it as safe as the database: it holds what people wrote."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take FILE and --no-input."""
        parser.add_argument("file", type=Path, help="The file to write, or a folder.")
        parser.add_argument(
            "--no-input", action="store_true", help="Replace an existing file without asking."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it."""
        target: Path = options["file"]
        if target.is_dir():
            target /= f"lab-{datetime.now(UTC):%Y%m%d-%H%M%S}.backup"
        if target.exists() and not options["no_input"]:
            answer = input(f"{target} exists. Type yes to replace it: ")
            if answer.strip().lower() != "yes":
                raise CommandError("Nothing was written.")
        try:
            stamp = work.make(target)
        except Impossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{target}: {stamp.sentence()}.")
