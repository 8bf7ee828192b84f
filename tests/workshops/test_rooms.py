"""Breakout rooms: who is where, what is sent to whom, what happens to all rooms at once, and what stays of them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.audience import Audience
from realtime.ledger import Ack, Ledger
from tests.activities import test_contract
from tests.activities.chance import PICKS, Crowd, Picks
from tests.activities.test_contract import A_FEW, Named, ready
from tests.workshop_driver import READERS, Driver
from workshops.live.state import Step
from workshops.results.archive import content_of

pytestmark = pytest.mark.django_db

PEOPLE = [f"p-{name}" for name in ("ann", "ben", "cat", "dan", "eda", "fin")]


class Rooms:
    """A workshop in rooms, with the client of everybody: it gets what its audience is sent, and its own view."""

    def __init__(self, kind: str = "brainstorm", **chosen: Any) -> None:
        self.driver = Driver()
        self.driver.join("p-fay", "p-gus", role="facilitator")
        self.driver.join(*PEOPLE)
        self.step = self.driver.step(kind, settings=chosen)
        self.driver.do("p-fay", "show.go", activity=self.step)

    @property
    def found(self) -> Step:
        return self.driver.state.steps[self.step]

    def split(self, **how: Any) -> list[str]:
        self.driver.do("p-fay", "rooms.split", activity=self.step, **({"how": "size", "size": 2} | how))
        assert self.found.breakout is not None
        return self.found.breakout.rooms

    def open(self) -> None:
        self.driver.do("p-fay", "step.open", activity=self.step)

    def room_of(self, person: str) -> str:
        assert self.found.breakout is not None
        return self.found.breakout.at[person]

    def inside(self, room: str) -> list[str]:
        return [person for person in PEOPLE if self.room_of(person) == room]

    def reader(self, person: str) -> str:
        driver = self.driver
        return driver.ledger.kind.reader_of(driver.state, person, driver.reader_of(person))

    def sees(self, person: str) -> str:
        """All that somebody is sent on a fresh page, in both forms."""
        driver, name = self.driver, self.reader(person)
        seen = [Audience(driver.ledger, name, "en-gb", form).snapshot() for form in ("html", "json")]
        own = driver.ledger.kind.own(driver.state, person, name)
        return "".join([*seen, str(own)])


def write_all(rooms: Rooms) -> dict[str, str]:
    """Everybody writes in their room; give the ideas by person."""
    return {
        person: rooms.driver.idea(person, rooms.room_of(person), f"Said-{person[2:]}-once")
        for person in PEOPLE
    }


@pytest.mark.parametrize(
    ("how", "sizes"),
    [
        ({"how": "size", "size": 2}, [2, 2, 2]),
        ({"how": "mixed", "size": 3}, [3, 3]),
        ({"how": "size", "size": 4}, [3, 3]),
        ({"how": "choose", "size": 4}, [0, 0, 0, 0]),
        ({"how": "teams", "teams": {"Harbour": ["p-ann", "p-ben"], "Hill": ["p-cat", "p-nobody"]}}, [2, 1]),
        ({"how": "size", "size": 2, "here": "p-ann p-ben p-cat p-dan"}, [2, 2]),
    ],
)
def test_people_are_split_in_the_way_that_was_asked_for(how: dict[str, Any], sizes: list[int]) -> None:
    rooms = Rooms()
    made = rooms.split(**how)
    assert [len(rooms.driver.state.people_at(rooms.driver.state.steps[room])) for room in made] == sizes
    names = [rooms.driver.state.steps[room].room for room in made]
    assert names == (
        ["Harbour", "Hill"] if how["how"] == "teams" else [f"Room {n + 1}" for n in range(len(made))]
    )


def test_mixing_spreads_backgrounds_over_the_rooms() -> None:
    rooms = Rooms()
    for number, person in enumerate(PEOPLE):
        rooms.driver.do(person, "person.describe", background=("nurse", "patient")[number % 2])
    for room in rooms.split(how="mixed", size=2):
        found = rooms.driver.state.people_at(rooms.driver.state.steps[room])
        assert {person.background for person in found} == {"nurse", "patient"}


@pytest.mark.parametrize("visibility", ["shared", "private"])
def test_nobody_is_sent_what_is_in_another_room(visibility: str) -> None:
    rooms = Rooms(visibility=visibility)
    rooms.split()
    rooms.open()
    write_all(rooms)
    for person in PEOPLE:
        seen = rooms.sees(person)
        for other in PEOPLE:
            may = other == person or (
                visibility == "shared" and rooms.room_of(other) == rooms.room_of(person)
            )
            assert (f"Said-{other[2:]}-once" in seen) == may, (person, other)
    for reader in ("participant", "screen", "facilitator"):
        assert "Said-" not in Audience(rooms.driver.ledger, reader, "en-gb", "json").snapshot()


def test_frames_of_one_room_hold_nothing_of_another() -> None:
    rooms = Rooms(visibility="shared")
    made = rooms.split()
    rooms.open()
    driver = rooms.driver
    driver.ledger.take_pending()
    audiences = {room: Audience(driver.ledger, f"participant/{room}", "en-gb", "json") for room in made}
    plenary = Audience(driver.ledger, "participant", "en-gb", "json")
    for person in PEOPLE:
        driver.idea(person, rooms.room_of(person), f"Said-{person[2:]}-once")
        driver.do(person, "step.finish", activity=rooms.room_of(person), finished="yes")
        dirty = driver.ledger.take_pending()
        for room, audience in audiences.items():
            frame = audience.frame(dirty) or ""
            assert (f"Said-{person[2:]}-once" in frame) == (room == rooms.room_of(person))
        assert "Said-" not in (plenary.frame(dirty) or "")
        for room, audience in audiences.items():
            fresh = Audience(driver.ledger, f"participant/{room}", "en-gb", "json").snapshot()
            assert orjson.loads(audience.snapshot() + "}")["order"] == orjson.loads(fresh + "}")["order"]


def test_nobody_works_in_another_room_or_beside_the_rooms() -> None:
    rooms = Rooms(visibility="shared")
    made = rooms.split()
    rooms.open()
    ideas = write_all(rooms)
    driver = rooms.driver
    other = next(room for room in made if room != rooms.room_of("p-ann"))
    theirs = ideas[rooms.inside(other)[0]]
    assert driver.refused("p-ann", "idea.add", activity=other, text="x") == "not_your_room"
    assert driver.refused("p-ann", "idea.add", activity=rooms.step, text="x") == "in_rooms"
    assert driver.refused("p-ann", "idea.flag", idea=theirs) == "not_your_room"
    assert driver.refused("p-ann", "step.finish", activity=other, finished="yes") == "not_your_room"
    assert driver.refused("p-ann", "rooms.join", activity=rooms.step, room=other) == "in_a_room"
    assert driver.refused("p-ann", "rooms.visit", activity=rooms.step, room=other) == "not_allowed"
    for do in ("step.change", "step.remove", "step.open", "step.copy", "show.go"):
        assert driver.refused("p-fay", do, activity=other) == "no_such_activity", do


def test_nobody_can_ask_to_see_a_room() -> None:
    rooms = Rooms()
    room = rooms.split()[0]
    rooms.open()
    driver = rooms.driver
    for person, reader in (("p-ann", f"participant/{room}"), ("p-fay", f"facilitator/{room}")):
        assert not driver.ledger.kind.may_enter(driver.state, person, reader)


def test_what_happens_to_a_step_happens_to_its_rooms() -> None:
    rooms = Rooms()
    made = rooms.split()
    driver = rooms.driver

    def phases() -> set[str]:
        return {driver.state.steps[room].phase for room in made}

    assert rooms.reader("p-ann") == f"participant/{rooms.room_of('p-ann')}"
    rooms.open()
    assert phases() == {"open"}
    assert driver.refused("p-fay", "rooms.split", activity=rooms.step, how="size") == "still_open"
    driver.do("p-fay", "step.extend", activity=rooms.step, minutes=5)
    assert len({driver.state.steps[room].ends_at for room in [rooms.step, *made]}) == 1
    driver.do("p-fay", "step.pause", activity=rooms.step)
    assert phases() == {"paused"}
    driver.do("p-fay", "step.resume", activity=rooms.step)
    driver.do("p-fay", "step.close", activity=rooms.step)
    assert phases() == {"closed"}
    assert rooms.reader("p-ann") == "participant", "all are together again"
    driver.do("p-fay", "step.open", activity=rooms.step)
    assert phases() == {"open"}
    assert rooms.reader("p-ann") != "participant"
    driver.do("p-fay", "step.reveal", activity=rooms.step)
    assert phases() == {"revealed"}
    driver.do("p-fay", "step.new_round", activity=rooms.step)
    assert [len(driver.state.steps[room].rounds) for room in made] == [2, 2, 2]


def test_facilitators_see_who_has_finished_in_any_room_and_can_ask_again() -> None:
    rooms = Rooms(names="facilitators")
    rooms.split()
    rooms.open()
    write_all(rooms)
    driver = rooms.driver
    for person in PEOPLE[:2]:
        driver.do(person, "step.finish", activity=rooms.room_of(person), finished="yes")
    for reader in ("facilitator", f"facilitator/{rooms.room_of('p-ann')}"):
        now = driver.ledger.kind.now(driver.state, set(PEOPLE), reader)
        assert now["done"] == 2
        assert set(now["far"]) == set(PEOPLE)
    driver.do("p-fay", "step.ask_again", activity=rooms.step)
    assert driver.ledger.kind.now(driver.state, set(PEOPLE), "facilitator")["done"] == 0


def test_everybody_is_called_back_in_thirty_seconds() -> None:
    rooms = Rooms()
    made = rooms.split()
    rooms.open()
    driver = rooms.driver
    driver.do("p-fay", "rooms.call_back", activity=rooms.step)
    assert driver.ledger.due is not None
    at, do = driver.ledger.due
    assert at - driver.at == 30_000
    assert "half a minute" in rooms.sees("p-ann")
    driver.at = at
    assert isinstance(driver.ask("system", do), Ack)
    assert {driver.state.steps[room].phase for room in [rooms.step, *made]} == {"closed"}
    assert rooms.reader("p-ann") == "participant"


def test_a_facilitator_drops_in_and_the_room_is_shown_it() -> None:
    rooms = Rooms(visibility="shared")
    first, second, *_rest = rooms.split()
    rooms.open()
    write_all(rooms)
    driver = rooms.driver
    driver.do("p-gus", "rooms.visit", activity=rooms.step, room=first)
    assert rooms.reader("p-gus") == f"facilitator/{first}"
    seen = rooms.sees("p-gus")
    assert all(f"Said-{person[2:]}-once" in seen for person in rooms.inside(first))
    assert all(f"Said-{person[2:]}-once" not in seen for person in rooms.inside(second))
    assert "Gus" in rooms.sees(rooms.inside(first)[0])
    assert "Gus" not in rooms.sees(rooms.inside(second)[0])
    hidden = driver.state.written_by(rooms.inside(first)[0])[0].id
    driver.do("p-gus", "idea.hide", idea=hidden, reason="Names somebody")
    driver.do("p-gus", "rooms.visit", activity=rooms.step)
    assert rooms.reader("p-gus") == "facilitator"


def test_who_comes_late_goes_into_a_room_and_facilitators_move_people() -> None:
    rooms = Rooms()
    first, second, *_rest = rooms.split()
    rooms.open()
    driver = rooms.driver
    driver.join("p-late")
    assert rooms.reader("p-late") == "participant"
    assert "Go in" in rooms.sees("p-late")
    driver.do("p-late", "rooms.join", activity=rooms.step, room=first)
    assert rooms.reader("p-late") == f"participant/{first}"
    driver.do("p-fay", "rooms.place", activity=rooms.step, person="p-late", room=second)
    assert rooms.reader("p-late") == f"participant/{second}"
    driver.do("p-fay", "rooms.place", activity=rooms.step, person="p-late")
    assert rooms.reader("p-late") == "participant"


def test_results_are_kept_by_room_and_together_and_feed_the_next_step() -> None:
    rooms = Rooms()
    made = rooms.split()
    vote = rooms.driver.step("dot_vote")
    rooms.driver.do("p-fay", "rooms.rename", activity=rooms.step, room=made[0], name="Harbour")
    rooms.open()
    ideas = write_all(rooms)
    driver = rooms.driver
    assert "Said-" not in str(content_of(driver.state, driver.workshop, driver.workshop.stream))
    assert driver.refused("p-fay", "step.open", activity=vote) == "still_writing"
    driver.do("p-fay", "step.reveal", activity=rooms.step)
    for person in PEOPLE:
        assert all(f"Said-{other[2:]}-once" in rooms.sees(person) for other in PEOPLE), "all results together"
    assert "Harbour" in rooms.sees("p-ann")
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    by_id = {outcome["id"]: outcome for outcome in content["outcomes"]}
    together = by_id[f"{rooms.step}/1"]
    assert together["kind"] == "rooms"
    assert set(together["ideas"]) == {driver.state.gid(idea) for idea in ideas.values()}
    assert [room["outcome"] for room in together["rooms"]] == [f"{room}/1" for room in made]
    mine = by_id[f"{made[0]}/1"]
    assert mine["title"].endswith("Harbour")
    assert len(mine["ideas"]) == 2
    driver.do("p-fay", "step.open", activity=vote)
    assert set(driver.state.steps[vote].rounds[-1].memory.items) == set(ideas.values())


@pytest.mark.parametrize("public", [False, True])
def test_outcomes_of_rooms_can_be_drawn(public: bool) -> None:
    from django.template.loader import render_to_string

    from workshops.results.outcomes import template_of
    from workshops.results.tables import table_of

    rooms = Rooms()
    rooms.split()
    rooms.open()
    write_all(rooms)
    rooms.driver.do("p-fay", "step.reveal", activity=rooms.step)
    content = content_of(rooms.driver.state, rooms.driver.workshop, rooms.driver.workshop.stream)
    for outcome in content["outcomes"]:
        context = {"outcome": outcome, "ideas": content["ideas"], "clusters": {}, "public": public}
        assert "<figure" in render_to_string(template_of(outcome["kind"]), context)
        assert table_of(outcome, content, public=public).rows


def test_private_ideas_of_rooms_are_shown_before_others_work_with_them() -> None:
    rooms = Rooms(visibility="private")
    rooms.split()
    grouping = rooms.driver.step("cluster")
    rooms.open()
    ideas = write_all(rooms)
    driver = rooms.driver
    driver.do("p-fay", "step.close", activity=rooms.step)
    assert driver.refused("p-fay", "step.open", activity=grouping) == "not_revealed"
    driver.do("p-fay", "step.open", activity=grouping, show_sources=True)
    assert all(f"Said-{person[2:]}-once" in rooms.sees("p-ann") for person in PEOPLE)
    assert len(ideas) == len(PEOPLE)


@pytest.mark.parametrize(
    "kind", ["dot_vote", "cluster", "twenty_five_ten", "one_two_four_all", "talk", "poll", "consent"]
)
def test_other_activities_run_in_rooms_as_they_are(kind: str) -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join(*PEOPLE)
    start = driver.step("brainstorm")
    step = driver.step(kind)
    driver.do("p-fay", "step.open", activity=start)
    idea = driver.idea("p-ann", start, "Start")
    driver.do("p-fay", "step.reveal", activity=start)
    driver.do("p-fay", "show.go", activity=step)
    driver.do("p-fay", "rooms.split", activity=step, how="size", size=3)
    driver.do("p-fay", "step.open", activity=step)
    breakout = driver.state.steps[step].breakout
    assert breakout is not None
    mine, other = breakout.at["p-ann"], next(room for room in breakout.rooms if room != breakout.at["p-ann"])
    if kind == "dot_vote":
        driver.do("p-ann", "dot.place", activity=mine, item=idea)
        assert driver.outcome(mine)["answered"] == 1
        assert driver.outcome(other)["answered"] == 0
    if kind == "cluster":
        driver.do("p-ann", "cluster.make", activity=mine, title="Ours-once", ideas=[idea])
        assert "Ours-once" not in Audience(driver.ledger, f"participant/{other}", "en-gb", "json").snapshot()
    if kind == "one_two_four_all":
        driver.ledger.take_pending()
        ours, theirs = (
            Audience(driver.ledger, f"participant/{room}", "en-gb", "json") for room in (mine, other)
        )
        driver.do("p-fay", "four.next", activity=mine, stage=1)
        dirty = driver.ledger.take_pending()
        assert "Now in pairs" in str(ours.frame(dirty))
        assert "Now in pairs" not in str(theirs.frame(dirty)), "nothing is read out in another room"
        memory = driver.state.steps[mine].rounds[-1].memory
        assert set(memory.at) == {person for person in PEOPLE if breakout.at[person] == mine}
    for room in breakout.rooms:
        assert Audience(driver.ledger, f"participant/{room}", "en-gb", "html").snapshot()
        assert Audience(driver.ledger, f"facilitator/{room}", "en-gb", "html").snapshot()
    driver.do("p-fay", "step.reveal", activity=step)
    for reader in ("participant", "facilitator", "screen"):
        assert Audience(driver.ledger, reader, "en-gb", "html").snapshot()
    driver.do("p-fay", "workshop.close")


def test_rooms_can_be_taken_away_until_they_ran() -> None:
    rooms = Rooms()
    first = rooms.split()
    second = rooms.split(size=3)
    assert not set(first) & set(second), "a room's id is never given again"
    assert len(rooms.driver.state.order()) == 1
    rooms.driver.do("p-fay", "rooms.undo", activity=rooms.step)
    assert rooms.found.breakout is None
    assert list(rooms.driver.state.steps) == [rooms.step]
    rooms.split()
    rooms.open()
    assert rooms.driver.refused("p-fay", "rooms.undo", activity=rooms.step) == "has_run"
    rooms.driver.do("p-fay", "step.reveal", activity=rooms.step)
    assert rooms.driver.refused("p-fay", "rooms.split", activity=rooms.step, how="size") == "has_run"


def test_the_log_folds_to_the_same_rooms() -> None:
    rooms = Rooms(visibility="shared")
    rooms.split()
    rooms.open()
    write_all(rooms)
    again = Ledger(rooms.driver.ledger.stream_id)
    again.load()
    assert rooms.found.breakout is not None
    for room in rooms.found.breakout.rooms:
        views = [
            Audience(ledger, f"participant/{room}", "en-gb", "json").snapshot()
            for ledger in (again, rooms.driver.ledger)
        ]
        assert views[0] == views[1]


@pytest.mark.parametrize(
    "kind", ["brainstorm", "dot_vote", "one_two_four_all", "twenty_five_ten", "check_in"]
)
@A_FEW
@given(moves=st.lists(PICKS, min_size=5, max_size=25))
def test_whatever_people_do_nothing_of_a_room_is_sent_elsewhere(kind: str, moves: list[Picks]) -> None:
    """Every event names what it changes at every place, whoever moves is named, and no words leave their room."""
    driver, step = ready(kind)
    driver.join("p-dan", "p-eda")
    driver.do("p-fay", "rooms.split", activity=step, how="size", size=2)
    driver.do("p-fay", "step.open", activity=step)
    breakout = driver.state.steps[step].breakout
    assert breakout is not None
    places = [f"{base}/{room}" for base in ("participant", "facilitator") for room in breakout.rooms]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_contract, "READERS", (*READERS, *places))
        named = Named(driver)
        live = [
            Audience(driver.ledger, place, "en-gb", "html")
            for place in ("participant", "facilitator", "screen", places[0], places[-1])
        ]
        for number, picks in enumerate(moves):
            before = whereabouts(driver)
            crowd = Crowd(driver, breakout.rooms[number % len(breakout.rooms)])
            crowd.texts |= {f"{n}": "" for n in range(number * 100)}  # so that every text is one of a kind
            _who, do, _args, _answer = crowd.act(picks)
            dirty = driver.ledger.pending
            moved = {
                person for person, where in whereabouts(driver).items() if before.get(person, where) != where
            }
            assert dirty.whole or dirty.everybody or moved <= dirty.people, f"{do} moved {moved}"
            named.check(do)
            for audience in live:
                audience.frame(dirty)
                fresh = (
                    Audience(driver.ledger, audience.reader, "en-gb", "html").page()
                    if number % 3 == 2
                    else ""
                )
                assert not fresh or audience.page() == fresh, f"{audience.reader} after {do}"
            _no_words_elsewhere(driver, breakout.rooms)


def whereabouts(driver: Driver) -> dict[str, str]:
    return {
        person: driver.ledger.kind.reader_of(driver.state, person, driver.reader_of(person))
        for person in driver.state.people
    }


def _no_words_elsewhere(driver: Driver, rooms: list[str]) -> None:
    seen = {
        place: Audience(driver.ledger, place, "en-gb", "json").snapshot()
        for place in ("participant", "screen", *(f"participant/{room}" for room in rooms))
    }
    for idea in driver.state.ideas.values():
        home = driver.state.steps[idea.step]
        if home.parent and not home.revealed:
            for place, sent in seen.items():
                told = idea.text.partition("\n")[0]
                assert place == f"participant/{home.id}" or told not in sent, f"{place} was sent {idea.text}"
