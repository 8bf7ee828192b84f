"""Plays every fault and reports. `make chaos` runs it.

QUICK=1: a few minutes. FAULT=name[,name]: only these. STORE=sqlite|postgres: only this. SEED=n: the same chances again.
SABOTAGE=drop|double|leak: with servers that break a promise; must end non-zero. OLD=commit: the release before.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys

from tests import services


def main() -> int:
    """Run what the environment asks for."""
    services.start()
    from tests.chaos.run import Wanted, play_all  # reads the settings that `services` has made

    env = os.environ
    wanted = Wanted(
        quick=env.get("QUICK", "") not in {"", "0"},
        faults=tuple(filter(None, env.get("FAULT", "").split(","))),
        stores=tuple(filter(None, env.get("STORE", "").split(","))),
        seed=env.get("SEED", "") or str(random.randrange(10**6)),
        sabotage=env.get("SABOTAGE", ""),
    )
    return asyncio.run(play_all(wanted))


if __name__ == "__main__":
    sys.exit(main())
