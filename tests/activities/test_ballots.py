"""The totals of a vote, counted as dots come and go, are those that counting everything anew would give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from workshops.activities.ballots import Ballots

ITEMS = ["i1", "i2", "i3", "i4"]
PEOPLE = ["ann", "ben", "cat"]
BUDGET, CAP = 4, 2

MOVES = st.lists(
    st.tuples(
        st.sampled_from(["place", "place", "place", "withdraw", "bring back"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(ITEMS),
        st.integers(0, CAP),
    ),
    max_size=40,
)


@dataclass
class Counted:
    """The slow way: what the words say, with nothing remembered but who placed what."""

    placed: dict[str, dict[str, int]] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)

    def counting(self, person: str) -> dict[str, int]:
        ballot = self.placed.get(person, {})
        return {item: dots for item, dots in ballot.items() if dots and item not in self.withdrawn}

    def spent(self, person: str) -> int:
        return sum(self.counting(person).values())

    def tally(self, item: str) -> tuple[int, int]:
        dots = [ballot[item] for ballot in self.placed.values() if ballot.get(item)]
        return (0, 0) if item in self.withdrawn else (sum(dots), len(dots))

    def bring_back(self, item: str) -> None:
        for person, ballot in self.placed.items():
            if ballot.get(item):
                ballot[item] = max(0, min(ballot[item], CAP, BUDGET - self.spent(person)))
        self.withdrawn.discard(item)

    def rows(self) -> list[dict[str, Any]]:
        tallies = {item: self.tally(item) for item in ITEMS if item not in self.withdrawn}
        rows = [
            {
                "item": item,
                "dots": dots,
                "voters": voters,
                "rank": 1 + sum(other > (dots, voters) for other in tallies.values()),
            }
            for item, (dots, voters) in tallies.items()
        ]
        return sorted(rows, key=lambda row: row["rank"])


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(moves=MOVES)
def test_totals_are_as_if_counted_anew(moves: list[tuple[str, str, str, int]]) -> None:
    ballots, counted = Ballots("ideas", dict.fromkeys(ITEMS, "words"), {}), Counted()
    for do, person, item, dots in moves:
        if do == "place":
            ballots.place(person, item, dots)
            counted.placed.setdefault(person, {})[item] = dots
        elif do == "withdraw":
            holders = ballots.withdraw(item)
            assert holders == {one for one, ballot in counted.placed.items() if ballot.get(item)}
            counted.withdrawn.add(item)
        elif item in counted.withdrawn:
            ballots.bring_back(item, BUDGET, CAP)
            counted.bring_back(item)
        same(ballots, counted)


def same(ballots: Ballots, counted: Counted) -> None:
    assert ballots.placed == counted.placed
    assert {item: ballots.tally(item) for item in ITEMS} == {item: counted.tally(item) for item in ITEMS}
    assert [ballots.spent(person) for person in PEOPLE] == [counted.spent(person) for person in PEOPLE]
    voted = {person for person in PEOPLE if counted.counting(person)}
    assert (ballots.voted(), ballots.voters) == (voted, len(voted))
    assert ballots.voters_beyond({"ann", "eve"}) == len(voted - {"ann"})
    assert ballots.dots_placed == sum(counted.spent(person) for person in PEOPLE)
    rows, ranking = counted.rows(), ballots.ranking()
    assert ballots.rows() == rows
    assert ranking.most == max((row["dots"] for row in rows), default=0)
    ranks = [row["rank"] for row in rows]
    assert ranking.shared == {rank for rank in ranks if ranks.count(rank) > 1}
