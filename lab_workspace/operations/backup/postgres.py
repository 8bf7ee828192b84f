"""Copies of a PostgreSQL database, by its own pg_dump and pg_restore."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from lab_workspace.operations.backup.stamp import Content, Impossible, read_content

TOOLS = ("pg_dump", "pg_restore", "psql")
LOCK_SECONDS = 15
_CHUNK = 1 << 20
# Everything in the schema goes, but what belongs to an extension. It all happens in one transaction.
_BEGIN = """
BEGIN;
SET LOCAL lock_timeout = '{seconds}s';
SET LOCAL client_min_messages = warning;
DO $$ DECLARE old record; BEGIN
  FOR old IN
    SELECT c.relkind, c.oid::regclass::text AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  LOOP
    IF old.relkind IN ('r', 'p') THEN EXECUTE 'DROP TABLE IF EXISTS ' || old.name || ' CASCADE';
    ELSIF old.relkind = 'v' THEN EXECUTE 'DROP VIEW IF EXISTS ' || old.name || ' CASCADE';
    ELSE EXECUTE 'DROP MATERIALIZED VIEW IF EXISTS ' || old.name || ' CASCADE';
    END IF;
  END LOOP;
  FOR old IN
    SELECT p.oid::regprocedure::text AS name FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE 'DROP ROUTINE IF EXISTS ' || old.name || ' CASCADE'; END LOOP;
END $$;
"""
# Each log begins a new life, so that clients that know more than the backup come back in.
_END = """
DO $$ BEGIN
  IF (SELECT count(*) FROM public.realtime_stream) <> {streams}
    OR (SELECT count(*) FROM public.realtime_event) <> {events}
  THEN RAISE EXCEPTION 'the backup holds not as much as its stamp says'; END IF;
END $$;
UPDATE public.realtime_stream SET epoch = substr(md5(random()::text || clock_timestamp()::text || id::text), 1, 12);
COMMIT;
"""


def dump(target: Path) -> tuple[Content, str]:
    """Write all that the database held at one moment into a file. Raises Impossible."""
    connection = connections[DEFAULT_DB_ALIAS]
    with closing(connection), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()

            def execute(query: str) -> Any:
                cursor.execute(query)
                return cursor.fetchall()

            content = read_content(execute)
        server = _major(connection)
        folder, version = tools_for(server)
        target.unlink(missing_ok=True)
        target.touch(mode=0o600, exist_ok=False)  # not somebody else's file or link
        arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        _run(folder / "pg_dump", *arguments, f"--file={target}")
    return content, f"{server}, written by pg_dump {version}"


def restore(data: Path, expected: tuple[int, int], server_then: str, *, even_if_in_use: bool) -> None:
    """Put a dump in the place of all tables, in one transaction: until it commits, all is as it was.

    Raises Impossible.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with closing(connection):
        connection.ensure_connection()
        server = _major(connection)
    found = re.match(r"\d+", server_then)
    then = int(found[0]) if found else 0
    if then > server:
        raise Impossible(
            f"This backup is of PostgreSQL {then}, this server is {server}. PostgreSQL leads only upwards: "
            f"restore it on version {then} or later."
        )
    if not even_if_in_use and (users := in_use()):
        raise Impossible(users)
    folder, version = tools_for(max(server, then), exact=server)
    streams, events = expected
    _pour(
        folder,
        data,
        _BEGIN.format(seconds=LOCK_SECONDS),
        _END.format(streams=streams, events=events),
        version,
    )
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def in_use() -> str:
    """Say who else is connected to this database."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.close()
    connection.close_pool()  # connections of our own that wait for work
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), string_agg(DISTINCT coalesce(nullif(application_name, ''), 'without a name'), ', ')"
            " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        number, names = cursor.fetchone()
    if not number:
        return ""
    return f"{number} other connections use this database ({names}): stop every server first."


def is_empty() -> bool:
    """Whether there is nothing that could be lost."""
    connection = connections[DEFAULT_DB_ALIAS]
    with closing(connection):
        return "django_migrations" not in connection.introspection.table_names()


def tools_for(server: int, *, exact: int = 0) -> tuple[Path, int]:
    """Find PostgreSQL's programs of the server's version, else the oldest that is newer. Raises Impossible."""
    found: dict[int, Path] = {}
    for folder in [*os.get_exec_path(), *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]:
        if all(shutil.which(tool, path=folder) for tool in TOOLS):
            found.setdefault(_version_of(Path(folder) / "pg_dump"), Path(folder))
    fitting = sorted(version for version in found if version >= server)
    if exact in fitting:
        fitting = [exact]
    if not fitting:
        here = f"the newest here is {max(found)}" if found else "none is here"
        raise Impossible(
            f"This needs pg_dump, pg_restore and psql of PostgreSQL {server} or later, and {here}: "
            f"install postgresql-client-{server}."
        )
    return found[fitting[0]], fitting[0]


def _major(connection: Any) -> int:
    return int(connection.pg_version) // 10_000


def _version_of(program: Path) -> int:
    said = subprocess.run(  # noqa: S603 (a program that we found, and no shell)
        [program, "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"\) (\d+)", said.stdout)
    return int(number[1]) if number else 0


def _login() -> tuple[list[str], dict[str, str]]:
    """Give the database's name, and the way to it as PostgreSQL's programs read it: no password on a command line."""
    connection = connections[DEFAULT_DB_ALIAS]
    arguments, env = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    return [f"--dbname={arguments[-1]}", *arguments[1:-1]], {**os.environ, **(env or {})}


def _run(program: Path, *arguments: str) -> None:
    login, env = _login()
    done = subprocess.run(  # noqa: S603 (as above)
        [program, *login, *arguments], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Impossible(f"{program.name} failed: {_last_line(done.stderr)}")


def _pour(folder: Path, data: Path, begin: str, end: str, version: int) -> None:
    """Let psql carry out what pg_restore reads from the dump, between `begin` and `end`."""
    login, env = _login()
    reading: list[Any] = [folder / "pg_restore", "--no-owner", "--no-privileges", "--schema=public"]
    writing: list[Any] = [
        folder / "psql",
        *login,
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--file=-",
    ]
    with tempfile.TemporaryFile() as said:
        source = subprocess.Popen(  # noqa: S603 (as above)
            [*reading, "--file=-", data], stdout=subprocess.PIPE, stderr=said, env=env
        )
        sink = subprocess.Popen(  # noqa: S603 (as above)
            writing, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=env
        )
        assert source.stdout is not None  # noqa: S101 (for the type checker)
        assert sink.stdin is not None  # noqa: S101 (as above)
        try:
            sink.stdin.write(begin.encode())
            _copy(source.stdout, sink.stdin)
            if source.wait() == 0:
                sink.stdin.write(end.encode())
            sink.stdin.close()  # without COMMIT everything is undone
        except BrokenPipeError:  # psql has given up, and said why
            source.kill()
        failed = bool(source.wait()) | bool(sink.wait())
        said.seek(0)
        if failed:
            words = _last_line(said.read().decode(errors="replace"))
            raise Impossible(f"Nothing was changed. pg_restore {version} failed: {words}")


def _copy(source: IO[bytes], sink: IO[bytes]) -> None:
    head = source.read(8192)
    # Programs of version 17 and later say this to servers that don't know it yet.
    sink.write(re.sub(rb"^SET transaction_timeout = 0;$", b"", head, flags=re.MULTILINE))
    while chunk := source.read(_CHUNK):
        sink.write(chunk)


def _last_line(text: str) -> str:
    """The line that says what went wrong. Not its details: they quote rows."""
    lines = [line for line in text.splitlines() if "ERROR" in line or "error" in line or "FATAL" in line]
    return (lines or text.strip().splitlines() or ["it said nothing"])[0].strip()
