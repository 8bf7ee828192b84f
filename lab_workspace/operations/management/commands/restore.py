"""`manage.py restore FILE`: put a backup in the place of what the database holds."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from lab_workspace.operations.backup import parcel, work
from lab_workspace.operations.backup.stamp import Impossible, counted, kind_of_database


class Command(BaseCommand):
    """Restores a backup; all servers must be stopped."""

    help = (
        "Replace everything in the database by what a backup holds. Stop every server first. "
        "What is there now is written to a backup beside FILE before anything changes."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take FILE and what else may be chosen."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--no-input", action="store_true", help="Don't ask before replacing what is there."
        )
        parser.add_argument(
            "--no-copy", action="store_true", help="Don't keep a backup of what is there now."
        )
        parser.add_argument(
            "--even-if-in-use",
            action="store_true",
            help="Go on although something has the database open (a monitor, say; never a server).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, ask, keep, replace."""
        try:
            self._restore(**options)
        except Impossible as error:
            raise CommandError(str(error)) from error

    def _restore(self, *, file: Path, no_input: bool, no_copy: bool, even_if_in_use: bool, **_: Any) -> None:
        stamp = parcel.read_stamp(file)
        stamp.check_for(kind_of_database())
        self.stdout.write(f"{file}: {stamp.sentence()}.")
        if not even_if_in_use and (users := work.in_use()):
            raise Impossible(users)
        if not work.is_empty():
            self._ask(no_input=no_input)
            if not no_copy:
                self._keep(file)
        work.put_back(file, stamp, even_if_in_use=even_if_in_use)
        begun = counted(stamp.streams, "log begins", "logs begin")
        self.stdout.write(f"Restored. {begun} a new epoch; clients fetch everything anew.")
        self._tell_what_is_left()

    def _ask(self, *, no_input: bool) -> None:
        if no_input:
            return
        if input("This replaces everything in the database. Type yes to go on: ").strip().lower() != "yes":
            raise CommandError("Nothing was changed.")

    def _keep(self, file: Path) -> None:
        copy = file.resolve().with_name(f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}.backup")
        try:
            work.make(copy)
        except Impossible as error:
            raise Impossible(
                f"What is there now can't be kept ({error}) With --no-copy it is replaced all the same."
            ) from error
        self.stdout.write(f"What was there is kept in {copy}. Delete it when you are sure.")

    def _tell_what_is_left(self) -> None:
        with closing(connections[DEFAULT_DB_ALIAS]) as connection:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                self.stdout.write("This release has changed its tables since: run manage.py migrate now.")
