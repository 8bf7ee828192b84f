"""Word vectors from a folder: only two files are read, and what can't be used is said plainly."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from workshops.suggest.engine.agreeing import agreement
from workshops.suggest.engine.matter import Text, There
from workshops.suggest.engine.meaning import Meanings, Pieces, find
from workshops.suggest.engine.parting import part
from workshops.suggest.engine.suggesting import suggest

PIECES = [
    "<0xC3>",
    "<0xA9>",
    "▁",
    "c",
    "a",
    "r",
    "o",
    "▁c",
    "▁ca",
    "▁car",
    "▁a",
    "au",
    "▁au",
    "t",
    "to",
    "▁auto",
    "e",
    "▁tea",
]
JOINS = ["▁ c", "▁c a", "▁ca r", "▁ a", "▁a u", "t o", "▁au to"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A table in which car and auto mean the same."""
    numbers = np.zeros((len(PIECES), 4), np.float16)
    for piece, place in {"▁car": 0, "▁auto": 0, "▁tea": 1, "t": 2, "e": 3}.items():
        numbers[PIECES.index(piece), place] = 1
    described = json.dumps(
        {"table": {"dtype": "F16", "shape": list(numbers.shape), "data_offsets": [0, numbers.nbytes]}}
    ).encode()
    (tmp_path / "words.safetensors").write_bytes(
        struct.pack("<Q", len(described)) + described + numbers.tobytes()
    )
    vocabulary = {piece: row for row, piece in enumerate(PIECES)}
    model = {"type": "BPE", "vocab": vocabulary, "merges": JOINS}
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": model}), encoding="utf-8")
    return tmp_path


def test_words_are_cut_as_the_vocabulary_says(folder: Path) -> None:
    pieces = Pieces(folder / "tokenizer.json")
    assert [PIECES[row] for row in pieces.of("car auto")] == ["▁car", "▁auto"]
    assert [PIECES[row] for row in pieces.of("caré")] == ["▁car", "<0xC3>", "<0xA9>"]
    assert pieces.of("  ") == []


def test_words_that_mean_the_same_bring_ideas_together(folder: Path) -> None:
    ideas = [Text(id=word + str(n), text=word) for n in range(3) for word in ("car", "auto", "t", "e")]

    found = suggest(ideas, meanings=find(str(folder)))

    together = next(group for group in found.groups if "car0" in group.ideas)
    assert found.by_meaning
    assert {"auto0", "auto1", "auto2"} <= set(together.ideas)
    assert not {"t0", "e0"} & set(together.ideas)


def test_each_word_looks_for_the_nearest_in_the_other_text(folder: Path) -> None:
    near = Meanings(folder).by_words([["car", "tea"], ["auto"], ["tea"], []])
    assert np.allclose(near, near.T)
    assert near[0, 1] > 0.5
    assert near[0, 2] > 0.5
    assert near[1, 2] == 0
    assert not near[3].any()


def test_what_most_ways_of_comparing_put_together_belongs_together() -> None:
    def way(*labels: int) -> np.ndarray:
        square = np.where(np.equal.outer(labels, labels), 0.6, -0.4).astype(np.float32)
        np.fill_diagonal(square, 1)
        return square

    right, astray = way(0, 0, 0, 0, 1, 1, 1, 1), way(0, 0, 0, 1, 0, 1, 1, 1)
    free, loose = np.full(8, -1), np.zeros(8, bool)
    together = agreement([right, astray, right], astray, 4, free, loose)
    assert part(together, 4, free).tolist() == part(right, 4, free).tolist()
    assert (agreement([], astray, 4, free, loose) == astray).all()


def test_with_vectors_too_a_group_that_is_there_is_neither_torn_apart_nor_joined(folder: Path) -> None:
    mixed = There(id="g1", title="", ideas=[Text(id="a", text="car"), Text(id="b", text="tea")])
    other = There(id="g2", title="", ideas=[Text(id="c", text="auto"), Text(id="d", text="auto")])
    ideas = [Text(id=f"i{n}", text=text) for n, text in enumerate(["auto", "car", "t", "t", "t"])]
    found = suggest(ideas, [mixed, other], find(str(folder)))
    went = {idea: group.into for group in found.groups for idea in group.ideas}
    assert went == {"i0": "g2", "i1": "g2", "i2": "", "i3": "", "i4": ""}


def test_none_means_none_and_a_wrong_folder_is_told(tmp_path: Path) -> None:
    assert find("none") is None
    with pytest.raises(ValueError, match="must hold one"):
        find(str(tmp_path))


def test_a_file_of_another_kind_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"type": "WordPiece", "vocab": {}}}))
    with pytest.raises(ValueError, match="BPE"):
        Meanings(folder)
