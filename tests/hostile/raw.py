"""Bare TCP to a server: handshakes, frames and requests that no honest client would send."""

from __future__ import annotations

import asyncio
import base64
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from realtime.client import RoomPaths

CUT = 1006
"""What a connection that ended without a close frame counts as."""


async def exchange(port: int, data: bytes, *, seconds: float = 3) -> bytes:
    """Send bytes and give all that comes, until the server closes or falls silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    got = bytearray()
    try:
        writer.write(data)
        await writer.drain()
        async with asyncio.timeout(seconds):
            while chunk := await reader.read(65536):
                got += chunk
                if got.startswith(b"HTTP/1.1 101"):
                    break  # it opened, which is all that a handshake can tell
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return bytes(got)


def status_of(answer: bytes) -> int | None:
    """Give the status of the first response in these bytes; None where there is none."""
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found[1]) if found else None


def cookies_for(session: aiohttp.ClientSession, url: str) -> str:
    """Give the Cookie header that a browser would send there."""
    return "; ".join(
        f"{name}={morsel.value}" for name, morsel in session.cookie_jar.filter_cookies(URL(url)).items()
    )


def handshake(
    session: aiohttp.ClientSession,
    paths: RoomPaths,
    headers: Mapping[str, Any] | None = None,
    *,
    path: str = "",
    line: str = "",
) -> bytes:
    """Write a handshake. A header given as None is left out, one given as a list is sent several times."""
    address = path or paths.socket + "?format=json"
    all_headers: dict[str, Any] = {
        "Host": paths.base_url.partition("://")[2],
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Origin": paths.base_url,
        "Cookie": cookies_for(session, paths.base_url + paths.socket),
        **(headers or {}),
    }
    lines = [line or f"GET {address} HTTP/1.1"]
    for name, value in all_headers.items():
        values = value if isinstance(value, list) else [value]
        lines += [f"{name}: {one}" for one in values if one is not None]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


def frame(
    data: bytes = b"",
    *,
    op: int = 1,
    fin: bool = True,
    rsv: int = 0,
    mask: bool = True,
    length: int | None = None,
) -> bytes:
    """Write one WebSocket frame, right or wrong. `length` lies about it."""
    told = len(data) if length is None else length
    head = bytes([(0x80 if fin else 0) | (rsv << 4) | op])
    marked = 0x80 if mask else 0
    if told < 126:
        head += bytes([marked | told])
    elif told < 65536:
        head += bytes([marked | 126]) + told.to_bytes(2)
    else:
        head += bytes([marked | 127]) + told.to_bytes(8)
    if not mask:
        return head + data
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(data))


@dataclass
class Heard:
    """What came over one bare socket."""

    texts: list[str] = field(default_factory=list)
    pongs: list[bytes] = field(default_factory=list)
    closed: int | None = None


async def bare_socket(
    port: int, opening: bytes, pieces: Iterable[bytes], *, until: str = "refused", seconds: float = 6
) -> Heard:
    """Open a socket, send these bytes one after another, and listen until it closes or this word comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = Heard()
    try:
        writer.write(opening)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), seconds)
        assert b" 101 " in head.split(b"\r\n")[0], head
        async with asyncio.timeout(seconds):
            await _listen(reader, heard, until='"now"')
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            await _listen(reader, heard, until=until)
    except (asyncio.IncompleteReadError, ConnectionError):
        heard.closed = heard.closed or CUT
    except TimeoutError:
        pass
    finally:
        writer.close()
    return heard


async def _listen(reader: asyncio.StreamReader, heard: Heard, *, until: str) -> None:
    while heard.closed is None:
        first, second = await reader.readexactly(2)
        length = second & 0x7F
        if length > 125:
            length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8))
        data, op = await reader.readexactly(length), first & 0x0F
        if op == 8:
            heard.closed = int.from_bytes(data[:2]) if len(data) >= 2 else 1005
        elif op == 10:
            heard.pongs.append(data)
        elif op == 1:
            heard.texts.append(data.decode())
            if until in heard.texts[-1]:
                return
