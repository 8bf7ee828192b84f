"""What would not hold up if a draft were published now, in sentences for its author."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.models import Block, Report
from insights.queries import blocks_of
from workshops.results.archive import intact, outcome_of
from workshops.results.outcomes import role_rule


def problems_of(report: Report) -> list[str]:
    """Everything that stops publishing; empty when the report is ready."""
    found: list[str] = []
    if not report.summary.strip():
        found.append(_("There is no summary in plain words."))
    blocks = blocks_of(report)
    if not blocks:
        found.append(_("There is nothing in the report yet. Add at least one section."))
    for block in blocks:
        name = block.heading or block.get_kind_display()
        match block.kind:
            case Block.Kind.TEXT:
                found += _text_problems(block, name)
            case Block.Kind.OUTCOME:
                found += _outcome_problems(block, name)
            case _:
                found += _insight_problems(block, name)
    return found


def _text_problems(block: Block, name: str) -> list[str]:
    if block.text.strip():
        return []
    return [_("The section “%(name)s” is empty. Write it or remove it.") % {"name": name}]


def _outcome_problems(block: Block, name: str) -> list[str]:
    if block.archive is None:
        return [_("“%(name)s” rests on an archive that is no longer there.") % {"name": name}]
    if not intact(block.archive) or block.archive.sha256 != block.seal:
        return [_("The archive that “%(name)s” rests on has changed since it was sealed.") % {"name": name}]
    if outcome_of(block.archive, block.outcome) is None:
        return [_("“%(name)s” shows an outcome that its archive does not hold.") % {"name": name}]
    return []


def _insight_problems(block: Block, name: str) -> list[str]:
    insights = list(block.insights.all())
    if not insights:
        return [_("“%(name)s” holds no insight. Choose one or remove it.") % {"name": name}]
    found = []
    for insight in insights:
        words = {"statement": insight.statement}
        if insight.withdrawn_at is not None:
            found.append(_("The insight “%(statement)s” was taken off the board.") % words)
        elif not insight.evidence.all():
            found.append(_("The insight “%(statement)s” has no evidence yet.") % words)
    return found


def remarks_of(content: dict[str, Any]) -> list[str]:
    """What an author should know before publishing, without being stopped."""
    blocks = content["blocks"]
    whys = {gid: idea["withheld"] for block in blocks for gid, idea in block.get("ideas", {}).items()}
    rests = [row for block in blocks for insight in block.get("insights", ()) for row in insight["evidence"]]
    kept = [gid for gid, why in whys.items() if why == "internal"]
    taken = [gid for gid, why in whys.items() if why not in ("", "internal")]
    in_evidence = sum(
        row.get("kept", 0) + (row.get("quote", {}).get("withheld") == "internal") for row in rests
    )
    quoted = "" in whys.values() or any(row.get("ideas") or row.get("quote", {}).get("text") for row in rests)
    remarks = []
    if n := len(kept):
        remarks.append(
            ngettext(
                "%(n)s piece of writing kept inside the Lab: counted, its words are not shown.",
                "%(n)s pieces of writing kept inside the Lab: counted, their words are not shown.",
                n,
            )
            % {"n": n}
        )
    if n := in_evidence:
        remarks.append(
            ngettext(
                "%(n)s piece of writing that insights rest on is kept inside the Lab.",
                "%(n)s pieces of writing that insights rest on are kept inside the Lab.",
                n,
            )
            % {"n": n}
        )
    if n := len(taken):
        remarks.append(
            ngettext(
                "%(n)s idea was taken down in its workshop: counted, its words are not shown.",
                "%(n)s ideas were taken down in their workshop: counted, their words are not shown.",
                n,
            )
            % {"n": n}
        )
    if quoted:
        remarks.append(role_rule())
    return remarks
