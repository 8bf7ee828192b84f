"""What a grouping shows: the board, its groups and cards, and for facilitators who did what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workshops.activities.base import Activity, Fragment, Own
from workshops.activities.cluster.grouping import LOOSE
from workshops.activities.cluster.groups import PARKED, Board
from workshops.activities.shared.sources import card_context, shown_ideas, sources_of, visible
from workshops.live.state import FACILITATOR

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Idea, State, Step

MANY = 10
"""From so many ideas on, a group is perhaps two (boardsnap: 8 to 10 to a group)."""


class BoardViews(Activity):
    """The views of a grouping. Its rules are in `grouping.py`."""

    @staticmethod
    def board(step: Step) -> Board | None:
        """Give the latest round's board."""
        return step.rounds[-1].memory if step.rounds else None

    def _ideas(self, state: State, step: Step) -> dict[str, Idea]:
        """Give the ideas that there are to group, in the order in which they were shown."""
        return state.once(("to group", step.id), lambda: self._look_for_ideas(state, step))

    def _look_for_ideas(self, state: State, step: Step) -> dict[str, Idea]:
        board = self.board(step)
        sources = self._sources(state, board) if board else sources_of(state, step)
        return {idea.id: idea for idea in shown_ideas(state, sources)}

    def _loose(self, state: State, step: Step, board: Board) -> int:
        """Count the ideas in no group that were not set aside."""
        return len(self._ideas(state, step).keys() - board.placed())

    @staticmethod
    def _sources(state: State, board: Board) -> list[Step]:
        return [state.steps[source] for source in board.sources if source in state.steps]

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        board = self.board(step)
        if board is None:
            return {}
        on_board = self._ideas(state, step)
        placed = board.placed()
        lists = {
            "groups": [f"group-{key}" for key in board.groups],
            LOOSE: [f"idea-{idea}" for idea in on_board if idea not in placed],
            PARKED: [f"idea-{idea}" for idea in board.parked if idea in on_board],
        }
        for key, group in board.groups.items():
            lists[f"group-{key}.ideas"] = [f"idea-{idea}" for idea in group.ideas if idea in on_board]
            lists[f"group-{key}.ideas"] += [f"copy-{key}-{idea}" for idea in group.copies if idea in on_board]
        return lists

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        board = self.board(step)
        if board is None:
            return None
        if key.startswith("stage."):
            context = self._part(state, step, board, key.removeprefix("stage."), reader)
            return None if context is None else Fragment(self.template(_PARTS[key]), context)
        name, _dot, part = key.partition(".")
        if name.startswith("group-"):
            return self._show_group(
                state, step, board, group_id=name.removeprefix("group-"), part=part, reader=reader
            )
        if name.startswith("copy-"):
            return self._show_copy(state, step, board, name, reader)
        idea = state.ideas.get(name.removeprefix("idea-"))
        if idea is None or idea.step not in board.sources or not visible(state, idea):
            return None
        context = card_context(state, step, idea, reader) | {
            "movable": self._movable(step, reader),
            "own_only": step.settings.who == "own" and reader != FACILITATOR,
            "may_flag": False,
        }
        return Fragment("workshops/parts/idea.html", context)

    def _part(self, state: State, step: Step, board: Board, part: str, reader: str) -> dict[str, Any] | None:
        """Give what a part of the stage shows, or None for who doesn't get it."""
        step_id = {"step": {"id": step.id}}
        context: dict[str, Any] | None = None
        match part:
            case "loose":
                context = {
                    "count": self._loose(state, step, board),
                    "total": len(self._ideas(state, step)),
                }
            case "parked":
                context = {"count": self._parked(state, step, board)}
            case "moves" | "menu" if self._movable(step, reader):
                context = step_id | self._moves(step, board, reader)
            case "gone" if self._shapes(step, reader):
                context = step_id | {"gone": self._gone(board)}
            case "suggested" if self._asks(step, reader):
                context = step_id | self._suggestions(step, board)
            case "log" if reader == FACILITATOR:
                context = {"log": log_of(state, board)}
        return context

    def _parked(self, state: State, step: Step, board: Board) -> int:
        on_board = self._ideas(state, step)
        return sum(1 for idea in board.parked if idea in on_board)

    def _show_group(
        self, state: State, step: Step, board: Board, *, group_id: str, part: str, reader: str
    ) -> Fragment | None:
        group = board.groups.get(group_id)
        if group is None:
            return None
        count = sum(1 for idea in group.all_ideas if state.ideas[idea].on_board)
        if part == "count":
            return Fragment(self.template("count"), {"count": count, "many": count > MANY})
        place = board.neighbours()[group_id]
        context = {
            "id": group_id,
            "step": step.id,
            "title": group.title,
            "count": count,
            "many": count > MANY,
            "movable": self._movable(step, reader),
            "shapes": self._shapes(step, reader),
            "silent": board.silent,
            "count_key": f"group-{group_id}.count",
            "list_name": f"group-{group_id}.ideas",
            "first": place.first,
            "earlier": place.earlier,
            "later": place.later,
            "last": place.last,
            "undo": self._undo_command(step),
            "moved_text": _("You moved an idea."),
            "removed_text": _("You removed a group."),
        }
        return Fragment(self.template("group"), context)

    def _show_copy(self, state: State, step: Step, board: Board, name: str, reader: str) -> Fragment | None:
        _copy, group_id, idea_id = name.split("-", 2)
        group, idea = board.groups.get(group_id), state.ideas.get(idea_id)
        if group is None or idea is None or idea_id not in group.copies or not visible(state, idea):
            return None
        context = {
            "id": idea.id,
            "text": idea.text,
            "step": step.id,
            "group": group.id,
            "movable": self._movable(step, reader),
        }
        return Fragment(self.template("copy"), context)

    @staticmethod
    def _movable(step: Step, reader: str) -> bool:
        may = step.settings.who != "facilitators" or reader == FACILITATOR
        return may and step.phase == "open" and reader != "screen"

    def _shapes(self, step: Step, reader: str) -> bool:
        """Whether a reader may name, merge, split and remove groups."""
        return self._movable(step, reader) and (
            step.settings.who_names == "everybody" or reader == FACILITATOR
        )

    def _asks(self, step: Step, reader: str) -> bool:
        """Whether a reader may ask for suggested groups."""
        settings = step.settings
        everybody = settings.who_asks == "everybody" and settings.who == "everybody"
        return self._movable(step, reader) and (everybody or reader == FACILITATOR)

    def _moves(self, step: Step, board: Board | None, reader: str) -> dict[str, Any]:
        """Give what the menu of places to move to shows."""
        groups = board.groups.values() if board else ()
        return {
            "groups": [{"id": group.id, "title": group.title} for group in groups],
            "shapes": self._shapes(step, reader) and not (board and board.silent),
            "copies": step.settings.copies,
            "undo": self._undo_command(step),
            "moved_text": _("You moved an idea."),
            "merged_text": _("You merged two groups."),
        }

    @staticmethod
    def _suggestions(step: Step, board: Board) -> dict[str, Any]:
        """Give where to ask for suggested groups, as seen from room and console, and how many were applied."""
        return {"ask_at": f"suggest/{step.id}", "applied": len(board.suggestions)}

    @staticmethod
    def _gone(board: Board) -> list[dict[str, Any]]:
        return [
            {"id": gone.id, "title": gone.title, "count": len(gone.ideas)}
            for gone in reversed(board.gone.values())
        ]

    @staticmethod
    def _undo_command(step: Step) -> dict[str, str]:
        return {"do": "my.undo", "activity": step.id}

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        board = self.board(step)
        return {
            "started": board is not None,
            "movable": self._movable(step, reader),
            "who": step.settings.who,
            "silent": bool(board and board.silent),
            "shapes_groups": self._shapes(step, reader),
            "asks": self._asks(step, reader),
            **(self._suggestions(step, board) if board and self._asks(step, reader) else {}),
            "gone": self._gone(board) if board and self._shapes(step, reader) else [],
            "log": log_of(state, board) if board and reader == FACILITATOR else [],
            **self._moves(step, board, reader),
            "loose": self._loose(state, step, board) if board else 0,
            "parked": self._parked(state, step, board) if board else 0,
            "total": len(self._ideas(state, step)) if board else 0,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        ideas = self._ideas(state, step)
        return Own({"mine": [idea.id for idea in state.written_by(person) if idea.id in ideas]})

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        board = self.board(step)
        if board is None:
            return []
        loose, groups = self._loose(state, step, board), len(board.groups)
        return [
            (str(groups), ngettext("group", "groups", groups)),
            (str(loose), ngettext("idea not grouped yet", "ideas not grouped yet", loose)),
        ]


_PARTS = {
    "stage.loose": "count",
    "stage.parked": "count",
    "stage.moves": "moves",
    "stage.menu": "menu",
    "stage.gone": "gone",
    "stage.suggested": "suggested",
    "stage.log": "log",
}


def log_of(state: State, board: Board) -> list[dict[str, Any]]:
    """Give who did what, the latest first: for facilitators."""
    lines = []
    for told in reversed(board.told):
        shown = [state.ideas[idea] for idea in told.ideas if idea in state.ideas]
        seen = [idea.text for idea in shown if idea.step in board.sources and visible(state, idea)]
        lines.append(
            {
                "who": told.name,
                "how": told.how,
                "count": len(told.ideas),
                "text": seen[0] if len(told.ideas) == 1 and seen else "",
                "to": told.groups[0][0] if told.groups else "",
                "group": f"“{told.groups[0][1]}”" if told.groups and told.groups[0][1] else "",
            }
        )
    return lines
