"""Over what a client talks: a socket, or polling where sockets don't work. `docs/protocol.md`, section 6."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

type Transport = Literal["auto", "socket", "poll"]

FAILURES = 2
CUTS, CUTS_WITHIN_SECONDS = 3, 300.0
TRY_AGAIN_SECONDS = 60.0


class Way:
    """Decides by what has happened. With "auto" it changes over and back; else it stays as it was told."""

    def __init__(self, wanted: Transport, clock: Callable[[], float] = time.monotonic) -> None:
        self.wanted = wanted
        self._clock = clock
        self._failures = 0
        self._cuts: list[float] = []
        self._poll_until = 0.0

    @property
    def now(self) -> Literal["socket", "poll"]:
        """The way to go at this moment."""
        if self.wanted != "auto":
            return self.wanted
        return "poll" if self._clock() < self._poll_until else "socket"

    def failed(self) -> None:
        """A handshake failed, or brought no hello, while HTTP works."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._poll_until = self._clock() + TRY_AGAIN_SECONDS

    def greeted(self) -> None:
        """A socket works."""
        self._failures = 0

    def cut(self) -> None:
        """A working socket broke without a close code of the server's."""
        now = self._clock()
        self._cuts = [at for at in self._cuts if at > now - CUTS_WITHIN_SECONDS] + [now]
        if len(self._cuts) >= CUTS:
            self._poll_until = now + TRY_AGAIN_SECONDS
