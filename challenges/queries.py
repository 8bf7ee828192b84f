"""Reads of challenges. Whoever may not see a challenge gets 404, never a hint that it exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from challenges.models import Challenge, Membership, Phase, Team

if TYPE_CHECKING:
    import datetime

    from django.contrib.auth.models import AnonymousUser

    from lab_workspace.people.models import User


def roles_of(user: User | AnonymousUser, challenge: Challenge) -> set[str]:
    """The roles that somebody holds in `challenge`; none for a visitor. One query for a signed-in person."""
    if not user.is_authenticated:
        return set()
    return set(Membership.objects.filter(challenge=challenge, user_id=user.pk).values_list("role", flat=True))


def visible_challenges(user: User | AnonymousUser) -> QuerySet[Challenge]:
    """The challenges that somebody may see from inside: all for staff, else those they are a member of."""
    if not user.is_authenticated or not user.is_active:
        return Challenge.objects.none()
    if user.is_staff:
        return Challenge.objects.all()
    # A subquery, not a join: somebody with two roles must not see the challenge twice.
    return Challenge.objects.filter(pk__in=Membership.objects.filter(user_id=user.pk).values("challenge_id"))


def challenge_or_404(user: User | AnonymousUser, slug: str) -> Challenge:
    """The challenge with this slug, for members and staff.

    Raises:
        django.http.Http404: there is none, or this person may not see it.
    """
    return get_object_or_404(visible_challenges(user), slug=slug)


def page_or_404(user: User | AnonymousUser, slug: str) -> Challenge:
    """The challenge with this slug, for whoever may see its page: members, staff, everybody if it is public.

    Raises:
        django.http.Http404: there is none, or this person may not see it.
    """
    inside = Q(pk__in=visible_challenges(user).values("pk"))
    return get_object_or_404(Challenge.objects.filter(inside | Q(public=True)), slug=slug)


def phases_of(challenge: Challenge) -> list[Phase]:
    """The phases in the order of the year."""
    return list(challenge.phases.order_by("starts"))


def phase_on(challenge: Challenge, day: datetime.date) -> Phase | None:
    """The phase that `day` lies in; None before, between and after them."""
    return challenge.phases.filter(starts__lte=day, ends__gte=day).first()


def teams_of(challenge: Challenge) -> QuerySet[Team]:
    """The teams in the order they were made, with their members. Two queries."""
    return challenge.teams.order_by("pk").prefetch_related("members__user")


def members_of(challenge: Challenge) -> QuerySet[Membership]:
    """Every role that somebody holds, with the person, by name. One query."""
    return challenge.memberships.select_related("user").order_by("user__name", "user__email", "pk")
