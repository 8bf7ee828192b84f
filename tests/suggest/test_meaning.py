"""Word vectors from a folder: only two files are read, and what can't be used is said plainly."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from workshops.suggest.engine.matter import Text
from workshops.suggest.engine.meaning import Meanings, Pieces, find
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


def test_none_means_none_and_a_wrong_folder_is_told(tmp_path: Path) -> None:
    assert find("none") is None
    with pytest.raises(ValueError, match="must hold one"):
        find(str(tmp_path))


def test_a_file_of_another_kind_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"type": "WordPiece", "vocab": {}}}))
    with pytest.raises(ValueError, match="BPE"):
        Meanings(folder)
