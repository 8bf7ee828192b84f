"""What a report shows, gathered into plain data: previewed as it is, frozen when published.

The data holds copies of everything a reader sees, with the consent rules already applied; nothing that
must not be seen is in it. Its form is numbered (FORMAT), and each number keeps its own templates.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from insights.models import Block, Insight, Report
from insights.queries import blocks_of
from insights.sources import Sources, quote
from workshops.models import Consent, IdeaRecord
from workshops.results.archive import outcome_of, readable
from workshops.results.outcomes import strings_in

FORMAT = 1
FIXED = (
    *("id", "step", "round", "kind", "title", "prompt", "target"),
    *("choices", "ratings", "proposal", "before"),
)
"""What staff wrote, and the machine needs."""
WORDED = {"text", "words", "title", "label", "name"}
LONG = 8


def build(report: Report) -> dict[str, Any]:
    """The content of `report` as it stands now. Blocks that have nothing to show are left out."""
    blocks = blocks_of(report)
    insights = [insight for block in blocks for insight in block.insights.all()]
    sources = Sources.of(row for insight in insights for row in insight.evidence.all())
    ideas = _records(blocks)
    shown: list[dict[str, Any]] = []
    for block in blocks:
        made = _block(block, sources, ideas)
        if made is not None:
            made["key"] = f"part-{len(shown) + 1}"
            shown.append(made)
    figures = (one for one in shown if one["kind"] == Block.Kind.OUTCOME)
    for number, figure in enumerate(figures, start=1):
        figure["figure"] = number
    challenge = report.challenge
    return {
        "format": FORMAT,
        "title": report.title,
        "authors": report.authors,
        "licence": report.licence,
        "summary": report.summary,
        "challenge": {"title": challenge.title, "question": challenge.question, "partner": challenge.partner},
        "blocks": shown,
    }


def _records(blocks: list[Block]) -> dict[str, IdeaRecord]:
    workshops = {block.archive.workshop_id for block in blocks if block.archive is not None}
    if not workshops:
        return {}
    return {idea.gid: idea for idea in IdeaRecord.objects.filter(workshop__in=workshops)}


def _block(block: Block, sources: Sources, ideas: dict[str, IdeaRecord]) -> dict[str, Any] | None:
    match block.kind:
        case Block.Kind.TEXT:
            return {"kind": block.kind, "heading": block.heading, "text": block.text}
        case Block.Kind.INSIGHTS:
            insights = [_insight(one, sources) for one in block.insights.all() if one.withdrawn_at is None]
            if not insights:
                return None
            return {"kind": block.kind, "heading": block.heading, "text": block.text, "insights": insights}
        case _:
            return _outcome(block, ideas)


def _insight(insight: Insight, sources: Sources) -> dict[str, Any]:
    return {
        "id": insight.pk,
        "statement": insight.statement,
        "status": insight.status,
        "tags": [tag.name for tag in insight.tags.all()],
        "written": insight.created_at.date().isoformat(),
        "evidence": [sources.show(row, public=True) for row in insight.evidence.all()],
    }


def _outcome(block: Block, records: dict[str, IdeaRecord]) -> dict[str, Any] | None:
    outcome = outcome_of(block.archive, block.outcome) if block.archive else None
    if block.archive is None or outcome is None:
        return None
    sealed = readable(block.archive)
    public = {gid: _public_idea(one, records.get(gid)) for gid, one in sealed.get("ideas", {}).items()}
    outcome, clusters = _without_words(
        outcome, _clusters(outcome, sealed), public, _unsaid(sealed, records, public)
    )
    ideas = {gid: public[gid] for gid in _gids([outcome, clusters], public)}
    workshop = sealed["workshop"]
    return {
        "kind": block.kind,
        "heading": block.heading,
        "caption": block.text,
        "outcome": outcome,
        "ideas": ideas,
        "clusters": clusters,
        "kept": sum(idea["withheld"] == "internal" for idea in ideas.values()),
        "workshop": {key: workshop.get(key) for key in ("id", "title", "opened_at", "closed_at")},
        "seal": {
            "seq": block.archive.seq,
            "head": block.archive.chain_head,
            "sha256": block.archive.sha256,
        },
    }


def _clusters(outcome: dict[str, Any], sealed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The clusters that an outcome speaks of, as they were in that round where it says so itself."""
    known = sealed.get("clusters", {})
    clusters = {gid: dict(known[gid]) for gid in _gids(outcome, known)}
    for one in outcome.get("clusters", ()):
        if isinstance(one, dict):
            clusters[one["id"]] = {"title": one["title"], "ideas": one["ideas"], "step": outcome["step"]}
    return clusters


def _unsaid(
    sealed: dict[str, Any], records: dict[str, IdeaRecord], public: dict[str, dict[str, Any]]
) -> list[str]:
    """The words that must stand nowhere in what is published."""
    words = []
    for gid, idea in public.items():
        if idea["withheld"]:
            words += [sealed["ideas"][gid].get("text", ""), records[gid].text if gid in records else ""]
    return [text for text in set(words) if text]


def _without_words(
    outcome: dict[str, Any],
    clusters: dict[str, dict[str, Any]],
    public: dict[str, dict[str, Any]],
    unsaid: list[str],
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The same without words that stay inside the Lab, wherever an activity has copied them to."""

    def says(text: str, key: str) -> bool:
        # A short idea ("Yes") may be part of anything; a longer one inside other words was copied there.
        whole = key in WORDED and text in unsaid
        return whole or any(words in text for words in unsaid if len(words) >= LONG)

    def clean(thing: Any, key: str = "") -> Any:
        if isinstance(thing, str):
            return "" if thing not in public and thing not in clusters and says(thing, key) else thing
        if isinstance(thing, list):
            return [clean(one, key) for one in thing]
        if isinstance(thing, dict):
            about = public.get(str(thing.get("item", thing.get("id", ""))))
            mute = WORDED if about and about["withheld"] else set()
            return {name: "" if name in mute else clean(one, name) for name, one in thing.items()}
        return thing

    # What staff wrote and the machine needs stays as it is.
    fixed = {name: outcome[name] for name in FIXED if name in outcome}
    shown = clean(clusters)
    for cluster in shown.values():
        cluster["title"] = cluster["title"] or _("Group without a name")
    return clean(outcome) | fixed, shown


def _public_idea(sealed: dict[str, Any], record: IdeaRecord | None) -> dict[str, Any]:
    """An idea in the form that the archive's templates read, without anything withheld."""
    consent = sealed.get("consent", Consent.INTERNAL)
    words = quote(record, public=True, sealed_consent=consent)
    why: str = words["withheld"]
    if why == "hidden" and sealed.get("merged_into"):
        why = "merged"
    sort = {"sort": sealed["sort"]} if "sort" in sealed else {}
    return sort | {
        "text": words["text"],
        "credit": words["credit"],
        "consent": Consent.INTERNAL.value if why else consent,
        "withheld": why,
        "hidden": why in {"hidden", "gone"},
        "step": sealed.get("step", ""),
        "merged_into": sealed.get("merged_into"),
    }


def _gids(thing: Any, known: dict[str, Any]) -> list[str]:
    """Every id of `known` that stands anywhere in `thing`, once, in order: for kinds not yet invented too."""
    return list(dict.fromkeys(text for text in strings_in(thing) if text in known))
