"""How many chose what, counted as answers come and go: as if it were counted anew."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from workshops.activities.shared.answers import Answers, bars

PEOPLE = st.sampled_from(["p1", "p2", "p3"])
CHOSEN = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True)


@given(st.lists(st.tuples(PEOPLE, CHOSEN, st.booleans()), max_size=30))
def test_counts_are_as_if_counted_anew(moves: list[tuple[str, list[str], bool]]) -> None:
    answers = Answers()
    last: dict[str, tuple[list[str], bool]] = {}
    for person, chosen, counts in moves:
        answers.put(person, tuple(chosen), counts=counts)
        last[person] = chosen, counts
    counting = {person: chosen for person, (chosen, counts) in last.items() if chosen and counts}
    slow = Counter(option for chosen in counting.values() for option in chosen)
    assert answers.counting == set(counting)
    assert {option: answers.people(option) for option in "abc"} == {option: slow[option] for option in "abc"}
    assert all(answers.of(person) == tuple(chosen) for person, (chosen, _counts) in last.items())


def test_bars_say_the_share_of_those_who_answered() -> None:
    answers = Answers()
    for person, option in (("p1", "a"), ("p2", "a"), ("p3", "b")):
        answers.put(person, (option,))
    rows = bars([("a", "Yes"), ("b", "No"), ("c", "Not sure")], answers, 3)
    assert [(row["people"], row["share"], row["length"]) for row in rows] == [
        (2, 67, "66.7"),
        (1, 33, "33.3"),
        (0, 0, "0.0"),
    ]
    assert bars([("a", "Yes")], Answers(), 0)[0]["length"] == "0.0"
