"""The form of one activity of an agenda: its words, its minutes, its notes and the settings of its kind."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lab_workspace.form_parts import helper
from workshops.activities.registry import activity_of, may_take
from workshops.live.agenda import MOST_NOTES
from workshops.prepare.forms import Lines
from workshops.prepare.plan import closing, has_run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from workshops.activities.base import Activity
    from workshops.live.state import State, Step

FEW = 4
"""Up to so many choices stand side by side as radio buttons, where all can be read before choosing."""
SETTING = "set-"
FIRST = 3
"""So many settings of a kind stand open in its form, and where its things come from. The rest is folded away."""


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
    prompt = Lines(
        label=_("What people are asked to do"),
        help_text=_("Optional. Everybody reads it above the activity."),
        max_length=600,
    )
    minutes = _minutes_field()
    notes = Lines(
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
        if step is None:
            self._add_place()
        for name, field in activity.Settings.form_fields().items():
            self._add_setting(name, field)
        first, rest = self._most_used()
        parts = [
            "title",
            "prompt",
            "minutes",
            "before" if "before" in self.fields else None,
            "kept",
            *self.matter(),
            Fieldset(_t("Settings"), *first) if first else None,
            _More(*rest) if rest else None,
            "notes",
        ]
        self.helper = helper(*(part for part in parts if part is not None))

    def matter(self) -> tuple[object, ...]:
        """Give what a kind asks for besides words and settings, as parts of the form."""
        return ()

    def _add_place(self) -> None:
        """Ask where a new activity goes: before one that hasn't run, or at the end. A closing check-out stays last."""
        places = [step for step in self.state.order() if not has_run(self.state, step)]
        if places:
            before = [(step.id, _t("Before “%(title)s”") % {"title": step.title}) for step in places]
            self.fields["before"] = forms.ChoiceField(
                label=_t("Place on the agenda"),
                choices=[*before, ("", _t("At the end"))],
                initial=closing(self.state),
                required=False,
                error_messages={
                    "invalid_choice": _t("The agenda has changed meanwhile. Choose a place again.")
                },
            )

    def place(self) -> dict[str, str]:
        """Give the field of `step.add` that says where it goes, after the form was found valid."""
        before = self.cleaned_data.get("before", "")
        return {"before": before} if before else {}

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
