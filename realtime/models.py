"""The log: one stream per room, one row per event. Nothing else of a live room is stored here."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


def new_epoch() -> str:
    """Name one life of a stream. A restored backup gets a new one, so that clients ahead of it notice."""
    return uuid.uuid4().hex[:12]


class Stream(models.Model):
    """The head of one log. Its row is locked by whoever appends, so that `seq` has no gaps."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32)
    epoch = models.CharField(max_length=12, default=new_epoch)
    seq = models.PositiveBigIntegerField(default=0)
    head = models.BinaryField(max_length=32, default=bytes)
    due = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due"], name="realtime_stream_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} at {self.seq}"


class Event(models.Model):
    """One thing that happened. Written once by `realtime.log`, never changed.

    Only erasure touches a row again: it empties `private`, `salt` and `asked`, and the chain stays valid, because
    it holds no more of them than SHA-256(salt, private).
    """

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    v = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=48)
    actor = models.CharField(max_length=40)
    # The operation that made this event. A command may make several; only its first carries the id.
    op = models.CharField(max_length=64, null=True)  # noqa: DJ001 (unique together, so absence must be NULL)
    asked = models.BinaryField(max_length=16, null=True)
    body = models.JSONField(default=dict)
    private = models.JSONField(null=True)
    salt = models.BinaryField(max_length=16, null=True)
    seal = models.BinaryField(max_length=32)
    chain = models.BinaryField(max_length=32)

    class Meta:
        ordering: ClassVar = ["stream", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "seq"], name="realtime_event_once_per_seq"),
            models.UniqueConstraint(fields=["stream", "actor", "op"], name="realtime_event_once_per_op"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"
