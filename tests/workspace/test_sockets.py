"""From where a socket may be opened."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from lab_workspace.sockets import Receive, SameOrigin, Scope, Send


async def opens(
    origin: str | None, *, host: str = "lab.example.org", scheme: str = "wss", **extra: str
) -> bool:
    reached = False

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal reached
        reached = True

    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = {"host": host, **({} if origin is None else {"origin": origin}), **extra}
    scope = {
        "type": "websocket",
        "scheme": scheme,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    await SameOrigin(application)(scope, receive, send)
    assert reached or sent[0]["type"] == "websocket.close"
    return reached


@pytest.fixture(autouse=True)
def _hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["lab.example.org"]
    settings.ORIGINS = ["https://other.example:8443"]


@pytest.mark.parametrize(
    ("origin", "right"),
    [
        ("https://lab.example.org", True),
        ("https://LAB.example.org", True),
        ("https://lab.example.org:443", True),
        ("https://other.example:8443", True),
        ("http://lab.example.org", False),
        ("https://lab.example.org:8443", False),
        ("https://other.example", False),
        ("https://lab.example.org.evil.example", False),
        ("https://evil.example", False),
        ("https://lab.example.org@evil.example", False),
        ("https://lab.example.org/path", False),
        ("null", False),
        ("", False),
        (None, False),
        ("https://[::1", False),
        ("file://", False),
    ],
)
async def test_only_pages_of_this_workspace_and_named_origins(origin: str | None, right: bool) -> None:
    assert await opens(origin) is right


async def test_a_host_that_is_not_ours_is_no_origin_of_ours() -> None:
    assert not await opens("https://evil.example", host="evil.example")


async def test_without_tls_the_page_is_http() -> None:
    assert await opens("http://lab.example.org:8000", host="lab.example.org:8000", scheme="ws")
    assert not await opens("https://lab.example.org:8000", host="lab.example.org:8000", scheme="ws")


async def test_the_word_of_a_proxy_counts_only_where_there_is_one(settings: Settings) -> None:
    assert not await opens("https://lab.example.org", scheme="ws", x_forwarded_proto="https")
    settings.BEHIND_PROXY = True
    assert await opens("https://lab.example.org", scheme="ws", x_forwarded_proto="https")
