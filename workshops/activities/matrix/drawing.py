"""The drawn matrix: numbers for an SVG, so that the page needs no styles of its own. A table says the same beside it.

The field is 100 by 100 with the origin at its lower left; SVG counts from the top, so heights are turned round here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

type Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

MANY, FRAMED = 8, 5
"""With more things than this, only those that people disagree about most are framed: twenty frames say nothing."""
LABEL_HEIGHT, DIGIT_WIDTH, GAP = 4.6, 2.8, 2.6


@dataclass(frozen=True, slots=True)
class Drawn:
    """One item of the field, in parts of the axes from 0 to 1, up counted from below."""

    number: int
    x: float
    y: float
    box: Box
    """The middle half: left, below, right, above."""
    agreed: tuple[float, float] | None


def plot_of(frame: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Give what the drawing needs from an outcome's field (`axes`, `corners`, `least`, `most`) and its rows."""
    least, most = float(frame["least"]), float(frame["most"])

    def part(value: float) -> float:
        return (value - least) / (most - least)

    drawn = [
        Drawn(
            row["number"],
            part(row["x"]),
            part(row["y"]),
            (part(row["x_low"]), part(row["y_low"]), part(row["x_high"]), part(row["y_high"])),
            None if row["agreed_x"] is None else (part(row["agreed_x"]), part(row["agreed_y"])),
        )
        for row in rows
        if row["x"] is not None
    ]
    points = drawing(drawn)
    framed = FRAMED if len(points) > MANY else len(points)
    return {"axes": frame["axes"], "corners": frame["corners"], "points": points, "framed": framed}


def drawing(items: Iterable[Drawn]) -> list[dict[str, Any]]:
    """Give for each item where its point, its box, its number and its agreed place are drawn."""
    found: list[dict[str, Any]] = []
    taken: list[Box] = []
    points = list(items)
    marks = [_around(100 * one.x, 100 - 100 * one.y) for one in points]
    for one in points:
        x, y = round(100 * one.x, 1), round(100 - 100 * one.y, 1)
        label = _label(x, y, str(one.number), taken + marks)
        taken.append(_box_of(label, str(one.number)))
        left, low, right, high = (round(100 * side, 1) for side in one.box)
        found.append(
            {
                "number": one.number,
                "x": x,
                "y": y,
                "label_x": round(label[0], 1),
                "label_y": round(label[1], 1),
                "left": left,
                "top": round(100 - high, 1),
                "width": round(right - left, 1),
                "height": round(high - low, 1),
                "agreed": _agreed(one.agreed),
            }
        )
    return found


def _agreed(at: tuple[float, float] | None) -> dict[str, float] | None:
    if at is None:
        return None
    return {"x": round(100 * at[0] - 2, 1), "y": round(98 - 100 * at[1], 1)}


def _label(x: float, y: float, words: str, taken: list[Box]) -> tuple[float, float]:
    """Find a place for a number around its point where it covers as little as possible; else to the right."""
    width = DIGIT_WIDTH * len(words)
    around = [
        (x + GAP, y + 1.6),
        (x - GAP - width, y + 1.6),
        (x - width / 2, y - GAP),
        (x - width / 2, y + GAP + 3.2),
        (x + GAP, y - GAP),
        (x - GAP - width, y - GAP),
        (x + GAP, y + GAP + 3.2),
        (x - GAP - width, y + GAP + 3.2),
    ]
    inside = [at for at in around if at[0] >= 0 and at[0] + width <= 100 and 3.4 <= at[1] <= 100]
    return min(inside or around[:1], key=lambda at: _covered(_box_of(at, words), taken))


def _around(x: float, y: float) -> Box:
    return x - 1.6, y - 1.6, x + 1.6, y + 1.6


def _box_of(at: tuple[float, float], words: str) -> Box:
    x, y = at
    return x, y - LABEL_HEIGHT + 1.2, x + DIGIT_WIDTH * len(words), y + 0.6


def _covered(box: Box, taken: list[Box]) -> float:
    """Measure how much of a box lies over others."""
    return sum(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        * max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        for other in taken
    )
