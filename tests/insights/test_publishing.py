"""What stops publishing, what is withheld, and that a published version never changes."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from insights.actions import board as board_acts
from insights.actions import publishing
from insights.actions import reports as acts
from insights.checks import problems_of, remarks_of
from insights.content import build
from insights.models import Insight, Report, ReportVersion, VersionIsFixedError
from insights.queries import is_whole
from tests.insights.conftest import People
from tests.workshops.closing import HIDDEN, INTERNAL, NAMED, ROLE, UNNAMED, closed_workshop
from workshops.models import Archive, IdeaRecord
from workshops.results.archive import checksum


@pytest.fixture
def version(report: Report, insight: Insight, people: People, archive: Archive) -> ReportVersion:
    """Published and listed, with an insight that rests on a group and an idea kept inside the Lab."""
    workshop = archive.workshop
    workshop.ideas.filter(text=UNNAMED).update(credit="Dietitian")  # as no record should hold it
    for text in (INTERNAL, UNNAMED):
        gid = workshop.ideas.get(text=text).gid
        board_acts.add_evidence(insight, None, kind="idea", workshop=workshop, source=gid)
    group = workshop.clusters.get(title="Finding a way in").gid
    board_acts.add_evidence(insight, None, kind="cluster", workshop=workshop, source=group)
    acts.add_block(report, "insights", heading="What we learned", insights=[insight])
    return publishing.publish(report, people.staff, listed=True)


def figure(version: ReportVersion, number: int, form: str) -> str:
    args = [version.report.slug, version.number, number, form]
    answer = Client().get(reverse("insights:published_data", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_draft_begins_with_what_is_known(report: Report) -> None:
    blocks = list(report.blocks.all())
    assert [block.heading for block in blocks] == [
        "What we asked", "How we worked", "Ideas", "Groups", "Vote", "What we do not know",
    ]  # fmt: skip
    assert ": 4 participants and 1 facilitator." in blocks[1].text
    assert "5 minutes, 5 minutes planned" in blocks[1].text
    assert "1 of 4 people" in blocks[5].text
    assert problems_of(report) == []


def test_everything_that_would_not_hold_up_is_named(
    report: Report, archive: Archive, insight: Insight, people: People
) -> None:
    bare = board_acts.write_insight(report.challenge, None, "No evidence here.")
    board_acts.withdraw_insight(insight, people.staff)
    acts.edit_report(report, title="T", summary=" ", authors="", licence="")
    acts.add_block(report, "text", heading="Empty one")
    acts.add_block(report, "insights", heading="Claims", insights=[bare, insight])
    acts.add_block(report, "outcome", heading="Gone")
    acts.add_block(report, "outcome", heading="Not there", archive=archive, outcome="a9/9")
    problems = "\n".join(problems_of(report))
    for words in (
        "no summary", "“Empty one” is empty", "“No evidence here.” has no evidence",
        f"“{insight.statement}” was taken off", "“Gone” rests on an archive that is no longer there",
        "“Not there” shows an outcome",
    ):  # fmt: skip
        assert words in problems
    with pytest.raises(publishing.NotReadyError):
        publishing.publish(report, people.staff, listed=True)
    assert not report.versions.exists()


def test_a_changed_archive_stops_publishing(report: Report, archive: Archive) -> None:
    archive.content["outcomes"][2]["dots_placed"] = 999
    archive.save()
    assert len([problem for problem in problems_of(report) if "has changed" in problem]) == 3


def test_the_page_that_publishes_says_what_is_missing(as_staff: Client, report: Report) -> None:
    acts.edit_report(report, title="T", summary="", authors="", licence="")
    address = reverse("insights:publish", args=[report.challenge.slug, report.slug])
    assert "no summary" in as_staff.get(address).content.decode()
    assert as_staff.post(address, {"listed": "yes"}).status_code == 409
    assert not report.versions.exists()


def test_consent_decides_what_leaves_the_lab_in_every_form(version: ReportVersion) -> None:
    page = Client().get(version.get_absolute_url()).content.decode()
    whole = Client().get(reverse("insights:published_json", args=[version.report.slug, 1])).content.decode()
    files = [figure(version, number, form) for number in (1, 2, 3) for form in ("csv", "json")]
    for place in (page, whole, *files, json.dumps(version.content)):
        assert INTERNAL not in place
        assert HIDDEN not in place
        assert "Dietitian" not in place  # unnamed: no credit, whatever the record holds
    assert UNNAMED in page
    assert "Ward nurse" not in page  # the only one who was there
    assert "Dan Drinkwater, Carer" in page
    assert "kept inside the Lab" in page
    assert "Kept inside the Lab" in figure(version, 1, "csv")
    assert any("kept inside the Lab" in remark for remark in remarks_of(version.content))


def test_consent_withdrawn_after_the_workshop_counts(report: Report) -> None:
    IdeaRecord.objects.filter(text=ROLE).update(consent="internal")
    IdeaRecord.objects.filter(text=UNNAMED).delete()
    content = json.dumps(build(report))
    assert ROLE not in content
    assert UNNAMED not in content


def test_words_copied_by_an_unknown_kind_of_activity_are_withheld(report: Report, people: People) -> None:
    odd = [{"id": "a8/1", "step": "a8", "round": 1, "kind": "../../etc", "title": "Matrix", "prompt": "",
            "notes": [f"Somebody said: {INTERNAL}."], "points": 7}]  # fmt: skip
    archive = closed_workshop(report.challenge, "Odd day").archive
    archive.content["outcomes"] += odd
    archive.sha256 = checksum(archive.content)
    archive.save()
    acts.add_block(report, "outcome", heading="Odd", archive=archive, outcome="a8/1")
    version = publishing.publish(report, people.staff, listed=True)
    assert INTERNAL not in json.dumps(version.content)
    page = Client().get(version.get_absolute_url()).content.decode()
    assert "Matrix" in page
    assert "points" in figure(version, 4, "csv")


def test_csv_opens_safely_in_a_spreadsheet(version: ReportVersion) -> None:
    text = figure(version, 1, "csv")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert f"'{NAMED}" in {row[0] for row in rows}
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_a_published_version_never_changes(version: ReportVersion) -> None:
    before = Client().get(version.get_absolute_url()).content
    version.title = "Another"
    with pytest.raises(VersionIsFixedError):
        version.save()
    with pytest.raises(VersionIsFixedError):
        ReportVersion.objects.update(title="Another")
    with pytest.raises(VersionIsFixedError):
        ReportVersion.objects.bulk_update([version], ["title"])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE insights_reportversion SET content = '{}' WHERE id = %s", [version.pk])
    ReportVersion.objects.update(published_by=None)
    assert Client().get(version.get_absolute_url()).content == before


def test_the_world_moves_on_and_the_version_stays(version: ReportVersion, people: People) -> None:
    report, address = version.report, version.get_absolute_url()
    Insight.objects.all()[0].evidence.all().delete()
    board_acts.edit_insight(
        Insight.objects.get(), statement="Changed.", status="contested", tags=[], phase=None
    )
    acts.edit_report(report, title="New title", summary="New summary.", authors="", licence="")
    page = Client().get(address).content.decode()
    assert "Being asked once is too early." in page
    assert "New title" not in page
    assert is_whole(ReportVersion.objects.get())


def test_the_next_version_leaves_the_older_with_a_banner(
    version: ReportVersion, as_staff: Client, insight: Insight
) -> None:
    board_acts.add_evidence(insight, None, note="More")
    report = version.report
    acts.edit_report(report, title="Second", summary="S.", authors="", licence="")
    address = reverse("insights:publish", args=[report.challenge.slug, report.slug])
    assert "what changed" in as_staff.post(address, {"listed": "yes"}).content.decode()
    as_staff.post(address, {"listed": "yes", "change_note": "One more note."})
    latest = Client().get(reverse("insights:published", args=[report.slug])).content.decode()
    older = Client().get(reverse("insights:published", args=[report.slug, 1])).content.decode()
    assert "Second" in latest
    assert "One more note." in latest
    assert "There is a newer version" not in latest
    assert "There is a newer version" in older
    assert "Within a fortnight" in older


def test_withdrawing_shows_the_reason_and_publishing_again_ends_it(
    version: ReportVersion, as_staff: Client, people: People
) -> None:
    report = version.report
    address = reverse("insights:withdraw_report", args=[report.challenge.slug, report.slug])
    as_staff.post(address, {"withdraw-reason": " "})
    assert Client().get(version.get_absolute_url()).status_code == 200
    as_staff.post(address, {"withdraw-reason": "A figure was wrong."})
    for number in ([], [1]):
        gone = Client().get(reverse("insights:published", args=[report.slug, *number]))
        assert gone.status_code == 410
        assert "A figure was wrong." in gone.content.decode()
        assert UNNAMED not in gone.content.decode()
    data = Client().get(reverse("insights:published_data", args=[report.slug, 1, 1, "csv"]))
    assert data.status_code == 410
    assert UNNAMED not in data.content.decode()
    assert report.title not in Client().get(reverse("insights:library")).content.decode()
    publishing.publish(report, people.staff, listed=True, change_note="Put right.")
    assert Client().get(reverse("insights:published", args=[report.slug])).status_code == 200


def test_reading_asks_as_much_for_three_outcomes_as_for_one(
    report: Report, people: People, archive: Archive
) -> None:
    version = publishing.publish(report, people.staff, listed=True)
    for block in report.blocks.filter(kind="outcome")[1:]:
        acts.remove_block(block)
    slimmer = publishing.publish(report, people.staff, listed=True, change_note="Less.")
    counts = []
    for one in (version, slimmer):
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(one.get_absolute_url()).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(reverse("insights:library")).status_code == 200
    assert len(queries) == 2


def test_how_much_a_preview_asks_does_not_grow_with_its_blocks(
    as_staff: Client, report: Report, insight: Insight
) -> None:
    address = reverse("insights:preview", args=[report.challenge.slug, report.slug])
    acts.add_block(report, "insights", insights=[insight])

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert as_staff.get(address).status_code == 200
        return len(queries)

    before = asked()
    for n in range(2):
        more = board_acts.write_insight(report.challenge, None, f"More {n}.")
        board_acts.add_evidence(more, None, note="n")
        acts.add_block(report, "insights", insights=[more, insight])
    assert asked() == before
