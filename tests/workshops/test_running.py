"""The run of show, the people and the door: what facilitators would miss."""

from __future__ import annotations

import pytest

from realtime.chain import first_broken
from realtime.kinds import SYSTEM
from realtime.ledger import Ack, Asked, Ledger, Refusal
from realtime.log import erase
from realtime.models import Event
from tests.workshop_driver import MINUTE, Driver, classic, started
from workshops.live.state import Step
from workshops.models import Archive, Workshop

pytestmark = pytest.mark.django_db


def step(driver: Driver) -> Step:
    assert driver.state.step is not None
    return driver.state.step


def test_next_and_back_lose_nothing() -> None:
    driver, brainstorm, cluster, _vote = started()
    idea = driver.idea("p-ann", brainstorm, "Kept")
    driver.do("p-fay", "show.next")
    assert driver.state.current == cluster
    assert driver.state.steps[brainstorm].phase == "closed"
    driver.do("p-fay", "show.back")
    driver.do("p-fay", "show.back")
    assert driver.state.current is None
    assert driver.refused("p-fay", "show.back") == "no_more_steps"
    driver.do("p-fay", "step.open", activity=brainstorm)
    assert driver.state.ideas[idea].text == "Kept"
    assert len(driver.state.steps[brainstorm].rounds) == 1
    driver.do("p-ann", "idea.edit", activity=brainstorm, idea=idea, text="Kept, and open again")


def test_two_facilitators_pressing_next_skip_nothing() -> None:
    driver, brainstorm, cluster, _vote = started()
    seen = {"activity": brainstorm, "round": 1, "phase": "open"}
    driver.do("p-fay", "show.next", **{"if": seen})
    assert driver.refused("p-gus", "show.next", **{"if": seen}) == "moved_on"
    assert driver.state.current == cluster
    lobby = Driver()
    first, *_rest = classic(lobby)
    lobby.do("p-fay", "show.next", **{"if": {"activity": "", "round": 0}})
    assert lobby.refused("p-gus", "show.next", **{"if": {"activity": "", "round": 0}}) == "moved_on"
    assert lobby.state.current == first


@pytest.mark.parametrize(
    "do", ["step.reveal", "step.close", "step.pause", "step.new_round", "workshop.close"]
)
def test_whatever_two_facilitators_press_happens_once(do: str) -> None:
    driver, brainstorm, *_rest = started()
    if do == "step.new_round":
        driver.do("p-fay", "step.reveal", activity=brainstorm)
    seen = {"activity": brainstorm, "round": 1, "phase": step(driver).phase}
    args = {"if": seen} if do == "workshop.close" else {"if": seen, "activity": brainstorm}
    driver.do("p-fay", do, **args)
    assert driver.refused("p-gus", do, **args) in ("moved_on", "workshop_closed")


def test_a_round_can_be_reopened_until_its_result_was_shown() -> None:
    driver, brainstorm, *_rest = started()
    driver.do("p-fay", "step.close", activity=brainstorm)
    driver.do("p-fay", "step.open", activity=brainstorm)
    assert len(step(driver).rounds) == 1
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    assert driver.refused("p-fay", "step.open", activity=brainstorm) == "revealed"
    assert driver.refused("p-fay", "step.reveal", activity=brainstorm) == "nothing_to_do"


def test_a_new_round_keeps_the_old_one() -> None:
    driver, brainstorm, cluster, vote = started()
    ideas = [driver.idea("p-ann", brainstorm, f"Idea {n}") for n in range(2)]
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "step.open", activity=vote)
    assert driver.refused("p-fay", "step.new_round", activity=vote) == "still_open"
    driver.do("p-ann", "dot.place", activity=vote, item=ideas[0])
    driver.do("p-fay", "step.reveal", activity=vote)
    first = driver.outcome(vote, 1)
    driver.do("p-fay", "step.new_round", activity=vote)
    driver.do("p-ann", "dot.set", activity=vote, item=ideas[1], dots=2)
    driver.do("p-fay", "step.reveal", activity=vote)
    assert driver.outcome(vote, 1) == first
    assert driver.outcome(vote, 2)["rows"][0]["dots"] == 2
    assert cluster in driver.state.steps


def test_pause_stops_the_clock_and_holds_contributions() -> None:
    driver, brainstorm, *_rest = started()
    driver.wait(4)
    driver.do("p-fay", "step.pause", activity=brainstorm)
    left = step(driver).left
    assert left is not None
    assert 5 * MINUTE < left < 6 * MINUTE
    assert driver.refused("p-ann", "idea.add", activity=brainstorm, text="x") == "paused"
    driver.wait(30)
    driver.do("p-fay", "step.resume", activity=brainstorm)
    assert step(driver).ends_at == driver.at + left
    driver.idea("p-ann", brainstorm, "Going on")


def test_more_time_counts_from_now_if_time_was_up() -> None:
    driver, brainstorm, *_rest = started()
    ends = step(driver).ends_at
    assert ends is not None
    driver.do("p-fay", "step.extend", activity=brainstorm, minutes=2)
    assert step(driver).ends_at == ends + 2 * MINUTE
    driver.wait(60)
    driver.do("p-fay", "step.extend", activity=brainstorm, minutes=1)
    assert step(driver).ends_at == driver.at + MINUTE


def test_when_time_is_up_only_the_clock_closes_and_only_after_the_grace() -> None:
    driver, brainstorm, *_rest = started(brainstorm={"when_time_is_up": "close"})
    assert driver.ledger.due is not None
    due, do = driver.ledger.due
    assert do == "clock.time_is_up"
    assert due == (step(driver).ends_at or 0) + 10_000
    driver.wait(10)
    assert driver.refused(SYSTEM, "clock.time_is_up") == "nothing_to_do"
    driver.idea("p-ann", brainstorm, "In the grace")
    driver.at = due
    for person in ("p-fay", "p-ann"):
        assert driver.refused(person, "clock.time_is_up") == "unknown_command"
    driver.do(SYSTEM, "clock.time_is_up")
    assert step(driver).phase == "closed"
    assert driver.ledger.due is None


def test_time_that_is_only_told_closes_nothing() -> None:
    driver, *_rest = started()
    driver.wait(600)
    assert driver.ledger.due is None
    assert driver.refused(SYSTEM, "clock.time_is_up") == "nothing_to_do"


def test_only_the_system_lets_people_in() -> None:
    driver, *_rest = started()
    args = {"person": "p-eve", "name": "Eve", "role": "facilitator", "consent": "named"}
    for person in ("p-fay", "p-ann", "p-eve"):
        assert driver.refused(person, "person.join", **args) == "not_allowed"


def test_removed_people_can_do_nothing_and_what_they_wrote_stays() -> None:
    driver, brainstorm, *_rest = started()
    idea = driver.idea("p-ann", brainstorm, "Stays")
    assert driver.refused("p-fay", "person.remove", person="p-fay") == "not_yourself"
    assert driver.refused("p-ann", "person.remove", person="p-ben") == "not_allowed"
    driver.do("p-fay", "person.remove", person="p-ann")
    kind = driver.ledger.kind
    assert not kind.may_enter(driver.state, "p-ann", "participant")
    assert driver.refused("p-ann", "idea.add", activity=brainstorm, text="x") == "not_allowed"
    assert (
        driver.refused(SYSTEM, "person.join", person="p-ann", name="A", role="participant", consent="named")
        == "not_allowed"
    )
    assert driver.state.ideas[idea].on_board
    driver.do("p-fay", "person.let_in", person="p-ann")
    assert kind.may_enter(driver.state, "p-ann", "participant")
    driver.do("p-ann", "idea.edit", activity=brainstorm, idea=idea, text="Stays mine")


def test_facilitators_may_rename_but_never_speak_for_somebody() -> None:
    driver, *_rest = started()
    driver.do("p-fay", "person.describe", person="p-ann", name="Ann B.")
    assert driver.state.people["p-ann"].name == "Ann B."
    for words in ({"consent": "named"}, {"background": "Nurse"}):
        assert driver.refused("p-fay", "person.describe", person="p-ann", **words) == "not_allowed"
    assert driver.refused("p-ben", "person.describe", person="p-ann", name="X") == "not_allowed"
    driver.do("p-ann", "person.describe", consent="role", background="Nurse")
    assert driver.refused("p-ann", "person.describe", consent="role") == "nothing_to_do"


def test_a_locked_door_keeps_newcomers_out_but_not_facilitators() -> None:
    driver, *_rest = started()
    driver.do("p-fay", "door.lock")
    join = {"name": "Dan", "role": "participant", "consent": "named"}
    assert driver.refused(SYSTEM, "person.join", person="p-dan", **join) == "door_locked"
    driver.join("p-hal", role="facilitator")
    assert driver.refused("p-ann", "door.unlock") == "not_allowed"
    driver.do("p-hal", "door.unlock")
    driver.join("p-dan")


def test_observers_see_and_change_nothing() -> None:
    driver, brainstorm, *_rest = started()
    driver.join("p-obs", role="observer")
    assert driver.ledger.kind.may_enter(driver.state, "p-obs", "participant")
    assert not driver.ledger.kind.may_enter(driver.state, "p-obs", "facilitator")
    assert driver.refused("p-obs", "idea.add", activity=brainstorm, text="x") == "not_allowed"
    assert driver.refused("p-obs", "step.finish", activity=brainstorm, finished="yes") == "not_allowed"


@pytest.mark.parametrize(
    ("do", "args"),
    [
        ("show.next", {}),
        ("step.close", {"activity": "a1"}),
        ("step.reveal", {"activity": "a1"}),
        ("step.add", {"kind": "brainstorm"}),
        ("step.change", {"activity": "a1", "title": "Mine"}),
        ("step.move", {"activity": "a1"}),
        ("step.remove", {"activity": "a3"}),
        ("idea.hide", {"idea": "i1", "reason": "no"}),
        ("idea.merge", {"idea": "i1", "into": "i2"}),
        ("person.remove", {"person": "p-ben"}),
        ("door.lock", {}),
        ("workshop.close", {}),
    ],
)
def test_only_facilitators_lead(do: str, args: dict[str, object]) -> None:
    driver, *_rest = started()
    assert driver.refused("p-ann", do, **args) == "not_allowed"
    assert driver.refused("p-stranger", do, **args) == "not_allowed"


def test_promises_can_not_be_weakened_once_people_have_started() -> None:
    driver, brainstorm, _cluster, vote = started()
    for promise in ({"visibility": "shared"}, {"names": "everybody"}):
        assert driver.refused("p-fay", "step.change", activity=brainstorm, settings=promise) == "promised"
    driver.do("p-fay", "step.change", activity=brainstorm, settings={"most_ideas": 3})
    assert driver.state.steps[brainstorm].settings.most_ideas == 3
    driver.do("p-fay", "step.change", activity=vote, settings={"results": "live"})
    driver.do("p-fay", "step.change", activity=vote, settings={"dots": 3})
    assert driver.state.steps[vote].settings.results == "live", "only what was named changes"
    assert driver.refused("p-fay", "step.change", activity=vote, settings={"dots": "many"}) == "bad_setting"
    assert (
        driver.refused("p-fay", "step.change", activity=vote, settings={"colour": "red"}) == "unknown_field"
    )


def test_a_budget_can_not_fall_below_what_was_placed_even_between_closing_and_reopening() -> None:
    driver, brainstorm, _cluster, vote = started()
    ideas = [driver.idea("p-ann", brainstorm, f"Idea {n}") for n in range(3)]
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "step.open", activity=vote)
    for idea in ideas:
        driver.do("p-ann", "dot.place", activity=vote, item=idea)
    for phase in ("open", "closed"):
        assert driver.state.steps[vote].phase == phase
        assert driver.refused("p-fay", "step.change", activity=vote, settings={"dots": 2}) == "already_placed"
        if phase == "open":
            driver.do("p-fay", "step.close", activity=vote)
    driver.do("p-fay", "step.change", activity=vote, settings={"dots": 3})
    driver.do("p-fay", "step.open", activity=vote)
    assert driver.refused("p-ann", "dot.place", activity=vote, item=ideas[0]) == "no_dots_left"
    assert driver.outcome(vote)["dots_per_person"] == 3


def test_steps_that_ran_stay_on_the_agenda() -> None:
    driver, brainstorm, cluster, vote = started()
    assert driver.refused("p-fay", "step.remove", activity=brainstorm) == "has_run"
    driver.do("p-fay", "step.move", activity=vote, before=brainstorm)
    driver.do("p-fay", "step.remove", activity=cluster)
    assert list(driver.state.steps) == [vote, brainstorm]


def test_moving_steps_while_grouping_takes_no_idea_off_the_board() -> None:
    driver, brainstorm, cluster, _vote = started()
    driver.idea("p-ann", brainstorm, "One")
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "step.open", activity=cluster)
    driver.watch()
    driver.do("p-fay", "step.move", activity=brainstorm)
    driver.flush(resume=True)
    driver.check()
    assert driver.ledger.kind.lists(driver.state, "participant")["loose"] == ["idea-i1"]


def test_closing_the_workshop_seals_it() -> None:
    driver, brainstorm, *_rest = started()
    idle = Driver()
    classic(idle)
    assert idle.refused("p-fay", "workshop.close") == "not_started"
    driver.idea("p-ann", brainstorm, "Kept")
    driver.do("p-fay", "workshop.close")
    for person, do, args in [
        ("p-ann", "idea.add", {"activity": brainstorm, "text": "After"}),
        ("p-ann", "person.describe", {"name": "Other"}),
        ("p-fay", "show.next", {}),
        ("p-fay", "person.remove", {"person": "p-ann"}),
        (SYSTEM, "step.add", {"kind": "brainstorm"}),
        (SYSTEM, "person.join", {"person": "p-x", "name": "X", "role": "participant", "consent": "named"}),
    ]:
        assert driver.refused(person, do, **args) == "workshop_closed"
    archive = Archive.objects.get(workshop=driver.workshop)
    assert archive.seq == driver.ledger.seq
    assert Workshop.objects.get(pk=driver.workshop.pk).state == "closed"


def test_the_log_of_a_workshop_is_whole_and_stays_so_when_words_are_erased() -> None:
    driver, brainstorm, *_rest = started()
    driver.idea("p-ann", brainstorm, "To be erased")
    log = Event.objects.filter(stream=driver.workshop.stream_id).order_by("seq")
    assert first_broken(log) is None
    erase(driver.workshop.stream_id, [event.seq for event in log if event.kind == "idea.added"])
    assert first_broken(log.all()) is None
    again = Ledger(driver.workshop.stream_id)
    again.load()
    assert again.state.ideas["i1"].text == ""


def test_an_operation_takes_effect_once_however_often_it_is_sent() -> None:
    driver, brainstorm, *_rest = started()
    asked = Asked("the-same-op", "idea.add", {"activity": brainstorm, "text": "Once"}, "p-ann")
    other = Ledger(driver.workshop.stream_id)
    answers = [ledger.commit([asked, asked]) for ledger in (driver.ledger, other, driver.ledger)]
    assert all(isinstance(answer, Ack) for pair in answers for answer in pair)
    assert len(driver.state.ideas) == 1
    changed = Asked("the-same-op", "idea.add", {"activity": brainstorm, "text": "Other"}, "p-ann")
    (answer,) = other.commit([changed])
    assert isinstance(answer, Refusal)
    assert answer.code == "op_reused"
    (answer,) = other.commit([Asked("the-same-op", "idea.add", changed.fields, "p-ben")])
    assert isinstance(answer, Ack), "an operation belongs to its actor"
