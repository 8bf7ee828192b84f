"""Words that could identify somebody, flags, and taking back what one did last."""

from __future__ import annotations

from typing import Any

import pytest

from realtime.ledger import Refusal
from tests.workshop_driver import Driver, classic
from workshops.live.identifying import found_in, is_nhs_number
from workshops.live.showing import show
from workshops.live.state import FACILITATOR, PARTICIPANT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("She is 943 476 5919, ask the ward", "an NHS number"),  # the example of the NHS Data Dictionary
        ("943-476-5919", "an NHS number"),
        ("nhs no 9434765919.", "an NHS number"),
        ("Write to ann.lee+ward@trust.example", "an e-mail address"),
        ("ring 07700 900123 any time", "a telephone number"),
        ("+44 (0)113 496 0123", "a telephone number"),
        ("01632 960 123", "a telephone number"),
        ("My dad, born 3/4/1951, waited", "a date of birth"),
        ("DOB: 12 March 1960", "a date of birth"),
    ],
)
def test_what_could_identify_somebody_is_found(text: str, what: str) -> None:
    assert what in map(str, found_in(text))


@pytest.mark.parametrize(
    "text",
    [
        "943 476 5918 has a wrong check digit",
        "We met on 3/4/2019 and again on 12 March 2020",
        "Ten peers in 2026, 20 in 2027, 1,500 people in all",
        "It costs £1234567890 or so",
        "@ the ward, e.g. at handover (08:30-09:15)",
        "0 to 5, 10-20-30, 100 000 000 000",
        "birth centres and new parents",
    ],
)
def test_what_identifies_nobody_is_let_through(text: str) -> None:
    assert not list(found_in(text))


@pytest.mark.parametrize("text", ["a" * 200_000 + "!", "a." * 100_000 + "@", "0" * 200_000, "dob " * 50_000])
def test_a_long_text_is_looked_through_once(text: str) -> None:
    """What is looked at again from each of its characters would keep everybody waiting for minutes."""
    assert not list(found_in(text))


def test_the_check_digit_is_that_of_the_nhs() -> None:
    assert is_nhs_number("9434765919")
    assert not is_nhs_number("9434765910")
    assert not is_nhs_number("0000000000")


def writing() -> tuple[Driver, str]:
    driver = Driver()
    step, *_rest = classic(driver)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def test_an_idea_with_a_telephone_number_is_not_posted_in_any_way() -> None:
    driver, step = writing()
    idea = driver.idea("p-ann", step, "Ask the ward")
    refusal = driver.ask("p-ann", "idea.add", activity=step, text="Ask on 07700 900123")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "identifying"
    assert "telephone" in str(refusal.sentence)
    assert "07700" not in str(refusal.sentence)
    assert (
        driver.refused("p-ann", "idea.edit", activity=step, idea=idea, text="07700 900123") == "identifying"
    )
    assert driver.state.ideas[idea].text == "Ask the ward"


def test_undo_takes_back_ones_own_last_actions_one_after_the_other() -> None:
    driver, step = writing()
    first = driver.idea("p-ann", step, "First")
    driver.idea("p-ben", step, "Not Ann's")
    driver.do("p-ann", "idea.edit", activity=step, idea=first, text="Better")
    second = driver.idea("p-ann", step, "Second")
    driver.do("p-ann", "my.undo", activity=step)
    assert driver.state.ideas[second].removed
    driver.do("p-ann", "my.undo", activity=step)
    assert driver.state.ideas[first].text == "First"
    driver.do("p-ann", "my.undo", activity=step)
    assert driver.state.ideas[first].removed
    assert driver.refused("p-ann", "my.undo", activity=step) == "nothing_to_undo"
    assert [idea.text for idea in driver.state.ideas_of(step)] == ["Not Ann's"]


def test_undo_is_offered_while_the_step_is_open_and_there_is_something() -> None:
    driver, step = writing()
    kind = driver.ledger.kind

    def offered(person: str) -> bool:
        return bool(kind.own(driver.state, person, PARTICIPANT).data["take_back"])

    assert not offered("p-ann")
    driver.idea("p-ann", step, "First")
    assert (offered("p-ann"), offered("p-ben")) == (True, False)
    driver.do("p-fay", "step.pause", activity=step)
    assert not offered("p-ann")
    assert driver.refused("p-ann", "my.undo", activity=step) == "paused"
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.refused("p-ann", "my.undo", activity=step) == "not_open"


def shown_to_facilitators(driver: Driver) -> dict[str, Any]:
    fragment = show(driver.state, "hidden", FACILITATOR)
    assert fragment is not None
    return fragment.context


def test_a_closed_workshop_asks_facilitators_for_nothing_more() -> None:
    driver, step = writing()
    idea = driver.idea("p-ann", step, "Rude words")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-cat", "idea.flag", idea=idea)
    driver.do("p-ben", "hand.raise")
    driver.do("p-fay", "workshop.close")
    assert not shown_to_facilitators(driver)["flagged"]
    now = driver.ledger.kind.now(driver.state, set(), FACILITATOR)
    assert (now["hands"], now["asked"]) == (0, 0)


def test_a_flag_reaches_facilitators_without_saying_whose_it_is() -> None:
    driver, step = writing()
    idea = driver.idea("p-ann", step, "Rude words")
    assert driver.refused("p-ben", "idea.flag", idea=idea) == "no_such_idea", "it is still private"
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-ben", "idea.flag", idea=idea, why="rude")
    driver.do("p-cat", "idea.flag", idea=idea, why="rude")
    (flagged,) = shown_to_facilitators(driver)["flagged"]
    assert flagged["flags"] == 2
    assert "p-ben" not in str(shown_to_facilitators(driver))
    assert driver.ledger.kind.now(driver.state, set(), FACILITATOR)["asked"] == 1
    assert "asked" not in driver.ledger.kind.now(driver.state, set(), PARTICIPANT)
    assert show(driver.state, "hidden", PARTICIPANT) is None
    driver.do("p-ben", "idea.unflag", idea=idea)
    assert driver.state.ideas[idea].flags.keys() == {"p-cat"}
    driver.do("p-fay", "idea.unflag", idea=idea)
    assert not shown_to_facilitators(driver)["flagged"]
    driver.do("p-cat", "idea.flag", idea=idea, why="person")
    driver.do("p-fay", "idea.hide", idea=idea, reason="It names somebody")
    assert not shown_to_facilitators(driver)["flagged"], "hidden, it needs no look any more"
