"""Hostile cases that others wrote down, where their file is there; those of `data` always run."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from realtime.client import Ack
from tests.faults.cast import Cast, board, faults_in, write
from tests.faults.conftest import Serve
from tests.faults.line import line
from tests.faults.stage import new_stage
from tests.hostile.samples import Player, load, needs_vote
from tests.servers import Redis


async def test_every_case_of_the_file(serve: Serve, own_redis: Redis, real_data: Path | None) -> None:
    path = real_data / "hostile_examples.jsonl" if real_data else None
    if path is None or not path.exists():
        return  # the run's summary says so
    stage = new_stage("postgres")
    server = serve(stage.database_url, own_redis.url)
    async with Cast(stage, server.url) as cast:
        fay, owen = await cast.facilitate(), await cast.join("Owen")
        assert isinstance(await write(owen, "Owen's idea"), Ack)
        idea = next(iter(board(owen))).removeprefix("idea-")
        values = {
            "$NOTE": idea,
            "$NOTE_OTHER": idea,
            "$NOTE_B": "i1",
            "$CLUSTER": "g1",
            "$CLUSTER_B": "g1",
            "$BOARD": "a1",
            "$BOARD_B": stage.workshops["Elsewhere"]["id"],
            "$USER_OTHER": owen.person,
            "$UUID_1": "one-op-of-a-case",
            "$UUID_2": "another-op-of-a-case",
            "$SEQ": "1",
            "$BUDGET": "5",
        }
        voting = False
        for case in load(path):
            if needs_vote(case) and not voting:
                for command in (
                    {"do": "step.close", "activity": "a1"},
                    {"do": "step.open", "activity": "a2"},
                ):
                    assert isinstance(await fay.send(command), Ack)
                voting = True
            attacker = await cast.join(f"Mallory {case['id']}")
            async with AsyncExitStack() as stack:
                player = Player(cast, attacker, owen, values, own_redis.url, stack)
                player.lines.append(await stack.enter_async_context(line(fay.session, fay.paths)))
                await player.play(case)
                for expected in case["expect"]:
                    try:
                        await player.check(expected)
                    except AssertionError as error:
                        raise AssertionError(f"{case['id']} ({case['note']}), {expected}: {error}") from error
        assert fay.close_codes == owen.close_codes == []
    assert faults_in(server.log) == []
