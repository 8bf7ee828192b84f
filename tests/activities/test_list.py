"""A prepared list: who sees it when, whose words its lines are, and that other activities take it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workshop_driver import Driver
from workshops.activities.list import MOST_LINES
from workshops.live.state import FACILITATOR, PARTICIPANT, SCREEN
from workshops.results.archive import content_of

pytestmark = pytest.mark.django_db

FILE = {"how": "file", "source": "Secret name.xlsx", "row": 7, "consent": "internal"}


def line(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, **FILE, **more}


@pytest.fixture
def driver() -> Driver:
    driver = Driver()
    driver.join("p-fay", "p-gus", role="facilitator", consent="named")
    driver.join("p-ann", "p-ben")
    return driver


def bring(driver: Driver, step: str, *lines: dict[str, Any]) -> None:
    driver.do("p-fay", "list.bring", activity=step, what={"lines": list(lines)})


def test_nobody_but_facilitators_sees_the_list_before_it_is_shown(driver: Driver) -> None:
    step = driver.step("list")
    heard: list[tuple[str, str]] = []
    driver.heard = lambda to, text: heard.append((to, text))
    driver.do("p-fay", "show.go", activity=step)
    driver.watch()
    bring(driver, step, line("Not to be seen yet"))
    driver.flush()
    driver.check()
    seeing = {to for to, text in heard if "Not to be seen yet" in text}
    assert seeing <= {FACILITATOR, "p-fay", "p-gus"}
    assert FACILITATOR in seeing
    driver.do("p-fay", "step.open", activity=step)
    driver.flush()
    driver.check()
    seeing = {to for to, text in heard if "Not to be seen yet" in text}
    assert {PARTICIPANT, SCREEN} <= seeing
    assert not [
        to for to, text in heard if "Secret name" in text and to not in (FACILITATOR, "p-fay", "p-gus")
    ]


def test_lines_are_grouped_and_voted_on_like_ideas(driver: Driver) -> None:
    step = driver.step("list")
    group, vote = driver.step("cluster"), driver.step("dot_vote")
    bring(driver, step, line("One"), line("Two"))
    assert driver.refused("p-fay", "step.open", activity=vote) == "no_ideas"
    driver.do("p-fay", "step.open", activity=step)
    driver.do("p-fay", "step.open", activity=group)
    driver.group("p-ann", group, "i1", title="A group")
    assert driver.refused("p-fay", "list.add", activity=step, text="Too late") == "grouping_started"
    driver.do("p-fay", "step.open", activity=vote)
    driver.do("p-ben", "dot.place", activity=vote, item="i2")
    driver.do("p-fay", "step.reveal", activity=vote)
    assert [row["text"] for row in driver.outcome(vote)["rows"]] == ["Two", "One"]


def test_the_facilitators_consent_does_not_speak_for_words_that_were_brought_in(driver: Driver) -> None:
    step = driver.step("list")
    bring(driver, step, line("Kept inside"), line("May be quoted", consent="unnamed"))
    driver.do("p-fay", "list.add", activity=step, text="Typed")
    driver.do("p-fay", "step.open", activity=step)
    driver.do("p-fay", "workshop.close")
    driver.ledger.load()
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    ideas = {idea["text"]: idea for idea in content["ideas"].values()}
    assert {text: idea["consent"] for text, idea in ideas.items()} == {
        "Kept inside": "internal",
        "May be quoted": "unnamed",
        "Typed": "internal",
    }
    assert {idea["credit"] for idea in ideas.values()} == {""}
    (outcome,) = content["outcomes"]
    assert [one["how"] for one in outcome["brought"]] == ["file", "file", "typed"]
    assert "Secret name" not in str(content)


def test_a_list_that_was_never_shown_leaves_no_words(driver: Driver) -> None:
    step, other = driver.step("list"), driver.step("brainstorm")
    bring(driver, step, line("Never shown"))
    driver.do("p-fay", "step.open", activity=other)
    driver.do("p-fay", "workshop.close")
    driver.ledger.load()
    assert "Never shown" not in str(content_of(driver.state, driver.workshop, driver.workshop.stream))


def test_a_list_taken_off_the_agenda_and_put_back_has_its_lines(driver: Driver) -> None:
    step = driver.step("list")
    other = driver.step("brainstorm")
    bring(driver, step, line("Still here"))
    driver.do("p-fay", "step.remove", activity=step)
    driver.do("p-fay", "step.open", activity=other)
    driver.watch()
    driver.check()
    driver.do("p-fay", "step.put_back", activity=step)
    assert [idea.text for idea in driver.state.ideas_of(step)] == ["Still here"]


def test_only_facilitators_change_a_list_and_any_of_them(driver: Driver) -> None:
    step = driver.step("list")
    bring(driver, step, line("One"))
    driver.do("p-fay", "step.open", activity=step)
    for do, more in (
        ("list.add", {"text": "Mine"}),
        ("list.bring", {"what": {"lines": [line("Mine")]}}),
        ("idea.edit", {"idea": "i1", "text": "Mine"}),
        ("idea.remove", {"idea": "i1"}),
    ):
        assert driver.refused("p-ann", do, activity=step, **more) == "not_allowed"
    driver.do("p-gus", "idea.edit", activity=step, idea="i1", text="One, better")
    driver.do("p-gus", "idea.remove", activity=step, idea="i1")
    driver.do("p-gus", "idea.put_back", activity=step, idea="i1")
    assert driver.state.ideas["i1"].text == "One, better"


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({}, "bad_field"),
        ({"lines": []}, "bad_field"),
        ({"lines": "One"}, "bad_field"),
        ({"lines": ["One"]}, "bad_field"),
        ({"lines": [{"text": "One"}]}, "bad_field"),
        ({"lines": [line("One")], "more": 1}, "bad_field"),
        ({"lines": [line("One", consent="named")]}, "bad_field"),
        ({"lines": [line("One", author="p-ann")]}, "unknown_field"),
        ({"lines": [line("x" * 281)]}, "too_long"),
        ({"lines": [line(" ")]}, "empty"),
        ({"lines": [line("Call 07700 900123")]}, "identifying"),
        ({"lines": [line("Fine"), line("\u202eodd")]}, "bad_field"),
        ({"lines": [line("x")] * 1001}, "bad_field"),
    ],
)
def test_what_is_no_line_is_refused_whole(driver: Driver, what: dict[str, Any], code: str) -> None:
    step = driver.step("list")
    assert driver.refused("p-fay", "list.bring", activity=step, what=what) == code


def test_a_list_has_an_end(driver: Driver) -> None:
    step = driver.step("list")
    bring(driver, step, *(line(f"Line {n}") for n in range(MOST_LINES)))
    assert driver.refused("p-fay", "list.add", activity=step, text="One more") == "list_full"


@pytest.mark.parametrize("happens", ["changes their mind", "hidden"])
def test_a_copy_from_this_workshop_goes_no_further_than_its_writer_allows_in_the_end(
    driver: Driver, happens: str
) -> None:
    written, step = driver.step("brainstorm", settings={"visibility": "shared"}), driver.step("list")
    driver.do("p-ann", "person.describe", consent="unnamed")
    driver.do("p-fay", "step.open", activity=written)
    idea = driver.idea("p-ann", written, "Said in the room")
    driver.do("p-fay", "step.reveal", activity=written)
    copy = {"text": "Said in the room", "how": "workshop", "consent": "unnamed"}
    bring(driver, step, copy | {"gid": driver.state.gid(idea)})
    driver.do("p-fay", "step.open", activity=step)
    (brought,) = driver.state.ideas_of(step)

    def consent() -> str:
        ideas = content_of(driver.state, driver.workshop, driver.workshop.stream)["ideas"]
        return str(ideas[driver.state.gid(brought.id)]["consent"])

    assert consent() == "unnamed"
    if happens == "hidden":
        driver.do("p-fay", "idea.hide", idea=idea, reason="Names somebody")
    else:
        driver.do("p-ann", "person.describe", consent="internal")
    assert consent() == "internal"
