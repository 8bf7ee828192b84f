"""Restarts and hold-ups that happen to every server: a deploy, PostgreSQL restarting, SQLite locked by somebody."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from realtime.client import Ack
from tests import services
from tests.faults.cast import ADD, Cast, faults_in, sees, until, write
from tests.faults.conftest import Serve
from tests.faults.line import line
from tests.faults.stage import new_stage, stage_in
from tests.servers import Postgres


async def test_sigterm_drains_and_everybody_goes_on_with_the_next_process(serve: Serve) -> None:
    stage = new_stage("sqlite")
    server = serve(stage.database_url)
    async with Cast(stage, server.url) as cast:
        people = [await cast.join(f"P{number}") for number in range(5)]
        people.append(await cast.join("Polling", transport="poll"))
        snapshots = [one.snapshots for one in people]
        writing = [
            asyncio.create_task(write(one, f"{place}.{n} in the rush"))
            for n in range(6)
            for place, one in enumerate(people)
        ]
        await asyncio.wait(writing, return_when=asyncio.FIRST_COMPLETED)
        assert await asyncio.to_thread(server.stop) == 0
        on_line = people[:-1]
        for one in on_line:
            await one.wait_until(lambda one: one.close_codes)
        assert [one.close_codes for one in on_line] == [[4012]] * len(on_line)
        assert [one.view.notices for one in on_line] == [["restart"]] * len(on_line)
        await asyncio.to_thread(server.start)
        assert all(isinstance(answer, Ack) for answer in await asyncio.gather(*writing))
        await cast.agree(*people)
        cast.check_log()
        assert [one.snapshots for one in people] == snapshots, "they came back by number"


async def test_what_was_taken_before_sigterm_is_answered_before_the_close(serve: Serve) -> None:
    stage = new_stage("sqlite")
    server = serve(stage.database_url)
    async with Cast(stage, server.url) as cast:
        session, paths = await cast.enter("Ann")
        async with line(session, paths) as ann:
            with locked(stage.database_url) as unlock:
                ops = [await ann.command(**ADD, text=f"Taken {n}") for n in range(10)]
                await ann.text("none of the ten was answered before this one is")
                await ann.answer(None)
                assert ann.answers(ops[0]) == []
                stopping = asyncio.create_task(asyncio.to_thread(server.stop))
                await until(lambda: "drain.begun" in server.log, "the drain begins")
                unlock()
                assert await ann.code() == 4012
            assert await stopping == 0
            acks = [message["ack"] for message in ann.messages if "ack" in message]
            assert acks == ops
            assert {"notice": "restart"} in ann.messages
        assert [row.op for row in cast.log() if row.kind == "idea.added"] == ops


async def test_sqlite_locked_by_somebody_else_makes_it_late_not_lost(serve: Serve) -> None:
    stage = new_stage("sqlite")
    async with Cast(stage, serve(stage.database_url).url) as cast:
        ann, ben = await cast.join("Ann"), await cast.join("Ben")
        with locked(stage.database_url) as unlock:
            sending = asyncio.create_task(write(ann, "Late, but there"))
            done, _ = await asyncio.wait([sending], timeout=3)
            assert not done, "acknowledged, though nothing could be written"
            unlock()
        assert isinstance(await sending, Ack)
        assert ann.operations.popitem()[1].tries == 1
        await ben.wait_until(sees("Late, but there"))
        assert len(await cast.agree(ann, ben)) == 1


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that a test may restart."""
    postgres = Postgres(services.FOLDER / "postgres-of-faults")
    postgres.start()
    yield postgres
    postgres.kill()


async def test_postgresql_restarts_under_a_running_workshop(serve: Serve, own_postgres: Postgres) -> None:
    stage = stage_in(own_postgres.url)
    server = serve(stage.database_url)
    async with Cast(stage, server.url) as cast:
        people = [await cast.join(f"P{number}") for number in range(3)]
        polling = await cast.join("Polling", transport="poll")
        session, paths = await cast.enter("Ann")
        newcomer = cast.session()
        async with line(session, paths) as ann:
            assert "ack" in await ann.ask(**ADD, text="Before")
            rush = [asyncio.create_task(write(one, f"In the rush {n}")) for n in range(8) for one in people]
            await asyncio.wait(rush, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.to_thread(own_postgres.stop)
            op = await ann.command(**ADD, text="While it was away")
            assert await ann.answer(op) == {"retry": op, "after": 2}
            for path in (paths.frames, paths.socket.removeprefix("/ws"), f"/join/{stage.code}/"):
                async with (session if "join" not in path else newcomer).get(
                    cast.base_url + path
                ) as response:
                    assert response.status == 503, path
            await asyncio.to_thread(own_postgres.start)
            while "ack" not in (again := await ann.ask(**ADD, op=op, text="While it was away")):
                assert again == {"retry": op, "after": 2}
            assert all(isinstance(answer, Ack) for answer in await asyncio.gather(*rush))
            assert isinstance(await write(polling, "Polled"), Ack)
            assert ann.closed is None
        ideas = await cast.agree(*people, polling)
        assert sorted(ideas.values()).count("While it was away") == 1
        assert [one.close_codes for one in people] == [[]] * 3, "the sockets stayed"
        cast.check_log()
    assert faults_in(server.log) == []


@contextmanager
def locked(database_url: str) -> Iterator[Callable[[], object]]:
    """Hold SQLite's write lock, as a backup or another program would; call what it gives to let go."""
    holder = sqlite3.connect(
        database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
    )
    try:
        holder.execute("BEGIN IMMEDIATE")
        yield lambda: holder.execute("ROLLBACK")
    finally:
        holder.close()
