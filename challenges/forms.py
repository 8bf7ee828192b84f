"""Forms of a challenge. Every refusal is a sentence that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from crispy_forms.layout import Column, Fieldset, Row
from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from challenges import dates
from challenges.actions import PhasePlan
from challenges.models import Challenge, Membership, Phase, Team
from lab_workspace.form_parts import DayField, PicksField, helper
from lab_workspace.people.models import User

if TYPE_CHECKING:
    import datetime


class ChallengeForm(forms.ModelForm[Challenge]):
    """What is said about a challenge."""

    class Meta:
        model = Challenge
        fields = ("title", "question", "about", "partner", "public")
        widgets: ClassVar[dict[str, Any]] = {
            "question": forms.Textarea(attrs={"rows": 3}),
            "about": forms.Textarea(attrs={"rows": 5}),
        }
        labels: ClassVar[dict[str, Any]] = {
            "title": _("Short title"),
            "question": _("The question"),
            "about": _("What it is about"),
            "partner": _("Partner"),
            "public": _("Anyone may see the challenge's page"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "title": _(
                "For lists and headings, for example “Peer support for people with long-term conditions”."
            ),
            "question": _("Often “What would it take for …?”"),
            "about": _("Optional. Two or three sentences for somebody who has just arrived."),
            "partner": _("Optional. Who works on this with the Lab."),
            "public": _("People's names and the insight board stay with the members even then."),
        }
        error_messages: ClassVar[dict[str, Any]] = {
            "title": {"required": _("Give the challenge a short title.")},
            "question": {"required": _("Write the question that this challenge works on.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper("title", "question", "about", "partner", "public")


class MakeChallengeForm(ChallengeForm):
    """A new challenge. Its phases are divided from the two dates and can be moved afterwards."""

    starts = DayField(_("First day"))
    ends = DayField(_("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper(
            "title", "question", Row(Column("starts"), Column("ends")), "about", "partner", "public"
        )

    def clean(self) -> dict[str, Any]:
        """Check the two dates against each other."""
        values = super().clean() or self.cleaned_data
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and (problem := dates.challenge_problem(starts, ends)):
            self.add_error("ends", problem)
        return values


class YearForm(forms.Form):
    """The dates of a challenge and all three phases at once, so that moving one may move the next."""

    starts = DayField(_("First day of the challenge"))
    ends = DayField(_("Last day of the challenge"))

    def __init__(self, data: Any = None, *, challenge: Challenge) -> None:
        phases = {phase.kind: phase for phase in challenge.phases.all()}
        initial: dict[str, Any] = {"starts": challenge.starts, "ends": challenge.ends}
        for kind, phase in phases.items():
            for part in ("name", "starts", "ends", "purpose", "done_when"):
                initial[f"{kind}-{part}"] = getattr(phase, part)
        super().__init__(data, initial=initial)
        sets = []
        for number, kind in enumerate(Phase.Kind, start=1):
            self._add_phase_fields(kind.value)
            legend = _t("Phase %(number)s: %(name)s") % {"number": number, "name": kind.label}
            sets.append(
                Fieldset(
                    legend,
                    Row(Column(f"{kind.value}-starts"), Column(f"{kind.value}-ends")),
                    f"{kind.value}-name",
                    f"{kind.value}-purpose",
                    f"{kind.value}-done_when",
                )
            )
        whole = Fieldset(_t("The whole challenge"), Row(Column("starts"), Column("ends")))
        self.helper = helper(whole, *sets)

    def _add_phase_fields(self, kind: str) -> None:
        self.fields[f"{kind}-starts"] = DayField(_("First day"))
        self.fields[f"{kind}-ends"] = DayField(_("Last day"))
        self.fields[f"{kind}-name"] = forms.CharField(
            label=_("Name"), max_length=80, error_messages={"required": _("Give the phase a name.")}
        )
        self.fields[f"{kind}-purpose"] = forms.CharField(
            label=_("Purpose"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2})
        )
        self.fields[f"{kind}-done_when"] = forms.CharField(
            label=_("Done when"),
            help_text=_("One check a line."),
            max_length=1200,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        )

    def clean(self) -> dict[str, Any]:
        """Check all dates against each other."""
        values = super().clean() or self.cleaned_data
        starts, ends = values.get("starts"), values.get("ends")
        if not (starts and ends):
            return values
        if problem := dates.challenge_problem(starts, ends):
            self.add_error("ends", problem)
            return values
        for (kind, part), problem in dates.phase_problems(starts, ends, self._spans(values)).items():
            self.add_error(f"{kind}-{part}", problem)
        return values

    @staticmethod
    def _spans(values: dict[str, Any]) -> list[dates.Span]:
        spans = []
        for kind in Phase.Kind:
            first, last = values.get(f"{kind.value}-starts"), values.get(f"{kind.value}-ends")
            if first and last:
                name = values.get(f"{kind.value}-name") or str(kind.label)
                spans.append(dates.Span(kind.value, name, first, last))
        return spans

    def plan(self) -> tuple[datetime.date, datetime.date, dict[str, PhasePlan]]:
        """What `challenges.actions.plan_year` takes, after the form was found valid."""
        values = self.cleaned_data
        phases = {
            kind: cast("PhasePlan", {part: values[f"{kind}-{part}"] for part in PhasePlan.__annotations__})
            for kind in Phase.Kind.values
        }
        return values["starts"], values["ends"], phases


def _role_field() -> forms.ChoiceField:
    choices = [(role.value, f"{role.label}: {Membership.ROLE_WORDS[role.value]}") for role in Membership.Role]
    return forms.ChoiceField(
        label=_("Role"),
        choices=choices,
        initial=Membership.Role.PARTICIPANT,
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose one of the roles.")},
    )


def _background_field() -> forms.CharField:
    return forms.CharField(
        label=_("Background"),
        help_text=_("Optional. For example “Person living with epilepsy” or “Physiotherapist”."),
        max_length=120,
        required=False,
    )


class AddMemberForm(forms.Form):
    """Somebody new in the challenge, known by an e-mail address."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("With this address the person signs in, by a code. No message is sent now."),
        max_length=254,
        error_messages={
            "required": _("Write the person's e-mail address."),
            "invalid": _("This is not a whole e-mail address. It looks like name@example.org."),
        },
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Not needed for somebody who has an account."),
        max_length=120,
        required=False,
    )

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.challenge = challenge
        self.fields["role"] = _role_field()
        self.fields["background"] = _background_field()
        self.helper = helper(Row(Column("email"), Column("name")), "role", "background")

    def clean(self) -> dict[str, Any]:
        """Check what depends on who has an account."""
        values = super().clean() or self.cleaned_data
        email, role = values.get("email"), values.get("role")
        if not email:
            return values
        known = User.objects.filter(email__iexact=email).first()
        if known is None and not values.get("name"):
            self.add_error(
                "name", _t("Nobody has an account with this address yet. Write the person's name.")
            )
        if known and self.challenge.memberships.filter(user=known, role=role).exists():
            self.add_error("role", _t("%(name)s has this role already.") % {"name": known})
        return values


class ChangeMemberForm(forms.Form):
    """Another role or background for somebody who is in the challenge."""

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        initial = {"role": membership.role, "background": membership.background}
        super().__init__(data, initial=initial)
        self.membership = membership
        self.fields["role"] = _role_field()
        self.fields["background"] = _background_field()
        self.helper = helper("role", "background")

    def clean_role(self) -> str:
        """Refuse a role that the person holds already."""
        role: str = self.cleaned_data["role"]
        others = self.membership.challenge.memberships.filter(user=self.membership.user_id, role=role)
        if others.exclude(pk=self.membership.pk).exists():
            raise forms.ValidationError(
                _t("%(name)s has this role already.") % {"name": self.membership.user}
            )
        return role


class PeopleField(PicksField[User]):
    """People of the challenge to tick."""

    def label_from_instance(self, obj: Any) -> str:
        """The name, never the address."""
        return str(obj)


class TeamForm(forms.ModelForm[Team]):
    """A team, and who of the challenge is in it."""

    class Meta:
        model = Team
        fields = ("name", "organisation", "challenge_statement")
        widgets: ClassVar[dict[str, Any]] = {"challenge_statement": forms.Textarea(attrs={"rows": 3})}
        labels: ClassVar[dict[str, Any]] = {
            "name": _("Name of the team"),
            "organisation": _("Organisation"),
            "challenge_statement": _("Challenge statement"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "organisation": _("Optional."),
            "challenge_statement": _("Optional. The problem in the team's own words."),
        }
        error_messages: ClassVar[dict[str, Any]] = {"name": {"required": _("Give the team a name.")}}

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.challenge = challenge
        # Whoever the admin site put into the team without a role stays to be seen here.
        inside = Q(pk__in=challenge.memberships.values_list("user_id", flat=True))
        if self.instance.pk:
            inside |= Q(pk__in=self.instance.members.values_list("user_id", flat=True))
        self.fields["members"] = PeopleField(
            label=_("Members"),
            help_text=_("People are added to the challenge first, then to a team."),
            queryset=User.objects.filter(inside).order_by("name", "email"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "invalid_choice": _(
                    "One of these people is no longer in the challenge. Look at the list again."
                ),
            },
        )
        if self.instance.pk:
            self.initial["members"] = list(self.instance.members.values_list("user_id", flat=True))
        self.helper = helper(Row(Column("name"), Column("organisation")), "challenge_statement", "members")

    def clean_name(self) -> str:
        """Refuse a name that another team of the challenge has, in whatever case."""
        name: str = self.cleaned_data["name"]
        twins = self.challenge.teams.filter(name__iexact=name).exclude(pk=self.instance.pk)
        if twins.exists():
            raise forms.ValidationError(_t("Another team has this name. Give this one a name of its own."))
        return name
