"""Breakout rooms in real browsers: split, written in apart, dropped in on, told something, called back, shown together."""

from __future__ import annotations

from playwright.async_api import Page, expect

from lab_workspace.people.models import User
from realtime.kinds import SYSTEM
from tests.browser.room import (
    SAVED,
    Ear,
    armed,
    console,
    join,
    look,
    make_workshop,
    meanwhile,
    press,
    state_now,
    write,
)
from tests.chromium import Visitors
from tests.conftest import StartDaphne
from workshops.models import Workshop

NAMES = ("Ann", "Ben", "Cat")
FIVE_MINUTES = 300_000


async def ends_at(page: Page) -> int:
    """When the clock that somebody sees runs out."""
    return int(await page.locator("#live time[data-until]").first.get_attribute("data-until") or 0)


async def rooms_of(workshop: Workshop) -> dict[str, list[str]]:
    """Who is in which room, by their names."""
    state = await state_now(workshop)
    return {
        room.room: sorted(person.name for person in state.people_at(room))
        for room in state.rooms_of(state.steps["a1"])
    }


async def test_two_rooms_from_splitting_to_results_shown_together(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff, a1={"visibility": "shared"})
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    await meanwhile(workshop, SYSTEM, "show.go", activity="a1")
    pages = {name: await join(visitors, server.url, workshop, name) for name in NAMES}
    ears = {name: Ear().listen(page) for name, page in pages.items()}
    for page in pages.values():  # heard from the first letter on
        await page.reload()
        await expect(page.locator("#saved")).to_have_text(SAVED)
    await expect(sal.locator(".who > li", has_text="Here")).to_have_count(len(NAMES) + 1)

    await sal.get_by_text("Run this in breakout rooms").click()
    await sal.get_by_label("People in a room").fill("2")
    await press(sal, "By chance")
    await expect(sal.get_by_role("heading", name="Breakout rooms")).to_be_visible()
    await press(sal, "Start writing")
    there = await rooms_of(workshop)
    assert sorted(map(len, there.values())) == [1, 2]
    (one, first), (other, second) = sorted(there.items(), key=lambda item: len(item[1]))
    alone, apart = pages[first[0]], pages[second[0]]
    for page, room in ((alone, one), (apart, other)):
        await expect(page.locator(".room-head")).to_contain_text(room)

    await write(alone, "Only-in-the-first")
    await write(apart, "Only-in-the-second")
    await expect(pages[second[1]].locator("#ideas .idea-text")).to_have_text(["Only-in-the-second"])

    await press(sal, f"Drop in {one}")
    await expect(sal.locator("#ideas .idea-text")).to_have_text(["Only-in-the-first"])
    await expect(alone.locator(".room-head")).to_contain_text("Sal Okafor, who facilitates, is here.")
    await expect(apart.locator(".room-head")).not_to_contain_text("Sal Okafor")
    await press(sal, "Leave the room")
    await expect(alone.locator(".room-head")).not_to_contain_text("Sal Okafor")

    await sal.locator("#announcing summary").click()
    await sal.get_by_label("One sentence, for every screen and the projector").fill(
        "Choose who reports back."
    )
    await press(sal, "Announce")
    before = await ends_at(alone)
    await press(sal, "Add 5 minutes")
    for page in (alone, apart):
        await expect(page.locator(".says-now")).to_contain_text("Choose who reports back.")
        await expect(page.locator("#live time[data-until]").first).to_have_attribute(
            "data-until", str(before + FIVE_MINUTES)
        )
    await look(sal, "rooms-console")
    await look(apart, "rooms-phone")

    await press(sal, "Call everybody back in 30 seconds")
    for page in (alone, apart):
        await expect(page.locator(".room-head")).to_contain_text("This room closes in half a minute.")
    await press(sal, "Close this activity")
    for page in (alone, apart):
        await expect(page.get_by_text("The rooms are closed.")).to_be_visible()
    for name, ear in ears.items():
        own, foreign = ("first", "second") if name in first else ("second", "first")
        heard = await ear.everything()
        assert f"Only-in-the-{own}" in heard
        assert f"Only-in-the-{foreign}" not in heard

    await armed(sal, "Show what all rooms came to…", "Show all results")
    for page in pages.values():
        for text in ("Only-in-the-first", "Only-in-the-second"):
            await expect(page.get_by_text(text)).to_be_visible()
    await look(alone, "rooms-results")
