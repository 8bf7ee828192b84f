"""What leaves a room: answers, frames, own views, who is here. After a turn each client gets its share in one write."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from realtime import metrics, wire
from realtime.answering import mail

if TYPE_CHECKING:
    from realtime.answering import Taken
    from realtime.crowd import Crowd, Peer
    from realtime.kinds import Dirty
    from realtime.ledger import Answer, Ledger
    from realtime.showing import Key, Showing
    from realtime.wire import Packet


class Sending:
    """Gives the clients of one room what its ledger and its clock have for them."""

    def __init__(self, ledger: Ledger, showing: Showing, crowd: Crowd) -> None:
        self.ledger, self.showing, self.crowd = ledger, showing, crowd
        self.flushed = asyncio.Event()
        """Set when something was shown, and replaced by the next one."""

    def flush(self, answered: list[tuple[Taken, Answer]], *, at_once: bool = False) -> None:
        """Answer, and show what changed. Who is answered gets frame and own view with it, in one write."""
        answers = mail(answered)
        frames: dict[Key, Packet] = {}
        own: dict[Peer, Packet] = {}
        moved: dict[Peer, list[Packet]] = {}
        begun = time.monotonic()
        try:
            if self.ledger.state is not None:
                self._draw(begun, frames, own, moved, at_once=at_once)
        finally:  # even if a template fails: what is durable is acknowledged
            self.crowd.deliver(frames, answers, own, moved)
        if frames or answers:
            metrics.FLUSH_SECONDS.observe(time.monotonic() - begun)

    def _draw(
        self,
        now: float,
        frames: dict[Key, Packet],
        own: dict[Peer, Packet],
        moved: dict[Peer, list[Packet]],
        *,
        at_once: bool,
    ) -> None:
        dirty = self.showing.take_changes()
        concerned = self._let_in(dirty)
        changed = self._move(concerned)  # before anything is drawn: no frame of where they were goes to them
        frames.update(self.showing.frames(now, at_once=at_once))
        if not dirty and not frames:
            return
        for peer in concerned:
            if peer in changed:
                moved[peer] = [self.showing.to(peer).whole(), *self.showing.personal(peer)]
            elif dirty.everybody or peer.person in dirty.people:
                own[peer] = self.showing.own(peer)
        self.flushed.set()
        self.flushed = asyncio.Event()

    def _let_in(self, dirty: Dirty) -> list[Peer]:
        """Close the clients that may not be here any more; give the others that an event concerned."""
        staying = []
        for peer in self._concerned(dirty):
            if self.ledger.kind.may_enter(self.ledger.state, peer.person, peer.reader):
                staying.append(peer)
            else:
                self.crowd.remove(peer)
                peer.shut(wire.REMOVED)
        return staying

    def _move(self, peers: list[Peer]) -> set[Peer]:
        """Bring clients to the audience that they belong to now; give those that changed it."""
        changed = set()
        for peer in peers:
            key = self.showing.key_of(peer)
            if key != self.crowd.peers[peer]:
                self.crowd.move(peer, key)
                metrics.RESYNCS.labels("moved").inc()
                changed.add(peer)
        return changed

    def _concerned(self, dirty: Dirty) -> list[Peer]:
        return list(self.crowd.peers if dirty.whole or dirty.everybody else self.crowd.of(dirty.people))

    def answer(self, answered: list[tuple[Taken, Answer]]) -> None:
        """Answer, and show nothing."""
        self.crowd.deliver({}, mail(answered), {})

    def heartbeat(self, now: float) -> None:
        """Tell every audience which number it should have, and forget those that nobody is in any more."""
        for peer in self.crowd.peers:
            self.showing.presence.seen(peer.person, now)
        used = self.crowd.audiences
        for key in used:
            self.crowd.tell(key, self.showing.heartbeat(key))
        self.showing.forget_unused(used, now)

    def who_is_here(self, now: float) -> None:
        """Send who is here to those for whom it changed."""
        changed = self.showing.now_changed(now)
        for key in self.crowd.audiences if changed else ():
            packet = changed.get(key[:2])
            if packet is not None:
                self.crowd.tell(key, packet)

    def catch_up(self, now: float) -> None:
        """Send to those who had fallen behind, and have read enough, what makes up for it."""
        for peer, seq in self.crowd.look(now):
            metrics.RESYNCS.labels("slow").inc()
            shown = self.showing.to(peer)
            missed = [shown.whole()] if seq is None else shown.since(seq)
            peer.push([*missed, *self.showing.personal(peer)])
