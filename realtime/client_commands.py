"""What a client sends, and what becomes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

type Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RoomPaths:
    """Where a room is. Paths begin with "/" and stand on the server's root."""

    base_url: str
    socket: str
    frames: str
    commands: str


@dataclass(frozen=True, slots=True)
class Ack:
    """The command took effect and is durable. `seq` is the log's number of its last event."""

    op: str
    seq: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The rules said no, for good. Nothing was stored."""

    op: str
    code: str
    message: str


class Ended(Exception):
    """The room let this client go for good: closed (1000), or removed (4403), or no access over HTTP."""


@dataclass(slots=True)
class Operation:
    """What became of one command. `answer` is None as long as it isn't known, however often it was sent."""

    op: str
    command: Mapping[str, Any]
    answer: Ack | Refused | None = None
    tries: int = 0


@dataclass(slots=True)
class Answers:
    """The answers still to come over the line that is open now."""

    waiting: dict[str, asyncio.Future[Message]] = field(default_factory=dict)

    def expect(self, op: str) -> asyncio.Future[Message]:
        """Begin to wait for the answer to an op."""
        self.waiting[op] = asyncio.get_running_loop().create_future()
        return self.waiting[op]

    def arrived(self, message: Message) -> None:
        """Hand an answer to who waits for it."""
        op = message.get("ack") or message.get("refused") or message.get("retry")
        waiting = self.waiting.pop(op, None) if isinstance(op, str) else None
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    def lost(self) -> None:
        """No answer will come over what broke: let senders send again."""
        for waiting in self.waiting.values():
            if not waiting.done():
                waiting.cancel()
        self.waiting.clear()
