"""The projector has no hands: what doesn't fit is turned page by page, and whoever comes late still finds the code."""

from __future__ import annotations

import re

from asgiref.sync import sync_to_async
from playwright.async_api import Page, expect

from lab_workspace.people.models import User
from tests.browser.room import armed, console, in_writing, make_workshop, press
from tests.chromium import DESK, Visitors
from tests.conftest import StartDaphne

IDEAS = [f"Idea number {number}, which says a little more than its number" for number in range(60)]
WITHIN_THE_WINDOW = (
    "e => e.getBoundingClientRect().bottom <= innerHeight && e.getBoundingClientRect().top >= 0"
)


async def scrolled(wall: Page) -> int:
    return int(await wall.evaluate("scrollY"))


async def test_a_wall_turns_its_pages_and_a_key_holds_it(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_writing)(workshop, IDEAS)
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    wall = await visitors.open(server.url, f"/workshops/{workshop.pk}/screen", user=staff, size=DESK)
    await wall.clock.install()
    await wall.reload()
    await expect(wall.locator("#wall-pages")).to_be_hidden()

    await armed(sal, "Show the ideas…", "Show the ideas")
    await expect(wall.locator("#live .idea-text")).to_have_count(len(IDEAS))
    await wall.clock.run_for(1_000)
    await expect(wall.locator("#wall-pages")).to_have_text(re.compile("Page 1 of [3-9]"))
    code = wall.locator(".wall-foot .code")
    assert await code.evaluate(WITHIN_THE_WINDOW)

    await wall.clock.run_for(15_000)
    second = await scrolled(wall)
    assert second > 0
    assert await code.evaluate(WITHIN_THE_WINDOW)
    await wall.keyboard.press("Shift")
    await wall.clock.run_for(30_000)
    assert await scrolled(wall) == second
    await wall.clock.run_for(32_000)
    assert await scrolled(wall) > second

    await press(sal, "Go to Group the ideas")
    await expect(wall.get_by_role("heading", level=1, name="Group the ideas")).to_be_visible()
    await wall.clock.run_for(1_000)
    assert await scrolled(wall) == 0
