"""Near-duplicates: what says nearly the same is found, what says the opposite or another number is not."""

from __future__ import annotations

import pytest

from workshops.suggest.engine.duplicates import alike
from workshops.suggest.engine.matter import ALMOST_SAME, Text

OTHERS = ["Paint the corridor green", "A choir on Thursdays", "Fewer forms to fill in", "Dogs welcome"]


def lots(*texts: str) -> list[set[str]]:
    ideas = [Text(id=text, text=text) for text in (*texts, *OTHERS)]
    return [set(lot.ideas) for lot in alike(ideas)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tea for all", "tea for ALL!"),
        ("Longer visiting hours", "Visiting hours that are longer"),
        ("More buses", "More bus"),
        ("Longer visiting hours please", "Longr visiting hours"),
        ("We need peer support in every GP surgery", "Peer support is needed in every GP surgery"),
    ],
)
def test_the_same_said_twice_is_found(one: str, other: str) -> None:
    assert lots(one, other) == [{one, other}]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("More buses to the clinic", "No more buses to the clinic"),
        ("Visits should be allowed at night", "Visits should not be allowed at night"),
        ("Housing stays affordable for all of us", "Housing stays unaffordable for all of us"),
        ("Open on 7 days of the week", "Open on 5 days of the week"),
        ("Tea", "Coffee"),
        ("!!!", "???"),
    ],
)
def test_what_says_something_else_is_left_alone(one: str, other: str) -> None:
    assert lots(one, other) == []


def test_a_lot_starts_with_what_says_most_and_holds_only_what_is_near_to_all_in_it() -> None:
    short, long = "Tea for everybody here", "Tea for everybody here, please!!"
    ideas = [Text(id="a", text=short), Text(id="b", text="Wheelchairs"), Text(id="c", text=long)]

    (lot,) = alike(ideas)

    assert lot.ideas == ["c", "a"]
    assert lot.like == ALMOST_SAME
    assert alike(ideas[:1]) == []
