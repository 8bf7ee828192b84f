"""What stages are made with: a program that fills a database and prints what is where, copies of it, workshops in it."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any, Protocol

from tests import services
from tests.daphne import REPOSITORY, Kind, environment, fresh_database
from tests.servers import new_database

if TYPE_CHECKING:
    from challenges.models import Challenge


class Do(Protocol):
    """Has something done in a workshop, by the system unless somebody is named; it must be acknowledged."""

    def __call__(self, name: str, /, by: str = ..., **fields: Any) -> None: ...


def told_by(module: str, database_url: str, *words: str) -> dict[str, Any]:
    """Run `python -m module` on a database; give what its last line says."""
    made = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=REPOSITORY,
        env=environment(database_url),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return dict(json.loads(made.stdout.splitlines()[-1]))


def copy_of_prepared(module: str, kind: Kind) -> tuple[str, dict[str, Any]]:
    """Give a copy of the database that the module's program fills, once for all tests, and what it printed."""
    url, made = _prepared(module, kind)
    return copy_of(url, kind), made


@functools.cache
def _prepared(module: str, kind: Kind) -> tuple[str, dict[str, Any]]:
    return prepare(module, kind)


def prepare(module: str, kind: Kind, *words: str) -> tuple[str, dict[str, Any]]:
    """Make a database that the module's program fills; give its URL and what was printed."""
    url = fresh_database(kind)
    made = told_by(module, url, *words)
    if kind == "sqlite":
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:  # all into the file to be copied
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    return url, made


def copy_of(url: str, kind: Kind) -> str:
    """Copy a database that nobody uses; give the copy's URL."""
    name = f"stage_{uuid.uuid4().hex[:12]}"
    if kind == "postgres":
        return new_database(services.POSTGRES_URL, name, template=url.rpartition("/")[2])
    path = services.FOLDER / f"{name}.sqlite3"
    shutil.copy(url.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"


def begin() -> None:
    """Make Django ready in such a program. Only then can models be imported."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
    django.setup()


def new_workshop(challenge: Challenge, title: str) -> tuple[dict[str, str], Do]:
    """Make a workshop; give where it is, and what has things done in it."""
    from django.utils import timezone

    from realtime.kinds import SYSTEM
    from realtime.ledger import Ack, Asked, run
    from workshops.actions import make_workshop

    workshop = make_workshop(challenge, title, timezone.now(), 90, None)

    def do(name: str, /, by: str = SYSTEM, **fields: Any) -> None:
        (answer,) = run(workshop.stream_id, Asked(str(uuid.uuid4()), name, fields, by))
        assert isinstance(answer, Ack), (name, answer)

    return {"id": str(workshop.pk), "code": workshop.code, "stream": str(workshop.stream_id)}, do
