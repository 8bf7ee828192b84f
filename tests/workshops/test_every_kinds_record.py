"""One workshop with every kind of activity in it: its archive's page, and its tables in a spreadsheet."""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from lab_workspace.people.models import User
from tests.activities.test_contract import CHOSEN, SCENES
from tests.workshop_driver import Driver
from workshops.activities.registry import ACTIVITIES
from workshops.models import Workshop
from workshops.results.archive import content_of
from workshops.results.exports import summary_of
from workshops.results.tables import all_ideas_table, table_of

pytestmark = pytest.mark.django_db
HOSTILE = "=1+1 "


@pytest.fixture
def driver() -> Driver:
    """Every kind has had its scene, and one brainstorm ran in two rooms. Not closed yet."""
    driver = Driver()
    driver.join("p-fay", "p-gus", role="facilitator")
    driver.join("p-ann", "p-ben", "p-cat", consent="unnamed")
    first, grouping = (
        driver.step("brainstorm", title="First ideas"),
        driver.step("cluster", title="First groups"),
    )
    later = {}
    for kind in sorted(
        ACTIVITIES, key=lambda kind: (kind == "cluster", kind)
    ):  # others take from the first one
        later[kind] = driver.step(kind, title=f"Step of {kind}", prompt="", settings=CHOSEN[kind][0])
    driver.do("p-fay", "step.open", activity=first)
    ideas = [driver.idea(person, first, f"Start of {person}") for person in ("p-ann", "p-ben", "p-cat")]
    driver.do("p-fay", "step.reveal", activity=first)
    driver.do("p-fay", "step.open", activity=grouping)
    driver.group("p-ann", grouping, *ideas[:2], title="Start")
    driver.group("p-ben", grouping)
    driver.do("p-fay", "step.reveal", activity=grouping)
    for kind, step in later.items():
        if driver.state.current != step:
            driver.do("p-fay", "show.go", activity=step)
        driver.do("p-fay", "step.open", activity=step)
        SCENES[kind](driver, step)
        driver.do("p-fay", "step.reveal", activity=step)
    split = driver.step("brainstorm", title="Apart", settings={"visibility": "shared"})
    driver.do("p-fay", "show.go", activity=split)
    driver.do("p-fay", "rooms.split", activity=split, how="size", size=2)
    driver.do("p-fay", "step.open", activity=split)
    for room in driver.state.rooms_of(driver.state.steps[split]):
        driver.idea(driver.state.people_at(room)[0].id, room.id, f"Said in {room.id}")
    driver.do("p-fay", "step.reveal", activity=split)
    return driver


def closed(driver: Driver) -> Workshop:
    driver.do("p-fay", "workshop.close")
    return Workshop.objects.get(pk=driver.workshop.pk)


def test_the_page_of_every_kind_is_in_order(driver: Driver, staff: User) -> None:
    workshop = closed(driver)
    client = Client()
    client.force_login(staff)
    page = client.get(workshop.archive.get_absolute_url()).text
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) - {"main"} <= set(ids)
    outcomes = workshop.archive.content["outcomes"]
    assert {one["kind"] for one in outcomes} == {*ACTIVITIES, "rooms"}
    for outcome in outcomes:
        start = page.index(f'<section class="outcome" id="outcome-{outcome["step"]}-')
        figure = page[start:].split("</section>\n", 1)[0]
        assert f">{outcome['title']}</h2>" in figure
        for caption in re.findall(r"<figcaption.*?</figcaption>", figure, re.DOTALL):
            assert outcome["title"] not in caption, "the title stands twice"
            assert re.sub(r"<[^>]+>", "", caption).strip(), "an empty caption"
    for words in ("Reasons", "Suggested changes", "Lines", "Comments", "Agreed", "Also proposed"):
        assert f"<h3>{words}</h3>" in page or words == "Agreed"


def risky(cell: str) -> bool:
    first = next((sign for sign in cell if unicodedata.category(sign)[0] not in "ZC"), "")
    return unicodedata.normalize("NFKC", first) in {*"=+-@"} or cell.startswith(("\t", "\r", "\n"))


def hostile(thing: Any) -> Any:
    """The same with every text that somebody typed made a formula."""
    typed = {"text", "title", "label", "name", "proposal", "prompt", "room", "purpose", "stage", "stages"}
    if isinstance(thing, dict):
        return {
            key: _formula(value) if key in typed and isinstance(value, str | list) else hostile(value)
            for key, value in thing.items()
        }
    return [hostile(one) for one in thing] if isinstance(thing, list) else thing


def _formula(value: Any) -> Any:
    return [_formula(one) for one in value] if isinstance(value, list) else HOSTILE + value


def tables(content: dict[str, Any]) -> Iterator[tuple[str, list[list[str]]]]:
    """Every table that can be taken away, as a spreadsheet reads it, with its head."""
    made = {"outcomes": summary_of(content), "ideas": all_ideas_table(content["ideas"], content)}
    for outcome in content["outcomes"]:
        for public in (False, True):
            made[f"{outcome['id']} {outcome['kind']} {public}"] = table_of(outcome, content, public=public)
    for name, table in made.items():
        data = table.csv()
        assert data.startswith(b"\xef\xbb\xbf"), name
        yield name, list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_every_row_can_be_traced_and_none_is_a_formula(driver: Driver) -> None:
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    by_words: dict[str, set[str]] = {}
    for gid, idea in content["ideas"].items():
        by_words.setdefault(idea["text"], set()).add(gid)
    told: set[str] = set()
    for name, (head, *rows) in tables(content):
        assert len({len(row) for row in (head, *rows)}) == 1, name
        if " " in name:
            assert head[-1] == "Outcome id", name
            assert {row[-1] for row in rows} <= {name.partition(" ")[0]}, name
        for row in rows:
            ids = set(" ".join(row).split())
            for cell in set(row) & by_words.keys() - titles_of(content) - {""}:
                assert ids & by_words[cell], (name, row)
            told |= ids if " " in name else set()
    assert {gid for gid, idea in content["ideas"].items() if idea["text"]} <= told
    kinds = {row[1] for row in dict(tables(content))["ideas"][1:]}
    assert {"Idea", "Post", "Reply", "Line", "Comment", "Reason", "Entry", "Action", "Who does it"} <= kinds
    (journey,) = [rows for name, rows in tables(content) if name.endswith("journey_map True")]
    assert ["Before", "Feels", "A mean of -2, from -2 to 2, of 1 person"] in [row[:3] for row in journey]
    for name, rows in tables(hostile(content)):
        assert not [cell for row in rows for cell in row if risky(cell)], name


def titles_of(content: dict[str, Any]) -> set[str]:
    return {cluster["title"] for cluster in content["clusters"].values()}


def test_the_summary_says_who_answered_of_every_kind_that_asks(driver: Driver) -> None:
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    head, *rows = dict(tables(content))["outcomes"]
    at = {name: head.index(name) for name in ("Activity", "Could answer", "Answered", "Did not answer")}
    counted = {
        row[at["Activity"]].removeprefix("Step of ")
        for row in rows
        if row[at["Could answer"]] and row[at["Answered"]] and row[at["Did not answer"]]
    }
    asking = {"check_in", "check_out", "consent", "dot_vote", "fist_to_five", "matrix", "poll", "ranking"}
    assert counted == asking | {"word_cloud"}
    assert not any({"voted", "abstained"} & outcome.keys() for outcome in content["outcomes"])
