"""Which column holds the ideas? A guess, from the headings that whiteboards and form tools write and from the cells.

The facilitator sees the guess with examples, and chooses. What is known of Mural, Mentimeter, Google Forms and
Microsoft Forms are the headings of their exports; any other table is guessed by its words alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.bring_in.sheet import Sheet

ALL = -1
"""Instead of a column: every cell is an idea. Whiteboards lay notes out in rows and columns."""

_ABOUT_WORDS = (
    "id|#|no|no.|number|timestamp|time|date|start time|completion time|last modified time|submitted at|submission id|"
    "email|e-mail|email address|username|name|your name|first name|last name|user|author|created by|created at|"
    "creator|modified by|last updated|last updated by|updated at|voter|voters|voter id|participant|session|"
    "bg color|bg colour|color|colour|background|shape|type|widget type|area|frame|board|position x|position y|x|y|"
    "width|height|link|url|tags|votes|vote|score|points|total points|quiz feedback|likes|upvotes|count|language|"
    "answered|responses|slide|consent"
)
_IDEA_WORDS = (
    "text|content|contents|note|notes|sticky|sticky note|sticky notes|idea|ideas|answer|answers|response|comment|"
    "comments|question|entry|word|title|description|suggestion|feedback|message|statement|proposal|option|item"
)
_ABOUT = frozenset(_ABOUT_WORDS.split("|"))
"""Headings of columns that say something about an idea, and are none."""
_WORDS = frozenset(_IDEA_WORDS.split("|"))
_TOOLS: tuple[tuple[frozenset[str], StrOrPromise], ...] = (
    (frozenset({"bg color", "text"}), _("an export of Mural")),
    (frozenset({"start time", "completion time"}), _("an export of Microsoft Forms")),
    (frozenset({"timestamp"}), _("an export of Google Forms")),
    (frozenset({"voter"}), _("an export of Mentimeter")),
    (frozenset({"voters"}), _("an export of Mentimeter")),
)
_LETTER = re.compile(r"[^\W\d_]")
SAMPLES = 3


@dataclass(frozen=True)
class Column:
    """One column, as it is offered: its heading and a few of its cells."""

    place: int
    title: str
    samples: list[str]
    cells: int


@dataclass(frozen=True)
class Guess:
    """What a sheet seems to be. `titles` says whether its first row holds headings."""

    titles: bool
    column: int
    tool: StrOrPromise


def guess(sheet: Sheet) -> Guess:
    """Say which column seems to hold the ideas."""
    first = [cell.casefold().strip(" :*") for cell in sheet.rows[0][1]]
    tool = next((name for heads, name in _TOOLS if heads <= set(first)), "")
    titles = bool(tool) or _has_titles(sheet, first)
    width = sheet.columns()
    if width == 1:
        return Guess(titles, 0, tool)
    scores = [
        _score(sheet, place, first[place] if titles and place < len(first) else "", titles=titles)
        for place in range(width)
    ]
    best = max(range(width), key=lambda place: scores[place])
    good = sum(score > 0 for score in scores)
    if not titles and good > 2:
        return Guess(titles, ALL, tool)
    return Guess(titles, best, tool)


def _has_titles(sheet: Sheet, first: list[str]) -> bool:
    """Whether the first row holds headings: known ones, or short words over longer ones."""
    if any(cell in _ABOUT or cell in _WORDS for cell in first):
        return True
    if len(sheet.rows) < 3 or len(first) < 2:
        return first[0].endswith("?") and len(sheet.rows) > 2
    asked = sum(cell.endswith("?") for cell in first)
    return asked * 2 >= len(first)


def _score(sheet: Sheet, place: int, title: str, *, titles: bool) -> float:
    if title in _ABOUT:
        return 0
    cells = [cells[place] for _number, cells in sheet.rows[titles:] if place < len(cells) and cells[place]]
    worded = [cell for cell in cells if len(_LETTER.findall(cell)) > 2 and "@" not in cell]
    if not worded:
        return 0
    different = len(set(worded)) / len(worded)
    long = min(60, sum(map(len, worded)) / len(worded))
    return len(worded) * (0.2 + different) * (5 + long) * (3 if title in _WORDS else 1)


def columns_of(sheet: Sheet, *, titles: bool) -> list[Column]:
    """Give each column that holds anything, with its heading and first cells."""
    heads = sheet.rows[0][1] if titles else []
    found = []
    for place in range(sheet.columns()):
        cells = [
            cells[place] for _number, cells in sheet.rows[titles:] if place < len(cells) and cells[place]
        ]
        if cells:
            head = heads[place] if place < len(heads) else ""
            found.append(Column(place, head, cells[:SAMPLES], len(cells)))
    return found


def picked(sheet: Sheet, column: int, *, titles: bool) -> list[tuple[int, str]]:
    """Give the cells of one column, or of all, with the number of their row."""
    return [
        (number, cell)
        for number, cells in sheet.rows[titles:]
        for place, cell in enumerate(cells)
        if cell and column in (ALL, place)
    ]
