"""The form of a prepared list: as every activity's, and a place to paste its ideas at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from realtime.kinds import filled
from workshops.activities.list import MOST_LINES, ListSettings
from workshops.bring_in.check import checked
from workshops.bring_in.sheet import MOST_LETTERS
from workshops.models import Consent
from workshops.prepare.step_form import StepForm

if TYPE_CHECKING:
    from workshops.activities.base import Activity
    from workshops.bring_in.check import Line

SHOWN_WRONG = 5
"""So many lines with a problem are named; the rest is seen once these are mended."""


class ListForm(StepForm):
    """A prepared list. Lines are kept with it, all or none; what is wrong with one is said beside the field."""

    lines = forms.CharField(
        label=_("Paste or type ideas"),
        help_text=_("One idea a line. More can follow: pasted, from a file, or from an earlier workshop."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MOST_LETTERS,
        required=False,
        strip=False,
    )
    quoted = forms.ChoiceField(
        label=_("May these words be quoted in public reports?"),
        choices=(
            (Consent.INTERNAL, _("No. They stay inside the Lab.")),
            (Consent.UNNAMED, _("Yes, without a name. They are our own words, or we may quote them.")),
        ),
        initial=Consent.INTERNAL,
        widget=forms.RadioSelect,
        required=False,
    )

    def matter(self) -> tuple[object, ...]:
        """Give the field for the ideas."""
        return (Fieldset(_t("Ideas on the list"), "lines", "quoted"),)

    def clean(self) -> dict[str, Any]:
        """See that every line can stand on the list."""
        values = super().clean()
        given = values.get("lines", "").splitlines()
        filled_in = [line for line in given if line.strip()]
        if sum("\t" in line for line in filled_in) * 2 > len(filled_in):
            self.add_error(
                "lines",
                _(
                    "These are cells of several columns. Save first, then use “Bring in ideas”: there you choose one."
                ),
            )
            return values
        self.looked_at = self._checked(given, values.get("set-most_characters"))
        for problem in self._problems():
            self.add_error("lines", problem)
        return values

    def _checked(self, given: list[str], most: int | None) -> list[Line]:
        there = self.state.ideas_of(self.step.id) if self.step else []
        longest = most or ListSettings().most_characters
        return checked(given, most=longest, there=[idea.text for idea in there])

    def _problems(self) -> list[str]:
        wrong = [line for line in self.looked_at if line.problem]
        found = [
            filled(_("Line %(n)d: %(problem)s"), n=line.place, problem=line.problem)
            for line in wrong[:SHOWN_WRONG]
        ]
        if len(wrong) > SHOWN_WRONG:
            found.append(filled(_("And %(n)d more lines need a look."), n=len(wrong) - SHOWN_WRONG))
        held = len(self.state.sheet(self.step.id).ideas) if self.step else 0
        if held + len(self.looked_at) > MOST_LINES:
            found.append(
                filled(_("A list holds up to %(most)d ideas. Take some lines out."), most=MOST_LINES)
            )
        return [str(one) for one in found]

    def brought(self) -> list[dict[str, str]]:
        """Give the lines as `list.bring` takes them, after the form was found valid."""
        consent = self.cleaned_data["quoted"] or str(Consent.INTERNAL)
        return [{"text": line.text, "how": "pasted", "consent": consent} for line in self.looked_at]


def form_of(activity: Activity) -> type[StepForm]:
    """Give the form in which an activity of this kind is made and changed."""
    return ListForm if activity.kind == "list" else StepForm
