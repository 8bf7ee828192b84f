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


def check_in_scene(driver: Driver, step: str) -> None:
    settings = driver.state.steps[step].settings
    if settings.form == "word":
        for person, word in (("p-ann", "Curious"), ("p-ben", "Slow"), ("p-ann", "Very curious")):
            driver.do(person, "check.write", activity=step, sort="word", text=word)
    else:
        first, second = ("s4", "s2") if settings.form == "scale" else ("sun", "fog")
        driver.do("p-ann", "check.answer", activity=step, choice=first)
        driver.do("p-ben", "check.answer", activity=step, choice=second)
        driver.do("p-ben", "check.take_back", activity=step)
    driver.do("p-cat", "check.write", activity=step, sort="line", text="The bus was late")
    driver.do("p-ann", "check.write", activity=step, sort="line", text="Good to be here")
    driver.do("p-cat", "check.answer", activity=step, choice="skip")
    driver.do("p-ben", "check.answer", activity=step, choice="skip")
    if settings.visibility == "after":
        line = driver.state.written_by("p-cat")[-1].id
        driver.do("p-ben", "idea.flag", idea=line)
        driver.do("p-fay", "idea.hide", idea=line, reason="Names somebody")
        driver.do("p-fay", "idea.restore", idea=line)
    if settings.speaking:
        driver.do("p-fay", "check.turns", activity=step)
        driver.do(driver.state.steps[step].rounds[-1].memory.turns.speaker, "check.pass", activity=step)
        driver.join("p-zoe")
        for _turn in range(5):
            driver.ask("p-fay", "check.next", activity=step)


def check_out_scene(driver: Driver, step: str) -> None:
    check_in_scene(driver, step)
    driver.do("p-ann", "check.rate", activity=step, rating=4)
    driver.do("p-ben", "check.rate", activity=step, rating=2)
    driver.do("p-ben", "check.rate", activity=step, rating=5)
    driver.do("p-ann", "check.rate", activity=step, rating=0)
    driver.do("p-cat", "check.write", activity=step, sort="comment", text="Shorter\nand earlier")
    driver.do("p-cat", "my.undo", activity=step)
    driver.do("p-ann", "check.write", activity=step, sort="comment", text="More breaks")


def fist_to_five_scene(driver: Driver, step: str) -> None:
    def explain(person: str, text: str) -> str:
        driver.do(person, "proposal.explain", activity=step, sort="reason", text=text)
        return f"i{driver.state.counters['i']}"

    driver.do("p-ann", "proposal.answer", activity=step, choice="f5")
    driver.do("p-ben", "proposal.answer", activity=step, choice="f0")
    mine = explain("p-ben", "It costs a nurse")
    driver.do("p-ben", "proposal.answer", activity=step, choice="f4")
    driver.do("p-ben", "proposal.answer", activity=step, choice="f1")
    driver.do("p-ben", "idea.put_back", activity=step, idea=mine)
    driver.do("p-ben", "proposal.explain", activity=step, sort="reason", text="It costs two nurses")
    driver.do("p-cat", "proposal.answer", activity=step, choice="f2")
    driver.do("p-cat", "proposal.take_back", activity=step)
    driver.do("p-cat", "proposal.answer", activity=step, choice="f0")


def consent_scene(driver: Driver, step: str) -> None:
    driver.do("p-ann", "proposal.answer", activity=step, choice="consent")
    driver.do("p-ben", "proposal.answer", activity=step, choice="objection")
    driver.do("p-ben", "proposal.explain", activity=step, sort="change", text="Start on one ward")
    driver.do("p-ben", "proposal.explain", activity=step, sort="reason", text="Nobody has time")
    driver.do("p-cat", "proposal.answer", activity=step, choice="aside")
    driver.do("p-cat", "proposal.explain", activity=step, sort="reason", text="I leave in March")
    driver.do("p-cat", "my.undo", activity=step)
    if driver.state.steps[step].settings.facilitators_vote:
        driver.do("p-fay", "proposal.answer", activity=step, choice="concern")


WORDS_SCENES: dict[str, Callable[[Driver, str], None]] = {
    "poll": poll_scene,
    "word_cloud": word_cloud_scene,
    "check_in": check_in_scene,
    "check_out": check_out_scene,
    "fist_to_five": fist_to_five_scene,
    "consent": consent_scene,
}
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
    "check_in": [
        {},
        {"form": "word", "visibility": "after", "names": "everybody"},
        {"form": "weather", "visibility": "after", "speaking": True, "facilitators_vote": False},
        {"form": "word", "words_after": "agreed"},
    ],
    "check_out": [
        {},
        {"visibility": "after", "words_after": "nowhere"},
        {"form": "word", "speaking": True, "names": "everybody"},
    ],
    "fist_to_five": [{"proposal": "We try the buddies"}, {"names": "everybody", "facilitators_vote": True}],
    "consent": [{}, {"names": "everybody"}, {"proposal": "We start in March", "facilitators_vote": True}],
}


# -- who may know what (for test_hidden.py) -------------------------------------------------------------------------


def checks_words(driver: Driver, idea: Idea, to: str) -> bool:
    """Whether a facilitator sees a word before the others do."""
    people = driver.state.people
    role = people[to].role if to in people else to
    checked = driver.state.steps[idea.step].settings.visibility == "checked"
    return role == "facilitator" and checked and not idea.removed


def has_answered(driver: Driver, idea: Idea, to: str) -> bool:
    """Whether somebody sees what others write, because they have answered themselves. Facilitators always do."""
    step = driver.state.steps[idea.step]
    if step.settings.visibility != "after" or idea.removed:
        return False
    people = driver.state.people
    role = people[to].role if to in people else to
    answered = step.rounds[idea.round - 1].memory.answers.counting
    return role == "facilitator" or (to in answered and idea.hidden is None)


def round_was_shown(driver: Driver, idea: Idea) -> bool:
    """Whether all answers of a round were shown at once, and its reasons with them."""
    return driver.state.steps[idea.step].rounds[idea.round - 1].revealed_at is not None


WORDS_SHOWN: dict[str, Callable[[Driver, Idea], bool]] = {
    "fist_to_five": round_was_shown,
    "consent": round_was_shown,
}
WORDS_KNOWS: dict[str, Callable[[Driver, Idea, str], bool]] = {
    "word_cloud": checks_words,
    "check_in": has_answered,
    "check_out": has_answered,
}
