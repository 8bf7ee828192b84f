"""The configurations in docs/deploy/ really serve a workshop: over TLS, through nginx and Caddy, to sockets and long polls."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from realtime.client import Ack
from tests import services
from tests.daphne import Daphne
from tests.faults.cast import write
from tests.faults.stage import Stage, new_stage
from tests.ops import proxies
from tests.ops.proxies import DEPLOY, CastOutside, Front, browser

TOKEN = "a token for Prometheus, made up"


@pytest.fixture(scope="module")
def stage() -> Stage:
    return new_stage("postgres")


@pytest.fixture(scope="module")
def pair(stage: Stage) -> Iterator[list[Daphne]]:
    """Two processes with production's settings, HTTPS too."""
    servers = [
        Daphne(
            stage.database_url,
            redis_url=services.REDIS_URL,
            HTTPS="1",
            BEHIND_PROXY="1",
            ALLOWED_HOSTS=proxies.HOST,
            PROCESSES="2",
            METRICS_TOKEN=TOKEN,
        )
        for _ in range(2)
    ]
    for server in servers:
        server.start()
    yield servers
    for server in servers:
        server.kill()


@pytest.fixture(scope="module")
def nginx(pair: list[Daphne], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    front = proxies.nginx(
        os.environ["NGINX_PROGRAM"], tmp_path_factory.mktemp("nginx"), [one.port for one in pair]
    )
    front.process.start()
    yield front
    front.process.stop()


@pytest.fixture(scope="module")
def caddy(pair: list[Daphne], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    front = proxies.caddy(
        os.environ["CADDY_PROGRAM"], tmp_path_factory.mktemp("caddy"), [one.port for one in pair]
    )
    front.process.start()
    yield front
    front.process.stop()


async def play(front: Front, stage: Stage) -> None:
    async with CastOutside(stage, front.url) as cast:
        ann, ben, fay = (
            await cast.join("Ann"),
            await cast.join("Ben", transport="poll"),
            await cast.facilitate(),
        )
        assert ann.transport == "socket"
        for client in (ann, ben, fay):
            assert isinstance(await write(client, f"by {client.transport}"), Ack)
        await cast.agree(ann, ben, fay)
        cast.check_log()
        cookies = [cookie for cookie in ann.session.cookie_jar if cookie.key == "sessionid"]
        assert cookies
        assert all(cookie["secure"] for cookie in cookies)


async def look_from_outside(front: Front) -> None:
    async with browser() as session:
        for path, status in (
            ("/readyz", 200),
            ("/healthz", 200),
            ("/metrics", 404),
            ("/accounts/login/", 200),
        ):
            headers = {"Authorization": f"Bearer {TOKEN}"}
            async with session.get(front.url + path, headers=headers) as answer:
                assert answer.status == status, path
        async with session.post(f"{front.url}/nothing/", data=io.BytesIO(b"x" * 2_000_000)) as answer:
            assert answer.status in {413, 502}  # Caddy of Debian 12 says 502
        for _ in range(4):  # and no process counts as broken for it
            async with session.get(f"{front.url}/readyz") as answer:
                assert answer.status == 200


async def test_nginx(nginx: Front, stage: Stage) -> None:
    await play(nginx, stage)
    await look_from_outside(nginx)
    async with browser() as session:
        plain = f"http://{proxies.HOST}:{nginx.plain_port}/library/"
        async with session.get(plain, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (301, f"https://{proxies.HOST}/library/")
    log = nginx.access_log.read_text()
    assert "/join/..." in log
    assert stage.code not in log
    assert "?" not in log


async def test_caddy(caddy: Front, stage: Stage) -> None:
    await play(caddy, stage)
    await look_from_outside(caddy)
    assert stage.code not in caddy.access_log.read_text()


async def test_one_workshop_in_one_process(
    nginx: Front, pair: list[Daphne], stage: Stage, tmp_path: Path
) -> None:
    front = proxies.nginx(os.environ["NGINX_PROGRAM"], tmp_path, [one.port for one in pair], by_workshop=True)
    front.process.start()
    try:
        async with CastOutside(stage, front.url) as cast:
            people = [await cast.join(f"Person {number}") for number in range(4)]
            assert sorted([await sockets_of(server) for server in pair]) == [0, 4]
            assert isinstance(await write(people[0], "all in one place"), Ack)
    finally:
        front.process.stop()


async def sockets_of(server: Daphne) -> float:
    token = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        aiohttp.ClientSession(headers=token) as session,
        session.get(f"{server.url}/metrics") as answer,
    ):
        return float((await answer.text()).partition("\nlab_sockets ")[2].partition("\n")[0])


async def test_a_rolling_restart_loses_nothing(
    nginx: Front, pair: list[Daphne], stage: Stage, tmp_path: Path
) -> None:
    """The script of docs/deploy/, with a `systemctl` that restarts our two."""
    asked, done = tmp_path / "asked", tmp_path / "done"
    for pipe in (asked, done):
        os.mkfifo(pipe)
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" > {asked}\ncat {done} > /dev/null\n')
    systemctl.chmod(0o755)

    def restart() -> None:
        for server in pair:
            assert asked.read_text().split() == ["restart", f"lab@{server.port}"]
            assert server.stop() == 0
            server.start()
            done.write_text("done")

    async with CastOutside(stage, nginx.url) as cast:
        people = {f"Person {number}": await cast.join(f"Person {number}") for number in range(4)}
        for name, client in people.items():
            assert isinstance(await write(client, name), Ack)
        theirs = {row.private["text"]: row.body["idea"] for row in cast.log() if row.kind == "idea.added"}

        async def rewrite(ending: str) -> None:
            edit = {"do": "idea.edit", "activity": "a1"}
            answers = await asyncio.gather(
                *(
                    client.send({**edit, "idea": theirs[name], "text": f"{name}{ending}"})
                    for name, client in people.items()
                )
            )
            assert [answer for answer in answers if not isinstance(answer, Ack)] == []

        script = await asyncio.create_subprocess_exec(
            DEPLOY / "rolling-restart.sh",
            *(str(server.port) for server in pair),
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            stdout=asyncio.subprocess.PIPE,
        )
        restarting = asyncio.create_task(asyncio.to_thread(restart))
        number = 0
        while not restarting.done():
            await rewrite(f" {number}")
            number += 1
        await rewrite("")
        await restarting
        said, _ = await script.communicate()
        assert script.returncode == 0
        assert said.decode().splitlines() == [f"lab@{server.port} is ready" for server in pair]
        await cast.agree(*people.values(), seconds=20)
        cast.check_log()
