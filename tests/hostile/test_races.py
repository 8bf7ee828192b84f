"""Races for whatever there is only so much of: however many ask at the same moment, exactly what is allowed happens."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import pytest

from realtime.kinds import SYSTEM
from realtime.ledger import Ack, Asked, Ledger
from tests.faults.line import line
from tests.hostile.arena import Arena, Attacker
from tests.hostile.ways import post
from tests.workshop_driver import Driver
from workshops.live.agenda import MOST_STEPS
from workshops.live.people import MOST_PEOPLE

type Command = dict[str, Any]


async def at_once(arena: Arena, asked: list[tuple[Attacker, Command]]) -> list[dict[str, Any]]:
    """Send each command over a socket of its own or by POST, all at the same moment; give the answers in order."""
    async with AsyncExitStack() as stack:
        lines: list[Any] = []
        for number, (who, _command) in enumerate(asked):
            query = {"as": who.reader} if who.reader != "participant" else {}
            lines.append(
                await stack.enter_async_context(line(who.session, who.paths, **query)) if number % 3 else None
            )

        async def ask(number: int) -> dict[str, Any]:
            who, command = asked[number]
            message = {"op": str(uuid.uuid4()), **command}
            while True:
                if lines[number] is not None:
                    answer = await lines[number].ask(
                        message["do"], **{k: v for k, v in message.items() if k != "do"}
                    )
                else:
                    path = who.paths.commands + (f"?as={who.reader}" if who.reader != "participant" else "")
                    body = json.dumps(message).encode()
                    answer = json.loads((await post(arena, who.session, path, body, "application/json"))[1])
                if "retry" not in answer:
                    return dict(answer)
                await asyncio.sleep(0.05)

        return list(await asyncio.gather(*(ask(number) for number in range(len(asked)))))


def outcomes(answers: list[dict[str, Any]]) -> Counter[str]:
    return Counter("ack" if "ack" in answer else answer["code"] for answer in answers)


async def lead(arena: Arena, do: str, **fields: Any) -> None:
    (answer,) = await at_once(arena, [(arena.facilitator, {"do": do, **fields})])
    assert "ack" in answer, answer


def both(arena: Arena) -> tuple[Attacker, Attacker]:
    """Two tabs of a facilitator."""
    return arena.facilitator, arena.facilitator


async def test_one_op_from_everywhere_at_once(unshaken: Arena) -> None:
    who, op = unshaken.attackers[0], str(uuid.uuid4())
    command = {"do": "idea.add", "activity": "a1", "text": "Once", "op": op}
    answers = await at_once(unshaken, [(who, command)] * 9)
    assert outcomes(answers) == {"ack": 9}
    assert len({answer["seq"] for answer in answers}) == 1
    assert sum(row.op == op for row in unshaken.log()) == 1


async def test_one_op_for_different_things_at_once(unshaken: Arena) -> None:
    who, op = unshaken.attackers[0], str(uuid.uuid4())
    answers = await at_once(
        unshaken,
        [(who, {"do": "idea.add", "activity": "a1", "text": f"Thing {n}", "op": op}) for n in range(6)],
    )
    assert outcomes(answers) == {"ack": 1, "op_reused": 5}
    assert sum(row.op == op for row in unshaken.log()) == 1


async def test_one_op_of_two_people_is_two_operations(unshaken: Arena) -> None:
    op = str(uuid.uuid4())
    answers = await at_once(
        unshaken,
        [
            (who, {"do": "idea.add", "activity": "a1", "text": who.person, "op": op})
            for who in unshaken.attackers[:4]
        ],
    )
    assert outcomes(answers) == {"ack": 4}
    assert {row.actor for row in unshaken.log() if row.op == op} == {
        who.person for who in unshaken.attackers[:4]
    }


async def test_the_last_ideas(unshaken: Arena) -> None:
    who = unshaken.attackers[1]
    mine = sum(row.kind == "idea.added" and row.actor == who.person for row in unshaken.log())
    await lead(unshaken, "step.change", activity="a1", settings={"most_ideas": mine + 3})
    answers = await at_once(
        unshaken, [(who, {"do": "idea.add", "activity": "a1", "text": f"Idea {n}"}) for n in range(9)]
    )
    await lead(unshaken, "step.change", activity="a1", settings={"most_ideas": 0})
    assert outcomes(answers) == {"ack": 3, "no_ideas_left": 6}


async def test_the_last_place_on_the_agenda(unshaken: Arena) -> None:
    there = 3
    answers: list[dict[str, Any]] = []
    wanted = [(who, {"do": "step.add", "kind": "brainstorm"}) for who in both(unshaken)] * 16
    while outcomes(answers)["agenda_full"] < 5:
        answers += await at_once(unshaken, wanted)
    assert outcomes(answers)["ack"] == MOST_STEPS - there
    added = [row for row in unshaken.log() if row.kind == "step.added"]
    assert len(added) == MOST_STEPS
    for row in added[there:]:
        await lead(unshaken, "step.remove", activity=row.body["activity"])


async def test_two_facilitators_press_the_same_at_once(unshaken: Arena) -> None:
    seen = {"activity": "a1", "round": 1, "phase": "open"}
    before = len(unshaken.log())
    answers = await at_once(
        unshaken, [(who, {"do": "step.close", "activity": "a1", "if": seen}) for who in both(unshaken)] * 3
    )
    assert outcomes(answers)["ack"] == 1
    assert set(outcomes(answers)) <= {"ack", "moved_on", "nothing_to_do"}
    assert [row.kind for row in unshaken.log()[before:]] == ["step.closed"]
    seen = {"activity": "a1", "round": 1}
    answers = await at_once(unshaken, [(who, {"do": "show.next", "if": seen}) for who in both(unshaken)] * 3)
    assert outcomes(answers) == {"ack": 1, "moved_on": 5}
    assert [row.body["activity"] for row in unshaken.log()[before:] if row.kind == "show.moved"] == ["a2"]


async def test_the_last_dots(unshaken: Arena) -> None:
    await lead(unshaken, "step.open", activity="a2")
    ideas = [
        row.body["idea"]
        for row in unshaken.log()
        if row.kind == "idea.added" and row.body["activity"] == "a1"
    ]
    ballot = [idea for idea in ideas if idea not in ("i3", "i4")]
    who = unshaken.attackers[2]
    answers = await at_once(unshaken, [(who, {"do": "dot.place", "activity": "a2", "item": ballot[0]})] * 6)
    assert outcomes(answers) == {"ack": 2, "cap_reached": 4}
    more = [(who, {"do": "dot.set", "activity": "a2", "item": item, "dots": 1}) for item in ballot[1:8]]
    assert outcomes(await at_once(unshaken, more)) == {"ack": 3, "no_dots_left": 4}
    dots: dict[str, int] = {}
    for row in unshaken.log():
        if row.kind == "dots.placed" and row.actor == who.person:
            dots[row.body["item"]] = row.body["dots"]
    assert sum(dots.values()) == 5
    assert max(dots.values()) == 2


async def test_two_close_the_workshop_at_once(unshaken: Arena) -> None:
    """The last test of this room: nothing can be changed afterwards."""
    answers = await at_once(unshaken, [(who, {"do": "workshop.close"}) for who in both(unshaken)] * 2)
    assert outcomes(answers) == {"ack": 1, "workshop_closed": 3}
    assert sum(row.kind == "workshop.closed" for row in unshaken.log()) == 1


@pytest.mark.django_db
def test_the_last_seat() -> None:
    driver = Driver()

    def joining(number: int) -> Asked:
        fields = {"person": f"p-{number}", "name": "Ann", "role": "participant", "consent": "internal"}
        return Asked(f"joining-{number}", "person.join", fields, SYSTEM)

    driver.ledger.commit([joining(number) for number in range(MOST_PEOPLE - 1)], at=driver.at)
    other = Ledger(driver.ledger.stream_id)
    other.load()
    (one,) = other.commit([joining(MOST_PEOPLE)], at=driver.at)
    two, three = driver.ledger.commit([joining(MOST_PEOPLE + 1), joining(MOST_PEOPLE + 2)], at=driver.at)
    assert isinstance(one, Ack)
    assert [getattr(answer, "code", "") for answer in (two, three)] == ["full", "full"]
    assert len(driver.state.people) == MOST_PEOPLE
