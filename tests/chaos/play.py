"""Plays one fault: people at work, the blow at its moment, the end of the fault, and everything checked."""

from __future__ import annotations

import asyncio
import random
import traceback
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from realtime.client import Ack, Operation, Refused
from tests import kept_log
from tests.chaos import boards, oracle, words
from tests.chaos.control import AFTER_ACK, BEFORE_ACK, BEFORE_COMMIT, MARK, MOMENTS
from tests.chaos.crowd import Crowd, Person
from tests.chaos.fault import DidNotHappen, Fault
from tests.chaos.lab import Lab
from tests.chaos.scenery import HIDDEN, LIVE, PRIVATE, SHARED

SCENES = (SHARED, HIDDEN, LIVE)
__all__ = ["BEFORE_ACK", "BEFORE_COMMIT", "Play", "Result", "Size"]


@dataclass(frozen=True)
class Size:
    """How much is played."""

    people: int = 24
    each: int = 32
    """What each of them does in one round."""
    moments: int = 3
    kills: int = 100
    pairs: int = 500
    patience: float = boards.WITHIN_SECONDS

    @property
    def quick(self) -> bool:
        """Whether this is the short form."""
        return self.moments == 1


QUICK = Size(people=12, each=8, moments=1, kills=4, pairs=40)


@dataclass
class Result:
    """What came of one fault on one store."""

    fault: str
    store: str
    seed: str
    operations: int = 0
    acknowledged: int = 0
    refused: int = 0
    unknown: int = 0
    again: int = 0
    heal: float = 0.0
    found: oracle.Found = field(default_factory=oracle.Found)
    proofs: list[str] = field(default_factory=list)
    not_happened: str = ""

    @property
    def bad(self) -> bool:
        """Whether a promise was broken, or the fault wasn't one."""
        return bool(self.found.lines() or self.not_happened)


class Play:
    """One fault on one lab, in a workshop of its own."""

    def __init__(self, lab: Lab, fault: Fault, seed: str, size: Size) -> None:
        self.lab, self.fault, self.size = lab, fault, size
        self.rng = random.Random(seed)
        self.place = lab.next_place()
        self.crowd = Crowd(lab, self.place, self.rng)
        self.crowd.near_transport = fault.near_transport
        self.secrets = oracle.Secrets()
        self.result = Result(fault.name, lab.kind, seed)
        self.scene, self.moment = SHARED, ""
        self.stopped = False
        self.closed = False
        self.forgiven: list[Operation] = []
        """What was acknowledged, and is gone because the fault says so: after a backup that was restored."""
        self.marked: asyncio.Task[Any] | None = None
        self.load: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> Result:
        """Play it, and say what came of it."""
        try:
            await self.fault.prepare(self)
            await self.crowd.gather(self.size.people)
            await self.crowd.act(3, SHARED)
            moments = list(MOMENTS) if self.fault.moments else [""]
            self.rng.shuffle(moments)
            scenes = sorted(self.rng.sample(SCENES, min(len(moments), self.size.moments)))
            for moment, scene in zip(moments, self.fault.scenes or scenes, strict=False):
                self.moment = moment
                await self._go_to(scene)
                await self._round()
            await self._finish()
        except DidNotHappen as error:
            self.result.not_happened = str(error)
        except Exception as error:  # noqa: BLE001  # one fault that can't be played is no reason not to play the others
            said = f"{type(error).__name__}: {error}"[-800:]
            self.result.not_happened = "".join([*traceback.format_tb(error.__traceback__)[-3:], said])
        finally:
            for task in self.load.values():
                task.cancel()
            await self.crowd.leave()
            for control in self.lab.controls:
                control.go_on()
            await self.fault.tidy(self)
        self._count()
        return self.result

    # -- scenes --------------------------------------------------------------------------------------------------

    async def lead(self, do: str, **fields: Any) -> None:
        """Have a facilitator do something that must be done."""
        answer = await self.crowd.facilitators[0].send({"do": do, **fields})
        assert isinstance(answer, Ack), f"{do}: {answer}"

    def heard(self) -> dict[str, int]:
        """How much everybody has received so far."""
        return {one.id: len(one.received) for one in self.crowd.everybody}

    async def _go_to(self, scene: str) -> None:
        if scene == self.scene:
            return
        await self._hide_one()
        if self.scene == HIDDEN:
            self.secrets.silent[-1] = (self.secrets.silent[-1][0], self.heard())
        if self.scene == SHARED:
            await self.lead("step.close", activity=SHARED)
        await self.lead("step.open", activity=scene)
        self.scene = scene
        await self.same_boards("before the fault")
        if scene == HIDDEN:
            self.secrets.silent.append((self.heard(), {}))
        await self._hide_one()

    async def _hide_one(self) -> None:
        """A facilitator takes an idea off the board: from when all boards show that, its words go to nobody else."""
        fay, name = self.crowd.facilitators[0], "ideas" if self.scene == SHARED else "items"
        shown = fay.client.lists.get(name, [])
        if len(shown) < 4:
            return
        for key in self.rng.sample(shown, 4):
            if key not in fay.client.items:
                continue
            mark = words.mark_of(fay.client.items[key]["text"])
            answer = await fay.send(
                {"do": "idea.hide", "idea": key.partition("-")[2], "reason": "Said already"}
            )
            if isinstance(answer, Ack):
                break
            removed = isinstance(answer, Refused) and answer.code == "no_such_idea"  # by its author, just now
            assert removed, f"idea.hide: {answer}"
        else:
            return
        await self.same_boards("before the fault")
        own = [
            one.id for one in self.crowd.people if any(mark in str(op.command) for op in one.sent.values())
        ]
        outside = {one.id: len(one.received) for one in self.crowd.people if one.id not in own}
        self.secrets.taken_off.append((mark, outside))

    # -- a round -------------------------------------------------------------------------------------------------

    async def _round(self) -> None:
        each = self.fault.each or self.size.each
        if self.result.proofs:
            await self._back_to_first_servers()
        self.begin_load(each, self.fault.gap)
        await self.some_done(0.3)
        if self.fault.moments:
            await self._blow_at_moment()
        else:
            await self.fault.blow(self)
        proof = await self.fault.mend(self)
        self.result.proofs.append(proof)
        self.stopped = True
        healed = asyncio.get_running_loop().time()
        await self._wake()
        await self._all_answered()
        seconds, late = await boards.same_for_all(
            self.crowd.everybody, healed, within=self.size.patience, words_only=self.fault.words_only
        )
        self.result.heal = max(self.result.heal, seconds)
        self.result.found.diverged += [f"{line} ({self.moment or 'any moment'})" for line in late]
        if not self.closed:
            await self.crowd.act(min(each, self.size.each), self.scene)  # it works again, for everybody
        await self._ask_again()
        await self.fault.after(self)
        await self._check()

    async def _back_to_first_servers(self) -> None:
        """Who went to another process while theirs was away comes back to it, so that it can be struck again."""
        await asyncio.gather(*(one.client.wake() for one in self.crowd.near))
        for one in self.crowd.near:
            await one.client.wait_until(lambda client: client._connected.is_set(), 20)

    def begin_load(self, each: int, gap: float) -> None:
        """Let everybody work, on the side."""
        self.stopped = False
        self.load = {
            one.id: asyncio.create_task(one.act(each, self.scene, lambda: self.stopped, gap))
            for one in self.crowd.people
        }

    async def abandon(self, people: Iterable[Person]) -> None:
        """These people's pages go, in the middle of what they were doing."""
        gone = list(people)
        tasks: list[asyncio.Task[Any]] = [self.load.pop(one.id) for one in gone if one.id in self.load]
        if self.marked is not None and self.marked_one[0] in gone:
            tasks.append(self.marked)
            self.marked = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def some_done(self, part: float, seconds: float = 20) -> None:
        """Wait until a part of what people are doing is done."""
        before = self.answered
        wanted = before + part * len(self.load) * min(self.fault.each or self.size.each, 20)
        async with asyncio.timeout(seconds):
            while self.answered < wanted and not all(task.done() for task in self.load.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)  # nothing tells when many people have done something

    @property
    def answered(self) -> int:
        """How many operations have an answer."""
        return sum(one.answer is not None for person in self.crowd.people for one in person.sent.values())

    @property
    def answered_by_ack(self) -> int:
        """How many operations are acknowledged."""
        return sum(
            isinstance(one.answer, Ack) for person in self.crowd.people for one in person.sent.values()
        )

    async def _blow_at_moment(self) -> None:
        """Strike while a command stands still: before it is durable, before it is answered, or after."""
        near = [one for one in self.crowd.near if not one.reader]
        who = next((one for one in near if one.client.transport == "socket"), near[0])
        command = {"do": "idea.add", "activity": PRIVATE, "text": words.new(self.rng)}
        control = self.lab.controls[0]
        if self.moment != AFTER_ACK:
            control.pause_at(self.moment)
        op = f"{MARK}{uuid.uuid4().hex[:12]}"
        self.marked = asyncio.create_task(who.send(command, op=op))
        if self.moment == AFTER_ACK:
            await self.marked
        else:
            await control.reached()
        self.marked_one = who, op, command
        await self.fault.blow(self)
        control.go_on()

    async def _wake(self) -> None:
        """Cut short the pause before the next try, which may be half a minute. Who has a line keeps it."""
        sleepers = self.crowd.near if self.fault.wakes else []
        out = [one for one in self.crowd.everybody if one in sleepers or not one.client._connected.is_set()]
        await asyncio.gather(*(one.client.wake() for one in out))

    async def _all_answered(self) -> None:
        await asyncio.gather(*self.load.values())
        if self.marked is not None:
            await self.marked
        await self.crowd.settle()

    async def _ask_again(self) -> None:
        """Whatever was answered is answered the same when it is sent again."""
        await asyncio.gather(
            *(
                self._ask_one(one)
                for one in self.rng.sample(self.crowd.people, min(6, len(self.crowd.people)))
            )
        )

    async def _ask_one(self, person: Person) -> None:
        done = [one for one in person.sent.values() if isinstance(one.answer, Ack)]
        for one in person.rng.sample(done, min(2, len(done))):
            status, answer = await person.client.post({"op": one.op, **one.command})
            said = {"ack": one.op, "seq": one.answer.seq}  # type: ignore[union-attr]
            if (status, answer) != (200, said) and status != 503 and not person.client.ended:
                self.result.found.doubled.append(f"{one.op} was answered {said}, and then {answer}")

    # -- the end -------------------------------------------------------------------------------------------------

    async def same_boards(self, when: str) -> None:
        """Everybody sees the same; a board that doesn't is found as diverged."""
        now = asyncio.get_running_loop().time()
        _seconds, late = await boards.same_for_all(
            self.crowd.everybody, now, within=boards.GIVE_UP_SECONDS, words_only=self.fault.words_only
        )
        self.result.found.diverged += [f"{line} ({when})" for line in late]

    async def _check(self) -> list[kept_log.Event]:
        events = await asyncio.to_thread(kept_log.read, self.lab.database_url, self.place.stream)
        self.result.found.add(oracle.check_log(self.place, events, self.crowd.everybody))
        return events

    async def _finish(self) -> None:
        """Show what was hidden, close the workshop, and look at what was sealed and at all that was ever sent."""
        fay = self.crowd.facilitators[0]
        if not self.closed:
            if self.scene == HIDDEN:
                self.secrets.silent[-1] = (self.secrets.silent[-1][0], self.heard())
            if self.secrets.silent:
                await self.lead("step.reveal", activity=HIDDEN)
            await self.close_workshop()
            await self.same_boards("at the end")
        events = await self._check()
        url = f"{fay.paths.base_url}/workshops/{self.place.id}/archive/all.json"
        async with fay.session.get(url) as response:
            assert response.status == 200, response.status
            archive = await response.json()
        self.result.found.add(oracle.check_archive(self.place, events, archive))
        self.secrets.private = oracle.private_marks(self.crowd.everybody)
        found = await asyncio.to_thread(oracle.check_hidden, self.crowd.everybody, self.secrets)
        self.result.found.add(found)

    async def close_workshop(self) -> None:
        """End the workshop for good."""
        await self.lead("workshop.close")
        self.closed = True

    def _count(self) -> None:
        sent = [one for person in self.crowd.everybody for one in person.sent.values()]
        self.result.operations = len(sent) + len(self.forgiven)
        self.result.again = sum(one.tries > 1 for one in sent)
        self.result.acknowledged = sum(isinstance(one.answer, Ack) for one in sent)
        self.result.refused = sum(isinstance(one.answer, Refused) for one in sent)
        self.result.unknown = sum(one.answer is None for one in sent) + len(self.forgiven)
