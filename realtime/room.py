"""One live room in this process: gathers commands, commits them in groups, and flushes what changed.

The room's task is the only one that touches its ledger. It turns at most every 50 ms: what has gathered is committed
in one transaction, then answered and shown, in one write for each client. So a crowd costs one transaction and one
frame for many commands. Nothing is rendered or served between decide and commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

from realtime import metrics, wire
from realtime.answering import Taken
from realtime.crowd import Crowd
from realtime.due import DueClock
from realtime.ledger import Answer, Asked, Ledger, NewerEvent, Refusal, Retry, Unavailable
from realtime.limits import Allowance
from realtime.models import Stream
from realtime.sending import Sending
from realtime.showing import Showing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from realtime.crowd import Peer
    from realtime.showing import Key

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.05
"""Turns are at least this far apart under load; the first command after a quiet time is taken at once."""
SHARED_TURN_SECONDS = 0.075
"""The same while other processes write to this room as well. Each turn of each of them costs every process a reading
of the log, a drawing and a write to all of its sockets, so with two of them each does less often what both do."""
SHARED_FOR_SECONDS = 1.0
NOW_SECONDS = 1.0
FAR_AHEAD = 100_000
"""Nobody has seen this much more than this process: not worth asking the log."""
MOST_WAITING = 20_000
"""More commands than this waiting for one room means that the database is too slow: answer `retry`."""
DATABASE_AWAY = (OperationalError, InterfaceError)
"""Not reachable, locked, restarting: worth another try. Its other errors are about the values."""


class Room:
    """A stream being served by this process."""

    def __init__(self, ledger: Ledger, in_thread: Callable[..., Awaitable[Any]]) -> None:
        self.ledger = ledger
        self.showing = Showing(ledger)
        self.presence = self.showing.presence
        self.on_commit: Callable[[Room], object] = lambda _room: None
        self.on_presence: Callable[..., None] = lambda _room, **_how: None
        self.used_at = time.monotonic()
        self.closed = False
        self._in_thread = in_thread
        self._crowd = Crowd(self.showing.seq_of)
        self.sending = Sending(ledger, self.showing, self._crowd)
        self._due = DueClock(ledger)
        self._waiting: list[Taken] = []
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._stale = False
        self._life = ledger.life
        self._allowances: dict[str, Allowance] = {}
        self._looked: asyncio.Future[None] | None = None
        self._stopping = False
        self._next_turn = 0.0
        self._shared_until = 0.0
        self._next_heartbeat = time.monotonic() + wire.HEARTBEAT_SECONDS
        self._next_now = 0.0
        self._task = asyncio.create_task(self._run())

    # -- commands ------------------------------------------------------------------------------------------------

    async def submit(self, asked: Asked) -> Answer:
        """Have a command decided; the answer comes after it is durable."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.take(asked, tell=lambda said: None if answer.done() else answer.set_result(said))
        return await answer

    def take(
        self, asked: Asked, peer: Peer | None = None, tell: Callable[[Answer], None] | None = None
    ) -> None:
        """Take a command; the answer goes to the client that sent it, or is told, after it is durable."""
        now = time.monotonic()
        taken = Taken(asked, peer, tell, now)
        if self.closed or self._stopping or len(self._waiting) >= MOST_WAITING:
            self.sending.answer([(taken, Retry(asked.op, 2.0))])
            return
        self.used_at = now
        self._waiting.append(taken)
        self._wake.set()

    def allows(self, person: str) -> bool:
        """Take one command from a person's allowance; False when they ask too much at once."""
        now = time.monotonic()
        if person not in self._allowances:
            self._allowances[person] = Allowance(now)
        return self._allowances[person].spend(now)

    def hint(self, seq: int) -> bool:
        """Hear that the log has reached `seq`, perhaps through another process; True if that is news."""
        if seq > self.ledger.seq:
            self._stale = True
            self._wake.set()
            return True
        return False

    async def _run(self) -> None:
        try:
            while not self.closed:
                await self._sleep()
                await self._turn()
                if self._stopping and not self._waiting:
                    self.sending.flush([], at_once=True)
                    self.close(wire.RESTART)
        except Exception:
            logger.exception("room.failed")
            self.close(wire.RESTART)

    async def _sleep(self) -> None:
        """Sleep until there is something to do. What has begun to gather waits for the turn's time."""
        wait = self._idle_for(time.monotonic())
        if wait > 0 and not self._wake.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), wait)
        self._wake.clear()
        early = self._next_turn - time.monotonic()
        if early > 0 and not self._stopping and not self.closed:
            await asyncio.sleep(early)

    def _idle_for(self, now: float) -> float:
        waits: list[float | None] = [self._next_heartbeat - now, self._due.seconds_left()]
        if self._crowd.peers:
            waits.append(max(self._next_now - now, 0.0))
        if self.ledger.pending:
            waits.append(0.0)
        waits += [self.showing.next_frame_in(now), self._crowd.looks_in]
        return min(wait for wait in waits if wait is not None)

    async def _turn(self) -> None:
        """Commit what has gathered, answer it and show it. Then do what the clock asks for."""
        begun = time.monotonic()
        answered: list[tuple[Taken, Answer]] = []
        if self._waiting or self._stale:
            answered = await self._commit()
        if self.ledger.life != self._life:
            logger.warning("room.restored_backup")
            self.sending.answer(answered)
            self.close(wire.RESTART)  # their numbers mean nothing any more: all come back and begin anew
            return
        self.sending.flush(answered)
        now = time.monotonic()
        turn = SHARED_TURN_SECONDS if now < self._shared_until else TURN_SECONDS
        self._next_turn = max(begun + turn, now)
        self._tend(now)

    def _tend(self, now: float) -> None:
        """Do what the clock asks for."""
        if self.ledger.state is None:
            return
        if now >= self._next_heartbeat:
            self._next_heartbeat = now + wire.HEARTBEAT_SECONDS
            self.sending.heartbeat(now)
            self.on_presence(self, whole=True)
        if now >= self._next_now:  # who is here is told at most once a second
            self._next_now = now + NOW_SECONDS
            self.on_presence(self, whole=False)
            self.sending.who_is_here(now)
        self.sending.catch_up(now)
        due = self._due.take()
        if due is not None:
            self._waiting.append(Taken(due, None, self._due_answered, now))
            self._wake.set()

    def _due_answered(self, answer: Answer) -> None:
        """Ask again for what the clock wanted, if it could not be decided."""
        if isinstance(answer, Retry):
            asyncio.get_running_loop().call_later(NOW_SECONDS, self._ask_again)

    def _ask_again(self) -> None:
        self._due.ask_again()
        self._wake.set()

    async def _commit(self) -> list[tuple[Taken, Answer]]:
        """Have what has gathered decided. Whatever happens, nobody is left without an answer."""
        batch, self._waiting, self._stale = self._waiting, [], False
        looked, self._looked = self._looked, None
        asked = [taken.asked for taken in batch]
        answers: list[Answer] = [Retry(one.op, 2.0) for one in asked]
        decided = False
        try:
            async with self._lock:
                before, followed, begun = self.ledger.seq, self.ledger.followed, time.monotonic()
                answers = await self._decide(asked)
                decided = True
                if batch:
                    metrics.COMMIT_SECONDS.observe(time.monotonic() - begun)
                    metrics.BATCH_COMMANDS.observe(len(batch))
                if self.ledger.followed != followed:
                    self._shared_until = begun + SHARED_FOR_SECONDS
                if self.ledger.seq != before and batch:
                    self.on_commit(self)
        finally:
            if looked is not None and not looked.done():
                looked.set_result(None)
            if not decided:
                self.sending.answer(list(zip(batch, answers, strict=True)))
        return list(zip(batch, answers, strict=True))

    async def _decide(self, batch: list[Asked]) -> list[Answer]:
        answers: list[Answer] = []
        try:
            if batch:
                answers = await self._in_thread(self.ledger.commit, batch)
            else:  # only to see what others wrote
                await self._in_thread(self.ledger.load)
        except DATABASE_AWAY as error:
            logger.warning("room.retry %s", type(error).__name__)
            return await self._recover([Retry(asked.op, 2.0) for asked in batch])
        except Stream.DoesNotExist:  # its log was deleted
            self.close(wire.DONE)
            return [Retry(asked.op, 5.0) for asked in batch]
        except NewerEvent:
            logger.exception("room.newer_event")
            self.close(wire.RESTART)
            return [Retry(asked.op, 5.0) for asked in batch]
        except Exception:  # our rules, or values that the database won't take: only theirs who sent it
            logger.exception("room.rules_failed", extra={"op": batch[0].op if len(batch) == 1 else None})
            if len(batch) > 1:
                return [answer for asked in batch for answer in await self._decide([asked])]
            sentence = _("Something went wrong here, and this was not done. Please tell the facilitator.")
            return await self._recover([Refusal(asked.op, "failed", sentence) for asked in batch])
        return answers

    async def _recover(self, answers: list[Answer]) -> list[Answer]:
        """Fold the log again after a failed batch, so that readers are served; until then, ask again."""
        try:
            await self._in_thread(self.ledger.load)
        except DatabaseError:
            self._stale = True
            await asyncio.sleep(0.5)
        return answers

    # -- clients -------------------------------------------------------------------------------------------------

    @property
    def peers(self) -> dict[Peer, Key]:
        """All clients of this room that are connected to this process."""
        return self._crowd.peers

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Hold the state still while it is read. Await nothing inside.

        Raises Unavailable when there is no state to read: the database is away, or the room is closing.
        """
        self.used_at = time.monotonic()
        for _attempt in range(2):
            async with self._lock:
                if self.ledger.state is not None and not self.closed:
                    yield
                    return
            await self._look()
        raise Unavailable

    async def welcomes(self, person: str, reader: str) -> bool:
        """Whether somebody may come in as this reader. Raises Unavailable.

        Looks at the log before it says no: they may have come through the door of another process just now.
        """
        for look in (False, True):
            if look:
                await self._look()
            async with self.reading():
                if self.ledger.kind.may_enter(self.ledger.state, person, reader):
                    return True
        return False

    async def _look(self) -> None:
        """Have the room's task read the log. Only that task touches the ledger, so whoever asks may hang up."""
        if self.closed:
            raise Unavailable
        if self._looked is None:
            self._looked = asyncio.get_running_loop().create_future()
        looked, self._stale = self._looked, True
        self._wake.set()
        await asyncio.shield(looked)

    async def caught_up(self, seq: int) -> None:
        """Wait until this process knows the log up to `seq`, if the log has it. Looks once, for all who ask."""
        if self.ledger.seq < seq < self.ledger.seq + FAR_AHEAD:
            await self._look()

    async def join(self, peer: Peer, after: int | None, epoch: str) -> None:
        """Take in a client: give it what it missed since `after`, or the whole view.

        Raises DatabaseError, Unavailable.
        """
        if after is not None and epoch.partition(".")[0] == self.ledger.epoch:
            await self.caught_up(after)
        async with self.reading():
            if not self.ledger.kind.may_enter(self.ledger.state, peer.person, peer.reader):
                peer.shut(wire.REMOVED)  # removed while the way here was made
                return
            shown = self.showing.to(peer)
            if after is None or not self.showing.can_resume(peer, after, epoch):
                metrics.RESYNCS.labels("newcomer" if after is None else "restored").inc()
                missed = [shown.whole()]
            else:
                missed = shown.since(after)
            self.seen(peer.person)
            unsent = peer.push([self.showing.hello(peer), *missed, *self.showing.personal(peer)])
            self._crowd.add(peer, unsent, self.showing.key_of(peer))

    def leave(self, peer: Peer) -> None:
        """Let a client go. Nothing that it did is touched; its person stays present until the lease ends."""
        self._crowd.remove(peer)
        self.used_at = time.monotonic()

    def seen(self, person: str) -> None:
        """Note a sign of life."""
        self.presence.seen(person, time.monotonic())

    async def next_flush(self, seconds: float) -> bool:
        """Wait for the next flush; False when none came in time."""
        try:
            await asyncio.wait_for(self.sending.flushed.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def close(self, code: int) -> None:
        """Stop serving: nothing more is taken, everybody is told to come back."""
        self.closed = True
        waiting, self._waiting = self._waiting, []
        self.sending.answer([(taken, Retry(taken.asked.op, 2.0)) for taken in waiting])
        if self._looked is not None and not self._looked.done():
            self._looked.set_result(None)
        restart = [wire.packet({"notice": "restart"})] if code == wire.RESTART else []
        for peer in list(self._crowd.peers):
            if restart:
                peer.push(restart)
            self._crowd.remove(peer)
            peer.shut(code)
        self._wake.set()
        self.sending.flushed.set()

    async def drain(self) -> None:
        """Finish what was already taken, show it, then close for a restart."""
        self._stopping = True
        self._wake.set()
        await self._task
