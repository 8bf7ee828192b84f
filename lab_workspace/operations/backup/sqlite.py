"""Copies of a SQLite database, by its own backup: whole, while others read and write."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from lab_workspace.operations.backup.stamp import Content, Impossible, read_content

BUSY_SECONDS = 20.0


def dump(database: Path, target: Path) -> tuple[Content, str]:
    """Copy the database into a file and check the copy. Raises Impossible."""
    if not database.exists():
        raise Impossible(f"There is no database at {database}.")
    target.unlink(missing_ok=True)
    target.touch(mode=0o600, exist_ok=False)  # not somebody else's file or link
    with (
        closing(sqlite3.connect(database, timeout=BUSY_SECONDS)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # all in one file
        return _checked(copy), sqlite3.sqlite_version


def restore(data: Path, database: Path, expected: tuple[int, int], *, even_if_in_use: bool) -> None:
    """Put a copy in the place of the database, in one transaction: until it commits, all is as it was.

    Raises Impossible.
    """
    with closing(sqlite3.connect(data)) as copy:
        content = _checked(copy)
        if (content.streams, content.events) != expected:
            raise Impossible("This backup holds not as much as its stamp says.")
        with copy:  # each log begins a new life, so that clients that know more than it come back in
            copy.execute("UPDATE realtime_stream SET epoch = lower(hex(randomblob(6)))")
        database.parent.mkdir(parents=True, exist_ok=True)
        with closing(_open(database)) as live:
            if not even_if_in_use:
                _alone(live)
            copy.backup(live, pages=1000, progress=_until(time.monotonic() + BUSY_SECONDS), sleep=0.1)
            live.execute("PRAGMA journal_mode=WAL")
            _checked(live)


def in_use(database: Path) -> str:
    """Say whether somebody has the database open, as far as that can be seen."""
    if database.exists():
        with closing(_open(database)) as live:
            try:
                _alone(live)
                live.execute("PRAGMA journal_mode=WAL")
            except Impossible as error:
                return str(error)
    return ""


def is_empty(database: Path) -> bool:
    """Whether there is nothing that could be lost."""
    if not database.exists() or not database.stat().st_size:
        return True
    with closing(_open(database)) as live:
        return not live.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _open(database: Path) -> sqlite3.Connection:
    try:
        live = sqlite3.connect(database, timeout=1)
        live.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise Impossible(f"{database} can't be opened: {error}.") from error
        raise Impossible(
            f"{database} is damaged. Move it and its -wal and -shm files somewhere safe, and run this again."
        ) from error
    return live


def _alone(live: sqlite3.Connection) -> None:
    """Leave the write-ahead log, which SQLite allows only to the one who has the database alone."""
    try:
        live.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise Impossible("Another program has this database open: stop every server first.") from error


def _until(end: float) -> Any:
    """Give up once nothing has been copied for too long: somebody holds the database."""
    before = -1

    def watch(_status: int, remaining: int, _total: int) -> None:
        nonlocal before, end
        if remaining != before:
            before, end = remaining, time.monotonic() + BUSY_SECONDS
        elif time.monotonic() > end:
            raise Impossible("Another program is using this database: stop every server first.")

    return watch


def _checked(connection: sqlite3.Connection) -> Content:
    ((said,),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if said != "ok":
        raise Impossible(f"The database is damaged: {said}.")
    try:
        return read_content(lambda query: connection.execute(query).fetchall())
    except sqlite3.OperationalError as error:
        raise Impossible("This database doesn't hold the workspace's tables.") from error
