"""What a person does reaches the room once, or is said not to have: the outbox, refusals, drafts."""

from __future__ import annotations

import json

from playwright.async_api import Page, expect

from tests.chromium import Visitors
from tests.live.conftest import open_room, writer
from tests.live.fake_room import FakeRoom

SAVED = "Everything saved."


async def write(page: Page, *ideas: str) -> None:
    for idea in ideas:
        await page.locator("[name=new-idea]").fill(idea)
        await page.locator("#add").click()


def texts(room: FakeRoom) -> list[str]:
    return [effect["text"] for effect in room.effects]


async def test_a_command_is_sent_without_what_is_meant_for_the_person(
    visitors: Visitors, room: FakeRoom
) -> None:
    page = await open_room(visitors, room)
    await write(page, "Meet in the library")
    await expect(page.locator("#toast")).to_contain_text("Your idea is on the board.")
    assert room.effects == [{"do": "idea.add", "activity": "a1", "text": "Meet in the library"}]
    await expect(page.locator("[name=new-idea]")).to_have_value("")
    await expect(page.locator("#saved")).to_have_text(SAVED)
    assert await page.evaluate("Object.keys(localStorage).filter(key => !key.startsWith('theme'))") == []
    await page.locator("#toast button").click()
    await room.until(lambda: len(room.effects) == 2)
    assert room.effects[1] == {"do": "idea.remove"}
    await expect(page.locator("#toast")).to_be_empty()


async def test_saved_is_said_only_after_the_answer(visitors: Visitors, room: FakeRoom) -> None:
    room.rule = lambda command: {"retry": "", "after": 0.5}
    page = await open_room(visitors, room)
    await write(page, "Slow")
    await expect(page.locator("#saved")).to_have_text("Saving…")
    await expect(page.locator("[data-pending-for] li")).to_contain_text("Slow")
    assert room.effects == []
    room.rule = lambda command: None
    await expect(page.locator("#saved")).to_have_text(SAVED)
    await expect(page.locator("[data-pending-for] li")).to_have_count(0)
    assert room.asked[0][1]["op"] == room.asked[1][1]["op"]
    assert texts(room) == ["Slow"]


async def test_order_is_kept_when_one_has_to_be_sent_again(visitors: Visitors, room: FakeRoom) -> None:
    room.rule = lambda command: {"retry": "", "after": 0.5} if len(room.asked) == 1 else None
    page = await open_room(visitors, room)
    await write(page, "One", "Two", "Three")
    await room.until(lambda: len(room.effects) == 3)
    assert texts(room) == ["One", "Two", "Three"]


async def test_a_refusal_stands_beside_its_field_and_gives_the_words_back(
    visitors: Visitors, room: FakeRoom
) -> None:
    room.rule = lambda command: {"refused": "", "code": "too_many", "message": "Five ideas are enough."}
    page = await open_room(visitors, room)
    await write(page, "The sixth")
    field = page.locator("[name=new-idea]")
    await expect(page.locator("#refused-new-idea")).to_have_text("Five ideas are enough.")
    await expect(field).to_have_value("The sixth")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_attribute("aria-describedby", "refused-new-idea")
    await expect(page.locator("#saved")).to_have_text(SAVED)
    await field.fill("The sixth, shorter")
    await expect(page.locator("#refused-new-idea")).to_have_count(0)
    assert await field.get_attribute("aria-invalid") is None
    await page.locator("#plus-i1").click()
    await expect(page.locator("#notice")).to_contain_text("Five ideas are enough.")
    await page.locator("#notice button").click()
    await expect(page.locator("#notice")).to_be_hidden()


async def test_words_given_back_to_a_field_outlive_the_field(visitors: Visitors, room: FakeRoom) -> None:
    room.rule = lambda command: {
        "refused": "",
        "code": "workshop_closed",
        "message": "The workshop is closed.",
    }
    page = await open_room(visitors, room)
    await write(page, "Too late, but mine")
    await expect(page.locator("#refused-new-idea")).to_have_text("The workshop is closed.")
    await room.frame('<section id="a1"><h2>The end</h2></section>')
    await expect(page.locator("#a1 h2")).to_have_text("The end")
    await expect(page.locator("#notice")).to_contain_text("Your words: “Too late, but mine”")


async def test_words_that_were_taken_at_the_second_try_are_not_given_back_again(
    visitors: Visitors, room: FakeRoom
) -> None:
    room.rule = lambda command: {"refused": "", "code": "too_many", "message": "Five ideas are enough."}
    page = await open_room(visitors, room)
    await write(page, "The sixth")
    await expect(page.locator("#refused-new-idea")).to_have_text("Five ideas are enough.")
    room.rule = lambda command: None
    await page.locator("#add").click()
    await room.until(lambda: room.effects)
    await expect(page.locator("#saved")).to_have_text(SAVED)
    await room.frame('<section id="a1"><h2>The end</h2></section>')
    await expect(page.locator("#a1 h2")).to_have_text("The end")
    await expect(page.locator("#notice")).to_be_hidden()


async def test_an_empty_field_is_not_sent(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    await page.locator("#add").click()
    await expect(page.locator("#refused-new-idea")).to_have_text("Write something first.")
    await expect(page.locator("[name=new-idea]")).to_be_focused()
    assert room.asked == []


async def test_the_keyboard_sends_too(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    field = page.locator("[name=new-idea]")
    await field.press_sequentially("Two")
    await field.press("Enter")
    await field.press_sequentially("lines")
    await field.press("Control+Enter")
    await room.until(lambda: room.effects)
    assert texts(room) == ["Two\nlines"]


async def test_a_lost_answer_is_asked_for_again_under_the_same_op(visitors: Visitors, room: FakeRoom) -> None:
    room.rule = lambda command: {"drop": ""}
    page = await open_room(visitors, room)
    await write(page, "Once")
    await room.until(lambda: room.effects)
    room.cut()
    await expect(page.locator("#toast")).to_contain_text("Your idea is on the board.")
    await expect(page.locator("#saved")).to_have_text(SAVED)
    assert texts(room) == ["Once"]
    assert len({command["op"] for _, command in room.asked}) == 1


async def test_the_outbox_outlives_a_reload(visitors: Visitors, room: FakeRoom) -> None:
    room.socket, room.http = "refuse", "down"
    page = await visitors.open(room.base)
    await write(page, "First", "Second")
    await expect(page.locator("#saved")).to_have_text(
        "Waiting for the network. 2 changes are kept on this device."
    )
    await expect(page.locator("#saved")).to_have_attribute("data-state", "offline")
    await expect(page.locator("[data-pending-for] li")).to_have_text(
        [f"{idea}Waiting to send. It is safe on this device." for idea in ("First", "Second")]
    )
    await page.reload()
    await expect(page.locator("[data-pending-for] li")).to_have_count(2)
    room.socket, room.http = "open", "open"
    await page.evaluate("dispatchEvent(new Event('online'))")
    await room.until(lambda: len(room.effects) == 2)
    assert texts(room) == ["First", "Second"]
    await expect(page.locator("#saved")).to_have_text(SAVED)
    visitors.expect_problem("console:")


async def test_without_storage_it_says_that_nothing_is_kept(visitors: Visitors, room: FakeRoom) -> None:
    page = await visitors.open(room.base, "/blank")
    await page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden') }})"
    )
    room.socket, room.http = "refuse", "down"
    await page.goto("/")
    await write(page, "Not kept")
    await expect(page.locator("#saved")).to_have_text(
        "Waiting for the network. 1 change is kept only while this page stays open."
    )
    await expect(page.locator("[data-pending-for] li")).to_contain_text("Keep this page open.")
    room.socket, room.http = "open", "open"
    await room.until(lambda: room.effects, 20)
    await expect(page.locator("#saved")).to_have_text(SAVED)
    visitors.expect_problem("console:")


async def test_after_a_day_the_person_is_asked(visitors: Visitors, room: FakeRoom) -> None:
    page = await visitors.open(room.base, "/blank")
    for n, days in enumerate((2, 2)):
        old = {
            "op": f"00000000-0000-4000-8000-00000000000{n}",
            "command": {"do": "idea.add", "text": f"Old {n}"},
            "at": await page.evaluate("Date.now()") - days * 86_400_000 + n,
            "tab": "closed",
        }
        await page.evaluate(
            "([key, value]) => localStorage.setItem(key, value)",
            [f"outbox:w1:p7:{old['op']}", json.dumps(old)],
        )
    await page.goto("/")
    await expect(page.locator("#notice")).to_contain_text(
        "2 changes you made more than a day ago were never sent."
    )
    assert room.asked == []
    await page.get_by_role("button", name="Send").click()
    await room.until(lambda: len(room.effects) == 2)
    assert texts(room) == ["Old 0", "Old 1"]
    await expect(page.locator("#notice")).to_be_hidden()


async def test_two_tabs_send_their_own_and_one_takes_over_what_the_other_left(
    visitors: Visitors, room: FakeRoom
) -> None:
    first = await open_room(visitors, room)
    second = await first.context.new_page()
    visitors.watch(second, room.base)
    await second.goto(room.base)
    await room.until(lambda: len(room.sockets) == 2)
    room.rule = lambda command: {} if command["text"] == "Left behind" and len(room.asked) < 3 else None
    await write(second, "Left behind")
    await room.until(lambda: room.asked)
    await write(first, "Mine")
    await room.until(lambda: room.effects)
    assert [command["text"] for _, command in room.asked] == ["Left behind", "Mine"]
    await second.close()
    await room.until(lambda: len(room.effects) == 2, 30)
    assert texts(room) == ["Mine", "Left behind"]
    assert room.asked[0][1]["op"] == room.asked[2][1]["op"]


async def test_drafts_survive_the_step_moving_on_and_a_reload(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    field = page.locator("[name=new-idea]")
    await field.fill("Half an idea")
    await page.locator("#plus-i1").focus()
    await room.frame('<section id="a1"><h2>Please look up</h2></section>')
    await expect(page.locator("#a1 h2")).to_have_text("Please look up")
    await room.frame(writer())
    await expect(field).to_have_value("Half an idea")
    await page.reload()
    await expect(field).to_have_value("Half an idea")
    await page.locator("#add").click()
    await room.until(lambda: room.effects)
    await page.reload()
    await expect(page.locator("#saved")).to_have_text(SAVED)
    await expect(field).to_have_value("")


async def test_a_shared_device_can_be_cleared(visitors: Visitors, room: FakeRoom) -> None:
    room.socket, room.http = "refuse", "down"
    page = await visitors.open(room.base)
    await write(page, "Private")
    await page.locator("[name=new-idea]").fill("And a draft")
    await page.get_by_role("button", name="Clear this device").click()
    await expect(page.locator("#toast")).to_contain_text("was cleared")
    assert await page.evaluate("JSON.stringify(localStorage)") == "{}"
    await expect(page.locator("[data-pending-for] li")).to_have_count(0)
    visitors.expect_problem("console:")


async def test_a_menu_closes_after_its_command_and_keeps_focus(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    await page.locator("#menu-i1 summary").click()
    await page.locator("#menu-i1 button").click()
    await room.until(lambda: room.effects)
    assert room.effects == [{"do": "idea.move", "idea": "i1", "to": "g2"}]
    await expect(page.locator("#menu-i1 summary")).to_be_focused()
    assert await page.locator("#menu-i1").get_attribute("open") is None


async def test_fields_of_every_kind_are_read(visitors: Visitors, room: FakeRoom) -> None:
    value = {
        "do": "all",
        "fields": {"to": "to", "many": "pick[]", "yes": "yes", "which": "which", "n": "n", "none": "none[]"},
    }
    room.live += (
        '<div id="all"><select name="to" form="act"><option value="g1">One<option value="g2" selected>Two</select>'
        + "".join(
            f'<input type="checkbox" name="pick" value="i{n}" form="act"{" checked" * (n != 2)}>'
            for n in (1, 2, 3)
        )
        + '<input type="checkbox" name="yes"><input type="radio" name="which" value="a"><input type="radio" name="which" value="b" checked>'
        '<input type="number" name="n" value="5"><input type="checkbox" name="none" value="x">'
        f"<button id='go' form='act' name='command' value='{json.dumps(value)}'>Go</button></div>"
    )
    page = await open_room(visitors, room)
    await page.locator("#go").click()
    await room.until(lambda: room.effects)
    assert room.effects == [
        {"do": "all", "to": "g2", "many": ["i1", "i3"], "yes": False, "which": "b", "n": 5, "none": []}
    ]
