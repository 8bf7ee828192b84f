"""Loading the demo's workshops: each once, known by its title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from realtime.log import ms_of
from workshops.demo.agenda import brought_to, steps_of
from workshops.demo.held import hold, let_in_leads, make
from workshops.demo.playing.writing import bring
from workshops.demo.today import TODAY, open_today
from workshops.models import Workshop
from workshops.past import Play

if TYPE_CHECKING:
    from collections.abc import Mapping

    from challenges.models import Challenge
    from lab_workspace.people.models import User


def load_workshops(data: Mapping[str, Any], challenge: Challenge, people: Mapping[str, User]) -> int:
    """Load the demo workshops that the challenge does not have yet, known by their titles.

    Args:
        data: the demo file, its dates already moved to today.
        challenge: the demo challenge.
        people: the accounts by the id that people have in the file ("p01").

    Returns:
        How many were made.
    """
    there = set(Workshop.objects.filter(challenge=challenge).values_list("title", flat=True))
    rows = [row for row in data["workshops"] if row["title"] not in there]
    for row in rows:
        with transaction.atomic():
            (hold if row["status"] == "closed" else _plan)(row, data, challenge, people)
    if TODAY["title"] in there:
        return len(rows)
    with transaction.atomic():
        open_today(challenge, people)
    return len(rows) + 1


def _plan(
    row: Mapping[str, Any], data: Mapping[str, Any], challenge: Challenge, people: Mapping[str, User]
) -> None:
    """Make a workshop that is still to come, with its agenda and what is prepared for it."""
    now = ms_of(timezone.now())
    play = Play(make(row, data, challenge, people))
    steps = steps_of(row, data)
    play.agenda(steps, now)
    for place, (step, activity) in enumerate(zip(steps, row["activities"], strict=True), start=1):
        if step["kind"] == "list":
            let_in_leads(play, data, people, now)
            bring(play, now, f"a{place}", brought_to(activity, data))
