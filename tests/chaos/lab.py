"""What a fault is played on: a database, servers, perhaps a Redis, and two networks between them and the people."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import shutil
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

import aiohttp

from tests import services
from tests.chaos.control import Control
from tests.chaos.scenery import Place, make_places
from tests.daphne import Daphne, Kind, environment, fresh_database, manage
from tests.faults.proxy import Proxy, proxy
from tests.servers import Postgres, Redis
from workshops.crowd_trial import guest

_numbers = itertools.count(1)
THIS_CODE = "tests.chaos.asgi:application"


class Lab:
    """SQLite and one process, or PostgreSQL, Redis and two. Nothing of it is shared, so all of it may be broken.

    Half of the people come over `near`, the others over `far`: with two processes each leads to another one first.
    """

    def __init__(self, kind: Kind, places: int = 1, *, postgres: Postgres | None = None, **env: str) -> None:
        self.kind, self.env = kind, env
        self.folder = services.FOLDER / f"chaos-{next(_numbers)}"
        self.postgres = postgres
        self.redis: Redis | None = None
        self.servers: list[Daphne] = []
        self.controls: list[Control] = []
        self.networks: list[Proxy] = []
        self.facilitators: list[aiohttp.ClientSession] = []
        self.database_url = ""
        self._wanted = places
        self._places: list[Place] = []
        self._stack = AsyncExitStack()
        self._last: list[Callable[[], None]] = []

    async def __aenter__(self) -> Self:
        self.folder.mkdir(mode=0o755)
        try:
            await asyncio.to_thread(self._build)
            urls = [server.url for server in self.servers]
            self.networks = [
                await self._stack.enter_async_context(proxy(*order)) for order in (urls, list(reversed(urls)))
            ]
            for link in self._links[:2]:
                session = await self._stack.enter_async_context(new_browser())
                await guest.sign_in(session, self.near.url, link)
                self.facilitators.append(session)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let everything go."""
        await self._stack.aclose()
        for process in (*self.servers, self.redis, self.postgres):
            if process is not None:
                await asyncio.to_thread(process.kill)
        for call in self._last:
            await asyncio.to_thread(call)
        shutil.rmtree(self.folder, ignore_errors=True)

    def on_close(self, call: Callable[[], None]) -> None:
        """Call something when all else is gone."""
        self._last.append(call)

    def _build(self) -> None:
        if self.kind == "postgres":
            self.redis = Redis(self.folder / "redis")
            self.redis.start()
            if self.postgres is None:
                self.postgres = Postgres(self.folder / "postgres")
            self.postgres.start()
            self.database_url = self.postgres.url
            manage("migrate", "--verbosity", "0", env=environment(self.database_url))
        else:
            self.database_url = fresh_database("sqlite")
        self._places, self._links = make_places(self.database_url, self._wanted)
        for _ in range(2 if self.kind == "postgres" else 1):
            self.add_server()
        for server in self.servers:
            server.start()

    def add_server(self) -> Daphne:
        """Make another process, not yet started."""
        control = Control(self.folder / f"server-{len(self.servers)}")
        redis_url = self.redis.url if self.redis else ""
        env = {**self.env, "CHAOS_FOLDER": str(control.folder)}
        server = Daphne(self.database_url, redis_url=redis_url, **env)
        server.command[-1] = THIS_CODE
        self.servers.append(server)
        self.controls.append(control)
        return server

    @property
    def near(self) -> Proxy:
        """The network that faults strike; it leads to the first server."""
        return self.networks[0]

    @property
    def far(self) -> Proxy:
        """The other one. With two processes it leads to the second."""
        return self.networks[1]

    def next_place(self) -> Place:
        """A workshop that nobody has been in."""
        if not self._places:
            self._places, _links = make_places(self.database_url, 6)
        return self._places.pop(0)

    async def restart(self, *servers: Daphne) -> None:
        """Start servers that are down."""
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))

    async def kill(self, *servers: Daphne) -> None:
        """kill -9."""
        await asyncio.gather(*(asyncio.to_thread(server.kill) for server in servers))

    def five_minutes_pass(self) -> None:
        """Let every server believe that this much time went by."""
        for server, control in zip(self.servers, self.controls, strict=True):
            control.tell("later", "300")
            with contextlib.suppress(ProcessLookupError):
                server._child.send_signal(signal.SIGUSR1)  # type: ignore[union-attr]

    def logs(self) -> str:
        """All that the servers have printed."""
        return "\n".join(server.log for server in self.servers)


def new_browser() -> aiohttp.ClientSession:
    """A browser of its own: it holds who somebody is."""
    # None that lies dead may be used again; and a flood opens more than the hundred that a client has by itself.
    connector = aiohttp.TCPConnector(force_close=True, limit=0)
    return aiohttp.ClientSession(cookie_jar=guest.cookie_jar(), connector=connector)
