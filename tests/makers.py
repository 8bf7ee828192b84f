"""What tests of every area start from: a challenge, its people, its workshops as lists show them.

No surprises: what isn't asked for isn't there.
"""

from __future__ import annotations

import datetime
from itertools import count

from django.utils import timezone

from challenges import actions
from challenges.models import Challenge, Membership, Team
from lab_workspace.people.models import User
from realtime.models import Stream
from workshops.models import Workshop

_numbers = count(1)


def make_user(name: str = "Robin Vale", *, is_staff: bool = False) -> User:
    """An account with an address of its own."""
    email = f"{name.lower().replace(' ', '.')}.{next(_numbers)}@example.org"
    return User.objects.create_user(email, name, is_staff=is_staff)


def make_challenge(
    title: str = "Peer support",
    *,
    starts: datetime.date = datetime.date(2026, 4, 1),
    ends: datetime.date = datetime.date(2027, 3, 31),
    **words: str | bool,
) -> Challenge:
    """A challenge with its three phases: April to July, August to December, January to March. It has no people."""
    question = str(words.pop("question", "What would it take for everybody to find a peer?"))
    public = bool(words.pop("public", False))
    return actions.make_challenge(
        title=title,
        question=question,
        starts=starts,
        ends=ends,
        public=public,
        about=str(words.get("about", "")),
        partner=str(words.get("partner", "")),
    )


def make_member(
    challenge: Challenge, user: User | str = "Robin Vale", role: str = "participant", background: str = ""
) -> User:
    """Give somebody a role in the challenge; by name, somebody new. Returns the person."""
    person = make_user(user) if isinstance(user, str) else user
    Membership.objects.create(challenge=challenge, user=person, role=role, background=background)
    return person


def make_team(challenge: Challenge, name: str = "Harbour Team", *members: User, statement: str = "") -> Team:
    """A team of people who are in the challenge already."""
    return actions.add_team(challenge, name=name, challenge_statement=statement, members=members)


def list_workshop(
    challenge: Challenge, title: str, state: str = "planned", starts_at: datetime.datetime | None = None
) -> Workshop:
    """A workshop as lists show it, four days from now: a row with an empty stream. Nothing can happen in it."""
    return Workshop.objects.create(
        challenge=challenge,
        title=title,
        state=state,
        starts_at=starts_at or timezone.now() + datetime.timedelta(days=4),
        code=f"{next(_numbers):08}",
        stream=Stream.objects.create(kind="workshop"),
    )
