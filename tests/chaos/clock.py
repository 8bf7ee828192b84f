"""A server's clocks, set wrong on purpose: the wall clock from the start, the steady one when time is to pass."""

from __future__ import annotations

import datetime
import signal
import sys
import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace


def shift_by(seconds: float) -> None:
    """Let this process's wall clock go wrong by that much. Call before anything is imported that reads it."""
    if not seconds:
        return
    from django.utils import timezone

    true_time, true_ns, true_now = time.time, time.time_ns, timezone.now
    time.time = lambda: true_time() + seconds
    time.time_ns = lambda: true_ns() + int(seconds * 1e9)
    timezone.now = lambda: true_now() + datetime.timedelta(seconds=seconds)


def listen(later: Callable[[], float]) -> None:
    """On SIGUSR1 let that many seconds pass at once for everything in `realtime` that counts them."""
    passed = 0.0
    steady = SimpleNamespace(**vars(time))
    steady.monotonic = lambda: time.monotonic() + passed
    for name, module in list(sys.modules.items()):
        if name.startswith("realtime") and isinstance(getattr(module, "time", None), ModuleType):
            module.time = steady  # type: ignore[attr-defined]

    def pass_on(_number: int, _frame: object) -> None:
        nonlocal passed
        passed += later()

    signal.signal(signal.SIGUSR1, pass_on)
