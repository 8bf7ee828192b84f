"""The live rooms of this process, and the thread of hints between processes.

The database is the truth; the channel layer only makes other processes look sooner. Each hub has one channel for all
its rooms, and asks the database once a second besides, so a lost hint costs a second and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.utils import timezone

from realtime import wire
from realtime.ledger import Ledger
from realtime.models import Stream
from realtime.room import Room

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

THREADS = 4
LOOK_SECONDS = 1.0
IDLE_SECONDS = 120.0
"""An empty room is folded away after this long, and folded again from its log when somebody comes."""


class Hub:
    """All rooms served by one event loop."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.draining = False
        self.process = uuid.uuid4().hex[:8]
        self._opening: dict[str, asyncio.Future[Room]] = {}
        self._threads = ThreadPoolExecutor(THREADS, "room")
        self._layer: Any = None
        self._channel = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._sends: set[asyncio.Task[None]] = set()

    async def in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        """Run database work in one of the hub's threads, off the event loop."""

        def run() -> Any:
            close_old_connections()
            return work(*args)

        return await sync_to_async(run, thread_sensitive=False, executor=self._threads)()

    # -- rooms ---------------------------------------------------------------------------------------------------

    async def open(self, stream_id: Any) -> Room:
        """Give the room of a stream, folding its log if need be. Raises Stream.DoesNotExist, DatabaseError."""
        name = str(stream_id)
        room = self.rooms.get(name)
        if room is not None and not room.closed:
            return room
        if name in self._opening:
            return await asyncio.shield(self._opening[name])
        self._begin()
        opening = self._opening[name] = asyncio.get_running_loop().create_future()
        try:
            ledger = Ledger(stream_id)
            await self.in_thread(ledger.load)
            ledger.take_pending()
            room = Room(ledger, self.in_thread)
            room.on_commit = self._told_commit
            room.on_presence = self._tell_presence
            self.rooms[name] = room
            await self._listen(name)
            opening.set_result(room)
        except BaseException as error:
            opening.set_exception(error)
            opening.exception()  # seen here; nobody else need be waiting
            raise
        finally:
            del self._opening[name]
        return room

    def _begin(self) -> None:
        if not self._tasks:
            self._tasks.append(asyncio.create_task(self._look()))

    async def _look(self) -> None:
        """Every second: notice what other writers appended, and wake rooms whose time has come."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look_once()
            except DatabaseError as error:
                logger.warning("hub.database_away %s", type(error).__name__)
            except Exception:
                logger.exception("hub.look_failed")

    async def _look_once(self) -> None:
        names = list(self.rooms)

        def look() -> tuple[list[tuple[Any, int]], list[Any]]:
            heads = list(Stream.objects.filter(pk__in=names).values_list("pk", "seq"))
            due = Stream.objects.filter(due__lte=timezone.now()).exclude(pk__in=names)
            return heads, list(due.values_list("pk", flat=True)[:50])

        heads, due = await self.in_thread(look)
        for pk, seq in heads:
            if str(pk) in self.rooms:
                self.rooms[str(pk)].hint(seq)
        for pk in due:
            await self.open(pk)
        now = time.monotonic()
        for name, room in list(self.rooms.items()):
            if room.closed or (not room.peers and now - room.used_at > IDLE_SECONDS):
                room.close(wire.RESTART)
                del self.rooms[name]

    # -- other processes -----------------------------------------------------------------------------------------

    async def _listen(self, name: str) -> None:
        layer = get_channel_layer()
        if layer is None or isinstance(layer, InMemoryChannelLayer):
            return  # one process; nobody to tell
        try:
            if not self._channel:
                self._layer = layer
                self._channel = await layer.new_channel()
                self._tasks.append(asyncio.create_task(self._hear()))
            await layer.group_add(_group(name), self._channel)
        except Exception as error:  # noqa: BLE001 (any failure of the layer means: do without hints)
            logger.warning("hub.layer_away %s", type(error).__name__)

    async def _hear(self) -> None:
        while True:
            try:
                message = await self._layer.receive(self._channel)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 (see _listen)
                logger.warning("hub.layer_away %s", type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)
                continue
            room = self.rooms.get(str(message.get("room")))
            if room is None or message.get("process") == self.process:
                continue
            if message["type"] == "hint":
                room.hint(int(message["seq"]))
            elif message["type"] == "presence":
                room.presence.told(message["process"], frozenset(message["people"]), time.monotonic())

    def _tell(self, room: Room, message: dict[str, Any]) -> None:
        if self._layer is None:
            return
        name = str(room.ledger.stream_id)
        whole = {**message, "room": name, "process": self.process}
        task = asyncio.create_task(self._send(name, whole))
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)

    async def _send(self, name: str, message: dict[str, Any]) -> None:
        try:
            await self._layer.group_send(_group(name), message)
        except Exception as error:  # noqa: BLE001 (see _listen; the log is complete without it)
            logger.warning("hub.layer_away %s", type(error).__name__)

    def _told_commit(self, room: Room) -> None:
        self._tell(room, {"type": "hint", "seq": room.ledger.seq})

    def _tell_presence(self, room: Room) -> None:
        self._tell(room, {"type": "presence", "people": sorted(room.presence.here(time.monotonic()))})

    # -- the end -------------------------------------------------------------------------------------------------

    async def shutdown(self) -> None:
        """Drain every room and let go of threads and connections."""
        self.draining = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(room.drain() for room in self.rooms.values() if not room.closed))
        await asyncio.gather(*self._sends, return_exceptions=True)
        self.rooms.clear()
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(loop.run_in_executor(self._threads, connections.close_all) for _ in range(THREADS))
        )
        self._threads.shutdown(wait=False)


def _group(name: str) -> str:
    return f"room.{name.replace('-', '')}"


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """Give the hub of the running event loop; there is one loop in a server process."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


async def shutdown() -> None:
    """Drain the running loop's hub, if there is one, and forget it."""
    gone = _hubs.pop(asyncio.get_running_loop(), None)
    if gone is not None:
        await gone.shutdown()
