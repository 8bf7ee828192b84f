"""Putting a grouping back to an earlier moment: what each change keeps for that, and what undoes all since.

Ideas that were grouped, but are in no group at that moment, are ungrouped again; so are ideas that came later. What was
hidden stays in its place, hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import filled
from workshops.activities.shared.moments import PUT_BACK

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.cluster.groups import Board
    from workshops.activities.cluster.pieces import Look, Places
    from workshops.activities.shared.moments import Change, Key

LARGE = frozenset(
    {
        "cluster.merge",
        "cluster.split",
        "cluster.remove",
        "cluster.restore",
        "cluster.suggested",
        "cluster.undo_suggested",
        PUT_BACK,
    }
)
"""What moves many ideas at one stroke, or makes a group go."""

_BEFORE: dict[str, StrOrPromise] = {
    "idea.move": _("before %(who)s moved something"),
    "idea.copy": _("before %(who)s showed an idea in another group as well"),
    "idea.uncopy": _("before %(who)s took a copy away"),
    "cluster.make": _("before %(who)s made %(group)s"),
    "cluster.rename": _("before %(who)s named %(group)s"),
    "cluster.merge": _("before %(who)s merged %(group)s into another group"),
    "cluster.split": _("before %(who)s split a group"),
    "cluster.remove": _("before %(who)s removed %(group)s"),
    "cluster.restore": _("before %(who)s brought %(group)s back"),
    "cluster.order": _("before %(who)s changed the order of groups"),
    "cluster.undo": _("before %(who)s undid something"),
    "cluster.suggested": _("before %(who)s applied suggested groups"),
    "cluster.undo_suggested": _("before %(who)s took suggested groups back"),
    PUT_BACK: _("before %(who)s put the board back"),
}


def before_it(change: Change) -> StrOrPromise:
    """Say before what a moment was. Facilitators may look up who moved what."""
    group = filled(_("“%(group)s”"), group=change.about) if change.about else _("a group without a name")
    return filled(_BEFORE[change.how], who=change.who or _("somebody"), group=group)


def kept_of(before: Look, after: Look) -> dict[Key, Any]:
    """Give what stood in the changed groups where something else stands now."""
    kept: dict[Key, Any] = {}
    for key, ideas in before.groups.items():
        if ideas != after.groups[key]:
            kept["ideas", key] = ideas
        if key in before.titles and before.titles[key] != after.titles.get(key):
            kept["title", key] = before.titles[key]
        if key in before.copies and before.copies[key] != after.copies.get(key):
            kept["copies", key] = before.copies[key]
    if before.order != after.order:
        kept["order", ""] = before.order
    return kept


def back_to(board: Board, moment: int) -> tuple[dict[str, Any], dict[str, str]] | None:
    """Give an event's groups and names that make the board what it was; None if it is so already."""
    was = board.history.since(moment)
    groups: Places = {key[1]: ideas for key, ideas in was.items() if key[0] == "ideas"}
    groups = {key: ideas for key, ideas in groups.items() if ideas != board.in_place(key)}
    stands = {key for key in board.groups if groups.get(key, ()) is not None}
    stands |= {key for key, ideas in groups.items() if ideas is not None}
    titles, copies = dict[str, str](), dict[str, list[str]]()
    for key in stands:
        group = board.groups.get(key)
        title = was.get(("title", key), group.title if group else "")
        if title != (group.title if group else ""):
            titles[key] = title
            groups.setdefault(key, board.in_place(key))
        shown = was.get(("copies", key), group.copies if group else [])
        if shown != (group.copies if group else []):
            copies[key] = list(shown)
    order = was.get(("order", ""), list(board.groups))
    if not groups and not copies and order == list(board.groups):
        return None
    body: dict[str, Any] = {"moment": moment, "groups": groups, "order": order}
    return body | ({"copies": copies} if copies else {}), titles
