"""Measures the live engine and its peers and writes down what came of it. `make bench`, or `python -m tests.bench`.

Exit code 0 if everything could be measured, whether or not the targets were met; else 1.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests import services
from tests.bench import machine, table, tools
from tests.bench.bench import FULL, QUICK, Bench
from tests.bench.generator import Unsound
from tests.bench.stage import Prepared
from tests.bench.table import Measured
from tests.daphne import REPOSITORY, collected_static
from tests.servers import Postgres, Redis

type Part = Callable[[Bench], Iterator[tuple[str, Measured]]]


def parts() -> dict[str, Part]:
    """The parts, in the order in which they run, by how their rows' keys begin."""
    from tests.bench.parts import (
        browser,
        burst,
        commands,
        crowd,
        crowded,
        door,
        growth,
        processes,
        reveal,
        storm,
        suggest,
    )

    return {
        "crowd": crowd.measure,
        "burst": burst.measure,
        "commands": commands.measure,
        "storm": storm.measure,
        "reveal": reveal.measure,
        "growth": growth.measure,
        "processes": processes.measure,
        "memory": crowded.measure,
        "browser": browser.measure,
        "suggest": suggest.measure,
        "door": door.measure,
    }


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small and once: under two minutes, no figures to keep"
    )
    parser.add_argument(
        "--only", default="", help="some parts only, with commas; the others count as not measured"
    )
    parser.add_argument("--rounds", type=int, default=0, help="how often each run is made")
    parser.add_argument(
        "--tools", type=Path, default=REPOSITORY / "var" / "bench", help="where the peers are kept"
    )
    parser.add_argument("--out", type=Path, help="the JSON file to write")
    given = parser.parse_args()
    if unknown := set(filter(None, given.only.split(","))) - set(parts()):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(parts())}")
    return given


def main() -> int:
    """Run it."""
    given = arguments()
    started, moment = time.monotonic(), datetime.now(UTC)
    load = machine.load_average()
    brought = tools.bring(given.tools)
    cores = machine.pin_ourselves()
    bench = _prepare(given, brought, cores)
    measured, problems = _measure(bench, given.only.split(",") if given.only else list(parts()))
    rows = table.as_json(measured, problems)
    told = {
        "date": moment.isoformat(timespec="seconds"),
        "quick": given.quick,
        "rounds": bench.sizes.rounds,
        "seconds": round(time.monotonic() - started),
        "machine": {
            **machine.described(cores, services.FOLDER),
            "load_before": load,
            "load_after": machine.load_average(),
        },
        "versions": {**machine.versions(), **brought.versions, "commit": _commit(), **_servers(bench)},
        "notes": bench.notes,
        "rows": rows,
    }
    out = given.out or given.tools / f"{'quick' if given.quick else 'bench'}-{moment:%Y%m%d-%H%M%S}.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(told, indent=1) + "\n")
    print(f"\n{table.printed(rows)}\n")  # noqa: T201
    for note in bench.notes:
        print(f"Note: {note}")  # noqa: T201
    if given.quick:
        print("Quick: small and measured once. These are no figures to keep.")  # noqa: T201
    print(f"Load average before {load}, after {machine.load_average()}; {told['seconds']} s")  # noqa: T201
    print(out.resolve())  # noqa: T201
    return int(any(row["value"] is None and row["met"] is False for row in rows))


def _prepare(given: argparse.Namespace, brought: tools.Tools, cores: machine.Cores) -> Bench:
    """Start what the servers stand on and make the workshops."""
    services.FOLDER = Path(tempfile.mkdtemp(prefix="lab-bench-"))
    services.FOLDER.chmod(0o755)
    atexit.register(shutil.rmtree, services.FOLDER, ignore_errors=True)
    os.environ.update(services._ENVIRONMENT)
    postgres, redis = Postgres(services.FOLDER / "postgres"), Redis(services.FOLDER / "redis")
    for server in (postgres, redis):
        server.start()
        atexit.register(server.stop)
    services.POSTGRES_URL, services.REDIS_URL = postgres.url, redis.url
    sizes = QUICK if given.quick else FULL
    if given.rounds:
        sizes = type(sizes)(**{**vars(sizes), "rounds": given.rounds})
    bench = Bench(sizes, brought, cores, Prepared(), postgres, redis)
    print("Making the workshops ...", flush=True)  # noqa: T201
    collected_static()
    with machine.all_cores(cores), ThreadPoolExecutor(2) as threads:
        making = [
            threads.submit(bench.prepared.make, "sqlite", bench.specs),
            threads.submit(bench.prepared.make, "postgres", bench.specs_on_postgres),
        ]
    for made in making:
        made.result()
    os.environ["DATABASE_URL"] = bench.prepared.copy("sqlite")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
    import django

    django.setup()
    return bench


def _measure(bench: Bench, names: list[str]) -> tuple[dict[str, Measured], dict[str, str]]:
    """Run the parts. One that fails is told, and does not keep the others from being measured."""
    measured: dict[str, Measured] = {}
    problems: dict[str, str] = {}
    for name, part in parts().items():
        if name not in names:
            continue
        began = time.monotonic()
        print(f"{name}:", flush=True)  # noqa: T201
        try:
            measured.update(part(bench))
        except (Unsound, RuntimeError, OSError, subprocess.SubprocessError) as error:
            problems[name] = str(error)
            print(f"  FAILED: {error}", flush=True)  # noqa: T201
        print(f"  {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201
    if "memory" in problems:
        problems["download"] = problems["memory"]
    return measured, problems


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def _servers(bench: Bench) -> dict[str, Any]:
    import psycopg

    with psycopg.connect(bench.postgres.url) as connection:
        postgres = connection.info.parameter_status("server_version")
    return {
        "PostgreSQL": postgres,
        "PostgreSQL from": bench.postgres.origin,
        "Redis from": bench.redis.origin,
    }


if __name__ == "__main__":
    sys.exit(main())
