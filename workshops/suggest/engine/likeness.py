"""How alike texts are, as a square of numbers: their words, the letters these are made of, and what they mean."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from workshops.suggest.engine.words import content_of, pieces_of, stem, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workshops.suggest.engine.meaning import Meanings

    type Square = NDArray[np.float32]

_K1, _B = 1.2, 0.75
"""BM25's usual figures: a word said three times counts less than three, and long texts count for their length."""
_WORDS, _PIECES = 1.0, 2.0
_MEANING = 4.0
"""Shares of the likeness. How they were chosen, and what other choices give, stands in docs/architecture.md."""
_WAYS = (
    (1, 0, 2, 0, 0),
    (0, 1, 2, 0, 0),
    (1, 0, 0, 2, 0),
    (0, 1, 0, 2, 0),
    (1, 0, 0, 0, 2),
    (0, 1, 0, 0, 2),
    (0, 0, 1, 0, 1),
    (0, 0, 0, 1, 1),
    (1, 1, 2, 0, 2),
    (1, 1, 0, 2, 2),
)
"""Ways to compare texts, each with its shares of words, letters, vectors, vectors in which rare pieces count more, and
words with words. Each of the first two with each of the last three, and some together."""
_MOST_FOR_WAYS = 500
"""On a larger board all ways would take longer than people wait; there one blend of them must do."""

_FEW = 50
"""On a board of fewer texts words count as if there were so many: what three of ten share says something, too."""
_DIGITS = 5
"""Processors add up in different orders. What differs only by that must not turn a suggestion around."""


class Likeness:
    """The likeness of every text to every other."""

    def __init__(self, texts: Sequence[str], meanings: Meanings | None = None) -> None:
        self.words = [words_of(text) for text in texts]
        self.content = [content_of(words) for words in self.words]
        self.stems = [[stem(word) for word in words] for words in self.content]
        few = 0 if meanings is not None else _FEW
        by_words = cosines(self.stems, out_of=few)
        by_pieces = cosines([pieces_of(words) for words in self.content], out_of=few)
        shares = [(_WORDS, by_words), (_PIECES, by_pieces)]
        if meanings is not None:
            shares = [(1.0, by_words), (1.0, by_pieces), (_MEANING, _cosines_of(meanings.of(texts)))]
        self.plain = _mean(shares)
        """From 0, nothing in common, to 1, the same."""
        apart = [(share, centred(square)) for share, square in shares]
        self.ways: list[Square] = []
        """Other ways to compare them, where word vectors allow for more than one, on boards that aren't too large."""
        if meanings is not None and len(texts) <= _MOST_FOR_WAYS:
            rare = centred(_cosines_of(meanings.of(texts, rare=True)))
            by_meaning = centred(meanings.by_words(self.content))
            squares = (*(square for _share, square in apart), rare, by_meaning)
            self.ways = [_mean(list(zip(way, squares, strict=True))) for way in _WAYS]
            apart.append((_MEANING, by_meaning))
        self.against_all = _mean(apart)
        """Above 0 for more than any two of these texts have in common anyway: here the question's words don't count."""


def _cosines_of(vectors: NDArray[np.float32]) -> Square:
    return vectors @ vectors.T


def _mean(shares: Sequence[tuple[float, Square]]) -> Square:
    total = sum(share for share, _square in shares)
    result = np.zeros_like(shares[0][1])
    for share, square in shares:
        result += np.float32(share / total) * square
    return np.round(result, _DIGITS)


def cosines(texts: Sequence[Sequence[str]], out_of: int = 0) -> Square:
    """Compare texts by the terms that they share, rare ones counting more (BM25's weights, as cosines).

    `out_of` is for a few texts: how rare a term is, is then told as if there were so many.
    """
    counts = [Counter(terms) for terms in texts]
    found = Counter(term for count in counts for term in count)
    shared = {term: place for place, term in enumerate(term for term, n in found.items() if n > 1)}
    total = len(texts)
    many = max(total, out_of)
    worth = {term: np.log(1 + (many - n + 0.5) / (n + 0.5)) for term, n in found.items()}
    usual = max(sum(map(len, texts)) / max(total, 1), 1e-9)
    table = np.zeros((total, max(len(shared), 1)), np.float32)
    for row, count in enumerate(counts):
        slack = _K1 * (1 - _B + _B * len(texts[row]) / usual)
        weights = {term: worth[term] * n * (_K1 + 1) / (n + slack) for term, n in count.items()}
        length = sum(weight * weight for weight in weights.values()) ** 0.5 or 1.0
        for term, weight in weights.items():
            if term in shared:
                table[row, shared[term]] = weight / length
    square: Square = table @ table.T
    np.fill_diagonal(square, 1.0)
    return square


def centred(square: Square) -> Square:
    """Take away what all texts have in common, and give cosines of what is left."""
    rows = square.mean(axis=1)
    rest = square - rows[:, None] - rows[None, :] + rows.mean()
    lengths = np.sqrt(np.maximum(np.diag(rest), 1e-9))
    return (rest / lengths[:, None] / lengths[None, :]).astype(np.float32)
