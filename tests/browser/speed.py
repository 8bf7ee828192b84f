"""How long a slow phone works on a crowded board: a whole view of 600 cards, their reveal, 20 changes a second.

Run as `python -m tests.browser.speed [--cards 600] [--slowdown 4]`, which prints one JSON object; or await `measure`. The
page, its styles and its markup are the product's own, from a real server; what arrives is put into the page's socket
with real markup, so that the figures are the browser's alone. Nothing here runs in the tests: times are no assertions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Page, async_playwright

from tests import services
from tests.daphne import REPOSITORY, Daphne, environment, fresh_database

CARDS = 600
SLOWDOWN = 4
TIMES = 3
WORK = {
    "TaskDuration": "all",
    "ScriptDuration": "script",
    "RecalcStyleDuration": "style",
    "LayoutDuration": "layout",
}
BOARDS = ("ideas", "groups", "ballot")
PROBE = (Path(__file__).parent / "speed_probe.js").read_text()
WORDS = "Let newcomers shadow a volunteer for a week before they decide, and pay for the bus"


async def measure(
    browser: Browser, base_url: str, code: str, *, board: str, slowdown: float = SLOWDOWN, seconds: float = 5
) -> dict[str, Any]:
    """Measure one board with a new participant, in milliseconds of the slowed-down browser.

    Returns:
        whole: from a whole view's arrival to its last card on the screen; whole_task: its longest task over 50 ms, or 0.
        reveal, reveal_task: the same of a frame that brings all cards to an empty list.
        tasks: how many tasks took over 50 ms while 20 keys a second changed; longest: the longest of them, or 0.
        changes: how many changes were put in; fewer than 20 a second where the page could not keep up.
        shown: whether the last change was in the page a second later.
        whole_work, reveal_work, change_work: where the main thread's time went, each time.
    """
    context = await browser.new_context(
        base_url=base_url, viewport={"width": 390, "height": 844}, locale="en-GB"
    )
    try:
        page = await context.new_page()
        await page.add_init_script(PROBE)
        await page.goto(f"/join/{code}/")
        await page.get_by_label("Your name").fill("Bao")
        await page.get_by_role("button", name="Join the workshop").click()
        await page.evaluate("speed.connected()")
        cdp = await context.new_cdp_session(page)
        await cdp.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        await cdp.send("Performance.enable")
        return {"board": board, **await _measured(page, cdp, board, seconds)}
    finally:
        await context.close()


async def _measured(page: Page, cdp: CDPSession, board: str, seconds: float) -> dict[str, Any]:
    await page.wait_for_timeout(1_000)
    measured: dict[str, Any] = {"cards": await page.evaluate("speed.cards().length")}
    # A frame that brings all at once: what a reveal is. (Groups come with their cards in them.)
    for name in ["whole"] if board == "groups" else ["whole", "reveal"]:
        before = await _work(cdp)
        times = [await page.evaluate(f"speed.{name}()") for _ in range(TIMES)]
        measured[name] = statistics.median(one["ms"] for one in times)
        measured[f"{name}_task"] = statistics.median(one["longest"] for one in times)
        measured[f"{name}_work"] = _spent(before, await _work(cdp), TIMES)
    before = await _work(cdp)
    measured |= await page.evaluate("seconds => speed.changes(seconds)", seconds)
    measured["change_work"] = _spent(before, await _work(cdp), measured["changes"])
    return {name: round(one) if isinstance(one, float) else one for name, one in measured.items()}


async def _work(cdp: CDPSession) -> dict[str, float]:
    found = await cdp.send("Performance.getMetrics")
    return {one["name"]: one["value"] for one in found["metrics"] if one["name"] in WORK}


def _spent(before: dict[str, float], after: dict[str, float], times: int) -> dict[str, float]:
    """Where the main thread's time went, in milliseconds each time."""
    return {said: round((after[name] - before[name]) * 1000 / times, 1) for name, said in WORK.items()}


def main(cards: int, slowdown: float, boards: list[str], seconds: float) -> list[dict[str, Any]]:
    """Start a server with crowded boards and measure all of them."""
    with tempfile.TemporaryDirectory() as folder:
        services.FOLDER = Path(folder)
        os.environ.update(services._ENVIRONMENT)
        url = fresh_database("sqlite")
        codes = stage(url, cards)
        server = Daphne(url)
        server.start()
        try:
            return asyncio.run(_all(server.url, codes, slowdown, boards, seconds))
        finally:
            server.kill()


async def _all(
    url: str, codes: dict[str, str], slowdown: float, boards: list[str], seconds: float
) -> list[dict[str, Any]]:
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        return [
            await measure(browser, url, codes[board], board=board, slowdown=slowdown, seconds=seconds)
            for board in boards
        ]


def stage(database_url: str, cards: int) -> dict[str, str]:
    """Make a crowded workshop for each board in a migrated database; their join codes by board."""
    command = [sys.executable, "-m", "tests.browser.speed", "--stage", "--cards", str(cards)]
    env = environment(database_url)
    made = subprocess.run(command, cwd=REPOSITORY, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(made.stdout))


def make_stage(cards: int) -> None:
    """Make a workshop for each board in the database that DATABASE_URL names; print their join codes."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")
    django.setup()

    from django.utils import timezone

    from realtime.kinds import SYSTEM
    from realtime.ledger import Ack, Asked, run
    from tests.makers import make_challenge
    from workshops.actions import make_workshop

    def crowded(board: str) -> str:
        workshop = make_workshop(make_challenge(board), board, timezone.now(), 90, None)

        def do(name: str, by: str = SYSTEM, /, **fields: Any) -> None:
            (answer,) = run(workshop.stream_id, Asked(str(uuid.uuid4()), name, fields, by))
            assert isinstance(answer, Ack), answer

        do("step.add", kind="brainstorm", minutes=0, settings={"visibility": "shared"})
        do("step.add", kind="cluster", minutes=0, settings={"who": "everybody"})
        do("step.add", kind="dot_vote", minutes=0, settings={"results": "live", "dots": 0, "cap": 3})
        for person in ("pann", "pbea", "pcem", "pdee"):
            do("person.join", person=person, name=person, role="participant", consent="internal")
        do("step.open", activity="a1")
        ideas = [
            {"activity": "a1", "text": f"{WORDS[: 20 + number % 60]} ({number})"} for number in range(cards)
        ]
        writers = ("pann", "pbea", "pcem", "pdee")
        asked = [Asked(str(uuid.uuid4()), "idea.add", ideas[n], writers[n % 4]) for n in range(cards)]
        for n in range(0, cards, 50):
            assert all(isinstance(answer, Ack) for answer in run(workshop.stream_id, *asked[n : n + 50]))
        if board != "ideas":
            do("step.reveal", activity="a1")
            do("step.open", activity={"groups": "a2", "ballot": "a3"}[board])
        if board == "groups":
            for group in range(12):
                chosen = [f"i{1 + group * 25 + n}" for n in range(25) if group * 25 + n < cards]
                do("cluster.make", "pann", activity="a2", title=f"Group {group}", ideas=chosen)
        return workshop.code

    print(json.dumps({board: crowded(board) for board in BOARDS}))  # noqa: T201


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=CARDS)
    parser.add_argument("--slowdown", type=float, default=SLOWDOWN)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--boards", default=",".join(BOARDS))
    parser.add_argument("--stage", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    if given.stage:
        make_stage(given.cards)
    else:
        rows = main(given.cards, given.slowdown, given.boards.split(","), given.seconds)
        print(json.dumps(rows, indent=2))  # noqa: T201
