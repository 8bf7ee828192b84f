"""Messages taken straight from the server's socket: the counterpart of `realtime.direct`, with the same care.

A command is one short, whole text frame. autobahn reads it, one part after the other, with more work than deciding
and storing it takes; then it goes through a queue and wakes a task. Here such frames are read in one go. Everything
else (pieces of frames, pings, closing, binary, broken text, whatever is too long) is left to autobahn, which also
answers for it. While autobahn is in the middle of something, or something waits in the server's queue, it gets all.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

OPEN = 3
"""autobahn's number for a connection whose handshake is over and whose closing has not begun."""
TEXT, MASKED, LONGER, MUCH_LONGER = 0x81, 0x80, 126, 127


def text_in(data: bytes, start: int) -> tuple[str, int] | None:
    """Read one whole masked text frame that begins at `start`: its text and where it ends. None for anything else.

    Raises UnicodeDecodeError.
    """
    end = len(data)
    if end - start < 6 or data[start] != TEXT:
        return None
    size, at = data[start + 1] - MASKED, start + 2
    if size == LONGER:
        size, at = int.from_bytes(data[at : at + 2], "big"), at + 2
    if size < 0 or size == MUCH_LONGER or at + 4 + size > end:
        return None
    mask, body = data[at : at + 4], data[at + 4 : at + 4 + size]
    masks = (mask * (size // 4 + 1))[:size]
    plain = (int.from_bytes(body, "big") ^ int.from_bytes(masks, "big")).to_bytes(size, "big")
    return plain.decode(), at + 4 + size


class Ear:
    """Takes what comes in on one socket."""

    __slots__ = ("_hear", "_protocol", "_slowly")

    def __init__(self, protocol: Any, hear: Callable[[str], None]) -> None:
        self._protocol, self._hear = protocol, hear
        self._slowly: Callable[[bytes], None] = protocol.dataReceived
        protocol.dataReceived = self.received

    def received(self, data: bytes) -> None:
        """Take what the network brought."""
        protocol, start = self._protocol, 0
        try:
            while start < len(data) and self._nothing_under_way(protocol):
                found = text_in(data, start)
                if found is None:
                    break
                text, start = found
                protocol.last_ping = time.time()  # the server pings who was silent for long
                self._hear(text)
        except UnicodeDecodeError:
            pass  # autobahn closes for it, as the standard says
        if start < len(data):
            self._slowly(data[start:] if start else data)

    @staticmethod
    def _nothing_under_way(protocol: Any) -> bool:
        return (
            protocol.state == OPEN
            and not protocol.data
            and protocol.current_frame is None
            and not protocol.inside_message
            and protocol.autoPingTimeoutCall is None
            and not protocol.muted
            and protocol.application_queue.empty()
        )

    def stop(self) -> None:
        """Leave the socket to autobahn again, and let go of it."""
        del self._protocol.dataReceived


def as_expected(protocol: Any) -> bool:
    """See whether a connection has all that is looked at here."""
    looked_at = ("current_frame", "autoPingTimeoutCall", "inside_message")
    return (
        all(hasattr(protocol, name) for name in looked_at)
        and isinstance(protocol.data, bytes | bytearray)
        and protocol.muted is False
        and callable(protocol.application_queue.empty)
        and isinstance(protocol.last_ping, float)
        and callable(protocol.dataReceived)
    )
