"""What all parts of the bench share: sizes, tools, databases, and how a run is made and chosen."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.generator import BOTTLENECK, Plan, Played, play
from tests.bench.machine import Cores, load_average
from tests.bench.stage import Place, Prepared, Spec
from tests.bench.tools import Tools
from tests.daphne import Kind
from tests.servers import Postgres, Redis

PEERS_SETTLE_MS = 300
"""They say nothing of their own accord; a workspace tells who is here for a second or so."""


@dataclass(frozen=True)
class Sizes:
    """How many people do how much. The full ones are those of the targets."""

    rounds: int = 3
    crowd: int = 500
    rate: float = 250
    seconds: float = 10
    burst: int = 1000
    bursts: int = 3
    senders: int = 250
    each_sends: int = 40
    saves: int = 3000
    joining: int = 1000
    inside: int = 100
    storm_seconds: float = 8
    board_ideas: int = 72
    told: int = 1000
    many: int = 1000
    many_rate: float = 500
    growth: tuple[int, ...] = (100, 300, 1000)
    cards: int = 600
    browser_seconds: float = 10
    boards: tuple[str, ...] = ("ideas", "groups", "ballot")
    guests: int = 300
    settle_ms: float = 1500
    hold_ms: float = 3000


FULL = Sizes()
QUICK = Sizes(
    rounds=1,
    crowd=100,
    rate=100,
    seconds=1.5,
    burst=150,
    bursts=1,
    senders=60,
    each_sends=30,
    saves=500,
    joining=150,
    inside=20,
    storm_seconds=2,
    told=150,
    many=150,
    many_rate=100,
    growth=(40, 160),
    browser_seconds=3,
    boards=("ballot",),
    guests=30,
    settle_ms=400,
    hold_ms=500,
)


@dataclass
class Bench:
    """One run of the bench."""

    sizes: Sizes
    tools: Tools
    cores: Cores
    prepared: Prepared
    postgres: Postgres
    redis: Redis
    notes: list[str] = field(default_factory=list)

    @property
    def specs(self) -> list[Spec]:
        """The workshops to prepare on SQLite."""
        sizes = self.sizes
        return list(
            dict.fromkeys(
                [
                    self.crowd,
                    Spec(sizes.burst, 20, "live"),
                    Spec(sizes.senders, 20, "live"),
                    Spec(sizes.joining + sizes.inside, sizes.board_ideas, "live"),
                    Spec(sizes.told, sizes.cards, "written"),
                    Spec(sizes.many, 40, "live"),
                    Spec(sizes.inside, 20, "live"),
                    *(Spec(people, 20, doing) for people in sizes.growth for doing in ("hidden", "live")),
                ]
            )
        )

    @property
    def crowd(self) -> Spec:
        """The workshop of the first rows."""
        return Spec(self.sizes.crowd, 20, "live")

    @property
    def specs_on_postgres(self) -> list[Spec]:
        """The workshops to prepare on PostgreSQL."""
        return list(dict.fromkeys([self.crowd, Spec(self.sizes.senders, 20, "live")]))

    def place(self, spec: Spec, kind: Kind = "sqlite") -> Place:
        """Say where a workshop is."""
        return self.prepared.place(kind, spec)

    def play(self, what: str, plan: Plan, clocks: dict[str, Callable[[], float]], **more: Any) -> Played:
        """Play a plan; say how busy the machine is, and when the generator was what was measured."""
        settle = self.sizes.settle_ms if plan.dialect == "live" else PEERS_SETTLE_MS
        plan.options.setdefault("settle", settle)
        played = play(self.tools.load, plan, clocks, **more)
        used = " ".join(f"{name} {value:.3f} s" for name, value in played.used.items())
        self.say(f"{what}: {used}, {played['seconds']:.1f} s, load {load_average()}")
        if played.generator_share > BOTTLENECK:
            self.note(
                f"{what}: the load generator was busy {played.generator_share:.0%} of the time: it may be the limit"
            )
        return played

    def say(self, sentence: str) -> None:
        """Say what goes on."""
        print(f"  {sentence}", flush=True)  # noqa: T201

    def note(self, sentence: str) -> None:
        """Say what has to stand beside the table."""
        self.notes.append(sentence)
        self.say(sentence)


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def rounded(values: list[float]) -> list[float]:
    """As they stand in the details."""
    return [round(value, 4) for value in values]
