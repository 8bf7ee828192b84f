"""Moving ideas on the board of a real grouping: by mouse, by finger, by the menu; each undone by its notice."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from playwright.async_api import Locator, Page, expect

from lab_workspace.people.models import User
from tests.browser.room import group, happen, in_grouping, join, make_workshop
from tests.chromium import DESK, PHONE, Visitors
from tests.conftest import StartDaphne
from workshops.models import Workshop

IDEAS = ["A card in every pack", "Ask twice", "Peers in waiting rooms", "A text line"]
NOTICE = "#toast"
TWO_PICTURES = "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


@sync_to_async
def board(workshop: Workshop) -> None:
    """Two groups: the first has “Ask twice”, the second nothing."""
    in_grouping(workshop, IDEAS)
    happen(workshop, "pann", "cluster.make", activity="a2", ideas=["i2"], title="Being asked")
    happen(workshop, "pann", "cluster.make", activity="a2", ideas=[], title="Being near")


def texts(place: Locator) -> Locator:
    return place.locator(".idea-text")


async def middle(place: Locator) -> tuple[float, float]:
    await place.scroll_into_view_if_needed()
    return await middle_of(place)


async def middle_of(place: Locator) -> tuple[float, float]:
    box = await place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def grip(page: Page, idea: str) -> Locator:
    return page.locator("[data-card]", has_text=idea).locator("[data-drag]")


async def undo(page: Page) -> None:
    await page.locator(NOTICE).get_by_role("button", name="Undo").click()


async def test_by_mouse_and_undone(daphne: StartDaphne, visitors: Visitors, staff: User) -> None:
    workshop = await make_workshop(staff)
    await board(workshop)
    server = daphne()
    page = await join(visitors, server.url, workshop, "Mo", size=DESK)
    other = await join(visitors, server.url, workshop, "Other", size=DESK)
    asked = group(page, "Being asked")
    await expect(texts(asked)).to_have_text(["Ask twice"])
    await page.mouse.move(*await middle(grip(page, "A text line")))
    await page.mouse.down()
    x, y = await middle(texts(asked))
    await page.mouse.move(x, y - 30, steps=5)
    await page.mouse.move(x, y - 6, steps=5)
    await expect(asked.locator("[data-drag-slot]")).to_have_text("It goes here")
    await page.mouse.up()
    await expect(texts(group(other, "Being asked"))).to_have_text(["A text line", "Ask twice"])
    await expect(texts(asked)).to_have_text(["A text line", "Ask twice"])
    await expect(page.locator(NOTICE)).to_contain_text("You moved")
    await undo(page)
    for seen in (page, other):
        await expect(texts(group(seen, "Being asked"))).to_have_text(["Ask twice"])
        await expect(texts(seen.locator("#loose"))).to_have_count(3)


async def test_by_finger_and_undone(daphne: StartDaphne, visitors: Visitors, staff: User) -> None:
    workshop = await make_workshop(staff)
    await board(workshop)
    page = await join(visitors, daphne().url, workshop, "Fi", size=PHONE, has_touch=True, is_mobile=True)
    near = group(page, "Being near")
    await expect(near).to_be_visible()
    session = await page.context.new_cdp_session(page)

    async def touch(kind: str, *points: tuple[float, float]) -> None:
        where = [{"x": x, "y": y} for x, y in points]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    x, y = await middle(grip(page, "A text line"))
    await touch("touchStart", (x, y))
    await touch("touchMove", (x, y + 12))
    await expect(page.locator(".drag-ghost")).to_be_visible()
    await touch("touchMove", (x, PHONE[1] - 8))  # at the edge the page comes along
    await expect(near).to_be_in_viewport(ratio=1)
    at = None
    while (spot := await middle_of(near.locator("h2"))) != at:  # it moves on until the page is still under it
        at = spot
        await touch("touchMove", at)
        await page.evaluate(TWO_PICTURES)
    await expect(near.locator("[data-drag-slot]")).to_be_visible()
    await touch("touchEnd")
    await expect(texts(near)).to_have_text(["A text line"])
    await expect(page.locator(NOTICE)).to_contain_text("You moved")
    await undo(page)
    await expect(texts(near)).to_have_count(0)
    await expect(texts(page.locator("#loose"))).to_have_count(3)


async def test_a_finger_on_the_words_scrolls_and_moves_nothing(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await board(workshop)
    page = await join(visitors, daphne().url, workshop, "Fi", size=PHONE, has_touch=True, is_mobile=True)
    words = page.locator("#loose .idea-text").first
    await expect(words).to_be_visible()
    session = await page.context.new_cdp_session(page)
    x, y = await middle(words)
    for n, kind in enumerate(["touchStart", *["touchMove"] * 8, "touchEnd"]):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y - 15 * n}]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert await page.evaluate("scrollY") > 0
    await expect(page.locator(".drag-ghost")).to_have_count(0)
    await expect(texts(page.locator("#loose"))).to_have_count(3)


async def test_by_the_menu_and_undone(daphne: StartDaphne, visitors: Visitors, staff: User) -> None:
    workshop = await make_workshop(staff)
    await board(workshop)
    page = await join(visitors, daphne().url, workshop, "Ma", size=PHONE, has_touch=True, is_mobile=True)
    near = group(page, "Being near")
    await page.get_by_role("button", name="Move “A text line” to…").tap()
    dialog = page.get_by_role("dialog", name="Move to…")
    await expect(dialog).to_contain_text("A text line")
    await dialog.get_by_role("button", name="Being near").tap()
    await expect(dialog).to_have_count(0)
    await expect(texts(near)).to_have_text(["A text line"])
    await expect(page.locator(NOTICE)).to_contain_text("You moved")
    await undo(page)
    await expect(texts(near)).to_have_count(0)
