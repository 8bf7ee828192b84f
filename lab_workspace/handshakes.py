"""What is done better than by Daphne's parts when a socket opens.

Handshakes whose headers Daphne stumbles over are turned away: to it they are errors of the server (500, a traceback).
And autobahn no longer describes every connection at length for debug lines that nobody reads, which was a third of
the work when a crowd comes in.
"""

from __future__ import annotations

import functools
from typing import Any

from autobahn.twisted import websocket
from autobahn.websocket import protocol
from autobahn.websocket.types import ConnectionDeny
from daphne.ws_protocol import WebSocketProtocol


def install() -> None:
    """Put both in place. Only after Daphne has made its event loop."""
    _describe_nothing()
    plain = WebSocketProtocol.onConnect

    @functools.wraps(plain)
    def looking_first(self: Any, request: Any) -> Any:
        names = "".join(request.headers)
        if not (names + request.headers.get("sec-websocket-protocol", "")).isascii():
            raise ConnectionDeny(400, "Bad Request")  # type: ignore[no-untyped-call]
        return plain(self, request)

    WebSocketProtocol.onConnect = looking_first


def _describe_nothing() -> None:
    """Leave out what autobahn writes out for its debug lines before it asks whether they are wanted."""
    for module in (protocol, websocket):
        for name in ("pformat", "hltype", "hlval"):
            if hasattr(module, name):
                setattr(module, name, _nothing)


def _nothing(_described: Any) -> str:
    return ""
