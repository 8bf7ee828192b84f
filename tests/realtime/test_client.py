"""The Python client against a room that fails like networks do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal

import aiohttp
import pytest

from realtime.client import Ack, Ended, LiveClient, Refused, RoomPaths
from realtime.client_view import View, fragments
from realtime.client_way import Way
from tests.live.fake_room import FakeRoom, serve

type Transport = Literal["socket", "poll"]


@pytest.fixture
async def room() -> AsyncIterator[FakeRoom]:
    fake = FakeRoom()
    fake.items = {"i1": {"text": "One"}, "i2": {"text": "Two"}}
    fake.live = '<li id="i1">One</li><li id="i2">Two<br></li>'
    fake.order = {"ideas": ["i1", "i2"]}
    fake.own = {"left": 3}
    async with serve(fake):
        yield fake


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)
    jar.update_cookies({"csrftoken": "token-of-the-cookie"})
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield session


def client_of(room: FakeRoom, session: aiohttp.ClientSession, **options: Any) -> LiveClient:
    paths = RoomPaths(room.base, "/ws/w1/", "/frames", "/commands")
    return LiveClient(session, paths, **{"first_wait": 0.05, **options})


@pytest.mark.parametrize("transport", ["socket", "poll"])
async def test_it_shows_what_the_room_shows(
    room: FakeRoom, session: aiohttp.ClientSession, transport: Transport
) -> None:
    async with client_of(room, session, transport=transport) as client:
        assert client.items == room.items
        assert client.lists == {"ideas": ["i1", "i2"]}
        await client.wait_until(lambda one: one.connections)
        await room.frame(items={"i3": {"text": "Three"}}, order={"ideas": ["i3", "i1"]}, say=["One more."])
        await client.wait_until(lambda one: "i3" in one.items)
        assert client.lists == {"ideas": ["i3", "i1"]}
        assert "i2" not in client.items
        await room.frame(gone=["i1"])
        await client.wait_until(lambda one: "i1" not in one.items)
        await room.set_own({"left": 1})
        await client.wait_until(lambda one: one.own == {"left": 1})
        assert client.person == "p7"
        assert client.snapshots == 1


@pytest.mark.parametrize("transport", ["socket", "poll"])
async def test_commands_are_answered(
    room: FakeRoom, session: aiohttp.ClientSession, transport: Transport
) -> None:
    def rule(command: dict[str, Any]) -> dict[str, Any] | None:
        if command["do"] == "no":
            return {"refused": "", "code": "not_allowed", "message": "Not you."}
        return {"retry": "", "after": 0.01} if len(room.asked) == 1 else None

    room.rule = rule
    async with client_of(room, session, transport=transport) as client:
        assert isinstance(await client.send({"do": "yes"}), Ack)
        refused = await client.send({"do": "no"})
        assert isinstance(refused, Refused)
        assert (refused.code, refused.message) == ("not_allowed", "Not you.")
        assert room.effects == [{"do": "yes"}]
        assert [operation.tries for operation in client.operations.values()] == [2, 1]
        assert client.unknown == []


async def test_a_lost_answer_is_asked_for_again_under_the_same_op(
    room: FakeRoom, session: aiohttp.ClientSession
) -> None:
    room.rule = lambda command: {"drop": ""}
    async with client_of(room, session) as client:
        await client.wait_until(lambda one: one.connections)
        sending = asyncio.create_task(client.send({"do": "once"}))
        await room.until(lambda: room.effects)
        assert [operation.op for operation in client.unknown]
        room.cut()
        assert isinstance(await sending, Ack)
        assert room.effects == [{"do": "once"}]
        assert len({command["op"] for _, command in room.asked}) == 1
        assert client.connections == 2


async def test_it_resumes_after_a_break_without_a_snapshot(
    room: FakeRoom, session: aiohttp.ClientSession
) -> None:
    async with client_of(room, session) as client:
        await client.wait_until(lambda one: one.connections)
        await room.frame(items={"i9": {}}, order={"ideas": ["i9"]}, send=False)
        await client.drop()
        await client.wait_until(lambda one: "i9" in one.items)
        assert client.snapshots == 1
        assert client.close_codes == [1006]


async def test_gap_reset_and_a_new_epoch(room: FakeRoom, session: aiohttp.ClientSession) -> None:
    async with client_of(room, session) as client:
        await client.wait_until(lambda one: one.connections)
        await room.frame(items={"i8": {}}, send=False)
        await room.frame(items={"i9": {}})
        await client.wait_until(lambda one: {"i8", "i9"} <= one.items.keys())
        await room.frame(items={"i10": {}}, send=False)
        await room.push({"seq": room.seq, "time": 1})
        await client.wait_until(lambda one: "i10" in one.items)
        assert client.snapshots == 1
        room.items, room.order = {"new": {}}, {}
        room.seq += 100
        await room.push({"reset": room.seq})
        await client.wait_until(lambda one: one.items == {"new": {}})
        room.epoch, room.seq, room.items = "e2", 2, {"restored": {}}
        room.cut()
        await client.wait_until(lambda one: one.items == {"restored": {}})
        assert (client.epoch, client.seq) == ("e2", 2)


async def test_a_whole_view_over_the_socket_replaces_everything(
    room: FakeRoom, session: aiohttp.ClientSession
) -> None:
    async with client_of(room, session) as client:
        await client.wait_until(lambda one: one.connections)
        full = {"full": True, "epoch": "e2", "seq": 3, "order": {"ideas": ["i7"]}, "items": {"i7": {}}}
        await room.push(full)
        await client.wait_until(lambda one: one.items == {"i7": {}})
        assert (client.epoch, client.seq, client.lists) == ("e2", 3, {"ideas": ["i7"]})
        assert client.own == {"left": 3}, "what is one's own comes in a message of its own"
        assert sum("after=" not in path for path in room.requests) == 1, "it was not fetched again"
        await room.push({"from": 3, "seq": 4, "items": {"big": {"text": "x" * 5_000_000}}})
        await client.wait_until(lambda one: "big" in one.items)
        assert client.close_codes == []


async def test_a_device_that_wakes_gives_up_its_old_line_at_once(
    room: FakeRoom, session: aiohttp.ClientSession
) -> None:
    async with client_of(room, session, first_wait=30) as client:
        await client.wait_until(lambda one: one.connections)
        await room.frame(items={"i9": {}}, send=False)
        room.sockets.clear()  # half open: nothing comes, nothing ends
        await client.wake()
        await client.wait_until(lambda one: one.connections == 2 and "i9" in one.items)
        room.socket = "hang"
        room.cut()
        await room.until(lambda: room.handshakes >= 2)
        room.socket = "open"
        await client.wake()
        await client.wait_until(lambda one: one.connections == 3)


async def test_removed_and_closed_are_final(room: FakeRoom, session: aiohttp.ClientSession) -> None:
    async with client_of(room, session) as client:
        await client.wait_until(lambda one: one.connections)
        await room.close(4403)
        await client.wait_until(lambda one: one.ended)
        with pytest.raises(Ended):
            await client.send({"do": "late"})
        assert room.handshakes == 1
    room.http = "forbidden"
    with pytest.raises(Ended):
        await client_of(room, session).open()


async def test_markup_is_cut_by_id_and_all_that_came_is_kept(
    room: FakeRoom, session: aiohttp.ClientSession
) -> None:
    async with client_of(room, session, form="html", keep_received=True) as client:
        assert client.items == {"i1": '<li id="i1">One</li>', "i2": '<li id="i2">Two<br></li>'}
        await client.wait_until(lambda one: one.connections)
        await room.frame('<li id="i3"><b>Three\n> 2</b></li>\n<p id="p">é</p>', order={"ideas": ["i3"]})
        await client.wait_until(lambda one: "p" in one.items)
        assert client.items == {"i3": '<li id="i3"><b>Three\n> 2</b></li>', "p": '<p id="p">é</p>'}
        assert client.received
        assert any("Three" in text for text in client.received)


def test_a_part_is_forgotten_when_its_card_comes_anew() -> None:
    view = View(seq=1)
    view.take({"from": 1, "seq": 2, "items": {"i1": {"dots": 0}, "i1.tally": {"dots": 1}, "i11.tally": {}}})
    view.take({"from": 2, "seq": 3, "items": {"i1": {"dots": 2}}})
    assert view.items == {"i1": {"dots": 2}, "i11.tally": {}}
    assert view.take({"from": 2, "seq": 3, "items": {"i1": {"dots": 9}}}) == "nothing"
    assert view.take({"from": 4, "seq": 5}) == "gap"
    view.take({"from": 3, "seq": 4, "items": {"stage": {}}, "order": {"ideas": []}, "whole": True})
    assert (view.items, view.lists) == ({"stage": {}}, {"ideas": []})
    assert fragments('<svg id="s"><path d="x"/></svg><p>no id</p>') == {
        "s": '<svg id="s"><path d="x"/></svg>'
    }


@pytest.mark.parametrize("sockets", ["refuse", "hang", "mute"])
async def test_where_sockets_fail_it_polls(
    room: FakeRoom, session: aiohttp.ClientSession, sockets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.client.HELLO_SECONDS", 0.2)
    room.socket = sockets
    async with client_of(room, session, transport="auto") as client:
        assert isinstance(await client.send({"do": "yes"}), Ack)
        assert client.transport == "poll"
        assert room.handshakes == 2


def test_the_way_is_changed_for_good_reasons_only() -> None:
    at = 1000.0
    way = Way("auto", lambda: at)
    way.failed()
    way.greeted()
    way.failed()
    assert str(way.now) == "socket", "one failure is chance"
    way.failed()
    assert str(way.now) == "poll"
    at += 60
    assert str(way.now) == "socket", "tried again after a minute"
    way.failed()
    assert str(way.now) == "poll", "and given up at once"
    at += 60
    way.greeted()
    for _ in range(2):
        way.cut()
        at += 200
    way.cut()
    assert str(way.now) == "socket", "three cuts, but not within five minutes"
    way.cut()
    assert str(way.now) == "poll"
    assert Way("socket").now == "socket"
