"""Undoing an undo: what was taken away comes back with one press, until its owner does something else."""

from __future__ import annotations

import pytest

from realtime.kinds import Happened
from tests.workshop_driver import Driver, started
from workshops.live import taking_back

pytestmark = pytest.mark.django_db


def told(driver: Driver, person: str) -> dict[str, object]:
    data = driver.ledger.kind.own(driver.state, person, driver.reader_of(person)).data
    return {name: data.get(name) for name in ("bring_back", "bring_back_text")}


def test_an_idea_that_undoing_took_away_is_named_to_its_writer_alone_and_comes_back() -> None:
    driver, brainstorm, *_rest = started()
    idea = driver.idea("p-ann", brainstorm, "Buses at night")
    driver.watch()
    driver.do("p-ann", "my.undo", activity=brainstorm)
    assert told(driver, "p-ann") == {"bring_back": True, "bring_back_text": "Buses at night"}
    assert told(driver, "p-ben") == {"bring_back": False, "bring_back_text": None}
    driver.flush()
    driver.check()
    assert driver.refused("p-ben", "my.redo", activity=brainstorm) == "nothing_to_undo"
    driver.do("p-ann", "my.redo", activity=brainstorm)
    driver.flush()
    driver.check()
    assert driver.state.ideas[idea].on_board
    assert driver.refused("p-ann", "my.redo", activity=brainstorm) == "nothing_to_undo"
    driver.do("p-ann", "my.undo", activity=brainstorm)
    assert not driver.state.ideas[idea].on_board


def test_whoever_does_something_else_is_not_offered_the_old_one_any_more() -> None:
    driver, brainstorm, *_rest = started()
    driver.idea("p-ann", brainstorm, "The first")
    driver.do("p-ann", "my.undo", activity=brainstorm)
    driver.idea("p-ben", brainstorm, "Somebody else's")
    assert told(driver, "p-ann")["bring_back"]
    driver.watch()
    driver.idea("p-ann", brainstorm, "The second")
    driver.flush()
    driver.check()
    assert not told(driver, "p-ann")["bring_back"]


def test_a_dot_and_a_move_come_back_and_a_paused_activity_takes_neither() -> None:
    driver, brainstorm, grouping, vote = started()
    driver.idea("p-ann", brainstorm, "Buses")
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "step.open", activity=vote)
    driver.do("p-ann", "dot.place", activity=vote, item="i1")
    driver.do("p-ann", "my.undo", activity=vote)
    driver.do("p-fay", "step.pause", activity=vote)
    assert driver.refused("p-ann", "my.redo", activity=vote) == "paused"
    assert not told(driver, "p-ann")["bring_back"]
    driver.do("p-fay", "step.resume", activity=vote)
    driver.do("p-ann", "my.redo", activity=vote)
    assert driver.refused("p-ann", "my.redo", activity=grouping) == "not_open"
    own = driver.ledger.kind.own(driver.state, "p-ann", "participant").data
    assert own["dots"] == {"i1": 1}


def test_what_one_command_can_not_bring_back_whole_is_not_offered_in_part() -> None:
    driver, brainstorm, *_rest = started()
    step = driver.state.steps[brainstorm]
    event = Happened(99, driver.at, 1, "idea.removed", "p-ann", {"activity": brainstorm}, {})
    for events, offered in ((1, True), (2, False)):
        step.rounds[-1].redo.clear()
        step.rounds[-1].undoing["p-ann"] = events
        for _event in range(events):
            taking_back.note(step, event, {"do": "idea.put_back", "activity": brainstorm, "idea": "i1"})
        assert taking_back.again(driver.state, step, "p-ann")["bring_back"] is offered
