"""The simulated participants. Each does what the files say, when the facilitator lets it; and bad luck happens."""

from __future__ import annotations

import asyncio
import logging
import random
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import aiohttp

from realtime.client import Ack, Ended, LiveClient
from workshops.crowd_trial import guest
from workshops.crowd_trial.measures import Measures, Said, Sent, Written
from workshops.crowd_trial.stage import Stage, stage_at

if TYPE_CHECKING:
    from realtime.client import Refused, RoomPaths, Transport
    from workshops.crowd_trial.files import IdeaLine, VoteLine

logger = logging.getLogger(__name__)

FOR_EVER = 24 * 3600.0
ANSWER_SECONDS = 120.0
SEEN_SECONDS = 60.0
NOT_NOW = {"paused", "not_open"}

type Luck = Literal["twice", "break", "reload"]


class Pace:
    """When a line of the files is due: at once, or as in the file, so much faster, counted from a round's opening."""

    def __init__(self, speed: float | None) -> None:
        self.speed = speed
        self._opened: dict[tuple[str, int], float] = {}

    def wait(self, round_: tuple[str, int], at: int) -> float:
        """Give the seconds until a line at `at` (milliseconds from the first) is due in this round."""
        if self.speed is None:
            return 0.0
        opened = self._opened.setdefault(round_, time.monotonic())
        return opened + at / 1000 / self.speed - time.monotonic()


@dataclass(slots=True)
class Together:
    """What all participants of a trial share."""

    code: str
    bases: list[str]
    pace: Pace
    said: Said
    measures: Measures
    chance: random.Random
    rested: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever somebody has done all they could for now."""


@dataclass(slots=True)
class Person:
    """One participant: a browser's worth of cookies, and a client."""

    key: str
    name: str
    together: Together
    session: aiohttp.ClientSession
    transport: Transport
    ideas: list[IdeaLine] = field(default_factory=list)
    votes: list[VoteLine] = field(default_factory=list)
    luck: dict[int, Luck] = field(default_factory=dict)
    """What happens at the so-manieth operation."""
    client: LiveClient = field(init=False)
    paths: RoomPaths = field(init=False)
    log: list[str] = field(default_factory=list)
    busy: bool = False
    gone: bool = False
    _written: int = 0
    _voted: dict[tuple[str, int], int] = field(default_factory=dict)
    _done: int = 0

    # -- coming and going --------------------------------------------------------------------------------------------

    async def join(self) -> None:
        """Come through the door and wait for the first view."""
        base = self.together.chance.choice(self.together.bases)
        self.paths = await guest.join(self.session, base, self.together.code, self.name)
        await self._open()
        await self.client.wait_until(lambda client: client.person, SEEN_SECONDS)
        self.together.said.people[self.key] = self.client.person

    async def _open(self) -> None:
        self.client = LiveClient(self.session, self.paths, transport=self.transport, keep_received=True)
        await self.client.open(SEEN_SECONDS)

    async def leave(self) -> None:
        """Close the client, keeping what it received."""
        await self.client.close()
        self.together.measures.counts["reconnects"] += max(0, self.client.connections - 1)
        self.together.measures.counts["snapshots"] += self.client.snapshots
        self.log += self.client.received or []

    async def reload(self) -> None:
        """Do what pressing "reload" does, perhaps reaching another process."""
        await self.leave()
        self.together.measures.counts["reloads"] += 1
        self.paths = guest.elsewhere(self.paths, self.together.chance.choice(self.together.bases))
        self.log.append(await guest.room_page(self.session, self.paths))
        await self._open()

    # -- taking part ---------------------------------------------------------------------------------------------

    async def take_part(self) -> None:
        """Do what there is to do until the workshop closes."""
        try:
            while (stage := stage_at(self.client)).phase != "over":
                line = self._next(stage)
                if line is None:
                    self._rest()
                    await self._until_elsewhere(stage, FOR_EVER)
                    continue
                self.busy = True
                if await self._is_due(stage, line):
                    await self._play(stage, line)
        except (Ended, guest.NotLetIn, aiohttp.ClientError, TimeoutError) as gone:
            why = f"{self.key} was let go: {type(gone).__name__} {gone}"
            self.together.measures.problem("Everybody stays to the end", why)
        finally:
            self.gone = True
            self._rest()

    def _rest(self) -> None:
        self.busy = False
        self.together.rested.set()

    async def _until_elsewhere(self, stage: Stage, seconds: float) -> None:
        await self.client.wait_until(lambda client: stage_at(client) != stage, seconds)

    def has_work(self, stage: Stage) -> bool:
        """Whether this person still has something to do in this round, whatever their own client shows just now."""
        return not self.gone and (self.busy or self._next(stage) is not None)

    def left_to_do(self, stage: Stage) -> int:
        """Count the lines not played yet, this vote's and the ideas."""
        return len(self.ideas) - self._written + len(self.votes) - self._voted.get(stage.key, 0)

    def _next(self, stage: Stage) -> IdeaLine | VoteLine | None:
        if stage.is_open("brainstorm") and self._written < len(self.ideas):
            return self.ideas[self._written]
        if stage.is_open("dot_vote") and stage.target == "ideas":
            done = self._voted.get(stage.key, 0)
            return self.votes[done] if done < len(self.votes) else None
        return None

    async def _is_due(self, stage: Stage, line: IdeaLine | VoteLine) -> bool:
        """Wait for the line's time; False when the workshop moved on first."""
        wait = self.together.pace.wait(stage.key, line.at)
        if wait <= 0:
            return True
        try:
            await self._until_elsewhere(stage, wait)
        except TimeoutError:
            return True
        return False

    async def _play(self, stage: Stage, line: Any) -> None:
        refused = await (self._write(stage, line) if stage.kind == "brainstorm" else self._vote(stage, line))
        if refused is not None and refused.code in NOT_NOW:
            # Said too late, and refused for good; the line stays to be said under another op.
            await self._until_elsewhere(stage, SEEN_SECONDS)
            return
        if stage.kind == "brainstorm":
            self._written += 1
        else:
            self._voted[stage.key] = self._voted.get(stage.key, 0) + 1

    async def _write(self, stage: Stage, line: IdeaLine) -> Refused | None:
        before = set(self.client.own.get("mine", []))
        started = time.perf_counter()
        sent = Sent(str(uuid.uuid4()), "idea.add", "", line.id, stage.step)
        answer = await self._send(sent, {"do": "idea.add", "activity": stage.step, "text": line.text})
        if not isinstance(answer, Ack):
            return answer
        try:
            await self.client.wait_until(
                lambda client: (
                    set(client.own.get("mine", [])) - before or stage_at(client).step != stage.step
                ),
                SEEN_SECONDS,
            )
        except TimeoutError:
            self.together.measures.problem(
                "Everybody sees their own", f"idea {line.id} never showed to its author"
            )
            return None
        if stage_at(self.client).step != stage.step:
            return None  # the facilitator was quicker: it is written, but where can't be seen from here
        self.together.measures.own_ms.append((time.perf_counter() - started) * 1000)
        (new, *more) = set(self.client.own["mine"]) - before
        if more:
            self.together.measures.problem(
                "Everybody sees their own", f"idea {line.id} is there more than once"
            )
        self.together.said.ideas[line.id] = Written(new, stage.step)
        return None

    async def _vote(self, stage: Stage, line: VoteLine) -> Refused | None:
        written = self.together.said.ideas.get(line.idea)
        if written is None:
            return None  # never written here, so not on the ballot
        item, now = written.id, self.client.own.get("dots", {}).get(written.id, 0)
        if now == line.dots:
            return None
        started = time.perf_counter()
        sent = Sent(str(uuid.uuid4()), "dot.set", "", line.idea, f"{stage.step}/{stage.round}", line.dots)
        command = {"do": "dot.set", "activity": stage.step, "item": item, "dots": line.dots}
        answer = await self._send(sent, command)
        if not isinstance(answer, Ack):
            return answer
        # The next line is chosen by what stands there, as a person chooses.
        try:
            await self.client.wait_until(
                lambda client: (
                    client.own.get("dots", {}).get(item, 0) == line.dots or stage_at(client) != stage
                ),
                SEEN_SECONDS,
            )
        except TimeoutError:
            self.together.measures.problem("Everybody sees their own", f"a dot on {line.idea} never showed")
        self.together.measures.own_ms.append((time.perf_counter() - started) * 1000)
        return None

    # -- sending, with luck --------------------------------------------------------------------------------------

    async def _send(self, sent: Sent, command: dict[str, Any]) -> Ack | Refused | None:
        """Send one operation and note what came of it. None when no answer came in time."""
        luck = self.luck.get(self._done)
        self._done += 1
        sent.actor = self.together.said.people[self.key]
        self.together.said.sent.append(sent)
        started = time.perf_counter()
        try:
            answer = await self._with_luck(luck, sent.op, command)
        except TimeoutError:
            logger.warning("trial.no_answer %s", sent.do)
            return None
        self.together.measures.ack_ms[sent.do].append((time.perf_counter() - started) * 1000)
        if isinstance(answer, Ack):
            sent.outcome, sent.seq = "acked", answer.seq
        else:
            sent.outcome, sent.code = "refused", answer.code
        return answer

    async def _with_luck(self, luck: Luck | None, op: str, command: dict[str, Any]) -> Ack | Refused:
        if luck == "twice":
            return await self._twice(op, command)
        if luck is None:
            return await self.client.send(command, op=op, seconds=ANSWER_SECONDS)
        sending = asyncio.create_task(self.client.send(command, op=op, seconds=ANSWER_SECONDS))
        await asyncio.sleep(self.together.chance.uniform(0, 0.01))
        if luck == "break":
            self.together.measures.counts["breaks"] += 1
            await self.client.drop()
            return await sending
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await self.reload()
        return await self.client.send(command, op=op, seconds=ANSWER_SECONDS)

    async def _twice(self, op: str, command: dict[str, Any]) -> Ack | Refused:
        """Send the same operation by HTTP as well, at the same time, perhaps to another process."""
        self.together.measures.counts["duplicates"] += 1
        elsewhere = guest.elsewhere(self.paths, self.together.chance.choice(self.together.bases))
        copying = LiveClient(self.session, elsewhere, transport="poll")
        answer, copy = await asyncio.gather(
            self.client.send(command, op=op, seconds=ANSWER_SECONDS),
            copying.send(command, op=op, seconds=ANSWER_SECONDS),
        )
        # What is refused isn't kept, so a copy may hear another reason when the workshop moves on in between.
        if answer != copy and (isinstance(answer, Ack) or isinstance(copy, Ack)):
            self.together.measures.problem(
                "The same operation sent twice has one answer",
                f"{op}: {type(answer).__name__}, {type(copy).__name__}",
            )
        return answer
