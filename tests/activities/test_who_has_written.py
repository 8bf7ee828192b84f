"""Where names are promised to nobody, the facilitators' list doesn't say in which order people wrote: ids do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workshop_driver import Driver
from workshops.live import desk

pytestmark = pytest.mark.django_db

WRITES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "brainstorm": ({"visibility": "private"}, {"do": "idea.add", "text": "Words"}),
    "chat": ({"names": "nobody"}, {"do": "chat.post", "text": "Words"}),
    "word_cloud": ({"visibility": "private"}, {"do": "cloud.add", "text": "Words"}),
    "check_in": ({"form": "word"}, {"do": "check.write", "sort": "word", "text": "Words"}),
    "twenty_five_ten": ({}, {"do": "crowd.write", "text": "Words", "first": "Words"}),
    "journey_map": (
        {"visibility": "private"},
        {"do": "journey.add", "stage": "s1", "lane": "ideas", "text": "Words"},
    ),
}


@pytest.mark.parametrize("kind", WRITES)
def test_the_list_of_people_says_nothing_when_somebody_writes(kind: str) -> None:
    settings, write = WRITES[kind]
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", "p-ben")
    step = driver.step(kind, settings=settings)
    driver.do("p-fay", "show.go", activity=step)
    driver.do("p-fay", "step.open", activity=step)
    before = desk.now(driver.state, set())
    driver.do("p-ann", write.pop("do"), activity=step, **write)
    assert desk.now(driver.state, set()) == before


def test_a_reason_that_must_be_given_shows_nowhere_when_it_comes() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", "p-ben")
    step = driver.step("consent", settings={"proposal": "Meet on Mondays"})
    driver.do("p-fay", "show.go", activity=step)
    driver.do("p-fay", "step.open", activity=step)
    driver.do("p-ann", "proposal.answer", activity=step, choice="objection")
    before = desk.now(driver.state, set())
    driver.do("p-ann", "proposal.explain", activity=step, sort="reason", text="A reason")
    assert desk.now(driver.state, set()) == before
