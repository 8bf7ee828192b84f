"""Making the copy of a workshop that is rehearsed in, and finding the ones to clear. Nothing of a copy is kept."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from realtime.kinds import Refused
from realtime.ledger import Refusal, by_system, run
from workshops import actions
from workshops.models import Workshop
from workshops.prepare import agendas, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from lab_workspace.people.models import User
    from workshops.live.state import Idea, State

KEPT_HOURS = 24
"""A rehearsal that nobody ended is cleared after this."""


def make_copy(workshop: Workshop, user: User, people: int, speed: str) -> Workshop:
    """Make a rehearsal of a workshop: its agenda, settings, notes and prepared lists; nothing of what people did.

    Rehearsals of it that were made before are cleared. Raises Refused.
    """
    state = plan.state_of(workshop)
    with transaction.atomic():
        clear_all(rehearsals_of(workshop))
        copy = actions.make_workshop(
            workshop.challenge,
            workshop.title,
            timezone.now(),
            workshop.minutes,
            user,
            purpose=workshop.purpose,
            rehearsal_of=workshop,
        )
        agendas.put_on(copy, agendas.parts_of(state))
        begin = by_system(f"begin-{copy.stream_id.hex}", "rehearsal.begin", people=people, speed=speed)
        (answer,) = run(copy.stream_id, begin)
        if isinstance(answer, Refusal):
            raise Refused(answer.code, answer.sentence)
        for step_id, lines in _prepared(state):
            actions.bring_in(copy, user, step_id, lines)
    return copy


def _prepared(state: State) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Give the lines of prepared lists, each with its step in the copy, where they are a1, a2 and so on."""
    for place, step in enumerate(state.order()):
        lines = [_line(idea) for idea in state.ideas_of(step.id) if idea.brought is not None]
        if lines:
            yield f"a{place + 1}", lines


def _line(idea: Idea) -> dict[str, str]:
    consent = idea.brought.consent if idea.brought is not None else "internal"
    return {"text": idea.text, "how": "typed", "consent": consent}


def rehearsals_of(workshop: Workshop) -> QuerySet[Workshop]:
    """Give a workshop's rehearsals, over or not, the newest first."""
    return Workshop.rooms.filter(rehearsal_of=workshop).order_by("-created_at")


def under_way(workshop: Workshop) -> Workshop | None:
    """Give the rehearsal of a workshop that somebody may go on with."""
    return rehearsals_of(workshop).exclude(state=Workshop.State.CLOSED).first()


def forgotten(now: datetime.datetime) -> QuerySet[Workshop]:
    """Give the rehearsals to clear: what is over, and what was begun more than a day ago."""
    long_ago = now - datetime.timedelta(hours=KEPT_HOURS)
    over = Q(state=Workshop.State.CLOSED) | Q(created_at__lte=long_ago)
    return Workshop.rooms.exclude(rehearsal_of=None).filter(over).order_by("created_at")


def clear_all(copies: QuerySet[Workshop]) -> int:
    """Delete these copies with their logs; gives how many."""
    found = list(copies)
    for copy in found:
        actions.clear_rehearsal(copy)
    return len(found)
