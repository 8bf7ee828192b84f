"""How a simulated person sorts ideas into groups: by words that they share, as somebody in a hurry does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workshops.activities.base import Pretender
    from workshops.activities.cluster.groups import Board, Group
    from workshops.live.state import Idea

ENOUGH = 7
"""With so many groups a further one is made only now and then."""
_LONG = re.compile(r"[^\W\d_]{5,}")


def sorts(
    board: Board, ideas: Mapping[str, Idea], mine: Mapping[str, Idea], pretender: Pretender, *, names: bool
) -> dict[str, Any] | None:
    """Give a command without its activity, or None. `mine` are the ideas that this person may move."""
    placed = board.placed()
    loose = [idea for idea in mine.values() if idea.id not in placed]
    nameless = [group for group in board.groups.values() if len(group.ideas) > 1 and not group.title]
    if names and nameless and pretender.chance(2 if loose else 5):
        title = pretender.words(most=24).capitalize()
        return {"do": "cluster.rename", "cluster": nameless[0].id, "title": title}
    if not loose or not pretender.chance(7):
        return None
    idea = pretender.one_of(loose)
    group = _most_like(idea, board, ideas)
    if group is None and len(board.groups) >= ENOUGH and not pretender.chance(1):
        group = pretender.one_of(list(board.groups.values()))
    if group is None:
        return {"do": "cluster.make", "ideas": [idea.id]}
    return {"do": "idea.move", "idea": idea.id, "to": group.id}


def _most_like(idea: Idea, board: Board, ideas: Mapping[str, Idea]) -> Group | None:
    said = _words(idea)
    best, shared = None, 0
    for group in board.groups.values():
        there = {word for other in group.ideas[:4] if other in ideas for word in _words(ideas[other])}
        if len(said & there) > shared:
            best, shared = group, len(said & there)
    return best


def _words(idea: Idea) -> set[str]:
    return {word[:6] for word in _LONG.findall(idea.text.lower())}
