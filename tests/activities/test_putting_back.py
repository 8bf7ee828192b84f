"""Putting a common board back to an earlier moment: it is then what it was, for all that is still there; and undone."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from realtime.ledger import Ack, Ledger
from tests.activities.test_cluster import board, opened
from tests.activities.test_contract import ready
from tests.workshop_driver import Driver
from workshops.activities.driver_diagram.diagram import Diagram
from workshops.activities.registry import activity_of
from workshops.activities.shared.moments import History
from workshops.live.state import FACILITATOR

pytestmark = pytest.mark.django_db


def history(driver: Driver, step: str) -> History:
    found = activity_of(driver.state.steps[step].kind).history(driver.state.steps[step])
    assert found is not None
    return found


def put_back(driver: Driver, step: str, moment: int, by: str = "p-fay", **more: Any) -> None:
    driver.do(by, "board.put_back", activity=step, moment=moment, **more)


def offered(driver: Driver, reader: str = FACILITATOR) -> list[dict[str, Any]]:
    fragment = driver.ledger.kind.show(driver.state, "stage.moments", reader)
    assert fragment is not None
    return list(fragment.context["put_back"]["moments"])


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
