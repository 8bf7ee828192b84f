"""What it should feel like: quick to the first idea, steady under a finger, large enough, calm."""

from __future__ import annotations

import re
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from playwright.async_api import Page, expect

from insights.actions import publishing
from insights.actions import reports as report_acts
from lab_workspace.people.models import User
from realtime.kinds import SYSTEM
from tests.browser.room import (
    assert_fits,
    console,
    crowd,
    in_grouping,
    in_writing,
    join,
    look,
    make_workshop,
    meanwhile,
)
from tests.chromium import PHONE, SMALLEST, Visitors
from tests.conftest import StartDaphne
from workshops.models import Archive, Workshop

LONG = "Selbsthilfegruppenkoordinatorinnen_and_a_word_without_end " * 2
IDEAS = ["A card in every pack", "Ask twice, once at diagnosis and again three months later", LONG.strip()]

SMALL = """(least) => [...document.querySelectorAll('main :is(button, summary, select, textarea, input, a.do, .tool), .dock :is(button, summary)')]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest('[aria-hidden=true], .hear, dialog:not([open])') && one.tabIndex >= 0)
  .map(one => [one.matches('[type=checkbox], [type=radio]') ? one.closest('label') ?? one : one, one])
  .map(([box, one]) => [box.getBoundingClientRect(), one])
  .filter(([box]) => box.width > 0 && (box.width < least || box.height < least))
  .map(([box, one]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 140)}`)"""


async def assert_targets(page: Page, least: int) -> None:
    """No control is smaller than a finger (or, with a mouse, than WCAG asks)."""
    small = await page.evaluate(SMALL, least)
    assert not small, f"{page.url}: smaller than {least} px:\n" + "\n".join(small)


async def test_three_taps_from_the_link_to_the_first_idea(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await meanwhile(workshop, SYSTEM, "step.open", activity="a1")
    page = await visitors.open(
        daphne().url, f"/join/{workshop.code}/", size=PHONE, has_touch=True, is_mobile=True
    )
    await page.get_by_label("Your name").tap()
    await page.keyboard.type("Noor")
    await page.keyboard.press("Enter")
    await page.get_by_label("Your idea").tap()
    await page.keyboard.type("A text line")
    await page.get_by_role("button", name="Save idea").tap()
    await expect(page.locator("#own-ideas .idea-text")).to_have_text(["A text line"])
    await expect(page.get_by_label("Your idea").first).to_have_value("")


@sync_to_async
def publish(workshop: Workshop, by: User) -> str:
    """A report of it, published; gives its address."""
    archive = Archive.objects.get(workshop=workshop)
    report = report_acts.new_report(workshop.challenge, by, title="How people find a peer", archive=archive)
    report_acts.edit_report(
        report, title=report.title, summary="They are asked twice.", authors="", licence=""
    )
    publishing.publish(report, by, listed=True)
    return f"/library/{report.slug}/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_state_fits_the_smallest_phone_and_a_finger(
    daphne: StartDaphne, visitors: Visitors, staff: User, scheme: str
) -> None:
    workshop = await make_workshop(staff)
    await crowd(workshop, "pann")
    server = daphne()
    options: dict[str, Any] = {"size": SMALLEST, "color_scheme": scheme}
    door = await visitors.open(server.url, f"/join/{workshop.code}/", **options)
    await door.get_by_text("Your role, and how your words may be used").click()
    await seen(door, "small-join", scheme)
    page = await join(visitors, server.url, workshop, "Noor", **options)
    sal = await console(visitors, server.url, workshop, staff, **options)

    async def state(name: str, title: str, sign: str) -> None:
        for who, window in (("room", page), ("console", sal)):
            await expect(window.get_by_role("heading", level=1)).to_have_text(title)
            await expect(window.locator(sign).first).to_be_visible()
            await seen(window, f"small-{name}-{who}", scheme)

    await expect(page.get_by_role("heading", level=1)).to_have_text("You are in")
    await seen(page, "small-lobby-room", scheme)
    await seen(sal, "small-lobby-console", scheme)
    await meanwhile(workshop, SYSTEM, "step.open", activity="a1")
    for idea in IDEAS:
        await meanwhile(workshop, "pann", "idea.add", activity="a1", text=idea)
    await page.locator("#new-idea").fill(LONG)
    await page.get_by_role("button", name="Save idea").click()
    await page.locator("#own-ideas summary").click()
    await state("writing", "Write ideas", "#own-ideas .idea, .cockpit-now .key")
    await meanwhile(workshop, SYSTEM, "step.reveal", activity="a1")
    await state("shown", "Write ideas", "#ideas .idea")
    await meanwhile(workshop, SYSTEM, "step.open", activity="a2")
    await meanwhile(workshop, "pann", "cluster.make", activity="a2", ideas=["i1"], title=LONG[:80].strip())
    await state("grouping", "Group the ideas", "section.cluster .idea")
    await meanwhile(workshop, SYSTEM, "step.reveal", activity="a2")
    await meanwhile(workshop, SYSTEM, "step.open", activity="a3")
    await meanwhile(workshop, "pann", "dot.place", activity="a3", item="i1")
    await state("voting", "Vote with dots", "#items > li")
    await meanwhile(workshop, SYSTEM, "step.reveal", activity="a3")
    await state("result", "Vote with dots", ".tally-line")
    await meanwhile(workshop, SYSTEM, "workshop.close")
    await state("closed", "The workshop is closed", "h1")
    await sal.goto(f"/workshops/{workshop.pk}/archive/")
    await seen(sal, "small-archive", scheme)
    await door.goto(await publish(workshop, staff))
    await seen(door, "small-report", scheme)


async def seen(page: Page, name: str, scheme: str) -> None:
    await look(page, f"{name}-{scheme}")
    await assert_targets(page, 24)
    if name.endswith(("room", "join")):
        await assert_targets(page, 44)


async def test_focus_stays_while_others_change_everything_around_it(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_grouping)(workshop, [f"Idea number {n}" for n in range(1, 13)])
    page = await join(visitors, daphne().url, workshop, "Noor")
    mine = page.get_by_role("button", name="Move “Idea number 6” to…")
    await mine.focus()
    for turn in range(4):
        for n in range(5):
            title = f"Group {turn}.{n}"
            ideas = [f"i{(turn * 5 + n) % 12 + 1}"]
            await meanwhile(workshop, "pann", "cluster.make", activity="a2", title=title, ideas=ideas)
        await expect(page.locator("section.cluster")).to_have_count(5 * turn + 5)
        await expect(mine).to_be_focused()
    await expect(mine).to_be_in_viewport()


async def test_a_screen_reader_is_told_at_leisure(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_writing)(workshop, IDEAS)
    page = await join(visitors, daphne().url, workshop, "Noor")
    await expect(page.get_by_label("Your idea").first).to_be_visible()
    await page.evaluate(
        """() => { window.said = []; new MutationObserver(() => window.said.push(
        document.getElementById('announce').textContent)).observe(document.getElementById('announce'),
        {childList: true, characterData: true, subtree: true}); window.began = performance.now(); }"""
    )
    for _ in range(6):
        await meanwhile(workshop, SYSTEM, "step.pause", activity="a1")
        await expect(page.get_by_text("left, paused")).to_be_visible()
        await meanwhile(workshop, SYSTEM, "step.resume", activity="a1")
        await expect(page.get_by_role("button", name="Save idea")).to_be_visible()
    said, seconds = await page.evaluate("[window.said, (performance.now() - window.began) / 1000]")
    assert 1 <= len(said) <= seconds / 5 + 1, said


async def test_nothing_moves_for_those_who_asked_for_less(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_grouping)(workshop, IDEAS)
    page = await join(visitors, daphne().url, workshop, "Noor", reduced_motion="reduce")
    await expect(page.locator("#loose .idea").first).to_be_visible()
    await page.locator("#loose [data-move]").first.click()
    moving = await page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(one => { const style = getComputedStyle(one);
        return [style.animationDuration, style.transitionDuration].join(',').split(',')
          .some(time => parseFloat(time) > (time.includes('ms') ? 20 : 0.02)); })
        .slice(0, 5).map(one => one.outerHTML.slice(0, 120))"""
    )
    assert moving == []


async def test_the_projector_has_no_controls_and_says_how_to_join(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    screen = await visitors.open(
        daphne().url, f"/workshops/{workshop.pk}/screen", user=staff, size=(1600, 900), color_scheme="dark"
    )
    await expect(screen.get_by_role("img", name="QR code of the join link")).to_be_visible()
    await expect(screen.locator(".wall-join .code")).to_have_text(re.compile("[A-Z0-9]{4} ?[A-Z0-9]{4}"))
    await expect(screen.locator("main :is(button, input, select, textarea):visible")).to_have_count(0)
    await assert_fits(screen)
    await look(screen, "screen-lobby-dark")
