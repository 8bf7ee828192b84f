"""Whether this process should be sent people: what `/readyz` says.

Not ready means that people are better served elsewhere or later: the database can't be reached, its tables are not
those of this release, its disk is nearly full, or the process is about to end. Without Redis everything still works,
only slower, so that is `degraded` and not a reason to send anybody away: every other process would say the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db import Error as DatabaseError
from django.db.migrations.executor import MigrationExecutor

from lab_workspace import drain
from realtime.hub import hub

DATABASE_SECONDS = 3.0
LAYER_SECONDS = 1.0
GOOD_FOR_SECONDS = 1.0
"""An answer is given again for this long, so that asking often costs nothing."""
type Report = dict[str, Any]


class Readiness:
    """Looks after the parts that a process needs; one look at a time, however many ask."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "ready")
        self._database: asyncio.Future[dict[str, str]] | None = None
        self._looking: asyncio.Task[Report] | None = None
        self._report: Report = {}
        self._until = 0.0
        self._migrated = False
        self._channel = ""

    async def report(self) -> tuple[bool, Report]:
        """Say whether this process is ready, and what was found."""
        if is_leaving():
            return False, {"status": "draining"}
        if time.monotonic() > self._until:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            await asyncio.shield(self._looking)
        return self._report["status"] in {"ready", "degraded"}, self._report

    async def _look(self) -> Report:
        in_database, layer = await asyncio.gather(self._look_at_database(), self._look_at_layer())
        parts = {**in_database, "disk": room_on_disk(), "layer": layer}
        worst = {"ok"} | set(parts.values())
        if worst <= {"ok", "none"}:
            status = "ready"
        elif all(parts[name] in {"ok", "none", "low"} for name in parts if name != "layer"):
            status = "degraded"
        else:
            status = "not ready"
        self._report, self._until = {"status": status, **parts}, time.monotonic() + GOOD_FOR_SECONDS
        return self._report

    async def _look_at_database(self) -> dict[str, str]:
        """Ask in a thread of its own; one that hangs is waited for by nobody twice."""
        if self._database is None or self._database.done():
            self._database = asyncio.get_running_loop().run_in_executor(self._thread, self._ask_database)
        done, _ = await asyncio.wait([self._database], timeout=DATABASE_SECONDS)
        return self._database.result() if done else {"database": "slow", "migrations": "unknown"}

    def _ask_database(self) -> dict[str, str]:
        connection = connections[DEFAULT_DB_ALIAS]
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            if not self._migrated:  # once applied they stay
                executor = MigrationExecutor(connection)
                self._migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return {"database": "away", "migrations": "unknown"}
        finally:
            connection.close()
        return {"database": "ok", "migrations": "ok" if self._migrated else "missing"}

    async def _look_at_layer(self) -> str:
        """Send a message to ourselves through Redis."""
        layer = get_channel_layer()
        if layer is None or isinstance(layer, InMemoryChannelLayer):
            return "none"
        number = uuid.uuid4().hex
        try:
            async with asyncio.timeout(LAYER_SECONDS):
                self._channel = self._channel or await layer.new_channel()
                await layer.send(self._channel, {"type": "ready", "number": number})
                while (await layer.receive(self._channel)).get("number") != number:
                    pass  # the answer to an earlier question that took too long
        except Exception:  # noqa: BLE001 (any failure of the layer means: without it)
            self._channel = ""
            return "away"
        return "ok"


def is_leaving() -> bool:
    """Whether this process was told to end."""
    return drain.leaving() or hub().draining


def room_on_disk() -> str:
    """Whether there is room to write: `full` only where the database itself is on this disk."""
    here = connections[DEFAULT_DB_ALIAS]
    ours = here.vendor == "sqlite"
    with contextlib.suppress(OSError):
        folder = Path(here.settings_dict["NAME"]).parent if ours else Path(settings.BASE_DIR)
        if shutil.disk_usage(folder).free < settings.LEAST_DISK_MB * 1_000_000:
            return "full" if ours else "low"
    return "ok"
