"""The kinds of activity as somebody looks for them who makes an agenda: by what they are for.

A kind that isn't named here stands under "More": adding one needs no change here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from workshops.activities.registry import ACTIVITIES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Activity

_PLACES: tuple[tuple[StrOrPromise, tuple[str, ...]], ...] = (
    (
        _("Collect ideas and experiences"),
        ("brainstorm", "list", "word_cloud", "one_two_four_all", "twenty_five_ten", "chat"),
    ),
    (_("Make sense of them"), ("cluster", "journey_map", "driver_diagram")),
    (
        _("Choose and agree"),
        ("dot_vote", "ranking", "matrix", "poll", "fist_to_five", "consent", "next_actions"),
    ),
    (_("Begin, pause and end"), ("check_in", "talk", "check_out")),
)


@dataclass(frozen=True)
class Board:
    """One board of the shelf."""

    title: StrOrPromise
    kinds: list[Activity]


def boards() -> list[Board]:
    """Give all kinds that there are, in the order in which a workshop needs them."""
    found = [
        Board(title, [ACTIVITIES[kind] for kind in kinds if kind in ACTIVITIES]) for title, kinds in _PLACES
    ]
    placed = {kind for _title, kinds in _PLACES for kind in kinds}
    rest = [activity for kind, activity in ACTIVITIES.items() if kind not in placed]
    return [board for board in (*found, Board(_("More"), rest)) if board.kinds]
