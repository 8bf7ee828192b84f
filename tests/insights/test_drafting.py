"""Working on a draft: blocks by plain forms and by htmx, undo, order, Markdown."""

from __future__ import annotations

from html import escape as escape_all
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from insights.markdown import TAGS, plain, render
from insights.models import Insight, Report
from tests.insights.conftest import make_challenge
from tests.workshops.closing import closed_workshop
from workshops.models import Archive


class Tags(HTMLParser):
    """Reads HTML as a browser would, which no pattern does."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def escape(text: str) -> str:
    return escape_all(text, quote=False)


HTMX = {"HX-Request": "true"}


def headings(report: Report) -> list[str]:
    return list(report.blocks.filter(removed_at=None).values_list("heading", flat=True))


def at(name: str, report: Report, *more: object) -> str:
    return reverse(f"insights:{name}", args=[report.challenge.slug, report.slug, *more])


def test_the_archive_page_begins_a_report(as_staff: Client, archive: Archive) -> None:
    address = reverse("insights:new_report", args=[archive.workshop.challenge.slug])
    answer = as_staff.post(address, {"workshop": str(archive.workshop_id)})
    report = Report.objects.get()
    assert answer["Location"] == at("edit_report", report)
    assert report.title == "Ideas day: what we learned"
    assert as_staff.get(answer["Location"]).status_code == 200
    assert as_staff.post(address, {"workshop": "nonsense"}).status_code == 404
    as_staff.post(address, {"title": ""})
    assert Report.objects.count() == 2


def test_two_reports_never_share_an_address(as_staff: Client, archive: Archive) -> None:
    address = reverse("insights:new_report", args=[archive.workshop.challenge.slug])
    for _n in range(3):
        as_staff.post(address, {"title": "The same"})
    assert set(Report.objects.values_list("slug", flat=True)) == {"the-same", "the-same-2", "the-same-3"}


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_blocks_are_added_edited_moved_removed_and_put_back(
    as_staff: Client, report: Report, archive: Archive, insight: Insight, headers: dict[str, str]
) -> None:
    before = headings(report)
    add = at("add_block", report)
    new: dict[str, dict[str, object]] = {
        "text": {"heading": "Words", "text": "Hello."},
        "outcome": {"heading": "Again", "outcome": f"{archive.pk}:a3/1"},
        "insights": {"heading": "Claims", "insights": [insight.pk]},
    }
    for kind, fields in new.items():
        assert as_staff.get(add, {"kind": kind}, headers=headers).status_code == 200
        as_staff.post(add, {"kind": kind, **fields}, headers=headers)
    assert headings(report) == [*before, "Words", "Again", "Claims"]
    words = report.blocks.get(heading="Words")

    assert "Hello." in as_staff.get(at("edit_block", report, words.pk), headers=headers).content.decode()
    as_staff.post(at("edit_block", report, words.pk), {"heading": "Words!", "text": "Bye."}, headers=headers)
    as_staff.post(at("move_block", report, words.pk), {"direction": "up"}, headers=headers)
    assert headings(report)[-4:-2] == ["Words!", before[-1]]
    as_staff.post(at("move_block", report, words.pk), {"direction": "down"}, headers=headers)
    answer = as_staff.post(at("remove_block", report, words.pk), headers=headers, follow=True)
    assert "Words!" not in headings(report)
    assert at("restore_block", report, words.pk) in answer.content.decode()
    as_staff.post(at("restore_block", report, words.pk), headers=headers)
    assert headings(report) == [*before, "Words!", "Again", "Claims"]


def test_a_mistake_keeps_what_was_written(as_staff: Client, report: Report) -> None:
    answer = as_staff.post(at("add_block", report), {"kind": "text", "heading": "Kept words", "text": ""})
    assert "Kept words" in answer.content.decode()
    assert "Write something" in answer.content.decode()
    assert as_staff.get(at("add_block", report), {"kind": "script"}).status_code == 404


def test_an_outcome_of_another_challenge_cannot_be_shown(as_staff: Client, report: Report) -> None:
    other = closed_workshop(make_challenge("other", "Other")).archive
    answer = as_staff.post(at("add_block", report), {"kind": "outcome", "outcome": f"{other.pk}:a1/1"})
    assert answer.status_code == 200
    assert not report.blocks.filter(archive=other).exists()


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](  jAvAsCrIpT:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<a href='javascript:alert(1)'>x</a>",
        "![x](javascript:alert(1))",
        "<style>body{display:none}</style>",
        '<https://a.example/"onclick=alert(1)>',
        "| a |\n|:-:|\n| <b onclick=x>b</b> |",
        "```html\n<script>alert(1)</script>\n```",
    ],
)
def test_markdown_never_becomes_a_script(source: str) -> None:
    seen = Tags()
    seen.feed(render(source))
    for tag, attributes in seen.found:
        assert tag in TAGS
        for name, value in attributes:
            assert name in {"href", "title", "rel", "scope", "start"}
            assert name != "href" or (value or "").startswith(("https:", "http:", "mailto:", "/", "#"))


def test_markdown_keeps_its_place_on_the_page() -> None:
    html = render("# One\n\n## Two\n\n[x](https://a.example)")
    assert "<h3>One</h3>" in html
    assert "<h4>Two</h4>" in html
    assert 'rel="noopener nofollow"' in html


@pytest.mark.parametrize(
    "title",
    ["1. *Not* a [link](https://a.example) <b> # no", "# no heading", "- no list", "2) no list", "a long-term plan",
     "R&amp;D & co_op_s ~~x~~ `y` \\z", "+ plus", "> quoted", "| a | b |", "<https://a.example>", "==="],
)  # fmt: skip
def test_words_of_a_workshop_stay_as_they_are(title: str) -> None:
    assert render(f"* {plain(title)}").strip() == f"<ul>\n<li>{escape(title)}</li>\n</ul>"
    assert "long-term" in plain("a long-term plan")


def test_the_preview_shows_the_draft(as_staff: Client, report: Report) -> None:
    page = as_staff.get(at("preview", report)).content.decode()
    assert "<strong>short</strong>" in page
    assert "Rests on 4 ideas and 1 workshop" in page
    assert "7 dots from 3 of 4 people" in page
