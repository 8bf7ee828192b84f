"""Frames written straight to the server's socket: the one place that knows how Daphne writes.

Daphne's public way costs five times as much for each frame: a coroutine, a look-up, autobahn's framing and Twisted's
buffer, for every socket anew. A frame that goes to a thousand people is built once here and handed to the kernel.
That is right only while nothing of this socket waits in Twisted's buffers, so each write looks first: a write right
after the handshake would overtake its answer. What the kernel doesn't take goes into Twisted's buffer, in order.

Nothing of this is promised by Daphne, autobahn or Twisted. So `works()` tries it out at the start, on a socket pair
and against autobahn's own framing, and every socket is looked at when it opens. Where anything is not as expected
(TLS, compression, another server, a new release) there is no `Line`, and the public `send()` is used.
"""

from __future__ import annotations

import functools
import logging
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

from realtime import ear
from realtime.ear import OPEN
from realtime.metrics import DIRECT_WRITES
from realtime.wire import frame_of

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

MOST_WRAPS = 8


class Line:
    """The way to one socket, and from it."""

    __slots__ = ("_ear", "_protocol", "_send", "_transport")

    def __init__(self, protocol: Any, transport: Any) -> None:
        self._protocol, self._transport = protocol, transport
        self._ear: ear.Ear | None = None
        self._send: Callable[[bytes], int] = transport.socket.send

    def write(self, frame: bytes) -> int:
        """Write a frame. Never waits; gives how many bytes of this socket now wait unsent."""
        transport = self._transport
        if self._protocol.state != OPEN:
            return 0
        if transport._tempDataLen or transport.dataBuffer:  # noqa: SLF001 (see the module's docstring)
            transport.write(frame)
            return self.unsent()
        try:
            sent = self._send(frame)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            return 0  # broken: the server notices at its next read
        if sent == len(frame):
            return 0
        # Not `transport.write(frame[sent:])`: a thousand copies of a large frame would be a thousand times its size.
        transport.dataBuffer, transport.offset = frame, sent
        transport.startWriting()
        return len(frame) - sent

    def listen(self, hear: Callable[[str], None]) -> None:
        """Have messages brought straight here, as far as that is possible; the others come as ever."""
        if ear.as_expected(self._protocol):
            self._ear = ear.Ear(self._protocol, hear)

    def end(self) -> None:
        """Let go of the socket."""
        if self._ear is not None:
            self._ear.stop()
            self._ear = None

    def unsent(self) -> int:
        """Count the bytes that this socket has not taken yet."""
        return _unsent_in(self._transport)


def line_of(send: Any) -> Line | None:
    """Find the line behind an ASGI `send`, or None if it has to be used itself."""
    if not works():
        return None
    try:
        protocol = _protocol_behind(send)
        transport = protocol.transport
        if _as_expected(protocol, transport):
            return Line(protocol, transport)
    except AttributeError:
        pass
    return None


def unsent_behind(send: Any) -> Callable[[], int] | None:
    """Find what counts the bytes that wait behind a `send` that has to be used itself; None where that can't be seen.

    This only looks, so it is done where writing isn't safe (TLS, compression) or not wanted: whoever doesn't read must
    be noticed there as well, and only Twisted's buffer grows with it.
    """
    try:
        transport = _protocol_behind(send).transport
        while hasattr(transport, "wrappedProtocol"):  # TLS: what waits is encrypted already
            transport = transport.transport
        if isinstance(transport.dataBuffer, bytes) and _unsent_in(transport) >= 0:
            return functools.partial(_unsent_in, transport)
    except (AttributeError, TypeError):
        pass
    return None


def _unsent_in(transport: Any) -> int:
    return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)  # noqa: SLF001 (as above)


def _protocol_behind(send: Any) -> Any:
    """Unwrap what middleware put around Daphne's `send`, down to the connection."""
    for _wrap in range(MOST_WRAPS):
        if isinstance(send, functools.partial):
            return send.args[0]
        send = send.__self__.real_send
    raise AttributeError("wrapped too often")


def _as_expected(protocol: Any, transport: Any) -> bool:
    from daphne.ws_protocol import WebSocketProtocol  # noqa: PLC0415 (only under Daphne)
    from twisted.internet import tcp, unix  # noqa: PLC0415 (as above)

    return (
        isinstance(protocol, WebSocketProtocol)
        and protocol.state == OPEN
        and type(transport) in (tcp.Server, unix.Server)
        and not transport.TLS
        and protocol._perMessageCompress is None  # noqa: SLF001 (as above)
        and not protocol.send_queue
        and protocol.websocket_version > 0
        and isinstance(transport._tempDataLen, int)  # noqa: SLF001 (as above)
        and isinstance(transport.dataBuffer, bytes)
    )


@functools.cache
def works() -> bool:
    """Try out, once, whether this server is as expected here. `DIRECT_WRITES=0` says not to."""
    tried = "off"
    if os.environ.get("DIRECT_WRITES", "1") != "0" and "daphne.server" in sys.modules:
        try:
            _try_framing()
            _try_writing()
            tried = "on"
        except Exception:  # whatever it is: the public way is always right
            logger.exception("direct.not_possible")
    DIRECT_WRITES.set(tried == "on")
    logger.info("direct.%s", tried)
    return tried == "on"


class _Unexpected(Exception):
    """The server's parts don't do what this module was written for."""


def _must(true: Any) -> None:
    if not true:
        raise _Unexpected


def _try_framing() -> None:
    """See that autobahn, with its connection open, writes the same bytes as a server, and as a client what we read."""
    from autobahn.twisted import websocket  # noqa: PLC0415 (only under Daphne)
    from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol  # noqa: PLC0415 (as above)

    _must(WebSocketProtocol.STATE_OPEN == OPEN)
    server = _framed_by(WebSocketProtocol(), WebSocketFactory(None))
    asking = websocket.WebSocketClientFactory()  # type: ignore[no-untyped-call]  # autobahn has no types
    client = _framed_by(websocket.WebSocketClientProtocol(), asking)
    for size in (0, 1, 125, 126, 65_535, 65_536):
        text = "ŵ" * (size // 2) + "x" * (size % 2)
        _must(server(text.encode()) == frame_of(text.encode()))
        sent = client(text.encode())
        read = ear.text_in(b"--" + sent + b"more", 2)
        _must(read == ((text, 2 + len(sent)) if size < 65_536 else None))
        _must(ear.text_in(sent[:-1], 0) is None)


def _framed_by(protocol: Any, factory: Any) -> Callable[[bytes], bytes]:
    from autobahn.websocket.protocol import TrafficStats  # noqa: PLC0415 (only under Daphne)

    protocol.factory, protocol.state = factory, OPEN
    protocol.trafficStats = TrafficStats()  # type: ignore[no-untyped-call]  # as above
    for setting in protocol.CONFIG_ATTRS:
        setattr(protocol, setting, getattr(factory, setting))
    sent: list[bytes] = []
    protocol.sendData = lambda data, *_sync: sent.append(data)

    def framed(payload: bytes) -> bytes:
        protocol.sendFrame(opcode=1, payload=payload)
        return sent.pop()

    return framed


class _NoReactor:
    """Stands in for Twisted's reactor while writing is tried out."""

    def addWriter(self, _transport: Any) -> None:  # noqa: N802 (Twisted's names)
        """Would say when there is room again."""

    removeWriter = addReader = removeReader = addWriter  # noqa: N815 (as above)


def _try_writing() -> None:
    """Fill a real socket until the kernel takes no more, drain it as Twisted would, and compare every byte."""
    from twisted.internet import tcp  # noqa: PLC0415 (only under Daphne)

    class Open:
        state = OPEN

    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(0)
        transport = tcp.Connection(ours, None, _NoReactor())  # type: ignore[arg-type]  # has what is needed
        transport.connected = 1
        line = Line(Open(), transport)
        frames = [frame_of(b"%d" % n * 50_000) for n in range(30)]
        waiting = [line.write(frame) for frame in frames]
        _must(waiting[0] == 0 and waiting[-1] > 0 and line.unsent() == waiting[-1])
        got = b""
        for _turn in range(1000):
            try:
                got += theirs.recv(1 << 20)
            except BlockingIOError:
                _must(transport.doWrite() is None)  # type: ignore[no-untyped-call]  # Twisted's
            if not line.unsent() and len(got) == sum(map(len, frames)):
                break
        _must(got == b"".join(frames) and line.write(b"") == 0)
