"""No row goes missing, nothing that was not as it must be counts as reached, and totals out of order are noticed."""

from __future__ import annotations

import json

import pytest

from tests.bench import table, write_up
from tests.bench.generator import Unsound
from tests.bench.parts.growth import fit
from tests.bench.parts.processes import same_order
from tests.bench.table import Measured


def frame(seq: int, item: str, dots: int) -> str:
    html = f'<p id="item-{item}.tally" class="num"><b>{dots} dots</b> from 2 people</p>'
    return "0\t" + json.dumps({"from": seq - 1, "seq": seq, "html": html})


def test_a_row_that_was_not_measured_says_so() -> None:
    rows = table.as_json({"burst": Measured(1.5)}, {"storm": "it broke"})
    assert [row["key"] for row in rows] == [row.key for row in table.ROWS]
    found = {row["key"]: row for row in rows}
    assert (found["burst"]["value"], found["burst"]["met"]) == (1.5, True)
    assert (found["storm"]["value"], found["storm"]["met"], found["storm"]["problem"]) == (
        None,
        False,
        "it broke",
    )
    assert found["door"]["met"] is False
    assert "it broke" in table.printed(rows)


def test_reached_depends_on_the_side_and_on_soundness() -> None:
    measured = {
        "commands.sqlite": Measured(4.9),
        "commands.postgres": Measured(5),
        "reveal": Measured(1, sound=False),
        "door": Measured(20),
    }
    met = {row["key"]: row["met"] for row in table.as_json(measured, {})}
    assert [met[key] for key in measured] == [False, True, False, None]


def test_a_run_becomes_a_section_of_the_page() -> None:
    detail = {"people": 500, "product": {"cpu_s": 1.2, "frames": 100000}, "floor": {"cpu_s": 0.4}}
    rows = table.as_json({"crowd.floor": Measured(3, detail)}, {"burst": "lost 3"})
    keys = ("cpu", "cores", "memory_gb", "system", "databases_on", "load_before", "load_after")
    told = {
        "date": "2026-11-22T10:00:00+00:00",
        "quick": False,
        "rounds": 3,
        "seconds": 1500,
        "machine": dict.fromkeys(keys, "1"),
        "versions": {"commit": "abc", "python": "3.13"},
        "notes": ["it was noisy"],
        "rows": rows,
    }
    text = write_up.section(told)
    assert "| 3× | ≤ 4× | yes | N = 500; ours: 1.2 s CPU, 100,000 frames; floor: 0.4 s CPU |" in text
    assert "not measured | ≤ 2× | **no** | lost 3 |" in text
    assert "* it was noisy" in text
    assert write_up.PAGE.read_text().count(write_up.MARK) == 1


def test_the_exponent_of_a_power_is_found() -> None:
    slope, at_one = fit({n: 0.02 * n**0.8 for n in (100, 300, 1000)})
    assert (slope, at_one) == pytest.approx((0.8, 0.02))


def test_totals_must_be_what_the_log_gives_at_their_number() -> None:
    log = [(1, "pa", "i1", 1), (2, "pb", "i1", 2), (3, "pa", "i1", 3), (4, "pa", "i2", 1)]
    right = [frame(2, "i1", 3), frame(3, "i1", 5), frame(4, "i2", 1)]
    assert same_order(right, iter(log)) == 3
    with pytest.raises(Unsound, match="i1 had 4 dots at 3, by the log it had 5"):
        same_order([right[0], frame(3, "i1", 4)], iter(log))
    with pytest.raises(Unsound, match="no totals"):
        same_order([], iter(log))
