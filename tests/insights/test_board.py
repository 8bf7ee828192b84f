"""The insight board: writing, taking from a workshop, finding, taking away and putting back."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from challenges.models import Challenge
from insights.actions import board as acts
from insights.models import Evidence, Insight
from insights.queries import BoardFilter, board, latest_insights
from tests.insights.conftest import People
from tests.workshops.closing import INTERNAL, ROLE
from workshops.models import Archive


def test_typing_an_insight_in_keeps_its_evidence_and_tags(as_staff: Client, challenge: Challenge) -> None:
    answer = as_staff.post(
        reverse("insights:write", args=[challenge.slug]),
        {"statement": "Being  asked once is too early.", "note": "Interviews", "strength": "strong",
         "status": "supported", "tags": "Timing, asking ,timing"},
    )  # fmt: skip
    insight = Insight.objects.get()
    assert answer["Location"] == insight.get_absolute_url()
    assert insight.statement == "Being asked once is too early."
    assert [tag.name for tag in insight.tags.all()] == ["asking", "timing"]
    assert insight.evidence.get().strength == "strong"
    assert "Interviews" in as_staff.get(insight.get_absolute_url()).content.decode()


def test_taking_from_a_workshop_keeps_the_identity_and_the_votes(
    as_staff: Client, challenge: Challenge, archive: Archive
) -> None:
    address = reverse("insights:take", args=[challenge.slug, archive.workshop_id])
    idea = archive.workshop.ideas.get(text=ROLE).gid
    group = archive.workshop.clusters.get(title="Finding a way in").gid
    assert ROLE in as_staff.get(address).content.decode()
    empty = as_staff.post(address, {"statement": "S", "status": "emerging", "strength": "weak"})
    assert "Tick at least one idea or group." in empty.content.decode()

    as_staff.post(
        address,
        {"statement": "S", "status": "emerging", "strength": "weak", "votes": "on", "items": [idea, group]},
    )
    rows = Insight.objects.get().evidence.values_list("kind", "source", "outcome")
    assert set(rows) == {("idea", idea, ""), ("cluster", group, ""), ("vote", idea, "a3/1")}
    page = as_staff.get(Insight.objects.get().get_absolute_url()).content.decode()
    assert "3 dots from 2 people" in page
    assert "Sealed on" in page
    assert archive.chain_head in page


def test_what_is_not_of_this_workshop_cannot_be_taken(
    as_staff: Client, challenge: Challenge, archive: Archive
) -> None:
    hidden = archive.workshop.ideas.filter(hidden=True)
    assert hidden
    for gid in ("made up", *(idea.gid for idea in hidden)):
        as_staff.post(
            reverse("insights:take", args=[challenge.slug, archive.workshop_id]),
            {"statement": "S", "status": "emerging", "strength": "weak", "items": [gid]},
        )
    assert not Evidence.objects.exists()


def test_members_read_internal_words_on_the_board(
    challenge: Challenge, people: People, archive: Archive
) -> None:
    insight = acts.write_insight(challenge, people.staff, "S")
    idea = archive.workshop.ideas.get(text=INTERNAL)
    acts.add_evidence(insight, None, kind="idea", workshop=archive.workshop, source=idea.gid)
    client = Client()
    client.force_login(people.observer)
    assert INTERNAL in client.get(insight.get_absolute_url()).content.decode()


def test_search_looks_in_statement_tags_and_notes_without_case_or_accents(
    challenge: Challenge, insight: Insight, people: People
) -> None:
    acts.write_insight(challenge, people.staff, "Saturdays suit people who work shifts.", status="supported")

    def found(**narrowed: str) -> list[str]:
        return [one.statement for one in board(challenge, BoardFilter(**narrowed))]  # type: ignore[arg-type]

    assert found(search="ONCE") == [insight.statement]
    assert found(search="cafe zurich") == [insight.statement]
    assert found(search="timing early") == [insight.statement]
    assert found(search="timing shifts") == []
    assert found(search="%") == []
    assert found(tag="asking") == [insight.statement]
    assert found(status="supported") == ["Saturdays suit people who work shifts."]
    acts.edit_insight(insight, statement="Now about lifts.", status="emerging", tags=[], phase=None)
    assert found(search="once") == []


def test_the_filter_works_by_address_and_htmx_gets_only_the_list(
    as_staff: Client, challenge: Challenge, insight: Insight
) -> None:
    address = reverse("insights:board", args=[challenge.slug])
    whole = as_staff.get(address, {"q": "nothing like it", "phase": "999", "status": "wild"}).content.decode()
    assert "<html" in whole
    assert "Nothing matches" in whole
    assert whole.split('<form class="filters"')[1].split("</form>")[0].count("csrfmiddlewaretoken") == 0
    part = as_staff.get(address, {"tag": "asking"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert insight.statement in part


def test_taking_away_can_be_undone(as_staff: Client, challenge: Challenge, insight: Insight) -> None:
    args = [challenge.slug, insight.pk]
    as_staff.post(reverse("insights:withdraw", args=args))
    assert latest_insights(challenge) == []
    as_staff.post(reverse("insights:restore", args=args))
    assert latest_insights(challenge) == [insight]

    evidence = insight.evidence.get()
    as_staff.post(reverse("insights:remove_evidence", args=[*args, evidence.pk]))
    assert not board(challenge, BoardFilter(search="zurich")).exists()
    assert not board(challenge).get().evidence.all()
    as_staff.post(reverse("insights:restore_evidence", args=[*args, evidence.pk]))
    assert board(challenge, BoardFilter(search="zurich")).exists()


def test_an_address_must_be_a_web_address(as_staff: Client, challenge: Challenge, insight: Insight) -> None:
    address = reverse("insights:add_evidence", args=[challenge.slug, insight.pk])
    answer = as_staff.post(address, {"url": "javascript:alert(1)", "strength": "weak"})
    assert answer.status_code == 422
    as_staff.post(address, {"url": "https://example.org/scan", "strength": "weak"})
    assert insight.evidence.get(kind="link").url == "https://example.org/scan"


def test_the_board_asks_as_much_for_three_as_for_one(
    as_staff: Client, challenge: Challenge, insight: Insight, people: People,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = reverse("insights:board", args=[challenge.slug])
    with CaptureQueriesContext(
        connection,
    ) as one:
        as_staff.get(address)
    for n in range(2):
        more = acts.write_insight(challenge, people.staff, f"More {n}.", tags=["x", f"y{n}"])
        acts.add_evidence(more, None, note="n")
    with django_assert_num_queries(len(one)):
        as_staff.get(address)
    assert len(one) <= 14
