"""People who press at the same instant, send twice, send again what is long past, or live in another hour."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator
from itertools import cycle, product
from typing import Any

import orjson

from realtime.client import Ack
from tests import kept_log
from tests.chaos import words
from tests.chaos.crowd import Person
from tests.chaos.fault import Fault, must
from tests.chaos.play import Play
from tests.chaos.scenery import HIDDEN, LIVE, PRIVATE, SHARED

MOVES = {"show.next", "show.back", "show.go"}


class Facilitators(Fault):
    """Two facilitators press at the same instant: every pair of their commands, on two processes where there are two."""

    name = "two-facilitators"
    moments = False
    scenes = (SHARED,)
    each = 8

    async def blow(self, play: Play) -> None:
        play.crowd.guests.append(await play.crowd.enter("Shown out and let in", 1))

    async def mend(self, play: Play) -> str:
        left, right = play.crowd.facilitators
        names = list(commands(play, ""))
        pairs = list(product(names, names))
        play.rng.shuffle(pairs)
        outcomes: dict[str, int] = {}
        for _number, pair in zip(range(play.size.pairs), cycle(pairs), strict=False):
            answers = await self._press(play, left, right, *pair)
            acked = sum(isinstance(one, Ack) for one in answers)
            outcomes[f"{acked} of 2"] = outcomes.get(f"{acked} of 2", 0) + 1
            if acked == 2 and set(pair) <= MOVES:
                play.result.found.doubled.append(f"{pair} both moved everybody from the same place")
        await left.client.wait_until(lambda one: one.seq >= right.client.seq, 5)
        play.scene = LIVE  # wherever they left it, nothing more is written
        must(len(outcomes) > 1, "never did one win over the other")
        return f"{play.size.pairs} pairs of {len(names)} commands, acknowledged: {outcomes}"

    async def _press(self, play: Play, left: Person, right: Person, one: str, other: str) -> list[Any]:
        await _see_the_same(left, right)
        seen = commands(play, _stage_of(left))
        return list(await asyncio.gather(left.send(dict(seen[one])), right.send(dict(seen[other]))))


async def _see_the_same(left: Person, right: Person) -> None:
    """Both have heard of the same frame, as far as that comes of itself; what they press says what they saw."""
    for one, other in ((left, right), (right, left)):
        try:
            await one.client.wait_until(lambda client, other=other: client.seq >= other.client.seq, 2)  # type: ignore[misc]
        except TimeoutError:
            continue


def _stage_of(person: Person) -> Any:
    return person.client.items.get("stage", {}).get("step") or {}


def commands(play: Play, stage: Any) -> dict[str, dict[str, Any]]:
    """Everything a facilitator can press, as it would be sent from what is seen now."""
    step = stage or {}
    seen = {"if": {"activity": step.get("id", ""), "round": step.get("round", 0)}}
    ideas = play.crowd.facilitators[0].client.lists.get("ideas", []) or ["idea-i1", "idea-i2"]
    first, second = (one.partition("-")[2] for one in (ideas * 2)[:2])
    somebody = play.crowd.guests[0].id if play.crowd.guests else ""
    here, other = step.get("id", SHARED), play.rng.choice([PRIVATE, SHARED, HIDDEN])
    every: dict[str, dict[str, Any]] = {
        **{do: {**seen} for do in ("show.next", "show.back")},
        "show.go": {"activity": other, **seen},
        "step.open": {"activity": other, **seen},
        **{
            do: {"activity": here, **seen}
            for do in ("step.new_round", "step.pause", "step.resume", "step.close")
        },
        "step.extend": {"activity": here, "minutes": 1, **seen},
        "step.reveal": {"activity": play.rng.choice([SHARED, HIDDEN]), **seen},
        "step.add": {"kind": "brainstorm", "title": "Added"},
        "step.change": {"activity": here, "title": f"Title {play.rng.randrange(10**6)}"},
        "step.move": {"activity": LIVE, "before": play.rng.choice([PRIVATE, SHARED, HIDDEN])},
        "step.remove": {"activity": f"a{play.rng.randrange(5, 60)}"},
        "idea.hide": {"idea": first, "reason": "Off the point"},
        "idea.restore": {"idea": first},
        "idea.merge": {"ideas": [first, second]},
        **{do: {"person": somebody} for do in ("person.remove", "person.let_in")},
        **{do: {} for do in ("door.lock", "door.unlock")},
        "person.describe": {"person": somebody, "name": f"Renamed {play.rng.randrange(10**6)}"},
    }
    return {do: {"do": do, **fields} for do, fields in every.items()}


class Duplicates(Fault):
    """One operation is sent eight times at once, over sockets and HTTP and every process; others do so all the time."""

    name = "duplicates"

    async def blow(self, play: Play) -> None:
        who, op, command = play.marked_one
        self.sends = asyncio.gather(*twice(play, who, op, command, 4))

    async def mend(self, play: Play) -> str:
        assert play.marked is not None
        answers = await self.sends
        own = await play.marked
        said = {(status, answer.get("ack"), answer.get("seq")) for status, answer in answers if status != 503}
        must(isinstance(own, Ack) and len(answers) == 8, f"it was answered {own}")
        if said - {(200, own.op, own.seq)}:
            play.result.found.doubled.append(f"one operation was answered {own} and {said}")
        play.stopped = (
            True  # who sends the next thing before the answer to the last one has no order to rely on
        )
        await asyncio.gather(*play.load.values())
        pressed = await asyncio.gather(*(self._both_ways(play, one) for one in play.crowd.people))
        return f"8 sends of one operation; {sum(pressed)} operations over two ways at once"

    async def _both_ways(self, play: Play, person: Person) -> int:
        for _ in range(play.size.each // 2):
            op, command = str(uuid.uuid4()), person.next_command(play.scene)
            sends = asyncio.gather(*twice(play, person, op, command, 1))
            await person.send(command, op=op)
            await sends
        return play.size.each // 2


def twice(play: Play, person: Person, op: str, command: dict[str, Any], times: int) -> Iterator[Any]:
    """Sends over HTTP, by both networks."""
    client = person.client
    for network in play.lab.networks:
        for _ in range(times):
            yield _post(client, network.url, {"op": op, **command})


async def _post(client: Any, base_url: str, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    url = base_url + client.paths.commands
    headers = {"Content-Type": "application/json", **client.http.headers(), "Referer": base_url}
    async with client.session.post(url, data=orjson.dumps(message), headers=headers) as response:
        answer = await response.json()
        return response.status, answer


class Replayed(Fault):
    """All that people sent is sent again: by themselves after a kill, and by somebody else who listened."""

    name = "replayed-log"
    moments = False

    async def blow(self, play: Play) -> None:
        await asyncio.gather(*play.load.values())
        await play.crowd.settle()
        await play.lab.kill(*play.lab.servers)
        await play.lab.restart(*play.lab.servers)

    async def mend(self, play: Play) -> str:
        thief = play.crowd.people[0]
        victims = [one for one in play.crowd.people[1:] if not one.reader]
        before = await self._events(play)
        again = await asyncio.gather(*(self._again(play, one) for one in victims))
        after = await self._events(play)
        ours = {one.id for one in victims}
        new = [event for event in after[len(before) :] if event.actor in ours]
        if new:
            play.result.found.doubled.append(f"{len(new)} operations took effect when they were sent again")
        stolen = [one for victim in victims for one in victim.sent.values()][: play.size.each * 4]
        for one in stolen:
            await thief.send(one.command, op=one.op)
        theirs = [event for event in (await self._events(play))[len(after) :] if event.actor in ours]
        if theirs:
            play.result.found.doubled.append(f"{len(theirs)} things were done in somebody else's name")
        must(sum(again) and stolen, "nothing was sent again")
        return f"{sum(again)} sent again by their owners, {len(stolen)} by somebody else"

    async def _events(self, play: Play) -> list[kept_log.Event]:
        return await asyncio.to_thread(kept_log.read, play.lab.database_url, play.place.stream)

    async def _again(self, play: Play, person: Person) -> int:
        done = [one for one in person.sent.values() if isinstance(one.answer, Ack)][:25]
        for one in done:
            status, answer = await person.client.post({"op": one.op, **one.command})
            while status == 503:
                await asyncio.sleep(0.5)
                status, answer = await person.client.post({"op": one.op, **one.command})
            if answer != {"ack": one.op, "seq": one.answer.seq}:  # type: ignore[union-attr]
                play.result.found.doubled.append(f"{one.op}, sent again, was answered {answer}")
        return len(done)


class WrongClock(Fault):
    """A server's clock is an hour ahead, then an hour behind; with two processes one is ahead, the other behind."""

    name = "clock-an-hour-off"
    moments = False
    gap = 0.05

    async def _set(self, play: Play, *hours: int) -> None:
        servers = play.lab.servers
        await play.lab.kill(*servers)
        for server, off in zip(servers, hours, strict=False):
            server.env = {**server.settings, "CHAOS_CLOCK": str(off * 3600)}
        await play.lab.restart(*servers)

    async def blow(self, play: Play) -> None:
        await self._set(play, 1, -1)

    async def mend(self, play: Play) -> str:
        await play.some_done(0.2)
        ahead = self._said_off(play)
        await self._set(play, -1, 1)
        await play.some_done(0.2)
        off = ahead | self._said_off(play)
        must({1, -1} <= off, f"clocks were off by {off} hours")
        return "an hour ahead and an hour behind"

    def _said_off(self, play: Play) -> set[int]:
        """By how many hours what people were told last is off."""
        hours = set()
        for person in play.crowd.everybody:
            hellos = [orjson.loads(text) for text in person.received[-400:] if '"hello":' in text]
            for hello in hellos[-3:]:
                for message in hello.get("messages", [hello]):
                    if "hello" in message:
                        hours.add(round((message["hello"]["time"] / 1000 - time.time()) / 3600))
        return hours

    async def tidy(self, play: Play) -> None:
        await self._set(play, 0, 0)


class TabFromYesterday(Fault):
    """Half of the people sleep, the workshop is closed and sealed, the servers restart, a day passes, they wake."""

    name = "tab-from-yesterday"
    moments = False
    wakes = True
    gap = 0.1

    async def blow(self, play: Play) -> None:
        near = play.lab.near
        near.gone = True
        self.cut = near.cut()
        self.asleep = [one for one in play.crowd.near if not one.reader]
        self.late = {one.name: asyncio.create_task(self._write(play, one)) for one in self.asleep}

    async def _write(self, play: Play, person: Person) -> Any:
        return await person.send({"do": "idea.add", "activity": PRIVATE, "text": words.new(play.rng)})

    async def mend(self, play: Play) -> str:
        fay = play.crowd.facilitators[1]
        play.crowd.facilitators.reverse()  # this one is awake
        play.stopped = True
        awake = [task for one, task in play.load.items() if one not in {p.id for p in self.asleep}]
        await asyncio.gather(*awake)
        if play.secrets.silent:
            play.secrets.silent[-1] = (play.secrets.silent[-1][0], play.heard())
            assert isinstance(await fay.send({"do": "step.reveal", "activity": HIDDEN}), Ack)
        await play.close_workshop()
        await self._a_day_later(play, 86_400)
        play.lab.near.gone = False
        await asyncio.gather(*(one.client.wake() for one in self.asleep))
        answers = await asyncio.gather(*self.late.values())
        codes = {getattr(answer, "code", str(answer)) for answer in answers}
        must(self.cut and codes == {"workshop_closed"}, f"what was unsent was answered {codes}")
        return f"{len(answers)} unsent operations refused as workshop_closed"

    async def _a_day_later(self, play: Play, seconds: int) -> None:
        await play.lab.kill(*play.lab.servers)
        for server in play.lab.servers:
            server.env = {**server.settings, "CHAOS_CLOCK": str(seconds)}
        await play.lab.restart(*play.lab.servers)

    async def tidy(self, play: Play) -> None:
        play.lab.near.gone = False
        await self._a_day_later(play, 0)


FAULTS: tuple[type[Fault], ...] = (Facilitators, Duplicates, Replayed, WrongClock, TabFromYesterday)
