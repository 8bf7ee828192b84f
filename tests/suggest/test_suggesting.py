"""Suggested groups: what belongs together, why, and what people did is left as it is."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.daphne import REPOSITORY
from workshops.suggest.engine.matter import ALMOST_SAME, Suggestion, Text, There, alikes, suggestion
from workshops.suggest.engine.suggesting import suggest

THEMES = {
    "bus": [
        "A later bus home from the hospital",
        "Buses from the villages to the hospital",
        "More buses home in the evening",
        "Bus times that fit the hospital's times",
        "Free bus tickets from the villages",
    ],
    "tea": [
        "Tea and biscuits while we wait",
        "Somebody to make tea in the waiting room",
        "A kettle so that patients can make their own tea",
        "Tea should not cost three pounds",
    ],
    "letter": [
        "Letters in plain English",
        "The letter should say who to ring",
        "Send letters by e-mail too",
        "Large print letters for those who need them",
    ],
}
IDEAS = [
    Text(id=f"i{number}", text=words)
    for number, words in enumerate(
        words for row in itertools.zip_longest(*THEMES.values()) for words in row if words
    )
]
WORDS = {idea.id: idea.text for idea in IDEAS}
THEME = {words: theme for theme, all_words in THEMES.items() for words in all_words}


def themes(ideas: list[str]) -> set[str]:
    return {THEME[WORDS[idea]] for idea in ideas}


def everything(found: Suggestion) -> list[str]:
    return sorted([idea for group in found.groups for idea in group.ideas] + found.alone)


def test_what_shares_words_comes_together_and_is_named_by_them() -> None:
    found = suggest(IDEAS)

    assert sorted(sorted(themes(group.ideas)) for group in found.groups) == [["bus"], ["letter"], ["tea"]]
    names = {next(iter(themes(group.ideas))): group.name.lower() for group in found.groups}
    assert "bus" in names["bus"]
    assert "tea" in names["tea"]
    assert "letter" in names["letter"]
    assert everything(found) == sorted(WORDS)


def test_each_idea_has_its_nearest_neighbour_and_each_group_its_words() -> None:
    found = suggest(IDEAS)
    for group in found.groups:
        assert set(group.nearest) == set(group.ideas)
        assert all(near.id in group.ideas and near.id != idea for idea, near in group.nearest.items())
        first = group.shared[0]
        having = [idea for idea in group.ideas if first.word.lower()[:3] in WORDS[idea].lower()]
        assert len(having) >= first.ideas >= 2


def test_the_order_of_ideas_changes_nothing_that_matters_and_the_same_question_gets_the_same_answer() -> None:
    shuffled = IDEAS[:]
    random.Random(3).shuffle(shuffled)

    assert suggest(IDEAS) == suggest(IDEAS)
    assert {frozenset(group.ideas) for group in suggest(shuffled).groups} == {
        frozenset(group.ideas) for group in suggest(IDEAS).groups
    }


def test_a_name_is_never_anybodys_sentence_and_holds_no_number() -> None:
    same = [Text(id=f"i{n}", text="Ring 07700 900123 and ask for Morwenna at 5pm") for n in range(4)]
    other = [Text(id=f"j{n}", text=f"Coffee for {n} people in the garden") for n in range(4)]

    for group in suggest([*same, *other]).groups:
        assert not any(char.isdigit() for char in group.name)
        assert group.name not in {idea.text for idea in [*same, *other]}


def test_groups_that_are_there_keep_all_they_have_and_are_given_what_fits() -> None:
    buses = [idea for idea in IDEAS if THEME[idea.text] == "bus"]
    there = There(id="g1", title="Getting here", ideas=buses[:3])
    loose = [idea for idea in IDEAS if idea not in there.ideas]

    found = suggest(loose, [there])

    (added,) = [group for group in found.groups if group.into]
    assert (added.into, added.name) == ("g1", "Getting here")
    assert set(added.ideas) == {idea.id for idea in buses[3:]}
    assert everything(found) == sorted(idea.id for idea in loose)
    assert all(near.id in {idea.id for idea in buses} for near in added.nearest.values())


def test_a_group_that_somebody_only_named_is_filled_by_its_name() -> None:
    found = suggest(IDEAS, [There(id="g7", title="Letters")])

    (added,) = [group for group in found.groups if group.into == "g7"]
    assert themes(added.ideas) == {"letter"}


def test_a_group_that_nobody_named_gets_a_name_from_its_words() -> None:
    teas = [idea for idea in IDEAS if THEME[idea.text] == "tea"]

    (found,) = suggest(
        [], [There(id="g1", title="", ideas=teas), There(id="g2", title="Ours", ideas=[])]
    ).groups

    assert (found.into, found.ideas) == ("g1", [])
    assert "tea" in found.name.lower()


def test_no_new_group_takes_the_name_of_one_that_is_there() -> None:
    plain = suggest(IDEAS)
    taken = There(id="g1", title=plain.groups[0].name, ideas=[Text(id="x", text="Something else entirely")])

    names = [group.name for group in suggest(IDEAS, [taken]).groups if group.name]

    assert len(names) == len(set(names))


def test_ideas_with_nothing_in_common_are_left_alone() -> None:
    apart = ["Longer opening hours", "Paint the corridor green", "A choir", "Fewer forms", "Dogs welcome"]

    found = suggest([Text(id=str(number), text=words) for number, words in enumerate(apart)])

    assert all(group.shared or len(group.ideas) > 1 for group in found.groups)
    assert everything(found) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("ideas", [[], IDEAS[:1], [Text(id="a", text="!"), Text(id="b", text="?")]])
def test_next_to_nothing_is_no_trouble(ideas: list[Text]) -> None:
    assert everything(suggest(ideas)) == sorted(idea.id for idea in ideas)


@given(st.lists(st.text(max_size=60), max_size=25), st.lists(st.text(max_size=20), max_size=3))
@settings(max_examples=60, deadline=None)
def test_whatever_people_write_each_idea_has_exactly_one_place(texts: list[str], titles: list[str]) -> None:
    ideas = [Text(id=f"i{number}", text=text) for number, text in enumerate(texts)]
    there = [There(id=f"g{number}", title=title) for number, title in enumerate(titles)]

    found = suggest(ideas, there)

    assert everything(found) == sorted(idea.id for idea in ideas)
    assert {group.into for group in found.groups} <= {"", *(group.id for group in there)}
    assert all(len(group.ideas) > 1 or group.into for group in found.groups)


def test_the_process_of_its_own_answers_what_the_function_answers() -> None:
    asked: dict[str, Any] = {
        "what": "suggest",
        "ideas": [{"id": idea.id, "text": idea.text} for idea in IDEAS],
        "there": [{"id": "g1", "title": "Letters", "ideas": []}],
        "model": "none",
    }
    told = _child(asked)
    assert suggestion(told) == suggest(IDEAS, [There(id="g1", title="Letters")])

    twice = [{"id": "a", "text": "Tea for all"}, {"id": "b", "text": "tea for ALL!"}]
    (lot,) = alikes(_child({"what": "alike", "ideas": twice}))
    assert (sorted(lot.ideas), lot.like) == (["a", "b"], ALMOST_SAME)


def _child(asked: dict[str, Any]) -> Any:
    ran = subprocess.run(
        [sys.executable, "-m", "workshops.suggest.engine"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    return json.loads(ran.stdout)
