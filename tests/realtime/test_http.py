"""The same wire over HTTP: the snapshot, what is new after a number, and the long poll."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from realtime import http
from realtime.consumer import Admission
from realtime.hub import hub, shutdown
from realtime.kinds import Refused
from realtime.ledger import Ack, Refusal, Unavailable
from realtime.models import Stream
from realtime.room import Room
from tests.realtime.toy import asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet")]


@pytest.fixture
async def room(stream: Stream) -> Room:
    return await hub().open(stream.pk)


def admitted(room: Room, person: str = "ann") -> Admission:
    return Admission(str(room.ledger.stream_id), person, "anybody", "en-gb")


async def get(room: Room, person: str = "ann", **query: Any) -> HttpResponse:
    request = RequestFactory().get("/frames", {"format": "json", "epoch": room.ledger.epoch, **query})
    return await http.frames(request, room, admitted(room, person))


async def news(room: Room, person: str = "ann", **query: Any) -> tuple[list[str], str, dict[str, Any]]:
    """The kinds of the messages, the mark for the next request, and the frame if there is one."""
    answer = await get(room, person, **query)
    assert answer.status_code == 200
    body = orjson.loads(answer.content)
    frame: dict[str, Any] = next((message for message in body["messages"] if "from" in message), {})
    return [next(iter(message)) for message in body["messages"]], body["next"], frame


async def shown(room: Room, do: str, person: str = "ann", **fields: Any) -> None:
    """Do something, and wait until the room has shown it."""
    flushed = asyncio.ensure_future(room.next_flush(10))
    await asyncio.sleep(0)
    assert isinstance(await room.submit(asked(do, person, **fields)), Ack)
    await flushed


async def test_without_a_number_the_snapshot_comes(room: Room) -> None:
    await shown(room, "card.add", text="Ball")
    snapshot = orjson.loads((await get(room)).content)
    assert snapshot["full"] is True
    assert (snapshot["seq"], snapshot["epoch"]) == (1, room.ledger.epoch)
    assert snapshot["items"]["card-c1"]["text"] == "Ball"
    assert snapshot["own"] == {"mine": ["c1"]}
    assert snapshot["now"]["here"] == 1
    for odd in ("x", "-1", "1" * 20, "١"):
        assert orjson.loads((await get(room, after=odd)).content)["full"] is True


async def test_what_is_new_comes_once_and_then_nothing(room: Room) -> None:
    await shown(room, "card.add", text="Ball")
    kinds, mark, frame = await news(room, after=0)
    assert kinds == ["hello", "from", "own", "now"]
    assert frame["items"]["card-c1"]["text"] == "Ball"
    answer = await get(room, after=1, next=mark)
    assert answer.status_code == 204
    assert not answer.content
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_number_from_another_life_or_from_the_future_is_a_reset(room: Room) -> None:
    await shown(room, "card.add", text="Ball")
    assert (await news(room, after=1, epoch="other"))[0][1] == "reset"
    assert (await news(room, after=99))[0][1] == "reset"


async def test_a_poll_waits_until_something_is_new(room: Room) -> None:
    _kinds, mark, _frame = await news(room, after=0)
    poll = asyncio.ensure_future(news(room, after=0, next=mark, wait=20))
    await asyncio.sleep(0)
    await shown(room, "card.add", "ben", text="Ball")
    async with asyncio.timeout(5):
        _kinds, _mark, frame = await poll
    assert frame["seq"] == 1


async def test_who_follows_gets_what_comes_together_in_one_answer(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathers, enough = asyncio.Event(), asyncio.Event()

    async def gather(_seconds: float) -> None:
        gathers.set()
        await enough.wait()

    monkeypatch.setattr(http, "GATHER_SECONDS", 600.0)
    monkeypatch.setattr(http, "asyncio", SimpleNamespace(sleep=gather))
    _kinds, mark, _frame = await news(room, after=0)
    await shown(room, "card.add", "ben", text="Ball")
    poll = asyncio.ensure_future(news(room, after=0, next=mark, wait=20))
    async with asyncio.timeout(20):
        await gathers.wait()
        await shown(room, "card.add", "ben", text="Doll")
        enough.set()
        kinds, _mark, frame = await poll
    assert frame["seq"] == 2
    assert {item["text"] for key, item in frame["items"].items() if key.startswith("card")} == {
        "Ball",
        "Doll",
    }
    assert kinds == ["hello", "from", "now"]  # ann's own view is as it was


async def test_who_only_looks_is_answered_at_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "GATHER_SECONDS", 600.0)
    _kinds, mark, _frame = await news(room, after=0)
    await shown(room, "card.add", "ben", text="Ball")
    async with asyncio.timeout(20):
        assert (await news(room, after=0, next=mark))[2]["seq"] == 1
        assert (await news(room, after=0, wait=20))[2]["seq"] == 1


async def test_own_changes_wake_only_that_persons_poll(room: Room) -> None:
    marks = {person: (await news(room, person, after=0))[1] for person in ("ann", "ben")}
    polls = {
        person: asyncio.ensure_future(get(room, person, after=0, next=mark, wait=1))
        for person, mark in marks.items()
    }
    await asyncio.sleep(0)
    await shown(room, "card.add", "ben", text="Hidden", secret=True)
    answers = {person: await poll for person, poll in polls.items()}
    assert {person: answer.status_code for person, answer in answers.items()} == {"ann": 204, "ben": 200}
    messages = orjson.loads(answers["ben"].content)["messages"]
    assert [message["own"] for message in messages if "own" in message] == [{"mine": ["c1"]}]
    assert not any("from" in message for message in messages)


async def test_own_changes_are_not_missed_between_the_commit_and_the_flush(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    _kinds, mark, _frame = await news(room, "ben", after=0)
    with monkeypatch.context() as held:
        held.setattr(room.sending, "flush", lambda *_arguments, **_options: None)
        answers = await hub().in_thread(
            room.ledger.commit, [asked("card.add", "ben", text="Hidden", secret=True)]
        )
        assert isinstance(answers[0], Ack)
        answer = await get(room, "ben", after=0, next=mark, epoch="of before")  # news of another kind
        mark = orjson.loads(answer.content)["next"]
    room.sending.flush([])
    answer = await get(room, "ben", after=0, next=mark, wait=1)
    assert answer.status_code == 200
    assert b'"mine":["c1"]' in answer.content


async def test_own_changes_are_not_missed_when_the_room_was_folded_away(stream: Stream) -> None:
    room = await hub().open(stream.pk)
    _kinds, mark, _frame = await news(room, "ben", after=0)
    await shown(room, "card.add", "ben", text="Hidden", secret=True)
    await shutdown()
    again = await hub().open(stream.pk)
    answer = await get(again, "ben", after=1, next=mark)
    assert answer.status_code == 200
    assert b'"mine":["c1"]' in answer.content


async def test_who_was_removed_gets_nothing_more(room: Room) -> None:
    _kinds, mark, _frame = await news(room, "ann", after=0)
    poll = asyncio.ensure_future(get(room, "ann", after=0, next=mark, wait=20))
    await asyncio.sleep(0)
    await shown(room, "leave", "ann")
    with pytest.raises(http.NoLongerWelcome):
        await poll
    with pytest.raises(http.NoLongerWelcome):
        await get(room, "ann")


async def test_a_drained_room_ends_its_polls(room: Room) -> None:
    _kinds, mark, _frame = await news(room, after=0)
    poll = asyncio.ensure_future(get(room, after=0, next=mark, wait=20))
    await asyncio.sleep(0)
    await room.drain()
    async with asyncio.timeout(5):
        assert (await poll).status_code == 204
    with pytest.raises(Unavailable):
        await get(room, after=0, next=mark, wait=20)


async def test_commands_are_answered_with_a_status(room: Room) -> None:
    message = {"op": "an-operation", "do": "card.add", "text": "Ball"}
    for _ in range(2):
        answer = await http.decide(room, message, admitted(room))
        response = http.answer_response(answer, "en-gb")
        assert (response.status_code, orjson.loads(response.content)) == (
            200,
            {"ack": "an-operation", "seq": 1},
        )
    refused = await http.decide(room, {**message, "text": "Doll"}, admitted(room))
    assert http.answer_response(refused, "en-gb").status_code == 409
    odd = await http.decide(room, ["nonsense"], admitted(room))
    assert isinstance(odd, Refusal)
    assert odd.op is None
    await room.drain()
    late = http.answer_response(
        await http.decide(room, {**message, "op": "another-operation"}, admitted(room)), "en-gb"
    )
    assert late.status_code == 503
    assert orjson.loads(late.content)["retry"] == "another-operation"


@pytest.mark.parametrize(
    ("body", "code"), [(b"{", "not_json"), (b'"\xff"', "not_json"), (b" " * 70_000, "too_long")]
)
def test_bodies_that_can_not_be_read_are_refused(body: bytes, code: str) -> None:
    request: HttpRequest = RequestFactory().post("/commands", body, content_type="application/json")
    with pytest.raises(Refused) as refused:
        http.read_json(request)
    assert refused.value.code == code
