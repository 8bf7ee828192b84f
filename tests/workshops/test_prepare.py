"""Preparing a workshop: who may, what is kept, the door, and the end of one that never happened."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import segno
from django.test import Client
from django.utils.html import escape

from challenges.models import Challenge
from lab_workspace.people.models import User
from realtime.ledger import run
from realtime.models import Event, Stream
from tests.makers import make_challenge, make_member, make_user
from tests.workshops.preparing import TITLES, at, happen, ready_challenge, ready_workshop, step_words, titles
from workshops import actions
from workshops.joining.qr import qr_svg
from workshops.live.state import State
from workshops.models import Workshop
from workshops.prepare.plan import state_of

WORDS = {
    "title": "Idea generation",
    "day": "2026-11-26",
    "time": "14:30",
    "minutes": "90",
    "purpose": "",
    "phase": "",
}


@pytest.fixture
def challenge(alice: User) -> Challenge:
    return ready_challenge(alice)


@pytest.fixture
def workshop(challenge: Challenge, alice: User) -> Workshop:
    return ready_workshop(challenge, alice)


@pytest.fixture
def facilitator(client: Client, alice: User, challenge: Challenge) -> Client:
    client.force_login(alice)
    return client


# -- who may ---------------------------------------------------------------------------------------------------------


def everything(workshop: Workshop) -> list[tuple[str, str, dict[str, str]]]:
    """Every page and every act of preparing."""
    new = f"/challenges/{workshop.challenge.slug}/workshops/new/"
    return [
        ("get", new, {}),
        ("post", new, WORDS),
        ("get", at(workshop), {}),
        ("get", at(workshop, "/words"), {}),
        ("post", at(workshop, "/words"), {**WORDS, "title": "Taken over"}),
        ("get", at(workshop, "/add/brainstorm"), {}),
        ("post", at(workshop, "/add/brainstorm"), step_words()),
        ("get", at(workshop, "/steps/a1"), {}),
        ("post", at(workshop, "/steps/a1"), step_words(title="Taken over")),
        ("post", at(workshop, "/steps/a1/move"), {"to": "down"}),
        ("post", at(workshop, "/save"), {"title": "Ours", "about": "", "shared_with": "me"}),
        ("post", at(workshop, "/steps/a1/minutes"), {"minutes": "99"}),
        ("post", at(workshop, "/steps/a1/copy"), {}),
        ("post", at(workshop, "/steps/a3/remove"), {}),
        ("post", at(workshop, "/steps/a3/put-back"), {}),
        ("post", at(workshop, "/code"), {}),
        ("post", at(workshop, "/delete"), {}),
    ]


def outsider(_challenge: Challenge) -> User:
    return make_user("Charlie Nowak")


def member(role: str) -> Callable[[Challenge], User]:
    return lambda challenge: make_member(challenge, "Bob Tanner", role)


@pytest.mark.parametrize(
    ("person", "status"),
    [
        pytest.param(member("participant"), 403, id="participant"),
        pytest.param(member("observer"), 403, id="observer"),
        pytest.param(outsider, 404, id="stranger"),
        pytest.param(None, 302, id="signed out"),
    ],
)
def test_who_may_not_facilitate_sees_and_changes_nothing(
    client: Client, workshop: Workshop, person: Callable[[Challenge], User] | None, status: int
) -> None:
    if person:
        client.force_login(person(workshop.challenge))
    before = Workshop.objects.values().get()
    for method, address, words in everything(workshop):
        answer = getattr(client, method)(address, words)
        assert answer.status_code == status, (method, address)
        if status == 302:
            assert answer.headers["Location"].startswith("/accounts/login/?next=")
    assert Workshop.objects.values().get() == before
    assert titles(workshop) == TITLES


def lab_staff(_challenge: Challenge) -> User:
    return make_user("Sal Okafor", is_staff=True)


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(member("facilitator"), id="facilitator"),
        pytest.param(member("staff"), id="staff of the challenge"),
        pytest.param(lab_staff, id="Lab staff"),
    ],
)
def test_who_may_facilitate_does_everything(
    client: Client, workshop: Workshop, person: Callable[[Challenge], User]
) -> None:
    client.force_login(person(workshop.challenge))
    for method, address, words in everything(workshop):
        answer = getattr(client, method)(address, words)
        assert answer.status_code == (200 if method == "get" else 302), (method, address)
    assert not Workshop.objects.filter(pk=workshop.pk).exists()
    assert Workshop.objects.get().title == WORDS["title"]


def test_facilitating_one_challenge_gives_no_right_in_another(client: Client, workshop: Workshop) -> None:
    elsewhere = make_member(make_challenge("Another"), "Dana Reeve", "facilitator")
    client.force_login(elsewhere)
    assert {getattr(client, way)(where, words).status_code for way, where, words in everything(workshop)} == {
        404
    }


# -- the workshop ----------------------------------------------------------------------------------------------------


def test_a_title_is_all_that_a_workshop_needs(facilitator: Client, challenge: Challenge) -> None:
    page = facilitator.get(f"/challenges/{challenge.slug}/workshops/new/").text
    filled = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]+)"', page))
    answer = facilitator.post(
        f"/challenges/{challenge.slug}/workshops/new/", {**filled, "title": "Idea generation"}, follow=True
    )
    workshop = Workshop.objects.get()
    assert workshop.created_by is not None
    assert answer.redirect_chain == [(at(workshop), 302)]
    assert f"{workshop.code[:4]} {workshop.code[4:]}" in answer.text
    assert [step.kind for step in state_of(workshop).order()] == ["brainstorm", "cluster", "dot_vote"]
    assert state_of(workshop).order()[0].settings.visibility == "private"
    assert challenge.question in answer.text


@pytest.mark.parametrize(
    ("day", "utc"), [("2026-11-26", "2026-11-26T14:30+00:00"), ("2026-07-02", "2026-07-02T13:30+00:00")]
)
def test_times_are_london_times(facilitator: Client, challenge: Challenge, day: str, utc: str) -> None:
    facilitator.post(f"/challenges/{challenge.slug}/workshops/new/", {**WORDS, "day": day})
    workshop = Workshop.objects.get()
    assert workshop.starts_at.isoformat(timespec="minutes") == utc
    assert "14:30" in facilitator.get(at(workshop)).text
    assert 'value="14:30"' in facilitator.get(at(workshop, "/words")).text


def test_the_phase_follows_from_the_day_unless_one_is_chosen(
    facilitator: Client, challenge: Challenge
) -> None:
    first, second, _third = challenge.phases.order_by("starts")
    address = f"/challenges/{challenge.slug}/workshops/new/"
    facilitator.post(address, {**WORDS, "title": "By its day"})
    facilitator.post(address, {**WORDS, "title": "Chosen", "phase": str(first.pk)})
    assert Workshop.objects.get(title="By its day").phase == second
    assert Workshop.objects.get(title="Chosen").phase == first
    other = make_challenge("Another").phases.first()
    assert other is not None
    assert facilitator.post(address, {**WORDS, "phase": str(other.pk)}).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "Give the workshop a title."),
        ({"day": "soon"}, "This is not a day of the calendar."),
        ({"day": "2062-11-26"}, "Check the year."),
        ({"time": "25:00"}, "This is not a time of day."),
        ({"day": "2026-10-25", "time": "01:30"}, "The clocks change at this time"),
        ({"minutes": "2"}, "greater than or equal to 5"),
        ({"title": "x" * 121}, "at most 120 characters"),
    ],
)
def test_bad_words_of_a_workshop_keep_what_was_typed(
    facilitator: Client, challenge: Challenge, workshop: Workshop, wrong: dict[str, str], sentence: str
) -> None:
    typed = {**WORDS, "title": "A title typed <with care>", "purpose": "Why we come together & how", **wrong}
    before = Workshop.objects.values().get()
    for address in (f"/challenges/{challenge.slug}/workshops/new/", at(workshop, "/words")):
        answer = facilitator.post(address, typed)
        assert sentence in answer.text
        for value in typed.values():
            assert escape(value.strip()) in answer.text
    assert Workshop.objects.values().get() == before


def test_changing_the_words_leaves_code_and_agenda_alone(facilitator: Client, workshop: Workshop) -> None:
    answer = facilitator.post(
        at(workshop, "/words"), {**WORDS, "title": "Another title", "minutes": "30"}, follow=True
    )
    changed = Workshop.objects.get()
    assert (changed.title, changed.minutes, changed.code) == ("Another title", 30, workshop.code)
    assert "3 minutes too long." in answer.text
    assert titles(workshop) == TITLES


def test_a_closed_workshop_stays_as_it_was(facilitator: Client, workshop: Workshop) -> None:
    happen(workshop, "step.open", activity="a1")
    happen(workshop, "workshop.close")
    page = facilitator.get(at(workshop)).text
    assert "This workshop is closed." in page
    assert 'method="post"' not in page.partition("<main")[2].partition("</main>")[0]
    before = Workshop.objects.values().get()
    for _method, address, words in everything(workshop)[4:]:
        answer = facilitator.post(address, words, follow=True)
        assert answer.status_code == 200
    assert Workshop.objects.values().get() == before
    assert titles(workshop) == TITLES


# -- the door --------------------------------------------------------------------------------------------------------


def test_the_page_carries_code_link_and_qr_code_of_the_same_door(
    facilitator: Client, workshop: Workshop
) -> None:
    answer = facilitator.get(at(workshop))
    link = f"http://testserver/join/{workshop.code}/"
    assert f'value="{link}"' in answer.text
    assert f"{workshop.code[:4]} {workshop.code[4:]}" in answer.text
    assert qr_svg(link, "QR code of the link to join “Idea generation”") in answer.text
    assert "style=" not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_qr_code_encodes_the_link_and_says_what_it_is() -> None:
    link = "https://lab.example.org/join/ABCD1234/"
    svg = qr_svg(link, 'Join “<b>" & more”')
    assert 'role="img"' in svg
    assert "<title>Join “&lt;b&gt;" in svg
    assert "style" not in svg
    matrix = segno.make(link, error="m", micro=False).matrix
    path = re.search(r'stroke="#000(?:000)?" d="([^"]+)"', svg)
    assert path
    assert drawn(path[1], border=4) == {
        (x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module
    }


def drawn(path: str, border: int) -> set[tuple[int, int]]:
    """Follow an SVG path of horizontal strokes and give the modules that it blackens."""
    black: set[tuple[int, int]] = set()
    x, y = 0, -1
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(value) for value in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = int(values[0]), int(values[1])
        elif command == "m":
            x, y = x + int(values[0]), y + int(values[1])
        else:
            black |= {(place - border, y - border) for place in range(x, x + int(values[0]))}
            x += int(values[0])
    return black


@pytest.mark.django_db(transaction=True)  # the door looks codes up in threads of its own
def test_a_new_code_shuts_the_old_door(facilitator: Client, workshop: Workshop) -> None:
    visitor = Client()
    assert visitor.get(f"/join/{workshop.code}/").status_code == 200
    answer = facilitator.post(at(workshop, "/code"), follow=True)
    changed = Workshop.objects.get()
    assert changed.code != workshop.code
    assert changed.code in answer.text
    assert workshop.code not in answer.text
    assert visitor.get(f"/join/{workshop.code}/").status_code == 302
    assert visitor.get(f"/join/{changed.code}/").status_code == 200


# -- deleting --------------------------------------------------------------------------------------------------------


def test_a_workshop_in_which_nothing_happened_can_be_deleted(facilitator: Client, workshop: Workshop) -> None:
    looked_in = actions.seat_for_user(workshop, make_user("Alice Marsh"))
    run(workshop.stream_id, actions.joining(looked_in, "facilitator", "Alice Marsh"))
    assert "Delete this workshop…" in facilitator.get(at(workshop)).text
    answer = facilitator.post(at(workshop, "/delete"), follow=True)
    assert answer.redirect_chain == [(workshop.challenge.get_absolute_url(), 302)]
    assert "“Idea generation” is deleted." in answer.text
    assert not Workshop.objects.exists()
    assert not Stream.objects.exists()
    assert not Event.objects.exists()


def somebody_joined(workshop: Workshop) -> None:
    run(workshop.stream_id, actions.joining(actions.seat_for_guest(workshop), "participant", "Robin"))


def something_ran(workshop: Workshop) -> None:
    happen(workshop, "step.open", activity="a1")


@pytest.mark.parametrize("what", [somebody_joined, something_ran])
def test_a_workshop_in_which_something_happened_stays(
    facilitator: Client, workshop: Workshop, what: Callable[[Workshop], None]
) -> None:
    what(workshop)
    assert "Delete this workshop…" not in facilitator.get(at(workshop)).text
    answer = facilitator.post(at(workshop, "/delete"), follow=True)
    assert "this workshop is kept." in answer.text
    state: State = state_of(workshop)
    assert len(state.steps) == 3
