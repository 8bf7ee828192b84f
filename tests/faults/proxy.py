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
    """Stands between clients and one server. What it does may be changed while lines are open.

    `upgrades`: what becomes of WebSocket handshakes. `cut_after`: seconds until a WebSocket is cut, None for never.
    """

    def __init__(self, server_url: str) -> None:
        self.url = ""
        self.upgrades: Upgrades = "pass"
        self.cut_after: float | None = None
        self.handshakes = 0
        self._server = urlsplit(server_url)
        self._flows = asyncio.Event()
        self._flows.set()
        self._lines: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def pause(self) -> None:
        """Let nothing through, in either direction, and say nothing about it."""
        self._flows.clear()

    def resume(self) -> None:
        """Let all through again, and what was held back first."""
        self._flows.set()

    def cut(self) -> None:
        """Break all lines at once, without goodbye."""
        for writer in self._lines:
            writer.transport.abort()

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
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._server.hostname, self._server.port)
        self._lines.add(back)
        try:
            async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as both:
                both.create_task(self._forward(reader, back, writer, limit))
                both.create_task(self._pump(there, writer))
        except* TimeoutError:
            pass
        finally:
            self._lines.discard(back)
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
                await self._flows.wait()
                back.write(head)
                if length := re.search(rb"content-length: *(\d+)", head.lower()):
                    back.write(await reader.readexactly(int(length[1])))
            else:
                if self.cut_after is not None:
                    limit.reschedule(asyncio.get_running_loop().time() + self.cut_after)
                await self._pump(reader, back)
        back.transport.abort()

    async def _may_upgrade(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.handshakes += 1
        if self.upgrades == "refuse":
            writer.write(REFUSAL)
            await writer.drain()
        elif self.upgrades == "hang":
            await reader.read()  # until the client gives up
        return self.upgrades == "pass"

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while some := await source.read(65_536):
                await self._flows.wait()
                target.write(some)
                await target.drain()
            target.close()


@asynccontextmanager
async def proxy(server_url: str) -> AsyncIterator[Proxy]:
    """Run a proxy before a server."""
    carrying = Proxy(server_url)
    listening = await asyncio.start_server(carrying.serve, "127.0.0.1", 0)
    carrying.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield carrying
    finally:
        listening.close()
        for task in list(carrying._tasks):
            task.cancel()
        await asyncio.gather(*carrying._tasks, return_exceptions=True)
