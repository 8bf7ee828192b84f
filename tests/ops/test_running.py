"""What a server tells whoever runs it: alive, ready, numbers, a log. None of it tells what people wrote."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aiohttp
import pytest

from realtime.client import Ack
from tests.daphne import Daphne
from tests.faults.cast import Cast, until, write
from tests.faults.stage import Stage, new_stage
from workshops.crowd_trial import guest

TOKEN = "a token for Prometheus, made up"
NAMES = ("Zebedee Quixwood", "Ottoline Farthingale")
WORDS = ("the lift smells of marzipan", "badgers in the car park")
BAD_CODE = "QQQQ7777"


@pytest.fixture(scope="module")
def stage() -> Stage:
    return new_stage("sqlite")


@pytest.fixture(scope="module")
def server(stage: Stage) -> Iterator[Daphne]:
    """A server that logs as much as it can."""
    server = Daphne(
        stage.database_url,
        METRICS_TOKEN=TOKEN,
        LOG_LEVEL="DEBUG",
        DRAIN_WAIT_SECONDS="3",
    )
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def machine(server: Daphne) -> AsyncIterator[aiohttp.ClientSession]:
    """A load balancer: knows an address and no name."""
    async with aiohttp.ClientSession(server.url, headers={"Host": "10.11.12.13"}) as session:
        yield session


async def numbers(session: aiohttp.ClientSession) -> str:
    async with session.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
        assert answer.status == 200
        return await answer.text()


def value(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, name
    return float(found[1])


async def test_it_says_that_it_is_alive_and_ready(machine: aiohttp.ClientSession) -> None:
    for path, status in (("/healthz", "alive"), ("/readyz", "ready")):
        async with machine.get(path) as answer:
            assert (answer.status, (await answer.json())["status"]) == (200, status)
            assert answer.headers["Cache-Control"] == "no-store"
        async with machine.head(path) as answer:
            assert (answer.status, await answer.read()) == (200, b"")
        async with machine.post(path) as answer:
            assert answer.status == 405


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"bearer{TOKEN}"])
async def test_numbers_are_only_for_who_has_the_token(
    machine: aiohttp.ClientSession, authorization: str
) -> None:
    async with machine.get("/metrics", headers={"Authorization": authorization}) as answer:
        assert answer.status == 401
        assert "lab_" not in await answer.text()


async def test_a_workshop_leaves_numbers_and_lines_but_no_words(
    machine: aiohttp.ClientSession, server: Daphne, stage: Stage
) -> None:
    async with Cast(stage, server.url) as cast:
        zeb = await cast.join(NAMES[0])
        otto = await cast.join(NAMES[1], transport="poll")
        fay = await cast.facilitate()
        for client, text in ((zeb, WORDS[0]), (otto, WORDS[1])):
            assert isinstance(await write(client, text), Ack)
        await zeb.send({"do": "idea.add", "activity": "a1", "text": WORDS[0] * 200})  # too long: refused
        await zeb.send({"do": f"idea.{WORDS[0]}", "activity": "a1"})
        await zeb.send({"do": "idea.add", "activity": WORDS[1], "text": "…"})
        with pytest.raises(guest.NotLetIn):
            await guest.join(cast.session(), server.url, BAD_CODE, NAMES[0])
        form = {"name": NAMES[0], "consent": "named"}  # without a token
        async with zeb.session.post(f"{server.url}/join/{stage.code}/", data=form) as answer:
            assert answer.status == 403
        async with zeb.session.get(f"{server.url}/no/such/page/?q={WORDS[1]}") as answer:
            assert answer.status == 404
            tracked = answer.headers["X-Request-Id"]
        async with zeb.session.get(server.url, headers={"Host": "elsewhere.example"}) as answer:
            assert answer.status == 400
        await cast.agree(zeb, otto, fay)
        told = await numbers(machine)
        assert value(told, "lab_sockets") == 2.0
        assert value(told, "lab_rooms") == 1.0
        assert value(told, 'lab_commands_total{answer="accepted"}') >= 2
        assert value(told, 'lab_commands_total{answer="refused"}') >= 2
        assert value(told, "lab_ack_seconds_count") >= 2
        assert value(told, "process_resident_memory_bytes") > 1_000_000
        assert re.search(r'^lab_http_requests_total\{answer="2xx",view="[\w:-]+"\} ', told, re.MULTILINE)
        assert value(told, 'lab_http_requests_total{answer="4xx",view="none"}') >= 1
        persons = [zeb.person, otto.person, fay.person]
    secrets = [
        *NAMES,
        *WORDS,
        *persons,
        stage.code,
        BAD_CODE,
        stage.workshop,
        "marzipan",
        "badgers",
        "sign-in/ey",
    ]
    assert [secret for secret in secrets if secret in told] == []
    lines = server.log.splitlines()
    assert [secret for secret in secrets if secret in server.log] == [stage.workshop] * (
        stage.workshop in server.log
    )
    for line in lines:
        assert {"time", "level", "logger", "message", "process"} <= json.loads(line).keys()
    (missing,) = [line for line in map(json.loads, lines) if line["message"] == "Not Found: /no/such/page/"]
    assert (missing["request"], missing["status"]) == (tracked, 404)
    assert not any("readyz" in line or "metrics" in line for line in lines)


async def test_a_new_key_puts_nobody_out_while_the_old_one_still_counts(server: Daphne, stage: Stage) -> None:
    async with Cast(stage, server.url) as cast:
        ann, fay = await cast.join("Ann"), await cast.facilitate()
        await asyncio.to_thread(server.stop)
        old = server.settings["SECRET_KEY"]
        server.env = {**server.settings, "SECRET_KEY": old[::-1], "SECRET_KEY_FALLBACKS": old}
        await asyncio.to_thread(server.start)
        for client in (ann, fay):
            assert isinstance(await write(client, "after the new key"), Ack)
        await cast.agree(ann, fay)
        cast.check_log()


async def test_when_told_to_end_it_first_says_so_and_still_serves(
    machine: aiohttp.ClientSession, server: Daphne, stage: Stage
) -> None:
    async with Cast(stage, server.url) as cast:
        ann = await cast.join("Ann")
        server._child.terminate()  # type: ignore[union-attr]

        async def draining() -> bool:
            async with machine.get("/readyz") as answer:
                return answer.status == 503 and (await answer.json()) == {"status": "draining"}

        await until_true(draining)
        async with machine.get("/healthz") as answer:
            assert answer.status == 200
        assert value(await numbers(machine), "lab_draining") == 1.0
        assert isinstance(await write(ann, "while it waits for the proxy"), Ack)
        await until(lambda: 4012 in ann.close_codes, "everybody is told")
    await until(lambda: not server.running, "it ends")
    assert server.stop() == 0


async def until_true(asked: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await asked():
            pass  # asking is a request: it gives way
