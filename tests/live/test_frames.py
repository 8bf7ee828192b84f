"""What frames do to the page: docs/protocol.md, section 3."""

from __future__ import annotations

import re
import time

from playwright.async_api import Page, expect

from tests.chromium import Visitors
from tests.live.conftest import card, open_room, writer
from tests.live.fake_room import FakeRoom


async def ids(page: Page, of: str = "#ideas") -> list[str]:
    found: list[str] = await page.locator(f"{of} > *").evaluate_all("all => all.map(one => one.id)")
    return found


async def test_a_frame_changes_adds_orders_and_removes(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    await room.frame(
        card("i2", "Changed") + card("i9", "New"), order={"ideas": ["i9", "i3", "i2"]}, say=["One new idea."]
    )
    await expect(page.locator("#i2 p")).to_have_text("Changed")
    assert await ids(page) == ["i9", "i3", "i2"]
    await expect(page.locator("#announce")).to_have_text("One new idea.")
    await room.frame(gone=["i3"])
    await expect(page.locator("#i3")).to_have_count(0)


async def test_a_frame_applied_twice_changes_nothing(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    frame = await room.frame(
        card("i2", "Changed") + card("i9", "New"), order={"ideas": ["i2", "i9", "i1"]}, gone=["i3"]
    )
    await expect(page.locator("#i9")).to_be_visible()
    before = await page.locator("#live").inner_html()
    await page.evaluate(
        "window.changes = 0; new MutationObserver(all => { window.changes += all.length })"
        ".observe(document.getElementById('live'), {subtree: true, childList: true, attributes: true})"
    )
    await room.push(frame)
    again = {**frame, "from": room.seq, "seq": room.seq + 1}
    room.seq += 1
    await room.push(again)
    await room.frame(card("i1", "Last"))
    await expect(page.locator("#i1 p")).to_have_text("Last")
    changes = await page.evaluate("window.changes")
    assert changes <= 6, "only the last frame's card may have changed"
    after = (await page.locator("#live").inner_html()).replace("Last", "Idea 1")
    without_form = [re.sub(' form="act"| type="button"', "", one) for one in (after, before)]
    assert without_form[0] == without_form[1]


async def test_a_card_keeps_its_list_when_it_is_redrawn(visitors: Visitors, room: FakeRoom) -> None:
    room.live = (
        '<section id="g1"><h2>One</h2><ol id="ideas" data-list>' + card("i1", "First") + "</ol></section>"
    )
    page = await open_room(visitors, room)
    await page.evaluate("document.getElementById('i1').kept = true")
    await room.frame(
        '<section id="g1"><h2>Renamed</h2><ol id="ideas" data-list></ol></section>' + card("i2", "Second"),
        order={"ideas": ["i2", "i1"]},
    )
    await expect(page.locator("#g1 h2")).to_have_text("Renamed")
    assert await ids(page) == ["i2", "i1"]
    assert await page.evaluate("document.getElementById('i1').kept")


async def test_a_list_and_what_stands_in_it_arrive_in_one_frame(visitors: Visitors, room: FakeRoom) -> None:
    room.live = '<div id="groups" data-list></div><ol id="ideas" data-list>' + card("i1", "First") + "</ol>"
    page = await open_room(visitors, room)
    group = '<section id="g1"><ol id="g1-ideas" data-list></ol></section>'
    await room.frame(
        group + card("i5", "New"), order={"g1-ideas": ["i5", "i1"], "ideas": [], "groups": ["g1"]}
    )
    await expect(page.locator("#i5")).to_be_visible()
    assert await ids(page, "#g1-ideas") == ["i5", "i1"]
    assert await ids(page) == []


async def test_own_values_reach_old_and_new_elements(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    await expect(page.locator("[data-own-text=left]")).to_have_text("3")
    badge = '<p id="b" data-own-show="mine i9" data-now-text="here">Yours</p><meter id="m" max="5" data-own-value="dots i9"></meter>'
    await room.frame(f'<li id="i9">{badge}</li>', order={"ideas": ["i9"]})
    await expect(page.locator("#b")).to_be_hidden()
    await room.set_own(
        {"left": 1, "dots": {"i9": 2}, "mine": ["i9"]},
        '<p id="mine" data-own-slot><b id="o">Yours only</b></p>',
    )
    await expect(page.locator("#b")).to_be_visible()
    await expect(page.locator("#b")).to_have_text("1")
    await expect(page.locator("[data-own-text=left]")).to_have_text("1")
    assert await page.locator("#m").get_attribute("data-value") == "2"
    await expect(page.locator("#o")).to_be_visible()
    await room.push({"now": {"here": 24}})
    await expect(page.locator("#b")).to_have_text("24")
    await room.frame(writer("Redrawn"))
    await expect(page.locator("#a1 h2")).to_have_text("Redrawn")
    await expect(page.locator("#o")).to_have_text("Yours only")


async def test_a_gap_is_fetched(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    await room.frame(card("i1", "Missed"), send=False)
    await room.frame(card("i2", "Seen"))
    await expect(page.locator("#i1 p")).to_have_text("Missed")
    await expect(page.locator("#i2 p")).to_have_text("Seen")
    assert len(room.requests) == 1
    assert room.requests[0].startswith("/frames?after=10&")


async def test_a_heartbeat_ahead_of_us_is_a_gap(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    await room.frame(card("i1", "Missed"), send=False)
    await room.push({"seq": room.seq, "time": int(time.time() * 1000)})
    await expect(page.locator("#i1 p")).to_have_text("Missed")


async def test_reset_and_a_new_epoch_fetch_the_snapshot(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    room.live = writer("Whole") + '<ol id="ideas" data-list></ol>' + card("i8", "From the snapshot")
    room.order = {"ideas": ["i8"]}
    room.seq += 500
    await room.push({"reset": room.seq})
    await expect(page.locator("#ideas > #i8 p")).to_have_text("From the snapshot")
    room.epoch, room.seq = "e2", 3
    room.live = writer("Restored from a backup") + '<ol id="ideas" data-list></ol>'
    room.order = {}
    room.requests.clear()
    await room.close(4012)
    await expect(page.locator("#a1 h2")).to_have_text("Restored from a backup")
    await expect(page.locator("#ideas > *")).to_have_count(0)
    assert not room.requests, "it came over the socket"
    await room.until(lambda: room.sockets)
    await room.frame(writer("And on"))
    await expect(page.locator("#a1 h2")).to_have_text("And on")


async def test_focus_selection_and_words_survive_a_redraw(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    await page.locator("#plus-i2").focus()
    await room.frame(card("i2", "Changed"), order={"ideas": ["i3", "i2", "i1"]})
    await expect(page.locator("#i2 p")).to_have_text("Changed")
    await expect(page.locator("#plus-i2")).to_be_focused()
    field = page.locator("[name=new-idea]")
    await field.press_sequentially("A half-typed idea")
    await field.press("Home")
    await room.frame(writer("Two minutes left") + card("i1", "Elsewhere"))
    await expect(page.locator("#i1 p")).to_have_text("Elsewhere")
    await expect(page.locator("#a1 h2")).to_have_text("Write your ideas")  # held while typing
    await expect(page.locator("#a1 h2")).to_have_text("Two minutes left")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("A half-typed idea")
    await field.press_sequentially("Not ")
    await expect(field).to_have_value("Not A half-typed idea")


async def test_an_open_menu_waits_for_its_patch_and_nothing_else_does(
    visitors: Visitors, room: FakeRoom
) -> None:
    page = await open_room(visitors, room)
    await page.locator("#menu-i2 summary").click()
    await room.frame(card("i2", "Held") + card("i3", "Not held"), order={"ideas": ["i3", "i2"]})
    await expect(page.locator("#i3 p")).to_have_text("Not held")
    await expect(page.locator("#i2 p")).to_have_text("Idea 2")
    assert await ids(page) == ["i1", "i2", "i3"]
    await page.locator("#menu-i2 summary").click()
    await page.locator("#plus-i3").focus()
    await expect(page.locator("#i2 p")).to_have_text("Held")
    assert await ids(page) == ["i3", "i2"]


async def test_a_held_patch_is_applied_in_the_end(visitors: Visitors, room: FakeRoom) -> None:
    page = await visitors.open(room.base, "/blank")
    await page.clock.install()
    await page.goto("/")
    await room.until(lambda: room.sockets)
    await page.locator("#menu-i2 summary").click()
    await room.frame(card("i2", "Old news") + card("i3", "Now"))
    await expect(page.locator("#i3 p")).to_have_text("Now")
    await room.frame(card("i2", "Held"), order={"ideas": ["i3", "i2", "i1"]})
    await room.push({"now": {"here": 2}})
    await page.clock.fast_forward(16_000)
    await expect(page.locator("#i2 p")).to_have_text("Held")
    assert await ids(page) == ["i3", "i2", "i1"]
    assert await page.locator("#menu-i2").get_attribute("open") == ""
    await expect(page.locator("#menu-i2 summary")).to_be_focused()


async def test_announcements_are_gathered(visitors: Visitors, room: FakeRoom) -> None:
    page = await open_room(visitors, room)
    await page.evaluate(
        "window.said = []; new MutationObserver(() => window.said.push(document.getElementById('announce').textContent))"
        ".observe(document.getElementById('announce'), {childList: true})"
    )
    for n in range(20):
        await room.frame(card("i1", f"Idea {n}"), say=[f"Sentence {n}."])
    await expect(page.locator("#announce")).to_contain_text("Sentence 19.", timeout=8_000)
    said = await page.evaluate("window.said")
    assert len(said) <= 2, said
    assert said[-1].endswith("more.")


async def test_time_left_goes_by_the_servers_clock(visitors: Visitors, room: FakeRoom) -> None:
    room.time_ahead = 3_600_000
    until = int(time.time() * 1000) + room.time_ahead + 90_000
    room.live += f'<time id="t" data-until="{until}"></time><time id="p" data-left="605000"></time>'
    page = await open_room(visitors, room)
    text = await page.locator("#t").text_content()
    assert text is not None
    assert 80 <= int(text[0]) * 60 + int(text[2:]) <= 90
    await expect(page.locator("#p")).to_have_text("10:05")
    await room.frame('<time id="t" data-until="5"></time>')
    await expect(page.locator("#t")).to_have_text("Time is up")


async def test_cards_change_lists_when_the_stage_changes(visitors: Visitors, room: FakeRoom) -> None:
    room.live = (
        f'<section id="stage"><ul id="ideas" data-list>{card("i1", "One")}{card("i2", "Two")}</ul></section>'
    )
    page = await open_room(visitors, room)
    await page.evaluate("document.getElementById('i2').kept = true")
    await room.frame(
        '<section id="stage"><ul id="loose" data-list></ul><div id="groups" data-list></div></section>'
        '<section id="g1"><ul id="g1.ideas" data-list></ul></section>',
        order={"loose": ["i1"], "groups": ["g1"], "g1.ideas": ["i2"]},
    )
    await expect(page.locator("#loose > #i1")).to_be_visible()
    assert await ids(page, "[id='g1.ideas']") == ["i2"]
    assert await page.evaluate("document.getElementById('i2').kept")
    assert room.requests == [], "nothing was missing"


async def test_own_fragments_have_their_slots(visitors: Visitors, room: FakeRoom) -> None:
    slot = '<section id="stage"><h2>{}</h2><div data-own-slot="own-ideas"></div></section>'
    room.live = slot.format("Write")
    room.own_html = '<ul id="own-ideas"><li id="o1">Mine</li></ul>'
    page = await open_room(visitors, room)
    await expect(page.locator("[data-own-slot] > #own-ideas > #o1")).to_have_text("Mine")
    await room.frame(slot.format("Still write"))
    await expect(page.locator("#stage h2")).to_have_text("Still write")
    await expect(page.locator("[data-own-slot] > #own-ideas > #o1")).to_have_text("Mine")
    await room.set_own({}, '<ul id="own-ideas"></ul>')
    await expect(page.locator("#o1")).to_have_count(0)
    await room.set_own({})
    await expect(page.locator("#own-ideas")).to_have_count(0)
    await room.frame('<section id="stage"><h2>Vote</h2></section>')
    await room.set_own({}, '<ul id="own-ideas"><li id="o2">Later</li></ul>')
    await room.frame(slot.format("Back"))
    await expect(page.locator("#o2")).to_be_visible()


async def test_a_part_and_its_card_may_wait_together(visitors: Visitors, room: FakeRoom) -> None:
    def item(title: str, dots: int, *, menu: bool = True) -> str:
        opened = (
            '<details id="m" class="menu"><summary>Menu</summary><a href="#x">In it</a></details>'
            if menu
            else ""
        )
        return f'<li id="i1"><h3>{title}</h3><p id="i1.tally">{dots}</p>{opened}</li>'

    room.live = f'<ol id="ideas" data-list>{item("Old", 0)}</ol>'
    page = await open_room(visitors, room)
    await page.locator("summary").click()
    await room.frame(item("New", 1))
    await room.frame('<p id="i1.tally">2</p>')
    await expect(page.locator("[id='i1.tally']")).to_have_text("2")
    await expect(page.locator("h3")).to_have_text("Old")
    await page.locator("summary").click()
    await page.locator("summary").blur()
    await expect(page.locator("h3")).to_have_text("New")
    await expect(page.locator("[id='i1.tally']")).to_have_text("2")
    await room.frame(item("New", 1))
    await expect(page.locator("[id='i1.tally']")).to_have_text("1")


async def test_a_dialog_stays_open_over_a_redraw(visitors: Visitors, room: FakeRoom) -> None:
    menu = (
        '<dialog id="move-menu"><h2>{}</h2><p data-about-card></p><button data-with-idea form="act" name="command" '
        'value=\'{{"do":"idea.move","to":"g1"}}\'>To g1</button><button type="button" data-close-dialog>Close</button></dialog>'
    )
    opener = '<li data-card="i7"><p class="idea-text">Seven</p><button type="button" data-move="i7">Move</button></li>'
    room.live = f'<ul>{opener}</ul><div id="stage.moves">{menu.format("Move to")}</div>'
    page = await visitors.open(room.base, "/blank")
    await page.clock.install()
    await page.goto("/")
    await room.until(lambda: room.sockets)
    await page.get_by_role("button", name="Move").click()
    await expect(page.locator("[data-about-card]")).to_have_text("Seven")
    await page.get_by_role("button", name="To g1").focus()
    await room.frame(f'<div id="stage.moves">{menu.format("Changed")}</div>')
    await room.push({"now": {"here": 5}})
    await page.clock.fast_forward(16_000)
    await expect(page.locator("dialog h2")).to_have_text("Changed")
    await expect(page.get_by_role("button", name="To g1")).to_be_focused()
    await page.get_by_role("button", name="To g1").click()
    await room.until(lambda: room.effects)
    assert room.effects == [{"do": "idea.move", "to": "g1", "idea": "i7"}]
    await expect(page.locator("dialog")).to_be_hidden()


async def test_a_great_reveal_comes_whole_and_what_follows_it_after_it(
    visitors: Visitors, room: FakeRoom
) -> None:
    page = await open_room(visitors, room)
    await page.locator("[name=new-idea]").fill("Half a thou")
    many = [f"i{n}" for n in range(1, 401)]
    await room.frame("".join(card(one, f"Idea {one}") for one in many), order={"ideas": many})
    await room.frame(card("i7", "Changed at once"), order={"ideas": ["i400", *many[:-1]]})
    await room.set_own({"left": 1, "dots": {}, "mine": []})
    await expect(page.locator("[data-own-text=left]")).to_have_text("1")
    assert await ids(page) == ["i400", *many[:-1]]
    await expect(page.locator("#i7 p")).to_have_text("Changed at once")
    await expect(page.locator("[name=new-idea]")).to_have_value("Half a thou")


async def test_a_whole_view_keeps_what_is_being_written_and_what_did_not_change(
    visitors: Visitors, room: FakeRoom
) -> None:
    page = await open_room(visitors, room)
    many = [f"i{n}" for n in range(1, 101)]
    cards = {one: card(one, f"Idea {one}") for one in many}
    await room.frame("".join(cards.values()), order={"ideas": many})
    await expect(page.locator("#i100")).to_be_visible()
    await page.evaluate("document.getElementById('i50').kept = true")
    room.epoch = "e2"
    room.live = writer() + f'<ol id="ideas" data-list>{"".join(cards.values())}</ol>'
    room.order = {"ideas": many}
    await room.close(4012)
    await room.until(lambda: room.handshakes == 2)
    await room.frame(card("i1", "After it"))
    await expect(page.locator("#i1 p")).to_have_text("After it")
    assert await page.evaluate("document.getElementById('i50').kept"), "what is the same stays"
    await page.locator("[name=new-idea]").press_sequentially("Half a")
    room.epoch = "e3"
    changed = "".join(card(one, f"Another {one}") for one in many)
    room.live = f'{writer("Anew")}<ol id="ideas" data-list>{changed}</ol>'
    await room.close(4012)
    await expect(page.locator("#i100 p")).to_have_text("Another i100")
    await page.keyboard.type(" thought")
    await expect(page.locator("[name=new-idea]")).to_have_value("Half a thought")
    await expect(page.locator("[name=new-idea]")).to_be_focused()
    await expect(page.locator("#a1 h2")).to_have_text("Anew", timeout=10_000)
    await expect(page.locator("[name=new-idea]")).to_have_value("Half a thought")
    assert await ids(page) == many


async def test_what_is_selected_is_said_and_leads_to_its_tools(visitors: Visitors, room: FakeRoom) -> None:
    pick = '<li id="{0}"><label><input type="checkbox" name="pick" value="{0}"> {0}</label></li>'
    tools = (
        '<details id="group-tools"><summary>Tools</summary><button form="act" name="command" value=\'{"do":'
        '"cluster.make","fields":{"ideas":"pick[]"}}\'>Make a group</button></details>'
    )
    room.live = f'{tools}<ol id="ideas" data-list>{pick.format("i1")}{pick.format("i2")}</ol>'
    page = await open_room(visitors, room)
    for box in await page.get_by_role("checkbox").all():
        await box.check()
    await expect(page.locator(".picked")).to_contain_text("2 ideas selected")
    await page.get_by_role("button", name="Choose what to do").click()
    await expect(page.locator("summary")).to_be_focused()
    await page.get_by_role("button", name="Make a group").click()
    await expect(page.locator(".picked")).to_be_hidden()
    await room.until(lambda: room.effects)
    assert room.effects == [{"do": "cluster.make", "ideas": ["i1", "i2"]}]
