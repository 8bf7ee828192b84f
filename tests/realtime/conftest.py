"""The toy room's templates, a ledger of one, and rooms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

import pytest
from asgiref.sync import sync_to_async
from django.template import engines
from django.template.backends.django import DjangoTemplates

from realtime import wire
from realtime.kinds import register
from realtime.ledger import Ledger, make_stream
from realtime.models import Stream
from tests.realtime.rooms import Rooms
from tests.realtime.toy import Toy

HERE = str(Path(__file__).parent / "templates")


@pytest.fixture(autouse=True)
def toys() -> Iterator[None]:
    register(Toy())
    engine = cast("DjangoTemplates", engines["django"]).engine
    engine.dirs = [*engine.dirs, HERE]
    yield
    engine.dirs = [path for path in engine.dirs if path != HERE]


@pytest.fixture
def ledger(db: None) -> Ledger:
    ledger = Ledger(make_stream("toy").pk)
    ledger.load()
    return ledger


@pytest.fixture
async def quiet() -> AsyncIterator[None]:
    """Ends the hub of the test's loop, with its threads' connections."""
    from realtime.hub import shutdown

    yield
    await shutdown()


@pytest.fixture
async def stream(transactional_db: None) -> Stream:
    return await sync_to_async(make_stream)("toy")


@pytest.fixture
async def rooms() -> AsyncIterator[Rooms]:
    rooms = Rooms()
    yield rooms
    for room in rooms.open:
        room.close(wire.RESTART)
        await room._task
    await rooms.hub.shutdown()
