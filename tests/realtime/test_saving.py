"""Small writes of many people, made durable together: each wholly or not at all."""

from __future__ import annotations

import asyncio
import uuid
from functools import partial

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError
from django.utils import translation

from realtime.models import Stream
from realtime.saving import MOST_TOGETHER, saves

pytestmark = pytest.mark.django_db(transaction=True)


def make(name: uuid.UUID) -> uuid.UUID:
    return Stream.objects.create(pk=name, kind="toy").pk


def make_and_fail(name: uuid.UUID) -> None:
    make(name)
    raise LookupError("after it was written")


async def names() -> set[uuid.UUID]:
    return await sync_to_async(lambda: set(Stream.objects.values_list("pk", flat=True)))()


async def test_one_that_fails_takes_no_other_with_it() -> None:
    good, bad, twice = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    outcomes = await asyncio.gather(
        saves().do(partial(make, good)),
        saves().do(partial(make_and_fail, bad)),
        saves().do(partial(make, twice)),
        saves().do(partial(make, twice)),
        return_exceptions=True,
    )
    assert outcomes[0] == good
    assert isinstance(outcomes[1], LookupError)
    assert outcomes[2] == twice
    assert isinstance(outcomes[3], IntegrityError)
    assert await names() == {good, twice}


async def test_who_hangs_up_takes_no_other_with_them_and_more_than_one_batch_is_written() -> None:
    wanted = [uuid.uuid4() for _ in range(MOST_TOGETHER + 20)]
    writing = [asyncio.ensure_future(saves().do(partial(make, name))) for name in wanted]
    await asyncio.sleep(0)
    writing[3].cancel()
    done = await asyncio.gather(*writing, return_exceptions=True)
    assert isinstance(done[3], asyncio.CancelledError)
    assert [name for n, name in enumerate(done) if n != 3] == [
        name for n, name in enumerate(wanted) if n != 3
    ]
    assert await names() >= set(wanted) - {wanted[3]}


async def test_a_batch_is_not_written_in_the_language_of_whoever_came_first() -> None:
    with translation.override("cy"):
        first = asyncio.ensure_future(saves().do(translation.get_language))
        await asyncio.sleep(0)
    told = await asyncio.gather(first, saves().do(translation.get_language))
    assert set(told) == {"en-gb"}
