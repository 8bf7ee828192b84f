"""What more people cost at the same total rate of actions: the exponent of a line through the logarithms."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator

from tests.bench.bench import Bench, median, rounded
from tests.bench.generator import Plan
from tests.bench.product import Commands, Product, clients, must_be_kept, schedule
from tests.bench.stage import Doing, Spec
from tests.bench.table import Measured

SHOWN: tuple[Doing, ...] = ("hidden", "live")


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """Each size in turn, hidden and live on the same server, round after round."""
    used: dict[tuple[str, int], list[float]] = {}
    for number in range(bench.sizes.rounds):
        for people in bench.sizes.growth:
            url = bench.prepared.copy("sqlite")
            with Product(url, bench.cores) as server:
                for doing in SHOWN:
                    used.setdefault((doing, people), []).append(_run(bench, server, people, doing, number))
    for doing in SHOWN:
        middle = {people: median(used[doing, people]) for people in bench.sizes.growth}
        slope, at_one = fit(middle)
        detail = {
            "rate": bench.sizes.rate,
            "seconds": bench.sizes.seconds,
            "cpu_s": {str(people): round(value, 4) for people, value in middle.items()},
            "cpu_s_each_round": {str(people): rounded(used[doing, people]) for people in bench.sizes.growth},
            "fit": f"CPU = {at_one:.4g} s x N^{slope:.3f}",
        }
        yield f"growth.{doing}", Measured(slope, detail)


def _run(bench: Bench, server: Product, people: int, doing: Doing, number: int) -> float:
    place, commands, sizes = bench.place(Spec(people, 20, doing)), Commands(), bench.sizes
    actions = schedule(place, commands, people=people, rate=sizes.rate, seconds=sizes.seconds, seed=number)
    options = {"quiet": 300, "see": int(doing == "live")}
    plan = Plan("live", clients(place, [server]), actions, dict(options))
    what = f"workspace, {people} people, totals {doing}"
    played = bench.play(what, plan, {"server": server.cpu})
    played.must_be_sound(what)
    must_be_kept(server.database_url, commands, len(actions))
    return played.used["server"]


def fit(cpu: dict[int, float]) -> tuple[float, float]:
    """Lay a line through the logarithms: (exponent, seconds at N=1)."""
    line = statistics.linear_regression(
        [math.log(n) for n in cpu], [math.log(value) for value in cpu.values()]
    )
    return line.slope, math.exp(line.intercept)
