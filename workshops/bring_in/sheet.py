"""What a file holds once it was read: sheets of rows of words. And how much of it is too much."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from realtime.kinds import filled

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_BYTES = 2_000_000
MOST_ROWS = 2000
MOST_COLUMNS = 100
MOST_SHEETS = 20
MOST_LETTERS = 500_000
"""All cells together. It comes back from the browser with each step of choosing, so it has to fit into a form."""


class Unreadable(Exception):
    """A file can't be taken. `sentence` says why, and what to do."""

    def __init__(self, sentence: StrOrPromise) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class Sheet:
    """One sheet: rows with their number in the file, and their cells, trimmed. Empty rows are left out."""

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    def columns(self) -> int:
        """How many columns the widest row has."""
        return max((len(cells) for _number, cells in self.rows), default=0)


@dataclass
class Room:
    """How much may still be read, of all sheets together."""

    rows: int = MOST_ROWS
    letters: int = MOST_LETTERS

    def take(self, cells: list[str]) -> None:
        """Count a row. Raises Unreadable."""
        self.rows -= 1
        self.letters -= sum(map(len, cells))
        if self.rows < 0:
            raise Unreadable(
                filled(
                    _("This file has more than %(most)d rows. Keep those that you need, and try again."),
                    most=MOST_ROWS,
                )
            )
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(
                filled(
                    _("This file has more than %(most)d columns. Keep those that you need, and try again."),
                    most=MOST_COLUMNS,
                )
            )
        if self.letters < 0:
            raise too_much()


def too_much() -> Unreadable:
    """Say that a file holds too much."""
    return Unreadable(
        _("There is too much text in this file. Keep the rows and columns that you need, and try again.")
    )


def tidy(cells: list[str]) -> list[str]:
    """Trim cells, bring each onto one line, and leave out the empty ones at the end."""
    clean = [" ".join(cell.split()) for cell in cells]
    while clean and not clean[-1]:
        clean.pop()
    return clean
