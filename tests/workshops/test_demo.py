"""The demo's workshops: what the file says came out, with real logs, and one to try now."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone

from challenges.models import Challenge
from lab_workspace.pages.demo.load import demo_data, load_challenge
from lab_workspace.people.models import User
from realtime.ledger import Asked, Ledger, Refusal
from realtime.models import Event
from tests.makers import make_challenge
from workshops.demo import TODAY_CODE, load_workshops
from workshops.models import Archive, IdeaRecord, TallyRecord, Workshop
from workshops.queries import CODE_LETTERS, workshop_with_code
from workshops.results import seals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

type Demo = tuple[dict[str, Any], Challenge, dict[str, User]]


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    """The whole demo, loaded once for this module: it takes some seconds. Each test undoes what it does itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        data = demo_data(timezone.localdate())
        challenge, people = load_challenge(data)
        load_workshops(data, challenge, people)
        yield data, challenge, people
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: Demo, db: None) -> Demo:
    return loaded


def test_the_vote_is_the_files(demo: Demo) -> None:
    data, _challenge, _people = demo
    archive = Archive.objects.get(workshop__title="Idea generation workshop")
    texts = {row["id"]: row["text"] for row in data["ideas"]}
    totals = {texts[key]: dots for key, dots in data["dot_vote"]["totals"].items()}
    ideas, (vote,) = archive.content["ideas"], [one for one in archive.content["outcomes"] if "rows" in one]
    assert {ideas[row["item"]]["text"]: row["dots"] for row in vote["rows"] if row["dots"]} == totals
    assert vote["answered"] == len(data["dot_vote"]["voters"])
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
    assert sum("sort" not in idea for idea in ideas.values()) == 72


def test_past_workshops_are_over_and_sealed_in_their_own_time(demo: Demo) -> None:
    archives = Archive.objects.select_related("workshop")
    assert archives.count() == 5
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
    kinds = ["check_in", "brainstorm", "cluster", "dot_vote", "next_actions"]
    assert [step.kind for step in ledger.state.order()] == kinds
    assert ledger.state.steps["a2"].settings.visibility == "private"
    (answer,) = ledger.commit([Asked("op", "step.open", {"activity": "a1"}, "system")])
    assert not isinstance(answer, Refusal)


def test_what_is_to_come_has_the_agenda_and_the_list_that_the_file_tells(demo: Demo) -> None:
    data, _challenge, _people = demo
    planned = Workshop.objects.filter(state=Workshop.State.PLANNED, starts_at__gt=timezone.now())
    states = {}
    for workshop in planned:
        ledger = Ledger(workshop.stream_id)
        ledger.load()
        states[workshop.title] = ledger.state
    assert {title: [step.kind for step in state.order()] for title, state in states.items()} == {
        "Test team learning call": ["chat", "twenty_five_ten"],
        "Sense-making workshop": ["list", "ranking"],
    }
    sense = states["Sense-making workshop"]
    insights, ranking = sense.order()
    assert [idea.text for idea in sense.ideas_of(insights.id)] == [row["text"] for row in data["insights"]]
    assert (ranking.settings.source, ranking.settings.top) == (insights.id, 5)


RAN = {
    "Convening workshop": ["check_in", "chat", "brainstorm", "cluster", "dot_vote", "check_out"],
    "Two-day discovery workshop": ["list", "driver_diagram", "one_two_four_all"],
    "Idea generation workshop": ["brainstorm", "cluster", "dot_vote", "matrix", "check_out"],
    "Prototype and plan": ["rooms", *["brainstorm"] * 5, "next_actions", "consent"],
    "First learning call": ["check_in", "chat", "twenty_five_ten", "ranking", "fist_to_five"],
}


def test_past_workshops_ran_what_the_file_tells_and_showed_it(demo: Demo) -> None:
    archives = {one.workshop.title: one.content for one in Archive.objects.select_related("workshop")}
    assert {title: [one["kind"] for one in found["outcomes"]] for title, found in archives.items()} == RAN
    assert not [one for found in archives.values() for one in found["outcomes"] if one.get("withheld")]


def outcome_of(title: str, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The outcome of that kind in a workshop's archive, and the ideas there."""
    content = Archive.objects.get(workshop__title=title).content
    return next(one for one in content["outcomes"] if one["kind"] == kind), content["ideas"]


def test_foursomes_chose_the_questions_that_the_file_tells(demo: Demo) -> None:
    data, _challenge, _people = demo
    gathered, ideas = outcome_of("Two-day discovery workshop", "one_two_four_all")
    assert [ideas[gid]["text"] for gid in gathered["ideas"]] == [row["text"] for row in data["questions"]]
    assert (gathered["people"], gathered["pairs"], gathered["fours"]) == (20, 10, 5)
    assert gathered["written"] == 20 + len(data["questions"])


def test_each_card_was_scored_by_those_to_whom_the_rules_gave_it(demo: Demo) -> None:
    data, _challenge, _people = demo
    crowd, ideas = outcome_of("First learning call", "twenty_five_ten")
    told = {row["id"]: row for row in data["workshops"]}["w7"]["activities"][2]["cards"]
    cards = crowd["cards"]
    assert {ideas[card["item"]]["text"] for card in cards} == {
        f"{one['text']}\n{one['first']}" for one in told
    }
    assert sum(card["scores"] for card in cards) == 5 * 19  # everybody in each round, helpers too
    assert all(5 <= card["points"] <= 25 for card in cards)
    ranks = [card["rank"] for card in cards]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1


def test_every_team_has_a_room_and_an_agreed_action_with_owner_and_day(demo: Demo) -> None:
    data, _challenge, _people = demo
    teams = [team["name"] for team in data["teams"] if team["kind"] == "test_team"]
    rooms, _ideas = outcome_of("Prototype and plan", "rooms")
    assert [room["name"] for room in rooms["rooms"]] == teams
    actions, ideas = outcome_of("Prototype and plan", "next_actions")
    agreed = {ideas[row["owner"]]["text"]: row["due"] for row in actions["actions"] if row["agreed"]}
    assert agreed == {
        team["name"]: test["plan_to"]
        for team in data["teams"]
        for test in data["tests"]
        if test["team"] == team["id"] and test["cycle"] == 1
    }


def test_check_outs_show_how_the_group_moved_since_the_check_in(demo: Demo) -> None:
    left, _ideas = outcome_of("Convening workshop", "check_out")
    assert left["change"]["direction"] == "up"
    assert left["change"]["pairs"] > 20


def test_loading_again_changes_nothing(demo: Demo) -> None:
    Workshop.objects.filter(title="Sense-making workshop").update(minutes=17)
    before = list(Workshop.objects.values()), Event.objects.count()
    assert load_workshops(*demo) == 0
    assert (list(Workshop.objects.values()), Event.objects.count()) == before


def test_a_code_in_use_is_left_to_its_workshop(demo: Demo) -> None:
    _data, _challenge, people = demo
    taken = workshop_with_code(TODAY_CODE)
    other = make_challenge("Theirs")
    assert load_workshops({"workshops": []}, other, people) == 1
    assert workshop_with_code(TODAY_CODE) == taken
    assert other.workshops.get().code != TODAY_CODE
