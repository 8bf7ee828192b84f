"""Running the room: freezing, hands, announcements, leading, notes, the timer, the plan and who is missing."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realtime.kinds import SYSTEM
from realtime.ledger import Ledger
from tests.workshop_driver import MINUTE, START, Driver, classic, started
from workshops.live import desk
from workshops.live.state import FACILITATOR, PARTICIPANT, SCREEN, Step
from workshops.live.timing import drift, planned_starts
from workshops.results.archive import content_of

pytestmark = pytest.mark.django_db


def step(driver: Driver) -> Step:
    assert driver.state.step is not None
    return driver.state.step


def seen_by(driver: Driver, reader: str) -> str:
    """All that a reader's page and a program as that reader get, as text."""
    from realtime.audience import Audience

    return Audience(driver.ledger, reader, "en-gb", "html").snapshot() + (
        Audience(driver.ledger, reader, "en-gb", "json").snapshot()
    )


def same_after_reload(driver: Driver) -> None:
    again = Ledger(driver.workshop.stream_id)
    again.load()
    assert again.state.conduct == driver.state.conduct
    assert {
        name: (one.phase, one.left, one.ends_at, one.notes) for name, one in again.state.steps.items()
    } == {name: (one.phase, one.left, one.ends_at, one.notes) for name, one in driver.state.steps.items()}


# -- all is paused -----------------------------------------------------------------------------------------------------


def test_while_all_is_paused_nobody_contributes_no_clock_runs_and_everything_is_kept() -> None:
    driver, brainstorm, *_rest = started(brainstorm={"when_time_is_up": "close"})
    idea = driver.idea("p-ann", brainstorm, "Before")
    driver.wait(3)
    driver.do("p-gus", "room.freeze")
    left = step(driver).left
    assert left is not None
    assert 6 * MINUTE < left < 7 * MINUTE
    assert driver.ledger.due is None, "no clock closes anything"
    for do, args in (
        ("idea.add", {"text": "x"}),
        ("idea.edit", {"idea": idea, "text": "y"}),
        ("step.finish", {"finished": "yes"}),
    ):
        assert driver.refused("p-ann", do, activity=brainstorm, **args) == "frozen"
    assert driver.refused("p-gus", "idea.add", activity=brainstorm, text="Nor facilitators") == "frozen"
    for reader in (PARTICIPANT, SCREEN):
        assert "Paused for a moment." in seen_by(driver, reader)
    assert "Everything is paused." in seen_by(driver, FACILITATOR)
    driver.wait(45)
    driver.do("p-fay", "room.thaw")
    assert step(driver).ends_at == driver.at + left
    assert "Paused for a moment." not in seen_by(driver, PARTICIPANT)
    driver.idea("p-ann", brainstorm, "Afterwards")
    assert driver.refused("p-ann", "room.freeze") == "not_allowed"
    same_after_reload(driver)


def test_what_a_facilitator_does_while_all_is_paused_starts_no_clock() -> None:
    driver, brainstorm, *_rest = started()
    driver.do("p-fay", "room.freeze")
    left = step(driver).left
    driver.do("p-fay", "step.pause", activity=brainstorm)
    driver.wait(5)
    driver.do("p-fay", "step.resume", activity=brainstorm)
    assert (step(driver).left, step(driver).ends_at) == (left, None)
    driver.do("p-fay", "step.extend", activity=brainstorm, minutes=3)
    assert step(driver).left == (left or 0) + 3 * MINUTE
    driver.do("p-fay", "step.close", activity=brainstorm)
    driver.do("p-fay", "step.open", activity=brainstorm)
    assert step(driver).ends_at is None
    driver.do("p-fay", "room.thaw")
    assert step(driver).ends_at == driver.at + (left or 0) + 3 * MINUTE


# -- hands -------------------------------------------------------------------------------------------------------------


def place(driver: Driver, person: str) -> Any:
    return driver.ledger.kind.own(driver.state, person, PARTICIPANT).data["hand"]


def test_hands_queue_in_order_and_everybody_knows_their_own_place() -> None:
    driver, *_rest = started()
    driver.watch()
    for person in ("p-cat", "p-ann", "p-ben"):
        driver.do(person, "hand.raise")
    assert [place(driver, person) for person in ("p-cat", "p-ann", "p-ben")] == [1, 2, 3]
    assert driver.refused("p-cat", "hand.raise") == "nothing_to_do"
    driver.flush()
    driver.do("p-fay", "hand.take", person="p-cat")
    dirty = driver.flush()
    assert {"p-cat", "p-ann", "p-ben"} <= dirty.people, "all behind have moved up"
    driver.check()
    assert [place(driver, person) for person in ("p-cat", "p-ann", "p-ben")] == [False, 1, 2]
    assert "own-room" in driver.ledger.kind.own(driver.state, "p-cat", PARTICIPANT).fragments
    assert driver.refused("p-fay", "hand.take", person="p-cat") == "hand_down"
    driver.do("p-cat", "hand.lower")
    driver.do("p-fay", "person.remove", person="p-ann")
    assert place(driver, "p-ben") == 1
    driver.do("p-gus", "hands.lower")
    assert place(driver, "p-ben") is False
    driver.join("p-obs", role="observer")
    assert driver.refused("p-obs", "hand.raise") == "not_allowed"
    assert driver.refused("p-ben", "hands.lower") == "not_allowed"
    driver.flush()
    driver.check()
    same_after_reload(driver)


def test_who_has_a_hand_up_is_shown_to_facilitators_only() -> None:
    driver, *_rest = started()
    driver.do("p-ben", "hand.raise")
    assert "Hands up" in seen_by(driver, FACILITATOR)
    for reader in (PARTICIPANT, SCREEN):
        assert "p-ben" not in seen_by(driver, reader)
        assert "Ben" not in seen_by(driver, reader)


# -- saying something --------------------------------------------------------------------------------------------------


def test_an_announcement_stands_on_every_screen_until_it_is_taken_off_and_is_kept() -> None:
    driver, *_rest = started()
    driver.watch()
    heard: list[tuple[str, str]] = []
    driver.heard = lambda to, text: heard.append((to, text))
    driver.do("p-fay", "announcement.make", text="Lunch is in the garden.")
    driver.flush()
    said = [to for to, text in heard if '"say"' in text and "Lunch is in the garden." in text]
    assert {PARTICIPANT, FACILITATOR, SCREEN} <= set(said), "screen readers hear it too"
    driver.do("p-fay", "announcement.make", text="Back at two.")
    room = desk.room(driver.state, SCREEN)
    assert room["announcement"]["text"] == "Back at two."
    driver.do("p-gus", "announcement.end")
    driver.flush()
    driver.check()
    assert desk.room(driver.state, SCREEN)["announcement"] is None
    kept = driver.ledger.kind.show(driver.state, "heard", PARTICIPANT)
    assert kept is not None
    assert [one["text"] for one in kept.context["said"]] == ["Back at two.", "Lunch is in the garden."]
    assert driver.refused("p-ann", "announcement.make", text="Me too") == "not_allowed"


def test_what_is_said_to_one_person_reaches_nobody_else() -> None:
    driver, *_rest = started()
    driver.watch()
    heard: list[tuple[str, str]] = []
    driver.heard = lambda to, text: heard.append((to, text))
    driver.do("p-fay", "person.nudge", person="p-ann", text="Zebra crossing")
    driver.flush(resume=True)
    assert {to for to, text in heard if "Zebra" in text} == {"p-ann"}
    for reader in (PARTICIPANT, FACILITATOR, SCREEN):
        assert "Zebra" not in seen_by(driver, reader)
    nudge = driver.state.conduct.nudges["p-ann"][0].id
    assert driver.refused("p-ben", "nudge.read", nudge=nudge) == "nothing_to_do"
    driver.do("p-ann", "nudge.read", nudge=nudge)
    assert "Zebra" not in driver.own("p-ann")
    for text in "abcde":
        driver.do("p-fay", "person.nudge", person="p-ann", text=text)
    assert driver.refused("p-fay", "person.nudge", person="p-ann", text="f") == "not_read_yet"
    assert driver.refused("p-ann", "person.nudge", person="p-ben", text="psst") == "not_allowed"
    same_after_reload(driver)


def test_notes_and_nudges_are_in_no_archive_and_notes_in_no_page_but_the_facilitators() -> None:
    driver, brainstorm, *_rest = started()
    driver.do("p-fay", "note.write", activity=brainstorm, text="Ask Petra about the kettle")
    driver.do("p-fay", "person.nudge", person="p-ann", text="Zebra")
    driver.do("p-fay", "announcement.make", text="Garden")
    assert "kettle" in seen_by(driver, FACILITATOR)
    for reader in (PARTICIPANT, SCREEN):
        assert "kettle" not in seen_by(driver, reader)
    driver.do("p-fay", "workshop.close")
    content = orjson.dumps(content_of(driver.state, driver.workshop, driver.workshop.stream)).decode()
    for word in ("kettle", "Zebra", "Garden"):
        assert word not in content


# -- leading together --------------------------------------------------------------------------------------------------


def test_one_facilitator_leads_and_hands_over() -> None:
    driver = Driver()
    steps = classic(driver)

    def leads(person: str) -> bool:
        return bool(driver.ledger.kind.own(driver.state, person, FACILITATOR).data["leads"])

    assert (leads("p-fay"), leads("p-gus")) == (True, True), "nobody has begun"
    driver.do("p-fay", "step.open", activity=steps[0])
    assert (leads("p-fay"), leads("p-gus")) == (True, False)
    driver.watch()
    driver.do("p-fay", "lead.take", person="p-gus")
    assert {"p-fay", "p-gus"} <= driver.flush().people
    assert (leads("p-fay"), leads("p-gus")) == (False, True)
    assert driver.refused("p-gus", "lead.take", person="p-ann") == "no_such_person"
    assert driver.refused("p-ann", "lead.take") == "not_allowed"
    driver.do("p-fay", "step.pause", activity=steps[0])  # a courtesy, not a right
    driver.do("p-fay", "person.remove", person="p-gus")
    driver.flush()
    driver.check()
    assert leads("p-fay"), "who is gone leads nobody"


def test_two_facilitators_writing_notes_lose_neither() -> None:
    driver, brainstorm, *_rest = started()
    notes = driver.ledger.kind.show(driver.state, "desk.note", FACILITATOR)
    assert notes is not None
    mark = notes.context["mark"]
    driver.do("p-fay", "note.write", activity=brainstorm, text="Mine", mark=mark)
    assert (
        driver.refused("p-gus", "note.write", activity=brainstorm, text="Mine", mark=mark) == "nothing_to_do"
    )
    assert (
        driver.refused("p-gus", "note.write", activity=brainstorm, text="Other", mark=mark) == "changed_since"
    )
    assert step(driver).notes == "Mine"
    driver.do("p-gus", "note.write", activity=brainstorm, text="")
    assert step(driver).notes == ""
    assert driver.refused("p-ann", "note.write", activity=brainstorm, text="x") == "not_allowed"


def test_the_notes_follow_the_room() -> None:
    driver, brainstorm, second, *_rest = started()
    driver.watch()
    driver.do("p-fay", "note.write", activity=second, text="Bring the kettle")
    driver.flush()
    driver.do("p-fay", "show.next")
    driver.flush()
    driver.check()
    assert "Bring the kettle" in seen_by(driver, FACILITATOR)
    assert driver.state.current == second != brainstorm


# -- where we are ------------------------------------------------------------------------------------------------------


def test_back_leads_to_where_the_room_was_and_says_so() -> None:
    driver = Driver()
    first, second, third = classic(driver)

    def leads_to() -> str:
        stage = driver.ledger.kind.show(driver.state, "stage", FACILITATOR)
        assert stage is not None
        before = stage.context["previous"]
        return before["id"] if before else "lobby"

    for place in (first, third, second):
        driver.do("p-fay", "show.go", activity=place)
    assert leads_to() == third, "not the one that stands before it on the agenda"
    driver.do("p-fay", "show.back")
    assert (driver.state.current, leads_to()) == (third, first)
    driver.do("p-fay", "show.back")
    driver.do("p-fay", "show.next")
    assert (driver.state.current, leads_to()) == (second, first)
    driver.do("p-fay", "show.back")
    driver.do("p-fay", "show.back")
    assert driver.state.current is None
    assert driver.refused("p-fay", "show.back") == "no_more_steps"
    same_after_reload(driver)


def test_back_passes_over_what_was_taken_off_the_agenda() -> None:
    driver = Driver()
    first, second, third = classic(driver)
    for place in (first, third, second):
        driver.do("p-fay", "show.go", activity=place)
    driver.do("p-fay", "step.remove", activity=third)
    driver.do("p-fay", "show.back")
    assert driver.state.current == first


def test_closing_warns_once_for_all_breakout_rooms_and_names_them() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", "p-ben", "p-cat", "p-dan")
    step = driver.step("brainstorm", title="Write ideas")
    driver.do("p-fay", "rooms.split", activity=step, how="size", size=2)
    driver.do("p-fay", "step.open", activity=step)
    run = driver.ledger.kind.show(driver.state, "run", FACILITATOR)
    assert run is not None
    (lost,) = run.context["lost_at_close"]
    assert "“Write ideas”" in lost["text"]
    assert lost["rooms"] == [driver.state.steps[room].room for room in ("a1r1", "a1r2")]


# -- timer and plan ----------------------------------------------------------------------------------------------------


def test_a_timer_can_be_shortened_stopped_and_started_again() -> None:
    driver, brainstorm, *_rest = started()
    ends = step(driver).ends_at or 0
    driver.do("p-fay", "step.extend", activity=brainstorm, minutes=-1)
    assert step(driver).ends_at == ends - MINUTE
    driver.do("p-fay", "step.stop_timer", activity=brainstorm)
    assert (step(driver).ends_at, step(driver).left, step(driver).phase) == (None, None, "open")
    assert driver.refused("p-fay", "step.stop_timer", activity=brainstorm) == "nothing_to_do"
    assert driver.refused("p-fay", "step.extend", activity=brainstorm, minutes=-1) == "nothing_to_do"
    driver.do("p-fay", "step.extend", activity=brainstorm, minutes=3)
    assert step(driver).ends_at == driver.at + 3 * MINUTE
    driver.do("p-fay", "step.extend", activity=brainstorm, minutes=-5)
    assert step(driver).ends_at == driver.at, "never before now"


def test_everybody_can_be_asked_again_whether_they_have_finished() -> None:
    driver, brainstorm, *_rest = started()
    driver.do("p-ann", "step.finish", activity=brainstorm, finished="yes")
    driver.watch()
    driver.do("p-fay", "step.ask_again", activity=brainstorm)
    assert "p-ann" in driver.flush().people
    driver.check()
    assert not driver.ledger.kind.own(driver.state, "p-ann", PARTICIPANT).data["finished"]
    assert driver.refused("p-fay", "step.ask_again", activity=brainstorm) == "nothing_to_do"


def test_the_plan_says_how_far_the_room_is_from_it() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    steps = [driver.step("brainstorm", minutes=minutes) for minutes in (10, 5, 20)]
    planned = START + 10 * MINUTE
    driver.do(SYSTEM, "plan.note", starts_at=planned, invited={})
    assert planned_starts(driver.state) == {
        steps[0]: planned,
        steps[1]: planned + 10 * MINUTE,
        steps[2]: planned + 15 * MINUTE,
    }
    driver.at = planned + 4 * MINUTE
    driver.do("p-fay", "step.open", activity=steps[0])
    so_far = drift(driver.state)
    assert so_far is not None
    assert so_far["until"] - so_far["plan"] == driver.at - planned, "as late as it began"
    driver.do("p-fay", "step.extend", activity=steps[0], minutes=-4)
    driver.do("p-fay", "step.close", activity=steps[0])
    so_far = drift(driver.state)
    assert so_far is not None
    assert (so_far["plan"], so_far["until"], so_far["left"]) == (planned + 10 * MINUTE, None, None)
    assert so_far["ends"] == planned + 35 * MINUTE
    for person in ("p-fay", "p-ann"):
        assert driver.refused(person, "plan.note", starts_at=1) in ("unknown_command", "not_allowed")


def test_another_days_plan_counts_from_the_real_start() -> None:
    driver, brainstorm, *_rest = started()
    driver.do(SYSTEM, "plan.note", starts_at=START + 24 * 60 * MINUTE, invited={})
    assert planned_starts(driver.state)[brainstorm] == driver.state.opened_at


def test_what_was_open_for_days_before_does_not_begin_the_plan() -> None:
    driver = Driver()
    early, on_the_day, *_rest = classic(driver)
    planned = START + 3 * 24 * 60 * MINUTE
    driver.do(SYSTEM, "plan.note", starts_at=planned, invited={})
    driver.do("p-fay", "step.stay_open", activity=early, until="2025-12-01T17:00")
    driver.do("p-fay", "step.open", activity=early)
    assert drift(driver.state) is None
    driver.do("p-fay", "show.back")
    assert drift(driver.state) == {
        "plan": planned,
        "until": None,
        "left": None,
        "ends": planned_starts(driver.state)[_rest[-1]] + 8 * MINUTE,
        "begun": False,
    }
    driver.at = planned + 10 * MINUTE
    driver.idea("p-ann", early, "One")
    assert driver.refused("p-fay", "step.open", activity=on_the_day) == "still_writing"


# -- people ------------------------------------------------------------------------------------------------------------


def test_who_is_missing_is_counted_by_role_but_never_in_small_groups() -> None:
    driver = Driver()
    classic(driver)
    driver.do(SYSTEM, "plan.note", starts_at=START, invited={"Nurse": 8, "Carer": 4, "Pharmacist": 1})
    for n in range(6):
        words = {"name": f"N{n}", "role": "participant", "consent": "internal", "background": " nurse "}
        driver.do(SYSTEM, "person.join", person=f"p-n{n}", **words)
    told = desk.missing(driver.state)
    assert [(row["name"], row["invited"], row["joined"]) for row in told["groups"]] == [("Nurse", 8, 6)]
    assert told["small"]
    now = driver.ledger.kind.now(driver.state, {"p-n0", "p-n1", "p-ann"}, FACILITATOR)
    assert list(now["groups"].values()) == [2]
    assert "Pharmacist" not in seen_by(driver, FACILITATOR)


def test_the_list_of_people_is_not_sent_again_when_the_room_moves() -> None:
    driver, brainstorm, *_rest = started()
    for person in ("p-ann", "p-ben", "p-cat"):
        driver.idea(person, brainstorm, f"From {person}")
        driver.do(person, "step.finish", activity=brainstorm, finished="yes")
    driver.watch()
    heard: list[str] = []
    driver.heard = lambda to, text: heard.append(text) if to == FACILITATOR else None
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "show.next")
    driver.flush()
    assert heard
    assert not any('id=\\"person-' in text or '"person-' in text for text in heard)
    now = driver.ledger.kind.now(driver.state, {"p-ann"}, FACILITATOR)
    assert now["people"] == {"p-ann": "here"}


def test_facilitators_are_told_who_has_finished_and_others_only_how_many_are_here() -> None:
    driver, brainstorm, *_rest = started(brainstorm={"names": "facilitators"})
    driver.idea("p-ann", brainstorm, "One")
    driver.do("p-ann", "step.finish", activity=brainstorm, finished="yes")
    kind, state = driver.ledger.kind, driver.state
    now = kind.now(state, {"p-ann", "p-ben"}, FACILITATOR)
    assert (now["here"], now["done"], now["finished"]) == (2, 1, {"p-ann": 1})
    assert now["far"]["p-ann"] == "1 idea"
    for reader in (PARTICIPANT, SCREEN):
        assert kind.now(state, {"p-ann", "p-ben"}, reader) == {"here": 2}


def test_calling_everybody_is_said_and_counted() -> None:
    driver, *_rest = started()
    driver.watch()
    driver.do("p-fay", "room.call")
    driver.flush()
    driver.check()
    assert desk.room(driver.state, PARTICIPANT)["calls"] == 1
    assert driver.refused("p-ann", "room.call") == "not_allowed"


MOVES: list[tuple[str, dict[str, Any]]] = [
    ("room.freeze", {}),
    ("room.thaw", {}),
    ("room.call", {}),
    ("hand.raise", {}),
    ("hand.lower", {}),
    ("hand.take", {"person": "p-ann"}),
    ("hands.lower", {}),
    ("announcement.make", {"text": "Hello"}),
    ("announcement.end", {}),
    ("person.nudge", {"person": "p-ben", "text": "You"}),
    ("nudge.read", {"nudge": "n1"}),
    ("lead.take", {}),
    ("lead.take", {"person": "p-gus"}),
    ("note.write", {"activity": "a1", "text": "Note"}),
    ("step.extend", {"activity": "a1", "minutes": -3}),
    ("step.extend", {"activity": "a1", "minutes": 2}),
    ("step.stop_timer", {"activity": "a1"}),
    ("step.ask_again", {"activity": "a1"}),
    ("step.finish", {"activity": "a1", "finished": "yes"}),
    ("step.pause", {"activity": "a1"}),
    ("step.resume", {"activity": "a1"}),
    ("step.open", {"activity": "a1"}),
    ("step.stay_open", {"activity": "a1", "until": "2025-11-25T17:00"}),
    ("step.stay_no_longer", {"activity": "a1"}),
    ("show.next", {}),
    ("show.back", {}),
    ("person.remove", {"person": "p-gus"}),
    ("person.let_in", {"person": "p-gus"}),
    ("person.describe", {"name": "Called so", "background": "Nurse"}),
    ("idea.add", {"activity": "a1", "text": "An idea"}),
]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    play=st.lists(
        st.tuples(st.sampled_from(MOVES), st.sampled_from(["p-fay", "p-gus", "p-ann", "p-ben"])),
        min_size=10,
        max_size=25,
    )
)
def test_whatever_facilitators_do_a_page_shows_what_a_fresh_one_would(
    play: list[tuple[tuple[str, dict[str, Any]], str]],
) -> None:
    driver, *_steps = started()
    driver.watch()
    for (do, args), person in play:
        driver.ask(person, do, **args)
        driver.flush(resume=True)
        driver.check()
    same_after_reload(driver)
