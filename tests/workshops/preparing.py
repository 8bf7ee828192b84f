"""A workshop to prepare, and what its forms send."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from challenges.models import Challenge
from lab_workspace.people.models import User
from realtime.ledger import Ack, by_system, run
from realtime.models import Event
from tests.makers import make_challenge, make_member
from workshops import actions
from workshops.models import Workshop
from workshops.prepare.plan import state_of

HTMX = {"HX-Request": "true"}
TITLES = ["Write ideas", "Group the ideas", "Vote with dots"]
"""The usual agenda: a1 brainstorm, a2 grouping, a3 dot vote."""


def ready_challenge(facilitator: User) -> Challenge:
    """A challenge with one facilitator."""
    challenge = make_challenge(question="What would it take for everybody to find a peer?")
    make_member(challenge, facilitator, "facilitator")
    return challenge


def ready_workshop(challenge: Challenge, by: User) -> Workshop:
    """A planned workshop of an hour with the usual agenda."""
    starts = timezone.make_aware(datetime.datetime(2026, 11, 26, 10, 0))  # noqa: DTZ001 (London time)
    workshop = actions.make_workshop(challenge, "Idea generation", starts, 60, by)
    actions.add_usual_agenda(workshop)
    return workshop


def at(workshop: Workshop, rest: str = "") -> str:
    return f"/workshops/{workshop.pk}/prepare{rest}"


def happen(workshop: Workshop, do: str, **fields: Any) -> None:
    """Something happens in the live workshop."""
    (answer,) = run(workshop.stream_id, by_system(f"op-{Event.objects.count()}", do, **fields))
    assert isinstance(answer, Ack), answer


def titles(workshop: Workshop) -> list[str]:
    return [step.title for step in state_of(workshop).order()]


def step_words(**changed: str) -> dict[str, str]:
    """What the form of the usual brainstorm sends."""
    return {
        "title": "Write ideas",
        "prompt": "What would help?",
        "minutes": "10",
        "set-visibility": "private",
        "set-reveal": "whole",
        "set-names": "nobody",
        "set-most_characters": "280",
        "set-most_ideas": "0",
        "set-late_ideas": "on",
        "set-when_time_is_up": "tell",
        **changed,
    }


def vote_words(**changed: str) -> dict[str, str]:
    """What the form of the usual vote sends."""
    return {
        "title": "Vote with dots",
        "prompt": "",
        "minutes": "8",
        "set-target": "ideas",
        "set-dots": "5",
        "set-cap": "2",
        "set-against": "0",
        "set-results": "hidden",
        "set-source": "",
        "set-when_time_is_up": "tell",
        **changed,
    }
