"""Threads for work with the database: few, kept as long as the process lives, each with a connection that it keeps.

A thread of its own for each request would open a connection each time, and a crowd would open more than the
database has.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable


USED_LATELY = 1.0
"""A room's connection that was used so many seconds ago isn't tried out before it is used again."""


def keep_connection() -> None:
    """Keep this thread's connection, because the thread lives as long as the process; replace one that broke."""
    for connection in connections.all(initialized_only=True):
        connection.close_at = None
        connection.close_if_unusable_or_obsolete()


def _kept[**P, R](work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    keep_connection()
    return work(*args, **kwargs)


class Threads:
    """A few threads that take whatever work comes next."""

    def __init__(self, count: int, name: str) -> None:
        self._run: Any = sync_to_async(
            _kept, thread_sensitive=False, executor=ThreadPoolExecutor(count, name)
        )

    async def run[**P, R](self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do something in one of the threads, and wait for it off the event loop."""
        result: R = await self._run(work, *args, **kwargs)
        return result


class OneThread:
    """A thread and its connection, for what comes again and again.

    What always comes to the same one finds the pages that it read last in that connection's cache. SQLite empties the
    caches of all other connections with each commit.
    """

    def __init__(self, name: str) -> None:
        self.waiting = 0
        self._executor = ThreadPoolExecutor(1, name)
        self._used_at = -USED_LATELY

    async def run(self, work: Callable[..., Any], *args: Any) -> Any:
        """Do something in this thread, and wait for it off the event loop."""
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._kept, work, args)
        finally:
            self.waiting -= 1

    def _kept(self, work: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        keep_connection()
        if time.monotonic() - self._used_at < USED_LATELY:
            held: Any  # Django's stubs lack it
            for held in connections.all(initialized_only=True):
                held.health_check_done = True  # if it did break after all, whoever comes here asks again
        try:
            return work(*args)
        finally:
            self._used_at = time.monotonic()

    async def close(self, seconds: float) -> None:
        """Close the connection and let go of the thread, also if it is still held up by the database."""
        closing = asyncio.get_running_loop().run_in_executor(self._executor, connections.close_all)
        await asyncio.wait([closing], timeout=seconds)
        self._executor.shutdown(wait=False)


class OneThreadEach:
    """A few threads, of which each request gets one at the first work that needs any: the one with the least to do.

    What Django calls thread-sensitive stays on one thread for the whole of a request.
    """

    def __init__(self, count: int, name: str) -> None:
        self._threads = [_Thread(f"{name}_{number}") for number in range(count)]

    def executor(self) -> Executor:
        """Give what runs one request's work. It takes a thread when it is first asked to run something."""
        return _Chosen(self._threads)


class _Thread:
    def __init__(self, name: str) -> None:
        self.executor = ThreadPoolExecutor(1, name)
        self.waiting = 0
        self.lock = threading.Lock()

    def done(self, _future: Future[Any]) -> None:
        with self.lock:
            self.waiting -= 1


class _Chosen(Executor):
    _turn = itertools.count()

    def __init__(self, threads: list[_Thread]) -> None:
        self._threads = threads
        self._mine: _Thread | None = None

    def submit[**P, R](self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        if self._mine is None:
            first = next(self._turn) % len(self._threads)  # among equals not always the same one
            self._mine = min(self._threads[first:] + self._threads[:first], key=lambda thread: thread.waiting)
        thread = self._mine
        with thread.lock:
            thread.waiting += 1
        future = thread.executor.submit(_kept, fn, *args, **kwargs)
        future.add_done_callback(thread.done)
        return future
