"""What people see of a matrix: each thing with its scales, one's own places, then the drawing and what was agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workshops.activities.base import Fragment, Own
from workshops.activities.matrix.drawing import plot_of
from workshops.activities.matrix.placings import Placings, Point
from workshops.activities.shared.choosing import Choosing
from workshops.live.state import FACILITATOR, SCREEN

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.matrix.activity import MatrixSettings
    from workshops.live.state import Round, State, Step


class MatrixViews(Choosing):
    """The views of a matrix. Its rules are in `activity.py`."""

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if not step.rounds:
            return {}
        placings: Placings = step.rounds[-1].memory
        order = placings.points() if step.revealed else placings.standing
        return {"items": [f"item-{item}" for item in order]}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if not step.rounds:
            return None
        placings: Placings = step.rounds[-1].memory
        if key == "stage.plot":
            return Fragment(self.template("plot"), {"plot": self._plot(step)}) if step.revealed else None
        item = key.removeprefix("item-")
        if not key.startswith("item-") or item not in placings.items or item in placings.withdrawn:
            return None
        return Fragment(self.template("item"), self._item(state, step, item, reader))

    def _item(self, state: State, step: Step, item: str, reader: str) -> dict[str, Any]:
        placings: Placings = step.rounds[-1].memory
        settings = step.settings
        return {
            "id": item,
            "step": step.id,
            "target": self.is_of(state, item),
            "text": self.words_of(state, placings, item),
            "axes": axes_of(settings),
            "steps": [] if settings.fine else list(range(settings.least, settings.most + 1)),
            "open": step.phase == "open" and reader != SCREEN and self.takes_part(step, reader),
            "over": step.phase in ("closed", "revealed") and self.takes_part(step, reader),
            "agree": reader == FACILITATOR and step.revealed,
            "least": settings.least,
            "most": settings.most,
            "got": self.row(step.rounds[-1], item) if step.revealed else None,
            "moderate": reader == FACILITATOR and item in state.ideas and not step.revealed,
        }

    @staticmethod
    def row(run: Round, item: str) -> dict[str, Any]:
        """Give an item's numbers as people read them: rounded, and flat, as tables want them."""
        placings: Placings = run.memory
        points = placings.points()
        point: Point = points[item]
        agreed = placings.agreed.get(item)
        row: dict[str, Any] = {"number": list(points).index(item) + 1}
        for axis, got in (("x", point.x), ("y", point.y)):
            row[axis] = round(got.mean, 1) if got else None
            row[f"{axis}_low"] = round(got.low, 1) if got else None
            row[f"{axis}_high"] = round(got.high, 1) if got else None
        row["spread"] = round(point.spread, 1) if point.spread is not None else None
        row |= {"placed": point.placed, "skipped": point.skipped}
        row |= {"agreed_x": agreed[0] if agreed else None, "agreed_y": agreed[1] if agreed else None}
        corner = run.settings.corner
        row["corner"] = corner(point.x.mean, point.y.mean) if point.x and point.y else ""
        row["agreed_corner"] = corner(*agreed) if agreed else ""
        return row

    def _plot(self, step: Step) -> dict[str, Any]:
        run = step.rounds[-1]
        rows = [self.row(run, item) for item in run.memory.points()]
        return plot_of(frame(run.settings), rows)

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        context: dict[str, Any] = {
            "started": bool(step.rounds),
            "target": step.settings.target,
            "axes": axes_of(step.settings),
            "fine": step.settings.fine,
            "may_place": self.takes_part(step, reader),
            "summary": None,
            "plot": None,
        }
        if step.revealed:
            context["summary"] = self.turnout(state, step, step.rounds[-1])
            context["plot"] = self._plot(step)
        return context

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds or not self.takes_part(step, state.people[person].role):
            return Own()
        placings: Placings = step.rounds[-1].memory
        marks = {
            item: mark
            for item, mark in placings.marks.get(person, {}).items()
            if item not in placings.withdrawn
        }
        placed = [item for item, mark in marks.items() if mark.placed]
        skipped = [item for item, mark in marks.items() if mark.skip]
        return Own(
            {
                "x": {item: str(mark.x) for item, mark in marks.items() if mark.x is not None},
                "y": {item: str(mark.y) for item, mark in marks.items() if mark.y is not None},
                "pressed": {item: [f"x{mark.x}", f"y{mark.y}"] for item, mark in marks.items() if mark.given},
                "placed": placed,
                "half": [item for item, mark in marks.items() if mark.given and item not in placed + skipped],
                "skipped": skipped,
                "said": str(len(placed) + len(skipped)),
                "all": str(len(placings.items) - len(placings.withdrawn)),
            }
        )

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        if not step.rounds:
            return []
        run = step.rounds[-1]
        turnout = self.turnout(state, step, run)
        given = run.memory.given
        counts: list[tuple[str, StrOrPromise]] = [
            (_("%(answered)d of %(eligible)d") % turnout, _("have placed or skipped something")),
            (str(given), ngettext("placing or skip so far", "placings and skips so far", given)),
        ]
        if step.running:  # afterwards nobody is asked any more
            counts.append((str(len(run.finished)), _("say they have finished")))
        return counts

    def done_by(self, state: State, step: Step, person: str) -> str:
        return str(_("has begun")) if step.rounds and person in step.rounds[-1].memory.marks else ""


def axes_of(settings: MatrixSettings) -> list[dict[str, str]]:
    """Give both axes with their ends, the one across first."""
    return [
        {"axis": "x", "name": settings.across, "low": settings.across_low, "high": settings.across_high},
        {"axis": "y", "name": settings.up, "low": settings.up_low, "high": settings.up_high},
    ]


def frame(settings: MatrixSettings) -> dict[str, Any]:
    """Give the field as an outcome holds it and the drawing takes it."""
    names = ("across", "across_low", "across_high", "up", "up_low", "up_high")
    corners = ("upper_left", "upper_right", "lower_left", "lower_right")
    return {
        "axes": {name: getattr(settings, name) for name in names},
        "corners": {name: getattr(settings, name) for name in corners},
        "least": settings.least,
        "most": settings.most,
    }
