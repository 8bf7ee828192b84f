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
    withdrawn: set[str] = field(default_factory=set)
    electorate: set[str] | None = None
    """Who could vote, noted when the round was closed: who comes or goes later changes no result."""

    def spent(self, person: str) -> int:
        """Count somebody's placed dots."""
        return sum(self.placed.get(person, {}).values())

    def tally(self, item: str) -> tuple[int, int]:
        """Give an item's dots and the number of different people who placed them."""
        dots = [ballot[item] for ballot in self.placed.values() if ballot.get(item)]
        return sum(dots), len(dots)

    def withdraw(self, item: str) -> set[str]:
        """Take an item off the ballot and give its dots back; gives those who had some on it."""
        self.withdrawn.add(item)
        return {person for person, ballot in self.placed.items() if ballot.pop(item, 0)}

    def voted(self) -> set[str]:
        """Give those with at least one dot placed."""
        return {person for person, ballot in self.placed.items() if any(ballot.values())}

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
