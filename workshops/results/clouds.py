"""Outcomes of word clouds as people read them: a word stands there if one who wrote it lets it. Works on plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshops.activities.word_cloud.clouds import key_of, size_of
from workshops.results.outcomes import FIRST_ROWS, Found, fold_at, line_of, place_of

MOST_DRAWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One word that this reader may see."""

    text: str
    place: str
    tied: bool
    people: int
    size: int
    gids: list[str]
    """The entries that it was made of."""
    inside: bool
    """Nobody who wrote it lets it leave the Lab; set on what members are shown."""


@dataclass(frozen=True, slots=True)
class CloudOf:
    """The words of one round. `kept` are how many this reader may not see."""

    rows: list[Row]
    kept: int

    @property
    def first(self) -> list[Row]:
        """What is shown at once."""
        return self.rows[: fold_at(len(self.rows), FIRST_ROWS)]

    @property
    def rest(self) -> list[Row]:
        """What opens on demand."""
        return self.rows[fold_at(len(self.rows), FIRST_ROWS) :]

    @property
    def in_cloud(self) -> list[Row]:
        """What is drawn, by the alphabet."""
        return sorted(self.rows[:MOST_DRAWN], key=lambda row: key_of(row.text))


def cloud_of(outcome: Mapping[str, Any], ideas: Found, *, public: bool) -> CloudOf:
    """Give the words of an outcome for one kind of reader."""
    words = outcome.get("words", ())
    shared = Counter(word["rank"] for word in words)
    most = max((word["people"] for word in words), default=0)
    rows = []
    for word in words:
        lines = [line_of(gid, ideas, public=public) for gid in word["ideas"]]
        seen = [line for line in lines if not line.why]
        if not seen:
            continue
        tied = shared[word["rank"]] > 1
        rows.append(
            Row(
                text=seen[0].text,
                place=place_of(word["rank"], tied=tied),
                tied=tied,
                people=word["people"],
                size=size_of(word["people"], most),
                gids=list(word["ideas"]),
                inside=all(line.inside for line in seen),
            )
        )
    return CloudOf(rows, len(words) - len(rows))
