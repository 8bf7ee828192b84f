"""An outcome as a plain table: for CSV, and for kinds of activity that have no figure of their own."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


@dataclass(frozen=True)
class Table:
    """Column names and rows; cells are words or numbers."""

    head: list[str]
    rows: list[list[str | int]]


def words_of(idea: dict[str, Any] | None) -> str:
    """The words of a frozen idea, or what stands in their place."""
    if idea is None:
        return _("No longer kept")
    if idea.get("withheld") in {"hidden", "gone"}:
        return _("Taken down")
    if idea.get("withheld") == "merged":
        return _("Merged into another idea")
    return idea["text"] or _("Kept inside the Lab")


def table_of(block: dict[str, Any]) -> Table:
    """The table of a frozen outcome block."""
    outcome = block["outcome"]
    if "rows" in outcome:
        return _votes(block)
    if "clusters" in outcome:
        return _groups(block)
    if "ideas" in outcome:
        rows: list[list[str | int]] = [_idea(block, gid) for gid in outcome["ideas"]]
        return Table([_("Idea"), _("Words"), _("Credit")], rows)
    return _anything(outcome)


def _idea(block: dict[str, Any], gid: str) -> list[str | int]:
    idea = block["ideas"].get(gid)
    return [gid, words_of(idea), idea["credit"] if idea else ""]


def _item(block: dict[str, Any], gid: str) -> str:
    cluster = block["clusters"].get(gid)
    return cluster["title"] if cluster else words_of(block["ideas"].get(gid))


def _votes(block: dict[str, Any]) -> Table:
    rows: list[list[str | int]] = [
        [row.get("rank", ""), row["item"], _item(block, row["item"]), row["dots"], row["voters"]]
        for row in block["outcome"]["rows"]
    ]
    return Table([_("Rank"), _("Item"), _("Words"), _("Dots"), _("People")], rows)


def _groups(block: dict[str, Any]) -> Table:
    rows: list[list[str | int]] = []
    for one in block["outcome"]["clusters"]:
        gid = one["id"] if isinstance(one, dict) else one
        cluster = block["clusters"].get(gid, {"title": "", "ideas": []})
        rows += [[cluster["title"], *_idea(block, idea)] for idea in cluster["ideas"]]
        if not cluster["ideas"]:
            rows.append([cluster["title"], "", "", ""])
    rows += [[_("No group"), *_idea(block, idea)] for idea in block["outcome"].get("ungrouped", ())]
    return Table([_("Group"), _("Idea"), _("Words"), _("Credit")], rows)


def _anything(outcome: dict[str, Any]) -> Table:
    """Numbers and words of a kind we know nothing about, one fact a row; nested things are counted."""
    skip = {"id", "step", "kind", "title", "prompt"}
    rows: list[list[str | int]] = []
    for key, value in outcome.items():
        if key in skip:
            continue
        if isinstance(value, list | dict):
            rows.append([key.replace("_", " "), len(value)])
        elif value is not None:
            rows.append([key.replace("_", " "), value if isinstance(value, int) else str(value)])
    return Table([_("What"), _("Value")], rows)


def safe_cell(value: str | int) -> str | int:
    """Words that a spreadsheet would take for a formula get an apostrophe in front."""
    if isinstance(value, str) and value.lstrip(" ").startswith(RISKY):
        return f"'{value}"
    return value


def to_csv(table: Table) -> str:
    """CSV with a byte-order mark, so that spreadsheets read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in table.head])
    writer.writerows([[safe_cell(cell) for cell in row] for row in table.rows])
    return "\ufeff" + out.getvalue()
