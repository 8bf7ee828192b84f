"""The load generator sees what a server gets wrong. Servers that lie on purpose stand in for broken ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import WSMsgType, web

from tests import services
from tests.bench.generator import Action, Client, Plan, Played, Unsound, play
from tests.bench.tools import LOAD_SOURCES, compiled
from tests.processes import free_port

PEOPLE = 3
QUICK: dict[str, float | str] = {"settle": 50, "deadline": 500}
type Talk = Callable[[int, web.WebSocketResponse], Awaitable[None]]


@pytest.fixture(scope="module")
def load() -> Path:
    return compiled(services.FOLDER / "bench", "load", LOAD_SOURCES)


@asynccontextmanager
async def server(greet: Talk, answer: Callable[[str], Awaitable[None]]) -> AsyncIterator[int]:
    """Serve sockets: `greet` each with its number, and hand every text to `answer`."""
    count = 0

    async def serve(request: web.Request) -> web.WebSocketResponse:
        nonlocal count
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        count += 1
        await greet(count, socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await answer(message.data)
        return socket

    app = web.Application()
    app.router.add_get("/", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield port
    finally:
        await runner.cleanup()


async def played(load: Path, plan: Plan) -> Played:
    return await asyncio.to_thread(play, load, plan, {})


async def marked(load: Path, told: Callable[[str, int], str], deadline: float = 500) -> Played:
    """Three clients act ten times before a server that tells client `n` what `told` gives."""
    everybody: list[web.WebSocketResponse] = []

    async def greet(_number: int, socket: web.WebSocketResponse) -> None:
        everybody.append(socket)

    async def answer(text: str) -> None:
        for number, socket in enumerate(everybody, 1):
            await socket.send_str(told(text, number))

    async with server(greet, answer) as port:
        actions = [Action(n, n % PEOPLE, f'{{"n":"@{n};"}}') for n in range(10)]
        return await played(
            load, Plan("marked", [Client(port, "/")] * PEOPLE, actions, {**QUICK, "deadline": deadline})
        )


async def test_an_honest_peer_is_sound(load: Path) -> None:
    run = await marked(load, lambda text, _number: text)
    run.must_be_sound("peer")
    assert run["delivered"] == 10 * PEOPLE
    assert run["all_ms"]["n"] == 10
    assert run["frames"] == 10 * PEOPLE


async def test_a_lost_and_a_doubled_action_are_counted(load: Path) -> None:
    def told(text: str, number: int) -> str:
        if number == 2 and "@3;" in text:
            return "[]"
        return text + text if number == 3 and "@5;" in text else text

    run = await marked(load, told)
    assert (run["lost"], run["doubled"], run["all_ms"]["n"]) == (1, 1, 9)
    with pytest.raises(Unsound, match="lost 1, doubled 1"):
        run.must_be_sound("peer")


async def test_large_messages_are_read_whole(load: Path) -> None:
    run = await marked(load, lambda text, _number: "x" * 200_000 + text + "y" * 200_000, deadline=20_000)
    run.must_be_sound("peer")
    assert run["biggest"] > 400_000


async def live(load: Path, frame: Callable[[int, int], str | None], *, acks: int = 1) -> Played:
    """Three clients act five times before a server of our wire that sends client `n` the frame for a number."""
    everybody: list[web.WebSocketResponse] = []
    seq = 100

    async def greet(_number: int, socket: web.WebSocketResponse) -> None:
        everybody.append(socket)
        await socket.send_str('{"hello":{"version":1,"epoch":"e","person":"p1"},"seq":100}')
        await socket.send_str('{"full":true,"epoch":"e","seq":100,"order":{},"html":""}')
        await socket.send_str('{"own":{}}')

    async def answer(text: str) -> None:
        nonlocal seq
        seq += 1
        for _ in range(acks):
            await everybody[0].send_str(f'{{"ack":"{json.loads(text)["op"]}","seq":{seq}}}')
        for number, socket in enumerate(everybody, 1):
            if told := frame(seq, number):
                await socket.send_str(told)

    async with server(greet, answer) as port:
        actions = [Action(n, 0, json.dumps({"op": f"abcdefgh-{n:08d}", "do": "dot.set"})) for n in range(5)]
        return await played(load, Plan("live", [Client(port, "/")] * PEOPLE, actions, QUICK))


def next_frame(seq: int, number: int) -> str | None:
    return f'{{"from":{seq - 1},"seq":{seq},"html":"<p>{seq}</p>"}}'


async def test_an_honest_room_is_sound(load: Path) -> None:
    run = await live(load, next_frame)
    run.must_be_sound("room")
    assert (run["acks"], run["delivered"], run["frames"]) == (5, 5 * PEOPLE, 5 * PEOPLE)


async def test_gaps_and_frames_that_differ_are_counted(load: Path) -> None:
    def told(seq: int, number: int) -> str | None:
        if number == 2 and seq == 102:
            return None
        frame = next_frame(seq, number)
        return frame.replace("</p>", "!</p>") if frame and number == 3 and seq == 104 else frame

    run = await live(load, told)
    assert (run["gaps"], run["differing"], run["lost"]) == (1, 1, 0)


async def test_a_client_that_gets_no_frames_has_lost_all(load: Path) -> None:
    run = await live(load, lambda seq, number: None if number == 2 else next_frame(seq, number))
    assert run["lost"] == 5


async def test_receipts_count_once_each(load: Path) -> None:
    assert (await live(load, next_frame, acks=2))["double_acks"] == 5
    assert (await live(load, next_frame, acks=0))["unanswered"] == 5
