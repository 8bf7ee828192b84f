"""The ballots of a vote: what is voted on, everybody's dots, and the ranking."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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

    def counting(self, person: str) -> dict[str, int]:
        """Give somebody's dots on what is on the ballot."""
        ballot = self.placed.get(person, {})
        return {item: dots for item, dots in ballot.items() if dots and item not in self.withdrawn}

    def spent(self, person: str) -> int:
        """Count somebody's placed dots."""
        return sum(self.counting(person).values())

    def tally(self, item: str) -> tuple[int, int]:
        """Give an item's dots and the number of different people who placed them; none while it is off the ballot."""
        dots = [ballot[item] for ballot in self.placed.values() if ballot.get(item)]
        return (0, 0) if item in self.withdrawn else (sum(dots), len(dots))

    def holders(self, item: str) -> set[str]:
        """Give those who placed dots on an item."""
        return {person for person, ballot in self.placed.items() if ballot.get(item)}

    def withdraw(self, item: str) -> set[str]:
        """Take an item off the ballot: its dots can be placed elsewhere. Gives those who have some on it."""
        self.withdrawn.add(item)
        return self.holders(item)

    def bring_back(self, item: str, budget: int, cap: int) -> set[str]:
        """Put an item on the ballot again with its dots; gives those who had some on it.

        What somebody placed elsewhere since stays: of the dots that come back, those beyond their budget
        (0 means none) or the cap are given up.
        """
        holders = self.holders(item)
        for person in holders:
            room = budget - self.spent(person) if budget else cap
            self.placed[person][item] = max(0, min(self.placed[person][item], cap, room))
        self.withdrawn.discard(item)
        return holders

    def voted(self) -> set[str]:
        """Give those with at least one dot placed."""
        return {person for person in self.placed if self.counting(person)}

    def rows(self) -> list[dict[str, Any]]:
        """Rank the items: by dots, then by different voters. Equal ones share a rank (1, 1, 3)."""
        counted = [(item, *self.tally(item)) for item in self.items if item not in self.withdrawn]
        counted.sort(key=lambda row: (-row[1], -row[2]))
        rows: list[dict[str, Any]] = []
        for place, (item, dots, voters) in enumerate(counted, 1):
            tied = rows and (rows[-1]["dots"], rows[-1]["voters"]) == (dots, voters)
            rows.append(
                {"item": item, "dots": dots, "voters": voters, "rank": rows[-1]["rank"] if tied else place}
            )
        return rows
