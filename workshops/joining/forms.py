"""The two forms at the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from realtime.fields import Text
from realtime.kinds import Refused
from workshops.models import Consent


class CodeForm(forms.Form):
    """The code that the facilitator reads out."""

    code = forms.CharField(label=_("Join code"), max_length=20)


class JoinForm(forms.Form):
    """Who somebody is here, and how their words may be used."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=60,
        help_text=_(
            "A first name is enough. The facilitators see it. Others see it only where an activity says so, "
            "and in a small group that you work in."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    background = forms.CharField(
        label=_("Your role"),
        max_length=60,
        required=False,
        help_text=_("If you like: “nurse”, “carer”, “patient”, “manager”…"),
    )
    consent = forms.ChoiceField(
        label=_("How may your words be used outside the Lab?"),
        choices=Consent.choices,
        initial=Consent.INTERNAL,
        widget=forms.RadioSelect,
    )

    def clean_name(self) -> str:
        """Hold the name to the same rules as the room does."""
        return self._words("name")

    def clean_background(self) -> str:
        """Hold the role to the same rules as the room does."""
        return self._words("background")

    def clean(self) -> dict[str, Any]:
        """Ask for a role where somebody wants to be quoted with one."""
        cleaned = super().clean() or {}
        if cleaned.get("consent") == Consent.ROLE and not cleaned.get("background"):
            self.add_error("background", _("Say your role, so that we can quote you with it."))
        return cleaned

    def _words(self, name: str) -> str:
        try:
            return Text(most=60, lines=False, required=name == "name").read(name, self.cleaned_data[name])
        except Refused as refused:
            raise forms.ValidationError(str(refused.sentence)) from refused
