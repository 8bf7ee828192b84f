"""What was never shown to everybody: it can't be buried by a new round, and closing tells what is not kept."""

from __future__ import annotations

import pytest

from tests.workshop_driver import Driver, started

pytestmark = pytest.mark.django_db


def console(driver: Driver) -> str:
    driver.flush(resume=True)
    driver.check()
    return " ".join(driver.watches["facilitator", "html"].steady.text().split())  # type: ignore[union-attr]


def test_a_new_round_waits_until_the_one_before_was_shown() -> None:
    driver, brainstorm, *_rest = started()
    driver.idea("p-ann", brainstorm, "Not to be buried")
    driver.do("p-fay", "step.close", activity=brainstorm)
    assert driver.refused("p-fay", "step.new_round", activity=brainstorm) == "not_revealed"
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "step.new_round", activity=brainstorm)


def test_closing_the_workshop_says_first_which_words_and_results_would_not_be_kept() -> None:
    driver, brainstorm, _cluster, vote = started()
    driver.do("p-fay", "step.change", activity=brainstorm, title="Morning")
    driver.do("p-fay", "step.change", activity=vote, title="Best ideas")
    idea = driver.idea("p-ann", brainstorm, "One")
    driver.watch()
    words = "The ideas of “Morning” were never shown: their words are not put into the archive."
    assert words in console(driver)
    driver.do("p-fay", "step.close", activity=brainstorm)
    assert words in console(driver)
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    assert words not in console(driver)
    driver.do("p-fay", "step.open", activity=vote)
    driver.do("p-ann", "dot.place", activity=vote, item=idea)
    result = "The result of “Best ideas” was never shown: the archive only says how many voted."
    assert result in console(driver)
    driver.do("p-fay", "show.back")
    assert result in console(driver)
    driver.do("p-fay", "step.reveal", activity=vote)
    assert "never shown:" not in console(driver)


def test_what_everybody_saw_all_along_is_not_said_to_be_lost() -> None:
    driver, _brainstorm, _cluster, vote = started(
        brainstorm={"visibility": "shared"}, dot_vote={"results": "live"}
    )
    driver.idea("p-ann", "a1", "One")
    driver.do("p-fay", "step.close", activity="a1")
    driver.do("p-fay", "step.open", activity=vote)
    driver.watch()
    assert "never shown:" not in console(driver)
