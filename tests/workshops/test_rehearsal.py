"""Facilitators' rehearsals: simulated people play by the ordinary rules, and nothing of a rehearsal is left anywhere."""

from __future__ import annotations

import datetime
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.apps import apps
from django.core.management import call_command
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from challenges.models import Challenge, Membership
from insights.queries import archives_of, closed_workshops
from lab_workspace.pages.queries import my_challenges, workshops_today
from lab_workspace.people.models import User
from realtime import hub as hubs
from realtime.audience import Audience
from realtime.kinds import SYSTEM
from realtime.ledger import Ack, Answer, Asked, Ledger, Refusal, Retry, by_system, run
from tests.makers import make_challenge, make_member
from tests.realtime.rooms import Client as Connected
from tests.workshop_driver import Driver
from workshops import actions, queries
from workshops.actions import make_workshop
from workshops.activities.base import Activity
from workshops.activities.registry import ACTIVITIES
from workshops.models import Archive, Attendance, ClusterRecord, IdeaRecord, TallyRecord, Workshop
from workshops.prepare import plan
from workshops.rehearsal import copies, playing
from workshops.rehearsal.people import TEMPERAMENTS, Mind, player
from workshops.rehearsal.texts import Texts, texts
from workshops.rehearsal.troupe import ENOUGH_HANDS, Act, Troupe

pytestmark = pytest.mark.django_db

START = 1_760_000_000_000
LEADER = "p-leader"


@pytest.fixture
def challenge(alice: User) -> Challenge:
    """Peer support, facilitated by Alice."""
    made = make_challenge()
    make_member(made, alice, Membership.Role.FACILITATOR)
    return made


@pytest.fixture
def workshop(challenge: Challenge, alice: User) -> Workshop:
    """Writing, grouping, voting; and a prepared list with one line."""
    made = make_workshop(challenge, "Ideas day", timezone.now() + datetime.timedelta(days=3), 90, alice)
    for place, kind in enumerate(("brainstorm", "cluster", "dot_vote", "list")):
        words = {"title": f"Step {place + 1}", "notes": "mind the time"}
        run(made.stream_id, by_system(f"add-{place:04}", "step.add", kind=kind, **words))
    line = {"text": "An idea from last year", "how": "typed", "consent": "internal"}
    actions.bring_in(made, alice, "a4", [line])
    return made


class Show:
    """A rehearsal played turn by turn, by a clock of its own."""

    def __init__(self, copy: Workshop) -> None:
        self.ledger = Ledger(copy.stream_id)
        self.ledger.load()
        self.troupe = Troupe("a seed")
        self.at = START
        self.answers: list[tuple[Act, Answer]] = []
        self.here: set[str] = set()
        self.do(
            SYSTEM,
            "person.join",
            person=LEADER,
            name="Alice",
            role="facilitator",
            consent="internal",
            background="",
        )

    @property
    def state(self) -> Any:
        return self.ledger.state

    def ask(self, by: str, do: str, **fields: Any) -> Answer:
        (answer,) = self.ledger.commit(
            [Asked(f"op-{self.ledger.seq:05}-{self.at}", do, fields, by)], at=self.at
        )
        return answer

    def do(self, by: str, do: str, **fields: Any) -> None:
        answer = self.ask(by, do, **fields)
        assert isinstance(answer, Ack), (do, answer)

    def refused(self, by: str, do: str, **fields: Any) -> str:
        answer = self.ask(by, do, **fields)
        assert isinstance(answer, Refusal), (do, answer)
        return answer.code

    def play(self, seconds: int) -> None:
        for _turn in range(seconds):
            self.at += 1000
            turn = self.troupe.turn(self.state, self.at, 15)
            self.here = turn.here
            batch = [
                Asked(
                    f"act-{self.at}-{n}", command["do"], {k: v for k, v in command.items() if k != "do"}, by
                )
                for n, (by, command) in enumerate(turn.acts)
            ]
            if batch:
                self.answers += zip(turn.acts, self.ledger.commit(batch, at=self.at), strict=True)

    def done(self, do: str) -> int:
        return sum(act["do"] == do and isinstance(answer, Ack) for (_by, act), answer in self.answers)


@pytest.fixture
def show(workshop: Workshop, alice: User) -> Show:
    return Show(copies.make_copy(workshop, alice, 30, "fast"))


def rows() -> dict[str, int]:
    """How many rows every table has."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_simulated_people_fill_a_whole_workshop(show: Show) -> None:
    show.play(60)
    people = [person for person in show.state.people.values() if person.role == "participant"]
    assert 25 <= len(people) <= 30
    assert len({person.name for person in people}) == len(people)

    show.do(LEADER, "step.open", activity="a1")
    show.play(60)
    sheet = show.state.sheet("a1")
    assert sheet.on_board >= 30
    assert len(sheet.on_board_by) >= 15
    assert len(show.state.step.round.finished) >= 5
    assert any(idea.text in texts().rude for idea in sheet.ideas)
    said = [idea.text for idea in sheet.ideas]
    alike = {text for lot in texts().near for text in lot}
    assert sum(text in alike for text in said) >= 3
    codes = Counter(answer.code for _act, answer in show.answers if isinstance(answer, Refusal))
    assert codes["too_long"]
    assert "failed" not in codes

    show.do(LEADER, "step.reveal", activity="a1")
    show.do(LEADER, "step.open", activity="a2")
    show.play(60)
    groups = show.state.steps["a2"].rounds[-1].memory.groups
    assert len(groups) >= 2
    assert sum(len(group.ideas) for group in groups.values()) >= 10

    show.do(LEADER, "step.open", activity="a3")
    show.play(60)
    ballots = show.state.steps["a3"].rounds[-1].memory
    assert ballots.dots_placed >= 30
    assert ballots.voters >= 15
    assert show.done("hand.raised") == 0 < show.done("hand.raise")
    assert show.done("idea.flag")


def test_the_same_seed_gives_the_same_acts(workshop: Workshop, alice: User) -> None:
    acts = []
    for _time in range(2):
        show = Show(copies.make_copy(workshop, alice, 10, "fast"))
        show.play(20)
        show.do(LEADER, "step.open", activity="a1")
        show.play(20)
        acts.append([act for act, _answer in show.answers])
    assert acts[0] == acts[1]


def test_people_stand_still_when_told_and_wait_while_all_is_paused(show: Show) -> None:
    show.play(60)
    show.do(LEADER, "step.open", activity="a1")
    show.play(10)
    show.do(LEADER, "rehearsal.set", going="no")
    seq = show.ledger.seq
    show.play(30)
    assert show.ledger.seq == seq
    assert show.here  # they are in the room all the same
    show.do(LEADER, "rehearsal.set", going="yes")
    show.do(LEADER, "room.freeze")
    before = show.done("idea.add")
    show.play(30)
    assert show.done("idea.add") == before
    show.do(LEADER, "room.thaw")
    show.play(30)
    assert show.done("idea.add") > before


def test_fewer_people_leave_and_more_come(show: Show) -> None:
    show.play(60)
    show.do(LEADER, "rehearsal.set", people=10)
    show.play(1)
    assert 0 < len(show.here) <= 10
    show.do(LEADER, "rehearsal.set", people=100)
    show.play(120)
    assert len(show.here) > 50
    show.do(LEADER, "person.remove", person="sim001")
    show.play(30)
    assert "sim001" not in show.here
    assert show.refused(LEADER, "rehearsal.set", people=301) == "bad_field"


def test_no_turn_holds_more_than_it_may(show: Show) -> None:
    show.do(LEADER, "rehearsal.set", people=300)
    show.troupe.turn(show.state, show.at, 15)
    assert len(show.troupe.turn(show.state, show.at + 600_000, 15).acts) == 15


@pytest.mark.parametrize("most", [3, 10, 24, 40, 80, 140, 280, 2000])
def test_words_fit_everywhere(most: int) -> None:
    for temperament in TEMPERAMENTS:
        mind = Mind(temperament, random.Random(most))
        for _time in range(40):
            text = mind.words(most=most)
            assert 0 < len(text) <= most
            assert text == text.strip()


@pytest.fixture
def words_of(settings: Any, tmp_path: Path) -> Iterator[Callable[[str, bytes], Texts]]:
    """Have the operator name a file with these bytes; gives what people say then."""

    def say(name: str, content: bytes) -> Texts:
        (tmp_path / name).write_bytes(content)
        settings.REHEARSAL_WORDS = str(tmp_path / name)
        texts.cache_clear()
        return texts()

    yield say
    texts.cache_clear()


def test_people_say_what_stands_in_the_operators_file(words_of: Callable[[str, bytes], Texts]) -> None:
    said = words_of(
        "said.txt", "\ufeffA bus\tevery hour.\n\n  A bus every hour.\nTrees!\n".encode() + b"x" * 300
    )
    assert said.plain == ["A bus every hour.", "Trees!"]
    assert all(text in near for text, near in zip(said.plain, said.near, strict=True))
    mind = Mind(TEMPERAMENTS[0], random.Random(1))
    assert {mind.words(most=140) for _time in range(60)} > set(said.plain)


def test_what_a_conversations_moderators_took_off_is_not_said(
    words_of: Callable[[str, bytes], Texts],
) -> None:
    lines = [{"text": "A bus."}, {"text": "Rubbish.", "status": "rejected"}, {"text": 7}, {}, [1]]
    content = "\n".join(json.dumps(line) for line in lines)
    assert words_of("said.jsonl", content.encode()).plain == ["A bus."]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.txt", b"", "no text"),
        ("a.txt", b"\xff\xfe\x00", "UTF-8"),
        ("a.txt", b"a bus\n" * 200_000, "larger"),
        ("a.jsonl", b"a bus", "JSON"),
        ("gone/a.txt", None, "can't be read"),
    ],
)
def test_with_a_file_of_no_use_people_say_what_is_invented(
    name: str, content: bytes | None, why: str, settings: Any, tmp_path: Path, caplog: Any
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    settings.REHEARSAL_WORDS = ""
    texts.cache_clear()
    invented = texts()
    settings.REHEARSAL_WORDS = str(tmp_path / name)
    texts.cache_clear()
    assert texts() == invented
    assert why in caplog.text
    assert "a bus" not in caplog.text
    texts.cache_clear()


def test_nobody_raises_a_hand_where_many_are_up(show: Show) -> None:
    show.do(LEADER, "rehearsal.set", people=300)
    show.play(60)
    assert not show.state.conduct.hands
    show.do(LEADER, "step.open", activity="a1")
    show.play(60)
    assert 0 < len(show.state.conduct.hands) <= ENOUGH_HANDS + 14


def test_every_kind_in_which_people_do_something_can_be_rehearsed() -> None:
    silent = {"talk", "list"}
    missing = {kind for kind, one in ACTIVITIES.items() if type(one).pretend is Activity.pretend}
    assert missing == silent


# -- nothing is kept -----------------------------------------------------------------------------------------------


def test_nothing_of_it_is_in_any_list_or_record(
    workshop: Workshop, challenge: Challenge, alice: User, client: Client, show: Show
) -> None:
    copy = copies.under_way(workshop)
    assert copy is not None
    show.play(20)
    show.do(LEADER, "step.open", activity="a1")
    show.play(40)
    show.do(LEADER, "step.reveal", activity="a1")
    assert show.state.sheet("a1").on_board
    now = timezone.now()
    assert list(Workshop.objects.all()) == [workshop]
    assert list(challenge.workshops.all()) == [workshop]
    assert list(queries.workshops_of(challenge)) == [workshop]
    assert not workshops_today(alice, now)
    assert len(my_challenges(alice, now)[0].challenge.workshops.all()) == 1
    client.force_login(alice)
    for page in ("/", challenge.get_absolute_url(), reverse("workshops:start", args=[challenge.slug])):
        assert str(copy.pk) not in client.get(page).content.decode()
    show.do(LEADER, "workshop.close")
    for model in (IdeaRecord, ClusterRecord, TallyRecord, Archive):
        assert not model._base_manager.exists(), model
    assert not closed_workshops(challenge)
    assert not archives_of(challenge)
    copy.refresh_from_db()
    assert copy.state == Workshop.State.CLOSED
    assert queries.workshop_with_code(copy.code) is None
    for name in ("archive", "prepare"):
        assert client.get(reverse(f"workshops:{name}", args=[copy.pk])).status_code == 404
    call_command("project_again")
    assert not IdeaRecord.objects.exists()


def test_the_copy_has_the_agenda_and_the_prepared_lines_and_leaves_the_workshop_alone(
    workshop: Workshop, alice: User
) -> None:
    seq = Ledger(workshop.stream_id)
    seq.load()
    copy = copies.make_copy(workshop, alice, 10, "slow")
    state = plan.state_of(copy)
    assert [(step.kind, step.title, step.notes) for step in state.order()] == [
        (step.kind, step.title, step.notes) for step in plan.state_of(workshop).order()
    ]
    assert [idea.text for idea in state.ideas_of("a4")] == ["An idea from last year"]
    assert copy.code != workshop.code
    assert copy.challenge == workshop.challenge
    again = Ledger(workshop.stream_id)
    again.load()
    assert again.seq == seq.seq
    assert plan.state_of(workshop).conduct.rehearsal is None


def test_clearing_removes_every_row(workshop: Workshop, alice: User) -> None:
    before = rows()
    copy = copies.make_copy(workshop, alice, 10, "fast")
    actions.seat_for_user(copy, alice)
    actions.seat_for_guest(copy)
    show = Show(copy)
    show.play(30)
    assert rows() != before
    actions.clear_rehearsal(copy)
    assert rows() == before
    with pytest.raises(ValueError, match="not a rehearsal"):
        actions.clear_rehearsal(workshop)
    assert Workshop.objects.filter(pk=workshop.pk).exists()


def test_a_new_rehearsal_and_the_end_of_the_workshop_clear_the_ones_before(
    workshop: Workshop, alice: User
) -> None:
    Attendance.objects.all().delete()
    first = copies.make_copy(workshop, alice, 10, "fast")
    second = copies.make_copy(workshop, alice, 10, "fast")
    assert list(copies.rehearsals_of(workshop)) == [second]
    assert not Attendance.objects.filter(workshop=first.pk).exists()
    actions.delete_planned_workshop(workshop)
    assert not Workshop.rooms.exists()


def test_forgotten_ones_are_cleared_by_the_command(workshop: Workshop, alice: User, capsys: Any) -> None:
    copy = copies.make_copy(workshop, alice, 10, "fast")
    call_command("clear_rehearsals")
    assert copies.under_way(workshop) == copy
    yesterday = timezone.now() - datetime.timedelta(hours=25)
    Workshop.rooms.filter(pk__in=[copy.pk, workshop.pk]).update(created_at=yesterday)
    call_command("clear_rehearsals")
    assert "1 rehearsal cleared" in capsys.readouterr().out
    assert list(Workshop.rooms.all()) == [workshop]


# -- rights --------------------------------------------------------------------------------------------------------


def test_only_facilitators_rehearse(
    workshop: Workshop, challenge: Challenge, alice: User, bob: User, client: Client
) -> None:
    begin = reverse("workshops:rehearse", args=[workshop.pk])
    end = reverse("workshops:end_rehearsal", args=[workshop.pk])
    chosen = {"people": "10", "speed": "usual"}
    assert client.post(begin, chosen).status_code == 302  # to sign in
    assert client.post(end).status_code == 404
    client.force_login(bob)
    assert client.post(begin, chosen).status_code == 404
    assert client.post(end).status_code == 404
    make_member(challenge, bob, Membership.Role.PARTICIPANT)
    assert client.post(begin, chosen).status_code == 403
    assert not copies.under_way(workshop)
    client.force_login(alice)
    assert client.post(begin, {"people": "5000", "speed": "usual"}).status_code == 302
    assert not copies.under_way(workshop)
    answer = client.post(begin, chosen)
    copy = copies.under_way(workshop)
    assert copy is not None
    assert answer["Location"] == reverse("workshops:console", args=[copy.pk])
    assert client.post(begin, chosen)["Location"] == answer["Location"]  # gone on with, not made twice
    client.force_login(bob)
    assert client.get(answer["Location"]).status_code == 404


def test_no_real_workshop_can_become_a_rehearsal(workshop: Workshop) -> None:
    show = Show(workshop)
    assert show.refused(LEADER, "rehearsal.set", people=10) == "not_a_rehearsal"
    fields: dict[str, dict[str, Any]] = {
        "rehearsal.begin": {"people": 10, "speed": "fast"},
        "rehearsal.play": {"process": "x"},
    }
    for do in ("rehearsal.begin", "rehearsal.end", "rehearsal.play"):
        assert show.refused(LEADER, do, **fields.get(do, {})) == "unknown_command"
    assert show.refused(SYSTEM, "rehearsal.begin", people=10, speed="fast") == "unknown_command"
    assert not show.troupe.turn(show.state, show.at, 15).acts


def test_participants_can_not_set_it(show: Show) -> None:
    show.play(60)
    assert show.refused("sim001", "rehearsal.set", people=10) == "not_allowed"


# -- on its pages, and in a running server ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
async def test_every_screen_says_that_it_is_a_rehearsal(workshop: Workshop, alice: User) -> None:
    copy = await sync_to_async(copies.make_copy)(workshop, alice, 10, "fast")
    acts = (("step.open", "a1"), ("step.reveal", "a1"), ("show.go", "a2"), ("step.open", "a2"))
    asked = (by_system(f"go-on-{n:04}", do, activity=step) for n, (do, step) in enumerate(acts))
    assert all(isinstance(answer, Ack) for answer in await sync_to_async(run)(copy.stream_id, *asked))
    browser = AsyncClient()
    await browser.aforce_login(alice)
    steps = {"suggest": "a2", "alike": "a3", "split_by_teams": "a3"}
    try:
        for name in ("console", "screen", "room", *steps):
            step = [steps[name]] if name in steps else []
            page = await browser.get(reverse(f"workshops:{name}", args=[copy.pk, *step]))
            assert page.status_code == 200, name
            assert page.content.decode().count("Nothing here is kept.") == 1, name
            assert "<title>Rehearsal: " in page.content.decode(), name
        stranger = AsyncClient()
        door = await stranger.get(reverse("workshops:join", args=[copy.code]))
        assert door.content.decode().count("Nothing here is kept.") == 1
        joined = await stranger.post(door.request["path"], {"name": "Robin", "consent": "internal"})
        assert joined.status_code == 302
        assert "Nothing here is kept." in (await stranger.get(joined["Location"])).content.decode()
        real = await browser.get(reverse("workshops:console", args=[workshop.pk]))
        assert "Nothing here is kept." not in real.content.decode()
    finally:
        await hubs.shutdown()


@pytest.mark.django_db(transaction=True)
async def test_a_server_plays_it_ends_it_and_leaves_nothing(workshop: Workshop, alice: User) -> None:
    before = await sync_to_async(rows)()
    copy = await sync_to_async(copies.make_copy)(workshop, alice, 10, "fast")
    seat = await sync_to_async(actions.seat_for_user)(copy, alice)
    try:
        room = await hubs.hub().open(copy.stream_id)
        await room.submit(actions.role_of(seat.actor, "facilitator", "Alice"))
        watching = Connected(seat.actor, "facilitator")
        await room.join(watching, None, "")
        assert playing.play(room)
        assert playing.play(room)  # once is enough
        await watching.until(lambda: any("people-list" in str(frame) for frame in watching.frames))
        async with room.reading():
            assert any(person.startswith("sim") for person in room.ledger.state.people)
            assert room.ledger.state.conduct.rehearsal.played_by == hubs.hub().process
        await playing.end(copy)
        assert any("The rehearsal is over" in str(frame) for frame in watching.frames) or watching.code
        assert watching.code == 1000
        assert await sync_to_async(rows)() == before
    finally:
        await hubs.shutdown()


@pytest.mark.django_db(transaction=True)
async def test_who_looks_on_is_told_when_a_copy_is_cleared_elsewhere(workshop: Workshop, alice: User) -> None:
    copy = await sync_to_async(copies.make_copy)(workshop, alice, 10, "fast")
    seat = await sync_to_async(actions.seat_for_user)(copy, alice)
    try:
        room = await hubs.hub().open(copy.stream_id)
        await room.submit(actions.role_of(seat.actor, "facilitator", "Alice"))
        watching = Connected(seat.actor, "facilitator")
        await room.join(watching, None, "")
        await sync_to_async(call_command)("clear_rehearsals")
        assert watching.code is None
        await sync_to_async(actions.clear_rehearsal)(copy)
        answer = await room.submit(by_system("late-0001", "door.lock"))
        assert isinstance(answer, Retry)
        await watching.until(lambda: watching.code)
        assert watching.code == 1000
    finally:
        await hubs.shutdown()


def test_no_more_than_two_are_played_at_once(
    workshop: Workshop, alice: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "MOST_AT_ONCE", 0)
    client.force_login(alice)
    begin = reverse("workshops:rehearse", args=[workshop.pk])
    page = client.post(begin, {"people": "10", "speed": "usual"}, follow=True).content.decode()
    assert "Try again when one has ended" in page
    assert copies.under_way(workshop) is None


def test_another_process_takes_over_and_the_first_one_stops(show: Show) -> None:
    show.do(SYSTEM, "rehearsal.play", process="one")
    show.do(SYSTEM, "rehearsal.play", process="two")
    assert show.state.conduct.rehearsal.played_by == "two"


def test_people_are_the_same_each_time() -> None:
    assert player(7) == player(7)
    assert len({player(n).id for n in range(300)}) == 300
    assert len({player(n).name for n in range(300)}) > 250


def test_people_also_turn_to_an_activity_that_stays_open_beside_the_room(show: Show) -> None:
    show.play(60)
    show.do(LEADER, "step.open", activity="a1")
    in_a_week = (timezone.now() + datetime.timedelta(days=7)).isoformat(timespec="minutes")
    show.do(LEADER, "step.stay_open", activity="a1", until=in_a_week)
    show.do(LEADER, "show.next")
    assert show.state.current == "a2"
    before = show.state.sheet("a1").on_board
    show.play(30)
    assert show.state.sheet("a1").on_board > before


@pytest.mark.parametrize("how", ["size", "choose"])
def test_people_work_in_their_breakout_rooms(show: Show, how: str) -> None:
    show.play(60)
    show.do(LEADER, "rooms.split", activity="a1", how=how, size=3)
    show.do(LEADER, "step.open", activity="a1")
    show.play(90)
    rooms = show.state.rooms_of(show.state.steps["a1"])
    assert len(rooms) == 3 or how == "size"
    assert all(show.state.sheet(room.id).on_board for room in rooms)


def test_frames_of_a_rehearsal_show_what_a_fresh_page_shows() -> None:
    driver = Driver()
    driver.do(SYSTEM, "rehearsal.begin", people=10, speed="fast")
    driver.join(LEADER, role="facilitator")
    step = driver.step("brainstorm", settings={"visibility": "shared"})
    driver.watch()
    troupe = Troupe("a seed")

    def play(turns: int) -> None:
        for _turn in range(turns):
            for by, command in troupe.turn(driver.state, driver.at, 15).acts:
                driver.ask(
                    by, command["do"], **{name: value for name, value in command.items() if name != "do"}
                )
            driver.wait(1 / 60)
            driver.flush()
        driver.check()

    play(20)
    driver.do(LEADER, "step.open", activity=step)
    play(10)
    console = Audience(driver.ledger, "facilitator", "en-gb", "html").snapshot()
    assert "desk.rehearsal" in console
    assert "Simulated people" in console
    driver.do(LEADER, "rehearsal.set", going="no", speed="slow", people=30)
    play(1)
    driver.do(LEADER, "workshop.close")
    play(1)
    for reader, words in (("participant", "Nothing of it is kept."), ("facilitator", "End and clear")):
        audience = Audience(driver.ledger, reader, "en-gb", "html")
        assert words in audience.snapshot()
        assert "See what came out" not in audience.snapshot()
