"""A bare socket: sends whatever a test gives it, and keeps all that comes."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from yarl import URL

from realtime.client import RoomPaths


class Line:
    """One open WebSocket. `closed` is the code it was closed with, or None."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.messages: list[dict[str, Any]] = []
        self.closed: int | None = None
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for message in self.socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self.messages.append(json.loads(message.data))
                async with self._news:
                    self._news.notify_all()
        async with self._news:
            self.closed = self.socket.close_code or 1006
            self._news.notify_all()

    async def until(self, true: Callable[[], Any], seconds: float = 10) -> Any:
        """Wait until something is true of what has come."""
        try:
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(lambda: true() or self.closed is not None)
        except TimeoutError:
            raise AssertionError(f"nothing came but {self.messages[-5:]}") from None
        found = true()
        assert found, f"closed with {self.closed} instead; last came {self.messages[-3:]}"
        return found

    async def text(self, text: str) -> None:
        """Send a text frame."""
        await self.socket.send_str(text)

    async def command(self, do: str, **fields: Any) -> str:
        """Send a command; give its op."""
        op = str(fields.pop("op", uuid.uuid4()))
        await self.text(json.dumps({"op": op, "do": do, **fields}))
        return op

    def answers(self, op: str | None) -> list[dict[str, Any]]:
        """All answers to an op so far; for None, to what had none."""
        return [message for message in self.messages if answered(message) == (op,)]

    async def answer(self, op: str | None, *, after: int = 0, seconds: float = 10) -> dict[str, Any]:
        """Wait for the answer to an op that follows the first `after` of them."""
        found = await self.until(lambda: self.answers(op)[after:], seconds)
        return dict(found[0])

    async def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        op = str(fields.setdefault("op", str(uuid.uuid4())))
        before = len(self.answers(op))
        await self.command(do, **fields)
        return await self.answer(op, after=before)

    async def answer_to_text(self, text: str) -> dict[str, Any]:
        """Send anything and wait for the answer, whatever op that names."""
        before = len([message for message in self.messages if answered(message)])
        await self.text(text)
        found = await self.until(lambda: [message for message in self.messages if answered(message)][before:])
        return dict(found[0])

    async def code(self, seconds: float = 10) -> int:
        """Wait for the close; give its code."""
        await self.until(lambda: self.closed is not None, seconds)
        assert self.closed is not None
        return self.closed


def answered(message: dict[str, Any]) -> tuple[Any] | None:
    """The op that a message answers, in a tuple, or None if it is no answer."""
    for name in ("ack", "refused", "retry"):
        if name in message:
            return (message[name],)
    return None


@asynccontextmanager
async def line(session: aiohttp.ClientSession, paths: RoomPaths, **query: str) -> AsyncIterator[Line]:
    """Open a socket and wait for its hello."""
    url = URL(paths.base_url + paths.socket).with_query({"format": "json", **query})
    async with session.ws_connect(url, headers={"Origin": paths.base_url}, max_msg_size=0) as socket:
        opened = Line(socket)
        try:
            await opened.until(lambda: any("now" in message for message in opened.messages))
            yield opened
        finally:
            opened._task.cancel()
            await asyncio.gather(opened._task, return_exceptions=True)
