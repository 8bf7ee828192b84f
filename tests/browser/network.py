"""A network between a browser and a server that a test can spoil: one that refuses sockets, one that is down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Network:
    """Passes bytes on, as a hospital's proxy does. Pages come from `url`."""

    def __init__(self, server_url: str, *, sockets: bool) -> None:
        parts = urlsplit(server_url)
        assert parts.hostname
        assert parts.port
        self._host, self._port = parts.hostname, parts.port
        self.sockets = sockets
        """Whether a request to upgrade to a WebSocket is passed on."""
        self.refused = 0
        """How many such requests were refused."""
        self.url = ""
        self._open: set[asyncio.StreamWriter] = set()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the browser; its first request says what it is for."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"upgrade: websocket" in head.lower() and not self.sockets:
                self.refused += 1
                writer.write(REFUSAL)
                await writer.drain()
                return
            inward, outward = await asyncio.open_connection(self._host, self._port)
            outward.write(head)
            self._open |= {writer, outward}
            await asyncio.gather(_copy(reader, outward), _copy(inward, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    def cut(self) -> None:
        """Break every connection that is open, in the middle of whatever it carries."""
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def network(server_url: str, *, sockets: bool = True) -> AsyncIterator[Network]:
    """A network in front of a server, with an address of its own."""
    between = Network(server_url, sockets=sockets)
    listening = await asyncio.start_server(between.pass_on, "127.0.0.1", 0)
    between.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield between
    finally:
        listening.close()
        between.cut()
