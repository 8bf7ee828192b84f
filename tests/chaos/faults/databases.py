"""The database restarts, is locked, has no room left, or is put back to what it was."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import uuid
from pathlib import Path
from typing import ClassVar

import psycopg

from realtime.client import Ack
from tests import kept_log, services
from tests.chaos.fault import Fault, must
from tests.chaos.lab import Lab
from tests.chaos.play import Play
from tests.daphne import Kind
from tests.servers import Postgres


def postgres_of(play: Play) -> Postgres:
    """The lab's PostgreSQL."""
    assert play.lab.postgres is not None
    return play.lab.postgres


class PostgresRestarted(Fault):
    """PostgreSQL stops at once, as after a crash, and recovers."""

    name = "postgres-restarted"
    stores: ClassVar[tuple[Kind, ...]] = ("postgres",)
    gap = 0.02

    async def blow(self, play: Play) -> None:
        postgres = postgres_of(play)
        self.pid = postgres.pid
        postgres.stop_signal = signal.SIGQUIT  # "immediate"
        await asyncio.to_thread(postgres.stop)

    async def mend(self, play: Play) -> str:
        await asyncio.sleep(0.5)
        await asyncio.to_thread(postgres_of(play).start)
        must(postgres_of(play).pid != self.pid, "it is the same PostgreSQL")
        return f"PostgreSQL {self.pid} stopped at once, and recovered"

    async def tidy(self, play: Play) -> None:
        if not postgres_of(play).running:
            await asyncio.to_thread(postgres_of(play).start)


class Locked(Fault):
    """Somebody else holds SQLite's write lock for some seconds: a backup, another program."""

    name = "sqlite-locked"
    stores: ClassVar[tuple[Kind, ...]] = ("sqlite",)
    moments = False
    gap = 0.05

    async def blow(self, play: Play) -> None:
        self.holder = sqlite3.connect(
            play.lab.database_url.removeprefix("sqlite:///"),
            isolation_level=None,
            check_same_thread=False,
            timeout=20,
        )
        await asyncio.to_thread(self.holder.execute, "BEGIN IMMEDIATE")

    async def mend(self, play: Play) -> str:
        await asyncio.sleep(0.3)  # answers that were on their way
        before = play.answered_by_ack
        await asyncio.sleep(2)
        must(play.answered_by_ack == before, "something was acknowledged while nothing could be written")
        self.holder.execute("ROLLBACK")
        self.holder.close()
        return "locked for 2.3 s, nothing acknowledged"


class DiskFull(Fault):
    """The disk of the database has no room left for a while."""

    name = "disk-full"
    alone: ClassVar[tuple[Kind, ...]] = ("postgres",)  # to SQLite a limit on its pages is the same
    gap = 0.05
    each = 100_000
    moments = False

    def lab(self, kind: Kind) -> Lab:
        self.disk = SmallDisk(services.FOLDER / f"small-disk-{uuid.uuid4().hex[:6]}", 400)
        own = Lab(kind, postgres=Postgres(self.disk.folder / "postgres"))
        own.on_close(self.disk.remove)
        return own

    async def blow(self, play: Play) -> None:
        self.logged = play.lab.logs().count("room.retry")
        if play.lab.kind == "sqlite":
            for control in play.lab.controls:
                control.tell("disk", "full")
        else:
            await asyncio.to_thread(self.disk.fill)

    async def mend(self, play: Play) -> str:
        for _ in range(100):
            await asyncio.sleep(0.1)  # until the database has found it full
            if play.lab.logs().count("room.retry") > self.logged:
                break
        await asyncio.sleep(0.5)
        told = play.lab.logs().count("room.retry") - self.logged
        await self._free(play)
        must(told, "nobody was told to try again")
        return f"{told} batches found the disk full"

    async def _free(self, play: Play) -> None:
        if play.lab.kind == "sqlite":
            for control in play.lab.controls:
                control.tell("disk", "")
            return
        self.disk.empty()
        postgres = postgres_of(play)
        if not postgres.running:  # it had no room for its own log and gave up, as it should
            await asyncio.to_thread(postgres.start)

    async def tidy(self, play: Play) -> None:
        await self._free(play)


class SmallDisk:
    """A file system in memory, small enough to be filled. Only root can mount one."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        folder.mkdir(mode=0o755)
        options = f"size={megabytes}m,mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)

    def fill(self) -> None:
        """Leave no room."""
        with contextlib.suppress(OSError), (self.folder / "ballast").open("wb") as ballast:
            while True:
                ballast.write(b"\0" * 65_536)
                ballast.flush()

    def empty(self) -> None:
        """Make room again."""
        (self.folder / "ballast").unlink(missing_ok=True)

    def remove(self) -> None:
        """Take the file system away."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class Restored(Fault):
    """The workspace is put back to a backup that was made while people worked; they are ahead of it and come back."""

    name = "restored-backup"
    moments = False
    gap = 0.05

    async def blow(self, play: Play) -> None:
        self.backup = play.lab.folder / f"backup-{uuid.uuid4().hex[:6]}"
        await asyncio.to_thread(self._save, play)
        self.epochs = {one.client.epoch for one in play.crowd.everybody}

    async def mend(self, play: Play) -> str:
        await play.some_done(0.2)
        await play.lab.kill(*play.lab.servers)
        await asyncio.to_thread(self._restore, play)
        gone = await self._forgive(play)
        await play.lab.restart(*play.lab.servers)
        must(gone, "nothing was done after the backup")
        for one in play.crowd.everybody:
            await one.client.wait_until(lambda client: client.epoch not in self.epochs, 20)
        return f"{gone} operations of after the backup given up, everybody in the new epoch"

    async def _forgive(self, play: Play) -> int:
        """Operations that were acknowledged after the backup are gone with it: that is what restoring means."""
        events = await asyncio.to_thread(kept_log.read, play.lab.database_url, play.place.stream)
        there = {(event.actor, event.op) for event in events}
        gone = 0
        for person in play.crowd.everybody:
            for op, one in list(person.sent.items()):
                if isinstance(one.answer, Ack) and (person.id, op) not in there:
                    del person.sent[op]
                    play.forgiven.append(one)
                    gone += 1
        return gone

    def _save(self, play: Play) -> None:
        if play.lab.kind == "sqlite":
            with (
                contextlib.closing(sqlite3.connect(_file(play))) as source,
                contextlib.closing(sqlite3.connect(self.backup)) as target,
            ):
                source.backup(target)
            return
        postgres = postgres_of(play)
        _run(postgres, "pg_dump", "--format=custom", f"--file={self.backup}", play.lab.database_url)

    def _restore(self, play: Play) -> None:
        if play.lab.kind == "sqlite":
            for end in ("-wal", "-shm"):
                _file(play).with_name(_file(play).name + end).unlink(missing_ok=True)
            shutil.copy(self.backup, _file(play))
            with contextlib.closing(sqlite3.connect(_file(play))) as lite:
                lite.execute("UPDATE realtime_stream SET epoch = lower(hex(randomblob(6)))")
                lite.commit()
            return
        url = play.lab.database_url
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("DROP SCHEMA public CASCADE")
            server.execute("CREATE SCHEMA public")
        _run(postgres_of(play), "pg_restore", f"--dbname={url}", str(self.backup))
        with psycopg.connect(url) as server:
            server.execute("UPDATE realtime_stream SET epoch = substr(md5(random()::text), 1, 12)")


def _file(play: Play) -> Path:
    return Path(play.lab.database_url.removeprefix("sqlite:///"))


def _run(postgres: Postgres, program: str, *arguments: str) -> None:
    path = postgres.bin / program
    command = [str(path) if path.exists() else program, *arguments]
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr


FAULTS: tuple[type[Fault], ...] = (PostgresRestarted, Locked, DiskFull, Restored)
