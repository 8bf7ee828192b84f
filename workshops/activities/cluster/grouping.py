"""What each command of a grouping changes: pure functions that give an event's groups and names, or refuse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, Many, Text, read_form
from workshops.activities.base import Refused, filled
from workshops.activities.cluster.groups import PARKED, Board, Group, Places
from workshops.activities.shared.sources import visible
from workshops.live import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from workshops.activities.base import Command
    from workshops.live.state import State

LOOSE = "loose"
"""The place of ideas in no group, in commands and on the board."""
MOST_GROUPS = 60
"""More than anybody can survey; and every list of places to move to names them all."""
MOST_TITLE = 80

SUGGESTED_GROUP = {
    "title": Text(most=MOST_TITLE, lines=False, required=False),
    "ideas": Many(),
    "into": Id(required=False),
}
"""One group of a suggestion, as it comes with the command that applies it."""

type Change = tuple[dict[str, Any], dict[str, str]] | None
"""What goes into the event, and the names that it gives; None if it is so already."""
type Rule = Callable[[Asked], Change]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, and the board it is asked of."""

    state: State
    board: Board
    command: Command
    by: str


def move(asked: Asked) -> Change:
    """Move one idea, perhaps to a place before another, or several."""
    ideas = _chosen(asked)
    to, before = asked.command["to"], asked.command["before"]
    moved = set(ideas)
    groups = _without(asked.board, moved, but=to)
    if to != LOOSE:
        there = asked.board.in_place(to) if to == PARKED else _group(asked.board, to).ideas
        whole = there or []
        if before is None and not groups and moved <= set(whole):
            return None
        kept = [idea for idea in whole if idea not in moved]
        place = kept.index(before) if before in kept else len(kept)
        groups[to] = kept[:place] + ideas + kept[place:]
        if groups == {to: whole}:
            return None
    return ({"groups": groups, "ideas": ideas, "to": to}, {}) if groups else None


def copy(asked: Asked) -> Change:
    """Show ideas in a second group as well. Their own place stays where it is."""
    group = _group(asked.board, asked.command["to"])
    ideas = [idea for idea in _chosen(asked) if idea not in group.all_ideas]
    if not set(ideas) <= asked.board.grouped():
        raise Refused(
            "not_grouped", _("Move this idea to a group first. Then it can be shown in another too.")
        )
    if not ideas:
        return None
    return {"groups": {}, "copies": {group.id: group.copies + ideas}, "ideas": ideas, "to": group.id}, {}


def uncopy(asked: Asked) -> Change:
    """Show an idea no longer in a group in which it doesn't have its own place."""
    group = _group(asked.board, asked.command["cluster"])
    if asked.command["idea"] not in group.copies:
        return None
    left = [idea for idea in group.copies if idea != asked.command["idea"]]
    return {"groups": {}, "copies": {group.id: left}, "ideas": [asked.command["idea"]], "to": group.id}, {}


def make(asked: Asked) -> Change:
    """Make a group, empty or of some ideas; also how a group is split."""
    ideas = [grouped_idea(asked.state, asked.board, idea) for idea in asked.command["ideas"] or []]
    if asked.command.do == "cluster.split":
        whole = _group(asked.board, asked.command["cluster"]).ideas
        if not ideas or not set(ideas) < set(whole):
            raise Refused("bad_split", _("Tick some of the group's ideas, but not all of them."))
    new = asked.state.new_id("g")
    groups: Places = {**_without(asked.board, set(ideas)), new: ideas}
    body = {"groups": groups, "made": new, "ideas": ideas}
    return body, ({new: asked.command["title"]} if asked.command["title"] else {})


def rename(asked: Asked) -> Change:
    """Give a group another name."""
    group = _group(asked.board, asked.command["cluster"])
    if group.title == asked.command["title"]:
        return None
    return {"groups": {group.id: group.ideas}}, {group.id: asked.command["title"]}


def merge(asked: Asked) -> Change:
    """Merge a group into another one, which keeps its id, and its name if it has one."""
    gone, kept = _group(asked.board, asked.command["cluster"]), _group(asked.board, asked.command["into"])
    if gone is kept:
        return None
    titles = {kept.id: gone.title} if gone.title and not kept.title else {}
    body: dict[str, Any] = {"groups": {gone.id: None, kept.id: kept.ideas + gone.ideas}}
    if gone.copies:
        body["copies"] = {kept.id: list(dict.fromkeys(kept.copies + gone.copies))}
    return body, titles


def remove(asked: Asked) -> Change:
    """Take a group away. Its ideas stay, ungrouped."""
    return {"groups": {_group(asked.board, asked.command["cluster"]).id: None}}, {}


def restore(asked: Asked) -> Change:
    """Bring a removed or merged group back, with those of its ideas that nobody has put elsewhere since."""
    gone = asked.board.gone.get(asked.command["cluster"])
    if gone is None:
        raise Refused("no_such_group", _("This group can't be brought back any more."))
    into = asked.board.groups.get(gone.into or "")
    free = {idea for idea in gone.ideas if idea not in asked.board.placed()} | set(into.ideas if into else ())
    ideas = [idea for idea in gone.ideas if idea in free]
    groups: Places = {}
    if into is not None and not set(ideas).isdisjoint(into.ideas):
        groups[into.id] = [idea for idea in into.ideas if idea not in ideas]
    return {"groups": {**groups, gone.id: ideas}}, ({gone.id: gone.title} if gone.title else {})


def order(asked: Asked) -> Change:
    """Put a group before another one, or last."""
    group, before = _group(asked.board, asked.command["cluster"]), asked.command["before"]
    wanted = [other for other in asked.board.groups if other != group.id]
    wanted.insert(wanted.index(before) if before in wanted else len(wanted), group.id)
    return None if wanted == list(asked.board.groups) else ({"groups": {}, "order": wanted}, {})


def undo(asked: Asked) -> Change:
    """Take back what somebody did last, if nobody has changed it since."""
    past = asked.board.last_of(asked.by)
    if past is None:
        raise Refused("nothing_to_undo", _("There is nothing of yours left to undo here."))
    if not asked.board.still_as_left(past):
        raise Refused(
            "changed_since",
            _("Somebody has changed this since, so it can't be undone. Move it by hand instead."),
        )
    body: dict[str, Any] = {"groups": past.before.groups}
    if past.before.copies != past.after.copies:
        body["copies"] = past.before.copies
    wanted = asked.board.order_before(past)
    return {**body, **({"order": wanted} if wanted else {})}, past.before.titles


def apply_suggestion(asked: Asked) -> Change:
    """Put ideas into suggested groups, all in one change.

    Only ideas that are in no group are taken, and those of groups without a name that were chosen to be taken apart.
    A group without a name may be given one.
    What somebody grouped in the meantime stays where it is.
    """
    apart = {group.id: list(group.ideas) for group in _nameless(asked.board, asked.command["apart"] or [])}
    free = {idea for ideas in apart.values() for idea in ideas}
    placed = asked.board.placed() - free
    groups: Places = dict.fromkeys(apart)
    titles: dict[str, str] = {}
    made: list[str] = []
    seen: set[str] = set()
    for wanted in _suggested(asked.command):
        ideas = [grouped_idea(asked.state, asked.board, idea) for idea in wanted["ideas"]]
        if not seen.isdisjoint(ideas):
            raise Refused("bad_suggestion", _("An idea can't be in two of the suggested groups."))
        seen.update(ideas)
        ideas = [idea for idea in ideas if idea not in placed]
        if wanted.get("into"):
            into = _group(asked.board, wanted["into"])
            if into.id in apart:
                raise Refused("bad_suggestion", _("A group can't be filled and taken apart at once."))
            names = bool(wanted.get("title")) and not into.title and not asked.board.silent
            if names:
                titles[into.id] = wanted["title"]
            if ideas or names:
                groups[into.id] = (groups.get(into.id) or into.ideas) + ideas
            continue
        if not ideas:
            continue
        new = asked.state.new_id("g", len(made))
        made.append(new)
        groups[new] = ideas
        if wanted.get("title") and not asked.board.silent:
            titles[new] = wanted["title"]
    if not made and all(ideas is None for ideas in groups.values()):
        raise Refused("changed_since", _("All of these ideas have been grouped by now."))
    left = {key: [idea for idea in ideas if idea not in seen] for key, ideas in apart.items()}
    groups |= {key: ideas for key, ideas in left.items() if ideas and groups[key] is None}
    return {"groups": groups, "made": made, "apart": list(apart)}, titles


def undo_suggestion(asked: Asked) -> Change:
    """Take back the suggestion that was applied last. What people moved, added or named since stays as it is."""
    if not asked.board.suggestions:
        raise Refused("nothing_to_undo", _("There are no suggested groups to take back here."))
    done = asked.board.suggestions[-1]
    back = {
        idea: origin
        for idea, (origin, to) in done.moved.items()
        if to in asked.board.groups and idea in asked.board.groups[to].ideas
    }
    groups: Places = {}
    for key in dict.fromkeys(to for _origin, to in done.moved.values() if to in asked.board.groups):
        left = [idea for idea in asked.board.groups[key].ideas if idea not in back]
        untouched = key in done.titles and asked.board.groups[key].title == done.titles[key]
        groups[key] = None if untouched and not left and not asked.board.groups[key].copies else left
    nameless = {
        key: ""
        for key, title in done.named.items()
        if key in asked.board.groups and asked.board.groups[key].title == title
    }
    groups |= {key: asked.board.groups[key].ideas for key in nameless if key not in groups}
    for key, ideas in done.apart.items():
        again = [idea for idea in ideas if back.get(idea) == key]
        kept = [idea for idea in asked.board.in_place(key) or [] if idea not in again]
        if again:
            groups[key] = again + kept
    if not groups:
        raise Refused(
            "changed_since", _("All of it has been changed by hand since, so nothing is left to take back.")
        )
    return {"groups": groups}, nameless


RULES: dict[str, Rule] = {
    "idea.move": move,
    "idea.copy": copy,
    "idea.uncopy": uncopy,
    "cluster.make": make,
    "cluster.rename": rename,
    "cluster.merge": merge,
    "cluster.split": make,
    "cluster.remove": remove,
    "cluster.restore": restore,
    "cluster.order": order,
    "cluster.undo": undo,
    "cluster.suggested": apply_suggestion,
    "cluster.undo_suggested": undo_suggestion,
}


def check_room(board: Board, changed: Places) -> None:
    """Refuse what makes groups, or brings them back, where there are as many as fit."""
    new = sum(1 for key, ideas in changed.items() if ideas is not None and key not in (*board.groups, PARKED))
    gone = sum(1 for key, ideas in changed.items() if ideas is None and key in board.groups)
    if new > gone and len(board.groups) + new - gone > MOST_GROUPS:
        sentence = _("There are %(most)d groups, and no more fit. Merge or remove one first.")
        raise Refused("too_many_groups", filled(sentence, most=MOST_GROUPS))


def grouped_idea(state: State, board: Board, idea_id: str) -> str:
    """Find an idea of this board. Raises Refused."""
    idea = state.found_idea(idea_id)
    if idea.step not in board.sources or not visible(state, idea):
        raise Refused("no_such_idea", words.NO_SUCH_IDEA)
    return idea.id


def _chosen(asked: Asked) -> list[str]:
    one, several = asked.command["idea"], asked.command["ideas"]
    ideas = [grouped_idea(asked.state, asked.board, idea) for idea in several or ([one] if one else [])]
    if not ideas:
        raise Refused("no_idea", _("Choose an idea first."))
    return ideas


def _group(board: Board, group_id: str) -> Group:
    if group_id not in board.groups:
        raise Refused("no_such_group", _("This group is not here any more. It may have been merged."))
    return board.groups[group_id]


def _without(board: Board, moved: set[str], but: str = "") -> Places:
    """Give the groups that these ideas leave, and what is set aside, as they are afterwards."""
    left: Places = {
        group.id: [idea for idea in group.ideas if idea not in moved]
        for group in board.groups.values()
        if group.id != but and not moved.isdisjoint(group.ideas)
    }
    if but != PARKED and not moved.isdisjoint(board.parked):
        left[PARKED] = [idea for idea in board.parked if idea not in moved]
    return left


def _nameless(board: Board, keys: list[str]) -> list[Group]:
    groups = [_group(board, key) for key in keys]
    if any(group.title for group in groups):
        raise Refused("bad_suggestion", _("A group that somebody named is not taken apart."))
    return groups


def _suggested(command: Command) -> list[dict[str, Any]]:
    """Read the groups of a suggestion strictly."""
    found = []
    for group in command["groups"].values():
        if not isinstance(group, dict):
            raise Refused("bad_suggestion", _("This is not a list of groups."))
        found.append(read_form(SUGGESTED_GROUP, group))
    return found
