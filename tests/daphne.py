"""Real servers: `python -m lab_workspace.serve` in processes of their own, set up as in production but for HTTPS.

Two of them may share one database and one Redis, as behind a proxy. What a test sees is what a browser sees.
"""

from __future__ import annotations

import functools
import http.client
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Literal

from tests import services
from tests.processes import Process, free_port
from tests.servers import drop_database, new_database

REPOSITORY = Path(__file__).resolve().parent.parent
TEMPLATE = f"lab_template_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
type Kind = Literal["sqlite", "postgres"]


class Daphne(Process):
    """One Daphne on a port of its own. `stop` (SIGTERM), `kill` (-9); `start` again keeps the port."""

    def __init__(self, database_url: str, *, redis_url: str = "", **env: str) -> None:
        self.port = free_port()
        self.database_url = database_url
        self.settings = environment(database_url, redis_url, **env)
        super().__init__(
            [
                *(sys.executable, "-m", "lab_workspace.serve"),
                *("--host", "127.0.0.1", "--port", str(self.port)),
                "lab_workspace.asgi:application",
            ],
            log=services.FOLDER / f"daphne-{self.port}-{uuid.uuid4().hex[:6]}.log",
            ready=self._answers,
            env=self.settings,
            cwd=REPOSITORY,
        )

    @property
    def url(self) -> str:
        """Where pages are, without a slash at the end; also the Origin to send."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        """Where sockets are, without a slash at the end."""
        return f"ws://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Run a management command on this server's database; what it printed."""
        return manage(*arguments, env=self.settings)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status < 600
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def environment(database_url: str, redis_url: str = "", **more: str) -> dict[str, str]:
    """What a server or a command of its own gets: production's settings, without HTTPS."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "PYTEST_"))}
    return {
        **kept,
        "DEBUG": "0",
        "HTTPS": "0",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "STATIC_ROOT": str(collected_static()),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def manage(*arguments: str, env: dict[str, str]) -> str:
    """Run `manage.py` in a process of its own.

    Raises:
        RuntimeError: when it fails; with what it printed.
    """
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


@functools.cache
def collected_static() -> Path:
    """The files for browsers, collected and named by their content once per run."""
    folder = services.FOLDER / "static"
    env = {**os.environ, "DEBUG": "0", "STATIC_ROOT": str(folder)}
    manage("collectstatic", "--noinput", "--verbosity", "0", env=env)
    return folder


def fresh_database(kind: Kind) -> str:
    """The URL of a new, migrated, empty database: a copy of one that is migrated once per run."""
    name = f"lab_{uuid.uuid4().hex[:12]}"
    if kind == "postgres":
        return new_database(services.POSTGRES_URL, name, template=_postgres_template())
    path = services.FOLDER / f"{name}.sqlite3"
    shutil.copy(_sqlite_template(), path)
    return f"sqlite:///{path}"


@functools.cache
def _sqlite_template() -> Path:
    path = services.FOLDER / "template.sqlite3"
    manage("migrate", "--verbosity", "0", env=environment(f"sqlite:///{path}"))
    with sqlite3.connect(path) as connection:  # All into the one file that is copied.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@functools.cache
def _postgres_template() -> str:
    drop_database(services.POSTGRES_URL, TEMPLATE)
    url = new_database(services.POSTGRES_URL, TEMPLATE)
    manage("migrate", "--verbosity", "0", env=environment(url))
    return TEMPLATE
