"""Who may do what, asked of the server itself."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from insights.actions import publishing
from insights.models import Insight, Report
from tests.insights.conftest import People
from workshops.models import Archive

WHO = ("anonymous", "stranger", "observer", "participant", "facilitator", "staff", "lab")
# In the order of WHO. 404 says nothing; 403 is for members who may see the challenge.
NOBODY_OUTSIDE = (404, 404, 200, 200, 200, 200, 200)
KEEPERS = (404, 404, 403, 403, 200, 200, 200)
STAFF = (404, 404, 403, 403, 403, 200, 200)
PAGES = {
    "board": NOBODY_OUTSIDE,
    "insight": NOBODY_OUTSIDE,
    "reports": NOBODY_OUTSIDE,
    "write": KEEPERS,
    "edit": KEEPERS,
    "take_from": KEEPERS,
    "take": KEEPERS,
    "new_report": STAFF,
    "edit_report": STAFF,
    "blocks": STAFF,
    "add_block": STAFF,
    "edit_block": STAFF,
    "preview": STAFF,
    "publish": STAFF,
    "links": STAFF,
}
POSTS = {
    "withdraw": KEEPERS,
    "restore": KEEPERS,
    "remove_evidence": KEEPERS,
    "add_evidence": KEEPERS,
    "move_block": STAFF,
    "remove_block": STAFF,
    "withdraw_report": STAFF,
    "set_listed": STAFF,
    "revoke_link": STAFF,
}


def client_of(people: People, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        client.force_login(getattr(people, who))
    return client


@pytest.fixture
def addresses(challenge: Challenge, insight: Insight, report: Report, archive: Archive) -> dict[str, str]:
    slug = challenge.slug
    block = report.blocks.all()[0]
    link, _token = publishing.make_link(report, None, label="Pat")
    evidence = insight.evidence.get()
    found = {
        name: reverse(f"insights:{name}", args=[slug]) for name in ("board", "reports", "write", "take_from")
    }
    found |= {
        name: reverse(f"insights:{name}", args=[slug, insight.pk])
        for name in ("insight", "edit", "withdraw", "restore", "add_evidence")
    }
    found |= {
        name: reverse(f"insights:{name}", args=[slug, report.slug])
        for name in ("edit_report", "blocks", "preview", "publish", "links", "withdraw_report", "set_listed")
    }
    found |= {
        name: reverse(f"insights:{name}", args=[slug, report.slug, block.pk])
        for name in ("edit_block", "move_block", "remove_block")
    }
    return found | {
        "take": reverse("insights:take", args=[slug, archive.workshop_id]),
        "new_report": reverse("insights:new_report", args=[slug]),
        "add_block": reverse("insights:add_block", args=[slug, report.slug]) + "?kind=text",
        "remove_evidence": reverse("insights:remove_evidence", args=[slug, insight.pk, evidence.pk]),
        "revoke_link": reverse("insights:revoke_link", args=[slug, report.slug, link.pk]),
    }


@pytest.mark.parametrize("page", PAGES)
def test_pages_open_to_whom_the_table_says(page: str, people: People, addresses: dict[str, str]) -> None:
    got = [client_of(people, who).get(addresses[page], follow=True).status_code for who in WHO]
    assert dict(zip(WHO, got, strict=True)) == dict(zip(WHO, PAGES[page], strict=True))


@pytest.mark.parametrize("act", POSTS)
def test_acts_are_refused_to_everybody_else(act: str, people: People, addresses: dict[str, str]) -> None:
    for who, expected in zip(WHO, POSTS[act], strict=True):
        if expected != 200:
            assert client_of(people, who).post(addresses[act]).status_code == expected, who
    assert Insight.objects.filter(withdrawn_at=None).count() == 1


def test_an_insight_of_another_challenge_is_not_found_through_mine(
    people: People, insight: Insight, report: Report
) -> None:
    from tests.insights.conftest import make_challenge

    other = make_challenge("other", "Other")
    client = client_of(people, "lab")
    assert client.get(reverse("insights:insight", args=[other.slug, insight.pk])).status_code == 404
    assert client.get(reverse("insights:edit_report", args=[other.slug, report.slug])).status_code == 404


def test_a_draft_is_never_public(people: People, report: Report) -> None:
    for who in WHO:
        client = client_of(people, who)
        assert client.get(reverse("insights:published", args=[report.slug])).status_code == 404, who
        assert report.title not in client.get(reverse("insights:library")).content.decode()
    listing = client_of(people, "participant").get(reverse("insights:reports", args=[report.challenge.slug]))
    assert report.title not in listing.content.decode()


def test_an_unlisted_report_is_for_staff_and_links_only(people: People, report: Report) -> None:
    publishing.publish(report, people.staff, listed=False)
    address = reverse("insights:published", args=[report.slug])
    got = [client_of(people, who).get(address).status_code for who in WHO]
    assert got == [404, 404, 404, 404, 404, 200, 200]
    assert report.title not in Client().get(reverse("insights:library")).content.decode()
