"""What a backup says about itself, and whether it may be put back here."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader

FORMAT = 1
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Impossible(Exception):
    """Why a backup can't be made or put back, in a sentence for whoever asked."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a database, as far as it can be counted."""

    streams: int
    events: int
    migrations: list[str]
    """As `app.name`, sorted."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Goes into the file beside the data."""

    format: int
    release: str
    made_at: str
    kind: str
    """`sqlite` or `postgresql`."""
    server: str
    """The version of the database, and for PostgreSQL of what wrote the data."""
    streams: int
    events: int
    migrations: list[str]
    bytes: int
    sha256: str

    @classmethod
    def read(cls, found: Any) -> Self:
        """Make a stamp of decoded JSON.

        Raises:
            Impossible: for what is none, and for one of a later form.
        """
        if not isinstance(found, dict) or not isinstance(found.get("format"), int):
            raise Impossible("This file is not a backup of the workspace.")
        if found["format"] > FORMAT:
            raise Impossible("This backup was made by a newer release; put it back with that one.")
        try:
            return cls(**found)
        except TypeError as error:
            raise Impossible("The stamp of this backup is incomplete.") from error

    def fields(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return asdict(self)

    def sentence(self) -> str:
        """Tell in words what this is."""
        logs, entries = counted(self.streams, "log", "logs"), counted(self.events, "entry", "entries")
        return (
            f"a backup of {self.made_at[:16].replace('T', ' ')} UTC by release {self.release}: "
            f"{NAMES.get(self.kind, self.kind)}, {logs} with {entries}"
        )

    def check_for(self, kind: str) -> None:
        """Check that this release on this database can use the data.

        Raises:
            Impossible: if not, with what would help.
        """
        if self.kind != kind:
            raise Impossible(
                f"This is a backup of {NAMES.get(self.kind, self.kind)}, but DATABASE_URL names {NAMES[kind]}. "
                "A backup goes back to the kind of database that it came from."
            )
        unknown = sorted(set(self.migrations) - known_migrations())
        if unknown:
            raise Impossible(
                f"This backup was made by a newer release ({self.release}): this one doesn't know "
                f"{', '.join(unknown[:3])}{' and more' if len(unknown) > 3 else ''}. "
                "Put it back with that release or a later one."
            )


def counted(number: int, one: str, more: str) -> str:
    """Put a number before its noun."""
    return f"{number} {one if number == 1 else more}"


def known_migrations() -> set[str]:
    """Every migration that this release brings, those that were joined into others too."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = set(loader.disk_migrations)
    known |= {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    return {f"{app}.{name}" for app, name in known}


def release() -> str:
    """Name the release that runs here."""
    try:
        told = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())
        return str(told["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "unknown"


def kind_of_database() -> str:
    """Which kind DATABASE_URL names."""
    return connections[DEFAULT_DB_ALIAS].vendor


def read_content(execute: Any) -> Content:
    """Count what is there. `execute` takes a query and gives its rows."""
    ((streams,),) = execute("SELECT count(*) FROM realtime_stream")
    ((events,),) = execute("SELECT count(*) FROM realtime_event")
    rows = execute("SELECT app, name FROM django_migrations")
    return Content(streams, events, sorted(f"{app}.{name}" for app, name in rows))
