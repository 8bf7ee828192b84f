"""Hostile requests: every answer is one of ours, nothing changes, and nothing is ever a fault of the server's."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from realtime.client import LiveClient
from tests.daphne import Daphne
from tests.faults.cast import ADD, Cast, faults_in, write
from tests.faults.conftest import Serve
from tests.faults.stage import Stage, new_stage
from tests.hostile import rubbish


@pytest.fixture(scope="module")
def stage() -> Stage:
    return new_stage("postgres")


@pytest.fixture(scope="module")
def server(serve: Serve, stage: Stage) -> Daphne:
    return serve(stage.database_url)


@pytest.fixture
async def mallory(stage: Stage, server: Daphne) -> AsyncIterator[Mallory]:
    """Somebody inside who sends rubbish; at the end the log must be as it was, and the server unshaken."""
    async with Cast(stage, server.url) as cast:
        bystander = await cast.join("Bystander")
        client = await cast.join("Mallory", transport="poll")
        before = cast.log()
        yield Mallory(cast, client)
        assert cast.log() == before
        await write(bystander, f"After {len(before)}", seconds=2)
        assert bystander.close_codes == []
        assert faults_in(server.log) == []


class Mallory:
    def __init__(self, cast: Cast, client: LiveClient) -> None:
        self.cast, self.client = cast, client
        self.session, self.paths = client.session, client.paths

    async def get(self, path: str, **query: str) -> tuple[int, str]:
        async with self.session.get(
            self.paths.base_url + path, params=query, allow_redirects=False
        ) as response:
            return response.status, await response.text(errors="replace")

    async def post(
        self, path: str, data: Any, content_type: str = "application/json", token: str | None = None
    ) -> tuple[int, str]:
        headers = {
            "Content-Type": content_type,
            "X-CSRFToken": self.client._csrf() if token is None else token,
        }
        url = self.paths.base_url + path
        body = io.BytesIO(data) if isinstance(data, bytes) else data
        async with self.session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            return response.status, await response.text(errors="replace")

    async def patiently(self, body: bytes) -> tuple[int, str]:
        """Post a command again for as long as it is over the rate, as the protocol says."""
        while True:
            status, said = await self.post(self.paths.commands, body)
            if status != 503:
                return status, said
            await asyncio.sleep(0.05)


async def test_commands_of_all_kinds_of_rubbish_are_refused_in_words(mallory: Mallory) -> None:
    names = {"other": mallory.cast.clients[0].person, "idea": "i1", "elsewhere": "i1"}
    for name, text in rubbish.cases(**names):
        body = text.encode("utf-8", "surrogatepass")
        status, said = await mallory.patiently(body)
        assert status == 409, (name, status)
        answer = json.loads(said)
        assert answer["code"] not in {"", "failed"}, name
        assert answer["message"], name


@pytest.mark.parametrize(
    ("body", "content_type", "statuses"),
    [
        (b"\xff\xfe\x00", "application/json", {409}),
        (b"x" * 70_000, "application/json", {409}),
        (b"[" * 3_000_000, "application/json", {409}),
        (b'{"op":"op-charset-1","do":"x"}', "application/json; charset=utf-7", {409}),
        (b'{"op":"op-text-123","do":"x"}', "text/plain", {302}),
        (b"<x/>", "application/xml", {302}),
        (b"", "application/x-www-form-urlencoded", {302}),
        (b"op=x&command=[[[[[", "application/x-www-form-urlencoded", {302}),
        (b"op=x&command=" + b"[" * 100_000, "application/x-www-form-urlencoded", {302}),
        (b"op=x&command={}", "application/x-www-form-urlencoded", {302}),
        (b"op=x&command=%7B%22do%22%3A%22%5Cud800%22%7D", "application/x-www-form-urlencoded", {302}),
        (b"op=x&command=%7B%22do%22%3ANaN%7D", "application/x-www-form-urlencoded", {302}),
        (
            b"op=op-form-12&command=%7B%22do%22%3A%22idea.add%22%2C%22fields%22%3A%5B1%5D%7D",
            "application/x-www-form-urlencoded",
            {302},
        ),
        (
            b"op=op-form-12&command=%7B%22do%22%3A%22idea.add%22%2C%22fields%22%3A%7B%22text%22%3A%7B%7D%7D%7D",
            "application/x-www-form-urlencoded",
            {302},
        ),
        (b"op=%ff%fe&command=%00", "application/x-www-form-urlencoded", {302}),
        (b"&".join(b"a%d=1" % n for n in range(2000)), "application/x-www-form-urlencoded", {400}),
        (b"a=" + b"x" * 3_000_000, "application/x-www-form-urlencoded", {400}),
        (b"op=x", "application/x-www-form-urlencoded; charset=rot13", {302, 400}),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", {302, 400}),
        (b"--x--", "multipart/form-data", {302, 400}),
        (b"--x--", "multipart/form-data; boundary=" + "x" * 300, {302, 400}),
        (b"x", "\u00e9", {302, 400}),
    ],
)
async def test_bodies_that_are_no_commands(
    mallory: Mallory, body: bytes, content_type: str, statuses: set[int]
) -> None:
    status, said = await mallory.post(mallory.paths.commands, body, content_type)
    assert status in statuses, said[:300]


async def test_without_the_csrf_token_nothing_is_taken(mallory: Mallory) -> None:
    command = json.dumps({"op": "op-forged-12", **ADD, "text": "Forged"})
    for token in ("", "x", "a" * 64, "\u00e9"):
        assert (await mallory.post(mallory.paths.commands, command, token=token))[0] == 403
    form = {"op": "op-forged-13", "command": command}
    for path in (mallory.paths.commands, f"/join/{mallory.cast.stage.code}/"):
        url = mallory.paths.base_url + path
        async with mallory.session.post(url, data=form, allow_redirects=False) as response:
            assert response.status == 403
        async with mallory.session.post(
            url, data=form, headers={"Origin": "https://attacker.example"}, allow_redirects=False
        ) as response:
            assert response.status == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
async def test_other_methods(mallory: Mallory, method: str) -> None:
    headers = {"X-CSRFToken": mallory.client._csrf()}
    for path in (mallory.paths.commands, mallory.paths.frames, f"/join/{mallory.cast.stage.code}/"):
        async with mallory.session.request(
            method, mallory.paths.base_url + path, headers=headers
        ) as response:
            assert response.status in {400, 405}


async def test_frames_from_impossible_places(mallory: Mallory) -> None:
    epoch = mallory.client.epoch
    odd = ("", "-1", "²", "١", "1e3", "9" * 15, "9" * 400, "x", "\x00", "'; --", "NaN", "1.5", " 1", "+1")
    queries: list[dict[str, str]] = [{"after": value, "epoch": epoch} for value in odd]
    queries += [{"after": "1", "epoch": epoch, "next": value} for value in odd]
    queries += [{"after": "0", "epoch": epoch, "wait": value} for value in odd]
    queries += [{"after": "0", "epoch": value} for value in odd]
    queries += [{"format": value} for value in odd]
    queries += [{"as": value} for value in (*odd, "participant\x00", "PARTICIPANT")]
    for query in queries:
        status, said = await mallory.get(mallory.paths.frames, **query)
        assert status == 200, (query, status)
        assert json.loads(said)
    for reader in ("facilitator", "screen"):
        for path in (mallory.paths.frames, mallory.paths.frames + "?after=0"):
            assert (await mallory.get(path, **{"as": reader}))[0] == 403
        url = f"{mallory.paths.commands}?as={reader}"
        assert (await mallory.post(url, json.dumps({"op": "op-not-mine", **ADD})))[0] == 403


async def test_rooms_of_others(mallory: Mallory) -> None:
    elsewhere = mallory.cast.stage.workshops["Elsewhere"]["id"]
    before = mallory.cast.log("Elsewhere")
    command = json.dumps({"op": "op-elsewhere", **ADD, "text": "Not my room"})
    for workshop in (elsewhere, "00000000-0000-0000-0000-000000000000"):
        assert (await mallory.get(f"/workshops/{workshop}/frames"))[0] == 403
        assert (await mallory.post(f"/workshops/{workshop}/commands", command))[0] == 403
        for page in ("console", "screen", "prepare", "archive/", "archive/all.json"):
            assert (await mallory.get(f"/workshops/{workshop}/{page}"))[0] in {302, 404}
    for page in ("console", "screen", "prepare", "archive/", "archive/all.json"):
        status, _ = await mallory.get(f"/workshops/{mallory.cast.stage.workshop}/{page}")
        assert status in {302, 404}, page
    for workshop in ("x", "%00", "..", "1", elsewhere + "0", elsewhere.replace("-", "")):
        assert (await mallory.get(f"/workshops/{workshop}/frames"))[0] == 404
    assert mallory.cast.log("Elsewhere") == before


async def test_the_door_takes_names_and_nothing_else(mallory: Mallory) -> None:
    for code in ("%00", "x", "AAAAAAAA", "x" * 2000, "<script>", "..%2f..", "'; --", "²²²²²²²²", "🏴"):
        status, _ = await mallory.get(f"/join/{quote(code, safe='%')}/")
        assert status in {302, 404}, code
    session = mallory.cast.session()
    door = f"{mallory.paths.base_url}/join/{mallory.cast.stage.code}/"
    async with session.get(door):
        token = next(cookie.value for cookie in session.cookie_jar if cookie.key == "csrftoken")
    good = {"csrfmiddlewaretoken": token, "name": "Bao", "background": "", "consent": "internal"}
    for wrong in (
        {"name": ""},
        {"name": " \u3000 "},
        {"name": "a\x00b"},
        {"name": "x" * 10_000},
        {"name": "a\u202eb"},
        {"consent": ""},
        {"consent": "everything"},
        {"consent": "internal\x00"},
        {"background": "x" * 10_000},
    ):
        async with session.post(door, data={**good, **wrong}, allow_redirects=False) as response:
            assert response.status == 400, wrong
    async with session.post(door, data=b"\xff=\xfe", headers={"X-CSRFToken": token}) as response:
        assert response.status in {400, 403}


async def test_headers_and_cookies_may_be_anything(mallory: Mallory) -> None:
    url = mallory.paths.base_url + mallory.paths.frames
    for headers in (
        {"Cookie": "sessionid=\\000; seat=x"},
        {"Cookie": "sessionid=" + "x" * 4000},
        {"Cookie": ";;=;"},
        {"Accept-Language": "x" * 3000},
        {"Accept-Language": "../../etc, cy;q=x"},
        {"Cookie": "django_language=../.."},
        {"Accept-Language": "\u00e9"},
        {"Cookie": "sessionid=\u00e9"},
        {"X-Forwarded-For": "x"},
        {"Referer": "\u00e9"},
    ):
        async with aiohttp.ClientSession() as stranger, stranger.get(url, headers=headers) as response:
            assert response.status in {400, 403}, headers
    for host in ("attacker.example", "127.0.0.1@attacker.example", "x" * 300):
        async with aiohttp.ClientSession() as stranger, stranger.get(url, headers={"Host": host}) as response:
            assert response.status == 400, host
