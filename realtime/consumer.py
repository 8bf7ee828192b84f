"""The socket: takes commands in, puts frames out. Who may open it is decided by a subclass.

A crowd has a thousand of these, most of them idle: no task but the server's own, no queue, and what only the handshake
needed is let go. Frames leave straight through the server's socket where that works (`realtime.direct`), else by the
public `send()`.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import orjson
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from realtime import metrics, wire
from realtime.direct import line_of, unsent_behind
from realtime.hub import hub
from realtime.kinds import Refused
from realtime.ledger import AWAY, Answer, Refusal, Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from realtime.audience import Form
    from realtime.direct import Line
    from realtime.room import Room
    from realtime.wire import Packet

logger = logging.getLogger(__name__)

FLOOD = 400
"""So many more messages over the limit than within it close the socket."""
LAST_ANSWERS_SECONDS = 2.0
"""How long a closing socket waits for the answers to what it has taken."""
JOINED_BYTES = 16_000
"""Messages up to this size are put together before they are written."""


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
    room: Room | None = None
    _open = False
    _line: Line | None = None
    _unsent: Callable[[], int] | None = None
    _queue: list[Packet] | None = None
    _writer: asyncio.Task[None] | None = None
    _closing: int | None = None
    _closer: asyncio.Task[None] | None = None
    _answered: asyncio.Event | None = None
    _taken = 0
    _over = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection; however it ends, even cut off by the server, nothing of it stays behind."""
        self.scope, self.base_send, self.channel_layer = scope, send, None
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        finally:
            await self.disconnect(wire.DONE)

    async def admit(self) -> Admission | None:
        """Say who this is, or None if the socket must not open."""
        raise NotImplementedError

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one message. Without Channels' own thread hop for each: this consumer does no ORM call."""
        try:
            if message["type"] == "websocket.receive":
                self.hear(message.get("text"))
            else:
                await getattr(self, message["type"].replace(".", "_"))(message)
        except StopConsumer:
            raise
        except Exception:
            logger.exception("socket.failed")
            if self._open:
                self.shut(wire.RESTART)  # our fault, not the client's: it may come back
            else:
                await self.close()  # the handshake isn't over, so this refuses it

    async def connect(self) -> None:
        """Let the client in and bring it up to date; refuse before the handshake ends."""
        await hub().turn()
        admission = None if hub().draining else await self.admit()
        if admission is None:
            await self.close()
            return
        self.reader, self.language, self.person = admission.reader, admission.language, admission.person
        query = parse_qs(self.scope["query_string"].decode("ascii", "replace"))
        if query.get("format") == ["json"]:
            self.form = "json"
        await self.accept()
        self._open = True
        metrics.SOCKETS.inc()
        self._line = line_of(self.base_send)
        if self._line is None:
            self._unsent = unsent_behind(self.base_send)
        self.scope["headers"].clear()  # some kilobytes, which nobody reads again
        try:
            self.room = await hub().open(admission.stream)
            await self.room.join(self, *resume_point(query))
            if self._line is not None:
                self._line.listen(self.hear_or_fail)
        except AWAY:
            self.shut(wire.RESTART)

    # -- out -----------------------------------------------------------------------------------------------------

    def push(self, packets: Sequence[Packet], answered: int = 0) -> int:
        """Send messages to the client; after the closing has begun only answers."""
        if self._closing is not None:
            packets = packets[:answered]
        line, unsent = self._line, 0
        if line is None:
            self._send_publicly(packets)
            unsent = self.unsent()
        elif len(packets) == 1:
            unsent = line.write(packets[0].frame)
        elif sum([len(packet.data) for packet in packets]) < JOINED_BYTES:
            unsent = line.write(b"".join([packet.frame for packet in packets]))
        else:
            for packet in packets:
                unsent = line.write(packet.frame)
        if answered:
            self._taken -= answered
            if self._answered is not None and not self._taken:
                self._answered.set()
        return unsent

    def unsent(self) -> int:
        """Count the bytes that the network has not taken yet; 0 under a server where that can't be seen."""
        if self._line is not None:
            return self._line.unsent()
        return 0 if self._unsent is None else self._unsent()

    def _send_publicly(self, packets: Sequence[Packet]) -> None:
        if self._queue is None:
            self._queue = []
        self._queue.extend(packets)
        if self._writer is None and self._queue:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        """Send what is waiting, and end. The only place that awaits this client: it slows nobody else."""
        try:
            while self._queue:
                waiting, self._queue = self._queue, []
                for packet in waiting:
                    await self.send(text_data=packet.text)
        finally:
            self._writer = None

    def shut(self, code: int) -> None:
        """Close, after what was taken has been answered."""
        if self._closing is None:
            self._closing = code
            self._closer = asyncio.create_task(self._close(code))

    async def _close(self, code: int) -> None:
        if self._taken:
            self._answered = asyncio.Event()
            try:
                await asyncio.wait_for(self._answered.wait(), LAST_ANSWERS_SECONDS)
            except TimeoutError:
                logger.info("socket.unanswered")
        if self._writer is not None:
            await asyncio.wait([self._writer], timeout=LAST_ANSWERS_SECONDS)
        await self.close(code)

    # -- in ------------------------------------------------------------------------------------------------------

    def hear_or_fail(self, text: str) -> None:
        """Take one message straight from the socket. It must not fail for what the server does next."""
        try:
            self.hear(text)
        except Exception:
            logger.exception("socket.failed")
            self.shut(wire.RESTART)

    def hear(self, text: str | None) -> None:
        """Take one message; whatever it is, it changes nothing but by the rules."""
        room = self.room
        if text is None:
            self.shut(wire.BAD)
        elif wire.size(text) > wire.MOST_BYTES_IN:
            self.shut(wire.LARGE)
        elif room is not None and self._closing is None:
            room.seen(self.person)
            try:
                asked = wire.read_text(text, self.person)
            except Refused as refused:
                self._spend(room)
                self._answer(Refusal(_op_in(text), refused.code, refused.sentence))
                return
            if self._spend(room):
                self._taken += 1
                room.take(asked, self)
            else:
                self._answer(Retry(asked.op, 2.0))

    def _spend(self, room: Room) -> bool:
        """Take from this person's allowance; False when it is used up. A lasting flood closes the socket."""
        if room.allows(self.person):
            if self._over:
                self._over -= 1
            return True
        self._over += 1
        if self._over > FLOOD:
            metrics.FLOODS.inc()
            self.shut(wire.FLOOD)
        return False

    def _answer(self, answer: Answer) -> None:
        self._taken += 1
        self.push([wire.answer_packet(answer, self.language)], 1)

    # -- the end -------------------------------------------------------------------------------------------------

    async def disconnect(self, code: int) -> None:
        """Let go. A command already taken is still carried out."""
        if self.room is not None:
            self.room.leave(self)
        if self._open:
            self._open = False
            metrics.SOCKETS.dec()
        self._closing = wire.DONE
        if self._line is not None:
            self._line.end()
        self._line = self._unsent = None
        for task in (self._writer, self._closer):
            if task is not None:
                task.cancel()

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
