"""Moments of a live room, which are milliseconds since 1970, as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format, time_format

register = template.Library()


@register.filter
def at_clock(ms: int | None) -> str:
    """Give the time of day, in the workspace's own zone, or nothing."""
    if not ms:
        return ""
    return time_format(timezone.localtime(datetime.fromtimestamp(ms / 1000, tz=UTC)), "H:i")


@register.filter
def on_day(ms: int | None) -> str:
    """Give the day and the time of day, in the workspace's own zone, or nothing."""
    if not ms:
        return ""
    moment = timezone.localtime(datetime.fromtimestamp(ms / 1000, tz=UTC))
    return f"{date_format(moment, 'l j F')}, {time_format(moment, 'H:i')}"


@register.filter
def at_iso(ms: int | None) -> str:
    """Give a moment as machines read it, in the workspace's own zone, or nothing."""
    return timezone.localtime(datetime.fromtimestamp(ms / 1000, tz=UTC)).isoformat() if ms else ""
