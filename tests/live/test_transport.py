"""The ladder of transports, against networks as they are."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.chromium import Visitors
from tests.live.conftest import card, writer
from tests.live.fake_room import FakeRoom
from tests.live.test_outbox import SAVED, texts, write

BLOCKED = "This network blocks the live connection. You can go on; it is a little slower."


async def open_with_clock(visitors: Visitors, room: FakeRoom) -> Page:
    """A page whose clock can be wound on."""
    page = await visitors.open(room.base, "/blank")
    await page.clock.install()
    await page.goto("/")
    return page


async def test_offline_and_back(visitors: Visitors, room: FakeRoom) -> None:
    page = await visitors.open(room.base)
    await room.until(lambda: room.sockets)
    await page.context.set_offline(True)
    await write(page, "Written in a lift")
    await expect(page.locator("#saved")).to_have_text(
        "Waiting for the network. 1 change is kept on this device."
    )
    await room.frame(card("i1", "Meanwhile"), send=False)
    await page.context.set_offline(False)
    await room.until(lambda: room.effects)
    await expect(page.locator("#saved")).to_have_text(SAVED)
    await expect(page.locator("#i1 p")).to_have_text("Meanwhile")
    assert texts(room) == ["Written in a lift"]
    visitors.problems[:] = [one for one in visitors.problems if "ERR_INTERNET_DISCONNECTED" not in one]


async def test_a_refused_handshake_leads_to_long_polling_and_back(visitors: Visitors, room: FakeRoom) -> None:
    room.socket = "refuse"
    page = await open_with_clock(visitors, room)
    await expect(page.locator("#saved")).to_have_text(BLOCKED)
    await expect(page.locator("#saved")).to_have_attribute("data-state", "blocked")
    await write(page, "By post")
    await room.until(lambda: room.effects)
    assert [way for way, _ in room.asked] == ["post"]
    await expect(page.locator("#saved")).to_have_text(BLOCKED)
    await room.frame(card("i1", "By long poll"))
    await expect(page.locator("#i1 p")).to_have_text("By long poll")
    await room.set_own({"left": 2})
    await expect(page.locator("[data-own-text=left]")).to_have_text("2")
    tried = room.handshakes
    assert tried == 2
    room.socket = "open"
    await page.clock.fast_forward(61_000)
    await room.until(lambda: room.sockets)
    await expect(page.locator("#saved")).to_have_text(SAVED)
    await write(page, "By socket")
    await room.until(lambda: len(room.effects) == 2)
    assert room.asked[-1][0] == "socket"
    visitors.expect_problem("WebSocket connection")


async def test_a_handshake_that_hangs_leads_to_long_polling(visitors: Visitors, room: FakeRoom) -> None:
    room.socket = "hang"
    page = await open_with_clock(visitors, room)
    await room.until(lambda: room.handshakes == 1)
    await write(page, "Patience")
    await page.clock.fast_forward(5_100)
    await room.until(lambda: room.effects)
    await room.until(lambda: room.handshakes == 2)
    await page.clock.fast_forward(5_100)
    await expect(page.locator("#saved")).to_have_text(BLOCKED)
    assert texts(room) == ["Patience"]


async def test_a_socket_that_opens_but_says_nothing_counts_as_blocked(
    visitors: Visitors, room: FakeRoom
) -> None:
    room.socket = "mute"
    page = await open_with_clock(visitors, room)
    await room.until(lambda: room.handshakes == 1)
    await page.clock.fast_forward(5_100)
    await room.until(lambda: room.handshakes == 2)
    await page.clock.fast_forward(5_100)
    await expect(page.locator("#saved")).to_have_text(BLOCKED)


async def test_a_connection_cut_again_and_again_leads_to_long_polling(
    visitors: Visitors, room: FakeRoom
) -> None:
    page = await visitors.open(room.base)
    for n in range(1, 4):
        await room.until(lambda: room.sockets)
        await expect(page.locator("#saved")).to_have_text(SAVED)
        assert room.handshakes == n
        room.cut()
    await expect(page.locator("#saved")).to_have_text(BLOCKED)
    await write(page, "Still here")
    await room.until(lambda: room.effects)
    assert room.asked[-1][0] == "post"


async def test_silence_is_noticed(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_with_clock(visitors, room)
    await room.until(lambda: room.sockets)
    await expect(page.locator("[data-own-text=left]")).to_have_text("3")
    await room.frame(card("i1", "Missed"), send=False)
    await page.clock.run_for(41_000)
    await expect(page.locator("#i1 p")).to_have_text("Missed")
    await room.until(lambda: room.handshakes == 2)


async def test_a_sleeping_device_looks_at_once(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_with_clock(visitors, room)
    await room.until(lambda: room.sockets)
    await expect(page.locator("[data-own-text=left]")).to_have_text("3")
    await room.frame(card("i1", "While asleep"), send=False)
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator("#i1 p")).to_have_text("While asleep")
    await page.clock.pause_at(await page.evaluate("Date.now() + 25000"))
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    await page.clock.resume()
    await room.until(lambda: room.handshakes == 2)


async def test_what_a_poll_brought_never_covers_what_the_socket_brought_since(
    visitors: Visitors, room: FakeRoom
) -> None:
    """After a restore: the poll's `reset` makes the page wait, and meanwhile the socket takes over."""
    page = await visitors.open(room.base, "/blank")
    await page.add_init_script("Math.random = () => 0.9")  # the wait is long enough for that
    await page.goto("/")
    await expect(page.locator("[data-own-text=left]")).to_have_text("3")
    room.socket, room.epoch, room.live = "mute", "e2", writer("Restored")
    room.cut()
    await room.until(lambda: room.requests and room.sockets)
    await room.greet()
    await room.set_own({"left": 2})
    await expect(page.locator("#a1 h2")).to_have_text("Restored")
    for title in ("One more", "And another"):
        await room.frame(writer(title))
        await expect(page.locator("#a1 h2")).to_have_text(title)
    await expect(page.locator("[data-own-text=left]")).to_have_text("2")
    assert len(room.requests) == 1, "the socket brought the whole view, nobody need fetch it"


async def test_restart_is_said_and_survived(visitors: Visitors, room: FakeRoom) -> None:
    page = await visitors.open(room.base)
    await room.until(lambda: room.sockets)
    await room.push({"notice": "restart"})
    await expect(page.locator("#notice")).to_contain_text("The server starts again.")
    await room.close(4012)
    await room.until(lambda: room.handshakes == 2)
    await expect(page.locator("#notice")).to_be_hidden()


async def test_a_page_that_was_too_slow_comes_back_without_a_word(visitors: Visitors, room: FakeRoom) -> None:
    page = await visitors.open(room.base)
    await room.until(lambda: room.sockets)
    await room.close(4408)
    await room.until(lambda: room.handshakes == 2)
    await write(page, "Here again")
    await room.until(lambda: room.effects)
    await expect(page.locator("#notice")).to_be_empty()


async def test_removed_is_final(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_with_clock(visitors, room)
    await room.until(lambda: room.sockets)
    await room.close(4403)
    await expect(page.locator("#saved")).to_have_text("You were removed from this workshop.")
    await write(page, "Too late")
    await page.clock.run_for(70_000)
    await expect(page.locator("#saved")).to_have_text(
        "You were removed from this workshop. 1 change is kept on this device."
    )
    assert room.handshakes == 1
    assert room.asked == []


async def test_a_closed_room_ends_quietly(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_with_clock(visitors, room)
    await room.until(lambda: room.sockets)
    await room.close(1000)
    await expect(page.locator("#saved")).to_have_text("The live part has ended. Everything is saved.")
    await page.clock.run_for(70_000)
    assert room.handshakes == 1


async def test_what_is_too_large_for_the_server_is_given_back(visitors: Visitors, room: FakeRoom) -> None:
    room.rule = lambda command: {}
    page = await visitors.open(room.base)
    await room.until(lambda: room.sockets)
    await write(page, "Large")
    await room.until(lambda: room.asked)
    await room.close(4413)
    await expect(page.locator("#refused-new-idea")).to_have_text(
        "That is too large to send. Make it shorter."
    )
    await expect(page.locator("[name=new-idea]")).to_have_value("Large")
    await room.until(lambda: room.handshakes == 2)
    assert len(room.asked) == 1


async def test_a_tab_from_before_a_deploy_offers_to_reload(visitors: Visitors, room: FakeRoom) -> None:
    room.version = 2
    page = await visitors.open(room.base)
    await expect(page.locator("#notice")).to_contain_text("There is a newer version of this page.")
    await write(page, "Still taken")
    await room.until(lambda: room.effects)
    await page.get_by_role("button", name="Reload").click()
    await room.until(lambda: room.handshakes == 2)


async def test_nothing_is_sent_as_somebody_else(visitors: Visitors, room: FakeRoom) -> None:
    room.person = "p9"
    page = await visitors.open(room.base)
    await expect(page.locator("#notice")).to_contain_text("You are signed in as somebody else")
    await write(page, "Mine")
    await expect(page.locator("#saved")).to_have_text("Saving…")
    assert room.asked == []


async def test_no_access_over_http_either(visitors: Visitors, room: FakeRoom) -> None:
    room.socket, room.http = "refuse", "forbidden"
    page = await visitors.open(room.base)
    await expect(page.locator("#saved")).to_have_text("You were removed from this workshop.")
    visitors.expect_problem("WebSocket")
    visitors.expect_problem("403")
