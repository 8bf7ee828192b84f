"""How well two ways of grouping the same things agree, and the usual way to group texts to compare with."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np

from workshops.suggest.engine.words import STOP_WORDS, words_of


def rand_index(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """The adjusted Rand index: 1 for the same groups, 0 for no better than chance (Hubert and Arabie, 1985)."""
    pairs = sum(math.comb(n, 2) for n in Counter(zip(one, other, strict=True)).values())
    first = sum(math.comb(n, 2) for n in Counter(one).values())
    second = sum(math.comb(n, 2) for n in Counter(other).values())
    chance = first * second / math.comb(len(one), 2)
    most = (first + second) / 2
    return (pairs - chance) / (most - chance) if most != chance else 1.0


def shared_information(one: Sequence[Hashable], other: Sequence[Hashable]) -> float:
    """Normalised mutual information, by the mean of both entropies."""
    total = len(one)
    first, second = Counter(one), Counter(other)
    both = Counter(zip(one, other, strict=True))
    shared = sum(n / total * math.log(n * total / (first[a] * second[b])) for (a, b), n in both.items())
    entropies = [
        -sum(n / total * math.log(n / total) for n in counted.values()) for counted in (first, second)
    ]
    mean = sum(entropies) / 2
    return shared / mean if mean else 1.0


def usual_way(texts: Sequence[str], groups: int, tries: int = 10) -> list[int]:
    """TF-IDF without stop words and k-means, told how many groups there are: the best of some tries."""
    vectors = _tf_idf(texts)
    chance = np.random.default_rng(0)
    best, found = math.inf, np.zeros(len(texts), np.int64)
    for _try in range(tries):
        centres = _spread(vectors, groups, chance)
        for _round in range(100):
            away = ((vectors[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
            labels = away.argmin(axis=1)
            moved = np.array(
                [
                    vectors[labels == group].mean(axis=0) if (labels == group).any() else centres[group]
                    for group in range(groups)
                ]
            )
            if np.allclose(moved, centres):
                break
            centres = moved
        cost = float(away.min(axis=1).sum())
        if cost < best:
            best, found = cost, labels
    return [int(label) for label in found]


def _tf_idf(texts: Sequence[str]) -> np.ndarray:
    counts = [
        Counter(word for word in words_of(text) if word not in STOP_WORDS and len(word) > 1) for text in texts
    ]
    among = Counter(word for count in counts for word in count)
    place = {word: number for number, word in enumerate(among)}
    table = np.zeros((len(texts), len(place)))
    for row, count in enumerate(counts):
        for word, n in count.items():
            table[row, place[word]] = n * (math.log((1 + len(texts)) / (1 + among[word])) + 1)
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    return table / np.where(lengths > 0, lengths, 1)


def _spread(vectors: np.ndarray, groups: int, chance: np.random.Generator) -> np.ndarray:
    """Choose first centres far from one another (k-means++)."""
    centres = [vectors[chance.integers(len(vectors))]]
    while len(centres) < groups:
        away = np.min([((vectors - centre) ** 2).sum(axis=1) for centre in centres], axis=0)
        odds = away / away.sum() if away.sum() else None
        centres.append(vectors[chance.choice(len(vectors), p=odds)])
    return np.array(centres)


__all__ = ["rand_index", "shared_information", "usual_way"]
