"""Plays hostile cases of a JSONL file against a room, by mapping their general words to ours.

The file's first line explains its format. A step or expectation that isn't known here fails: nothing is passed over.
"""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis.asyncio

from realtime.client import LiveClient
from tests.faults.cast import ADD, Cast
from tests.faults.line import Line, line
from tests.hostile import raw
from tests.kept_log import Event

type Case = dict[str, Any]

# Their operations in ours: the command, and how their fields are called here. What isn't here is sent as it is.
COMMANDS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "note.add": (ADD, {}),
    "vote.add": ({"do": "dot.place", "activity": "a2"}, {"note": "item"}),
    "vote.set": ({"do": "dot.set", "activity": "a2"}, {"note": "item", "count": "dots"}),
    "phase.set": ({"do": "step.open", "activity": "a1"}, {"phase": "show_sources"}),
}


def load(path: Path) -> list[Case]:
    """Read the cases; those with votes come last, because they need the vote to be open."""
    cases = [json.loads(text) for text in path.read_text().splitlines() if text.strip()]
    return sorted((case for case in cases if case["record"] == "case"), key=needs_vote)


def needs_vote(case: Case) -> bool:
    """Whether the case votes."""
    return '"vote.' in json.dumps(case)


@dataclass
class Player:
    """Plays one case as one person; `lines` holds every socket it opened, the last is the one in use."""

    cast: Cast
    attacker: LiveClient
    other: LiveClient
    values: dict[str, str]
    redis_url: str
    stack: AsyncExitStack
    lines: list[Line] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[int | None] = field(default_factory=list)
    rendered: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    before: list[Event] = field(default_factory=list)

    async def play(self, case: Case) -> None:
        """Take all steps."""
        self.before = self.cast.log()
        await self.open()
        for step in case["send"]:
            await self.step(step)

    async def open(self, **query: str) -> None:
        """Open a socket, in place of the one before."""
        opened = line(self.attacker.session, self.attacker.paths, **query)
        self.lines.append(await self.stack.enter_async_context(opened))

    async def step(self, step: dict[str, Any]) -> None:  # noqa: C901, PLR0912 (one case for each)
        """Take one step."""
        here = self.lines[-1]
        match step:
            case {"as": "facilitator", "json": message}:
                text = await self.filled(message)
                self.answers.append(await self.facilitator_line().answer_to_text(text))
            case {"json": {"op": "resume", "seq": seq}}:
                await self.open(after=str(seq), epoch=self.attacker.epoch)
            case {"json": message}:
                self.answers.append(await here.answer_to_text(await self.filled(message)))
            case {"text": text}:
                self.answers.append(await here.answer_to_text(self.fill(text)))
            case {"text_gen": made}:
                text = made["prefix"] + made["unit"] * made["repeat"] + made["suffix"]
                self.answers.append(await here.answer_to_text(self.fill(text)))
            case {"binary_b64": data}:
                await here.socket.send_bytes(base64.b64decode(data))
                await here.code()
            case {"repeat": {"step": {"json": message}, "count": count}}:
                await self.repeat(message, count)
            case {"parallel": steps}:
                await self.parallel([one["json"] for one in steps])
            case {"disconnect": _}:
                await self.attacker.drop()
                here.socket._writer.transport.abort()
                await here.code()
            case {"reconnect": True}:
                await self.open()
            case {"handshake": how}:
                headers = {name: value for name, value in how["headers"].items() if name != "Cookie"}
                opening = raw.handshake(self.attacker.session, self.attacker.paths, headers)
                port = int(self.attacker.paths.base_url.rpartition(":")[2])
                status = raw.status_of(await raw.exchange(port, opening))
                assert status in how["status_any_of"]
                self.statuses.append(status)
            case {"server": "redis_flush"}:
                async with redis.asyncio.from_url(self.redis_url) as commands:
                    await commands.flushall()
            case {"render": what}:
                await self.render(what)
            case {"wait_ms": _}:
                pass  # everything here waits for what it needs
            case _:
                raise AssertionError(f"a step that isn't known here: {step}")

    def facilitator_line(self) -> Line:
        """The facilitator's socket: opened before the play."""
        return self.lines[0]

    async def repeat(self, message: dict[str, Any], count: int) -> None:
        """Send many at once; collect as many answers as come."""
        here, begun = self.lines[-1], len(self.lines[-1].messages)
        for _ in range(count):
            if here.closed is None:
                await here.text(await self.filled(message))

        def answers() -> list[dict[str, Any]]:
            return [one for one in here.messages[begun:] if {"ack", "refused", "retry"} & one.keys()]

        await here.until(lambda: len(answers()) >= count or here.closed)
        self.answers += answers()

    async def parallel(self, messages: list[dict[str, Any]]) -> None:
        """Send each over a socket of its own, all at the same moment."""
        first = len(self.lines)
        for _ in messages:
            await self.open()
        lines = self.lines[first:]
        texts = [await self.filled(message) for message in messages]
        self.answers += await asyncio.gather(
            *(one.answer_to_text(text) for one, text in zip(lines, texts, strict=True))
        )

    async def filled(self, message: dict[str, Any]) -> str:
        """Translate a message into ours."""
        ours, names = COMMANDS.get(message.get("op", ""), ({"do": message.get("op")}, {}))
        fields = {names.get(name, name): value for name, value in message.get("data", {}).items()}
        if isinstance(fields.get("text"), str):
            self.texts.append(fields["text"])
        op = {"op": message["id"]} if "id" in message else {}
        return self.fill(json.dumps({**op, **ours, **fields}, ensure_ascii=False))

    def fill(self, text: str) -> str:
        """Put values in place of the file's names for them."""
        if text.startswith('{"op":"note.add"'):
            text = text.replace('"op":"note.add","id"', '"do":"idea.add","activity":"a1","op"')
            text = text.replace('"board":"$BOARD","data":{', "").replace('"}}', '"}')
        for name in sorted(self.values, key=len, reverse=True):
            text = text.replace(name, self.values[name])
        while "$UUID" in text:
            text = text.replace("$UUID", str(uuid.uuid4()), 1)
        return text

    async def render(self, what: str) -> None:
        """Look at the page. Reports and their tables are made of closed workshops, so `words_stay_words` sees them."""
        assert what in {"board_html", "report_html", "report_csv"}
        page = self.attacker.paths.socket.removeprefix("/ws")
        async with self.attacker.session.get(self.attacker.paths.base_url + page) as response:
            self.rendered.append(await response.text())

    # -- what was expected ---------------------------------------------------------------------------------------

    async def check(self, expected: str | dict[str, Any]) -> None:  # noqa: C901, PLR0912 (as above)
        """Check one expectation."""
        closed = [one.closed for one in self.lines]
        new = self.cast.log()[len(self.before) :]
        match expected:
            case "error_reply":
                assert all("refused" in answer and answer["message"] for answer in self.answers)
            case "deny":
                assert all("refused" in answer for answer in self.answers)
                assert self.answers or self.statuses
            case "never_1011":
                assert not {1011, 1000} & set(closed)
            case "connection_survives":
                assert closed[-1] is None
            case "no_state_change":
                assert new == []
            case "applied_once":
                assert [row.actor for row in new] == [self.attacker.person]
            case "same_ack":
                assert "ack" in self.answers[0]
                assert all(answer == self.answers[0] for answer in self.answers)
            case "stored_exact":
                assert [row.private["text"] for row in new] == self.texts
            case "inert":
                assert not any(text in page for page in self.rendered for text in self.texts if "<" in text)
            case "others_unaffected":
                answer = await asyncio.wait_for(self.facilitator_line().ask("ping"), 2)
                assert answer["code"] == "unknown_command"
            case "converge":
                await self.attacker.wait_until(lambda one: lists_of(one) == lists_of(self.other), 5)
            case {"close_any_of": codes}:
                assert closed[-1] in codes
            case {"within_ms": _} | {"bounded_mb": _} | "audit":
                pass  # time: all waits have ends; memory: `test_floods`; a list of attempts is not kept yet
            case _:
                raise AssertionError(f"an expectation that isn't known here: {expected}")


def lists_of(client: LiveClient) -> dict[str, list[str]]:
    """The lists that a client shows. Who saw one go knows it as empty, who came later not at all."""
    return {name: keys for name, keys in client.lists.items() if keys}
