"""Clustering: ideas are brought together into groups, and the groups get names. On screen a cluster is a "group"."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

from realtime.fields import Group as Fields
from realtime.fields import Id, Many, Text
from workshops.activities import base
from workshops.activities.base import (
    Command,
    Dirty,
    Happened,
    NewEvent,
    Refused,
    setting,
)
from workshops.activities.cluster.earlier import LARGE, back_to, before_it
from workshops.activities.cluster.grouping import LOOSE, MOST_TITLE, RULES, Asked, check_room
from workshops.activities.cluster.groups import (
    PARKED,
    SUGGESTED,
    UNDO,
    UNDO_SUGGESTED,
    Board,
    Places,
    neighbours,
)
from workshops.activities.cluster.sorting import sorts
from workshops.activities.cluster.views import BoardViews
from workshops.activities.shared.moments import PUT_BACK
from workshops.activities.shared.sources import (
    must_be_shown,
    rounds_of,
    shown_ideas,
    sources_of,
    still_private,
)
from workshops.live import words
from workshops.live.state import FACILITATOR

if TYPE_CHECKING:
    from collections.abc import Collection

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.activities.shared.moments import Change, History
    from workshops.live.state import Round, State, Step

_TITLE = Text(most=MOST_TITLE, lines=False, required=False)
_SHAPING = frozenset(
    {
        "cluster.rename",
        "cluster.merge",
        "cluster.split",
        "cluster.remove",
        "cluster.restore",
        "cluster.order",
    }
)
"""What is done to groups, not to single ideas."""
_SILENT = _SHAPING - {"cluster.restore", "cluster.order"}
"""What waits until the silence ends, and giving a new group a name."""


def _moved_along(board: Board, command: Command) -> list[str]:
    """Give the ideas that move because their group is merged, taken away or brought back."""
    group = command["cluster"] or ""
    if command.do in ("cluster.merge", "cluster.remove") and group in board.groups:
        return board.groups[group].all_ideas
    return board.gone[group].ideas if command.do == "cluster.restore" and group in board.gone else []


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterSettings(base.Settings):
    """Who may group, and what."""

    who: str = field(
        default="everybody",
        metadata=setting(
            _("Who may move ideas"),
            choices=(
                ("everybody", _("Everybody")),
                ("own", _("Everybody, but only their own ideas")),
                ("facilitators", _("Facilitators only")),
            ),
        ),
    )
    who_names: str = field(
        default="everybody",
        metadata=setting(
            _("Who may name, merge, split and remove groups"),
            choices=(
                ("everybody", _("Everybody who may move ideas")),
                ("facilitators", _("Facilitators only")),
            ),
        ),
    )
    who_asks: str = field(
        default="facilitators",
        metadata=setting(
            _("Who may ask for suggested groups"),
            choices=(
                ("facilitators", _("Facilitators only")),
                ("everybody", _("Everybody who may move all ideas")),
            ),
        ),
    )
    silent: bool = field(
        default=False,
        metadata=setting(
            _("Begin in silence"),
            _("People only move ideas. Nobody names or merges groups until a facilitator ends the silence."),
        ),
    )
    copies: bool = field(
        default=False,
        metadata=setting(_("An idea may stand in more than one group")),
    )
    source: str = field(
        default="",
        metadata=setting(
            _("Ideas from"), _("Automatic means every brainstorm before this."), takes=(base.GIVES_IDEAS,)
        ),
    )


class Clustering(BoardViews):
    """Grouping ideas."""

    kind = "cluster"
    label = _("Group ideas")
    about = _("Bring ideas that belong together into groups, and name them.")
    icon = "group"
    verb = _("Start grouping")
    minutes = 15
    Settings = ClusterSettings
    foremost = ("who", "silent")
    commands: ClassVar = {
        "idea.move": {
            "activity": Id(),
            "idea": Id(required=False),
            "ideas": Many(required=False),
            "to": Id(),
            "before": Id(required=False),
        },
        "idea.copy": {
            "activity": Id(),
            "idea": Id(required=False),
            "ideas": Many(required=False),
            "to": Id(),
        },
        "idea.uncopy": {"activity": Id(), "idea": Id(), "cluster": Id()},
        "cluster.make": {"activity": Id(), "title": _TITLE, "ideas": Many(required=False)},
        "cluster.rename": {"activity": Id(), "cluster": Id(), "title": Text(most=MOST_TITLE, lines=False)},
        "cluster.merge": {"activity": Id(), "cluster": Id(), "into": Id()},
        "cluster.split": {"activity": Id(), "cluster": Id(), "ideas": Many(), "title": _TITLE},
        "cluster.remove": {"activity": Id(), "cluster": Id()},
        "cluster.restore": {"activity": Id(), "cluster": Id()},
        "cluster.order": {"activity": Id(), "cluster": Id(), "before": Id(required=False)},
        "cluster.undo": {"activity": Id()},
        "cluster.suggested": {"activity": Id(), "groups": Fields(), "apart": Many(required=False)},
        "cluster.undo_suggested": {"activity": Id()},
        "cluster.end_silence": {"activity": Id()},
    }

    changes_only_its_round: ClassVar = frozenset({"groups.changed", "groups.silence_ended"})
    large_changes = LARGE

    # -- rules -----------------------------------------------------------------------------------------------------

    def hidden_sources(self, state: State, step: Step) -> list[Step]:
        return still_private(sources_of(state, step))

    def may_open(self, state: State, step: Step, *, shown: Collection[str] = ()) -> None:
        must_be_shown(sources_of(state, step), shown)

    def begin(self, state: State, step: Step) -> Board:
        """A further round goes on from how the last one ended; its groups keep their identity."""
        board = Board(rounds_of(sources_of(state, step)), silent=step.settings.silent)
        if step.rounds:
            last: Board = step.rounds[-1].memory
            board.groups, board.gone = copy.deepcopy(last.groups), dict(last.gone)
            board.parked = list(last.parked)
        return board

    def reopened(self, state: State, step: Step) -> None:
        """What was written since is grouped too from now on, so it can't be changed any more."""
        board: Board = step.rounds[-1].memory
        board.sources = rounds_of(self._sources(state, board))

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        person = state.contributor(by)
        leads = person.role == FACILITATOR
        if step.settings.who == "facilitators" and not leads:
            raise Refused("not_allowed", words.FACILITATORS_ONLY)
        board: Board = self.must_be_open(step).memory
        if command.do == "cluster.end_silence":
            state.facilitator(by)
            return [NewEvent("groups.silence_ended", {"activity": step.id})] if board.silent else []
        if not leads:
            self._may(state, step, board, command, by)
        if command.do == "idea.copy" and not step.settings.copies:
            raise Refused("not_allowed", _("Here an idea stands in one group only."))
        self._keeps_silence(board, command)
        change = RULES[command.do](Asked(state, board, command, by))
        if change is None:
            return []
        body, titles = change
        check_room(board, body["groups"])
        return [NewEvent("groups.changed", {"activity": step.id, "how": command.do, **body}, titles or None)]

    @staticmethod
    def _may(state: State, step: Step, board: Board, command: Command, by: str) -> None:
        """Refuse what only facilitators may do here, and moving other people's ideas where only one's own move."""
        settings, do = step.settings, command.do
        past = board.last_of(by) if do == UNDO else None
        do = past.how if past is not None else do  # who may not do it any more may not take it back either
        if settings.who_names == "facilitators" and (do in _SHAPING or command["title"]):
            raise Refused("not_allowed", words.FACILITATORS_ONLY)
        if do == SUGGESTED and (settings.who_asks == "facilitators" or settings.who == "own"):
            raise Refused("not_allowed", words.FACILITATORS_ONLY)
        if do == UNDO_SUGGESTED and board.suggestions and board.suggestions[-1].by != by:
            raise Refused("not_allowed", words.FACILITATORS_ONLY)
        if settings.who == "own":
            touched = [*(command["ideas"] or ()), *([command["idea"]] if command["idea"] else ())]
            touched += board.moved_by(past) if past is not None else _moved_along(board, command)
            if any(state.found_idea(idea).author != by for idea in touched):
                raise Refused("not_allowed", _("Here everybody moves their own ideas only."))

    @staticmethod
    def _keeps_silence(board: Board, command: Command) -> None:
        if board.silent and (command.do in _SILENT or command["title"]):
            raise Refused(
                "silent",
                _("For now we only move ideas. Groups are named when a facilitator ends the silence."),
            )

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        board: Board = step.rounds[-1].memory
        if event.kind == "groups.silence_ended":
            board.silent = False
            return Dirty(whole=True)
        for key in event.body["groups"]:
            if key != PARKED and int(key[1:]) > state.counters.get("g", 0):
                state.count_id(key)
        order, gone, suggestions = list(board.groups), list(board.gone), len(board.suggestions)
        before = board.change(event, state.people[event.actor].name if event.actor in state.people else "")
        moved: set[str] = set()
        if list(board.groups) != order:
            places = neighbours(order)
            moved = {key for key, place in board.neighbours().items() if place != places.get(key)}
        dirty = self._dirty(before.groups, moved, event)
        if event.body["how"] == PUT_BACK:
            dirty.say.append((None, _("A facilitator put the board back to an earlier moment.")))
        if list(board.gone) != gone:
            dirty.keys.add("stage.gone")
        if len(board.suggestions) != suggestions:
            dirty.keys.add("stage.suggested")
            dirty.people |= self._forget_undoing(step, board)
        return dirty

    @staticmethod
    def _forget_undoing(step: Step, board: Board) -> set[str]:
        """Offer nobody to undo a suggestion that was taken back already. Gives who is offered something else now."""
        changed = set()
        for person, kept in step.rounds[-1].undo.items():
            left = sum(1 for suggestion in board.suggestions if suggestion.by == person)
            places = [place for place, undoing in enumerate(kept) if undoing["do"] == UNDO_SUGGESTED]
            for place in reversed(places[left:]):
                del kept[place]
                changed.add(person)
        return changed

    @staticmethod
    def _dirty(before: Places, moved: set[str], event: Happened) -> Dirty:
        lists = {"groups", LOOSE, PARKED} | {f"group-{key}.ideas" for key in before}
        keys = {f"group-{key}.count" for key in before} | {"stage.progress", "stage.loose", "stage.log"}
        if PARKED in before:
            keys.add("stage.parked")
        # A group's card is drawn again only when its name changed; its ideas stay where they are.
        keys |= {f"group-{key}" for key in before if key in event.private or before[key] is None}
        for key, copied in event.body.get("copies", {}).items():
            keys |= {f"copy-{key}-{idea}" for idea in copied}
        named = event.private or None in before.values() or None in event.body["groups"].values()
        if named or "order" in event.body:
            # The menus name all groups, in their order; a card knows of the others only where it stands.
            keys |= {"stage.moves", "stage.menu"} | {f"group-{key}" for key in moved}
        return Dirty(keys=keys, lists=lists, people={event.actor})

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        how, board = event.body.get("how"), self.board(step)
        if how is None or board is None or how in (UNDO, UNDO_SUGGESTED):
            return None
        if how == PUT_BACK:
            return board.history.undoing(step.id)
        return {"do": UNDO_SUGGESTED if how == SUGGESTED else UNDO, "activity": step.id}

    def history(self, step: Step) -> History | None:
        board = self.board(step)
        return board.history if board is not None else None

    def before_it(self, change: Change) -> StrOrPromise:
        return before_it(change)

    def put_back(self, state: State, step: Step, moment: int) -> list[NewEvent]:
        change = back_to(step.rounds[-1].memory, moment)
        if change is None:
            return []
        body, titles = change
        return [NewEvent("groups.changed", {"activity": step.id, "how": PUT_BACK, **body}, titles or None)]

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        settings, board = step.settings, step.rounds[-1].memory
        if settings.who == "facilitators":
            return None
        ideas = self._ideas(state, step)
        mine = {key: idea for key, idea in ideas.items() if settings.who != "own" or idea.author == person}
        names = settings.who_names == "everybody" and not board.silent
        done = sorts(board, ideas, mine, pretender, names=names)
        return done and {"activity": step.id, **done}

    def promise(self, settings: Any) -> StrOrPromise:
        return _(
            "Everybody sees each move at once, but not who made it. Facilitators can look up who moved what."
            " The archive keeps how often each idea was moved, without names."
        )

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        board: Board = step.rounds[-1].memory
        keys, lists = (
            {"stage.loose", "stage.parked", "stage.progress", "stage.log", "stage.gone"},
            {LOOSE, PARKED},
        )
        for group in board.groups_with(item):
            keys |= {f"group-{group.id}.count", f"copy-{group.id}-{item}"}
            lists.add(f"group-{group.id}.ideas")
        return Dirty(keys=keys, lists=lists)

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        board: Board = run.memory
        on_board = [idea.id for idea in shown_ideas(state, self._sources(state, board))]
        there = set(on_board)
        groups = [
            {
                "id": state.gid(group.id),
                "title": group.title,
                "ideas": [state.gid(idea) for idea in group.all_ideas if idea in there],
            }
            for group in board.groups.values()
        ]
        grouped, suggested = board.grouped(), board.suggested()
        return {
            "clusters": groups,
            "ungrouped": [state.gid(idea) for idea in on_board if idea not in grouped],
            "parked": [state.gid(idea) for idea in board.parked if idea in there],
            "moves": [
                {
                    "idea": state.gid(idea),
                    "moves": board.moves[idea].count,
                    "people": len(board.moves[idea].people),
                    "suggested": idea in suggested,
                }
                for idea in on_board
                if idea in board.moves
            ],
        }
