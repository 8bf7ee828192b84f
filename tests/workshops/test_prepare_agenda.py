"""The agenda of a workshop that is being prepared: what it says, and changing it through the rules."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.html import escape

from challenges.models import Challenge
from lab_workspace.people.models import User
from realtime.models import Event
from tests.workshops.preparing import (
    HTMX,
    TITLES,
    at,
    happen,
    ready_challenge,
    ready_workshop,
    step_words,
    titles,
    vote_words,
)
from workshops.models import Workshop
from workshops.prepare.plan import plan_of, state_of


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


def test_the_agenda_says_when_and_how(facilitator: Client, workshop: Workshop) -> None:
    page = facilitator.get(at(workshop)).text
    times = re.findall(r'<time class="strong"[^>]*>([^<]+)</time>', page)
    assert times == ["10:00", "10:10", "10:25"]
    assert "The agenda ends at 10:33." in page
    assert "27 minutes are free" in page
    words = " ".join(page.split())
    assert "Everybody writes alone until you show the ideas. Nobody is shown who wrote what." in words
    assert "5 dots each, at most 2 on one. The result is hidden until you show it." in words


def test_a_kind_without_words_of_its_own_still_says_its_settings(workshop: Workshop) -> None:
    slot = plan_of(workshop, state_of(workshop)).slots[0]
    text = render_to_string("workshops/prepare/plan.html", {"rows": slot.rows})
    assert "While people write" in text
    assert "Each person sees only their own ideas until you show them all" in text


def test_steps_are_added_and_changed(facilitator: Client, workshop: Workshop) -> None:
    answer = facilitator.post(
        at(workshop, "/add/brainstorm"), step_words(title="A second round", prompt="One\r\ntwo"), follow=True
    )
    assert "Added: “A second round”, at the end." in answer.text.partition('id="step-a4"')[2]
    step = state_of(workshop).order()[-1]
    assert (step.title, step.prompt, step.minutes) == ("A second round", "One\ntwo", 10)
    changed = step_words(title="Shared", **{"set-visibility": "shared", "set-most_ideas": "3"})
    del changed["set-late_ideas"]
    facilitator.post(at(workshop, f"/steps/{step.id}"), changed)
    step = state_of(workshop).order()[-1]
    assert (step.title, step.settings.visibility, step.settings.most_ideas) == ("Shared", "shared", 3)
    assert step.settings.late_ideas is False


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Give the activity a title."),
        ({"minutes": "481"}, "480 minutes at most"),
        ({"set-most_characters": "5"}, "greater than or equal to 20"),
        ({"set-visibility": "sideways"}, "Select a valid choice"),
        ({"prompt": "x" * 601}, "at most 600 characters"),
        ({"title": "An odd\u202e title"}, "characters that can&#x27;t be shown"),
    ],
)
@pytest.mark.parametrize("place", ["/add/brainstorm", "/steps/a1"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_bad_words_of_a_step_keep_what_was_typed(
    facilitator: Client,
    workshop: Workshop,
    wrong: dict[str, str],
    sentence: str,
    place: str,
    headers: dict[str, str],
) -> None:
    typed = {**step_words(title="Typed with care", prompt="Words that took a while"), **wrong}
    before = Event.objects.count()
    answer = facilitator.post(at(workshop, place), typed, headers=headers)
    assert sentence in answer.text
    assert escape(typed["prompt"]) in answer.text
    assert escape(typed["title"]) in answer.text
    assert Event.objects.count() == before
    assert ("<html" in answer.text) == (not headers)


def test_a_new_step_goes_before_the_check_out_that_closes_or_to_a_chosen_place(
    facilitator: Client, workshop: Workshop
) -> None:
    happen(workshop, "step.add", kind="check_out", title="How do you leave?")
    happen(workshop, "step.add", kind="talk", title="Thanks")
    place = facilitator.get(at(workshop, "/add/brainstorm")).text.partition('name="before"')[2]
    assert re.findall(r'<option value="([^"]*)"[^>]*selected', place) == ["a4"]
    answer = facilitator.post(
        at(workshop, "/add/brainstorm"), step_words(title="One more", before="a4"), headers=HTMX
    )
    said = "Added: “One more”, before “How do you leave?”."
    assert said in answer.text.partition('hx-swap-oob="innerHTML:#agenda-said"')[2]
    assert said in answer.text.partition('id="step-a6"')[2].partition("</li>")[0]
    assert re.search(r'<h3 id="title-a6"[^>]*autofocus', answer.text)
    assert titles(workshop) == [*TITLES, "One more", "How do you leave?", "Thanks"]

    happen(workshop, "step.open", activity="a1")
    happen(workshop, "show.go", activity="a4")
    place = facilitator.get(at(workshop, "/add/brainstorm")).text.partition('name="before"')[2]
    assert re.findall(r'<option value="([^"]*)"', place.partition("</select>")[0]) == [
        "a2",
        "a3",
        "a6",
        "a5",
        "",
    ]
    assert 'value="" selected' in place, (
        "a check-out that people are in closes nothing that could come before it"
    )
    for gone in ("a1", "a99"):
        answer = facilitator.post(at(workshop, "/add/brainstorm"), step_words(title="Lost", before=gone))
        assert "The agenda has changed meanwhile. Choose a place again." in answer.text
    assert "Lost" not in titles(workshop)


LIST = {
    "title": "What is on the table",
    "prompt": "",
    "minutes": "5",
    "set-most_characters": "60",
    "set-when_time_is_up": "tell",
}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_list_is_pasted_into_its_form_and_what_is_wrong_is_said_beside_it(
    facilitator: Client, workshop: Workshop, headers: dict[str, str]
) -> None:
    wrong = "Ring back the same day\n\nMail ann@example.org\nring back THE same day!\n" + "x" * 61
    answer = facilitator.post(at(workshop, "/add/list"), {**LIST, "lines": wrong}, headers=headers)
    for sentence in (
        "Line 3: It looks like it has",
        "Line 4: It says the same as line 1.",
        "Line 5: It is 1 character too long.",
    ):
        assert sentence in answer.text
    assert "Mail ann@example.org" in answer.text
    assert titles(workshop) == TITLES, "all of it or nothing"
    answer = facilitator.post(at(workshop, "/add/list"), {**LIST, "lines": "1\tOne\n2\tTwo"}, headers=headers)
    assert "These are cells of several columns." in answer.text

    good = {**LIST, "lines": "Ring back the same day\r\n\r\nA kettle", "quoted": "unnamed"}
    assert (
        "2 ideas on the list"
        in facilitator.post(at(workshop, "/add/list"), good, headers=headers, follow=True).text
    )
    facilitator.post(at(workshop, "/steps/a4"), {**LIST, "lines": "A later bus"}, headers=headers)
    ideas = state_of(workshop).ideas_of("a4")
    assert [(idea.text, idea.brought.consent) for idea in ideas if idea.brought] == [
        ("Ring back the same day", "unnamed"),
        ("A kettle", "unnamed"),
        ("A later bus", "internal"),
    ]
    again = facilitator.post(at(workshop, "/steps/a4"), {**LIST, "lines": "a kettle"}, headers=headers)
    assert "Line 1: It is on the list already." in again.text


def test_an_empty_list_has_a_place_to_paste_on_the_agenda(facilitator: Client, workshop: Workshop) -> None:
    happen(workshop, "step.add", kind="list", title="Ready made")
    slot = facilitator.get(at(workshop)).text.partition('id="step-a4"')[2]
    action = re.search(
        r'<form[^>]*action="([^"]+)"[^>]*>(?:(?!</form>).)*<textarea[^>]*name="lines"', slot, re.DOTALL
    )
    assert action
    looked_through = facilitator.post(action[1], {"lines": "One\nTwo", "act": "paste"})
    assert "2 lines are ready." in looked_through.text
    facilitator.post(at(workshop, "/steps/a4"), {**LIST, "lines": "One"})
    assert 'name="lines"' not in facilitator.get(at(workshop)).text


def test_a_vote_takes_its_things_from_what_fits_and_comes_before(
    facilitator: Client, workshop: Workshop
) -> None:
    facilitator.post(at(workshop, "/add/brainstorm"), step_words(title="Afterwards"))
    page = facilitator.get(at(workshop, "/steps/a3")).text
    select = page.partition('name="set-source"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="([^"]*)"', select) == ["", "a1", "a2"]
    page = facilitator.get(at(workshop, "/steps/a2")).text
    select = page.partition('name="set-source"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="([^"]*)"', select) == ["", "a1"]
    answer = facilitator.post(at(workshop, "/steps/a3"), vote_words(**{"set-source": "a2"}))
    assert "Ideas are not taken from a grouping." in answer.text
    facilitator.post(at(workshop, "/steps/a3"), vote_words(**{"set-source": "a2", "set-target": "clusters"}))
    assert state_of(workshop).steps["a3"].settings.source == "a2"
    assert "From “Group the ideas”." in facilitator.get(at(workshop)).text
    for wrong in ("a3", "a4", "a99", "x"):
        answer = facilitator.post(at(workshop, "/steps/a3"), vote_words(**{"set-source": wrong}))
        assert "no longer before this one" in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_buttons_move_a_step_by_one_place(
    facilitator: Client, workshop: Workshop, headers: dict[str, str]
) -> None:
    def move(step: str, to: str) -> list[str]:
        answer = facilitator.post(
            at(workshop, f"/steps/{step}/move"), {"to": to}, headers=headers, follow=True
        )
        assert answer.status_code == 200
        shown = re.findall(r'<h3 id="title-(a\d)"', answer.text)
        assert shown == [one.id for one in state_of(workshop).order()]
        return shown

    assert move("a3", "up") == ["a1", "a3", "a2"]
    assert move("a1", "down") == ["a3", "a1", "a2"]
    assert move("a1", "down") == ["a3", "a2", "a1"]
    assert move("a1", "down") == ["a3", "a2", "a1"]
    assert move("a3", "up") == ["a3", "a2", "a1"]
    page = facilitator.get(at(workshop)).text
    for title in ("Write ideas", "Group the ideas", "Vote with dots"):
        assert f"Move “{title}” up" in page
        assert f"Move “{title}” down" in page


def test_steps_that_are_gone_or_unknown_are_not_found(facilitator: Client, workshop: Workshop) -> None:
    assert facilitator.post(at(workshop, "/steps/a2/remove")).status_code == 302
    assert titles(workshop) == ["Write ideas", "Vote with dots"]
    assert facilitator.post(at(workshop, "/steps/a2/remove")).status_code == 404
    assert facilitator.get(at(workshop, "/steps/a2")).status_code == 404
    assert facilitator.get(at(workshop, "/add/interpretive_dance")).status_code == 404
    assert facilitator.get(at(workshop, "/steps/a1/remove")).status_code == 405


def test_what_has_run_stays_on_the_agenda(facilitator: Client, workshop: Workshop) -> None:
    happen(workshop, "step.open", activity="a1")
    assert at(workshop, "/steps/a1/remove") not in facilitator.get(at(workshop)).text
    for headers in ({}, HTMX):
        answer = facilitator.post(at(workshop, "/steps/a1/remove"), headers=headers, follow=True)
        assert "This activity has already run, so it stays on the agenda." in answer.text
    assert "a1" in state_of(workshop).steps


def test_a_promise_cannot_be_changed_after_opening(facilitator: Client, workshop: Workshop) -> None:
    happen(workshop, "step.open", activity="a1")
    page = facilitator.get(at(workshop, "/steps/a1")).text
    assert "What they were promised stays as it is." in page
    assert re.search(r'<input[^>]*name="set-visibility"[^>]*disabled', page)
    # The form was drawn before the start, and is sent after it.
    typed = step_words(title="Typed with care", **{"set-visibility": "shared"})
    answer = facilitator.post(at(workshop, "/steps/a1"), typed)
    assert escape("People have started under this promise, so it can't be changed now.") in answer.text
    assert "Typed with care" in answer.text
    assert state_of(workshop).steps["a1"].settings.visibility == "private"
    assert state_of(workshop).steps["a1"].title == "Write ideas"
    # What was chosen stays chosen, and can be taken back on the same page.
    assert re.search(r'<input[^>]*value="shared"[^>]*checked', answer.text)
    assert not re.search(r'<input[^>]*name="set-visibility"[^>]*disabled', answer.text)


def test_the_rest_of_a_running_step_can_be_changed(facilitator: Client, workshop: Workshop) -> None:
    happen(workshop, "step.change", activity="a3", settings={"facilitators_vote": True})
    happen(workshop, "step.open", activity="a1")
    # What is disabled in the form isn't sent by a browser.
    typed = step_words(title="Write more", kept="1", **{"set-most_ideas": "4"})
    del typed["set-visibility"], typed["set-names"]
    answer = facilitator.post(at(workshop, "/steps/a1"), {**typed, "minutes": "long"})
    assert re.search(r'<input[^>]*value="private"[^>]*checked', answer.text)
    answer = facilitator.post(at(workshop, "/steps/a1"), typed, follow=True)
    assert "“Write more” is saved." in answer.text
    step = state_of(workshop).steps["a1"]
    assert (step.title, step.settings.most_ideas) == ("Write more", 4)
    assert (step.settings.visibility, step.settings.names) == ("private", "nobody")


def test_no_form_names_a_field_that_it_has_not(
    facilitator: Client, workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    """With DEBUG such a form is an error; without, only the log says so."""
    happen(workshop, "step.add", kind="list", title="Ready made")
    for address in ("/add/talk", "/add/list", "/add/dot_vote", "/steps/a1", "/steps/a4"):
        assert facilitator.get(at(workshop, address)).status_code == 200
    assert not [record for record in caplog.records if "resolve" in record.getMessage()]
