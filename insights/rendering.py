"""From the data of a report (a draft's, or a published version's) to what its templates need."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from insights.markdown import render
from insights.models import Evidence, Insight
from workshops.results.outcomes import template_of, turnout_in
from workshops.results.ran import moment_of
from workshops.results.tables import table_of

# Templates for each form of the data (content.FORMAT). A form that was ever published keeps its template.
TEMPLATES = {1: "insights/report/v1/body.html"}
STATUSES = dict(Insight.Status.choices)
STRENGTHS = dict(Evidence.Strength.choices)


@dataclass(frozen=True)
class Page:
    """A report ready for its template."""

    template: str
    content: dict[str, Any]
    summary: Any
    parts: list[dict[str, Any]]
    claims: int
    with_evidence: int

    @property
    def toc(self) -> list[tuple[str, str]]:
        """Anchor and words of each part that has a heading."""
        return [(part["key"], part["heading"]) for part in self.parts if part["heading"]]


@dataclass
class Rest:
    """What something rests on, counted once each."""

    ideas: set[str] = field(default_factory=set)
    pieces: set[str] = field(default_factory=set)
    """What else was written: posts, reasons, lines."""
    dots: int = 0
    answers: int = 0
    workshops: set[str] = field(default_factory=set)
    notes: int = 0
    links: int = 0

    def __bool__(self) -> bool:
        counted = (self.ideas, self.pieces, self.dots, self.answers, self.workshops, self.notes, self.links)
        return any(counted)

    def __str__(self) -> str:
        """The line to click: "Rests on 8 ideas, 22 dots and 1 workshop"."""
        n = len(self.ideas)
        counts = [
            ngettext("%(n)s idea", "%(n)s ideas", n) % {"n": n} if n else "",
            self._pieces(),
            ngettext("%(n)s dot", "%(n)s dots", self.dots) % {"n": self.dots} if self.dots else "",
            ngettext("%(n)s person's answer", "%(n)s people's answers", self.answers) % {"n": self.answers}
            if self.answers
            else "",
            ngettext("%(n)s note", "%(n)s notes", self.notes) % {"n": self.notes} if self.notes else "",
            ngettext("%(n)s link", "%(n)s links", self.links) % {"n": self.links} if self.links else "",
        ]
        n = len(self.workshops)
        counts.append(ngettext("%(n)s workshop", "%(n)s workshops", n) % {"n": n} if n else "")
        words = [count for count in counts if count]
        if not words:
            return _("No evidence yet")
        *first, last = words
        if first:
            last = _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last}
        return _("Rests on %(counts)s") % {"counts": last}

    def _pieces(self) -> str:
        n = len(self.pieces)
        if not n:
            return ""
        if self.ideas:
            words = ngettext("%(n)s other piece of writing", "%(n)s other pieces of writing", n)
        else:
            words = ngettext("%(n)s piece of writing", "%(n)s pieces of writing", n)
        return words % {"n": n}


def page_of(content: dict[str, Any]) -> Page:
    """Make the page of a report's data. Raises KeyError for a form of data this release does not know."""
    template = TEMPLATES[content["format"]]
    parts = [_part(block) for block in content["blocks"]]
    rests = [rest for part in parts for rest in part["rests"]]
    return Page(
        template=template,
        content=content,
        summary=render(content["summary"]),
        parts=parts,
        claims=len(rests),
        with_evidence=sum(bool(rest) for rest in rests),
    )


def _part(block: dict[str, Any]) -> dict[str, Any]:
    part = {"kind": block["kind"], "key": block["key"], "heading": block["heading"], "rests": []}
    if block["kind"] == "outcome":
        return part | _figure(block)
    part["html"] = render(block["text"])
    if block["kind"] == "insights":
        part["insights"] = [_insight(one) for one in block["insights"]]
        part["rests"] = [one["rest"] for one in part["insights"]]
    return part


def _figure(block: dict[str, Any]) -> dict[str, Any]:
    outcome = block["outcome"]
    counted, written = turnout_in(outcome), {gid for gid, idea in block["ideas"].items() if "sort" in idea}
    rest = Rest(
        ideas=set(block["ideas"]) - written,
        pieces=written,
        dots=sum(row.get("dots", 0) for row in outcome.get("rows", ()) if isinstance(row, dict)),
        answers=counted.answered if counted and "dots_placed" not in outcome else 0,
        workshops={block["workshop"]["id"]},
    )
    template = template_of(outcome["kind"])
    in_groups = {gid for cluster in block["clusters"].values() for gid in cluster["ideas"]}
    return {
        "block": block,
        "outcome": outcome,
        "caption": render(block["caption"]),
        "ideas": block["ideas"],
        "clusters": block["clusters"],
        "template": template,
        "table": None if template else table_of(outcome, block, public=True),
        "rest": rest,
        "rests": [rest],
        "turnout": counted,
        "titled": block["heading"] == outcome.get("title"),
        "anchor": anchor_of(outcome["id"]),
        "groups": [
            {
                "title": cluster["title"],
                "count": len(cluster["ideas"]),
                "ideas": _spoken([block["ideas"].get(gid) for gid in cluster["ideas"]]),
            }
            for cluster in block["clusters"].values()
        ],
        "loose": _loose(block, in_groups | written),
        "written": _loose(block, block["ideas"].keys() - written),
        "day": moment_of(block["workshop"].get("closed_at")),
    }


def _loose(block: dict[str, Any], but: Collection[str]) -> dict[str, Any]:
    """How many there are besides those, and the words that may be shown."""
    left = [idea for gid, idea in block["ideas"].items() if gid not in but]
    return {"count": len(left), "ideas": _spoken(list(left))}


def _spoken(ideas: list[dict[str, Any] | None]) -> list[dict[str, Any]]:
    return [idea for idea in ideas if idea is not None and idea["text"]]


def _insight(frozen: dict[str, Any]) -> dict[str, Any]:
    rest = Rest()
    for row in frozen["evidence"]:
        _count(rest, row)
    return {
        "id": frozen.get("id"),
        "statement": frozen["statement"],
        "status": STATUSES.get(frozen["status"], frozen["status"]),
        "status_key": frozen["status"],
        "tags": frozen["tags"],
        "rest": rest,
        "chain": [evidence_of(row) for row in frozen["evidence"]],
    }


def _count(rest: Rest, row: dict[str, Any]) -> None:
    if row["kind"] == Evidence.Kind.NOTE:
        rest.notes += 1
    elif row["kind"] == Evidence.Kind.LINK:
        rest.links += 1
    elif row["kind"] == Evidence.Kind.VOTE:
        rest.dots += row.get("dots", 0)
    elif "idea_gids" in row:
        rest.ideas.update(row["idea_gids"])
    else:
        rest.ideas.add(row["source"])
    if "workshop" in row:
        rest.workshops.add(row["workshop"]["id"])


def evidence_of(row: dict[str, Any]) -> dict[str, Any]:
    """One piece of evidence for a template: what it is, its words, how strong, where from."""
    workshop = row.get("workshop")
    return row | {
        "label": Evidence.Kind(row["kind"]).label,
        "strength_label": pgettext("evidence", STRENGTHS.get(row["strength"], row["strength"])),
        "day": moment_of(workshop["day"]) if workshop else None,
        "anchor": anchor_of(row.get("where", "")),
    }


def anchor_of(outcome: str) -> str:
    """Where an outcome ("a3/1") stands on its archive's page."""
    return f"outcome-{outcome.replace('/', '-')}" if outcome else ""


def part_of(page: Page, figure: int) -> dict[str, Any] | None:
    """The outcome with this figure number."""
    return next(
        (part for part in page.parts if part["kind"] == "outcome" and part["block"]["figure"] == figure), None
    )
