"""What a room has to say to those who look at it: frames, whole views, own views, who is here.

Made once for each audience, however many are in it. What is one person's alone is made for that person.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

from django.utils import translation

from realtime import wire
from realtime.audience import Audience
from realtime.drawing import own_fragments
from realtime.kinds import Dirty
from realtime.presence import Presence
from realtime.wire import Packet

if TYPE_CHECKING:
    from realtime.audience import Form
    from realtime.ledger import Ledger

type Key = tuple[str, str, Form]
"""An audience: reader, language and form."""

BYTES_PER_SECOND = 40_000
"""What a phone on a hospital's network can be asked to take while a thousand people vote."""
LONGEST_PAUSE = 1.0
MOMENT_SECONDS = 0.5
AUDIENCE_SECONDS = 120.0
"""What readers without a socket were shown is remembered this long after the last of them asked."""


class Reader(Protocol):
    """Somebody who looks: a socket, or a long poll while it waits."""

    reader: str
    language: str
    form: Form
    person: str


def now_ms() -> int:
    """Give the server's time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Shown:
    """What leaves for one audience, and when.

    A large frame is followed by a pause, in which changes gather, so that nobody gets more than a phone can take.
    What changes the whole view (the next step, a reveal) never waits.
    """

    __slots__ = ("_whole", "_whole_of", "audience", "next_at", "owed")

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self.owed = Dirty()
        self.next_at = 0.0
        self._whole: Packet | None = None
        self._whole_of: tuple[int, str] = (-1, "")

    def frame(self, now: float, *, at_once: bool = False) -> Packet | None:
        """Give the frame of what is owed, if there is one and its time has come."""
        if not self.owed or (now < self.next_at and not self.owed.whole and not at_once):
            return None
        owed, self.owed = self.owed, Dirty()
        text = self.audience.frame(owed)
        if text is None:
            return None
        packet = Packet(text.encode())
        if not owed.whole:
            self.next_at = now + min(len(packet.data) / BYTES_PER_SECOND, LONGEST_PAUSE)
        return packet

    def whole(self) -> Packet:
        """Give the whole shared view, drawn and framed once for all who come before the next frame."""
        of = (self.audience.seq, self.audience.epoch)
        if self._whole is None or self._whole_of != of:
            self._whole, self._whole_of = Packet(self.audience.snapshot().encode() + b"}"), of
        return self._whole

    def since(self, seq: int) -> list[Packet]:
        """Give one frame of what came after `seq`, if anything did."""
        missed = self.audience.since(seq)
        return [] if missed is None else [Packet(missed.encode())]


class Showing:
    """What one room shows to its readers."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.presence = Presence()
        self._shown: dict[Key, Shown] = {}
        self._now: dict[tuple[str, str], Packet] = {}
        self._now_of = (-1, -1)
        self._now_lately: dict[tuple[str, str], tuple[float, Packet]] = {}
        self._own_changed: dict[str, int] = {}
        self._own_changed_all = ledger.seq  # what was before this process looked may have changed for anybody
        self.looked_at = ledger.seq
        """How far changes are noted. The ledger may be ahead of it: durable, and not shown yet."""

    # -- audiences -----------------------------------------------------------------------------------------------

    def to(self, reader: Reader) -> Shown:
        """Give what somebody's audience is shown."""
        return self.to_audience(self.key_of(reader))

    def name_of(self, reader: Reader) -> str:
        """Give the name of the audience that somebody belongs to now."""
        return self.ledger.kind.reader_of(self.ledger.state, reader.person, reader.reader)

    def key_of(self, reader: Reader) -> Key:
        """Give the audience that somebody belongs to now. The state must hold still."""
        return (self.name_of(reader), reader.language, reader.form)

    def to_audience(self, key: Key) -> Shown:
        """Find or make an audience."""
        shown = self._shown.get(key)
        if shown is None:
            shown = self._shown[key] = Shown(Audience(self.ledger, *key))
        shown.audience.used_at = time.monotonic()
        return shown

    def seq_of(self, key: Key) -> int:
        """Give the number of the last frame that an audience was sent."""
        return self._shown[key].audience.seq

    def forget_unused(self, used: set[Key], now: float) -> None:
        """Forget audiences that nobody is in or asks for any more."""
        told = {(reader, language) for reader, language, _form in used}
        self._now = {key: packet for key, packet in self._now.items() if key in told}
        self._shown = {
            key: shown
            for key, shown in self._shown.items()
            if key in used or now - shown.audience.used_at < AUDIENCE_SECONDS
        }

    # -- what changed --------------------------------------------------------------------------------------------

    def take_changes(self) -> Dirty:
        """Note what the ledger's last events changed, and for whom."""
        dirty = self.ledger.take_pending()
        if dirty:
            for shown in self._shown.values():
                shown.owed.add(dirty)
            self.looked_at = self.ledger.seq
            self._own_changed.update(dict.fromkeys(dirty.people, self.ledger.seq))
            if dirty.everybody:
                self._own_changed_all = self.ledger.seq
        return dirty

    def frames(self, now: float, *, at_once: bool) -> dict[Key, Packet]:
        """Make the frames whose time has come."""
        made = {key: shown.frame(now, at_once=at_once) for key, shown in self._shown.items()}
        return {key: frame for key, frame in made.items() if frame is not None}

    def next_frame_in(self, now: float) -> float | None:
        """Say in how many seconds the next frame that waits for its time may leave."""
        return min((shown.next_at - now for shown in self._shown.values() if shown.owed), default=None)

    def own_changed_since(self, person: str, seq: int) -> bool:
        """Say whether this person's own view may have changed after `seq`."""
        return max(self._own_changed_all, self._own_changed.get(person, 0)) > seq

    # -- messages ------------------------------------------------------------------------------------------------

    def hello(self, reader: Reader) -> Packet:
        """Make a client's first message."""
        audience = self.to(reader).audience
        hello = {
            "version": wire.VERSION,
            "epoch": audience.epoch,
            "time": now_ms(),
            "person": reader.person,
        }
        return wire.packet({"hello": hello, "seq": audience.seq})

    def own(self, reader: Reader) -> Packet:
        """Make the message with what only this person gets."""
        with translation.override(reader.language):
            own = self.ledger.kind.own(self.ledger.state, reader.person, self.name_of(reader))
            message: dict[str, Any] = {"own": own.data}
            if own.fragments and reader.form == "json":
                message["items"] = {
                    key: wire.plain(fragment.context) for key, fragment in own.fragments.items()
                }
            elif own.fragments:
                message["html"] = "".join(own_fragments(own).values())
            return wire.packet(message)

    def now(self, reader: str, language: str) -> Packet:
        """Give a joining client the message about who is here: the one that all others have, perhaps a second old."""
        packet = self._now.get((reader, language))
        if packet is None:
            packet = self._now[reader, language] = self.now_at_once(reader, language)
        return packet

    def now_lately(self, reader: str, language: str) -> Packet:
        """Give a poll the message about who is here: the same for all who ask within a moment.

        Not the one that sockets have: that is kept up to date only while there are any.
        """
        at, key = time.monotonic(), (reader, language)
        made = self._now_lately.get(key)
        if made is None or at - made[0] > MOMENT_SECONDS:
            made = self._now_lately[key] = (at, self.now_at_once(reader, language))
        return made[1]

    def now_at_once(self, reader: str, language: str) -> Packet:
        """Make the message about who is here."""
        with translation.override(language):
            present = self.presence.everywhere(time.monotonic())
            return wire.packet({"now": self.ledger.kind.now(self.ledger.state, present, reader)})

    def now_changed(self, now: float) -> dict[tuple[str, str], Packet]:
        """Make the messages about who is here that differ from those that everybody has."""
        of = (self.presence.changed_at(now), self.ledger.seq)
        if of == self._now_of:
            return {}
        self._now_of = of
        made = {key: self.now_at_once(*key) for key in self._now}
        changed = {key: packet for key, packet in made.items() if packet.data != self._now[key].data}
        self._now.update(changed)
        return changed

    def personal(self, reader: Reader) -> list[Packet]:
        """Make what stands at the end of every greeting."""
        return [self.own(reader), self.now(self.name_of(reader), reader.language)]

    def heartbeat(self, key: Key) -> Packet:
        """Make the message that says which number an audience should have."""
        return wire.packet({"seq": self.seq_of(key), "time": now_ms()})

    def reset(self, reader: Reader) -> Packet:
        """Make the message that sends a poll to fetch the snapshot."""
        return wire.packet({"reset": self.to(reader).audience.seq})

    def can_resume(self, reader: Reader, after: int, epoch: str) -> bool:
        """Say whether a client with this number, of the audience it belongs to now, can be brought up to date."""
        return epoch == self.to(reader).audience.epoch and after <= self.ledger.seq
