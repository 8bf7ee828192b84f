"""What places on two axes come to: examples reckoned by hand, and other ways of reckoning that must agree."""

from __future__ import annotations

from math import isclose, sqrt
from statistics import pstdev, quantiles

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshops.activities.matrix.drawing import plot_of
from workshops.activities.matrix.placings import Mark, Placings, along, spread_of


def placings(**places: list[tuple[int, int] | None]) -> Placings:
    """For each item what each person said: a place, or None for skipping it."""
    made = Placings("ideas", dict.fromkeys(places, "words"), {})
    for item, said in places.items():
        for person, at in enumerate(said):
            made.put(f"p{person}", item, Mark(*at) if at else Mark(skip=True))
    return made


def test_mean_and_quartiles_by_hand() -> None:
    # 1 2 4 5: mean 3; a quarter of the way (0.75 of three gaps) is 2 - 0.25 = 1.75, three quarters 4.25.
    assert (along([4, 1, 5, 2]).mean, along([4, 1, 5, 2]).low, along([4, 1, 5, 2]).high) == (3.0, 1.75, 4.25)
    assert (along([3]).mean, along([3]).low, along([3]).high) == (3.0, 3.0, 3.0)


def test_spread_is_the_standard_distance() -> None:
    # (1,1), (5,1): mean (3,1), each 2 away. (1,1), (5,5): mean (3,3), each sqrt(8) away.
    assert spread_of([1, 5], [1, 1]) == 2.0
    assert isclose(spread_of([1, 5], [1, 5]) or 0, sqrt(8))
    assert spread_of([4], [2]) is None


def test_most_disagreement_comes_first_and_the_unplaced_last() -> None:
    made = placings(
        calm=[(3, 3), (3, 3), (3, 4)],
        torn=[(1, 1), (5, 5), (3, 3)],
        lone=[(2, 2), None, None],
        none=[None, None, None],
    )
    assert list(made.points()) == ["torn", "calm", "lone", "none"]


def test_skipping_is_counted_and_is_not_the_middle() -> None:
    made = placings(one=[(5, 5), None, (4, 4), None])
    point = made.points()["one"]
    assert (point.placed, point.skipped) == (2, 2)
    assert point.x is not None
    assert point.x.mean == 4.5


def test_what_stands_on_one_scale_only_does_not_count() -> None:
    made = placings(one=[(5, 5)])
    made.put("p1", "one", Mark(1, None))
    point = made.points()["one"]
    assert (point.placed, made.given, set(made.answered)) == (1, 1, {"p0"})


MARKS = st.builds(
    Mark, st.one_of(st.none(), st.integers(1, 5)), st.one_of(st.none(), st.integers(1, 5))
) | st.just(Mark(skip=True))


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(said=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), MARKS), max_size=30))
def test_reckoned_in_another_way_it_is_the_same(said: list[tuple[str, str, Mark]]) -> None:
    made = Placings("ideas", dict.fromkeys("xyz", "words"), {})
    last: dict[tuple[str, str], Mark] = {}
    for person, item, mark in said:
        made.put(person, item, mark)
        last[person, item] = mark
    counting = {key: mark for key, mark in last.items() if mark.skip or (mark.x and mark.y)}
    assert made.given == len(counting)
    assert set(made.answered) == {person for person, _item in counting}
    for item, point in made.points().items():
        places = [(mark.x, mark.y) for (_p, i), mark in counting.items() if i == item and not mark.skip]
        assert point.placed == len(places)
        assert point.skipped == sum(mark.skip for (_p, i), mark in counting.items() if i == item)
        for axis, got in enumerate((point.x, point.y)):
            values = [place[axis] or 0 for place in places]
            if got is None:
                assert not values
                continue
            low, _half, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
            assert (got.mean, got.low, got.high) == pytest.approx((sum(values) / len(values), low, high))
        if len(places) > 1:
            both = sqrt(sum(pstdev([place[axis] or 0 for place in places]) ** 2 for axis in (0, 1)))
            assert point.spread == pytest.approx(both)
    spreads = [-1 if point.spread is None else point.spread for point in made.points().values()]
    assert spreads == sorted(spreads, reverse=True)


def test_the_drawing_turns_heights_round() -> None:
    frame = {"axes": {}, "corners": {}, "least": 1, "most": 5}
    row = {
        "number": 1, "x": 2.0, "y": 5.0, "x_low": 1.0, "x_high": 3.0, "y_low": 4.0, "y_high": 5.0,
        "agreed_x": 1, "agreed_y": 5,
    }  # fmt: skip
    (drawn,) = plot_of(frame, [row])["points"]
    assert (drawn["x"], drawn["y"]) == (25.0, 0.0)  # a quarter from the left, at the upper edge
    assert (drawn["left"], drawn["top"], drawn["width"], drawn["height"]) == (0.0, 0.0, 50.0, 25.0)
    assert plot_of(frame, [row | {"number": n} for n in range(20)])["framed"] == 5
    assert drawn["agreed"] == {"x": -2.0, "y": -2.0}  # a square of 4 around the corner
