"""New people through the whole door over HTTP: the form, the seat, the page. Those inside go on voting meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.bench.bench import Bench, median, rounded
from tests.bench.generator import BOTTLENECK, Plan, Played, Unsound, spread_over
from tests.bench.product import Commands, Product, clients, must_be_kept, votes
from tests.bench.stage import Place, Spec
from tests.bench.table import Measured

AT_ONCE = 32
INSIDE_RATE = 20
MOST_SECONDS = 40


@dataclass
class Joined:
    """What it came to."""

    seconds: float
    waits: list[float]
    client_share: float


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """People a second, and receipts meanwhile. On the full bench the middle of the rounds."""
    runs = [_run(bench, number) for number in range(bench.sizes.rounds)]
    rates = [len(joined.waits) / joined.seconds for joined, _played in runs]
    first = runs[0][0]
    detail: dict[str, Any] = {
        "people": bench.sizes.guests,
        "at_once": AT_ONCE,
        "each_round": rounded(rates),
        "half_within_s": round(median(first.waits), 3),
        "server_ms_each": rounded(
            [played.used["server"] / bench.sizes.guests * 1000 for _joined, played in runs]
        ),
        "ack_p95_ms_meanwhile": [_p95(joined, played) for joined, played in runs],
        "client_share": round(max(joined.client_share for joined, _played in runs), 3),
    }
    if detail["client_share"] > BOTTLENECK:
        bench.note(
            "joining over HTTP: the client in Python was busy most of the time: the server could take more"
        )
    yield "door", Measured(median(rates), detail)


def _run(bench: Bench, number: int) -> tuple[Joined, Played]:
    sizes, commands = bench.sizes, Commands()
    place = bench.place(Spec(sizes.inside, 20, "live"))
    times = list(spread_over(INSIDE_RATE * _seconds(bench), INSIDE_RATE))
    actions = votes(place, commands, people=sizes.inside, times=times, seed=number)
    url = bench.prepared.copy("sqlite")
    joined: list[Joined] = []
    with Product(url, bench.cores) as server, ThreadPoolExecutor(1) as thread:
        plan = Plan("live", clients(place, [server]), actions, {"quiet": 300, "deadline": 60_000})

        def crowd() -> None:
            joined.append(
                thread.submit(lambda: asyncio.run(_all_join(server.url, place, sizes.guests))).result()
            )

        what = f"workspace, {sizes.guests} join through the door"
        played = bench.play(what, plan, {"server": server.cpu}, meanwhile=crowd)
    played.must_be_sound(what)
    must_be_kept(url, commands, len(actions))
    return joined[0], played


def _seconds(bench: Bench) -> int:
    """So long do those inside vote."""
    return min(MOST_SECONDS, 2 + bench.sizes.guests // 20)


async def _all_join(url: str, place: Place, guests: int) -> Joined:
    from workshops.crowd_trial.guest import NotLetIn, cookie_jar, join

    few = asyncio.Semaphore(AT_ONCE)
    waits: list[float] = []

    async def one(number: int) -> None:
        async with few, aiohttp.ClientSession(cookie_jar=cookie_jar()) as session:
            began = time.perf_counter()
            try:
                await join(session, url, place.code, f"Newcomer {number}")
            except (NotLetIn, aiohttp.ClientError) as error:
                raise Unsound(f"somebody was not let in: {error}") from error
            waits.append(time.perf_counter() - began)

    cpu, began = time.process_time(), time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(guests)))
    seconds = time.perf_counter() - began
    return Joined(seconds, waits, (time.process_time() - cpu) / seconds)


def _p95(joined: Joined, played: Played) -> float:
    """Of the receipts for what was sent while people joined (ms)."""
    waited = sorted(ms for at, ms in played["acked"] if at <= joined.seconds * 1000)
    return float(waited[int(0.95 * (len(waited) - 1))])
