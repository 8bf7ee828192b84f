"""Who gets in: rights looked at on every entry, guests who sign in, and a door that nobody can shut for others."""

from __future__ import annotations

import aiohttp
import orjson
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import cache
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
from workshops.joining.door import MOST_WRONG
from workshops.models import Workshop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop(alice: User) -> Workshop:
    """A workshop with one activity, facilitated by Alice."""
    cache.clear()
    challenge = make_challenge()
    make_member(challenge, alice, Membership.Role.FACILITATOR)
    made = make_workshop(challenge, "Choosing", timezone.now(), 60, alice)
    run(made.stream_id, by_system("add-1-00", "step.add", kind="brainstorm"))
    return made


def console(workshop: Workshop) -> str:
    return reverse("workshops:console", args=[workshop.pk])


def join(client: Client, workshop: Workshop, name: str = "Robin") -> int:
    door = reverse("workshops:join", args=[workshop.code])
    return client.post(door, {"name": name, "consent": "internal"}).status_code


def test_who_is_no_facilitator_any_more_sees_no_console(
    client: Client, alice: User, workshop: Workshop
) -> None:
    client.force_login(alice)
    assert client.get(console(workshop)).status_code == 200
    Membership.objects.filter(user=alice).delete()
    assert client.get(console(workshop)).status_code == 404
    assert client.get(reverse("workshops:frames", args=[workshop.pk]) + "?as=facilitator").status_code == 403


async def test_who_came_in_by_one_process_is_known_to_the_other_at_once(
    daphne: StartDaphne, workshop: Workshop
) -> None:
    one, two = daphne(redis=False), daphne(redis=False)  # no hints: each looks at the log once a second
    async with aiohttp.ClientSession(cookie_jar=guest.cookie_jar()) as early:
        await guest.join(early, two.url, workshop.code, "Early")  # the second process has the room open
    for number in range(4):
        async with aiohttp.ClientSession(cookie_jar=guest.cookie_jar()) as session:
            paths = guest.elsewhere(
                await guest.join(session, one.url, workshop.code, f"Person {number}"), two.url
            )
            page = two.url + reverse("workshops:room", args=[workshop.pk])
            async with session.get(page) as answer:
                assert str(answer.url) == page, "sent back to the door"
            client = LiveClient(session, paths)
            await client.open()
            await client.wait_until(lambda one: one.connections)
            await client.close()


async def test_without_script_the_next_page_has_what_was_just_saved_whichever_process_draws_it(
    daphne: StartDaphne, workshop: Workshop
) -> None:
    await sync_to_async(run)(workshop.stream_id, by_system("open-1-0", "step.open", activity="a1"))
    one, two = daphne(redis=False), daphne(redis=False)
    async with aiohttp.ClientSession(cookie_jar=guest.cookie_jar()) as session:
        await guest.join(session, two.url, workshop.code, "Robin")
        page = reverse("workshops:room", args=[workshop.pk])
        for text in ("Ask again in spring", "A card in every pack"):
            async with session.get(two.url + page) as answer:
                token = (
                    (await answer.text()).partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
                )
            command = orjson.dumps({"do": "idea.add", "activity": "a1", "text": text}).decode()
            form = {"csrfmiddlewaretoken": token, "op": f"press-{text[:3]}", "command": command}
            url = one.url + reverse("workshops:commands", args=[workshop.pk])
            async with session.post(
                url, data=form, headers={"Origin": one.url}, allow_redirects=False
            ) as answer:
                assert answer.status == 302
            async with session.get(two.url + answer.headers["Location"]) as answer:
                assert text in await answer.text()


def test_not_even_of_a_closed_workshop(client: Client, alice: User, workshop: Workshop) -> None:
    client.force_login(alice)
    assert client.get(console(workshop)).status_code == 200
    run(workshop.stream_id, by_system("open-1-0", "step.open", activity="a1"))
    run(workshop.stream_id, by_system("close-10", "workshop.close"))
    assert client.get(console(workshop)).status_code == 200
    Membership.objects.filter(user=alice).delete()
    assert client.get(console(workshop)).status_code == 404


def test_a_guest_who_signs_in_can_open_their_console(client: Client, alice: User, workshop: Workshop) -> None:
    assert join(client, workshop) == 302
    seats = client.session["seats"]
    client.force_login(alice)
    session = client.session
    session["seats"] = seats
    session.save()
    assert client.get(console(workshop)).status_code == 200


def test_wrong_codes_shut_no_right_link(client: Client, workshop: Workshop) -> None:
    for _try in range(MOST_WRONG):
        client.get(reverse("workshops:enter_code"), {"code": "WRNG0000"})
    typed = client.get(reverse("workshops:enter_code"), {"code": workshop.code})
    assert typed.status_code == 400
    assert "too many wrong codes" in typed.content.decode()
    assert join(client, workshop) == 302
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.get(reverse("workshops:enter_code"), {"code": workshop.code}).status_code == 302


def test_each_button_of_a_page_without_script_has_an_operation_of_its_own(
    client: Client, workshop: Workshop
) -> None:
    run(workshop.stream_id, by_system("open-1-0", "step.open", activity="a1"))
    join(client, workshop)
    act = reverse("workshops:commands", args=[workshop.pk])
    page_op = "11111111-2222-3333-4444-555555555555"
    for words in ("One", "Two", "Two"):
        command = '{"do":"idea.add","activity":"a1","fields":{"text":"new-idea"}}'
        assert client.post(act, {"op": page_op, "command": command, "new-idea": words}).status_code == 302
    page = client.get(reverse("workshops:room", args=[workshop.pk])).content.decode()
    assert 'id="own-i3"' not in page
    assert 'id="own-i1"' in page
    assert 'id="own-i2"' in page


async def test_sockets_look_at_rights_too(alice: User, workshop: Workshop, daphne: StartDaphne) -> None:
    server = daphne()
    cookies = await sync_to_async(_signed_in)(alice)
    address = f"{server.url}/ws/workshops/{workshop.pk}/?as=facilitator"
    async with aiohttp.ClientSession(cookies=cookies, cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        assert (await browser.get(server.url + console(workshop))).status == 200  # sets the ticket too
        socket = await browser.ws_connect(address, headers={"Origin": server.url})
        await socket.close()
        await Membership.objects.filter(user=alice).adelete()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await browser.ws_connect(address, headers={"Origin": server.url})


def _signed_in(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
