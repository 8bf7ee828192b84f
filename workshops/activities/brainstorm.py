"""Brainstorm: people write ideas, each alone until the reveal, or on a shared board from the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from realtime.fields import Id, Text
from workshops.activities import base
from workshops.activities.base import (
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
from workshops.activities.writing import MOST_CHARACTERS, Writing, built_upon, own_piece, pieces_of
from workshops.live import words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.live.state import Idea, Round, State, Step


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


class Brainstorm(Writing):
    """Writing ideas."""

    kind = "brainstorm"
    label = _("Brainstorm")
    about = _("Everybody writes ideas, one thought each.")
    icon = "lightbulb"
    verb = _("Start writing")
    minutes = 10
    Settings = BrainstormSettings
    gives_ideas = True
    commands: ClassVar = {
        **Writing.commands,
        "idea.add": {"activity": Id(), "text": Text(most=MOST_CHARACTERS)},
    }

    # -- rules -----------------------------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> None:
        return None

    def promise(self, settings: BrainstormSettings) -> StrOrPromise:
        names = {
            "nobody": _("Nobody is shown who wrote what."),
            "facilitators": _("Facilitators see who wrote what, nobody else does."),
            "everybody": _("Your name stands with your ideas."),
        }[settings.names]
        if settings.visibility == "private":
            until = _("Nobody else is shown what you write until the facilitator shows all ideas.")
            return filled(_("%(until)s %(names)s"), until=until, names=names)
        return filled(_("%(until)s %(names)s"), until=_("Everybody sees the ideas."), names=names)

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
        if command.do != "idea.add":
            if command.do == "idea.put_back":
                self._check_count(state, step, by, own_piece(state, step, command["idea"], by).round)
            return self.decide_writing(state, step, command, by)
        number = self.takes_writing(state, step, new=True).number
        if built_upon(state, step, number):
            raise Refused("grouping_started", _("Grouping has started, so ideas stay as they are now."))
        self._check_count(state, step, by, number)
        return [self.added(state, step, by, command["text"])]

    def takes_writing(self, state: State, step: Step, *, new: bool) -> Round:
        """Give the latest round. Late ideas can be switched off; changing what one has written can't be."""
        if step.phase == "paused":
            raise Refused("paused", words.PAUSED)
        if step.round is None or (new and step.phase != "open" and not step.settings.late_ideas):
            raise Refused("not_open", words.NOT_OPEN)
        return step.round

    def _check_count(self, state: State, step: Step, by: str, number: int) -> None:
        most = step.settings.most_ideas
        if most and sum(1 for idea in pieces_of(state, step, by) if idea.round == number) >= most:
            sentence = ngettext_lazy(
                "You have written your %(most)d idea. Change it or remove it to write another.",
                "You have written all of your %(most)d ideas. Change one, or remove one to write another.",
                most,
            )
            raise Refused("no_ideas_left", filled(sentence, most=most))

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        return self.changed_by(state, step, self.apply_writing(state, step, event), event, "ideas")

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        written = sum(idea.round == len(step.rounds) for idea in pieces_of(state, step, person))
        enough = min(step.settings.most_ideas or 4, 4)
        if written >= enough or (written and pretender.chance(3)):
            return None
        text = pretender.words(most=min(140, step.settings.most_characters))
        return {"do": "idea.add", "activity": step.id, "text": text}

    # -- views -----------------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        return {"ideas": [f"idea-{idea.id}" for idea in self.board(state, step)]}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        return self.card(state, step, key, reader)

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        settings = step.settings
        used = built_upon(state, step, len(step.rounds))
        return {
            "private": settings.visibility == "private",
            "shown": settings.visibility == "shared" or step.revealed,
            "names": settings.names,
            "late_ideas": settings.late_ideas,
            "most_characters": settings.most_characters,
            "most_ideas": settings.most_ideas,
            "can_write": step.phase == "open" and not used,
            "can_write_late": step.phase in ("closed", "revealed") and settings.late_ideas and not used,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        written = pieces_of(state, step, person)
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
                        "editable": step.phase != "paused" and not built_upon(state, step, idea.round),
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
        count = len(pieces_of(state, step, person))
        return ngettext("%(count)d idea", "%(count)d ideas", count) % {"count": count}

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        ideas = self.in_order(step, [idea for idea in state.ideas_of(step.id) if idea.round == run.number])
        outcome: dict[str, Any] = {"ideas": [state.gid(idea.id) for idea in ideas]}
        shown = step.settings.visibility == "shared" or run.revealed_at is not None
        return outcome if shown else outcome | {"withheld": "not_shown"}
