"""What a slow phone has to do. Measured by `tests.browser.speed` in Chromium, on a server and workshops of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.bench.bench import Bench
from tests.bench.table import Measured
from tests.daphne import REPOSITORY

SLOWDOWN = 4


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """Take the slowest board; on the full bench all kinds of boards, else a ballot."""
    sizes = bench.sizes
    command = [
        sys.executable,
        "-m",
        "tests.browser.speed",
        "--cards",
        str(sizes.cards),
        "--slowdown",
        str(SLOWDOWN),
    ]
    command += ["--seconds", str(sizes.browser_seconds)]
    if sizes.rounds == 1:
        command += ["--boards", "ballot"]
    # Both cores: a browser is many processes, and the server has little to do here.
    cores = f"{bench.cores.server},{bench.cores.load}"
    done = subprocess.run(
        ["taskset", "-c", cores, *command],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(f"the browser could not be measured:\n{(done.stdout + done.stderr)[-3000:]}")
    boards: list[dict[str, Any]] = json.loads(done.stdout[done.stdout.index("[") :])
    for board in boards:
        bench.say(f"browser, {board['board']}: {json.dumps(board)}")
    slowest = max(boards, key=lambda board: board["whole"])
    roughest = max(boards, key=lambda board: board["longest"])
    kept_up = all(board["shown"] for board in boards)
    yield "browser.whole", Measured(slowest["whole"] / 1000, {"board": slowest["board"], "boards": boards})
    yield "browser.changes", Measured(roughest["longest"], {"board": roughest["board"]}, sound=kept_up)
