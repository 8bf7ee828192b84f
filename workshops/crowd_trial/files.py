"""The files that a trial plays: who wrote which idea when, and who placed which dot when.

Both are JSON Lines. Ideas: `id`, `text`, `author`, `t` (milliseconds), `status` (accepted, unmoderated or rejected).
Votes: `voter`, `idea`, `t`, and either `value` (1 agree, 0 pass, -1 disagree; from conversations in which people
agreed or disagreed) or `dots` (real ballots). A line without an idea may give the ballots' `budget` and `cap`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

SAMPLES = Path(__file__).resolve().parent / "samples"
LONGEST_SILENCE_MS = 20_000
"""Longer pauses of the file are cut to this: some conversations ran for weeks."""


class BadFile(Exception):
    """The file can't be played; says why."""


@dataclass(frozen=True, slots=True)
class IdeaLine:
    """One idea, and who writes it. `at` is milliseconds from the first, long silences cut."""

    id: str
    text: str
    author: str
    at: int
    rejected: bool


@dataclass(frozen=True, slots=True)
class VoteLine:
    """What a voter wants an idea to have from now on. 0 takes dots back, if there are any."""

    voter: str
    idea: str
    dots: int
    at: int


@dataclass(frozen=True, slots=True)
class Script:
    """All that is to be played. `budget` 0: as many dots as one likes."""

    ideas: list[IdeaLine]
    votes: list[VoteLine]
    budget: int
    cap: int
    people: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> set[str]:
        """Give the ideas that the file's moderators took off."""
        return {idea.id for idea in self.ideas if idea.rejected}

    @property
    def longest(self) -> int:
        """Give the length of the longest idea, in characters."""
        return max(len(idea.text) for idea in self.ideas)

    def of(self, people: set[str]) -> Script:
        """Give what only these people do. Votes on ideas that nobody writes go too."""
        ideas = [idea for idea in self.ideas if idea.author in people]
        there = {idea.id for idea in ideas}
        votes = [vote for vote in self.votes if vote.voter in people and vote.idea in there]
        return Script(ideas, votes, self.budget, self.cap, [one for one in self.people if one in people])


def read(ideas: Path, votes: Path) -> Script:
    """Read a pair of files. Raises BadFile."""
    idea_rows, vote_rows = _rows(ideas), _rows(votes)
    try:
        written = _ideas(idea_rows)
        placed = _votes([row for row in vote_rows if "idea" in row])
        heads = [row for row in vote_rows if "idea" not in row]
        if any("dots" in row for row in vote_rows):
            budget, cap = _limits(heads, placed)
        else:
            budget, cap = 0, 1
    except (KeyError, TypeError, ValueError) as error:
        raise BadFile(f"A line lacks something, or has it in an odd form: {error!r}.") from error
    if not written:
        raise BadFile(f"{ideas.name} has no ideas.")
    unknown = {vote.idea for vote in placed} - {idea.id for idea in written}
    if unknown:
        raise BadFile(
            f"{votes.name} has votes on ideas that {ideas.name} lacks: {', '.join(sorted(unknown))}."
        )
    people = dict.fromkeys([*(idea.author for idea in written), *(vote.voter for vote in placed)])
    return Script(written, placed, budget, cap, list(people))


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_bytes().splitlines()
        rows = [orjson.loads(line) for line in lines if line.strip()]
    except OSError as error:
        raise BadFile(f"{path} can't be read: {error.strerror}.") from error
    except orjson.JSONDecodeError as error:
        raise BadFile(f"{path.name} is not JSON Lines: {error}.") from error
    if not all(isinstance(row, dict) for row in rows):
        raise BadFile(f"{path.name}: every line must be one JSON object.")
    return rows


def _ideas(rows: list[dict[str, Any]]) -> list[IdeaLine]:
    rows = sorted(rows, key=lambda row: int(row.get("t", 0)))
    times = _without_silences([int(row.get("t", 0)) for row in rows])
    return [
        IdeaLine(str(row["id"]), str(row["text"]), str(row["author"]), at, row.get("status") == "rejected")
        for row, at in zip(rows, times, strict=True)
    ]


def _votes(rows: list[dict[str, Any]]) -> list[VoteLine]:
    rows = sorted(rows, key=lambda row: int(row.get("t", 0)))
    times = _without_silences([int(row.get("t", 0)) for row in rows])
    return [
        VoteLine(str(row["voter"]), str(row["idea"]), _dots(row), at)
        for row, at in zip(rows, times, strict=True)
    ]


def _dots(row: dict[str, Any]) -> int:
    return int(row["dots"]) if "dots" in row else int(int(row["value"]) == 1)


def _without_silences(times: list[int]) -> list[int]:
    cut, at = [], 0
    for before, now in zip([*times[:1], *times], times, strict=False):
        at += min(now - before, LONGEST_SILENCE_MS)
        cut.append(at)
    return cut


def _limits(heads: list[dict[str, Any]], votes: list[VoteLine]) -> tuple[int, int]:
    """Give budget and cap of real ballots: as the file says, else as much as anybody ever used."""
    said = {name: int(value) for head in heads for name, value in head.items() if name in {"budget", "cap"}}
    held: dict[str, dict[str, int]] = {}
    most_held = most_on_one = 1
    for vote in votes:
        held.setdefault(vote.voter, {})[vote.idea] = vote.dots
        most_held = max(most_held, sum(held[vote.voter].values()))
        most_on_one = max(most_on_one, vote.dots)
    return said.get("budget", most_held), said.get("cap", most_on_one)
