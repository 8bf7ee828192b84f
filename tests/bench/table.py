"""The rows of the bench. They stand here, so that none can go missing: a row that wasn't measured is a failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Wanted:
    """A row: what is measured, in what, and what is to be reached (at most, unless `at_least`)."""

    key: str
    name: str
    unit: str
    target: float | None
    at_least: bool = False
    optional: bool = False
    """Rests on what may not be here: left out then, and no failure."""


ROWS = (
    Wanted(
        "crowd.floor", "server CPU for one schedule, against a bare C broadcaster with 50 ms frames", "×", 4
    ),
    Wanted(
        "crowd.socketio", "CPU per delivered change, against socket.io with one emit per action", "×", 0.15
    ),
    Wanted("crowd.ywebsocket", "CPU per delivered change, against y-websocket", "×", 0.2),
    Wanted("crowd.ws", "server CPU for one schedule, against Node ws with 50 ms frames", "×", None),
    Wanted("crowd.p95", "p95 from action to seen by all, against picows with 50 ms frames", "×", 1.3),
    Wanted("burst", "all vote in the same instant: time until all have seen all, against picows", "×", 2),
    Wanted(
        "commands.sqlite",
        "durable commands per second, against one ORM save each, SQLite",
        "×",
        5,
        at_least=True,
    ),
    Wanted(
        "commands.postgres",
        "durable commands per second, against one ORM save each, PostgreSQL",
        "×",
        5,
        at_least=True,
    ),
    Wanted("storm", "a crowd joins at once and gets a 100 kB board, against picows without sign-in", "×", 5),
    Wanted("storm.acks", "p95 of receipts for those inside while the crowd joins", "s", 1),
    Wanted("reveal", "600 ideas revealed to everybody: time until all have them, nobody closed", "s", 5),
    Wanted(
        "growth.hidden", "server CPU against N at the same total rate, hidden tallies: exponent", "", 1.05
    ),
    Wanted("growth.live", "server CPU against N at the same total rate, live tallies: exponent", "", 1.05),
    Wanted("processes", "CPU of two processes on Redis and PostgreSQL, against one", "×", 1.3),
    Wanted("download", "download of one participant while everybody votes", "kB/s", 40),
    Wanted("memory", "server memory for one idle participant", "kB", 40),
    Wanted("browser.whole", "browser at 4× slowdown: a whole view of 600 cards applied", "s", 1),
    Wanted(
        "browser.changes",
        "browser at 4× slowdown: longest task over 50 ms (0: none) while 20 keys a second change",
        "ms",
        50,
    ),
    Wanted(
        "suggest.seconds",
        "suggested groups for 1,000 ideas: CPU of the whole process, which uses one core",
        "s",
        2,
    ),
    Wanted(
        "suggest.words",
        "suggested groups by words only, not told how many: mean adjusted Rand index on labelled boards",
        "",
        0.3,
        at_least=True,
        optional=True,
    ),
    Wanted(
        "suggest.meaning",
        "suggested groups with word vectors, not told how many: mean adjusted Rand index",
        "",
        0.4,
        at_least=True,
        optional=True,
    ),
    Wanted("door", "people a second through the whole door (form, seat, page)", "/s", None),
)


@dataclass
class Measured:
    """What a row came to. `sound` False: the figure is right, but something beside it was not as it must be."""

    value: float
    detail: dict[str, Any] = field(default_factory=dict)
    sound: bool = True


def as_json(measured: dict[str, Measured], problems: dict[str, str]) -> list[dict[str, Any]]:
    """Give all rows, in order; one that wasn't measured says why."""
    return [_row(row, measured.get(row.key), problems) for row in ROWS]


def _row(row: Wanted, found: Measured | None, problems: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"key": row.key, "name": row.name, "unit": row.unit, "target": row.target}
    told["sense"] = "at least" if row.at_least else "at most"
    if found is None:
        part = row.key.partition(".")[0]
        if row.optional and part not in problems:
            return {**told, "value": None, "met": None, "problem": "left out: what it rests on is not here"}
        return {**told, "value": None, "met": False, "problem": problems.get(part, "it was not measured")}
    reached = None
    if row.target is not None:
        reached = found.sound and (found.value >= row.target if row.at_least else found.value <= row.target)
    return {**told, "value": round(found.value, 4), "met": reached, "detail": found.detail}


def printed(rows: list[dict[str, Any]]) -> str:
    """Lay the rows out for a terminal."""
    lines = []
    for row in rows:
        sign = "≥" if row["sense"] == "at least" else "≤"
        value = "—" if row["value"] is None else f"{row['value']:.3g}{row['unit']}"
        target = "" if row["target"] is None else f"{sign} {row['target']:g}{row['unit']}"
        met = {True: "met", False: "NOT MET", None: ""}[row["met"]]
        if "problem" in row:
            met = row["problem"].partition("\n")[0]
        lines.append(f"{row['name']:<86} {value:>11} {target:>10}  {met}")
    return "\n".join(lines)
