"""The ballots of a vote: what is voted on, everybody's dots, and the ranking.

A crowd presses plus all the time, and everybody looks at the totals: so they are counted as dots come and go, never
anew. `tests/activities/test_ballots.py` holds them to the slow way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Ranking:
    """The result of a vote as it stands: its rows in order of rank, by item."""

    rows: dict[str, dict[str, Any]]
    shared: set[int]
    """The ranks that more than one item has."""
    most: int
    """The most dots on one item."""


@dataclass(slots=True)
class Ballots:
    """The memory of one round: what is voted on, fixed when it opened, and everybody's dots."""

    target: str
    items: dict[str, str]
    """Each item's id with the text that stood on the ballot, in ballot order."""
    sources: dict[str, int]
    """The brainstorms voted on, and how many rounds of each there were."""
    placed: dict[str, dict[str, int]] = field(default_factory=dict)
    """Everybody's dots as they placed them, also on what is off the ballot now: they come back with it."""
    withdrawn: set[str] = field(default_factory=set)
    electorate: set[str] | None = None
    """Who could vote, noted when the round was closed: who comes or goes later changes no result."""
    dots_placed: int = 0
    """All dots on what is on the ballot."""
    _dots: dict[str, int] = field(default_factory=dict)
    _voters: dict[str, int] = field(default_factory=dict)
    """Each item's dots and the people who placed them, on the ballot or off it."""
    _spent: dict[str, int] = field(default_factory=dict)
    """Everybody's dots on what is on the ballot; only those who have some."""
    _ranking: Ranking | None = field(default=None, compare=False)

    def place(self, person: str, item: str, dots: int) -> None:
        """Set somebody's dots on an item."""
        ballot = self.placed.setdefault(person, {})
        before, ballot[item] = ballot.get(item, 0), dots
        self._dots[item] = self._dots.get(item, 0) + dots - before
        self._voters[item] = self._voters.get(item, 0) + (dots > 0) - (before > 0)
        if item not in self.withdrawn:
            self._spend(person, dots - before)

    def _spend(self, person: str, dots: int) -> None:
        self._ranking = None
        self.dots_placed += dots
        spent = self._spent.get(person, 0) + dots
        if spent:
            self._spent[person] = spent
        else:
            self._spent.pop(person, None)

    def counting(self, person: str) -> dict[str, int]:
        """Give somebody's dots on what is on the ballot."""
        ballot = self.placed.get(person, {})
        return {item: dots for item, dots in ballot.items() if dots and item not in self.withdrawn}

    def spent(self, person: str) -> int:
        """Count somebody's placed dots."""
        return self._spent.get(person, 0)

    def tally(self, item: str) -> tuple[int, int]:
        """Give an item's dots and the number of different people who placed them; none while it is off the ballot."""
        if item in self.withdrawn:
            return 0, 0
        return self._dots.get(item, 0), self._voters.get(item, 0)

    def holders(self, item: str) -> set[str]:
        """Give those who placed dots on an item."""
        return {person for person, ballot in self.placed.items() if ballot.get(item)}

    def withdraw(self, item: str) -> set[str]:
        """Take an item off the ballot: its dots can be placed elsewhere. Gives those who have some on it."""
        holders = self.holders(item)
        if item not in self.withdrawn:
            for person in holders:
                self._spend(person, -self.placed[person][item])
            self.withdrawn.add(item)
            self._ranking = None
        return holders

    def bring_back(self, item: str, budget: int, cap: int) -> set[str]:
        """Put a withdrawn item on the ballot again with its dots; gives those who had some on it.

        What somebody placed elsewhere since stays: of the dots that come back, those beyond their budget
        (0 means none) or the cap are given up.
        """
        holders = self.holders(item)
        if item not in self.withdrawn:
            return holders
        for person in holders:
            room = budget - self.spent(person) if budget else cap
            self.place(person, item, max(0, min(self.placed[person][item], cap, room)))
        self.withdrawn.discard(item)
        for person in holders:
            self._spend(person, self.placed[person][item])
        self._ranking = None
        return holders

    def voted(self) -> set[str]:
        """Give those with at least one dot placed."""
        return set(self._spent)

    @property
    def voters(self) -> int:
        """How many people have at least one dot placed."""
        return len(self._spent)

    def voters_beyond(self, people: set[str]) -> int:
        """Count those with a dot placed who are not among these people."""
        return len(self._spent.keys() - people)

    def rows(self) -> list[dict[str, Any]]:
        """Rank the items: by dots, then by different voters. Equal ones share a rank (1, 1, 3)."""
        return list(self.ranking().rows.values())

    def ranking(self) -> Ranking:
        """Give the result as it stands, worked out once until a dot is placed."""
        if self._ranking is None:
            self._ranking = self._rank()
        return self._ranking

    def _rank(self) -> Ranking:
        counted = [(item, *self.tally(item)) for item in self.items if item not in self.withdrawn]
        counted.sort(key=lambda row: (-row[1], -row[2]))
        rows: dict[str, dict[str, Any]] = {}
        shared: set[int] = set()
        rank, before = 0, (-1, -1)
        for place, (item, dots, voters) in enumerate(counted, 1):
            if (dots, voters) == before:
                shared.add(rank)
            else:
                rank, before = place, (dots, voters)
            rows[item] = {"item": item, "dots": dots, "voters": voters, "rank": rank}
        return Ranking(rows, shared, counted[0][1] if counted else 0)
