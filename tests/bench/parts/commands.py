"""Durable commands a second in one room, against a plain loop that saves one row for each.

The one side: the whole workspace. Everybody sends all their votes at once over their sockets, each of which is read,
decided by the rules, written to the log with its hash chain, committed, answered and shown to everybody with live
totals; the time goes from the first that was sent to the last receipt.

The other: a process on the same core that makes an `Event` row of the same content and calls `save()`, one
transaction for each, and does nothing else: no sockets, no rules, no chain, nobody to tell.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.bench.bench import Bench, median, rounded
from tests.bench.generator import Plan, Played
from tests.bench.product import Commands, Product, clients, must_be_kept, votes
from tests.bench.stage import Spec
from tests.bench.table import Measured
from tests.daphne import REPOSITORY, Kind, environment


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """Both sides on both databases, in turn."""
    kinds: tuple[Kind, ...] = ("sqlite", "postgres")
    ours: dict[Kind, list[Played]] = {kind: [] for kind in kinds}
    saves: dict[Kind, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for number in range(bench.sizes.rounds):
        for kind in kinds:
            ours[kind].append(_product_run(bench, kind, number))
            saves[kind].append(_save_run(bench, kind))
    for kind in kinds:
        product = [played["acks"] / played["groups"][0]["ack_seconds"] for played in ours[kind]]
        plain = [told["rows"] / told["seconds"] for told in saves[kind]]
        detail: dict[str, Any] = {
            "product": {
                "commands_per_s": round(median(product)),
                "commands_per_s_each_round": rounded(product),
                "commands": ours[kind][0]["acks"],
                "people": bench.sizes.senders,
                "server_us_per_command": round(
                    median([played.used["server"] / played["acks"] * 1e6 for played in ours[kind]]), 1
                ),
                "frames": [played["frames"] for played in ours[kind]],
                "generator_share": round(max(played.generator_share for played in ours[kind]), 3),
            },
            "save": {
                "rows_per_s": round(median(plain)),
                "rows_per_s_each_round": rounded(plain),
                "rows": saves[kind][0]["rows"],
                "us_per_row": round(median([told["cpu"] / told["rows"] * 1e6 for told in saves[kind]]), 1),
            },
        }
        yield f"commands.{kind}", Measured(median(product) / median(plain), detail)


def _product_run(bench: Bench, kind: Kind, number: int) -> Played:
    sizes, commands = bench.sizes, Commands()
    place = bench.place(Spec(sizes.senders, 20, "live"), kind)
    times = [0.0] * (sizes.senders * sizes.each_sends)
    actions = votes(place, commands, people=sizes.senders, times=times, seed=number)
    url = bench.prepared.copy(kind)
    with Product(url, bench.cores) as server:
        plan = Plan("live", clients(place, [server]), actions, {"quiet": 300, "deadline": 60_000})
        what = f"workspace on {kind}, {len(actions)} commands at once"
        played = bench.play(what, plan, {"server": server.cpu})
    played.must_be_sound(what)
    must_be_kept(url, commands, len(actions))
    return played


def _save_run(bench: Bench, kind: Kind) -> dict[str, float]:
    place = bench.place(Spec(bench.sizes.senders, 20, "live"), kind)
    core = str(bench.cores.server)
    done = subprocess.run(
        [
            "taskset",
            "-c",
            core,
            sys.executable,
            "-m",
            "tests.bench.parts.commands",
            place.stream,
            str(bench.sizes.saves),
        ],
        cwd=REPOSITORY,
        env=environment(bench.prepared.copy(kind)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the loop of saves failed:\n{done.stdout}{done.stderr}")
    told: dict[str, float] = json.loads(done.stdout)
    bench.say(f"one save() each on {kind}: {told['rows'] / told['seconds']:.0f} rows/s")
    return told


def save_each(stream_id: str, rows: int) -> dict[str, float]:
    """Save so many rows, one after the other."""
    import time

    from django.utils import timezone

    from realtime.models import Event, Stream

    stream = Stream.objects.get(pk=stream_id)
    cpu, started = time.process_time(), time.perf_counter()
    for number in range(rows):
        Event(
            stream=stream,
            seq=stream.seq + 1 + number,
            at=timezone.now(),
            kind="dots.placed",
            actor=f"p{number % 250:016x}",
            op=f"plain-save-{number:08d}",
            asked=bytes(16),
            body={"activity": "a2", "item": f"i{number % 20}", "dots": 1},
            seal=bytes(32),
            chain=bytes(32),
        ).save()
    return {"rows": rows, "seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
    django.setup()
    print(json.dumps(save_each(sys.argv[1], int(sys.argv[2]))))  # noqa: T201
