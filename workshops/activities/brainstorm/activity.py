"""Brainstorm: people write ideas, each alone until the reveal, beside a few of others', or on a shared board.

Settings and rules stand here, what people see in `views.py`, the memory of a round in `unveiling.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from realtime.fields import Id, Many, OneOf, Text, Whole
from workshops.activities import base
from workshops.activities.base import Command, Dirty, Happened, NewEvent, Refused, filled, setting
from workshops.activities.brainstorm.unveiling import OPEN, PASS, SAME, Unveiling
from workshops.activities.brainstorm.views import BrainstormViews, memory_of
from workshops.activities.shared.promises import joined, names_setting, who_wrote
from workshops.activities.shared.writing import (
    MOST_CHARACTERS,
    Writing,
    built_upon,
    own_piece,
    pieces_now,
    pieces_of,
)
from workshops.live import words
from workshops.live.state import FACILITATOR

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.live.state import Idea, Person, Round, State, Step

_LEADING = frozenset({"idea.let_through", "idea.turn_down", "idea.show", "idea.show_rest"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BrainstormSettings(base.Settings):
    """How ideas are written and who sees them when."""

    visibility: str = field(
        default="private",
        metadata=setting(
            _("While people write"),
            choices=(
                ("private", _("Each person sees only their own ideas until you show them all")),
                (
                    "suggestive",
                    _("Each person is also offered a few ideas of others, to agree with or to pass"),
                ),
                ("shared", _("Everybody sees every idea at once")),
            ),
            guarded=True,
        ),
    )
    reveal: str = field(
        default="whole",
        metadata=setting(
            _("When you show the ideas"),
            _("Of ideas that everybody sees at once nothing is left to show."),
            choices=(("whole", _("All at once")), ("one_by_one", _("One after another, as you choose"))),
            guarded=True,
        ),
    )
    moderated: bool = field(
        default=False,
        metadata=setting(
            _("Facilitators read ideas first"), _("Others see an idea once you let it through."), guarded=True
        ),
    )
    names: str = field(default="nobody", metadata=names_setting(_("Who sees who wrote an idea")))
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


class Brainstorm(BrainstormViews):
    """Writing ideas."""

    kind = "brainstorm"
    label = _("Brainstorm")
    about = _("Everybody writes ideas, one thought each.")
    icon = "lightbulb"
    verb = _("Start writing")
    minutes = 10
    Settings = BrainstormSettings
    foremost = ("visibility", "reveal", "names")
    gives_ideas = True
    commands: ClassVar = {
        **Writing.commands,
        "idea.add": {"activity": Id(), "text": Text(most=MOST_CHARACTERS)},
        "idea.suggest": {"activity": Id()},
        "idea.answer": {"activity": Id(), "idea": Id(), "answer": OneOf(choices=(SAME, PASS, OPEN))},
        "idea.let_through": {"activity": Id(), "ideas": Many()},
        "idea.turn_down": {"activity": Id(), "idea": Id(), "reason": Text(most=200, lines=False)},
        "idea.show": {"activity": Id(), "idea": Id(required=False), "shown": Whole(required=False)},
        "idea.show_rest": {"activity": Id()},
    }
    never_shown = _(
        "The ideas of “%(title)s” were never shown: their words are not put into the archive. "
        "Show them first if they should be."
    )
    shows_more: ClassVar = frozenset({"idea.let_through", "idea.shown", "idea.rest_shown"})

    # -- rules -----------------------------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Unveiling:
        settings = step.settings
        shared = settings.visibility == "shared"
        return Unveiling(
            checked=settings.moderated,
            one_by_one=settings.reveal == "one_by_one" and not shared,
            offering=settings.visibility == "suggestive",
        )

    def promise(self, settings: BrainstormSettings) -> StrOrPromise:
        read = _("A facilitator reads each idea before the others see it.") if settings.moderated else ""
        return joined(
            read, _seen(settings), who_wrote(settings.names, _("Your name stands with your ideas."))
        )

    def lost_at_close(self, step: Step) -> StrOrPromise:
        lost = super().lost_at_close(step)
        if lost or all(run.memory.is_shown(idea) for run in step.rounds for idea in run.memory.written):
            return lost
        sentence = _(
            "Some ideas of “%(title)s” were not shown to everybody: their words are not put into the archive. "
            "Show them first if they should be."
        )
        return filled(sentence, title=step.title)

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        if command.do in _LEADING:
            state.facilitator(by)
            return self._lead(state, step, command)
        person = state.contributor(by)
        if command.do == "idea.add":
            return self._add(state, step, command, person)
        if command.do == "idea.suggest":
            return self._suggest(state, step, command, by)
        if command.do == "idea.answer":
            return self._answer(state, step, command, by)
        if command.do == "idea.put_back":
            self._check_count(state, step, by, own_piece(state, step, command["idea"], by).round)
        return self.decide_writing(state, step, command, by)

    def _add(self, state: State, step: Step, command: Command, person: Person) -> list[NewEvent]:
        run = self.takes_writing(state, step, new=True)
        if built_upon(state, step, run.number):
            raise Refused("grouping_started", _("Grouping has started, so ideas stay as they are now."))
        self._check_count(state, step, person.id, run.number)
        more: dict[str, Any] = {"passed": True} if run.memory.checked and person.role == FACILITATOR else {}
        added = self.added(state, step, person.id, command["text"], **more)
        return [added, *(self._offers(state, step, command, person.id) if step.phase == "open" else [])]

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

    # -- ideas of others, to agree with ----------------------------------------------------------------------------

    def _offers(
        self, state: State, step: Step, command: Command, by: str, *, answered: int = 0
    ) -> list[NewEvent]:
        """Offer somebody ideas of others, where they have fewer than three before them."""
        memory: Unveiling = step.rounds[-1].memory
        if not memory.offering:
            return []

        def may(idea: str) -> bool:
            return state.ideas[idea].on_board and state.ideas[idea].author != by

        ideas = memory.next_for(by, may, command.seed, answered=answered)
        return [NewEvent("idea.offered", {"activity": step.id, "ideas": ideas})] if ideas else []

    def _suggest(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        run = self.must_be_open(step)
        if run.memory.offering and not pieces_now(state, step, by):
            raise Refused("write_first", _("Write an idea of your own first. Then you see some of others."))
        events = self._offers(state, step, command, by)
        if not events:
            raise Refused("nothing_new", _("There is no other idea for you to look at now."))
        return events

    def _answer(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        memory: Unveiling = self.must_be_open(step).memory
        idea, answer = command["idea"], command["answer"]
        before = memory.offers.get(by, {}).get(idea)
        if before is None or not state.ideas[idea].on_board:
            raise Refused("no_such_idea", words.NO_SUCH_IDEA)
        if before == answer:
            return []
        body = {"activity": step.id, "idea": idea, "answer": answer}
        more = self._offers(state, step, command, by, answered=1) if before == OPEN else []
        return [NewEvent("idea.answered", body), *more]

    # -- what facilitators let through and show ----------------------------------------------------------------------

    def _lead(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        if step.round is None:
            raise Refused("not_open", words.NOT_OPEN)
        if command.do == "idea.turn_down":
            idea = state.found_idea(command["idea"])
            if idea.step != step.id or not self.beside(step, idea):
                raise Refused("no_such_idea", words.NO_SUCH_IDEA)
            return [NewEvent("idea.hidden", {"idea": idea.id}, {"reason": command["reason"]})]
        if command.do == "idea.let_through":
            return self._let_through(state, step, command)
        return self._show(state, step, command)

    def _let_through(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        found = [state.found_idea(idea) for idea in dict.fromkeys(command["ideas"])]
        there = [idea for idea in found if idea.step == step.id and self.beside(step, idea) == "waiting"]
        if not there:
            raise Refused("no_idea", _("Choose an idea first. It may be let through already."))
        self._must_not_be_used(state, step, there)
        body = {"activity": step.id, "ideas": [idea.id for idea in there]}
        return [NewEvent("idea.let_through", body)]

    def _show(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        """Show a chosen idea, or the next in the mixed order, or all that is left."""
        if not step.revealed:
            raise Refused("not_revealed", _("Begin to show the ideas first. That closes the writing."))
        left = self.unshown(state, step)
        if command.do == "idea.show" and command["shown"] not in (None, self.count_shown(step)):
            raise Refused("moved_on", words.MOVED_ON)
        if command.do == "idea.show" and command["idea"]:
            left = [idea for idea in left if idea.id == command["idea"]]
        if not left:
            raise Refused("nothing_to_show", _("No idea waits to be shown here. It may be shown already."))
        self._must_not_be_used(state, step, left)
        if command.do == "idea.show_rest":
            return [NewEvent("idea.rest_shown", {"activity": step.id})]
        return [NewEvent("idea.shown", {"activity": step.id, "idea": left[0].id})]

    @staticmethod
    def _must_not_be_used(state: State, step: Step, ideas: list[Idea]) -> None:
        """What others group or vote on must not grow under their hands."""
        if any(built_upon(state, step, idea.round) for idea in ideas):
            raise Refused(
                "grouping_started", _("Others work with these ideas already, so no more can be shown.")
            )

    # -- what happened ---------------------------------------------------------------------------------------------

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        body, memory = event.body, step.rounds[-1].memory
        if event.kind in self.EVENTS:
            return self._apply_writing(state, step, event)
        if event.kind == "idea.offered":
            memory.offer(event.actor, body["ideas"])
            return Dirty(people={event.actor})
        if event.kind == "idea.answered":
            memory.answer(event.actor, body["idea"], body["answer"])
            return Dirty(people={event.actor})
        if event.kind == "idea.rest_shown":
            for idea in self.unshown(state, step):
                memory_of(step, idea).show([idea.id])
            for run in step.rounds:
                run.memory.all_shown = run.memory.all_shown or run.revealed_at is not None
            return Dirty(whole=True, everybody=True, say=[(None, _("All ideas are shown."))])
        dirty = Dirty()
        for name in body["ideas"] if event.kind == "idea.let_through" else [body["idea"]]:
            idea = state.ideas[name]
            if event.kind == "idea.let_through":
                memory_of(step, idea).let_through(name)
            else:
                memory_of(step, idea).show([name])
                dirty.say.append((None, _("The next idea is shown.")))
            dirty.add(self.where(state, step, idea))
        return dirty

    def _apply_writing(self, state: State, step: Step, event: Happened) -> Dirty:
        if event.kind == "idea.edited":
            idea = state.ideas[event.body["idea"]]
            run = step.rounds[idea.round - 1]
            if run.revealed_at is not None and self.shown(step, idea):
                run.memory.changed_from.setdefault(idea.id, len(idea.earlier))
        idea = self.apply_writing(state, step, event)
        memory = memory_of(step, idea)
        if event.kind == "idea.added":
            memory.came(idea.id)
            if event.body.get("passed"):
                memory.let_through(idea.id)
        (memory.written.discard if idea.removed else memory.written.add)(idea.id)
        dirty = self.changed_by(state, step, idea, event, "ideas")
        if self.beside(step, idea) or idea.removed:
            dirty.add(Dirty(keys={f"idea-{idea.id}"}, lists={"waiting", "unshown"}))
        dirty.keys |= self.with_it(memory)
        dirty.people |= memory.offered_to.get(idea.id, set())
        return dirty

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        idea = state.ideas.get(item)
        if idea is None or idea.step != step.id:
            return Dirty()
        written = memory_of(step, idea).written
        (written.add if idea.on_board else written.discard)(item)
        return self.where(state, step, idea)

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        if event.kind == "idea.answered":
            idea = event.body["idea"]
            before = step.rounds[-1].memory.offers[event.actor][idea]
            return {"do": "idea.answer", "activity": step.id, "idea": idea, "answer": before}
        return super().inverse(state, step, event) if event.kind in self.EVENTS else None

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        before = step.rounds[-1].memory.offers.get(person, {})
        offers = [idea for idea, said in before.items() if said == OPEN and state.ideas[idea].on_board]
        if offers and pretender.chance(5):
            answer = SAME if pretender.chance(4) else PASS
            return {"do": "idea.answer", "activity": step.id, "idea": offers[0], "answer": answer}
        written = len(pieces_now(state, step, person))
        enough = min(step.settings.most_ideas or 4, 4)
        if written >= enough or (written and pretender.chance(3)):
            return None
        text = pretender.words(most=min(140, step.settings.most_characters))
        return {"do": "idea.add", "activity": step.id, "text": text}


def _seen(settings: BrainstormSettings) -> StrOrPromise:
    """Say who sees an idea when."""
    one_by_one = settings.reveal == "one_by_one"
    if settings.visibility == "shared":
        return _("Then everybody sees it.") if settings.moderated else _("Everybody sees the ideas.")
    if settings.visibility == "suggestive":
        if one_by_one:
            return _(
                "While people write, some are shown your idea, to say whether they think so too, "
                "or to ask a facilitator to look at it. "
                "Later the facilitators see all ideas and show them to everybody one after another. "
                "How many think so too is shown, not who."
            )
        return _(
            "While people write, some are shown your idea, to say whether they think so too, "
            "or to ask a facilitator to look at it. "
            "The others see it when the facilitator shows all ideas. How many think so too is shown, not who."
        )
    if one_by_one:
        return _(
            "Nobody else is shown what you write until the facilitators begin to show the ideas. "
            "Then they see all of them, and show them to everybody one after another."
        )
    if settings.moderated:
        return _("Nobody else is shown what you write until the facilitator shows the ideas.")
    return _("Nobody else is shown what you write until the facilitator shows all ideas.")
