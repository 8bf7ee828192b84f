"""Readers who are at places of their own within a room: moved there they get the whole view, and nothing of another."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import orjson
import pytest
from django.test import RequestFactory

from realtime import http
from realtime.client_view import View
from realtime.consumer import Admission
from realtime.crowd import MOST_UNSENT
from realtime.models import Stream
from realtime.room import Room
from tests.realtime.rooms import Client, Rooms, joined
from tests.realtime.toy import asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet")]


def texts(messages: list[dict[str, Any]]) -> str:
    return orjson.dumps(messages).decode()


def told(client: Client, words: str) -> bool:
    return words in texts(client.frames)


def fulls(client: Client) -> list[dict[str, Any]]:
    return [message for message in client.messages if "full" in message]


async def at_place(room: Room, place: str, *people: str) -> list[Client]:
    clients = [await joined(room, Client(person)) for person in people]
    for client in clients:
        await room.submit(asked("go", client.person, to=place))
        await client.until(partial(fulls, client))
    return clients


async def test_who_goes_to_a_place_gets_all_of_it_under_another_epoch(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    (ann,) = await at_place(room, "red", "ann")
    await room.submit(asked("card.add", "ann", text="Red card"))
    await ann.until(lambda: ann.frames)
    (ben,) = await at_place(room, "red", "ben")
    (full,) = fulls(ben)
    assert full["epoch"] == f"{room.ledger.epoch}.red"
    assert "Red card" in texts([full])
    assert [next(iter(message)) for message in ben.writes[-1]][-3:] == ["full", "own", "now"]


async def test_frames_go_to_their_place_and_to_no_other(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    ann, red = await at_place(room, "red", "ann", "red")
    ben, blue = await at_place(room, "blue", "ben", "blue")
    out = await joined(room, Client("out"))
    await asyncio.gather(
        room.submit(asked("card.add", "ann", text="Red card")),
        room.submit(asked("card.add", "ben", text="Blue card")),
        room.submit(asked("title", "out", text="For all")),
    )
    for client in (red, blue, out):
        await client.until(partial(told, client, "For all"))
    assert "Red card" in texts(red.messages)
    assert "Blue card" not in texts(red.messages) + texts(ann.messages)
    assert "Red card" not in texts(blue.messages) + texts(ben.messages)
    assert "card" not in texts(out.frames).replace("cards", "")


async def test_who_leaves_a_place_in_the_same_moment_is_sent_nothing_of_it_any_more(
    rooms: Rooms, stream: Stream
) -> None:
    room = await rooms.room(stream)
    ann, ben = await at_place(room, "red", "ann", "ben")
    await asyncio.gather(
        room.submit(asked("go", "ann", to="blue")), room.submit(asked("card.add", "ben", text="Red card"))
    )
    await ann.until(lambda: len(fulls(ann)) == 2)
    await ben.until(lambda: "Red card" in texts(ben.messages))
    await room.submit(asked("title", "ben", text="Later"))
    await ann.until(lambda: "Later" in texts(ann.messages))
    assert "Red card" not in texts(ann.messages)


async def test_a_client_that_was_moved_shows_what_a_fresh_one_shows(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    await room.submit(asked("card.add", "zoe", text="Everywhere"))
    ann, ben = await at_place(room, "red", "ann", "ben")
    await room.submit(asked("card.add", "ben", text="Red card"))
    await room.submit(asked("go", "ann"))
    await ann.until(lambda: len(fulls(ann)) == 2)
    await room.submit(asked("card.add", "zoe", text="Later"))
    await ann.until(lambda: "Later" in texts(ann.messages))
    view = View()
    for message in ann.messages:
        if "full" in message:
            view.replace(message)
        elif "from" in message and view.items:
            assert view.take(message) != "gap"
    fresh = View()
    fresh.replace(orjson.loads(room.showing.to(Client("new")).audience.snapshot() + "}"))
    assert (view.items, view.lists) == (fresh.items, fresh.lists)
    assert ben.code is None


async def test_a_number_of_another_place_never_resumes(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    (ann,) = await at_place(room, "red", "ann")
    await room.submit(asked("card.add", "ann", text="Red card"))
    await ann.until(lambda: ann.frames)
    seq, epoch = ann.frames[-1]["seq"], fulls(ann)[-1]["epoch"]
    room.leave(ann)
    back = Client("ann")
    await room.join(back, seq, epoch)
    assert not fulls(back), "at the same place it goes on"
    room.leave(back)
    await room.submit(asked("go", "ann", to="blue"))
    for number, known in ((seq, epoch), (0, epoch), (seq, room.ledger.epoch)):
        again = Client("ann")
        await room.join(again, number, known)
        assert [next(iter(message)) for message in again.messages] == ["hello", "full", "own", "now"]
        assert (
            again.messages[0]["hello"]["epoch"] == again.messages[1]["epoch"] == f"{room.ledger.epoch}.blue"
        )
        assert "Red card" not in texts(again.messages)
        room.leave(again)


async def test_a_slow_client_that_was_moved_gets_the_whole_view_when_it_has_read(
    rooms: Rooms, stream: Stream
) -> None:
    room = await rooms.room(stream)
    (ann,) = await at_place(room, "red", "ann")
    (ben,) = await at_place(room, "red", "ben")
    ann.unread = MOST_UNSENT + 1
    await room.submit(asked("title", "ben", text="Slows her"))
    await ann.until(lambda: "Slows her" in texts(ann.messages))
    await room.submit(asked("card.add", "ben", text="Red card"))
    await room.submit(asked("go", "ann", to="blue"))
    await ben.until(lambda: "Red card" in texts(ben.messages))
    assert len(fulls(ann)) == 1
    ann.unread = 0
    await ann.until(lambda: len(fulls(ann)) == 2)
    assert fulls(ann)[-1]["epoch"].endswith(".blue")
    assert "Red card" not in texts(ann.messages)


async def test_a_poll_that_waits_is_told_to_fetch_what_its_new_place_shows(
    rooms: Rooms, stream: Stream
) -> None:
    room = await rooms.room(stream)
    admission = Admission(str(stream.pk), "ann", "anybody", "en-gb")

    async def get(**query: Any) -> dict[str, Any]:
        request = RequestFactory().get("/frames", {"format": "json", **query})
        return orjson.loads((await http.frames(request, room, admission)).content)  # type: ignore[no-any-return]

    first = await get()
    mark = (await get(after=first["seq"], epoch=first["epoch"]))["next"]
    waiting = asyncio.ensure_future(get(after=first["seq"], epoch=first["epoch"], wait=20, next=mark))
    await asyncio.sleep(0.1)
    await room.submit(asked("go", "ann", to="red"))
    messages = (await waiting)["messages"]
    assert [next(iter(message)) for message in messages] == ["hello", "reset", "own", "now"]
    assert messages[0]["hello"]["epoch"] == f"{room.ledger.epoch}.red"
    await room.submit(asked("card.add", "ann", text="Red card"))
    await room.caught_up(room.ledger.seq)
    whole = await get()
    assert whole["epoch"] == f"{room.ledger.epoch}.red"
    again = await get(after=whole["seq"], epoch=first["epoch"])
    assert "reset" in again["messages"][1], "the number fits, the place doesn't"


async def test_another_process_moves_its_own_clients(rooms: Rooms, stream: Stream) -> None:
    here, there = await rooms.room(stream), await rooms.room(stream)
    ann = await joined(there, Client("ann"))
    (ben,) = await at_place(here, "red", "ben")
    await here.submit(asked("card.add", "ben", text="Red card"))
    await here.submit(asked("go", "ann", to="red"))
    there.hint(here.ledger.seq)
    await ann.until(lambda: fulls(ann))
    assert "Red card" in texts(fulls(ann))
    await here.submit(asked("card.add", "ben", text="Second red card"))
    there.hint(here.ledger.seq)
    await ann.until(lambda: "Second red card" in texts(ann.frames))
    await ben.until(lambda: "Second red card" in texts(ben.frames))
