"""The drawn driver diagram: boxes and lines as numbers for an SVG. The outline beside it says the same in words.

Every node has a band as high as what stands under it, so boxes never lie over each other.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workshops.activities.driver_diagram.diagram import LEVELS

WIDTH, GAP_ACROSS, GAP_DOWN = 210, 54, 12
LINE, PADDING = 17, 10
LETTERS, MOST_LINES = 27, 5


@dataclass(frozen=True, slots=True)
class Box:
    """One node to draw."""

    id: str
    level: str
    text: str
    feeds: Sequence[str] = ()
    """What it feeds, the first one being where it stands."""


def drawing_of(boxes: Sequence[Box], under: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """Give what the drawing needs, from the nodes and what stands under which ("" for the aim, "loose")."""
    if not boxes:
        return None
    known = {box.id: box for box in boxes}
    lines = {box.id: _wrapped(box.text) for box in boxes}
    heights = {one: len(words) * LINE + 2 * PADDING for one, words in lines.items()}
    tops: dict[str, int] = {}

    def band(node: str) -> int:
        children = sum(band(child) + GAP_DOWN for child in under.get(node, ())) - GAP_DOWN
        return max(heights[node], children)

    def place(node: str, top: int) -> None:
        height = band(node)
        tops[node] = top + (height - heights[node]) // 2
        children = under.get(node, ())
        at = top + (height - sum(band(child) + GAP_DOWN for child in children) + GAP_DOWN) // 2
        for child in children:
            place(child, at)
            at += band(child) + GAP_DOWN

    top = 0
    for node in (*under.get("", ()), *under.get("loose", ())):
        place(node, top)
        top += band(node) + GAP_DOWN
    for aim in (box for box in boxes if box.level == "aim"):
        drivers = under.get("", ())
        ends = (
            [tops[drivers[0]], tops[drivers[-1]] + heights[drivers[-1]]] if drivers else [0, heights[aim.id]]
        )
        tops[aim.id] = max(0, (sum(ends) - heights[aim.id]) // 2)
    placed = [_box(known[one], lines[one], heights[one], tops[one]) for one in known if one in tops]
    at_box = {box["id"]: box for box in placed}
    return {
        "width": len(LEVELS) * WIDTH + (len(LEVELS) - 1) * GAP_ACROSS + 4,
        "height": max(box["y"] + box["height"] for box in placed) + 34,
        "columns": [{"level": level, "x": _left(level) + WIDTH // 2} for level in LEVELS],
        "boxes": placed,
        "lines": [
            _line(at_box[one], at_box[box.id], first=place_ == 0)
            for box in boxes
            for place_, one in enumerate(box.feeds)
            if one in at_box and box.id in at_box
        ],
    }


def _wrapped(text: str) -> list[str]:
    lines = textwrap.wrap(" ".join(text.split()), LETTERS) or ["…"]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1][: LETTERS - 1]}…"]
    return lines


def _left(level: str) -> int:
    return 2 + LEVELS.index(level) * (WIDTH + GAP_ACROSS)


def _box(box: Box, lines: list[str], height: int, top: int) -> dict[str, Any]:
    x, y = _left(box.level), top + 30
    return {
        "id": box.id,
        "level": box.level,
        "x": x,
        "y": y,
        "width": WIDTH,
        "height": height,
        "lines": [
            {"x": x + PADDING, "y": y + PADDING + 13 + LINE * number, "text": words}
            for number, words in enumerate(lines)
        ],
    }


def _line(above: Mapping[str, Any], below: Mapping[str, Any], *, first: bool) -> dict[str, Any]:
    x1, y1 = above["x"] + above["width"], above["y"] + above["height"] // 2
    x2, y2 = below["x"], below["y"] + below["height"] // 2
    middle = (x1 + x2) // 2
    return {"path": f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}", "first": first}
