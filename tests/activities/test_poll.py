"""A poll: what may be chosen, what counts, when the answers are fixed, and who is shown what."""

from __future__ import annotations

from typing import Any

import pytest

from realtime.kinds import Refused
from tests.workshop_driver import READERS, Driver
from workshops.activities.poll import PollSettings

pytestmark = pytest.mark.django_db


def poll(**settings: Any) -> tuple[Driver, str]:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", "p-ben", "p-cat")
    step = driver.step("poll", settings={"options": "Red tea\nGreen tea\nCoffee\nWater", **settings})
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def choose(driver: Driver, step: str, person: str, *options: str) -> None:
    for option in options:
        driver.do(person, "poll.choose", activity=step, option=option)


def people(driver: Driver, step: str) -> dict[str, int]:
    return {row["label"]: row["people"] for row in driver.outcome(step)["choices"]}


def test_one_answer_each_can_be_changed_until_the_close() -> None:
    driver, step = poll()
    choose(driver, step, "p-ann", "o1", "o2")
    choose(driver, step, "p-ben", "o2")
    assert driver.refused("p-ben", "poll.choose", activity=step, option="o2") == "nothing_to_do"
    assert driver.refused("p-ben", "poll.answer", activity=step, options=["o1", "o2"]) == "too_many_chosen"
    assert driver.refused("p-ben", "poll.choose", activity=step, option="o5") == "no_such_option"
    assert driver.refused("p-fay", "poll.choose", activity=step, option="o1") == "not_allowed"
    driver.do("p-fay", "step.close", activity=step)
    assert driver.refused("p-ben", "poll.choose", activity=step, option="o1") == "not_open"
    driver.do("p-fay", "step.reveal", activity=step)
    assert people(driver, step)["Green tea"] == 2
    outcome = driver.outcome(step)
    assert (outcome["eligible"], outcome["answered"], outcome["not_answered"]) == (3, 2, 1)
    assert [row["share"] for row in outcome["choices"]] == [0, 100, 0, 0, 0]


def test_several_answers_count_from_the_fewest_and_stop_at_the_most() -> None:
    driver, step = poll(choose="several", least=2, most=3)
    choose(driver, step, "p-ann", "o1")
    choose(driver, step, "p-ben", "o1", "o2", "o3")
    assert driver.refused("p-ben", "poll.choose", activity=step, option="o4") == "too_many_chosen"
    driver.do("p-ben", "poll.take_back", activity=step, option="o1")
    choose(driver, step, "p-ben", "o4")
    choose(driver, step, "p-cat", "none")
    driver.do("p-fay", "step.reveal", activity=step)
    assert list(people(driver, step).values()) == [0, 1, 1, 1, 1], "Ann chose too few, so she is not counted"
    assert driver.outcome(step)["not_answered"] == 1


def test_none_of_these_stands_alone_and_can_be_left_out() -> None:
    driver, step = poll(choose="several")
    choose(driver, step, "p-ann", "o1", "o2", "none")
    assert driver.state.steps[step].rounds[-1].memory.of("p-ann") == ("none",)
    choose(driver, step, "p-ann", "o2")
    assert driver.state.steps[step].rounds[-1].memory.of("p-ann") == ("o2",)
    assert driver.refused("p-ann", "poll.answer", activity=step, options=["o1", "none"]) == "too_many_chosen"
    driver, step = poll(none=False)
    assert driver.refused("p-ann", "poll.choose", activity=step, option="none") == "no_such_option"


def test_the_answers_are_fixed_by_the_first_who_answers() -> None:
    driver, step = poll()
    driver.do("p-fay", "step.change", activity=step, settings={"options": "Red tea\nGreen tea\nCocoa"})
    choose(driver, step, "p-ann", "o3")
    changed = {"options": "Red tea\nGreen tea\nMilk"}
    assert driver.refused("p-fay", "step.change", activity=step, settings=changed) == "promised"
    assert driver.refused("p-fay", "step.change", activity=step, settings={"results": "live"}) == "promised"
    driver.do("p-fay", "step.reveal", activity=step)
    assert people(driver, step)["Cocoa"] == 1
    driver.do("p-fay", "step.change", activity=step, settings=changed)
    driver.do("p-fay", "step.new_round", activity=step)
    choose(driver, step, "p-ann", "o3")
    driver.do("p-fay", "step.reveal", activity=step)
    assert people(driver, step)["Milk"] == 1
    assert driver.outcome(step, 1)["choices"][2]["label"] == "Cocoa", "the round before stays as it was"


@pytest.mark.parametrize("results", ["hidden", "live"])
def test_a_hidden_result_is_sent_to_nobody_in_no_form(results: str) -> None:
    driver, step = poll(results=results)
    driver.watch()
    heard = driver.listen()
    choose(driver, step, "p-ann", "o2")
    driver.flush(resume=True)
    choose(driver, step, "p-ben", "o2")
    driver.do("p-fay", "step.pause", activity=step)
    driver.flush(resume=True)
    driver.check()
    for to in (*READERS, "p-ben", "p-cat", "p-fay"):
        said = heard[to]
        assert ('"share":' in said or "answers-table" in said) == (results == "live" and to in READERS)
        if to != "p-ben":
            assert 'aria-pressed=\\"true\\"' not in said, "somebody else's choice"
            assert '"chosen":["o2"]' not in said
    assert "o2" in heard["p-ann"]


def test_a_result_that_was_never_shown_is_not_kept() -> None:
    driver, step = poll()
    choose(driver, step, "p-ann", "o2")
    driver.do("p-fay", "workshop.close")
    outcome = driver.outcome(step)
    assert outcome["choices"] == []
    assert outcome["withheld"] == "not_shown"
    assert outcome["answered"] == 1


def test_undo_brings_the_answer_before_back() -> None:
    driver, step = poll()
    choose(driver, step, "p-ann", "o1", "o2")
    driver.do("p-ann", "my.undo", activity=step)
    memory = driver.state.steps[step].rounds[-1].memory
    assert memory.of("p-ann") == ("o1",)
    driver.do("p-ann", "my.undo", activity=step)
    assert memory.of("p-ann") == ()
    assert driver.refused("p-ann", "my.undo", activity=step) == "nothing_to_undo"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"options": "Only one"}, "at least 2 lines"),
        ({"options": "\n".join(f"Answer {n}" for n in range(11))}, "Up to 10 fit"),
        ({"options": "Tea\ntea"}, "stands there twice"),
        ({"options": "Tea\n" + "x" * 101}, "too long"),
        ({"choose": "several", "least": 4, "most": 2}, "must not be more"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_a_sentence(given: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as refused:
        PollSettings.checked(given)
    assert refused.value.code == "bad_setting"
    assert words in str(refused.value.sentence)


def test_empty_lines_are_left_out() -> None:
    assert PollSettings.checked({"options": " Tea \r\n\r\n Coffee\n"})["options"] == "Tea\nCoffee"


def test_who_comes_later_is_counted_among_those_who_could_answer() -> None:
    driver, step = poll(results="live")
    choose(driver, step, "p-ann", "o1")
    driver.watch()
    driver.join("p-dan")
    driver.flush()
    driver.check()
    assert "1 of 4 answered" in driver.watches["participant", "html"].snapshot()["html"]
    driver.do("p-fay", "step.reveal", activity=step)
    driver.flush()
    driver.join("p-eva")
    driver.flush()
    driver.check()
    assert driver.outcome(step)["eligible"] == 4, "what was counted at the close stays"


def test_in_a_breakout_room_only_its_people_are_counted() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", "p-ben", "p-cat", "p-dan", "p-eva", "p-flo")
    step = driver.step("poll")
    driver.do("p-fay", "show.go", activity=step)
    driver.do("p-fay", "rooms.split", activity=step, how="size", size=3)
    driver.do("p-fay", "step.open", activity=step)
    breakout = driver.state.steps[step].breakout
    assert breakout is not None
    room = breakout.at["p-ann"]
    choose(driver, room, "p-ann", "o1")
    outcome = driver.outcome(room)
    assert (outcome["eligible"], outcome["answered"]) == (3, 1)
