"""The cards of one round of 25/10: who reads which, and what each got.

Whoever wrote a card sits at its place in a ring. In each round of scoring everybody gets the card a fixed number of
places further on, another number each time. So nobody gets their own or the same one twice, and each card is read by
one person of the ring in each round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

ROUNDS = 5
LEAST_CARDS = 3
LEAST_SCORES = 3
"""A card that fewer people scored has no place: one kind reader would decide it."""
WHOLE = 2500
"""The most points, in hundredths: 25.00 for five times 5."""
TOP = 10


def rounds_for(cards: int) -> int:
    """Give how many rounds there can be: as many other cards as there are, five at most."""
    return max(0, min(ROUNDS, cards - 1))


def shuffled(cards: list[str], seed: str) -> tuple[list[str], list[int]]:
    """Give the ring's order and how many places on each round goes: all different, none the whole way round."""
    chance = Random(seed)  # noqa: S311 (fairness, not secrecy; what it gave stands in the log)
    ring = sorted(cards)
    chance.shuffle(ring)
    return ring, chance.sample(range(1, len(ring)), rounds_for(len(ring)))


@dataclass(slots=True)
class Deck:
    """One round's memory. `stage` is 0 while people write, then the number of the round of scoring."""

    stage: int = 0
    ring: list[str] = field(default_factory=list)
    shifts: list[int] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    """Where the writers sit, and whose place those took who came later."""
    helpers: set[str] = field(default_factory=set)
    scores: dict[str, dict[str, int]] = field(default_factory=dict)
    """For each card who gave how much."""
    given: dict[str, dict[int, int]] = field(default_factory=dict)
    """For each person how much they gave in which round."""
    scored: dict[int, int] = field(default_factory=dict)
    """For each round how many have scored: counted as it happens."""
    called: int | None = None
    """Cards with so many points or more were called out; None before the first."""
    rest_shown: bool = False

    @property
    def rounds(self) -> int:
        """How many rounds of scoring there are; 0 until scoring starts."""
        return len(self.shifts)

    def deal(self, ring: list[str], shifts: list[int], writers: dict[str, str]) -> None:
        """Seat the writers of these cards."""
        self.ring, self.shifts = ring, shifts
        self.places = {writers[card]: place for place, card in enumerate(ring)}

    def card_for(self, person: str) -> str | None:
        """Give the card that somebody reads in this round."""
        place = self.places.get(person)
        if place is None or not self.stage:
            return None
        return self.ring[(place + self.shifts[self.stage - 1]) % len(self.ring)]

    def seat_for_helper(self) -> int:
        """Give the place of which fewest scores came: whoever sits there may be gone. A helper reads what it reads."""
        came = [0] * len(self.ring)
        helped = [0] * len(self.ring)
        for person, place in self.places.items():
            helped[place] += person in self.helpers
            came[place] += len(self.given.get(person, ())) + (self.stage if person in self.helpers else 0)
        return min(range(len(self.ring)), key=lambda place: (came[place], helped[place], place))

    def score(self, person: str, card: str, score: int) -> None:
        """Take a score, or take it back (0)."""
        given = self.given.setdefault(person, {})
        before = given.pop(self.stage, 0)
        if before:
            self.scores[card].pop(person)
        if score:
            given[self.stage] = score
            self.scores.setdefault(card, {})[person] = score
        self.scored[self.stage] = self.scored.get(self.stage, 0) + bool(score) - bool(before)

    # -- what it came to -----------------------------------------------------------------------------------------

    @property
    def enough(self) -> int:
        """How many scores a card needs for a place."""
        return min(LEAST_SCORES, self.rounds)

    def count(self, card: str) -> int:
        """Count a card's scores."""
        return len(self.scores.get(card, ()))

    def points(self, card: str) -> int | None:
        """Give a card's points in hundredths: five times the mean, so that a missing score costs nothing."""
        scores = self.scores.get(card)
        if not scores or len(scores) < self.enough:
            return None
        return (sum(scores.values()) * 1000 + len(scores)) // (2 * len(scores))

    def is_shown(self, card: str) -> bool:
        """Whether a card was called out, once the result is being shown."""
        points = self.points(card)
        return self.rest_shown or (self.called is not None and points is not None and points >= self.called)


@dataclass(frozen=True, slots=True)
class Place:
    """What one card came to."""

    card: str
    points: int | None
    scores: int
    rank: int | None


def ranking(deck: Deck, cards: list[str]) -> list[Place]:
    """Rank these cards: most points first, equal ones share a rank, those with too few scores last and without."""
    points = {card: deck.points(card) for card in cards}
    order = sorted(cards, key=lambda card: -(points[card] or 0))  # equal ones stay in the order they came in
    placed, rank, before = [], 0, -1
    for number, card in enumerate(order, start=1):
        got = points[card]
        if got is None:
            placed.append(Place(card, None, deck.count(card), None))
            continue
        if got != before:
            rank, before = number, got
        placed.append(Place(card, got, deck.count(card), rank))
    return placed


def next_call(deck: Deck, placed: list[Place]) -> int | None:
    """Give the points that are called out next, until ten cards are shown; all with the same points come together."""
    below = [place.points for place in placed if place.points is not None and not deck.is_shown(place.card)]
    shown = sum(deck.is_shown(place.card) for place in placed)
    return max(below, default=None) if shown < TOP else None
