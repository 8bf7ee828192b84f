"""The ballots of a vote: what is voted on, everybody's dots, and the ranking.

A crowd presses plus all the time, and everybody looks at the totals: so they are counted as dots come and go, never
anew. `tests/activities/test_ballots.py` holds them to the slow way. Dots against are numbers below zero.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from workshops.activities.shared.choosing import OnTable


@dataclass(frozen=True, slots=True)
class Ranking:
    """The result of a vote as it stands: its rows in order of rank, by item."""

    rows: dict[str, dict[str, Any]]
    shared: set[int]
    """The ranks that more than one item has."""
    most: int
    """The most dots on one item."""


@dataclass(frozen=True, slots=True)
class RunOff:
    """What makes a round a run-off: which tie it decides, and how many dots each person has. At most one on each."""

    round: int
    rank: int
    items: tuple[str, ...]
    dots: int


@dataclass(slots=True)
class Ballots(OnTable):
    """The memory of one round: what is voted on, fixed when it opened, and everybody's dots."""

    placed: dict[str, dict[str, int]] = field(default_factory=dict)
    """Everybody's dots as they placed them, also on what is off the ballot now: they come back with it."""
    dots_placed: int = 0
    """All dots for what is on the ballot."""
    against_placed: int = 0
    """All dots against what is on the ballot."""
    cast: dict[str, dict[str, int]] = field(default_factory=dict)
    """Who said that their vote stands, with the totals as they were then: what they were shown."""
    sitting_out: set[str] = field(default_factory=set)
    """Facilitators who don't vote in this round although they may."""
    run_off: RunOff | None = None
    """Set when this round decides a tie of the one before."""
    run_off_next: RunOff | None = None
    """Set, just before it opens, when the next round shall decide a tie of this one."""
    draws: dict[int, list[str]] = field(default_factory=dict)
    """For each shared rank that was drawn by lot: its items in the order drawn."""
    _dots: dict[str, int] = field(default_factory=dict)
    _against: dict[str, int] = field(default_factory=dict)
    _voters: dict[str, int] = field(default_factory=dict)
    """Each item's dots and the people who placed them, on the ballot or off it."""
    _spent: dict[str, int] = field(default_factory=dict)
    _spent_against: dict[str, int] = field(default_factory=dict)
    """Everybody's dots on what is on the ballot; only those who have some."""
    _active: dict[str, int] = field(default_factory=dict)
    """How many items on the ballot each person has dots on; only those who have one."""
    _ranking: Ranking | None = field(default=None, compare=False)

    def place(self, person: str, item: str, dots: int) -> None:
        """Set somebody's dots on an item."""
        ballot = self.placed.setdefault(person, {})
        before, ballot[item] = ballot.get(item, 0), dots
        _add(self._dots, item, max(dots, 0) - max(before, 0))
        _add(self._against, item, max(-dots, 0) - max(-before, 0))
        _add(self._voters, item, (dots != 0) - (before != 0))
        if item not in self.withdrawn:
            self._spend(person, before, dots)

    def _spend(self, person: str, before: int, after: int) -> None:
        self._ranking = None
        more, more_against = max(after, 0) - max(before, 0), max(-after, 0) - max(-before, 0)
        self.dots_placed += more
        self.against_placed += more_against
        _add(self._spent, person, more)
        _add(self._spent_against, person, more_against)
        _add(self._active, person, (after != 0) - (before != 0))

    def counting(self, person: str) -> dict[str, int]:
        """Give somebody's dots on what is on the ballot."""
        ballot = self.placed.get(person, {})
        return {item: dots for item, dots in ballot.items() if dots and item not in self.withdrawn}

    def spent(self, person: str) -> int:
        """Count somebody's placed dots."""
        return self._spent.get(person, 0)

    def spent_against(self, person: str) -> int:
        """Count somebody's placed dots against."""
        return self._spent_against.get(person, 0)

    def tally(self, item: str) -> tuple[int, int]:
        """Give an item's dots and the number of different people who placed them; none while it is off the ballot."""
        if item in self.withdrawn:
            return 0, 0
        return self._dots.get(item, 0), self._voters.get(item, 0)

    def against(self, item: str) -> int:
        """Count the dots against an item."""
        return 0 if item in self.withdrawn else self._against.get(item, 0)

    def net(self, item: str) -> int:
        """Give what an item is ranked by: its dots, less those against it."""
        return self.tally(item)[0] - self.against(item)

    def holders(self, item: str) -> set[str]:
        """Give those who placed dots on an item."""
        return {person for person, ballot in self.placed.items() if ballot.get(item)}

    def withdraw(self, item: str) -> None:
        """Take an item off the ballot: its dots can be placed elsewhere."""
        if item in self.withdrawn:
            return
        for person in self.holders(item):
            self._spend(person, self.placed[person][item], 0)
        self.withdrawn.add(item)
        self._ranking = None

    def bring_back(self, item: str, budget: int, cap: int, against: int = 0) -> None:
        """Put a withdrawn item on the ballot again with its dots.

        What somebody placed elsewhere since stays: of the dots that come back, those beyond their budget
        (0 means none) or the cap are given up.
        """
        if item not in self.withdrawn:
            return
        holders = self.holders(item)
        for person in holders:
            had = self.placed[person][item]
            room = budget - self.spent(person) if budget else cap
            if had < 0:
                room = against - self.spent_against(person)
            fits = max(0, min(abs(had), cap, room))
            self.place(person, item, fits if had > 0 else -fits)
        self.withdrawn.discard(item)
        for person in holders:
            self._spend(person, 0, self.placed[person][item])
        self._ranking = None

    @property
    def answered(self) -> AbstractSet[str]:
        """Those with at least one dot placed."""
        return self._active.keys()

    @property
    def voters(self) -> int:
        """How many people have at least one dot placed."""
        return len(self._active)

    def most_dots(self, budget: int, cap: int) -> int:
        """Give how many of their dots one person can place: on few things the cap leaves some over."""
        return min(budget, cap * len(self.standing))

    def left_to_place(
        self, person: str, budget: int, cap: int, barred: AbstractSet[str] = frozenset()
    ) -> int:
        """Count the dots that somebody has left and that still fit on something. `barred`: not for this person."""
        not_theirs = sum(item in self.items and item not in self.withdrawn for item in barred)
        fit = cap * (len(self.items) - len(self.withdrawn) - not_theirs)
        placed = self.counting(person).items()
        # Where somebody has dots against, none for it fit: those would have to be taken back first.
        fit -= sum(dots if dots > 0 else cap for item, dots in placed if item not in barred)
        return max(0, min(budget - self.spent(person), fit))

    def rows(self) -> list[dict[str, Any]]:
        """Rank the items: by dots less dots against, then by different voters. Equal ones share a rank (1, 1, 3)."""
        return list(self.ranking().rows.values())

    def ranking(self) -> Ranking:
        """Give the result as it stands, worked out once until a dot is placed."""
        if self._ranking is None:
            self._ranking = self._rank()
        return self._ranking

    def _rank(self) -> Ranking:
        counted = [(item, self.net(item), *self.tally(item)) for item in self.standing]
        counted.sort(key=lambda row: (-row[1], -row[3]))
        rows: dict[str, dict[str, Any]] = {}
        shared: set[int] = set()
        rank, before = 0, (0, -1)
        for place, (item, net, dots, voters) in enumerate(counted, 1):
            if (net, voters) == before:
                shared.add(rank)
            else:
                rank, before = place, (net, voters)
            rows[item] = {"item": item, "dots": dots, "voters": voters, "rank": rank}
        return Ranking(rows, shared, max((net for _item, net, *_rest in counted if net > 0), default=0))

    def tie_at(self, rank: int) -> list[str]:
        """Give the items that share a rank; nothing if none do."""
        ranking = self.ranking()
        if rank not in ranking.shared:
            return []
        return [item for item, row in ranking.rows.items() if row["rank"] == rank]


def _add(counts: dict[str, int], key: str, more: int) -> None:
    """Count on; what comes to nothing is left out."""
    now = counts.get(key, 0) + more
    if now:
        counts[key] = now
    else:
        counts.pop(key, None)
