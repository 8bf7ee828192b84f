"""What the clock asks of a room: the next command that falls due, asked once by however many processes serve it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realtime.kinds import SYSTEM
from realtime.ledger import Asked
from realtime.showing import now_ms

if TYPE_CHECKING:
    from realtime.ledger import Ledger


class DueClock:
    """Says when a room's next due command is to be asked, and asks for it."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._asked = ""

    def seconds_left(self) -> float | None:
        """Say in how many seconds something falls due; None if nothing does, or it was asked for already."""
        if not self._ledger.due or self._asked == self._op():
            return None
        at, _do = self._ledger.due
        return (at - now_ms()) / 1000

    def take(self) -> Asked | None:
        """Give the command whose moment has come, once."""
        left = self.seconds_left()
        if left is None or left > 0 or not self._ledger.due:
            return None
        _at, do = self._ledger.due
        self._asked = self._op()
        return Asked(self._asked, do, {}, SYSTEM)

    def ask_again(self) -> None:
        """Hear that it could not be decided."""
        self._asked = ""

    def _op(self) -> str:
        """Give what is asked for its op: every process makes the same one, so it is done once."""
        if not self._ledger.due:
            return ""
        at, do = self._ledger.due
        return f"due-{at}-{do.replace('.', '-')}"
