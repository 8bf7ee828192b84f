"""A TCP proxy that fails as networks do: it refuses or swallows WebSocket handshakes, cuts lines, stands still."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import urlsplit

type Upgrades = Literal["pass", "refuse", "hang"]

REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """Stands between clients and servers: the first, or the next one if that takes no connections.

    What it does may be changed while lines are open.
    `upgrades`: what becomes of WebSocket handshakes. `cut_after`: seconds until a WebSocket is cut, None for never.
    `cut_idle`: the same, counted from the last byte in either direction. `gone`: no new line comes through.
    """

    def __init__(self, *server_urls: str) -> None:
        self.url = ""
        self.upgrades: Upgrades = "pass"
        self.cut_after: float | None = None
        self.cut_idle: float | None = None
        self.gone = False
        self.handshakes = self.cuts = self.refused = 0
        self.servers = [urlsplit(url) for url in server_urls]
        self._flows = asyncio.Event()
        self._flows.set()
        self._dead: set[asyncio.StreamWriter] = set()
        self._lines: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def pause(self) -> None:
        """Let nothing through, in either direction, and say nothing about it."""
        self._flows.clear()

    def resume(self) -> None:
        """Let all through again, and what was held back first."""
        self._flows.set()

    def freeze(self) -> int:
        """Let nothing more through on the lines that are open, for ever, and say nothing; new lines work.

        Gives how many ends that stops.
        """
        before = len(self._dead)
        self._dead |= self._lines
        return len(self._dead) - before

    def cut(self) -> int:
        """Break all lines at once, without goodbye; gives how many ends."""
        self.cuts += len(self._lines)
        for writer in self._lines:
            writer.transport.abort()
        return len(self._lines)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._lines.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._carry(reader, writer)
        finally:
            self._tasks.discard(task)
            self._lines.discard(writer)
            self._dead.discard(writer)
            writer.transport.abort()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if not self.gone:
            for server in self.servers:
                with contextlib.suppress(OSError):
                    return await asyncio.open_connection(server.hostname, server.port)
        self.refused += 1
        raise ConnectionRefusedError

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await self._reach()
        self._lines.add(back)
        try:
            async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as both:
                both.create_task(self._forward(reader, back, writer, limit))
                both.create_task(self._pump(there, writer, limit))
        except* TimeoutError:
            self.cuts += 1
        finally:
            self._lines.discard(back)
            self._dead.discard(back)
            back.transport.abort()

    async def _forward(
        self,
        reader: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        writer: asyncio.StreamWriter,
        limit: asyncio.Timeout,
    ) -> None:
        """Carry requests to the server, watching for a handshake: it may come on a line that was used before."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            upgrade = False
            while not upgrade:
                head = await reader.readuntil(b"\r\n\r\n")
                upgrade = b"\r\nupgrade: websocket" in head.lower()
                if upgrade and not await self._may_upgrade(reader, writer):
                    break
                await self._through(back)
                back.write(head)
                if length := re.search(rb"content-length: *(\d+)", head.lower()):
                    back.write(await reader.readexactly(int(length[1])))
            else:
                if self.cut_after is not None:
                    limit.reschedule(asyncio.get_running_loop().time() + self.cut_after)
                self._not_idle(limit, starts=True)
                await self._pump(reader, back, limit)
        back.transport.abort()

    async def _may_upgrade(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.handshakes += 1
        if self.upgrades == "refuse":
            writer.write(REFUSAL)
            await writer.drain()
        elif self.upgrades == "hang":
            await reader.read()  # until the client gives up
        return self.upgrades == "pass"

    async def _through(self, target: asyncio.StreamWriter) -> None:
        """Wait until something may pass; for ever on a line that was frozen."""
        await self._flows.wait()
        if target in self._dead:
            await asyncio.Event().wait()

    def _not_idle(self, limit: asyncio.Timeout, *, starts: bool = False) -> None:
        if self.cut_idle is not None and (starts or limit.when() is not None) and not limit.expired():
            limit.reschedule(asyncio.get_running_loop().time() + self.cut_idle)

    async def _pump(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, limit: asyncio.Timeout
    ) -> None:
        try:
            while some := await source.read(65_536):
                await self._through(target)
                target.write(some)
                await target.drain()
                self._not_idle(limit)
        except OSError:  # a process that died with something unread
            if target not in self._dead:
                target.transport.abort()
        else:
            if target not in self._dead:
                target.close()


@asynccontextmanager
async def proxy(*server_urls: str) -> AsyncIterator[Proxy]:
    """Run a proxy before servers."""
    carrying = Proxy(*server_urls)
    listening = await asyncio.start_server(carrying.serve, "127.0.0.1", 0)
    carrying.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield carrying
    finally:
        listening.close()
        for task in list(carrying._tasks):
            task.cancel()
        await asyncio.gather(*carrying._tasks, return_exceptions=True)
