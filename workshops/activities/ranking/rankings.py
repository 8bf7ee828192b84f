"""Everybody's rankings in one round, and what comes out of them. The rules of counting are published with the result.

With `places` places to give, place 1 brings as many points, the next one fewer, the last one 1; what somebody did not
rank brings 0. An item's points are the mean over all who answered. `tests/activities/test_rankings.py` counts again
in another way.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import combinations

from workshops.activities.shared.choosing import OnTable


@dataclass(frozen=True, slots=True)
class Place:
    """What one item got. Equal points share a rank (1, 1, 3)."""

    item: str
    rank: int
    tied: bool
    points: int
    """All points together; divided by those who answered they are its mean."""
    ranked: int
    """How many people ranked it."""
    places: int
    """The places they gave it, added up; divided by `ranked` they are its mean place."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """The result of a round."""

    answered: int
    scale: int
    """The points of a first place."""
    places: list[Place]
    best_in_pairs: str | None
    """The item that more people put before each other one than behind it, if there is one (Condorcet's winner)."""

    @property
    def differs(self) -> bool:
        """Whether comparing in pairs gives another winner than the points."""
        return self.best_in_pairs is not None and self.best_in_pairs not in {
            place.item for place in self.places if place.rank == 1
        }


@dataclass(slots=True)
class Rankings(OnTable):
    """The memory of one round: what each person has put in order, and what they sent."""

    most: int = 0
    """So many places one person may give; 0 means one for each item."""
    drafts: dict[str, list[str]] = field(default_factory=dict)
    """Everybody's order as it stands on their screen, best first. It counts once it is sent."""
    sent: dict[str, list[str]] = field(default_factory=dict)
    _result: Ranked | None = field(default=None, compare=False)

    @property
    def answered(self) -> AbstractSet[str]:
        """Those who sent their order."""
        return self.sent.keys()

    @property
    def scale(self) -> int:
        """How many places there are to give."""
        standing = len(self.items) - len(self.withdrawn)
        return min(self.most, standing) if self.most else standing

    def standing_of(self, order: list[str]) -> list[str]:
        """Give of somebody's order what is still there, no more than there are places."""
        return [item for item in order if item not in self.withdrawn][: self.scale]

    def draft(self, person: str) -> list[str]:
        """Give somebody's order as it stands on their screen."""
        return self.standing_of(self.drafts.get(person, []))

    def set_draft(self, person: str, order: list[str]) -> None:
        """Put somebody's order down. What is taken off the board stays noted behind it, should it come back."""
        away = [item for item in self.drafts.get(person, []) if item in self.withdrawn]
        self.drafts[person] = [*order, *away]

    def send(self, person: str) -> None:
        """Let somebody's order count."""
        self.sent[person] = list(self.drafts.get(person, []))
        self._result = None

    def take_back(self, person: str) -> None:
        """Let somebody's order count no more; it stays on their screen."""
        self.sent.pop(person, None)
        self._result = None

    def has_changes(self, person: str) -> bool:
        """Whether what somebody sees is not what they sent."""
        return self.standing_of(self.sent.get(person, [])) != self.draft(person)

    def forget_result(self) -> None:
        """Count anew when next asked: an item came or went."""
        self._result = None

    def result(self) -> Ranked:
        """Give the result as it stands. Worked out once, as it is shown only when the round is over."""
        if self._result is None:
            self._result = self._count()
        return self._result

    def _count(self) -> Ranked:
        orders = [self.standing_of(order) for order in self.sent.values()]
        scale = self.scale
        points, ranked, places = (dict.fromkeys(self.standing, 0) for _each in range(3))
        for order in orders:
            for place, item in enumerate(order, 1):
                points[item] += scale + 1 - place
                ranked[item] += 1
                places[item] += place
        best_first = sorted(self.standing, key=lambda item: -points[item])
        rank_of = {item: 1 + sum(points[other] > points[item] for other in points) for item in points}
        shared = list(rank_of.values())
        rows = [
            Place(
                item, rank_of[item], shared.count(rank_of[item]) > 1, points[item], ranked[item], places[item]
            )
            for item in best_first
        ]
        return Ranked(len(orders), scale, rows, self._best_in_pairs(orders))

    def _best_in_pairs(self, orders: list[list[str]]) -> str | None:
        """Find the item that wins each comparison with one other. What is ranked comes before what isn't."""
        standing = self.standing
        if len(standing) < 2 or not orders:
            return None
        at = {item: place for place, item in enumerate(standing)}
        before = [[0] * len(standing) for _each in standing]
        for order in orders:
            ranked = [at[item] for item in order]
            for first, second in combinations(ranked, 2):
                before[first][second] += 1
            unranked = set(range(len(standing))).difference(ranked)
            for first in ranked:
                row = before[first]
                for second in unranked:
                    row[second] += 1
        for item, me in at.items():
            if all(before[me][other] > before[other][me] for other in range(len(standing)) if other != me):
                return item
        return None
