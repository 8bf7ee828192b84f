"""Forms a person fills in about themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lab_workspace.people.models import User


class ProfileForm(forms.ModelForm[User]):
    """The name that others see."""

    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": _("Your name")}
        help_texts = {
            "name": _("Other members of your challenges see this. Your e-mail address stays hidden.")
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        self.fields["name"].required = True
