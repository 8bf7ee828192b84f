"""Guided chat: which question a post stands under, who sees it when, and what is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string

from realtime.kinds import SYSTEM
from tests.activities.scenes_maps import post
from tests.workshop_driver import MINUTE, Driver
from workshops.activities.chat.conversation import AT_ONCE
from workshops.activities.registry import activity_of
from workshops.results.archive import content_of

pytestmark = pytest.mark.django_db
QUESTIONS = "What works?\nWhat does not?\nWhat next?"


def ready(**chosen: Any) -> tuple[Driver, str]:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", "p-ben", consent="unnamed")
    driver.join("p-cat", consent="internal")
    step = driver.step("chat", settings={"questions": QUESTIONS} | chosen)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def ask(driver: Driver, step: str, question: str) -> None:
    live = driver.state.steps[step].rounds[-1].memory.live
    driver.do("p-fay", "chat.ask", activity=step, question=question, seen=live)


def lists(driver: Driver, reader: str = "participant") -> dict[str, list[str]]:
    return driver.ledger.kind.lists(driver.state, reader)


def test_a_post_stands_under_the_question_that_is_live_or_the_one_it_names() -> None:
    driver, step = ready()
    hello = post(driver, "p-ann", step, "Hello")
    ask(driver, step, "q1")
    first = post(driver, "p-ann", step, "The walks")
    ask(driver, step, "q2")
    late = post(driver, "p-ben", step, "The kitchen", question="q1")
    assert lists(driver)["threads"] == ["thread-q2", "thread-q1", "thread-hello"]
    assert lists(driver)["thread-hello.newest"] == [f"idea-{hello}"]
    assert lists(driver)["thread-q1.newest"] == [f"idea-{late}", f"idea-{first}"]
    assert (
        driver.refused("p-ann", "chat.post", activity=step, text="Soon", question="q3") == "no_such_question"
    )


def test_its_author_moves_a_post_and_nobody_else_but_facilitators() -> None:
    driver, step = ready(welcome_minutes=0)
    mine = post(driver, "p-ann", step, "The walks")
    ask(driver, step, "q2")
    assert driver.refused("p-ben", "chat.retag", activity=step, post=mine, question="q2") == "no_such_idea"
    driver.do("p-ann", "chat.retag", activity=step, post=mine, question="q2")
    assert lists(driver)["thread-q2.newest"] == [f"idea-{mine}"]
    driver.do("p-fay", "chat.retag", activity=step, post=mine, question="q1")
    assert lists(driver)["thread-q1.newest"] == [f"idea-{mine}"]


def test_a_locked_question_takes_nothing_and_can_be_opened_again() -> None:
    driver, step = ready(welcome_minutes=0)
    mine = post(driver, "p-ann", step, "The walks")
    driver.do("p-fay", "chat.lock", activity=step, question="q1", on=True)
    for do, fields in (
        ("chat.post", {"text": "More"}),
        ("chat.reply", {"post": mine, "text": "Yes"}),
        ("chat.react", {"post": mine, "reaction": "agree"}),
        ("idea.edit", {"idea": mine, "text": "Other"}),
    ):
        assert driver.refused("p-ann", do, activity=step, **fields) == "question_locked"
    driver.do("p-fay", "chat.lock", activity=step, question="q1", on=False)
    post(driver, "p-ann", step, "More")


def test_two_facilitators_pressing_next_skip_nothing() -> None:
    driver, step = ready(welcome_minutes=0)
    driver.do("p-fay", "chat.ask", activity=step, question="q2", seen="q1")
    assert driver.refused("p-fay", "chat.ask", activity=step, question="q2", seen="q1") == "moved_on"
    assert driver.refused("p-ann", "chat.ask", activity=step, question="q3", seen="q2") == "not_allowed"


def test_the_clock_asks_the_next_question_and_leaves_the_last_one_open() -> None:
    driver, step = ready(welcome_minutes=0, wrap_minutes=0, advance="clock", minutes_each=2)
    found = driver.state.steps[step]
    for question in ("q1", "q2"):
        assert found.rounds[-1].memory.live == question
        assert driver.ledger.due == (found.ends_at, "clock.time_is_up")
        driver.at = int(found.ends_at or 0)
        driver.do(SYSTEM, "clock.time_is_up")
    assert found.rounds[-1].memory.live == "q3"
    assert found.ends_at == driver.at + 2 * MINUTE
    assert driver.ledger.due is None
    assert found.phase == "open"


def test_what_waits_is_sent_to_its_author_and_facilitators_only() -> None:
    driver, step = ready(moderated=True, names="nobody")
    driver.watch()
    heard = driver.listen()
    waiting = post(driver, "p-ann", step, "Quite-secret-words")
    driver.flush()
    driver.check()
    assert {to for to, text in heard.items() if "Quite-secret-words" in text} == {"facilitator", "p-ann"}
    assert (
        driver.refused("p-ben", "chat.react", activity=step, post=waiting, reaction="agree") == "no_such_idea"
    )
    assert driver.refused("p-ben", "idea.flag", idea=waiting) == "no_such_idea"
    driver.do("p-fay", "chat.let_through", activity=step, posts=[waiting])
    driver.flush()
    assert "Quite-secret-words" in heard["participant"]
    assert lists(driver, "facilitator")["waiting"] == []


def test_what_was_turned_down_is_never_shown_and_its_author_is_told_why() -> None:
    driver, step = ready(moderated=True)
    rude = post(driver, "p-ann", step, "Rude-words")
    driver.do("p-fay", "chat.turn_down", activity=step, post=rude, reason="It names somebody")
    assert "It names somebody" in driver.own("p-ann")
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.outcome(step)["posts"] == []
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    assert "Rude-words" not in str(content)


def test_everybody_presses_each_reaction_once() -> None:
    driver, step = ready()
    hello = post(driver, "p-ann", step, "Hello")
    react = {"activity": step, "post": hello, "reaction": "agree"}
    driver.do("p-ben", "chat.react", **react)
    driver.do("p-cat", "chat.react", **react, on=True)
    assert driver.refused("p-cat", "chat.react", **react, on=True) == "nothing_to_do"
    driver.do("p-ben", "chat.react", **react)
    memory = driver.state.steps[step].rounds[-1].memory
    assert memory.sums(hello) == {"agree": 1, "same": 0, "more": 0}
    driver.do("p-ben", "my.undo", activity=step)
    assert memory.sums(hello)["agree"] == 2


def test_slow_mode_makes_people_wait_but_not_facilitators() -> None:
    driver, step = ready(slow_seconds=30)
    post(driver, "p-ann", step, "One")
    assert driver.refused("p-ann", "chat.post", activity=step, text="Two") == "too_soon"
    post(driver, "p-ben", step, "Mine")
    post(driver, "p-fay", step, "One")
    post(driver, "p-fay", step, "Two")
    driver.wait(0.5)
    post(driver, "p-ann", step, "Two")


def test_earlier_posts_are_folded_in_lots_and_stay_in_the_page() -> None:
    driver, step = ready()
    written = [post(driver, "p-fay", step, f"Post {n}") for n in range(2 * AT_ONCE)]
    now = lists(driver)
    assert len(now["thread-hello.newest"]) == AT_ONCE
    assert now["thread-hello.newest"][0] == f"idea-{written[-1]}"
    older = now["thread-hello.older"]
    post(driver, "p-ann", step, "One more")
    assert lists(driver)["thread-hello.older"] == older, "the long list is not sent for each post"
    driver.do("p-fay", "chat.pin", activity=step, post=written[0], on=True)
    assert lists(driver)["thread-hello.pinned"] == [f"idea-{written[0]}"]
    everything = [key for name, keys in lists(driver).items() if name != "threads" for key in keys]
    assert sorted(everything) == sorted(f"idea-{one.id}" for one in driver.state.ideas.values())


def test_highlights_are_ideas_that_a_vote_can_take() -> None:
    driver, step = ready()
    one, two = post(driver, "p-ann", step, "Walks"), post(driver, "p-ben", step, "Kitchen")
    driver.do("p-fay", "chat.highlight", activity=step, post=two, on=True)
    driver.do("p-fay", "step.close", activity=step)
    vote = driver.step("dot_vote", settings={"source": step})
    driver.do("p-fay", "step.open", activity=vote)
    assert list(driver.state.steps[vote].rounds[-1].memory.items) == [two]
    refused = driver.refused("p-fay", "chat.highlight", activity=step, post=one, on=True)
    assert refused == "grouping_started"


def test_what_was_asked_stays_and_later_questions_can_change() -> None:
    driver, step = ready(welcome_minutes=0)
    ask(driver, step, "q2")
    other = {"activity": step, "settings": {"questions": "Changed\nWhat does not?\nWhat next?"}}
    assert driver.refused("p-fay", "step.change", **other) == "asked_already"
    driver.do("p-fay", "step.change", activity=step, settings={"questions": f"{QUESTIONS}\nWho helps?"})
    ask(driver, step, "q4")
    fragment = driver.ledger.kind.show(driver.state, "stage.now", "participant")
    assert fragment is not None
    assert fragment.context["now"]["text"] == "Who helps?"


@pytest.mark.parametrize("public", [False, True])
def test_the_transcript_gives_each_question_its_posts_and_only_words_that_may_be_read(public: bool) -> None:
    driver, step = ready(welcome_minutes=0)
    open_one = post(driver, "p-ann", step, "Quotable walks")
    post(driver, "p-cat", step, "Inside kitchen")
    driver.do("p-ben", "chat.reply", activity=step, post=open_one, text="Quotable reply")
    driver.do("p-fay", "chat.highlight", activity=step, post=open_one, on=True)
    hidden = post(driver, "p-ben", step, "Hidden thing")
    driver.do("p-fay", "idea.hide", idea=hidden, reason="Names somebody")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.ledger.load()
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    outcome = content["outcomes"][0]
    assert [row["question"] for row in outcome["posts"]] == ["q1", "q1", "q1"]
    html = render_to_string(
        activity_of("chat").template("outcome"),
        {"outcome": outcome, "ideas": content["ideas"], "clusters": {}, "public": public},
    )
    assert "What works?" in html
    assert html.count("Quotable walks") == 2, "among the highlights and in its place"
    assert "Quotable reply" in html
    assert ("Inside kitchen" in html) is not public
    assert "Hidden thing" not in html


def test_hiding_a_reply_changes_the_card_of_its_post() -> None:
    driver, step = ready()
    driver.watch()
    hello = post(driver, "p-ann", step, "Hello")
    driver.do("p-ben", "chat.reply", activity=step, post=hello, text="Rude-reply")
    reply = f"i{driver.state.counters['i']}"
    driver.flush()
    driver.do("p-fay", "idea.hide", idea=reply, reason="Rude")
    driver.flush()
    driver.check()
    shown = driver.ledger.kind.show(driver.state, f"idea-{hello}", "participant")
    assert shown is not None
    assert shown.context["replies"] == []
