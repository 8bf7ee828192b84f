"""Poll: one question, up to ten answers. By default nobody sees how many chose what until the result is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from realtime.fields import Id, Many
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
from workshops.activities.shared.answers import Answering, Answers, bars, kept
from workshops.activities.shared.fields import things_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Pretender
    from workshops.live.state import Round, State, Step

MOST_OPTIONS = 10
NONE = "none"
"""The answer of those for whom nothing fits, or who would rather not say. It stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSettings(base.Settings):
    """What can be answered, and who sees the result when."""

    options: str = field(
        default="Yes\nNo\nNot sure",
        metadata=setting(
            _("Answers to choose from"),
            _("One on each line, two to ten. They stay as they are once somebody has answered."),
            lines=(2, MOST_OPTIONS),
            most=100,
        ),
    )
    choose: str = field(
        default="one",
        metadata=setting(
            _("Each person chooses"),
            choices=(("one", _("One answer")), ("several", _("Several answers"))),
            guarded=True,
        ),
    )
    results: str = field(
        default="hidden",
        metadata=setting(
            _("Result"),
            choices=(
                ("hidden", _("Hidden until you close the poll and show it")),
                ("live", _("Everybody sees how many chose what while people answer")),
            ),
            guarded=True,
        ),
    )
    least: int = field(
        default=1,
        metadata=setting(
            _("If several: at least"),
            _("An answer counts from so many on."),
            least=1,
            most=MOST_OPTIONS,
            guarded=True,
        ),
    )
    most: int = field(
        default=0,
        metadata=setting(
            _("If several: at most"), _("0 means as many as they like."), most=MOST_OPTIONS, guarded=True
        ),
    )
    none: bool = field(
        default=True,
        metadata=setting(
            _("Offer “None of these, or I'd rather not say”"), _("It is counted too."), guarded=True
        ),
    )
    facilitators_vote: bool = field(
        default=False, metadata=setting(_("Facilitators take part too"), guarded=True)
    )

    @classmethod
    def checked(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Check also what no single field can know."""
        values = super(PollSettings, cls).checked(given)
        count = len(things_in(values["options"]))
        if values["choose"] == "several" and values["least"] > (values["most"] or count):
            raise Refused(
                "bad_setting", _("“At least” must not be more than “at most” or than there are answers.")
            )
        return values


@dataclass(slots=True)
class Ballot(Answers):
    """The memory of one round."""

    options: tuple[str, ...] | None = None
    """The answers to choose from, fixed by the first who answers."""


class Poll(Answering):
    """Answering one question."""

    kind = "poll"
    label = _("Poll")
    about = _("One question with up to ten answers to choose from.")
    icon = "chart-bar"
    verb = _("Start the poll")
    minutes = 3
    Settings = PollSettings
    commands: ClassVar = {
        "poll.choose": {"activity": Id(), "option": Id()},
        "poll.take_back": {"activity": Id(), "option": Id()},
        "poll.answer": {"activity": Id(), "options": Many(most=MOST_OPTIONS)},
    }
    changes_only_its_round: ClassVar = frozenset({"poll.answered"})

    # -- rules -----------------------------------------------------------------------------------------------------

    def begin(self, state: State, step: Step) -> Ballot:
        return Ballot()

    def promise(self, settings: PollSettings) -> StrOrPromise:
        if settings.results == "live":
            return _(
                "Everybody sees how many chose what while people answer. Nobody is shown who chose what."
            )
        return _(
            "Nobody is shown the result until the facilitator shows it. "
            "It says how many chose what, never who chose what."
        )

    def may_change(self, state: State, step: Step, new: Mapping[str, Any]) -> None:
        super().may_change(state, step, new)
        if step.revealed or step.round is None or not self.answers(step.round).chosen:
            return
        if new.get("options", step.settings.options) != step.settings.options:
            raise Refused("promised", _("Somebody has answered already, so the answers stay as they are."))

    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        self.taker(state, step, by)
        run = self.must_be_open(step)
        before = list(self.answers(run).of(by))
        wanted = self._wanted(step, run, before, command)
        if wanted == before:
            return []
        return [NewEvent("poll.answered", {"activity": step.id, "options": wanted})]

    def _wanted(self, step: Step, run: Round, before: list[str], command: Command) -> list[str]:
        """Give the whole answer that a command asks for, in the order of the options."""
        options = [option for option, _label in self.options(run)]
        asked = command["options"] if command.do == "poll.answer" else [command["option"]]
        if any(option not in options for option in asked):
            raise Refused("no_such_option", _("This answer is not there to choose from."))
        if command.do == "poll.take_back":
            return [option for option in before if option not in asked]
        if command.do == "poll.choose" and step.settings.choose == "several" and NONE not in asked:
            asked = [option for option in options if option in {*before, *asked} and option != NONE]
        if len(asked) > 1 and (NONE in asked or step.settings.choose == "one"):
            raise Refused("too_many_chosen", _("Only one answer can be chosen here."))
        most = step.settings.most
        if most and step.settings.choose == "several" and len(asked) > most:
            sentence = ngettext_lazy(
                "You can choose %(most)d answer. Take it back to choose another.",
                "You can choose up to %(most)d answers. Take one back to choose another.",
                most,
            )
            raise Refused("too_many_chosen", filled(sentence, most=most))
        return [option for option in options if option in asked]

    def options(self, run: Round) -> list[tuple[str, StrOrPromise]]:
        """Give what can be chosen, as (id, words)."""
        words = run.memory.options or tuple(things_in(run.settings.options))
        options: list[tuple[str, StrOrPromise]] = [(f"o{n}", text) for n, text in enumerate(words, 1)]
        if run.settings.none:
            options.append((NONE, _("None of these, or I'd rather not say")))
        return options

    @staticmethod
    def _missing(settings: PollSettings, chosen: tuple[str, ...]) -> int:
        """Count how many more must be chosen for an answer to count."""
        if not chosen or NONE in chosen or settings.choose == "one":
            return 0
        return max(0, settings.least - len(chosen))

    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        run = step.rounds[-1]
        ballot: Ballot = run.memory
        if ballot.options is None:
            ballot.options = tuple(things_in(run.settings.options))
        chosen = tuple(event.body["options"])
        ballot.put(event.actor, chosen, counts=not self._missing(run.settings, chosen))
        keys = {"stage.progress"}
        if self.shows_results(step):
            keys.add("stage.result")
        return Dirty(keys=keys, people={event.actor})

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        before = self.answers(step.rounds[-1]).of(event.actor)
        return {"do": "poll.answer", "activity": step.id, "options": list(before)}

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        run = step.rounds[-1]
        if self.answers(run).of(person) and not pretender.chance(1):
            return None
        option, _label = pretender.one_of(self.options(run))
        if option in self.answers(run).of(person):
            return None
        return {"do": "poll.choose", "activity": step.id, "option": option}

    # -- views -----------------------------------------------------------------------------------------------------

    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        return {}

    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        if key != "stage.result" or not self.shows_results(step):
            return None
        return Fragment("workshops/parts/answers.html", {"result": self._result(state, step)})

    def _result(self, state: State, step: Step) -> dict[str, Any]:
        run = step.rounds[-1]
        turnout = self.turnout(state, step, run)
        rows = bars(self.options(run), self.answers(run), turnout["answered"])
        return {"title": step.title, "rows": rows, "several": run.settings.choose == "several", **turnout}

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        return {
            "may_answer": self.takes_part(step, reader),
            "secret": not self.live(step.settings),
            "result": self._result(state, step) if self.shows_results(step) else None,
        }

    def own(self, state: State, step: Step, person: str) -> Own:
        if not step.rounds or not self.takes_part(step, state.people[person].role):
            return Own()
        run = step.rounds[-1]
        chosen, rules = self.answers(run).of(person), run.settings
        several = rules.choose == "several"
        full = several and bool(rules.most) and NONE not in chosen and len(chosen) >= rules.most
        context = {
            "step": step.id,
            "open": step.phase == "open",
            "several": several,
            "least": rules.least,
            "most": rules.most,
            "missing": self._missing(rules, chosen),
            "answered": bool(chosen),
            "options": [
                {
                    "id": option,
                    "label": str(label),
                    "chosen": option in chosen,
                    "full": full and option != NONE,
                }
                for option, label in self.options(run)
            ],
        }
        return Own({"chosen": list(chosen)}, {"own-answer": Fragment(self.template("own"), context)})

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        counts = super().progress(state, step)
        if counts and step.settings.choose == "several" and step.settings.least > 1:
            answers = self.answers(step.rounds[-1])
            begun = len(answers.chosen) - len(answers.counting)
            counts.append((str(begun), ngettext("has begun", "have begun", begun)))
        return counts

    # -- results ---------------------------------------------------------------------------------------------------

    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        turnout = self.turnout(state, step, run)
        rules = run.settings
        rule: dict[str, Any] = {"choose": rules.choose, "results": rules.results}
        if rules.choose == "several":
            rule |= {"least": rules.least, "most": rules.most}
        if not self.was_shown(run):  # people were told that the result stays hidden until it is shown
            return {**rule, **turnout, "withheld": "not_shown", "choices": []}
        rows = bars(self.options(run), self.answers(run), turnout["answered"])
        return {**rule, **turnout, "choices": kept(rows)}
