"""Puts the figures of a run into docs/performance.md, newest first: `python -m tests.bench.write_up FILE.json`.

So nobody copies a number by hand, and none that is ugly gets left out. `--print` only prints.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.daphne import REPOSITORY

PAGE = REPOSITORY / "docs" / "performance.md"
MARK = "<!-- results -->\n"
WORDS = {True: "yes", False: "**no**", None: ""}


def section(told: dict[str, Any]) -> str:
    """Write one run as a section."""
    machine, versions = told["machine"], told["versions"]
    rounds = f"middle of {told['rounds']} rounds" if told["rounds"] > 1 else "one round"
    quick = " A quick run: small, and no figures to keep." if told["quick"] else ""
    ran = (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}; databases on "
        f"{machine['databases_on']}; load average before {machine['load_before']}, after {machine['load_after']}; "
        f"{rounds}, {told['seconds'] // 60 + 1} minutes.{quick}"
    )
    lines = [
        f"### {told['date'][:10]}, {versions['commit']}",
        "",
        ran,
        "",
        "| what | measured | to reach | reached | beside it |",
        "|---|---|---|---|---|",
        *(_row(row) for row in told["rows"]),
        "",
        *(f"* {note}" for note in told["notes"]),
        *([""] if told["notes"] else []),
        ", ".join(f"{name} {version}" for name, version in versions.items() if name != "commit") + ".",
        "",
    ]
    return "\n".join(lines)


def _row(row: dict[str, Any]) -> str:
    sign = "≥" if row["sense"] == "at least" else "≤"
    target = "" if row["target"] is None else f"{sign} {row['target']:g}{_unit(row)}"
    if row["value"] is None:
        return (
            f"| {row['name']} | not measured | {target} | {WORDS[row['met']]} | "
            f"{row['problem'].partition(chr(10))[0]} |"
        )
    beside = "; ".join(_beside(row["detail"]))
    return f"| {row['name']} | {row['value']:.3g}{_unit(row)} | {target} | {WORDS[row['met']]} | {beside} |"


def _unit(row: dict[str, Any]) -> str:
    return row["unit"] if row["unit"] in ("×", "/s", "") else f" {row['unit']}"


def _beside(detail: dict[str, Any]) -> list[str]:
    """Give the few figures that a ratio can't be read without."""
    found = []
    if "people" in detail:
        found.append(f"N = {detail['people']:,}")
    for side, figures in detail.items():
        if not isinstance(figures, dict):
            continue
        parts = [_figure(name, figures[name]) for name in SHOWN if name in figures]
        if parts:
            found.append(f"{'ours' if side == 'product' else side.replace('_', ' ')}: {', '.join(parts)}")
    found += [_figure(name, detail[name]) for name in ALSO if name in detail]
    return found


SHOWN = {
    "cpu_s": "{} s CPU",
    "us_per_change": "{} µs a change",
    "p50_all_ms": "p50 {} ms",
    "p95_all_ms": "p95 {} ms",
    "frames": "{} frames",
    "seconds": "{} s",
    "commands_per_s": "{}/s",
    "server_us_per_command": "{} µs each",
    "rows_per_s": "{} rows/s",
    "postgres_s": "PostgreSQL {} s",
    "redis_s": "Redis {} s",
    "board_bytes": "{} B",
    "ari": "ARI {}",
    "nmi": "NMI {}",
}
ALSO = {
    "fit": "{}",
    "cpu_s": "CPU {} s",
    "each_round": "{}",
    "each_round_ms": "{} ms",
    "each_round_kb": "{} kB",
    "seconds_each_round": "{} s",
    "frame_bytes": "a frame of {} B",
    "closed": "{} closed",
    "refused": "{} refused",
    "rate": "{} actions/s",
    "items": "{} items",
    "p95_all_ms": "p95 {} ms",
    "server_ms_each": "{} ms of the server each",
    "ack_p95_ms_meanwhile": "receipts meanwhile p95 {} ms",
    "totals_compared_with_the_log": "{} totals compared with the log",
    "boards_ms": "in each round {} ms",
    "nmi": "NMI {}",
    "words_s": "by words only {} s",
    "meaning_s": "with word vectors {} s",
    "waited_s": "at low priority after {} s",
}


def _figure(name: str, value: Any) -> str:
    return {**ALSO, **SHOWN}[name].format(_number(value))


def _number(value: Any) -> str:
    if isinstance(value, list):
        return " / ".join(map(_number, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_number(one)}" for name, one in value.items())
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def main(arguments: list[str]) -> None:
    """Write it."""
    (file,) = [one for one in arguments if not one.startswith("-")]
    text = section(json.loads(Path(file).read_text()))
    if "--print" in arguments:
        print(text)  # noqa: T201
        return
    page = PAGE.read_text()
    assert page.count(MARK) == 1, f"{PAGE} has no place for results"
    PAGE.write_text(page.replace(MARK, f"{MARK}\n{text}"))


if __name__ == "__main__":
    main(sys.argv[1:])
