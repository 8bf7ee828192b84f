"""What people are told: participants no more than their page shows, writers what became of their ideas."""

from __future__ import annotations

import orjson
import pytest

from tests.workshop_driver import Driver, classic, started
from workshops.live.state import PARTICIPANT

pytestmark = pytest.mark.django_db


def own(driver: Driver, person: str) -> str:
    driver.flush(resume=True)
    driver.check()
    return str(orjson.loads(driver.owns[person])["html"])


def test_programs_of_participants_are_not_told_what_comes_next() -> None:
    driver = Driver()
    brainstorm, cluster, _vote = classic(driver)
    prompts = {step: f"Question of {step}" for step in (brainstorm, cluster)}
    for step, prompt in prompts.items():
        driver.do("p-fay", "step.change", activity=step, prompt=prompt)
    driver.watch()
    for do in ("show.next", "show.next", "show.back", "show.back"):
        for reader in ("participant", "screen"):
            told = str(driver.watches[reader, "json"].steady.items)  # type: ignore[union-attr]
            current = driver.state.current
            assert not [step for step, prompt in prompts.items() if step != current and prompt in told]
            assert "to_show" not in told
            assert "door_locked" not in told
        driver.do("p-fay", do)
        driver.flush(resume=True)
        driver.check()
    assert "Question of a1" in str(driver.watches["facilitator", "json"].steady.items)  # type: ignore[union-attr]


def test_writers_are_told_into_what_their_ideas_were_merged() -> None:
    driver, brainstorm, *_rest = started()
    mine = driver.idea("p-ann", brainstorm, "Tea at three")
    other = driver.idea("p-ben", brainstorm, "Tea in the afternoon")
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.watch()
    driver.do("p-fay", "idea.merge", idea=mine, into=other)
    assert "The facilitator merged it into “Tea in the afternoon”." in own(driver, "p-ann")
    driver.do("p-ben", "idea.edit", activity=brainstorm, idea=other, text="Tea at four")
    assert "merged it into “Tea at four”." in own(driver, "p-ann")
    driver.do("p-fay", "idea.hide", idea=other, reason="Names somebody")
    words = own(driver, "p-ann")
    assert "The facilitator merged it into another idea." in words
    assert "Tea at four" not in words
    driver.do("p-fay", "idea.restore", idea=mine)
    assert "merged" not in own(driver, "p-ann")


def test_writers_are_told_of_a_hidden_idea_also_when_the_reason_was_erased() -> None:
    driver, brainstorm, *_rest = started()
    idea = driver.idea("p-ann", brainstorm, "Tea at three")
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.watch()
    driver.do("p-fay", "idea.hide", idea=idea, reason="Names somebody")
    mine = own(driver, "p-ann")
    assert "Hidden by the facilitator: Names somebody" in mine
    assert "Tea at three" in mine
    assert '<span class="soft num">1</span>' in mine, "it is still one of theirs"
    assert "Nothing yet" not in mine
    driver.state.ideas[idea].hidden = ""  # as after erasing the event's words
    assert "Hidden by the facilitator." in driver.own("p-ann")


def test_who_has_no_ideas_left_is_told_before_they_write() -> None:
    driver, brainstorm, *_rest = started(brainstorm={"most_ideas": 2})

    def full(person: str) -> bool:
        return bool(driver.ledger.kind.own(driver.state, person, PARTICIPANT).data["full"])

    first = driver.idea("p-ann", brainstorm, "One")
    assert not full("p-ann")
    driver.idea("p-ann", brainstorm, "Two")
    assert full("p-ann")
    assert not full("p-ben")
    driver.do("p-ann", "idea.remove", activity=brainstorm, idea=first)
    assert not full("p-ann")


def test_what_one_has_written_can_be_changed_after_the_close_also_without_late_ideas() -> None:
    driver, brainstorm, cluster, _vote = started(brainstorm={"late_ideas": False})
    idea = driver.idea("p-ann", brainstorm, "First thought")
    driver.watch()
    driver.do("p-fay", "step.pause", activity=brainstorm)
    change = {"activity": brainstorm, "idea": idea}
    assert driver.refused("p-ann", "idea.edit", **change, text="Better") == "paused"
    assert "Change or remove" not in own(driver, "p-ann")
    driver.do("p-fay", "step.close", activity=brainstorm)
    assert "Change or remove" in own(driver, "p-ann")
    assert driver.refused("p-ann", "idea.add", activity=brainstorm, text="Late") == "not_open"
    driver.do("p-ann", "idea.edit", **change, text="Better")
    driver.do("p-ann", "idea.remove", **change)
    driver.do("p-ann", "idea.put_back", **change)
    driver.do("p-fay", "step.open", activity=cluster, show_sources=True)
    assert driver.refused("p-ann", "idea.edit", **change, text="Other") == "grouping_started"
