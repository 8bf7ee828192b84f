"""The measures of agreement themselves: known cases, and what is left out where the boards are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import table
from tests.bench.agreement import rand_index, shared_information, usual_way
from tests.bench.parts import suggest


def test_the_measures_give_what_their_definitions_say() -> None:
    ours, same = [0, 0, 1, 1, 2, 2], ["b", "b", "a", "a", "c", "c"]
    assert rand_index(ours, same) == pytest.approx(1)
    assert shared_information(ours, same) == pytest.approx(1)
    assert rand_index([0, 0, 0, 0], [0, 1, 0, 1]) == pytest.approx(0)
    # The example of Hubert and Arabie's formula that scikit-learn documents.
    assert rand_index([0, 0, 1, 2], [0, 0, 1, 1]) == pytest.approx(0.571428, abs=1e-5)
    assert shared_information([0, 0, 1, 2], [0, 0, 1, 1]) == pytest.approx(0.8)


def test_the_usual_way_parts_what_is_plainly_apart() -> None:
    texts = ["green tea", "black tea", "tea leaves", "night bus", "bus stop", "bus ticket"]
    assert rand_index(usual_way(texts, 2), [0, 0, 0, 1, 1, 1]) == pytest.approx(1)


def test_without_the_boards_the_rows_are_left_out_and_say_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REAL_DATA_DIR", str(tmp_path))
    assert suggest.labelled() == {}
    rows = {row["key"]: row for row in table.as_json({}, {})}
    assert rows["suggest.words"]["met"] is None
    assert "left out" in rows["suggest.words"]["problem"]
    assert rows["suggest.seconds"]["met"] is False
