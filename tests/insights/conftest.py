"""A challenge with people in every role, and a closed workshop with ideas under every consent."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone

from challenges import actions as challenge_acts
from challenges.models import Challenge, Membership
from insights.actions import board as board_acts
from insights.actions import reports as report_acts
from insights.models import Insight, Report
from lab_workspace.people.models import User
from tests.workshops.closing import closed_workshop
from workshops.models import Archive


@dataclass(frozen=True)
class People:
    staff: User
    lab: User
    facilitator: User
    participant: User
    observer: User
    stranger: User


def make_challenge(slug: str, title: str = "Peer support") -> Challenge:
    today = timezone.localdate()
    return challenge_acts.make_challenge(
        slug=slug,
        title=title,
        question="What would it take for anyone to talk with a peer within a fortnight?",
        partner="Companions Network",
        starts=today - datetime.timedelta(days=100),
        ends=today + datetime.timedelta(days=265),
    )


@pytest.fixture
def challenge(db: None) -> Challenge:
    return make_challenge("peers")


@pytest.fixture
def people(challenge: Challenge) -> People:
    def member(name: str, role: str) -> User:
        user = User.objects.create_user(f"{name.lower()}@example.org", name)
        if role:
            Membership.objects.create(challenge=challenge, user=user, role=role)
        return user

    return People(
        staff=member("Stella", "staff"),
        lab=User.objects.create_user("lab@example.org", "Lab", is_staff=True),
        facilitator=member("Fay", "facilitator"),
        participant=member("Pat", "participant"),
        observer=member("Olu", "observer"),
        stranger=member("Sam", ""),
    )


@pytest.fixture
def as_staff(people: People) -> Client:
    client = Client()
    client.force_login(people.staff)
    return client


@pytest.fixture
def archive(challenge: Challenge) -> Archive:
    return closed_workshop(challenge).archive


@pytest.fixture
def insight(challenge: Challenge, people: People, archive: Archive) -> Insight:
    made = board_acts.write_insight(
        challenge, people.facilitator, "Being asked once is too early.", tags=["Asking", "timing"]
    )
    board_acts.add_evidence(made, people.facilitator, note="Heard at the café in Zürich")
    return made


@pytest.fixture
def report(challenge: Challenge, people: People, archive: Archive) -> Report:
    """Everything a report needs to be published."""
    made = report_acts.new_report(challenge, people.staff, title="Within a fortnight", archive=archive)
    report_acts.edit_report(made, title=made.title, summary="In **short**.", authors="Q Lab", licence="")
    return made
