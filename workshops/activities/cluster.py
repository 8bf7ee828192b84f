"""Clustering: ideas are brought together into groups, and the groups get names. On screen a cluster is a "group"."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from realtime.fields import Id, Many, Text
from workshops.activities import base
from workshops.activities.base import (
    Activity,
    Command,
    Dirty,
    Fragment,
    Happened,
    NewEvent,
    Own,
    Refused,
    filled,
    setting,
)
from workshops.activities.groups import Board, Group, Places, neighbours
from workshops.activities.sources import (
    brainstorms_for,
    card_context,
    must_be_shown,
    rounds_of,
    shown_ideas,
    still_private,
    visible,
)
from workshops.live import words
from workshops.live.state import FACILITATOR

if TYPE_CHECKING:
    from collections.abc import Collection

    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Idea, Round, State, Step

LOOSE = "loose"
"""The place of ideas in no group, in commands and on the board."""
MANY = 10
"""From so many ideas on, a group is perhaps two (boardsnap: 8 to 10 to a group)."""
MOST_GROUPS = 60
"""More than anybody can survey; and every list of places to move to names them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSettings(base.Settings):
    """Who may group, and what."""

    who: str = field(
        default="everybody",
        metadata=setting(
            _("Who may move ideas and name groups"),
            choices=(("everybody", _("Everybody")), ("facilitators", _("Facilitators only"))),
        ),
    )
    source: str = field(
        default="",
        metadata=setting(
            _("Ideas from"), _("Automatic means every brainstorm before this."), takes=(base.GIVES_IDEAS,)
        ),
    )


class Clustering(Activity):
    """Grouping ideas."""

    kind = "cluster"
    label = _("Group ideas")
    about = _("Bring ideas that belong together into groups, and name them.")
    icon = "group"
    verb = _("Start grouping")
    minutes = 15
    Settings = ClusterSettings
    commands: ClassVar = {
        "idea.move": {
            "activity": Id(),
            "idea": Id(required=False),
            "ideas": Many(required=False),
            "to": Id(),
            "before": Id(required=False),
        },
        "cluster.make": {
            "activity": Id(),
            "title": Text(most=80, lines=False, required=False),
            "ideas": Many(required=False),
        },
        "cluster.rename": {"activity": Id(), "cluster": Id(), "title": Text(most=80, lines=False)},
        "cluster.merge": {"activity": Id(), "cluster": Id(), "into": Id()},
        "cluster.split": {
            "activity": Id(),
            "cluster": Id(),
            "ideas": Many(),
            "title": Text(most=80, lines=False, required=False),
        },
        "cluster.remove": {"activity": Id(), "cluster": Id()},
        "cluster.order": {"activity": Id(), "cluster": Id(), "before": Id(required=False)},
        "cluster.undo": {"activity": Id()},
    }

    changes_only_its_round: ClassVar = frozenset({"groups.changed"})

    # -- rules -----------------------------------------------------------------------------------------------------

    def hidden_sources(self, state: State, step: Step) -> list[Step]:
        return still_private(brainstorms_for(state, step))

    def may_open(self, state: State, step: Step, *, shown: Collection[str] = ()) -> None:
        must_be_shown(brainstorms_for(state, step), shown)

    def begin(self, state: State, step: Step) -> Board:
        """A further round goes on from how the last one ended; its groups keep their identity."""
        sources = rounds_of(brainstorms_for(state, step))
        if step.rounds:
            return Board(sources, copy.deepcopy(step.rounds[-1].memory.groups))
        return Board(sources)

    def reopened(self, state: State, step: Step) -> None:
        """What was written since is grouped too from now on, so it can't be changed any more."""
        board: Board = step.rounds[-1].memory
        board.sources = rounds_of(self._sources(state, board))

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        person = state.contributor(by)
        if step.settings.who == "facilitators" and person.role != FACILITATOR:
            raise Refused("not_allowed", words.FACILITATORS_ONLY)
        board: Board = self.must_be_open(step).memory
        change = {
            "idea.move": self._move,
            "cluster.make": self._make,
            "cluster.rename": self._rename,
            "cluster.merge": self._merge,
            "cluster.split": self._make,
            "cluster.remove": self._remove,
            "cluster.order": self._order,
            "cluster.undo": self._undo,
        }[command.do](state, step, board, command, by)
        if change is None:
            return []
        body, titles = change
        self._check_room(board, body["groups"])
        return [NewEvent("groups.changed", {"activity": step.id, "how": command.do, **body}, titles or None)]

    @staticmethod
    def _check_room(board: Board, changed: Places) -> None:
        """Refuse what makes groups, or brings them back, where there are as many as fit."""
        new = sum(1 for key, ideas in changed.items() if ideas is not None and key not in board.groups)
        gone = sum(1 for key, ideas in changed.items() if ideas is None and key in board.groups)
        if new > gone and len(board.groups) + new - gone > MOST_GROUPS:
            sentence = _("There are %(most)d groups, and no more fit. Merge or remove one first.")
            raise Refused("too_many_groups", filled(sentence, most=MOST_GROUPS))

    type Change = tuple[dict[str, Any], dict[str, str]] | None

    def _move(self, state: State, step: Step, board: Board, command: Command, by: str) -> Change:
        """Move one idea, perhaps to a place before another, or several."""
        asked = command["ideas"] or ([command["idea"]] if command["idea"] else [])
        ideas = [self._grouped_idea(state, board, idea) for idea in asked]
        if not ideas:
            raise Refused("no_idea", _("Choose an idea first."))
        to, before = command["to"], command["before"]
        moved = set(ideas)
        groups: dict[str, list[str] | None] = {}
        for group in board.groups.values():
            if group.id != to and not moved.isdisjoint(group.ideas):
                groups[group.id] = [idea for idea in group.ideas if idea not in moved]
        if to != LOOSE:
            target = self._group(board, to)
            if before is None and not groups and moved <= set(target.ideas):
                return None
            kept = [idea for idea in target.ideas if idea not in moved]
            place = kept.index(before) if before in kept else len(kept)
            groups[to] = kept[:place] + ideas + kept[place:]
            if groups == {to: target.ideas}:
                return None
        return ({"groups": groups, "ideas": ideas}, {}) if groups else None

    def _make(self, state: State, step: Step, board: Board, command: Command, by: str) -> Change:
        """Make a group, empty or of some ideas; also how a group is split."""
        ideas = [self._grouped_idea(state, board, idea) for idea in command["ideas"] or []]
        if command.do == "cluster.split":
            whole = self._group(board, command["cluster"]).ideas
            if not ideas or not set(ideas) < set(whole):
                raise Refused("bad_split", _("Tick some of the group's ideas, but not all of them."))
        new, moved = state.new_id("g"), set(ideas)
        groups: dict[str, list[str] | None] = {}
        for group in board.groups.values():
            if not moved.isdisjoint(group.ideas):
                groups[group.id] = [idea for idea in group.ideas if idea not in moved]
        groups[new] = ideas
        return {"groups": groups, "made": new}, ({new: command["title"]} if command["title"] else {})

    def _rename(self, state: State, step: Step, board: Board, command: Command, by: str) -> Change:
        group = self._group(board, command["cluster"])
        if group.title == command["title"]:
            return None
        return {"groups": {group.id: group.ideas}}, {group.id: command["title"]}

    def _merge(self, state: State, step: Step, board: Board, command: Command, by: str) -> Change:
        """The group merged into keeps its id, and its name if it has one."""
        gone, kept = self._group(board, command["cluster"]), self._group(board, command["into"])
        if gone is kept:
            return None
        titles = {kept.id: gone.title} if gone.title and not kept.title else {}
        return {"groups": {gone.id: None, kept.id: kept.ideas + gone.ideas}}, titles

    def _remove(self, state: State, step: Step, board: Board, command: Command, by: str) -> Change:
        return {"groups": {self._group(board, command["cluster"]).id: None}}, {}

    def _order(self, state: State, step: Step, board: Board, command: Command, by: str) -> Change:
        group, before = self._group(board, command["cluster"]), command["before"]
        order = [other for other in board.groups if other != group.id]
        order.insert(order.index(before) if before in order else len(order), group.id)
        return None if order == list(board.groups) else ({"groups": {}, "order": order}, {})

    def _undo(self, state: State, step: Step, board: Board, command: Command, by: str) -> Change:
        past = board.past.get(by)
        if past is None:
            raise Refused("nothing_to_undo", _("There is nothing of yours left to undo here."))
        if not board.still_as_left(past):
            raise Refused(
                "changed_since",
                _("Somebody has changed this since, so it can't be undone. Move it by hand instead."),
            )
        order = board.order_before(past)
        return {"groups": past.before, **({"order": order} if order else {})}, past.titles

    @staticmethod
    def _group(board: Board, group_id: str) -> Group:
        if group_id not in board.groups:
            raise Refused("no_such_group", _("This group is not here any more. It may have been merged."))
        return board.groups[group_id]

    @staticmethod
    def _grouped_idea(state: State, board: Board, idea_id: str) -> str:
        idea = state.found_idea(idea_id)
        if idea.step not in board.sources or not visible(state, idea):
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        return idea.id

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        board: Board = step.rounds[-1].memory
        for key in event.body["groups"]:
            if int(key[1:]) > state.counters.get("g", 0):
                state.count_id(key)
        order = list(board.groups)
        before = board.change(event)
        moved: set[str] = set()
        if list(board.groups) != order:
            places = neighbours(order)
            moved = {key for key, place in board.neighbours().items() if place != places.get(key)}
        return self._dirty(before, moved, event)

    @staticmethod
    def _dirty(before: Places, moved: set[str], event: Happened) -> Dirty:
        lists = {"groups", LOOSE} | {f"group-{key}.ideas" for key in before}
        keys = {f"group-{key}.count" for key in before} | {"stage.progress", "stage.loose"}
        # A group's card is drawn again only when its name changed; its ideas stay where they are.
        keys |= {f"group-{key}" for key in before if key in event.private or before[key] is None}
        named = event.private or None in before.values() or None in event.body["groups"].values()
        if named or "order" in event.body:
            # The menus name all groups, in their order; a card knows of the others only where it stands.
            keys |= {"stage.moves", "stage.menu"} | {f"group-{key}" for key in moved}
        return Dirty(keys=keys, lists=lists, people={event.actor})

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        board: Board = step.rounds[-1].memory
        group = board.group_of(item)
        keys, lists = {"stage.loose", "stage.progress"}, {LOOSE}
        if group is not None:
            keys.add(f"group-{group.id}.count")
            lists.add(f"group-{group.id}.ideas")
        return Dirty(keys=keys, lists=lists)

    # -- views -----------------------------------------------------------------------------------------------------

    @staticmethod
    def board(step: Step) -> Board | None:
        """Give the latest round's board."""
        return step.rounds[-1].memory if step.rounds else None

    def _ideas(self, state: State, step: Step) -> dict[str, Idea]:
        """Give the ideas that there are to group, in the order in which they were shown."""
        return state.once(("to group", step.id), lambda: self._look_for_ideas(state, step))

    def _look_for_ideas(self, state: State, step: Step) -> dict[str, Idea]:
        board = self.board(step)
        sources = self._sources(state, board) if board else brainstorms_for(state, step)
        return {idea.id: idea for idea in shown_ideas(state, sources)}

    def _loose(self, state: State, step: Step, board: Board) -> int:
        """Count the ideas in no group."""
        return len(self._ideas(state, step).keys() - board.grouped())

    @staticmethod
    def _sources(state: State, board: Board) -> list[Step]:
        return [state.steps[source] for source in board.sources if source in state.steps]

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        board = self.board(step)
        if board is None:
            return {}
        on_board = self._ideas(state, step)
        grouped = board.grouped()
        lists = {
            "groups": [f"group-{key}" for key in board.groups],
            LOOSE: [f"idea-{idea}" for idea in on_board if idea not in grouped],
        }
        for key, group in board.groups.items():
            lists[f"group-{key}.ideas"] = [f"idea-{idea}" for idea in group.ideas if idea in on_board]
        return lists

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        board = self.board(step)
        if board is None:
            return None
        name, _dot, part = key.partition(".")
        if key == "stage.loose":
            counts = {"count": self._loose(state, step, board), "total": len(self._ideas(state, step))}
            return Fragment(self.template("count"), counts)
        if key in ("stage.moves", "stage.menu"):
            return Fragment(
                self.template(key.removeprefix("stage.")),
                {"step": {"id": step.id}, **self._moves(step, board)},
            )
        if name.startswith("group-"):
            return self._show_group(
                state, step, board, group_id=name.removeprefix("group-"), part=part, reader=reader
            )
        idea = state.ideas.get(name.removeprefix("idea-"))
        if idea is None or idea.step not in board.sources or not visible(state, idea):
            return None
        context = card_context(state, step, idea, reader) | {
            "movable": self._movable(step, reader),
            "may_flag": False,
        }
        return Fragment("workshops/parts/idea.html", context)

    def _show_group(
        self, state: State, step: Step, board: Board, *, group_id: str, part: str, reader: str
    ) -> Fragment | None:
        group = board.groups.get(group_id)
        if group is None:
            return None
        ideas = [idea for idea in group.ideas if state.ideas[idea].on_board]
        if part == "count":
            return Fragment(self.template("count"), {"count": len(ideas), "many": len(ideas) > MANY})
        place = board.neighbours()[group_id]
        context = {
            "id": group_id,
            "step": step.id,
            "title": group.title,
            "count": len(ideas),
            "many": len(ideas) > MANY,
            "movable": self._movable(step, reader),
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

    @staticmethod
    def _movable(step: Step, reader: str) -> bool:
        may = step.settings.who == "everybody" or reader == FACILITATOR
        return may and step.phase == "open" and reader != "screen"

    def _moves(self, step: Step, board: Board | None) -> dict[str, Any]:
        """Give what the menu of places to move to shows."""
        groups = board.groups.values() if board else ()
        return {
            "groups": [{"id": group.id, "title": group.title} for group in groups],
            "undo": self._undo_command(step),
            "moved_text": _("You moved an idea."),
            "merged_text": _("You merged two groups."),
        }

    @staticmethod
    def _undo_command(step: Step) -> dict[str, str]:
        return {"do": "cluster.undo", "activity": step.id}

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        board = self.board(step)
        return {
            "started": board is not None,
            "movable": self._movable(step, reader),
            "who": step.settings.who,
            **self._moves(step, board),
            "loose": self._loose(state, step, board) if board else 0,
            "total": len(self._ideas(state, step)) if board else 0,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        board = self.board(step)
        ideas = self._ideas(state, step)
        mine = [idea.id for idea in state.written_by(person) if idea.id in ideas]
        return Own({"mine": mine, "undo": bool(board and person in board.past and step.phase == "open")})

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        board = self.board(step)
        if board is None:
            return []
        loose, groups = self._loose(state, step, board), len(board.groups)
        return [
            (str(groups), ngettext("group", "groups", groups)),
            (str(loose), ngettext("idea not grouped yet", "ideas not grouped yet", loose)),
        ]

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        board: Board = run.memory
        on_board = [idea.id for idea in shown_ideas(state, self._sources(state, board))]
        groups = [
            {
                "id": state.gid(group.id),
                "title": group.title,
                "ideas": [state.gid(idea) for idea in group.ideas if idea in on_board],
            }
            for group in board.groups.values()
        ]
        grouped = board.grouped()
        return {
            "clusters": groups,
            "ungrouped": [state.gid(idea) for idea in on_board if idea not in grouped],
        }
