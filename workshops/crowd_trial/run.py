"""One trial: lets the participants in, has the workshop run, looks at what everybody sees."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal

import aiohttp
import orjson

from realtime.client_view import View
from workshops.crowd_trial import guest, hidden
from workshops.crowd_trial.facilitator import Facilitator
from workshops.crowd_trial.measures import Measures, Said
from workshops.crowd_trial.people import Luck, Pace, Person, Together
from workshops.crowd_trial.stage import differences, stage_at

if TYPE_CHECKING:
    from realtime.client import LiveClient, Transport
    from workshops.crowd_trial.files import Script

AT_THE_DOOR = 16
"""So many come through the door at a time."""
SHARE = {"twice": 0.03, "break": 0.01, "reload": 0.005}
LEAST = {"twice": 3, "break": 3, "reload": 2}
POLLING = 0.1

LIVE_EQUALS_RELOAD = "What every client shows is what a fresh page shows"
HIDDEN = "Nobody received hidden ideas, or totals before they were shown"

type Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be tried, and how. `speed` None: as fast as possible. `drive`: path of a sign-in link, or ""."""

    bases: list[str]
    workshop: str
    code: str
    script: Script
    brainstorm: str
    vote: str
    silent: int = 0
    speed: float | None = None
    transport: Literal["socket", "poll", "mixed"] = "mixed"
    drive: str = ""
    seed: int = 0
    common: str = ""
    secret_ideas: bool = True


@dataclass(slots=True)
class Trial:
    """Runs a plan. Afterwards `said` and `measures` tell what happened."""

    plan: Plan
    tell: Tell
    said: Said = field(init=False)
    measures: Measures = field(default_factory=Measures)
    people: list[Person] = field(default_factory=list)
    _facilitator_log: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Do all of it. Raises guest.NotLetIn, facilitator.CantRun, aiohttp.ClientError, TimeoutError."""
        plan = self.plan
        self.said = Said(plan.workshop, driven=bool(plan.drive))
        chance = random.Random(plan.seed)  # noqa: S311 (a trial that can be played again)
        together = Together(plan.code, plan.bases, Pace(plan.speed), self.said, self.measures, chance)
        async with AsyncExitStack() as stack:
            connector = await stack.enter_async_context(aiohttp.TCPConnector(limit=0))

            async def session() -> aiohttp.ClientSession:
                made = aiohttp.ClientSession(
                    connector=connector, connector_owner=False, cookie_jar=guest.cookie_jar()
                )
                return await stack.enter_async_context(made)

            progress = asyncio.create_task(self._progress())
            stack.callback(progress.cancel)
            self.people = await self._people(together, chance, session)
            parts: list[asyncio.Task[None]] = []
            try:
                with self._timed("joining"):
                    await self._all(Person.join)
                parts = [asyncio.create_task(person.take_part()) for person in self.people]
                if plan.drive:
                    await self._drive(Facilitator(together, await session(), self.people))
                await asyncio.gather(*parts)
                await self._look("at the end")
            finally:
                for one in parts:
                    one.cancel()
                await asyncio.gather(*parts, return_exceptions=True)
                await self._all(_leave)
        self._search()

    async def _people(
        self,
        together: Together,
        chance: random.Random,
        session: Callable[[], Awaitable[aiohttp.ClientSession]],
    ) -> list[Person]:
        script = self.plan.script
        keys = [*script.people, *(f"silent-{number + 1}" for number in range(self.plan.silent))]
        polling = set(chance.sample(keys, max(1, round(len(keys) * POLLING))))
        people = []
        for number, key in enumerate(keys, 1):
            transport: Transport = "socket"
            if self.plan.transport == "poll" or (self.plan.transport == "mixed" and key in polling):
                transport = "poll"
            ideas = [idea for idea in script.ideas if idea.author == key]
            votes = [vote for vote in script.votes if vote.voter == key]
            name = f"Simulated {number}"
            people.append(Person(key, name, together, await session(), transport, ideas, votes))
        _deal_luck(people, chance)
        return people

    # -- the run of show ---------------------------------------------------------------------------------------------

    async def _drive(self, facilitator: Facilitator) -> None:
        plan = self.plan
        await facilitator.come(plan.workshop, plan.drive)
        try:
            with self._timed("writing"):
                await facilitator.press("step.open", plan.brainstorm, "open")
                await facilitator.let_work()
                await facilitator.press("step.close", plan.brainstorm, "closed")
            with self._timed("showing the ideas"):
                await facilitator.press("step.reveal", plan.brainstorm, "revealed")
                await facilitator.hide(plan.script.rejected)
            await self._look("after the ideas were shown", facilitator)
            with self._timed("voting"):
                await facilitator.press("step.open", plan.vote, "open")
                await facilitator.let_work()
                self._everybody_had_their_say(facilitator)
                await facilitator.press("step.close", plan.vote, "closed")
            await facilitator.press("step.reveal", plan.vote, "revealed")
            await self._look("after the result was shown", facilitator)
            await facilitator.press("workshop.close", "", "over")
        finally:
            self._facilitator_log = await facilitator.leave()

    def _everybody_had_their_say(self, facilitator: Facilitator) -> None:
        stage = stage_at(facilitator.client)
        for person in self.people:
            if left := person.left_to_do(stage):
                self.measures.problem("Everybody stays to the end", f"{person.key} has {left} lines left")

    # -- looking -------------------------------------------------------------------------------------------------

    async def _look(self, when: str, facilitator: Facilitator | None = None) -> None:
        """Compare what everybody's client shows with a fresh snapshot."""

        async def look(person: Person) -> None:
            self._compare(when, person.key, await _compared(person.client, person.session))

        await self._all(look)
        if facilitator is not None:
            found = await _compared(facilitator.client, facilitator.session, "facilitator")
            self._compare(when, "the facilitator", found)

    def _compare(self, when: str, who: str, found: list[str]) -> None:
        self.measures.counts["views compared"] += 1
        if found:
            self.measures.problem(LIVE_EQUALS_RELOAD, f"{who}, {when}: {', '.join(found[:5])}")

    def _search(self) -> None:
        """Look through everything that was received for what should not have been sent."""
        script, said = self.plan.script, self.said
        written = script.ideas if self.plan.secret_ideas else []
        texts = {
            idea.id: unicodedata.normalize("NFC", idea.text).strip() for idea in written
        }  # as rooms keep them
        taken_off = script.rejected & said.ideas.keys() if said.driven else set()
        for person in self.people:
            mine = [idea.id for idea in person.ideas]
            for what in dict.fromkeys(hidden.found_in(person.log, texts, mine, taken_off, self.plan.common)):
                self.measures.problem(HIDDEN, f"{person.key} received {what}")
            self.measures.counts["messages searched"] += len(person.log)
        for what in dict.fromkeys(hidden.found_in(self._facilitator_log, texts, [], [], self.plan.common)):
            self.measures.problem(HIDDEN, f"the facilitator received {what}")

    # -- parts -----------------------------------------------------------------------------------------------------

    async def _all(self, do: Callable[[Person], Awaitable[None]]) -> None:
        """Do something for everybody, a few at a time."""
        few = asyncio.Semaphore(AT_THE_DOOR)

        async def one(person: Person) -> None:
            async with few:
                await do(person)

        try:
            async with asyncio.TaskGroup() as group:
                for person in self.people:
                    group.create_task(one(person))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.measures.seconds[what] = time.perf_counter() - started

    async def _progress(self) -> None:
        """Say once a second how far it is."""
        from workshops.crowd_trial.report import progress_line  # noqa: PLC0415 (report reads trials)

        while True:
            await asyncio.sleep(1)
            self.tell(progress_line(self))


def _deal_luck(people: list[Person], chance: random.Random) -> None:
    """Spread what goes wrong over everybody's operations."""
    places = [
        (person, number)
        for person in people
        for number in range(len(person.ideas) + sum(1 for vote in person.votes if vote.dots))
    ]
    chance.shuffle(places)
    for luck, share in SHARE.items():
        for _ in range(max(LEAST[luck], round(share * len(places)))):
            if not places:
                return
            person, number = places.pop()
            person.luck[number] = _that_can_happen(luck, person)


def _that_can_happen(luck: str, person: Person) -> Luck:
    if luck == "break" and person.transport == "poll":
        return "reload"  # no line to break
    return "twice" if luck == "twice" else "break" if luck == "break" else "reload"


async def _leave(person: Person) -> None:
    if hasattr(person, "client"):
        await person.leave()


def _has_come_to(client: LiveClient, seq: int) -> bool:
    return client.seq >= seq


async def _compared(client: LiveClient, session: aiohttp.ClientSession, reader: str = "") -> list[str]:
    """Fetch a fresh snapshot and name what the client's view has otherwise."""
    query = {"format": "json", **({"as": reader} if reader else {})}
    found = ["nothing came"]
    for _ in range(3):  # what came in between is no difference
        async with session.get(client.paths.base_url + client.paths.frames, params=query) as response:
            fresh = View()
            fresh.replace(orjson.loads(await response.read()))
        with contextlib.suppress(TimeoutError):
            await client.wait_until(partial(_has_come_to, seq=fresh.seq), 10)
        found = differences(client.view, fresh)
        if not found:
            return []
        await asyncio.sleep(1)
    return found
