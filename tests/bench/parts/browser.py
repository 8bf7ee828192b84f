"""What a slow phone has to do: measured by `tests.browser.speed` in Chromium, on the product's own page and server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests import services
from tests.bench.bench import Bench, median, rounded
from tests.bench.machine import all_cores
from tests.bench.table import Measured
from tests.browser.speed import measure as measure_board
from tests.browser.speed import stage
from tests.daphne import Daphne, fresh_database

SLOWDOWN = 4


def measure(bench: Bench) -> Iterator[tuple[str, Measured]]:
    """Measure the boards, round after round; in each the slowest board counts, and then the middle of the rounds."""
    url = fresh_database("sqlite")
    codes = stage(url, bench.sizes.cards)
    with all_cores(bench.cores):  # a browser is many processes, and the server has little to do here
        server = Daphne(url)
        server.start()
        try:
            rounds = [asyncio.run(_measured(bench, server.url, codes)) for _ in range(bench.sizes.rounds)]
        finally:
            server.kill()
    for board in (board for boards in rounds for board in boards):
        bench.say(f"browser, {board['board']}: whole {board['whole']} ms, longest task {board['longest']} ms")
    kept_up = all(board["shown"] for boards in rounds for board in boards)
    yield "browser.whole", _slowest(rounds, "whole", 1000)
    yield "browser.changes", _slowest(rounds, "longest", 1, sound=kept_up)


def _slowest(
    rounds: list[list[dict[str, Any]]], figure: str, divided_by: float, *, sound: bool = True
) -> Measured:
    """Give the middle of what the slowest board of each round took; every board of every round stands beside it."""
    found = [max(board[figure] for board in boards) / divided_by for boards in rounds]
    beside: dict[str, list[float]] = {board["board"]: [] for board in rounds[0]}
    for board in (board for boards in rounds for board in boards):
        beside[board["board"]].append(board[figure])
    return Measured(median(found), {"each_round": rounded(found), "boards_ms": beside}, sound=sound)


async def _measured(bench: Bench, url: str, codes: dict[str, str]) -> list[dict[str, Any]]:
    from playwright.async_api import async_playwright

    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_chromium(), args=flags)
        found = [
            await measure_board(
                browser,
                url,
                codes[board],
                board=board,
                slowdown=SLOWDOWN,
                seconds=bench.sizes.browser_seconds,
            )
            for board in bench.sizes.boards
        ]
        await browser.close()
    return found


def _chromium() -> str:
    """Bring it as the tests do."""
    try:
        return services._bring_program(*services._PROGRAMS["browser"])
    except pytest.UsageError as error:
        raise RuntimeError(str(error)) from error
