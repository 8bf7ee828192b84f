"""Forms of the insight board. Every refusal is a sentence that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from insights.models import Evidence, Insight
from insights.queries import BoardFilter, tags_of
from lab_workspace.form_parts import helper

if TYPE_CHECKING:
    from challenges.models import Challenge, Phase


class Plain(forms.Form):
    """A form laid out by crispy in the order of its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(*self.fields)


def choice_field(form: forms.Form, name: str) -> forms.ChoiceField:
    """The field, to give it its choices."""
    return cast("forms.ChoiceField", form.fields[name])


def model_field(form: forms.Form, name: str) -> forms.ModelChoiceField[Any]:
    """The field, to give it what can be chosen."""
    return cast("forms.ModelChoiceField[Any]", form.fields[name])


def area(rows: int) -> forms.Textarea:
    """A field of several lines."""
    return forms.Textarea(attrs={"rows": rows})


class BoardFilterForm(Plain):
    """Narrows the board. It is a GET form, so a view of the board has an address."""

    q = forms.CharField(label=_("Search"), required=False, max_length=120, widget=forms.SearchInput())
    status = forms.ChoiceField(label=_("Status"), required=False)
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    phase = forms.ChoiceField(label=_("Phase"), required=False)

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("status", _t("Any status"), Insight.Status.choices)
        self._choose("tag", _t("Any tag"), [(name, f"{name} ({n})") for name, n in tags_of(challenge)])
        self._choose("phase", _t("Any phase"), [(str(one.pk), one.name) for one in challenge.phases.all()])

    def _choose(self, name: str, nothing: str, choices: list[tuple[str, Any]]) -> None:
        choice_field(self, name).choices = [("", nothing), *choices]

    def narrowed(self) -> BoardFilter:
        """What was asked for; a value that is not offered narrows nothing."""
        self.is_valid()
        values = self.cleaned_data
        phase = values.get("phase") or ""
        return BoardFilter(
            search=values.get("q") or "",
            status=values.get("status") or "",
            tag=values.get("tag") or "",
            phase=int(phase) if phase else None,
        )


class InsightForm(Plain):
    """One insight."""

    statement = forms.CharField(
        label=_("What was learned"),
        max_length=400,
        widget=area(3),
        help_text=_("One sentence that somebody could disagree with."),
        error_messages={"required": _("Write in one sentence what was learned.")},
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=Insight.Status.choices,
        initial=Insight.Status.EMERGING,
        help_text=_("Emerging: first signs. Supported: several sources agree. Contested: sources disagree."),
    )
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=300, help_text=_("Optional. With commas between them.")
    )
    phase: forms.ModelChoiceField[Phase] = forms.ModelChoiceField(
        label=_("Phase"), queryset=None, required=False, empty_label=_("None")
    )

    def __init__(
        self, *args: Any, challenge: Challenge, insight: Insight | None = None, **kwargs: Any
    ) -> None:
        if insight is not None:
            kwargs["initial"] = {
                "statement": insight.statement,
                "status": insight.status,
                "tags": ", ".join(tag.name for tag in insight.tags.all()),
                "phase": insight.phase_id,
            }
        super().__init__(*args, **kwargs)
        model_field(self, "phase").queryset = challenge.phases.all()

    def clean_statement(self) -> str:
        """One line."""
        return " ".join(self.cleaned_data["statement"].split())

    def clean_tags(self) -> list[str]:
        """The names between the commas."""
        return [name for name in self.cleaned_data["tags"].split(",") if name.strip()]


class _Support(Plain):
    """A note and how much it carries."""

    note = forms.CharField(
        label=_("What it rests on"),
        required=False,
        max_length=1000,
        widget=area(3),
        help_text=_("Optional now, needed before it stands in a report. Say where you heard or saw it."),
    )
    strength = forms.ChoiceField(
        label=_("How strong is this"), choices=Evidence.Strength.choices, initial=Evidence.Strength.MODERATE
    )


class NewInsightForm(InsightForm, _Support):
    """A new insight, with the first thing that it rests on."""

    field_order = ("statement", "note", "strength", "status", "tags", "phase")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(*self.field_order)


class TakeForm(InsightForm, _Support):
    """An insight made of ideas and groups of a workshop. The ticks are drawn by the template."""

    items = forms.MultipleChoiceField(
        label=_("Ideas and groups"),
        error_messages={
            "required": _("Tick at least one idea or group."),
            "invalid_choice": _("One of these is no longer in the archive. Tick again."),
        },
    )
    votes = forms.BooleanField(label=_("With the dots they got"), required=False, initial=True)

    def __init__(self, *args: Any, gids: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "items").choices = [(gid, gid) for gid in gids]
        self.fields["note"].label = _("A note")
        self.fields["note"].help_text = _("Optional. What is to be seen in what you ticked.")
        self.helper = helper("statement", "note", "strength", "votes", "status", "tags", "phase")


class EvidenceForm(_Support):
    """A note or a link that an insight rests on."""

    url = forms.URLField(
        label=_("Address"), required=False, max_length=500, assume_scheme="https", help_text=_("Optional.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = _("Say where you heard or saw it.")
        self.helper = helper("note", "url", "strength")

    def clean(self) -> dict[str, Any]:
        """A note or an address is needed; the address makes it a link."""
        values = super().clean() or self.cleaned_data
        if not values.get("note") and not values.get("url") and "url" not in self.errors:
            self.add_error("note", _t("Write a note or give an address."))
        values["kind"] = Evidence.Kind.LINK if values.get("url") else Evidence.Kind.NOTE
        return values
