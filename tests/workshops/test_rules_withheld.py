"""What the archive and its tables don't tell: results nobody was shown, and who wrote what, or in which order."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
from django.template.loader import render_to_string

from tests.workshop_driver import Driver, classic
from workshops.models import Archive, IdeaRecord, TallyRecord
from workshops.results.archive import content_of
from workshops.results.exports import whole_zip

pytestmark = pytest.mark.django_db

NOT_KEPT = "not shown in the workshop"


def written(*texts: str, **settings: dict[str, Any]) -> tuple[Driver, str, list[str]]:
    """People whose consent is to be named, and their ideas in a brainstorm that is still open."""
    driver = Driver()
    brainstorm, _cluster, _vote = classic(driver, **settings)
    for person in ("p-ann", "p-ben"):
        driver.do(person, "person.describe", consent="named", background="Nurse")
    driver.do("p-fay", "step.open", activity=brainstorm)
    return driver, brainstorm, [driver.idea("p-ann", brainstorm, text) for text in texts]


def closed(driver: Driver) -> dict[str, Any]:
    driver.do("p-fay", "workshop.close")
    return dict(Archive.objects.get(workshop=driver.workshop).content)


def drawn(content: dict[str, Any], outcome: dict[str, Any]) -> str:
    template = f"workshops/activities/{outcome['kind']}/outcome.html"
    context = {name: content[name] for name in ("ideas", "clusters")}
    return " ".join(render_to_string(template, {"outcome": outcome, "public": False, **context}).split())


@pytest.mark.parametrize("results", ["hidden", "live"])
def test_of_a_vote_that_was_never_shown_only_the_turnout_is_kept(results: str) -> None:
    driver, brainstorm, ideas = written("One", "Two", dot_vote={"results": results})
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "step.open", activity="a3")
    driver.do("p-ben", "dot.set", activity="a3", item=ideas[0], dots=2)
    driver.do("p-fay", "step.close", activity="a3")
    content = closed(driver)
    (vote,) = (one for one in content["outcomes"] if one["step"] == "a3")
    assert (vote["eligible"], vote["answered"], vote["not_answered"]) == (3, 1, 2)
    html = drawn(content, vote)
    if results == "live":
        assert vote["rows"][0]["dots"] == TallyRecord.objects.order_by("-dots")[0].dots == 2
        assert NOT_KEPT not in html
        return
    assert vote["withheld"] == "not_shown"
    assert vote["rows"] == []
    assert "dots_placed" not in vote
    assert not TallyRecord.objects.exists()
    assert "The result was not shown in the workshop, so it is not kept here." in html
    assert "3 people could vote: 1 voted, 2 abstained." in html
    assert "Nothing was on the ballot" not in html


def test_of_ideas_that_were_never_shown_neither_words_nor_writers_are_kept() -> None:
    driver, _brainstorm, _ideas = written("For nobody's eyes", brainstorm={"names": "everybody"})
    content = closed(driver)
    (idea,) = content["ideas"].values()
    assert (idea["text"], idea["credit"], idea["consent"]) == ("", "", "internal")
    assert "For nobody" not in str(content)
    record = IdeaRecord.objects.get()
    assert (record.text, record.credit, record.consent) == ("", "", "internal")
    html = drawn(content, content["outcomes"][0])
    assert NOT_KEPT in html
    assert "taken off the board" not in html


def test_words_taken_off_the_board_keep_no_name_beside_them() -> None:
    driver, brainstorm, (one, two) = written("One", "Two", brainstorm={"names": "everybody"})
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    records = {record.gid.rpartition("/")[2]: record for record in IdeaRecord.objects.all()}
    assert (records[one].credit, records[one].consent) == ("", "internal")
    assert (records[two].credit, records[two].consent) == ("Ann, Nurse", "named")
    assert closed(driver)["ideas"][records[one].gid]["credit"] == ""


def test_where_people_wrote_unseen_nothing_stands_in_the_order_of_writing() -> None:
    driver, brainstorm, ideas = written(*(f"Idea {n}" for n in range(12)))
    began = driver.state.steps[brainstorm].rounds[0].opened_at
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    shown = [
        key.removeprefix("idea-") for key in driver.ledger.kind.lists(driver.state, "participant")["ideas"]
    ]
    assert shown != ideas
    driver.do("p-fay", "step.open", activity="a2")
    loose = driver.ledger.kind.lists(driver.state, "participant")["loose"]
    assert loose == [f"idea-{idea}" for idea in shown]
    driver.do("p-fay", "step.open", activity="a3")
    assert list(driver.state.steps["a3"].rounds[0].memory.items) == shown
    content = closed(driver)
    gids = [driver.state.gid(idea) for idea in shown]
    assert content["outcomes"][0]["ideas"] == gids
    assert list(content_of(driver.state, driver.workshop, driver.workshop.stream)["ideas"]) == gids
    with zipfile.ZipFile(io.BytesIO(whole_zip(Archive.objects.get()))) as files:
        (table,) = [name for name in files.namelist() if name.endswith("/ideas.csv")]
        rows = list(csv.reader(io.StringIO(files.read(table).decode("utf-8-sig"))))
    assert [row[-1] for row in rows[1:]] == gids
    records = list(IdeaRecord.objects.all())
    assert [record.gid for record in records] == gids
    assert {int(record.written_at.timestamp()) for record in records} == {began // 1000}


def test_where_everybody_watched_the_order_of_writing_is_kept() -> None:
    texts = [f"Idea {n}" for n in range(5)]
    driver, _brainstorm, ideas = written(*texts, brainstorm={"visibility": "shared"})
    content = closed(driver)
    assert [idea["text"] for idea in content["ideas"].values()] == texts
    assert [record.gid.rpartition("/")[2] for record in IdeaRecord.objects.all()] == ideas


@pytest.mark.parametrize("names", ["nobody", "facilitators", "everybody"])
def test_no_count_tells_whether_the_writer_of_an_idea_that_just_came_has_others(names: str) -> None:
    driver, brainstorm, _ideas = written("One", brainstorm={"names": names})

    def counted() -> bool:
        page = driver.watches["screen", "html"].audience.page()
        return "with an idea" in page

    driver.watch()
    driver.idea("p-ben", brainstorm, "Unseen")
    driver.flush()
    driver.check()
    assert counted(), "nobody sees whose idea came"
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.flush()
    assert counted() == (names == "everybody")
    driver.idea("p-cat", brainstorm, "Late")
    driver.flush()
    driver.check()
    assert counted() == (names == "everybody")


def test_on_a_shared_board_the_number_of_writers_is_not_told() -> None:
    driver, _brainstorm, _ideas = written("One", brainstorm={"visibility": "shared"})
    driver.watch()
    assert "with an idea" not in driver.watches["screen", "html"].audience.page()
