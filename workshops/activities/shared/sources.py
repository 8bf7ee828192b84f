"""Where a step takes its ideas and groups from: from any kind in which people write ideas, and from groupings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext_lazy as _

from realtime.kinds import Refused, filled

if TYPE_CHECKING:
    from collections.abc import Collection

    from workshops.activities.base import Activity
    from workshops.activities.shared.writing import Writing
    from workshops.live.state import Idea, State, Step


def _kind(step: Step) -> Activity:
    from workshops.activities.registry import activity_of  # noqa: PLC0415 (the registry lists who looks here)

    return activity_of(step.kind)


def _writing(step: Step) -> Writing:
    return cast("Writing", _kind(step))


def sources_of(state: State, step: Step) -> list[Step]:
    """Give the steps whose ideas a step works with: the one its setting names, or all before it that give ideas.

    One that was split into rooms gives what was written in all of them.
    """
    chosen = state.steps.get(step.settings.source)
    if chosen is not None and _kind(chosen).gives_ideas:
        return [chosen, *state.rooms_of(chosen)]
    before: list[Step] = []
    for other in state.order():
        if other.id in (step.id, step.parent):
            break
        if _kind(other).gives_ideas:
            before += [other, *state.rooms_of(other)]
    return before


def grouping_of(state: State, step: Step) -> Step | None:
    """Give the grouping whose groups a step works with: the one its setting names, or the latest before it."""
    chosen = state.steps.get(step.settings.source)
    if chosen is not None and chosen.kind == "cluster":
        return chosen
    found = None
    for other in state.order():
        if other.id in (step.id, step.parent):
            break
        if other.kind == "cluster":
            found = other
    return found


def shown_ideas(state: State, steps: list[Step]) -> list[Idea]:
    """Give the ideas of these steps that everybody may see, in the order in which they were shown.

    What only a breakout room has seen so far is not among them.
    """
    found = ((step, idea) for step in steps for idea in _writing(step).board(state, step))
    return [
        idea for step, idea in found if not step.parent or step.rounds[idea.round - 1].revealed_at is not None
    ]


def visible(state: State, idea: Idea) -> bool:
    """Whether everybody may see an idea."""
    step = state.steps[idea.step]
    return _writing(step).visible(step, idea)


def card_context(state: State, step: Step, idea: Idea, reader: str) -> dict[str, Any]:
    """Give what the card of another step's idea shows in this one."""
    return _writing(state.steps[idea.step]).card_context(state, step, idea, reader)


def rounds_of(steps: list[Step]) -> dict[str, int]:
    """Give how many rounds each of these steps has had: what is built upon, and what comes later isn't."""
    return {step.id: len(step.rounds) for step in steps}


def still_private(steps: list[Step]) -> list[Step]:
    """Give the closed steps whose latest round only its writers, or only their breakout rooms, have seen."""
    return [
        step
        for step in steps
        if step.phase == "closed"
        and not step.revealed
        and (_writing(step).unseen(step) or step.parent or step.breakout is not None)
    ]


def must_be_shown(steps: list[Step], shown: Collection[str]) -> None:
    """Refuse to work with ideas that people were told nobody sees yet, unless `shown` says that it is about to end."""
    if not any(step.rounds for step in steps):
        raise Refused("no_ideas", _("There are no ideas to work with yet. Have some collected first."))
    for step in steps:
        if step.running and not _writing(step).ready_made:
            raise Refused(
                "still_writing", filled(_("“%(title)s” is still open. Close it first."), title=step.title)
            )
        if step.id not in shown and still_private([step]):
            raise Refused(
                "not_revealed",
                filled(
                    _("The ideas of “%(title)s” are still private. Show them to everyone first."),
                    title=step.title,
                ),
            )
