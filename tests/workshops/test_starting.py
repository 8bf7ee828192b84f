"""Starting a workshop from something, and keeping agendas: who may see, take and change which."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from challenges.models import Challenge
from lab_workspace.people.models import User
from tests.makers import make_challenge, make_member, make_user
from tests.workshops.preparing import TITLES, at, happen, ready_challenge, ready_workshop, titles
from tests.workshops.test_prepare import WORDS
from workshops.models import SavedAgenda, Workshop
from workshops.prepare.plan import state_of

SAVED = {"title": "Our Tuesday", "about": "For the weekly call", "shared_with": "me"}


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


def of(challenge: Challenge, rest: str) -> str:
    return f"/challenges/{challenge.slug}/{rest}"


def save(client: Client, workshop: Workshop, **words: str) -> SavedAgenda:
    assert client.post(at(workshop, "/save"), {**SAVED, **words}).status_code == 302
    return SavedAgenda.objects.latest("made_at")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make(client: Client, challenge: Challenge, start: str) -> list[str]:
    """Make a workshop from something; its titles."""
    answer = client.post(of(challenge, f"workshops/new/?from={start}"), {**WORDS, "title": f"From {start}"})
    assert answer.status_code == 302, answer.text
    return titles(Workshop.objects.get(title=f"From {start}"))


def test_an_agenda_is_saved_with_words_settings_and_notes_and_nothing_that_people_wrote(
    facilitator: Client, challenge: Challenge, workshop: Workshop
) -> None:
    happen(workshop, "step.change", activity="a1", settings={"most_ideas": 4}, notes="Say hello")
    happen(workshop, "step.change", activity="a3", settings={"source": "a1"})
    happen(workshop, "step.move", activity="a2", before="a1")
    happen(workshop, "step.open", activity="a1")
    saved = save(facilitator, workshop)
    assert "Our Tuesday" in facilitator.get(of(challenge, "workshops/start/")).text
    assert make(facilitator, challenge, f"saved-{saved.pk}") == [
        "Group the ideas",
        "Write ideas",
        "Vote with dots",
    ]
    state = state_of(Workshop.objects.get(title=f"From saved-{saved.pk}"))
    group, write, vote = state.order()
    assert (write.settings.most_ideas, write.notes, write.rounds) == (4, "Say hello", [])
    assert (vote.settings.source, group.settings.source) == (write.id, "")


def test_an_earlier_workshop_is_copied_and_one_elsewhere_is_not(
    facilitator: Client, challenge: Challenge, workshop: Workshop, alice: User
) -> None:
    happen(workshop, "step.open", activity="a1")
    happen(workshop, "workshop.close")
    assert f"?from=workshop-{workshop.pk}" in facilitator.get(of(challenge, "workshops/start/")).text
    assert make(facilitator, challenge, f"workshop-{workshop.pk}") == TITLES
    other = ready_workshop(make_challenge("Another"), alice)
    for nothing in (
        f"workshop-{other.pk}",
        f"workshop-{uuid.uuid4()}",
        "workshop-1",
        "nonsense",
        f"saved-{uuid.uuid4()}",
    ):
        answer = facilitator.get(of(challenge, f"workshops/new/?from={nothing}"), follow=True)
        assert "This template is not there any more" in answer.text
    assert make(facilitator, challenge, "empty") == []


def test_a_shared_agenda_asks_the_question_of_the_challenge_it_is_looked_at_from(
    facilitator: Client, challenge: Challenge, workshop: Workshop, alice: User
) -> None:
    """Where it was saved from, and what is asked there, can be nobody's business elsewhere."""
    happen(workshop, "step.change", activity="a1", prompt=f"Think first. {challenge.question}")
    saved = save(facilitator, workshop, shared_with="all")
    other = make_challenge("Another", question="How do we keep a waiting room calm?")
    cleo = make_member(other, "Cleo Sayer", "facilitator")
    for address in ("workshops/start/", f"workshops/new/?from=saved-{saved.pk}"):
        page = signed_in(cleo).get(of(other, address)).text
        assert "Our Tuesday" in page
        assert "Think first. How do we keep a waiting room calm?" in page
        assert challenge.question not in page
    make(signed_in(cleo), other, f"saved-{saved.pk}")
    made = state_of(Workshop.objects.get(title=f"From saved-{saved.pk}")).order()[0]
    assert made.prompt == "Think first. How do we keep a waiting room calm?"
    assert f"Think first. {challenge.question}" in facilitator.get(of(challenge, "workshops/start/")).text


@pytest.mark.parametrize(
    ("shared_with", "sees"),
    [("me", (True, False, False)), ("challenge", (True, True, False)), ("all", (True, True, True))],
)
def test_who_may_start_from_a_saved_agenda(
    facilitator: Client, challenge: Challenge, workshop: Workshop, shared_with: str, sees: tuple[bool, ...]
) -> None:
    saved = save(facilitator, workshop, shared_with=shared_with)
    elsewhere = make_challenge("Another")
    people = (
        (facilitator, challenge),
        (signed_in(make_member(challenge, "Bob Tanner", "facilitator")), challenge),
        (signed_in(make_member(elsewhere, "Cleo Nowak", "facilitator")), elsewhere),
    )
    for (client, where), may in zip(people, sees, strict=True):
        assert ("Our Tuesday" in client.get(of(where, "workshops/start/")).text) == may
        answer = client.get(of(where, f"workshops/new/?from=saved-{saved.pk}"))
        assert answer.status_code == (200 if may else 302)
        copied = client.post(of(where, f"agendas/{saved.pk}/copy"))
        assert copied.status_code == (302 if may else 404)
    assert SavedAgenda.objects.count() == 1 + sum(sees)
    for copy in SavedAgenda.objects.exclude(pk=saved.pk):
        assert copy.shared_with == "me"
        assert copy.title == "Our Tuesday (copy)"


def test_only_its_owner_or_who_looks_after_the_challenge_changes_a_saved_agenda(
    facilitator: Client, challenge: Challenge, workshop: Workshop
) -> None:
    saved = save(facilitator, workshop, shared_with="challenge")
    acts: tuple[tuple[str, dict[str, str]], ...] = (
        ("", {**SAVED, "title": "Taken over"}),
        ("delete", {}),
        ("put-back", {}),
    )
    other = signed_in(make_member(challenge, "Bob Tanner", "facilitator"))
    stranger = make_challenge("Another")
    cleo = signed_in(make_member(stranger, "Cleo Nowak", "facilitator"))
    for rest, words in acts:
        assert other.post(of(challenge, f"agendas/{saved.pk}/{rest}"), words).status_code == 403
        assert cleo.post(of(stranger, f"agendas/{saved.pk}/{rest}"), words).status_code == 404
        assert cleo.post(of(challenge, f"agendas/{saved.pk}/{rest}"), words).status_code == 404
    saved.refresh_from_db()
    assert (saved.title, saved.deleted_at) == ("Our Tuesday", None)
    lead = signed_in(make_member(challenge, "Dana Reed", "staff"))
    lead.post(of(challenge, f"agendas/{saved.pk}/"), {**SAVED, "title": "Renamed", "shared_with": "all"})
    saved.refresh_from_db()
    assert (saved.title, saved.shared_with) == ("Renamed", "all")
    facilitator.post(of(challenge, f"agendas/{saved.pk}/"), {**SAVED, "title": "Mine"})
    assert lead.post(of(challenge, f"agendas/{saved.pk}/"), SAVED).status_code == 404


@pytest.mark.parametrize("role", ["participant", "observer"])
def test_who_may_not_facilitate_neither_chooses_nor_saves(
    facilitator: Client, challenge: Challenge, workshop: Workshop, role: str
) -> None:
    saved = save(facilitator, workshop, shared_with="all")
    client = signed_in(make_member(challenge, "Bob Tanner", role))
    for address in (of(challenge, "workshops/start/"), at(workshop, "/save")):
        assert client.get(address).status_code == 403
    for rest in ("", "copy", "delete", "put-back"):
        assert client.post(of(challenge, f"agendas/{saved.pk}/{rest}"), SAVED).status_code == 403
    assert signed_in(make_user("Stranger")).get(of(challenge, "workshops/start/")).status_code == 404
    assert SavedAgenda.objects.count() == 1


def test_a_deleted_template_is_offered_no_more_until_it_is_put_back(
    facilitator: Client, challenge: Challenge, workshop: Workshop
) -> None:
    saved = save(facilitator, workshop)
    page = facilitator.post(of(challenge, f"agendas/{saved.pk}/delete")).text
    assert "“Our Tuesday” is deleted." in page
    assert "Our Tuesday" not in facilitator.get(of(challenge, "workshops/start/")).text
    assert facilitator.get(of(challenge, f"workshops/new/?from=saved-{saved.pk}")).status_code == 302
    assert facilitator.post(of(challenge, f"agendas/{saved.pk}/copy")).status_code == 404
    answer = facilitator.post(of(challenge, f"agendas/{saved.pk}/put-back"), follow=True)
    assert "“Our Tuesday” is back." in answer.text
    assert f"?from=saved-{saved.pk}" in answer.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Give the template a name."),
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"about": "x" * 601}, "at most 600 characters"),
        ({"shared_with": "the world"}, "Select a valid choice"),
    ],
)
def test_bad_words_of_a_template_keep_what_was_typed(
    facilitator: Client, workshop: Workshop, wrong: dict[str, str], sentence: str
) -> None:
    typed = {**SAVED, "about": "Words that took a while", **wrong}
    answer = facilitator.post(at(workshop, "/save"), typed)
    assert sentence in answer.text
    assert typed["about"] in answer.text
    assert not SavedAgenda.objects.exists()
