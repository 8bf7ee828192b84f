"""Hostile input over sockets: refused in words or closed with a documented code; nothing changes, nobody notices."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import AsyncIterator, Iterable
from typing import Any

import aiohttp
import pytest

from realtime.client import LiveClient, RoomPaths
from tests.daphne import Daphne
from tests.faults.cast import ADD, Cast, board, faults_in, until, write
from tests.faults.conftest import Serve
from tests.faults.line import Line, line
from tests.faults.stage import Stage, new_stage
from tests.hostile import rubbish
from workshops import guest, seats


@pytest.fixture(scope="module")
def stage() -> Stage:
    return new_stage("postgres")


@pytest.fixture(scope="module")
def server(serve: Serve, stage: Stage) -> Daphne:
    return serve(stage.database_url)


@pytest.fixture
async def cast(stage: Stage, server: Daphne) -> AsyncIterator[Cast]:
    """A room in which somebody else goes on working; at the end they must not have noticed anything."""
    async with Cast(stage, server.url) as cast:
        bystander = await cast.join("Bystander")
        begun = time.monotonic()
        yield cast
        assert "ack" in str(await write(bystander, f"Still here after {begun}", seconds=2)).lower()
        await cast.agree(bystander)
        assert bystander.close_codes == []
        assert faults_in(server.log) == []


def bystander(cast: Cast) -> LiveClient:
    return cast.clients[0]


async def check_refused(cast: Cast, attacker: Line, sent: Iterable[tuple[str, str]]) -> int:
    """Send texts one by one: each is refused with a code and a sentence, and none leaves a trace."""
    before, count = cast.log(), 0
    for name, text in sent:
        answer = await attacker.answer_to_text(text)
        while "retry" in answer:  # over the rate: the same again, as the protocol says
            await asyncio.sleep(0.05)
            answer = await attacker.answer_to_text(text)
        assert "refused" in answer, f"{name}: {answer}"
        assert answer["code"] not in {"", "failed"}, name
        assert answer["message"].strip(), name
        assert attacker.closed is None
        count += 1
    assert cast.log() == before
    return count


async def test_whatever_a_participant_sends_is_refused_in_words(cast: Cast) -> None:
    await write(bystander(cast), "Somebody else's")
    idea = next(iter(board(bystander(cast)))).removeprefix("idea-")
    elsewhere = f"{cast.stage.workshops['Elsewhere']['stream'].replace('-', '')}i1"
    session, paths = await cast.enter("Mallory")
    async with line(session, paths) as mallory:
        names = {"other": bystander(cast).person, "idea": idea, "elsewhere": elsewhere}
        assert await check_refused(cast, mallory, rubbish.cases(**names)) > 100


async def test_whatever_a_facilitator_sends_is_refused_in_words(cast: Cast) -> None:
    fay = await cast.facilitate()
    async with line(fay.session, fay.paths, **{"as": "facilitator"}) as attacker:
        assert await check_refused(cast, attacker, rubbish.facilitators_cases(me=fay.person)) > 40


async def test_words_stay_words(cast: Cast) -> None:
    mallory = await cast.join("<b onmouseover=alert(1)>Mallory</b>", form="json")
    for text in rubbish.INERT:
        assert "seq" in str(await write(mallory, text))
    kept = set((await cast.agree(mallory)).values())
    assert set(rubbish.INERT) <= kept
    fay = await cast.facilitate()
    page = await guest.room_page(mallory.session, mallory.paths)
    async with fay.session.get(f"{cast.base_url}/workshops/{cast.stage.workshop}/console") as response:
        console = await response.text()
    async with mallory.session.get(cast.base_url + mallory.paths.frames) as response:
        snapshot = (await response.json())["html"]
    for markup in (page, console, snapshot):
        for harm in ("<script>alert", "<img src=x", "<svg/onload", "<b onmouse"):
            assert harm not in markup
        assert "{{ 7*7 }}" in markup
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in markup


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"hello", 4400),
        (b"", 4400),
        (b"\x00" * 70_000, 4400),
        ("x" * 65_537, 4413),
        ("ŵ" * 40_000, 4413),
        ('{"op":"op-padded-1","do":"idea.add","activity":"a1","text":"x"}' + " " * 66_000, 4413),
    ],
)
async def test_what_cannot_be_read_closes_only_its_own_socket(
    cast: Cast, frame: bytes | str, code: int
) -> None:
    session, paths = await cast.enter("Mallory")
    before = cast.log()
    async with line(session, paths) as mallory:
        await (mallory.socket.send_bytes(frame) if isinstance(frame, bytes) else mallory.text(frame))
        assert await mallory.code() == code
    assert cast.log() == before
    async with line(session, paths) as again:
        assert "ack" in await again.ask(**ADD, text="Welcome back")


async def test_a_broken_frame_ends_only_its_own_socket(cast: Cast) -> None:
    session, paths = await cast.enter("Mallory")
    for raw in (b"\x81\x02\xc3\x28", b"\xff\xff\xff\xff", b"\x83\x00", os.urandom(64)):
        async with line(session, paths) as mallory:
            transport = mallory.socket.get_extra_info("socket")
            mask = b"\x00\x00\x00\x00"
            mallory.socket._writer.transport.write(raw[:1] + bytes([raw[1] | 0x80]) + mask + raw[2:])
            assert transport is not None
            assert await mallory.code() not in {1011, 1000}


async def test_a_flood_is_closed_and_slows_nobody(cast: Cast, server: Daphne) -> None:
    session, paths = await cast.enter("Mallory")
    used = memory_of(server)
    before = cast.log()
    for text in ('{"op":"op-flood-%d","do":"ping"}', "rubbish %d", '{"op":"op-flood-%d","do":"door.lock"}'):
        async with line(session, paths) as mallory:
            flood = asyncio.create_task(send_until_closed(mallory, text))
            begun = time.monotonic()
            await write(bystander(cast), f"During {text}", seconds=2)
            assert time.monotonic() - begun < 1.5
            assert await mallory.code() == 4429
            await flood
    assert len(cast.log()) == len(before) + 3
    assert memory_of(server) - used < 60_000


async def send_until_closed(attacker: Line, text: str) -> None:
    number = 0
    while attacker.closed is None and number < 100_000:
        number += 1
        try:
            await attacker.text(text % number)
        except (aiohttp.ClientError, ConnectionError):
            return
        if not number % 50:
            await asyncio.sleep(0.02)  # 2500 a second: a flood, but not one that fills every buffer


def memory_of(server: Daphne) -> int:
    """The server's memory in kB."""
    with open(f"/proc/{server.pid}/statm") as held:  # noqa: PTH123
        return int(held.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


async def test_a_recording_played_again_changes_nothing(cast: Cast) -> None:
    session, paths = await cast.enter("Ann")
    async with line(session, paths) as ann:
        sent = [{"op": f"recorded-{n:03}", **ADD, "text": f"Recorded {n}"} for n in range(5)]
        answers = [await ann.ask(**command) for command in sent]
        before = cast.log()
        assert [await ann.ask(**command) for command in sent] == answers
    assert cast.log() == before


HANDSHAKES: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("another site", {"Origin": "https://attacker.example"}, {}),
    ("the null origin", {"Origin": "null"}, {}),
    ("no origin", {"Origin": ""}, {}),
    ("another port", {"Origin": "http://127.0.0.1:1"}, {}),
    ("another scheme", {"Origin": "https://127.0.0.1"}, {}),
    ("the console", {}, {"as": "facilitator"}),
    ("the projector", {}, {"as": "screen"}),
]


@pytest.mark.parametrize(("name", "headers", "query"), HANDSHAKES)
async def test_handshakes_that_are_refused(
    cast: Cast, name: str, headers: dict[str, str], query: dict[str, str]
) -> None:
    session, paths = await cast.enter("Mallory")
    assert await handshake(session, paths, headers, query) == 403, name


async def test_sockets_of_other_rooms_stay_shut(cast: Cast) -> None:
    session, paths = await cast.enter("Mallory")
    _, other = await cast.enter("Owen", title="Elsewhere")
    ticket = next(cookie.value for cookie in session.cookie_jar if cookie.key == seats.TICKET)
    actor = bystander(cast).person
    forged = [
        ticket,
        "x",
        ticket[:-1],
        ticket + "x",
        f'["{cast.stage.workshop}"]:x:y',
        "\\000",
        "ü",
        '"',
        "a" * 3000,
    ]
    for value in forged:
        assert await handshake(session, other, {"Cookie": f"{seats.TICKET}={value}"}) == 403, value
    for value in (
        f"sessionid={actor}",
        "sessionid=\\000",
        "sessionid='; --",
        "=;;=",
        "sessionid=" + "x" * 500,
    ):
        assert await handshake(cast.session(), paths, {"Cookie": value}) == 403, value
    for path in (
        "/ws/workshops/00000000-0000-0000-0000-000000000000/",
        "/ws/workshops/nonsense/",
        "/ws/",
        "/ws/workshops/%00/",
        paths.socket + "more/",
    ):
        assert await handshake(session, RoomPaths(paths.base_url, path, "", "")) in {403, 404}, path


async def handshake(
    session: aiohttp.ClientSession,
    paths: RoomPaths,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
) -> int:
    """Try to open a socket; give the status of the answer, 101 if it opened."""
    url = paths.base_url + paths.socket
    sent = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Origin": paths.base_url,
        **(headers or {}),
    }
    sent = {name: value for name, value in sent.items() if value}
    async with session.get(
        url, headers=sent, params=query or {}, timeout=aiohttp.ClientTimeout(5)
    ) as response:
        return response.status


@pytest.mark.parametrize(
    "query",
    [
        {"after": "123456789", "epoch": "$epoch"},
        {"after": "999999999999999", "epoch": "$epoch"},
        {"after": "9" * 400, "epoch": "$epoch"},
        {"after": "-1", "epoch": "$epoch"},
        {"after": "²", "epoch": "$epoch"},
        {"after": "1e3", "epoch": "$epoch"},
        {"after": "0", "epoch": "another"},
        {"after": "0", "epoch": "x" * 3000},
        {"after": "\x00", "epoch": "\x00"},
        {"after": "0", "format": "xml"},
        {"as": "nobody"},
        {"lang": "../../etc"},
    ],
)
async def test_resuming_from_impossible_places(cast: Cast, query: dict[str, str]) -> None:
    session, paths = await cast.enter("Mallory")
    query = {name: value.replace("$epoch", bystander(cast).epoch) for name, value in query.items()}
    async with line(session, paths, **query) as mallory:
        assert any("hello" in message for message in mallory.messages)
        assert any("full" in message or "from" in message for message in mallory.messages)
        assert "ack" in await mallory.ask(**ADD, text="Found the way")


async def test_what_is_left_when_a_socket_goes_in_the_middle(cast: Cast, server: Daphne) -> None:
    session, paths = await cast.enter("Hasty")
    url = paths.base_url + paths.socket
    for _ in range(30):
        socket: Any = await session.ws_connect(url, headers={"Origin": paths.base_url})
        await socket.send_str('{"op":"op-hasty-12","do":"idea.add","activity":"a1","text":"Hasty"}')
        socket._writer.transport.abort()
    await until(lambda: any(row.op == "op-hasty-12" for row in cast.log()), "one of them was taken")
    assert sum(row.op == "op-hasty-12" for row in cast.log()) == 1
