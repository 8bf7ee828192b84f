"""A crowd over HTTP: many at the door at once, many who wait, and by what they are known."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import aiohttp
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from challenges.models import Membership
from lab_workspace.people.models import User
from realtime.client import LiveClient
from realtime.ledger import by_system, run
from tests.conftest import StartDaphne
from tests.makers import make_challenge, make_member
from workshops.actions import make_workshop
from workshops.crowd_trial import guest
from workshops.joining import seats
from workshops.models import Attendance, Workshop
from workshops.prepare import plan

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 40
"""Far more than the server has threads for pages."""


@pytest.fixture
def workshop(alice: User) -> Workshop:
    """A workshop with an open brainstorm in which everybody sees all, facilitated by Alice."""
    challenge = make_challenge()
    make_member(challenge, alice, Membership.Role.FACILITATOR)
    made = make_workshop(challenge, "Choosing", timezone.now(), 60, alice)
    run(
        made.stream_id,
        by_system("add-1-00", "step.add", kind="brainstorm", settings={"visibility": "shared"}),
    )
    run(made.stream_id, by_system("open-1-0", "step.open", activity="a1"))
    return made


async def test_a_crowd_comes_in_at_once_waits_and_is_told(workshop: Workshop, daphne: StartDaphne) -> None:
    server = await sync_to_async(daphne)()
    frames = f"{server.url}{reverse('workshops:frames', args=[workshop.pk])}?format=json"
    sent: asyncio.Queue[str] = asyncio.Queue()
    browsers = [_browser(sent) for _ in range(CROWD)]
    try:
        await asyncio.gather(
            *(
                guest.join(browser, server.url, workshop.code, f"Guest {n}")
                for n, browser in enumerate(browsers)
            )
        )
        assert await sync_to_async(_names)(workshop) == {f"Guest {n}" for n in range(CROWD)}
        assert await Attendance.objects.acount() == CROWD

        whole = await _get(browsers[0], frames)
        since = f"{frames}&after={whole['seq']}&epoch={whole['epoch']}"
        firsts = await asyncio.gather(*(_get(browser, since) for browser in browsers))
        polls = [
            asyncio.ensure_future(_get(browser, f"{since}&wait=20&next={first['next']}"))
            for browser, first in zip(browsers, firsts, strict=True)
        ]
        async with asyncio.timeout(15):
            for _poll in polls:
                while "&wait=20" not in await sent.get():
                    pass
        async with asyncio.timeout(15), browsers[0].get(f"{server.url}/accounts/login/") as page:
            assert page.status == 200
        assert not any(poll.done() for poll in polls), "all of them wait"
        paths = guest.paths_of(server.url, str(workshop.pk))
        async with LiveClient(browsers[0], paths, transport="poll") as client:
            await client.send({"do": "idea.add", "activity": "a1", "text": "Meet in the library"})
        told = await asyncio.gather(*polls)
        assert all("Meet in the library" in str(answer["messages"]) for answer in told)
    finally:
        await asyncio.gather(*(browser.close() for browser in browsers))


def _browser(sent: asyncio.Queue[str]) -> aiohttp.ClientSession:
    """A browser that tells the address of every request that has left it."""

    async def tell(_session: object, _context: object, gone: aiohttp.TraceRequestHeadersSentParams) -> None:
        sent.put_nowait(str(gone.url))

    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(tell)
    return aiohttp.ClientSession(cookie_jar=guest.cookie_jar(), trace_configs=[tracing])


def _names(workshop: Workshop) -> set[str]:
    return {person.name for person in plan.state_of(workshop).people.values()}


async def _get(browser: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with browser.get(url) as answer:
        assert answer.status == 200, await answer.text()
        body: dict[str, Any] = await answer.json()
        return body


def test_every_newcomer_gets_a_token_of_their_own_and_the_page_as_it_is_now(workshop: Workshop) -> None:
    door = reverse("workshops:join", args=[workshop.code])
    first, second = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    pages = [client.get(door).content.decode() for client in (first, second)]
    tokens = [page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0] for page in pages]
    assert len(set(tokens)) == 2
    assert pages[0].replace(tokens[0], "") == pages[1].replace(tokens[1], "")
    form = {"name": "Robin", "consent": "internal"}
    assert first.post(door, {**form, "csrfmiddlewaretoken": tokens[1]}).status_code == 403
    assert first.post(door, {**form, "csrfmiddlewaretoken": tokens[0]}).status_code == 302
    Workshop.objects.update(title="Choosing again")
    assert "Choosing again" in Client().get(door).content.decode()


def inside(workshop: Workshop, name: str) -> Client:
    """A guest who came in and has their page, with its ticket."""
    client = Client()
    form = {"name": name, "consent": "internal"}
    assert client.post(reverse("workshops:join", args=[workshop.code]), form).status_code == 302
    assert client.get(reverse("workshops:room", args=[workshop.pk])).status_code == 200
    return client


def who(client: Client, workshop: Workshop) -> str | None:
    """As whom the wire over HTTP knows somebody."""
    address = reverse("workshops:frames", args=[workshop.pk])
    answer = client.get(f"{address}?format=json&after=0&epoch=none")
    if answer.status_code == 403:
        return None
    person: str = answer.json()["messages"][0]["hello"]["person"]
    return person


def test_a_ticket_holds_for_its_session_and_its_workshop_only(workshop: Workshop) -> None:
    ann, ben = inside(workshop, "Ann"), inside(workshop, "Ben")
    known = who(ann, workshop), who(ben, workshop)
    assert None not in known
    assert known[0] != known[1]

    ticket = ann.cookies[seats.PAGE_TICKET]
    assert (ticket["path"], ticket["httponly"], ticket["samesite"]) == (
        f"/workshops/{workshop.pk}/",
        True,
        "Strict",
    )
    stranger = Client()
    stranger.cookies[seats.PAGE_TICKET] = ticket.value
    assert who(stranger, workshop) is None
    ben.cookies[seats.PAGE_TICKET] = ticket.value
    assert who(ben, workshop) == known[1]

    other = make_workshop(workshop.challenge, "Another", timezone.now(), 60, None)
    assert who(ann, other) is None


def test_a_ticket_is_enough_and_what_is_no_ticket_opens_nothing(workshop: Workshop) -> None:
    ann = inside(workshop, "Ann")
    known = who(ann, workshop)
    session = ann.cookies[settings.SESSION_COOKIE_NAME].value
    Attendance.objects.all().delete()  # whatever the database says for the next ten minutes
    assert who(ann, workshop) == known
    for odd in ("", "x", signing.dumps([1, 2], salt=seats.PAGE_SALT), signing.dumps("seat", salt=seats.SALT)):
        ann.cookies[seats.PAGE_TICKET] = odd
        assert who(ann, workshop) is None
    assert session == ann.cookies[settings.SESSION_COOKIE_NAME].value


def test_who_lost_the_ticket_gets_another(workshop: Workshop) -> None:
    ann = inside(workshop, "Ann")
    known = who(ann, workshop)
    del ann.cookies[seats.PAGE_TICKET]
    assert who(ann, workshop) == known
    assert seats.PAGE_TICKET in ann.cookies


def test_who_was_removed_is_not_let_in_by_a_ticket(workshop: Workshop, alice: User) -> None:
    ann = inside(workshop, "Ann")
    person = who(ann, workshop)
    host = Client()
    host.force_login(alice)
    assert host.get(reverse("workshops:console", args=[workshop.pk])).status_code == 200
    command = {"op": str(uuid.uuid4()), "do": "person.remove", "person": person}
    address = reverse("workshops:commands", args=[workshop.pk]) + "?as=facilitator"
    assert host.post(address, command, content_type="application/json").status_code == 200
    assert who(ann, workshop) is None


def test_who_facilitates_is_looked_up_each_time(workshop: Workshop, alice: User) -> None:
    host = Client()
    host.force_login(alice)
    for page in ("workshops:console", "workshops:room"):
        assert host.get(reverse(page, args=[workshop.pk])).status_code == 200
    Membership.objects.filter(user=alice).delete()
    command = {"op": str(uuid.uuid4()), "do": "step.close", "activity": "a1"}
    address = reverse("workshops:commands", args=[workshop.pk])
    answer = host.post(address, command, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed")
