"""Suggested groups and near-duplicates as a facilitator meets them: looked at, applied, taken back; merged before a vote."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from playwright.async_api import expect

from lab_workspace.people.models import User
from tests.browser.room import armed, console, group, happen, in_grouping, join, look, make_workshop, press
from tests.chromium import DESK, Visitors
from tests.conftest import StartDaphne
from workshops.models import Workshop

IDEAS = [
    "A later bus home",
    "More buses home in the evening",
    "More buses HOME in the evening!",
    "A bus home at night",
    "Tea while we wait",
    "A kettle for tea while we wait",
    "Tea for all who wait",
    "Free tea for those who wait",
]


@sync_to_async
def grouping(workshop: Workshop) -> None:
    in_grouping(workshop, IDEAS)
    happen(workshop, "pann", "cluster.make", activity="a2", ideas=["i4"], title="Getting home")


async def test_looked_at_applied_taken_back_and_duplicates_merged_before_the_vote(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await grouping(workshop)
    server = daphne(EMBEDDINGS="none")
    page = await console(visitors, server.url, workshop, staff, size=DESK)
    phone = await join(visitors, server.url, workshop, "Rosa")

    await page.get_by_role("link", name="Suggest groups").click()
    await expect(page.get_by_role("heading", name="Add to “Getting home”")).to_be_visible()
    await look(page, "suggested")
    await page.get_by_label("Name", exact=True).first.fill("Something warm")
    await press(page, "Apply these groups")
    await expect(page.get_by_text("are on the board")).to_be_visible()
    await expect(phone.get_by_role("heading", name="Something warm")).to_be_visible()
    await expect(group(phone, "Getting home").locator(".idea-text")).to_have_count(4)

    await press(page, "Take back the suggested groups")
    await expect(phone.get_by_role("heading", name="Something warm")).to_have_count(0)
    await expect(group(phone, "Getting home").locator(".idea-text")).to_have_count(1)

    await armed(page, "Finish grouping…", "Finish grouping")
    await press(page, "Go to ", exact=False)
    alike = page.locator("[data-fill] li", has_text="More buses HOME in the evening!").first
    await expect(alike).to_be_visible()
    await look(page, "near-duplicates")
    await alike.get_by_role("button", name="Keep this one").last.click()
    await expect(alike).to_have_count(0)
    await expect(page.locator("#hidden")).to_contain_text("More buses HOME in the evening!")
