"""Those who look into a room: who is here, who reads too slowly, and how much all of them are sent."""

from __future__ import annotations

import time

import pytest

from realtime import wire
from realtime.crowd import MOST_UNSENT, Crowd
from realtime.kinds import Dirty
from realtime.models import Stream
from realtime.presence import LEASE_SECONDS, Presence
from realtime.showing import BYTES_PER_SECOND
from tests.realtime.rooms import Client, Rooms, joined
from tests.realtime.toy import asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet")]


async def test_who_does_not_read_is_left_out_and_then_told_in_one_frame(rooms: Rooms, stream: Stream) -> None:
    room = await rooms.room(stream)
    ann, ben = await joined(room, Client("ann")), await joined(room, Client("ben"))
    ann.unread = MOST_UNSENT + 1
    for n in range(4):
        await room.submit(asked("card.add", "ann", text=f"Card {n}"))
        await ben.until(lambda n=n: ben.frames and ben.frames[-1]["seq"] == n + 1)  # type: ignore[misc]
    assert [frame["seq"] for frame in ann.frames] == [1], "the one that was too much, and none after it"
    room.take(asked("title", "ann", text="Still heard"), ann)
    await ann.until(lambda: "ack" in ann.messages[-1])
    ann.unread = 0
    await ann.until(lambda: "now" in ann.messages[-1])
    missed, own = ann.messages[-3:-1]
    assert (missed["from"], missed["seq"]) == (1, 5)
    assert set(missed["items"]) == {"board", "card-c2", "card-c3", "card-c4"}
    assert own["own"] == {"mine": ["c1", "c2", "c3", "c4"]}
    await room.submit(asked("title", text="Together again"))
    await ann.until(lambda: ann.frames[-1]["seq"] == 6)
    assert ann.frames[-1]["from"] == 5


async def test_who_never_reads_again_is_closed_and_who_reads_slowly_is_not(
    rooms: Rooms, stream: Stream
) -> None:
    room = await rooms.room(stream)
    crowd, slow, dead = Crowd(room.showing.seq_of), Client("slow"), Client("dead")
    for client in (slow, dead):
        await room.join(client, None, "")
        room.leave(client)
        client.unread = 2 * MOST_UNSENT
        crowd.add(client, client.unread)
    now = time.monotonic()
    for after in range(1, 40):
        slow.unread -= 1000
        assert not crowd.look(now + after)
    assert (slow.code, dead.code) == (None, wire.SLOW)
    assert list(crowd.peers) == [slow]
    slow.unread = 0
    assert crowd.look(now + 41) == [(slow, 0)]


async def test_large_frames_are_followed_by_a_pause_but_never_hold_up_the_next_step(
    rooms: Rooms, stream: Stream
) -> None:
    room = await rooms.room(stream)
    shown = room.showing.to_audience(("anybody", "en-gb", "json"))

    async def change(text: str, *, whole: bool = False) -> None:
        def commit() -> Dirty:  # and take what came of it before the room itself does
            room.ledger.commit([asked("title", text=text)])
            return room.ledger.take_pending()

        dirty = await rooms.hub.in_thread(commit)
        dirty.whole = whole
        shown.owed.add(dirty)

    await change("x" * 8000)
    large = shown.frame(100.0)
    assert large is not None
    await change("short")
    assert shown.frame(100.1) is None
    assert shown.frame(100.0 + len(large.data) / BYTES_PER_SECOND + 0.001) is not None
    await change("y" * 60_000)
    assert shown.frame(102.0) is not None
    await change("the next step", whole=True)
    assert shown.frame(102.01) is not None


def test_presence_is_a_lease_by_whatever_clock() -> None:
    presence = Presence()
    presence.seen("ann", 100.0)
    presence.told("other", frozenset({"ben"}), 100.0)
    assert presence.everywhere(100.0 + LEASE_SECONDS - 1) == {"ann", "ben"}
    presence.seen("ann", 120.0)
    assert presence.everywhere(100.0 + LEASE_SECONDS + 1) == {"ann"}
    assert presence.here(120.0 + LEASE_SECONDS + 1) == set()
    presence.told_changes("other", frozenset({"dan", "eve"}), frozenset({"ben"}), 190.0)
    presence.seen("cat", 190.0)
    assert presence.tell(190.0) == (["cat"], [])
    assert presence.everywhere(190.0) == {"cat", "dan", "eve"}
    assert (presence.tell(191.0), presence.tell(191.0, whole=True)) == (([], []), (["cat"], []))
