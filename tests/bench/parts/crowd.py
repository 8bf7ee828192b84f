"""One schedule for all: people vote at a steady rate, and every change reaches everybody. Against every peer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from tests.bench.bench import Bench, median, rounded
from tests.bench.generator import Action, Plan, Played
from tests.bench.product import Commands, Product, clients, must_be_kept, schedule
from tests.bench.rivals import Name, Peer, plan_like
from tests.bench.table import Measured

NAMES: tuple[Name, ...] = get_args(Name.__value__)


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """Play it with each in turn, round after round."""
    runs: dict[str, list[Played]] = {"product": [], **{name: [] for name in NAMES}}
    for number in range(bench.sizes.rounds):
        played, actions = product_run(bench, number)
        runs["product"].append(played)
        for name in NAMES:
            runs[name].append(_peer_run(bench, name, actions))
    beside = {name: _beside(those) for name, those in runs.items()}
    cost = {name: median([played.used["server"] for played in those]) for name, those in runs.items()}
    change = {name: median([_each_change(played) for played in those]) for name, those in runs.items()}
    p95 = {name: median([played["all_ms"]["p95"] for played in those]) for name, those in runs.items()}
    shown = {"people": bench.sizes.crowd, "rate": bench.sizes.rate, "seconds": bench.sizes.seconds}
    pair = {name: {**shown, "product": beside["product"], name: beside[name]} for name in NAMES}
    yield "crowd.floor", Measured(cost["product"] / cost["floor"], pair["floor"])
    yield "crowd.socketio", Measured(change["product"] / change["socket.io"], pair["socket.io"])
    yield "crowd.ywebsocket", Measured(change["product"] / change["y-websocket"], pair["y-websocket"])
    yield "crowd.ws", Measured(cost["product"] / cost["ws"], pair["ws"])
    yield "crowd.p95", Measured(p95["product"] / p95["picows"], pair["picows"])


def product_run(bench: Bench, number: int) -> tuple[Played, list[Action]]:
    """One run of the workspace on a fresh copy of its database."""
    place, commands, sizes = bench.place(bench.crowd), Commands(), bench.sizes
    actions = schedule(
        place, commands, people=sizes.crowd, rate=sizes.rate, seconds=sizes.seconds, seed=number
    )
    url = bench.prepared.copy("sqlite")
    with Product(url, bench.cores) as server:
        plan = Plan("live", clients(place, [server]), actions, {"quiet": 300})
        played = bench.play(f"workspace, {sizes.crowd} people", plan, {"server": server.cpu})
    played.must_be_sound("workspace")
    must_be_kept(url, commands, played["acks"])
    return played, actions


def _peer_run(bench: Bench, name: Name, actions: list[Action]) -> Played:
    with Peer(name, bench.tools, bench.cores) as peer:
        plan = plan_like(bench.tools, peer, bench.sizes.crowd, actions, deadline=90_000)
        played = bench.play(f"{name}, {bench.sizes.crowd} people", plan, {"server": peer.cpu})
    played.must_be_sound(name)
    return played


def _each_change(played: Played) -> float:
    return float(played.used["server"] / max(1, played["delivered"]))


def _beside(runs: list[Played]) -> dict[str, Any]:
    """Give what stands beside a ratio: the middle of each figure over the rounds."""
    cpu = [played.used["server"] for played in runs]
    found = {
        "cpu_s": round(median(cpu), 4),
        "cpu_s_each_round": rounded(cpu),
        "us_per_change": round(median([_each_change(played) * 1e6 for played in runs]), 3),
        "us_per_frame": round(
            median([played.used["server"] / max(1, played["frames"]) * 1e6 for played in runs]), 2
        ),
        "frames": round(median([played["frames"] for played in runs])),
        "frame_bytes": round(median([played["frame_bytes"] for played in runs])),
    }
    for name in ("p50", "p95", "p99"):
        found[f"{name}_all_ms"] = median([played["all_ms"][name] for played in runs])
        found[f"{name}_each_ms"] = median([played["each_ms"][name] for played in runs])
    acks = [played["groups"][0]["ack_ms"] for played in runs]
    if all("p95" in one for one in acks):
        found["ack_p95_ms"] = median([one["p95"] for one in acks])
    found["generator_share"] = round(max(played.generator_share for played in runs), 3)
    return found
