"""People in a room under test, and what its log must say of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

import aiohttp

from realtime.client import Ack, LiveClient, Refused, RoomPaths
from tests import kept_log
from tests.faults.stage import Stage
from workshops.crowd_trial import guest

ADD = {"do": "idea.add", "activity": "a1"}


class Cast:
    """Brings people into a stage's workshop and, at the end, lets them all go."""

    def __init__(self, stage: Stage, base_url: str) -> None:
        self.stage, self.base_url = stage, base_url
        self.clients: list[LiveClient] = []
        self._sessions: list[aiohttp.ClientSession] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self.clients:
            await client.close()
        for session in self._sessions:
            await session.close()

    def session(self) -> aiohttp.ClientSession:
        """A browser of its own."""
        session = aiohttp.ClientSession(cookie_jar=guest.cookie_jar())
        self._sessions.append(session)
        return session

    async def enter(
        self, name: str, *, at: str = "", title: str = "Here"
    ) -> tuple[aiohttp.ClientSession, RoomPaths]:
        """Come through the door as a guest, without opening a connection."""
        session = self.session()
        paths = await guest.join(session, at or self.base_url, self.stage.workshops[title]["code"], name)
        await guest.room_page(session, paths)
        return session, paths

    async def join(self, name: str, *, at: str = "", through: str = "", **options: Any) -> LiveClient:
        """Join as a guest and connect, by `through` (a proxy) if given."""
        session, paths = await self.enter(name, at=at)
        return await self.connect(session, guest.elsewhere(paths, through) if through else paths, **options)

    async def facilitate(self, *, at: str = "", **options: Any) -> LiveClient:
        """Sign in as one of the facilitators (a stage has six) and connect."""
        session = self.session()
        base = at or self.base_url
        await guest.sign_in(session, base, self.stage.next_link())
        paths = await guest.as_facilitator(session, base, self.stage.workshop)
        return await self.connect(session, paths, reader="facilitator", **options)

    async def connect(self, session: aiohttp.ClientSession, paths: RoomPaths, **options: Any) -> LiveClient:
        """Open another connection of somebody who is inside."""
        client = LiveClient(session, paths, **{"first_wait": 0.2, "longest_wait": 1.0, **options})
        self.clients.append(client)
        await client.open()
        await client.wait_until(lambda one: one.connections)
        return client

    def log(self, title: str = "Here") -> list[kept_log.Event]:
        """The log as it is now, in order. Its numbers have no gap."""
        rows = kept_log.read(self.stage.database_url, self.stage.workshops[title]["stream"])
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        return rows

    async def agree(self, *clients: LiveClient, seconds: float = 10) -> dict[str, str]:
        """All clients come to show the ideas of the log, in its order, as a fresh page does. Gives id and words."""
        added = [row for row in self.log() if row.kind == "idea.added"]
        wanted = {f"idea-{row.body['idea']}": row.private["text"] for row in added}
        for client in clients:
            fresh = LiveClient(client.session, client.paths, reader=client.reader, transport="poll")
            for one in (client, fresh):
                if one is fresh:
                    await one.open()
                try:
                    await one.wait_until(
                        lambda one: list(board(one).items()) == list(wanted.items()), seconds
                    )
                except TimeoutError:
                    assert list(board(one).items()) == list(wanted.items()), one.paths
            await fresh.close()
        return wanted

    def check_log(self, *clients: LiveClient) -> None:
        """What was acknowledged is in the log exactly once, what was refused isn't, and nothing is unknown."""
        times: dict[tuple[str, str], int] = {}
        for row in self.log():
            if row.op is not None:
                times[row.actor, row.op] = times.get((row.actor, row.op), 0) + 1
        for client in clients or self.clients:
            assert client.unknown == []
            for operation in client.operations.values():
                expected = 1 if isinstance(operation.answer, Ack) else 0
                assert times.get((client.person, operation.op), 0) == expected, operation


def board(client: LiveClient) -> dict[str, str]:
    """The ideas' ids in their order, with their words, as a client shows them."""
    return {key: client.items.get(key, {}).get("text", "missing") for key in client.lists.get("ideas", [])}


def sees(text: str) -> Callable[[LiveClient], bool]:
    """Whether an idea with these words is on somebody's screen."""
    return lambda client: text in board(client).values()


async def write(client: LiveClient, text: str, **options: Any) -> Ack | Refused:
    """Write an idea, again and again until it is answered."""
    return await client.send({**ADD, "text": text}, **options)


async def write_many(clients: Iterable[LiveClient], each: int, words: str) -> list[Ack | Refused]:
    """Everybody writes several ideas, all at the same time."""
    return await asyncio.gather(
        *(write(client, f"{words} {place}.{n}") for place, client in enumerate(clients) for n in range(each))
    )


def faults_in(log: str) -> list[str]:
    """The lines of a server's log that tell of a fault of its own."""
    words = (
        *("Internal Server Error", "Exception inside application", "took too long"),
        *("socket.failed", "room.failed", "rules_failed", "look_failed", "unreadable", "too_slow"),
    )
    return [line for line in lines_of(log) if any(word in line for word in words)]


def lines_of(log: str) -> list[str]:
    """The lines of a server's log, without asgiref's word for a client that went in mid-request."""
    return [line for line in log.splitlines() if "CurrentThreadExecutor already quit" not in line]


def wait_for(true: Callable[[], Any], what: str, seconds: float = 20) -> Any:
    """Wait, blocking, until something outside this process is so."""
    until = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < until, f"waited {seconds} s in vain: {what}"
        time.sleep(0.02)  # Nothing tells when another process is ready but asking again.
    return found


async def until(true: Callable[[], Any], what: str, seconds: float = 20) -> Any:
    """Wait until something outside this process is so."""
    return await asyncio.to_thread(wait_for, true, what, seconds)
