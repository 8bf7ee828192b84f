"""How a board that several people change together was before: kept as reverse changes, never as whole boards.

A board is seen as values under keys, such as the ideas of a group. Each change keeps what stood under those keys that
it changed. How the board was at a moment is then what stands there now, with the earliest kept value under each key
that changed since. A moment has the number of the change that came right after it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

type Key = tuple[str, str]
"""What of a board, and of which of its parts: ("ideas", "g3")."""

PUT_BACK = "board.put_back"
"""The command, and in a change what was done."""
MOST_KEPT = 500
MOST_OFFERED = 12
_MOST_LARGE = 7


@dataclass(frozen=True, slots=True)
class Change:
    """One change, and how to take it back."""

    number: int
    at: int
    how: str
    who: str
    """What the person was called then; "" where nobody is told."""
    about: str
    """A name that was given to what was changed, as it was then."""
    before: dict[Key, Any]


@dataclass(slots=True)
class History:
    """The latest changes of one round's board."""

    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    number: int = 0
    """How many changes there were, those no longer kept included."""
    _offered: tuple[int, list[Change]] = field(default=(0, []), compare=False, repr=False)
    """What was offered last, and after which change: it is asked again and again."""

    def note(self, before: Mapping[Key, Any], *, at: int, how: str, who: str = "", about: str = "") -> None:
        """Keep a change by what stood there before it. One that changes nothing is none.

        Putting back may say what it changes in further events, see `note_along`.
        """
        if before or how == PUT_BACK:
            self.number += 1
            self.changes.append(Change(self.number, at, how, who, about, dict(before)))

    def note_along(self, before: Mapping[Key, Any]) -> None:
        """Keep a further part of the change that was noted last."""
        last = self.changes[-1].before
        for key, value in before.items():
            last.setdefault(key, value)

    def undoing(self, step: str) -> dict[str, Any]:
        """Give the command that takes the next change back, as long as nothing is changed after it.

        For `Activity.inverse`, where the next change puts the board back.
        """
        return {"do": PUT_BACK, "activity": step, "moment": self.number + 1, "seen": self.number + 1}

    def keeps(self, moment: int) -> bool:
        """Whether the board can still be put back to a moment."""
        return bool(self.changes) and self.changes[0].number <= moment <= self.number

    def taken_back(self, moment: int) -> int:
        """Count the changes that putting the board back to a moment takes back."""
        return self.number - moment + 1

    def since(self, moment: int) -> dict[Key, Any]:
        """Give what stood at a moment under each key that has changed since."""
        found: dict[Key, Any] = {}
        for change in reversed(self.changes):
            if change.number < moment:
                break
            found |= change.before
        return found

    def offered(self, large: Collection[str]) -> list[Change]:
        """Choose moments to go back to, the latest first: before large changes, and of the rest ever fewer.

        A moment stays on offer for long once it is: somebody may be about to press it.
        """
        if self._offered[0] != self.number:
            self._offered = self.number, self._choose(large)
        return self._offered[1]

    def _choose(self, large: Collection[str]) -> list[Change]:
        by_number = {change.number: change for change in self.changes}
        chosen = dict.fromkeys((self.number, self.changes[0].number))
        chosen |= dict.fromkeys([n for n in reversed(by_number) if by_number[n].how in large][:_MOST_LARGE])
        chosen |= dict.fromkeys(n for n in reversed(by_number) if self.number - n < 2 * (n & -n))
        return [by_number[n] for n in sorted(list(chosen)[:MOST_OFFERED], reverse=True)]
