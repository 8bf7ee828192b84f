"""What comes into the server before any of our pages is asked: long bodies, bodies in pieces, far too long ones."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from daphne import http_protocol
from twisted.internet.testing import StringTransport
from twisted.web import http

from lab_workspace import daphne_mended
from tests.daphne import Daphne, fresh_database

FORM = b"application/x-www-form-urlencoded"
PARTS = b"multipart/form-data; boundary=xx"
BODIES = {
    FORM: b"a=%41&b=2",
    PARTS: b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--xx--\r\n',
}


class Server:
    """What Daphne's protocol asks of its server, as far as that an application is made for a request."""

    def __init__(self) -> None:
        self.proxy_forwarded_address_header = None
        self.root_path = ""
        self.request_buffer_size = 8192
        self.asked: list[Any] = []
        self.queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def protocol_connected(self, protocol: Any) -> None: ...

    def protocol_disconnected(self, protocol: Any) -> None: ...

    def create_application(self, request: Any, scope: dict[str, Any]) -> Any:
        self.asked.append(request)
        return self.queue


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(http_protocol, "WebRequest", daphne_mended.Request)
    monkeypatch.setattr(http, "parse_qs", daphne_mended._no_arguments)
    return Server()


def sent(server: Server, *pieces: bytes) -> Any:
    transport = StringTransport()  # type: ignore[no-untyped-call]
    factory = SimpleNamespace(server=server)
    channel: Any = http.HTTPChannel()  # type: ignore[no-untyped-call]
    channel.factory, channel.requestFactory, channel.timeOut = factory, http_protocol.WebRequest, None
    channel.makeConnection(transport)
    for piece in pieces:
        channel.dataReceived(piece)
    channel.connectionLost(None)
    return transport


def head(kind: bytes, how: bytes) -> bytes:
    return b"POST /join/?code=%%41 HTTP/1.1\r\nHost: x\r\nContent-Type: %b\r\n%b\r\n\r\n" % (kind, how)


@pytest.mark.parametrize("kind", BODIES)
def test_nobody_reads_a_form_before_django(server: Server, kind: bytes) -> None:
    body = BODIES[kind]
    sent(server, head(kind, b"Content-Length: %d" % len(body)), body)
    (request,) = server.asked
    assert request.args == {}
    assert request.query_string == b"code=%41"
    assert server.queue.get_nowait()["body"] == body


@pytest.mark.parametrize("in_pieces", [False, True])
def test_far_too_much_is_refused_before_it_is_kept_and_never_served_in_part(
    server: Server, in_pieces: bool
) -> None:
    piece, times = b"x" * 500_000, 8
    how = b"Transfer-Encoding: chunked" if in_pieces else b"Content-Length: %d" % (len(piece) * times)
    framed = b"%x\r\n%b\r\n" % (len(piece), piece) if in_pieces else piece
    transport = sent(server, head(FORM, how), *[framed] * times, b"0\r\n\r\n" if in_pieces else b"")
    assert transport.value().count(b"HTTP/1.1 413 ") == 1
    assert transport.disconnecting
    assert not server.asked


async def test_forms_of_any_length_that_fits_work_in_one_piece_or_many() -> None:
    server = await asyncio.to_thread(lambda: Daphne(fresh_database("sqlite")))
    await asyncio.to_thread(server.start)
    try:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            page = f"{server.url}/accounts/login/"
            async with session.get(page) as answer:
                token = answer.cookies["csrftoken"].value
            for words in ("no address", "no address " + "at all " * 150_000 + "!"):
                body = f"csrfmiddlewaretoken={token}&email={words}".encode()
                for data in (io.BytesIO(body), pieces(body)):
                    headers = {"Content-Type": FORM.decode(), "Origin": server.url}
                    async with session.post(page, data=data, headers=headers) as answer:
                        assert answer.status == 200
                        assert f'value="{words}"' in await answer.text()
    finally:
        await asyncio.to_thread(server.stop)
    assert "Traceback" not in server.log


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 100_000):
        yield body[start : start + 100_000]
