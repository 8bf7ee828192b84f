"""Turns away handshakes whose headers Daphne stumbles over: to it they are errors of the server (500, a traceback)."""

from __future__ import annotations

import functools
from typing import Any

from autobahn.websocket.types import ConnectionDeny
from daphne.ws_protocol import WebSocketProtocol


def install() -> None:
    """Look at headers before Daphne does. Only after Daphne has made its event loop."""
    plain = WebSocketProtocol.onConnect

    @functools.wraps(plain)
    def looking_first(self: Any, request: Any) -> Any:
        names = "".join(request.headers)
        if not (names + request.headers.get("sec-websocket-protocol", "")).isascii():
            raise ConnectionDeny(400, "Bad Request")  # type: ignore[no-untyped-call]
        return plain(self, request)

    WebSocketProtocol.onConnect = looking_first
