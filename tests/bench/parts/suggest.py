"""Suggested groups beside those that people made, and how long a thousand ideas take.

The labelled boards are others' work and are not shipped. `REAL_DATA_DIR` says where they are; without them the two
rows of agreement are left out, and say so. Every other board was looked at while the figures in `workshops/suggest/`
were chosen; the rest was not, and stands beside the mean of all.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from tests import services
from tests.bench.agreement import rand_index, shared_information, usual_way
from tests.bench.bench import Bench
from tests.bench.table import Measured
from tests.daphne import REPOSITORY
from workshops.suggest.engine.child import ONE_CORE
from workshops.suggest.engine.matter import Text
from workshops.suggest.engine.meaning import Meanings, find
from workshops.suggest.engine.suggesting import suggest

MANY = 1000
TRIES = 3
BOARDS = Path("real") / "labelled" / "boards-dev.jsonl"

type Board = list[tuple[str, str]]
"""Texts with their labels."""
type Figures = dict[str, tuple[float, float]]
"""Adjusted Rand index and normalised mutual information of each board."""


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """The time first: it needs nobody's data."""
    models = ["none", ""] if find("") else ["none"]
    times = {model: min(_seconds(model) for _again in range(TRIES)) for model in models}
    detail: dict[str, Any] = {"words_s": round(times["none"][0], 2)}
    if "" in times:
        detail["meaning_s"] = round(times[""][0], 2)
    detail["waited_s"] = round(max(waited for _used, waited in times.values()), 2)
    yield "suggest.seconds", Measured(max(used for used, _waited in times.values()), detail)
    boards = labelled()
    if not boards:
        bench.note(
            "suggested groups: the labelled boards are not here (REAL_DATA_DIR), so agreement is not measured"
        )
        return
    usual = {
        name: _agreement(board, usual_way([text for text, _label in board], told(board)))
        for name, board in boards.items()
    }
    yield "suggest.words", _measured(boards, _suggested(boards, None), usual)
    meanings = find("")
    if meanings is None:
        bench.note(
            "suggested groups: no word vectors are installed (make embeddings), so they are not measured with them"
        )
        return
    yield "suggest.meaning", _measured(boards, _suggested(boards, meanings), usual)


def labelled() -> dict[str, Board]:
    """Read the boards; none if they aren't there."""
    folder = services.real_data_folder()
    path = folder / BOARDS if folder else None
    boards: dict[str, Board] = {}
    if path is not None and path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            note = json.loads(line)
            boards.setdefault(note["board"], []).append((note["text"], note["label"]))
    return boards


def told(board: Board) -> int:
    """How many groups people made: what only the usual way is told."""
    return len({label for _text, label in board})


def _suggested(boards: dict[str, Board], meanings: Meanings | None) -> Figures:
    found: Figures = {}
    for name, board in boards.items():
        ideas = [Text(id=str(number), text=text) for number, (text, _label) in enumerate(board)]
        place: dict[str, str] = {idea.id: f"alone {idea.id}" for idea in ideas}
        for number, group in enumerate(suggest(ideas, meanings=meanings).groups):
            place |= dict.fromkeys(group.ideas, f"group {number}")
        found[name] = _agreement(board, [place[idea.id] for idea in ideas])
    return found


def _agreement(board: Board, groups: Sequence[str | int]) -> tuple[float, float]:
    labels = [label for _text, label in board]
    return rand_index(labels, groups), shared_information(labels, groups)


def _measured(boards: dict[str, Board], ours: Figures, usual: Figures) -> Measured:
    names = list(boards)
    unseen = names[1::2]
    detail: dict[str, Any] = {
        "boards": len(names),
        "nmi": _mean(ours, names, 1),
        "on_boards_not_chosen_on": {"ari": _mean(ours, unseen, 0), "nmi": _mean(ours, unseen, 1)},
        "told_the_number_tf_idf_k_means": {"ari": _mean(usual, names, 0), "nmi": _mean(usual, names, 1)},
        "by_source": {
            source: {"ari": _mean(ours, some, 0), "nmi": _mean(ours, some, 1)}
            for source in ("argkp", "banking", "clinc")
            if (some := [name for name in names if name.startswith(source)])
        },
    }
    return Measured(fmean(ours[name][0] for name in names), detail)


def _mean(figures: Figures, names: list[str], which: int) -> float:
    return round(fmean(figures[name][which] for name in names), 3)


def _seconds(model: str) -> tuple[float, float]:
    """How much of a core the process takes, from its start to its end, and how long that is on this machine."""
    asked = {"what": "suggest", "model": model, "ideas": _many(), "there": []}
    before, began = _used(), time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-m", "workshops.suggest.engine"],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
        cwd=REPOSITORY,
        env=ONE_CORE,
    )
    seconds = _used() - before, time.perf_counter() - began
    placed = json.loads(ran.stdout)
    assert sum(len(group["ideas"]) for group in placed["groups"]) + len(placed["alone"]) == MANY
    return seconds


def _used() -> float:
    """CPU seconds of this process's children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _many() -> list[dict[str, str]]:
    """A thousand made-up ideas of some twelve words, on forty themes, out of 2,000 words."""
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghilmnoprstuvw", k=chance.randint(4, 9))) for _word in range(2000)]
    themes = [chance.sample(words, 12) for _theme in range(40)]
    return [
        {
            "id": f"i{number}",
            "text": " ".join(
                chance.sample(themes[number % 40], 4) + chance.sample(words, chance.randint(3, 14))
            ),
        }
        for number in range(MANY)
    ]
