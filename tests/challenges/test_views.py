"""Making and changing a challenge in the browser, with and without htmx."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from challenges.models import Challenge, Membership, Team
from lab_workspace.people.models import User
from tests.makers import make_challenge, make_member, make_team

HTMX = {"HX-Request": "true"}
NEW = {
    "title": "Waiting well",
    "question": "What would it take for nobody to wait without help?",
    "starts": "2026-04-07",
    "ends": "2027-03-31",
}


@pytest.fixture
def challenge(alice: User, bob: User) -> Challenge:
    """Alice has the staff role, Bob takes part; he is in the one team. Charlie is a stranger."""
    challenge = make_challenge()
    make_member(challenge, alice, "staff")
    make_member(challenge, bob, "participant", "Physiotherapist")
    make_team(challenge, "Harbour Team", bob)
    return challenge


def addresses(challenge: Challenge) -> list[str]:
    """Every address of a challenge."""
    base = f"/challenges/{challenge.slug}/"
    member = challenge.memberships.get(role="participant").pk
    team = challenge.teams.get().pk
    ways = ("edit", "year", "people/add", f"people/{member}", f"people/{member}/remove")
    return [base, *(f"{base}{way}/" for way in (*ways, "teams/add", f"teams/{team}", f"teams/{team}/remove"))]


def test_strangers_get_404_everywhere(client: Client, challenge: Challenge, charlie: User) -> None:
    for signed_in in (False, True):
        if signed_in:
            client.force_login(charlie)
        for address in ["/challenges/new/", *addresses(challenge)]:
            assert client.get(address).status_code == 404, address
            assert client.post(address, NEW).status_code in {404, 405}, address
    assert challenge.memberships.count() == 2
    assert challenge.teams.count() == 1


def test_a_public_page_is_all_that_strangers_see(client: Client, challenge: Challenge) -> None:
    challenge.public = True
    challenge.save()
    page, *rest = addresses(challenge)
    answer = client.get(page)
    assert answer.status_code == 200
    assert "Bob Tanner" not in answer.text
    assert [client.get(address).status_code for address in rest] == [404] * len(rest)


@pytest.mark.parametrize("role", ["participant", "observer", "facilitator"])
def test_members_who_may_not_edit_see_the_page_and_nothing_to_edit_with(
    client: Client, challenge: Challenge, charlie: User, role: str
) -> None:
    paths = addresses(challenge)
    make_member(challenge, charlie, role)
    client.force_login(charlie)
    page, *rest = paths
    answer = client.get(page)
    assert "Bob Tanner" in answer.text
    assert "/edit/" not in answer.text
    assert "/people/" not in answer.text.partition("<main")[2]
    for address in rest:
        assert client.get(address).status_code == 403
        assert client.post(address, NEW).status_code == 403


def test_staff_make_a_challenge(client: Client, staff: User) -> None:
    client.force_login(staff)
    answer = client.post("/challenges/new/", NEW, follow=True)
    assert answer.redirect_chain == [("/challenges/waiting-well/", 302)]
    assert "The challenge is made." in answer.text
    assert NEW["question"] in answer.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Give the challenge a short title."),
        ({"question": " "}, "Write the question that this challenge works on."),
        ({"ends": "2026-04-07"}, "The last day must come after the first day, 7 April 2026."),
        ({"ends": "2026-04-20"}, "A challenge lasts four weeks at least"),
        ({"ends": "2036-04-20"}, "That is more than three years. Check the year of the last day."),
        ({"starts": "31 June"}, "This is not a day of the calendar."),
        ({"starts": ""}, "Choose a day."),
    ],
)
def test_a_refused_challenge_says_why_and_keeps_what_was_written(
    client: Client, staff: User, wrong: dict[str, str], sentence: str
) -> None:
    client.force_login(staff)
    sent = {**NEW, "about": "A long text nobody wants to type twice.", **wrong}
    answer = client.post("/challenges/new/", sent)
    assert sentence in answer.text
    assert all(text.strip() in answer.text for text in sent.values())
    assert not Challenge.objects.exists()


def year_as_sent(challenge: Challenge) -> dict[str, Any]:
    """The form of the year as a browser sends it back unchanged."""
    sent: dict[str, Any] = {"starts": challenge.starts, "ends": challenge.ends}
    for phase in challenge.phases.all():
        for part in ("name", "starts", "ends", "purpose", "done_when"):
            sent[f"{phase.kind}-{part}"] = getattr(phase, part)
    return sent


def test_moving_the_whole_year_is_one_step(client: Client, challenge: Challenge, alice: User) -> None:
    client.force_login(alice)
    sent = {
        "starts": "2027-04-01",
        "ends": "2028-03-31",
        "research_discovery-starts": "2027-04-01",
        "research_discovery-ends": "2027-07-31",
        "develop_test-starts": "2027-08-02",
        "develop_test-ends": "2027-12-17",
        "distil_share-starts": "2028-01-04",
        "distil_share-ends": "2028-03-31",
    }
    answer = client.post(f"/challenges/{challenge.slug}/year/", {**year_as_sent(challenge), **sent})
    assert answer.headers["Location"] == f"/challenges/{challenge.slug}/#year"
    phase = challenge.phases.get(kind="develop_test")
    assert (phase.starts.isoformat(), phase.ends.isoformat()) == ("2027-08-02", "2027-12-17")


def test_phases_that_overlap_are_refused_and_nothing_is_lost(
    client: Client, challenge: Challenge, alice: User
) -> None:
    client.force_login(alice)
    sent = {
        **year_as_sent(challenge),
        "develop_test-starts": "2026-07-01",
        "develop_test-purpose": "Words of mine",
        "distil_share-name": "",
    }
    answer = client.post(f"/challenges/{challenge.slug}/year/", sent, headers=HTMX)
    assert "This overlaps with “Research and discovery”, which ends on 30 July 2026." in answer.text
    assert "Give the phase a name." in answer.text
    assert "Words of mine" in answer.text
    assert 'value="2026-07-01"' in answer.text
    assert "<html" not in answer.text
    assert challenge.phases.get(kind="develop_test").purpose != "Words of mine"


@pytest.mark.parametrize("htmx", [False, True])
def test_adding_somebody_new_by_email(
    client: Client, challenge: Challenge, alice: User, *, htmx: bool
) -> None:
    client.force_login(alice)
    sent = {
        "email": "dilys@example.org",
        "name": "Dilys Penry",
        "role": "participant",
        "background": "Lives with COPD",
    }
    answer = client.post(
        f"/challenges/{challenge.slug}/people/add/", sent, headers=HTMX if htmx else {}, follow=True
    )
    assert "Dilys Penry is in the challenge." in answer.text
    assert "Lives with COPD" in answer.text
    assert ("<html" in answer.text) is not htmx
    if htmx:
        assert answer.headers["HX-Retarget"] == "#people"
        assert answer.text.strip().startswith('<section class="stack gap4 people" id="people"')


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"email": "dilys@", "name": "Dilys"}, "This is not a whole e-mail address."),
        ({"email": "", "name": "Dilys"}, "Write the person&#x27;s e-mail address."),
        ({"email": "dilys@example.org", "name": ""}, "Nobody has an account with this address yet."),
        ({"email": "BOB@example.org", "name": ""}, "Bob Tanner has this role already."),
        (
            {"email": "dilys@example.org", "name": "Dilys", "role": "owner"},
            "Choose one of the roles.",
        ),
    ],
)
def test_a_refused_member_gets_a_sentence(
    client: Client, challenge: Challenge, alice: User, sent: dict[str, str], sentence: str
) -> None:
    client.force_login(alice)
    body = {"role": "participant", "background": "Kept words", **sent}
    answer = client.post(f"/challenges/{challenge.slug}/people/add/", body)
    assert sentence in answer.text
    assert "Kept words" in answer.text
    assert challenge.memberships.count() == 2


def test_changing_a_role(client: Client, challenge: Challenge, alice: User, bob: User) -> None:
    client.force_login(alice)
    membership = challenge.memberships.get(user=bob)
    address = f"/challenges/{challenge.slug}/people/{membership.pk}/"
    assert "Bob Tanner signs in as bob@example.org." in client.get(address).text
    client.post(address, {"role": "facilitator", "background": "Coach"})
    assert list(challenge.memberships.filter(user=bob).values_list("role", "background")) == [
        ("facilitator", "Coach")
    ]


def test_taking_a_role_away_asks_first(client: Client, challenge: Challenge, alice: User, bob: User) -> None:
    client.force_login(alice)
    membership = challenge.memberships.get(user=bob)
    address = f"/challenges/{challenge.slug}/people/{membership.pk}/remove/"
    assert "Take the role “Participant” away from Bob Tanner?" in client.get(address).text
    assert challenge.memberships.filter(user=bob).exists()
    answer = client.post(address, headers=HTMX)
    assert "Bob Tanner no longer has the role “Participant”." in answer.text
    assert not challenge.memberships.filter(user=bob).exists()


def test_whoever_gives_up_the_own_staff_role_lands_at_home(
    client: Client, challenge: Challenge, alice: User
) -> None:
    client.force_login(alice)
    own = challenge.memberships.get(user=alice)
    answer = client.post(f"/challenges/{challenge.slug}/people/{own.pk}/remove/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_a_member_of_another_challenge_cannot_be_reached_through_this_one(
    client: Client, challenge: Challenge, alice: User, charlie: User
) -> None:
    other = make_challenge("Other")
    make_member(other, charlie)
    foreign = other.memberships.get()
    team = make_team(other, "Foreign")
    client.force_login(alice)
    for address in (f"people/{foreign.pk}/", f"people/{foreign.pk}/remove/", f"teams/{team.pk}/"):
        assert client.post(f"/challenges/{challenge.slug}/{address}").status_code == 404
    assert Membership.objects.filter(pk=foreign.pk).exists()


def test_a_team_is_made_changed_and_removed(
    client: Client, challenge: Challenge, alice: User, bob: User
) -> None:
    client.force_login(alice)
    base = f"/challenges/{challenge.slug}/teams/"
    answer = client.post(f"{base}add/", {"name": "Foyle View", "members": [bob.pk]}, follow=True)
    assert "The team “Foyle View” is made." in answer.text
    team = Team.objects.get(name="Foyle View")
    assert list(team.members.values_list("user", flat=True)) == [bob.pk]
    client.post(
        f"{base}{team.pk}/",
        {"name": "Foyle View Peers", "challenge_statement": "Volunteers leave.", "members": [alice.pk]},
    )
    team.refresh_from_db()
    assert (team.name, team.challenge_statement) == ("Foyle View Peers", "Volunteers leave.")
    assert list(team.members.values_list("user", flat=True)) == [alice.pk]
    assert "Remove the team “Foyle View Peers”?" in client.get(f"{base}{team.pk}/remove/").text
    client.post(f"{base}{team.pk}/remove/")
    assert not Team.objects.filter(pk=team.pk).exists()


def test_a_team_takes_only_people_of_the_challenge_and_a_name_of_its_own(
    client: Client, challenge: Challenge, alice: User, charlie: User
) -> None:
    client.force_login(alice)
    sent = {
        "name": "HARBOUR team",
        "members": [charlie.pk],
        "challenge_statement": "People meet a peer by chance.",
    }
    answer = client.post(f"/challenges/{challenge.slug}/teams/add/", sent)
    assert "Another team has this name." in answer.text
    assert "One of these people is no longer in the challenge." in answer.text
    assert "People meet a peer by chance." in answer.text
    assert challenge.teams.count() == 1


def test_a_form_from_htmx_is_the_form_alone_and_the_same_form(
    client: Client, challenge: Challenge, alice: User
) -> None:
    client.force_login(alice)
    for address in addresses(challenge)[1:]:
        if address.endswith(("edit/", "remove/")):
            continue
        panel = client.get(address, headers=HTMX).text
        assert "<html" not in panel
        assert f'hx-post="{address}"' in panel
        page = client.get(address).text
        assert "<html" in page
        assert "hx-post" not in page
        assert f'action="{address}"' in page
