"""The server as it ships, with what only a test may do put around it from outside.

The folder CHAOS_FOLDER tells it what to do; every file there is written by `tests.chaos.control`. The product has no
such hooks: whatever is broken here is broken by wrapping `Ledger`, the clock or the rules' view, in this process only.
"""

from __future__ import annotations

import os

from tests.chaos import clock

clock.shift_by(float(os.environ.get("CHAOS_CLOCK", "0")))  # before anything reads the time

import threading  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from functools import wraps  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from django.db import connection  # noqa: E402
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402

from lab_workspace.asgi import application  # noqa: E402  # sets up Django, so it comes before the rest
from realtime.ledger import Answer, Asked, Ledger  # noqa: E402
from tests.chaos import sabotage  # noqa: E402
from tests.chaos.control import BEFORE_ACK, BEFORE_COMMIT, MARK  # noqa: E402

__all__ = ["application"]

folder = Path(os.environ["CHAOS_FOLDER"])
UNBOUNDED = 4_294_967_294
_thread = threading.local()
_commit, _end_transaction = Ledger.commit, BaseDatabaseWrapper.commit


def told(name: str) -> str:
    """What the test has written there; nothing if it hasn't."""
    try:
        return (folder / name).read_text()
    except OSError:
        return ""


def stand_still(place: str) -> None:
    """Wait at this place, if a marked command is under way and the test wants it, until it says otherwise."""
    if getattr(_thread, "marked", False) and told("pause") == place:
        (folder / "reached").touch()
        while told("pause") == place:
            time.sleep(0.01)  # nothing tells a thread that a file has changed


def limit_disk() -> None:
    """Let SQLite find its disk full, or not any more. The limit belongs to each connection."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0] if told("disk") == "full" else UNBOUNDED
            if pages != getattr(_thread, "pages", UNBOUNDED):
                cursor.execute(f"PRAGMA max_page_count = {pages}")
                _thread.pages = pages


@wraps(_commit)
def commit(self: Ledger, batch: Sequence[Asked], *args: Any, **options: Any) -> list[Answer]:
    limit_disk()
    _thread.marked = any(asked.op.startswith(MARK) for asked in batch)
    try:
        answers = sabotage.commit(_commit, self, batch, *args, **options)
        stand_still(BEFORE_ACK)
    finally:
        _thread.marked = False
    return answers


@wraps(_end_transaction)
def end_transaction(self: BaseDatabaseWrapper) -> None:
    stand_still(BEFORE_COMMIT)
    _end_transaction(self)


Ledger.commit = commit  # type: ignore[method-assign]
BaseDatabaseWrapper.commit = end_transaction  # type: ignore[method-assign]
sabotage.install()
clock.listen(lambda: float(told("later") or 0))
