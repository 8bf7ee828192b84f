"""How rankings are counted: examples reckoned by hand, and another way of counting that must agree."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from workshops.activities.ranking.rankings import Rankings

ITEMS = ["i1", "i2", "i3", "i4"]


def rankings(*orders: str, most: int = 0, items: str = "abcd") -> Rankings:
    """Each order is a word whose letters are items, best first."""
    made = Rankings("ideas", dict.fromkeys(items, "words"), {}, most=most)
    for number, order in enumerate(orders):
        made.set_draft(f"p{number}", list(order))
        made.send(f"p{number}")
    return made


def told(made: Rankings) -> list[tuple[str, int, int, int, int]]:
    return [(row.item, row.rank, row.points, row.ranked, row.places) for row in made.result().places]


def test_points_go_down_from_the_number_of_places_to_one() -> None:
    # a: 4+4+3 = 11, places 1+1+2. b: 3+3+4 = 10, places 2+2+1. c: 2+2 = 4, places 3+3. d: 1, place 4.
    assert told(rankings("abcd", "abc", "ba")) == [
        ("a", 1, 11, 3, 4),
        ("b", 2, 10, 3, 5),
        ("c", 3, 4, 2, 6),
        ("d", 4, 1, 1, 4),
    ]


def test_with_few_places_the_first_brings_as_many_points_as_there_are_places() -> None:
    # Two places: 2 and 1. a: 2+1 = 3, b: 1+2 = 3, both first; c and d nothing, both third.
    made = rankings("ab", "ba", most=2)
    assert [(item, rank, points) for item, rank, points, *_rest in told(made)] == [
        ("a", 1, 3),
        ("b", 1, 3),
        ("c", 3, 0),
        ("d", 3, 0),
    ]
    assert all(row.tied for row in made.result().places)
    assert made.result().scale == 2


def test_who_wins_each_comparison_may_be_another_than_who_leads() -> None:
    # Three put a first and b second, two put b first and a last.
    # Points (places c=3..): a 3*3+2*1 = 11, b 3*2+2*3 = 12, c 3*1+2*2 = 7. Pairs: a before b 3:2, a before c 3:2.
    made = rankings("abc", "abc", "abc", "bca", "bca", items="abc")
    assert [(item, points) for item, _rank, points, *_rest in told(made)] == [("b", 12), ("a", 11), ("c", 7)]
    assert made.result().best_in_pairs == "a"
    assert made.result().differs


def test_a_circle_has_no_winner() -> None:
    made = rankings("abc", "bca", "cab", items="abc")
    assert made.result().best_in_pairs is None
    assert not made.result().differs


def test_what_is_ranked_comes_before_what_is_not() -> None:
    made = rankings("a", "b", "a", items="abc")
    assert made.result().best_in_pairs == "a"
    assert not made.result().differs


def test_what_is_taken_away_is_counted_as_if_it_had_never_been_there() -> None:
    made = rankings("abcd", "bacd")
    made.withdrawn.add("b")
    made.forget_result()
    assert [(item, points) for item, _rank, points, *_rest in told(made)] == [("a", 6), ("c", 4), ("d", 2)]
    made.withdrawn.discard("b")
    made.forget_result()
    assert [item for item, *_rest in told(made)] == ["a", "b", "c", "d"]


def test_only_what_was_sent_counts() -> None:
    made = rankings("ab")
    made.set_draft("p0", ["c"])
    made.set_draft("p9", ["d"])
    assert [row[2] for row in told(made)] == [4, 3, 0, 0]
    assert made.result().answered == 1
    assert made.has_changes("p0")


ORDERS = st.lists(st.lists(st.sampled_from(ITEMS), unique=True, min_size=1), max_size=9)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(orders=ORDERS, most=st.integers(0, 4), away=st.sets(st.sampled_from(ITEMS), max_size=2))
def test_counting_in_another_way_gives_the_same(orders: list[list[str]], most: int, away: set[str]) -> None:
    made = Rankings("ideas", dict.fromkeys(ITEMS, "words"), {}, withdrawn=set(away), most=most)
    for number, order in enumerate(orders):
        made.set_draft(str(number), order)
        made.send(str(number))
    there = [item for item in ITEMS if item not in away]
    places = min(most, len(there)) if most else len(there)
    kept = [[item for item in order if item in there][:places] for order in orders]

    def points(item: str) -> int:
        return sum(places - order.index(item) for order in kept if item in order)

    def wins(one: str, other: str) -> bool:
        far = len(ITEMS)
        at = [
            (order.index(one) if one in order else far, order.index(other) if other in order else far)
            for order in kept
        ]
        return sum(mine < theirs for mine, theirs in at) > sum(mine > theirs for mine, theirs in at)

    result = made.result()
    assert {row.item: row.points for row in result.places} == {item: points(item) for item in there}
    for row in result.places:
        assert row.rank == 1 + sum(points(other) > row.points for other in there)
        assert row.tied == (sum(points(other) == row.points for other in there) > 1)
        chosen = [order.index(row.item) + 1 for order in kept if row.item in order]
        assert (row.ranked, Fraction(row.places)) == (len(chosen), Fraction(sum(chosen)))
    best = [one for one in there if all(wins(one, other) for other in there if other != one)]
    assert result.best_in_pairs == (best[0] if best and len(there) > 1 and orders else None)
