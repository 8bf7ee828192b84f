"""Forms of preparing a workshop: its own words and dates, and one activity of its agenda."""

from __future__ import annotations

import datetime
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

from crispy_forms.layout import Column, Div, Fieldset, Row
from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from challenges.models import Phase
from challenges.queries import phase_on
from lab_workspace.form_parts import DayField, helper
from workshops.activities.registry import activity_of, may_take
from workshops.live.agenda import MOST_NOTES
from workshops.models import SavedAgenda
from workshops.starts import DEFAULT, EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from challenges.models import Challenge
    from workshops.activities.base import Activity
    from workshops.live.state import State, Step
    from workshops.models import Workshop
    from workshops.starts import Start

FEW = 4
"""Up to so many choices stand side by side as radio buttons, where all can be read before choosing."""
FAR = datetime.timedelta(days=366)
SETTING = "set-"
FIRST = 3
"""So many settings of a kind stand open in its form, and where its things come from. The rest is folded away."""


class _Lines(forms.CharField):
    """Several lines, with line ends counted as people see them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class _PhaseField(forms.ModelChoiceField[Phase]):
    def label_from_instance(self, obj: Phase) -> str:
        return obj.name


class _TimeInput(forms.TimeInput):
    """The browser's own way of choosing a time."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def soon(now: datetime.datetime) -> datetime.datetime:
    """Give the next full quarter of an hour, in local time: when a workshop made in a hurry begins."""
    local = timezone.localtime(now).replace(second=0, microsecond=0)
    return local + datetime.timedelta(minutes=15 - local.minute % 15)


class WorkshopForm(forms.Form):
    """What a workshop is called and for, and when it is. Times are those of `settings.TIME_ZONE`."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("Everybody who joins sees it. For example “Idea generation workshop”."),
        max_length=120,
        error_messages={"required": _("Give the workshop a title.")},
    )
    day = DayField(_("Day"))
    time = forms.TimeField(
        label=_("Starts at"),
        widget=_TimeInput(),
        error_messages={
            "required": _("Choose a time."),
            "invalid": _("This is not a time of day. Write it like 14:30."),
        },
    )
    minutes = forms.IntegerField(
        label=_("Length in minutes"),
        min_value=5,
        max_value=1440,
        error_messages={"required": _("Say how many minutes it takes.")},
    )
    purpose = _Lines(
        label=_("What it is for"),
        help_text=_("Optional. A sentence or two that people see while they wait."),
        max_length=1000,
    )
    phase = _PhaseField(
        Phase.objects.none(), label=_("Phase"), required=False, empty_label=_("The one its day is in")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        challenge: Challenge,
        workshop: Workshop | None = None,
        start: Start | None = None,
        **kwargs: Any,
    ) -> None:
        starts = timezone.localtime(workshop.starts_at) if workshop else soon(timezone.now())
        initial: dict[str, Any] = {"day": starts.date(), "time": starts.time(), "minutes": 90}
        if start and start.key not in (DEFAULT, EMPTY):
            minutes = max(start.minutes, 5) if start.parts else 90
            words = {"title": str(start.title), "purpose": str(start.purpose), "minutes": minutes}
            initial |= words
        if workshop:
            initial |= {
                "title": workshop.title,
                "purpose": workshop.purpose,
                "minutes": workshop.minutes,
                "phase": workshop.phase_id,
            }
        super().__init__(data, initial=initial, **kwargs)
        self.challenge = challenge
        cast("_PhaseField", self.fields["phase"]).queryset = challenge.phases.order_by("starts")
        if not workshop:
            self.fields["title"].widget.attrs["autofocus"] = True
        self.fields["time"].help_text = _t("Time in %(place)s") % {"place": _zone()}
        self.helper = helper(
            "title",
            Row(Column("day"), Column("time")),
            Row(Column("minutes"), Column("phase")),
            "purpose",
        )

    def clean_day(self) -> datetime.date:
        """Catch a slip in the year: a workshop is near the challenge that it belongs to."""
        day: datetime.date = self.cleaned_data["day"]
        if not self.challenge.starts - FAR <= day <= self.challenge.ends + FAR:
            raise ValidationError(_t("This is more than a year away from the challenge. Check the year."))
        return day

    def clean(self) -> dict[str, Any]:
        """Bring day and time together. Hours that the clock change leaves out or doubles are refused."""
        values = super().clean() or self.cleaned_data
        day, time = values.get("day"), values.get("time")
        if day and time:
            try:
                values["starts_at"] = from_current_timezone(datetime.datetime.combine(day, time))
            except ValidationError:
                self.add_error("time", _t("The clocks change at this time of that night. Choose another."))
        return values

    def said(self) -> dict[str, Any]:
        """Give what `workshops.actions` takes, after the form was found valid."""
        values = self.cleaned_data
        return {
            "title": values["title"],
            "purpose": values["purpose"],
            "phase": values["phase"] or phase_on(self.challenge, values["day"]),
            "starts_at": values["starts_at"],
            "minutes": values["minutes"],
        }


class _More(Div):
    """Settings that few people need, folded away; open where one was changed or is wrong."""

    template = "workshops/prepare/more_settings.html"
    is_open = False

    def render(self, form: Any, context: Any, template_pack: Any = "bootstrap5", **kwargs: Any) -> str:
        """Draw it, and say whether it stands open."""
        self.is_open = any(form[name].errors or _changed(form, name) for name in self.fields)
        return str(super().render(form, context, template_pack, **kwargs))


def _changed(form: StepForm, name: str) -> bool:
    """Whether a setting is another than the kind's own default."""
    return str(form[name].value()) != str(form.fields[name].initial)


def _zone() -> str:
    """Name the place whose clock is meant: "London" for Europe/London."""
    return timezone.get_current_timezone_name().rpartition("/")[2].replace("_", " ")


class SavedAgendaForm(forms.Form):
    """What a saved agenda is called, what it is for, and who may start from it."""

    title = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Give the template a name.")}
    )
    about = _Lines(
        label=_("What it is for"),
        help_text=_("Optional. What somebody should know who chooses it."),
        max_length=600,
    )
    shared_with = forms.ChoiceField(
        label=_("Who may start from it"),
        choices=SavedAgenda.For.choices,
        initial=SavedAgenda.For.ME,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say who may start from it.")},
    )

    def __init__(self, data: Any = None, *, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [
            (SavedAgenda.For.ME, SavedAgenda.For.ME.label),
            (SavedAgenda.For.CHALLENGE, _t("Facilitators of “%(title)s”") % {"title": challenge.title}),
            (SavedAgenda.For.ALL, SavedAgenda.For.ALL.label),
        ]
        cast("forms.ChoiceField", self.fields["shared_with"]).choices = choices
        self.helper = helper("title", "about", "shared_with")


def _minutes_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Minutes"),
        min_value=0,
        max_value=480,
        help_text=_("0 means no clock."),
        error_messages={
            "required": _("Say how many minutes it takes."),
            "invalid": _("Write the minutes as a whole number."),
            "min_value": _("Minutes can't be fewer than 0."),
            "max_value": _("One activity can take 480 minutes at most."),
        },
    )


class MinutesForm(forms.Form):
    """How long an activity takes."""

    minutes = _minutes_field()


class StepForm(forms.Form):
    """One activity of an agenda: its words, its minutes and the settings of its kind."""

    title = forms.CharField(
        label=_("Title"), max_length=100, error_messages={"required": _("Give the activity a title.")}
    )
    prompt = _Lines(
        label=_("What people are asked to do"),
        help_text=_("Optional. Everybody reads it above the activity."),
        max_length=600,
    )
    minutes = _minutes_field()
    notes = _Lines(
        label=_("Notes for facilitators"),
        help_text=_(
            "Optional. Only facilitators see them, here and in the console: what to say, whom to ask."
        ),
        max_length=MOST_NOTES,
    )
    kept = forms.CharField(widget=forms.HiddenInput, required=False)
    """Set when the form was drawn with its promises fixed, so that their absence means "as they were"."""

    def __init__(
        self, data: Any = None, *, activity: Activity, state: State, step: Step | None = None
    ) -> None:
        self.activity, self.state, self.step = activity, state, step
        self.promised = bool(step and step.rounds)
        self.fixed = self.promised and (data is None or bool(data.get("kept")))
        super().__init__(self._with_promises(data) if data and self.fixed else data, initial=self._start())
        for name, field in activity.Settings.form_fields().items():
            self._add_setting(name, field)
        first, rest = self._most_used()
        self.helper = helper(
            "title",
            "prompt",
            "minutes",
            "kept",
            Fieldset(_t("Settings"), *first) if first else "",
            _More(*rest) if rest else "",
            "notes",
        )

    @property
    def promise(self) -> StrOrPromise:
        """Say in plain words who sees what, as it is set now."""
        return self.activity.promise(self.step.settings if self.step else self.activity.Settings())

    def promise_as_typed(self) -> StrOrPromise:
        """Say it for what stands in the form, as far as that can be read."""
        self.is_valid()
        return self.activity.promise(self.activity.Settings.read(self.settings()))

    def _most_used(self) -> tuple[list[str], list[str]]:
        """Give the names of the settings that stand open, and of those folded away.

        A kind says which matter most, else they are its first. Where its things come from is always in sight.
        """
        names = [name for name in self.fields if name.startswith(SETTING)]
        shown = [f"{SETTING}{name}" for name in self.activity.foremost] or [
            name for name in names if name != f"{SETTING}when_time_is_up"
        ][:FIRST]
        if f"{SETTING}source" in names and f"{SETTING}source" not in shown:
            shown.append(f"{SETTING}source")
        return shown, [name for name in names if name not in shown]

    def _start(self) -> dict[str, Any]:
        step = self.step
        if step is None:
            return {"title": self.activity.label, "minutes": self.activity.minutes}
        words = {"title": step.title, "prompt": step.prompt, "minutes": step.minutes, "notes": step.notes}
        if step.rounds:
            words["kept"] = "1"
        return words | {
            f"{SETTING}{field.name}": getattr(step.settings, field.name) for field in fields(step.settings)
        }

    def _with_promises(self, data: Any) -> Any:
        """Fill in the promised settings, which a browser doesn't send when their controls are fixed."""
        whole = data.copy()
        for name in self.activity.Settings.guarded():
            value = getattr(self.step.settings, name) if self.step else None
            if value is not False:
                whole.setdefault(f"{SETTING}{name}", "on" if value is True else value)
        return whole

    def _add_setting(self, name: str, field: forms.Field) -> None:
        about = next(one.metadata for one in fields(self.activity.Settings) if one.name == name)
        if about.get("takes"):
            field = self._source_field(field, about["takes"])
        elif isinstance(field, forms.ChoiceField):
            choices = list(cast("Iterable[tuple[str, StrOrPromise]]", field.choices))
            if len(choices) <= FEW:
                field.widget = forms.RadioSelect(choices=choices)
        if self.fixed and name in self.activity.Settings.guarded():
            # Only for the eye: a form drawn before the start still reaches the rule, which says why not.
            field.widget.attrs["disabled"] = True
        self.fields[f"{SETTING}{name}"] = field

    def _source_field(self, field: forms.Field, kinds: tuple[str, ...]) -> forms.ChoiceField:
        """Offer the earlier activities that fit, and the one chosen before even if it stands later now."""
        chosen = getattr(self.step.settings, "source", "") if self.step else ""
        choices = [("", _t("Automatic: what comes before it"))]
        earlier = True
        for other in self.state.order():
            if self.step and other.id == self.step.id:
                earlier = False
            elif may_take(kinds, other.kind) and (earlier or other.id == chosen):
                choices.append((other.id, f"{other.title} · {activity_of(other.kind).label}"))
        none = _t("Nothing before it has ideas yet. Put a brainstorm or a prepared list before it.")
        return forms.ChoiceField(
            label=field.label,
            help_text=field.help_text if len(choices) > 1 else none,
            choices=choices,
            required=False,
            error_messages={"invalid_choice": _("This activity is no longer before this one. Choose again.")},
        )

    def clean(self) -> dict[str, Any]:
        """Check that the source fits."""
        values = super().clean() or self.cleaned_data
        source = self.state.steps.get(values.get(f"{SETTING}source") or "")
        if source is not None:
            problem = self.activity.source_problem(self.settings(), source.kind)
            if problem:
                self.add_error(f"{SETTING}source", str(problem))
        return values

    def settings(self) -> dict[str, Any]:
        """Give the settings as the rules take them."""
        return {
            name.removeprefix(SETTING): value
            for name, value in self.cleaned_data.items()
            if name.startswith(SETTING)
        }

    def said(self) -> dict[str, Any]:
        """Give the fields of `step.add` and `step.change`, after the form was found valid."""
        values = self.cleaned_data
        return {
            "title": values["title"],
            "prompt": values["prompt"],
            "minutes": values["minutes"],
            "notes": values["notes"],
            "settings": self.settings(),
        }
