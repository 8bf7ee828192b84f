"""Writing on the insight board."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from insights.models import Evidence, Insight, InsightTag
from insights.queries import fold

if TYPE_CHECKING:
    import datetime

    from challenges.models import Challenge, Phase
    from insights.sources import Taken
    from lab_workspace.people.models import User
    from workshops.models import Workshop

MAX_TAGS = 8


def clean_tags(tags: Iterable[str]) -> list[str]:
    """The tags in lower case, once each, in order; at most MAX_TAGS of at most 60 characters."""
    names = (" ".join(tag.lower().split())[:60].strip() for tag in tags)
    return list(dict.fromkeys(name for name in names if name))[:MAX_TAGS]


@transaction.atomic
def write_insight(
    challenge: Challenge,
    by: User | None,
    statement: str,
    *,
    status: str = Insight.Status.EMERGING,
    tags: Iterable[str] = (),
    phase: Phase | None = None,
    at: datetime.datetime | None = None,
) -> Insight:
    """Put a new insight on the board. `at` is when it was written, now unless told."""
    now = at or timezone.now()
    insight = Insight.objects.create(
        challenge=challenge,
        phase=phase,
        statement=statement,
        status=status,
        author=by,
        created_at=now,
        updated_at=now,
    )
    _set_tags(insight, tags)
    index(insight)
    return insight


@transaction.atomic
def edit_insight(
    insight: Insight, *, statement: str, status: str, tags: Iterable[str], phase: Phase | None
) -> None:
    """Change an insight. Published reports keep the words they were published with."""
    insight.statement, insight.status, insight.phase = statement, status, phase
    insight.updated_at = timezone.now()
    insight.save(update_fields=["statement", "status", "phase", "updated_at"])
    _set_tags(insight, tags)
    index(insight)


def withdraw_insight(insight: Insight, by: User) -> None:
    """Take an insight off the board. It can be put back."""
    Insight.objects.filter(pk=insight.pk, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_by=by
    )


def restore_insight(insight: Insight) -> None:
    """Put a withdrawn insight back on the board."""
    Insight.objects.filter(pk=insight.pk).update(withdrawn_at=None, withdrawn_by=None)


@transaction.atomic
def add_evidence(
    insight: Insight,
    by: User | None,
    *,
    kind: str = Evidence.Kind.NOTE,
    note: str = "",
    url: str = "",
    strength: str = Evidence.Strength.MODERATE,
    workshop: Workshop | None = None,
    source: str = "",
    outcome: str = "",
) -> Evidence:
    """Add something that the insight rests on. The same idea, cluster or vote is kept once."""
    fields = {"note": note, "url": url, "strength": strength, "created_by": by}
    if source:
        evidence, _made = Evidence.objects.update_or_create(
            insight=insight,
            kind=kind,
            source=source,
            outcome=outcome,
            defaults={"removed_at": None},
            create_defaults=fields | {"workshop": workshop},
        )
    else:
        evidence = Evidence.objects.create(insight=insight, kind=kind, workshop=workshop, **fields)
    _touch(insight)
    return evidence


@transaction.atomic
def remove_evidence(evidence: Evidence) -> None:
    """Take a piece of evidence away. It can be put back."""
    evidence.removed_at = timezone.now()
    evidence.save(update_fields=["removed_at"])
    _touch(evidence.insight)


@transaction.atomic
def restore_evidence(evidence: Evidence) -> None:
    """Put a removed piece of evidence back."""
    evidence.removed_at = None
    evidence.save(update_fields=["removed_at"])
    _touch(evidence.insight)


@transaction.atomic
def take(insight: Insight, by: User, taken: Iterable[Taken], *, note: str = "", strength: str) -> None:
    """Make ideas, clusters and votes of a workshop evidence of an insight, with their identity."""
    for one in taken:
        add_evidence(
            insight,
            by,
            kind=one.kind,
            note=note,
            strength=strength,
            workshop=one.workshop,
            source=one.source,
            outcome=one.outcome,
        )


def index(insight: Insight) -> None:
    """Make again what the search looks in: statement, tags and notes."""
    tags = insight.tags.values_list("name", flat=True)
    notes = insight.evidence.filter(removed_at=None).values_list("note", flat=True).distinct()
    insight.words = fold("\n".join([insight.statement, *tags, *notes]))
    insight.save(update_fields=["words"])


def _touch(insight: Insight) -> None:
    insight.updated_at = timezone.now()
    insight.save(update_fields=["updated_at"])
    index(insight)


def _set_tags(insight: Insight, tags: Iterable[str]) -> None:
    names = clean_tags(tags)
    insight.tags.exclude(name__in=names).delete()
    InsightTag.objects.bulk_create(
        [InsightTag(insight=insight, name=name) for name in names], ignore_conflicts=True
    )
