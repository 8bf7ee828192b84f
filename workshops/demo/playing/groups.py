"""1-2-4-All and 25/10: who is with whom, and who reads which card, is what the rules say on the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workshops.activities.one_two_four_all.gathering import ALONE, FOURS, PAIRS
from workshops.activities.twenty_five_ten.deck import TOP, rounds_for
from workshops.demo.chance import graded
from workshops.demo.told import problems_of

if TYPE_CHECKING:
    from workshops.demo.scene import Scene
    from workshops.live.state import State

STAGES = 4
READING = 40_000
"""Milliseconds that it takes to read a card, or to find one's place."""


def gather(scene: Scene) -> None:
    """Everybody notes a problem, pairs look at both, and a foursome turns what it has into a question."""
    problems = problems_of(scene.day.data)
    for place, (at, person) in enumerate(scene.turns(part=ALONE, of=STAGES)):
        scene.ask(at, person, "four.write", text=problems[place % len(problems)])
    _go_on(scene, ALONE)
    for at, person in scene.turns(part=PAIRS, of=STAGES):
        scene.ask(at, person, "four.bring", idea=_own(scene, person))
    _go_on(scene, PAIRS)
    _ask_questions(scene)
    _go_on(scene, FOURS)


def _go_on(scene: Scene, stage: int) -> None:
    here = " ".join(scene.actor(person) for person in scene.day.came)
    scene.lead(scene.ends_part(stage, STAGES), "four.next", stage=stage, here=here)


def _own(scene: Scene, person: str) -> str:
    """Give what somebody wrote here."""
    state: State = scene.day.play.ledger.state
    written = state.ideas_of(scene.slot.activity)
    return next(idea.id for idea in written if idea.author == scene.actor(person))


def _ask_questions(scene: Scene) -> None:
    """Have each foursome put up what its people brought, and choose the question that they make of it."""
    questions = [question["text"] for question in scene.day.data["questions"]]
    at = scene.ends_part(PAIRS, STAGES)
    for place, team in enumerate(list(scene.memory.now())):
        who = [scene.key(actor) for actor in team.people]
        for person in who:
            at += 5000
            scene.ask(at, person, "four.bring", idea=_own(scene, person))
        if place < len(questions):
            scene.ask(at + 2000, who[0], "four.write", text=questions[place])
            scene.ask(at + 4000, who[-1], "four.choose", idea=scene.day.play.last("i"))


def crowd(scene: Scene) -> None:
    """Write a card, then read and score others'. Who wrote none helps with reading."""
    for place, card in enumerate(scene.told["cards"]):
        at = scene.slot.opens + 15_000 * (place + 1)
        scene.ask(at, card["by"], "crowd.write", text=card["text"], first=card["first"])
    rounds = rounds_for(len(scene.told["cards"]))
    writers = {card["by"] for card in scene.told["cards"]}
    for stage in range(1, rounds + 1):
        scene.lead(scene.ends_part(stage, rounds + 1), "crowd.next", stage=stage - 1)
        _score_all(scene, scene.ends_part(stage, rounds + 1), writers)


def _score_all(scene: Scene, at: int, writers: set[str]) -> None:
    """Have everybody score the card that they read in this round; before the first one, helpers take a place."""
    doing = []
    for person in scene.day.came:
        if scene.memory.stage == 1 and person not in writers:
            scene.ask(at, person, "crowd.help")
        card = scene.memory.card_for(scene.actor(person))
        fields = {"activity": scene.slot.activity, "card": card, "score": _score(scene, person, card)}
        doing.append((person, "crowd.score", fields))
    scene.day.play.ask_all(at + READING, doing)


def _score(scene: Scene, person: str, card: str) -> int:
    text = scene.day.play.ledger.state.ideas[card].text
    return 1 + graded("bold", person, text)


def call_out(scene: Scene, at: int) -> None:
    """Call out the cards from the top, and show the others, too."""
    deck = scene.memory
    while sum(deck.is_shown(card) for card in deck.ring) < TOP:
        scene.lead(at, "crowd.call", called=deck.called or 0)
        at += 20_000
    scene.lead(at, "crowd.show_rest")
