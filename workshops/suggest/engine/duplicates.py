"""Near-duplicates: ideas that say nearly the same, so that a vote does not split between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workshops.suggest.engine.likeness import cosines
from workshops.suggest.engine.matter import ALMOST_SAME, MUCH, Alike
from workshops.suggest.engine.words import NEGATIONS, content_of, pieces_of, stem, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workshops.suggest.engine.matter import Text

_SAME = 0.92
_NEAR = 0.72
_AS_IF = 200
_TURN = ("un", "in", "dis", "non")
"""Before a word these mostly mean its opposite."""
_LEAST_COMMON = 2
"""Two ideas of one word each are near-duplicates only if the word is the same."""


def alike(ideas: Sequence[Text]) -> list[Alike]:
    """Find ideas that say nearly the same. The longest of each lot comes first: it says most."""
    if len(ideas) < 2:
        return []
    words = [words_of(idea.text) for idea in ideas]
    near = _nearness(words)
    for one, other in np.argwhere(np.triu(near >= _NEAR, 1)).tolist():
        if not _same_sense(words[one], words[other]):
            near[one, other] = near[other, one] = 0
    lots = _lots(near)
    return [_lot(ideas, near, lot) for lot in lots]


def _nearness(words: list[list[str]]) -> NDArray[np.float32]:
    """The greater of two: how much of their words they share in either order, and how much of their letters."""
    content = [content_of(one) for one in words]
    letters = cosines([pieces_of(one, (3,)) for one in content], out_of=_AS_IF)
    stems = [frozenset(stem(word) for word in one) for one in content]
    near = letters.copy()
    for one, other in np.argwhere(np.triu(letters >= _NEAR / 2, 1)).tolist():
        common, either = len(stems[one] & stems[other]), len(stems[one] | stems[other])
        if common >= _LEAST_COMMON or common == either:
            near[one, other] = near[other, one] = max(near[one, other], common / max(either, 1))
    for rows in _same(stems):
        near[np.ix_(rows, rows)] = 1
    return near


def _same(stems: list[frozenset[str]]) -> list[list[int]]:
    """Find texts with exactly the same words, in any form and order."""
    found: dict[frozenset[str], list[int]] = {}
    for row, one in enumerate(stems):
        if one:
            found.setdefault(one, []).append(row)
    return [rows for rows in found.values() if len(rows) > 1]


def _same_sense(one: list[str], other: list[str]) -> bool:
    """Whether two texts agree in what they deny, and in their numbers."""
    opposites = {before + word for word in (*one, *other) for before in _TURN}
    return _turning(one) == _turning(other) and opposites.isdisjoint({*one} ^ {*other})


def _turning(words: list[str]) -> frozenset[str]:
    denied = {"not"} if not NEGATIONS.isdisjoint(words) else set()
    return frozenset(denied | {word for word in words if any(char.isdigit() for char in word)})


def _lots(near: NDArray[np.float32]) -> list[list[int]]:
    """Put together what is near; an idea joins a lot only if it is near to all in it."""
    lots: list[list[int]] = []
    pairs = np.argwhere(np.triu(near >= _NEAR, 1)).tolist()
    pairs.sort(key=lambda pair: (-float(near[pair[0], pair[1]]), pair))
    placed: dict[int, list[int]] = {}
    for one, other in pairs:
        first, second = placed.get(one, [one]), placed.get(other, [other])
        if first is second or any(near[a, b] < _NEAR for a in first for b in second):
            continue
        lot = sorted(first + second)
        lots = [kept for kept in lots if kept is not first and kept is not second] + [lot]
        placed |= dict.fromkeys(lot, lot)
    return sorted(lots)


def _lot(ideas: Sequence[Text], near: NDArray[np.float32], lot: list[int]) -> Alike:
    order = sorted(lot, key=lambda row: (-len(ideas[row].text), row))
    least = min(float(near[one, other]) for one in lot for other in lot if one < other)
    return Alike(ideas=[ideas[row].id for row in order], like=ALMOST_SAME if least >= _SAME else MUCH)
