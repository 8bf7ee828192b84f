"""The people of a workshop under faults: what each of them sent, was answered, and was ever sent by the server."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from realtime.client import Ack, Ended, LiveClient, Operation, Refused, RoomPaths, Transport
from tests.chaos import words
from tests.chaos.lab import Lab, new_browser
from tests.chaos.scenery import CAP, HIDDEN, LIVE, PRIVATE, SHARED, Place
from tests.faults.proxy import Proxy
from workshops.crowd_trial import guest

FIRST_WAIT = 0.2
"""The longest pause before the first new try. Browsers wait up to a second."""
VOTES = {HIDDEN, LIVE}


@dataclass
class Person:
    """Somebody with one browser. A reload makes another client; what was sent and received is kept over it."""

    name: str
    session: aiohttp.ClientSession
    paths: RoomPaths
    network: Proxy
    transport: Transport
    rng: random.Random
    reader: str = ""
    client: LiveClient = field(init=False)
    sent: dict[str, Operation] = field(default_factory=dict)
    received: list[str] = field(default_factory=list)
    id: str = ""

    async def connect(self) -> None:
        """Open the page's connection; what had no answer yet is sent again by `settle`."""
        client = LiveClient(
            self.session,
            self.paths,
            transport=self.transport,
            reader=self.reader,
            keep_received=True,
            first_wait=FIRST_WAIT,
        )
        client.received, client.operations = self.received, self.sent
        self.client = client
        await client.open(60)
        await client.wait_until(lambda one: one.connections, 30)
        self.id = client.person

    async def reload(self) -> None:
        """Load the page anew, as somebody does who sees that nothing goes on."""
        await self.client.close()
        self.received.append(await guest.room_page(self.session, self.paths))
        await self.connect()

    async def send(
        self, command: Mapping[str, Any], *, op: str = "", seconds: float = 90
    ) -> Ack | Refused | None:
        """Send it until it is answered. None: no answer came before the client had to end."""
        try:
            return await self.client.send(command, op=op, seconds=seconds)
        except (TimeoutError, Ended):
            return None

    @property
    def unknown(self) -> list[Operation]:
        """What has no answer."""
        return [one for one in self.sent.values() if one.answer is None]

    async def settle(self, seconds: float = 60) -> None:
        """Send again whatever has no answer, in order."""
        for one in self.unknown:
            await self.send(one.command, op=one.op, seconds=seconds)

    # -- what people do ------------------------------------------------------------------------------------------

    async def act(self, times: int, scene: str, stopped: Callable[[], bool], gap: float = 0.0) -> None:
        """Do that many things, one after the other, until told to stop."""
        for _ in range(times):
            if stopped() or self.client.ended:
                return
            await self.send(self.next_command(scene))
            if gap:
                await asyncio.sleep(self.rng.uniform(0, 2 * gap))

    def next_command(self, scene: str) -> dict[str, Any]:
        """Something that fits what is going on, though perhaps not the rules."""
        chance = self.rng.random()
        if chance < 0.03:
            return {"do": "person.describe", "name": f"{self.name} {self.rng.randrange(1000)}"}
        if scene in VOTES and chance < 0.8 and (items := self.client.lists.get("items")):
            return self._vote(scene, self.rng.choice(items).removeprefix("item-"))
        if scene == SHARED:
            return self._write()
        return {"do": "idea.add", "activity": PRIVATE, "text": words.new(self.rng)}

    def _vote(self, scene: str, item: str) -> dict[str, Any]:
        chance = self.rng.random()
        if chance < 0.2:
            return {"do": "dot.place", "activity": scene, "item": item}
        if chance < 0.3:
            return {"do": "dot.take_back", "activity": scene, "item": item}
        dots = self.rng.choice((0, 1, 1, 2, 2, CAP, CAP + 1))
        return {"do": "dot.set", "activity": scene, "item": item, "dots": dots}

    def _write(self) -> dict[str, Any]:
        chance, mine = self.rng.random(), self.client.own.get("mine", [])
        if chance < 0.3 and len(mine) > 2:
            do = self.rng.choice(("idea.edit", "idea.remove", "idea.put_back", "idea.edit"))
            command = {"do": do, "activity": SHARED, "idea": self.rng.choice(mine)}
            return command | ({"text": words.new(self.rng)} if do == "idea.edit" else {})
        activity = SHARED if chance < 0.75 else PRIVATE
        return {"do": "idea.add", "activity": activity, "text": words.new(self.rng)}


class Crowd:
    """Everybody in one workshop: people on sockets, polling, or on whatever works, and two facilitators."""

    def __init__(self, lab: Lab, place: Place, rng: random.Random) -> None:
        self.lab, self.place, self.seed = lab, place, rng.random()
        self.near_transport: Transport | None = None
        self.people: list[Person] = []
        self.facilitators: list[Person] = []
        self.guests: list[Person] = []
        """Others who came in, of whom nothing is asked."""
        self._sessions: list[aiohttp.ClientSession] = []

    @property
    def everybody(self) -> list[Person]:
        """People and facilitators."""
        return [*self.people, *self.facilitators]

    @property
    def near(self) -> list[Person]:
        """Those on the network that is struck."""
        return [one for one in self.everybody if one.network is self.lab.near]

    async def gather(self, number: int) -> None:
        """Bring people in, two thirds of them on sockets; and the facilitators."""
        waves = asyncio.Semaphore(8)

        async def enter(place: int) -> None:
            async with waves:
                self.people.append(await self.enter(f"Person {place}", place))

        await asyncio.gather(*(enter(place) for place in range(number)))
        for place, session in enumerate(self.lab.facilitators):
            network = self.lab.networks[place]
            paths = await guest.as_facilitator(session, network.url, self.place.id)
            await self._connected(f"Fay {place}", session, paths, network, "socket", "facilitator")

    async def enter(self, name: str, place: int = 0) -> Person:
        """Come through the door as a guest."""
        session = new_browser()
        self._sessions.append(session)
        network = self.lab.networks[place % 2]
        transport: Transport = ("socket", "socket", "poll", "poll", "socket", "auto")[place % 6]
        paths = await guest.join(session, network.url, self.place.code, name)
        await guest.room_page(session, paths)
        return await self._connected(name, session, paths, network, transport)

    async def _connected(
        self,
        name: str,
        session: Any,
        paths: RoomPaths,
        network: Proxy,
        transport: Transport,
        reader: str = "",
    ) -> Person:
        if network is self.lab.near and self.near_transport:
            transport = self.near_transport
        rng = random.Random(f"{self.seed} {name}")
        person = Person(name, session, paths, network, transport, rng, reader)
        await person.connect()
        if reader:
            self.facilitators.append(person)
        return person

    async def act(
        self, times: int, scene: str, stopped: Callable[[], bool] = lambda: False, gap: float = 0.0
    ) -> None:
        """Everybody but the facilitators does that many things."""
        await asyncio.gather(*(one.act(times, scene, stopped, gap) for one in self.people))

    async def settle(self, people: Iterable[Person] | None = None) -> None:
        """Have everything answered."""
        await asyncio.gather(*(one.settle() for one in people or self.everybody))

    async def leave(self) -> None:
        """Everybody goes."""
        await asyncio.gather(*(one.client.close() for one in (*self.everybody, *self.guests)))
        await asyncio.gather(*(session.close() for session in self._sessions))
