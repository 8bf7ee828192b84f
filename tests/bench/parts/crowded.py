"""Memory for people who are only there, and what one of them downloads while all vote."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.bench import Bench, median, rounded
from tests.bench.generator import Plan, Played
from tests.bench.product import Commands, Product, clients, must_be_kept, schedule
from tests.bench.stage import Spec
from tests.bench.table import Measured

ITEMS = 40


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """Both from the same runs: memory before the first vote, download while they vote."""
    runs, memory = [], []
    for number in range(bench.sizes.rounds):
        played, each = _run(bench, number)
        runs.append(played)
        memory.append(each / 1000)
    rates = [played["bytes_most"] / played["seconds"] / 1000 for played in runs]
    sizes = bench.sizes
    detail = {
        "people": sizes.many,
        "rate": sizes.many_rate,
        "items": ITEMS,
        "each_round": rounded(rates),
        "mean_of_all": rounded([played["bytes_each"] / played["seconds"] / 1000 for played in runs]),
        "bytes_each_participant_s": rounded([played["bytes_each"] / played["seconds"] for played in runs]),
        "frames_each": [round(played["frames"] / sizes.many) for played in runs],
        "p95_all_ms": [played["all_ms"]["p95"] for played in runs],
        "cpu_s": rounded([played.used["server"] for played in runs]),
        "generator_share": round(max(played.generator_share for played in runs), 3),
    }
    yield "memory", Measured(median(memory), {"people": sizes.many, "each_round_kb": rounded(memory)})
    yield "download", Measured(median(rates), detail)


def _run(bench: Bench, number: int) -> tuple[Played, float]:
    sizes, commands = bench.sizes, Commands()
    place = bench.place(Spec(sizes.many, ITEMS, "live"))
    actions = schedule(
        place, commands, people=sizes.many, rate=sizes.many_rate, seconds=sizes.seconds, seed=number
    )
    url = bench.prepared.copy("sqlite")
    with Product(url, bench.cores) as server:
        first = Plan("live", clients(place, [server], 1), [], {"hold": 200})
        bench.play("workspace, the room is opened by one", first, {"server": server.cpu})
        empty, full = server.rss(), 0

        def weigh() -> None:
            nonlocal full
            full = server.rss()

        plan = Plan("live", clients(place, [server]), actions, {"quiet": 500})
        what = f"workspace, {sizes.many} people, {sizes.many_rate:.0f} votes a second"
        played = bench.play(what, plan, {"server": server.cpu}, before=weigh)
    played.must_be_sound(what)
    must_be_kept(url, commands, len(actions))
    return played, (full - empty) / sizes.many
