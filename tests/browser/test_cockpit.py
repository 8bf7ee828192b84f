"""Running a room from the cockpit: nobody loses a word, one hears what is for one, and a slip moves nobody."""

from __future__ import annotations

import datetime
import re

from asgiref.sync import sync_to_async
from django.utils import timezone
from playwright.async_api import expect

from lab_workspace.people.models import User
from tests.browser.room import SAVED, armed, console, in_writing, join, look, make_workshop, press, write
from tests.chromium import DESK, PHONE, Visitors
from tests.conftest import StartDaphne
from tests.makers import make_member

HALF = "I was just going to say that"


async def test_holding_calling_hands_and_words_for_one(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_writing)(workshop, ["Already there"])
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    wall = await visitors.open(server.url, f"/workshops/{workshop.pk}/screen", user=staff, size=DESK)
    ann = await join(visitors, server.url, workshop, "Rosa")
    field = ann.locator("#new-idea")

    await field.press_sequentially(HALF)
    await press(sal, "Pause everything")
    for page in (ann, wall):
        await expect(page.locator(".says-pause")).to_contain_text("Paused for a moment.")
    await press(ann, "Save idea")
    await expect(ann.get_by_text("Everything is paused for a moment").first).to_be_visible()
    await expect(field).to_have_value(HALF)
    await look(ann, "held-ann")

    await armed(sal, "Show the ideas…", "Show the ideas")
    question = sal.get_by_role("dialog", name="Everything is paused")
    await question.get_by_role("button", name="Leave it").click()
    await expect(ann.locator("#ideas .idea-text")).to_have_count(0)
    await press(sal, "Show the ideas", exact=True)
    await question.get_by_role("button", name="Go on with everything, and do it").click()
    await expect(ann.locator("#ideas .idea-text")).to_have_text(["Already there"])
    await expect(ann.locator(".says-pause")).to_have_count(0)
    await press(ann, "Send late idea")
    await expect(ann.locator("#own-ideas .idea-text")).to_have_text([HALF])

    await field.press_sequentially("Half a")
    await press(sal, "Call everybody here")
    await expect(ann.locator("#room")).to_have_attribute("data-calls", "1")
    await expect(field).to_be_focused()
    await ann.keyboard.type(" thought")
    await expect(field).to_have_value("Half a thought")

    await press(ann, "Raise your hand")
    await expect(ann.locator(".hand:visible")).to_contain_text("1")
    await expect(sal.locator(".bar .calls", has_text="Hands up")).to_contain_text("1")
    await press(sal, "Take Rosa")
    await expect(ann.get_by_text("It is your turn to speak.")).to_be_visible()
    await press(ann, "I have spoken")
    await expect(ann.get_by_text("It is your turn to speak.")).to_have_count(0)

    await sal.locator(".who a", has_text="Rosa").click()
    await sal.get_by_label("Say something to this person alone").fill("Could you say that aloud?")
    await press(sal, "Say it")
    await expect(ann.get_by_text("Could you say that aloud?")).to_be_visible()
    await expect(wall.get_by_text("Could you say that aloud?")).to_have_count(0)
    await press(ann, "I have read it")
    await expect(ann.get_by_text("Could you say that aloud?")).to_have_count(0)

    await sal.locator("#announcing summary").click()
    await sal.get_by_label("One sentence, for every screen and the projector").fill("Lunch is in the garden.")
    await press(sal, "Announce")
    await expect(wall.locator(".says-now")).to_contain_text("Lunch is in the garden.")
    await ann.locator(".says-now").get_by_role("button", name="Close").click()
    await expect(ann.locator(".says-now")).to_be_hidden()
    await ann.reload()
    await expect(ann.locator("#saved")).to_have_text(SAVED)
    await expect(ann.locator(".says-now")).to_be_hidden()
    await ann.locator("#heard-so-far summary").click()
    await expect(ann.locator("#heard-so-far")).to_contain_text("Lunch is in the garden.")
    await expect(field).to_have_value("Half a thought")
    await sal.evaluate("scrollTo(0, 0)")  # or a button may happen to lie half under the page's head
    await look(sal, "cockpit-sal")


async def test_who_does_not_lead_is_asked_first_and_notes_are_shared(
    daphne: StartDaphne, visitors: Visitors, staff: User, bob: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(make_member)(workshop.challenge, bob, "facilitator")
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    other = await console(visitors, server.url, workshop, bob, size=(800, 900))
    await press(sal, "Start writing: Write ideas")
    await expect(other.get_by_text(re.compile("is leading$"))).to_be_visible()

    await press(other, "Close this activity")
    question = other.get_by_role("dialog")
    await expect(question).to_contain_text("Somebody else is leading now")
    await press(other, "Leave it")
    await expect(sal.get_by_role("button", name="Close this activity")).to_be_visible()
    await press(other, "Close this activity")
    await press(other, "Do it")
    await expect(sal.get_by_role("button", name="Open it again")).to_be_visible()

    await sal.get_by_label(re.compile("^Private notes")).fill("Ask Petra")
    await sal.get_by_label(re.compile("^Private notes")).blur()
    await expect(other.get_by_label(re.compile("^Private notes"))).to_have_value("Ask Petra")

    await other.locator("#lead summary").click()
    await press(other, "I lead from now on")
    await expect(other.get_by_text("Your buttons move the room at once.")).to_be_visible()
    await press(other, "Open it again")
    await expect(sal.get_by_role("button", name="Close this activity")).to_be_visible()
    await press(sal, "Pause this activity")
    await expect(sal.get_by_role("dialog")).to_be_visible()

    await sal.keyboard.press("Escape")
    await sal.keyboard.press("Alt+Shift+KeyA")
    await expect(sal.locator("#announcing summary")).to_be_focused()


async def test_an_activity_that_stays_open_is_left_and_come_back_to(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_writing)(workshop, [])
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    ann = await join(visitors, server.url, workshop, "Ann", size=PHONE)
    await write(ann, "In the room")
    step = sal.locator(".run li", has_text="Write ideas").first  # questions before leaving it name it, too
    await sal.locator("#stay-open summary").click()
    await sal.get_by_label("Activity", exact=True).select_option(label="Write ideas")
    until = timezone.localtime() + datetime.timedelta(days=2)
    await sal.get_by_label("Stays open until").fill(until.strftime("%Y-%m-%dT%H:%M"))
    await press(sal, "Keep it open")
    await expect(step).to_contain_text("Open until")
    await press(sal, "Go to Group the ideas")
    await expect(ann.get_by_role("heading", level=1, name="Group the ideas")).to_be_visible()
    await look(ann, "also-open-ann")
    await ann.get_by_role("link", name="Go there").click()
    await expect(ann.locator("#own-ideas .idea-text")).to_have_text(["In the room"])
    await write(ann, "From home")
    await ann.reload()
    await expect(ann.locator("#own-ideas .idea-text")).to_have_count(2)
    await look(ann, "elsewhere-ann")
    await ann.locator("#new-idea").press_sequentially(HALF)
    await press(sal, "Call everybody here")
    await expect(ann.locator("#room")).to_have_attribute("data-calls", "1")
    await expect(ann.locator("#new-idea")).to_have_value(HALF)
    await ann.locator("[data-back]").click()
    await expect(ann.get_by_role("heading", level=1, name="Group the ideas")).to_be_visible()
