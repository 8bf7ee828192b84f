"""Preparing a workshop in a real browser: axe, the keyboard, without JavaScript, and beside a running console."""

from __future__ import annotations

import re

import pytest
from asgiref.sync import sync_to_async
from playwright.async_api import FilePayload, Page, expect

from lab_workspace.people.models import User
from tests.chromium import DESK, PHONE, SMALLEST, Visitors, assert_accessible
from tests.conftest import StartDaphne
from tests.workshops.preparing import TITLES, ready_challenge, ready_workshop
from workshops.models import Workshop
from workshops.prepare.plan import state_of


async def ready(alice: User) -> Workshop:
    def make() -> Workshop:
        return ready_workshop(ready_challenge(alice), alice)

    return await sync_to_async(make)()


async def order(page: Page) -> list[str]:
    return await page.locator("ol.plan h3").all_inner_texts()


async def assert_fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("size", "scheme"), [(SMALLEST, "light"), (SMALLEST, "dark"), (DESK, "light"), (DESK, "dark")]
)
async def test_pages_are_accessible_and_fit(
    daphne: StartDaphne, visitors: Visitors, alice: User, size: tuple[int, int], scheme: str
) -> None:
    workshop = await ready(alice)
    base = f"/workshops/{workshop.pk}/prepare"
    page = await visitors.open(daphne().url, base, user=alice, size=size, color_scheme=scheme)
    await assert_accessible(page)
    for armed in await page.locator("details.armed > summary").all():
        await armed.click()
    await assert_accessible(page)
    await assert_fits(page)
    kinds = ("brainstorm", "cluster", "dot_vote", "talk", "list")
    addresses = ["/words", "/steps/a1", "/save", *(f"/add/{kind}" for kind in kinds)]
    workshops = f"/challenges/{workshop.challenge.slug}/workshops"
    for address in (
        f"{workshops}/start/",
        f"{workshops}/new/?from=how_might_we",
        *(base + one for one in addresses),
    ):
        await page.goto(address)
        await page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        await assert_accessible(page)
        await assert_fits(page)


async def test_from_new_workshop_to_the_code_by_one_line_typed(
    daphne: StartDaphne, visitors: Visitors, alice: User
) -> None:
    challenge = await sync_to_async(ready_challenge)(alice)
    page = await visitors.open(
        daphne().url, f"/challenges/{challenge.slug}/workshops/new/", user=alice, size=PHONE
    )
    await expect(page.get_by_label("Title")).to_be_focused()
    await page.keyboard.type("Idea generation")
    await page.keyboard.press("Enter")
    await expect(page.locator(".join-code")).to_be_in_viewport(ratio=1)


async def test_a_newcomer_has_a_workshop_of_ninety_minutes_in_three_presses(
    daphne: StartDaphne, visitors: Visitors, alice: User
) -> None:
    challenge = await sync_to_async(ready_challenge)(alice)
    page = await visitors.open(daphne().url, f"/challenges/{challenge.slug}/", user=alice, size=PHONE)
    new = page.get_by_role("link", name="New workshop").first
    await expect(new).to_be_in_viewport()
    await new.click()
    await page.get_by_role("link", name=re.compile("Start from this.*How might we")).click()
    await page.get_by_role("button", name="Make the workshop").click()
    await expect(page.get_by_role("heading", name="How might we…? Ideas", level=1)).to_be_visible()
    await expect(page.locator("#agenda")).to_contain_text("90 of 90 minutes planned")
    await expect(page.locator("ol.plan > li")).to_have_count(9)


async def test_ideas_are_brought_in_from_a_file_and_mended_by_keyboard(
    daphne: StartDaphne, visitors: Visitors, alice: User
) -> None:
    workshop = await ready(alice)
    server = daphne()
    for size in (SMALLEST, DESK):
        page = await visitors.open(server.url, f"/workshops/{workshop.pk}/prepare", user=alice, size=size)
        await page.get_by_role("link", name="Prepared list", exact=True).press("Enter")
        await expect(page.get_by_text("What people are told:")).to_be_visible()
        await page.get_by_role("button", name="Add to the agenda").press("Enter")
        await expect(page.locator("#agenda-said")).to_have_text("Added: “Prepared list”, at the end.")
        await page.get_by_role("link", name="Bring in ideas").last.press("Enter")
        await assert_accessible(page)
        await assert_fits(page)
        data = b"Id,Idea,By\n1,Ring back the same day,x\n2,Mail ann@example.org,x\n3,Ask twice,x\n"
        await page.locator("#file").set_input_files(
            FilePayload(name="ideas.csv", mimeType="text/csv", buffer=data)
        )
        await page.get_by_role("button", name="Read the file").press("Enter")
        await expect(page.get_by_role("radio", name="Idea", exact=False).first).to_be_checked()
        await assert_accessible(page)
        await assert_fits(page)
        await page.get_by_role("button", name="Look through the lines").press("Enter")
        await expect(page.locator("#summary")).to_be_focused()
        await assert_accessible(page)
        await assert_fits(page)
        await page.get_by_role("button", name="Bring in the 2 good lines").press("Enter")
        await page.get_by_label("One idea a line").fill("Write to Ann")
        await page.get_by_role("button", name="Look through once more").press("Enter")
        await page.get_by_role("button", name="Bring in 1 idea").press("Enter")
        await expect(page.locator("#messages")).to_contain_text("1 idea is on the list.")


async def test_what_people_are_told_follows_the_settings(
    daphne: StartDaphne, visitors: Visitors, alice: User
) -> None:
    workshop = await ready(alice)
    page = await visitors.open(daphne().url, f"/workshops/{workshop.pk}/prepare", user=alice)
    await page.get_by_role("link", name="Change “Write ideas”").press("Enter")
    told = page.locator("#step-a1 .key")
    await expect(told).to_contain_text("until the facilitator shows all ideas")
    await page.get_by_label("Everybody sees every idea at once").check()
    await expect(told).to_contain_text("Everybody sees the ideas.")


async def test_the_agenda_is_worked_on_in_its_place_by_keyboard(
    daphne: StartDaphne, visitors: Visitors, alice: User
) -> None:
    workshop = await ready(alice)
    page = await visitors.open(daphne().url, f"/workshops/{workshop.pk}/prepare", user=alice)
    up = page.get_by_role("button", name="Move “Vote with dots” up")
    await up.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#agenda-said")).to_have_text(
        "“Vote with dots” now stands before “Group the ideas”."
    )
    assert await order(page) == ["Write ideas", "Vote with dots", "Group the ideas"]
    await expect(up).to_be_focused()

    await page.get_by_role("link", name="Change “Vote with dots”").press("Enter")
    await expect(page.get_by_role("heading", name="Change “Vote with dots”")).to_be_focused()
    await assert_accessible(page)
    await page.get_by_label("Title").fill("")
    await page.get_by_label("Dots for each person").fill("7")
    await page.get_by_role("button", name="Save").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Give the activity a title.")
    await expect(page.get_by_role("alert")).to_be_focused()
    await assert_accessible(page)
    await expect(page.get_by_label("Dots for each person")).to_have_value("7")
    await page.get_by_label("Title").fill("Choose")
    await page.get_by_role("button", name="Save").press("Enter")
    await expect(page.get_by_role("link", name="Change “Choose”")).to_be_focused()
    await expect(page.locator("#agenda")).to_contain_text("7 dots each")

    for link in ("Change “Choose”", "Prioritisation matrix"):
        await page.get_by_role("link", name=link).press("Enter")
        await page.get_by_role("link", name="Cancel").press("Enter")
        await expect(page.get_by_role("link", name=link)).to_be_focused()
        await expect(page.get_by_role("link", name=link)).to_be_in_viewport()
    await page.get_by_role("link", name="Brainstorm").press("Enter")
    await expect(page.get_by_role("heading", name="Add: Brainstorm")).to_be_focused()
    await page.get_by_role("button", name="Add to the agenda").press("Enter")
    await expect(page.locator("#agenda-said")).to_have_text("Added: “Brainstorm”, at the end.")
    await expect(page.get_by_role("heading", name="Brainstorm", level=3)).to_be_focused()
    await expect(page.get_by_role("heading", name="Brainstorm", level=3)).to_be_in_viewport()
    await expect(page.locator("#step-a4")).to_contain_text("Added: “Brainstorm”, at the end.")
    await page.locator("#more-a4").press("Enter")
    await assert_accessible(page)
    await page.locator("#step-a4").get_by_role("button", name="Take off the agenda").press("Enter")
    await expect(page.locator("#agenda-said")).to_have_text(
        "“Brainstorm” is off the agenda. You can put it back."
    )
    assert await order(page) == ["Write ideas", "Choose", "Group the ideas"]
    back = page.get_by_role("button", name="Put back “Brainstorm”")
    await expect(back).to_be_focused()
    await back.press("Enter")
    await expect(page.get_by_role("link", name="Change “Brainstorm”")).to_be_focused()
    await page.get_by_label("Minutes: “Brainstorm”").fill("25")
    await page.keyboard.press("Tab")
    await expect(page.locator("#agenda-said")).to_have_text("“Brainstorm” now takes 25 minutes.")
    await expect(page.locator("#up-a4")).to_be_focused()


async def test_a_step_is_dragged_to_its_place(daphne: StartDaphne, visitors: Visitors, alice: User) -> None:
    workshop = await ready(alice)
    page = await visitors.open(daphne().url, f"/workshops/{workshop.pk}/prepare", user=alice)
    handle = await page.locator("#step-a3 [data-drag]").bounding_box()
    target = await page.locator("#step-a1").bounding_box()
    assert handle
    assert target
    await page.mouse.move(handle["x"] + 8, handle["y"] + 8)
    await page.mouse.down()
    await page.mouse.move(target["x"] + 60, target["y"] + 60, steps=8)
    await page.mouse.move(target["x"] + 60, target["y"] + 10, steps=4)
    await page.mouse.up()
    await expect(page.locator("#agenda-said")).to_have_text(
        "“Vote with dots” now stands before “Write ideas”."
    )
    assert await order(page) == ["Vote with dots", "Write ideas", "Group the ideas"]


PRESS_AT_ONCE = """() => new MutationObserver((_, watch) => {
    const save = document.querySelector('#adding button[type=submit]');
    if (save) { watch.disconnect(); save.click(); }
}).observe(document.body, {childList: true, subtree: true})"""


async def test_a_form_that_came_works_in_its_place_from_its_first_moment(
    daphne: StartDaphne, visitors: Visitors, alice: User
) -> None:
    workshop = await ready(alice)
    page = await visitors.open(daphne().url, f"/workshops/{workshop.pk}/prepare", user=alice)
    await page.evaluate(PRESS_AT_ONCE)
    await page.get_by_role("link", name="Brainstorm").press("Enter")
    await expect(page.locator("ol.plan h3")).to_have_count(4)
    await expect(page.locator("#agenda-said")).to_have_text("Added: “Brainstorm”, at the end.")


async def test_the_link_is_copied(daphne: StartDaphne, visitors: Visitors, alice: User) -> None:
    workshop = await ready(alice)
    server = daphne()
    page = await visitors.open(server.url, f"/workshops/{workshop.pk}/prepare", user=alice)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy link").click()
    await expect(page.locator("#door [role=status]")).to_have_text("The link is copied.")
    assert await page.evaluate("navigator.clipboard.readText()") == f"{server.url}/join/{workshop.code}/"


async def test_everything_goes_without_javascript(
    daphne: StartDaphne, visitors: Visitors, alice: User
) -> None:
    challenge = await sync_to_async(ready_challenge)(alice)
    page = await visitors.open(
        daphne().url,
        f"/challenges/{challenge.slug}/workshops/new/",
        user=alice,
        size=PHONE,
        java_script_enabled=False,
    )
    await page.get_by_label("Title").fill("Idea generation")
    await page.get_by_role("button", name="Make the workshop").click()
    await page.get_by_role("button", name="Move “Write ideas” down").click()
    assert await order(page) == ["Group the ideas", "Write ideas", "Vote with dots"]
    await page.get_by_role("link", name="Change “Write ideas”").click()
    await page.get_by_label("What people are asked to do").fill("What would help?")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#step-a1")).to_contain_text("What would help?")
    await page.locator("#more-a2").click()
    await page.locator("#step-a2").get_by_role("button", name="Take off the agenda").click()
    await page.get_by_role("link", name="Group ideas").click()
    await page.get_by_role("button", name="Add to the agenda").click()
    assert await order(page) == ["Write ideas", "Vote with dots", "Group ideas"]
    old = await page.get_by_label("Link", exact=True).input_value()
    await page.get_by_text("New code…").click()
    await page.get_by_role("button", name="Make a new code").click()
    assert await page.get_by_label("Link", exact=True).input_value() != old
    await page.get_by_text("Delete this workshop…").click()
    await page.get_by_role("button", name="Delete the workshop").click()
    await expect(page.locator("#messages")).to_contain_text("“Idea generation” is deleted.")


async def test_a_running_room_sees_the_change(daphne: StartDaphne, visitors: Visitors, alice: User) -> None:
    workshop = await ready(alice)
    server = daphne()
    console = await visitors.open(server.url, f"/workshops/{workshop.pk}/console", user=alice)
    agenda = console.locator(".cockpit-agenda li .strong")
    await expect(agenda).to_have_text(TITLES)
    page = await visitors.open(server.url, f"/workshops/{workshop.pk}/prepare", user=alice)
    await page.get_by_role("button", name="Move “Vote with dots” up").click()
    await expect(agenda).to_have_text(["Write ideas", "Vote with dots", "Group the ideas"])
    state = await sync_to_async(state_of)(workshop)
    assert list(state.steps) == ["a1", "a3", "a2"]
