"""Names for suggested groups, from the words that their ideas share and others don't.

A name is made of single words and phrases of two, never of somebody's sentence: names of groups are published, and
whoever wrote the sentence may want it kept inside.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING

from workshops.suggest.engine.matter import Shared
from workshops.suggest.engine.words import STOP_WORDS, stem

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_WORDS = 5
_IN_NAME = 2
_SHARE = 0.3
"""A name's word stands in at least this share of the group's ideas."""
_PHRASE_SHARE = 0.34
_TELLS_APART = 3
"""So many times more often than elsewhere it stands there: what every group speaks of names none."""


class Vocabulary:
    """Which ideas each word stem stands in, and how people write it."""

    def __init__(self, words: Sequence[Sequence[str]]) -> None:
        self._stems = [_stems_of(one) for one in words]
        self._in = Counter(term for stems in self._stems for term in set(stems.values()))
        self._forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._pairs = [_pairs_of(one) for one in words]
        self._in_pairs = Counter(pair for pairs in self._pairs for pair in pairs)
        for stems in self._stems:
            for word, term in stems.items():
                self._forms[term][word] += 1

    def shared(self, members: Sequence[int]) -> list[Shared]:
        """Give the words that stand in several of these texts and seldom in others, the most telling first."""
        inside = Counter(term for row in members for term in set(self._stems[row].values()))
        told = {
            term: self._telling(count, self._in[term], len(members))
            for term, count in inside.items()
            if count > 1
        }
        best = sorted(told, key=lambda term: (-told[term], term))
        kept = [term for term in best if told[term] > 0][:_MOST_WORDS]
        return [Shared(word=self._as_written(term), ideas=inside[term]) for term in kept]

    def _telling(self, inside: int, everywhere: int, size: int) -> float:
        """How much more often a word stands in the group than elsewhere, by how much of the group has it."""
        others = max(len(self._stems) - size, 1)
        return inside / size * log((inside / size + 0.01) / ((everywhere - inside) / others + 0.05))

    def _as_written(self, term: str) -> str:
        forms = self._forms[term]
        return min(forms, key=lambda word: (-forms[word], len(word), word))

    def name(self, members: Sequence[int], shared: Sequence[Shared]) -> str:
        """Make a name; "" if the texts share no words."""
        phrase = self._phrase(members)
        if phrase:
            return _capital(phrase)
        common = [one for one in shared if self._names(one, len(members))]
        return _capital(", ".join(one.word for one in common[:_IN_NAME]))

    def _names(self, one: Shared, size: int) -> bool:
        """Whether a word may name a group."""
        common = one.ideas >= max(2, _SHARE * size)
        return common and self._tells_apart(one.ideas, self._in[stem(one.word)], size)

    def _tells_apart(self, inside: int, everywhere: int, size: int) -> bool:
        """Whether something stands so much more often in a group than elsewhere that it tells them apart."""
        elsewhere = (everywhere - inside) / max(len(self._stems) - size, 1)
        return inside / size >= _TELLS_APART * (elsewhere + 0.05)

    def _phrase(self, members: Sequence[int]) -> str:
        pairs = Counter(pair for row in members for pair in set(self._pairs[row]))
        forms: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for row in members:
            for pair, written in self._pairs[row].items():
                forms[pair][written] += 1
        fit = [
            pair
            for pair, count in pairs.items()
            if count >= max(2, _PHRASE_SHARE * len(members))
            and self._tells_apart(count, self._in_pairs[pair], len(members))
        ]
        if not fit:
            return ""
        best = min(fit, key=lambda pair: (-pairs[pair], pair))
        return min(forms[best], key=lambda written: (-forms[best][written], written))


def _speaks(word: str) -> bool:
    """Whether a word may stand in a name: no number, which could be somebody's, and none of the little words."""
    return len(word) > 2 and word not in STOP_WORDS and word.isalpha()


def _stems_of(words: Sequence[str]) -> dict[str, str]:
    return {word: stem(word) for word in words if _speaks(word)}


def _pairs_of(words: Sequence[str]) -> dict[tuple[str, str], str]:
    return {
        (stem(first), stem(second)): f"{first} {second}"
        for first, second in pairwise(words)
        if _speaks(first) and _speaks(second)
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
