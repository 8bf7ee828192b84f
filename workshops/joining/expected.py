"""Who is expected at a workshop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenges.models import Membership
from workshops.live.leading import MOST_GROUPS

if TYPE_CHECKING:
    from workshops.models import Workshop


def expected_at(workshop: Workshop) -> dict[str, int]:
    """Count the challenge's participants by what they bring, cut as people write it at the door."""
    expected: dict[str, int] = {}
    members = Membership.objects.filter(challenge=workshop.challenge, role=Membership.Role.PARTICIPANT)
    for background in members.values_list("background", flat=True):
        name = background[:60].strip()
        expected[name] = expected.get(name, 0) + 1
    largest = sorted(expected.items(), key=lambda group: (-group[1], group[0]))
    return dict(largest[:MOST_GROUPS])
