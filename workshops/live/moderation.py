"""What facilitators may do with other people's ideas: hide with a reason, bring back, merge near-duplicates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from realtime.fields import Id, Many, Text
from realtime.kinds import Command, Dirty, Happened, NewEvent, Refused
from workshops.activities.registry import activity_of, writing_of
from workshops.activities.shared.choosing import Choosing
from workshops.live import words
from workshops.live.rules import Rules
from workshops.live.state import Idea, State

HIDE_BECAUSE = (
    _("It says something about a person."),
    _("It is rude or hurtful."),
    _("It does not answer the question."),
    _("It was written by mistake, or as a test."),
)
"""What facilitators are offered to say. The writer reads it as it stands here."""


def hide(state: State, command: Command, by: str) -> list[NewEvent]:
    """Take ideas off every board, with a reason. Their authors are told; they can be brought back."""
    state.facilitator(by)
    ideas = _chosen(state, command)
    reason = {"reason": command["reason"]}
    return [NewEvent("idea.hidden", {"idea": idea.id}, reason) for idea in ideas if idea.hidden is None]


def _hidden(state: State, event: Happened) -> Dirty:
    idea = state.ideas[event.body["idea"]]
    state.change_idea(idea, hidden=event.private.get("reason", ""))
    return _left_or_came(state, idea)


def restore(state: State, command: Command, by: str) -> list[NewEvent]:
    """Bring back a hidden or merged idea."""
    state.facilitator(by)
    idea = state.found_idea(command["idea"])
    if idea.hidden is None and idea.merged_into is None:
        return []
    return [NewEvent("idea.restored", {"idea": idea.id})]


def _restored(state: State, event: Happened) -> Dirty:
    idea = state.ideas[event.body["idea"]]
    into = idea.merged_into
    state.change_idea(idea, hidden=None, merged_into=None)
    dirty = _left_or_came(state, idea)
    if into is not None:
        state.ideas[into].stands_for -= 1
        dirty.keys.add(f"idea-{into}")
    return dirty


def merge(state: State, command: Command, by: str) -> list[NewEvent]:
    """Let one idea stand for several that say the same: the named one, or the first of those chosen.

    All are kept; a merged one can be restored.
    """
    state.facilitator(by)
    ideas = _chosen(state, command)
    into = _others_can_see(state, command["into"]) if command["into"] else ideas[0]
    merged = [idea for idea in ideas if idea is not into]
    if not merged or not all(idea.on_board for idea in (into, *merged)):
        raise Refused("bad_merge", _("Choose two or more different ideas that are on the board."))
    if any(idea.id in _on_open_ballots(state) for idea in (into, *merged)):
        raise Refused("ballot_fixed", _("The ballot can't change while people vote. Close the vote first."))
    return [NewEvent("idea.merged", {"idea": idea.id, "into": into.id}) for idea in merged]


def _on_open_ballots(state: State) -> set[str]:
    """Give what people are choosing between now: it is fixed until they have."""
    running = (step for step in state.steps.values() if step.running)
    return {
        item
        for step in running
        if isinstance(activity_of(step.kind), Choosing)
        for item in step.rounds[-1].memory.items
    }


def _merged(state: State, event: Happened) -> Dirty:
    idea = state.ideas[event.body["idea"]]
    into = event.body["into"]
    state.change_idea(idea, merged_into=into)
    state.ideas[into].stands_for += 1
    dirty = _left_or_came(state, idea)
    dirty.keys.add(f"idea-{into}")
    return dirty


def _chosen(state: State, command: Command) -> list[Idea]:
    chosen = command["ideas"] or ([command["idea"]] if command["idea"] else [])
    if not chosen:
        raise Refused("no_idea", _("Choose an idea first."))
    return [_others_can_see(state, idea_id) for idea_id in chosen]


def _others_can_see(state: State, idea_id: str) -> Idea:
    """Facilitators can act on what they see: hidden ideas are told apart from missing ones nowhere."""
    idea = state.found_idea(idea_id)
    origin = state.steps[idea.step]
    # What somebody flagged facilitators are shown, too.
    if idea.removed or not (idea.flags or writing_of(origin.kind).shown(origin, idea)):
        raise Refused("no_such_idea", words.NO_SUCH_IDEA)
    return idea


def _left_or_came(state: State, idea: Idea) -> Dirty:
    dirty = Dirty(
        keys={f"idea-{idea.id}", "stage.progress", "hidden", f"person-{idea.author}"},
        lists={"ideas"},
        people={idea.author} | state.merged_authors(idea),
    )
    for step in state.steps.values():
        if step.rounds and (not step.revealed or step.id == state.current):
            dirty.add(activity_of(step.kind).withdrawn(state, step, idea.id))
    return dirty


_IDEAS = {"idea": Id(required=False), "ideas": Many(required=False)}

MODERATION = Rules(
    commands={
        "idea.hide": ({**_IDEAS, "reason": Text(most=200, lines=False)}, hide),
        "idea.restore": ({"idea": Id()}, restore),
        "idea.merge": ({**_IDEAS, "into": Id(required=False)}, merge),
    },
    events={"idea.hidden": _hidden, "idea.restored": _restored, "idea.merged": _merged},
)
