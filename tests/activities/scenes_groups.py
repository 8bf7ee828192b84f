"""Scenes of the kinds in which people work in groups or read each other's cards, and who may know what in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workshop_driver import Driver
from workshops.live.state import Idea


def twenty_five_ten_scene(driver: Driver, step: str) -> None:
    for person in ("p-ann", "p-ben", "p-cat"):
        driver.do(person, "crowd.write", activity=step, text=f"Bold {person[2:].upper()}", first="Ask")
    driver.do("p-ann", "crowd.write", activity=step, text="Bolder", first="Ask")
    card = driver.state.written_by("p-ben")[-1].id
    driver.do("p-ben", "idea.remove", activity=step, idea=card)
    driver.do("p-ben", "idea.put_back", activity=step, idea=card)
    driver.do("p-fay", "crowd.next", activity=step, stage=0)
    _score_all(driver, step)
    driver.join("p-zoe")
    driver.do("p-zoe", "crowd.help", activity=step)
    driver.do("p-gus", "crowd.next", activity=step, stage=1)
    _score_all(driver, step)
    flagged = driver.state.steps[step].rounds[-1].memory.card_for("p-cat")
    driver.do("p-cat", "idea.flag", idea=flagged)
    driver.do("p-gus", "idea.hide", idea=flagged, reason="Names somebody")
    driver.do("p-gus", "idea.restore", idea=flagged)


def _score_all(driver: Driver, step: str) -> None:
    deck = driver.state.steps[step].rounds[-1].memory
    for number, person in enumerate(deck.places):
        card = deck.card_for(person)
        driver.do(person, "crowd.score", activity=step, card=card, score=number % 5 + 1)
        driver.do(person, "crowd.score", activity=step, card=card, score=(number + 2) % 5 + 1)


def one_two_four_all_scene(driver: Driver, step: str) -> None:
    ids = {}
    for person in ("p-ann", "p-ben", "p-cat"):
        driver.do(person, "four.write", activity=step, text=f"Alone {person[2:].upper()}")
        ids[person] = driver.state.written_by(person)[-1].id
    driver.do("p-ann", "idea.edit", activity=step, idea=ids["p-ann"], text="Alone and better")
    driver.do("p-fay", "four.warn", activity=step, stage=1, here="p-ann p-ben p-cat")
    driver.do("p-fay", "four.next", activity=step, stage=1, here="p-ann p-ben")
    driver.do("p-ann", "four.bring", activity=step, idea=ids["p-ann"])
    driver.do("p-cat", "four.join", activity=step)
    driver.do("p-gus", "four.visit", activity=step, team="2-1")
    driver.do("p-ben", "four.write", activity=step, text="Ours")
    driver.do("p-ben", "idea.edit", activity=step, idea=ids["p-ben"], text="Alone and other")
    driver.do("p-ben", "four.link", activity=step, link="https://video.example.org/two")
    driver.do("p-gus", "four.link", activity=step, team="2-1", link="")
    driver.do("p-ann", "four.put_down", activity=step, idea=ids["p-ann"])
    driver.do("p-ann", "my.undo", activity=step)
    driver.do("p-cat", "idea.flag", idea=ids["p-ann"])
    driver.do("p-gus", "four.visit", activity=step)
    driver.do("p-gus", "four.next", activity=step, stage=2)
    driver.do("p-gus", "four.visit", activity=step, team="3-1")
    driver.do("p-cat", "four.bring", activity=step, idea=ids["p-ann"])
    driver.do("p-cat", "four.choose", activity=step, idea=ids["p-ann"])
    team = driver.state.steps[step].rounds[-1].memory.teams["3-1"]
    seat = next(seat for seat, person in team.seats.items() if person == "p-cat")
    driver.do("p-ann", "four.gone", activity=step, seat=seat)
    driver.do("p-cat", "four.join", activity=step)
    driver.do("p-fay", "four.regroup", activity=step, here="p-ann p-ben")
    driver.do("p-fay", "four.next", activity=step, stage=3)
    driver.do("p-ann", "four.choose", activity=step)
    driver.do("p-ann", "four.choose", activity=step, idea=ids["p-ann"])
    driver.do("p-ann", "idea.edit", activity=step, idea=ids["p-ann"], text="Alone and best")


GROUPS_SCENES: dict[str, Callable[[Driver, str], None]] = {
    "one_two_four_all": one_two_four_all_scene,
    "twenty_five_ten": twenty_five_ten_scene,
}
GROUPS_CHOSEN: dict[str, list[dict[str, Any]]] = {
    "one_two_four_all": [{}, {"mix": True, "new_faces": False}],
    "twenty_five_ten": [{}, {"afterwards": "top"}],
}


# -- who may know what (for test_hidden.py) -------------------------------------------------------------------------


def card_is_shown(driver: Driver, idea: Idea) -> bool:
    """Whether a card was called out: its mean of at least three scores (or as many as there are rounds) reaches
    what was called."""
    run = driver.state.steps[idea.step].rounds[idea.round - 1]
    deck = run.memory
    scores = list(deck.scores.get(idea.id, {}).values())
    if run.revealed_at is None or (not deck.rest_shown and deck.called is None):
        return False
    if deck.rest_shown:
        return True
    least = min(3, len(deck.shifts))
    return len(scores) >= least > 0 and round(sum(scores) * 500 / len(scores), 3) >= deck.called - 0.5


def reads_card(driver: Driver, idea: Idea, to: str) -> bool:
    """Whether somebody has this card in front of them to score."""
    step = driver.state.steps[idea.step]
    deck = step.rounds[idea.round - 1].memory
    if not step.running or idea.round != len(step.rounds) or not deck.stage or to not in deck.places:
        return False
    return bool(deck.ring[(deck.places[to] + deck.shifts[deck.stage - 1]) % len(deck.ring)] == idea.id)


def is_shared(driver: Driver, idea: Idea) -> bool:
    """Whether a group of four chose it, and all are together."""
    run = driver.state.steps[idea.step].rounds[idea.round - 1]
    chosen = {team.chosen for team in run.memory.teams.values() if team.id.startswith("3-")}
    return idea.id in chosen and (run.memory.stage == 4 or run.revealed_at is not None)


def stood_on_their_board(driver: Driver, idea: Idea, to: str) -> bool:
    """Whether it stands on the board of somebody's group, their pair, or the group they look at."""
    memory = driver.state.steps[idea.step].rounds[idea.round - 1].memory
    places = {memory.at.get(to), memory.was.get(to), memory.visits.get(to)}
    return any(idea.id in team.board + team.off for team in memory.teams.values() if team.id in places)


def works_with(driver: Driver, person: str, to: str) -> bool:
    """Whether somebody is in the same group, or looks at it."""
    step = driver.state.step
    if step is None or step.kind != "one_two_four_all" or not step.rounds:
        return False
    memory = step.rounds[-1].memory
    return memory.at.get(to) is not None and memory.at[to] in (
        memory.at.get(person),
        memory.visits.get(person),
    )


SHOWN: dict[str, Callable[[Driver, Idea], bool]] = {
    "one_two_four_all": is_shared,
    "twenty_five_ten": card_is_shown,
}
KNOWS: dict[str, Callable[[Driver, Idea, str], bool]] = {
    "one_two_four_all": stood_on_their_board,
    "twenty_five_ten": reads_card,
}
