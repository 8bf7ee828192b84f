"""Splitting a step into rooms by the challenge's teams, from the console."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.urls import reverse
from django.utils import timezone

from lab_workspace.people.models import User
from realtime.hub import hub, shutdown
from realtime.kinds import SYSTEM
from realtime.ledger import Ack, Asked
from tests.makers import make_challenge, make_member, make_team
from workshops import actions
from workshops.models import Workshop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def quiet() -> AsyncIterator[None]:
    yield
    await shutdown()


def made() -> tuple[Workshop, dict[str, str], User, User]:
    challenge = make_challenge()
    fay = make_member(challenge, "Fay Hall", "facilitator")
    ann, ben, cat = (make_member(challenge, name) for name in ("Ann Ash", "Ben Bay", "Cat Cox"))
    make_team(challenge, "Harbour", ann, ben)
    make_team(challenge, "Hill", ann, cat)
    workshop = actions.make_workshop(challenge, "Day", timezone.now() + datetime.timedelta(days=1), 60, None)
    seats = {user.get_full_name(): actions.seat_for_user(workshop, user).actor for user in (ann, ben, cat)}
    return workshop, seats, fay, ann


async def test_a_facilitator_sees_the_teams_and_makes_their_rooms() -> None:
    workshop, seats, fay, ann = await sync_to_async(made)()
    room = await hub().open(workshop.stream_id)
    commands = [("step.add", {"kind": "brainstorm"}), ("show.go", {"activity": "a1"})]
    commands += [
        ("person.join", {"person": actor, "name": name, "role": "participant", "consent": "internal"})
        for name, actor in seats.items()
    ]
    for number, (do, fields) in enumerate(commands):
        assert isinstance(await room.submit(Asked(f"team-op-{number:04}", do, fields, SYSTEM)), Ack)
    address = reverse("workshops:split_by_teams", args=[workshop.pk, "a1"])
    client = AsyncClient()
    await client.aforce_login(ann)
    assert (await client.get(address)).status_code == 404, "not for participants"
    await client.aforce_login(fay)
    page = (await client.get(address)).content.decode()
    assert "Harbour" in page
    assert "Ben Bay" in page
    assert (await client.post(address)).status_code == 302
    breakout = room.ledger.state.steps["a1"].breakout
    names = [room.ledger.state.steps[one].room for one in breakout.rooms]
    assert names == ["Harbour", "Hill"]
    assert breakout.at == {
        seats["Ann Ash"]: breakout.rooms[0],
        seats["Ben Bay"]: breakout.rooms[0],
        seats["Cat Cox"]: breakout.rooms[1],
    }, "nobody is in two rooms"
