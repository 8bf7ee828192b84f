"""What a closed workshop leaves behind: who may read it, what is in it, whether its seal holds."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from challenges.models import Challenge
from insights.models import Report
from lab_workspace.people.models import User
from realtime import log
from realtime.models import Event, Stream
from tests.makers import make_challenge, make_member
from tests.workshops.closing import (
    HIDDEN,
    INTERNAL,
    NOT_SENT,
    ROLE,
    UNNAMED,
    closed_workshop,
    run_to_vote,
    start_workshop,
)
from workshops.models import Archive, ClusterRecord, IdeaRecord, TallyRecord, Workshop
from workshops.results import seals
from workshops.results.ran import people_in


@pytest.fixture
def challenge(db: None) -> Challenge:
    return make_challenge()


@pytest.fixture
def workshop(challenge: Challenge) -> Workshop:
    return closed_workshop(challenge)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses(workshop: Workshop) -> list[str]:
    pk = workshop.pk
    return [
        reverse("workshops:archive", args=[pk]),
        reverse("workshops:export", args=[pk, "a1", 1, "csv"]),
        reverse("workshops:export", args=[pk, "a2", 1, "json"]),
        reverse("workshops:export", args=[pk, "a3", 1, "csv"]),
        reverse("workshops:export_all", args=[pk, "json"]),
        reverse("workshops:export_all", args=[pk, "zip"]),
    ]


def test_strangers_find_nothing(workshop: Workshop, alice: User) -> None:
    make_member(make_challenge("Another"), alice, "staff")
    for client in (Client(), as_(alice)):
        for address in addresses(workshop):
            assert client.get(address).status_code == 404, address
        assert client.post(reverse("workshops:check_seal", args=[workshop.pk])).status_code == 404


@pytest.mark.parametrize("role", ["observer", "participant", "facilitator", "staff"])
def test_members_read_everything_and_no_cache_keeps_it(workshop: Workshop, alice: User, role: str) -> None:
    make_member(workshop.challenge, alice, role)
    for address in addresses(workshop):
        response = as_(alice).get(address)
        assert response.status_code == 200, address
        assert "no-store" in response["Cache-Control"]


def test_the_page_tells_what_came_out(workshop: Workshop, staff: User) -> None:
    html = " ".join(as_(staff).get(workshop.archive.get_absolute_url()).text.split())
    for words in ("Ideas day", "Find a way in.", INTERNAL, UNNAMED, ROLE, "Finding a way in"):
        assert words in html
    assert "4 people could vote: 3 voted, 1 abstained; 7 dots were placed and 13 left unused." in html
    assert "5 minutes planned" in html
    assert workshop.archive.sha256 in html
    assert workshop.archive.chain_head in html


def test_only_who_agreed_is_named(workshop: Workshop, staff: User) -> None:
    html = as_(staff).get(workshop.archive.get_absolute_url()).text
    assert "Dan Drinkwater" in html
    assert "and 4 other people" in html
    assert "at least 5 people of that role took part" in html
    for name in ("Ann Achterberg", "Ben Brightwater", "Cat Culpepper", "Porter", "Dietitian", "Ward nurse"):
        assert name not in html


def test_what_was_taken_down_is_nowhere(workshop: Workshop, staff: User) -> None:
    client = as_(staff)
    for address in addresses(workshop):
        told = client.get(address).content.decode("utf-8", "ignore")
        for words in NOT_SENT:
            assert words not in told, f"{words!r} in {address}"
    kept = " ".join(IdeaRecord.objects.values_list("text", flat=True)) + str(workshop.archive.content)
    for words in NOT_SENT:
        assert words not in kept


def test_before_it_is_closed_members_are_told_so(challenge: Challenge, staff: User, alice: User) -> None:
    play, start = start_workshop(challenge)
    run_to_vote(play, start)
    address = reverse("workshops:archive", args=[play.workshop.pk])
    response = as_(staff).get(address)
    assert response.status_code == 404
    assert "is not closed yet" in response.text
    assert HIDDEN not in response.text
    response = as_(alice).get(address)
    assert response.status_code == 404
    assert "Ideas day" not in response.text
    assert as_(staff).get(reverse("workshops:export_all", args=[play.workshop.pk, "json"])).status_code == 404


def test_those_who_publish_can_make_a_report_of_it(workshop: Workshop, alice: User, bob: User) -> None:
    make_member(workshop.challenge, alice, "staff")
    make_member(workshop.challenge, bob, "facilitator")
    address = reverse("insights:new_report", args=[workshop.challenge.slug])
    page = workshop.archive.get_absolute_url()
    assert address not in as_(bob).get(page).text
    assert f'action="{address}"' in as_(alice).get(page).text
    response = as_(alice).post(address, {"workshop": str(workshop.pk)})
    assert response.status_code == 302
    assert Report.objects.get().challenge == workshop.challenge


# -- the seal ------------------------------------------------------------------------------------------------------


def test_the_seal_holds(workshop: Workshop, staff: User) -> None:
    check = seals.check(workshop.archive)
    assert check.whole
    assert check.entries == workshop.archive.seq
    address = reverse("workshops:check_seal", args=[workshop.pk])
    assert as_(staff).get(address).status_code == 405
    assert "The seal holds" in as_(staff).post(address).text
    part = as_(staff).post(address, headers={"HX-Request": "true"}).text
    assert "The seal holds" in part
    assert "<html" not in part


def _row(workshop: Workshop, kind: str) -> Any:
    return Event.objects.filter(stream=workshop.stream_id, kind=kind).order_by("seq")


def dots_changed(workshop: Workshop) -> None:
    row = _row(workshop, "dots.placed").first()
    Event.objects.filter(pk=row.pk).update(body=row.body | {"dots": row.body["dots"] + 1})


def words_changed(workshop: Workshop) -> None:
    _row(workshop, "idea.added").filter(pk=_row(workshop, "idea.added").first().pk).update(
        private={"text": "No"}
    )


def voter_changed(workshop: Workshop) -> None:
    Event.objects.filter(pk=_row(workshop, "dots.placed").first().pk).update(actor="p0")


def one_taken_out(workshop: Workshop) -> None:
    _row(workshop, "dots.placed").first().delete()


def end_cut_off(workshop: Workshop) -> None:
    _row(workshop, "workshop.closed").first().delete()


def content_changed(workshop: Workshop) -> None:
    archive = workshop.archive
    archive.content["outcomes"][2]["rows"][0]["dots"] += 1
    Archive.objects.filter(pk=archive.pk).update(content=archive.content)


@pytest.mark.parametrize(
    "tamper",
    [dots_changed, words_changed, voter_changed, one_taken_out, end_cut_off, content_changed],
    ids=lambda one: one.__name__,
)
def test_the_seal_breaks(workshop: Workshop, staff: User, tamper: Callable[[Workshop], None]) -> None:
    tamper(workshop)
    assert not seals.check(Archive.objects.get()).whole
    html = as_(staff).post(reverse("workshops:check_seal", args=[workshop.pk])).text
    assert "The seal is broken" in html
    assert "The seal holds" not in html


def test_erasing_somebodys_words_leaves_the_seal_whole(workshop: Workshop) -> None:
    assert log.erase(workshop.stream_id, [_row(workshop, "idea.added").first().seq]) == 1
    assert seals.check(workshop.archive).whole


# -- projecting again ------------------------------------------------------------------------------------------------


def _records() -> list[Any]:
    ideas: list[Any] = list(IdeaRecord.objects.order_by("pk").values())
    clusters: list[Any] = list(ClusterRecord.objects.order_by("pk").values())
    tallies: list[Any] = list(TallyRecord.objects.order_by("item").values())
    for row in tallies:
        del row["id"]
    return [ideas, clusters, tallies]


def test_projecting_again_gives_the_same_records(workshop: Workshop) -> None:
    before, sealed = _records(), Archive.objects.values().get()
    IdeaRecord.objects.filter(gid=before[0][0]["gid"]).delete()
    IdeaRecord.objects.update(text="lost", credit="lost")
    ClusterRecord.objects.all().delete()
    TallyRecord.objects.update(dots=99)
    out = io.StringIO()
    call_command("project_again", str(workshop.pk), stdout=out)
    assert _records() == before
    assert Archive.objects.values().get() == sealed
    assert "Ideas day: 6 ideas, 1 group, 4 tallies" in out.getvalue()


def test_projecting_again_takes_all_workshops_or_those_named(
    workshop: Workshop, challenge: Challenge
) -> None:
    closed_workshop(challenge, "Second day")
    out = io.StringIO()
    call_command("project_again", stdout=out)
    assert "2 workshops done." in out.getvalue()
    with pytest.raises(CommandError, match="There is no workshop"):
        call_command("project_again", str(Stream.objects.all()[0].pk), stdout=out)


def test_who_led_is_not_counted_as_one_of_those_who_took_part(workshop: Workshop) -> None:
    people = workshop.archive.content["people"]
    assert people["joined"] == people["participants"] + people["facilitators"]
    assert people_in({"people": people}) == "4 participants and 1 facilitator"
    observed = {"joined": 9, "participants": 6, "facilitators": 2}
    assert people_in({"people": observed}) == "6 participants, 2 facilitators and 1 observer"
    assert people_in({"people": {"joined": 5}}) == "5 people"  # an archive that doesn't tell them apart
