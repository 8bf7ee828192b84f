"""What a client says to a room over HTTP: commands, and questions for what is shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from realtime.client_commands import Message, RoomPaths

ANSWER_SECONDS = 10.0
POLL_SECONDS = 25


class RoomHttp:
    """One room's addresses. What comes in is kept in `received`, where that is wanted."""

    def __init__(
        self, session: aiohttp.ClientSession, paths: RoomPaths, received: list[str] | None = None
    ) -> None:
        self._session, self._paths, self._received = session, paths, received
        self._posting: set[asyncio.Future[tuple[int, Message]]] = set()

    def headers(self) -> dict[str, str]:
        """Give the headers that a command has besides its type."""
        cookies = self._session.cookie_jar.filter_cookies(URL(self._paths.base_url))
        token = cookies["csrftoken"].value if "csrftoken" in cookies else ""
        return {"X-CSRFToken": token, "Referer": self._paths.base_url}

    async def post(self, message: Any) -> tuple[int, Message]:
        """Send one message, whatever it is, once: its status and answer."""
        body = message if isinstance(message, (bytes, str)) else orjson.dumps(message)
        async with self._session.post(
            self._paths.base_url + self._paths.commands,
            data=body,
            headers={"Content-Type": "application/json", **self.headers()},
            timeout=_within(ANSWER_SECONDS),
        ) as response:
            said = await response.read()
            try:
                answer = orjson.loads(said)
            except orjson.JSONDecodeError:
                answer = {}
            return response.status, answer if isinstance(answer, dict) else {}

    async def deliver(self, message: Message) -> tuple[int, Message]:
        """Send a message; raises CancelledError if it is given up meanwhile."""
        posting = asyncio.ensure_future(self.post(message))
        self._posting.add(posting)
        try:
            return await posting
        finally:
            self._posting.discard(posting)

    def give_up(self) -> None:
        """Wait no longer for what is being delivered: the line may be dead."""
        for posting in self._posting:
            posting.cancel()

    async def get(self, query: Mapping[str, str]) -> tuple[int, str]:
        """Ask for what is shown: the status, and the text of the answer."""
        url = URL(self._paths.base_url + self._paths.frames).with_query(query)
        async with self._session.get(url, timeout=_within(POLL_SECONDS + 15)) as response:
            text = await response.text()
            if self._received is not None and text:
                self._received.append(text)
            return response.status, text


def _within(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds)
