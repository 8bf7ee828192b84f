"""Outcomes of kinds in which people choose between ideas or groups, as people read them. Works on plain data only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from workshops.results.outcomes import Found, Line, is_group, line_of, place_of


@dataclass(frozen=True, slots=True)
class Chosen:
    """One idea or group with what it got."""

    line: Line
    got: Mapping[str, Any]
    place: str
    """Its rank in words, if it has one."""
    tied: bool

    @property
    def gid(self) -> str:
        """Its global id."""
        return self.line.gid

    @property
    def words(self) -> str:
        """Its words, or what stands in their place."""
        return self.line.instead or self.line.text


def chosen_rows(
    outcome: Mapping[str, Any], name: str, ideas: Found, clusters: Found, *, public: bool
) -> list[Chosen]:
    """Give the rows of an outcome's list `name`, in its order, with the words that this reader may see."""
    rows = outcome.get(name, ())
    shared = Counter(row.get("rank") for row in rows)
    found = []
    for row in rows:
        rank = row.get("rank")
        tied = rank is not None and shared[rank] > 1
        place = "" if rank is None else place_of(rank, tied=tied)
        found.append(Chosen(_line(row, outcome, ideas, clusters, public=public), row, place, tied))
    return found


def _line(
    row: Mapping[str, Any], outcome: Mapping[str, Any], ideas: Found, clusters: Found, *, public: bool
) -> Line:
    gid = row["item"]
    if not is_group(gid, outcome):
        return line_of(gid, ideas, public=public)
    # What stood there then; the group may have been renamed since.
    title = row.get("text") or clusters.get(gid, {}).get("title") or _("Group without a name")
    return Line(gid, str(title))
