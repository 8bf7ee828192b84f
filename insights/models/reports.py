"""Learning reports: a draft that changes, versions that never do, and links that open one report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.base import ModelBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from insights.models.board import Insight
from workshops.models import Archive


class VersionIsFixedError(TypeError):
    """Somebody tried to change a published version. Publish a new one instead."""


class Report(models.Model):
    """A learning report: what the Lab team works on. What readers see are its versions."""

    class State(models.TextChoices):
        """Where the report stands."""

        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="reports")
    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(max_length=80, unique=True)
    authors = models.CharField(_("by"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=80, blank=True)
    summary = models.TextField(_("in plain words"), max_length=3000, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    listed = models.BooleanField(_("listed in the public library"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="reports"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-updated_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where its latest version is read."""
        return reverse("insights:published", args=[self.slug])


class Block(models.Model):
    """One piece of a draft. Removing keeps the row, so that it can be put back."""

    class Kind(models.TextChoices):
        """What the block shows."""

        TEXT = "text", _("Text")
        OUTCOME = "outcome", _("Outcome of a workshop")
        INSIGHTS = "insights", _("Insights")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="blocks")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    heading = models.CharField(_("heading"), max_length=120, blank=True)
    text = models.TextField(_("text"), max_length=20000, blank=True, help_text=_("Markdown."))
    archive = models.ForeignKey(
        Archive, on_delete=models.SET_NULL, null=True, blank=True, related_name="report_blocks"
    )
    outcome = models.CharField(max_length=24, blank=True, help_text="Step and round, as in a3/1.")
    seal = models.CharField(max_length=64, blank=True, help_text="The archive's sha256 at that time.")
    insights = models.ManyToManyField(Insight, blank=True, related_name="report_blocks")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.heading or self.text[:40]}"


class ReportVersion(models.Model):
    """What was published, word for word, with copies of everything shown. It never changes.

    Guarded three times: here, in the query set, and by a trigger in the database (migration 0002).
    """

    class FixedQuerySet(models.QuerySet["ReportVersion"]):
        """Refuses changes in bulk."""

        def update(self, **kwargs: Any) -> int:
            """Only who published it may be emptied. Raises VersionIsFixedError for anything else."""
            if set(kwargs) <= {"published_by", "published_by_id"}:
                return super().update(**kwargs)
            raise VersionIsFixedError(ReportVersion.REFUSAL)

        def bulk_update(self, *args: Any, **kwargs: Any) -> int:
            """Raise VersionIsFixedError."""
            raise VersionIsFixedError(ReportVersion.REFUSAL)

    REFUSAL: ClassVar = "A published version never changes. Publish a new one."

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    sha256 = models.CharField(max_length=64)
    change_note = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = FixedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["report", "number"], name="insights_version_number_once_per_report"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Add the version. Raises VersionIsFixedError when it exists already."""
        if not self._state.adding:
            raise VersionIsFixedError(self.REFUSAL)
        super().save(force_insert=True, using=using)

    def get_absolute_url(self) -> str:
        """The address of exactly this version."""
        return reverse("insights:published", args=[self.report.slug, self.number])


class ShareLink(models.Model):
    """A link that opens one report to whoever holds it. Only the hash of its token is kept."""

    class Scope(models.TextChoices):
        """What the link opens."""

        DRAFT = "draft", _("The draft as it stands")
        PUBLISHED = "published", _("The published report")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="share_links")
    token_hash = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("opens"), max_length=10, choices=Scope.choices, default=Scope.PUBLISHED)
    label = models.CharField(_("who it is for"), max_length=80)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.label
