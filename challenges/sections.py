"""Parts of the challenge's page that this app owns: what their templates need.

The whole page (`lab_workspace.pages`) includes them, and saving a form renders only the one that changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from challenges.models import Membership
from challenges.queries import members_of, teams_of

if TYPE_CHECKING:
    from challenges.models import Challenge
    from challenges.permissions import Rights

# Headings over the people of a role.
PLURALS = {
    "staff": _("Lab staff"),
    "facilitator": _("Facilitators"),
    "participant": _("Participants"),
    "observer": _("Observers"),
}


@dataclass(frozen=True)
class RoleGroup:
    """The people of one role."""

    role: str
    label: str
    words: str
    members: list[Membership]


def people_section(challenge: Challenge, rights: Rights) -> dict[str, Any]:
    """Who has which role. Names are there only for those who may see the challenge from inside. One query."""
    memberships = list(members_of(challenge))
    groups = []
    for role in Membership.Role:
        inside = [membership for membership in memberships if membership.role == role]
        if inside:
            words = str(Membership.ROLE_WORDS[role.value])
            groups.append(RoleGroup(role.value, str(PLURALS[role.value]), words, inside))
    people = len({membership.user_id for membership in memberships})
    return {"challenge": challenge, "rights": rights, "role_groups": groups, "people_count": people}


def teams_section(challenge: Challenge, rights: Rights) -> dict[str, Any]:
    """The teams with their members and challenge statements. Three queries."""
    return {"challenge": challenge, "rights": rights, "teams": list(teams_of(challenge))}
