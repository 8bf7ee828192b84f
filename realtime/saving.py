"""Small writes of many people at once, made durable together.

When a crowd comes through the door each person brings a few rows. One transaction each would mean as many waits for
the disk, one after the other where the database has one writer. So what arrives while others are being
written forms the next batch.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from django.db import transaction

from realtime.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_TOGETHER = 100
"""A batch is kept short: where the database has one writer, live rooms wait for it."""

_threads = Threads(1, "saving")


class Saves:
    """Gathers writes. Each is done wholly or not at all, whatever becomes of its neighbours."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None

    async def do[R](self, write: Callable[[], R]) -> R:
        """Run `write` in a thread, inside a transaction; its result comes when it is durable. Raises what it raises."""
        written: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, written))
        if self._task is None or self._task.done():
            # It writes for everybody: in nobody's language, and in the log under nobody's request.
            self._task = asyncio.create_task(self._run(), context=contextvars.Context())
        return await written

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            began = time.monotonic()
            outcomes: list[tuple[Any, Exception | None]]
            try:
                outcomes = await _threads.run(_write_all, [write for write, _ in batch])
            except Exception as error:  # noqa: BLE001 (each of them is told)
                outcomes = [(None, error)] * len(batch)
            for (_, written), (result, failure) in zip(batch, outcomes, strict=True):
                if written.done():  # who asked has hung up
                    continue
                if failure is None:
                    written.set_result(result)
                else:
                    written.set_exception(failure)
            if self._waiting:
                await asyncio.sleep(time.monotonic() - began)  # the rooms write too: as much time for them


def _write_all(writes: list[Callable[[], Any]]) -> list[tuple[Any, Exception | None]]:
    outcomes: list[tuple[Any, Exception | None]] = []
    with transaction.atomic():
        for write in writes:
            try:
                with transaction.atomic():
                    outcomes.append((write(), None))
            except Exception as error:  # noqa: BLE001 (told to who asked; the others go on)
                outcomes.append((None, error))
    return outcomes


_saves: WeakKeyDictionary[asyncio.AbstractEventLoop, Saves] = WeakKeyDictionary()


def saves() -> Saves:
    """Give what gathers the writes of the running event loop; there is one loop in a server process."""
    loop = asyncio.get_running_loop()
    if loop not in _saves:
        _saves[loop] = Saves()
    return _saves[loop]
