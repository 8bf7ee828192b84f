"""What stands before Django: the addresses for machines, the id and the count of each request.

Before Django, because these must answer when it can't. A load balancer asks by IP address (no allowed host), without
TLS (else sent to https) and without a session. `/healthz` must not wait for a free thread or for the database, and
nobody wants a line in the log each second.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import prometheus_client
from django.conf import settings
from prometheus_client import Counter, Gauge, Histogram

from lab_workspace import logs
from lab_workspace.operations.readiness import Readiness, is_leaving
from lab_workspace.operations.view_names import KEY
from realtime import metrics  # noqa: F401 (so that every number is there from the start)

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]

REQUESTS = Counter("lab_http_requests", "Requests answered, by view and kind of answer.", ["view", "answer"])
REQUEST_SECONDS = Histogram(
    "lab_http_seconds",
    "From a request to the head of its answer, by view. A long poll waits on purpose.",
    ["view"],
    buckets=(0.01, 0.05, 0.25, 1.0, 5.0, 30.0),
)
DRAINING = Gauge("lab_draining", "1 once this process was told to end.")
_GOOD_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")


class Front:
    """Answers `/healthz`, `/readyz` and, for who has the token, `/metrics`; passes the rest on."""

    def __init__(self, pages: Application) -> None:
        self.pages = pages
        self.readiness = Readiness()
        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs has no types

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        scope["root_path"] = (
            ""  # Daphne takes it from a header that anybody may send; links would begin with it
        )
        path = scope["path"]
        if path == "/healthz":
            await _answer(scope, send, 200, {"status": "alive"})
        elif path == "/readyz":
            ready, report = await self.readiness.report()
            await _answer(scope, send, 200 if ready else 503, report)
        elif path == "/metrics" and settings.METRICS_TOKEN:
            await _metrics(scope, send)
        else:
            await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        mark = logs.Mark(_id_of(scope))
        begun, status = time.monotonic(), 500

        async def noting(message: dict[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                REQUEST_SECONDS.labels(scope.get(KEY, "none")).observe(time.monotonic() - begun)
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", mark.id.encode())]
            await send(message)

        before = logs.request.set(mark)
        try:
            await self.pages(scope, receive, noting)
        finally:
            REQUESTS.labels(scope.get(KEY, "none"), f"{status // 100}xx").inc()
            logs.request.reset(before)
            mark.id = ""


def _id_of(scope: Scope) -> str:
    """The id that a trusted proxy gave the request, so that both logs can be read side by side; else a new one."""
    given = _header(scope, b"x-request-id") if settings.BEHIND_PROXY else b""
    return given.decode() if _GOOD_ID.fullmatch(given) else secrets.token_hex(8)


def _header(scope: Scope, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key.lower() == name), b"")


async def _metrics(scope: Scope, send: Send) -> None:
    asked = _header(scope, b"authorization")
    if not hmac.compare_digest(asked, b"Bearer " + settings.METRICS_TOKEN.encode()):
        await _answer(scope, send, 401, {"status": "token needed"}, (b"www-authenticate", b"Bearer"))
        return
    DRAINING.set(is_leaving())
    text = await asyncio.to_thread(prometheus_client.generate_latest)
    await _send(scope, send, 200, text, (b"content-type", prometheus_client.CONTENT_TYPE_LATEST.encode()))


async def _answer(
    scope: Scope, send: Send, status: int, body: dict[str, Any], *headers: tuple[bytes, bytes]
) -> None:
    text = json.dumps(body).encode()
    await _send(scope, send, status, text, (b"content-type", b"application/json"), *headers)


async def _send(scope: Scope, send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    if scope["method"] not in {"GET", "HEAD"}:
        status, body = 405, b""
    fixed = [
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-robots-tag", b"noindex"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *fixed]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
