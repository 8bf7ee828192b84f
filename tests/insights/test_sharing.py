"""Links to unlisted reports: what they open, when they stop, and what they tell browsers."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from insights.actions import publishing
from insights.models import Report, ShareLink
from tests.insights.conftest import People
from tests.workshops.closing import INTERNAL, UNNAMED


def shared(token: str, *more: int) -> str:
    return reverse("insights:shared", args=[token, *more])


@pytest.fixture
def published(report: Report, people: People) -> Report:
    publishing.publish(report, people.staff, listed=False)
    return report


def test_a_link_opens_the_published_report_and_its_data(published: Report) -> None:
    link, token = publishing.make_link(published, None, label="Trust board")
    answer = Client().get(shared(token))
    assert answer.status_code == 200
    assert UNNAMED in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    data = Client().get(reverse("insights:shared_data", args=[token, 1, 1, "csv"]))
    assert data.status_code == 200
    assert INTERNAL not in data.content.decode()
    assert "no-store" in data["Cache-Control"]
    assert token not in link.token_hash
    assert len(token) == 43
    link.refresh_from_db()
    assert link.last_used_at is not None


def test_every_link_on_the_page_stays_behind_the_link(published: Report) -> None:
    _link, token = publishing.make_link(published, None, label="x")
    page = Client().get(shared(token)).content.decode()
    assert f"/library/{published.slug}" not in page
    assert f"{shared(token)}v1/" in page


def test_a_closed_link_is_nobodys(published: Report, as_staff: Client) -> None:
    link, token = publishing.make_link(published, None, label="x")
    as_staff.post(reverse("insights:revoke_link", args=[published.challenge.slug, published.slug, link.pk]))
    assert Client().get(shared(token)).status_code == 404
    assert Client().get(reverse("insights:shared_data", args=[token, 1, 1, "csv"])).status_code == 404


def test_a_link_runs_out(published: Report) -> None:
    until = timezone.now() + datetime.timedelta(days=2)
    _link, token = publishing.make_link(published, None, label="x", expires_at=until)
    assert Client().get(shared(token)).status_code == 200
    with time_machine.travel(until + datetime.timedelta(seconds=1)):
        assert Client().get(shared(token)).status_code == 404


def test_unknown_and_odd_tokens_are_not_found(db: None) -> None:
    for token in ("A" * 43, "A" * 42, "../../x", "A" * 300):
        assert Client().get(f"/shared-reports/{token}/").status_code == 404


def test_a_link_to_the_published_report_never_opens_a_draft(report: Report) -> None:
    _link, token = publishing.make_link(report, None, label="x")
    assert Client().get(shared(token)).status_code == 404


def test_a_link_to_the_draft_shows_it_by_the_rules_for_the_public(report: Report) -> None:
    _link, token = publishing.make_link(report, None, label="x", scope=ShareLink.Scope.DRAFT)
    answer = Client().get(shared(token))
    assert answer.status_code == 200
    assert UNNAMED in answer.content.decode()
    assert INTERNAL not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert Client().get(shared(token, 1)).status_code == 404


def test_a_withdrawn_report_is_gone_for_links_too(published: Report, people: People) -> None:
    _link, token = publishing.make_link(published, None, label="x")
    publishing.withdraw(published, people.staff, "Wrong figure.")
    answer = Client().get(shared(token))
    assert answer.status_code == 410
    assert "Wrong figure." in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_staff_see_the_address_once(as_staff: Client, published: Report) -> None:
    address = reverse("insights:links", args=[published.challenge.slug, published.slug])
    made = as_staff.post(address, {"label": "Board", "scope": "published", "until": ""}).content.decode()
    assert "http://testserver/shared-reports/" in made
    assert "/shared-reports/" not in as_staff.get(address).content.decode()
    yesterday = (timezone.localdate() - datetime.timedelta(days=1)).isoformat()
    late = as_staff.post(address, {"label": "Board", "scope": "published", "until": yesterday})
    assert "This day is over" in late.content.decode()
    assert ShareLink.objects.count() == 1
