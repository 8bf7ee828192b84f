"""What a brainstorm keeps of one round: which ideas were let through, shown and offered to whom. Never their words."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from workshops.activities.shared.reading_first import ReadingFirst

if TYPE_CHECKING:
    from collections.abc import Callable

AT_A_TIME = 3
"""So many ideas of others are offered to somebody at a time."""
MOST_OFFERED = 30
"""So many in one round: enough to see that others think alike, and no way to read everything before it is shown."""
_CHOOSES_AMONG = 8
SAME, PASS, OPEN = "same", "pass", "none"


@dataclass(slots=True)
class Unveiling(ReadingFirst):
    """The memory of one round."""

    one_by_one: bool
    """Whether the facilitators show one idea after another."""
    offering: bool
    """Whether people are offered ideas of others while they write."""
    written: set[str] = field(default_factory=set)
    """The ideas of this round, but for those that left the board."""
    shown: dict[str, int] = field(default_factory=dict)
    """What was shown one by one, and as which."""
    all_shown: bool = False
    queue: deque[str] = field(default_factory=deque)
    """What can be offered, the ones that were offered longest ago first."""
    offers: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each person was offered, and what they said of it: `SAME`, `PASS` or, not yet, `OPEN`."""
    offered_to: dict[str, set[str]] = field(default_factory=dict)
    same: dict[str, int] = field(default_factory=dict)
    """How many think so too, by idea."""
    changed_from: dict[str, int] = field(default_factory=dict)
    """Of ideas changed after everybody had seen them: the place of the first words seen among the earlier ones."""

    def is_shown(self, idea: str) -> bool:
        """Whether an idea is shown, once showing has begun."""
        return self.is_through(idea) and (not self.one_by_one or self.all_shown or idea in self.shown)

    def came(self, idea: str) -> None:
        """Take in a new idea."""
        self.written.add(idea)
        if self.offering and not self.checked:
            self.queue.append(idea)

    def let_through(self, idea: str) -> None:
        """Note that a facilitator has no objection."""
        self.passed.add(idea)
        if self.offering:
            self.queue.append(idea)

    def show(self, ideas: list[str]) -> None:
        """Show ideas, in this order."""
        for idea in ideas:
            self.shown.setdefault(idea, len(self.shown))

    def not_answered(self, person: str) -> int:
        """Count the offers that somebody has before them."""
        return sum(answer == OPEN for answer in self.offers.get(person, {}).values())

    def next_for(self, person: str, may: Callable[[str], bool], seed: str, *, answered: int = 0) -> list[str]:
        """Choose what somebody is offered next: of what was offered longest ago some, by chance.

        `answered` counts offers that the same command answers.
        """
        had = self.offers.get(person, {})
        count = min(AT_A_TIME - self.not_answered(person) + answered, MOST_OFFERED - len(had))
        if count <= 0:
            return []
        found: list[str] = []
        for idea in self.queue:
            if idea not in had and may(idea):
                found.append(idea)
                if len(found) == _CHOOSES_AMONG:
                    break
        return sorted(found, key=lambda idea: sha256(f"{seed}/{idea}".encode()).digest())[:count]

    def offer(self, person: str, ideas: list[str]) -> None:
        """Offer ideas to somebody. They go to the end of the queue, so that all are offered equally often."""
        for idea in ideas:
            self.offers.setdefault(person, {})[idea] = OPEN
            self.offered_to.setdefault(idea, set()).add(person)
            self.queue.remove(idea)
            self.queue.append(idea)

    def answer(self, person: str, idea: str, answer: str) -> None:
        """Note what somebody says of an idea."""
        before, self.offers[person][idea] = self.offers[person][idea], answer
        self.same[idea] = self.same.get(idea, 0) + (answer == SAME) - (before == SAME)

    def has_before_them(self, person: str, idea: str) -> bool:
        """Whether somebody was offered an idea and didn't pass it."""
        return self.offers.get(person, {}).get(idea, PASS) != PASS
