"""Scenes of the kinds in which everybody answers or writes a few words: polls, word clouds, check-ins, proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workshop_driver import Driver
from workshops.live.state import Idea


def poll_scene(driver: Driver, step: str) -> None:
    driver.do("p-ann", "poll.choose", activity=step, option="o1")
    driver.do("p-ben", "poll.choose", activity=step, option="o2")
    driver.do("p-ann", "poll.choose", activity=step, option="o3")
    driver.do("p-ben", "poll.take_back", activity=step, option="o2")
    driver.do("p-ben", "poll.answer", activity=step, options=["none"])
    driver.do("p-cat", "poll.choose", activity=step, option="o3")
    driver.do("p-ann", "my.undo", activity=step)


def word_cloud_scene(driver: Driver, step: str) -> None:
    def word(person: str, text: str) -> str:
        driver.do(person, "cloud.add", activity=step, text=text)
        return f"i{driver.state.counters['i']}"

    word("p-ann", "Trust")
    word("p-ben", "trust.")
    word("p-ben", "Waiting")
    mine = word("p-cat", "Hope")
    driver.do("p-cat", "idea.edit", activity=step, idea=mine, text="Hoping")
    driver.do("p-cat", "idea.remove", activity=step, idea=mine)
    driver.do("p-cat", "idea.put_back", activity=step, idea=mine)
    if driver.state.steps[step].settings.visibility == "private":
        return
    driver.do("p-fay", "cloud.merge", activity=step, words=["w1", "w2"])
    driver.do("p-ann", "cloud.add", activity=step, text="waiting")
    driver.do("p-fay", "cloud.hide", activity=step, words=["w4"], reason="Names somebody")
    driver.do("p-fay", "cloud.split", activity=step, word="w1")
    driver.do("p-fay", "cloud.put_back", activity=step, word="w4")
    if driver.state.steps[step].settings.visibility == "shared":
        driver.do("p-ann", "idea.flag", idea=mine)
        driver.do("p-fay", "idea.hide", idea=mine, reason="Rude")
        driver.do("p-fay", "idea.restore", idea=mine)


WORDS_SCENES: dict[str, Callable[[Driver, str], None]] = {"poll": poll_scene, "word_cloud": word_cloud_scene}
WORDS_CHOSEN: dict[str, list[dict[str, Any]]] = {
    "poll": [
        {},
        {"results": "live", "facilitators_vote": True},
        {"choose": "several", "results": "live", "least": 2, "most": 3},
        {"choose": "several", "least": 2},
    ],
    "word_cloud": [
        {},
        {"visibility": "shared", "most_words": 10},
        {"visibility": "checked", "facilitators_vote": True},
    ],
}


# -- who may know what (for test_hidden.py) -------------------------------------------------------------------------


def checks_words(driver: Driver, idea: Idea, to: str) -> bool:
    """Whether a facilitator sees a word before the others do."""
    people = driver.state.people
    role = people[to].role if to in people else to
    checked = driver.state.steps[idea.step].settings.visibility == "checked"
    return role == "facilitator" and checked and not idea.removed


WORDS_KNOWS: dict[str, Callable[[Driver, Idea, str], bool]] = {"word_cloud": checks_words}
