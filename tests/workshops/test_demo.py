"""The demo's workshops: what the file says came out, with real logs, and one to try now."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.utils import timezone

from challenges.models import Challenge
from lab_workspace.pages.demo.load import demo_data, load_challenge
from lab_workspace.people.models import User
from realtime.ledger import Asked, Ledger, Refusal
from realtime.models import Event
from tests.makers import make_challenge
from workshops.actions import make_workshop
from workshops.demo import TODAY_CODE, load_workshops
from workshops.models import Archive, IdeaRecord, TallyRecord, Workshop
from workshops.queries import CODE_LETTERS, workshop_with_code
from workshops.results import seals

type Demo = tuple[dict[str, Any], Challenge, dict[str, User]]


@pytest.fixture
def demo(db: None) -> Demo:
    data = demo_data(timezone.localdate())
    challenge, people = load_challenge(data)
    load_workshops(data, challenge, people)
    return data, challenge, people


def test_the_vote_is_the_files(demo: Demo) -> None:
    data, _challenge, _people = demo
    archive = Archive.objects.get(workshop__title="Idea generation workshop")
    texts = {row["id"]: row["text"] for row in data["ideas"]}
    totals = {texts[key]: dots for key, dots in data["dot_vote"]["totals"].items()}
    ideas, (vote,) = archive.content["ideas"], [one for one in archive.content["outcomes"] if "rows" in one]
    assert {ideas[row["item"]]["text"]: row["dots"] for row in vote["rows"] if row["dots"]} == totals
    assert vote["voted"] == len(data["dot_vote"]["voters"])
    assert vote["dots_placed"] == sum(totals.values())
    tallies = TallyRecord.objects.filter(workshop=archive.workshop, dots__gt=0)
    assert {ideas[row.item]["text"]: row.dots for row in tallies} == totals
    voters: dict[str, set[str]] = {}
    for given in data["dot_vote"]["votes"]:
        voters.setdefault(texts[given["idea"]], set()).add(given["voter"])
    assert {ideas[row.item]["text"]: row.voters for row in tallies} == {
        text: len(who) for text, who in voters.items()
    }


def test_the_ideas_are_grouped_by_their_themes(demo: Demo) -> None:
    data, _challenge, _people = demo
    archive = Archive.objects.get(workshop__title="Idea generation workshop")
    ideas = archive.content["ideas"]
    groups = {
        one["title"]: {ideas[gid]["text"] for gid in one["ideas"]}
        for one in archive.content["clusters"].values()
    }
    assert groups == {
        theme["name"]: {row["text"] for row in data["ideas"] if row["theme"] == theme["id"]}
        for theme in data["themes"]
    }
    assert len(ideas) == 72


def test_past_workshops_are_over_and_sealed_in_their_own_time(demo: Demo) -> None:
    archives = Archive.objects.select_related("workshop")
    assert archives.count() == 4
    for archive in archives:
        workshop = archive.workshop
        assert seals.check(archive).whole
        times = list(
            Event.objects.filter(stream=workshop.stream_id).order_by("seq").values_list("at", flat=True)
        )
        assert all(before <= after for before, after in itertools.pairwise(times))
        assert times[-1] == workshop.closed_at
        assert workshop.starts_at < times[-1] < timezone.now()
        assert workshop.state == Workshop.State.CLOSED
        assert IdeaRecord.objects.filter(workshop=workshop).exists()


def test_consents_differ_so_that_a_report_has_something_to_quote(demo: Demo) -> None:
    held = IdeaRecord.objects.filter(workshop__title="Idea generation workshop")
    counts = {
        consent: held.filter(consent=consent).count() for consent in ("internal", "unnamed", "role", "named")
    }
    assert all(counts.values())
    assert 15 <= counts["internal"] <= 36
    assert all(record.credit for record in held.filter(consent__in=["role", "named"]))
    assert not held.filter(consent__in=["internal", "unnamed"]).exclude(credit="").exists()


def test_one_is_there_to_try_now(demo: Demo) -> None:
    _data, _challenge, people = demo
    workshop = workshop_with_code("peer demo")
    assert workshop is not None
    assert workshop.code == TODAY_CODE
    assert set(TODAY_CODE) <= set(CODE_LETTERS)
    assert workshop.state == Workshop.State.PLANNED
    assert abs((timezone.now() - workshop.starts_at).total_seconds()) < 600
    assert workshop.created_by == people["p05"]
    ledger = Ledger(workshop.stream_id)
    ledger.load()
    assert [step.kind for step in ledger.state.order()] == ["brainstorm", "cluster", "dot_vote"]
    assert ledger.state.steps["a1"].settings.visibility == "private"
    (answer,) = ledger.commit([Asked("op", "step.open", {"activity": "a1"}, "system")])
    assert not isinstance(answer, Refusal)


def test_what_is_to_come_has_an_agenda(demo: Demo) -> None:
    planned = Workshop.objects.filter(state=Workshop.State.PLANNED, starts_at__gt=timezone.now())
    assert planned.count() == 2
    for workshop in planned:
        ledger = Ledger(workshop.stream_id)
        ledger.load()
        assert len(ledger.state.steps) >= 3


def test_loading_again_changes_nothing(demo: Demo) -> None:
    Workshop.objects.filter(title="Sense-making workshop").update(minutes=17)
    before = list(Workshop.objects.values()), Event.objects.count()
    assert load_workshops(*demo) == 0
    assert (list(Workshop.objects.values()), Event.objects.count()) == before


def test_a_code_in_use_is_left_to_its_workshop(db: None) -> None:
    taken = make_workshop(make_challenge("Ours"), "Ours", timezone.now(), 60, None, code=TODAY_CODE)
    data = demo_data(timezone.localdate())
    challenge, people = load_challenge(data)
    load_workshops(data | {"workshops": []}, challenge, people)
    assert workshop_with_code(TODAY_CODE) == taken
    assert challenge.workshops.count() == 1
