"""A word cloud: what counts as the same word, what facilitators can join and hide, and who is shown what when."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from realtime.ledger import Ledger
from realtime.log import erase
from realtime.models import Event
from tests.workshop_driver import READERS, Driver
from workshops.activities.word_cloud.clouds import SIZES, Cloud, key_of, size_of
from workshops.live.state import Idea
from workshops.results.archive import content_of

PEOPLE = ("p-ann", "p-ben", "p-cat")


def cloud(*, consent: str = "internal", **settings: Any) -> tuple[Driver, str]:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join(*PEOPLE, consent=consent)
    step = driver.step("word_cloud", settings=settings)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def add(driver: Driver, step: str, person: str, *words: str) -> str:
    for word in words:
        driver.do(person, "cloud.add", activity=step, text=word)
    return f"i{driver.state.counters['i']}"


def counts(driver: Driver, step: str) -> dict[str, int]:
    """What everybody is shown: each word with its people, most first."""
    fragment = driver.ledger.kind.show(driver.state, "stage.result", "screen")
    assert fragment is not None
    return {row["text"]: row["people"] for row in fragment.context["cloud"]["rows"]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trust", " trust. "),
        ("Café", "Cafe\u0301"),
        ("don't know", "Don’t  know!"),
        ("peer-support", "Peer support"),
        ("STRASSE", "straße"),
    ],
)
def test_what_says_the_same_counts_as_one_word(one: str, other: str) -> None:
    assert key_of(one) == key_of(other) != ""


def test_other_words_stay_apart() -> None:
    assert len({key_of(word) for word in ("cure", "care", "cured", "❤", "5")}) == 5
    assert key_of("?!") == ""


def test_sizes_go_from_the_smallest_to_the_largest() -> None:
    assert [size_of(1, 50), size_of(50, 50)] == [1, SIZES]
    assert size_of(1, 1) == SIZES // 2


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5), st.sampled_from("pqr"), st.sampled_from(["Tea", "tea", "Milk"]), st.booleans()
        ),
        max_size=40,
    ),
    st.lists(st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(0, 40)), max_size=4),
)
def test_counts_are_as_if_counted_anew(
    moves: list[tuple[int, str, str, bool]], joins: list[tuple[int, int, int]]
) -> None:
    kept = Cloud()
    ideas: dict[int, Idea] = {}
    for number, (n, author, text, gone) in enumerate(moves):
        idea = ideas.setdefault(n, Idea(f"i{n}", "a1", 1, author, text, 0, "word"))
        idea.text, idea.removed = text, gone
        kept.sync(idea)
        for one, other, when in joins:
            if when == number and {f"w{one}", f"w{other}"} <= set(kept.words) and one != other:
                kept.part(f"w{one}")
                kept.join([f"w{one}"], f"w{other}")
    people: dict[str, set[str]] = {}
    for idea in ideas.values():
        if not idea.removed:
            people.setdefault(kept.root(kept.known(idea.text)), set()).add(idea.author)
    assert {one.id: one.people for one in kept.ranked()} == {word: len(who) for word, who in people.items()}
    assert kept.counting == {idea.author for idea in ideas.values() if not idea.removed}
    written = Counter(idea.author for idea in ideas.values() if not idea.removed)
    assert kept.written == dict(written)


@pytest.mark.django_db
def test_the_same_word_of_several_people_is_counted_and_ties_share_a_rank() -> None:
    driver, step = cloud(visibility="shared")
    add(driver, step, "p-ann", "Trust", "Time")
    add(driver, step, "p-ben", "TRUST!", "waiting")
    assert counts(driver, step) == {"Trust": 2, "Time": 1, "waiting": 1}
    assert [word["rank"] for word in driver.outcome(step)["words"]] == [1, 2, 2]
    assert driver.outcome(step)["not_answered"] == 1


@pytest.mark.django_db
def test_one_person_writes_so_many_different_words() -> None:
    driver, step = cloud(most_words=2)
    add(driver, step, "p-ann", "Trust")
    assert driver.refused("p-ann", "cloud.add", activity=step, text="trust") == "said_already"
    assert driver.refused("p-ann", "cloud.add", activity=step, text="?!") == "no_word"
    assert driver.refused("p-ann", "cloud.add", activity=step, text="x" * 31) == "too_long"
    assert driver.refused("p-ann", "cloud.add", activity=step, text="ann@example.org") == "identifying"
    gone = add(driver, step, "p-ann", "Time")
    assert driver.refused("p-ann", "cloud.add", activity=step, text="Hope") == "no_words_left"
    driver.do("p-ann", "idea.remove", activity=step, idea=gone)
    add(driver, step, "p-ann", "Hope")
    assert driver.refused("p-ann", "idea.put_back", activity=step, idea=gone) == "no_words_left"
    assert driver.refused("p-fay", "cloud.add", activity=step, text="Hope") == "not_allowed"
    assert driver.refused("p-ben", "idea.remove", activity=step, idea=gone) == "no_such_idea"


@pytest.mark.django_db
@pytest.mark.parametrize("visibility", ["private", "checked", "shared"])
def test_words_are_sent_only_to_those_who_may_see_them(visibility: str) -> None:
    driver, step = cloud(visibility=visibility)
    driver.watch()
    heard = driver.listen()
    add(driver, step, "p-ann", "Zebra")
    driver.flush(resume=True)
    driver.do("p-fay", "step.pause", activity=step)
    driver.flush(resume=True)
    driver.check()
    may = {"private": set(), "checked": {"facilitator"}, "shared": set(READERS)}[visibility]
    for to in (*READERS, *PEOPLE, "p-fay"):
        told = "Zebra" in heard[to]
        assert told == (to in may or to == "p-ann"), f"{to} {visibility}"
        assert to == "p-ann" or "p-ann" not in heard[to] or to == "facilitator"
    if not may:
        assert driver.refused("p-fay", "cloud.hide", activity=step, words=["w1"]) == "not_revealed"


@pytest.mark.django_db
def test_facilitators_join_words_and_take_them_apart_again() -> None:
    driver, step = cloud(visibility="shared")
    add(driver, step, "p-ann", "tired", "exhausted")
    add(driver, step, "p-ben", "exhausted")
    add(driver, step, "p-cat", "worn out")
    assert driver.refused("p-ann", "cloud.merge", activity=step, words=["w1", "w2"]) == "not_allowed"
    driver.do("p-fay", "cloud.merge", activity=step, words=["w1", "w2", "w3"])
    assert counts(driver, step) == {"exhausted": 3}, "Ann wrote two of them and is counted once"
    driver.do("p-ben", "cloud.add", activity=step, text="Tired!")
    assert counts(driver, step) == {"exhausted": 3}
    driver.do("p-fay", "cloud.split", activity=step, word="w2")
    assert counts(driver, step) == {"exhausted": 2, "tired": 2, "worn out": 1}
    assert driver.refused("p-fay", "cloud.split", activity=step, word="w2") == "nothing_to_do"
    assert driver.refused("p-fay", "cloud.merge", activity=step, words=["w1"]) == "bad_merge"
    assert driver.refused("p-fay", "cloud.merge", activity=step, words=["w9"]) == "no_such_word"


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["word", "entry"])
def test_a_hidden_word_is_gone_for_everybody_until_it_is_put_back(how: str) -> None:
    driver, step = cloud(visibility="checked")
    first = add(driver, step, "p-ann", "Rude")
    add(driver, step, "p-ben", "rude", "kind")
    if how == "word":
        driver.do("p-fay", "cloud.hide", activity=step, words=["w1"], reason="Hurts somebody")
    driver.do("p-fay", "step.reveal", activity=step)
    if how == "entry":
        driver.do("p-ben", "idea.flag", idea=first)
        driver.do("p-fay", "idea.hide", idea=first, reason="Hurts somebody")
    assert counts(driver, step) == {"kind": 1}
    assert "Hurts somebody" in driver.own("p-ann")
    assert "Hurts somebody" in driver.own("p-ben")
    assert "Hurts somebody" not in driver.own("p-cat")
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    assert [idea["text"] for idea in content["ideas"].values() if idea["text"]] == ["kind"]
    outcome = driver.outcome(step)
    assert (len(outcome["words"]), outcome["hidden"]) == (1, 1)
    if how == "word":
        driver.do("p-fay", "cloud.put_back", activity=step, word="w1")
    else:
        driver.do("p-fay", "idea.restore", idea=first)
    assert counts(driver, step) == {"Rude": 2, "kind": 1}


@pytest.mark.django_db
def test_in_a_published_report_a_word_stands_only_if_a_writer_lets_it() -> None:
    driver, step = cloud(visibility="shared")
    driver.do("p-ann", "person.describe", consent="named")
    add(driver, step, "p-ann", "Trust")
    add(driver, step, "p-ben", "trust", "Secret")
    driver.do("p-fay", "step.close", activity=step)
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    context = {**content, "outcome": content["outcomes"][-1]}
    public = render_to_string("workshops/activities/word_cloud/outcome.html", {**context, "public": True})
    inside = render_to_string("workshops/activities/word_cloud/outcome.html", {**context, "public": False})
    assert "Trust" in public
    assert "Secret" not in public
    assert "1 word kept inside the Lab" in public
    assert "Secret" in inside
    assert "Ann" not in public


@pytest.mark.django_db
def test_words_that_were_never_shown_are_not_kept() -> None:
    driver, step = cloud(visibility="checked")
    add(driver, step, "p-ann", "Trust")
    driver.do("p-fay", "workshop.close")
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    assert "Trust" not in str(content)
    assert content["outcomes"][-1]["withheld"] == "not_shown"


@pytest.mark.django_db
def test_undo_takes_the_last_word_back() -> None:
    driver, step = cloud(visibility="shared")
    add(driver, step, "p-ann", "Trust", "Time")
    driver.do("p-ann", "my.undo", activity=step)
    assert counts(driver, step) == {"Trust": 1}


@pytest.mark.django_db
def test_while_a_crowd_writes_phones_are_sent_a_short_table_only() -> None:
    driver, step = cloud(visibility="shared", most_words=10)
    for number in range(20):
        add(driver, step, PEOPLE[number % 3], f"Word {number}")
    phone, wall = (
        driver.ledger.kind.show(driver.state, "stage.result", to) for to in ("participant", "screen")
    )
    assert phone is not None
    assert wall is not None
    told = phone.context["cloud"]
    assert (len(told["rows"]), told["more"], told["in_cloud"]) == (12, 8, [])
    assert len(wall.context["cloud"]["in_cloud"]) == 20
    driver.do("p-fay", "step.reveal", activity=step)
    shown = driver.ledger.kind.show(driver.state, "stage.result", "participant")
    assert shown is not None
    assert len(shown.context["cloud"]["in_cloud"]) == 20


@pytest.mark.django_db
def test_what_was_hidden_and_joined_stays_so_when_somebodys_words_are_erased() -> None:
    driver, step = cloud(visibility="shared", most_words=5)
    add(driver, step, "p-ann", "First", "Smith", "Car")
    add(driver, step, "p-ben", "Smith", "Auto")
    add(driver, step, "p-cat", "Care", "Van")
    driver.do("p-cat", "idea.edit", activity=step, idea=f"i{driver.state.counters['i']}", text="Lorry")
    driver.do("p-fay", "cloud.hide", activity=step, words=["w2"])
    driver.do("p-fay", "cloud.merge", activity=step, words=["w3", "w4"], into="w4")
    assert counts(driver, step) == {"Auto": 2, "First": 1, "Care": 1, "Lorry": 1}
    rows = Event.objects.filter(stream=driver.workshop.stream)
    anns = [row.seq for row in rows if row.actor == "p-ann" and row.kind == "idea.added"]
    assert erase(driver.workshop.stream_id, anns) == 3
    driver.ledger = Ledger(driver.workshop.stream_id)
    driver.ledger.load()
    shown = counts(driver, step)
    assert "Smith" not in shown
    assert shown == {"Auto": 2, "": 1, "Care": 1, "Lorry": 1}
