"""Rooms of this process for tests: clients that keep what they are sent, and a database that can be cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from asgiref.sync import sync_to_async
from django.db import connection

from realtime import wire
from realtime.audience import Form
from realtime.hub import Hub
from realtime.ledger import Ledger
from realtime.models import Event, Stream
from realtime.room import Room


class Client:
    """A connected client that keeps what it is sent."""

    form: Form = "json"
    language = "en-gb"

    def __init__(self, person: str = "ann", reader: str = "anybody") -> None:
        self.person, self.reader = person, reader
        self.messages: list[dict[str, Any]] = []
        self.writes: list[list[dict[str, Any]]] = []
        self.unread = 0
        self.code: int | None = None
        self.news = asyncio.Event()

    def push(self, packets: Sequence[wire.Packet], answered: int = 0) -> int:
        self.writes.append([orjson.loads(packet.text) for packet in packets])
        self.messages += self.writes[-1]
        self.news.set()
        return self.unread

    def unsent(self) -> int:
        return self.unread

    def shut(self, code: int) -> None:
        self.code = code
        self.news.set()

    async def until(self, seen: Callable[[], Any]) -> None:
        async with asyncio.timeout(10):
            while not seen():
                self.news.clear()
                await self.news.wait()

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [message for message in self.messages if "from" in message]


class Rooms:
    """Rooms whose work in threads can be watched, and cut off from the database."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.batches: list[int] = []
        self.cut = 0
        self.open: list[Room] = []

    async def in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        def cut_off() -> Any:
            connection.ensure_connection()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        if args:
            self.batches.append(len(args[0]))
        if self.cut:
            self.cut -= 1
            return await self.hub.in_thread(cut_off)
        return await self.hub.in_thread(work, *args)

    async def room(self, stream: Stream) -> Room:
        ledger = Ledger(stream.pk)
        await self.hub.in_thread(ledger.load)
        ledger.take_pending()
        room = Room(ledger, self.in_thread)
        self.open.append(room)
        return room


async def log(stream: Stream) -> list[Event]:
    return await sync_to_async(lambda: list(Event.objects.filter(stream=stream).order_by("seq")))()


async def joined(room: Room, client: Client) -> Client:
    await room.join(client, room.ledger.seq, room.ledger.epoch)
    return client
