"""Scenes of the kinds in which people talk in writing, draw a map or plan together, and who may know what in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workshop_driver import Driver
from workshops.live.state import Idea


def post(driver: Driver, person: str, step: str, text: str, **more: Any) -> str:
    driver.do(person, "chat.post", activity=step, text=text, **more)
    return f"i{driver.state.counters['i']}"


def chat_scene(driver: Driver, step: str) -> None:
    hello = post(driver, "p-ann", step, "Hello from Ann")
    led = post(driver, "p-fay", step, "Welcome to all")
    if driver.state.steps[step].settings.moderated:
        driver.do("p-gus", "chat.let_through", activity=step, posts=[hello])
        turned = post(driver, "p-cat", step, "Not for here")
        driver.do("p-gus", "chat.turn_down", activity=step, post=turned, reason="Names somebody")
    driver.do("p-ben", "chat.reply", activity=step, post=hello, text="Hello Ann")
    driver.do("p-ben", "chat.react", activity=step, post=hello, reaction="agree")
    driver.do("p-cat", "chat.react", activity=step, post=hello, reaction="agree", on=True)
    driver.do("p-cat", "chat.react", activity=step, post=hello, reaction="agree")
    driver.do("p-cat", "my.undo", activity=step)
    live = driver.state.steps[step].rounds[-1].memory.live
    driver.do("p-fay", "chat.ask", activity=step, question="q2", seen=live)
    driver.do("p-fay", "chat.pin", activity=step, post=hello, on=True)
    driver.do("p-fay", "chat.highlight", activity=step, post=hello, on=True)
    second = post(driver, "p-ben", step, "An answer")
    driver.do("p-ben", "idea.edit", activity=step, idea=second, text="A better answer")
    driver.do("p-ben", "chat.retag", activity=step, post=second, question=live)
    driver.do("p-ben", "idea.remove", activity=step, idea=second)
    driver.do("p-ben", "idea.put_back", activity=step, idea=second)
    driver.do("p-fay", "chat.retag", activity=step, post=led, question="q2")
    driver.do("p-fay", "chat.lock", activity=step, question=live, on=True)
    driver.do("p-fay", "chat.lock", activity=step, question=live, on=False)
    driver.do("p-ann", "idea.flag", idea=led)
    driver.do("p-fay", "idea.hide", idea=led, reason="By mistake")
    driver.do("p-fay", "idea.restore", idea=led)
    driver.do("p-fay", "person.describe", person="p-ben", name="Benjamin")


def box(driver: Driver, person: str, step: str, level: str, text: str, **more: Any) -> str:
    driver.do(person, "driver.add", activity=step, level=level, text=text, **more)
    return f"i{driver.state.counters['i']}"


def driver_diagram_scene(driver: Driver, step: str) -> None:
    aim = box(driver, "p-fay", step, "aim", "Improve everything")
    driver.do("p-fay", "driver.keep", activity=step, node=aim, hint="vague")
    driver.do("p-fay", "driver.measure", activity=step, node=aim, text="Share of people seen")
    one = box(driver, "p-ann", step, "primary", "People know of it")
    two = box(driver, "p-ben", step, "primary", "People trust it")
    driver.do("p-cat", "driver.measure", activity=step, node=one, text="Calls a week")
    driver.do("p-ann", "driver.measure", activity=step, node=one, text="Calls a month")
    driver.do("p-ann", "my.undo", activity=step)
    shared = box(driver, "p-cat", step, "secondary", "Staff mention it", under=one)
    driver.do("p-ann", "driver.link", activity=step, node=shared, to=two, on=True)
    change = box(driver, "p-ben", step, "change", "Discuss a card in the letter", under=shared)
    driver.do("p-ben", "idea.edit", activity=step, idea=change, text="A card in every letter for a month")
    driver.do("p-ann", "driver.take", activity=step, item="i1", level="change", under=shared)
    driver.do("p-ann", "driver.take", activity=step, item="g1", level="secondary")
    driver.do("p-ann", "driver.link", activity=step, node=shared, to=one, on=False)
    driver.do("p-ann", "my.undo", activity=step)
    driver.do("p-ben", "idea.remove", activity=step, idea=one)
    driver.do("p-ben", "idea.put_back", activity=step, idea=one)
    driver.do("p-ann", "idea.flag", idea=two)
    driver.do("p-gus", "idea.hide", idea=two, reason="By mistake")
    driver.do("p-gus", "idea.restore", idea=two)
    driver.do("p-ben", "driver.measure", activity=step, node=one)
    driver.do("p-ben", "idea.remove", activity=step, idea=shared)
    driver.do("p-ben", "idea.edit", activity=step, idea=change, text="A card for everybody")
    driver.do("p-fay", "board.put_back", activity=step, moment=5)
    driver.do("p-fay", "my.undo", activity=step)


def entry(driver: Driver, person: str, step: str, stage: str, lane: str, text: str) -> str:
    driver.do(person, "journey.add", activity=step, stage=stage, lane=lane, text=text)
    return f"i{driver.state.counters['i']}"


def journey_map_scene(driver: Driver, step: str) -> None:
    one = entry(driver, "p-ann", step, "s1", "steps", "Waits for a letter")
    entry(driver, "p-ben", step, "s1", "steps", "Rings three times")
    entry(driver, "p-ben", step, "s2", "ideas", "A text with a name")
    driver.do("p-ann", "idea.edit", activity=step, idea=one, text="Waits six weeks for a letter")
    driver.do("p-ann", "idea.remove", activity=step, idea=one)
    driver.do("p-ann", "idea.put_back", activity=step, idea=one)
    driver.do("p-ann", "journey.feel", activity=step, stage="s1", level=-2)
    driver.do("p-ben", "journey.feel", activity=step, stage="s1", level=1)
    driver.do("p-ann", "journey.feel", activity=step, stage="s1", level=0)
    driver.do("p-ann", "my.undo", activity=step)
    driver.do("p-ben", "journey.feel", activity=step, stage="s1")
    if driver.state.steps[step].settings.visibility == "shared":
        driver.do("p-cat", "idea.flag", idea=one)
        driver.do("p-gus", "idea.hide", idea=one, reason="By mistake")
        driver.do("p-gus", "idea.restore", idea=one)


def propose(driver: Driver, person: str, step: str, text: str, **more: Any) -> str:
    """Propose an action; give its id. Who does it has the next one."""
    driver.do(person, "actions.propose", activity=step, text=text, **more)
    return f"i{driver.state.counters['i'] - bool(more.get('owner'))}"


def next_actions_scene(driver: Driver, step: str) -> None:
    one = propose(driver, "p-ann", step, "Ring the clinics", owner="Team lead", due="2025-11-03")
    two = propose(driver, "p-ben", step, "Print the card")
    driver.do("p-ben", "actions.owner", activity=step, idea=two, owner="The printer")
    driver.do("p-ben", "actions.owner", activity=step, idea=two, owner="Print room")
    driver.do("p-ben", "my.undo", activity=step)
    driver.do("p-ben", "actions.due", activity=step, idea=two, due="2025-12-01")
    driver.do("p-ben", "my.undo", activity=step)
    driver.do("p-ann", "idea.edit", activity=step, idea=one, text="Ring all clinics")
    driver.do("p-ann", "idea.remove", activity=step, idea=one)
    driver.do("p-ann", "idea.put_back", activity=step, idea=one)
    if driver.state.steps[step].settings.visibility == "shared":
        driver.do("p-cat", "idea.flag", idea=one)
        driver.do("p-gus", "idea.hide", idea=one, reason="By mistake")
        driver.do("p-gus", "idea.restore", idea=one)


MAPS_SCENES: dict[str, Callable[[Driver, str], None]] = {
    "chat": chat_scene,
    "driver_diagram": driver_diagram_scene,
    "journey_map": journey_map_scene,
    "next_actions": next_actions_scene,
}
MAPS_CHOSEN: dict[str, list[dict[str, Any]]] = {
    "chat": [
        {},
        {"moderated": True, "names": "facilitators"},
        {"welcome_minutes": 0, "names": "nobody"},
        {"moderated": True, "advance": "clock", "slow_seconds": 1},
    ],
    "driver_diagram": [
        {},
        {"edit_aim": "everybody", "names": "everybody"},
        {"names": "facilitators"},
    ],
    "journey_map": [{}, {"visibility": "private"}, {"names": "everybody"}],
    "next_actions": [
        {},
        {"visibility": "shared"},
        {"visibility": "shared", "names": "everybody", "number": 1},
    ],
}


# -- who may know what (for test_hidden.py) -------------------------------------------------------------------------


def post_is_through(driver: Driver, idea: Idea) -> bool:
    """Whether a facilitator let a post through, or none has to."""
    step = driver.state.steps[idea.step]
    passed = step.rounds[idea.round - 1].memory.passed
    return not step.settings.moderated or idea.id in passed


def always(driver: Driver, idea: Idea) -> bool:
    """What is written here everybody sees at once."""
    return True


def reads_first(driver: Driver, idea: Idea, to: str) -> bool:
    """Whether a facilitator has a post to look at."""
    people = driver.state.people
    role = people[to].role if to in people else to
    return role == "facilitator" and not idea.removed


MAPS_SHOWN: dict[str, Callable[[Driver, Idea], bool]] = {"chat": post_is_through, "driver_diagram": always}
MAPS_KNOWS: dict[str, Callable[[Driver, Idea, str], bool]] = {"chat": reads_first}
