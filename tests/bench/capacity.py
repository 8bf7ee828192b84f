"""Reckons what thousands of people in many workshops at once need: `python -m tests.bench.capacity`.

Costs come from `docs/capacity.json`; `--from var/bench/bench-….json` takes over what that run measured, and `--write` puts
both the costs and the tables into `docs/`. Workshops are drawn by chance (with a fixed seed), because not the average
decides but the fullest process: a draw puts workshops of different sizes, in different moods, onto processes, and
there are enough processes when in 19 of 20 draws none is busier than MOST_BUSY.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from tests.daphne import REPOSITORY

COSTS = REPOSITORY / "docs" / "capacity.json"
PAGE = REPOSITORY / "docs" / "capacity.md"
MARKS = "<!-- reckoned -->\n", "<!-- end -->\n"

MOST_BUSY = 0.7
"""Of a core: what is left is for people who come, pages, and chance."""
DRAWS = 20
TURNS = 20.0
"""A room answers and shows at most this often a second (every 50 ms)."""
DOWNLOAD = 40_000.0
"""Bytes a second that frames may cost one participant; a room then shows less often."""
AUDIENCES = 2
"""Participants and facilitators, in one language."""
SIZES = ((0.70, 12, 40), (0.25, 40, 150), (0.05, 150, 600))
"""Share of workshops, and from how many people to how many."""
MOODS = (("quiet", 0.3, 0.005), ("at work", 0.5, 0.03), ("in a rush", 0.2, 0.2))
"""Share of workshops, and what one person does in a second: reading, writing an idea each half minute, placing dots."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What one thing costs a server process, in microseconds of CPU unless its name says otherwise."""

    commit: float
    command: float
    apply: float
    render: float
    frame: float
    join_ms: float
    frame_bytes: float
    person_kb: float
    room_kb: float
    process_mb: float
    connections: float
    from_: str

    @classmethod
    def read(cls) -> Costs:
        """Take those of the page."""
        return cls(**json.loads(COSTS.read_text()))


@dataclass(frozen=True, slots=True)
class Room:
    """A workshop at one moment."""

    people: int
    rate: float

    @property
    def actions(self) -> float:
        """All of its people's commands in a second."""
        return self.people * self.rate


@dataclass(slots=True)
class Needs:
    """What must be there."""

    processes: int
    cores: float
    commits: float
    rows: float
    connections: float
    redis: float
    megabytes_out: float
    gigabytes: float
    joins_cores: float


LIMITS = {
    "commits": (5_000.0, "one PostgreSQL's commits a second (a good disk; measure yours with `pgbench -N`)"),
    "connections": (400.0, "connections of one PostgreSQL without a pooler"),
    "redis": (80_000.0, "messages a second through one Redis"),
    "megabytes_out": (110.0, "a line of 1 Gbit/s, in MB/s"),
}


def shown_each_second(room: Room, costs: Costs) -> float:
    """How often each of its people gets a frame."""
    return min(room.actions, TURNS, DOWNLOAD / costs.frame_bytes)


def load(room: Room, spread: int, costs: Costs) -> float:
    """What share of a core a room takes in each of the `spread` processes that hold its people."""
    shown = shown_each_second(room, costs)
    commits = min(room.actions / spread, TURNS)
    own = commits * costs.commit + room.actions / spread * costs.command
    all_alike = room.actions * costs.apply + shown * AUDIENCES * costs.render
    return (own + all_alike + room.people / spread * shown * costs.frame) / 1e6


def draw(people: int, dice: random.Random) -> list[Room]:
    """Think up workshops for so many people."""
    rooms: list[Room] = []
    while people > 0:
        _, least, most = dice.choices(SIZES, [share for share, *_ in SIZES])[0]
        _, _, rate = dice.choices(MOODS, [share for _, share, _ in MOODS])[0]
        rooms.append(Room(min(dice.randint(least, most), people), rate))
        people -= rooms[-1].people
    return rooms


def busiest(
    rooms: Iterable[Room], processes: int, costs: Costs, dice: random.Random, *, together: bool
) -> float:
    """How busy the busiest process is: people of one workshop `together` on one, or spread over all."""
    if not together:
        return (
            sum(
                load(room, min(processes, room.people), costs) * min(processes, room.people) for room in rooms
            )
            / processes
        )
    busy = [0.0] * processes
    for room in rooms:
        busy[dice.randrange(processes)] += load(room, 1, costs)
    return max(busy)


def processes_for(people: int, costs: Costs, *, together: bool, most: int = 4096) -> int | None:
    """The fewest processes that will do, or None if no number does."""

    def will_do(processes: int) -> bool:
        dice = random.Random(people)
        full = [
            busiest(draw(people, dice), processes, costs, dice, together=together) > MOST_BUSY
            for _ in range(DRAWS)
        ]
        return sum(full) <= DRAWS // 20

    low, high = 0, 1
    while not will_do(high):
        low, high = high, high * 2
        if high > most:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if will_do(middle) else (middle, high)
    return high


def reckon(people: int, costs: Costs, *, together: bool) -> Needs | None:
    """What so many people need at once."""
    processes = processes_for(people, costs, together=together)
    if processes is None:
        return None
    rooms = draw(people, random.Random(people))
    spreads = [1 if together else min(processes, room.people) for room in rooms]
    commits = sum(min(room.actions, TURNS * spread) for room, spread in zip(rooms, spreads, strict=True))
    hints = sum(
        min(room.actions, TURNS * spread) * (1 + spread) + spread * spread / 15
        for room, spread in zip(rooms, spreads, strict=True)
    )
    sent = sum(room.people * (shown_each_second(room, costs) * costs.frame_bytes + 60 / 15) for room in rooms)
    memory = processes * costs.process_mb * 1e3 + people * costs.person_kb + sum(spreads) * costs.room_kb
    return Needs(
        processes=processes,
        cores=sum(load(room, spread, costs) * spread for room, spread in zip(rooms, spreads, strict=True)),
        commits=commits,
        rows=sum(room.actions for room in rooms),
        connections=processes * costs.connections,
        redis=hints if processes > 1 else 0,
        megabytes_out=sent / 1e6,
        gigabytes=memory / 1e6,
        joins_cores=people * costs.join_ms / 1e3 / 300,
    )


def breaks_first(needs: Needs) -> str:
    """Name the part that is nearest to its limit, or over it."""
    used = {name: getattr(needs, name) / limit for name, (limit, _) in LIMITS.items()}
    name = max(used, key=lambda one: used[one])
    return f"{LIMITS[name][1].partition(' (')[0]}: {used[name]:.0%}"


def taken_over(costs: Costs, told: dict[str, Any], name: str) -> Costs:
    """Put in what a run of the bench measured; the rest stays."""
    rows = {row["key"]: row for row in told["rows"] if row.get("value") is not None}
    found: dict[str, float] = {}
    commands = rows.get("commands.postgres")
    if commands:
        found["command"] = commands["detail"]["product"]["server_us_per_command"]
    crowd = rows.get("crowd.floor")
    if crowd:
        product, detail = crowd["detail"]["product"], crowd["detail"]
        decided = detail["rate"] * detail["seconds"] * found.get("command", costs.command)
        turns = min(detail["rate"], TURNS) * detail["seconds"] * (costs.commit + AUDIENCES * costs.render)
        found["frame"] = max((product["cpu_s"] * 1e6 - decided - turns) / product["frames"], 1.0)
    if "memory" in rows:
        found["person_kb"] = rows["memory"]["value"]
    return replace(costs, **found, from_=f"{costs.from_.partition(';')[0]}; {name}")


def tables(costs: Costs) -> str:
    """Lay out what the page shows."""
    lines = ["| a server process needs | µs |", "|---|---|"]
    lines += [
        f"| {words} | {getattr(costs, name):,.0f} |"
        for name, words in (
            ("commit", "to make a batch durable (PostgreSQL)"),
            ("command", "to decide one command of it"),
            ("apply", "to take over one event of another process"),
            ("render", "to draw what changed, for one audience"),
            ("frame", "to send it to one person"),
        )
    ]
    lines += ["", f"Measured: {costs.from_}.", ""]
    lines += [
        "| people at once | a workshop's people | processes | cores at work | commits/s | rows/s | connections | Redis messages/s | MB/s out | memory, GB | cores for all to come in 5 min | nearest to its limit |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        row(people, costs, together=together)
        for people in (300, 1_000, 10_000, 100_000)
        for together in (False, True)
    ]
    return "\n".join(lines) + "\n"


def row(people: int, costs: Costs, *, together: bool) -> str:
    """Write one line of the table."""
    needs = reckon(people, costs, together=together)
    head = f"| {people:,} | {'together' if together else 'spread'} |"
    if needs is None:
        return f"{head} no number is enough |{' |' * 9}"
    return (
        f"{head} {needs.processes} | {needs.cores:,.1f} | {needs.commits:,.0f} | {needs.rows:,.0f} "
        f"| {needs.connections:,.0f} | {needs.redis:,.0f} | {needs.megabytes_out:,.1f} | {needs.gigabytes:,.1f} "
        f"| {needs.joins_cores:,.1f} | {breaks_first(needs)} |"
    )


def main() -> None:
    """Print, or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="bench", type=Path, help="a file that make bench wrote")
    parser.add_argument("--write", action="store_true", help="put costs and tables into docs/")
    for field in fields(Costs):
        if field.name != "from_":
            parser.add_argument(f"--{field.name.replace('_', '-')}", type=float)
    asked = parser.parse_args()
    costs = Costs.read()
    if asked.bench:
        costs = taken_over(costs, json.loads(asked.bench.read_text()), asked.bench.stem)
    given = {
        field.name: value
        for field in fields(Costs)
        if (value := getattr(asked, field.name, None)) is not None
    }
    costs = replace(costs, **given)
    text = tables(costs)
    print(text)  # noqa: T201
    if asked.write:
        COSTS.write_text(json.dumps(asdict(costs), indent=1) + "\n")
        before, rest = PAGE.read_text().split(MARKS[0])
        PAGE.write_text(before + MARKS[0] + text + MARKS[1] + rest.split(MARKS[1])[1])


if __name__ == "__main__":
    main()
