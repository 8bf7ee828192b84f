"""The page on capacity shows what the reckoning says, and the reckoning is not absurd."""

from __future__ import annotations

from dataclasses import replace

from tests.bench.capacity import (
    LIMITS,
    PAGE,
    Costs,
    Room,
    breaks_first,
    load,
    processes_for,
    reckon,
    row,
    taken_over,
)

COSTS = Costs.read()


def test_the_page_shows_what_is_reckoned() -> None:
    text = PAGE.read_text()
    for people in (300, 1_000):
        for together in (False, True):
            assert row(people, COSTS, together=together) in text
    assert COSTS.from_ in text


def test_more_people_need_more_and_together_needs_less() -> None:
    few, many = processes_for(1_000, COSTS, together=True), processes_for(8_000, COSTS, together=True)
    spread = processes_for(8_000, COSTS, together=False)
    assert few is not None
    assert many is not None
    assert spread is not None
    assert few < many < spread


def test_a_room_costs_what_it_must() -> None:
    small, crowd = Room(40, 0.2), Room(1_000, 0.2)
    assert load(small, 1, COSTS) < load(crowd, 1, COSTS)
    assert load(crowd, 2, COSTS) < load(crowd, 1, COSTS) < 2 * load(crowd, 2, COSTS)
    assert load(Room(40, 0.4), 1, COSTS) > load(small, 1, COSTS)
    assert load(small, 1, replace(COSTS, frame=COSTS.frame * 2)) > load(small, 1, COSTS)


def test_what_breaks_first_is_what_is_nearest_to_its_limit() -> None:
    needs = reckon(1_000, COSTS, together=True)
    assert needs is not None
    needs.redis = LIMITS["redis"][0] * 2
    assert breaks_first(needs) == "messages a second through one Redis: 200%"


def test_figures_of_the_bench_are_taken_over() -> None:
    rows = [
        {
            "key": "commands.postgres",
            "value": 7.0,
            "detail": {"product": {"server_us_per_command": 60.0}},
        },
        {
            "key": "crowd.floor",
            "value": 4.0,
            "detail": {"rate": 250, "seconds": 10, "product": {"cpu_s": 3.0, "frames": 100_000}},
        },
        {"key": "memory", "value": 33.0, "detail": {}},
        {"key": "door", "value": None},
    ]
    told = taken_over(COSTS, {"rows": rows}, "bench-today")
    assert (told.command, told.person_kb) == (60.0, 33.0)
    assert 1 < told.frame < 30
    assert "bench-today" in told.from_
