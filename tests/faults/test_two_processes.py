"""Two server processes share one room over one PostgreSQL and one Redis, and do without the Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from realtime.client import Ack, LiveClient
from tests.daphne import Daphne
from tests.faults.cast import ADD, Cast, sees, write, write_many
from tests.faults.conftest import Serve
from tests.faults.stage import Stage, new_stage
from tests.servers import Redis
from workshops.crowd_trial import guest

BY_THE_LOG = 2.5
"""Seconds within which another process must have seen a change without being told: it looks every second."""


@pytest.fixture(scope="module")
def stage() -> Stage:
    return new_stage("postgres")


@pytest.fixture(scope="module")
def pair(serve: Serve, stage: Stage, own_redis: Redis) -> tuple[Daphne, Daphne]:
    return serve(stage.database_url, own_redis.url), serve(stage.database_url, own_redis.url)


@pytest.fixture
async def cast(stage: Stage, pair: tuple[Daphne, Daphne]) -> AsyncIterator[Cast]:
    async with Cast(stage, pair[0].url) as cast:
        yield cast


async def both_sides(cast: Cast, pair: tuple[Daphne, Daphne], each: int = 3) -> list[LiveClient]:
    """People on both processes, one of them by long poll."""
    people = []
    for number in range(each):
        for server in pair:
            transport = "poll" if number == each - 1 else "socket"
            name = f"P{number} at {server.port}"
            people.append(await cast.join(name, at=server.url, transport=transport))
    return people


async def test_everybody_sees_the_same_in_the_same_order(cast: Cast, pair: tuple[Daphne, Daphne]) -> None:
    people = await both_sides(cast, pair)
    before = len(cast.log())
    answers = await write_many(people, 8, "Idea")
    assert all(isinstance(answer, Ack) for answer in answers)
    assert len({answer.seq for answer in answers if isinstance(answer, Ack)}) == len(answers)
    ideas = await cast.agree(*people)
    assert len(set(ideas.values())) == len(ideas) == len(answers)
    assert len(cast.log()) == before + len(answers)
    cast.check_log()


async def test_one_op_sent_to_both_processes_takes_effect_once(
    cast: Cast, pair: tuple[Daphne, Daphne]
) -> None:
    session, paths = await cast.enter("Twice")
    here = await cast.connect(session, paths)
    there = await cast.connect(session, guest.elsewhere(paths, pair[1].url))
    assert here.person == there.person
    command = {"op": "the-same-op-1", **ADD, "text": "Only once"}
    (by_here, by_there), posted = await asyncio.gather(
        asyncio.gather(*(write(one, "Only once", op="the-same-op-1") for one in (here, there))),
        asyncio.gather(*(one.post(command) for one in (here, there) * 3)),
    )
    assert isinstance(by_here, Ack)
    assert by_here == by_there
    assert {(status, answer["seq"]) for status, answer in posted} == {(200, by_here.seq)}
    ideas = await cast.agree(here, there)
    assert list(ideas.values()).count("Only once") == 1
    cast.check_log()


async def test_presence_counts_people_of_all_processes(cast: Cast, pair: tuple[Daphne, Daphne]) -> None:
    here = await cast.join("Here", at=pair[0].url)
    there = await cast.join("There", at=pair[1].url)
    both = {here.person, there.person}
    screen = await cast.facilitate(at=pair[1].url)
    await screen.wait_until(lambda one: both <= one.now.get("people", {}).keys(), 5)
    assert len(screen.now["people"]) == screen.now["here"] >= 3
    for one in (here, there):  # people of other tests may leave meanwhile
        await one.wait_until(lambda one: one.now["here"] == screen.now["here"], 5)


async def test_somebody_removed_by_the_other_process_is_closed_out(
    cast: Cast, pair: tuple[Daphne, Daphne]
) -> None:
    unwanted = await cast.join("Unwanted", at=pair[0].url, keep_received=True)
    polling = await cast.connect(unwanted.session, unwanted.paths, transport="poll", keep_received=True)
    witness = await cast.join("Witness", at=pair[1].url)
    await write(unwanted, "Kept all the same")
    remover = await cast.facilitate(at=pair[1].url)
    assert isinstance(await remover.send({"do": "person.remove", "person": unwanted.person}), Ack)
    await unwanted.wait_until(lambda one: one.ended or one.close_codes, 5)
    assert unwanted.close_codes[-1] == 4403
    await write(witness, "Not for the one removed")
    await polling.wait_until(lambda one: one.ended, 5)
    for one in (unwanted, polling):
        assert "403" in one.ended
        assert one.received is not None
        assert not any("Not for the one removed" in text for text in one.received)
    ideas = await cast.agree(witness)
    assert "Kept all the same" in ideas.values()


async def test_lost_hints_cost_a_second_and_nothing_else(
    cast: Cast, pair: tuple[Daphne, Daphne], own_redis: Redis
) -> None:
    here = await cast.join("Without Redis", at=pair[0].url)
    there = await cast.join("Also without", at=pair[1].url)
    own_redis.kill()
    try:
        for number in range(3):
            assert isinstance(await write(here, f"No Redis {number}", seconds=5), Ack)
            await there.wait_until(sees(f"No Redis {number}"), BY_THE_LOG)
        late = await cast.join("Came without Redis", at=pair[1].url)
        assert isinstance(await write(late, "From a newcomer", seconds=5), Ack)
        await here.wait_until(sees("From a newcomer"), BY_THE_LOG)
    finally:
        await asyncio.to_thread(own_redis.start)
    assert isinstance(await write(there, "Redis is back", seconds=5), Ack)
    await cast.agree(here, there, late)
    assert [one.close_codes for one in (here, there, late)] == [[], [], []]
    cast.check_log()


async def test_hints_come_again_when_redis_is_back(
    cast: Cast, pair: tuple[Daphne, Daphne], own_redis: Redis
) -> None:
    here = await cast.join("Here again", at=pair[0].url)
    there = await cast.join("There again", at=pair[1].url)
    await hears_hints(own_redis, pair)
    assert isinstance(await write(here, "Told at once"), Ack)
    await there.wait_until(sees("Told at once"), BY_THE_LOG)
    await cast.agree(here, there)


async def test_an_emptied_redis_is_not_noticed(
    cast: Cast, pair: tuple[Daphne, Daphne], own_redis: Redis
) -> None:
    here = await cast.join("Before", at=pair[0].url)
    there = await cast.join("After", at=pair[1].url)
    async with redis.asyncio.from_url(own_redis.url) as commands:
        await commands.flushall()
    await write_many([here, there], 3, "Emptied")
    await cast.agree(here, there, seconds=BY_THE_LOG)
    cast.check_log()


async def hears_hints(own_redis: Redis, pair: tuple[Daphne, Daphne]) -> None:
    """Wait until both processes have subscribed to the room's hints again."""
    async with redis.asyncio.from_url(own_redis.url) as commands, asyncio.timeout(10):
        while True:
            channels = await commands.pubsub_channels("*__group__room.*")
            if channels and dict(await commands.pubsub_numsub(*channels))[channels[0]] == len(pair):
                return
            await asyncio.sleep(0.05)  # Redis tells nobody who subscribes.
