"""Server processes that die, or are told to stop."""

from __future__ import annotations

import asyncio

from tests.chaos.fault import Fault, must
from tests.chaos.play import Play


class Kill(Fault):
    """kill -9 of the process that half of the people are on, while a command stands at a moment of its way."""

    name = "kill-9"

    async def blow(self, play: Play) -> None:
        server = play.lab.servers[0]
        self.pid = server.pid
        await play.lab.kill(server)

    async def mend(self, play: Play) -> str:
        server = play.lab.servers[0]
        must(not server.running, "the process lives")
        play.lab.controls[0].go_on()
        await play.lab.restart(server)
        must(server.pid != self.pid, "it is the same process")
        return f"process {self.pid} killed"


class KillAnywhere(Fault):
    """kill -9 again and again while people vote, at points that chance chooses."""

    name = "kill-9-anywhere"
    moments = False
    gap = 0.15
    each = 100_000

    async def blow(self, play: Play) -> None:
        """The blows come in `mend`."""

    async def mend(self, play: Play) -> str:
        killed = 0
        for _ in range(min(play.size.kills, 10)):
            await play.some_done(0.02)
            await asyncio.sleep(play.rng.uniform(0, 0.25))
            server = play.rng.choice(play.lab.servers)
            pid = server.pid
            await play.lab.kill(server)
            must(not server.running, "the process lives")
            await play.lab.restart(server)
            killed += server.pid != pid
        return f"{killed} processes killed"


class Drain(Fault):
    """SIGTERM: the process finishes what it took, tells everybody, and goes; the next one takes over."""

    name = "sigterm-drain"

    async def blow(self, play: Play) -> None:
        self.stopping = asyncio.create_task(asyncio.to_thread(play.lab.servers[0].stop))
        await asyncio.sleep(0.05)

    async def mend(self, play: Play) -> str:
        code = await self.stopping
        must(code == 0, f"it ended with {code} instead of draining")
        told = sum(4012 in one.client.close_codes for one in play.crowd.near)
        must(told, "nobody was told")
        await play.lab.restart(play.lab.servers[0])
        return f"exit code 0, {told} people told"


FAULTS: tuple[type[Fault], ...] = (Kill, KillAnywhere, Drain)
