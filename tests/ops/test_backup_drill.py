"""The drill: play, back up, play on, lose everything, restore, go on. Also for people who know more than the backup."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from realtime.client import Ack, LiveClient
from tests.conftest import StartDaphneApart
from tests.daphne import Daphne, Kind
from tests.faults.cast import Cast, write
from tests.faults.stage import new_stage

LONGEST_PAUSE = 30
"""Seconds; docs/protocol.md: after a long absence so much may pass between two tries of a client."""
BROKEN = """
from realtime.chain import first_broken
from realtime.log import read_after
from realtime.models import Stream
for stream in Stream.objects.all():
    assert first_broken(read_after(stream.pk, 0)) is None, stream
print("whole", Stream.objects.count())
"""


def wipe(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        path = Path(database_url.removeprefix("sqlite:///"))
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        return
    with psycopg.connect(database_url) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")


def execute(database_url: str, query: LiteralString) -> list[tuple[str, ...]]:
    if database_url.startswith("sqlite"):
        lite = sqlite3.connect(database_url.removeprefix("sqlite:///"))
        try:
            with lite:
                return lite.execute(query).fetchall()
        finally:
            lite.close()
    with psycopg.connect(database_url) as server:
        found = server.execute(query)
        return found.fetchall() if found.description else []


def epochs(database_url: str) -> set[str]:
    return {row[0] for row in execute(database_url, "SELECT epoch FROM realtime_stream")}


async def in_thread(server: Daphne, *arguments: str) -> str:
    return await asyncio.to_thread(server.manage, *arguments)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_a_lost_database_comes_back_and_everybody_goes_on(
    daphne_apart: StartDaphneApart, tmp_path: Path, kind: Kind
) -> None:
    stage = new_stage(kind)
    server = daphne_apart(database_url=stage.database_url, redis=kind == "postgres")
    file = tmp_path / "evening.backup"
    async with Cast(stage, server.url) as cast:
        ann, ben = await cast.join("Ann"), await cast.join("Ben", transport="poll")
        for text in ("one", "two"):
            assert isinstance(await write(ann, text), Ack)
        assert "2 logs" in await in_thread(server, "backup", str(file))
        for text in ("lost one", "lost two", "lost three"):
            assert isinstance(await write(ann, text), Ack)
        await cast.agree(ann, ben)
        with pytest.raises(RuntimeError, match="stop every server first"):
            await in_thread(server, "restore", str(file), "--no-input")
        await cast.agree(ann, ben)  # nothing happened to it

        before, epoch, ahead = epochs(stage.database_url), ann.epoch, ann.seq
        await asyncio.to_thread(server.stop)
        sending = asyncio.create_task(write(ben, "written while it was away", seconds=240))
        wipe(stage.database_url)
        assert "Restored." in await in_thread(server, "restore", str(file), "--no-input")
        assert not before & epochs(stage.database_url)
        assert "whole" in await in_thread(server, "shell", "-c", BROKEN)
        await asyncio.to_thread(server.start)

        assert isinstance(await sending, Ack)
        await came_back(ann, ben, epoch=epoch)
        assert isinstance(await write(ann, "three"), Ack)
        shown = await cast.agree(ann, ben)
        assert sorted(shown.values()) == ["one", "three", "two", "written while it was away"]
        assert ann.seq <= ahead + 1, "the log goes on from the backup, not from what was lost"


async def came_back(*clients: LiveClient, epoch: str) -> None:
    """All come into the new life of the log, by themselves, each at its next try."""
    for client in clients:
        await client.wait_until(lambda one: one.epoch not in {"", epoch}, LONGEST_PAUSE + 20)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_was_there_is_kept_and_can_come_back(tmp_path: Path, kind: Kind) -> None:
    stage = new_stage(kind)
    server = Daphne(stage.database_url)  # not started
    file = tmp_path / "first.backup"
    server.manage("backup", str(file))
    execute(stage.database_url, "UPDATE people_user SET name = 'Late'")
    server.manage("restore", str(file), "--no-input")
    assert names(stage.database_url) != {"Late"}
    (kept,) = tmp_path.glob("before-restore-*")
    assert kept.stat().st_mode & 0o777 == file.stat().st_mode & 0o777 == 0o600
    server.manage("restore", str(kept), "--no-input", "--no-copy")
    assert names(stage.database_url) == {"Late"}
    assert sorted(tmp_path.iterdir()) == sorted([file, kept]), "nothing else is left lying about"


def names(database_url: str) -> set[str]:
    return {row[0] for row in execute(database_url, "SELECT name FROM people_user")}
