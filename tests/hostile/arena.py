"""A server under attack: plays hostile cases, many at once, and looks for whatever a case should not have done.

The usual outcome, which no case has to state: the answer is a typed refusal (a page: 4xx with a sentence), the socket
stays open, the log and every other record are as before, nobody else got a frame, and the server logged no error.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from realtime.client import RoomPaths
from tests import kept_log
from tests.daphne import Daphne, Kind
from tests.faults.cast import faults_in, lines_of
from tests.faults.line import Line, line
from tests.hostile.cases import Case
from tests.hostile.records import digests
from tests.hostile.scene import PEOPLE, Scene, new_scene
from workshops.crowd_trial import guest

ATTACKERS = 8
FRAMES = ({"from"}, {"reset"}, {"full"}, {"own"})
"""What a bystander gets when something has changed; who is here and heartbeats are no change."""

type Play = Callable[[Arena, Case, Attacker], Awaitable[list[str]]]


@dataclass
class Attacker:
    """Somebody inside who means no good."""

    session: aiohttp.ClientSession
    paths: RoomPaths
    reader: str = "participant"
    person: str = ""
    here: Line | None = None
    ops: Iterable[int] = field(default_factory=itertools.count)


class Arena:
    """The server, its people, and what was so before."""

    def __init__(self, scene: Scene, server: Daphne, stack: AsyncExitStack) -> None:
        self.scene, self.server, self.stack = scene, server, stack
        self.names = dict(scene.names)
        self.attackers: list[Attacker] = []
        self.facilitator: Attacker
        self.observer: Attacker
        self.browsers: dict[str, aiohttp.ClientSession] = {}
        self.bystanders: list[Line] = []
        self._numbers = itertools.count(1)

    # -- the people ----------------------------------------------------------------------------------------------

    async def fill(self) -> None:
        """Bring everybody in, before anything is counted."""
        signed_in = await asyncio.gather(*(self._signed_in(self.scene.accounts[name]) for name in PEOPLE))
        self.browsers = dict(zip(PEOPLE, signed_in, strict=True))
        self.browsers["new"] = await self.browser()
        guests = (self._guest(f"Mallory {number}") for number in range(ATTACKERS))
        self.attackers = list(await asyncio.gather(*guests))
        self.browsers["guest"] = self.attackers[0].session
        self.facilitator = await self._facilitator()
        self.observer = await self._attacker(self.browsers["obs"], "Obi")
        watching = await self._guest("Bystander"), await self._facilitator()
        for one in watching:
            self.bystanders.append(await self.open(one))
        self.names |= {
            "other": watching[0].person,
            "me": self.facilitator.person,
            "fay": watching[1].person,
            "host": self.server.url.partition("://")[2],
            "socket": self.attackers[0].paths.socket,
            "here_upper": self.scene.workshop.upper(),
            "epoch": next(iter(self.bystanders[0].messages))["hello"]["epoch"],
        }
        async with self.browsers["new"].get(f"{self.server.url}/shared-reports/{self.names['here_token']}/"):
            pass  # a link keeps when it was used, once a minute

    async def browser(self) -> aiohttp.ClientSession:
        """Open a browser of its own, with a CSRF token."""
        session = aiohttp.ClientSession(cookie_jar=guest.cookie_jar())
        await self.stack.enter_async_context(session)
        async with session.get(f"{self.server.url}/accounts/login/") as response:
            assert response.status == 200
        return session

    async def _signed_in(self, link: str) -> aiohttp.ClientSession:
        session = await self.browser()
        await guest.sign_in(session, self.server.url, link)
        return session

    async def _guest(self, name: str) -> Attacker:
        return await self._attacker(await self.browser(), name)

    async def _attacker(self, session: aiohttp.ClientSession, name: str) -> Attacker:
        paths = await guest.join(session, self.server.url, self.scene.code, name)
        await guest.room_page(session, paths)
        attacker = Attacker(session, paths)
        async with line(session, paths) as opened:
            attacker.person = next(iter(opened.messages))["hello"]["person"]
        return attacker

    async def _facilitator(self) -> Attacker:
        session = await self._signed_in(self.scene.next_link())
        paths = await guest.as_facilitator(session, self.server.url, self.scene.workshop)
        attacker = Attacker(session, paths, "facilitator")
        async with line(session, paths, **{"as": "facilitator"}) as opened:
            attacker.person = next(iter(opened.messages))["hello"]["person"]
        return attacker

    async def open(self, who: Attacker, **query: str) -> Line:
        """Open a socket that stays open until the end."""
        asked = {"as": who.reader} if who.reader != "participant" else {}
        return await self.stack.enter_async_context(line(who.session, who.paths, **asked, **query))

    async def line_of(self, who: Attacker) -> Line:
        """Give the attacker's socket, a new one if the last was closed."""
        if who.here is None or who.here.closed is not None:
            who.here = await self.open(who)
        return who.here

    def names_for(self, who: Attacker) -> dict[str, str]:
        """Give what a case may name."""
        return {**self.names, "me": who.person}

    def new_op(self) -> str:
        """Give an operation id of its own."""
        return f"op-hostile-{next(self._numbers):05}"

    def log(self, title: str = "Here") -> list[kept_log.Event]:
        """Read a workshop's log from the database."""
        return kept_log.read(self.scene.database_url, self.scene.workshops[title]["stream"])

    # -- playing -------------------------------------------------------------------------------------------------

    async def play(self, cases: Iterable[tuple[Case, Play]]) -> dict[str, list[str]]:
        """Play all cases, as many at once as there are attackers. Gives what is wrong, by case."""
        wrong: dict[str, list[str]] = {}
        groups: dict[str, asyncio.Queue[tuple[str, Case, Play]]] = {}
        for case, play in cases:
            queue = groups.setdefault(case.get("by", "participant"), asyncio.Queue())
            queue.put_nowait((key_of(case, play), case, play))
        before, rows, heard = self._counted()
        async with asyncio.TaskGroup() as group:
            for by, queue in groups.items():
                for who in self._those(by):
                    group.create_task(self._work(queue, who, wrong))
        wrong["everybody"] = await self._noticed(before, rows, heard)
        return wrong

    def _those(self, by: str) -> list[Attacker]:
        return {"facilitator": [self.facilitator], "observer": [self.observer]}.get(by, self.attackers)

    async def _work(
        self, queue: asyncio.Queue[tuple[str, Case, Play]], who: Attacker, wrong: dict[str, list[str]]
    ) -> None:
        while not queue.empty():
            key, case, play = queue.get_nowait()
            try:
                async with asyncio.timeout(30):
                    wrong[key] = await play(self, case, who)
            except Exception as error:  # noqa: BLE001 (whatever it is, it belongs to this case)
                wrong[key] = [f"{type(error).__name__}: {error}"[:600]]

    def _counted(self) -> tuple[dict[str, str], list[kept_log.Event], list[int]]:
        log = [row for title in self.scene.workshops for row in self.log(title)]
        return digests(self.scene.database_url), log, [len(one.messages) for one in self.bystanders]

    async def _noticed(
        self, before: dict[str, str], rows: list[kept_log.Event], heard: list[int]
    ) -> list[str]:
        """Say what became otherwise: in the log, in the tables, for those who did nothing, in the server's log."""
        # What is answered has been through the room's turn: a frame that was due has come before it, or with it.
        answers = await asyncio.wait_for(asyncio.gather(*(one.ask("ping") for one in self.bystanders)), 10)
        wrong = [f"a bystander was answered {one}" for one in answers if one.get("code") != "unknown_command"]
        after, now, _heard = self._counted()
        wrong += [f"the log got {row}" for row in now if row not in rows]
        wrong += [f"the table {table} changed" for table in after if after[table] != before.get(table)]
        for bystander, begun in zip(self.bystanders, heard, strict=True):
            frames = [one for one in bystander.messages[begun:] if any(names <= set(one) for names in FRAMES)]
            wrong += [f"a bystander got {frame}" for frame in frames]
        return wrong + errors_in(self.server.log)


def key_of(case: Case, play: Play) -> str:
    """Name a case as played over one way."""
    return f"{case.id}-{play.__name__}"


def errors_in(log: str) -> list[str]:
    """Give the lines of a server's log that tell of an error, whose ever."""
    return list(dict.fromkeys([*filter(_is_error, lines_of(log)), *faults_in(log)]))


def _is_error(text: str) -> bool:
    if text.startswith("{"):
        return as_json(text)["level"] in ("ERROR", "CRITICAL")
    return bool(re.match(r"\S+ \S+ (ERROR|CRITICAL) |Traceback|Unhandled", text))


@asynccontextmanager
async def arena(kind: Kind) -> AsyncIterator[Arena]:
    """Start a server on a scene of its own and fill it with people."""
    scene = new_scene(kind)
    server = Daphne(scene.database_url)
    server.start(60)
    try:
        async with AsyncExitStack() as stack:
            made = Arena(scene, server, stack)
            await made.fill()
            yield made
    finally:
        server.kill()


def as_json(text: str) -> dict[str, Any]:
    """Read an answer."""
    return dict(json.loads(text))
