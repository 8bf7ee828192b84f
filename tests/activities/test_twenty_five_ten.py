"""25/10: who reads which card, what the scores come to, what is sent to whom, and the countdown."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import orjson
import pytest

from tests.activities.stages import do_all_they_can, opened
from tests.workshop_driver import Driver
from workshops.activities.twenty_five_ten.deck import Deck, next_call, ranking, rounds_for, shuffled

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", ["a", "b", "3f9c"])
def test_nobody_reads_their_own_card_or_one_twice_and_every_card_is_read_in_every_round(seed: str) -> None:
    for cards in [*range(3, 40), 57, 200]:
        ids = [f"i{n}" for n in range(cards)]
        ring, shifts = shuffled(ids, seed)
        assert sorted(ring) == sorted(ids)
        assert len(shifts) == rounds_for(cards) == min(5, cards - 1)
        deck = Deck()
        deck.deal(ring, shifts, {card: f"p-{card}" for card in ring})
        read: dict[str, list[str]] = {}
        for stage in range(1, deck.rounds + 1):
            deck.stage = stage
            dealt = {person: deck.card_for(person) for person in deck.places}
            assert sorted(map(str, dealt.values())) == sorted(ids), "each card is with one person"
            for person, card in dealt.items():
                read.setdefault(person, []).append(str(card))
        for person, seen in read.items():
            assert person.removeprefix("p-") not in seen, "nobody scores their own"
            assert len(set(seen)) == len(seen) == deck.rounds


def test_the_ring_differs_by_seed_and_not_by_the_order_of_writing() -> None:
    ids = [f"i{n}" for n in range(30)]
    assert shuffled(ids, "one") == shuffled(ids[::-1], "one")
    assert shuffled(ids, "one") != shuffled(ids, "two")


def deck_with(scores: dict[str, list[int]]) -> Deck:
    deck = Deck(ring=list(scores), shifts=[1, 2, 3, 4, 5])
    for card, given in scores.items():
        deck.scores[card] = {f"p{n}": score for n, score in enumerate(given)}
    return deck


def test_points_are_five_times_the_mean_and_equal_ones_share_a_rank() -> None:
    scores = {"a": [5, 5, 5, 5, 5], "b": [4, 4, 4], "c": [4, 4, 4, 4, 4], "d": [5, 5], "e": [1, 1, 2]}
    placed = {place.card: place for place in ranking(deck_with(scores), list(scores))}
    assert [(placed[card].points, placed[card].rank) for card in "abcde"] == [
        (2500, 1),
        (2000, 2),
        (2000, 2),
        (None, None),
        (667, 4),
    ]
    assert placed["d"].scores == 2


def test_the_countdown_ends_with_ten_cards_and_takes_in_all_that_equal_the_tenth() -> None:
    scores = (
        {f"i{n}": [5, 5, 5] for n in range(9)} | {f"j{n}": [4, 4, 4] for n in range(4)} | {"k": [3, 3, 3]}
    )
    deck = deck_with(scores)
    placed = ranking(deck, list(scores))
    assert next_call(deck, placed) == 2500
    deck.called = 2500
    assert next_call(deck, placed) == 2000, "nine are not ten"
    deck.called = 2000
    assert sum(map(deck.is_shown, scores)) == 13
    assert next_call(deck, placed) is None


# -- in a workshop ----------------------------------------------------------------------------------------------------

PEOPLE = [f"p-{name}" for name in ("ann", "ben", "cat", "dan", "eve", "fin", "gil")]


def workshop(*people: str, **chosen: Any) -> tuple[Driver, str]:
    return opened("twenty_five_ten", people or PEOPLE, **chosen)


def write_all(driver: Driver, step: str, *people: str) -> None:
    for person in people or PEOPLE:
        driver.do(
            person,
            "crowd.write",
            activity=step,
            text=f"Bold-{person[2:]}-once",
            first=f"Step-{person[2:]}-once",
        )


def deck_of(driver: Driver, step: str) -> Deck:
    deck = driver.state.steps[step].rounds[-1].memory
    assert isinstance(deck, Deck)
    return deck


def score_all(driver: Driver, step: str, scores: dict[str, int] | None = None, skip: str = "") -> None:
    """Everybody scores: `scores` says how much the card of whom gets; 3 if not said."""
    deck = deck_of(driver, step)
    for person in deck.places:
        if person != skip:
            card = deck.card_for(person)
            writer = driver.state.ideas[str(card)].author
            driver.do(person, "crowd.score", activity=step, card=card, score=(scores or {}).get(writer, 3))


def run_all(driver: Driver, step: str, scores: dict[str, int] | None = None, skip: str = "") -> None:
    write_all(driver, step)
    for stage in range(5):
        driver.do("p-fay", "crowd.next", activity=step, stage=stage)
        score_all(driver, step, scores, skip)


def test_a_whole_run_and_its_outcome() -> None:
    driver, step = workshop()
    driver.watch()
    run_all(driver, step, {"p-ann": 5, "p-ben": 4, "p-cat": 4}, skip="p-gil")
    assert driver.refused("p-fay", "crowd.next", activity=step, stage=5) == "moved_on"
    assert driver.outcome(step)["withheld"] == "not_shown"
    driver.do("p-fay", "step.reveal", activity=step)
    driver.flush()
    driver.check()
    assert driver.outcome(step)["cards"] == []
    assert driver.refused("p-fay", "crowd.show_rest", activity=step) == "still_counting"
    for called in (0, 2500, 2000):
        driver.do("p-fay", "crowd.call", activity=step, called=called)
        driver.flush(resume=called == 2500)
        driver.check()
    assert driver.refused("p-gus", "crowd.call", activity=step, called=2500) == "moved_on"
    rows = driver.outcome(step)["cards"]
    assert [(row["rank"], row["points"]) for row in rows[:3]] == [(1, 25.0), (2, 20.0), (2, 20.0)]
    assert {row["scores"] for row in rows} <= {4, 5}, "what Gil did not score costs nothing"
    assert len(rows) == 7


def test_two_facilitators_pass_the_cards_on_once() -> None:
    driver, step = workshop()
    write_all(driver, step)
    driver.do("p-fay", "crowd.next", activity=step, stage=0)
    assert driver.refused("p-gus", "crowd.next", activity=step, stage=0) == "moved_on"
    assert deck_of(driver, step).stage == 1


def test_writing_has_one_card_each_and_ends_when_scoring_starts() -> None:
    driver, step = workshop("p-ann", "p-ben", "p-cat", "p-dan")
    driver.do("p-ann", "crowd.write", activity=step, text="One", first="A")
    driver.do("p-ann", "crowd.write", activity=step, text="Two", first="B")
    assert [idea.text for idea in driver.state.written_by("p-ann")] == ["Two\nB"]
    assert driver.refused("p-fay", "crowd.next", activity=step, stage=0) == "too_few_cards"
    write_all(driver, step, "p-ben", "p-cat")
    assert driver.refused("p-dan", "crowd.help", activity=step) == "not_scoring"
    driver.do("p-fay", "crowd.next", activity=step, stage=0)
    assert deck_of(driver, step).rounds == 2, "three cards allow two rounds"
    assert driver.refused("p-dan", "crowd.write", activity=step, text="Late", first="x") == "scoring_started"
    mine = driver.state.written_by("p-ann")[0].id
    assert driver.refused("p-ann", "idea.edit", activity=step, idea=mine, text="Other") == "scoring_started"
    assert driver.refused("p-fay", "crowd.score", activity=step, card=mine, score=5) == "not_allowed"


def test_only_the_card_that_is_with_somebody_can_be_scored_and_only_until_it_goes_on() -> None:
    driver, step = workshop()
    write_all(driver, step)
    driver.do("p-fay", "crowd.next", activity=step, stage=0)
    deck = deck_of(driver, step)
    card = deck.card_for("p-ann")
    other = next(one for one in deck.ring if one != card)
    assert driver.refused("p-ann", "crowd.score", activity=step, card=other, score=5) == "not_your_card"
    driver.do("p-ann", "crowd.score", activity=step, card=card, score=5)
    driver.do("p-ann", "crowd.score", activity=step, card=card, score=2)
    driver.do("p-ann", "my.undo", activity=step)
    assert deck.scores[str(card)] == {"p-ann": 5}
    driver.do("p-fay", "crowd.next", activity=step, stage=1)
    assert driver.refused("p-ann", "crowd.score", activity=step, card=card, score=1) == "not_your_card"
    assert driver.refused("p-ann", "my.undo", activity=step) == "nothing_to_undo"


def test_who_comes_late_helps_where_fewest_scores_came_from() -> None:
    driver, step = workshop()
    write_all(driver, step)
    driver.do("p-fay", "crowd.next", activity=step, stage=0)
    score_all(driver, step, skip="p-dan")
    driver.join("p-late")
    driver.do("p-late", "crowd.help", activity=step)
    deck = deck_of(driver, step)
    assert deck.places["p-late"] == deck.places["p-dan"]
    assert deck.card_for("p-late") != deck.ring[deck.places["p-dan"]]
    driver.join("p-later")
    driver.do("p-later", "crowd.help", activity=step)
    assert deck.places["p-later"] != deck.places["p-late"], "helpers are spread"
    driver.do("p-late", "crowd.score", activity=step, card=deck.card_for("p-late"), score=5)
    assert deck.count(str(deck.card_for("p-late"))) == 1, "Dan, who is gone, did not score it"
    assert driver.outcome(step)["helped"] == 2


def test_a_card_is_sent_to_nobody_but_its_writer_and_its_reader() -> None:
    driver, step = workshop(afterwards="top")
    driver.watch()
    heard: list[tuple[str, str]] = []
    driver.heard = lambda to, text: heard.append((to, text))
    write_all(driver, step)
    scores = {"p-ann": 5, "p-ben": 5}
    for stage in range(5):
        driver.do("p-fay", "crowd.next", activity=step, stage=stage)
        score_all(driver, step, scores)
        heard.clear()
        driver.flush(resume=stage % 2 == 1)
        driver.check()
        deck = deck_of(driver, step)
        readers = {deck.card_for(person): person for person in PEOPLE}
        for idea in driver.state.ideas.values():
            name = idea.author[2:]
            got = {to for to, text in heard if f"Bold-{name}-once" in text or f"Step-{name}-once" in text}
            assert got <= {idea.author, readers[idea.id]}, got
            assert readers[idea.id] in got
    for to, text in heard:
        frame = orjson.loads(text)
        assert "points" not in str(frame.get("own", "")), to
    driver.do("p-fay", "step.reveal", activity=step)
    heard.clear()
    driver.flush()
    assert not any("Bold-" in text for to, text in heard if to in ("participant", "screen", "facilitator"))
    driver.do("p-fay", "crowd.call", activity=step, called=0)
    driver.flush()
    shared = [text for to, text in heard if to in ("participant", "screen", "facilitator")]
    told = {
        name
        for name in (person[2:] for person in PEOPLE)
        if any(f"Bold-{name}-once" in text for text in shared)
    }
    assert told == {"ann", "ben"}
    assert driver.refused("p-fay", "crowd.show_rest", activity=step) == "promised"


def test_words_that_were_not_called_out_are_in_no_archive() -> None:
    from workshops.results.archive import content_of

    driver, step = workshop(afterwards="top")
    run_all(driver, step, dict(zip(PEOPLE, (5, 5, 5, 5, 5, 5, 1), strict=True)))
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "crowd.call", activity=step, called=0)
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    assert "Bold-ann-once" in str(content)
    assert "Bold-gil-once" not in str(content)
    assert content["outcomes"][0]["not_shown"] == 1


def test_a_flagged_card_is_shown_to_facilitators_who_can_take_it_away() -> None:
    driver, step = workshop()
    write_all(driver, step)
    driver.do("p-fay", "crowd.next", activity=step, stage=0)
    deck = deck_of(driver, step)
    card = str(deck.card_for("p-ann"))
    assert driver.refused("p-fay", "idea.hide", idea=card, reason="Rude") == "no_such_idea"
    assert driver.refused("p-fay", "idea.flag", idea=card) == "no_such_idea"
    others = [
        person
        for person in PEOPLE
        if deck.card_for(person) != card and driver.state.ideas[card].author != person
    ]
    assert driver.refused(others[0], "idea.flag", idea=card) == "no_such_idea"
    driver.do("p-ann", "idea.flag", idea=card, why="rude")
    driver.do("p-fay", "idea.hide", idea=card, reason="Rude")
    assert driver.refused("p-ann", "crowd.score", activity=step, card=card, score=1) == "not_your_card"
    assert "took away the card" in driver.own("p-ann")
    for stage in range(1, 5):
        driver.do("p-fay", "crowd.next", activity=step, stage=stage)
    driver.do("p-fay", "step.reveal", activity=step)
    driver.ask("p-fay", "crowd.show_rest", activity=step)
    assert driver.state.gid(card) not in [row["item"] for row in driver.outcome(step)["cards"]]


def test_somebody_who_is_removed_leaves_their_card_in_the_game() -> None:
    driver, step = workshop()
    write_all(driver, step)
    driver.do("p-fay", "crowd.next", activity=step, stage=0)
    driver.do("p-fay", "person.remove", person="p-ann")
    deck = deck_of(driver, step)
    card = driver.state.written_by("p-ann")[0].id
    reader = next(person for person in PEOPLE if deck.card_for(person) == card)
    driver.do(reader, "crowd.score", activity=step, card=card, score=4)
    assert deck.count(card) == 1


def test_a_new_round_starts_with_no_cards_and_the_first_is_kept() -> None:
    driver, step = workshop()
    run_all(driver, step)
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "crowd.call", activity=step, called=0)
    first = driver.outcome(step, 1)
    driver.do("p-fay", "step.new_round", activity=step)
    write_all(driver, step, "p-ann", "p-ben", "p-cat")
    driver.do("p-fay", "crowd.next", activity=step, stage=0)
    assert len(deck_of(driver, step).ring) == 3
    assert driver.outcome(step, 1) == first


def test_later_activities_work_with_the_cards_that_were_called_out() -> None:
    driver, step = workshop()
    vote = driver.step("dot_vote")
    run_all(driver, step, {"p-ann": 5})
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "crowd.call", activity=step, called=0)
    driver.do("p-fay", "step.open", activity=vote)
    assert list(driver.state.steps[vote].rounds[-1].memory.items.values()) == ["Bold-ann-once\nStep-ann-once"]


def test_simulated_people_play_to_the_end() -> None:
    driver, step = workshop()
    for stage in range(6):
        do_all_they_can(driver, step, PEOPLE)
        if stage < 5:
            driver.do("p-fay", "crowd.next", activity=step, stage=stage)
    assert all(len(scores) == 5 for scores in deck_of(driver, step).scores.values())
    assert all(a != b for a, b in pairwise(deck_of(driver, step).ring))
