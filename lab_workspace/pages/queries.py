"""Reads that join areas, for the home page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from challenges.models import Challenge, Phase
from challenges.queries import visible_challenges
from lab_workspace.pages.year import Year, year_of
from workshops.models import Workshop

if TYPE_CHECKING:
    import datetime

    from django.contrib.auth.models import AnonymousUser

    from lab_workspace.people.models import User


@dataclass(frozen=True)
class Mine:
    """A challenge of somebody's, and where it is in its year."""

    challenge: Challenge
    year: Year


def my_challenges(user: User | AnonymousUser, now: datetime.datetime) -> list[Mine]:
    """The challenges that somebody may see, each with its place in the year. Three queries, whatever their number."""
    challenges = visible_challenges(user).prefetch_related(
        Prefetch("phases", Phase.objects.order_by("starts")), "workshops"
    )
    return [
        Mine(challenge, year_of(challenge, challenge.phases.all(), challenge.workshops.all(), now))
        for challenge in challenges
    ]


def workshops_now(user: User | AnonymousUser) -> list[Workshop]:
    """The workshops that are open now in somebody's challenges. One query."""
    mine = Workshop.objects.filter(challenge__in=visible_challenges(user).values("pk"))
    return list(mine.filter(state=Workshop.State.OPEN).select_related("challenge").order_by("starts_at"))
