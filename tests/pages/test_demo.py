"""The demo challenge: always in the middle of its year, and never twice."""

from __future__ import annotations

import datetime
import io

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from challenges.models import Challenge, Membership, Phase, Team, TeamMembership
from insights.models import Insight
from lab_workspace.pages.demo.load import demo_data, load_challenge
from lab_workspace.people.models import User
from tests.makers import make_challenge
from workshops.models import Workshop

TABLES = (Challenge, Phase, Team, TeamMembership, Membership, User, Insight, Workshop)


def demo(*options: str) -> str:
    out = io.StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


def rows() -> list[int]:
    return [table._default_manager.count() for table in TABLES]


def test_loading_it_again_doubles_nothing_and_keeps_what_people_changed(db: None) -> None:
    demo()
    once = rows()
    assert once[:6] == [1, 3, 6, 24, 39, 36]
    demo()
    assert rows() == once
    challenge = Challenge.objects.get()
    challenge.title = "Ours now"
    challenge.save()
    challenge.teams.all()[0].delete()
    demo()
    challenge.refresh_from_db()
    assert (challenge.title, challenge.teams.count()) == ("Ours now", 5)


def test_a_workspace_in_use_is_left_alone(db: None, staff: User) -> None:
    make_challenge()
    assert "the demo is not loaded" in demo("--if-empty")
    assert Challenge.objects.count() == 1
    assert User.objects.count() == 1


def test_the_people_of_the_tour_have_their_rights(db: None) -> None:
    load_challenge(demo_data(timezone.localdate()))
    roles = {
        name: set(Membership.objects.filter(user__name=name).values_list("role", flat=True))
        for name in ("Morwenna Tate", "Idris Okafor", "Dr Anil Petrovic", "Femi Castellan")
    }
    assert roles == {
        "Morwenna Tate": {"staff", "facilitator"},
        "Idris Okafor": {"staff", "facilitator"},
        "Dr Anil Petrovic": {"observer"},
        "Femi Castellan": {"participant"},
    }
    assert list(User.objects.filter(is_staff=True).values_list("email", flat=True)) == [
        "morwenna.tate@example.org"
    ]
    assert User.objects.filter(email="anil.petrovic@example.org").exists()
    assert not User.objects.exclude(email__endswith="@example.org").exists()


@pytest.mark.parametrize("weeks", range(0, 160, 7))
def test_whenever_it_is_loaded_today_lies_in_phase_two_with_a_workshop_ahead(weeks: int) -> None:
    for day in range(7):
        today = datetime.date(2026, 1, 5) + datetime.timedelta(weeks=weeks, days=day)
        data = demo_data(today)
        phase = data["phases"][1]
        assert phase["starts"] < today.isoformat() <= phase["ends"]
        days = {one["id"]: datetime.date.fromisoformat(one["date"]) for one in data["workshops"]}
        assert days["w5"] > today > days["w4"]
        assert all(one.weekday() < 5 for one in days.values())


def test_the_page_of_the_demo_says_where_we_are(db: None, client: Client) -> None:
    with time_machine.travel(datetime.datetime(2027, 6, 16, 9, tzinfo=datetime.UTC), tick=False):
        demo()
        client.force_login(User.objects.get(email="femi.castellan@example.org"))
        page = client.get("/challenges/peer-support/")
    assert page.status_code == 200
    assert "Phase 2 of 3" in page.text
    assert "Everything in this example is invented" in page.text
