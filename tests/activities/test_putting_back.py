"""Putting a common board back to an earlier moment: it is then what it was, for all that is still there; and undone."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from realtime.ledger import Ack, Ledger
from tests.activities.scenes_maps import box
from tests.activities.scenes_votes import items_of
from tests.activities.test_cluster import board, groups, opened, suggest
from tests.activities.test_contract import ready
from tests.workshop_driver import READERS, Driver
from workshops.activities.driver_diagram.diagram import Diagram
from workshops.activities.registry import activity_of
from workshops.activities.shared.moments import MOST_KEPT, MOST_OFFERED, History
from workshops.live.state import FACILITATOR

pytestmark = pytest.mark.django_db


def history(driver: Driver, step: str) -> History:
    found = activity_of(driver.state.steps[step].kind).history(driver.state.steps[step])
    assert found is not None
    return found


def put_back(driver: Driver, step: str, moment: int, by: str = "p-fay", **more: Any) -> None:
    driver.do(by, "board.put_back", activity=step, moment=moment, **more)


def offered(driver: Driver) -> list[dict[str, Any]]:
    kind, state = driver.ledger.kind, driver.state
    fragments = [kind.show(state, key, FACILITATOR) for key in kind.lists(state, FACILITATOR)["moments"]]
    return [fragment.context for fragment in fragments if fragment is not None]


# -- whatever people did ---------------------------------------------------------------------------------------------


def grouped(driver: Driver, step: str) -> Any:
    """All that is seen of a grouping."""
    now = board(driver, step)
    return (
        [(group.id, group.title, list(group.ideas), sorted(group.copies)) for group in now.groups.values()],
        list(now.parked),
    )


def group_something(driver: Driver, step: str, dice: Random) -> None:
    keys = list(board(driver, step).groups)
    ideas = dice.sample([f"i{n}" for n in range(1, 7)], 2)
    one, other = (dice.choice(keys), dice.choice(keys)) if keys else ("g0", "g0")
    chosen: list[tuple[str, dict[str, Any]]] = [
        ("cluster.make", {"ideas": ideas, "title": dice.choice(["", "Name"])}),
        ("idea.move", {"ideas": ideas, "to": dice.choice([*keys, "loose", "parked"])}),
        ("idea.move", {"idea": ideas[0], "to": one, "before": ideas[1]}),
        ("idea.copy", {"ideas": ideas, "to": one}),
        ("idea.uncopy", {"idea": ideas[0], "cluster": one}),
        ("cluster.rename", {"cluster": one, "title": f"Name {dice.random()}"}),
        ("cluster.merge", {"cluster": one, "into": other}),
        ("cluster.split", {"cluster": one, "ideas": ideas[:1]}),
        ("cluster.remove", {"cluster": one}),
        ("cluster.restore", {"cluster": dice.choice(list(board(driver, step).gone) or ["g0"])}),
        ("cluster.order", {"cluster": one, "before": other}),
        ("cluster.suggested", {"groups": {"1": {"title": "Suggested", "ideas": ideas}}}),
        ("cluster.undo_suggested", {}),
        ("my.undo", {}),
    ]
    do, args = dice.choice(chosen)
    driver.ask(dice.choice(["p-ann", "p-ben", "p-fay", "p-gus"]), do, activity=step, **args)


def drawn(driver: Driver, step: str) -> Any:
    """All that is seen of a diagram, by the name that each box began with; and which boxes there are."""
    state, memory = driver.state, driver.state.steps[step].rounds[-1].memory
    assert isinstance(memory, Diagram)
    names = {node.id: node.was or node.id for node in memory.nodes.values()}
    found = {}
    for node in memory.nodes.values():
        measure = state.ideas.get(node.measure)
        found[names[node.id]] = (
            state.ideas[node.id].text,
            memory.stands(node.id, lambda idea: state.ideas[idea].on_board),
            [names[one] for one in node.feeds],
            sorted(node.kept),
            measure.text if measure is not None and measure.on_board else "",
        )
    return found


def draw_something(driver: Driver, step: str, dice: Random) -> None:
    nodes = list(driver.state.steps[step].rounds[-1].memory.nodes.values())
    one, other = (dice.choice(nodes), dice.choice(nodes)) if nodes else (None, None)
    level = dice.choice(["aim", "primary", "secondary", "change"])
    node, to = one.id if one else "i0", other.id if other else "i0"
    chosen: list[tuple[str, dict[str, Any]]] = [
        ("driver.add", {"level": level, "text": f"Words {dice.random()}", "under": to}),
        ("driver.link", {"node": node, "to": to, "on": dice.random() < 0.6}),
        ("driver.measure", {"node": node, "text": dice.choice(["", f"Count {dice.random()}"])}),
        ("driver.keep", {"node": node, "hint": dice.choice(["no_number", "task"])}),
        ("idea.edit", {"idea": node, "text": f"Other words {dice.random()}"}),
        ("idea.edit", {"idea": node, "text": "The same words"}),
        ("idea.remove", {"idea": node}),
        ("idea.put_back", {"idea": node}),
        ("my.undo", {}),
    ]
    do, args = dice.choice(chosen)
    driver.ask(dice.choice(["p-ann", "p-ben", "p-fay"]), do, activity=step, **args)


def diagram(dice: Random) -> tuple[Driver, str]:
    """A diagram under way: its second version, where what was there before is changed in another way."""
    driver, step = ready("driver_diagram")
    driver.do("p-fay", "step.open", activity=step)
    for _n in range(12):
        draw_something(driver, step, dice)
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "step.new_round", activity=step)
    return driver, step


def boards(dice: Random) -> tuple[Driver, str]:
    return opened(copies=True)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("begin", "something", "seen"),
    [(boards, group_something, grouped), (diagram, draw_something, drawn)],
    ids=["cluster", "driver_diagram"],
)
def test_a_board_put_back_is_what_it_was(
    begin: Callable[[Random], tuple[Driver, str]],
    something: Callable[[Driver, str, Random], None],
    seen: Callable[[Driver, str], Any],
    seed: int,
) -> None:
    dice = Random(seed)
    driver, step = begin(dice)
    was: dict[int, Any] = {}
    for turn in range(60):
        was[history(driver, step).number + 1] = seen(driver, step)
        something(driver, step, dice)
        if turn % 6 == 5 and history(driver, step).number:
            moment = dice.randint(1, history(driver, step).number)
            number = history(driver, step).number
            was[number + 1] = now = seen(driver, step)
            answer = driver.ask("p-gus", "board.put_back", activity=step, moment=moment)
            if isinstance(answer, Ack):
                assert history(driver, step).number == number + 1, "it is one change"
                was[number + 2] = seen(driver, step)
                same_but_for_what_came_since(was[moment], was[number + 2], now)
                if dice.random() < 0.7:
                    driver.do("p-gus", "my.undo", activity=step)
                    assert seen(driver, step) == now
    again = Ledger(driver.ledger.stream_id)
    again.load()
    assert again.state.steps[step].rounds[-1].memory == driver.state.steps[step].rounds[-1].memory


def same_but_for_what_came_since(then: Any, back: Any, before: Any) -> None:
    if not isinstance(then, dict):
        assert back == then
        return
    for node, was in then.items():
        *mine, measure = back[node]
        assert mine == list(was[:-1])
        assert measure == was[-1] or (not was[-1] and measure == before[node][-1])
    aims = {node for node in back if node not in then and back[node] != before[node]}
    assert len(aims) <= 1, "boxes written since stay as they are, but for a second aim"


# -- who, when, and what is offered ----------------------------------------------------------------------------------


def wrecked() -> tuple[Driver, str]:
    """Two groups with names, merged by somebody into one, who then takes that away."""
    driver, step = opened()
    driver.do("p-ann", "cluster.make", activity=step, ideas=["i1", "i2"], title="Buses")
    driver.do("p-ben", "cluster.make", activity=step, ideas=["i3", "i4"], title="Tea")
    driver.do("p-ann", "cluster.merge", activity=step, cluster="g2", into="g1")
    driver.do("p-ann", "cluster.remove", activity=step, cluster="g1")
    return driver, step


def test_only_facilitators_put_a_board_back_and_only_while_it_is_open_or_paused() -> None:
    driver, step = wrecked()
    asked = {"activity": step, "moment": 3}
    for person in ("p-ann", "p-obs"):
        assert driver.refused(person, "board.put_back", **asked) == "not_allowed"
    assert driver.refused("p-fay", "board.put_back", activity="a1", moment=1) == "no_such_activity"
    assert driver.refused("p-fay", "board.put_back", activity=step, moment=5) == "no_such_moment"
    driver.do("p-fay", "step.close", activity=step)
    assert driver.refused("p-fay", "board.put_back", **asked) == "not_open"
    assert offered(driver) == []
    driver.do("p-fay", "step.open", activity=step)
    driver.do("p-fay", "step.pause", activity=step)
    driver.do("p-fay", "room.freeze")
    put_back(driver, step, 3)
    assert groups(driver, step) == {"Buses": ["i1", "i2"], "Tea": ["i3", "i4"]}
    driver.do("p-fay", "room.thaw")
    driver.do("p-fay", "step.resume", activity=step)
    driver.do("p-fay", "my.undo", activity=step)
    assert groups(driver, step) == {}


def test_moments_are_offered_to_facilitators_alone_the_latest_first_with_who_did_what() -> None:
    driver, _step = wrecked()
    found = [(one["moment"], str(one["before"]), one["changes"]) for one in offered(driver)]
    assert found == [
        (4, "before Ann removed “Buses”", 1),
        (3, "before Ann merged “Tea” into another group", 2),
        (2, "before Ben made “Tea”", 3),
        (1, "before Ann made “Buses”", 4),
    ]
    for reader in READERS:
        text = str(driver.ledger.kind.show(driver.state, "stage", reader))
        parts = [driver.ledger.kind.show(driver.state, key, reader) for key in ("stage.moments", "moment-4")]
        listed = "moments" in driver.ledger.kind.lists(driver.state, reader)
        assert all(parts) == any(parts) == ("put_back" in text) == listed == (reader == FACILITATOR)


def test_of_many_changes_few_moments_are_offered_and_the_large_ones_among_them() -> None:
    past = History()
    for number in range(1, MOST_KEPT + 101):
        past.note(
            {("ideas", "g1"): [number]}, at=number, how="cluster.merge" if number == 300 else "idea.move"
        )
        chosen = [change.number for change in past.offered({"cluster.merge"})]
        assert chosen == sorted(set(chosen), reverse=True)
        assert chosen[0] == number
        assert chosen[-1] == max(1, number - MOST_KEPT + 1)
        assert len(chosen) <= MOST_OFFERED
    assert 300 in chosen
    assert not past.keeps(100)
    assert past.since(101)["ideas", "g1"] == [101]


def test_a_move_made_meanwhile_is_not_taken_back_unseen() -> None:
    driver, step = wrecked()
    stage = driver.ledger.kind.show(driver.state, "stage.moments", FACILITATOR)
    assert stage is not None
    seen = stage.context["put_back"]["changes"]
    asked = {"activity": step, "moment": 3}
    driver.do("p-ben", "cluster.make", activity=step, ideas=["i5"], title="Mine")
    assert driver.refused("p-fay", "board.put_back", **asked, seen=seen) == "changed_since"
    put_back(driver, step, 3, seen=seen + 1)
    assert groups(driver, step) == {"Buses": ["i1", "i2"], "Tea": ["i3", "i4"]}
    driver.do("p-ben", "idea.move", activity=step, idea="i6", to="g1")
    assert driver.refused("p-fay", "my.undo", activity=step) == "changed_since"
    put_back(driver, step, 6)
    assert groups(driver, step) == {"Mine": ["i5"]}, "the moment before putting back is a moment, too"


def test_what_was_hidden_stays_hidden_and_what_was_made_since_can_be_brought_back() -> None:
    driver, step = wrecked()
    driver.do("p-ben", "cluster.make", activity=step, ideas=["i5"], title="Mine")
    driver.do("p-fay", "idea.hide", idea="i1", reason="Names somebody")
    put_back(driver, step, 3)
    shown = driver.ledger.kind.lists(driver.state, "participant")
    assert shown["group-g1.ideas"] == ["idea-i2"]
    assert "idea-i5" in shown["loose"]
    driver.do("p-ben", "cluster.restore", activity=step, cluster="g3")
    assert groups(driver, step)["Mine"] == ["i5"]


def test_people_are_told_that_the_board_was_put_back_and_the_log_says_by_whom() -> None:
    driver, step = wrecked()
    driver.watch()
    heard: list[str] = []
    driver.heard = lambda _to, text: heard.append(text)
    put_back(driver, step, 3, by="p-gus")
    driver.flush(resume=True)
    driver.check()
    assert any("put the board back" in text for text in heard)
    assert board(driver, step).told[-1].name == "Gus"
    assert str(offered(driver)[0]["before"]) == "before Gus put the board back"


def test_a_suggestion_put_back_is_not_offered_for_taking_back_until_it_is_there_again() -> None:
    driver, step = opened()
    suggest(driver, step, {"title": "Suggested", "ideas": ["i1", "i2"]})
    put_back(driver, step, 1)
    assert driver.refused("p-gus", "cluster.undo_suggested", activity=step) == "nothing_to_undo"
    put_back(driver, step, 2)
    driver.do("p-gus", "cluster.undo_suggested", activity=step)
    assert groups(driver, step) == {}


# -- diagrams and matrices -------------------------------------------------------------------------------------------


def test_a_diagram_gets_back_its_boxes_and_words_and_keeps_what_was_written_since() -> None:
    driver, step = ready("driver_diagram")
    driver.do("p-fay", "step.open", activity=step)
    aim = box(driver, "p-fay", step, "aim", "Fewer letters lost by May")
    one = box(driver, "p-ann", step, "primary", "People know of it")
    two = box(driver, "p-ben", step, "secondary", "Staff mention it", under=one)
    moment = history(driver, step).number + 1
    driver.do("p-cat", "idea.edit", activity=step, idea=one, text="Nonsense")
    driver.do("p-cat", "idea.remove", activity=step, idea=two)
    since = box(driver, "p-ben", step, "secondary", "Written since", under=one)
    assert "Cat" not in str([str(change["before"]) for change in offered(driver)])
    put_back(driver, step, moment, seen=moment + 1)
    now = drawn(driver, step)
    assert now[one][0] == "People know of it"
    assert (now[two][1], now[two][2]) == (True, [one])
    assert (now[since][0], now[since][1]) == ("Written since", True)
    assert now[aim][1]
    editors = driver.state.steps[step].rounds[-1].memory.editors
    assert "p-fay" not in editors.get(one, set()), "whoever puts words back has not written them"
    driver.do("p-fay", "my.undo", activity=step)
    assert drawn(driver, step)[one][0] == "Nonsense"


@pytest.mark.parametrize("hidden", [False, True])
def test_words_of_the_version_before_come_back_unless_they_were_hidden_since(hidden: bool) -> None:
    driver, step = ready("driver_diagram")
    driver.do("p-fay", "step.open", activity=step)
    one = box(driver, "p-ann", step, "primary", "Somebody by name")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "step.new_round", activity=step)
    driver.do("p-cat", "idea.flag", idea=one)
    driver.do("p-ben", "idea.edit", activity=step, idea=one, text="People know of it")
    driver.do("p-ben", "driver.add", activity=step, level="primary", text="Another")
    other = f"i{driver.state.counters['i']}"
    driver.do("p-ben", "idea.edit", activity=step, idea=other, text="Another one")
    driver.do("p-ben", "idea.remove", activity=step, idea=other)
    if hidden:
        driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    if hidden:
        again = {"activity": step, "idea": f"i{driver.state.counters['i'] - 1}", "text": "Somebody by name"}
        assert driver.state.steps[step].rounds[-1].memory.nodes[again["idea"]].was == one
        assert driver.refused("p-ben", "idea.edit", **again) == "no_such_idea"
    driver.ask("p-fay", "board.put_back", activity=step, moment=1)
    shown = str(
        [driver.ledger.kind.show(driver.state, key, "participant") for key in ("stage", "stage.drawing")]
    )
    assert ("Somebody by name" in drawn(driver, step)[one][0]) != hidden
    assert ("Somebody by name" in shown) != hidden


def test_an_aim_that_comes_back_takes_the_place_of_the_one_written_since() -> None:
    driver, step = ready("driver_diagram")
    driver.do("p-fay", "step.open", activity=step)
    first = box(driver, "p-fay", step, "aim", "The first aim")
    driver.do("p-gus", "idea.remove", activity=step, idea=first)
    second = box(driver, "p-gus", step, "aim", "The second aim")
    put_back(driver, step, 1)
    assert [drawn(driver, step)[aim][1] for aim in (first, second)] == [True, False]
    driver.do("p-fay", "my.undo", activity=step)
    assert [drawn(driver, step)[aim][1] for aim in (first, second)] == [False, True]


def test_agreed_places_are_put_back_and_what_people_placed_stays() -> None:
    driver, step = ready("matrix")
    driver.do("p-fay", "step.open", activity=step)
    item, other, *_rest = items_of(driver, step)
    driver.do("p-ann", "matrix.put", activity=step, item=item, x=1, y=5)
    assert driver.refused("p-fay", "board.put_back", activity=step, moment=1) == "no_such_activity"
    driver.do("p-fay", "step.reveal", activity=step)
    driver.watch()
    driver.do("p-fay", "matrix.agree", activity=step, item=item, x=2, y=4)
    driver.do("p-gus", "matrix.agree", activity=step, item=item, x=5, y=1)
    driver.do("p-gus", "matrix.agree", activity=step, item=other, x=5, y=1)
    placings = driver.state.steps[step].rounds[-1].memory
    assert driver.refused("p-ann", "board.put_back", activity=step, moment=2) == "not_allowed"
    put_back(driver, step, 2, seen=3)
    driver.flush(resume=True)
    driver.check()
    assert placings.agreed == {item: (2, 4)}
    assert placings.mark("p-ann", item).x == 1
    put_back(driver, step, history(driver, step).number)
    assert placings.agreed == {item: (5, 1), other: (5, 1)}


def test_a_rooms_board_is_put_back_in_that_room_alone() -> None:
    driver, step = ready("cluster")
    driver.do("p-fay", "rooms.split", activity=step, how="size", size=2)
    driver.do("p-fay", "step.open", activity=step)
    assert driver.refused("p-fay", "board.put_back", activity=step, moment=1) == "in_rooms"
    rooms = driver.state.steps[step].breakout.rooms  # type: ignore[union-attr]
    for room in rooms:
        driver.group("p-fay", room, "i1", title="Ours")
        driver.do("p-fay", "cluster.remove", activity=room, cluster=next(iter(board(driver, room).groups)))
    put_back(driver, rooms[0], 2)
    assert [list(groups(driver, room)) for room in rooms] == [["Ours"]] + [[]] * (len(rooms) - 1)
    driver.do("p-fay", "rooms.visit", activity=step, room=rooms[0])
    part = driver.ledger.kind.show(driver.state, "moment-2", f"facilitator/{rooms[0]}")
    assert part is not None
    assert part.context["step"] == rooms[0]
