"""What one round of next actions came to beside its words: days, who said who does it, agreement and backing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from realtime.kinds import Refused

ACTION, OWNER = "action", "owner"
FARTHEST = timedelta(days=3 * 366)


@dataclass(slots=True)
class Plan:
    """The memory of one round."""

    number: int
    """How many may be agreed, as it was when something was last agreed: for rounds that are over."""
    due: dict[str, str] = field(default_factory=dict)
    """By when each action is to be done, as YYYY-MM-DD."""
    due_before: dict[str, str] = field(default_factory=dict)
    """Of actions whose day a facilitator corrected: what was proposed, "" for no day."""
    owners: dict[str, list[str]] = field(default_factory=dict)
    """The pieces that say who does each action, oldest first: the last that is on the board holds."""
    owner_corrected: set[str] = field(default_factory=set)
    removed_with: dict[str, str] = field(default_factory=dict)
    """The owner's piece that left together with an action, by the action."""
    agreed: dict[str, None] = field(default_factory=dict)
    """In the order in which they were agreed."""
    backed: dict[str, dict[str, None]] = field(default_factory=dict)
    """The actions that each person backs."""
    backing: dict[str, int] = field(default_factory=dict)

    def back(self, person: str, action: str, *, on: bool) -> None:
        """Note that somebody backs an action, or does no more."""
        theirs = self.backed.setdefault(person, {})
        if (action in theirs) == on:
            return
        if on:
            theirs[action] = None
        else:
            del theirs[action]
        self.backing[action] = self.backing.get(action, 0) + (1 if on else -1)
        if not theirs:
            del self.backed[person]

    def agree(self, action: str, *, on: bool, number: int) -> None:
        """Note that an action is agreed, one of so `number` many that may be, or that it is not any more."""
        self.agreed.pop(action, None)
        if on:
            self.agreed[action] = None
            self.number = number

    def correct_day(self, action: str, day: str) -> None:
        """Take a facilitator's day; what was proposed first is kept."""
        self.due_before.setdefault(action, self.due.get(action, ""))
        self.due[action] = day


# -- days ------------------------------------------------------------------------------------------------------------


def day_at(at: int) -> date:
    """Give the day of a moment (ms)."""
    return datetime.fromtimestamp(at / 1000, tz=UTC).date()


def day_of(given: str | None, at: int) -> str:
    """Read a day, such as "2026-12-04"; "" for none. Raises Refused for what is no day, past, or far away."""
    if not given:
        return ""
    today = day_at(at)
    try:
        day = datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        day = date.min
    if not today - timedelta(days=1) <= day <= today + FARTHEST:  # it may still be yesterday elsewhere
        raise Refused("bad_date", _("Choose a day from today on, within three years."))
    return day.isoformat()


def in_words(due: str) -> str:
    """Give a day as people write it, in the language in use."""
    return date_format(date.fromisoformat(due), "j F Y") if due else ""
