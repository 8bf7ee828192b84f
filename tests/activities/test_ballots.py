"""The totals of a vote, counted as dots come and go, are those that counting everything anew would give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from workshops.activities.dot_vote.ballots import Ballots

ITEMS = ["i1", "i2", "i3", "i4"]
PEOPLE = ["ann", "ben", "cat"]
BUDGET, CAP, AGAINST = 4, 2, 3

MOVES = st.lists(
    st.tuples(
        st.sampled_from(["place", "place", "place", "withdraw", "bring back"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(ITEMS),
        st.integers(-CAP, CAP),
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
        return sum(dots for dots in self.counting(person).values() if dots > 0)

    def spent_against(self, person: str) -> int:
        return -sum(dots for dots in self.counting(person).values() if dots < 0)

    def tally(self, item: str) -> tuple[int, int, int]:
        """Dots for it, dots against it, people with either."""
        dots = [ballot[item] for ballot in self.placed.values() if ballot.get(item)]
        told = (sum(n for n in dots if n > 0), -sum(n for n in dots if n < 0), len(dots))
        return (0, 0, 0) if item in self.withdrawn else told

    def bring_back(self, item: str) -> None:
        for person, ballot in self.placed.items():
            if ballot.get(item):
                room = (
                    AGAINST - self.spent_against(person) if ballot[item] < 0 else BUDGET - self.spent(person)
                )
                fits = max(0, min(abs(ballot[item]), CAP, room))
                ballot[item] = fits if ballot[item] > 0 else -fits
        self.withdrawn.discard(item)

    def rows(self) -> list[dict[str, Any]]:
        tallies = {item: self.tally(item) for item in ITEMS if item not in self.withdrawn}
        net = {item: (dots - against, voters) for item, (dots, against, voters) in tallies.items()}
        rows = [
            {
                "item": item,
                "dots": dots,
                "voters": voters,
                "rank": 1 + sum(other > net[item] for other in net.values()),
            }
            for item, (dots, _against, voters) in tallies.items()
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
            ballots.withdraw(item)
            assert ballots.holders(item) == {
                one for one, ballot in counted.placed.items() if ballot.get(item)
            }
            counted.withdrawn.add(item)
        elif item in counted.withdrawn:
            ballots.bring_back(item, BUDGET, CAP, AGAINST)
            counted.bring_back(item)
        same(ballots, counted)


def same(ballots: Ballots, counted: Counted) -> None:
    assert ballots.placed == counted.placed
    told = {item: (ballots.tally(item)[0], ballots.against(item), ballots.tally(item)[1]) for item in ITEMS}
    assert told == {item: counted.tally(item) for item in ITEMS}
    assert [ballots.spent_against(one) for one in PEOPLE] == [counted.spent_against(one) for one in PEOPLE]
    assert ballots.against_placed == sum(counted.spent_against(person) for person in PEOPLE)
    assert [ballots.spent(person) for person in PEOPLE] == [counted.spent(person) for person in PEOPLE]
    voted = {person for person in PEOPLE if counted.counting(person)}
    assert (ballots.answered, ballots.voters) == (voted, len(voted))
    assert ballots.dots_placed == sum(counted.spent(person) for person in PEOPLE)
    rows, ranking = counted.rows(), ballots.ranking()
    assert ballots.rows() == rows
    assert ranking.most == max([0, *(ballots.net(row["item"]) for row in rows)])
    ranks = [row["rank"] for row in rows]
    assert ranking.shared == {rank for rank in ranks if ranks.count(rank) > 1}
