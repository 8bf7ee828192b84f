"""The live rooms of this process, and the thread of hints between processes.

The database is the truth; the channel layer only makes other processes look sooner. Each hub has one channel for all
its rooms, and asks the database once a second besides, so a lost hint costs a second and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
import uuid
from collections import deque
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.db import Error as DatabaseError
from django.utils import timezone

from realtime import metrics, wire
from realtime.ledger import Ledger, Unavailable
from realtime.models import Stream
from realtime.room import Room
from realtime.threads import OneThread

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

logger = logging.getLogger(__name__)

THREADS = 4
LOOK_SECONDS = 1.0
DRAIN_SECONDS = 4.0
MOST_SENDS = 1000
AT_ONCE = 4
"""So many come in between two looks at those who are inside."""
IDLE_SECONDS = 120.0
"""An empty room is folded away after this long, and folded again from its log when somebody comes."""


class Hub:
    """All rooms served by one event loop."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.draining = False
        self.process = uuid.uuid4().hex[:8]
        self._opening: dict[str, asyncio.Task[Room]] = {}
        self._threads = [OneThread(f"room_{number}") for number in range(THREADS)]
        self._next_thread = itertools.cycle(self._threads)
        self._layer: Any = None
        self._channel = ""
        self._channel_lock = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._listening: set[str] = set()
        self._sends: set[asyncio.Task[None]] = set()
        self._at_the_door: deque[asyncio.Future[None]] = deque()
        metrics.LAYER_UP.set(1)

    async def in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        """Run database work in the least busy of the hub's threads, off the event loop."""
        return await min(self._threads, key=lambda thread: thread.waiting).run(work, *args)

    async def turn(self) -> None:
        """Wait for one's turn to come in: a few in each pass of the loop, so that those inside are served meanwhile."""
        turn = asyncio.get_running_loop().create_future()
        self._at_the_door.append(turn)
        if len(self._at_the_door) == 1:
            asyncio.get_running_loop().call_soon(self._let_in)
        await turn

    def _let_in(self) -> None:
        for _n in range(min(AT_ONCE, len(self._at_the_door))):
            turn = self._at_the_door.popleft()
            if not turn.done():  # else they went away again
                turn.set_result(None)
        if self._at_the_door:
            asyncio.get_running_loop().call_soon(self._let_in)

    # -- rooms ---------------------------------------------------------------------------------------------------

    async def open(self, stream_id: Any) -> Room:
        """Give the room of a stream, folding its log if need be.

        Raises Stream.DoesNotExist, DatabaseError, Unavailable.
        """
        name = str(stream_id)
        room = self.rooms.get(name)
        if room is not None and not room.closed:
            return room
        if self.draining:
            raise Unavailable
        if (
            name not in self._opening
        ):  # a task of its own: who asked first may hang up, others still wait for it
            self._opening[name] = asyncio.create_task(self._open(name))
            self._opening[name].add_done_callback(lambda task: self._opened(name, task))
        return await asyncio.shield(self._opening[name])

    async def _open(self, name: str) -> Room:
        self._begin()
        ledger, thread = Ledger(name), next(self._next_thread)
        try:
            await thread.run(ledger.load)
        except (DatabaseError, Stream.DoesNotExist):
            raise
        except Exception as error:
            logger.exception("hub.unreadable %s", name)
            raise Unavailable from error
        if self.draining:
            raise Unavailable
        ledger.take_pending()
        room = self.rooms[name] = Room(ledger, thread.run)
        room.on_commit = self._told_commit
        room.on_presence = self._tell_presence
        metrics.ROOMS.set(len(self.rooms))
        self._spawn(self._listen(name))
        return room

    def _opened(self, name: str, task: asyncio.Task[Room]) -> None:
        del self._opening[name]
        if not task.cancelled():
            task.exception()  # noted; nobody may be waiting any more

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
            if str(pk) in self.rooms and self.rooms[str(pk)].hint(seq):
                metrics.GAPS.inc()
        for pk in due:
            with contextlib.suppress(Unavailable, Stream.DoesNotExist):  # one bad log is not the others' loss
                await self.open(pk)
        there = {str(pk) for pk, _seq in heads}
        for name in names:
            if name not in there and name in self.rooms:  # its log was deleted
                self.rooms[name].close(wire.DONE)
        now = time.monotonic()
        for name, room in list(self.rooms.items()):
            if room.closed or (not room.peers and now - room.used_at > IDLE_SECONDS):
                room.close(wire.RESTART)
                del self.rooms[name]
                metrics.ROOMS.set(len(self.rooms))
                self._spawn(self._listen_no_more(name))
            elif name not in self._listening:
                self._spawn(self._listen(name))

    # -- other processes -----------------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Talk to the layer on the side: nobody ever waits for it, and little waits if it is stuck."""
        if len(self._sends) >= MOST_SENDS:
            work.close()
            return
        task = asyncio.create_task(work)
        self._sends.add(task)
        task.add_done_callback(self._sends.discard)

    async def _listen(self, name: str) -> None:
        """Hear hints about a room. Without the layer this fails, and is tried again every second."""
        layer = get_channel_layer()
        if layer is None or isinstance(layer, InMemoryChannelLayer):
            return  # one process; nobody to tell
        self._listening.add(name)
        try:
            async with self._channel_lock:
                if not self._channel:
                    self._channel = await layer.new_channel()
                    self._layer = layer
                    self._tasks.append(asyncio.create_task(self._hear()))
            await layer.group_add(_group(name), self._channel)
            metrics.LAYER_UP.set(1)
        except Exception as error:  # noqa: BLE001 (any failure of the layer means: do without hints)
            _away(error)
            self._listening.discard(name)

    async def _listen_no_more(self, name: str) -> None:
        if name in self._listening and name not in self.rooms:
            self._listening.discard(name)
            try:
                await self._layer.group_discard(_group(name), self._channel)
            except Exception as error:  # noqa: BLE001 (see _listen)
                _away(error)

    async def _hear(self) -> None:
        while True:
            try:
                message = await self._layer.receive(self._channel)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 (see _listen)
                _away(error)
                await asyncio.sleep(LOOK_SECONDS)
                continue
            try:
                self._heard(message)
            except (KeyError, TypeError, ValueError):
                logger.warning("hub.odd_hint")

    def _heard(self, message: dict[str, Any]) -> None:
        room = self.rooms.get(str(message.get("room")))
        if room is None or message["process"] == self.process:
            return
        if message["type"] == "hint":
            room.hint(int(message["seq"]))
        elif message["type"] == "presence":
            now, came = time.monotonic(), frozenset(message["came"])
            if message["whole"]:
                room.presence.told(message["process"], came, now)
            else:
                room.presence.told_changes(message["process"], came, frozenset(message["went"]), now)

    def _tell(self, room: Room, message: dict[str, Any]) -> None:
        if self._layer is None:
            return
        name = str(room.ledger.stream_id)
        self._spawn(self._send(name, {**message, "room": name, "process": self.process}))

    async def _send(self, name: str, message: dict[str, Any]) -> None:
        try:
            await self._layer.group_send(_group(name), message)
            metrics.LAYER_UP.set(1)
        except Exception as error:  # noqa: BLE001 (see _listen; the log is complete without it)
            _away(error)

    def _told_commit(self, room: Room) -> None:
        self._tell(room, {"type": "hint", "seq": room.ledger.seq})

    def _tell_presence(self, room: Room, *, whole: bool) -> None:
        """Say who came and went here; now and then who is here, for processes that missed something."""
        if self._layer is None:
            return
        came, went = room.presence.tell(time.monotonic(), whole=whole)
        if whole or came or went:
            self._tell(room, {"type": "presence", "whole": whole, "came": came, "went": went})

    # -- the end -------------------------------------------------------------------------------------------------

    async def shutdown(self) -> None:
        """Drain every room and let go of threads and connections."""
        self.draining = True
        await asyncio.gather(*(_drain(room) for room in self.rooms.values() if not room.closed))
        tasks = [*self._tasks, *self._sends]
        if self._sends:
            await asyncio.wait(self._sends, timeout=LOOK_SECONDS)  # the last hints, if the layer takes them
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=LOOK_SECONDS)
        self.rooms.clear()
        await asyncio.gather(*(thread.close(LOOK_SECONDS) for thread in self._threads))


async def _drain(room: Room) -> None:
    try:
        await asyncio.wait_for(room.drain(), DRAIN_SECONDS)
    except TimeoutError:  # the database doesn't answer: those who wait are told to ask again
        logger.warning("hub.drain_too_slow")
        room.close(wire.RESTART)
    except Exception:
        logger.exception("hub.drain_failed")
        room.close(wire.RESTART)


def _away(error: Exception) -> None:
    metrics.LAYER_UP.set(0)
    logger.warning("hub.layer_away %s", type(error).__name__)


def _group(name: str) -> str:
    return f"room.{name.replace('-', '')}"


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """Give the hub of the running event loop; there is one loop in a server process."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


async def drain() -> None:
    """Drain the running loop's hub, for good: from now on it opens nothing."""
    await hub().shutdown()


async def shutdown() -> None:
    """Drain the running loop's hub, if there is one, and forget it: the next one begins anew."""
    loop = asyncio.get_running_loop()
    if loop in _hubs:
        await _hubs[loop].shutdown()
        del _hubs[loop]
