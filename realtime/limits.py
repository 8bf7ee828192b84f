"""How much one person may ask of a room, over all their sockets and requests together."""

from __future__ import annotations

COMMANDS_PER_SECOND, COMMANDS_AT_ONCE = 20.0, 60.0
"""Far more than a hand can do; a tab that sends what it kept while offline gets through in one go."""


class Allowance:
    """A bucket of tokens that fills again with time."""

    __slots__ = ("_at", "_tokens")

    def __init__(self, now: float) -> None:
        self._tokens, self._at = COMMANDS_AT_ONCE, now

    def spend(self, now: float) -> bool:
        """Take one; False when there is none. `now` is in seconds of any steady clock."""
        self._tokens = min(COMMANDS_AT_ONCE, self._tokens + (now - self._at) * COMMANDS_PER_SECOND)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
