"""What a vote can be besides placing dots: dots against, shown otherwise, run-offs and lots among equals."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from realtime.models import Event
from tests.activities.scenes_votes import items_of
from tests.activities.test_contract import ready
from tests.workshop_driver import READERS, Driver

pytestmark = pytest.mark.django_db


def opened(**chosen: Any) -> tuple[Driver, str, list[str]]:
    driver, step = ready("dot_vote", **chosen)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step, items_of(driver, step)


def place(driver: Driver, step: str, person: str, **dots: int) -> None:
    for item, many in dots.items():
        driver.do(person, "dot.set", activity=step, item=item, dots=many)


def ranks(driver: Driver, step: str, number: int = 0) -> list[tuple[str, int]]:
    return [(row["item"].split("/")[1], row["rank"]) for row in driver.outcome(step, number)["rows"]]


def own(driver: Driver, person: str) -> dict[str, Any]:
    return driver.ledger.kind.own(driver.state, person, driver.reader_of(person)).data


# -- dots against ----------------------------------------------------------------------------------------------------


def test_dots_against_have_a_budget_of_their_own_and_are_taken_off() -> None:
    driver, step, (one, two, three) = opened(against=1, dots=2, cap=2)
    driver.do("p-ann", "dot.take_back", activity=step, item=one)  # from none to one against
    assert driver.refused("p-ann", "dot.take_back", activity=step, item=two) == "no_dots_left"
    place(driver, step, "p-ann", **{two: 2})
    assert driver.refused("p-ann", "dot.place", activity=step, item=three) == "no_dots_left"
    place(driver, step, "p-ben", **{one: 1, three: 1})
    assert (own(driver, "p-ann")["left"], own(driver, "p-ann")["left_against"]) == (0, 0)
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    # two: 2. three: 1 of one person. one: 1 less 1.
    assert ranks(driver, step) == [(two, 1), (three, 2), (one, 3)]
    assert [(row["dots"], row["against"]) for row in outcome["rows"]] == [(2, 0), (1, 0), (1, 1)]
    assert (outcome["against_per_person"], outcome["against_placed"], outcome["dots_placed"]) == (1, 1, 4)


def test_without_dots_against_nothing_goes_below_none() -> None:
    driver, step, (one, *_rest) = opened()
    assert driver.refused("p-ann", "dot.take_back", activity=step, item=one) == "nothing_to_do"
    assert driver.refused("p-ann", "dot.set", activity=step, item=one, dots=-1) == "nothing_to_do"


# -- limits ----------------------------------------------------------------------------------------------------------


def test_more_is_free_and_less_is_refused_where_somebody_is_above() -> None:
    driver, step, (one, two, _three) = opened(dots=3, cap=2, against=2)
    place(driver, step, "p-ann", **{one: 2, two: -2})

    def change(**to: int) -> dict[str, Any]:
        return {"activity": step, "settings": to}

    for less in ({"dots": 1}, {"cap": 1}, {"against": 1}):
        assert driver.refused("p-fay", "step.change", **change(**less)) == "already_placed"
    driver.do("p-fay", "step.change", **change(dots=9, cap=3, against=4))
    driver.do("p-fay", "step.change", **change(dots=2, cap=2, against=2))
    assert own(driver, "p-ann")["dots"] == {one: 2, two: -2}


def test_own_ideas_can_be_ruled_out() -> None:
    driver, step, items = opened(own_ideas=False)
    mine = next(item for item in items if driver.state.ideas[item].author == "p-ann")
    assert driver.refused("p-ann", "dot.place", activity=step, item=mine) == "own_idea"
    driver.do("p-ben", "dot.place", activity=step, item=mine)
    assert own(driver, "p-ann")["mine"] == [mine]
    assert mine in own(driver, "p-ann")["full"]


def test_everybody_can_be_asked_to_place_all_their_dots() -> None:
    driver, step, (one, two, _three) = opened(use_all=True, dots=3, cap=2)
    place(driver, step, "p-ann", **{one: 2})
    finish = {"activity": step, "finished": "yes"}
    assert driver.refused("p-ann", "step.finish", **finish) == "dots_left"
    place(driver, step, "p-ann", **{two: 1})
    driver.do("p-ann", "step.finish", **finish)
    place(driver, step, "p-ben", **{one: 1})
    driver.do("p-fay", "step.finish", **finish)  # who does not vote is not asked
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.outcome(step)["left_dots"] == 1


def test_dots_that_fit_on_nothing_are_not_told_as_left_over() -> None:
    driver, step, (one, two, three) = opened(dots=9, cap=2)
    driver.watch()
    assert own(driver, "p-ann")["left"] == 6
    place(driver, step, "p-ann", **{one: 2, two: 2, three: 2})
    assert own(driver, "p-ann")["out"] is True
    assert own(driver, "p-ann")["left"] == 0
    place(driver, step, "p-ben", **{one: 1})
    driver.do("p-fay", "idea.hide", idea=three, reason="Said already")
    assert own(driver, "p-ann")["left"] == 0
    assert own(driver, "p-ben")["left"] == 3
    driver.flush()
    driver.check()
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.outcome(step)["left_dots"] == 1


def test_who_may_not_vote_for_their_own_can_finish_when_nothing_else_fits() -> None:
    driver, step, items = opened(use_all=True, own_ideas=False, dots=5, cap=2)
    others = [item for item in items if driver.state.ideas[item].author != "p-ann"]
    assert len(others) == 2
    assert own(driver, "p-ann")["left"] == 4
    place(driver, step, "p-ann", **dict.fromkeys(others, 2))
    driver.do("p-ann", "step.finish", activity=step, finished="yes")
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    assert outcome["left_dots"] == 0
    assert outcome["unspent"] == sum(own(driver, f"p-{name}")["left"] for name in ("ben", "cat"))


def test_a_dot_against_leaves_no_room_for_dots_on_the_same() -> None:
    driver, step, (one, two, three) = opened(use_all=True, dots=5, cap=2, against=1)
    place(driver, step, "p-ann", **{one: -1, two: 2, three: 2})
    assert (own(driver, "p-ann")["left"], own(driver, "p-ann")["out"]) == (0, True)
    driver.do("p-ann", "step.finish", activity=step, finished="yes")
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.outcome(step)["left_dots"] == 0


def test_a_vote_that_is_cast_stays_so_when_an_idea_comes_back() -> None:
    driver, step, (one, two, _three) = opened(results="voted")
    driver.watch()
    driver.do("p-fay", "idea.hide", idea=one, reason="Said already")
    place(driver, step, "p-ann", **{two: 1})
    driver.do("p-ann", "dot.cast", activity=step)
    driver.flush()
    driver.do("p-fay", "idea.restore", idea=one)
    driver.flush()
    driver.check()
    assert one in own(driver, "p-ann")["full"]


def test_a_facilitator_can_leave_the_vote_to_the_others() -> None:
    driver, step, (one, *_rest) = opened(facilitators_vote=True)
    assert driver.outcome(step)["eligible"] == 5
    place(driver, step, "p-fay", **{one: 1})
    out = {"activity": step, "out": "yes"}
    assert driver.refused("p-fay", "dot.sit_out", **out) == "has_voted"
    assert driver.refused("p-ann", "dot.sit_out", **out) == "not_allowed"
    driver.do("p-gus", "dot.sit_out", **out)
    assert driver.refused("p-gus", "dot.place", activity=step, item=one) == "sitting_out"
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.outcome(step)["eligible"] == 4


def test_ideas_and_groups_can_stand_together() -> None:
    from workshops.results.archive import content_of
    from workshops.results.tables import table_of

    driver, step, items = opened(target="both")
    group, idea = next(one for one in items if one[0] == "g"), next(one for one in items if one[0] == "i")
    assert len(items) == 5
    place(driver, step, "p-ann", **{group: 2, idea: 1})
    driver.do("p-fay", "step.reveal", activity=step)
    driver.ledger.load()
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    outcome = next(each for each in content["outcomes"] if each["step"] == step)
    rows = [row[:4] + row[4:5] for row in table_of(outcome, content, public=False).rows]
    assert rows[:2] == [
        [1, "no", 2, 1, "Start"],
        [2, "no", 1, 1, driver.state.ideas[idea].text],
    ]


def test_in_breakout_rooms_only_those_of_the_room_could_vote() -> None:
    driver, step = ready("dot_vote", facilitators_vote=True)
    driver.join("p-dan")
    driver.do("p-fay", "rooms.split", activity=step, how="size", size=2)
    driver.do("p-fay", "step.open", activity=step)
    breakout = driver.state.steps[step].breakout
    assert breakout is not None
    room = breakout.at["p-ann"]
    place(driver, room, "p-ann", **{items_of(driver, room)[0]: 2})
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(room)
    assert (outcome["eligible"], outcome["answered"]) == (2, 1)


# -- shown when ------------------------------------------------------------------------------------------------------


def test_shown_at_close_needs_no_further_act() -> None:
    driver, step, (one, *_rest) = opened(results="close")
    place(driver, step, "p-ann", **{one: 1})
    card = driver.ledger.kind.show(driver.state, f"item-{one}", "screen")
    assert card is not None
    assert card.context["tally"] is None
    driver.do("p-fay", "step.close", activity=step)
    assert driver.state.steps[step].revealed
    assert driver.refused("p-fay", "step.open", activity=step) == "revealed"
    assert driver.outcome(step)["rows"][0]["dots"] == 1


def test_who_has_cast_their_vote_sees_the_totals_as_they_were_then_and_nobody_else_does() -> None:
    driver, step, (one, two, _three) = opened(results="voted")
    cast = {"activity": step}
    place(driver, step, "p-ben", **{one: 2})
    assert driver.refused("p-ann", "dot.cast", **cast) == "nothing_placed"
    place(driver, step, "p-ann", **{two: 1})
    driver.watch()
    heard: list[tuple[str, str]] = []
    driver.heard = lambda to, text: heard.append((to, text))
    driver.do("p-ann", "dot.cast", **cast)
    driver.flush(resume=True)
    assert {to for to, _text in heard} == {"p-ann"}
    assert own(driver, "p-ann")["seen"] == {one: "2", two: "1", items_of(driver, step)[2]: "0"}
    assert driver.refused("p-ann", "dot.place", activity=step, item=one) == "vote_cast"
    assert driver.refused("p-ann", "my.undo", activity=step)
    place(driver, step, "p-cat", **{one: 1})
    assert own(driver, "p-ann")["seen"][one] == "2"
    assert "seen" not in own(driver, "p-ben")
    for reader in READERS:
        card = driver.ledger.kind.show(driver.state, f"item-{one}", reader)
        assert card is not None
        assert card.context["tally"] is None


# -- equals ----------------------------------------------------------------------------------------------------------


def tied() -> tuple[Driver, str, list[str]]:
    """Two of three share the first place, and everybody has seen it."""
    driver, step, (one, two, three) = opened()
    place(driver, step, "p-ann", **{one: 1, three: 1})
    place(driver, step, "p-ben", **{two: 1})
    place(driver, step, "p-cat", **{one: 1, two: 1})
    driver.do("p-fay", "step.reveal", activity=step)
    assert ranks(driver, step)[2] == (three, 3)
    return driver, step, [one, two, three]


def test_a_run_off_is_a_new_round_between_the_equals_with_one_dot_on_each_at_most() -> None:
    driver, step, (one, two, three) = tied()
    assert driver.refused("p-ann", "dot.run_off", activity=step, rank=1) == "not_allowed"
    assert driver.refused("p-fay", "dot.run_off", activity=step, rank=3) == "no_tie"
    driver.do("p-fay", "dot.run_off", activity=step, rank=1)
    assert sorted(items_of(driver, step)) == sorted([one, two])
    driver.do("p-ann", "dot.place", activity=step, item=one)
    assert driver.refused("p-ann", "dot.place", activity=step, item=one) == "cap_reached"
    assert driver.refused("p-ann", "dot.place", activity=step, item=two) == "no_dots_left"
    assert driver.refused("p-ann", "dot.place", activity=step, item=three) == "not_on_ballot"
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    assert outcome["run_off_of"] == {"round": 1, "rank": 1}
    assert (outcome["dots_per_person"], outcome["cap"]) == (1, 1)
    assert ranks(driver, step) == [(one, 1), (two, 2)]
    assert [rank for _item, rank in ranks(driver, step, 1)] == [1, 1, 3]  # the first round is as it was
    driver.do("p-fay", "step.new_round", activity=step)
    assert len(items_of(driver, step)) == 3  # a usual round again


def test_lots_are_drawn_once_from_the_seed_in_the_log_and_change_no_rank() -> None:
    driver, step, (one, two, _three) = tied()
    driver.do("p-fay", "dot.draw", activity=step, rank=1)
    assert driver.refused("p-gus", "dot.draw", activity=step, rank=1) == "drawn_already"
    event = Event.objects.get(stream=driver.workshop.stream_id, kind="dots.drawn")
    again = sorted([one, two], key=lambda item: sha256(f"{event.body['seed']}/{item}".encode()).digest())
    assert event.body["order"] == again
    outcome = driver.outcome(step)
    assert outcome["draws"] == [{"rank": 1, "order": [driver.state.gid(item) for item in again]}]
    assert [rank for _item, rank in ranks(driver, step)] == [1, 1, 3]
    card = driver.ledger.kind.show(driver.state, f"item-{again[1]}.tally", "screen")
    assert card is not None
    assert (card.context["rank"], card.context["drawn"]) == (1, 2)


def test_before_the_result_is_shown_there_are_no_equals_to_speak_of() -> None:
    driver, step, _items = opened()
    assert driver.refused("p-fay", "dot.draw", activity=step, rank=1) == "not_revealed"
    assert driver.refused("p-fay", "dot.run_off", activity=step, rank=1) == "not_revealed"


@pytest.mark.parametrize("kind", ["dot_vote", "ranking", "matrix"])
def test_the_next_of_its_kind_begins_with_an_empty_page_for_who_comes_back(kind: str) -> None:
    """What lay on the ballot before must not stay where the new one isn't open yet."""
    driver, step = ready(kind)
    driver.do("p-fay", "step.copy", activity=step)
    driver.do("p-fay", "step.open", activity=step)
    driver.watch()
    driver.do("p-fay", "show.next")
    driver.flush(resume=True)
    driver.check()


def test_before_it_opens_the_count_of_things_suggests_how_many_dots() -> None:
    driver, step = ready("dot_vote")
    from workshops.live.showing import progress

    told = progress(driver.state, driver.state.steps[step])
    assert [count["number"] for count in told] == ["3", "1"]
