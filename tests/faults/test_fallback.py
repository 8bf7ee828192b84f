"""Networks that block, cut or hold up sockets: the client polls or resumes, and the promises stay the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from realtime.client import Ack, LiveClient
from tests.daphne import Daphne
from tests.faults.cast import ADD, Cast, sees, write, write_many
from tests.faults.conftest import Serve
from tests.faults.line import line
from tests.faults.proxy import Proxy, Upgrades, proxy
from tests.faults.stage import Stage, new_stage
from workshops.crowd_trial import guest
from workshops.joining import seats


@pytest.fixture(scope="module")
def stage() -> Stage:
    return new_stage("sqlite")


@pytest.fixture(scope="module")
def server(serve: Serve, stage: Stage) -> Daphne:
    return serve(stage.database_url)


@pytest.fixture
async def cast(stage: Stage, server: Daphne) -> AsyncIterator[Cast]:
    async with Cast(stage, server.url) as cast:
        yield cast


@pytest.fixture
async def network(server: Daphne) -> AsyncIterator[Proxy]:
    async with proxy(server.url) as network:
        yield network


async def behind(cast: Cast, network: Proxy, name: str) -> LiveClient:
    """Join over a network, with a client that finds out by itself what works there."""
    return await cast.join(name, through=network.url, transport="auto")


@pytest.mark.parametrize("upgrades", ["refuse", "hang"])
async def test_where_sockets_are_blocked_people_poll_and_miss_nothing(
    cast: Cast, network: Proxy, upgrades: Upgrades, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.client.HELLO_SECONDS", 1.0)
    network.upgrades = upgrades
    blocked = await behind(cast, network, "Blocked")
    free = await cast.join("Free")
    assert blocked.transport == "poll"
    assert network.handshakes == 2
    await write_many([blocked, free], 4, f"Sockets {upgrades}")
    await cast.agree(blocked, free)
    await write(free, f"Seen at once though polled, {upgrades}")
    await blocked.wait_until(sees(f"Seen at once though polled, {upgrades}"), 2)
    cast.check_log()


async def test_lines_cut_again_and_again_lose_nothing(cast: Cast, network: Proxy) -> None:
    network.cut_after = 0.5
    cut, free = await behind(cast, network, "Cut"), await cast.join("Free")
    written = 0
    while cut.transport == "socket":
        assert written < 200
        await write_many([cut, free], 1, f"Between cuts {written}")
        written += 1
    assert [code for code in cut.close_codes if code != 1006] == []
    assert cut.snapshots == 1, "it came back by number"
    await write_many([cut, free], 2, "Polling now")
    await cast.agree(cut, free)
    cast.check_log()


async def test_a_network_that_stands_still_for_a_while(cast: Cast, network: Proxy) -> None:
    held, free = await behind(cast, network, "Held up"), await cast.join("Free")
    network.pause()
    sending = asyncio.create_task(write(held, "On its way"))
    await write(free, "Meanwhile")
    done, _ = await asyncio.wait([sending], timeout=2)
    assert not done
    assert not sees("Meanwhile")(held)
    network.resume()
    assert isinstance(await sending, Ack)
    await cast.agree(held, free)
    assert held.close_codes == []
    cast.check_log()


async def test_an_answer_lost_with_the_line_is_given_again(cast: Cast, network: Proxy) -> None:
    held = await behind(cast, network, "Unlucky")
    network.pause()
    sending = [asyncio.create_task(write(held, f"Perhaps {n}")) for n in range(5)]
    await asyncio.wait(sending, timeout=0.5)
    assert len(held.unknown) == 5
    network.cut()
    network.resume()
    assert all(isinstance(answer, Ack) for answer in await asyncio.gather(*sending))
    await cast.agree(held)
    cast.check_log()


async def test_one_op_over_both_ways_at_once_takes_effect_once(cast: Cast) -> None:
    session, paths = await cast.enter("Both ways")
    polling = await cast.connect(session, paths, transport="poll")
    async with line(session, paths) as socket:
        op = "both-ways-at-once-1"
        command = {"op": op, **ADD, "text": "One effect"}
        posts = [asyncio.create_task(polling.post(command)) for _ in range(6)]
        for _ in range(6):
            await socket.command(**command)
        await socket.until(lambda: len(socket.answers(op)) == 6)
        answers = [answer for _, answer in await asyncio.gather(*posts)] + socket.answers(op)
        assert all(answer == answers[0] and "ack" in answer for answer in answers)
        assert sum(row.op == op for row in cast.log()) == 1
        other = await socket.ask(**{**command, "text": "Another text"})
        assert (other["refused"], other["code"]) == (op, "op_reused")
        status, answer = await polling.post({**command, "more": 1})
        assert (status, answer["code"]) == (409, "op_reused")
        assert await socket.ask(**command) == answers[0]
        session, paths = await cast.enter("Somebody else")
        async with line(session, paths) as stranger:
            theirs = await stranger.ask(**{**command, "text": "Mine under the same id"})
            assert theirs["ack"] == op
            assert theirs["seq"] > answers[0]["seq"]
    await cast.agree(polling)


async def test_a_page_left_open_longer_than_its_ticket_goes_on_by_the_session(cast: Cast) -> None:
    session, paths = await cast.enter("Long day")
    session.cookie_jar.clear(lambda cookie: cookie.key == seats.TICKET)
    open_all_day = await cast.connect(session, paths)
    assert isinstance(await write(open_all_day, "Still here"), Ack)
    await open_all_day.drop()
    await open_all_day.wait_until(lambda one: one.connections == 2)
    assert open_all_day.snapshots == 1


async def test_a_poll_waits_for_news_and_is_not_answered_without(cast: Cast) -> None:
    session, paths = await cast.enter("Patient")
    url = paths.base_url + paths.frames
    async with session.get(url, params={"format": "json"}) as response:
        snapshot = await response.json()
    place = {"format": "json", "after": str(snapshot["seq"]), "epoch": snapshot["epoch"]}
    async with session.get(url, params=place) as response:
        assert response.status == 200, "the first time, one's own state counts as new"
        place["next"] = (await response.json())["next"]
    for wait in ("0", "1"):
        async with session.get(url, params={**place, "wait": wait}) as response:
            assert response.status == 204
    polling = asyncio.create_task(session.get(url, params={**place, "wait": "25"}))
    writer = await cast.join("Writer")
    await write(writer, "News")
    async with await asyncio.wait_for(polling, 5) as response:
        answer = await response.json()
    assert [next(iter(message)) for message in answer["messages"]] == ["hello", "from", "now"]
    place |= {"after": str(answer["messages"][1]["seq"]), "next": answer["next"]}
    async with session.get(url, params={**place, "wait": "1"}) as response:
        assert response.status == 204


async def test_somebody_removed_in_the_middle_of_a_poll_gets_nothing_more(cast: Cast) -> None:
    fay = await cast.facilitate()
    session, paths = await cast.enter("To be removed")
    polling = await cast.connect(session, paths, transport="poll", keep_received=True)
    assert polling.received is not None
    seen = len(polling.received)
    assert isinstance(await fay.send({"do": "person.remove", "person": polling.person}), Ack)
    await polling.wait_until(lambda one: one.ended)
    assert all("not_allowed" in text for text in polling.received[seen:])
    async with session.get(cast.base_url + paths.frames) as response:
        assert response.status == 403
    status, answer = await polling.post({"op": "after-removal", **ADD, "text": "Too late"})
    assert (status, answer["code"]) == (403, "not_allowed")
    address = guest.elsewhere(paths, cast.base_url)
    assert isinstance(await fay.send({"do": "person.let_in", "person": polling.person}), Ack)
    again = await cast.connect(session, address)
    assert again.person == polling.person
