"""How the server starts: on which loop, with which limits; and that it works without its fast ways."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from lab_workspace import serve
from tests.daphne import Daphne, fresh_database


def test_our_few_options_become_daphnes() -> None:
    given = serve.arguments(["--host", "::1", "--port", "9000"])
    assert given[:2] == ["--endpoint", r"tcp:port=9000:interface=\:\:1:backlog=2048"]
    assert given[-1] == "lab_workspace.asgi:application"
    assert serve.arguments(["--unix", "/run/lab:1.sock"])[1] == r"unix:/run/lab\:1.sock:backlog=2048"
    assert serve.arguments(["other:application"])[-1] == "other:application"


@pytest.mark.parametrize("fast", [True, False])
async def test_it_serves_and_drains_with_and_without_its_fast_ways(fast: bool) -> None:
    ways = {} if fast else {"DIRECT_WRITES": "0", "LOOP": "asyncio"}
    server = await asyncio.to_thread(lambda: Daphne(fresh_database("sqlite"), **ways))
    await asyncio.to_thread(server.start)
    try:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{server.url}/accounts/login/") as page:
                assert page.status == 200
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await session.ws_connect(f"{server.ws_url}/ws/nowhere/", origin=server.url)
    finally:
        await asyncio.to_thread(server.stop)
    told = [
        server.log.find(words)
        for words in (f"serving on 127.0.0.1:{server.port}", "drain.begun", "drain.done", "stopped")
    ]
    assert -1 not in told
    assert told == sorted(told)
    assert "Traceback" not in server.log
