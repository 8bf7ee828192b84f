"""What is kept of a workshop outside its log: who holds a seat, and what closing it projected from the log.

The agenda, the people's names, ideas, clusters and votes live in the workshop's stream (`realtime.models`);
the records here are copies made from it by `workshops.results.archive` and can be made again at any time.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge, Phase
from realtime.models import Stream

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class RealWorkshops(models.Manager["Workshop"]):
    """All workshops but rehearsals: what lists, searches, records, reports and reminders may know of."""

    def get_queryset(self) -> models.QuerySet[Workshop]:
        """Leave rehearsals out."""
        return super().get_queryset().filter(rehearsal_of=None)


class Workshop(models.Model):
    """A live session of a challenge, or (`rehearsal_of`) a copy of one to practise in, of which nothing is kept."""

    class State(models.TextChoices):
        """A copy of what the log says, for lists of workshops."""

        PLANNED = "planned", _("Planned")
        OPEN = "open", _("Open now")
        CLOSED = "closed", _("Closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="workshops")
    phase = models.ForeignKey(
        Phase, on_delete=models.SET_NULL, null=True, blank=True, related_name="workshops"
    )
    title = models.CharField(_("title"), max_length=120)
    purpose = models.TextField(_("what this workshop is for"), blank=True, max_length=1000)
    starts_at = models.DateTimeField(_("starts"))
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), default=90)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    code = models.CharField(_("join code"), max_length=8, unique=True)
    stream = models.OneToOneField(Stream, on_delete=models.PROTECT, related_name="workshop")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="workshops_made"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    rehearsal_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = RealWorkshops()
    rooms: ClassVar[models.Manager[Workshop]] = models.Manager()
    """All of them, rehearsals too: to find the one that an id, a code or a log belongs to, and for nothing else."""

    class Meta:
        ordering: ClassVar = ["starts_at", "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page that participants see."""
        return reverse("workshops:room", args=[self.pk])


class Attendance(models.Model):
    """A seat in a workshop: ties an account or a guest's session to the pseudonym used in the log."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="attendances"
    )
    actor = models.CharField(max_length=40)
    joined_at = models.DateTimeField(auto_now_add=True)
    wants_reminders = models.BooleanField(default=False, db_default=False)
    """Whether they asked for an e-mail before an activity that stays open for days is over."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workshop", "actor"], name="workshops_attendance_once_per_actor"),
            models.UniqueConstraint(fields=["workshop", "user"], name="workshops_attendance_once_per_user"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} in {self.workshop}"


class Reminder(models.Model):
    """A reminder that was sent: one for each person, activity and end."""

    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="reminders")
    step = models.CharField(max_length=16)
    until = models.DateTimeField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["attendance", "step", "until"], name="workshops_reminder_once_for_each_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} to {self.attendance}"


class Consent(models.TextChoices):
    """How a person's words may be used outside the Lab."""

    INTERNAL = "internal", _("Only inside the Lab")
    UNNAMED = "unnamed", _("Quoted without my name")
    ROLE = "role", _("Quoted with my role")
    NAMED = "named", _("Quoted with my name")


class IdeaRecord(models.Model):
    """An idea as it stood when its workshop's round or the workshop closed."""

    gid = models.CharField(primary_key=True, max_length=64)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="ideas")
    step = models.CharField(max_length=16)
    text = models.TextField()
    consent = models.CharField(max_length=8, choices=Consent.choices, default=Consent.INTERNAL)
    credit = models.CharField(max_length=200, blank=True)
    hidden = models.BooleanField(default=False)
    removed = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["workshop", "written_at", "gid"]

    def __str__(self) -> str:
        return self.text[:80]


class ClusterRecord(models.Model):
    """A cluster with the global ids of its ideas, in order."""

    gid = models.CharField(primary_key=True, max_length=64)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="clusters")
    step = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    ideas: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["workshop", "position", "gid"]

    def __str__(self) -> str:
        return self.title


class TallyRecord(models.Model):
    """What one idea or cluster got in one round of a vote."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="tallies")
    step = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=64)
    dots = models.PositiveIntegerField()
    voters = models.PositiveIntegerField()
    rank = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["workshop", "step", "round", "rank", "item"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workshop", "step", "round", "item"], name="workshops_tally_once_per_item"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.dots}"


class Archive(models.Model):
    """What a closed workshop leaves behind, sealed: made once, never changed."""

    workshop = models.OneToOneField(Workshop, on_delete=models.PROTECT, related_name="archive")
    sealed_at = models.DateTimeField(auto_now_add=True)
    seq = models.PositiveBigIntegerField()
    chain_head = models.CharField(max_length=64)
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.workshop)

    def get_absolute_url(self) -> str:
        """The archive's page, for members of the challenge."""
        return reverse("workshops:archive", args=[self.workshop_id])


class SavedAgenda(models.Model):
    """An agenda kept to start other workshops from: somebody's template. `workshops.prepare.agendas` reads `steps`."""

    class For(models.TextChoices):
        """Who may start from it."""

        ME = "me", _("Only me")
        CHALLENGE = "challenge", _("Facilitators of this challenge")
        ALL = "all", _("All facilitators here")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("name"), max_length=120)
    about = models.TextField(_("what it is for"), blank=True, max_length=600)
    steps: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    shared_with = models.CharField(
        _("who may start from it"), max_length=9, choices=For.choices, default=For.ME
    )
    challenge = models.ForeignKey(
        Challenge, on_delete=models.CASCADE, related_name="saved_agendas", help_text="Where it was made."
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="saved_agendas"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["title", "made_at"]

    def __str__(self) -> str:
        return self.title


def consent_label(consent: str) -> StrOrPromise:
    """Say a consent level in the words that people saw when they chose it."""
    return Consent(consent).label
