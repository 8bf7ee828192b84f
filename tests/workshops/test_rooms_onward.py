"""Breakout rooms go on together through stages, and proposals are revised in a room or in all of them."""

from __future__ import annotations

import pytest

from realtime.audience import Audience
from tests.workshops.test_rooms import PEOPLE, Rooms
from workshops.results.archive import content_of

pytestmark = pytest.mark.django_db


def stages(rooms: Rooms, made: list[str]) -> list[int]:
    return [rooms.driver.state.steps[room].rounds[-1].memory.stage for room in made]


def write_cards(rooms: Rooms, room: str) -> None:
    for person in rooms.inside(room):
        rooms.driver.do(person, "crowd.write", activity=room, text=f"Bold {person}", first="Begin")


def cockpit(rooms: Rooms) -> str:
    return Audience(rooms.driver.ledger, "facilitator", "en-gb", "html").snapshot()


def test_one_press_moves_all_rooms_on_and_each_makes_pairs_of_its_own() -> None:
    rooms = Rooms("one_two_four_all")
    made = rooms.split(size=3)
    rooms.open()
    assert "All rooms: Now in pairs" in cockpit(rooms)
    rooms.driver.do("p-fay", "rooms.go_on", activity=rooms.step, stage=1)
    assert stages(rooms, made) == [2, 2]
    for room in made:
        paired = rooms.driver.state.steps[room].rounds[-1].memory.at
        assert set(paired) == set(rooms.inside(room))
    assert rooms.driver.refused("p-fay", "rooms.go_on", activity=rooms.step, stage=1) == "moved_on"
    assert rooms.driver.refused("p-ann", "rooms.go_on", activity=rooms.step, stage=2) == "not_allowed"
    rooms.driver.do("p-fay", "rooms.go_on", activity=rooms.step, stage=2)
    rooms.driver.do("p-fay", "rooms.go_on", activity=rooms.step, stage=3)
    assert stages(rooms, made) == [4, 4]
    assert rooms.driver.refused("p-fay", "rooms.go_on", activity=rooms.step, stage=4) == "no_room_ready"
    assert "rooms.go_on" not in cockpit(rooms)


def test_a_room_that_lacks_cards_stays_and_comes_after_when_it_has_them() -> None:
    rooms = Rooms("twenty_five_ten")
    first, second = rooms.split(size=3)
    rooms.open()
    assert rooms.driver.refused("p-fay", "rooms.go_on", activity=rooms.step, stage=0) == "no_room_ready"
    assert "Room 2: Scoring needs at least 3 cards." in cockpit(rooms)
    write_cards(rooms, first)
    seen = cockpit(rooms)
    assert "Room 1 goes on: Shuffle the cards, start round 1." in seen
    assert "Room 2 stays where it is." in seen
    assert "Scoring needs at least 3 cards." in seen
    rooms.driver.do("p-fay", "rooms.go_on", activity=rooms.step, stage=0)
    assert stages(rooms, [first, second]) == [1, 0]
    rooms.driver.do(
        "p-fay", "rooms.go_on", activity=rooms.step, stage=1
    )  # the one that can't holds up nobody
    assert stages(rooms, [first, second]) == [2, 0]

    write_cards(rooms, second)
    assert rooms.driver.refused("p-fay", "rooms.go_on", activity=rooms.step, stage=2) == "moved_on"
    assert "It is at its end." in cockpit(rooms)  # two rounds are all that three cards allow
    for stage in (0, 1):
        rooms.driver.do("p-fay", "rooms.go_on", activity=rooms.step, stage=stage)
    assert stages(rooms, [first, second]) == [2, 2]
    ring = rooms.driver.state.steps[second].rounds[-1].memory.ring
    assert {rooms.driver.state.ideas[card].author for card in ring} == set(rooms.inside(second))


def test_a_room_that_somebody_moved_on_by_itself_waits_for_the_others() -> None:
    rooms = Rooms("one_two_four_all")
    made = rooms.split(size=3)
    rooms.open()
    rooms.driver.do("p-fay", "four.next", activity=made[0], stage=1)
    assert "It is further on." in cockpit(rooms)
    rooms.driver.do("p-fay", "rooms.go_on", activity=rooms.step, stage=1)
    assert stages(rooms, made) == [2, 2]
    rooms.driver.do("p-fay", "room.freeze")
    assert rooms.driver.refused("p-fay", "rooms.go_on", activity=rooms.step, stage=2) == "frozen"
    rooms.driver.do("p-fay", "room.thaw")
    rooms.driver.do("p-fay", "step.pause", activity=rooms.step)
    assert rooms.driver.refused("p-fay", "rooms.go_on", activity=rooms.step, stage=2) == "not_open"


def test_the_table_follows_what_is_written_in_the_rooms() -> None:
    rooms = Rooms("twenty_five_ten")
    first, _second = rooms.split(size=3)
    rooms.open()
    live = Audience(rooms.driver.ledger, "facilitator", "en-gb", "html")
    rooms.driver.ledger.take_pending()
    write_cards(rooms, first)
    assert "Room 1 goes on" in str(live.frame(rooms.driver.ledger.take_pending()))


WORDS = {"proposal": "Half a day in June"}
REVISED = "A whole day in June, once-only"


def answered(kind: str = "consent") -> tuple[Rooms, list[str]]:
    rooms = Rooms(kind, **WORDS)
    made = rooms.split(size=3)
    rooms.open()
    for person in PEOPLE:
        rooms.driver.do(person, "proposal.answer", activity=rooms.room_of(person), choice="consent")
    return rooms, made


def test_a_room_revises_its_proposal_for_itself_alone() -> None:
    rooms, (first, second) = answered()
    driver = rooms.driver
    assert driver.refused("p-fay", "proposal.revise", activity=first, text=REVISED) == "not_revealed"
    driver.do("p-fay", "step.reveal", activity=first)
    driver.do("p-fay", "step.pause", activity=rooms.step)
    assert driver.refused("p-fay", "proposal.revise", activity=first, text=REVISED) == "not_revealed"
    driver.do("p-fay", "step.resume", activity=rooms.step)
    ends = driver.state.steps[rooms.step].ends_at
    driver.at += 60_000
    driver.do("p-fay", "proposal.revise", activity=first, text=REVISED)
    room = driver.state.steps[first]
    assert (len(room.rounds), room.phase, room.ends_at) == (2, "open", ends)
    for person in PEOPLE:
        assert (REVISED in rooms.sees(person)) == (rooms.room_of(person) == first), person
    driver.do(rooms.inside(first)[0], "proposal.answer", activity=first, choice="aside")
    driver.do("p-fay", "step.reveal", activity=rooms.step)
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    told = {one["id"]: one for one in content["outcomes"]}
    together = [room["outcome"] for room in told[f"{rooms.step}/1"]["rooms"]]
    assert together == [f"{first}/2", f"{second}/1"]
    assert told[f"{first}/2"]["proposal"] == REVISED
    assert told[f"{second}/1"]["proposal"] == WORDS["proposal"]


def test_a_revised_proposal_goes_to_all_rooms_once_all_results_were_shown() -> None:
    rooms, made = answered("consent")
    driver = rooms.driver
    assert driver.refused("p-fay", "proposal.revise", activity=rooms.step, text=REVISED) == "not_revealed"
    driver.do("p-fay", "step.reveal", activity=rooms.step)
    assert "Put a revised proposal to all rooms" in cockpit(rooms)
    assert driver.refused("p-fay", "proposal.revise", activity=made[0], text=REVISED) == "not_revealed"
    assert driver.refused("p-ann", "proposal.revise", activity=rooms.step, text=REVISED) == "not_allowed"
    driver.do("p-fay", "proposal.revise", activity=rooms.step, text=REVISED)
    assert [driver.state.steps[room].phase for room in (rooms.step, *made)] == ["open"] * 3
    for person in PEOPLE:
        assert rooms.reader(person) == f"participant/{rooms.room_of(person)}"
        assert REVISED in rooms.sees(person)
        assert driver.outcome(rooms.room_of(person))["answered"] == 0
    assert driver.refused("p-ann", "proposal.answer", activity=rooms.step, choice="consent") == "in_rooms"


def test_a_changed_setting_reaches_rooms_that_ran_but_not_over_their_own_words() -> None:
    rooms, (first, second) = answered()
    driver = rooms.driver
    driver.do("p-fay", "step.reveal", activity=first)
    driver.do("p-fay", "proposal.revise", activity=first, text=REVISED)
    driver.do("p-fay", "step.reveal", activity=rooms.step)
    meanings = "Yes\nYes, but\nNo\nAside"
    driver.do("p-fay", "step.change", activity=rooms.step, settings={"meanings": meanings})
    settings = [driver.state.steps[room].settings for room in (first, second)]
    assert [one.meanings for one in settings] == [meanings, meanings]
    assert [one.proposal for one in settings] == [REVISED, WORDS["proposal"]]
