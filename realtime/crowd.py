"""Who is connected to a room: by audience, by person, and who doesn't read as fast as is written.

Nobody is ever waited for. Each gets what there is in one write. Who lets too much pile up gets no more frames until
all of it has left, then one that makes up for them; who doesn't read at all is closed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from realtime import metrics, wire
from realtime.showing import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from realtime.showing import Key
    from realtime.wire import Packet

MOST_UNSENT = 256_000
"""With more bytes than this on the way to it, a socket gets no frames."""
READ_ENOUGH = 16_000
"""With so few left it may go on."""
MOST_PILED_UP = 2_000_000
"""Whatever it is that piles up, answers for instance: with more than this of them on top a socket is closed."""
UNREAD_SECONDS = 30.0
"""A socket of which nothing leaves for so long is closed."""
LOOK_SECONDS = 0.25


class Peer(Reader, Protocol):
    """A connected client of a room."""

    def push(self, packets: Sequence[Packet], answered: int = 0) -> int:
        """Send messages, the first `answered` of them answers. Must not block; gives how many bytes wait unsent."""

    def unsent(self) -> int:
        """Count the bytes that wait."""

    def shut(self, code: int) -> None:
        """End the connection with a close code of `docs/protocol.md`."""


@dataclass(slots=True)
class Behind:
    """How far a slow client is: the last frame it got (None: of another audience), what waited, and since when."""

    seq: int | None
    unsent: int
    since: float


class Crowd:
    """All clients of one room."""

    def __init__(self, seq_of: Callable[[Key], int]) -> None:
        self.peers: dict[Peer, Key] = {}
        self._seq_of = seq_of
        self._groups: dict[Key, set[Peer]] = {}
        self._clients: dict[str, tuple[Peer, ...]] = {}
        self._behind: dict[Peer, Behind] = {}

    def add(self, peer: Peer, unsent: int = 0, key: Key | None = None) -> None:
        """Take in a client that has been brought up to date with this audience, by default that of its reader."""
        key = self.peers[peer] = key or (peer.reader, peer.language, peer.form)
        self._groups.setdefault(key, set()).add(peer)
        self._clients[peer.person] = (*self._clients.get(peer.person, ()), peer)
        self._note(peer, unsent)

    def move(self, peer: Peer, key: Key) -> None:
        """Let a client belong to another audience from now on. It has to be sent the whole view of that one."""
        group = self._groups.get(self.peers[peer])
        if group is not None:
            group.discard(peer)
            if not group:
                del self._groups[self.peers[peer]]
        self.peers[peer] = key
        if peer in self._behind:
            self._behind[peer].seq = None
        else:
            self._groups.setdefault(key, set()).add(peer)

    def remove(self, peer: Peer) -> None:
        """Let a client go."""
        key = self.peers.pop(peer, None)
        if key is None:
            return
        group = self._groups.get(key)
        if group is not None:  # a slow one is in none
            group.discard(peer)
            if not group:
                del self._groups[key]
        others = tuple(other for other in self._clients[peer.person] if other is not peer)
        if others:
            self._clients[peer.person] = others
        else:
            del self._clients[peer.person]
        self._in_step(peer)

    def of(self, people: Iterable[str]) -> Iterator[Peer]:
        """Give every client of these people."""
        for person in people:
            yield from self._clients.get(person, ())

    @property
    def audiences(self) -> set[Key]:
        """The audiences that somebody is in."""
        return set(self.peers.values()) if self._behind else set(self._groups)

    # -- writing -------------------------------------------------------------------------------------------------

    def deliver(
        self,
        frames: Mapping[Key, Packet],
        answers: Mapping[Peer, list[Packet]],
        own: Mapping[Peer, Packet],
        moved: Mapping[Peer, list[Packet]] | None = None,
    ) -> None:
        """Give each client its answers, the frame of its audience and its own view, in this order, in one write.

        Who `moved` to another audience gets all that it shows in place of a frame.
        """
        moved = moved or {}
        special = answers.keys() | own.keys() | moved.keys()
        for key, frame in frames.items():
            alone, group = (frame,), tuple(self._groups.get(key, ()))
            for peer in group:
                if peer not in special:
                    unsent = peer.push(alone)
                    if unsent:
                        self._note(peer, unsent)
            metrics.FRAMES.inc(len(group))
            metrics.FRAME_BYTES.inc(len(group) * len(frame.data))
        for peer in special:
            mail = answers.get(peer, ())
            more: list[Packet | None] = []
            if peer in self.peers and peer not in self._behind:
                more = [*moved.get(peer, ())] or [frames.get(self.peers[peer]), own.get(peer)]
            packets = [*mail, *(packet for packet in more if packet is not None)]
            if packets:
                self._note(peer, peer.push(packets, len(mail)))

    def tell(self, key: Key, packet: Packet) -> None:
        """Send something to a whole audience."""
        alone = (packet,)
        for peer in tuple(self._groups.get(key, ())):
            self._note(peer, peer.push(alone))

    # -- slow ones -----------------------------------------------------------------------------------------------

    def _note(self, peer: Peer, unsent: int) -> None:
        if unsent > MOST_UNSENT and peer in self.peers and peer not in self._behind:
            key = self.peers[peer]
            self._behind[peer] = Behind(self._seq_of(key), unsent, time.monotonic())
            self._groups[key].discard(peer)
            metrics.SLOW_SOCKETS.inc()

    def _in_step(self, peer: Peer) -> None:
        if self._behind.pop(peer, None) is not None:
            metrics.SLOW_SOCKETS.dec()

    @property
    def looks_in(self) -> float | None:
        """Say in how many seconds to look at the slow ones, if there are any."""
        return LOOK_SECONDS if self._behind else None

    def look(self, now: float) -> list[tuple[Peer, int | None]]:
        """Look at the slow ones. Gives those who have read enough, with the number of the last frame they got."""
        ready = []
        for peer, behind in list(self._behind.items()):
            unsent = peer.unsent()
            if unsent <= READ_ENOUGH:
                self._in_step(peer)
                self._groups.setdefault(self.peers[peer], set()).add(peer)
                ready.append((peer, behind.seq))
            elif unsent < behind.unsent:
                behind.unsent, behind.since = unsent, now
            elif now - behind.since > UNREAD_SECONDS or unsent > behind.unsent + MOST_PILED_UP:
                metrics.SLOW_CLOSED.inc()
                self.remove(peer)
                peer.shut(wire.SLOW)
        return ready
