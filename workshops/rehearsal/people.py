"""The simulated people: who they are, and of what temperament."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workshops.live.rehearsing import SIMULATED
from workshops.rehearsal.texts import fitting, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

SECOND = 1000
CONSENTS = ("internal", "internal", "unnamed", "role", "named")


@dataclass(frozen=True, slots=True)
class Temperament:
    """How somebody takes part. `pace` is the shortest and longest time (ms) between two acts, at the usual speed."""

    name: str
    pace: tuple[int, int]
    eager: int = 0
    """Says yes so much more or less often out of ten."""
    writes: tuple[int, int] = (2, 5)
    """So many pieces in one round."""
    speaks: int = 2
    """Raises a hand in so many of a hundred acts."""
    finishes: int = 7
    """Says so out of ten times, when nothing is left to do."""
    copies: bool = False
    careless: bool = False
    late: bool = False
    leaves: bool = False


QUICK = Temperament("quick", (2 * SECOND, 7 * SECOND), eager=2, writes=(3, 6), finishes=9)
STEADY = Temperament("steady", (6 * SECOND, 15 * SECOND))
SLOW = Temperament("slow", (18 * SECOND, 45 * SECOND), writes=(1, 3), finishes=5)
QUIET = Temperament("quiet", (20 * SECOND, 60 * SECOND), eager=-3, writes=(0, 1), speaks=0, finishes=4)
TALKATIVE = Temperament("talkative", (3 * SECOND, 9 * SECOND), eager=1, writes=(5, 9), speaks=8, finishes=3)
COPYING = Temperament("copying", (7 * SECOND, 16 * SECOND), writes=(2, 4), copies=True)
CARELESS = Temperament("careless", (5 * SECOND, 14 * SECOND), eager=1, writes=(3, 6), careless=True)
LATE = Temperament("late", (6 * SECOND, 15 * SECOND), late=True)
LEAVING = Temperament("leaving", (6 * SECOND, 15 * SECOND), finishes=4, leaves=True)

TEMPERAMENTS = (QUICK, STEADY, QUIET, TALKATIVE, COPYING, SLOW, CARELESS, STEADY, LATE, LEAVING)
"""Every tenth person is alike, so that ten people already are a mixed room."""


@dataclass(frozen=True, slots=True)
class Player:
    """One simulated person. `id` is their pseudonym in the log, which no real seat ever has."""

    number: int
    id: str
    name: str
    background: str
    consent: str
    temperament: Temperament


def player(number: int) -> Player:
    """Give the simulated person with this number, from 0: always the same one."""
    said = texts()
    name = said.names[number % len(said.names)]
    surname = said.surnames[(number * 7 + number // len(said.names)) % len(said.surnames)]
    background = said.backgrounds[number * 5 % len(said.backgrounds)]
    temperament = TEMPERAMENTS[number % len(TEMPERAMENTS)]
    return Player(
        number,
        f"{SIMULATED}{number + 1:03}",
        f"{name} {surname}",
        background,
        CONSENTS[number % len(CONSENTS)],
        temperament,
    )


class Mind:
    """What one person chooses at one moment: a `Pretender`. The same chances give the same choices."""

    def __init__(self, temperament: Temperament, chances: random.Random) -> None:
        self.temperament = temperament
        self.chances = chances

    def chance(self, of_ten: int) -> bool:
        """Say yes so many times out of ten, more or less often by temperament; 0 is never and 10 always."""
        if not 0 < of_ten < 10:
            return of_ten >= 10
        return self.chances.random() * 10 < min(9.5, max(0.5, of_ten + self.temperament.eager))

    def one_of[Item](self, items: Sequence[Item]) -> Item:
        """Choose one; the first ones a little more often, so that something comes out."""
        return items[int(len(items) * self.chances.random() ** 1.6)]

    def number(self, least: int, most: int) -> int:
        """Choose a whole number, both ends included."""
        return self.chances.randint(least, most)

    def words(self, *, most: int = 280) -> str:
        """Write something in invented words, no longer than `most` characters."""
        said = texts()
        if most < 30:
            return self.chances.choice(fitting(said.short, most))
        if most <= 60:
            return self.chances.choice(fitting(said.lines, most))
        if self.chances.random() < (0.8 if self.temperament.copies else 0.1):
            return self.chances.choice(fitting(self.one_of(said.near), most))
        text = self.chances.choice(fitting(said.plain, most))
        if self.temperament.speaks > 5 and self.chances.random() < 0.4:
            longer = f"{text} {self.chances.choice(said.plain)}"
            return longer if len(longer) <= most else text
        return text

    def slip(self, text: str) -> str:
        """Give what a careless person sends instead, now and then: nothing, far too much, or what nobody should."""
        chance, said = self.chances.random(), texts()
        if chance < 0.3:
            return self.chances.choice(said.rude)
        if chance < 0.4:
            return said.too_long * 2
        if chance < 0.5:
            return ""
        if chance < 0.55:
            return self.chances.choice(said.telling)
        return text
