"""Clients that don't read, and clients that send far too much."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
from urllib.parse import urlsplit

import aiohttp
import orjson
from yarl import URL

from realtime.client_view import View
from tests.chaos import boards
from tests.chaos.crowd import Person
from tests.chaos.fault import Fault, must
from tests.chaos.play import Play
from tests.chaos.scenery import PRIVATE, SHARED

READERS = 3
MOST_MEMORY = 40_000_000


class Deaf:
    """A socket that is opened and then not read, with as little buffer as the system allows."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def open(self, server_url: str) -> None:
        """Open it, straight to a server."""
        address = urlsplit(server_url)
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, (address.hostname, address.port))
        self.reader, self.writer = await asyncio.open_connection(sock=line, limit=4096)
        path = self.person.paths.socket
        cookies = self.person.session.cookie_jar.filter_cookies(URL(server_url + path))
        lines = [
            f"GET {path}?format=html HTTP/1.1",
            f"Host: {address.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            f"Origin: {server_url}",
            "Cookie: " + "; ".join(f"{one.key}={one.value}" for one in cookies.values()),
        ]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head

    def unread(self) -> int:
        """How many bytes the system holds for it at the server's end."""
        here, there = (self.writer.get_extra_info(name)[1] for name in ("sockname", "peername"))
        with open("/proc/net/tcp", encoding="ascii") as lines:  # noqa: PTH123
            for line in lines:
                fields = line.split()
                if fields[1].endswith(f":{there:04X}") and fields[2].endswith(f":{here:04X}"):
                    return int(fields[4].partition(":")[0], 16)
        return 0

    async def read_on(self, view: View, until_seq: int) -> int | None:
        """Read again, all that comes, until the view is there; the close code if it was closed instead."""
        while view.seq < until_seq:
            kind, payload = await self._frame()
            if kind == 8:
                return int(struct.unpack("!H", payload[:2])[0]) if payload else 1005
            if kind == 1:
                message = orjson.loads(payload)
                if "full" in message:
                    view.replace(message)
                elif "hello" not in message:
                    must("reset" not in message and view.take(message) != "gap", "a gap on a slow line")
        return None

    async def _frame(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        length = second & 127
        if length == 126:
            (length,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 15, await self.reader.readexactly(length)


class SlowReaders(Fault):
    """Some sockets are open and don't read, while everybody writes and all the others see it at once."""

    name = "slow-readers"
    moments = False
    scenes = (SHARED,)

    async def blow(self, play: Play) -> None:
        server = play.lab.servers[0]
        self.memory = _memory(server.pid)
        self.deaf = [Deaf(await play.crowd.enter(f"Slow {place}", 1)) for place in range(READERS)]
        for one in self.deaf:
            play.crowd.people.append(one.person)
            await one.open(server.url)

    async def mend(self, play: Play) -> str:
        await asyncio.gather(*(one.act(30, SHARED, lambda: False) for one in play.crowd.people))
        await play.crowd.settle()
        for _ in range(5):  # the whole board goes and comes: far more than the system's own buffers hold
            await play.lead("show.go", activity=PRIVATE)
            await asyncio.sleep(1.1)
            await play.lead("step.open", activity=SHARED)
            await asyncio.sleep(1.1)
        unread = [one.unread() for one in self.deaf]
        must(min(unread) > 100_000, f"only {unread} bytes were unread")
        grown = _memory(play.lab.servers[0].pid) - self.memory
        must(grown < MOST_MEMORY, f"the server grew by {grown} bytes")
        codes = [await self._read_on(play, one) for one in self.deaf]
        return f"{min(unread) / 1e6:.1f} MB unread on each of {READERS} lines, then read on or closed ({codes}); server grew {grown / 1e6:.1f} MB"

    async def _read_on(self, play: Play, deaf: Deaf) -> int | None:
        """Let it read again until it shows what a fresh page does; the code if it was closed instead."""
        view, until = View(), asyncio.get_running_loop().time() + 20
        while True:
            there = await boards.fresh(deaf.person)
            assert there is not None
            async with asyncio.timeout(30):
                code = await deaf.read_on(view, there.seq)
            same = view.lists.get("ideas") == there.lists.get("ideas")
            if code or same or asyncio.get_running_loop().time() > until:
                break
            await asyncio.sleep(0.2)  # one process may be a moment ahead of the other
        if not (code or same):
            play.result.found.diverged.append(f"{deaf.person.name} read on and saw something else")
        deaf.writer.close()
        return code


def _memory(pid: int) -> int:
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:  # noqa: PTH123
        return int(statm.read().split()[1]) * 4096


class Flood(Fault):
    """One person sends messages, pings and connections without end; the others don't notice."""

    name = "flood"
    moments = False
    gap = 0.05

    async def blow(self, play: Play) -> None:
        self.flooder = await play.crowd.enter("Flooder", 1)
        play.crowd.guests.append(self.flooder)

    async def mend(self, play: Play) -> str:
        messages, pings, lines = await asyncio.gather(
            self._messages(), self._pings(), self._connections(play)
        )
        must(4429 in messages, f"the flood was closed with {messages}")
        return f"messages closed with {messages}, {pings} pings, {lines} connections"

    async def _open(self) -> aiohttp.ClientWebSocketResponse:
        paths = self.flooder.paths
        return await self.flooder.session.ws_connect(
            paths.base_url + paths.socket, headers={"Origin": paths.base_url}, max_msg_size=0
        )

    async def _messages(self) -> list[int | None]:
        codes = []
        for _ in range(2):
            async with await self._open() as line:
                try:
                    for number in range(3000):
                        await line.send_str(f'{{"op":"flood-{number:06}","do":"dot.place"}}')
                    async with asyncio.timeout(30):
                        async for _message in line:
                            pass
                except (ConnectionError, aiohttp.ClientError):
                    async for _message in line:
                        pass
                codes.append(line.close_code)
        return codes

    async def _pings(self) -> int:
        async with await self._open() as line:
            for _ in range(2000):
                await line.ping(b"flood")
        return 2000

    async def _connections(self, play: Play) -> int:
        number = 40 if play.size.quick else 200
        opened = [await self._open() for _ in range(number)]
        for line in opened:
            await line.close()
        return len(opened)


FAULTS: tuple[type[Fault], ...] = (SlowReaders, Flood)
