"""The insight board: one statement each, with what it rests on."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, Phase
from workshops.models import Workshop


class Insight(models.Model):
    """One thing that was learned, in one sentence. Withdrawing hides it; nothing is deleted."""

    class Status(models.TextChoices):
        """How far the evidence carries it."""

        EMERGING = "emerging", _("Emerging")
        SUPPORTED = "supported", _("Supported")
        CONTESTED = "contested", _("Contested")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="insights")
    phase = models.ForeignKey(
        Phase, on_delete=models.SET_NULL, null=True, blank=True, related_name="insights"
    )
    statement = models.CharField(_("what was learned"), max_length=400)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.EMERGING)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="insights"
    )
    words = models.TextField(
        editable=False, default="", help_text="What the search looks in: folded, kept by the actions."
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["challenge", "-created_at"], name="insights_by_challenge"),
        ]

    def __str__(self) -> str:
        return self.statement

    def get_absolute_url(self) -> str:
        """The insight with its evidence."""
        return reverse("insights:insight", args=[self.challenge.slug, self.pk])


class InsightTag(models.Model):
    """A tag of an insight; a row of its own, so that both databases can filter by it."""

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["insight", "name"], name="insights_tag_once_per_insight"),
        ]

    def __str__(self) -> str:
        return self.name


class Evidence(models.Model):
    """One thing that an insight rests on.

    An idea, a cluster or a vote is named by its identity only; its words are read, with consent, where they
    live.
    """

    class Kind(models.TextChoices):
        """What the evidence is."""

        IDEA = "idea", _("Idea")
        CLUSTER = "cluster", _("Group")
        VOTE = "vote", _("Vote")
        NOTE = "note", _("Note")
        LINK = "link", _("Link")

    class Strength(models.TextChoices):
        """How much it carries."""

        WEAK = "weak", _("Weak")
        MODERATE = "moderate", _("Moderate")
        STRONG = "strong", _("Strong")

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.NOTE)
    workshop = models.ForeignKey(
        Workshop, on_delete=models.SET_NULL, null=True, blank=True, related_name="evidence"
    )
    source = models.CharField(
        max_length=64,
        blank=True,
        help_text="Global id of the idea or cluster; of a vote, of the item voted on.",
    )
    outcome = models.CharField(max_length=24, blank=True, help_text="Of a vote: step and round, as in a3/1.")
    note = models.TextField(_("note"), max_length=1000, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    strength = models.CharField(
        _("strength"), max_length=8, choices=Strength.choices, default=Strength.MODERATE
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name_plural = "evidence"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["insight", "kind", "source", "outcome"],
                condition=~models.Q(source=""),
                name="insights_source_once_per_insight",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.note or self.source or self.url}"
