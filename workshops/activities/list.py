"""Prepared list: ideas that facilitators bring in, from a text, a file or an earlier workshop, to be worked on.

Every line is an idea like others. It also says where it came from, and whether it may be quoted outside the Lab: its
words may be somebody else's, so the facilitator's own consent does not speak for them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from realtime.fields import Group, Id, OneOf, Text, Whole, read_form
from workshops.activities import base
from workshops.activities.base import Command, Dirty, Fragment, Happened, NewEvent, Refused, filled, setting
from workshops.activities.shared.writing import MOST_CHARACTERS, Writing, built_upon
from workshops.live import words
from workshops.live.identifying import must_not_identify
from workshops.live.state import FACILITATOR, Brought, Idea

if TYPE_CHECKING:
    from collections.abc import Collection

    from django_stubs_ext import StrOrPromise

    from workshops.live.state import Round, State, Step

MOST_LINES = 1000
MOST_AT_ONCE = 1000
HOW = ("typed", "pasted", "file", "workshop")
QUOTED = ("internal", "unnamed")

_LINE = {
    "text": Text(most=MOST_CHARACTERS),
    "how": OneOf(choices=HOW),
    "consent": OneOf(choices=QUOTED),
    "row": Whole(most=100_000, required=False),
    "source": Text(most=200, lines=False, required=False),
    "gid": Text(most=64, lines=False, required=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSettings(base.Settings):
    """How long a line may be."""

    most_characters: int = field(
        default=280, metadata=setting(_("Longest line, in characters"), least=20, most=MOST_CHARACTERS)
    )


class PreparedList(Writing):
    """Ideas that were there before the workshop."""

    kind = "list"
    label = _("Prepared list")
    about = _(
        "Ideas that you bring in: typed, pasted, from a file or an earlier workshop. Group, vote or rank them next."
    )
    icon = "list-plus"
    verb = _("Show the list")
    minutes = 5
    Settings = ListSettings
    gives_ideas = True
    ready_made = True
    commands: ClassVar = {
        **Writing.commands,
        "list.add": {"activity": Id(), "text": Text(most=MOST_CHARACTERS)},
        "list.bring": {"activity": Id(), "what": Group()},
    }

    # -- rules -----------------------------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> None:
        return None

    def promise(self, settings: ListSettings) -> StrOrPromise:
        return _("The facilitators brought these in. Nobody here is shown as their writer.")

    def names(self, step: Step) -> str:
        return "nobody"

    def shown(self, step: Step, idea: Idea) -> bool:
        """Whether participants see it: once the list was shown."""
        return bool(step.rounds)

    def consent(self, step: Step, idea: Idea) -> str | None:
        return idea.brought.consent if idea.brought else None

    def rests_on(self, state: State, step: Step, idea: Idea) -> tuple[Collection[str], list[Idea]]:
        """A copy of what somebody wrote in this very workshop goes no further than that, whatever becomes of it."""
        stream, _slash, local = (idea.brought.gid if idea.brought else "").rpartition("/")
        piece = state.ideas.get(local) if stream == state.stream else None
        return (), [piece] if piece is not None else []

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        state.facilitator(by)
        if built_upon(state, step, len(step.rounds)) and step.rounds:
            raise Refused("grouping_started", _("Grouping has started, so ideas stay as they are now."))
        if command.do == "list.add":
            line = {"text": command["text"], "how": "typed", "consent": "internal"}
            return self._bring(state, step, [line])
        if command.do == "list.bring":
            return self._bring(state, step, _lines_of(command["what"]))
        return self._change(state, step, command)

    def _bring(self, state: State, step: Step, lines: list[dict[str, Any]]) -> list[NewEvent]:
        there = len(state.sheet(step.id).ideas)
        if there + len(lines) > MOST_LINES:
            sentence = _("A list holds up to %(most)d ideas. There are %(there)d already.")
            raise Refused("list_full", filled(sentence, most=MOST_LINES, there=there))
        return [self._line(state, step, line, ahead) for ahead, line in enumerate(lines)]

    def _line(self, state: State, step: Step, line: dict[str, Any], ahead: int) -> NewEvent:
        self.must_fit(step, line["text"])
        must_not_identify(line["text"])
        body = {"activity": step.id, "idea": state.new_id("i", ahead), "round": max(1, len(step.rounds))}
        body |= {name: line[name] for name in ("how", "consent", "row", "gid") if line.get(name)}
        private = {"text": line["text"]} | ({"source": line["source"]} if line.get("source") else {})
        return NewEvent("idea.added", body, private)

    def _change(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        """Change or take out a line: any facilitator may, whoever brought it in."""
        idea = state.found_idea(command["idea"])
        if idea.step != step.id or idea.hidden is not None or idea.merged_into is not None:
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        return self.decide_change(step, command, idea)

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        idea = self.apply_writing(state, step, event)
        if event.kind == "idea.added":
            body = event.body
            idea.brought = Brought(
                body["how"],
                body["consent"],
                body.get("row", 0),
                event.private.get("source", ""),
                body.get("gid", ""),
            )
        dirty = self.changed_by(state, step, idea, event)
        dirty.keys.add(f"idea-{idea.id}")
        dirty.lists.add("ideas")
        return dirty

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        # Bringing in a thousand lines is no single act that could be taken back line by line.
        return None if event.kind == "idea.added" else Writing.inverse(self, state, step, event)

    # -- views -----------------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        if reader != FACILITATOR and not step.rounds:
            return {"ideas": []}
        return {"ideas": [f"idea-{idea.id}" for idea in state.ideas_of(step.id)]}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        idea = state.ideas.get(key.removeprefix("idea-"))
        if idea is None or idea.step != step.id or not idea.on_board:
            return None
        if reader != FACILITATOR and not self.shown(step, idea):
            return None
        context = self.card_context(state, step, idea, reader)
        if reader == FACILITATOR and idea.brought:
            context["from"] = came_from(idea.brought)
            context["editable"] = not (step.rounds and built_upon(state, step, len(step.rounds)))
            context["most_characters"] = step.settings.most_characters
        return Fragment(self.template("line"), context)

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        used = bool(step.rounds) and built_upon(state, step, len(step.rounds))
        return {
            "shown": bool(step.rounds),
            "can_add": reader == FACILITATOR and not used,
            "most_characters": step.settings.most_characters,
        }

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        count = state.sheet(step.id).on_board
        return [(str(count), ngettext("idea on the list", "ideas on the list", count))]

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        lines = [idea for idea in state.ideas_of(step.id) if idea.round <= run.number]
        ways = Counter(idea.brought.how for idea in lines if idea.brought)
        return {
            "ideas": [state.gid(idea.id) for idea in lines],
            "ways": [{"how": how, "count": ways[how]} for how in HOW if ways[how]],
            "brought": [
                {"idea": state.gid(idea.id), "how": idea.brought.how, "from": idea.brought.gid}
                for idea in lines
                if idea.brought
            ],
        }


def _lines_of(what: dict[str, Any]) -> list[dict[str, Any]]:
    """Read what was brought in, line by line and strictly. Raises Refused."""
    given = what.get("lines")
    if not isinstance(given, list) or set(what) != {"lines"}:
        raise Refused("bad_field", _("“what”: this must hold lines."))
    if not 0 < len(given) <= MOST_AT_ONCE:
        sentence = _("Bring in from 1 to %(most)d ideas at once.")
        raise Refused("bad_field", filled(sentence, most=MOST_AT_ONCE))
    lines = []
    for line in given:
        if not isinstance(line, dict):
            raise Refused("bad_field", _("“what”: this must hold lines."))
        lines.append(read_form(_LINE, line))
    return lines


def came_from(brought: Brought) -> StrOrPromise:
    """Say for facilitators where a line came from."""
    if brought.how == "file":
        return filled(_("%(source)s, row %(row)d"), source=brought.source, row=brought.row)
    if brought.how == "workshop":
        return filled(_("from “%(source)s”"), source=brought.source)
    return _("pasted") if brought.how == "pasted" else _("typed in")


__all__ = ["MOST_LINES", "PreparedList", "came_from"]
