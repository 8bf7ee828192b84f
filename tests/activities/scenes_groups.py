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


GROUPS_SCENES: dict[str, Callable[[Driver, str], None]] = {"twenty_five_ten": twenty_five_ten_scene}
GROUPS_CHOSEN: dict[str, list[dict[str, Any]]] = {"twenty_five_ten": [{}, {"afterwards": "top"}]}


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


SHOWN: dict[str, Callable[[Driver, Idea], bool]] = {"twenty_five_ten": card_is_shown}
KNOWS: dict[str, Callable[[Driver, Idea, str], bool]] = {"twenty_five_ten": reads_card}
