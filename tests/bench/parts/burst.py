"""Everybody votes in the same instant, with live totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.bench.bench import Bench, median, rounded
from tests.bench.generator import Action, Plan, Played
from tests.bench.product import Commands, Product, clients, must_be_kept, votes
from tests.bench.rivals import Peer, plan_like
from tests.bench.stage import Spec
from tests.bench.table import Measured

APART_MS = 4000
"""From one burst to the next: the one before is long over."""


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """Both in turn, round after round; the middle of all bursts of each."""
    ours: list[Played] = []
    theirs: list[Played] = []
    for number in range(bench.sizes.rounds):
        played, actions = _product_run(bench, number)
        ours.append(played)
        theirs.append(_peer_run(bench, actions))
    product, picows = _seconds(ours), _seconds(theirs)
    detail = {
        "people": bench.sizes.burst,
        "product": {**_beside(ours, product), "acks": sum(played["acks"] for played in ours)},
        "picows": _beside(theirs, picows),
    }
    yield "burst", Measured(median(product) / median(picows), detail)


def _product_run(bench: Bench, number: int) -> tuple[Played, list[Action]]:
    people, commands = bench.sizes.burst, Commands()
    place = bench.place(Spec(people, 20, "live"))
    passed: dict[int, int] = {}
    actions: list[Action] = []
    for burst in range(bench.sizes.bursts):
        times = [float(burst * APART_MS)] * people
        actions += votes(place, commands, people=people, times=times, seed=number, group=burst, passed=passed)
    url = bench.prepared.copy("sqlite")
    with Product(url, bench.cores) as server:
        plan = Plan("live", clients(place, [server]), actions, {"quiet": 300})
        played = bench.play(f"workspace, {people} vote at once", plan, {"server": server.cpu})
    played.must_be_sound("workspace, all at once")
    must_be_kept(url, commands, len(actions))
    return played, actions


def _peer_run(bench: Bench, actions: list[Action]) -> Played:
    people = bench.sizes.burst
    with Peer("picows", bench.tools, bench.cores) as peer:
        plan = plan_like(bench.tools, peer, people, actions)
        played = bench.play(f"picows, {people} at once", plan, {"server": peer.cpu})
    played.must_be_sound("picows, all at once")
    return played


def _seconds(runs: list[Played]) -> list[float]:
    return [group["all_seconds"] for played in runs for group in played["groups"]]


def _beside(runs: list[Played], seconds: list[float]) -> dict[str, Any]:
    return {
        "seconds": round(median(seconds), 4),
        "seconds_each_burst": rounded(seconds),
        "cpu_s": rounded([played.used["server"] for played in runs]),
        "frames": [played["frames"] for played in runs],
        "generator_share": round(max(played.generator_share for played in runs), 3),
    }
