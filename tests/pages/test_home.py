"""The way in, for visitors and for members, and what we say about ourselves."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from lab_workspace.people.models import User
from tests.makers import list_workshop, make_challenge, make_member
from workshops.models import Consent


def test_a_visitor_finds_every_way_in(client: Client, db: None) -> None:
    make_challenge("Nobody's business")
    page = client.get("/").text
    for way in ('action="/join/"', 'href="/accounts/login/"', 'href="/library/"', 'href="/your-words/"'):
        assert way in page, way
    assert "Nobody&#x27;s business" not in page


def test_a_member_sees_the_own_challenges_and_what_is_open(client: Client, alice: User, bob: User) -> None:
    mine, other = make_challenge("Mine"), make_challenge("Somebody else's")
    make_member(mine, alice)
    list_workshop(mine, "Our ideas", "open")
    list_workshop(other, "Their ideas", "open")
    client.force_login(alice)
    page = client.get("/").text
    assert "Our ideas" in page
    assert '<a href="/challenges/mine/">Mine</a>' in page
    assert "Their ideas" not in page
    assert "somebody-elses" not in page
    assert "/console" not in page


def test_home_shows_what_comes_later_today_and_nothing_of_tomorrow(client: Client, alice: User) -> None:
    challenge = make_challenge("Mine")
    make_member(challenge, alice)
    for title, hour in (("Yesterday", -1), ("This evening", 20), ("Tomorrow", 24)):
        starts_at = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC) + datetime.timedelta(hours=hour)
        list_workshop(challenge, title, starts_at=starts_at)
    with time_machine.travel("2026-11-22T21:00:00+00:00", tick=False):
        client.force_login(alice)
        page = client.get("/").text
    assert "This evening" in page
    assert "Today at 20:00" in page
    assert "Yesterday" not in page
    assert "<h2>Tomorrow" not in page


def test_a_facilitator_gets_to_the_console_of_the_own_challenge_only(client: Client, alice: User) -> None:
    mine, other = make_challenge("Mine"), make_challenge("Other")
    make_member(mine, alice, "facilitator")
    make_member(other, alice, "participant")
    own, foreign = list_workshop(mine, "Our ideas", "open"), list_workshop(other, "Their ideas", "open")
    client.force_login(alice)
    page = client.get("/").text
    assert f"/workshops/{own.pk}/console" in page
    assert f"/workshops/{foreign.pk}/console" not in page


def test_somebody_without_a_challenge_reads_what_to_do(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert "Ask the Lab to add alice@example.org." in client.get("/").text


def test_staff_without_a_challenge_are_told_to_make_one(client: Client, staff: User) -> None:
    client.force_login(staff)
    page = client.get("/").text
    assert f"Make one, or ask for {staff.email} to be added" in page
    assert "Ask the Lab" not in page


def test_only_staff_are_shown_the_way_to_a_new_challenge(client: Client, alice: User, staff: User) -> None:
    for user, offered in ((alice, False), (staff, True)):
        client.force_login(user)
        assert ('href="/challenges/new/"' in client.get("/").text) is offered


@pytest.mark.parametrize("items", [1, 3])
def test_home_costs_the_same_with_one_and_with_three_challenges(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries, items: int
) -> None:
    for n in range(items):
        challenge = make_challenge(f"Challenge {n}")
        make_member(challenge, alice)
        list_workshop(challenge, f"Workshop {n}", "open")
    client.force_login(alice)
    client.get("/")
    with django_assert_num_queries(7):
        client.get("/")


@pytest.mark.parametrize("address", ["/", "/your-words/", "/accessibility/"])
def test_what_we_say_about_ourselves_is_open_to_all(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 200


def test_all_four_ways_of_consent_are_explained(client: Client, db: None) -> None:
    page = client.get("/your-words/").text
    assert all(str(label) in page for label in Consent.labels)
