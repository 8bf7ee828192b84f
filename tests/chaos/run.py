"""Plays what is wanted, one fault after the other, on one lab for each store."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.chaos import report
from tests.chaos.fault import Fault
from tests.chaos.faults import FAULTS
from tests.chaos.lab import Lab
from tests.chaos.play import QUICK, Play, Result, Size
from tests.daphne import Kind

KILLS_EACH = 10
SABOTAGES = ("drop", "double", "leak")


@dataclass(frozen=True)
class Wanted:
    """What to play."""

    quick: bool = False
    faults: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    seed: str = "1"
    sabotage: str = ""


def say(*lines: str) -> None:
    """Print at once."""
    for line in lines:
        print(line, flush=True)  # noqa: T201


def _chosen(wanted: Wanted, store: Kind) -> list[type[Fault]]:
    unknown = set(wanted.faults) - {fault.name for fault in FAULTS}
    if unknown:
        raise SystemExit(
            f"There is no fault {', '.join(sorted(unknown))}. There are: {', '.join(f.name for f in FAULTS)}"
        )
    return [
        fault
        for fault in FAULTS
        if store in fault.stores and (not wanted.faults or fault.name in wanted.faults)
    ]


async def play_all(wanted: Wanted) -> int:
    """Play it and report; 0 if every promise was kept and every fault was one."""
    begun = time.monotonic()
    if wanted.sabotage and wanted.sabotage not in SABOTAGES:
        raise SystemExit(f"SABOTAGE is one of {', '.join(SABOTAGES)}.")
    if wanted.sabotage and not wanted.faults:
        wanted = Wanted(True, ("offline-5s",), wanted.stores, wanted.seed, wanted.sabotage)
    say(f"seed {wanted.seed}" + (f", sabotage: {wanted.sabotage}" if wanted.sabotage else ""))
    results: list[Result] = []
    for store in ("sqlite", "postgres"):
        if not wanted.stores or store in wanted.stores:
            results += await _play_on(store, wanted)
    say("", *report.table(results), "", f"{time.monotonic() - begun:.0f} seconds, seed {wanted.seed}")
    say(report.last_line(results))
    return 1 if not results or any(one.bad for one in results) else 0


async def _play_on(store: Kind, wanted: Wanted) -> list[Result]:
    size = QUICK if wanted.quick else Size()
    faults = _chosen(wanted, store)
    results = []
    common = [fault for fault in faults if store not in fault.alone]
    if common:
        async with Lab(store, _places(common, size), CHAOS_SABOTAGE=wanted.sabotage) as lab:
            for fault in common:
                seeds = _seeds(fault, wanted, store, size)
                results += [await played(lab, fault(), seed, size) for seed in seeds]
    for kind in faults:
        if store in kind.alone and os.geteuid() != 0:
            say(f"left out {kind.name} on {store}: only root can mount the small file system that it needs")
        elif store in kind.alone:
            alone = kind()
            async with alone.lab(store) as lab:
                results.append(await played(lab, alone, f"{wanted.seed}/{kind.name}/{store}", size))
    return results


def _places(faults: list[type[Fault]], size: Size) -> int:
    return len(faults) + size.kills // KILLS_EACH + 1


def _seeds(fault: type[Fault], wanted: Wanted, store: Kind, size: Size) -> Iterator[str]:
    times = max(1, size.kills // KILLS_EACH) if fault.name == "kill-9-anywhere" else 1
    for time_ in range(times):
        yield f"{wanted.seed}/{fault.name}/{store}" + (f"/{time_}" if times > 1 else "")


async def played(lab: Lab, fault: Fault, seed: str, size: Size) -> Result:
    """Play one fault and say what came of it."""
    result = await Play(lab, fault, seed, size).run()
    say(*report.said(result))
    return result
