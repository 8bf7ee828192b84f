"""Ranking, placing on two axes and settling a tie, as people do it on a phone and with the keyboard alone."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from playwright.async_api import expect

from lab_workspace.people.models import User
from realtime.kinds import SYSTEM
from tests.browser.room import (
    armed,
    console,
    crowd_now,
    happen,
    in_vote,
    join,
    look,
    make_workshop,
    meanwhile,
    press_key,
)
from tests.chromium import DESK, SMALLEST, Visitors
from tests.conftest import StartDaphne
from workshops.models import Workshop

IDEAS = ["A later bus home", "Tea while we wait", "A card in every pack", "A buddy for the first visit"]


@sync_to_async
def chosen_between(workshop: Workshop) -> None:
    """The vote is closed; a ranking (a4) and a matrix (a5) follow it."""
    in_vote(workshop, IDEAS)
    for kind in ("ranking", "matrix"):
        happen(workshop, SYSTEM, "step.add", kind=kind)


async def test_an_order_is_made_with_the_keyboard_alone_and_outlives_a_reload(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await chosen_between(workshop)
    await meanwhile(workshop, SYSTEM, "step.open", activity="a4")
    page = await join(visitors, daphne().url, workshop, "Rosa")
    ranked = page.locator("ol.ranked > li")
    for number, idea in enumerate(IDEAS[:3], start=1):
        await press_key(page, page.get_by_role("button", name=f"Place {number}: {idea}"))
        await expect(ranked.nth(number - 1)).to_contain_text(idea)
    up = page.get_by_role("button", name=f"Move up: {IDEAS[2]}")
    await press_key(page, up)
    await expect(ranked.nth(1)).to_contain_text(IDEAS[2])
    await expect(up).to_be_focused()  # so that it can be pressed again
    await page.keyboard.press("Enter")
    await expect(ranked.nth(0)).to_contain_text(IDEAS[2])
    await expect(page.locator("#toast")).to_have_text(f"Place 1: {IDEAS[2]}")
    await page.get_by_label(f"Place of: {IDEAS[2]}").fill("3")
    await page.keyboard.press("Enter")
    await expect(ranked.nth(2)).to_contain_text(IDEAS[2])
    await expect(page.get_by_text("Not sent yet")).to_be_visible()
    await look(page, "ranking")
    await page.reload()
    await expect(ranked).to_have_count(3)
    await expect(ranked.nth(2)).to_contain_text(IDEAS[2])
    await page.get_by_role("button", name="Send my ranking").click()
    await expect(page.get_by_text("Sent. It counts.")).to_be_visible()
    await page.set_viewport_size({"width": SMALLEST[0], "height": SMALLEST[1]})
    await meanwhile(workshop, SYSTEM, "step.reveal", activity="a4")
    await expect(page.locator("#items .tally-line").first).to_contain_text("4 points")
    await look(page, "ranking-shown")


async def test_things_are_placed_by_taps_and_the_room_agrees_beside_the_mean(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await chosen_between(workshop)
    await meanwhile(workshop, SYSTEM, "step.open", activity="a5")
    server = daphne()
    phone = await join(visitors, server.url, workshop, "Rosa", size=SMALLEST)
    card = phone.locator("#items > li", has_text=IDEAS[0])
    await card.get_by_role("group", name="Effort").get_by_role("button", name="2").click()
    await expect(card.get_by_text("Choose on both scales.")).to_be_visible()
    await card.get_by_role("group", name="Impact").get_by_role("button", name="5").click()
    await expect(card.get_by_text("Saved: Effort 2, Impact 5")).to_be_visible()
    await expect(card.locator("[aria-pressed=true]")).to_have_text(["2", "5"])
    other = phone.locator("#items > li", has_text=IDEAS[1])
    await other.get_by_role("button", name="Skip").click()
    await expect(other.get_by_text("Skipped.")).to_be_visible()
    await look(phone, "matrix")

    page = await console(visitors, server.url, workshop, staff, size=DESK)
    await armed(page, "Show the result…", "Show the result")
    item = page.locator("#items > li", has_text=IDEAS[0])
    await item.get_by_text("Set an agreed place").click()
    await item.get_by_label("Effort").fill("4")
    await item.get_by_label("Impact").fill("4")
    await item.get_by_role("button", name="Agree on this").click()
    await expect(phone.locator("#items > li", has_text=IDEAS[0])).to_contain_text(
        "Agreed: Effort 4, Impact 4"
    )
    await expect(phone.locator("svg.matrix .agreed")).to_have_count(1)
    await expect(phone.locator("#items > li", has_text=IDEAS[0])).to_contain_text("Effort 2 (2–2) · Impact 5")
    await look(page, "matrix-console")
    await look(phone, "matrix-shown")


async def test_a_tie_is_voted_on_again_between_the_equals(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await chosen_between(workshop)
    await sync_to_async(crowd_now)(workshop, "pben")
    await meanwhile(workshop, "pann", "dot.place", activity="a3", item="i1")
    await meanwhile(workshop, "pben", "dot.place", activity="a3", item="i2")
    server = daphne()
    page = await console(visitors, server.url, workshop, staff, size=DESK)
    phone = await join(visitors, server.url, workshop, "Rosa")
    await armed(page, "Show the result…", "Show the result")
    await expect(page.get_by_role("heading", name="Equal results")).to_be_visible()
    await look(page, "ties")
    await page.get_by_role("button", name="Vote again between them").first.click()
    await expect(phone.locator("#items > li")).to_have_count(2)
    await expect(phone.get_by_text("A run-off: only what shared a place is on the ballot.")).to_be_visible()
    await look(phone, "run-off")
