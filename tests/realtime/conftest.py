"""The toy room's templates, and a ledger of one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

import pytest
from django.template import engines
from django.template.backends.django import DjangoTemplates

from realtime.kinds import register
from realtime.ledger import Ledger, make_stream
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
