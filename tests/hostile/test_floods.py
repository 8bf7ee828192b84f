"""Floods and replays: the one who sends them is slowed and in the end shut out; everybody else goes on working."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from tests.faults.cast import until
from tests.faults.line import Line, line
from tests.hostile import raw
from tests.hostile.arena import Arena
from tests.hostile.ways import HARD, post

ADD = {"do": "idea.add", "activity": "a1"}
MUCH_MEMORY = 60_000


def memory_of(arena: Arena) -> int:
    """The server's memory in kB."""
    with open(f"/proc/{arena.server.pid}/statm") as held:  # noqa: PTH123
        return int(held.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


async def others_go_on(arena: Arena, words: str) -> None:
    """Somebody else writes, and somebody else again sees it."""
    answer = await arena.bystanders[0].ask(**ADD, text=words)
    assert "ack" in answer, answer
    seen = arena.bystanders[1]
    await seen.until(lambda: any(words in json.dumps(one) for one in seen.messages if "from" in one))


@pytest.mark.parametrize(
    "text",
    [
        '{"op":"op-flood-%d","do":"ping"}',
        "rubbish %d",
        '{"op":"op-flood-%d","do":"door.lock"}',
        '{"op":%d}',
        "[" * 900,
    ],
)
async def test_a_flood_of_messages_is_shut_out(unshaken: Arena, text: str) -> None:
    attacker, used, before = unshaken.attackers[3], memory_of(unshaken), len(unshaken.log())
    async with line(attacker.session, attacker.paths) as mallory:
        flood = asyncio.create_task(_send_until_closed(mallory, text))
        await others_go_on(unshaken, f"During flood {before}")
        assert await mallory.code(30) == 4429
        await flood
    assert len(unshaken.log()) == before + 1
    assert memory_of(unshaken) - used < MUCH_MEMORY
    async with line(attacker.session, attacker.paths) as again:
        answer = await again.ask("ping")
        assert "retry" in answer or answer["code"] == "unknown_command"


async def _send_until_closed(attacker: Line, text: str) -> None:
    for number in range(100_000):
        if attacker.closed is not None:
            return
        try:
            await attacker.text(text.replace("%d", str(number)))
        except (aiohttp.ClientError, ConnectionError):
            return
        if not number % 50:
            await asyncio.sleep(0.02)  # 2500 a second: a flood, but not one that fills every buffer


async def test_a_flood_over_http_is_told_to_wait(unshaken: Arena) -> None:
    who, before = unshaken.attackers[4], len(unshaken.log())
    body = json.dumps({"op": "op-flood-http", "do": "door.lock"}).encode()
    asked = [post(unshaken, who.session, who.paths.commands, body, "application/json") for _ in range(150)]
    answers = await asyncio.gather(*asked)
    assert {status for status, _said in answers} <= {409, 503}
    assert sum(status == 503 for status, _said in answers) > 20
    await others_go_on(unshaken, "During posts")
    assert len(unshaken.log()) == before + 1


async def test_a_flood_of_pings(unshaken: Arena) -> None:
    who, used = unshaken.attackers[5], memory_of(unshaken)
    pings = [raw.frame(b"x" * 100, op=9) * 200] * 25
    opening = raw.handshake(who.session, who.paths)
    last = raw.frame(b'{"op":"op-after-pings","do":"no.such"}')
    flood = asyncio.create_task(raw.bare_socket(unshaken.server.port, opening, [*pings, last], seconds=30))
    await others_go_on(unshaken, "During pings")
    heard = await flood
    assert heard.closed not in HARD
    assert heard.closed is not None or len(heard.pongs) == 5000
    assert memory_of(unshaken) - used < MUCH_MEMORY


async def test_a_flood_of_connections(unshaken: Arena) -> None:
    who, used = unshaken.attackers[6], memory_of(unshaken)
    opening = raw.handshake(who.session, who.paths)
    opened = await asyncio.gather(*(_knock(unshaken, opening[: None if n % 2 else -9]) for n in range(200)))
    await others_go_on(unshaken, "During knocks")
    for writer in opened:
        writer.transport.abort()
    await others_go_on(unshaken, "After knocks")
    assert memory_of(unshaken) - used < MUCH_MEMORY


async def _knock(arena: Arena, data: bytes) -> asyncio.StreamWriter:
    """Begin a connection, perhaps only half a handshake, and never read."""
    _reader, writer = await asyncio.open_connection("127.0.0.1", arena.server.port)
    writer.write(data)
    await writer.drain()
    return writer


async def test_who_hangs_up_in_the_middle_leaves_nothing_behind(unshaken: Arena) -> None:
    who = unshaken.attackers[7]
    url = who.paths.base_url + who.paths.socket
    for _ in range(30):
        with suppress(aiohttp.ClientError):
            socket: Any = await who.session.ws_connect(url, headers={"Origin": who.paths.base_url})
            await socket.send_str('{"op":"op-hasty-12","do":"idea.add","activity":"a1","text":"Hasty"}')
            socket._writer.transport.abort()
    await until(lambda: any(row.op == "op-hasty-12" for row in unshaken.log()), "one of them was taken")
    assert sum(row.op == "op-hasty-12" for row in unshaken.log()) == 1


async def test_a_recording_of_somebody_else_is_nobody_elses_doing(unshaken: Arena) -> None:
    """All that Ann sent, played again by Ann changes nothing; by Mallory it is at most Mallory's own."""
    ann, mallory = unshaken.attackers[0], unshaken.attackers[1]
    async with line(ann.session, ann.paths) as hers:
        recorded: list[dict[str, Any]] = [
            {"op": f"recorded-{n}00", **ADD, "text": f"Recorded {n}"} for n in range(4)
        ]
        answers = [await hers.ask(**command) for command in recorded]
        idea = next(row.body["idea"] for row in unshaken.log() if row.op == "recorded-000")
        recorded += [
            {
                "op": "recorded-edit",
                "do": "idea.edit",
                "activity": "a1",
                "idea": idea,
                "text": "Recorded better",
            },
            {"op": "recorded-done", "do": "step.finish", "activity": "a1", "finished": "yes"},
        ]
        answers += [await hers.ask(**command) for command in recorded[4:]]
        assert all("ack" in answer for answer in answers)
        before = unshaken.log()
        assert [await hers.ask(**command) for command in recorded] == answers
        assert unshaken.log() == before
    async with line(mallory.session, mallory.paths) as other:
        replayed = [await other.ask(**command) for command in recorded]
    assert [answer.get("code", "ack") for answer in replayed] == [*["ack"] * 4, "no_such_idea", "ack"]
    new = unshaken.log()[len(before) :]
    assert {row.actor for row in new} == {mallory.person}


async def test_a_facilitators_recording_is_refused_to_a_guest(unshaken: Arena) -> None:
    led = [row for row in unshaken.log() if row.kind.startswith(("step.", "show.", "door.", "idea.hidden"))]
    before, mallory = unshaken.log(), unshaken.attackers[2]
    commands = {
        "step.opened": "step.open",
        "show.moved": "show.go",
        "step.closed": "step.close",
        "idea.hidden": "idea.hide",
    }
    async with line(mallory.session, mallory.paths) as here:
        for row in led:
            do = commands.get(row.kind, row.kind)
            fields = {name: value for name, value in row.body.items() if name in ("activity", "idea")}
            answer = await here.ask(
                do,
                op=row.op or "op-of-a-recording",
                **fields,
                **({"reason": "x"} if "idea" in fields else {}),
            )
            assert answer["code"] in {"not_allowed", "unknown_command", "unknown_field", "bad_field"}, (
                row,
                answer,
            )
    assert unshaken.log() == before
