"""The socket: takes commands in, puts frames out. Who may open it is decided by a subclass."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import orjson
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import translation

from realtime import wire
from realtime.hub import hub
from realtime.kinds import Refused
from realtime.ledger import AWAY, Asked, Refusal, Retry

if TYPE_CHECKING:
    from realtime.audience import Form
    from realtime.room import Room

logger = logging.getLogger(__name__)

MOST_BYTES_WAITING = 1_000_000
FLOOD = 400
"""So many more messages over the limit than within it close the socket."""
LAST_ANSWERS_SECONDS = 2.0
"""How long a closing socket waits for the answers to what it has taken."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Somebody let in: which stream, as whom, as which kind of reader, in which language."""

    stream: str
    person: str
    reader: str
    language: str


class RoomSocket(AsyncWebsocketConsumer):
    """One client of one room."""

    channel_layer_alias = None  # hints go to the hub, never to each socket
    form: Form = "html"
    reader = language = person = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room: Room | None = None
        self._writer: asyncio.Task[None] | None = None
        self._out: deque[str] = deque()
        self._out_bytes = 0
        self._out_ready = asyncio.Event()
        self._closing: int | None = None
        self._over = 0
        self._commands: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection; however it ends, even cut off by the server, nothing of it stays behind."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.disconnect(wire.DONE)

    async def admit(self) -> Admission | None:
        """Say who this is, or None if the socket must not open."""
        raise NotImplementedError

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one message. Without Channels' own thread hop for each: this consumer does no ORM call."""
        try:
            await getattr(self, message["type"].replace(".", "_"))(message)
        except StopConsumer:
            raise
        except Exception:
            logger.exception("socket.failed")
            if self._writer is None:
                await self.close()  # the handshake isn't over, so this refuses it
            else:
                self.shut(wire.RESTART)  # our fault, not the client's: it may come back

    async def connect(self) -> None:
        """Let the client in and bring it up to date; refuse before the handshake ends."""
        admission = None if hub().draining else await self.admit()
        if admission is None:
            await self.close()
            return
        self.reader, self.language, self.person = admission.reader, admission.language, admission.person
        query = parse_qs(self.scope["query_string"].decode("ascii", "replace"))
        self.form = "json" if query.get("format") == ["json"] else "html"
        await self.accept()
        self._writer = asyncio.create_task(self._write())
        try:
            self.room = await hub().open(admission.stream)
            await self.room.join(self, *resume_point(query))
        except AWAY:
            self.shut(wire.RESTART)

    async def _write(self) -> None:
        """Send what is waiting. The only place that awaits this client, so that a slow one slows nobody else."""
        while True:
            await self._out_ready.wait()
            self._out_ready.clear()
            await self._send_waiting()
            if self._closing is not None:
                if self._commands:  # what was taken is answered first
                    await asyncio.wait(self._commands, timeout=LAST_ANSWERS_SECONDS)
                    await self._send_waiting()
                await self.close(self._closing)
                return

    async def _send_waiting(self) -> None:
        while self._out:
            text = self._out.popleft()
            self._out_bytes -= len(text)
            await self.send(text_data=text)

    def push(self, text: str) -> None:
        """Take a message for the client; a client that stopped reading is closed, and will resume."""
        if self._closing is None:
            self._put(text)

    def _put(self, text: str) -> None:
        if self._out_bytes > MOST_BYTES_WAITING:
            self._out.clear()
            self.shut(wire.SLOW)
            return
        self._out.append(text)
        self._out_bytes += len(text)
        self._out_ready.set()

    def shut(self, code: int) -> None:
        """Close after what is waiting has been sent."""
        if self._closing is None:
            self._closing = code
            self._out_ready.set()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one message; whatever it is, it changes nothing but by the rules."""
        if text_data is None:
            self.shut(wire.BAD)
        elif wire.size(text_data) > wire.MOST_BYTES_IN:
            self.shut(wire.LARGE)
        elif self.room is None or self._closing is not None:
            return
        else:
            self.room.seen(self.person)
            try:
                asked = wire.read_text(text_data, self.person)
            except Refused as refused:
                self._spend(self.room)
                self._answer(Refusal(_op_in(text_data), refused.code, refused.sentence))
                return
            if not self._spend(self.room):
                self._answer(Retry(asked.op, 2.0))
                return
            task = asyncio.create_task(self._submit(self.room, asked))
            self._commands.add(task)
            task.add_done_callback(self._commands.discard)

    def _spend(self, room: Room) -> bool:
        """Take from this person's allowance; False when it is used up. A lasting flood closes the socket."""
        if room.allows(self.person):
            self._over = max(0, self._over - 1)
            return True
        self._over += 1
        if self._over > FLOOD:
            self.shut(wire.FLOOD)
        return False

    async def _submit(self, room: Room, asked: Asked) -> None:
        self._answer(await room.submit(asked))

    def _answer(self, answer: Any) -> None:
        with translation.override(self.language):
            self._put(wire.encode(wire.answer_message(answer)))

    async def disconnect(self, code: int) -> None:
        """Let go. A command already taken is still carried out."""
        if self.room is not None:
            self.room.leave(self)
        if self._writer is not None:
            self._closing = wire.DONE
            self._writer.cancel()

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """End the consumer, without Channels' thread hop for database connections that it never had."""
        await self.disconnect(message["code"])
        raise StopConsumer


def resume_point(query: dict[str, list[str]]) -> tuple[int | None, str]:
    """Read `after` and `epoch` from a query string; anything odd means "from the beginning"."""
    after = query.get("after", [""])[0]
    return number_in(after), query.get("epoch", [""])[0]


def number_in(text: str) -> int | None:
    """Read a number from a query string; None for anything odd."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _op_in(text: str) -> str | None:
    try:
        return wire.op_of(orjson.loads(text))
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None
