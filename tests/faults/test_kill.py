"""kill -9 before the commit, between commit and ack, and after the ack; then everybody comes back and sends again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from realtime.client import Ack, LiveClient
from tests.daphne import Daphne, Kind
from tests.faults.cast import Cast, Row, until, write
from tests.faults.conftest import Serve
from tests.faults.stage import new_stage

# As in `pausing_asgi`, which only a server may import.
BEFORE_COMMIT, BEFORE_ACK, AFTER_ACK = "before commit", "before ack", "after ack"
MARKED = "Stand still here"


@dataclass
class Play:
    """A server that stands still where told, and two people in its room."""

    server: Daphne
    folder: Path
    cast: Cast
    ann: LiveClient
    ben: LiveClient

    async def die(self, place: str) -> list[Row]:
        """Ann writes an idea; the server dies at that place of its way. Gives what the log then has of it."""
        self.folder.joinpath("at").write_text(place)
        self.folder.joinpath("reached").unlink(missing_ok=True)
        op, text = f"op-{place.replace(' ', '-')}", f"{MARKED}: {place}"
        sending = asyncio.create_task(write(self.ann, text, op=op))
        if place == AFTER_ACK:
            await sending
        else:
            await until(self.folder.joinpath("reached").exists, "the server stands still")
        self.server.kill()
        rows = [row for row in self.cast.log() if row.op == op]
        meanwhile = asyncio.create_task(write(self.ben, f"Written while it was down, {place}"))
        self.folder.joinpath("at").write_text("")
        await asyncio.to_thread(self.server.start)
        answers = await asyncio.gather(sending, meanwhile)
        assert all(isinstance(answer, Ack) for answer in answers)
        assert await write(self.ann, text, op=op) == answers[0]
        return rows


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_every_acknowledged_idea_is_there_once_and_every_other_one_after_sending_again(
    kind: Kind, serve: Serve, tmp_path: Path
) -> None:
    stage = new_stage(kind)
    tmp_path.joinpath("at").write_text("")
    server = serve(
        stage.database_url, application="tests.faults.pausing_asgi:application", PAUSE_FOLDER=str(tmp_path)
    )
    async with Cast(stage, server.url) as cast:
        ann, ben = await cast.join("Ann"), await cast.join("Ben")
        play = Play(server, tmp_path, cast, ann, ben)
        await write(ben, "Written before")
        assert await play.die(BEFORE_COMMIT) == []
        assert len(await play.die(BEFORE_ACK)) == 1
        assert len(await play.die(AFTER_ACK)) == 1
        ideas = await cast.agree(ann, ben)
        cast.check_log()
        assert len(set(ideas.values())) == len(ideas) == 7
        assert await kept_in_archive(cast) == sorted(ideas.values())


async def kept_in_archive(cast: Cast) -> list[str]:
    """Close the workshop; give the ideas that its archive kept."""
    fay = await cast.facilitate()
    assert isinstance(await fay.send({"do": "workshop.close"}), Ack)
    url = f"{cast.base_url}/workshops/{cast.stage.workshop}/archive/all.json"
    async with fay.session.get(url) as response:
        assert response.status == 200
        archive = await response.json()
    return sorted(idea["text"] for idea in archive["ideas"].values())
