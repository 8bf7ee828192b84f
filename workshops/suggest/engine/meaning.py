"""What words mean, from a table of word vectors, where one is installed or mounted.

A table of this kind (a "static embedding") gives each piece of a word a vector. A text is the mean of its pieces,
rare ones counting more. That takes some milliseconds for a thousand texts, on any processor. The package `wordllama`
brings such a table. Only its two files are read, none of its code is run, and what it requires isn't needed.
"""

from __future__ import annotations

import json
from collections import Counter
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

_TYPES: dict[str, Any] = {"F64": np.float64, "F32": np.float32, "F16": np.float16}
_PACKAGE = "wordllama"
_NONE = "none"
_START = "▁"
"""Stands for the space before a word in such vocabularies."""


def find(named: str) -> Meanings | None:
    """Open the table in a folder, or that of the installed package if none is named; "none" for no table at all.

    Raises ValueError or OSError where a folder is named that holds none.
    """
    if named == _NONE:
        return None
    if named:
        return Meanings(Path(named))
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    return Meanings(Path(found.submodule_search_locations[0]))


class Meanings:
    """A table of word vectors, and the vocabulary that says which piece has which row."""

    def __init__(self, folder: Path) -> None:
        self._table = read_table(_only(folder, "*.safetensors"))
        self._pieces = Pieces(_only(folder, "*tokenizer*.json"))

    def of(self, texts: Sequence[str], *, rare: bool = False) -> NDArray[np.float32]:
        """Give each text's vector, of length 1, or 0 for a text without words.

        With `rare` rare pieces count still more.
        """
        pieces = [self._pieces.of(text) for text in texts]
        found = Counter(piece for text in pieces for piece in set(text))
        vectors = np.zeros((len(texts), self._table.shape[1]), np.float32)
        for row, text in enumerate(pieces):
            if text:
                worth = np.log(1 + len(texts) / np.array([found[piece] for piece in text]))
                worth = worth if rare else np.sqrt(worth)
                vectors[row] = worth.astype(np.float32) @ self._table[text].astype(np.float32)
        return _of_length_one(vectors)

    def by_words(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Give how well the words of each two texts find a word of nearly the same meaning in the other text.

        Each text is its words. Rare ones count more.
        """
        found = Counter(word for words in texts for word in set(words))
        row = {word: number for number, word in enumerate(found)}
        vectors = self._of_words(row)
        best = np.zeros((len(row), len(texts)), np.float32)
        worth = np.zeros((len(texts), len(row)), np.float32)
        for place, words in enumerate(texts):
            if words:
                best[:, place] = (vectors @ vectors[[row[word] for word in words]].T).max(axis=1)
                for word in words:
                    worth[place, row[word]] = np.log(1 + len(texts) / found[word])
        worth /= np.maximum(worth.sum(axis=1, keepdims=True), 1e-9)
        square: NDArray[np.float32] = worth @ np.maximum(best, 0) ** 2
        return ((square + square.T) / 2).astype(np.float32)

    def _of_words(self, words: Collection[str]) -> NDArray[np.float32]:
        """Give each word's vector: the mean of its pieces."""
        vectors = np.zeros((len(words), self._table.shape[1]), np.float32)
        for place, word in enumerate(words):
            pieces = self._pieces.of(word)
            if pieces:
                vectors[place] = self._table[pieces].astype(np.float32).mean(axis=0)
        return _of_length_one(vectors)


def _of_length_one(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


class Pieces:
    """Cuts words into the pieces of a vocabulary, by its list of which two are joined first (byte-pair encoding)."""

    def __init__(self, path: Path) -> None:
        model = json.loads(path.read_text(encoding="utf-8"))["model"]
        if model.get("type") != "BPE" or f"{_START}a" not in model["vocab"]:
            msg = f"{path} must describe a vocabulary of the BPE kind, with {_START} before words."
            raise ValueError(msg)
        self._vocabulary: dict[str, int] = model["vocab"]
        joins = (tuple(join.split(" ") if isinstance(join, str) else join) for join in model["merges"])
        self._rank = {join: rank for rank, join in enumerate(joins)}
        self._known: dict[str, list[int]] = {}

    def of(self, text: str) -> list[int]:
        """Give the rows of a text's pieces."""
        return [row for word in text.split() for row in self._word(word)]

    def _word(self, word: str) -> list[int]:
        if word not in self._known:
            self._known[word] = self._cut(word)
        return self._known[word]

    def _cut(self, word: str) -> list[int]:
        parts = [_START, *word]
        none = len(self._rank)
        while len(parts) > 1:
            ranks = [self._rank.get(pair, none) for pair in pairwise(parts)]
            first = min(ranks)
            if first == none:
                break
            place = ranks.index(first)
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
        return [row for part in parts for row in self._rows(part)]

    def _rows(self, part: str) -> list[int]:
        if part in self._vocabulary:
            return [self._vocabulary[part]]
        spelt = (f"<0x{byte:02X}>" for byte in part.encode())
        return [self._vocabulary[byte] for byte in spelt if byte in self._vocabulary]


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern)) or sorted(folder.glob(f"*/{pattern}"))
    if len(found) != 1:
        msg = f"{folder} must hold one {pattern}, and holds {len(found)}."
        raise ValueError(msg)
    return found[0]


def read_table(path: Path) -> NDArray[Any]:
    """Read the one table in a file of the safetensors kind: a length, a description in JSON, then plain numbers."""
    raw = np.memmap(path, dtype=np.uint8, mode="r")
    size = int(raw[:8].view("<u8")[0])
    described = json.loads(bytes(raw[8 : 8 + size]))
    tables = [one for name, one in described.items() if name != "__metadata__" and len(one["shape"]) == 2]
    if len(tables) != 1 or tables[0]["dtype"] not in _TYPES:
        msg = f"{path} must hold one table of numbers."
        raise ValueError(msg)
    start, end = tables[0]["data_offsets"]
    numbers: NDArray[Any] = raw[8 + size + start : 8 + size + end].view(_TYPES[tables[0]["dtype"]])
    return numbers.reshape(tables[0]["shape"])
