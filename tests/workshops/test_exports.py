"""Taking an archive away: safe in a spreadsheet, whole, and provably what was sealed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from lab_workspace.people.models import User
from tests.makers import make_challenge
from tests.workshops.closing import INTERNAL, NAMED, ROLE, UNNAMED, closed_workshop
from workshops.models import Workshop
from workshops.results.tables import Table, safe_cell, table_of


@pytest.fixture
def workshop(db: None) -> Workshop:
    return closed_workshop(make_challenge(), "Tag der Ideen: “Für alle” 🎉")


@pytest.fixture
def member(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def rows_of(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "hostile",
    [
        "=1+1",
        "+441632960000",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\x00=1",
        "  =1+1",
        "\u00a0=1",
        "\u200b@x",
        "\ufeff=cmd|' /C calc'!A0",
        "\u2003\u00ad=1",
        "﹦1",
        "＠SUM(A1)",
        "＝1+1",
        "－1",
        '=HYPERLINK("http://evil.example";"click")',
    ],
)
def test_no_cell_is_a_formula(hostile: str) -> None:
    safe = safe_cell(hostile)
    assert isinstance(safe, str)
    assert safe.startswith("'")
    assert "\x00" not in safe
    (head, row) = rows_of(Table(["=head"], [[hostile]]).csv())
    assert head == ["'=head"]
    assert row[0].startswith("'")


@pytest.mark.parametrize("kept", ["Plain words", "a = b", "", "3 of 5", "naïve – ok", 0, -3, None])
def test_other_cells_stay_as_they_are(kept: str | int | None) -> None:
    assert safe_cell(kept) == kept


def test_ideas_as_a_table(workshop: Workshop, member: Client) -> None:
    response = member.get(reverse("workshops:export", args=[workshop.pk, "a1", 1, "csv"]))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="tag-der-ideen-fur-alle-a1-1.csv"'
    assert "no-store" in response["Cache-Control"]
    head, *rows = rows_of(response.content)
    assert head == ["Idea", "How its words may be used", "Credit", "Idea id", "Outcome id"]
    told = {row[0]: row[1:3] for row in rows}
    assert told == {
        INTERNAL: ["Only inside the Lab", ""],
        UNNAMED: ["Quoted without my name", ""],
        ROLE: ["Quoted without my name", ""],  # only one ward nurse was there
        f"'{NAMED}": ["Quoted with my name", "Dan Drinkwater, Carer"],
    }
    assert all(row[-2].startswith(f"{workshop.stream_id}/i") for row in rows)
    assert {row[-1] for row in rows} == {"a1/1"}


def test_groups_as_a_table(workshop: Workshop, member: Client) -> None:
    head, *rows = rows_of(member.get(reverse("workshops:export", args=[workshop.pk, "a2", 1, "csv"])).content)
    assert head[-3:] == ["Group id", "Idea id", "Outcome id"]
    assert [row[:2] for row in rows] == [
        ["Finding a way in", INTERNAL],
        ["Finding a way in", UNNAMED],
        ["In no group", f"'{NAMED}"],
        ["In no group", ROLE],
    ]


def test_a_vote_as_a_table(workshop: Workshop, member: Client) -> None:
    head, *rows = rows_of(member.get(reverse("workshops:export", args=[workshop.pk, "a3", 1, "csv"])).content)
    assert head == [
        "Rank",
        "Tied",
        "Dots",
        "People",
        "Idea",
        "How its words may be used",
        "Credit",
        "Idea id",
        "Outcome id",
    ]
    assert sorted(row[:5] for row in rows) == [
        ["1", "yes", "3", "2", ROLE],
        ["1", "yes", "3", "2", INTERNAL],
        ["3", "no", "1", "1", f"'{NAMED}"],
        ["4", "no", "0", "0", UNNAMED],
    ]


def test_an_outcome_as_data(workshop: Workshop, member: Client) -> None:
    response = member.get(reverse("workshops:export", args=[workshop.pk, "a2", 1, "json"]))
    data = json.loads(response.content)
    (group,) = data["outcome"]["clusters"]
    assert data["clusters"][group["id"]]["title"] == "Finding a way in"
    assert {data["ideas"][gid]["text"] for gid in group["ideas"]} == {INTERNAL, UNNAMED}
    assert data["seal"]["sha256"] == workshop.archive.sha256


@pytest.mark.parametrize("name", ["a9-1.csv", "a3-2.csv", "a3-1.xls", "a3-1.zip", "all.csv", "a3.csv"])
def test_what_is_not_there_is_not_found(workshop: Workshop, member: Client, name: str) -> None:
    assert member.get(f"/workshops/{workshop.pk}/archive/{name}").status_code == 404


def test_the_sealed_data_has_the_archives_checksum(workshop: Workshop, member: Client) -> None:
    response = member.get(reverse("workshops:export_all", args=[workshop.pk, "json"]))
    assert hashlib.sha256(response.content).hexdigest() == workshop.archive.sha256
    assert json.loads(response.content) == workshop.archive.content


def test_the_zip_is_whole_and_always_the_same(workshop: Workshop, member: Client) -> None:
    address = reverse("workshops:export_all", args=[workshop.pk, "zip"])
    data = member.get(address).content
    assert member.get(address).content == data
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        folder = "tag-der-ideen-fur-alle/"
        files = {name.removeprefix(folder): packed.read(name) for name in packed.namelist()}
        assert all(name.isascii() and name.startswith(folder) for name in packed.namelist())
    assert {"README.txt", "SHA256SUMS", "archive.json", "seal.json", "outcomes.csv", "ideas.csv"} < set(files)
    assert {f"outcomes/a3-1-dot-vote.{form}" for form in ("csv", "json")} < set(files)
    lines = [line.split("  ") for line in files.pop("SHA256SUMS").decode().splitlines()]
    sums = {name: checksum for checksum, name in lines}
    assert sums == {name: hashlib.sha256(held).hexdigest() for name, held in files.items()}
    assert workshop.archive.sha256 in files["README.txt"].decode()
    summary = rows_of(files["outcomes.csv"])
    assert [row[0] for row in summary] == ["Activity", "Ideas", "Groups", "Vote"]
    assert summary[3][7:14] == ["4", "3", "1", "7", "13", "a3", "a3/1"]
    head, *ideas = rows_of(files["ideas.csv"])
    assert head[0] == "Idea"
    assert head[4:] == ["Activity", "Activity id", "Merged into (idea id)", "Idea id"]
    assert {tuple(row[4:7]) for row in ideas} == {("Ideas", "a1", "")}


def test_a_kind_nobody_knows_is_a_table_of_facts() -> None:
    outcome = {
        "id": "a1/1",
        "step": "a1",
        "kind": "check_in",
        "title": "=How are you",
        "mean": 3.5,
        "who": ["a"],
    }
    table = table_of(outcome, {"ideas": {}, "clusters": {}}, public=False)
    assert ["mean", "3.5", "a1/1"] in table.rows
    assert ["who", '["a"]', "a1/1"] in table.rows
    assert b"'=How are you" in table.csv()
