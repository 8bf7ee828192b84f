"""What becomes of dots when an idea leaves the ballot and comes back: none that was acknowledged is lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workshop_driver import Driver, classic

pytestmark = pytest.mark.django_db


def voting(**settings: Any) -> tuple[Driver, str, list[str]]:
    """Four ideas, and a vote on them open."""
    driver = Driver()
    brainstorm, _cluster, vote = classic(driver, dot_vote=settings)
    driver.do("p-fay", "step.open", activity=brainstorm)
    ideas = [driver.idea("p-ann", brainstorm, f"Idea {n}") for n in range(4)]
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "step.open", activity=vote)
    driver.watch()
    return driver, vote, ideas


def dots(driver: Driver, vote: str) -> dict[str, int]:
    """What each idea on the ballot has got."""
    rows = driver.state.steps[vote].rounds[-1].memory.rows()
    return {row["item"]: row["dots"] for row in rows}


def own(driver: Driver, person: str) -> dict[str, Any]:
    driver.flush(resume=True)
    driver.check()
    return driver.ledger.kind.own(driver.state, person, "participant").data


def test_dots_come_back_with_a_hidden_idea() -> None:
    driver, vote, (one, two, *_rest) = voting(dots=3, cap=2)
    driver.do("p-ann", "dot.set", activity=vote, item=one, dots=2)
    driver.do("p-ben", "dot.place", activity=vote, item=one)
    driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    assert own(driver, "p-ann")["dots"] == {}
    assert own(driver, "p-ann")["left"] == 3
    assert dots(driver, vote) == dict.fromkeys(dots(driver, vote), 0)
    driver.do("p-ann", "dot.place", activity=vote, item=two)
    driver.do("p-fay", "idea.restore", idea=one)
    assert own(driver, "p-ann")["dots"] == {one: 2, two: 1}
    assert own(driver, "p-ben")["dots"] == {one: 1}
    driver.do("p-fay", "step.reveal", activity=vote)
    outcome = driver.outcome(vote)
    assert (outcome["answered"], outcome["not_answered"], outcome["dots_placed"]) == (2, 1, 4)


def test_dots_placed_elsewhere_since_stay_and_no_budget_is_broken() -> None:
    driver, vote, (one, two, three, _four) = voting(dots=3, cap=2)
    driver.do("p-ann", "dot.set", activity=vote, item=one, dots=2)
    driver.do("p-ben", "dot.set", activity=vote, item=one, dots=2)
    driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    driver.do("p-ann", "dot.set", activity=vote, item=two, dots=2)
    driver.do("p-ben", "dot.set", activity=vote, item=two, dots=2)
    driver.do("p-ben", "dot.place", activity=vote, item=three)
    driver.flush()
    heard: list[tuple[str, str]] = []
    driver.heard = lambda to, text: heard.append((to, text))
    driver.do("p-fay", "idea.restore", idea=one)
    assert own(driver, "p-ann")["dots"] == {one: 1, two: 2}
    assert own(driver, "p-ben")["dots"] == {two: 2, three: 1}
    for person in ("p-ann", "p-ben"):
        assert driver.refused(person, "dot.place", activity=vote, item=three) == "no_dots_left"
    assert {to for to, text in heard if "on the ballot again" in text} == {"participant"}
    assert {to for to, _text in heard if to.startswith("p-")} == {"p-ann", "p-ben"}
    assert dots(driver, vote)[one] == 1


def test_a_limit_lowered_meanwhile_holds_for_dots_that_come_back() -> None:
    driver, vote, (one, *_rest) = voting(dots=0, cap=3)
    driver.do("p-ann", "dot.set", activity=vote, item=one, dots=3)
    driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    driver.do("p-fay", "step.change", activity=vote, settings={"cap": 1})
    driver.do("p-fay", "idea.restore", idea=one)
    assert own(driver, "p-ann")["dots"] == {one: 1}


@pytest.mark.parametrize("elsewhere", [False, True])
def test_an_idea_restored_after_the_close_has_its_dots_until_the_result_is_shown(elsewhere: bool) -> None:
    driver, vote, (one, two, *_rest) = voting(dots=3, cap=2)
    driver.do("p-ann", "dot.set", activity=vote, item=one, dots=2)
    driver.do("p-ben", "dot.place", activity=vote, item=two)
    driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    driver.do("p-fay", "person.remove", person="p-ann")
    driver.do("p-fay", "step.close", activity=vote)
    if elsewhere:
        driver.do("p-fay", "show.back")
    driver.do("p-fay", "idea.restore", idea=one)
    driver.flush(resume=True)
    driver.check()
    driver.do("p-fay", "step.reveal", activity=vote)
    assert dots(driver, vote)[one] == 2
    outcome = driver.outcome(vote)
    assert (outcome["eligible"], outcome["answered"], outcome["not_answered"]) == (3, 2, 1)


def test_what_is_hidden_after_the_result_was_shown_changes_no_count() -> None:
    driver, vote, (one, *_rest) = voting()
    driver.do("p-ann", "dot.set", activity=vote, item=one, dots=2)
    driver.do("p-fay", "step.reveal", activity=vote)
    for do, args in (("idea.hide", {"reason": "Late"}), ("idea.restore", {})):
        driver.do("p-fay", do, idea=one, **args)
        driver.flush(resume=True)
        driver.check()
        assert dots(driver, vote)[one] == 2
