"""Playing a plan with the load generator, and what came of it."""

from __future__ import annotations

import json
import subprocess
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests import services

type Dialect = Literal["live", "marked", "socketio", "yjs"]
BOTTLENECK = 0.7


class Unsound(Exception):
    """A run that can't count: something was lost, doubled, refused or cut. Says what."""


@dataclass(frozen=True)
class Client:
    """Where a client connects to and with which headers; `at` ms after the beginning, or before it (-1)."""

    port: int
    path: str
    headers: tuple[str, ...] = ()
    at: float = -1
    audience: int = 0


@dataclass(frozen=True)
class Action:
    """What a client sends, and when (ms)."""

    at: float
    client: int
    text: str
    group: int = 0
    is_hex: bool = False


@dataclass
class Plan:
    """Who is there and what they do. `options` are those of load/plan.c."""

    dialect: Dialect
    clients: list[Client]
    actions: list[Action] = field(default_factory=list)
    options: dict[str, float | str] = field(default_factory=dict)

    def write(self, file: Path) -> None:
        """Write it as the generator reads it."""
        with file.open("w") as out:
            for name, value in {"dialect": self.dialect, **self.options}.items():
                out.write(f"O\t{name}\t{value}\n")
            for one in self.clients:
                parts = [one.at, one.port, one.audience, one.path, *one.headers]
                out.write("\t".join(["C", *map(str, parts)]) + "\n")
            for act in self.actions:
                kind = "B" if act.is_hex else "A"
                out.write(f"{kind}\t{act.at:.3f}\t{act.client}\t{act.group}\t{act.text}\n")


@dataclass
class Played:
    """A run: what the generator counted, and what the clocks moved by during the schedule."""

    told: dict[str, Any]
    used: dict[str, float]

    def __getitem__(self, name: str) -> Any:
        return self.told[name]

    @property
    def generator_share(self) -> float:
        """How much of the run's time the generator worked. Near 1 it measured itself."""
        return float(self["cpu"] / max(self["seconds"], 0.001))

    def problems(self, *, closed: bool = False) -> list[str]:
        """Name what must not be in a sound run."""
        names = [
            "lost",
            "doubled",
            "gaps",
            "differing",
            "strange",
            "double_acks",
            "unanswered",
            "refused",
            "retries",
        ]
        names += ["failed", "resets", *([] if closed else ["closed"])]
        found = [f"{name} {self[name]}" for name in names if self[name]]
        return [*found, *self["refusals"]] if found else []

    def must_be_sound(self, what: str) -> None:
        """Raise Unsound if it isn't."""
        if problems := self.problems():
            raise Unsound(f"{what}: {', '.join(problems)}")

    def summary(self) -> dict[str, Any]:
        """Give what stands beside a row."""
        kept = {
            name: self[name]
            for name in ("actions", "frames", "frame_bytes", "biggest", "bytes_each", "seconds")
        }
        for name in ("all_ms", "each_ms"):
            kept[name] = {key: self[name][key] for key in ("p50", "p95", "p99") if key in self[name]}
        if acks := self["groups"] and self["groups"][0]["ack_ms"]["n"]:
            kept["ack_p95_ms"] = self["groups"][0]["ack_ms"]["p95"] if acks else None
        return {
            **kept,
            "used": {name: round(value, 4) for name, value in self.used.items()},
            "generator_share": round(self.generator_share, 3),
        }


def play(
    program: Path,
    plan: Plan,
    clocks: Mapping[str, Callable[[], float]],
    *,
    before: Callable[[], None] | None = None,
    meanwhile: Callable[[], None] | None = None,
    patience: float = 300,
) -> Played:
    """Play a plan. `clocks` are read when the schedule begins and ends; `meanwhile` is called while it runs.

    Raises:
        Unsound: the generator gave up; with what it said.
    """
    file = services.FOLDER / f"plan-{uuid.uuid4().hex[:8]}.txt"
    plan.write(file)
    until = time.monotonic() + patience
    with subprocess.Popen(
        [program, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            _wait_for(child, "ready")
            if before is not None:
                before()
            started = {name: clock() for name, clock in clocks.items()}
            _say(child)
            if meanwhile is not None:
                meanwhile()
            _wait_for(child, "done")
            used = {name: clock() - started[name] for name, clock in clocks.items()}
            _say(child)
            assert child.stdout is not None
            told = json.loads(child.stdout.read())
            child.wait(max(1, until - time.monotonic()))
        finally:
            if child.poll() is None:
                child.kill()
            file.unlink()
    return Played(told, used)


def _wait_for(child: subprocess.Popen[str], word: str) -> None:
    assert child.stdout is not None
    line = child.stdout.readline().strip()
    if line != word:
        assert child.stderr is not None
        raise Unsound(f"the load generator gave up: {line} {child.stderr.read().strip()}")


def _say(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


def spread_over(count: int, rate: float, start: float = 0) -> Iterable[float]:
    """Give the times (ms) of so many actions at so many a second."""
    return (start + 1000 * number / rate for number in range(count))
