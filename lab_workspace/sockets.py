"""Who may open a WebSocket from where: pages of this workspace, and origins named in the settings."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

logger = logging.getLogger(__name__)
DEFAULT_PORTS = {"http": 80, "https": 443}
type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class SameOrigin:
    """Refuses a handshake whose Origin is neither this workspace's own nor in `settings.ORIGINS`.

    Browsers send cookies with a socket to any site, so without this another site could act for a visitor.
    Scheme, host and port all count. A program without a browser has to send an Origin as well.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the handshake on, or answer it with 403."""
        if _comes_from_here(scope):  # nothing of the check is kept for as long as the socket lives
            await self.application(scope, receive, send)
            return
        await receive()  # websocket.connect
        await send({"type": "websocket.close", "code": 4403})  # Before accepting: an answer of 403.


async def _nowhere(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()  # websocket.connect
    await send({"type": "websocket.close"})  # Before accepting: an answer of 403.


nowhere: Any = _nowhere
"""Answers handshakes for addresses where there is no room. Without it they would be errors of the server."""


def _comes_from_here(scope: Scope) -> bool:
    headers = {name.lower(): value.decode("latin1") for name, value in scope["headers"]}
    origin = headers.get(b"origin", "")
    ours = _is_ours(origin, headers, scope.get("scheme", "ws"))
    if not ours:
        logger.warning("Refused a socket from the origin %r", origin[:200])
    return ours


def _is_ours(origin: str, headers: dict[bytes, str], socket_scheme: str) -> bool:
    known = _parts(origin)
    if known is None:
        return False
    if any(known == _parts(other) for other in settings.ORIGINS):
        return True
    host = headers.get(b"host", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    return known == _parts(f"{_scheme(headers, socket_scheme)}://{host}")


def _scheme(headers: dict[bytes, str], socket_scheme: str) -> str:
    if settings.BEHIND_PROXY:
        return headers.get(b"x-forwarded-proto", "http").strip().lower()
    return "https" if socket_scheme == "wss" else "http"


def _parts(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin, or None for what is not one."""
    try:
        parts = urlsplit(origin.lower())
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not parts.hostname or parts.path or parts.query or parts.fragment or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port
