"""A facilitator goes wrong, and nothing is gone: back, reopen, undo, bring back, let in again; danger asks first."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from asgiref.sync import sync_to_async
from playwright.async_api import Locator, Page, expect

from lab_workspace.people.models import User
from realtime.models import Event
from tests.browser.room import (
    SAVED,
    armed,
    ballot_line,
    card,
    console,
    in_grouping,
    in_vote,
    in_writing,
    join,
    look,
    make_workshop,
    meanwhile,
    press,
    write,
)
from tests.chromium import DESK, PHONE, Visitors
from tests.conftest import StartDaphne
from tests.makers import make_member

IDEAS = ["A card in every pack", "Ask twice"]
HALF = "I was just going to say that"


def person(page: Page, name: str) -> Locator:
    return page.locator(".who > li", has_text=name)


async def change(page: Page, name: str) -> None:
    await person(page, name).get_by_role("link").click()


async def test_going_on_too_early_costs_nobody_a_word(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_writing)(workshop, IDEAS)
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    ann = await join(visitors, server.url, workshop, "Ann")
    await write(ann, "My first")
    await ann.get_by_label("Your idea", exact=True).first.press_sequentially(HALF)
    await armed(sal, "Go to Group the ideas…", "Close it and go on")
    await expect(ann.get_by_role("heading", level=1, name="Group the ideas")).to_be_visible()
    await press(sal, "Go back and open it again")
    await expect(ann.get_by_label("Your idea", exact=True).first).to_have_value(HALF)
    await expect(ann.locator("#own-ideas .idea-text")).to_have_text(["My first"])
    await press(ann, "Save idea")
    await expect(ann.locator("#own-ideas .idea-text")).to_have_count(2)

    await ann.get_by_label("Your idea", exact=True).first.press_sequentially("And one late one")
    await armed(sal, "Show the ideas…", "Show the ideas")
    await expect(ann.locator("#ideas .idea-text")).to_have_count(4)
    await expect(ann.get_by_label("A late idea")).to_have_value("And one late one")
    await press(ann, "Send late idea")
    await expect(sal.locator("#ideas .idea-text")).to_have_count(5)

    await sal.get_by_text("Run it once more").click()
    await press(sal, "Start a new round")
    await write(ann, "Of the second round")
    await expect(sal.get_by_text("round 2").first).to_be_visible()
    await expect(sal.locator("#ideas .idea-text")).to_have_count(5)
    await armed(sal, "Back to: the lobby…", "Close it and go on")
    await expect(ann.get_by_role("heading", level=1, name="You are in")).to_be_visible()
    written = sal.locator(".run li", has_text="Write ideas")
    await written.get_by_text("Go here…").click()
    await written.get_by_role("button", name="Bring everybody here").click()
    await expect(ann.locator("#own-ideas .idea-text")).to_have_count(4)


async def test_the_clock_can_be_stopped_and_given_more(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_writing)(workshop, IDEAS)
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    ann = await join(visitors, server.url, workshop, "Ann")
    await press(sal, "Pause this activity")
    await expect(ann.get_by_text("left, paused")).to_be_visible()
    await expect(ann.get_by_role("button", name="Save idea")).to_have_count(0)
    await ann.get_by_label("Your idea").first.fill(HALF)
    await look(ann, "paused-ann")
    await press(sal, "Add 1 minute")
    await press(sal, "Go on with this activity")
    await expect(ann.locator("[id='stage.timer'] time")).to_have_attribute("data-until", re.compile(r"^\d+$"))
    await expect(sal.locator("[id='stage.timer'] time")).to_have_text(re.compile(r"^10:\d\d$"))
    await expect(ann.get_by_label("Your idea").first).to_have_value(HALF)
    await press(ann, "Save idea")
    await expect(ann.locator("#own-ideas .idea-text")).to_have_text([HALF])
    await press(sal, "Close this activity")
    await expect(ann.get_by_label("A late idea")).to_be_visible()
    await press(sal, "Open it again")
    await expect(ann.get_by_role("button", name="Save idea")).to_be_visible()


async def test_an_idea_is_hidden_with_a_reason_and_brought_back(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_writing)(workshop, IDEAS)
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    ann = await join(visitors, server.url, workshop, "Ann")
    await write(ann, "Dr Poll does it wrong")
    await armed(sal, "Show the ideas…", "Show the ideas")
    await card(sal, "Dr Poll").get_by_role("button", name="Hide…").click()
    question = sal.get_by_role("dialog", name="Hide this from everybody?")
    await expect(question).to_contain_text("Dr Poll does it wrong")
    await look(sal, "hide-sal")
    await question.get_by_role("button", name="It is rude or hurtful.").click()
    await expect(card(sal, "Dr Poll")).to_have_count(0)
    await expect(ann.locator("#own-ideas")).to_contain_text(
        "Hidden by the facilitator: It is rude or hurtful."
    )
    await press(sal, "Undo")
    await expect(card(ann, "Dr Poll")).to_be_visible()

    await card(sal, "Dr Poll").get_by_role("checkbox").check()
    await sal.get_by_text("Several ideas at once: hide or merge").click()
    await look(sal, "moderation-sal")
    await press(sal, "Hide the selected ideas")
    await expect(sal.get_by_text("Write why: their writers read it.")).to_be_visible()
    await expect(card(sal, "Dr Poll").get_by_role("checkbox")).to_be_checked()
    await sal.get_by_label("Hide, because").fill("It names a person.")
    await press(sal, "Hide the selected ideas")
    await expect(card(sal, "Dr Poll")).to_have_count(0)
    await expect(ann.locator("#ideas .idea-text")).to_have_count(2)
    await expect(ann.locator("#own-ideas")).to_contain_text("It names a person.")
    await sal.locator("#off-the-board summary").click()
    await press(sal, "Show again")
    await expect(card(ann, "Dr Poll")).to_be_visible()
    await expect(ann.locator("#own-ideas")).not_to_contain_text("It names a person.")

    for text in IDEAS:
        await card(sal, text).get_by_role("checkbox").check()
    await press(sal, "Merge the selected ideas into the first")
    await expect(ann.locator("#ideas .idea-text")).to_have_count(2)
    await sal.locator("#off-the-board summary").click()
    await press(sal, "Show again")
    await expect(ann.locator("#ideas .idea-text")).to_have_count(3)


async def test_people_are_renamed_removed_and_let_in_again(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_writing)(workshop, IDEAS)
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    ann = await join(visitors, server.url, workshop, "Some Rude Name")
    await write(ann, "My first")
    await change(sal, "Some Rude Name")
    dialog = sal.get_by_role("dialog")
    await dialog.get_by_label("Name", exact=True).fill("Rae")
    await dialog.get_by_role("button", name="Rename").click()
    await expect(dialog).to_have_count(0)
    await expect(person(sal, "Some Rude Name")).to_have_count(0)
    await change(sal, "Rae")
    await expect(dialog.get_by_role("button", name="Remove from the workshop")).to_have_count(
        0
    )  # it asks first
    await armed(sal, "Remove from the workshop…", "Remove from the workshop")
    await expect(ann.locator("#saved")).to_contain_text("You were removed from this workshop.")
    await expect(sal.locator(".who .is-removed")).to_have_count(1)
    await ann.reload()
    await expect(ann).to_have_url(f"{server.url}/join/{workshop.code}/")
    await look(ann, "removed-ann")
    await change(sal, "Rae")
    await dialog.get_by_role("button", name="Let in again").click()
    await expect(sal.locator(".who .is-removed")).to_have_count(0)
    await ann.goto(f"/workshops/{workshop.pk}/")
    await expect(ann.locator("#own-ideas .idea-text")).to_have_text(["My first"])


async def test_a_locked_door_says_so(daphne: StartDaphne, visitors: Visitors, staff: User) -> None:
    workshop = await make_workshop(staff)
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    inside = await join(visitors, server.url, workshop, "Ann")
    await press(sal, "Lock the door")
    await expect(sal.get_by_text("The door is locked: nobody new can join.")).to_be_visible()
    late = await visitors.open(server.url, f"/join/{workshop.code}/", size=PHONE)
    await late.get_by_label("Your name").fill("Zed")
    await press(late, "Join the workshop")
    await expect(late.get_by_text("locked")).to_be_visible()
    await expect(late.get_by_label("Your name")).to_have_value("Zed")
    await look(late, "door-locked")
    visitors.expect_problem("400")
    await inside.reload()
    await expect(inside.get_by_role("heading", level=1, name="You are in")).to_be_visible()
    await press(sal, "Unlock the door")
    await expect(sal.get_by_text("The door is locked")).to_have_count(0)
    await press(late, "Join the workshop")
    await late.wait_for_url(f"**/workshops/{workshop.pk}/")


async def test_two_facilitators_pressing_next_skip_nothing(
    daphne: StartDaphne, visitors: Visitors, staff: User, bob: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(make_member)(workshop.challenge, bob, "facilitator")
    await sync_to_async(in_writing)(workshop, IDEAS)
    server = daphne()
    pages = [await console(visitors, server.url, workshop, user) for user in (staff, bob)]
    buttons = [page.locator("#arm-next-yes") for page in pages]
    await asyncio.gather(*(button.dispatch_event("click") for button in buttons))
    for page in pages:
        await expect(page.get_by_role("heading", level=1, name="Group the ideas")).to_be_visible()
        await expect(page.locator("#saved")).to_have_text(SAVED)
    moves = Event.objects.filter(stream_id=workshop.stream_id, kind="show.moved").order_by("seq")
    assert [event.body["activity"] async for event in moves] == ["a1", "a2"]


async def test_closing_and_showing_ask_first(daphne: StartDaphne, visitors: Visitors, staff: User) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_vote)(workshop, IDEAS)
    server = daphne()
    sal = await console(visitors, server.url, workshop, staff)
    ann = await join(visitors, server.url, workshop, "Ann", size=DESK)
    await expect(ann.get_by_text("Place your 4 dots")).to_be_visible()  # more don't fit on two ideas
    await press(ann, f"Add one dot to “{IDEAS[0]}”")
    await expect(ann.locator(".dock b")).to_have_text("3")
    await sal.get_by_text("Show the result…").click()
    await expect(sal.get_by_role("heading", name="Close the vote and show the result?")).to_be_visible()
    await sal.get_by_text("Show the result…").click()
    await expect(ann.locator(".tally-line")).to_have_count(0)
    await press(sal, "Close this activity")
    await expect(ann.get_by_text("The vote is closed. Your dots are counted.")).to_be_visible()
    await press(sal, "Open it again")
    await press(ann, f"Add one dot to “{IDEAS[1]}”")
    await expect(ann.locator(".dock b")).to_have_text("2")
    await expect(ballot_line(ann, IDEAS[0])).to_contain_text("Your dots saved: 1")
    await armed(sal, "Show the result…", "Show the result")
    await sal.get_by_text("Run it once more").click()
    await press(sal, "Start a new round")
    await expect(ann.locator(".dock b")).to_have_text("4")
    await sal.get_by_text("Close the workshop…").click()
    await expect(sal.get_by_text("This can't be undone.")).to_be_visible()
    await expect(ann.locator(".dock")).to_be_visible()
    await sal.keyboard.press("Escape")
    await expect(sal.get_by_text("This can't be undone.")).to_be_hidden()
    await sal.get_by_text("Close the workshop…").click()
    await press(sal, "Close and seal the archive")
    await expect(ann.get_by_role("heading", level=1, name="The workshop is closed")).to_be_visible()


async def test_a_wrecked_board_is_put_back_and_what_is_moved_meanwhile_is_counted(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    workshop = await make_workshop(staff)
    await sync_to_async(in_grouping)(workshop, [*IDEAS, "Somebody who waits"])
    server = daphne()

    async def ann_does(do: str, **args: Any) -> None:
        await meanwhile(workshop, "pann", do, activity="a2", **args)

    await ann_does("cluster.make", ideas=["i1"], title="On paper")
    await ann_does("cluster.make", ideas=["i2"], title="In talks")
    await ann_does("cluster.merge", cluster="g2", into="g1")
    await ann_does("cluster.remove", cluster="g1")
    sal = await console(visitors, server.url, workshop, staff, size=PHONE)
    bea = await join(visitors, server.url, workshop, "Bea", size=PHONE)
    await sal.locator("#putting-back > summary").press("Enter")
    moment = sal.locator("#moments > li", has_text="merged “In talks”")
    await moment.locator("summary").press("Enter")
    await expect(moment).to_contain_text("This takes back 2 changes since")
    await look(sal, "put-back-question")

    await ann_does("idea.move", idea="i3", to="parked")
    await expect(moment).to_contain_text("This takes back 3 changes since")
    await expect(moment.get_by_role("button", name="Put the board back")).to_be_visible()
    await moment.get_by_role("button", name="Put the board back").press("Enter")
    titles = bea.locator("#groups").get_by_role("heading")
    await expect(titles).to_have_text(["On paper", "In talks"])
    await expect(bea.locator("#loose .idea-text")).to_have_text(["Somebody who waits"])

    await press(sal, "Undo your last action")
    await expect(titles).to_have_count(0)
    await expect(bea.locator("#parked .idea-text")).to_have_text(["Somebody who waits"])
