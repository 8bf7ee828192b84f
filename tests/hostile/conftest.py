"""Real servers under attack: one for all cases of a module."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.faults.conftest import own_redis, serve
from tests.hostile.arena import Arena, arena, errors_in

__all__ = ["own_redis", "serve"]


@pytest.fixture(scope="package")
async def playground() -> AsyncIterator[Arena]:
    """A server and its people for the tests in which something does change."""
    async with arena("postgres") as made:
        yield made


@pytest.fixture
async def unshaken(playground: Arena) -> AsyncIterator[Arena]:
    """The playground; at the end nobody was disturbed, and the server has no error to tell of."""
    yield playground
    for bystander in playground.bystanders:
        assert bystander.closed is None
        assert (await bystander.ask("ping"))["code"] == "unknown_command"
    assert errors_in(playground.server.log) == []
