"""All that a database holds, as one digest for each table: what a refused case must leave as it was."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

NOT_COUNTED = {
    "django_session",  # a message for the next page is kept there
    "django_admin_log",
    "sqlite_sequence",
}


def digests(database_url: str) -> dict[str, str]:
    """Give the digest of every table."""
    read = _sqlite if database_url.startswith("sqlite") else _postgres
    return {table: _digest(rows) for table, rows in read(database_url) if table not in NOT_COUNTED}


def _digest(rows: Iterable[Any]) -> str:
    return hashlib.sha256("\n".join(sorted(repr(row) for row in rows)).encode()).hexdigest()


def _sqlite(url: str) -> list[tuple[str, list[Any]]]:
    held = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)
    try:
        tables = [name for (name,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [(table, held.execute(f'SELECT * FROM "{table}"').fetchall()) for table in tables]  # noqa: S608
    finally:
        held.close()


def _postgres(url: str) -> list[tuple[str, list[Any]]]:
    with psycopg.connect(url) as held:
        names = held.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return [
            (table, held.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall())
            for (table,) in names
        ]
