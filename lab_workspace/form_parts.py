"""What the forms of every area share."""

from __future__ import annotations

from typing import ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
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


class DayField(forms.DateField):
    """A day to be chosen. Every refusal is a sentence that says what to do."""

    widget = DayInput
    default_error_messages: ClassVar[dict[str, StrOrPromise]] = {
        "required": _("Choose a day."),
        "invalid": _("This is not a day of the calendar. Write it like 2026-04-07."),
    }

    def __init__(self, label: StrOrPromise, *, required: bool = True, help_text: StrOrPromise = "") -> None:
        super().__init__(label=label, required=required, help_text=help_text)
