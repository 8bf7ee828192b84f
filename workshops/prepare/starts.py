"""What a new workshop can start from: a format of ours, an agenda somebody saved, an earlier workshop, or nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from workshops import permissions
from workshops.activities.registry import activity_of
from workshops.formats import FORMATS, Format, Part
from workshops.models import SavedAgenda, Workshop
from workshops.prepare import agendas, plan

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence

    from django_stubs_ext import StrOrPromise

    from challenges.models import Challenge
    from lab_workspace.people.models import User
    from workshops.activities.base import Activity

EMPTY = "empty"
DEFAULT = "usual"


@dataclass(frozen=True)
class Line:
    """One part of a preview: after how many minutes it begins, what it is, how long it takes."""

    at: int
    part: Part
    activity: Activity


@dataclass(frozen=True)
class Start:
    """Something to start from, for its preview and for making the workshop. `key` is its address."""

    key: str
    title: StrOrPromise
    parts: Sequence[Part]
    purpose: StrOrPromise = ""
    people: StrOrPromise = ""
    comes_out: StrOrPromise = ""
    saved: SavedAgenda | None = None
    may_change: bool = False
    held_on: datetime.datetime | None = None
    question: str = field(default="", compare=False)

    @property
    def minutes(self) -> int:
        """How long all parts take."""
        return sum(part.minutes for part in self.parts)

    def lines(self) -> Iterator[Line]:
        """Give the agenda as it would stand."""
        at = 0
        for part in agendas.in_words(self.parts, self.question):
            yield Line(at, part, activity_of(part.kind))
            at += part.minutes


def of_format(one: Format, challenge: Challenge) -> Start:
    """Give one of our formats."""
    return Start(
        one.key,
        one.title,
        one.parts,
        one.purpose,
        one.people,
        one.comes_out,
        question=challenge.question,
    )


def of_saved(saved: SavedAgenda, challenge: Challenge, user: User) -> Start:
    """Give an agenda that somebody saved, as it would stand in this challenge.

    Where it asks the challenge's question it asks this one's: the one it was saved in may be nobody else's business.
    """
    return Start(
        f"saved-{saved.pk}",
        saved.title,
        agendas.from_data(saved.steps),
        saved.about,
        saved=saved,
        may_change=permissions.can_change_saved(user, saved),
        question=challenge.question,
    )


def of_workshop(workshop: Workshop) -> Start:
    """Give the agenda of another workshop."""
    parts = agendas.parts_of(plan.state_of(workshop))
    title = workshop.title
    return Start(f"workshop-{workshop.pk}", title, parts, workshop.purpose, held_on=workshop.starts_at)


def found(key: str, challenge: Challenge, user: User) -> Start | None:
    """Find what a key stands for; None if it isn't there, or isn't for this person."""
    if key == EMPTY:
        return Start(EMPTY, _("An empty agenda"), (), _("You add the activities one by one."))
    if key in FORMATS:
        return of_format(FORMATS[key], challenge)
    sort, _dash, rest = key.partition("-")
    try:
        given = uuid.UUID(rest)
    except ValueError:
        return None
    if sort == "saved":
        saved = (
            SavedAgenda.objects.select_related("challenge", "owner").filter(pk=given, deleted_at=None).first()
        )
        return of_saved(saved, challenge, user) if saved and permissions.can_start_from(user, saved) else None
    if sort == "workshop":
        workshop = Workshop.objects.filter(pk=given, challenge=challenge).first()
        return of_workshop(workshop) if workshop else None
    return None
