"""Writing challenges: what is kept, and what the database itself refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from challenges import actions
from challenges.models import Membership, Phase, TeamMembership
from lab_workspace.people.models import User
from tests.makers import make_challenge, make_member, make_team


def test_whoever_makes_a_challenge_is_staff_in_it(staff: User) -> None:
    challenge = actions.make_challenge(
        by=staff, title="Waiting well", question="?", starts=date(2026, 4, 1), ends=date(2027, 3, 31)
    )
    assert list(challenge.memberships.values_list("user", "role")) == [(staff.pk, "staff")]
    assert challenge.phases.count() == 3


def test_addresses_are_never_shared_nor_taken_from_our_own_pages(db: None) -> None:
    assert [make_challenge(title).slug for title in ("Waiting well", "Waiting well", "New", "???")] == [
        "waiting-well",
        "waiting-well-2",
        "new-2",
        "challenge",
    ]


def test_a_changed_title_keeps_the_address(db: None) -> None:
    challenge = make_challenge("Waiting well")
    actions.change_challenge(challenge, title="Other", question="?", about="", partner="", public=True)
    challenge.refresh_from_db()
    assert (challenge.slug, challenge.title, challenge.public) == ("waiting-well", "Other", True)


def test_an_address_in_another_case_is_the_same_person_whose_name_stays(alice: User) -> None:
    challenge = make_challenge()
    membership = actions.add_member(challenge, email="ALICE@example.org", name="Somebody", role="observer")
    assert membership.user == alice
    alice.refresh_from_db()
    assert alice.name == "Alice Marsh"


def test_somebody_new_gets_an_account_that_signs_in_by_code_only(db: None) -> None:
    membership = actions.add_member(
        make_challenge(), email=" New@Example.org ", name="New Person", role="participant"
    )
    user = User.objects.get(email="new@example.org")
    assert membership.user == user
    assert (user.name, user.is_staff, user.has_usable_password()) == ("New Person", False, False)


def test_the_same_role_twice_is_one_row(alice: User) -> None:
    challenge = make_challenge()
    for background in ("Nurse", "Physiotherapist"):
        actions.add_member(challenge, email=alice.email, role="participant", background=background)
    assert list(challenge.memberships.values_list("background", flat=True)) == ["Physiotherapist"]


def test_a_role_that_somebody_holds_already_cannot_be_taken_twice(alice: User) -> None:
    challenge = make_challenge()
    make_member(challenge, alice, "observer")
    second = Membership.objects.create(challenge=challenge, user=alice, role="facilitator")
    with pytest.raises(ValidationError, match="Alice Marsh has this role already"):
        actions.change_member(second, role="observer", background="")


def test_the_last_role_takes_somebody_out_of_the_teams_of_this_challenge_only(alice: User) -> None:
    challenge, other = make_challenge(), make_challenge("Other")
    for one in (challenge, other):
        make_member(one, alice)
        make_team(one, "Team", alice)
    make_member(challenge, alice, "observer")
    first, last = challenge.memberships.order_by("pk")
    actions.remove_member(first)
    assert TeamMembership.objects.filter(user=alice).count() == 2
    actions.remove_member(last)
    assert list(TeamMembership.objects.filter(user=alice).values_list("team__challenge", flat=True)) == [
        other.pk
    ]


def test_a_removed_team_leaves_its_people_in_the_challenge(alice: User) -> None:
    challenge = make_challenge()
    make_member(challenge, alice)
    actions.remove_team(make_team(challenge, "Team", alice))
    assert list(challenge.memberships.values_list("user", flat=True)) == [alice.pk]


def test_the_database_keeps_the_rules_too(alice: User) -> None:
    challenge = make_challenge()
    make_member(challenge, alice)
    team = make_team(challenge, "Harbour", alice)
    day = date(2026, 5, 1)
    attempts: list[Callable[[], object]] = [
        lambda: Phase.objects.create(
            challenge=challenge, kind="develop_test", starts=day, ends=date(2026, 6, 1)
        ),
        lambda: challenge.phases.filter(kind="develop_test").update(ends=day, starts=day),
        lambda: challenge.phases.filter(kind="develop_test").update(kind="another"),
        lambda: Membership.objects.create(challenge=challenge, user=alice, role="participant"),
        lambda: Membership.objects.create(challenge=challenge, user=alice, role="owner"),
        lambda: TeamMembership.objects.create(team=team, user=alice),
        lambda: make_team(challenge, "HARBOUR"),
        lambda: type(challenge).objects.filter(pk=challenge.pk).update(ends=challenge.starts),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
