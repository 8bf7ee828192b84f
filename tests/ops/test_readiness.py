"""What makes a process not ready, and what only makes it slower."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from channels.layers import channel_layers
from django.db import connection, connections
from pytest_django import Settings

from lab_workspace import environment
from lab_workspace.operations.readiness import Readiness
from realtime import hub
from tests import services
from tests.processes import free_port
from tests.servers import Redis

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    redis = Redis(services.FOLDER / "redis-of-readiness")
    redis.start()
    settings.CHANNEL_LAYERS = {"default": environment.channel_layer(redis.url)}
    channel_layers.backends = {}
    yield redis
    redis.kill()
    channel_layers.backends = {}


async def look() -> tuple[bool, dict[str, str]]:
    ready, found = await Readiness().report()
    await hub.shutdown()
    return ready, found


async def test_all_well(redis: Redis) -> None:
    ready, found = await look()
    assert ready
    assert found == {"status": "ready", "database": "ok", "migrations": "ok", "disk": "ok", "layer": "ok"}


async def test_without_redis_it_is_slower_but_ready_and_comes_back(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab_workspace.operations.readiness.GOOD_FOR_SECONDS", -1.0)
    readiness = Readiness()
    assert (await readiness.report())[1]["layer"] == "ok"
    redis.kill()
    ready, found = await readiness.report()
    assert (ready, found["status"], found["layer"]) == (True, "degraded", "away")
    redis.start()
    async with asyncio.timeout(20):
        while (await readiness.report())[1]["status"] != "ready":
            pass
    await hub.shutdown()


async def test_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(connections.settings["default"], "PORT", str(free_port()))
        ready, found = await look()
    assert not ready
    assert (found["status"], found["database"]) == ("not ready", "away")


async def test_tables_of_an_older_release() -> None:
    from asgiref.sync import sync_to_async

    @sync_to_async
    def rename(old: str, new: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE django_migrations SET app = %s WHERE app = %s", [new, old])

    await rename("realtime", "away")
    try:
        ready, found = await look()
    finally:
        await rename("away", "realtime")
    assert not ready
    assert found["migrations"] == "missing"


async def test_a_full_disk_matters_where_the_database_is_on_it(settings: Settings) -> None:
    settings.LEAST_DISK_MB = 10**9
    ready, found = await look()
    expected = (False, "not ready", "full") if connection.vendor == "sqlite" else (True, "degraded", "low")
    assert (ready, found["status"], found["disk"]) == expected
