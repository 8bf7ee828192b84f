"""Prioritisation matrix: each person places things on two axes, unseen; then all see the mean and where they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Flag, Id, Whole
from workshops.activities.base import (
    Command,
    Dirty,
    Happened,
    NewEvent,
    Refused,
    filled,
    setting,
)
from workshops.activities.matrix.placings import Mark, Placings
from workshops.activities.matrix.views import MatrixViews, frame
from workshops.activities.shared.choosing import ChoosingSettings
from workshops.activities.shared.moments import PUT_BACK

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.activities.shared.moments import Change, History
    from workshops.live.state import Round, State, Step

MOST_ITEMS = 60
FINEST = 100


def _name(words: str, label: StrOrPromise, help_text: StrOrPromise = "") -> Any:
    return field(default=words, metadata=setting(label, help_text, guarded=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixSettings(ChoosingSettings):
    """What the axes, their ends and the four corners are called."""

    across: str = _name("Effort", _("Axis from left to right"))
    up: str = _name("Impact", _("Axis from below to above"))
    across_low: str = _name("little", _("Left end"))
    across_high: str = _name("much", _("Right end"))
    up_low: str = _name("small", _("Lower end"))
    up_high: str = _name("large", _("Upper end"))
    upper_left: str = _name("Do first", _("Corner at the upper left"), _("Leave empty for no name."))
    upper_right: str = _name("Plan well", _("Corner at the upper right"))
    lower_left: str = _name("If there is time", _("Corner at the lower left"))
    lower_right: str = _name("Leave for now", _("Corner at the lower right"))
    fine: bool = field(
        default=False,
        metadata=setting(
            _("Place from 0 to 100"),
            _("Otherwise in five steps, which is quicker on a phone."),
            guarded=True,
        ),
    )

    @property
    def least(self) -> int:
        """The lowest place on an axis."""
        return 0 if self.fine else 1

    @property
    def most(self) -> int:
        """The highest place on an axis."""
        return FINEST if self.fine else 5

    def corner(self, x: float, y: float) -> str:
        """Name the corner in which a point lies; "" on a line between two."""
        middle = (self.least + self.most) / 2
        if middle in (x, y):
            return ""
        upper = (self.upper_left, self.upper_right)
        lower = (self.lower_left, self.lower_right)
        return (upper if y > middle else lower)[x > middle]


class Matrix(MatrixViews):
    """Placing ideas or groups on two axes."""

    kind = "matrix"
    label = _("Prioritisation matrix")
    about = _(
        "Each person places ideas on two axes, such as effort and impact. Then all see where they differ."
    )
    icon = "grid-2x2"
    verb = _("Start placing")
    minutes = 10
    Settings = MatrixSettings
    foremost = ("target", "across", "up")
    most_items = MOST_ITEMS
    columns = (
        "points",
        {
            "number": _("Number in the drawing"),
            "x": _("Across, mean"),
            "y": _("Up, mean"),
            "x_low": _("Across, lower quartile"),
            "x_high": _("Across, upper quartile"),
            "y_low": _("Up, lower quartile"),
            "y_high": _("Up, upper quartile"),
            "spread": _("How far apart (standard distance)"),
            "placed": _("People who placed it"),
            "skipped": _("People who skipped it"),
            "agreed_x": _("Across, agreed"),
            "agreed_y": _("Up, agreed"),
            "corner": _("Corner, mean"),
            "agreed_corner": _("Corner, agreed"),
        },
    )
    commands: ClassVar = {
        "matrix.place": {
            "activity": Id(),
            "item": Id(),
            "x": Whole(most=FINEST, required=False),
            "y": Whole(most=FINEST, required=False),
        },
        "matrix.put": {
            "activity": Id(),
            "item": Id(),
            "x": Whole(most=FINEST, required=False),
            "y": Whole(most=FINEST, required=False),
            "skip": Flag(required=False),
        },
        "matrix.agree": {"activity": Id(), "item": Id(), "x": Whole(most=FINEST), "y": Whole(most=FINEST)},
        "matrix.agree_nothing": {"activity": Id(), "item": Id()},
    }
    changes_only_its_round: ClassVar = frozenset({"matrix.put", "matrix.agreed", "matrix.put_back"})
    large_changes = frozenset({PUT_BACK})
    what_goes_back = _(
        "Everybody sees the agreed places go back. What people placed themselves stays as it is."
    )

    # -- rules -----------------------------------------------------------------------------------------------------

    def promise(self, settings: MatrixSettings) -> StrOrPromise:
        return _(
            "Only you see where you place things. When the facilitator shows the result, everybody sees the mean "
            "and how far apart people are, never who chose what."
        )

    def memory(self, step: Step, target: str, items: dict[str, str], sources: dict[str, int]) -> Placings:
        return Placings(target, items, sources)

    def changed(self, memory: Any) -> None:
        memory.forget_result()

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        if command.do.startswith("matrix.agree"):
            return self._agree(state, step, command, by)
        self.taker(state, step, by)
        placings: Placings = self.must_be_open(step).memory
        item = command["item"]
        self.must_stand(placings, item)
        before = placings.mark(by, item)
        x, y = command["x"], command["y"]
        self._must_be_on_axes(step, x, y)
        if command.do == "matrix.place":
            x, y = before.x if x is None else x, before.y if y is None else y
        mark = Mark(None, None, skip=True) if command["skip"] else Mark(x, y)
        if mark == before:
            return []
        return [NewEvent("matrix.put", {"activity": step.id, "item": item, **_said(mark)})]

    @staticmethod
    def _must_be_on_axes(step: Step, *places: int | None) -> None:
        least, most = step.settings.least, step.settings.most
        if any(place is not None and not least <= place <= most for place in places):
            sentence = _("Places go from %(least)d to %(most)d here.")
            raise Refused("off_the_axis", filled(sentence, least=least, most=most))

    @staticmethod
    def _must_be_revealed(step: Step) -> None:
        if not step.revealed:
            raise Refused("not_revealed", _("Show the result first: people agree on what they have seen."))

    def _agree(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        state.facilitator(by)
        self._must_be_revealed(step)
        placings: Placings = step.rounds[-1].memory
        item = command["item"]
        self.must_stand(placings, item)
        at = None if command.do == "matrix.agree_nothing" else (command["x"], command["y"])
        if at == placings.agreed.get(item):
            return []
        if at is not None:
            self._must_be_on_axes(step, *at)
        body = {"activity": step.id, "item": item, "at": list(at) if at else None}
        return [NewEvent("matrix.agreed", body)]

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        placings: Placings = step.rounds[-1].memory
        body = event.body
        if event.kind == "matrix.put_back":
            return self._settle(state, placings, event, body["agreed"])
        item = body["item"]
        if event.kind == "matrix.put":
            first = event.actor not in placings.marks
            placings.put(event.actor, item, Mark(body["x"], body["y"], body["skip"]))
            keys = {"stage.progress", f"person-{event.actor}"} if first else {"stage.progress"}
            return Dirty(keys=keys, people={event.actor})
        return self._settle(state, placings, event, {item: body["at"]})

    @staticmethod
    def _settle(
        state: State, placings: Placings, event: Happened, places: dict[str, list[int] | None]
    ) -> Dirty:
        """Set where the room agreed that things belong, and keep where they were."""
        how = "matrix.agree" if any(places.values()) else "matrix.agree_nothing"
        how = PUT_BACK if event.kind == "matrix.put_back" else how
        who = state.people[event.actor].name if event.actor in state.people else ""
        before = {("agreed", item): placings.agreed.get(item) for item in places}
        placings.history.note(before, at=event.at, how=how, who=who)
        for item, at in places.items():
            if at is None:
                placings.agreed.pop(item, None)
            else:
                placings.agreed[item] = (at[0], at[1])
        return Dirty(keys={"stage.plot", *(f"item-{item}" for item in places)})

    # -- putting agreed places back --------------------------------------------------------------------------------

    def history(self, step: Step) -> History | None:
        return step.rounds[-1].memory.history if step.revealed else None

    def may_put_back(self, step: Step) -> None:
        self._must_be_revealed(step)

    def before_it(self, change: Change) -> StrOrPromise:
        sentence = {
            PUT_BACK: _("before %(who)s put the agreed places back"),
            "matrix.agree": _("before %(who)s set an agreed place"),
            "matrix.agree_nothing": _("before %(who)s took an agreed place away"),
        }[change.how]
        return filled(sentence, who=change.who or _("somebody"))

    def put_back(self, state: State, step: Step, moment: int) -> list[NewEvent]:
        placings: Placings = step.rounds[-1].memory
        was = {item: at for (_what, item), at in placings.history.since(moment).items()}
        agreed = {
            item: list(at) if at else None for item, at in was.items() if at != placings.agreed.get(item)
        }
        body = {"activity": step.id, "moment": moment, "agreed": agreed}
        return [NewEvent("matrix.put_back", body)] if agreed else []

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        if event.kind != "matrix.put":
            return None
        item = event.body["item"]
        before = step.rounds[-1].memory.mark(event.actor, item)
        said = {name: value for name, value in _said(before).items() if value}
        if before.x == 0 or before.y == 0:
            said |= {"x": before.x, "y": before.y}
        return {"do": "matrix.put", "activity": step.id, "item": item, **said}

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        placings: Placings = step.rounds[-1].memory
        rest = [item for item in placings.standing if not placings.mark(person, item).given]
        if not rest or not pretender.chance(9):
            return None
        said: dict[str, Any] = {"activity": step.id, "item": rest[0]}
        if not pretender.chance(9):
            return {"do": "matrix.put", **said, "skip": True}
        least, most = step.settings.least, step.settings.most
        return {
            "do": "matrix.put",
            **said,
            "x": pretender.number(least, most),
            "y": pretender.number(least, most),
        }

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        placings: Placings = run.memory
        rule = {
            "target": placings.target,
            **frame(run.settings),
            **self.turnout(state, step, run),
        }
        if run.revealed_at is None:
            return {**rule, "withheld": "not_shown", "points": []}
        return {
            **rule,
            "points": [
                {
                    "item": state.gid(item),
                    "text": self.words_of(state, placings, item),
                    **self.row(run, item),
                }
                for item in placings.points()
            ],
        }


def _said(mark: Mark) -> dict[str, Any]:
    return {"x": mark.x, "y": mark.y, "skip": mark.skip}
