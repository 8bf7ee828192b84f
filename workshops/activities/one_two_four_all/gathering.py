"""Groups that form and grow in 1-2-4-All: who is with whom, and what stands on each group's small board.

People are put together once, by a seed, when a stage begins. From then on somebody can leave, come back or come late:
nobody stays alone as long as there is another group.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ALONE, PAIRS, FOURS, ALL = 1, 2, 3, 4
LEAST, MOST = 3, 6
"""A group of four may be of three to six when the numbers don't come out even."""

FULL = {PAIRS: 3, FOURS: 6}
"""With one more a group parts in two."""

type Pair = frozenset[str]


@dataclass(slots=True)
class Team:
    """One group of a stage. Its people sit on numbered seats, so that one can be named without saying who it is."""

    id: str
    number: int
    seats: dict[int, str] = field(default_factory=dict)
    seated: int = 0
    board: list[str] = field(default_factory=list)
    off: list[str] = field(default_factory=list)
    """What was taken off the board again; it can come back."""
    chosen: str = ""
    link: str = ""

    @property
    def people(self) -> list[str]:
        """Who is in it."""
        return list(self.seats.values())

    def seat(self, person: str) -> None:
        """Take somebody in. A seat's number is never given twice."""
        self.seated += 1
        self.seats[self.seated] = person

    def put(self, idea: str) -> None:
        """Put a piece on the board, once."""
        if idea not in self.board:
            self.board.append(idea)
        if idea in self.off:
            self.off.remove(idea)

    def put_down(self, idea: str) -> None:
        """Take a piece off the board."""
        self.board.remove(idea)
        self.off.append(idea)


@dataclass(slots=True)
class Gathering:
    """One round's memory."""

    stage: int = ALONE
    teams: dict[str, Team] = field(default_factory=dict)
    """Those of every stage so far."""
    at: dict[str, str] = field(default_factory=dict)
    """Which group everybody is in now."""
    was: dict[str, str] = field(default_factory=dict)
    """Which pair everybody came from."""
    visits: dict[str, str] = field(default_factory=dict)
    """Which group's board each facilitator has open."""
    warned: bool = False
    here: list[str] = field(default_factory=list)
    """Who was here when the end of the stage was announced."""
    most_people: int = 0

    def now(self) -> list[Team]:
        """Give the groups of this stage."""
        return [team for team in self.teams.values() if team.id.startswith(f"{self.stage}-")]

    def team_of(self, person: str) -> Team | None:
        """Give the group that somebody is in now."""
        return self.teams.get(self.at.get(person, ""))

    def form(self, stage: int, groups: list[list[str]]) -> None:
        """Begin a stage with these groups of people."""
        self.was, self.at = (self.at if stage == FOURS else {}), {}
        self.stage, self.warned = stage, False
        self.visits.clear()
        for number, people in enumerate(groups, start=1):
            team = Team(f"{stage}-{number}", number)
            self.teams[team.id] = team
            for person in people:
                team.seat(person)
                self.at[person] = team.id
        self.most_people = max(self.most_people, len(self.at))

    def smallest(self, *, but: str = "") -> Team | None:
        """Give the group with fewest people, the first of equal ones."""
        found = [team for team in self.now() if team.seats and team.id != but]
        return min(found, key=lambda team: (len(team.seats), team.number), default=None)

    def come(self, person: str) -> set[str]:
        """Let somebody into the smallest group; one that is full parts in two. Give whom that concerns."""
        team = self.smallest()
        if team is None:
            return {person}
        concerned = self.near(team) | {person}
        if len(team.seats) >= FULL[self.stage]:
            team = self._part(team)
        team.seat(person)
        self.at[person] = team.id
        self.most_people = max(self.most_people, len(self.at))
        return concerned

    def _part(self, team: Team) -> Team:
        """Take half of a group, those who came last, into a new one, with what stood on the board."""
        number = max(one.number for one in self.now()) + 1
        new = Team(f"{self.stage}-{number}", number, board=list(team.board), off=list(team.off))
        self.teams[new.id] = new
        for seat in list(team.seats)[-(len(team.seats) // 2) :]:
            person = team.seats.pop(seat)
            new.seat(person)
            self.at[person] = new.id
        return new

    def leave(self, person: str) -> set[str]:
        """Take somebody out of their group; who would be alone goes to the smallest. Give whom that concerns."""
        team = self.teams.get(self.at.pop(person, ""))
        if team is None:
            return set()
        concerned = {person, *team.people}
        team.seats = {seat: other for seat, other in team.seats.items() if other != person}
        into = self.smallest(but=team.id)
        if len(team.seats) == 1 and into is not None:
            (left,) = team.people
            team.seats = {}
            into.seat(left)
            self.at[left] = into.id
            for idea in team.board:
                into.put(idea)
            into.off += [idea for idea in team.off if idea not in into.board and idea not in into.off]
            concerned |= {*into.people, *(who for who, where in self.visits.items() if where == team.id)}
        return concerned | self.visitors(team) | (self.visitors(into) if into else set())

    def visitors(self, team: Team) -> set[str]:
        """Give the facilitators who have this group's board open."""
        return {person for person, where in self.visits.items() if where == team.id}

    def near(self, team: Team) -> set[str]:
        """Give whose own view shows this group's board."""
        return {*team.people, *self.visitors(team)}

    @property
    def shared(self) -> dict[str, Team]:
        """What the foursomes chose to share, by piece."""
        return {team.chosen: team for team in self.teams.values() if team.chosen}


# -- putting people together ---------------------------------------------------------------------------------------


def pairs_of(
    people: list[str],
    seed: str,
    *,
    background: Mapping[str, str] | None = None,
    met: frozenset[Pair] = frozenset(),
) -> list[list[str]]:
    """Put people in pairs, at random; an odd number makes one group of three.

    With `background` people of different backgrounds come together as far as it goes, and those who `met` already
    don't again as far as it goes; the second counts more.
    """
    chance = Random(seed)  # noqa: S311 (fairness, not secrecy; what it gave stands in the log)
    order = sorted(people)
    chance.shuffle(order)
    if len(order) < 4:
        return [order] if order else []
    if background is not None:
        sizes: dict[str, int] = {}
        for person in order:
            sizes[background[person]] = sizes.get(background[person], 0) + 1
        order.sort(key=lambda person: (-sizes[background[person]], background[person]))
    half = len(order) // 2
    pairs = [[order[n], order[n + half]] for n in range(half)]
    _mend(pairs, lambda one, two: 4 * (frozenset((one, two)) in met) + _same(background, one, two))
    if len(order) % 2:
        last = order[-1]
        pairs[chance.randrange(half)].append(last)
    return pairs


def _same(background: Mapping[str, str] | None, one: str, two: str) -> int:
    return int(background is not None and background[one] == background[two])


def _mend(pairs: list[list[str]], cost: Callable[[str, str], int]) -> None:
    """Exchange partners wherever that makes things better."""
    for first in pairs:
        for second in pairs:
            now = cost(*first)
            if not now:
                break
            if second is first:
                continue
            (a, b), (c, d) = first, second
            now += cost(c, d)
            options = [(cost(a, c) + cost(b, d), [a, c], [b, d]), (cost(a, d) + cost(c, b), [a, d], [c, b])]
            best = min(options, key=lambda option: option[0])
            if best[0] < now:
                first[:], second[:] = best[1], best[2]


def fours_of(pairs: list[list[str]], seed: str) -> list[list[str]]:
    """Put pairs together two by two, at random; what is left over makes a group of five or six, or stays three.

    Pairs of three or four people, as they come about, are put with the smallest. Never is anybody in a group of one
    or two, if there are more than two people.
    """
    chance = Random(seed)  # noqa: S311 (as above)
    order = sorted((list(pair) for pair in pairs if pair), key=lambda pair: pair[0])
    chance.shuffle(order)
    order.sort(key=len, reverse=True)
    if len(order) < 2:
        return order
    if len(order) % 2 == 0:
        return _folded(order)
    options = []
    for size in sorted({len(pair) for pair in order}):
        place = max(n for n, pair in enumerate(order) if len(pair) == size)
        groups = _folded(order[:place] + order[place + 1 :])
        smallest = min(groups, key=len)
        joined = [group + order[place] if group is smallest else group for group in groups]
        options += [joined, [*groups, order[place]]]
    return min(options, key=_bad)


def _folded(order: list[list[str]]) -> list[list[str]]:
    half = len(order) // 2
    return [order[n] + order[-1 - n] for n in range(half)]


def _bad(groups: list[list[str]]) -> tuple[int, int, int]:
    sizes = [len(group) for group in groups]
    return (
        sum(size < LEAST for size in sizes),
        sum(size > MOST for size in sizes),
        len(sizes) == 1 and max(sizes) > MOST,
    )
