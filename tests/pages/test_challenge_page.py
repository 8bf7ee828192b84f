"""The challenge's page: what each reader finds on it, and what it costs."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from challenges.models import Challenge
from insights.models import Insight
from lab_workspace.people.models import User
from tests.makers import list_workshop, make_challenge, make_member, make_team
from workshops.models import Workshop
from workshops.queries import shown_code

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


def plan(challenge: Challenge, title: str, state: str = "planned", days: int = 4) -> Workshop:
    return list_workshop(challenge, title, state, NOON + datetime.timedelta(days=days))


def note(challenge: Challenge, statement: str) -> Insight:
    return Insight.objects.create(challenge=challenge, statement=statement, created_at=NOON, updated_at=NOON)


@pytest.mark.parametrize(
    ("day", "now", "where"),
    [
        ("2026-05-01", "1 Research and discovery", "Phase 1 of 3"),
        ("2026-11-22", "2 Developing and testing ideas", "Phase 2 of 3"),
        ("2027-02-01", "3 Distilling and sharing learning", "Phase 3 of 3"),
    ],
)
def test_the_page_marks_the_phase_of_the_day(
    client: Client, alice: User, day: str, now: str, where: str
) -> None:
    make_member(make_challenge(), alice)
    with time_machine.travel(f"{day}T12:00:00+00:00", tick=False):
        client.force_login(alice)
        page = client.get("/challenges/peer-support/").text
    current = page.partition('aria-current="step"')[2]
    assert current.partition("<h3>")[2].startswith(now)
    assert page.count('aria-current="step"') == 1
    assert where in page


@pytest.fixture
def full(alice: User) -> Challenge:
    """A challenge with something in every part."""
    challenge = make_challenge(about="Some words about it", partner="Companions")
    make_member(challenge, alice, "participant", "Person living with epilepsy")
    make_team(challenge, "Harbour Team", alice, statement="People meet a peer by chance.")
    plan(challenge, "Learning call")
    plan(challenge, "Ideas workshop", "open", 0)
    plan(challenge, "Convening", "closed", -90)
    note(challenge, "Most people hear of a group from another patient.")
    return challenge


def page_for(client: Client, user: User | None) -> str:
    with time_machine.travel(NOON, tick=False):
        if user:
            client.force_login(user)
        answer = client.get("/challenges/peer-support/")
        assert answer.status_code == 200
    return answer.text


def links(page: str) -> set[str]:
    """Where the main part of the page leads, without ids."""
    parts = page.partition("<main")[2].split('href="')[1:]
    return {part.partition('"')[0].rstrip("/").rpartition("/")[2] for part in parts}


def test_a_participant_finds_everything_and_the_way_in(client: Client, full: Challenge, alice: User) -> None:
    page = page_for(client, alice)
    opened = Workshop.objects.get(state="open")
    for words in (
        *(full.question, "Some words about it", "with Companions"),
        *("Harbour Team", "People meet a peer by chance.", "Alice Marsh", "Person living with epilepsy"),
        *("Next workshop, in 4 days", "Learning call", "Ideas workshop", "Convening"),
        *(shown_code(opened.code), "Most people hear of a group"),
    ):
        assert words in page, words
    assert f'href="/workshops/{opened.pk}/"' in page
    assert not links(page) & {"console", "prepare", "edit", "add", "start"}


def test_a_facilitator_finds_the_console_and_what_to_prepare(
    client: Client, full: Challenge, bob: User
) -> None:
    make_member(full, bob, "facilitator")
    found = links(page_for(client, bob))
    assert {"console", "prepare", "archive", "start"} <= found
    assert not found & {"edit", "year", "add"}


@pytest.mark.parametrize(("role", "found"), [("participant", False), ("facilitator", True)])
def test_on_the_day_the_way_in_stands_at_what_is_next(
    client: Client, alice: User, role: str, *, found: bool
) -> None:
    challenge = make_challenge()
    make_member(challenge, alice, role)
    workshop = plan(challenge, "Learning call", days=0)
    page = page_for(client, alice)
    assert "Next workshop, today" in page
    assert f'href="/workshops/{workshop.pk}/"' in page
    assert (f'href="/workshops/{workshop.pk}/console"' in page) is found


def test_staff_find_what_to_edit_with(client: Client, full: Challenge, staff: User) -> None:
    assert {"console", "prepare", "archive", "start", "edit", "year", "add"} <= links(page_for(client, staff))


def test_a_public_page_gives_away_no_name_code_insight_or_way_in(client: Client, full: Challenge) -> None:
    full.public = True
    full.save()
    page = page_for(client, None)
    opened = Workshop.objects.get(state="open")
    assert full.question in page
    assert "Harbour Team" in page
    for words in ("Alice Marsh", "epilepsy", shown_code(opened.code), "Most people hear of a group"):
        assert words not in page, words
    assert not links(page) & {"console", "archive", "insights"}
    assert str(opened.pk) not in page


def test_an_empty_challenge_invites(client: Client, staff: User) -> None:
    make_challenge()
    page = page_for(client, staff)
    for words in (
        "No team yet.",
        "Nobody is in this challenge yet.",
        "No workshop yet.",
        "No report is published yet.",
    ):
        assert words in page


@pytest.mark.parametrize("items", [1, 3])
def test_the_page_costs_the_same_with_one_and_with_three_of_everything(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries, items: int
) -> None:
    challenge = make_challenge()
    make_member(challenge, alice)
    for n in range(items):
        somebody = make_member(challenge, f"Person {n}")
        make_team(challenge, f"Team {n}", somebody)
        for state in ("planned", "open", "closed"):
            plan(challenge, f"{state} {n}", state)
        note(challenge, f"Insight {n}")
    client.force_login(alice)
    client.get("/challenges/peer-support/")  # What a process reads once is read.
    with django_assert_num_queries(15):
        client.get("/challenges/peer-support/")
