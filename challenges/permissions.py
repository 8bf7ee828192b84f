"""Who may do what in a challenge. Plain predicates: they take the person and the challenge, answer yes or no.

Who may see the page is a question for a list too, so `queries.page_or_404` answers it.

| | visitor | observer | participant | facilitator | staff role | Lab staff (`is_staff`) |
|---|---|---|---|---|---|---|
| see the page | if public | yes | yes | yes | yes | yes |
| see people's names, insights, archives | | yes | yes | yes | yes | yes |
| facilitate: workshops, insight board | | | | yes | yes | yes |
| edit: challenge, phases, people, teams | | | | | yes | yes |
| publish reports | | | | | yes | yes |
| make a challenge | | | | | | yes |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from challenges.models import Membership
from challenges.queries import roles_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from challenges.models import Challenge
    from lab_workspace.people.models import User

Role = Membership.Role


@dataclass(frozen=True)
class Rights:
    """What one person may do in one challenge, read once for a page that asks several times."""

    view: bool
    facilitate: bool
    edit: bool
    publish: bool


def rights_of(user: User | AnonymousUser, challenge: Challenge) -> Rights:
    """All the rights of `user` in `challenge`. At most one query."""
    if not user.is_authenticated or not user.is_active:
        return Rights(view=False, facilitate=False, edit=False, publish=False)
    if user.is_staff:
        return Rights(view=True, facilitate=True, edit=True, publish=True)
    roles = roles_of(user, challenge)
    staff = Role.STAFF in roles
    return Rights(
        view=bool(roles),
        facilitate=staff or Role.FACILITATOR in roles,
        edit=staff,
        publish=staff,
    )


def can_view(user: User | AnonymousUser, challenge: Challenge) -> bool:
    """See the challenge from inside: its people, workshops' archives and insights. Members and staff."""
    return rights_of(user, challenge).view


def can_facilitate(user: User | AnonymousUser, challenge: Challenge) -> bool:
    """Make and run workshops, and keep the insight board."""
    return rights_of(user, challenge).facilitate


def can_edit(user: User | AnonymousUser, challenge: Challenge) -> bool:
    """Change the challenge, its phases, people and teams."""
    return rights_of(user, challenge).edit


def can_publish(user: User | AnonymousUser, challenge: Challenge) -> bool:
    """Publish and withdraw learning reports."""
    return rights_of(user, challenge).publish


def can_make(user: User | AnonymousUser) -> bool:
    """Make a new challenge. Lab staff only."""
    return user.is_authenticated and user.is_active and user.is_staff
