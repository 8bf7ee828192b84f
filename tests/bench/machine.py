"""What this machine is, which core does what, and what a process has used of it."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

OURS = ("Django", "channels", "daphne", "twisted", "autobahn", "uvloop", "orjson", "redis", "psycopg")


@dataclass(frozen=True)
class Cores:
    """The core that servers have for themselves, and the one for the load, Redis and PostgreSQL."""

    server: int
    load: int


def pin_ourselves() -> Cores:
    """Take the load's core for this process and all that it starts."""
    there = sorted(os.sched_getaffinity(0))
    cores = Cores(there[0], there[1] if len(there) > 1 else there[0])
    os.sched_setaffinity(0, {cores.load})
    return cores


@contextmanager
def all_cores(cores: Cores) -> Iterator[None]:
    """Let what this thread starts meanwhile use both."""
    os.sched_setaffinity(0, {cores.server, cores.load})
    try:
        yield
    finally:
        os.sched_setaffinity(0, {cores.load})


def cpu_seconds(pid: int) -> float:
    """Give what all threads of a process have used, ended ones too, in seconds, to the nanosecond.

    It is the process's own CPU clock, which the kernel keeps from the same counts as /proc/PID/task/*/schedstat.
    """
    return time.clock_gettime(~pid << 3 | 2)


def cpu_of_family(pid: int) -> float:
    """Give what a process and its living children have used (PostgreSQL has one for each connection)."""
    pids = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        pids += [int(child) for child in (task / "children").read_text().split()]
    used = 0.0
    for one in pids:
        try:
            used += cpu_seconds(one)
        except OSError:  # it ended just now
            continue
    return used


def rss_bytes(pid: int) -> int:
    """Give the memory that a process has in use."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def described(cores: Cores, databases: Path) -> dict[str, object]:
    """Say on what this is measured; `databases` is the folder where they are."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": model or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "server_on_core": cores.server,
        "load_on_core": cores.load,
        "databases_on": _file_system(databases),
    }


def _file_system(folder: Path) -> str:
    """On a tmpfs a commit costs nothing, and the rows with commands mean little."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    return max(
        (mount for mount in mounts if folder.is_relative_to(mount[0])), key=lambda mount: len(mount[0])
    )[1]


def versions() -> dict[str, str]:
    """Name the releases that the product stands on."""
    return {"python": platform.python_version(), **{name: version(name) for name in OURS}}


def load_average() -> str:
    """How busy the machine was over the last 1, 5 and 15 minutes."""
    return " ".join(f"{one:.2f}" for one in os.getloadavg())
