"""The process of its own: it reads one question, answers it and ends. Its parent serves people all the while."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workshops.suggest.engine.meaning import Meanings

ONE_CORE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_NICE = 5


def main() -> int:
    """Answer what stands on standard input."""
    os.environ.update(ONE_CORE)  # before numpy is there
    if hasattr(os, "nice"):
        os.nice(_NICE)  # those who are being served come first
    print(json.dumps(answer(json.load(sys.stdin))))  # noqa: T201 (that is the answer)
    return 0


def answer(asked: dict[str, Any]) -> Any:
    """Answer one question: `alike` or `suggest`."""
    from workshops.suggest.engine.duplicates import alike  # noqa: PLC0415 (brings numpy)
    from workshops.suggest.engine.matter import Text, There, as_json  # noqa: PLC0415
    from workshops.suggest.engine.suggesting import suggest  # noqa: PLC0415

    ideas = [Text(**idea) for idea in asked["ideas"]]
    if asked["what"] == "alike":
        return as_json(alike(ideas))
    there = [
        There(id=group["id"], title=group["title"], ideas=[Text(**idea) for idea in group["ideas"]])
        for group in asked["there"]
    ]
    return as_json(suggest(ideas, there, _meanings(asked["model"])))


def _meanings(named: str) -> Meanings | None:
    """Open the table of word vectors; one that can't be read is told on standard error, and gone without."""
    from workshops.suggest.engine.meaning import find  # noqa: PLC0415 (brings numpy)

    try:
        return find(named)
    except (OSError, ValueError, KeyError) as error:
        print(type(error).__name__, file=sys.stderr)  # noqa: T201
        return None
