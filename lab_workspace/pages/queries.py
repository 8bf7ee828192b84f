"""Reads that join areas, for the home page."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q
from django.utils import timezone

from challenges.models import Challenge, Membership, Phase
from challenges.queries import visible_challenges
from lab_workspace.pages.year import Year, year_of
from workshops.models import Workshop

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from lab_workspace.people.models import User


# The roles that may run a workshop: as `challenges.permissions.can_facilitate`, for many challenges at once.
RUNNING = (Membership.Role.STAFF, Membership.Role.FACILITATOR)


@dataclass(frozen=True)
class Mine:
    """A challenge of somebody's, and where it is in its year."""

    challenge: Challenge
    year: Year


def my_challenges(user: User | AnonymousUser, now: datetime.datetime) -> list[Mine]:
    """The challenges that somebody may see, each with its place in the year. Three queries in all."""
    challenges = visible_challenges(user).prefetch_related(
        Prefetch("phases", Phase.objects.order_by("starts")), "workshops"
    )
    return [
        Mine(
            challenge, year_of(challenge, list(challenge.phases.all()), list(challenge.workshops.all()), now)
        )
        for challenge in challenges
    ]


@dataclass(frozen=True)
class OnToday:
    """A workshop that is open or comes later today, and whether this person may run it."""

    workshop: Workshop
    may_run: bool


def workshops_today(user: User | AnonymousUser, now: datetime.datetime) -> list[OnToday]:
    """The workshops of somebody's challenges that are open, or planned for the day of `now`. Two queries."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    planned = Q(state=Workshop.State.PLANNED, starts_at__gte=midnight)
    today = planned & Q(starts_at__lt=midnight + datetime.timedelta(days=1))
    mine = Workshop.objects.filter(challenge__in=visible_challenges(user).values("pk"))
    chosen = mine.filter(Q(state=Workshop.State.OPEN) | today)
    workshops = chosen.select_related("challenge").order_by("starts_at")
    run = set(
        Membership.objects.filter(user=user.pk, role__in=RUNNING).values_list("challenge_id", flat=True)
    )
    return [OnToday(one, user.is_staff or one.challenge_id in run) for one in workshops]
