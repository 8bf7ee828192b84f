"""A challenge with people in every role, and a closed workshop with ideas under every consent."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from challenges import actions as challenge_acts
from challenges.models import Challenge, Membership
from insights.actions import board as board_acts
from insights.actions import reports as report_acts
from insights.models import Insight, Report
from lab_workspace.people.models import User
from realtime.models import Stream
from workshops.archive import checksum
from workshops.models import Archive, ClusterRecord, IdeaRecord, TallyRecord, Workshop

INTERNAL = "Ring the ward sister after six, she lets volunteers in"
UNNAMED = "Put a card in every new-diagnosis pack"
ROLE = "Let people refer themselves by text"
NAMED = '=HYPERLINK("http://evil.example") & host talks in the mosque'
HIDDEN = "A sentence that a facilitator took down"


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


def close_workshop(
    challenge: Challenge, *, more: list[dict[str, Any]] | None = None, code: str = "PEER"
) -> Archive:
    """A workshop as closing leaves it: records and a sealed archive, in the forms of `workshops.archive`."""
    stream = Stream.objects.create(kind="workshop")
    workshop = Workshop.objects.create(
        challenge=challenge, title="Ideas day", purpose="Find a way in.", starts_at=timezone.now(),
        state="closed", code=code, stream=stream, closed_at=timezone.now(),
    )  # fmt: skip
    gid = f"{stream.pk}/".__add__
    ideas = {
        gid("i1"): (INTERNAL, "internal", "", False),
        gid("i2"): (UNNAMED, "unnamed", "Nurse", False),
        gid("i3"): (ROLE, "role", "Physiotherapist", False),
        gid("i4"): (NAMED, "named", "Ann Other, carer", False),
        gid("i5"): (HIDDEN, "named", "Ann Other, carer", True),
    }
    for key, (text, consent, credit, hidden) in ideas.items():
        IdeaRecord.objects.create(
            gid=key, workshop=workshop, step="a1", text="" if hidden else text, consent=consent, credit=credit,
            hidden=hidden, written_at=timezone.now(),
        )  # fmt: skip
    groups = {gid("g1"): ("Finding a way in", [gid("i1"), gid("i2")]), gid("g2"): ("Places", [gid("i3")])}
    for place, (key, (title, inside)) in enumerate(groups.items()):
        ClusterRecord.objects.create(
            gid=key, workshop=workshop, step="a2", round=1, title=title, ideas=inside, position=place
        )
    rows: list[dict[str, Any]] = [
        {"item": gid("i2"), "dots": 5, "voters": 4, "rank": 1, "text": UNNAMED},
        {"item": gid("i1"), "dots": 3, "voters": 2, "rank": 2, "text": INTERNAL},
        {"item": gid("i4"), "dots": 1, "voters": 1, "rank": 3, "text": NAMED},
    ]
    for row in rows:
        TallyRecord.objects.create(
            workshop=workshop,
            step="a3",
            round=1,
            **{name: row[name] for name in ("item", "dots", "voters", "rank")},
        )
    outcomes: list[dict[str, Any]] = [
        {"id": "a1/1", "step": "a1", "round": 1, "kind": "brainstorm", "title": "Ideas",
         "prompt": "How might we?", "ideas": list(ideas)},
        {"id": "a2/1", "step": "a2", "round": 1, "kind": "cluster", "title": "Groups", "prompt": "",
         "clusters": [{"id": key, "title": title, "ideas": inside} for key, (title, inside) in groups.items()],
         "ungrouped": [gid("i4")]},
        {"id": "a3/1", "step": "a3", "round": 1, "kind": "dot_vote", "title": "Dots", "prompt": "",
         "target": "ideas", "dots_per_person": 5, "cap": 2, "results": "closed", "eligible": 6, "voted": 5,
         "abstained": 1, "dots_placed": 9, "unspent": 1, "rows": rows},
        *(more or []),
    ]  # fmt: skip
    moment = "2026-08-27T10:00:00+00:00"
    content = {
        "version": 1,
        "workshop": {"id": str(workshop.pk), "title": workshop.title, "purpose": workshop.purpose,
                     "challenge": challenge.title, "opened_at": moment,
                     "closed_at": "2026-08-27T12:05:00+00:00"},
        "agenda": [{"step": "a1", "kind": "brainstorm", "title": "Ideas", "prompt": "How might we?",
                    "minutes": 15, "rounds": [{"number": 1, "opened_at": moment, "revealed_at": None,
                                               "closed_at": "2026-08-27T10:14:00+00:00"}]}],
        "people": {"joined": 6, "named": [{"name": "Ann Other", "background": "carer"}], "unnamed": 5},
        "log": {"stream": str(stream.pk), "epoch": "e", "seq": 1871, "head": "ab" * 32},
        "ideas": {
            key: {"text": "" if hidden else text, "consent": consent, "credit": credit, "step": "a1",
                  "hidden": hidden, "merged_into": None}
            for key, (text, consent, credit, hidden) in ideas.items()
        },
        "clusters": {
            key: {"title": title, "ideas": inside, "step": "a2"} for key, (title, inside) in groups.items()
        },
        "outcomes": outcomes,
    }  # fmt: skip
    return Archive.objects.create(
        workshop=workshop, seq=1871, chain_head="ab" * 32, content=content, sha256=checksum(content)
    )


@pytest.fixture
def archive(challenge: Challenge) -> Archive:
    return close_workshop(challenge)


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
