"""A Lab challenge: its question, its three dated phases, its people and its teams."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Timestamped(models.Model):
    """Says when a row was made and last changed."""

    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    changed_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        abstract = True


class Challenge(Timestamped):
    """One complex question that a Lab works on for about a year, with one partner or more."""

    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    question = models.TextField(_("question"), max_length=600)
    about = models.TextField(_("about"), max_length=4000, blank=True)
    partner = models.CharField(_("partner"), max_length=200, blank=True)
    starts = models.DateField(_("first day"))
    ends = models.DateField(_("last day"))
    public = models.BooleanField(_("anyone may see this page"), default=False)

    class Meta:
        ordering = ("-starts", "title")
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")), name="challenges_challenge_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The challenge's own page."""
        return reverse("challenges:challenge", args=[self.slug])


class Phase(Timestamped):
    """One of the three stages of the year. `starts` and `ends` are its first and last day, both included."""

    class Kind(models.TextChoices):
        RESEARCH_DISCOVERY = "research_discovery", _("Research and discovery")
        DEVELOP_TEST = "develop_test", _("Developing and testing ideas")
        DISTIL_SHARE = "distil_share", _("Distilling and sharing learning")

    challenge = models.ForeignKey(
        Challenge, models.CASCADE, related_name="phases", verbose_name=_("challenge")
    )
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    purpose = models.TextField(_("purpose"), max_length=600, blank=True)
    starts = models.DateField(_("first day"))
    ends = models.DateField(_("last day"))
    done_when = models.TextField(
        _("done when"), max_length=1200, blank=True, help_text=_("One check a line.")
    )

    class Meta:
        ordering = ("challenge", "starts")
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints = (
            models.UniqueConstraint(fields=("challenge", "kind"), name="challenges_phase_one_of_each_kind"),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")), name="challenges_phase_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["research_discovery", "develop_test", "distil_share"]),
                name="challenges_phase_known_kind",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def checks(self) -> list[str]:
        """What must be true at the end of this phase, one sentence each."""
        return [line.strip() for line in self.done_when.splitlines() if line.strip()]


class Team(Timestamped):
    """People of one organisation or place who test an idea together."""

    challenge = models.ForeignKey(
        Challenge, models.CASCADE, related_name="teams", verbose_name=_("challenge")
    )
    name = models.CharField(_("name"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    challenge_statement = models.TextField(
        _("challenge statement"),
        max_length=600,
        blank=True,
        help_text=_("The problem in the team's own words."),
    )

    class Meta:
        ordering = ("challenge", "pk")
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = (
            models.UniqueConstraint(
                F("challenge"), Lower("name"), name="challenges_team_one_name_in_a_challenge"
            ),
        )

    def __str__(self) -> str:
        return self.name


class TeamMembership(Timestamped):
    """Somebody in a team."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="members", verbose_name=_("team"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="team_memberships", verbose_name=_("person")
    )

    class Meta:
        ordering = ("team", "user__name", "pk")
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = (
            models.UniqueConstraint(fields=("team", "user"), name="challenges_team_membership_once"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


class Membership(Timestamped):
    """Somebody's role in a challenge. A person may hold several, each in a row of its own."""

    class Role(models.TextChoices):
        STAFF = "staff", _("Lab staff")
        FACILITATOR = "facilitator", _("Facilitator")
        PARTICIPANT = "participant", _("Participant")
        OBSERVER = "observer", _("Observer")

    # What a role means, in the words of the page that gives it to somebody.
    ROLE_WORDS: ClassVar[dict[str, object]] = {
        "staff": _("edits the challenge and its people, runs workshops, publishes reports"),
        "facilitator": _("prepares and runs workshops, keeps the insight board"),
        "participant": _("takes part in workshops and teams"),
        "observer": _("sees everything the challenge shares, changes nothing"),
    }

    challenge = models.ForeignKey(
        Challenge, models.CASCADE, related_name="memberships", verbose_name=_("challenge")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)
    background = models.CharField(
        _("background"),
        max_length=120,
        blank=True,
        help_text=_(
            "What the person brings, for example “Person living with epilepsy” or “Physiotherapist”."
        ),
    )

    class Meta:
        ordering = ("challenge", "user__name", "pk")
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = (
            models.UniqueConstraint(
                fields=("challenge", "user", "role"), name="challenges_membership_each_role_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["staff", "facilitator", "participant", "observer"]),
                name="challenges_membership_known_role",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
