"""The way back: from a published report and from an insight to what was said, for those who may read it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from insights.actions import board as board_acts
from insights.actions import publishing
from insights.actions import reports as acts
from insights.checks import remarks_of
from insights.models import Insight, Report, ReportVersion
from insights.rendering import page_of
from lab_workspace.people.models import User
from tests.insights.conftest import People
from tests.workshops.closing import INTERNAL, UNNAMED
from workshops.models import Archive


@pytest.fixture
def version(report: Report, insight: Insight, people: People, archive: Archive) -> ReportVersion:
    """It shows three outcomes, and an insight that rests on an idea, a group and a vote."""
    workshop = archive.workshop
    idea = workshop.ideas.get(text=UNNAMED).gid
    group = workshop.clusters.get(title="Finding a way in").gid
    board_acts.add_evidence(insight, None, kind="idea", workshop=workshop, source=idea)
    board_acts.add_evidence(insight, None, kind="cluster", workshop=workshop, source=group)
    board_acts.add_evidence(insight, None, kind="vote", workshop=workshop, source=idea, outcome="a3/1")
    acts.add_block(report, "insights", heading="What we learned", insights=[insight])
    return publishing.publish(report, people.staff, listed=True)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ways_back(page: str, archive: Archive) -> list[str]:
    """Where on the archive's page links lead to."""
    return re.findall(rf'href="{archive.get_absolute_url()}#([^"]+)"', page)


def test_members_go_from_a_published_report_to_the_outcome_it_rests_on(
    version: ReportVersion, insight: Insight, people: People, archive: Archive
) -> None:
    address = version.get_absolute_url()
    for member in (people.staff, people.observer):
        client = as_(member)
        page = client.get(address).text
        back = ways_back(page, archive)
        figures, evidence = ["outcome-a1-1", "outcome-a2-1", "outcome-a3-1"], ["outcome-a1-1", "outcome-a2-1"]
        assert back == [*figures, *evidence, "outcome-a3-1"]
        there = client.get(archive.get_absolute_url()).text
        assert all(f'id="{anchor}"' in there for anchor in back)
        assert insight.get_absolute_url() in page


def test_others_read_the_same_without_ways_that_are_shut_for_them(
    version: ReportVersion, insight: Insight, people: People, archive: Archive
) -> None:
    token = publishing.make_link(version.report, people.staff, label="For Ann")[1]
    shared = reverse("insights:shared", args=[token])
    for client, address in (
        (Client(), version.get_absolute_url()),
        (as_(people.stranger), version.get_absolute_url()),
        (as_(people.staff), shared),  # as the one who gets the link will see it
    ):
        page = client.get(address).text
        assert archive.get_absolute_url() not in page
        assert insight.get_absolute_url() not in page
        assert archive.workshop.title in page


def test_evidence_leads_to_its_outcome(
    version: ReportVersion, insight: Insight, people: People, archive: Archive
) -> None:
    page = as_(people.observer).get(insight.get_absolute_url()).text
    assert ways_back(page, archive) == ["outcome-a1-1", "outcome-a2-1", "outcome-a3-1"]


def test_facilitators_go_from_an_archive_to_the_insight_board(people: People, archive: Archive) -> None:
    take = reverse("insights:take", args=[archive.workshop.challenge.slug, archive.workshop_id])
    assert take in as_(people.facilitator).get(archive.get_absolute_url()).text
    assert take not in as_(people.participant).get(archive.get_absolute_url()).text
    assert UNNAMED in as_(people.facilitator).get(take).text


def test_who_publishes_is_told_when_roles_stand(version: ReportVersion) -> None:
    assert any("at least 5 people of that role" in remark for remark in remarks_of(version.content))
    assert not any("role" in remark for remark in remarks_of(version.content | {"blocks": []}))


def test_what_is_taken_says_where_it_was_written_and_what_stays_inside(
    people: People, archive: Archive, insight: Insight
) -> None:
    client, workshop = as_(people.facilitator), archive.workshop
    take = client.get(reverse("insights:take", args=[workshop.challenge.slug, workshop.pk])).text
    assert "Ideas: in no group" in take
    gid = workshop.ideas.get(text=INTERNAL).gid
    board_acts.add_evidence(insight, None, kind="idea", workshop=workshop, source=gid)
    assert "only inside the Lab" in client.get(insight.get_absolute_url()).text


def test_names_of_who_does_an_action_are_nothing_to_rest_on(people: People, archive: Archive) -> None:
    workshop = archive.workshop
    gid = workshop.ideas.get(text=UNNAMED).gid
    archive.content["ideas"][gid]["sort"] = "owner"
    archive.save()
    address = reverse("insights:take", args=[workshop.challenge.slug, workshop.pk])
    client = as_(people.facilitator)
    assert UNNAMED not in client.get(address).text
    client.post(address, {"statement": "S.", "items": [gid], "strength": "moderate", "status": "emerging"})
    assert not Insight.objects.filter(statement="S.").exists()


def test_a_figure_rests_on_answers_and_pieces_of_writing() -> None:
    said = {"text": "More breaks", "credit": "", "withheld": "", "sort": "comment"}
    kept = {"text": "", "credit": "", "withheld": "internal", "sort": "line"}
    outcome = {
        "id": "a5/1", "kind": "poll", "title": "T", "eligible": 9, "answered": 7, "not_answered": 2, "choices": [],
    }  # fmt: skip
    block = {
        "kind": "outcome", "key": "part-1", "heading": "", "caption": "", "outcome": outcome, "clusters": {},
        "ideas": {"s/i1": said, "s/i2": kept}, "workshop": {"id": "w"},
    }  # fmt: skip
    content = {"format": 1, "summary": "", "blocks": [block]}
    (part,) = page_of(content).parts
    assert str(part["rest"]) == "Rests on 2 pieces of writing, 7 people's answers and 1 workshop"
    assert part["written"] == {"count": 2, "ideas": [said]}
    assert part["loose"]["count"] == 0
