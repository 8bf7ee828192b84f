"""Two processes on Redis and PostgreSQL that share one room, against one; and whether all saw the same order.

For the order every different frame is kept and compared with the log: a total in a frame must be what the log gives
when it is counted up to that frame's number. Two processes cut their frames at different places, so texts need not
be equal, but what is true at a number must be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Any

import orjson
import psycopg

from tests import services
from tests.bench.bench import Bench, median, rounded
from tests.bench.generator import Plan, Played, Unsound
from tests.bench.machine import cpu_of_family, cpu_seconds
from tests.bench.product import Commands, Product, clients, must_be_kept, schedule
from tests.bench.stage import Place
from tests.bench.table import Measured

TOTAL = re.compile(r'id="item-([^".]+)\.tally"[^>]*>\D*(\d+)')


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """One and two in turn, round after round."""
    runs: dict[int, list[Played]] = {1: [], 2: []}
    compared = 0
    for number in range(bench.sizes.rounds):
        for processes, those in runs.items():
            played, totals = _run(bench, processes, number)
            those.append(played)
            compared += totals
    cost = {processes: [_servers(played) for played in those] for processes, those in runs.items()}
    detail: dict[str, Any] = {
        "people": bench.sizes.crowd,
        "rate": bench.sizes.rate,
        "seconds": bench.sizes.seconds,
        "totals_compared_with_the_log": compared,
    }
    names = {1: "one_process", 2: "two_processes"}
    for processes, those in runs.items():
        detail[names[processes]] = {
            "cpu_s": round(median(cost[processes]), 4),
            "cpu_s_each_round": rounded(cost[processes]),
            "each_process_s": [
                rounded([used for name, used in one.used.items() if "server" in name]) for one in those
            ],
            "postgres_s": rounded([played.used["postgres"] for played in those]),
            "redis_s": rounded([played.used["redis"] for played in those]),
            "frames": [played["frames"] for played in those],
            "p95_all_ms": median([played["all_ms"]["p95"] for played in those]),
            "generator_share": round(max(played.generator_share for played in those), 3),
        }
    yield "processes", Measured(median(cost[2]) / median(cost[1]), detail)


def _servers(played: Played) -> float:
    return sum(used for name, used in played.used.items() if name.startswith("server"))


def _run(bench: Bench, processes: int, number: int) -> tuple[Played, int]:
    place, commands, sizes = bench.place(bench.crowd, "postgres"), Commands(), bench.sizes
    actions = schedule(
        place, commands, people=sizes.crowd, rate=sizes.rate, seconds=sizes.seconds, seed=number
    )
    url = bench.prepared.copy("postgres")
    frames = services.FOLDER / f"frames-{commands.run}.txt"
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Product(url, bench.cores, redis_url=bench.redis.url))
            for _ in range(processes)
        ]
        clocks = {f"server {server.port}": server.cpu for server in servers}
        clocks["postgres"] = lambda: cpu_of_family(bench.postgres.pid)
        clocks["redis"] = lambda: cpu_seconds(bench.redis.pid)
        there = clients(place, servers, audiences=True)
        plan = Plan("live", there, actions, {"quiet": 300, "dump": str(frames)})
        what = f"workspace, {processes} process(es) on Redis and PostgreSQL"
        played = bench.play(what, plan, clocks)
    played.must_be_sound(what)
    must_be_kept(url, commands, len(actions))
    compared = same_order(frames.read_text().splitlines(), _votes_of(url, place))
    frames.unlink()
    return played, compared


def same_order(frames: Iterable[str], log: Iterator[tuple[int, str, str, int]]) -> int:
    """Compare every total of every frame with the log (seq, actor, item, dots); gives how many. Raises Unsound."""
    shown = sorted(
        (message["seq"], item, int(dots))
        for message in map(_message, frames)
        if "from" in message
        for item, dots in TOTAL.findall(message.get("html", ""))
    )
    if not shown:
        raise Unsound("no totals were found in the frames, so their order can't be compared")
    held: dict[tuple[str, str], int] = {}
    totals: dict[str, int] = {}
    event = next(log, None)
    for seq, item, dots in shown:
        while event is not None and event[0] <= seq:
            _seq, actor, of, now = event
            totals[of] = totals.get(of, 0) + now - held.get((actor, of), 0)
            held[actor, of] = now
            event = next(log, None)
        if (logged := totals.get(item, 0)) != dots:
            raise Unsound(f"a frame says that {item} had {dots} dots at {seq}, by the log it had {logged}")
    return len(shown)


def _message(line: str) -> dict[str, Any]:
    return dict(orjson.loads(line.partition("\t")[2]))


def _votes_of(url: str, place: Place) -> Iterator[tuple[int, str, str, int]]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT seq, actor, body->>'item', (body->>'dots')::int FROM realtime_event"
            " WHERE stream_id = %s AND kind = 'dots.placed' ORDER BY seq",
            [place.stream],
        ).fetchall()
    yield from found
