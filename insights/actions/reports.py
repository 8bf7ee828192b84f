"""Drafting a report: its words and its blocks. Publishing is in `publishing`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.slugs import free_slug
from insights.models import Block, Insight, Report
from insights.starting import starting_blocks

if TYPE_CHECKING:
    from challenges.models import Challenge
    from lab_workspace.people.models import User
    from workshops.models import Archive


def _is_taken(slug: str) -> bool:
    return Report.objects.filter(slug=slug).exists()


@transaction.atomic
def new_report(
    challenge: Challenge, by: User | None, *, title: str = "", archive: Archive | None = None
) -> Report:
    """Begin a draft; from an archive, with blocks that tell what happened and show every outcome."""
    if not title:
        about = archive.workshop.title if archive else challenge.title
        title = _("%(title)s: what we learned") % {"title": about}
    authors = _("Q Lab team with %(partner)s") % {"partner": challenge.partner} if challenge.partner else ""
    report = Report.objects.create(
        challenge=challenge,
        title=title[:160],
        slug=free_slug(title, "report", _is_taken),
        authors=(authors or _("Q Lab team"))[:200],
        created_by=by,
    )
    if archive is not None:
        blocks = starting_blocks(report, archive)
        for position, block in enumerate(blocks):
            block.position = position
        Block.objects.bulk_create(blocks)
    return report


def edit_report(report: Report, *, title: str, summary: str, authors: str, licence: str) -> None:
    """Change the draft's title page. What is published stays as it is."""
    report.title, report.summary, report.authors, report.licence = title, summary, authors, licence
    report.save(update_fields=["title", "summary", "authors", "licence", "updated_at"])


@transaction.atomic
def add_block(
    report: Report,
    kind: str,
    *,
    heading: str = "",
    text: str = "",
    archive: Archive | None = None,
    outcome: str = "",
    insights: Iterable[Insight] = (),
) -> Block:
    """Add a block at the end of the draft."""
    last = report.blocks.aggregate(last=Max("position"))["last"]
    block = Block.objects.create(
        report=report,
        kind=kind,
        position=0 if last is None else last + 1,
        heading=heading,
        text=text,
        archive=archive,
        outcome=outcome,
        seal=archive.sha256 if archive else "",
    )
    block.insights.set(insights)
    _touch(report)
    return block


@transaction.atomic
def edit_block(
    block: Block,
    *,
    heading: str = "",
    text: str = "",
    archive: Archive | None = None,
    outcome: str = "",
    insights: Iterable[Insight] = (),
) -> None:
    """Change a block. Choosing an outcome, even the same one again, accepts its archive as it is now."""
    block.heading, block.text = heading, text
    if block.kind == Block.Kind.OUTCOME:
        block.archive, block.outcome = archive, outcome
        block.seal = archive.sha256 if archive else ""
    block.save()
    if block.kind == Block.Kind.INSIGHTS:
        block.insights.set(insights)
    _touch(block.report)


@transaction.atomic
def move_block(block: Block, step: int) -> bool:
    """Move a block past its neighbour: -1 up, 1 down. False when it stands at the edge already."""
    # All positions are written again: two people moving at once must not leave two blocks on one place.
    blocks = list(block.report.blocks.select_for_update().filter(removed_at=None))
    at = next((n for n, one in enumerate(blocks) if one.pk == block.pk), None)
    if at is None:
        return False
    to = at + step
    if not 0 <= to < len(blocks):
        return False
    blocks[at], blocks[to] = blocks[to], blocks[at]
    for position, one in enumerate(blocks):
        one.position = position
    Block.objects.bulk_update(blocks, ["position"])
    _touch(block.report)
    return True


def remove_block(block: Block) -> None:
    """Take a block out of the draft. It can be put back, where it was."""
    Block.objects.filter(pk=block.pk, removed_at=None).update(removed_at=timezone.now())
    _touch(block.report)


def restore_block(block: Block) -> None:
    """Put a removed block back."""
    Block.objects.filter(pk=block.pk).update(removed_at=None)
    _touch(block.report)


def _touch(report: Report) -> None:
    report.save(update_fields=["updated_at"])
