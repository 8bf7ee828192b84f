"""What stands under words: a role only where it points to nobody, in new archives and in those sealed before."""

from __future__ import annotations

import importlib
import io
import json
import zipfile

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from insights.actions import board as board_acts
from insights.actions import publishing
from insights.actions import reports as report_acts
from lab_workspace.people.models import User
from realtime.kinds import SYSTEM
from tests.makers import make_challenge, make_member
from tests.workshop_driver import Driver
from tests.workshops.closing import ROLE, closed_workshop
from workshops.models import Archive, IdeaRecord, Workshop
from workshops.results import seals
from workshops.results.archive import checksum, content_of, readable
from workshops.results.credit import consent_of, credit_of

pytestmark = pytest.mark.django_db
leave_out = importlib.import_module("workshops.migrations.0005_roles_of_few").leave_out


def join(driver: Driver, person: str, background: str, consent: str = "role") -> None:
    words = {"name": person[2:].title(), "background": background, "role": "participant", "consent": consent}
    driver.do(SYSTEM, "person.join", person=person, **words)


def nurses(driver: Driver, count: int, consent: str = "unnamed") -> None:
    for n in range(count):
        join(driver, f"p-n{n}", "ward nurse", consent)


def said_by(driver: Driver, *people: str, names: str = "everybody") -> list[tuple[str, str]]:
    """What stands with an idea of each of them: consent and credit."""
    settings = {"visibility": "shared", "names": names}
    step = driver.step("brainstorm", settings=settings)
    driver.do(SYSTEM, "step.open", activity=step)
    ideas = [driver.state.ideas[driver.idea(person, step, f"By {person}")] for person in people]
    return [(consent_of(driver.state, idea), credit_of(driver.state, idea)) for idea in ideas]


@pytest.mark.parametrize(("others", "told"), [(3, ("unnamed", "")), (4, ("role", "ward nurse"))])
def test_a_role_stands_where_five_have_it_as_most_of_them_wrote_it(
    others: int, told: tuple[str, str]
) -> None:
    driver = Driver()
    nurses(driver, others)
    join(driver, "p-cat", "  Ward NURSE ")
    join(driver, "p-pat", "Patient")
    assert said_by(driver, "p-cat", "p-pat") == [told, ("unnamed", "")]


def test_who_is_named_or_removed_or_only_watches_hides_nobody() -> None:
    driver = Driver()
    nurses(driver, 4)
    join(driver, "p-cat", "Ward nurse")
    assert said_by(driver, "p-cat") == [("role", "ward nurse")]
    driver.do("p-n0", "person.describe", consent="named")
    assert said_by(driver, "p-cat", "p-n0") == [("unnamed", ""), ("named", "N0, ward nurse")]
    # Where names were promised to nobody the named stand with their role, as far as others hide them.
    assert said_by(driver, "p-n0", names="nobody") == [("unnamed", "")]
    driver.do("p-n0", "person.describe", consent="internal")
    assert said_by(driver, "p-cat") == [("role", "ward nurse")]
    driver.join("p-fay", role="facilitator")
    driver.do("p-fay", "person.remove", person="p-n0")
    words = {"name": "Olu", "background": "Ward nurse", "role": "observer", "consent": "internal"}
    driver.do(SYSTEM, "person.join", person="p-olu", **words)
    assert said_by(driver, "p-cat") == [("unnamed", "")]


def test_without_a_role_there_is_none_to_quote() -> None:
    driver = Driver()
    for n in range(6):
        join(driver, f"p-n{n}", "")
    assert said_by(driver, "p-n0") == [("unnamed", "")]


def test_in_a_breakout_room_only_its_own_people_count() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    nurses(driver, 8, "role")
    step = driver.step("brainstorm", settings={"visibility": "shared"})
    driver.do("p-fay", "show.go", activity=step)
    driver.do("p-fay", "rooms.split", activity=step, how="size", size=4)
    driver.do("p-fay", "step.open", activity=step)
    told = []
    for room in driver.state.rooms_of(driver.state.steps[step]):
        person = driver.state.people_at(room)[0].id
        idea = driver.state.ideas[driver.idea(person, room.id, "Here")]
        told.append((len(driver.state.people_at(room)), consent_of(driver.state, idea)))
    assert told == [(4, "unnamed"), (4, "unnamed")]


# -- everywhere the role may surface ---------------------------------------------------------------------------------


def published(workshop: Workshop, by: User) -> str:
    """Everything that a public report shows of it: as a figure, as evidence, as data."""
    report = report_acts.new_report(workshop.challenge, by, title="T", archive=workshop.archive)
    report_acts.edit_report(report, title="T", summary="S", authors="", licence="")
    insight = board_acts.write_insight(workshop.challenge, by, "Text is easier.")
    gid = workshop.ideas.get(text=ROLE).gid
    board_acts.add_evidence(insight, None, kind="idea", workshop=workshop, source=gid)
    report_acts.add_block(report, "insights", heading="Learned", insights=[insight])
    version = publishing.publish(report, by, listed=True)
    return json.dumps(version.content) + Client().get(version.get_absolute_url()).text


def taken_away(workshop: Workshop, user: User) -> str:
    """Everything that a member can read or download."""
    client = Client()
    client.force_login(user)
    told = client.get(workshop.archive.get_absolute_url()).text
    for step, form in (("a1", "csv"), ("a1", "json"), ("a3", "csv"), ("a3", "json")):
        told += client.get(reverse("workshops:export", args=[workshop.pk, step, 1, form])).content.decode()
    for form in ("json", "zip"):
        answer = client.get(reverse("workshops:export_all", args=[workshop.pk, form]))
        if form == "json":
            told += answer.content.decode() if answer.status_code == 200 else ""
            continue
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            told += "".join(packed.read(name).decode() for name in packed.namelist())
    return told


@pytest.mark.parametrize(("others", "stands"), [(0, False), (3, False), (4, True)])
def test_a_role_of_few_is_nowhere(staff: User, alice: User, others: int, stands: bool) -> None:
    workshop = closed_workshop(make_challenge(), nurses=others)
    make_member(workshop.challenge, alice, "observer")
    for told in (taken_away(workshop, alice), published(workshop, staff)):
        assert ROLE in told
        assert ("ward nurse" in told.casefold()) is stands


@pytest.fixture
def older() -> Workshop:
    """Closed and sealed before roles of few were left out."""
    workshop = closed_workshop(make_challenge())
    archive = workshop.archive
    (gid,) = [gid for gid, idea in archive.content["ideas"].items() if idea["text"] == ROLE]
    archive.content["ideas"][gid] |= {"consent": "role", "credit": "Ward nurse"}
    del archive.content["roles_from"]
    archive.sha256 = checksum(archive.content)
    archive.save()
    IdeaRecord.objects.filter(gid=gid).update(consent="role", credit="Ward nurse")
    return Workshop.objects.get(pk=workshop.pk)


def test_an_older_archive_tells_no_role_and_its_seal_holds(older: Workshop, alice: User, staff: User) -> None:
    make_member(older.challenge, alice, "participant")
    leave_out(apps, None)
    for told in (taken_away(older, alice), published(older, staff)):
        assert ROLE in told
        assert "ward nurse" not in told.casefold()
    archive = Archive.objects.get(workshop=older)
    assert seals.check(archive).whole
    assert older.ideas.get(text=ROLE).consent == "unnamed"


def test_the_sealed_data_of_an_older_archive_are_for_facilitators(older: Workshop, alice: User) -> None:
    make_member(older.challenge, alice, "participant")
    address = reverse("workshops:export_all", args=[older.pk, "json"])
    client = Client()
    client.force_login(alice)
    page = client.get(older.archive.get_absolute_url()).text
    assert client.get(address).status_code == 404
    assert address not in page
    assert "Facilitators can take them" in page
    make_member(older.challenge, alice, "facilitator")
    data = client.get(address).content
    assert json.loads(data) == older.archive.content
    zipped = client.get(reverse("workshops:export_all", args=[older.pk, "zip"])).content
    with zipfile.ZipFile(io.BytesIO(zipped)) as packed:
        assert any(name.endswith("/archive.json") for name in packed.namelist())


def test_names_in_an_older_archive_stay_inside_too(older: Workshop) -> None:
    content = older.archive.content
    content["ideas"]["s/i90"] = {"text": "Mo", "consent": "unnamed", "credit": "", "sort": "owner"}
    assert readable(older.archive)["ideas"]["s/i90"]["consent"] == "internal"
    assert content["ideas"]["s/i90"]["consent"] == "unnamed"  # what was sealed stays
    (gid,) = [gid for gid, idea in content["ideas"].items() if idea["text"] == ROLE]
    content["ideas"][gid]["sort"] = "owner"
    older.archive.save()
    leave_out(apps, None)
    assert IdeaRecord.objects.get(gid=gid).consent == "internal"


def test_an_archive_says_from_how_many_people_on_a_role_stands() -> None:
    driver = Driver()
    assert content_of(driver.state, driver.workshop, driver.workshop.stream)["roles_from"] == 5


# -- who does an action ----------------------------------------------------------------------------------------------


def test_a_team_that_had_a_room_may_be_said_to_do_it() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    nurses(driver, 4)
    split = driver.step("brainstorm")
    driver.do("p-fay", "show.go", activity=split)
    driver.do("p-fay", "rooms.split", activity=split, how="size", size=2)
    room = driver.state.rooms_of(driver.state.steps[split])[0]
    step = driver.step("next_actions", settings={"visibility": "shared"})
    driver.do("p-fay", "show.go", activity=step)
    driver.do("p-fay", "step.open", activity=step)
    driver.do("p-n0", "actions.propose", activity=step, text="Ring", owner=room.room)
    (piece,) = [idea for idea in driver.state.ideas.values() if idea.sort == "owner"]
    assert consent_of(driver.state, piece) == "unnamed"


@pytest.mark.parametrize(
    ("owner", "consent"),
    [
        ("Ann", "unnamed"),
        ("ann  and BEN", "unnamed"),
        ("Ann, Ben & Ann", "unnamed"),
        ("Ann and Cat", "internal"),
        ("Dan", "internal"),  # two are called so, and one of them did not agree
        ("The ward sister", "internal"),
        ("and", "internal"),
    ],
)
def test_a_name_leaves_the_lab_only_if_all_who_are_called_so_agreed(owner: str, consent: str) -> None:
    driver = Driver()
    for person, name, given in (
        ("p-ann", "Ann", "named"),
        ("p-ben", "Ben", "named"),
        ("p-cat", "Cat", "role"),
        ("p-dan", "Dan", "named"),
        ("p-dan2", "Dan", "internal"),
    ):
        words = {"name": name, "background": "", "role": "participant", "consent": given}
        driver.do(SYSTEM, "person.join", person=person, **words)
    step = driver.step("next_actions", settings={"visibility": "shared"})
    driver.do(SYSTEM, "step.open", activity=step)
    driver.do("p-ann", "actions.propose", activity=step, text="Ring", owner=owner)
    (piece,) = [idea for idea in driver.state.ideas.values() if idea.sort == "owner"]
    assert (consent_of(driver.state, piece), credit_of(driver.state, piece)) == (consent, "")
