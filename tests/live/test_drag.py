"""Dragging cards by mouse and by finger."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.chromium import Visitors
from tests.live.conftest import board, card
from tests.live.fake_room import FakeRoom


@pytest.fixture
def groups(room: FakeRoom) -> FakeRoom:
    room.live = board(g1=["i1", "i2"], g2=["i3", "i4"])
    return room


async def centre(page: Page, selector: str) -> tuple[float, float]:
    box = await page.locator(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def ids(page: Page, group: str) -> list[str]:
    found: list[str] = await page.locator(f"#{group}-ideas > :not([data-drag-slot])").evaluate_all(
        "all => all.map(one => one.id)"
    )
    return found


async def lift(page: Page, handle: str, over: str) -> None:
    await page.mouse.move(*await centre(page, f"[data-drag={handle}]"))
    await page.mouse.down()
    x, y = await centre(page, over)
    await page.mouse.move(x, y - 20, steps=4)
    await page.mouse.move(x, y - 4, steps=4)


async def test_a_card_is_dragged_before_another(visitors: Visitors, groups: FakeRoom) -> None:
    page = await visitors.open(groups.base)
    await groups.until(lambda: groups.sockets)
    await lift(page, "i1", "#i4 p")
    await expect(page.locator("#g2-ideas > [data-drag-slot]")).to_have_text("It goes here")
    await expect(page.locator("#g2")).to_have_class("is-over")
    await expect(page.locator(".drag-ghost")).to_have_attribute("aria-hidden", "true")
    await page.mouse.up()
    await groups.until(lambda: groups.effects)
    assert groups.effects == [{"do": "idea.move", "activity": "a2", "to": "g2", "idea": "i1", "before": "i4"}]
    assert await ids(page, "g2") == ["i3", "i1", "i4"]
    await expect(
        page.locator(".drag-ghost, [data-drag-slot], .is-over, .is-dragging, .is-wait")
    ).to_have_count(0)
    await groups.frame(order={"g1-ideas": ["i2"], "g2-ideas": ["i3", "i1", "i4"]})
    assert await ids(page, "g2") == ["i3", "i1", "i4"]


async def test_escape_leaves_everything_as_it_was(visitors: Visitors, groups: FakeRoom) -> None:
    page = await visitors.open(groups.base)
    await groups.until(lambda: groups.sockets)
    await lift(page, "i1", "#i4 p")
    await page.keyboard.press("Escape")
    await page.mouse.up()
    await expect(page.locator(".drag-ghost, [data-drag-slot]")).to_have_count(0)
    assert await ids(page, "g1") == ["i1", "i2"]
    await lift(page, "i1", "#i1 p")
    await page.mouse.up()
    await page.locator("#plus-i1").click()
    await groups.until(lambda: groups.effects)
    assert [effect["do"] for effect in groups.effects] == ["dot.place"]


async def test_what_others_do_waits_while_a_card_is_in_hand(visitors: Visitors, groups: FakeRoom) -> None:
    page = await visitors.open(groups.base)
    await groups.until(lambda: groups.sockets)
    await lift(page, "i1", "#i4 p")
    await groups.frame(
        card("i1", "Changed") + card("i3", "Elsewhere"),
        order={"g1-ideas": ["i2"], "g2-ideas": ["i4", "i3", "i1"]},
    )
    await expect(page.locator("#i3 p")).to_have_text("Elsewhere")
    assert await ids(page, "g1") == ["i1", "i2"]
    await expect(page.locator("#i1 p")).to_have_text("Idea i1")
    await page.keyboard.press("Escape")
    await page.mouse.up()
    await expect(page.locator("#i1 p")).to_have_text("Changed")
    assert await ids(page, "g2") == ["i4", "i3", "i1"]


async def test_a_refused_move_is_taken_back(visitors: Visitors, groups: FakeRoom) -> None:
    groups.rule = lambda command: {"refused": "", "code": "closed", "message": "Grouping is over."}
    page = await visitors.open(groups.base)
    await groups.until(lambda: groups.sockets)
    await lift(page, "i1", "#i4 p")
    await page.mouse.up()
    await expect(page.locator("#notice")).to_contain_text("Grouping is over.")
    await expect(page.locator("#g1-ideas > #i1")).to_be_visible()


async def test_a_finger_drags_and_the_page_comes_along(visitors: Visitors, groups: FakeRoom) -> None:
    groups.live = board(g1=[f"i{n}" for n in range(1, 20)], g2=["i30"])
    page = await visitors.open(groups.base, size=(390, 700), has_touch=True, is_mobile=True)
    await groups.until(lambda: groups.sockets)
    session = await page.context.new_cdp_session(page)

    async def touch(kind: str, *points: tuple[float, float]) -> None:
        where = [{"x": x, "y": y} for x, y in points]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    x, y = await centre(page, "[data-drag=i1]")
    await touch("touchStart", (x, y))
    for at in (y + 10, y + 100, 300, 500, 690):
        await touch("touchMove", (x, at))
    await expect(page.locator(".drag-ghost")).to_be_visible()
    await expect(page.locator("#i30")).to_be_in_viewport(ratio=1)
    x, y = await centre(page, "#i30 p")
    await touch("touchMove", (x, y - 4))
    await expect(page.locator("#g2-ideas > [data-drag-slot]")).to_be_visible()
    await touch("touchEnd")
    await groups.until(lambda: groups.effects)
    assert {**groups.effects[0], "before": ""} == {
        "do": "idea.move", "activity": "a2", "to": "g2", "idea": "i1", "before": "",
    }  # fmt: skip
