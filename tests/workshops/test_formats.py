"""The formats that a workshop can start from: each is put onto a real agenda, and works there."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.functional import Promise

from lab_workspace.people.models import User
from realtime.ledger import Ledger
from tests.makers import make_challenge
from tests.workshops.preparing import ready_challenge
from workshops import actions
from workshops.activities.base import Activity
from workshops.activities.registry import ACTIVITIES, activity_of
from workshops.formats import FORMATS, Format
from workshops.models import Workshop
from workshops.prepare import agendas
from workshops.prepare.plan import plan_of, state_of

LAB = {
    "convening_day",
    "sharing_experiences",
    "how_might_we",
    "prioritising",
    "prototype_review",
    "team_check_in",
    "distilling",
    "closing",
}
EACH = pytest.mark.parametrize("one", FORMATS.values(), ids=lambda one: one.key)


def test_the_formats_of_a_lab_year_are_there() -> None:
    assert set(FORMATS) >= LAB


@EACH
def test_a_format_says_what_it_is_for(one: Format) -> None:
    for words in (one.title, one.purpose, one.people, one.comes_out, *(part.title for part in one.parts)):
        assert isinstance(words, Promise), "not to be translated"
        assert str(words).strip()
    assert re.fullmatch(r"[a-z_]+", one.key)
    assert 30 <= one.minutes <= 240
    assert all(len(str(part.title)) <= 100 and len(str(part.notes)) <= 2000 for part in one.parts)


@EACH
@pytest.mark.django_db
def test_a_format_becomes_an_agenda_in_which_everything_has_what_it_needs(one: Format) -> None:
    challenge = make_challenge(question="What would it take? " * 60)
    workshop = actions.make_workshop(challenge, "From a format", timezone.now(), one.minutes, None)
    agendas.put_on(workshop, one.parts)
    state = state_of(workshop)
    steps = state.order()
    assert [step.kind for step in steps] == [part.kind for part in one.parts]
    assert {step.kind for step in steps} <= set(ACTIVITIES)
    plan = plan_of(workshop, state)
    assert (plan.over, plan.free) == (0, 0)
    for slot, part in zip(plan.slots, one.parts, strict=True):
        step = slot.step
        assert not slot.lacks or step.kind == "list"
        assert "{" not in step.prompt
        assert step.notes == str(part.notes)
        for name, value in part.settings.items():
            assert getattr(step.settings, name) == value, f"{step.title}: {name} is no setting of {step.kind}"
        if part.takes is not None:
            source = state.steps[step.settings.source]
            assert source is steps[part.takes]
            assert not activity_of(step.kind).source_problem(part.settings, source.kind)


@pytest.mark.django_db
def test_what_came_out_of_an_agenda_makes_the_same_agenda_again() -> None:
    challenge = make_challenge()
    first, second = (actions.make_workshop(challenge, "W", timezone.now(), 90, None) for _ in range(2))
    agendas.put_on(first, FORMATS["how_might_we"].parts)
    kept = agendas.as_data(agendas.parts_of(state_of(first)))
    agendas.put_on(second, agendas.from_data(kept))
    assert agendas.as_data(agendas.parts_of(state_of(second))) == kept
    gone = [{**kept[0], "kind": "of_a_later_release", "settings": {"odd": 1}}]
    third = actions.make_workshop(challenge, "W", timezone.now(), 90, None)
    agendas.put_on(third, agendas.from_data(gone))
    (step,) = state_of(third).order()
    assert (step.kind, step.title) == ("talk", kept[0]["title"])


@pytest.mark.django_db
def test_the_words_of_a_format_are_in_the_language_of_who_makes_the_workshop(
    alice: User, client: Client
) -> None:
    challenge = ready_challenge(alice)
    client.force_login(alice)
    with translation.override("en-gb"):
        page = client.get(f"/challenges/{challenge.slug}/workshops/start/").text
    for one in FORMATS.values():
        assert str(one.title) in page
    words = {
        "title": "Now",
        "day": "2026-11-26",
        "time": "14:30",
        "minutes": "90",
        "purpose": "",
        "phase": "",
    }
    address = f"/challenges/{challenge.slug}/workshops/new/?from=how_might_we"
    assert 'value="How might we…? Ideas"' in client.get(address).text
    client.post(address, words)
    workshop = Workshop.objects.get()
    ledger = Ledger(workshop.stream_id)
    ledger.load()
    assert len(ledger.state.steps) == len(FORMATS["how_might_we"].parts)


@pytest.mark.parametrize("activity", ACTIVITIES.values(), ids=lambda activity: activity.kind)
def test_the_settings_a_kind_puts_first_are_its_own(activity: Activity) -> None:
    assert set(activity.foremost) <= set(activity.Settings.form_fields())
    assert not set(activity.foremost) & {"source", "when_time_is_up"}
