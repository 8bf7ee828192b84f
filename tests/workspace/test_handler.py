"""The server's own handler answers as Django's does, header for header; it only needs fewer threads for it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import LazySettings, settings
from django.core import signals
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections, reset_queries
from django.test import Client
from django.utils import timezone

from lab_workspace.handler import Pages
from lab_workspace.people.models import User
from tests.makers import make_challenge
from workshops.actions import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a" * 32
FORM = (b"content-type", b"application/x-www-form-urlencoded")
communicator: Any = ApplicationCommunicator  # it has no types
CHANGING = re.compile(rb'value="[A-Za-z0-9]{64}"|name="op" value="[^"]+"')


@pytest.fixture
def handlers() -> Iterator[tuple[ASGIHandler, Pages]]:
    """Django's handler and ours."""
    yield ASGIHandler(), Pages()
    signals.request_started.connect(reset_queries)
    signals.request_started.connect(close_old_connections)


async def answer(
    handler: ASGIHandler, path: str, *headers: tuple[bytes, bytes], form: bytes | None = None
) -> tuple[int, dict[str, str], dict[str, dict[str, Any]], bytes]:
    """Status, headers, cookies with all their attributes, body; without what differs each time."""
    name, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": "GET" if form is None else "POST",
        "path": name,
        "raw_path": name.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"testserver"), *headers],
        "client": ("127.0.0.1", 1),
    }
    if form is not None:
        scope["headers"].append((b"content-length", str(len(form)).encode()))
    asked: Any = communicator(handler, scope)
    await asked.send_input({"type": "http.request", "body": form or b""})
    start = await asked.receive_output(20)
    body, more = b"", True
    while more:
        part = await asked.receive_output(20)
        body, more = body + part.get("body", b""), part.get("more_body", False)
    await asked.wait(20)
    told: dict[str, str] = {}
    cookies: dict[str, dict[str, Any]] = {}
    for key, value in start["headers"]:
        if key.lower() == b"set-cookie":
            for cookie, morsel in SimpleCookie(value.decode()).items():
                cookies[cookie] = {**morsel, "expires": bool(morsel["expires"])}
        elif key.lower() not in {b"expires", b"last-modified", b"date"}:
            told[key.decode().lower()] = value.decode()
    return start["status"], told, cookies, CHANGING.sub(b"", body)


def cookie(**values: str) -> tuple[bytes, bytes]:
    return b"cookie", "; ".join(f"{name}={value}" for name, value in values.items()).encode()


async def test_every_answer_is_as_djangos_own(handlers: tuple[ASGIHandler, Pages], alice: User) -> None:
    def prepare() -> tuple[str, str]:
        client = Client()
        client.force_login(alice)
        workshop = make_workshop(make_challenge(), "Ideas day", timezone.now(), 60, None)
        return client.cookies[settings.SESSION_COOKIE_NAME].value, workshop.code

    session, code = await sync_to_async(prepare)()
    alices = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: TOKEN}
    join = f"csrfmiddlewaretoken={TOKEN}&name=&consent=internal".encode()
    cases: list[tuple[str, tuple[tuple[bytes, bytes], ...], bytes | None]] = [
        ("/", (), None),
        ("/", (cookie(**alices),), None),
        ("/", (cookie(**{settings.SESSION_COOKIE_NAME: "unknown" * 5}),), None),
        ("/nothing-here", (), None),
        ("/join", (), None),
        ("/join/?code=WRNG0000", (), None),
        (f"/join/{code}/", (), None),
        (f"/join/{code}/", (cookie(**alices),), None),
        (f"/join/{code}/", (FORM,), join),
        (f"/join/{code}/", (FORM, cookie(csrftoken=TOKEN)), join),
        (f"/join/{code}/", (FORM, cookie(csrftoken=TOKEN), (b"origin", b"https://evil.example")), join),
        (f"/join/{code}/", (FORM, cookie(csrftoken=TOKEN)), join + b"&more=" + b"x" * 100_000),
        (f"/join/{code}/", ((b"content-type", FORM[1] + b"; charset=utf-16"), cookie(csrftoken=TOKEN)), join),
        ("/accounts/login/", ((b"accept-language", b"cy,en"),), None),
        ("/people/me/", (cookie(**alices),), None),
        ("/admin/", (cookie(**alices),), None),
    ]
    theirs, ours = handlers
    for path, headers, form in cases:
        expected = await answer(theirs, path, *headers, form=form)
        assert await answer(ours, path, *headers, form=form) == expected, (path, headers)


async def test_files_for_browsers_come_whole_in_part_or_not_again(
    handlers: tuple[ASGIHandler, Pages],
) -> None:
    file = (settings.BASE_DIR / "static/css/base.css").read_bytes()
    status, headers, _cookies, body = await answer(handlers[1], "/static/css/base.css")
    assert (status, body, headers["content-type"]) == (200, file, 'text/css; charset="utf-8"')
    assert headers["content-length"] == str(len(file))
    assert headers["x-content-type-options"] == "nosniff"
    status, _headers, _cookies, body = await answer(
        handlers[1], "/static/css/base.css", (b"range", b"bytes=5-20")
    )
    assert (status, body) == (206, file[5:21])
    status, _headers, _cookies, body = await answer(
        handlers[1],
        "/static/css/base.css",
        (b"if-modified-since", b"Fri, 01 Jan 2100 00:00:00 GMT"),
    )
    assert (status, body) == (304, b"")
    assert (await answer(handlers[1], "/static/css/../../settings.py"))[0] == 404


async def test_plain_http_leads_to_https_and_foreign_hosts_nowhere(
    handlers: tuple[ASGIHandler, Pages], settings: LazySettings
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    status, headers, _cookies, _body = await answer(Pages(), "/accounts/login/")
    assert (status, headers["location"]) == (301, "https://testserver/accounts/login/")
    status, _headers, _cookies, body = await answer(handlers[1], "/", (b"host", b"evil.example"))
    assert status == 400
    assert b"evil.example" not in body


async def test_an_error_is_answered(
    handlers: tuple[ASGIHandler, Pages], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> None:
        raise RuntimeError("a mistake")

    for place in ("workshops.queries.workshop_with_code", "lab_workspace.pages.views.render"):
        monkeypatch.setattr(place, broken)
    for path in ("/join/ABCDEFGH/", "/"):
        assert (await answer(handlers[1], path))[0] == 500


async def test_who_hangs_up_stops_what_they_asked_for(
    handlers: tuple[ASGIHandler, Pages], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slowly(*_arguments: Any) -> None:
        begun.set()
        try:
            await asyncio.sleep(600)
        finally:
            ended.set()

    monkeypatch.setattr("workshops.views.join.look_up", slowly)
    scope = {"type": "http", "method": "GET", "path": "/join/", "headers": [(b"host", b"testserver")]}
    asked: Any = communicator(handlers[1], {**scope, "query_string": b"", "http_version": "1.1"})
    await asked.send_input({"type": "http.request", "body": b""})
    await begun.wait()
    await asked.send_input({"type": "http.disconnect"})
    await asked.wait(20)
    assert ended.is_set()
