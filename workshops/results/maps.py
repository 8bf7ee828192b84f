"""Outcomes of driver diagrams and journey maps as people read them. Works on plain data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from workshops.activities.driver_diagram.diagram import LEVEL_NAMES, LEVELS
from workshops.activities.driver_diagram.drawing import Box, drawing_of
from workshops.activities.journey_map.journey import FEELS, ROWS, lane_name
from workshops.activities.journey_map.journey import line_of as drawn_line
from workshops.results.outcomes import Found, Line, Lines, line_of, lines_of


@dataclass(slots=True)
class NodeOf:
    """One box with what stands under it."""

    line: Line
    level: str
    label: str
    feeds: str
    """The numbers of what it feeds, where that is more than what it stands under."""
    measure: Line | None = None
    under: list[NodeOf] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its level and number in words."""
        words = str(LEVEL_NAMES.get(self.level, self.level))
        return words if self.level == "aim" else f"{words} {self.label}"


@dataclass(frozen=True, slots=True)
class DiagramOf:
    """A whole version."""

    nodes: list[NodeOf]
    counts: list[dict[str, Any]]
    untold: int
    drawing: dict[str, Any] | None
    changed: list[dict[str, Any]]


def diagram_of(outcome: Mapping[str, Any], ideas: Found, *, public: bool) -> DiagramOf:
    """Give what may be read of a driver diagram: an outline, and what its drawing needs."""
    rows = [row for row in outcome.get("nodes", ()) if row["level"] in LEVELS]
    nodes = {row["item"]: _node(row, ideas, public=public) for row in rows}
    measures = [row for row in outcome.get("nodes", ()) if row["level"] not in LEVELS]
    for row in measures:
        measured = nodes.get(row["above"][0])
        if measured is not None:
            measured.measure = line_of(row["item"], ideas, public=public)
    top: list[NodeOf] = []
    under: dict[str, list[str]] = {}
    for row in rows:
        node, above = nodes[row["item"]], [one for one in row["above"] if one in nodes]
        if row["level"] == "aim":
            top.append(node)
            continue
        (nodes[above[0]].under if above else top).append(node)
        place = "" if row["level"] == "primary" else (above[0] if above else "loose")
        under.setdefault(place, []).append(row["item"])
    boxes = [
        Box(gid, node.level, node.line.instead or node.line.text, row["above"])
        for (gid, node), row in zip(nodes.items(), rows, strict=True)
    ]
    counts = [
        {"name": LEVEL_NAMES[level], "n": sum(row["level"] == level for row in rows)} for level in LEVELS[1:]
    ]
    untold = sum(bool(node.line.why) for node in nodes.values())
    return DiagramOf(top, counts, untold, drawing_of(boxes, under), _changed(outcome))


def _node(row: Mapping[str, Any], ideas: Found, *, public: bool) -> NodeOf:
    line = line_of(row["item"], ideas, public=public)
    return NodeOf(line, row["level"], row["label"], row["feeds"] if len(row["above"]) > 1 else "")


def _changed(outcome: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = {
        "added": _("New"),
        "reworded": _("Other words"),
        "relinked": _("Other links"),
        "gone": _("Gone since the version before"),
    }
    changed = outcome.get("changed", {})
    return [{"name": names[name], "n": len(changed[name])} for name in names if changed.get(name)]


# -- journey maps ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CellOf:
    """One stage in one lane."""

    lane: str
    lines: Lines
    felt: Mapping[str, Any] | None = None
    """In the lane of feelings: their mean, and of how many people."""

    @property
    def untold(self) -> int:
        """Entries that are counted without their words."""
        return self.lines.total - len(self.lines.shown)


@dataclass(frozen=True, slots=True)
class StageOf:
    """One stage of a journey."""

    text: str
    cells: list[CellOf]


@dataclass(frozen=True, slots=True)
class JourneyOf:
    """A whole map."""

    lanes: list[str]
    rows: list[StageOf]
    feelings: dict[str, Any]


def journey_of(outcome: Mapping[str, Any], ideas: Found, *, public: bool) -> JourneyOf:
    """Give what may be read of a journey map: each stage with its cells, and how it felt."""
    cells = {(one["stage"], one["lane"]): one["items"] for one in outcome.get("cells", ())}
    felt = {one["stage"]: one for one in outcome.get("feelings", ())}
    rows = [
        StageOf(
            str(text),
            [
                CellOf(
                    str(lane_name(lane)),
                    lines_of(cells.get((number, lane), ()), ideas, public=public),
                    felt.get(number) if lane == FEELS else None,
                )
                for lane in ROWS
            ],
        )
        for number, text in enumerate(outcome.get("stages", ()), start=1)
    ]
    line = drawn_line(list(outcome.get("feelings", ())))
    return JourneyOf([str(lane_name(lane)) for lane in ROWS], rows, {"line": line})
