"""Building an agenda: notes that only facilitators see, places, lengths, copies, and what was taken off."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from challenges.models import Challenge
from lab_workspace.people.models import User
from tests.makers import make_member
from tests.workshop_driver import Driver
from tests.workshops.preparing import HTMX, at, happen, ready_challenge, ready_workshop, step_words, titles
from workshops.models import Workshop
from workshops.prepare.plan import state_of
from workshops.results.archive import content_of

SECRET = "Ask Bea first, she is shy"


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


def test_notes_are_kept_with_the_step(facilitator: Client, workshop: Workshop) -> None:
    facilitator.post(at(workshop, "/steps/a1"), step_words(notes=SECRET))
    assert state_of(workshop).steps["a1"].notes == SECRET
    assert SECRET in facilitator.get(at(workshop)).text
    assert SECRET in facilitator.get(at(workshop, "/steps/a1")).text
    facilitator.post(at(workshop, "/steps/a1"), step_words(notes=""))
    assert state_of(workshop).steps["a1"].notes == ""


@pytest.mark.django_db
def test_notes_reach_no_participant_no_wall_and_no_archive() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann")
    heard: list[tuple[str, str]] = []
    driver.heard = lambda to, text: heard.append((to, text))
    driver.watch()
    step = driver.step("brainstorm", notes=SECRET)
    copy = f"{step[0]}{int(step[1:]) + 1}"
    driver.do("p-fay", "step.copy", activity=step)
    driver.do("p-fay", "step.change", activity=copy, notes=f"{SECRET}, again")
    for do in ("step.open", "step.close", "step.reveal"):
        driver.do("p-fay", do, activity=step)
        driver.flush()
        driver.check()
    driver.do("p-fay", "workshop.close")
    driver.flush()
    driver.check()
    assert driver.state.steps[copy].notes == f"{SECRET}, again"
    assert not [to for to, text in heard if SECRET in text and to not in ("facilitator", "p-fay")]
    assert SECRET not in str(content_of(driver.state, driver.workshop, driver.workshop.stream))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_step_is_put_before_another_or_at_the_end(
    facilitator: Client, workshop: Workshop, headers: dict[str, str]
) -> None:
    def put(step: str, before: str) -> list[str]:
        facilitator.post(at(workshop, f"/steps/{step}/move"), {"before": before}, headers=headers)
        return list(state_of(workshop).steps)

    assert put("a3", "a1") == ["a3", "a1", "a2"]
    assert put("a3", "") == ["a1", "a2", "a3"]
    for nowhere in ("a3", "a99", "x"):
        assert put("a3", nowhere) == ["a1", "a2", "a3"]


def test_the_menu_offers_every_other_place(facilitator: Client, workshop: Workshop) -> None:
    page = facilitator.get(at(workshop)).text
    selects = re.findall(r'<select class="input" id="before-(a\d)"[^>]*>(.*?)</select>', page, re.DOTALL)
    places = {step: re.findall(r'<option value="([^"]*)"', options) for step, options in selects}
    assert places == {"a1": ["a3", ""], "a2": ["a1", ""], "a3": ["a1", "a2"]}


def test_minutes_are_changed_in_the_agenda(facilitator: Client, workshop: Workshop) -> None:
    answer = facilitator.post(at(workshop, "/steps/a1/minutes"), {"minutes": "40"}, headers=HTMX)
    assert state_of(workshop).steps["a1"].minutes == 40
    assert "“Write ideas” now takes 40 minutes." in answer.text
    assert "3 minutes too long." in answer.text
    for wrong, sentence in (
        ("", "Say how many minutes"),
        ("ten", "as a whole number"),
        ("481", "480 minutes at most"),
    ):
        answer = facilitator.post(at(workshop, "/steps/a1/minutes"), {"minutes": wrong}, headers=HTMX)
        assert sentence in answer.text
    assert state_of(workshop).steps["a1"].minutes == 40


def test_what_people_are_told_follows_what_is_typed_for_who_prepares(
    facilitator: Client, challenge: Challenge, workshop: Workshop
) -> None:
    address = at(workshop, "/promise/brainstorm")
    private = facilitator.post(address, step_words(title="", minutes="long")).text
    shared = facilitator.post(address, step_words(**{"set-visibility": "shared"})).text
    assert "until the facilitator shows all ideas" in private
    assert "Everybody sees the ideas." in shared
    assert facilitator.post(at(workshop, "/promise/nothing")).status_code == 404
    member = Client()
    member.force_login(make_member(challenge, "Bob Tanner", "participant"))
    assert member.post(address, step_words()).status_code == 403


def test_a_copy_stands_after_the_first_and_shares_nothing_with_it(
    facilitator: Client, workshop: Workshop
) -> None:
    facilitator.post(at(workshop, "/steps/a1"), step_words(notes=SECRET, **{"set-most_ideas": "3"}))
    happen(workshop, "step.open", activity="a1")
    answer = facilitator.post(at(workshop, "/steps/a1/copy"), headers=HTMX)
    assert "Added: “Write ideas”, before “Group the ideas”." in answer.text
    assert titles(workshop) == ["Write ideas", "Write ideas", "Group the ideas", "Vote with dots"]
    copy = state_of(workshop).steps["a4"]
    assert (copy.settings.most_ideas, copy.notes, copy.rounds) == (3, SECRET, [])


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_what_was_taken_off_is_put_back_where_it_stood(
    facilitator: Client, workshop: Workshop, headers: dict[str, str]
) -> None:
    facilitator.post(at(workshop, "/steps/a2"), {"title": "Sort", "minutes": "15", "set-who": "everybody"})
    facilitator.post(at(workshop, "/steps/a2/remove"), headers=headers)
    assert titles(workshop) == ["Write ideas", "Vote with dots"]
    assert at(workshop, "/steps/a2/put-back") in facilitator.get(at(workshop)).text
    facilitator.post(at(workshop, "/steps/a2/put-back"), headers=headers)
    assert list(state_of(workshop).steps) == ["a1", "a2", "a3"]
    assert at(workshop, "/steps/a2/put-back") not in facilitator.get(at(workshop)).text
    assert facilitator.post(at(workshop, "/steps/a2/put-back"), headers=headers).status_code in (200, 302)
    assert facilitator.post(at(workshop, "/steps/a77/put-back")).status_code == 404


def test_breakout_rooms_are_no_steps_of_the_agenda(facilitator: Client, workshop: Workshop) -> None:
    for person in ("p-1", "p-2", "p-3", "p-4"):
        happen(workshop, "person.join", person=person, name=person, role="participant", consent="internal")
    happen(workshop, "rooms.split", activity="a1", how="size", size=2)
    (room, *_others) = [step for step in state_of(workshop).steps.values() if step.parent]
    assert facilitator.get(at(workshop, f"/steps/{room.id}")).status_code == 404
    assert facilitator.post(at(workshop, f"/steps/{room.id}/copy")).status_code == 404
    facilitator.post(at(workshop, "/steps/a1/move"), {"to": "down"})
    assert titles(workshop) == ["Group the ideas", "Write ideas", "Vote with dots"]
    answer = facilitator.post(at(workshop, "/steps/a1/remove"), headers=HTMX)
    assert "split into rooms" in answer.text


def test_a_step_that_has_nothing_to_work_on_says_so(facilitator: Client, workshop: Workshop) -> None:
    assert "Nothing before it has ideas yet" not in facilitator.get(at(workshop)).text
    facilitator.post(at(workshop, "/steps/a3/move"), {"before": "a1"})
    page = facilitator.get(at(workshop)).text
    assert page.count("Nothing before it has ideas yet") == 1
    assert "Nothing before it has ideas yet" in facilitator.get(at(workshop, "/steps/a3")).text


def test_settings_that_few_need_are_folded_until_one_differs(facilitator: Client, workshop: Workshop) -> None:
    page = facilitator.get(at(workshop, "/steps/a1")).text
    more = page.partition('<details class="more"><summary>More settings')[2].partition("</details>")[0]
    assert 'name="set-when_time_is_up"' in more
    assert 'name="set-visibility"' not in more
    facilitator.post(at(workshop, "/steps/a1"), step_words(**{"set-when_time_is_up": "close"}))
    assert (
        '<details class="more" open><summary>More settings' in facilitator.get(at(workshop, "/steps/a1")).text
    )
