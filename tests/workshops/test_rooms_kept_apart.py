"""Breakout rooms by every other way: what programs are sent, pages beside the room, ids of other rooms, rights."""

from __future__ import annotations

import orjson
import pytest

from realtime.audience import Audience
from tests.workshop_driver import Driver
from tests.workshops.test_rooms import PEOPLE, Rooms, write_all
from tests.workshops.test_staying_open import DAY, form
from workshops.live.places import at, is_theirs

pytestmark = pytest.mark.django_db


def in_rooms(kind: str = "brainstorm", **settings: object) -> tuple[Rooms, list[str]]:
    rooms = Rooms(kind, **settings)
    made = rooms.split()
    rooms.open()
    return rooms, made


def test_what_one_room_was_shown_is_still_no_matter_of_the_others() -> None:
    rooms, (first, *_others) = in_rooms(visibility="private")
    ideas, driver = write_all(rooms), rooms.driver
    driver.do("p-fay", "step.reveal", activity=first)
    theirs = ideas[rooms.inside(first)[0]]
    for person in PEOPLE:
        if rooms.room_of(person) != first:
            assert driver.refused(person, "idea.flag", idea=theirs) == "not_your_room"
            assert f"Said-{rooms.inside(first)[0][2:]}-once" not in rooms.sees(person)
    driver.do("p-fay", "step.reveal", activity=rooms.step)
    driver.do(next(person for person in PEOPLE if rooms.room_of(person) != first), "idea.flag", idea=theirs)


def test_results_of_rooms_tell_programs_no_words_but_their_own() -> None:
    rooms, made = in_rooms(visibility="shared")
    ideas = write_all(rooms)
    driver = rooms.driver
    hidden, kept = driver.state.written_by(PEOPLE[0])[0].id, PEOPLE[1]
    driver.do("p-fay", "idea.hide", idea=hidden, reason="Names somebody")
    driver.do("p-fay", "step.reveal", activity=rooms.step)
    after = driver.step("brainstorm", settings={"visibility": "shared"})
    driver.do("p-fay", "step.stay_open", activity=after, until=form(driver.at + DAY))
    driver.do("p-fay", "show.go", activity=after)
    driver.do("p-fay", "rooms.split", activity=after, how="size", size=2)
    driver.do("p-fay", "step.open", activity=after)
    breakout = driver.state.steps[after].breakout
    assert breakout is not None
    driver.idea(PEOPLE[2], breakout.at[PEOPLE[2]], "Only-our-room")
    driver.do("p-fay", "show.go", activity=rooms.step)
    for reader in ("participant", "facilitator", "screen"):
        stage = orjson.loads(Audience(driver.ledger, reader, "en-gb", "json").snapshot() + "}")["items"][
            "stage"
        ]
        told = orjson.dumps(stage).decode()
        assert f"Said-{kept[2:]}-once" in told
        assert f"Said-{PEOPLE[0][2:]}-once" not in told, "what was hidden has no words"
        assert "Only-our-room" not in told, "another activity's rooms"
    assert len(made) == 3
    assert len(ideas) == len(PEOPLE)


def test_another_rooms_board_is_nobody_elses_business() -> None:
    rooms, made = in_rooms()
    driver = rooms.driver
    mine = rooms.room_of("p-ann")
    other = next(room for room in made if room != mine)
    steps = driver.state.steps
    assert is_theirs(driver.state, steps[mine], "p-ann")
    assert not is_theirs(driver.state, steps[other], "p-ann")
    assert is_theirs(driver.state, steps[other], "p-fay")
    assert is_theirs(driver.state, steps[rooms.step], "p-ann")


def test_ideas_of_other_rooms_are_shown_before_all_vote_on_them_and_can_be_flagged_then() -> None:
    rooms, _made = in_rooms(visibility="shared")
    ideas = write_all(rooms)
    driver = rooms.driver
    other = next(person for person in PEOPLE if rooms.room_of(person) != rooms.room_of("p-ann"))
    vote, diagram = driver.step("dot_vote"), driver.step("driver_diagram")
    driver.do("p-fay", "step.close", activity=rooms.step)
    driver.do("p-fay", "step.open", activity=diagram)
    assert not driver.state.steps[diagram].rounds[-1].memory.offers, "nobody showed the rooms' results"
    assert driver.refused("p-fay", "step.open", activity=vote) == "not_revealed"
    driver.do("p-fay", "step.open", activity=vote, show_sources=True)
    driver.do("p-ann", "dot.place", activity=vote, item=ideas[other])
    driver.do("p-ann", "idea.flag", idea=ideas[other])
    driver.do("p-fay", "step.close", activity=vote)
    driver.do("p-fay", "step.new_round", activity=rooms.step)
    driver.do("p-cat", "idea.flag", idea=ideas[other])


def test_what_ran_with_all_together_is_not_split_afterwards_and_keeps_its_result() -> None:
    rooms = Rooms(visibility="shared")
    rooms.open()
    rooms.driver.idea("p-ann", rooms.step, "With all together")
    rooms.driver.do("p-fay", "step.reveal", activity=rooms.step)
    assert rooms.driver.refused("p-fay", "rooms.split", activity=rooms.step, how="choose") == "has_run"


def test_who_only_watches_sets_no_link_for_a_room() -> None:
    rooms, _made = in_rooms()
    driver, mine = rooms.driver, rooms.room_of("p-ann")
    link = {"activity": rooms.step, "room": mine, "link": "https://meet.example.org/a"}
    driver.do("p-ann", "rooms.link", **link)
    driver.join("p-ann", role="observer")
    link["link"] = "https://meet.example.org/b"
    assert driver.refused("p-ann", "rooms.link", **link) == "not_allowed"


@pytest.mark.parametrize("kind", ["check_in", "one_two_four_all", "chat"])
def test_an_activity_that_stays_open_hears_who_is_renamed_and_who_left(kind: str) -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join(*PEOPLE)
    named = {"check_in": {"names": "everybody", "speaking": True}, "chat": {"names": "everybody"}}
    step, after = driver.step(kind, settings=named.get(kind, {})), driver.step("talk")
    driver.do("p-fay", "step.stay_open", activity=step, until=form(driver.at + DAY))
    driver.do("p-fay", "show.go", activity=step)
    driver.do("p-fay", "step.open", activity=step)
    if kind == "check_in":
        driver.do("p-fay", "check.turns", activity=step)
    elif kind == "chat":
        driver.do("p-ann", "chat.post", activity=step, text="A post")
        driver.do("p-ann", "chat.reply", activity=step, post="i1", text="A reply")
    else:
        driver.do("p-fay", "four.next", activity=step, stage=1)
    driver.do("p-fay", "show.go", activity=after)
    driver.ledger.take_pending()
    there = Audience(driver.ledger, at(step), "en-gb", "html")
    driver.do("p-fay", "person.describe", person="p-ann", name="Somebody else")
    driver.do("p-fay", "person.remove", person="p-ben")
    there.frame(driver.ledger.take_pending())
    shown, fresh = there.snapshot(), Audience(driver.ledger, at(step), "en-gb", "html").snapshot()
    assert orjson.loads(shown + "}")["html"] == orjson.loads(fresh + "}")["html"]
    if kind == "one_two_four_all":
        assert driver.state.steps[step].rounds[-1].memory.team_of("p-ben") is None


def test_results_of_rooms_that_stayed_open_lose_what_is_hidden_while_the_workshop_is_elsewhere() -> None:
    rooms = Rooms(visibility="shared")
    driver, after = rooms.driver, rooms.driver.step("talk")
    driver.do("p-fay", "step.stay_open", activity=rooms.step, until=form(driver.at + DAY))
    rooms.split()
    rooms.open()
    ideas = write_all(rooms)
    driver.do("p-fay", "step.reveal", activity=rooms.step)
    driver.do("p-fay", "show.go", activity=after)
    driver.ledger.take_pending()
    there = Audience(driver.ledger, at(rooms.step), "en-gb", "json")
    assert "Said-ann-once" in there.snapshot()
    driver.do("p-fay", "idea.hide", idea=ideas["p-ann"], reason="Names somebody")
    there.frame(driver.ledger.take_pending())
    assert "Said-ann-once" not in there.snapshot()
