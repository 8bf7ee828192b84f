"""Brainstorm: people write ideas, each alone until the reveal, or on a shared board from the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from realtime.fields import Id, Text
from workshops.activities import base
from workshops.activities.base import (
    Activity,
    Command,
    Dirty,
    Fragment,
    Happened,
    NewEvent,
    Own,
    Refused,
    filled,
    setting,
)
from workshops.live import words
from workshops.live.state import FACILITATOR, Idea

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Round, State, Step

MOST_CHARACTERS = 2000
MOST_IDEAS = 200
"""So many ideas one person can write in one round, those removed again included, whatever the setting says:
everybody's screen holds them all, so nobody may make them without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrainstormSettings(base.Settings):
    """How ideas are written and who sees them when."""

    visibility: str = field(
        default="private",
        metadata=setting(
            _("While people write"),
            choices=(
                ("private", _("Each person sees only their own ideas until you show them all")),
                ("shared", _("Everybody sees every idea at once")),
            ),
            guarded=True,
        ),
    )
    names: str = field(
        default="nobody",
        metadata=setting(
            _("Who sees who wrote an idea"),
            choices=(
                ("nobody", _("Nobody on screen, not even facilitators")),
                ("facilitators", _("Facilitators only")),
                ("everybody", _("Everybody")),
            ),
            guarded=True,
        ),
    )
    most_characters: int = field(
        default=280, metadata=setting(_("Longest idea, in characters"), least=20, most=MOST_CHARACTERS)
    )
    most_ideas: int = field(
        default=0,
        metadata=setting(_("Most ideas from one person"), _("0 means as many as they like."), most=100),
    )
    late_ideas: bool = field(
        default=True,
        metadata=setting(
            _("Take late ideas"),
            _("People may still send what they were writing after you close, until grouping starts."),
        ),
    )


class Brainstorm(Activity):
    """Writing ideas."""

    kind = "brainstorm"
    label = _("Brainstorm")
    about = _("Everybody writes ideas, one thought each.")
    icon = "lightbulb"
    verb = _("Start writing")
    minutes = 10
    Settings = BrainstormSettings
    commands: ClassVar = {
        "idea.add": {"activity": Id(), "text": Text(most=MOST_CHARACTERS)},
        "idea.edit": {"activity": Id(), "idea": Id(), "text": Text(most=MOST_CHARACTERS)},
        "idea.remove": {"activity": Id(), "idea": Id()},
        "idea.put_back": {"activity": Id(), "idea": Id()},
    }

    # -- rules -----------------------------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> None:
        return None

    def lost_at_close(self, step: Step) -> StrOrPromise:
        if step.settings.visibility == "shared" or all(run.revealed_at is not None for run in step.rounds):
            return ""
        sentence = _(
            "The ideas of “%(title)s” were never shown: their words are not put into the archive. "
            "Show them first if they should be."
        )
        return filled(sentence, title=step.title)

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        state.contributor(by)
        latest = self._must_take_writing(step, new=command.do == "idea.add").number
        body: dict[str, Any] = {"activity": step.id}
        if command.do == "idea.add":
            self._must_not_be_built_upon(state, step, latest)
            self._check_length(step, command["text"])
            self._check_count(state, step, by, latest)
            self._check_room(state, step, by, latest)
            body |= {"idea": state.new_id("i"), "round": latest}
            return [NewEvent("idea.added", body, {"text": command["text"]})]
        idea = self._own_idea(state, step, command["idea"], by)
        self._must_not_be_built_upon(state, step, idea.round)
        body["idea"] = idea.id
        if command.do == "idea.edit":
            if idea.removed:
                raise Refused("no_such_idea", words.NO_SUCH_IDEA)
            self._check_length(step, command["text"])
            if command["text"] == idea.text:
                return []
            return [NewEvent("idea.edited", body, {"text": command["text"]})]
        if (command.do == "idea.remove") == idea.removed:
            return []
        if command.do == "idea.put_back":
            self._check_count(state, step, by, idea.round)
            return [NewEvent("idea.put_back", body)]
        return [NewEvent("idea.removed", body)]

    @staticmethod
    def _must_take_writing(step: Step, *, new: bool) -> Round:
        """Give the latest round. Late ideas can be switched off; changing what one has written can't be."""
        if step.phase == "paused":
            raise Refused("paused", words.PAUSED)
        if step.round is None or (new and step.phase != "open" and not step.settings.late_ideas):
            raise Refused("not_open", words.NOT_OPEN)
        return step.round

    def _must_not_be_built_upon(self, state: State, step: Step, number: int) -> None:
        if self.built_upon(state, step, number):
            raise Refused("grouping_started", _("Grouping has started, so ideas stay as they are now."))

    @staticmethod
    def built_upon(state: State, step: Step, number: int) -> bool:
        """Whether another activity has begun to work with the ideas of this round."""
        return any(
            other.rounds and getattr(other.rounds[-1].memory, "sources", {}).get(step.id, 0) >= number
            for other in state.steps.values()
        )

    @staticmethod
    def _check_length(step: Step, text: str) -> None:
        most, over = step.settings.most_characters, len(text) - step.settings.most_characters
        if over > 0:
            sentence = ngettext_lazy(
                "This is %(over)d character too long. Up to %(most)d fit.",
                "This is %(over)d characters too long. Up to %(most)d fit.",
                over,
            )
            raise Refused("too_long", filled(sentence, over=over, most=most))

    def _check_count(self, state: State, step: Step, by: str, number: int) -> None:
        most = step.settings.most_ideas
        if most and sum(1 for idea in self._of(state, step, by) if idea.round == number) >= most:
            sentence = ngettext_lazy(
                "You have written your %(most)d idea. Change it or remove it to write another.",
                "You have written all of your %(most)d ideas. Change one, or remove one to write another.",
                most,
            )
            raise Refused("no_ideas_left", filled(sentence, most=most))

    @staticmethod
    def _check_room(state: State, step: Step, by: str, number: int) -> None:
        if sum(idea.round == number for idea in state.sheet(step.id).by.get(by, ())) >= MOST_IDEAS:
            sentence = _(
                "You have written %(most)d ideas in this round, and no more fit. Change one of them instead."
            )
            raise Refused("no_ideas_left", filled(sentence, most=MOST_IDEAS))

    @staticmethod
    def _of(state: State, step: Step, by: str) -> list[Idea]:
        return [idea for idea in state.sheet(step.id).by.get(by, ()) if not idea.removed]

    @staticmethod
    def _own_idea(state: State, step: Step, idea_id: str, by: str) -> Idea:
        idea = state.found_idea(idea_id)
        if idea.author != by or idea.step != step.id:
            # The same words as for one that isn't there: whether it exists may be hidden.
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        if idea.hidden is not None or idea.merged_into is not None:
            raise Refused("no_such_idea", _("The facilitator has taken this idea off the board."))
        return idea

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        idea_id = event.body["idea"]
        if event.kind == "idea.added":
            text = event.private.get("text", "")
            idea = Idea(idea_id, step.id, event.body["round"], event.actor, text, event.at)
            state.add_idea(idea)
        else:
            idea = state.ideas[idea_id]
        if event.kind == "idea.edited":
            idea.earlier.append(idea.text)
            idea.text = event.private.get("text", "")
        elif event.kind != "idea.added":
            state.change_idea(idea, removed=event.kind == "idea.removed")
        return self._dirty(state, step, idea, event)

    def _dirty(self, state: State, step: Step, idea: Idea, event: Happened) -> Dirty:
        dirty = Dirty(keys={"stage.progress"}, people={event.actor} | state.merged_authors(idea))
        if self.shown(step, idea):
            dirty.keys.add(f"idea-{idea.id}")
            if event.kind != "idea.edited":
                dirty.lists.add("ideas")
        if idea.stands_for:
            dirty.keys.add("hidden")
        if step.settings.names != "nobody":  # see `done_by`
            dirty.keys.add(f"person-{event.actor}")
        return dirty

    # -- views -----------------------------------------------------------------------------------------------------

    @staticmethod
    def visible(step: Step, idea: Idea) -> bool:
        """Whether an idea may be seen by others than its author."""
        return idea.on_board and Brainstorm.shown(step, idea)

    @staticmethod
    def shown(step: Step, idea: Idea) -> bool:
        """Whether others see the ideas of this one's round."""
        return step.settings.visibility == "shared" or step.rounds[idea.round - 1].revealed_at is not None

    def _board(self, state: State, step: Step) -> list[Idea]:
        return in_order(step, [idea for idea in state.ideas_of(step.id) if self.visible(step, idea)])

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        return {"ideas": [f"idea-{idea.id}" for idea in self._board(state, step)]}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        idea = state.ideas.get(key.removeprefix("idea-"))
        if idea is None or idea.step != step.id or not self.visible(step, idea):
            return None
        return Fragment("workshops/parts/idea.html", idea_context(state, step, idea, reader))

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        settings = step.settings
        built_upon = self.built_upon(state, step, len(step.rounds))
        return {
            "private": settings.visibility == "private",
            "shown": settings.visibility == "shared" or step.revealed,
            "names": settings.names,
            "late_ideas": settings.late_ideas,
            "most_characters": settings.most_characters,
            "most_ideas": settings.most_ideas,
            "can_write": step.phase == "open" and not built_upon,
            "can_write_late": step.phase in ("closed", "revealed") and settings.late_ideas and not built_upon,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        written = self._of(state, step, person)
        mine = [idea for idea in written if idea.on_board]
        most = step.settings.most_ideas
        fragment = Fragment(
            self.template("own"),
            {
                "step": step.id,
                "ideas": [
                    {
                        "id": idea.id,
                        "text": idea.text,
                        "edited": bool(idea.earlier),
                        "editable": step.phase != "paused" and not self.built_upon(state, step, idea.round),
                        "undo": {"do": "idea.put_back", "activity": step.id, "idea": idea.id},
                    }
                    for idea in mine
                ],
                "taken_off": [self._taken_off(state, idea) for idea in written if not idea.on_board],
                "most_characters": step.settings.most_characters,
                "also_above": step.settings.visibility == "private" and step.revealed,
            },
        )
        data: dict[str, Any] = {"mine": [idea.id for idea in mine], "written": len(mine)}
        if most:
            data["left"] = max(0, most - sum(idea.round == len(step.rounds) for idea in written))
        return Own(data, {"own-ideas": fragment})

    @staticmethod
    def _taken_off(state: State, idea: Idea) -> dict[str, Any]:
        """Say what became of an idea: hidden, perhaps with a reason, or merged into one that is named if it is seen."""
        into = state.ideas[idea.merged_into] if idea.merged_into else None
        return {
            "text": idea.text,
            "hidden": idea.hidden is not None,
            "reason": idea.hidden or "",
            "into": into.text if into and into.hidden is None and not into.removed else "",
        }

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        sheet = state.sheet(step.id)
        written = (str(sheet.on_board), ngettext("idea written", "ideas written", sheet.on_board))
        unseen = step.settings.visibility == "private" and all(run.revealed_at is None for run in step.rounds)
        if step.settings.names != "everybody" and not unseen:
            return [written]  # a number that moves as an idea appears would say whether its writer has others
        writers = len(sheet.on_board_by)
        return [written, (str(writers), ngettext("person with an idea", "people with an idea", writers))]

    def done_by(self, state: State, step: Step, person: str) -> str:
        if step.settings.names == "nobody":
            return ""  # a count that grows as an idea appears would say whose it is
        count = len(self._of(state, step, person))
        return ngettext("%(count)d idea", "%(count)d ideas", count) % {"count": count}

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        ideas = in_order(step, [idea for idea in state.ideas_of(step.id) if idea.round == run.number])
        outcome: dict[str, Any] = {"ideas": [state.gid(idea.id) for idea in ideas]}
        shown = step.settings.visibility == "shared" or run.revealed_at is not None
        return outcome if shown else outcome | {"withheld": "not_shown"}


MIX = 2**32


def mixed(idea: Idea) -> int:
    """Give an idea's place, from 0 to below `MIX`, in the order in which private ideas are shown.

    Mixed once for the whole workshop, so that the quickest writers aren't read first and neighbours say nothing of
    who wrote when. It rests only on ids, so every process and every replay shows the same. Ids themselves are still
    counted as ideas are written: this keeps the order off every page and table, not from somebody who sorts ids.
    """
    return int(idea.id[1:]) * 2654435761 % MIX


def in_order(step: Step, ideas: list[Idea]) -> list[Idea]:
    """Give a brainstorm's ideas in the order in which others see them."""
    if step.settings.visibility == "private":
        return sorted(ideas, key=lambda idea: (idea.round, mixed(idea)))
    return ideas


def idea_context(state: State, step: Step, idea: Idea, reader: str) -> dict[str, Any]:
    """Give what the idea's card shows. Never an author's id, and nothing of one viewer."""
    origin = state.steps[idea.step]
    names = origin.settings.names
    named = names == "everybody" or (names == "facilitators" and reader == FACILITATOR)
    author = state.people.get(idea.author)
    return {
        "id": idea.id,
        "step": step.id,
        "text": idea.text,
        "edited": bool(idea.earlier) and origin.revealed,
        "by": author.name if named and author else "",
        "merged": idea.stands_for,
        "moderate": reader == FACILITATOR,
    }
