"""Real servers under faults: every test gets databases and, where it needs one, a Redis of its own to break."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest

from tests import services
from tests.daphne import Daphne
from tests.servers import Redis


class Serve(Protocol):
    """Starts one server; it is killed at the end of the module."""

    def __call__(self, database_url: str, redis_url: str = "", **env: str) -> Daphne: ...


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Start servers that live until the module's tests are done."""
    servers: list[Daphne] = []

    def start(database_url: str, redis_url: str = "", **env: str) -> Daphne:
        server = Daphne(database_url, redis_url=redis_url, **env)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()


@pytest.fixture(scope="module")
def own_redis() -> Iterator[Redis]:
    """A Redis that a test may stop and empty."""
    redis = Redis(services.FOLDER / "redis-of-faults")
    redis.start()
    yield redis
    redis.kill()
