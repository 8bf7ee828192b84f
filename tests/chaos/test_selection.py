"""A few of the faults of `make chaos`, on both stores, and that its oracle tells when a promise is broken."""

from __future__ import annotations

import pytest

from tests.chaos.fault import Fault
from tests.chaos.faults.databases import PostgresRestarted, Restored
from tests.chaos.faults.hints import RedisFlushed
from tests.chaos.faults.networks import Offline
from tests.chaos.faults.people import Duplicates
from tests.chaos.faults.processes import Kill
from tests.chaos.lab import Lab
from tests.chaos.play import Play, Result, Size
from tests.daphne import Kind

SMALL = Size(people=8, each=6, moments=1, kills=0, pairs=0, patience=15)
THREE_MOMENTS = Size(people=8, each=6, moments=3, kills=0, pairs=0, patience=15)
ON: dict[Kind, tuple[type[Fault], ...]] = {
    "sqlite": (Kill, Duplicates, Restored),
    "postgres": (Kill, Duplicates, Restored, RedisFlushed, PostgresRestarted),
}


async def played(lab: Lab, fault: Fault) -> Result:
    size = THREE_MOMENTS if isinstance(fault, Kill) and lab.kind == "sqlite" else SMALL
    return await Play(lab, fault, f"1/{fault.name}/{lab.kind}", size).run()


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
async def test_what_was_acknowledged_is_there_once_and_everybody_sees_the_same(store: Kind) -> None:
    async with Lab(store, len(ON[store])) as lab:
        for fault in ON[store]:
            result = await played(lab, fault())
            assert not result.not_happened, f"{fault.name}: {result.not_happened}"
            assert result.found.lines() == [], fault.name
            assert result.acknowledged > SMALL.people * 3


@pytest.mark.parametrize(("sabotage", "found"), [("drop", "lost"), ("double", "doubled"), ("leak", "leaked")])
async def test_a_server_that_breaks_a_promise_is_told_by_what_it_broke(sabotage: str, found: str) -> None:
    async with Lab("sqlite", CHAOS_SABOTAGE=sabotage) as lab:
        result = await played(lab, Offline())
    assert not result.not_happened, result.not_happened
    assert getattr(result.found, found)
