"""Suggesting groups: the ideas that nobody grouped yet are parted, and each goes where it fits best.

What people did stands: a group that is there keeps its name and its ideas. Its name counts as one more text in it, so
that a group that somebody only named can be filled.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from workshops.suggest.engine.agreeing import agreement
from workshops.suggest.engine.likeness import Likeness
from workshops.suggest.engine.matter import (
    ALMOST_SAME,
    LITTLE,
    MOST_GROUPS,
    MUCH,
    SOME,
    Neighbour,
    Suggested,
    Suggestion,
)
from workshops.suggest.engine.naming import Vocabulary
from workshops.suggest.engine.parting import means_to, part, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workshops.suggest.engine.matter import Text, There
    from workshops.suggest.engine.meaning import Meanings
    from workshops.suggest.engine.parting import Labels

_LEAST_TO_JOIN = 0.0
"""An idea that is no more like a group that is there than any two ideas here are alike isn't suggested for it."""
_LEAST_TO_STAY = -0.02
"""Less alike than any two ideas here are to those it was put with: an idea is left alone."""
_LEAST_NEAR = {False: 0.08, True: 0.15}
"""So much like one other idea of its group must an idea be, by words only and with a table of word vectors."""
_NAME_COUNTS_BELOW = 3
"""So many ideas say better than its name what a group is about."""
_STEPS = ((0.85, ALMOST_SAME), (0.4, MUCH), (0.15, SOME))
_HOLDS = ((0.25, MUCH), (0.1, SOME))


def suggest(
    loose: Sequence[Text],
    there: Sequence[There] = (),
    meanings: Meanings | None = None,
    most: int = MOST_GROUPS,
) -> Suggestion:
    """Suggest groups for the ideas in none, and which of them go to the groups that are there."""
    if not loose and not any(group.ideas for group in there):
        return Suggestion(by_meaning=meanings is not None)
    return _Work(loose, there, meanings).suggestion(most)


class _Work:
    """One suggestion in the making. The loose ideas are the first texts, then come those that stay."""

    def __init__(self, loose: Sequence[Text], there: Sequence[There], meanings: Meanings | None) -> None:
        self.loose = loose
        self.by_meaning = meanings is not None
        self.texts = [idea.text for idea in loose]
        self.ids = [idea.id for idea in loose]
        self.there = {-2 - place: group for place, group in enumerate(there)}
        fixed: list[int] = []
        for label, group in self.there.items():
            said = [idea.text for idea in group.ideas]
            if group.title and len(said) < _NAME_COUNTS_BELOW:
                said.append(group.title)
            self.texts += said
            self.ids += [idea.id for idea in group.ideas] + [""] * (len(said) - len(group.ideas))
            fixed += [label] * len(said)
        self.fixed = np.array(fixed, np.int64)
        likeness = Likeness(self.texts, meanings)
        self.plain = likeness.plain
        self.ways = likeness.ways
        self.alike: NDArray[np.float64] = likeness.against_all.astype(np.float64)
        np.fill_diagonal(self.alike, 0)
        self.vocabulary = Vocabulary(likeness.words)

    def suggestion(self, most: int) -> Suggestion:
        labels = self._settled(most)
        found = dict(_by_label(labels[: len(self.loose)]))
        nameless = {label for label, group in self.there.items() if not group.title and len(group.ideas) > 1}
        found |= {label: [] for label in nameless if label not in found}
        groups = [self._group(label, rows) for label, rows in found.items()]
        groups = [group for group in groups if group.ideas or group.name]
        groups.sort(key=lambda group: (not group.into, -len(group.ideas)))
        taken = {idea for group in groups for idea in group.ideas}
        alone = [idea.id for idea in self.loose if idea.id not in taken]
        return Suggestion(groups=_told_apart(groups), alone=alone, by_meaning=self.by_meaning)

    def _settled(self, most: int) -> Labels:
        """Part the ideas around the groups that are there, then let each loose one go where it fits best."""
        count = len(self.loose)
        kept = np.concatenate([np.full(count, -1), -2 - self.fixed])
        staying = np.arange(len(kept)) >= count
        alike = self.alike.astype(np.float32)
        together = agreement(self.ways, alike, max(2, most), kept, staying)
        labels = part(together, max(2, most), kept)
        for label in self.there:
            inside = np.unique(labels[count:][self.fixed == label])
            labels = np.where(np.isin(labels, inside), label, labels)
        labels = settle(together, labels, staying)
        return self._without_strangers(self._sent_back(labels, staying), count)

    def _sent_back(self, labels: Labels, staying: NDArray[np.bool_]) -> Labels:
        """Let nobody be sent to a group that is there without a good reason."""
        if not self.there:
            return labels
        means, names = means_to(self.alike, labels)
        own = means[np.arange(len(labels)), np.searchsorted(names, labels)]
        weak = (labels < 0) & ~staying & (own < _LEAST_TO_JOIN)
        best = np.where(names[None, :] >= 0, means, -1.0).argmax(axis=1)
        return np.where(weak & (names[best] >= 0), names[best], labels)

    def _without_strangers(self, labels: Labels, count: int) -> Labels:
        """Give the number -1 to ideas that have too little in common with those around them, or are on their own."""
        means, names = means_to(self.alike, labels)
        own = means[np.arange(len(labels)), np.searchsorted(names, labels)]
        around = np.where(labels[:, None] == labels[None, :], self.plain, -1.0)
        np.fill_diagonal(around, -1.0)
        strange = (own < _LEAST_TO_STAY) | (around.max(axis=1) < _LEAST_NEAR[self.by_meaning])
        kept = np.where(strange, -1, labels)[:count]
        sizes = Counter(kept.tolist())
        return np.array(
            [label if label < -1 or sizes[label] > 1 else -1 for label in kept.tolist()], np.int64
        )

    def _group(self, label: int, rows: list[int]) -> Suggested:
        there = self.there.get(label)
        among = rows + [
            len(self.loose) + place for place in np.flatnonzero(self.fixed == label).tolist() if there
        ]
        shared = self.vocabulary.shared(among)
        inside = self.alike[np.ix_(rows, among)]
        order = sorted(range(len(rows)), key=lambda place: (-float(inside[place].sum()), rows[place]))
        if not rows:
            inside = self.alike[np.ix_(among, among)]
        ties = inside.sum() / max(len(inside) * (len(among) - 1), 1)
        return Suggested(
            name=(there.title if there else "") or self.vocabulary.name(among, shared),
            into=there.id if there else "",
            ideas=[self.loose[rows[place]].id for place in order],
            holds=next((word for least, word in _HOLDS if ties >= least), LITTLE),
            shared=shared,
            nearest={self.loose[row].id: near for row in rows if (near := self._nearest(row, among))},
        )

    def _nearest(self, row: int, among: list[int]) -> Neighbour | None:
        """Find the idea that is nearest, among those that have an id: a group's name is none."""
        others = [other for other in among if other != row and self.ids[other]]
        if not others:
            return None
        best = max(others, key=lambda other: (float(self.plain[row, other]), -other))
        return Neighbour(id=self.ids[best], like=how_alike(float(self.plain[row, best])))


def how_alike(likeness: float) -> str:
    """Put a likeness into one of four words."""
    return next((word for least, word in _STEPS if likeness >= least), LITTLE)


def _by_label(labels: Labels) -> list[tuple[int, list[int]]]:
    found: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        if label != -1:
            found.setdefault(label, []).append(row)
    return list(found.items())


def _told_apart(groups: list[Suggested]) -> list[Suggested]:
    """Leave the same name to the first that has it; the others stay without."""
    seen = {group.name for group in groups if group.into}
    told = []
    for group in groups:
        same = not group.into and group.name in seen
        seen.add(group.name)
        told.append(
            Suggested(
                name="" if same else group.name,
                ideas=group.ideas,
                into=group.into,
                holds=group.holds,
                shared=group.shared,
                nearest=group.nearest,
            )
        )
    return told
