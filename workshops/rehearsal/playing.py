"""Moving the simulated people of rehearsals, in the process that serves a facilitator: a few tasks, kept small.

They are guests of a server that live workshops share: at most so many commands a second, so many rehearsals a process,
a little time for each look, and nothing at all while the event loop is late. Nothing here survives a restart; it begins
again when a facilitator opens the rehearsal, or their page comes back to it.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from typing import TYPE_CHECKING

from realtime import wire
from realtime.hub import hub
from realtime.ledger import AWAY, Ack, Asked, Refusal, by_system
from realtime.models import Stream
from workshops import actions
from workshops.live.state import FACILITATOR
from workshops.models import Workshop
from workshops.rehearsal.troupe import Troupe, Turn

if TYPE_CHECKING:
    from realtime.ledger import Answer
    from realtime.room import Room

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 2
"""So many rehearsals one process plays."""
TURN_SECONDS = 0.25
MOST_A_TURN = 15
"""With the turn's length: at most 60 commands a second."""
MOST_UNANSWERED = 60
LATE_SECONDS = 0.15
"""The loop is busy with live workshops when a turn begins so much too late: then the people wait."""
RESTS_SECONDS = 0.5
MOST_RESTS, A_LATE_TURN = 4, 3
"""If it is late again and again, it is the machine: then they go on, but only a few of them."""
RENEW_SECONDS = 10.0
"""Well within a lease of presence."""
ALONE_SECONDS = 600.0
"""Without a facilitator for so long, the people go home."""
OVER_SECONDS = 60.0
"""How long the page of a rehearsal that was closed stays before the copy is cleared."""

_played: dict[str, asyncio.Task[None]] = {}


def full() -> bool:
    """Whether this process plays as many rehearsals as it may."""
    return sum(map(_is_alive, _played.values())) >= MOST_AT_ONCE


def _is_alive(task: asyncio.Task[None]) -> bool:
    return not task.done() and not task.get_loop().is_closed()


def play(room: Room) -> bool:
    """Move this rehearsal's people from here from now on; False if there are too many rehearsals already."""
    name = str(room.ledger.stream_id)
    if name in _played and _is_alive(_played[name]):
        return True
    if full():
        logger.info("rehearsal.full")
        return False
    for over in [key for key, task in _played.items() if not _is_alive(task)]:
        del _played[over]
    _played[name] = asyncio.create_task(_Play(room).run())
    return True


async def stop(room: Room) -> None:
    """Let the people of this room go."""
    task = _played.pop(str(room.ledger.stream_id), None)
    if task is not None and _is_alive(task):
        task.cancel()
        await asyncio.wait([task])


async def end(copy: Workshop) -> None:
    """End a rehearsal and clear it: everybody's page says that it is over, then all of it is deleted."""
    try:
        room = await hub().open(copy.stream_id)
    except Stream.DoesNotExist:
        return
    await room.submit(by_system(str(uuid.uuid4()), "rehearsal.end"))
    await stop(room)
    room.close(wire.DONE)
    await hub().in_thread(actions.clear_rehearsal, copy)


async def _overslept(seconds: float) -> float:
    """Sleep; say by how much it became longer, because the loop had other things to do."""
    wanted = time.monotonic() + seconds
    await asyncio.sleep(seconds)
    return time.monotonic() - wanted


class _Play:
    """One rehearsal being played."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.troupe = Troupe(str(room.ledger.stream_id))
        self.process = hub().process
        self.unanswered = 0
        self.late = False
        self.seen_at = time.monotonic()
        self.here: set[str] = set()
        self.renew_at = 0.0

    async def run(self) -> None:
        try:
            answer = await self.room.submit(
                by_system(str(uuid.uuid4()), "rehearsal.play", process=self.process)
            )
            if not (
                isinstance(answer, Ack) or (isinstance(answer, Refusal) and answer.code == "nothing_to_do")
            ):
                return
            while await self._turn():
                await self._rest()
        except AWAY:
            return
        except Exception:
            logger.exception("rehearsal.failed")

    async def _rest(self) -> None:
        """Wait for the next turn; longer, and do little in it, while the loop is late."""
        self.late = await _overslept(TURN_SECONDS) > LATE_SECONDS
        for _time in range(MOST_RESTS if self.late else 0):
            if await _overslept(RESTS_SECONDS) <= LATE_SECONDS:
                self.late = False
                return

    async def _turn(self) -> bool:
        """Do what the people do next; False when there is nothing more to play here."""
        now = time.monotonic()
        async with self.room.reading():
            state = self.room.ledger.state
            plan = state.conduct.rehearsal
            here = self.room.presence.everywhere(now)
            if any(person in here and state.people[person].role == FACILITATOR for person in state.people):
                self.seen_at = now
            over, elsewhere = state.closed_at is not None, plan is None or plan.played_by != self.process
            made = Turn() if over or elsewhere else self._look(state)
        if over:
            await self._clear_later()
        if over or elsewhere or now - self.seen_at > ALONE_SECONDS:
            return False
        self._show_present(made.here, now)
        for by, command in made.acts:
            fields = dict(command)
            self._take(Asked(str(uuid.uuid4()), fields.pop("do"), fields, by))
        return True

    def _look(self, state: object) -> Turn:
        most = min(A_LATE_TURN if self.late else MOST_A_TURN, MOST_UNANSWERED - self.unanswered)
        return self.troupe.turn(state, time.time_ns() // 1_000_000, most)  # type: ignore[arg-type]  # a workshop's state

    def _show_present(self, here: set[str], now: float) -> None:
        renewed = here if now >= self.renew_at else here - self.here
        if renewed is here:
            self.renew_at = now + RENEW_SECONDS
        for person in sorted(renewed):
            self.room.presence.seen(person, now)
        self.here = here

    def _take(self, asked: Asked) -> None:
        self.unanswered += 1
        self.room.take(asked, tell=self._answered)

    def _answered(self, _answer: Answer) -> None:
        self.unanswered -= 1

    async def _clear_later(self) -> None:
        """Leave what closing looks like on everybody's screen for a while, then clear the copy."""
        await asyncio.sleep(OVER_SECONDS)
        copy = await hub().in_thread(_copy_of, str(self.room.ledger.stream_id))
        if copy is not None:
            self.room.close(wire.DONE)
            await hub().in_thread(actions.clear_rehearsal, copy)


def _copy_of(stream: str) -> Workshop | None:
    return Workshop.rooms.filter(stream_id=stream).exclude(rehearsal_of=None).first()
