"""The cockpit's pages over HTTP: what they know of the plan, one person without script, places that stay open, wishes."""

from __future__ import annotations

import datetime
import json

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from challenges.models import Membership
from lab_workspace.people.models import User
from realtime.ledger import by_system, run
from tests.makers import make_challenge, make_member, make_user
from workshops.actions import make_workshop
from workshops.models import Attendance, Workshop
from workshops.prepare.plan import state_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workshop(alice: User) -> Workshop:
    """A workshop of two activities, facilitated by Alice; six nurses were invited."""
    cache.clear()
    challenge = make_challenge()
    make_member(challenge, alice, Membership.Role.FACILITATOR)
    for n in range(6):
        make_member(challenge, f"Nurse {n}", Membership.Role.PARTICIPANT, "Nurse")
    made = make_workshop(challenge, "Choosing", timezone.now(), 60, alice)
    for n in (1, 2):
        run(made.stream_id, by_system(f"add-{n}-000", "step.add", kind="brainstorm"))
    return made


def page(workshop: Workshop, name: str, *more: str) -> str:
    return reverse(f"workshops:{name}", args=[workshop.pk, *more])


def join(client: Client, workshop: Workshop, name: str) -> str:
    client.post(reverse("workshops:join", args=[workshop.code]), {"name": name, "consent": "internal"})
    return str(client.session["seats"][str(workshop.pk)])


def pressed(client: Client, workshop: Workshop, reader: str, **command: object) -> None:
    client.post(
        f"{page(workshop, 'commands')}?as={reader}",
        {"op": "11111111-2222", "command": json.dumps(command), "person-name": "Rae"},
    )


def stays_open(workshop: Workshop) -> None:
    until = (timezone.localtime() + datetime.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    commands = [
        by_system("stay-0001", "step.stay_open", activity="a1", until=until),
        by_system("open-0001", "step.open", activity="a1"),
        by_system("next-0001", "show.next"),
    ]
    run(workshop.stream_id, *commands)


def test_the_console_brings_the_plan_into_the_room_once(
    client: Client, alice: User, workshop: Workshop
) -> None:
    client.force_login(alice)
    client.get(page(workshop, "console"))
    conduct = state_of(workshop).conduct
    assert conduct.planned_at == int(workshop.starts_at.timestamp() * 1000)
    assert conduct.invited == {"Nurse": 6}
    seq = workshop.stream.__class__.objects.get(pk=workshop.stream_id).seq
    html = client.get(page(workshop, "console")).content.decode()
    assert workshop.stream.__class__.objects.get(pk=workshop.stream_id).seq == seq
    assert timezone.localtime(workshop.starts_at).strftime("%H:%M") in html


def test_one_person_can_be_changed_without_script(client: Client, alice: User, workshop: Workshop) -> None:
    guest = join(Client(), workshop, "Some Rude Name")
    client.force_login(alice)
    console = page(workshop, "console")
    assert f'href="?person={guest}#about-person"' in client.get(console).content.decode()
    panel = client.get(f"{console}?person={guest}").content.decode()
    assert 'id="about-person"' in panel
    assert 'id="person-menu"' not in panel, "no field stands twice"
    pressed(
        client, workshop, "facilitator", do="person.describe", person=guest, fields={"name": "person-name"}
    )
    assert state_of(workshop).people[guest].name == "Rae"
    assert 'id="about-person"' not in client.get(f"{console}?person=nobody").content.decode()


def test_what_stays_open_has_a_page_and_takes_what_is_sent_from_it(
    client: Client, workshop: Workshop
) -> None:
    guest = join(client, workshop, "Ann")
    assert client.get(page(workshop, "open", "a1")).headers["Location"] == page(workshop, "room")
    stays_open(workshop)
    html = client.get(page(workshop, "open", "a1")).content.decode()
    assert 'data-as="participant/a1"' in html
    assert 'href="open/a1/"' in client.get(page(workshop, "room")).content.decode()
    for step in ("a2", "a9", "nonsense"):
        assert client.get(page(workshop, "open", step)).headers["Location"] == page(workshop, "room")
    pressed(client, workshop, "participant/a1", do="idea.add", activity="a1", text="From home")
    assert [idea.text for idea in state_of(workshop).written_by(guest)] == ["From home"]
    frames = f"{page(workshop, 'frames')}?format=json&as="
    there = client.get(f"{frames}participant/a1").json()
    assert there["own_items"]["own-ideas"]["ideas"][0]["text"] == "From home"
    assert client.get(f"{frames}participant/a2").status_code == 403
    assert Client().get(f"{frames}participant/a1").status_code == 403


def test_only_people_with_an_account_can_ask_to_be_reminded(client: Client, workshop: Workshop) -> None:
    join(client, workshop, "Guest")
    assert "reminders" not in client.get(page(workshop, "room")).content.decode()
    assert client.post(page(workshop, "reminders"), {"wants": "yes"}).status_code == 404
    member = make_user("Ida Want")
    make_member(workshop.challenge, member)
    account = Client()
    account.force_login(member)
    account.post(reverse("workshops:join", args=[workshop.code]), {"name": "Ida", "consent": "internal"})
    assert "Remind me by e-mail" in account.get(page(workshop, "room")).content.decode()
    account.post(page(workshop, "reminders"), {"wants": "yes"})
    assert Attendance.objects.get(user=member).wants_reminders
    assert "No more reminders" in account.get(page(workshop, "room")).content.decode()
    account.post(page(workshop, "reminders"), {"wants": "no"})
    assert not Attendance.objects.get(user=member).wants_reminders
