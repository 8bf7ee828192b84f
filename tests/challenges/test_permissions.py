"""Who may do what: every role against every right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from challenges import permissions, queries
from challenges.models import Challenge
from lab_workspace.people.models import User
from tests.makers import make_challenge, make_member, make_user

VISITOR, STRANGER, LEFT = "visitor", "stranger", "member who may no longer sign in"
WHO = (VISITOR, STRANGER, LEFT, "observer", "participant", "facilitator", "staff", "Lab staff")
# The rights in order; x: may, -: may not.
TABLE = {
    VISITOR: "------",
    STRANGER: "------",
    LEFT: "------",
    "observer": "xx----",
    "participant": "xx----",
    "facilitator": "xxx---",
    "staff": "xxxxx-",
    "Lab staff": "xxxxxx",
}


def sees_page(user: User | AnonymousUser, challenge: Challenge) -> bool:
    try:
        return queries.page_or_404(user, challenge.slug) == challenge
    except Http404:
        return False


RIGHTS: list[Callable[[User | AnonymousUser, Challenge], bool]] = [
    permissions.can_view,
    sees_page,
    permissions.can_facilitate,
    permissions.can_edit,
    permissions.can_publish,
    lambda user, _challenge: permissions.can_make(user),
]


def person(who: str, challenge: Challenge) -> User | AnonymousUser:
    if who == VISITOR:
        return AnonymousUser()
    if who == "Lab staff":
        return make_user("Sal Okafor", is_staff=True)
    user = make_user("Robin Vale")
    if who == LEFT:
        make_member(challenge, user, "staff")
        user.is_active = False
        user.save()
    elif who != STRANGER:
        make_member(challenge, user, who)
    return user


@pytest.mark.parametrize("who", WHO)
def test_every_role_may_do_what_the_table_says(db: None, who: str) -> None:
    challenge = make_challenge()
    elsewhere = make_challenge("Another challenge")
    user = person(who, challenge)
    found = "".join("x" if may(user, challenge) else "-" for may in RIGHTS)
    assert found == TABLE[who]
    in_another = "".join("x" if may(user, elsewhere) else "-" for may in RIGHTS)
    assert in_another == (TABLE[who] if who == "Lab staff" else "------")


@pytest.mark.parametrize("who", WHO)
def test_lists_agree_with_the_rights(db: None, who: str) -> None:
    challenge = make_challenge()
    user = person(who, challenge)
    assert list(queries.visible_challenges(user)) == (
        [challenge] if permissions.can_view(user, challenge) else []
    )


@pytest.mark.parametrize("who", [VISITOR, STRANGER])
def test_a_public_challenge_opens_its_page_and_nothing_else(db: None, who: str) -> None:
    challenge = make_challenge(public=True)
    user = person(who, challenge)
    assert permissions.rights_of(user, challenge) == permissions.Rights(
        view=False, facilitate=False, edit=False, publish=False
    )
    assert not queries.visible_challenges(user).exists()


def test_somebody_with_two_roles_has_the_rights_of_both_and_sees_the_challenge_once(db: None) -> None:
    challenge = make_challenge()
    user = make_member(challenge, "Robin Vale", "observer")
    make_member(challenge, user, "facilitator")
    assert queries.roles_of(user, challenge) == {"observer", "facilitator"}
    assert permissions.can_facilitate(user, challenge)
    assert queries.visible_challenges(user).count() == 1
