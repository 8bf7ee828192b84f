"""A participant whose browser runs no script: every step of a workshop by plain links and forms."""

from __future__ import annotations

from playwright.async_api import Page, expect

from lab_workspace.people.models import User
from realtime.kinds import SYSTEM
from tests.browser.room import (
    assert_fits,
    ballot_line,
    card,
    crowd,
    group,
    join,
    make_workshop,
    meanwhile,
    picture,
    state_now,
)
from tests.chromium import Visitors
from tests.conftest import StartDaphne
from workshops.models import Workshop

OTHERS = "A list on the ward's door"
KEPT = "A card in every pack"
CHANGED = "A card in every discharge pack"
LATE = "One more thing"
AGAIN = "Load the page again"


async def press(page: Page, name: str) -> None:
    """Press a button and wait for the page that comes back."""
    async with page.expect_navigation():
        await page.get_by_role("button", name=name, exact=True).click()


async def look(page: Page, name: str) -> None:
    """Axe can't run here; the same markup is seen by it where there is script."""
    await assert_fits(page)
    await picture(page, name)


async def again(page: Page, awaited: str) -> None:
    """Load the page again, as it offers to without script, until it shows what the room has come to."""
    for _ in range(60):
        async with page.expect_navigation():
            await page.get_by_role("link", name=AGAIN).click()
        if await page.locator("#live").get_by_text(awaited).count():
            return
    raise AssertionError(f"“{awaited}” does not come")


async def test_a_whole_workshop_by_plain_forms(daphne: StartDaphne, visitors: Visitors, staff: User) -> None:
    workshop = await make_workshop(staff)
    await crowd(workshop, "pann")
    page = await join(visitors, daphne().url, workshop, "Nora", java_script_enabled=False)
    await expect(page.get_by_role("heading", level=1)).to_have_text("You are in")
    await look(page, "plain-lobby")
    await writing(page, workshop)
    await grouping(page, workshop)
    await voting(page, workshop)
    await meanwhile(workshop, SYSTEM, "workshop.close")
    await again(page, "The workshop is closed")
    await look(page, "plain-closed")


async def writing(page: Page, workshop: Workshop) -> None:
    """Write, change, remove, all shown on the page; private until shown; a late one comes in too."""
    await meanwhile(workshop, SYSTEM, "step.open", activity="a1")
    await meanwhile(workshop, "pann", "idea.add", activity="a1", text=OTHERS)
    await again(page, "Your ideas")
    own = page.locator("#own-ideas .idea-text")
    for text in (KEPT, "Another that goes"):
        await page.get_by_label("Your idea", exact=True).first.fill(text)
        await press(page, "Save idea")
    await expect(own).to_have_text([KEPT, "Another that goes"])
    await look(page, "plain-writing")
    mine = page.locator("#own-ideas li", has_text=KEPT)
    await mine.get_by_text("Change or remove").click()
    await mine.get_by_label("Your idea").fill(CHANGED)
    await mine.get_by_role("button", name="Save change").click()
    await expect(own).to_have_text([CHANGED, "Another that goes"])
    gone = page.locator("#own-ideas li", has_text="Another that goes")
    await gone.get_by_text("Change or remove").click()
    await gone.get_by_role("button", name="Remove").click()
    await expect(own).to_have_text([CHANGED])
    assert OTHERS not in await page.content()

    await page.get_by_label("Your idea", exact=True).first.fill("   ")
    await press(page, "Save idea")
    await expect(page.locator("#messages")).to_contain_text("There is nothing written yet.")
    await expect(own).to_have_text([CHANGED])

    await meanwhile(workshop, SYSTEM, "step.pause", activity="a1")
    await page.get_by_label("Your idea", exact=True).first.fill(LATE)
    await press(page, "Save idea")
    await expect(page.locator("#messages")).to_contain_text(f"Your words: “{LATE}”")
    await look(page, "plain-refused")
    await meanwhile(workshop, SYSTEM, "step.reveal", activity="a1")
    await again(page, "A late idea")
    await page.get_by_label("A late idea").fill(LATE)
    await press(page, "Send late idea")
    await expect(page.locator("#ideas")).to_contain_text(LATE)
    await expect(page.locator("#ideas .idea-text")).to_have_count(3)


async def grouping(page: Page, workshop: Workshop) -> None:
    """Tick ideas and say where they go. What is refused says why, and nothing moves."""
    await meanwhile(workshop, SYSTEM, "step.open", activity="a2")
    await again(page, "Not grouped yet")
    await page.get_by_text("Make a group, move several ideas").click()
    await press(page, "Make a group of the selected ideas")  # an empty one may be made
    await page.get_by_text("Make a group, move several ideas").click()
    await page.get_by_label("New group").fill("Being asked")
    await card(page, CHANGED).get_by_role("checkbox").check()
    await press(page, "Make a group of the selected ideas")
    await expect(group(page, "Being asked").locator("[data-card]")).to_have_count(1)
    await card(page, LATE).get_by_role("checkbox").check()
    await page.get_by_text("Make a group, move several ideas").click()
    await page.get_by_label("Selected ideas go to").select_option("Being asked")
    await press(page, "Move them")
    await expect(group(page, "Being asked").locator("[data-card]")).to_have_count(2)
    await look(page, "plain-grouping")
    await page.get_by_text("Make a group, move several ideas").click()
    await press(page, "Move them")
    await expect(page.locator("#messages")).to_contain_text("Choose an idea first.")
    await press(page, "Undo your last action")
    await expect(group(page, "Being asked").locator("[data-card]")).to_have_count(1)
    await meanwhile(workshop, SYSTEM, "step.reveal", activity="a2")
    await page.get_by_text("Make a group, move several ideas").click()
    await press(page, "Make a group of the selected ideas")
    await expect(page.locator("#messages .is-error, #messages .note")).not_to_have_count(0)
    state = await state_now(workshop)
    assert len(state.steps["a2"].rounds[-1].memory.groups) == 2


async def voting(page: Page, workshop: Workshop) -> None:
    """Dots by plain buttons; the sixth of five, and the third on one, are refused in words."""
    await meanwhile(workshop, SYSTEM, "step.open", activity="a3")
    await again(page, "Place your 5 dots")
    add = "Add one dot to “{}”"
    for text, times in ((CHANGED, 2), (LATE, 2), (OTHERS, 1)):
        for _ in range(times):
            await press(page, add.format(text))
    await expect(page.locator(".dock b")).to_have_text("0")
    await expect(ballot_line(page, CHANGED).locator(".pips")).to_have_attribute("data-value", "2")
    await look(page, "plain-voting")
    await press(page, add.format(OTHERS))
    await expect(page.locator("#messages")).to_contain_text("You have no dots left.")
    await press(page, f"Take one dot off “{LATE}”")
    await press(page, add.format(CHANGED))
    await expect(page.locator("#messages")).to_contain_text("You can place at most 2 dots on one.")
    await press(page, "I have finished")
    await expect(page.get_by_text("You have finished.")).to_be_visible()
    await meanwhile(workshop, SYSTEM, "step.reveal", activity="a3")
    await again(page, "1 of 2 voted")
    await expect(page.locator("#items > li").first).to_contain_text("2 dots from 1 person")
    await look(page, "plain-result")
    ballots = (await state_now(workshop)).steps["a3"].rounds[-1].memory
    (placed,) = ballots.placed.values()
    assert sorted(dots for dots in placed.values() if dots) == [1, 1, 2]
