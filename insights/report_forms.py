"""Forms of learning reports: drafting, publishing and sharing them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from insights.forms import Plain, area, choice_field, model_field
from insights.models import Block, Insight, Report, ShareLink
from insights.queries import archives_of, board
from lab_workspace.form_parts import DayField, PicksField, helper
from workshops.models import Archive

if TYPE_CHECKING:
    from challenges.models import Challenge


class NewReportForm(Plain):
    """Where a new report begins."""

    archive: forms.ModelChoiceField[Archive] = forms.ModelChoiceField(
        label=_("Made from"),
        queryset=None,
        required=False,
        empty_label=_("Nothing yet, an empty report"),
        help_text=_(
            "From a closed workshop it begins with what was asked, how you worked and every outcome."
        ),
    )
    title = forms.CharField(label=_("Title"), required=False, max_length=160, help_text=_("Optional now."))

    def __init__(self, *args: Any, archives: list[Archive], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_field(self, "archive").queryset = Archive.objects.filter(
            pk__in=[one.pk for one in archives]
        ).select_related("workshop")


class ReportForm(forms.ModelForm[Report]):
    """The title page of a draft."""

    class Meta:
        model = Report
        fields = ("title", "summary", "authors", "licence")
        widgets: ClassVar[dict[str, Any]] = {"summary": area(5)}
        help_texts: ClassVar[dict[str, Any]] = {
            "summary": _("Three or four short sentences that anybody understands. Readers see them first."),
            "authors": _("Optional. Who wrote it."),
            "licence": _("Optional. For example CC BY 4.0."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(*self.fields)


class TextBlockForm(Plain):
    """A section in the authors' words."""

    heading = forms.CharField(label=_("Heading"), required=False, max_length=120)
    text = forms.CharField(
        label=_("Text"),
        max_length=20000,
        widget=area(9),
        help_text=_("Markdown: a blank line between paragraphs, * before a point of a list, **bold**."),
        error_messages={"required": _("Write something, or take the section out.")},
    )


class OutcomeBlockForm(Plain):
    """An outcome of a workshop of this challenge."""

    outcome = forms.ChoiceField(label=_("Outcome"), error_messages={"required": _("Choose an outcome.")})
    heading = forms.CharField(label=_("Heading"), required=False, max_length=120)
    text = forms.CharField(
        label=_("Caption"),
        required=False,
        max_length=2000,
        widget=area(3),
        help_text=_("Optional. What a reader should see in it."),
    )

    def __init__(self, *args: Any, archives: list[Archive], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.archives = {str(archive.pk): archive for archive in archives}
        choice_field(self, "outcome").choices = [
            (archive.workshop.title, [_outcome_choice(archive, one) for one in archive.content["outcomes"]])
            for archive in archives
        ]

    def clean(self) -> dict[str, Any]:
        """Take the choice apart into archive and outcome."""
        values = super().clean() or self.cleaned_data
        pk, _colon, outcome = values.get("outcome", "").partition(":")
        values |= {"archive": self.archives.get(pk), "outcome": outcome}
        return values


def _outcome_choice(archive: Archive, outcome: dict[str, Any]) -> tuple[str, str]:
    words = outcome.get("title") or outcome.get("kind", "")
    if outcome.get("round", 1) > 1:
        words = _t("%(title)s, round %(n)s") % {"title": words, "n": outcome["round"]}
    return f"{archive.pk}:{outcome['id']}", words


class InsightsBlockForm(Plain):
    """Insights of the challenge's board."""

    heading = forms.CharField(label=_("Heading"), required=False, max_length=120)
    insights: PicksField[Insight] = PicksField(
        label=_("Insights"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": _("Tick at least one insight.")},
    )
    text = forms.CharField(
        label=_("Words before them"),
        required=False,
        max_length=4000,
        widget=area(3),
        help_text=_("Optional."),
    )

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_field(self, "insights").queryset = board(challenge)


class PublishForm(Plain):
    """How a version is published."""

    listed = forms.TypedChoiceField(
        label=_("Who finds it"),
        choices=[
            ("yes", _("Everybody: listed in the public library")),
            ("no", _("Only people with a link that you give them")),
        ],
        widget=forms.RadioSelect(),
        coerce=lambda value: value == "yes",
        initial="yes",
    )
    change_note = forms.CharField(
        label=_("What changed"),
        max_length=500,
        widget=area(2),
        help_text=_("For readers of the version before."),
        error_messages={"required": _("Say in a sentence what changed since the version before.")},
    )

    def __init__(self, *args: Any, report: Report, first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first:
            del self.fields["change_note"]
        else:
            self.fields["listed"].initial = "yes" if report.listed else "no"
        self.helper = helper(*self.fields)


class WithdrawForm(Plain):
    """Why a report is withdrawn."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=area(2),
        help_text=_("Readers see it where the report was."),
        error_messages={"required": _("Say why, in a sentence that readers will see.")},
    )


class LinkForm(Plain):
    """A link to one report."""

    label = forms.CharField(
        label=_("Who it is for"),
        max_length=80,
        help_text=_("Only staff see this."),
        error_messages={"required": _("Say who the link is for, so that you know it again.")},
    )
    scope = forms.ChoiceField(
        label=_("Opens"), choices=ShareLink.Scope.choices, initial=ShareLink.Scope.PUBLISHED
    )
    until = DayField(
        _("Until"),
        required=False,
        help_text=_("Optional. Its last day; without one the link works until you close it."),
    )

    def clean_until(self) -> datetime.datetime | None:
        """The moment after the last day."""
        day: datetime.date | None = self.cleaned_data["until"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_t("This day is over. Choose today or a later day."))
        after = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time())
        return timezone.make_aware(after)


def block_form(
    kind: str, challenge: Challenge, data: Any = None, block: Block | None = None
) -> TextBlockForm | OutcomeBlockForm | InsightsBlockForm:
    """The form of one kind of block, filled from `block` if there is one."""
    initial: dict[str, Any] = {}
    if block is not None:
        initial = {"heading": block.heading, "text": block.text}
        if block.archive_id:
            initial["outcome"] = f"{block.archive_id}:{block.outcome}"
        if block.kind == Block.Kind.INSIGHTS:
            initial["insights"] = [one.pk for one in block.insights.all()]
    # Ids of a block's own fields, so that two open forms never share one.
    auto_id = f"id_block_{block.pk}_%s" if block else f"id_new_{kind}_%s"
    form = _form_of(kind, challenge, data, initial, auto_id)
    if not form.is_bound:
        # Whoever opened the form by keyboard goes on in it; with a mistake the summary takes the focus.
        next(iter(form.fields.values())).widget.attrs["autofocus"] = True
    return form


def _form_of(
    kind: str, challenge: Challenge, data: Any, initial: dict[str, Any], auto_id: str
) -> TextBlockForm | OutcomeBlockForm | InsightsBlockForm:
    if kind == Block.Kind.OUTCOME:
        return OutcomeBlockForm(data, initial=initial, auto_id=auto_id, archives=archives_of(challenge))
    if kind == Block.Kind.INSIGHTS:
        return InsightsBlockForm(data, initial=initial, auto_id=auto_id, challenge=challenge)
    return TextBlockForm(data, initial=initial, auto_id=auto_id)
