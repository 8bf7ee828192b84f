"""The interface of an activity kind. `docs/adding-an-activity.md` shows how to write one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from realtime.kinds import Command, Dirty, Fragment, Happened, NewEvent, Own, Refused, filled
from workshops.activities.shared.fields import LinesField, LongField
from workshops.live import words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from realtime.fields import Form
    from workshops.activities.shared.moments import Change, History
    from workshops.activities.shared.stages import Onward
    from workshops.live.state import Person, Round, State, Step

GRACE_MS = 10_000
"""After time is up, people have this long to finish their sentence before the activity closes by itself."""


GIVES_IDEAS = "*"
"""Stands in a source setting's `takes` for every kind in which people write ideas."""


def setting(
    label: StrOrPromise,
    help_text: StrOrPromise = "",
    *,
    choices: tuple[tuple[str, StrOrPromise], ...] = (),
    least: int = 0,
    most: int = 1000,
    guarded: bool = False,
    takes: tuple[str, ...] = (),
    lines: tuple[int, int] | None = None,
    long: bool = False,
) -> dict[str, Any]:
    """Describe one setting for the form that edits it; pass the result as a dataclass field's `metadata`.

    A `guarded` setting is part of what people were promised: it can't be changed after the first contribution.
    One that `takes` kinds (or `GIVES_IDEAS`) holds the id of an earlier activity of such a kind, or nothing.
    One with `lines` (the fewest and the most) holds one thing on each line, each up to `most` characters long; a
    `long` one holds a text of up to `most` characters.
    """
    return {
        "label": label,
        "help_text": help_text,
        "choices": choices,
        "least": least,
        "most": most,
        "guarded": guarded,
        "takes": takes,
        "lines": lines,
        "long": long,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a facilitator can choose for an activity. Every kind adds its own fields to these."""

    when_time_is_up: str = "tell"

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Take what a log holds: unknown names are left out, missing ones get their default."""
        return cls(**{field.name: given[field.name] for field in fields(cls) if field.name in given})

    @classmethod
    def form_fields(cls) -> dict[str, forms.Field]:
        """Make the form's fields, in the order in which the kind names them, the shared ones last."""
        named = sorted(fields(cls), key=lambda field: field.name == "when_time_is_up")
        return {field.name: _form_field(field.default, field.metadata or _TIME_IS_UP) for field in named}

    @classmethod
    def checked(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """Check settings strictly. Raises Refused naming the first bad one."""
        known = cls.form_fields()
        unknown = [name for name in given if name not in known]
        if unknown:
            raise Refused("unknown_field", _("There is no such setting here."))
        form = type("SettingsForm", (forms.Form,), dict(known))(
            {name: field.initial for name, field in known.items()} | dict(given)
        )
        if not form.is_valid():
            name, errors = next(iter(form.errors.items()))
            raise Refused("bad_setting", f"{known[name].label}: {errors[0]}")
        return dict(form.cleaned_data)

    @classmethod
    def guarded(cls) -> set[str]:
        """Give the names of settings that are promises."""
        return {field.name for field in fields(cls) if field.metadata.get("guarded")}


_TIME_IS_UP: Mapping[str, Any] = setting(
    _("When time is up"),
    choices=(
        ("tell", _("Say so, and leave the activity open")),
        ("close", _("Close it after ten more seconds")),
    ),
)


def _form_field(default: Any, about: Mapping[str, Any]) -> forms.Field:
    shared = {"label": about["label"], "help_text": about["help_text"], "initial": default, "required": False}
    if isinstance(default, bool):
        return forms.BooleanField(**shared)
    shared["required"] = True
    if isinstance(default, int):
        return forms.IntegerField(min_value=about["least"], max_value=about["most"], **shared)
    if about["choices"]:
        return forms.ChoiceField(choices=about["choices"], **shared)
    if about.get("lines"):
        return LinesField(*about["lines"], longest=about["most"], **shared)
    if about.get("long"):
        return LongField(max_length=about["most"], **{**shared, "required": False})
    return forms.CharField(max_length=40, **{**shared, "required": False})


type Show = Literal["stage", "console", "screen"]


class Pretender(Protocol):
    """One simulated person of a rehearsal: makes choices after their own temperament."""

    def chance(self, of_ten: int) -> bool:
        """Say yes so many times out of ten, more or less often by temperament."""

    def one_of[Item](self, items: Sequence[Item]) -> Item:
        """Choose one; the first ones a little more often. `items` must not be empty."""

    def number(self, least: int, most: int) -> int:
        """Choose a whole number, both ends included."""

    def words(self, *, most: int = 280) -> str:
        """Write something in invented words, no longer than `most` characters."""


class Activity(ABC):
    """One way of working live. Stateless: everything is in the workshop's state, the step and its rounds.

    An event of an activity carries `activity` (the step's id) in its body. All methods but the views are pure.
    """

    kind: ClassVar[str]
    label: ClassVar[StrOrPromise]
    about: ClassVar[StrOrPromise]
    icon: ClassVar[str]
    verb: ClassVar[StrOrPromise]
    """What the facilitator's button says to open it, such as "Start grouping"."""
    minutes: ClassVar[int] = 10
    Settings: ClassVar[type[Settings]]
    foremost: ClassVar[tuple[str, ...]] = ()
    """The settings that most facilitators look at, in order; the others are folded away. None: the first three."""
    commands: ClassVar[Mapping[str, Form]]
    gives_ideas: ClassVar[bool] = False
    """Whether groupings and votes may take the ideas that people wrote here."""
    never_shown: ClassVar[StrOrPromise] = ""
    """Said before the workshop is closed, with “%(title)s” in it, where the archive will lack what nobody was shown."""
    shows_more: ClassVar[frozenset[str]] = frozenset()
    """Events of this kind, after the reveal, by which everybody sees more than before: the records follow."""
    for_all_rooms: ClassVar[frozenset[str]] = frozenset()
    """Commands that facilitators may give for a step that is split, and events that hold for all its rooms."""
    changes_only_its_round: ClassVar[frozenset[str]] = frozenset()
    """Events of this kind that touch no people, ideas, steps or settings: what `State.once` holds stays true."""

    # -- rules -----------------------------------------------------------------------------------------------------

    def hidden_sources(self, state: State, step: Step) -> list[Step]:
        """Give the closed steps whose private results would have to be shown to everybody before this can open."""
        return []

    def may_open(self, state: State, step: Step, *, shown: Collection[str] = ()) -> None:
        """Raise Refused if a round can't begin now. `shown` are steps that the same command is about to show."""

    @abstractmethod
    def begin(self, state: State, step: Step) -> Any:
        """Give the memory of a new round: any mutable object that `apply` changes."""

    @abstractmethod
    def decide(self, state: State, step: Step, command: Command, by: str) -> list[NewEvent]:
        """Say what a command makes happen, or raise Refused."""

    @abstractmethod
    def apply(self, state: State, step: Step, event: Happened) -> Dirty:
        """Change the state by one of this kind's own events."""

    def withdrawn(self, state: State, step: Step, item: str) -> Dirty:
        """Hear that an idea left the board, or came back to it, while a round is running or is not shown yet."""
        return Dirty()

    def ended(self, state: State, step: Step) -> None:
        """Hear, within `apply`, that the latest round was closed: note what must not change with the room any more."""

    def reopened(self, state: State, step: Step) -> None:
        """Hear, within `apply`, that the latest round, closed but not yet shown, goes on."""

    def person_changed(self, state: State, step: Step, person: Person) -> Dirty:
        """Hear, within `apply`, that somebody came, was renamed, removed or has another role, while this is current."""
        return Dirty()

    def lost_at_close(self, step: Step) -> StrOrPromise:
        """Say what of this step the archive would not keep if the workshop were closed now; "" if nothing.

        It can rest on the step and its rounds only, not on what people contributed.
        """
        if not self.never_shown or all(self.was_shown(run) for run in step.rounds):
            return ""
        return filled(self.never_shown, title=step.title)

    def was_shown(self, run: Round) -> bool:
        """Whether a round's result was shown to everybody."""
        return run.revealed_at is not None

    def first_minutes(self, step: Step) -> int:
        """Give how long the clock runs when a round opens: for kinds with stages of their own, the first stage's."""
        return step.minutes

    def onward(self, state: State, step: Step) -> Onward | None:
        """Give the way to the next stage of an open round, in kinds that have stages; None after the last."""
        return None

    def may_change(self, state: State, step: Step, new: Mapping[str, Any]) -> None:
        """Raise Refused if settings can't become these now. Promises can't change once somebody contributed."""
        if step.rounds:
            old = {name: getattr(step.settings, name) for name in self.Settings.guarded()}
            if any(new.get(name, value) != value for name, value in old.items()):
                raise Refused(
                    "promised", _("People have started under this promise, so it can't be changed now.")
                )

    def promise(self, settings: Any) -> StrOrPromise:
        """Say in plain words who sees what one does here, when, and whether names are shown.

        It must be true under these settings, and rest on guarded ones: nobody may be promised less afterwards.
        """
        return ""

    def may_finish(self, state: State, step: Step, by: str) -> None:
        """Raise Refused if somebody can't say yet that they have finished."""

    def inverse(self, state: State, step: Step, event: Happened) -> dict[str, Any] | None:
        """Give the command (`do` and its fields) by which the same person could take an event back, or None.

        Asked before `apply`, while the step is open. The workshop keeps it, and offers it as "Undo".
        """
        return None

    def pretend(self, state: State, step: Step, person: str, pretender: Pretender) -> dict[str, Any] | None:
        """Give a command (`do` and its fields) that a simulated person might send now, or None for nothing to do.

        For rehearsals: called again and again for each simulated person while the step is open. Use the pretender
        for every choice, so that people differ.
        """
        return None

    def source_problem(self, settings: Mapping[str, Any], kind: str) -> StrOrPromise:
        """Say what is wrong with working, under these settings, on what a step of that kind made; "" if nothing."""
        return ""

    # -- putting a common board back -------------------------------------------------------------------------------

    large_changes: ClassVar[frozenset[str]] = frozenset()
    """What is done to a common board at one stroke, by its name in the history: moments before it are offered first."""
    what_goes_back: ClassVar[StrOrPromise] = _(
        "Everybody sees the board go back. What was hidden stays hidden, and nothing that was written is lost."
    )
    """What facilitators are told of putting it back."""

    def history(self, step: Step) -> History | None:
        """Give what is kept of the latest round's board, in kinds in which several people change a common one."""
        return None

    def may_put_back(self, step: Step) -> None:
        """Raise Refused if that board can't be put back now."""
        if not step.running:
            raise Refused("not_open", words.PUT_BACK_WHILE_OPEN)

    def before_it(self, change: Change) -> StrOrPromise:
        """Say before what a moment was, in a few words for facilitators: “before Ann merged two groups”."""
        return ""

    def put_back(self, state: State, step: Step, moment: int) -> list[NewEvent]:
        """Say what makes the board what it was before the change of that number.

        Nobody's words get lost by it: what was written since finds a place, what was hidden since stays hidden.
        """
        return []

    # -- views -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def lists(self, state: State, step: Step, reader: str) -> dict[str, list[str]]:
        """Give the lists that a reader sees while this step is the current one."""

    @abstractmethod
    def show(self, state: State, step: Step, key: str, reader: str) -> Fragment | None:
        """Give one of this activity's fragments, or None if this reader may not see it."""

    def beside_rooms(self, state: State, step: Step) -> tuple[str, dict[str, Any]] | None:
        """Give a template with its context for facilitators of a step that is split, besides its rooms."""
        return None

    def stage(self, state: State, step: Step, reader: str) -> dict[str, Any]:
        """Give what this kind's `stage.html`, `console.html` or `screen.html` needs besides the step itself."""
        return {}

    def own(self, state: State, step: Step, person: str) -> Own:
        """Give what only this person sees."""
        return Own()

    def progress(self, state: State, step: Step) -> list[tuple[str, StrOrPromise]]:
        """Give counts for the console and the projector: (number, what it counts). Never choices or words."""
        return []

    def done_by(self, state: State, step: Step, person: str) -> str:
        """Say in a few words how far one person is, for the facilitators' list. Never choices or words."""
        return ""

    # -- results ---------------------------------------------------------------------------------------------------

    @abstractmethod
    def outcome(self, state: State, step: Step, run: Round) -> dict[str, Any]:
        """Give what the archive keeps of one round, with global ids."""

    # -- for all kinds ---------------------------------------------------------------------------------------------

    def template(self, name: str) -> str:
        """Give the path of one of this kind's templates."""
        return f"workshops/activities/{self.kind}/{name}.html"

    @staticmethod
    def must_be_open(step: Step) -> Round:
        """Give the running round. Raises Refused when paused or not open."""
        if step.phase == "paused":
            raise Refused("paused", words.PAUSED)
        if step.phase != "open" or step.round is None:
            raise Refused("not_open", words.NOT_OPEN)
        return step.round

    def due(self, step: Step) -> int | None:
        """Give the moment (ms) at which an open step wants to be closed by the clock."""
        if step.phase == "open" and step.ends_at is not None and step.settings.when_time_is_up == "close":
            return step.ends_at + GRACE_MS
        return None

    def time_is_up(self, state: State, step: Step, command: Command) -> list[NewEvent]:
        """Say what happens when the moment that `due` named has come: the step is closed."""
        return [NewEvent("step.closed", {"activity": step.id, "why": "time"})]


__all__ = [
    "GIVES_IDEAS",
    "Activity",
    "Command",
    "Dirty",
    "Fragment",
    "Happened",
    "NewEvent",
    "Own",
    "Refused",
    "Settings",
    "filled",
    "setting",
]
