"""What is done better here than by the parts that Daphne is made of.

Handshakes whose headers Daphne stumbles over are turned away: to it they are errors of the server (500, a traceback).
autobahn no longer describes every connection at length for debug lines that nobody reads, which was a third of
the work when a crowd comes in. And Twisted no longer reads posted bodies as forms, on the event loop and before
anybody was asked, into arguments that Daphne never looks at: 30 MB of that stood every room still for seconds.
"""

from __future__ import annotations

import functools
from typing import Any

from autobahn.twisted import websocket
from autobahn.websocket import protocol
from autobahn.websocket.types import ConnectionDeny
from daphne import http_protocol
from daphne.ws_protocol import WebSocketProtocol
from twisted.web import http

MOST_BODY = 3_000_000
"""Nothing is uploaded here, and Django takes forms of 2.5 MB at most. What is longer is not even kept."""
MOST_DROPPED = 30_000_000
"""Who goes on sending after being told is hung up on."""
_SENTENCE = b"This is too long. Nothing over 3 MB is taken here."
TOO_LONG = (
    b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_SENTENCE), _SENTENCE)
)


def install() -> None:
    """Put all of it in place. Only after Daphne has made its event loop."""
    _describe_nothing()
    http.parse_qs = _no_arguments  # of addresses; Daphne takes these raw
    http_protocol.WebRequest = Request
    plain = WebSocketProtocol.onConnect

    @functools.wraps(plain)
    def looking_first(self: Any, request: Any) -> Any:
        names = "".join(request.headers)
        if not (names + request.headers.get("sec-websocket-protocol", "")).isascii():
            raise ConnectionDeny(400, "Bad Request")  # type: ignore[no-untyped-call]  # autobahn has no types
        return plain(self, request)

    WebSocketProtocol.onConnect = looking_first


class Request(http_protocol.WebRequest):
    """A request whose body is left to Django, and refused as soon as it is too long, however it is sent."""

    _came = 0

    def __init__(self, *given: Any) -> None:
        super().__init__(*given, parsePOSTFormSubmission=False)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 (Twisted's name)
        """Keep a piece of the body; once it is too long, say so and drop what still comes.

        Hung up on at once, a client that is still sending would never read the answer.
        """
        fitted = self._came <= MOST_BODY
        self._came += len(data)
        if self._came <= MOST_BODY:
            super().handleContentChunk(data)
        elif fitted:
            self.channel.write(TOO_LONG)
        elif self._came > MOST_DROPPED:
            self.channel.loseConnection()

    def requestReceived(self, *request: bytes) -> None:  # noqa: N802 (as above)
        """Go on with a request that came whole."""
        if self._came <= MOST_BODY:
            super().requestReceived(*request)
        else:
            self.channel.loseConnection()


def _no_arguments(*_given: Any) -> dict[bytes, list[bytes]]:
    return {}


def _describe_nothing() -> None:
    """Leave out what autobahn writes out for its debug lines before it asks whether they are wanted."""
    for module in (protocol, websocket):
        for name in ("pformat", "hltype", "hlval"):
            if hasattr(module, name):
                setattr(module, name, _nothing)


def _nothing(_described: Any) -> str:
    return ""
