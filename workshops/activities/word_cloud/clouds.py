"""The words of a cloud, counted as they come and go: which entries say the same, and what facilitators joined or hid.

It holds no words, only ids: an entry is an idea of the workshop's state, and two say the same when their keys do.
`tests/activities/test_word_cloud.py` holds the counts to the slow way.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from hashlib import sha256
from math import sqrt
from typing import TYPE_CHECKING

from workshops.activities.shared.answers import Answers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workshops.live.state import Idea

SIZES = 6
"""The most frequent word is drawn in the largest of so many sizes."""


def key_of(text: str) -> str:
    """Give what two entries that say the same have in common: no capitals, punctuation or double spaces."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    letters = []
    for char in folded:
        if unicodedata.category(char)[0] != "P":
            letters.append(char)
        elif char not in "'’`":
            letters.append(" ")
    return " ".join("".join(letters).split())


def size_of(people: int, most: int) -> int:
    """Give the size of a word, from 1 to `SIZES`. By the root, so that areas are compared, not lengths."""
    if most <= 1:
        return SIZES // 2
    return 1 + round((SIZES - 1) * sqrt((people - 1) / (most - 1)))


@dataclass(slots=True)
class Word:
    """All entries of one key, and those that were joined to it."""

    entries: dict[str, str] = field(default_factory=dict)
    """Each entry's writer, by its id."""
    writers: dict[str, int] = field(default_factory=dict)
    """How many entries each person has among these and those joined to them."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One word of the result."""

    id: str
    people: int
    rank: int
    tied: bool


@dataclass(slots=True)
class Cloud(Answers):
    """The memory of one round."""

    ids: dict[bytes, str] = field(default_factory=dict)
    """The id of each key, found by a hash of it: the words themselves are kept in one place only."""
    word_of: dict[str, str] = field(default_factory=dict)
    """The word that each entry says, on the board or off it."""
    most: int = 0
    """The number of the newest word."""
    words: dict[str, Word] = field(default_factory=dict)
    place: dict[str, str] = field(default_factory=dict)
    """The word that each entry on the board counts for."""
    into: dict[str, str] = field(default_factory=dict)
    """Words that a facilitator joined to another one."""
    hidden: dict[str, str] = field(default_factory=dict)
    """Words that a facilitator hid, with the reason."""
    written: dict[str, int] = field(default_factory=dict)
    """How many entries each person has on the board."""
    _ranked: list[Ranked] | None = field(default=None, compare=False)

    def known(self, text: str) -> str:
        """Give the id of the word that a text says, or "" if nobody has said it yet."""
        return self.ids.get(_digest(text), "")

    def root(self, word: str) -> str:
        """Give the word that stands for this one."""
        return self.into.get(word, word)

    def word_for(self, text: str) -> str:
        """Give the id of the word that a text says, a new one if nobody has said it yet."""
        return self.known(text) or f"w{self.most + 1}"

    def sync(self, idea: Idea, word: str = "") -> str:
        """Count an entry as it is now: on the board or off it, with its present text. Gives its word's id.

        `word` is what its event says. It stays true when the text was erased, so that what was joined or hidden
        by these ids still is.
        """
        if idea.text:
            word = self.ids.setdefault(_digest(idea.text), word or self.word_for(idea.text))
        word = self.word_of[idea.id] = word or self.word_of.get(idea.id) or self.word_for("")
        self.most = max(self.most, _age(word))
        self.words.setdefault(word, Word())
        was, now = self.place.get(idea.id), word if idea.on_board else None
        if was != now:
            if was is not None:
                self._count(was, idea, -1)
            if now is not None:
                self._count(now, idea, 1)
        return word

    def _count(self, word: str, idea: Idea, more: int) -> None:
        self._ranked = None
        if more > 0:
            self.words[word].entries[idea.id] = idea.author
            self.place[idea.id] = word
        else:
            del self.words[word].entries[idea.id]
            del self.place[idea.id]
        _add(self.words[self.root(word)].writers, idea.author, more)
        _add(self.written, idea.author, more)
        self.put(idea.author, ("wrote",) if idea.author in self.written else ())

    def join(self, words: list[str], into: str) -> None:
        """Let one word stand for others too."""
        for word in [one for one in self.words if self.root(one) in words]:
            self.into[word] = into
        self.into.pop(into, None)
        self.recount(into)

    def part(self, root: str) -> None:
        """Take apart what was joined to a word."""
        for word in [one for one, other in self.into.items() if other == root]:
            del self.into[word]
            self.recount(word)
        self.recount(root)

    def recount(self, root: str) -> None:
        """Count the writers of a word and of all that were joined to it."""
        self._ranked = None
        writers: dict[str, int] = {}
        for word in self.group(root):
            for writer in self.words[word].entries.values():
                _add(writers, writer, 1)
        self.words[root].writers = writers

    def group(self, root: str) -> list[str]:
        """Give a word and all that were joined to it."""
        return [root, *(word for word, other in self.into.items() if other == root)]

    def entries(self, root: str) -> list[str]:
        """Give the ids of all entries that count for a word, its own first, each word's oldest first."""
        return [entry for word in self.group(root) for entry in sorted(self.words[word].entries, key=_age)]

    def first(self, root: str) -> str:
        """Give the id of the entry whose spelling a word is shown in; "" if there is none."""
        for word in self.group(root):
            if entries := self.words[word].entries:
                return min(entries, key=_age)
        return ""

    def standing(self, word: str) -> bool:
        """Whether a word is to be seen: not joined to another, not hidden, and said by somebody."""
        return word not in self.into and word not in self.hidden and bool(self.words[word].writers)

    def ranked(self) -> list[Ranked]:
        """Give the words to be seen, most people first; equal ones share a rank, and stand in a mixed order.

        Worked out once until something changes: all who look at the same moment get the same.
        """
        if self._ranked is None:
            self._ranked = self._rank()
        return self._ranked

    def _rank(self) -> list[Ranked]:
        counted = [(word, len(about.writers)) for word, about in self.words.items() if self.standing(word)]
        counted.sort(key=lambda one: (-one[1], _age(one[0]) * 2654435761 % 2**32))
        ranks: dict[int, list[int]] = {}
        for place, (_word, people) in enumerate(counted, 1):
            ranks.setdefault(people, []).append(place)
        return [
            Ranked(word, people, ranks[people][0], tied=len(ranks[people]) > 1) for word, people in counted
        ]

    def hide(self, words: Iterable[str], reason: str) -> None:
        """Take words off the cloud."""
        self.hidden |= dict.fromkeys(words, reason)
        self._ranked = None

    def put_back(self, word: str) -> None:
        """Show a hidden word again."""
        self.hidden.pop(word, None)
        self._ranked = None


def _age(entry: str) -> int:
    return int(entry[1:])


def _digest(text: str) -> bytes:
    return sha256(key_of(text).encode()).digest()


def _add(counts: dict[str, int], person: str, more: int) -> None:
    count = counts.get(person, 0) + more
    if count:
        counts[person] = count
    else:
        counts.pop(person, None)
