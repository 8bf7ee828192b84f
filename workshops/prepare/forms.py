"""Forms of preparing a workshop: its own words and dates, and agendas that are saved."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, cast

from crispy_forms.layout import Column, Row
from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from challenges.models import Phase
from challenges.queries import phase_on
from lab_workspace.form_parts import DayField, helper
from workshops.models import SavedAgenda
from workshops.prepare.starts import DEFAULT, EMPTY

if TYPE_CHECKING:
    from challenges.models import Challenge
    from workshops.models import Workshop
    from workshops.prepare.starts import Start

FAR = datetime.timedelta(days=366)


class Lines(forms.CharField):
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
    purpose = Lines(
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


def _zone() -> str:
    """Name the place whose clock is meant: "London" for Europe/London."""
    return timezone.get_current_timezone_name().rpartition("/")[2].replace("_", " ")


class SavedAgendaForm(forms.Form):
    """What a saved agenda is called, what it is for, and who may start from it."""

    title = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Give the template a name.")}
    )
    about = Lines(
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
