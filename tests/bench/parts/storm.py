"""A crowd joins at once and gets a whole board, while some are already inside and go on working."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.bench.bench import Bench, median, rounded
from tests.bench.generator import Action, Plan, Played, Unsound, spread_over
from tests.bench.product import Commands, Product, clients, must_be_kept, votes
from tests.bench.rivals import Peer, plan_like
from tests.bench.stage import Spec
from tests.bench.table import Measured

BEGINS_MS = 1500
INSIDE_RATE = 50
BOARD_BYTES = 100_000


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """Both in turn, round after round."""
    ours: list[Played] = []
    theirs: list[Played] = []
    for number in range(bench.sizes.rounds):
        played, actions = _product_run(bench, number)
        ours.append(played)
        theirs.append(_peer_run(bench, actions))
    product = [played["join_seconds"] for played in ours]
    picows = [played["join_seconds"] for played in theirs]
    acks = [_p95_meanwhile(played) for played in ours]
    refused = sum(played["failed"] + played["closed"] for played in ours)
    detail = {
        "people": bench.sizes.joining,
        "inside": bench.sizes.inside,
        "refused": refused,
        "product": _beside(ours, product),
        "picows": _beside(theirs, picows),
    }
    yield "storm", Measured(median(product) / median(picows), detail, sound=not refused)
    yield "storm.acks", Measured(median(acks) / 1000, {"each_round_ms": rounded(acks)})


def _product_run(bench: Bench, number: int) -> tuple[Played, list[Action]]:
    sizes, commands = bench.sizes, Commands()
    place = bench.place(Spec(sizes.joining + sizes.inside, sizes.board_ideas, "live"))
    count = int(INSIDE_RATE * (BEGINS_MS / 1000 + sizes.storm_seconds))
    times = list(spread_over(count, INSIDE_RATE))
    actions = votes(place, commands, people=sizes.inside, times=times, seed=number)
    url = bench.prepared.copy("sqlite")
    with Product(url, bench.cores) as server:
        there = clients(place, [server], sizes.inside)
        there += clients(place, [server], sizes.joining, at=BEGINS_MS, first=sizes.inside)
        plan = Plan("live", there, actions, {"quiet": 300, "deadline": 60_000})
        what = f"workspace, {sizes.joining} join at once"
        played = bench.play(what, plan, {"server": server.cpu})
    if problems := [one for one in played.problems(closed=True) if not one.startswith("failed")]:
        raise Unsound(f"{what}: {', '.join(problems)}")
    board = played["full_bytes"] / max(1, played["full"])
    if board < BOARD_BYTES:
        raise Unsound(f"the board has only {board:.0f} bytes: give it more than {sizes.board_ideas} ideas")
    if board > 1.3 * BOARD_BYTES:
        bench.note(f"{what}: the board has {board:.0f} bytes, far more than picows sends")
    must_be_kept(url, commands, len(actions))
    return played, actions


def _peer_run(bench: Bench, actions: list[Action]) -> Played:
    sizes = bench.sizes
    with Peer("picows", bench.tools, bench.cores, board=BOARD_BYTES) as peer:
        plan = plan_like(bench.tools, peer, sizes.inside, actions)
        plan.clients += peer.clients(sizes.joining, at=BEGINS_MS)
        played = bench.play(f"picows, {sizes.joining} join at once", plan, {"server": peer.cpu})
    played.must_be_sound("picows, joining")
    return played


def _p95_meanwhile(played: Played) -> float:
    """Of the receipts for what was sent while people were still joining (ms)."""
    until = BEGINS_MS + played["join_seconds"] * 1000
    waited = sorted(ms for at, ms in played["acked"] if BEGINS_MS <= at <= max(until, BEGINS_MS + 500))
    return float(waited[int(0.95 * (len(waited) - 1))])


def _beside(runs: list[Played], seconds: list[float]) -> dict[str, Any]:
    return {
        "seconds": round(median(seconds), 4),
        "seconds_each_round": rounded(seconds),
        "cpu_s": rounded([played.used["server"] for played in runs]),
        "board_bytes": round(runs[0]["full_bytes"] / max(1, runs[0]["full"])),
        "half_within_ms": [played["join_ms"]["p50"] for played in runs],
        "generator_share": round(max(played.generator_share for played in runs), 3),
    }
