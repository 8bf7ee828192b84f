"""A client of a live room for programs: tests, rehearsals, anything that speaks `docs/protocol.md`.

    async with aiohttp.ClientSession() as session:
        async with LiveClient(session, RoomPaths(base, socket, frames, commands)) as client:
            await client.send({"do": "idea.add", "activity": "a1", "text": "Meet in the library"})
            await client.wait_until(lambda room: "idea-i1" in room.items)

It knows rooms, not workshops. Cookies (a session, CSRF) come with the `aiohttp.ClientSession` that it is given.
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import uuid
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Literal, Self

import aiohttp
import orjson
from yarl import URL

from realtime.client_commands import Ack, Answers, Ended, Message, Operation, Refused, RoomPaths
from realtime.client_http import ANSWER_SECONDS, POLL_SECONDS, RoomHttp
from realtime.client_view import View
from realtime.client_way import Transport, Way

logger = logging.getLogger(__name__)

HELLO_SECONDS = 5.0
SILENT_SECONDS = 35.0
FINAL_CODES = {1000, 4403}
NOT_YOURS = {401, 403, 404, 410}

__all__ = ["Ack", "Ended", "LiveClient", "Operation", "Refused", "RoomPaths", "Transport"]


class LiveClient:
    """One person's view of one room, kept true, and a way to send commands that survives what networks do.

    Args:
        session: carries the person's cookies; stays open when the client ends.
        paths: where the room is.
        transport: "socket", "poll" for long polling and POST, or "auto" for whichever works.
        form: "json" gives `view.items` contexts; "html" gives markup.
        reader: participant, facilitator or screen; the server decides whether it may.
        keep_received: keep every message's text in `received`, for tests of what is never sent.
        first_wait: seconds; the longest pause before the first new try after a break. Doubles with each try.
        longest_wait: seconds; no pause gets longer than this.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        paths: RoomPaths,
        *,
        transport: Transport = "socket",
        form: Literal["json", "html"] = "json",
        reader: str = "",
        keep_received: bool = False,
        first_wait: float = 1.0,
        longest_wait: float = 30.0,
    ) -> None:
        self.session, self.paths = session, paths
        self._way = Way(transport)
        self.transport = self._way.now
        self.form, self.reader = form, reader
        self.view = View()
        self.person = ""
        self.received: list[str] | None = [] if keep_received else None
        self.operations: dict[str, Operation] = {}
        self.connections = self.snapshots = 0
        self.close_codes: list[int] = []
        self.ended: str = ""
        self._first_wait, self._longest_wait = first_wait, longest_wait
        self.http = RoomHttp(session, paths, self.received)
        self._answers = Answers()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._connected = asyncio.Event()
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._next = ""

    # -- the view ------------------------------------------------------------------------------------------------

    @property
    def seq(self) -> int:
        """The number of the last frame that is in the view; -1 before the first snapshot."""
        return self.view.seq

    @property
    def epoch(self) -> str:
        """The life of the log that `seq` counts in."""
        return self.view.epoch

    @property
    def items(self) -> dict[str, Any]:
        """Every fragment shown, by its id: its context with form "json", its markup with "html"."""
        return self.view.items

    @property
    def lists(self) -> dict[str, list[str]]:
        """The ids in every list, in order."""
        return self.view.lists

    @property
    def own(self) -> dict[str, Any]:
        """What only this person gets."""
        return self.view.own

    @property
    def now(self) -> dict[str, Any]:
        """Who is here."""
        return self.view.now

    @property
    def unknown(self) -> list[Operation]:
        """Commands without an answer yet: they may or may not have taken effect."""
        return [operation for operation in self.operations.values() if operation.answer is None]

    async def wait_until(self, true: Callable[[LiveClient], Any], seconds: float = 10) -> None:
        """Wait until something is true of this client. Raises TimeoutError, or Ended if it can't come any more."""
        async with asyncio.timeout(seconds), self._changed:
            while not true(self):
                if self.ended:
                    raise Ended(self.ended)
                await self._changed.wait()

    # -- life ----------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self, seconds: float = 15) -> None:
        """Connect, and wait for the first whole view. Raises TimeoutError or Ended."""
        self._task = asyncio.create_task(self._run())
        await self.wait_until(lambda client: client.seq >= 0 and client.view.whole, seconds)

    async def close(self) -> None:
        """Go. Nothing that was sent is taken back."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._hang_up()

    async def drop(self) -> None:
        """Lose the connection now, as a network would; the client comes back by itself."""
        if self._socket is not None and (line := self._socket.get_extra_info("socket")) is not None:
            line.shutdown(socket.SHUT_RDWR)

    async def wake(self) -> None:
        """Come back at once, as when a device wakes: a line that seems open may be dead."""
        if self._task is None or self.ended:
            return
        await self.drop()
        self.http.give_up()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        tries = 0
        while not self.ended:
            before = self.connections
            self.transport = self._way.now
            try:
                await (self._over_socket() if self.transport == "socket" else self._over_polls())
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                logger.debug("live client: %s", type(error).__name__)
            finally:
                self._connected.clear()
                self._answers.lost()
            tries = 0 if self.connections > before else tries + 1
            if not self.ended:
                pause = min(self._longest_wait, self._first_wait * 2**tries)
                await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 (no secret)
        await self._told()

    async def _end(self, why: str) -> None:
        self.ended = why
        self._answers.lost()
        await self._told()

    async def _told(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # -- sending -------------------------------------------------------------------------------------------------

    async def send(self, command: Mapping[str, Any], *, op: str = "", seconds: float = 60) -> Ack | Refused:
        """Send a command until it is answered, always under one op.

        Raises:
            TimeoutError: no answer in time; the operation stays `unknown`, send it again with its `op`.
            Ended: the room is closed for this client.
        """
        op = op or str(uuid.uuid4())
        operation = self.operations.setdefault(op, Operation(op, dict(command)))
        async with asyncio.timeout(seconds):
            while operation.answer is None:
                if self.ended:
                    raise Ended(self.ended)
                operation.tries += self.transport == "poll" or self._connected.is_set()
                answer = await self._deliver({"op": op, **operation.command})
                if answer is None:
                    await self._ready()
                elif "ack" in answer:
                    operation.answer = Ack(op, answer["seq"])
                elif "refused" in answer:
                    operation.answer = Refused(op, answer["code"], answer["message"])
                else:
                    await asyncio.sleep(float(answer["after"]) * random.uniform(1, 1.5))  # noqa: S311 (as above)
        return operation.answer

    async def post(self, message: Any) -> tuple[int, Message]:
        """Send one message over HTTP, whatever it is, once: its status and answer. For trying the rules out."""
        return await self.http.post(message)

    async def _deliver(self, payload: Message) -> Message | None:
        try:
            if self.transport == "poll":
                return await self._deliver_by_post(payload)
            line = self._socket
            if line is None or line.closed or not self._connected.is_set():
                return None
            waiting = self._answers.expect(payload["op"])
            await line.send_str(orjson.dumps(payload).decode())
            async with asyncio.timeout(ANSWER_SECONDS):
                return await waiting
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return None  # the connection broke while we waited
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None

    async def _deliver_by_post(self, payload: Message) -> Message | None:
        status, answer = await self.http.deliver(payload)
        if {"ack", "refused", "retry"} & answer.keys():
            return answer
        if status in {429, 503}:
            return {"retry": payload["op"], "after": 2}
        if status in NOT_YOURS:
            await self._end(f"HTTP {status}")
        return None

    async def _ready(self) -> None:
        """Wait until there is something to send over, but not long: the answer may have been lost on a live line."""
        try:
            async with asyncio.timeout(1):
                await self._connected.wait()
                await asyncio.sleep(0.05)
        except TimeoutError:
            pass

    # -- the two transports --------------------------------------------------------------------------------------

    def _query(self, **more: str) -> dict[str, str]:
        query = {"format": "json"} if self.form == "json" else {}
        if self.reader:
            query["as"] = self.reader
        if self.seq >= 0:
            query |= {"after": str(self.seq), "epoch": self.epoch}
        return {**query, **more}

    async def _over_socket(self) -> None:
        if self.seq < 0:
            await self._snapshot()
        url = URL(self.paths.base_url + self.paths.socket).with_query(self._query())
        headers = {"Origin": self.paths.base_url}
        try:
            opening = self.session.ws_connect(url, headers=headers, max_msg_size=0, autoping=True)
            self._socket = await asyncio.wait_for(opening, HELLO_SECONDS)
        except (aiohttp.ClientError, TimeoutError):
            await self._probe()
            return
        try:
            while True:
                silent = SILENT_SECONDS if self._connected.is_set() else HELLO_SECONDS
                message = await self._socket.receive(timeout=silent)
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                await self._hear(message.data)
        finally:
            code = self._socket.close_code or 1006
            self.close_codes.append(code)
            if code == 1006:
                (self._way.cut if self._connected.is_set() else self._way.failed)()
            await self._hang_up()
        if code in FINAL_CODES:
            await self._end(f"closed with {code}")

    async def _probe(self) -> None:
        """A handshake failed: find out over HTTP whether this room is ours at all, and whether HTTP works."""
        status, _ = await self.http.get(self._query())
        if status in NOT_YOURS:
            await self._end(f"HTTP {status}")
        elif status in {200, 204}:
            self._way.failed()

    async def _over_polls(self) -> None:
        if self.seq < 0:
            await self._snapshot()
        self._next = ""
        while not self.ended and self._way.now == "poll":
            waiting = {"wait": str(POLL_SECONDS), "next": self._next} if self._next else {}
            status, text = await self.http.get(self._query(**waiting))
            if status in NOT_YOURS:
                await self._end(f"HTTP {status}")
            elif status == 200:
                if not self._connected.is_set():
                    self.connections += 1
                    self._connected.set()
                answer = orjson.loads(text)
                self._next = str(answer.get("next", ""))
                for message in answer["messages"]:
                    await self._take(message)
            elif status != 204:
                return

    async def _hang_up(self) -> None:
        line, self._socket = self._socket, None
        if line is not None and not line.closed:
            await line.close()

    # -- what comes in -------------------------------------------------------------------------------------------

    async def _hear(self, text: str) -> None:
        if self.received is not None:
            self.received.append(text)
        message = orjson.loads(text)
        if {"ack", "refused", "retry"} & message.keys():
            self._answers.arrived(message)
        else:
            await self._take(message)

    async def _take(self, message: Message) -> None:
        if "hello" in message:
            await self._greeted(message)
        elif "full" in message:
            self.snapshots += 1
            self.view.replace(message)
        elif "reset" in message:
            if message["reset"] != self.seq or not self.view.whole:
                await self._snapshot()
        else:
            await self._apply(message)
        await self._told()

    async def _apply(self, message: Message) -> None:
        if not self.view.whole:  # another life of the room, and its whole view didn't come by itself
            await self._snapshot()
        if self.view.take(message) == "gap":
            await self._missing()
            if self.view.take(message) == "gap":
                await self._snapshot()

    async def _greeted(self, message: Message) -> None:
        hello = message["hello"]
        self.person = hello.get("person") or ""
        if self.transport == "socket":
            self.connections += 1
            self._connected.set()
            self._way.greeted()
        if hello["epoch"] != self.epoch:
            self.view.forget()  # its whole view follows, or `reset`

    async def _missing(self) -> None:
        """Fetch what came after our number."""
        status, text = await self.http.get(self._query())
        if status != 200:
            return
        for message in orjson.loads(text).get("messages", [{"reset": -1}]):
            if "hello" in message:
                continue
            if "reset" in message or self.view.take(message) == "gap":
                await self._snapshot()

    async def _snapshot(self) -> None:
        query = {name: value for name, value in self._query().items() if name not in {"after", "epoch"}}
        status, text = await self.http.get(query)
        if status in NOT_YOURS:
            await self._end(f"HTTP {status}")
        if status != 200:
            raise aiohttp.ClientConnectionError(f"the snapshot was answered with {status}")
        self.snapshots += 1
        self.view.replace(orjson.loads(text))
        await self._told()
