"""What a journey map is made of: its stages and lanes, how people feel at each stage, and the drawn line of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workshops.activities.shared.fields import things_in

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Idea

MOST_STAGES = 12
STEPS, THINKS, PAIN, IDEAS, EVIDENCE = "steps", "thinks", "pain", "ideas", "evidence"
LANES: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    STEPS: (_("Steps"), _("What happens, what somebody does")),
    THINKS: (_("Thinks"), _("What goes through their mind")),
    PAIN: (_("Pain points"), _("What hurts, delays or gets lost")),
    IDEAS: (_("Ideas"), _("What could be different")),
    EVIDENCE: (_("Evidence"), _("How we know: figures, letters, stories")),
}
"""What is written down for each stage; feelings are pressed, not written."""
FEELS = "feels"
ROWS = (STEPS, THINKS, FEELS, PAIN, IDEAS, EVIDENCE)
"""The lanes in the order in which they stand under each other."""


def lane_name(lane: str) -> StrOrPromise:
    """Name a lane."""
    return _("Feels") if lane == FEELS else LANES[lane][0]


FEELINGS: dict[int, StrOrPromise] = {
    -2: _("very bad"),
    -1: _("bad"),
    0: _("neither"),
    1: _("good"),
    2: _("very good"),
}
WORST, BEST = -2, 2


def stages_of(settings: Any) -> dict[str, str]:
    """Give the stages by their id."""
    return {f"s{number}": text for number, text in enumerate(things_in(settings.stages), start=1)}


def cell(stage: str, lane: str) -> str:
    """Name a cell, as an entry says where it stands."""
    return f"{stage}/{lane}"


def lane_of(idea: Idea) -> str:
    """Give the lane that an entry stands in."""
    return idea.about.partition("/")[2]


@dataclass(slots=True)
class Journey:
    """The memory of one round: how each person feels at each stage, and the sums of that."""

    felt: dict[str, dict[str, int]] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def feel(self, person: str, stage: str, level: int | None) -> None:
        """Note what somebody feels at a stage, or that they say nothing about it any more."""
        mine = self.felt.setdefault(person, {})
        before = mine.pop(stage, None)
        if before is not None:
            self.sums[stage] -= before
            self.counts[stage] -= 1
        if level is not None:
            mine[stage] = level
            self.sums[stage] = self.sums.get(stage, 0) + level
            self.counts[stage] = self.counts.get(stage, 0) + 1
        if not mine:
            del self.felt[person]

    def mean(self, stage: str) -> float | None:
        """Give the mean feeling at a stage; None if nobody said."""
        count = self.counts.get(stage, 0)
        return round(self.sums[stage] / count, 2) if count else None


COLUMN, HEIGHT = 100, 120


def line_of(feelings: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Give the line of mean feelings as an SVG draws it; a table says the same. None with nothing to draw."""
    points = [
        f"{COLUMN // 2 + COLUMN * place} {10 + (HEIGHT - 20) * (BEST - one['mean']) / (BEST - WORST):.1f}"
        for place, one in enumerate(feelings)
        if one["mean"] is not None
    ]
    if not points:
        return None
    return {
        "width": COLUMN * len(feelings),
        "height": HEIGHT,
        "middle": HEIGHT // 2,
        "path": "M" + "L".join(points),
        "dots": "".join(f"M{point}h0" for point in points),
    }
