"""Parting texts into groups, without being told how many.

The nearest groups are joined one after the other (average linkage). Where to stop is asked of a second view of the
same texts: a net that ties each to its few nearest. The parting is taken that leaves most of that net's ties inside
groups, compared with what chance would leave there (modularity). Then each text goes where it fits best on average.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workshops.suggest.engine.likeness import Square

    type Labels = NDArray[np.int64]

_NEAREST = 4
_LEAST_SIZE = 3
"""Groups have at least about so many texts on average."""
_ROUNDS = 5
_NEVER = -1e12
"""How near groups are that must stay apart."""


def part(likeness: Square, most: int, kept: Labels | None = None) -> Labels:
    """Give each text the number of its group.

    `kept` has the number of the group that a text is in already, or -1. Such groups stay whole and apart.
    """
    total = len(likeness)
    kept = np.full(total, -1) if kept is None else kept
    if total < 2:
        return np.arange(total)
    joins, given = joining(likeness, kept)
    least = len(np.unique(kept[kept >= 0]))
    return _best_cut(net(likeness), joins, given, max(least + 1, min(most, max(4, total // _LEAST_SIZE))))


def joining(likeness: Square, kept: Labels) -> tuple[list[tuple[int, int]], int]:
    """Join the nearest groups until one is left, or only those that must stay apart (average linkage, by chains).

    Gives who joined whom, the nearest first, and how many of these joins were there from the start.
    """
    total = len(likeness)
    near = likeness.astype(np.float64)
    near[(kept[:, None] >= 0) & (kept[None, :] >= 0) & (kept[:, None] != kept[None, :])] = _NEVER
    np.fill_diagonal(near, -np.inf)
    sizes, alive = np.ones(total), np.ones(total, bool)
    given = [(int(rows[0]), int(row)) for rows in _rows_of(kept) for row in rows[1:]]
    for one, other in given:
        _join(near, sizes, alive, one, other)
    joined: list[tuple[float, int, int]] = []
    chain: list[int] = []
    while len(given) + len(joined) < total - 1:
        if not chain:
            chain.append(int(np.argmax(alive)))
        last = chain[-1]
        row = near[last]
        best = int(np.argmax(row))
        if len(chain) > 1 and row[chain[-2]] >= row[best]:
            other = chain[-2]
            del chain[-2:]
            joined.append((float(row[other]), min(last, other), max(last, other)))
            _join(near, sizes, alive, min(last, other), max(last, other))
        else:
            chain.append(best)
    order = sorted(range(len(joined)), key=lambda place: -joined[place][0])
    nearest = [joined[place][1:] for place in order if joined[place][0] > _NEVER / total**2]
    return given + nearest, len(given)


def _rows_of(kept: Labels) -> list[Labels]:
    return [np.flatnonzero(kept == label) for label in np.unique(kept[kept >= 0])]


def _join(
    near: NDArray[np.float64], sizes: NDArray[np.float64], alive: NDArray[np.bool_], kept: int, gone: int
) -> None:
    mean = (sizes[kept] * near[kept] + sizes[gone] * near[gone]) / (sizes[kept] + sizes[gone])
    near[kept], near[:, kept] = mean, mean
    near[gone], near[:, gone] = -np.inf, -np.inf
    near[kept, kept] = -np.inf
    sizes[kept] += sizes[gone]
    alive[gone] = False


def net(likeness: Square) -> NDArray[np.float64]:
    """Tie each text to the few that are nearest to it."""
    near = likeness.astype(np.float64)
    np.fill_diagonal(near, -np.inf)
    count = min(_NEAREST, len(near) - 1)
    nearest = np.argsort(-near, axis=1, kind="stable")[:, :count]
    ties = np.zeros_like(near)
    rows = np.arange(len(near))[:, None]
    ties[rows, nearest] = np.maximum(near[rows, nearest], 0)
    return np.maximum(ties, ties.T)


def _best_cut(ties: NDArray[np.float64], joins: list[tuple[int, int]], given: int, most: int) -> Labels:
    """Undo as many of the joins as give the parting with the most ties inside its groups, against chance."""
    total, weight = len(ties), ties.sum()
    labels = np.arange(total)
    if weight <= 0:
        return labels
    between, degree = ties / weight, ties.sum(axis=1) / weight
    inside, best, chosen = -float((degree**2).sum()), -np.inf, labels.copy()
    roots = np.arange(total)
    for done, (kept, gone) in enumerate(joins, start=1):
        left, right = int(roots[kept]), int(roots[gone])
        inside += 2 * float(between[left, right] - degree[left] * degree[right])
        between[left] += between[right]
        between[:, left] += between[:, right]
        degree[left] += degree[right]
        labels[labels == right] = left
        roots[roots == right] = left
        groups = total - done
        if groups < 2 and not given:
            break
        if done >= given and groups <= most and inside >= best:
            best, chosen = inside, labels.copy()
    return chosen


def settle(likeness: Square, labels: Labels, fixed: NDArray[np.bool_]) -> Labels:
    """Let each text that isn't fixed go to the group that it is most like on average, a few times over."""
    alike = likeness.astype(np.float64)
    np.fill_diagonal(alike, 0)
    for _round in range(_ROUNDS):
        means, names = means_to(alike, labels)
        moved = np.where(fixed, labels, names[means.argmax(axis=1)])
        if (moved == labels).all():
            break
        labels = moved
    return labels


def means_to(alike: NDArray[np.float64], labels: Labels) -> tuple[NDArray[np.float64], Labels]:
    """Give each text's mean likeness to the others in each group (-1 where there are none), and the groups' numbers.

    The square's diagonal must be 0.
    """
    names = np.unique(labels)
    member = (labels[:, None] == names[None, :]).astype(np.float64)
    others = member.sum(axis=0)[None, :] - member
    return np.where(others > 0, (alike @ member) / np.maximum(others, 1), -1.0), names
