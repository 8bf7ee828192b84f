"""Leaving an activity that is still open: the console asks, and it can be opened again with everything in it."""

from __future__ import annotations

from typing import Any

import pytest

from realtime.drawing import render
from tests.workshop_driver import Driver, started
from workshops.live.state import FACILITATOR, PARTICIPANT

pytestmark = pytest.mark.django_db


def console(driver: Driver, key: str = "stage", reader: str = FACILITATOR) -> str:
    fragment = driver.ledger.kind.show(driver.state, key, reader)
    assert fragment is not None
    return render(key, fragment)


def context(driver: Driver) -> dict[str, Any]:
    fragment = driver.ledger.kind.show(driver.state, "stage", FACILITATOR)
    assert fragment is not None
    return fragment.context


def voting() -> tuple[Driver, str, str]:
    """A vote in which Ann has placed a dot, and an activity after it."""
    driver, brainstorm, _cluster, vote = started()
    driver.idea("p-ann", brainstorm, "Buses at night")
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    later = driver.step("brainstorm", title="What else")
    driver.do("p-fay", "step.open", activity=vote)
    driver.do("p-ann", "dot.place", activity=vote, item="i1")
    return driver, vote, later


def test_every_button_that_leaves_an_open_activity_says_so_and_asks() -> None:
    driver, vote, _later = voting()
    title = driver.state.steps[vote].title
    for html in (console(driver), console(driver, "run")):
        assert f"“{title}” is still open" in html
    for key, do in (("stage", "show.next"), ("stage", "show.back"), ("run", "show.go")):
        before, _do, _after = console(driver, key).partition(do)
        assert before.rindex("<details") > before.rfind("</details>"), f"{do} is one press away"
    assert f"“{title}” is still open" not in console(driver, reader=PARTICIPANT)
    driver.do("p-fay", "step.close", activity=vote)
    assert "is still open" not in console(driver) + console(driver, "run")


def test_an_activity_kept_open_for_days_is_left_without_a_question() -> None:
    driver, vote, _later = voting()
    driver.do("p-fay", "step.stay_open", activity=vote, until="2025-10-12T17:00")
    assert "is still open" not in console(driver) + console(driver, "run")


def test_what_was_opened_meanwhile_is_not_closed_by_a_page_that_has_not_heard() -> None:
    driver, vote, later = voting()
    driver.do("p-fay", "step.close", activity=vote)
    seen = context(driver)["settled"]
    driver.do("p-gus", "step.open", activity=vote)
    for do, more in (("show.next", {}), ("show.back", {}), ("show.go", {"activity": later})):
        assert driver.refused("p-fay", do, **more, **{"if": seen}) == "moved_on"
    driver.do("p-fay", "show.next", **{"if": context(driver)["place"]})
    assert driver.state.steps[vote].phase == "closed"


def test_what_was_closed_by_going_on_is_opened_again_with_one_press_and_its_votes() -> None:
    driver, vote, later = voting()
    driver.do("p-fay", "show.next")
    shown = context(driver)
    assert shown["left"]["id"] == vote
    assert "step.open" in console(driver).partition("was closed when the room went on")[2]
    driver.do("p-fay", "step.open", activity=vote, **{"if": shown["settled"]})
    assert driver.state.current == vote
    assert driver.state.steps[vote].phase == "open"
    assert context(driver)["previous"]["id"] != later, "going back leaves no trail"
    driver.do("p-ann", "dot.take_back", activity=vote, item="i1")
    driver.do("p-ann", "my.undo", activity=vote)
    driver.do("p-fay", "step.close", activity=vote)
    driver.do("p-fay", "step.open", activity=vote)
    driver.do("p-fay", "show.back")
    assert context(driver)["left"]["id"] == vote
    driver.do("p-fay", "step.open", activity=later)
    assert context(driver)["left"] is None, "something else was opened on purpose"


def test_an_offer_to_open_again_closes_nothing_that_was_opened_meanwhile() -> None:
    driver, vote, later = voting()
    driver.do("p-fay", "show.next")
    seen = context(driver)["settled"]
    driver.do("p-gus", "step.open", activity=later)
    assert driver.refused("p-fay", "step.open", activity=vote, **{"if": seen}) == "moved_on"
    assert driver.state.steps[later].phase == "open"
