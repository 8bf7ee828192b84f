"""Check-in and check-out: what counts, who is shown what when, what becomes of words, and how a group has moved."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from tests.workshop_driver import READERS, Driver
from workshops.activities.checks.check_out import moved
from workshops.activities.checks.checking import A_ROOM
from workshops.live.few import FEWEST
from workshops.live.state import FACILITATOR
from workshops.results.archive import content_of

PEOPLE = ("p-ann", "p-ben", "p-cat")


def begun(kind: str = "check_in", *, people: tuple[str, ...] = PEOPLE, **settings: Any) -> tuple[Driver, str]:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join(*people, consent="named")
    step = driver.step(kind, settings=settings)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def write(driver: Driver, step: str, person: str, text: str, sort: str = "line") -> None:
    driver.do(person, "check.write", activity=step, sort=sort, text=text)


def answer(driver: Driver, step: str, **choices: str) -> None:
    for person, choice in choices.items():
        driver.do(f"p-{person}", "check.answer", activity=step, choice=choice)


@pytest.mark.django_db
def test_numbers_and_skips_are_counted_and_can_be_changed() -> None:
    driver, step = begun(facilitators_vote=False)
    answer(driver, step, ann="s5", ben="skip")
    answer(driver, step, ann="s4")
    assert driver.refused("p-ann", "check.answer", activity=step, choice="sun") == "no_such_option"
    assert driver.refused("p-fay", "check.answer", activity=step, choice="s1") == "not_allowed"
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    assert {row["option"]: row["people"] for row in outcome["choices"]} == {
        "s5": 0,
        "s4": 1,
        "s3": 0,
        "s2": 0,
        "s1": 0,
    }
    assert outcome["choices"][1]["share"] == 100, "shares are of those who chose a number"
    assert (outcome["skipped"], outcome["answered"], outcome["not_answered"]) == (1, 2, 1)


@pytest.mark.django_db
def test_a_facilitator_counts_only_once_they_have_answered() -> None:
    driver, step = begun()

    def told() -> str:
        progress = driver.ledger.kind.show(driver.state, "stage.progress", FACILITATOR)
        assert progress is not None
        return str(progress.context["progress"][0]["number"])

    answer(driver, step, ann="s5", ben="s4", cat="skip")
    assert told() == "3 of 3", "nobody waits for who only runs the room"
    answer(driver, step, fay="s3")
    answer(driver, step, fay="s2")
    assert told() == "4 of 4"
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    assert (outcome["eligible"], outcome["answered"], outcome["not_answered"]) == (4, 4, 0)


@pytest.mark.django_db
def test_a_word_is_the_answer_where_words_are_asked_for() -> None:
    driver, step = begun(form="word", line=False, facilitators_vote=False)
    assert driver.refused("p-ann", "check.answer", activity=step, choice="s1") == "no_such_option"
    assert driver.refused("p-ann", "check.write", activity=step, sort="line", text="x") == "not_asked"
    assert driver.refused("p-ann", "check.write", activity=step, sort="word", text="x" * 31) == "too_long"
    write(driver, step, "p-ann", "Curious", "word")
    write(driver, step, "p-ann", "Very\ncurious", "word")
    assert [idea.text for idea in driver.state.written_by("p-ann")] == ["Very curious"]
    answer(driver, step, ann="skip")
    assert not driver.state.ideas_of(step), "who skips takes the word back"
    write(driver, step, "p-ann", "Here", "word")
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    assert (outcome["answered"], outcome["skipped"]) == (1, 0)


@pytest.mark.django_db
def test_before_the_reveal_nobody_is_sent_an_answer() -> None:
    driver, step = begun()
    driver.watch()
    heard = driver.listen()
    answer(driver, step, ann="s4", ben="skip")
    write(driver, step, "p-ann", "Zebras on the bus")
    driver.flush(resume=True)
    driver.do("p-fay", "step.pause", activity=step)
    driver.flush(resume=True)
    driver.check()
    for to in (*READERS, "p-ben", "p-cat", "p-fay"):
        said = heard[to]
        assert "Zebras" not in said, to
        assert '"share":' not in said, to
        assert "answers-table" not in said, to
    told = heard["facilitator"]
    assert "have answered or skipped" in told
    assert "1 skipped" not in told, "as a name gets its tick, a count of skips would tell who skipped"


@pytest.mark.django_db
def test_after_their_own_answer_people_see_the_others_in_a_room_but_not_in_a_crowd() -> None:
    driver, step = begun(visibility="after", facilitators_vote=False)
    write(driver, step, "p-ann", "Zebras")
    assert "Zebras" not in driver.own("p-ben")
    answer(driver, step, ann="s4", ben="skip")
    assert "Zebras" in driver.own("p-ben"), "who skips sees them, too"
    assert "Zebras" not in driver.own("p-cat")
    line = driver.state.written_by("p-ann")[-1].id
    assert driver.refused("p-cat", "idea.flag", idea=line) == "no_such_idea"
    driver.do("p-ben", "idea.flag", idea=line)
    driver.do("p-fay", "idea.hide", idea=line, reason="Rude")
    assert "Zebras" not in driver.own("p-ben")
    driver.do("p-fay", "idea.restore", idea=line)
    for number in range(A_ROOM):
        driver.join(f"p-x{number}")
        driver.do(f"p-x{number}", "check.answer", activity=step, choice="s3")
    assert "Zebras" not in driver.own("p-ben")
    assert driver.refused("p-x1", "idea.flag", idea=line) == "no_such_idea"


@pytest.mark.django_db
def test_an_answer_in_a_crowd_changes_only_the_page_of_whoever_answered() -> None:
    driver, step = begun(visibility="after", facilitators_vote=False)
    for number in range(A_ROOM + 2):
        driver.join(f"p-x{number}")
        driver.do(f"p-x{number}", "check.answer", activity=step, choice="s3")
    driver.ledger.take_pending()
    answer(driver, step, ann="s4")
    assert driver.ledger.take_pending().people == {"p-ann"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("after", "kept", "public"), [("lab", True, False), ("nowhere", False, False), ("agreed", True, True)]
)
def test_what_people_write_goes_where_they_were_promised(after: str, kept: bool, public: bool) -> None:
    driver, step = begun(words_after=after)
    write(driver, step, "p-ann", "Zebras on the bus")
    answer(driver, step, ann="s4")
    driver.do("p-fay", "step.reveal", activity=step)
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    assert ("Zebras" in str(content)) == kept
    context = {**content, "outcome": content["outcomes"][-1]}
    template = "workshops/activities/check_in/outcome.html"
    assert ("Zebras" in render_to_string(template, {**context, "public": False})) == kept
    assert ("Zebras" in render_to_string(template, {**context, "public": True})) == public
    assert "Ann" not in render_to_string(template, {**context, "public": True})


@pytest.mark.django_db
def test_names_stand_beside_lines_only_where_that_was_promised() -> None:
    for names in ("nobody", "everybody"):
        driver, step = begun(names=names)
        write(driver, step, "p-ann", "Zebras")
        answer(driver, step, ann="s4")
        driver.do("p-fay", "step.reveal", activity=step)
        idea = driver.state.written_by("p-ann")[-1].id
        fragment = driver.ledger.kind.show(driver.state, f"idea-{idea}", "participant")
        assert fragment is not None
        assert fragment.context["by"] == ("Ann" if names == "everybody" else "")


@pytest.mark.django_db
def test_everybody_has_a_turn_to_speak_and_may_pass() -> None:
    driver, step = begun(speaking=True)
    assert driver.refused("p-ann", "check.turns", activity=step) == "not_your_turn"
    driver.do("p-fay", "check.turns", activity=step)
    turns = driver.state.steps[step].rounds[-1].memory.turns
    assert sorted(turns.order) == ["p-ann", "p-ben", "p-cat", "p-fay"]
    first, second = turns.order[:2]
    if second != "p-fay":
        assert driver.refused(second, "check.next", activity=step) == "not_your_turn"
    driver.do(first, "check.pass", activity=step)
    assert (turns.speaker, turns.passed) == (second, {first})
    driver.join("p-dan")
    for _turn in range(4):
        driver.do("p-fay", "check.next", activity=step)
    assert turns.order[-1] == "p-dan", "newcomers come at the end"
    assert turns.over
    assert driver.refused("p-fay", "check.next", activity=step) == "not_your_turn"


@pytest.mark.django_db
def test_a_session_is_rated_and_commented() -> None:
    driver, step = begun("check_out")
    driver.do("p-ann", "check.rate", activity=step, rating=2)
    driver.do("p-ann", "check.rate", activity=step, rating=4)
    driver.do("p-ben", "check.rate", activity=step, rating=5)
    driver.do("p-ben", "my.undo", activity=step)
    write(driver, step, "p-cat", "More\nbreaks", "comment")
    assert driver.refused("p-ben", "check.rate", activity=step, rating=6) == "bad_field"
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    assert outcome["rated"] == 1
    assert [row["people"] for row in outcome["ratings"]] == [0, 1, 0, 0, 0]
    assert outcome["written"][0]["sort"] == "comment"


def in_and_out(before: dict[str, str], after: dict[str, str], **settings: Any) -> Any:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    people = sorted({*before, *after})
    driver.join(*(f"p-{one}" for one in people))
    first, last = driver.step("check_in"), driver.step("check_out", settings=settings)
    for step, choices in ((first, before), (last, after)):
        driver.do("p-fay", "step.open", activity=step)
        answer(driver, step, **choices)
        driver.do("p-fay", "step.reveal", activity=step)
    return driver.outcome(last)["change"]


@pytest.mark.django_db
def test_how_the_group_has_moved_is_told_of_five_and_more() -> None:
    before = dict.fromkeys("abcde", "s2")
    after = {**dict.fromkeys("abcd", "s4"), "e": "s2"}
    assert in_and_out(before, after) == {"pairs": 5, "direction": "up", "mean": 1.6}
    assert in_and_out(dict.fromkeys("abcd", "s2"), dict.fromkeys("abcd", "s4")) is None
    assert in_and_out(before, {**after, "e": "skip"}) is None, "who skips is no pair"
    assert in_and_out(before, after, low="Another word") is None, "another scale is not compared"
    assert in_and_out(before, after, compare=False) is None


NUMBERS = st.dictionaries(st.sampled_from([f"p{n}" for n in range(14)]), st.integers(1, 5))


@given(NUMBERS, NUMBERS)
def test_no_single_number_can_be_reckoned_from_how_a_group_has_moved(
    before: dict[str, int], after: dict[str, int]
) -> None:
    told = moved(before, after)
    pairs = before.keys() & after.keys()
    assert (told is None) == (len(pairs) < FEWEST)
    if told is None or told["mean"] is None:
        return
    for all_of_them in (before, after):
        alone = len(all_of_them.keys() - pairs)
        assert alone == 0 or alone >= FEWEST, "with both distributions shown these could be reckoned"
    assert told["mean"] == round(sum(after[p] - before[p] for p in pairs) / len(pairs), 1)
