"""The direct way to and from a socket: every byte in order, whatever the network takes, and nothing where it can't be."""

from __future__ import annotations

import os
import random
import socket
import struct
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet import tcp

from realtime import ear
from realtime.direct import Line, _NoReactor, line_of, unsent_behind
from realtime.wire import frame_of

CONNECTING, OPEN, CLOSING = 1, 3, 2


class Connection:
    """What Daphne has of one open socket, with nobody but the test to move its bytes."""

    def __init__(self) -> None:
        ours, self.theirs = socket.socketpair()
        self.theirs.setblocking(False)
        self.transport = tcp.Connection(ours, None, _NoReactor())  # type: ignore[arg-type]
        self.transport.connected = 1
        self.protocol = SimpleNamespace(state=OPEN, transport=self.transport)
        self.line = Line(self.protocol, self.transport)
        self.came = b""

    def read(self) -> None:
        """Read as a client does, and let the server's loop write what waits, until nothing does."""
        while True:
            try:
                self.came += self.theirs.recv(1 << 16)
            except BlockingIOError:
                if not self.line.unsent():
                    return
                self.transport.doWrite()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        self.theirs.close()
        self.transport.socket.close()


@pytest.fixture
def connection() -> Iterator[Connection]:
    connection = Connection()
    yield connection
    connection.close()


def test_what_the_network_does_not_take_follows_in_order(connection: Connection) -> None:
    dice, sent = random.Random(1), b""
    for _round in range(12):
        for _n in range(dice.randrange(40)):
            frame = frame_of(os.urandom(dice.choice([10, 400, 70_000])))
            if dice.random() < 0.3:
                connection.transport.write(frame)  # type: ignore[no-untyped-call] # a ping, say, that goes the server's own way
            else:
                connection.line.write(frame)
            sent += frame
        if dice.random() < 0.5:
            connection.read()
    connection.read()
    assert connection.came == sent


def test_who_does_not_read_is_told_in_bytes_and_costs_one_frame_not_copies(connection: Connection) -> None:
    frame = frame_of(b"x" * 5_000_000)
    waiting = connection.line.write(frame)
    assert 0 < waiting < 5_000_000
    assert connection.transport.dataBuffer is frame
    assert connection.line.write(frame_of(b"more")) == waiting + 6 == connection.line.unsent()


def test_nothing_is_written_before_the_handshake_ended_or_after_the_closing_began(
    connection: Connection,
) -> None:
    for state in (CONNECTING, CLOSING):
        connection.protocol.state = state
        assert connection.line.write(frame_of(b"too early, too late")) == 0
    connection.protocol.state = OPEN
    connection.transport.write(b"HTTP/1.1 101")  # type: ignore[no-untyped-call] # waits in the server's buffer for its loop
    connection.line.write(frame_of(b"hello"))
    connection.read()
    assert connection.came == b"HTTP/1.1 101" + frame_of(b"hello")


def test_a_socket_that_is_gone_is_no_error(connection: Connection) -> None:
    connection.theirs.close()
    for _n in range(3):
        assert connection.line.write(frame_of(b"into the void")) == 0
    connection.transport.socket.close()
    assert connection.line.write(frame_of(b"into nothing")) == 0


def test_where_the_server_is_another_there_is_no_line() -> None:
    async def send(_message: dict[str, Any]) -> None: ...

    assert line_of(send) is None
    stranger: Any = SimpleNamespace(transport=object(), state=OPEN)
    assert line_of(partial(send, stranger)) is None


@pytest.mark.parametrize("wraps", [0, 1])
def test_what_waits_on_the_public_way_is_seen_through_tls_as_well(connection: Connection, wraps: int) -> None:
    transport: Any = connection.transport
    for _wrap in range(wraps):
        transport = SimpleNamespace(transport=transport, wrappedProtocol=connection.protocol)
    connection.protocol.transport = transport

    async def send(_protocol: Any, _message: dict[str, Any]) -> None: ...

    unsent = unsent_behind(partial(send, connection.protocol))
    assert unsent is not None
    assert unsent() == 0
    connection.transport.write(b"x" * 1_000_000)  # type: ignore[no-untyped-call]
    assert unsent() == 1_000_000
    connection.transport.doWrite()  # type: ignore[no-untyped-call]
    assert 0 < unsent() < 1_000_000
    connection.read()
    assert unsent() == 0


def test_what_waits_behind_another_server_is_not_guessed() -> None:
    async def send(*_message: Any) -> None: ...

    for transport in (object(), SimpleNamespace(dataBuffer=[b"x"], offset=0, _tempDataLen=0)):
        assert unsent_behind(partial(send, SimpleNamespace(transport=transport))) is None
    assert unsent_behind(send) is None


class Server:
    """What autobahn and Daphne hold of a connection that listens, as far as an ear looks."""

    def __init__(self) -> None:
        self.state, self.data, self.current_frame, self.inside_message = OPEN, b"", None, False
        self.autoPingTimeoutCall: Any = None
        self.muted, self.last_ping = False, 0.0
        self.waiting = False
        self.application_queue = SimpleNamespace(empty=lambda: not self.waiting)
        self.heard: list[str | bytes] = []
        self.dataReceived: Any = self.slowly
        assert ear.as_expected(self)
        self.ear = ear.Ear(self, self.heard.append)

    def slowly(self, data: bytes) -> None:
        self.heard.append(data)


def masked(payload: bytes, head: int = 0x81) -> bytes:
    mask, size = os.urandom(4), len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
    return bytes([head]) + length + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def test_whole_texts_are_heard_at_once_and_all_else_is_left_to_the_server() -> None:
    server = Server()
    server.dataReceived(masked(b"one") + masked("zwölf €".encode() * 40) + masked(b""))
    assert server.heard == ["one", "zwölf €" * 40, ""]
    assert server.last_ping > 0
    for other in (
        masked(b"ping", 0x89),
        masked(b"binary", 0x82),
        masked(b"a piece", 0x01),
        masked(b"compressed", 0xC1),
        masked(b"\xff\xfe"),
        masked(b"cut off")[:-2],
        b"\x81\x03abc",
        b"\x81",
    ):
        server.heard.clear()
        server.dataReceived(masked(b"first") + other)
        assert server.heard == ["first", other]


def test_nothing_overtakes_what_the_server_has_in_hand() -> None:
    frame = masked(b"later")
    for name, value in {
        "data": b"\x81",
        "current_frame": object(),
        "inside_message": True,
        "autoPingTimeoutCall": object(),
        "waiting": True,
        "state": CLOSING,
        "muted": True,
    }.items():
        server = Server()
        setattr(server, name, value)
        server.dataReceived(frame)
        assert server.heard == [frame], name
    server = Server()
    server.ear.stop()
    assert "dataReceived" not in vars(server)
