"""What all pages of preparing share: who may come in, and what the agenda shows."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from challenges import permissions as challenge_rights
from workshops import permissions, queries
from workshops.prepare import plan, shelf

if TYPE_CHECKING:
    from django.http import HttpRequest

    from workshops.live.state import State, Step
    from workshops.models import Workshop


def to_prepare(request: HttpRequest, workshop_id: uuid.UUID) -> Workshop:
    """Find the workshop, for somebody who may prepare it; 404 for strangers, 403 for other members.

    The copy of a rehearsal is prepared nowhere: its agenda is the workshop's own.
    """
    workshop = queries.workshop_or_404(workshop_id)
    if workshop.rehearsal_of_id is not None:
        raise Http404
    if not permissions.can_facilitate(request.user, workshop):
        if challenge_rights.can_view(request.user, workshop.challenge):
            raise PermissionDenied
        raise Http404
    return workshop


def to_step(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> tuple[Workshop, State, Step]:
    """Find a step on a workshop's agenda, for somebody who may prepare it."""
    workshop = to_prepare(request, workshop_id)
    state = plan.state_of(workshop)
    step = state.steps.get(step_id)
    if step is None or step.parent:  # a room is no part of the agenda by itself
        raise Http404
    return workshop, state, step


def agenda_context(workshop: Workshop) -> dict[str, Any]:
    """Give what the agenda shows."""
    state = plan.state_of(workshop)
    return {
        "workshop": workshop,
        "challenge": workshop.challenge,
        "state": state,
        "plan": plan.plan_of(workshop, state),
        "boards": shelf.boards(),
        "taken_off": plan.taken_off(state),
        "closed": state.closed_at is not None,
    }
