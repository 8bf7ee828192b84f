"""Redis, which carries only hints between processes, is killed, restarted, emptied."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import redis.asyncio

from tests.chaos.fault import Fault, must
from tests.chaos.play import Play
from tests.daphne import Kind
from tests.servers import Redis


def redis_of(play: Play) -> Redis:
    """The lab's Redis."""
    assert play.lab.redis is not None
    return play.lab.redis


class RedisKilled(Fault):
    """kill -9 of Redis, which doesn't come back before everybody is well again."""

    name = "redis-killed"
    stores: ClassVar[tuple[Kind, ...]] = ("postgres",)

    async def blow(self, play: Play) -> None:
        self.pid = redis_of(play).pid
        redis_of(play).kill()

    async def mend(self, play: Play) -> str:
        await asyncio.sleep(0.5)
        must(not redis_of(play).running, "Redis lives")
        return f"Redis {self.pid} killed, and away"

    async def after(self, play: Play) -> None:
        await asyncio.to_thread(redis_of(play).start)

    async def tidy(self, play: Play) -> None:
        if not redis_of(play).running:
            await asyncio.to_thread(redis_of(play).start)


class RedisRestarted(RedisKilled):
    """Redis dies and comes back empty within a second."""

    name = "redis-restarted"

    async def mend(self, play: Play) -> str:
        await asyncio.to_thread(redis_of(play).start)
        must(redis_of(play).pid != self.pid, "it is the same Redis")
        return f"Redis {self.pid} killed and started"

    async def after(self, play: Play) -> None:
        """It is there already."""


class RedisFlushed(RedisKilled):
    """FLUSHALL."""

    name = "redis-flushed"

    async def blow(self, play: Play) -> None:
        async with redis.asyncio.from_url(redis_of(play).url) as commands:
            await commands.flushall()
            self.calls = (await commands.info("commandstats"))["cmdstat_flushall"]["calls"]

    async def mend(self, play: Play) -> str:
        must(self.calls, "nothing was emptied")
        return f"FLUSHALL, {self.calls} so far"

    async def after(self, play: Play) -> None:
        """It never was away."""


FAULTS: tuple[type[Fault], ...] = (RedisKilled, RedisRestarted, RedisFlushed)
