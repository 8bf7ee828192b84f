"""What of a workshop suggestions are asked about: texts of ideas that everybody sees, and the groups that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workshops.activities.shared.sources import shown_ideas, sources_of
from workshops.live.state import FACILITATOR
from workshops.suggest.engine.matter import MOST_IDEAS, Text, There

if TYPE_CHECKING:
    from workshops.activities.cluster.groups import Board
    from workshops.live.state import Idea, Person, State, Step


MOST_OF_A_GROUP = 50
"""So many ideas say what a group is about. All are compared with all, which costs memory by the square."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A board, as a suggestion needs it."""

    loose: list[Text]
    there: list[There]
    apart: list[str]
    """Groups without a name whose ideas are taken as loose ones."""
    texts: dict[str, str]
    named: frozenset[str]
    """Groups that people gave a name."""


def may_ask(step: Step, person: Person) -> bool:
    """Whether somebody may ask for suggested groups now."""
    if step.kind != "cluster" or step.phase != "open" or person.removed or person.role == "observer":
        return False
    everybody = step.settings.who == step.settings.who_asks == "everybody"
    return everybody or person.role == FACILITATOR


def to_group(state: State, step: Step, *, fill: bool, apart: bool) -> Asked:
    """Gather the ideas in no group, and the groups that are there.

    With `fill` these may be given more. With `apart` those without a name are taken apart first.
    """
    board: Board = step.rounds[-1].memory
    ideas = {
        idea.id: idea
        for idea in shown_ideas(
            state, [state.steps[source] for source in board.sources if source in state.steps]
        )
    }
    opened = [group.id for group in board.groups.values() if apart and not group.title and group.ideas]
    placed = board.placed() - {idea for key in opened for idea in board.groups[key].ideas}
    there = [
        There(
            id=group.id,
            title=group.title,
            ideas=[_text(ideas[idea]) for idea in group.ideas if idea in ideas][:MOST_OF_A_GROUP],
        )
        for group in board.groups.values()
        if fill and group.id not in opened
    ]
    loose = [_text(idea) for idea in ideas.values() if idea.id not in placed][:MOST_IDEAS]
    named = frozenset(group.id for group in board.groups.values() if group.title)
    return Asked(loose, there, opened, {idea.id: idea.text for idea in ideas.values()}, named)


def on_ballot(state: State, step: Step) -> list[Text]:
    """Give the ideas that will stand on a ballot; none if it is about none, or is under way."""
    if step.running or getattr(step.settings, "target", "") not in ("ideas", "both"):
        return []
    return [_text(idea) for idea in shown_ideas(state, sources_of(state, step))][:MOST_IDEAS]


def _text(idea: Idea) -> Text:
    return Text(id=idea.id, text=idea.text)
