"""One socket: what it lets in, what it sends, and how it ends. On the public way, which every ASGI server has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from realtime import wire
from realtime.consumer import FLOOD, Admission, RoomSocket
from realtime.crowd import MOST_UNSENT
from realtime.hub import hub
from realtime.ledger import Ledger
from realtime.limits import COMMANDS_AT_ONCE
from realtime.models import Event, Stream

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet")]


class ToySocket(RoomSocket):
    """Lets in whom the query names."""

    async def admit(self) -> Admission | None:
        person = self.scope["query_string"].decode().partition("person=")[2]
        return Admission(self.scope["stream"], person, "anybody", "en-gb") if person else None


class Client:
    def __init__(self, stream: Stream, query: str) -> None:
        self.communicator = WebsocketCommunicator(ToySocket.as_asgi(), f"/?format=json&{query}")
        self.communicator.scope["stream"] = str(stream.pk)

    async def opened(self) -> bool:
        opened, _code = await self.communicator.connect(timeout=10)
        return bool(opened)

    async def said(self) -> dict[str, Any]:
        message = await self.communicator.receive_output(timeout=10)
        return orjson.loads(message["text"]) if "text" in message else message  # type: ignore[no-any-return]

    async def until(self, name: str) -> dict[str, Any]:
        while name not in (said := await self.said()):
            pass
        return said

    async def closed(self) -> int:
        while (said := await self.said()).get("type") != "websocket.close":
            pass
        return int(said["code"])

    async def send(self, message: Any) -> None:
        text = message if isinstance(message, str) else orjson.dumps(message).decode()
        await self.communicator.send_to(text_data=text)


@pytest.fixture
async def ann(stream: Stream) -> AsyncIterator[Client]:
    client = Client(stream, "person=ann")
    assert await client.opened()
    yield client
    await client.communicator.disconnect()


def add(op: str, text: str) -> dict[str, str]:
    return {"op": op, "do": "card.add", "text": text}


async def test_a_newcomer_gets_the_whole_view_and_who_comes_back_only_what_came(
    ann: Client, stream: Stream
) -> None:
    hello, full, own, now = [await ann.said() for _n in range(4)]
    assert list(hello) == ["hello", "seq"]
    assert (full["full"], full["seq"], full["items"]["board"]["title"]) == (True, 0, "Toys")
    assert (own["own"], now["now"]) == ({"mine": []}, {"here": 1})
    await ann.send(add("op-000001", "Ball"))
    frame = await ann.until("from")
    assert (frame["from"], frame["seq"]) == (0, 1)
    room = await hub().open(stream.pk)
    again = Client(stream, f"after=0&epoch={room.ledger.epoch}&person=ben")
    assert await again.opened()
    assert "card-c1" in (await again.until("from"))["items"]
    await again.communicator.disconnect()


async def test_ack_frame_and_own_come_in_this_order_when_the_event_is_in_the_log(
    ann: Client, stream: Stream
) -> None:
    await ann.until("now")
    await ann.send(add("op-000001", "Ball"))
    assert await ann.said() == {"ack": "op-000001", "seq": 1}
    assert await sync_to_async(Event.objects.filter(stream=stream, op="op-000001").exists)()
    assert (await ann.said())["items"].keys() == {"card-c1"}
    assert (await ann.said()) == {"own": {"mine": ["c1"]}}


async def test_what_was_taken_is_answered_before_a_socket_closes(
    ann: Client, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.until("now")
    for n in range(5):
        await ann.send(add(f"op-00000{n}", "Ball"))
    await ann.communicator.send_to(bytes_data=b"not text")
    answers = [await ann.until("ack") for _n in range(5)]
    assert [answer["ack"] for answer in answers] == [f"op-00000{n}" for n in range(5)]
    assert await ann.closed() == wire.BAD


async def test_a_refusal_has_a_sentence_and_changes_nothing(ann: Client, stream: Stream) -> None:
    await ann.until("now")
    for odd in (
        "no json",
        "[]",
        {"op": "op-000001", "do": "fly"},
        {"op": "op-000002", "do": "title", "text": "Toys"},
    ):
        await ann.send(odd)
    codes = [(await ann.until("refused"))["code"] for _n in range(4)]
    assert sorted(codes) == ["not_an_object", "not_json", "nothing_to_do", "unknown_command"]
    assert not await sync_to_async(Event.objects.filter(stream=stream).exists)()


async def test_too_large_and_far_too_many_close_with_their_own_codes(ann: Client, stream: Stream) -> None:
    ben = Client(stream, "person=ben")
    assert await ben.opened()
    await ben.send("x" * (wire.MOST_BYTES_IN + 1))
    assert await ben.closed() == wire.LARGE
    for _n in range(int(COMMANDS_AT_ONCE) + FLOOD + 200):
        await ann.send("flood")
    assert await ann.closed() == wire.FLOOD


async def test_nobody_is_let_in_who_is_not_admitted_nor_while_the_server_leaves(stream: Stream) -> None:
    assert not await Client(stream, "").opened()
    await hub().open(stream.pk)
    hub().draining = True
    assert not await Client(stream, "person=ann").opened()
    hub().draining = False


async def test_a_crowd_at_the_door_comes_in_one_after_the_other(stream: Stream) -> None:
    clients = [Client(stream, f"person=p{n}") for n in range(30)]
    assert all(await asyncio.gather(*(client.opened() for client in clients)))
    room = await hub().open(stream.pk)
    assert len(room.peers) == 30
    wholes = {orjson.dumps(await client.until("full")) for client in clients}
    assert len(wholes) == 1
    for client in clients:
        await client.communicator.disconnect()
    assert not room.peers


async def test_a_failing_room_sends_its_people_to_another(
    ann: Client, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.until("now")
    monkeypatch.setattr(Ledger, "take_pending", lambda _ledger: 1 / 0)
    await ann.send(add("op-000001", "Ball"))
    assert (await ann.until("ack"))["seq"] == 1, (
        "what is durable is acknowledged, though nothing can be shown"
    )
    assert await ann.closed() == wire.RESTART


async def test_who_does_not_read_gets_no_frames_and_then_one_for_all_that_was_missed(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    unread = [0]
    monkeypatch.setattr("realtime.consumer.unsent_behind", lambda _send: lambda: unread[0])
    slow = Client(stream, "person=slow")
    assert await slow.opened()
    await slow.until("now")
    monkeypatch.undo()
    ben = Client(stream, "person=ben")
    assert await ben.opened()
    unread[0] = 10 * MOST_UNSENT
    for n in range(4):
        await ben.send(add(f"op-00000{n}", "Ball"))
        while (await ben.until("from"))["seq"] <= n:
            pass
    unread[0] = 0
    frames = [await slow.until("from")]
    while frames[-1]["seq"] < 4:
        frames.append(await slow.until("from"))
    assert len(frames) <= 2  # the one that was too much, and the one for all that was missed
    assert [frame["from"] for frame in frames] == [0, *(frame["seq"] for frame in frames[:-1])]
    for client in (slow, ben):
        await client.communicator.disconnect()
