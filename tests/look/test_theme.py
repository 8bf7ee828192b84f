"""The look a reader chose holds on the next page, and a menu never stays in the way."""

from __future__ import annotations

from lab_workspace.people.models import User
from tests.chromium import PHONE, SMALLEST, Visitors
from tests.conftest import StartDaphne, StartDaphneApart

GROUND = "getComputedStyle(document.body).backgroundColor"
DARK = "rgb(15, 27, 30)"
LIGHT = "rgb(241, 244, 242)"


async def test_a_chosen_look_is_kept_and_given_back_to_the_device(
    daphne_apart: StartDaphneApart, visitors: Visitors
) -> None:
    server = daphne_apart("sqlite")
    page = await visitors.open(server.url, "/library/", size=SMALLEST, color_scheme="light")
    assert await page.evaluate(GROUND) == LIGHT
    await page.get_by_role("button", name="Dark").click()
    assert await page.evaluate(GROUND) == DARK
    await page.goto("/")
    assert await page.evaluate(GROUND) == DARK
    assert await page.get_by_role("button", name="Dark", pressed=True).is_visible()
    await page.get_by_role("button", name="Same as device").click()
    assert await page.evaluate(GROUND) == LIGHT
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate(GROUND) == DARK


async def test_letters_are_served_by_the_product(daphne_apart: StartDaphneApart, visitors: Visitors) -> None:
    server = daphne_apart("sqlite")
    page = await visitors.open(server.url, "/library/")
    loaded = "[...await document.fonts.ready].filter(f => f.status === 'loaded').map(f => f.family)"
    families = await page.evaluate(f"(async () => {loaded})()")
    assert any("Atkinson Hyperlegible" in family for family in families)


async def test_a_menu_closes_on_escape_and_on_a_tap_elsewhere(
    daphne: StartDaphne, visitors: Visitors, alice: User
) -> None:
    server = daphne()
    page = await visitors.open(server.url, "/library/", user=alice, size=PHONE)
    menu = page.locator("header details.menu")
    await menu.locator("summary").click()
    assert await page.get_by_role("button", name="Sign out").is_visible()
    await page.keyboard.press("Escape")
    assert await menu.get_attribute("open") is None
    await menu.locator("summary").click()
    await page.locator("footer").click(position={"x": 5, "y": 5})
    assert await menu.get_attribute("open") is None
