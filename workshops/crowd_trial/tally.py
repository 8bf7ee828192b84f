"""What a vote must come to, computed from the files alone.

On purpose it shares nothing with what plays the files or with the rules of the workspace, so that a mistake there
can't hide itself here. It reads the lines again and knows only this: a voter's last line on an idea stands; without
`dots` in the file 1 is a dot, 0 and -1 are none; with `dots` a line that goes over the cap or the budget counts for
nothing; votes on ideas that are off the board count for nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out. `rows`: (dots, voters) of each idea on the ballot; `tries_…`: what must be refused."""

    texts: dict[str, str]
    hidden: set[str]
    rows: dict[str, tuple[int, int]]
    voted: int
    tries_on_hidden: int
    tries_over: int


def expected(ideas: Path, votes: Path, people: set[str], hidden: set[str] | None = None) -> Expected:
    """Count a vote of these people. `hidden` None: the ideas that the file calls rejected."""
    idea_rows = [row for row in _lines(ideas) if str(row["author"]) in people]
    texts = {str(row["id"]): str(row["text"]) for row in idea_rows}
    if hidden is None:
        hidden = {str(row["id"]) for row in idea_rows if row.get("status") == "rejected"}
    lines = _lines(votes)
    limits = {name: line[name] for line in lines if "idea" not in line for name in line}
    budget, cap = (float(limits.get(name) or "inf") for name in ("budget", "cap"))
    held: dict[str, dict[str, int]] = defaultdict(dict)
    tries_on_hidden = tries_over = 0
    for line in sorted((line for line in lines if "idea" in line), key=lambda line: line.get("t", 0)):
        voter, idea = str(line["voter"]), str(line["idea"])
        dots = line["dots"] if "dots" in line else int(line["value"] == 1)
        if voter not in people or idea not in texts:
            continue
        if idea in hidden:
            tries_on_hidden += dots > 0
            continue
        ballot = held[voter]
        over = dots > cap or sum(ballot.values()) - ballot.get(idea, 0) + dots > budget
        if "dots" in line and dots > ballot.get(idea, 0) and over:
            tries_over += 1
            continue
        ballot[idea] = dots
    placed = {idea: [ballot[idea] for ballot in held.values() if ballot.get(idea)] for idea in texts}
    rows = {idea: (sum(dots), len(dots)) for idea, dots in placed.items() if idea not in hidden}
    voted = sum(1 for ballot in held.values() if any(ballot.values()))
    return Expected(texts, hidden, rows, voted, tries_on_hidden, tries_over)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
