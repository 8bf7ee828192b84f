"""One live room in this process: gathers commands, commits them in groups, and flushes what changed.

The room's task is the only one that touches its ledger. Commands that arrive while a commit is under way form the
next batch, so a crowd costs one transaction for many. Nothing is rendered or served between decide and commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any, Protocol

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from realtime import wire
from realtime.audience import Audience, own_fragments
from realtime.kinds import SYSTEM, Dirty
from realtime.ledger import Answer, Asked, Ledger, NewerEvent, Refusal, Retry, Unavailable
from realtime.limits import Allowance
from realtime.presence import Presence

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from realtime.audience import Form

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 0.05
"""Frames are at least this far apart under load; the first change after a quiet time goes out at once."""
NOW_SECONDS = 1.0
AUDIENCE_SECONDS = 120.0
"""What readers without a socket were shown is remembered this long after the last of them asked."""
FAR_AHEAD = 100_000
"""Nobody has seen this much more than this process: not worth asking the log."""
MOST_WAITING = 20_000
"""More commands than this waiting for one room means that the database is too slow: answer `retry`."""
DATABASE_AWAY = (OperationalError, InterfaceError)
"""Not reachable, locked, restarting: worth another try. Its other errors are about the values."""


class Peer(Protocol):
    """A connected client: a socket, or a long poll while it waits."""

    reader: str
    language: str
    form: Form
    person: str

    def push(self, text: str) -> None:
        """Take a message for the client. Must not block."""

    def shut(self, code: int) -> None:
        """End the connection with a close code of `docs/protocol.md`."""


def now_ms() -> int:
    """Give the server's time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Room:
    """A stream being served by this process."""

    def __init__(self, ledger: Ledger, in_thread: Callable[..., Awaitable[Any]]) -> None:
        self.ledger = ledger
        self.peers: set[Peer] = set()
        self.presence = Presence()
        self.on_commit: Callable[[Room], None] = lambda _room: None
        self.on_presence: Callable[[Room], None] = lambda _room: None
        self.used_at = time.monotonic()
        self.closed = False
        self._in_thread = in_thread
        self._audiences: dict[tuple[str, str, Form], Audience] = {}
        self._own_changed: dict[str, int] = {}
        self._own_changed_all = ledger.seq  # what was before this process looked may have changed for anybody
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._flushed = asyncio.Event()
        self._stale = False
        self._life = ledger.life
        self._allowances: dict[str, Allowance] = {}
        self._looked: asyncio.Future[None] | None = None
        self._stopping = False
        self._next_flush = 0.0
        self._next_heartbeat = time.monotonic() + wire.HEARTBEAT_SECONDS
        self._now_sent: dict[tuple[str, str], str] = {}
        self._next_now = 0.0
        self._here_told: frozenset[str] = frozenset()
        self._ticked = ""
        self._task = asyncio.create_task(self._run())

    # -- commands ------------------------------------------------------------------------------------------------

    async def submit(self, asked: Asked) -> Answer:
        """Have a command decided; the answer comes after it is durable."""
        if self.closed or self._stopping or len(self._waiting) >= MOST_WAITING:
            return Retry(asked.op, 2.0)
        self.used_at = time.monotonic()
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        self._wake.set()
        return await answer

    def allows(self, person: str) -> bool:
        """Take one command from a person's allowance; False when they ask too much at once."""
        now = time.monotonic()
        if person not in self._allowances:
            self._allowances[person] = Allowance(now)
        return self._allowances[person].spend(now)

    def hint(self, seq: int) -> None:
        """Hear that the log has reached `seq`, perhaps through another process."""
        if seq > self.ledger.seq:
            self._stale = True
            self._wake.set()

    async def _run(self) -> None:
        try:
            while not self.closed:
                await self._sleep()
                if self._waiting or self._stale:
                    await self._commit()
                self._tend()
                if self._stopping and not self._waiting:
                    self._flush()
                    self.close(wire.RESTART)
        except Exception:
            logger.exception("room.failed")
            self.close(wire.RESTART)

    async def _sleep(self) -> None:
        wait = min(self._next_heartbeat - time.monotonic(), self._until_due())
        if self.peers:
            wait = min(wait, NOW_SECONDS)
        if self.ledger.pending:
            wait = min(wait, self._next_flush - time.monotonic())
        if wait > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), wait)
        self._wake.clear()

    def _tend(self) -> None:
        """Do what the clock asks for."""
        now = time.monotonic()
        if self.ledger.pending and now >= self._next_flush:
            self._flush()
        if now >= self._next_heartbeat and self.ledger.state is not None:
            self._next_heartbeat = now + wire.HEARTBEAT_SECONDS
            self._heartbeat()
        self._tell_presence(now)
        if self._until_due() <= 0 and self.ledger.due:
            at, do = self.ledger.due
            self._ticked = f"due-{at}-{do.replace('.', '-')}"
            asked = Asked(self._ticked, do, {}, SYSTEM)
            answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(self._tick_answered)
            self._waiting.append((asked, answer))
            self._wake.set()

    def _tick_answered(self, answer: asyncio.Future[Answer]) -> None:
        """Ask again for what the clock wanted, if it could not be decided."""
        if isinstance(answer.result(), Retry):
            asyncio.get_running_loop().call_later(NOW_SECONDS, self._tick_again)

    def _tick_again(self) -> None:
        self._ticked = ""
        self._wake.set()

    def _until_due(self) -> float:
        if not self.ledger.due:
            return wire.HEARTBEAT_SECONDS
        at, do = self.ledger.due
        if self._ticked == f"due-{at}-{do.replace('.', '-')}":
            return wire.HEARTBEAT_SECONDS
        return (at - now_ms()) / 1000

    async def _commit(self) -> None:
        batch, self._waiting, self._stale = self._waiting, [], False
        looked, self._looked = self._looked, None
        try:
            async with self._lock:
                await self._settle(batch)
        finally:
            if looked is not None and not looked.done():
                looked.set_result(None)

    async def _settle(self, batch: list[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        """Decide and answer. Whatever happens, nobody is left without an answer. Call under the lock."""
        seq = self.ledger.seq
        answers: list[Answer] = [Retry(asked.op, 2.0) for asked, _ in batch]
        try:
            answers = await self._decide([asked for asked, _ in batch])
        finally:
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
        if self.ledger.seq != seq and batch:
            self.on_commit(self)
        if self.ledger.life != self._life:
            logger.warning("room.restored_backup")
            self.close(wire.RESTART)  # their numbers mean nothing any more: all come back and fetch

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
        except NewerEvent:
            logger.exception("room.newer_event")
            self.close(wire.RESTART)
            return [Retry(asked.op, 5.0) for asked in batch]
        except Exception:  # our rules, or values that the database won't take: only theirs who sent it
            logger.exception("room.rules_failed")
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

    # -- frames --------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        if self.ledger.state is None:
            return
        dirty = self.ledger.take_pending()
        frames = {key: audience.frame(dirty) for key, audience in self._audiences.items()}
        for person in dirty.people:
            self._own_changed[person] = self.ledger.seq
        if dirty.everybody:
            self._own_changed_all = self.ledger.seq
        for peer in list(self.peers):
            if not self._still_welcome(peer, dirty):
                continue
            frame = frames.get((peer.reader, peer.language, peer.form))
            if frame is not None:
                peer.push(frame)
            if dirty.everybody or peer.person in dirty.people:
                peer.push(self.own_message(peer))
        self._flushed.set()
        self._flushed = asyncio.Event()
        self._next_flush = time.monotonic() + FLUSH_SECONDS

    def _still_welcome(self, peer: Peer, dirty: Dirty) -> bool:
        if not (dirty.whole or dirty.everybody or peer.person in dirty.people):
            return True
        if self.ledger.kind.may_enter(self.ledger.state, peer.person, peer.reader):
            return True
        self.peers.discard(peer)
        peer.shut(wire.REMOVED)
        return False

    def _heartbeat(self) -> None:
        now = now_ms()
        texts = {
            key: wire.encode({"seq": audience.seq, "time": now}) for key, audience in self._audiences.items()
        }
        for peer in list(self.peers):
            self.presence.seen(peer.person, time.monotonic())
            peer.push(texts[peer.reader, peer.language, peer.form])
        self._audiences = {
            key: audience
            for key, audience in self._audiences.items()
            if time.monotonic() - audience.used_at < AUDIENCE_SECONDS
            or any((peer.reader, peer.language, peer.form) == key for peer in self.peers)
        }
        self.on_presence(self)

    def _tell_presence(self, now: float) -> None:
        """Send who is here to those for whom it changed, at most once a second."""
        if now < self._next_now or self.ledger.state is None:
            return
        self._next_now = now + NOW_SECONDS
        here = frozenset(self.presence.here(now))
        if here != self._here_told:
            self._here_told = here
            self.on_presence(self)
        texts: dict[tuple[str, str], str] = {}
        for peer in list(self.peers):
            key = (peer.reader, peer.language)
            if key not in texts:
                texts[key] = self.now_message(peer.reader, peer.language)
            if self._now_sent.get(key) != texts[key]:
                peer.push(texts[key])
        self._now_sent.update(texts)

    # -- clients -------------------------------------------------------------------------------------------------

    def audience(self, reader: str, language: str, form: Form) -> Audience:
        """Find or make the audience for these readers."""
        key = (reader, language, form)
        if key not in self._audiences:
            self._audiences[key] = Audience(self.ledger, reader, language, form)
        self._audiences[key].used_at = time.monotonic()
        return self._audiences[key]

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
        """Take in a client and bring it up to date from `after`, or tell it to fetch the snapshot.

        Raises DatabaseError, Unavailable.
        """
        if after is not None and epoch == self.ledger.epoch:
            await self.caught_up(after)
        async with self.reading():
            for message in self.greeting(peer, after, epoch):
                peer.push(message)
            self.peers.add(peer)
        self.seen(peer.person)

    def greeting(self, peer: Peer, after: int | None, epoch: str) -> list[str]:
        """Give the messages that bring a client up to date: hello, frame or reset, own, now."""
        audience = self.audience(peer.reader, peer.language, peer.form)
        hello = {
            "version": wire.VERSION,
            "epoch": self.ledger.epoch,
            "time": now_ms(),
            "person": peer.person,
        }
        messages = [wire.encode({"hello": hello, "seq": audience.seq})]
        if after is None or epoch != self.ledger.epoch or after > self.ledger.seq:
            messages.append(wire.encode({"reset": audience.seq}))
        else:
            frame = audience.since(after)
            if frame is not None:
                messages.append(frame)
        messages.append(self.own_message(peer))
        messages.append(self.now_message(peer.reader, peer.language))
        return messages

    def leave(self, peer: Peer) -> None:
        """Let a client go. Nothing that it did is touched; its person stays present until the lease ends."""
        self.peers.discard(peer)
        self.used_at = time.monotonic()

    def seen(self, person: str) -> None:
        """Note a sign of life."""
        self.presence.seen(person, time.monotonic())

    def own_message(self, peer: Peer) -> str:
        """Make the message with what only this person gets."""
        own = self.ledger.kind.own(self.ledger.state, peer.person, peer.reader)
        message: dict[str, Any] = {"own": own.data}
        if own.fragments:
            if peer.form == "json":
                message["items"] = {
                    key: wire.plain(fragment.context) for key, fragment in own.fragments.items()
                }
            else:
                with translation.override(peer.language):
                    message["html"] = "".join(own_fragments(own).values())
        return wire.encode(message)

    def now_message(self, reader: str, language: str) -> str:
        """Make the message about who is here."""
        present = self.presence.everywhere(time.monotonic())
        with translation.override(language):
            return wire.encode({"now": self.ledger.kind.now(self.ledger.state, present, reader)})

    def own_changed_since(self, person: str, seq: int) -> bool:
        """Say whether this person's own view may have changed after `seq`."""
        return max(self._own_changed_all, self._own_changed.get(person, 0)) > seq

    async def next_flush(self, seconds: float) -> bool:
        """Wait for the next flush; False when none came in time."""
        try:
            await asyncio.wait_for(self._flushed.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def close(self, code: int) -> None:
        """Stop serving: nothing more is taken, everybody is told to come back."""
        self.closed = True
        if code == wire.RESTART:
            for peer in self.peers:
                peer.push(wire.encode({"notice": "restart"}))
        for asked, future in self._waiting:
            if not future.done():
                future.set_result(Retry(asked.op, 2.0))
        self._waiting = []
        if self._looked is not None and not self._looked.done():
            self._looked.set_result(None)
        for peer in list(self.peers):
            peer.shut(code)
        self.peers.clear()
        self._wake.set()
        self._flushed.set()

    async def drain(self) -> None:
        """Finish what was already taken, show it, then close for a restart."""
        self._stopping = True
        self._wake.set()
        await self._task
