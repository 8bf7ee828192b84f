"""A room of this process: commands in groups, answers after the commit, and what it does when things fail."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from realtime import wire
from realtime.hub import Hub, hub
from realtime.ledger import Ack, Refusal, Retry, make_stream, run
from realtime.models import Event, Stream, new_epoch
from realtime.showing import now_ms
from tests.realtime.rooms import Client, Rooms, joined, log
from tests.realtime.toy import asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet")]


def heard_ringing(client: Client) -> bool:
    return any("It rang" in frame.get("say", []) for frame in client.frames)


async def test_a_crowd_costs_few_transactions_and_each_is_answered_after_its_own(
    rooms: Rooms, stream: Stream
) -> None:
    room = await rooms.room(stream)

    async def add(n: int) -> None:
        answer = await room.submit(asked("card.add", text=f"Card {n}"))
        assert isinstance(answer, Ack)
        assert await sync_to_async(Event.objects.filter(stream=stream, seq=answer.seq).exists)()

    await asyncio.gather(*(add(n) for n in range(60)))
    assert sum(rooms.batches) == 60
    assert len(rooms.batches) <= 10
    assert [event.seq for event in await log(stream)] == list(range(1, 61))


async def test_one_frame_holds_what_came_together_and_frames_join_on(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    client = await joined(room, Client())
    assert [next(iter(message)) for message in client.messages] == ["hello", "own", "now"]
    await asyncio.gather(*(room.submit(asked("card.add", text=f"Card {n}")) for n in range(20)))
    await client.until(lambda: client.frames and client.frames[-1]["seq"] == 20)
    assert len(client.frames) < 10
    ends = [0, *(frame["seq"] for frame in client.frames)]
    assert [frame["from"] for frame in client.frames] == ends[:-1]


async def test_only_whom_it_concerns_gets_their_own_view_again(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    ann, ben = await joined(room, Client("ann")), await joined(room, Client("ben"))
    await room.submit(asked("card.add", "ben", text="Mine"))
    await ann.until(lambda: ann.frames)
    await ben.until(lambda: [message for message in ben.messages if message.get("own", {}).get("mine")])
    assert [message["own"] for message in ann.messages if "own" in message] == [{"mine": []}]


async def test_answer_frame_and_own_view_leave_in_one_write(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    ann, ben = await joined(room, Client("ann")), await joined(room, Client("ben"))
    room.take(asked("card.add", "ann", text="Mine"), ann)
    await ben.until(lambda: ben.frames)
    hers, bens = ([[next(iter(message)) for message in write] for write in who.writes] for who in (ann, ben))
    assert ["ack", "from", "own"] in hers
    assert ["from"] in bens


async def test_with_the_database_away_nothing_is_lost_nor_done_twice(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    client = await joined(room, Client())
    await room.submit(asked("title", text="Before"))
    await client.until(lambda: client.frames)
    add = asked("card.add", text="Kept")
    rooms.cut = 1
    answer = await room.submit(add)
    assert isinstance(answer, Retry)
    assert answer.op == add.op
    assert isinstance(await room.submit(add), Ack)
    assert isinstance(await room.submit(add), Ack)
    await client.until(lambda: any("card-c1" in frame.get("items", {}) for frame in client.frames))
    assert len([event for event in await log(stream) if event.op == add.op]) == 1
    said = [sentence for frame in client.frames for sentence in frame.get("say", [])]
    assert said == ["Now Before"], "nothing is read out again"


async def test_readers_are_served_again_after_a_long_absence_of_the_database(
    rooms: Rooms, stream: Stream
) -> None:
    room = await rooms.room(stream)
    await room.submit(asked("card.add", text="Ball"))
    rooms.cut = 2
    assert isinstance(await room.submit(asked("card.add", text="Doll")), Retry)
    client = await joined(room, Client())
    assert client.messages[-2]["own"] == {"mine": ["c1"]}


async def test_a_mistake_in_the_rules_concerns_only_who_ran_into_it(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    client = await joined(room, Client())
    answers = await asyncio.gather(
        room.submit(asked("card.add", text="One")),
        room.submit(asked("break")),
        room.submit(asked("title", text="fails")),
        room.submit(asked("card.add", text="Two")),
    )
    assert [type(answer) for answer in answers] == [Ack, Refusal, Refusal, Ack]
    assert {answer.code for answer in answers if isinstance(answer, Refusal)} == {"failed"}
    assert [event.kind for event in await log(stream)] == ["card.add", "card.add"]
    await client.until(
        lambda: client.frames and client.frames[-1]["order"]["cards"] == ["card-c1", "card-c2"]
    )
    assert client.code is None


async def test_what_others_write_is_seen_at_a_hint(rooms: Rooms, stream: Stream) -> None:
    room, other = await rooms.room(stream), await rooms.room(stream)
    client = await joined(room, Client())
    answer = await other.submit(asked("card.add", text="From elsewhere"))
    assert isinstance(answer, Ack)
    room.hint(answer.seq)
    await client.until(lambda: client.frames)
    assert client.frames[0]["items"]["card-c1"]["text"] == "From elsewhere"


async def test_the_clock_rings_once_though_two_rooms_hear_it(rooms: Rooms, stream: Stream) -> None:
    both = [await rooms.room(stream), await rooms.room(stream)]
    clients = [await joined(room, Client()) for room in both]
    answer = await both[0].submit(asked("alarm", at=now_ms() + 150))
    assert isinstance(answer, Ack)
    both[1].hint(answer.seq)
    both[0].on_commit = lambda room: both[1].hint(room.ledger.seq)
    both[1].on_commit = lambda room: both[0].hint(room.ledger.seq)
    for client in clients:
        await client.until(partial(heard_ringing, client))
    await asyncio.gather(*(room.submit(asked("title", text=f"After {n}")) for n, room in enumerate(both)))
    assert [event.kind for event in await log(stream)].count("rang") == 1


async def test_the_clock_asks_again_if_the_database_was_away(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    client = await joined(room, Client())
    await room.submit(asked("alarm", at=now_ms() + 100))
    rooms.cut = 1
    await client.until(lambda: any("It rang" in frame.get("say", []) for frame in client.frames))


async def test_draining_answers_everything_and_tells_everybody(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    client = await joined(room, Client())
    commands = [asked("card.add", text=f"Card {n}") for n in range(30)]
    asking = [asyncio.ensure_future(room.submit(command)) for command in commands]
    await asyncio.wait(asking[:1])
    await room.drain()
    answers = await asyncio.gather(*asking)
    written = {event.op for event in await log(stream)}
    for command, answer in zip(commands, answers, strict=True):
        assert isinstance(answer, Ack if command.op in written else Retry)
    assert client.messages[-1] == {"notice": "restart"}
    assert client.code == wire.RESTART
    assert isinstance(await room.submit(asked("title", text="Late")), Retry)


async def test_who_is_removed_is_shown_out_at_once(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    ann, ben = await joined(room, Client("ann")), await joined(room, Client("ben"))
    await room.submit(asked("leave", "ann"))
    await ann.until(lambda: ann.code is not None)
    assert ann.code == wire.REMOVED
    await room.submit(asked("title", "ben", text="Without Ann"))
    await ben.until(lambda: ben.frames)
    assert not ann.frames
    assert ben.code is None


async def test_who_is_removed_while_their_socket_opens_is_not_let_in(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    ann, ben = Client("ann"), await joined(room, Client("ben"))
    coming = asyncio.create_task(
        room.join(ann, room.ledger.seq + 1, room.ledger.epoch)
    )  # waits for the next turn
    await room.submit(asked("leave", "ann"))
    await coming
    assert (ann.code, ann.messages) == (wire.REMOVED, [])
    await room.submit(asked("title", "ben", text="Without Ann"))
    await ben.until(lambda: ben.frames)
    assert not ann.messages


async def test_a_client_comes_back_from_any_number(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    await room.submit(asked("card.add", text="One"))
    epoch = room.ledger.epoch
    await joined(room, first := Client())
    await room.submit(asked("card.add", text="Two"))
    await first.until(lambda: first.frames)
    for after, known, expected in [
        (0, epoch, "from"),
        (1, epoch, "from"),
        (2, epoch, None),
        (3, epoch, "full"),
        (1, "other", "full"),
        (None, "", "full"),
    ]:
        client = Client()
        await room.join(client, after, known)
        kinds = [next(iter(message)) for message in client.messages]
        assert kinds == ["hello", *([expected] if expected else []), "own", "now"], (after, known)


async def test_a_restored_backup_sends_everybody_to_fetch_anew(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    client = await joined(room, Client())
    for text in ("One", "Two"):
        await room.submit(asked("card.add", text=text))
    await client.until(lambda: client.frames and client.frames[-1]["seq"] == 2)

    def restore() -> None:
        Event.objects.filter(stream=stream, seq=2).delete()
        head = Event.objects.get(stream=stream, seq=1).chain
        Stream.objects.filter(pk=stream.pk).update(seq=1, head=head, epoch=new_epoch())

    await sync_to_async(restore)()
    assert isinstance(await room.submit(asked("card.add", text="Two again")), Ack | Retry)
    await client.until(lambda: client.code is not None)
    assert client.code == wire.RESTART


async def test_the_hub_opens_a_room_once_and_hears_other_writers(stream: Stream) -> None:
    opened = await asyncio.gather(*(hub().open(stream.pk) for _ in range(5)))
    assert len({id(room) for room in opened}) == 1
    client = await joined(opened[0], Client())
    await sync_to_async(run)(stream.pk, asked("title", text="By a form"))
    await client.until(lambda: client.frames)
    assert client.frames[0]["items"]["board"]["title"] == "By a form"
    with pytest.raises(Stream.DoesNotExist):
        await hub().open("00000000-0000-0000-0000-000000000000")


async def test_a_room_that_nobody_is_in_wakes_for_its_clock(stream: Stream) -> None:
    await sync_to_async(run)(stream.pk, asked("alarm", at=now_ms()))
    await hub()._look_once()
    room = await hub().open(stream.pk)
    async with asyncio.timeout(10):
        while not room.ledger.state.rung:
            await room.next_flush(1)
    assert [event.kind for event in await log(stream)] == ["alarm", "rang"]


async def test_the_end_leaves_no_connection_open(stream: Stream) -> None:
    ending = Hub()

    def open_one() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    opened = {await ending.in_thread(open_one) for _ in range(4)}
    opened |= set(await asyncio.gather(*(ending.in_thread(open_one) for _ in range(12))))
    await ending.shutdown()

    def still_open() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [list(opened)])
            return int(cursor.fetchone()[0])

    async with asyncio.timeout(10):
        while await sync_to_async(still_open)():
            pass  # the server takes a moment to notice


async def test_a_room_keeps_to_one_connection_and_leaves_the_others_to_other_rooms(stream: Stream) -> None:
    sharing = Hub()
    rooms = [await sharing.open(one) for one in (stream.pk, (await sync_to_async(make_stream)("toy")).pk)]

    def connected() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    used = [set(await asyncio.gather(*(room._in_thread(connected) for _ in range(8)))) for room in rooms]
    await sharing.shutdown()
    assert [len(each) for each in used] == [1, 1]
    assert used[0] != used[1]
