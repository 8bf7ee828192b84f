"""What happens to one person's words when the network, the device or the server fails: real pages, real servers."""

from __future__ import annotations

import uuid

from asgiref.sync import sync_to_async
from playwright.async_api import Page, expect

from lab_workspace.people.models import User
from realtime.kinds import SYSTEM
from realtime.models import Stream
from tests.browser.room import SAVED, crowd, join, make_workshop, meanwhile, press
from tests.chromium import Visitors
from tests.conftest import StartDaphne
from tests.faults.proxy import proxy
from workshops.models import Workshop

SHARED = {"visibility": "shared"}
NOISE = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION",
    "ERR_EMPTY_RESPONSE",
    "ERR_SOCKET",
    "WebSocket",
    "Failed to load",
)


async def open_board(staff: User) -> Workshop:
    """A brainstorm in which everybody sees everything; Ann is there without a browser."""
    workshop = await make_workshop(staff, a1=SHARED)
    await crowd(workshop, "pann")
    await meanwhile(workshop, SYSTEM, "step.open", activity="a1")
    return workshop


async def scribble(page: Page, *ideas: str) -> None:
    """Write without waiting for an answer."""
    for idea in ideas:
        await page.locator("#new-idea").fill(idea)
        await press(page, "Save idea")


def forget_noise(visitors: Visitors) -> None:
    """A browser says in its console that there is no network."""
    visitors.problems[:] = [one for one in visitors.problems if not any(word in one for word in NOISE)]


async def test_a_phone_on_a_bad_day_loses_nothing(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await open_board(staff)
    async with proxy(daphne().url) as between:
        page = await join(visitors, between.url, workshop, "Noor")
        await expect(page.locator("#saved")).to_have_text(SAVED)
        cdp = await page.context.new_cdp_session(page)
        said = []

        # Asleep twice, its line lost without a word each time.
        for turn in ("once", "twice"):
            await cdp.send("Page.setWebLifecycleState", {"state": "frozen"})
            between.cut()
            said.append(f"Said while asleep {turn}")
            await meanwhile(workshop, "pann", "idea.add", activity="a1", text=said[-1])
            await cdp.send("Page.setWebLifecycleState", {"state": "active"})
            await expect(page.locator("#ideas .idea-text")).to_have_text(said)

        # Without a network; the page is closed and opened again before there is one.
        await page.context.set_offline(True)
        await scribble(page, "In the lift", "In the cellar")
        await expect(page.locator("#saved")).to_contain_text("2 changes are kept on this device.")
        context = page.context
        await page.close()
        await context.set_offline(False)
        page = await context.new_page()
        await page.goto(f"{between.url}/workshops/{workshop.pk}/")
        said += ["In the lift", "In the cellar"]
        await expect(page.locator("#ideas .idea-text")).to_have_text(said)
        await expect(page.locator("#saved")).to_have_text(SAVED)

        # Two tabs of one person, both written in while the line is dead; each idea comes once.
        second = await context.new_page()
        await second.goto(page.url)
        await expect(second.locator("#saved")).to_have_text(SAVED)
        between.freeze()
        await scribble(page, "From the first tab")
        await scribble(second, "From the second tab")
        between.cut()
        for tab in (page, second):
            await expect(tab.locator("#ideas .idea-text")).to_have_count(6, timeout=15_000)
            await expect(tab.locator("#saved")).to_have_text(SAVED)
        forget_noise(visitors)


async def test_a_tab_left_open_over_the_end_keeps_its_words(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await open_board(staff)
    page = await join(visitors, daphne().url, workshop, "Noor")
    await expect(page.locator("#saved")).to_have_text(SAVED)
    await page.context.set_offline(True)
    await scribble(page, "Too late, but mine")
    await expect(page.locator("#saved")).to_contain_text("1 change is kept on this device.")
    await meanwhile(workshop, SYSTEM, "workshop.close")
    await page.context.set_offline(False)
    await expect(page.locator("h1")).to_have_text("The workshop is closed")
    await expect(page.locator("#notice")).to_contain_text("Your words: “Too late, but mine”")
    await expect(page.locator("#saved")).not_to_contain_text("kept on this device")
    forget_noise(visitors)


async def test_a_restored_backup_brings_everybody_back_with_what_they_had_not_sent(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await open_board(staff)
    server = daphne()
    page = await join(visitors, server.url, workshop, "Noor")
    await scribble(page, "Before the backup")
    await expect(page.locator("#ideas .idea-text")).to_have_text(["Before the backup"])
    await expect(page.locator("#saved")).to_have_text(SAVED)
    server.stop()
    await scribble(page, "While the server was away")
    life = uuid.uuid4().hex[:12]
    await sync_to_async(Stream.objects.filter(pk=workshop.stream_id).update)(epoch=life)
    server.start()
    said = ["Before the backup", "While the server was away"]
    await expect(page.locator("#ideas .idea-text")).to_have_text(said, timeout=15_000)
    await expect(page.locator("#saved")).to_have_text(SAVED)
    forget_noise(visitors)
