"""Reading workshops."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404

from challenges.queries import teams_of
from workshops.models import Archive, SavedAgenda, Workshop

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from challenges.models import Challenge
    from lab_workspace.people.models import User

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code survives being read out and typed."""


def workshops_of(challenge: Challenge) -> QuerySet[Workshop]:
    """Give a challenge's workshops in order of their start."""
    return Workshop.objects.filter(challenge=challenge).select_related("phase")


def workshop_or_404(workshop_id: uuid.UUID) -> Workshop:
    """Find a workshop or a rehearsal with its challenge. Raises Http404."""
    try:
        return Workshop.rooms.select_related("challenge", "stream").get(pk=workshop_id)
    except Workshop.DoesNotExist as missing:
        raise Http404 from missing


def tidy_code(typed: str) -> str:
    """Read a typed code kindly: case, spaces, hyphens and look-alike letters don't matter."""
    plain = "".join(typed.upper().split()).replace("-", "")
    return plain.replace("O", "0").replace("I", "1").replace("L", "1").replace("U", "V")


def workshop_with_code(typed: str) -> Workshop | None:
    """Find the workshop or rehearsal that a join code opens; closed ones have no way in."""
    code = tidy_code(typed)
    if not code or not set(code) <= set(CODE_LETTERS):
        return None
    return (
        Workshop.rooms.select_related("challenge", "stream")
        .filter(code=code)
        .exclude(state=Workshop.State.CLOSED)
        .first()
    )


def shown_code(code: str) -> str:
    """Write a code as people read it out: in two halves."""
    return f"{code[:4]} {code[4:]}"


def archive_of(workshop: Workshop) -> Archive | None:
    """Find what a closed workshop left behind; None before it is closed."""
    return Archive.objects.select_related("workshop__challenge").filter(workshop=workshop).first()


def saved_agendas_for(user: User, challenge: Challenge) -> QuerySet[SavedAgenda]:
    """Give what somebody who facilitates this challenge may start from: their own, and what is shared with them."""
    shared = Q(shared_with=SavedAgenda.For.ALL) | Q(
        shared_with=SavedAgenda.For.CHALLENGE, challenge=challenge
    )
    return (
        SavedAgenda.objects.filter(Q(owner=user) | shared, deleted_at=None)
        .select_related("owner", "challenge")
        .order_by("title", "made_at")
    )


def saved_agenda_or_404(saved_id: uuid.UUID) -> SavedAgenda:
    """Find a saved agenda, deleted or not. Raises Http404."""
    try:
        return SavedAgenda.objects.select_related("owner", "challenge").get(pk=saved_id)
    except SavedAgenda.DoesNotExist as missing:
        raise Http404 from missing


def people_in_teams(workshop: Workshop) -> dict[str, list[str]]:
    """Give who of this workshop is in which team of its challenge, by their pseudonyms. Nobody is in two."""
    seats = {seat.user_id: seat.actor for seat in workshop.attendances.exclude(user=None)}
    found: dict[str, list[str]] = {}
    for team in teams_of(workshop.challenge):
        members = [seats.pop(member.user_id) for member in team.members.all() if member.user_id in seats]
        if members:
            found[team.name[:40]] = members
    return found
