"""An outcome as a plain table: for CSV, and for kinds of activity that have no figure of their own.

Takes the plain data of an archive, or of a block of a published report, which has the same form.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workshops.activities.driver_diagram.diagram import LEVEL_NAMES
from workshops.activities.journey_map.journey import FEELS, LANES, lane_name
from workshops.activities.registry import ACTIVITIES
from workshops.models import Consent, consent_label
from workshops.results.answers import answered_rows, is_answered, sort_name
from workshops.results.choosing import chosen_rows
from workshops.results.outcomes import Line, groups_of, is_group, line_of, vote_rows

type Cell = str | float | None
type Data = Mapping[str, Any]


def safe_cell(value: Cell) -> Cell:
    """Put an apostrophe before words that a spreadsheet would take for a formula. Numbers stay numbers."""
    if not isinstance(value, str):
        return value
    # Some programs trim what can't be seen first, or read full width signs as the plain ones.
    first = next((sign for sign in value if unicodedata.category(sign)[0] not in "ZC"), "")
    risky = value.startswith(("\t", "\r", "\n", "\0")) or unicodedata.normalize("NFKC", first) in {*"=+-@"}
    value = value.replace("\0", "")  # would end the text for some programs
    return f"'{value}" if risky else value


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head in plain words, ids last."""

    head: list[str]
    rows: list[list[Cell]] = field(default_factory=list)

    def csv(self) -> bytes:
        """Write it as UTF-8 with a byte order mark, so that spreadsheets read accents right."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([safe_cell(name) for name in self.head])
        writer.writerows([[safe_cell(cell) for cell in row] for row in self.rows])
        return out.getvalue().encode("utf-8-sig")


def table_of(outcome: Data, content: Data, *, public: bool) -> Table:
    """Give one outcome as a table. Every row ends with the outcome's id: rows of several tables can stand together."""
    table = _table_of(outcome, content, public=public)
    return Table([*table.head, _("Outcome id")], [[*row, outcome.get("id", "")] for row in table.rows])


def _table_of(outcome: Data, content: Data, *, public: bool) -> Table:
    """Give it by what it holds, so that kinds not yet invented have one too."""
    for name, make in (("rooms", _rooms), ("rows", _votes), ("clusters", _groups)):
        if name in outcome:
            return make(outcome, content, public=public)
    if "ideas" in outcome:
        return ideas_table(outcome["ideas"], content, public=public)
    if is_answered(outcome):
        head = _about_head(public=public)
        return Table(
            *answered_rows(
                outcome, content, lambda line: _about(line, content, public=public), head, public=public
            )
        )
    columns = getattr(ACTIVITIES.get(outcome.get("kind", "")), "columns", None)
    if columns is not None:
        return _chosen(outcome, content, *columns, public=public)
    return _facts(outcome)


def ideas_table(gids: Iterable[str], content: Data, *, public: bool) -> Table:
    """Give these ideas, one a row."""
    lines = [line_of(gid, content["ideas"], public=public) for gid in gids]
    head = [_("Idea"), *_about_head(public=public), _("Idea id")]
    return Table(head, [[*_about(line, content, public=public), line.gid] for line in lines])


def all_ideas_table(gids: Iterable[str], content: Data) -> Table:
    """Give all pieces that an archive holds, for members, with where each was written and what stands for it now."""
    steps = {step["step"]: step for step in content.get("agenda", ())}
    table = Table(
        [
            *(_("Idea"), _("What it is"), *_about_head(public=False), _("Activity"), _("Activity id")),
            *(_("Merged into (idea id)"), _("Idea id")),
        ]
    )
    for gid in gids:
        idea = content["ideas"][gid]
        words, *about = _about(line_of(gid, content["ideas"], public=False), content, public=False)
        step = steps.get(idea["step"], {})
        what = sort_name(idea.get("sort", "idea"), step.get("kind", ""))
        where = [step.get("title", ""), idea["step"]]
        table.rows.append([words, what, *about, *where, idea.get("merged_into") or "", gid])
    return table


def _rooms(outcome: Data, content: Data, *, public: bool) -> Table:
    """Give the rooms of a step that was split, each with the ideas that were written in it."""
    head = [_("Room"), _("People"), _("Idea"), *_about_head(public=public), _("Outcome id of the room")]
    table = Table([*head, _("Idea id")])
    for room in outcome["rooms"]:
        step = room["outcome"].partition("/")[0]
        gids = [gid for gid in outcome.get("ideas", ()) if content["ideas"].get(gid, {}).get("step") == step]
        lines = [line_of(gid, content["ideas"], public=public) for gid in gids]
        about = [_about(line, content, public=public) for line in lines] or [["" for _name in head[2:-1]]]
        for words, gid in zip(about, gids or [""], strict=True):
            table.rows.append([room["name"], room["people"], *words, room["outcome"], gid])
    return table


def _about_head(*, public: bool) -> list[str]:
    return [_("Credit")] if public else [_("How its words may be used"), _("Credit")]


def _about(line: Line, content: Data, *, public: bool) -> list[Cell]:
    """Give an idea's words and credit; for members also its consent, as what they read may be kept inside."""
    words: Cell = line.instead or line.text
    if public:
        return [words, line.credit]
    consent = content["ideas"].get(line.gid, {}).get("consent", Consent.INTERNAL)
    return [words, str(consent_label(consent)), line.credit]


def _groups(outcome: Data, content: Data, *, public: bool) -> Table:
    ideas = content["ideas"]
    about_head = _about_head(public=public)
    rows: list[list[Cell]] = []
    for group in groups_of(outcome, ideas, content["clusters"], public=public):
        lines = group.ideas.lines
        rows += [[group.title, *_about(line, content, public=public), group.gid, line.gid] for line in lines]
        if not lines:
            rows.append([group.title, "", *("" for _name in about_head), group.gid, ""])
    loose = [line_of(gid, ideas, public=public) for gid in outcome.get("ungrouped", ())]
    rows += [[_("In no group"), *_about(line, content, public=public), "", line.gid] for line in loose]
    return Table([_("Group"), _("Idea"), *about_head, _("Group id"), _("Idea id")], rows)


def _votes(outcome: Data, content: Data, *, public: bool) -> Table:
    on_groups = outcome.get("target") == "clusters"
    vote = vote_rows(outcome, content["ideas"], content["clusters"], public=public)
    against = bool(outcome.get("against_per_person"))
    head = [
        _("Rank"),
        _("Tied"),
        _("Dots"),
        *([_("Dots against")] if against else []),
        _("People"),
        _what(outcome),
    ]
    if not on_groups:
        head += _about_head(public=public)
    rows: list[list[Cell]] = []
    for row, told in zip(vote.rows, outcome["rows"], strict=True):
        words = _about_chosen(row.line, outcome, content, public=public)
        tied = _("yes") if row.tied else _("no")
        dots = [row.dots, row.against] if against else [row.dots]
        rows.append([told.get("rank"), tied, *dots, row.voters, *words, row.line.gid])
    return Table(
        [*head, _("Group id") if on_groups else _("Id") if outcome.get("target") == "both" else _("Idea id")],
        rows,
    )


def _what(outcome: Data) -> str:
    """Say what the rows of an outcome are about."""
    return {"clusters": _("Group"), "both": _("Idea or group")}.get(str(outcome.get("target")), _("Idea"))


def _about_chosen(line: Line, outcome: Data, content: Data, *, public: bool) -> list[Cell]:
    """Give the words of an idea or a group; only ideas have a consent and a credit."""
    if outcome.get("target") == "clusters":
        return [line.text]
    if is_group(line.gid, outcome):
        return [line.text, *("" for _name in _about_head(public=public))]
    return _about(line, content, public=public)


def _chosen(outcome: Data, content: Data, name: str, columns: Data, *, public: bool) -> Table:
    """Give what each of the things got between which people chose, with the columns that their kind names.

    A column that points to words (who does an action) stands there as these words, too.
    """
    on_groups = outcome.get("target") == "clusters"
    spoken = {column: words for column, words in _SPOKEN.items() if column in columns}
    head = [*(str(words) for words in columns.values()), *(str(words) for words in spoken.values())]
    head += [_what(outcome), *([] if on_groups else _about_head(public=public))]
    rows: list[list[Cell]] = []
    for row in chosen_rows(outcome, name, content["ideas"], content["clusters"], public=public):
        words = _about_chosen(row.line, outcome, content, public=public)
        told = [_words_of(row.got.get(column), content, public=public) for column in spoken]
        got = [_in_words(column, row.got.get(column)) for column in columns]
        rows.append([*got, *told, *words, row.gid])
    for felt in outcome.get("feelings", ()):
        stage, lane = outcome["stages"][felt["stage"] - 1], str(lane_name(FEELS))
        rows.append([stage, lane, _mean_of(felt), *("" for _name in head[3:]), ""])
    return Table(
        [*head, _("Group id") if on_groups else _("Id") if outcome.get("target") == "both" else _("Idea id")],
        rows,
    )


_SPOKEN = {"owner": gettext_lazy("Who does it")}


def _words_of(gid: str | None, content: Data, *, public: bool) -> str:
    line = line_of(gid, content["ideas"], public=public) if gid else None
    return (line.instead or line.text) if line else ""


def _mean_of(felt: Data) -> str:
    """Say how a stage of a journey felt."""
    if felt["mean"] is None:
        return _("Nobody said how it felt")
    told = ngettext(
        "A mean of %(mean)s, from -2 to 2, of %(n)d person",
        "A mean of %(mean)s, from -2 to 2, of %(n)d people",
        felt["n"],
    )
    return told % {"mean": f"{felt['mean']:g}", "n": felt["n"]}


_NAMES = {"lane": {lane: lane_name(lane) for lane in (*LANES, FEELS)}, "level": LEVEL_NAMES}


def _in_words(column: str, value: Cell) -> Cell:
    """Give a lane or a level by its name; all else as it stands."""
    return str(_NAMES[column].get(value, value)) if column in _NAMES and isinstance(value, str) else value


def _facts(outcome: Data) -> Table:
    """Give what is known of any kind, one fact a row; what is nested is written as JSON."""
    rows: list[list[Cell]] = [
        [name.replace("_", " "), value if isinstance(value, str | int) else orjson.dumps(value).decode()]
        for name, value in outcome.items()
        if name not in ("id", "step") and value is not None
    ]
    return Table([_("What"), _("Value")], rows)
