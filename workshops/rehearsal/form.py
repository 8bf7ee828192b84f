"""The form that begins a rehearsal."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

PEOPLE = (10, 30, 100, 300)
SPEEDS = (("slow", _("Slow")), ("usual", _("As people usually are")), ("fast", _("Fast")))


class RehearseForm(forms.Form):
    """How many simulated people, and how fast they are. Both can be changed while it runs."""

    people = forms.TypedChoiceField(
        label=_("Simulated people"),
        choices=[(n, str(n)) for n in PEOPLE],
        coerce=int,
        initial=30,
        widget=forms.Select(attrs={"class": "input"}),
    )
    speed = forms.ChoiceField(
        label=_("How fast they are"),
        choices=SPEEDS,
        initial="usual",
        widget=forms.Select(attrs={"class": "input"}),
    )
