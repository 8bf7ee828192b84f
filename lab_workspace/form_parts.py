"""What the forms of every area share."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


def helper(*parts: object) -> FormHelper:
    """A crispy helper for a form whose tag, token and buttons stand in the template."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True  # A GET form would put the token into its address.
    made.layout = Layout(*parts)
    return made


class DayInput(forms.DateInput):
    """The browser's own date picker, which everybody on this device knows."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Between these everything can be reckoned with a day, also the day after it and its year's bounds."""


class DayField(forms.DateField):
    """A day to be chosen. Every refusal is a sentence that says what to do."""

    widget = DayInput
    default_error_messages: ClassVar[dict[str, StrOrPromise]] = {
        "required": _("Choose a day."),
        "invalid": _("This is not a day of the calendar. Write it like 2026-04-07."),
        "far": _("This day is too far away. Check the year."),
    }

    def __init__(self, label: StrOrPromise, *, required: bool = True, help_text: StrOrPromise = "") -> None:
        super().__init__(label=label, required=required, help_text=help_text)

    def validate(self, value: datetime.date | None) -> None:
        """Refuse slips of the year that no calendar can reckon with."""
        super().validate(value)
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["far"], code="far")


class PicksField[M: Model](forms.ModelMultipleChoiceField[M]):
    """Several rows to tick. A number that no database can hold is refused like one that isn't offered."""

    def _check_values(self, value: Any) -> Any:
        try:
            return super()._check_values(value)  # type: ignore[misc]  # Django's, without types
        except OverflowError as error:  # SQLite's way of saying so
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": "?"}
            ) from error
