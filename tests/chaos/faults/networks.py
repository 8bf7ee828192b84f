"""Networks that are gone, asleep, or don't take sockets."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from realtime import client as live
from tests.chaos.crowd import Person
from tests.chaos.fault import Fault, must
from tests.chaos.play import Play


class Offline(Fault):
    """Half of the people have no network for five seconds."""

    name = "offline-5s"
    wakes = True

    async def blow(self, play: Play) -> None:
        near = play.lab.near
        near.gone = True
        self.cut, self.refused = near.cut(), near.refused

    async def mend(self, play: Play) -> str:
        near = play.lab.near
        await asyncio.sleep(2 if play.size.quick else 5)
        near.gone = False
        refused = near.refused - self.refused
        must(self.cut and refused, "no line was cut")
        return f"{self.cut} ends cut, {refused} tries refused"

    async def tidy(self, play: Play) -> None:
        play.lab.near.gone = False


class OfflineReload(Offline):
    """Half of the people are away for five minutes, by the servers' clocks, and load the page anew."""

    name = "offline-5min-reload"
    wakes = False

    async def mend(self, play: Play) -> str:
        away = [one for one in play.crowd.near if not one.reader]
        await asyncio.sleep(0.5)
        play.lab.five_minutes_pass()
        await asyncio.sleep(0.5)
        await play.abandon(away)
        unsent = sum(len(one.unknown) for one in away)
        play.lab.near.gone = False
        must(self.cut and unsent, "nothing was unsent when the pages were loaded anew")
        await asyncio.gather(*(one.reload() for one in away))
        return f"{self.cut} ends cut, {unsent} operations kept over the reload"


class Asleep(Fault):
    """Half of the devices sleep: their lines stand still, and nobody closes them. Twice in a row."""

    name = "asleep"
    wakes = True

    async def blow(self, play: Play) -> None:
        self.frozen = play.lab.near.freeze()
        self.closes = sum(len(one.client.close_codes) for one in play.crowd.near)

    async def mend(self, play: Play) -> str:
        await asyncio.sleep(1.5)
        closes = sum(len(one.client.close_codes) for one in play.crowd.near) - self.closes
        must(self.frozen and not closes, f"{self.frozen} ends were frozen, {closes} closed")
        await asyncio.gather(*(one.client.wake() for one in play.crowd.near))
        for one in play.crowd.near:
            await one.client.wait_until(lambda client: client._connected.is_set(), 20)
        again = play.lab.near.freeze()
        must(again, "nobody had come back to sleep again")
        await asyncio.sleep(1)
        return f"{self.frozen} and {again} ends half open, none closed"


class Blocked(Fault):
    """A network answers every WebSocket handshake with 400, from one moment on."""

    name = "sockets-blocked"
    near_transport = "auto"
    upgrades: ClassVar[str] = "refuse"

    async def prepare(self, play: Play) -> None:
        self.hello, live.HELLO_SECONDS = live.HELLO_SECONDS, 1.0

    async def blow(self, play: Play) -> None:
        near = play.lab.near
        self.before = near.handshakes
        near.upgrades = self.upgrades  # type: ignore[assignment]
        self.cut = near.cut()

    async def mend(self, play: Play) -> str:
        def polling(one: Person) -> bool:
            return one.client.transport == "poll" and one.client._connected.is_set()

        async with asyncio.timeout(30):
            while not all(polling(one) for one in play.crowd.near):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        play.lab.near.upgrades = "pass"
        tried = play.lab.near.handshakes - self.before
        must(self.cut, "no line was cut")
        if play.moment and tried == 0 and play.result.proofs:
            return "all polling already"
        must(tried, "nobody tried to open a socket")
        return f"{tried} handshakes blocked, {len(play.crowd.near)} people polling"

    async def tidy(self, play: Play) -> None:
        live.HELLO_SECONDS, play.lab.near.upgrades = self.hello, "pass"


class Hanging(Blocked):
    """A network swallows WebSocket handshakes and says nothing."""

    name = "sockets-hanging"
    upgrades = "hang"


class CutWhenIdle(Fault):
    """A network cuts every socket that was idle for a minute, shortened to a second."""

    name = "cut-when-idle"
    near_transport = "auto"
    moments = False
    gap = 0.05

    async def blow(self, play: Play) -> None:
        near = play.lab.near
        near.cut_idle = 1.0
        near.cut()
        self.cuts = near.cuts

    async def mend(self, play: Play) -> str:
        near = play.lab.near
        await asyncio.gather(*play.load.values())
        async with asyncio.timeout(30):
            while near.cuts - self.cuts < 3:  # noqa: ASYNC110  # the network tells nobody
                await asyncio.sleep(0.05)
        near.cut_idle = None
        cuts = near.cuts - self.cuts
        near.cut()
        return f"{cuts} idle lines cut"

    async def tidy(self, play: Play) -> None:
        play.lab.near.cut_idle = None


FAULTS: tuple[type[Fault], ...] = (Offline, OfflineReload, Asleep, Blocked, Hanging, CutWhenIdle)
