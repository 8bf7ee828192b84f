"""Outcomes of kinds in which everybody gives one answer, as plain rows: for CSV. Works on plain data only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from workshops.activities.driver_diagram.diagram import LEVEL_NAMES
from workshops.results.clouds import cloud_of
from workshops.results.outcomes import Line, line_of

type Cell = str | float | None
type About = Callable[[Line], list[Cell]]


def is_answered(outcome: Mapping[str, Any]) -> bool:
    """Whether an outcome is of such a kind: it holds how many chose what, or words with how many wrote them."""
    return any(_are_rows(outcome.get(name), key) for name, key in (("choices", "label"), ("words", "people")))


def _are_rows(value: object, key: str) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) and key in row for row in value)


def answered_rows(
    outcome: Mapping[str, Any],
    content: Mapping[str, Any],
    about: About,
    about_head: list[str],
    *,
    public: bool,
) -> tuple[list[str], list[list[Cell]]]:
    """Give head and rows. `about` gives a piece's words and how they may be used, as all tables do."""
    if "choices" not in outcome:
        cloud = cloud_of(outcome, content["ideas"], public=public)
        head = [_("Rank"), _("Word"), _("People"), _("Idea ids")]
        return head, [[row.place, row.text, row.people, " ".join(row.gids)] for row in cloud.rows]
    head = [
        _("What"),
        _("Answer"),
        _("People"),
        _("Share, in percent"),
        _("Words"),
        *about_head,
        _("Idea id"),
    ]
    none: list[Cell] = ["" for _name in (*about_head, "words", "id")]
    rows: list[list[Cell]] = []
    for name, what in (("choices", _("Answer")), ("ratings", _("How useful"))):
        rows += [[what, row["label"], row["people"], row["share"], *none] for row in outcome.get(name, ())]
    if "skipped" in outcome:
        rows.append([_("Skipped"), "", outcome["skipped"], None, *none])
    if "not_answered" in outcome:
        rows.append([_("Did not answer"), "", outcome["not_answered"], None, *none])
    labels = {row["option"]: row["label"] for row in outcome["choices"]}
    for piece in outcome.get("written", ()):
        label = labels.get(piece.get("choice", ""), "")
        for gid in piece["ideas"]:
            line = line_of(gid, content["ideas"], public=public)
            rows.append([sort_name(piece["sort"]), label, None, None, *about(line), gid])
    return head, rows


def sort_name(sort: str, kind: str = "") -> str:
    """Say what a piece of writing is; kinds that came later are named by their own word."""
    if kind == "driver_diagram" and sort in LEVEL_NAMES:  # its "change" is another than a proposal's
        return str(LEVEL_NAMES[sort])
    return {
        "idea": _("Idea"),
        "word": _("Word"),
        "line": _("Line"),
        "comment": _("Comment"),
        "reason": _("Reason"),
        "change": _("Suggested change"),
        "post": _("Post"),
        "reply": _("Reply"),
        "entry": _("Entry"),
        "measure": _("Measure"),
        "action": _("Action"),
        "owner": _("Who does it"),
    }.get(sort, sort)
