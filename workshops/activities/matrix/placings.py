"""Where everybody placed each thing on two axes in one round, and what comes out: the mean point and how far apart.

How far apart people are is said in two ways: the middle half (from the lower to the upper quartile, on each axis), and
the standard distance: the root of the mean squared distance from the mean point. `tests/activities/test_placings.py`
reckons again in another way.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import sqrt
from statistics import fmean

from workshops.activities.shared.choosing import OnTable
from workshops.activities.shared.moments import History


@dataclass(frozen=True, slots=True)
class Mark:
    """What one person said of one item: where it stands, or that they skip it, which is not the middle."""

    x: int | None = None
    y: int | None = None
    skip: bool = False

    @property
    def placed(self) -> bool:
        """Whether it has a place on both axes; only then it counts."""
        return self.x is not None and self.y is not None

    @property
    def given(self) -> bool:
        """Whether anything at all was said."""
        return self.skip or self.x is not None or self.y is not None


@dataclass(frozen=True, slots=True)
class Along:
    """What everybody's places on one axis come to."""

    mean: float
    low: float
    high: float
    """The quartiles: half of all people are between them."""


@dataclass(frozen=True, slots=True)
class Point:
    """What one item got."""

    item: str
    placed: int
    skipped: int
    x: Along | None
    y: Along | None
    spread: float | None
    """The standard distance; None where fewer than two people placed it."""


def along(values: list[int]) -> Along:
    """Give mean and quartiles. Between two values a quartile lies in proportion (the usual way of spreadsheets)."""
    ordered = sorted(values)
    return Along(fmean(ordered), _quantile(ordered, 1), _quantile(ordered, 3))


def _quantile(ordered: list[int], quarters: int) -> float:
    place, rest = divmod((len(ordered) - 1) * quarters, 4)
    if not rest:
        return float(ordered[place])
    return ordered[place] + (ordered[place + 1] - ordered[place]) * rest / 4


def spread_of(xs: list[int], ys: list[int]) -> float | None:
    """Give the standard distance of points from their mean."""
    if len(xs) < 2:
        return None
    x, y = fmean(xs), fmean(ys)
    return sqrt(fmean((a - x) ** 2 + (b - y) ** 2 for a, b in zip(xs, ys, strict=True)))


@dataclass(slots=True)
class Placings(OnTable):
    """The memory of one round."""

    marks: dict[str, dict[str, Mark]] = field(default_factory=dict)
    """What each person said, by item; also of what is off the board now."""
    agreed: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where the room agreed that an item belongs, after it saw the result. Beside the mean, never over it."""
    history: History = field(default_factory=History)
    """How to put the agreed places back to an earlier moment. What people placed is theirs, and not in it."""
    given: int = 0
    """How many places and skips there are, of all people. Counted as they come and go."""
    _said: dict[str, int] = field(default_factory=dict)
    """How many items each person placed or skipped; only those who did one."""
    _points: dict[str, Point] | None = field(default=None, compare=False)

    def mark(self, person: str, item: str) -> Mark:
        """Give what somebody said of an item."""
        return self.marks.get(person, {}).get(item, Mark())

    def put(self, person: str, item: str, mark: Mark) -> None:
        """Set what somebody says of an item."""
        more = _counts(mark) - _counts(self.mark(person, item))
        self.marks.setdefault(person, {})[item] = mark
        self.given += more
        said = self._said.pop(person, 0) + more
        if said:
            self._said[person] = said
        self._points = None

    @property
    def answered(self) -> AbstractSet[str]:
        """Those who placed or skipped something."""
        return self._said.keys()

    def forget_result(self) -> None:
        """Reckon anew when next asked: an item came or went."""
        self._points = None

    def points(self) -> dict[str, Point]:
        """Give the result by item, most disagreement first. Worked out once, as it is shown when the round is over."""
        if self._points is None:
            found = [self._point(item) for item in self.standing]
            found.sort(key=lambda point: -(point.spread if point.spread is not None else -1.0))
            self._points = {point.item: point for point in found}
        return self._points

    def _point(self, item: str) -> Point:
        marks = [said[item] for said in self.marks.values() if item in said]
        placed = [(mark.x, mark.y) for mark in marks if mark.x is not None and mark.y is not None]
        xs, ys = [x for x, _y in placed], [y for _x, y in placed]
        skipped = sum(mark.skip for mark in marks)
        if not placed:
            return Point(item, 0, skipped, None, None, None)
        return Point(item, len(placed), skipped, along(xs), along(ys), spread_of(xs, ys))


def _counts(mark: Mark) -> int:
    return int(mark.skip or mark.placed)
