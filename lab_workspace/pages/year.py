"""Where a challenge is in its year. Pure: today is given, nothing is read.

`year_of` says it in words for everybody; `picture_of` places the same things on a line, for the drawing that
the words stand beside.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from challenges.models import Challenge, Phase
    from workshops.models import Workshop

type State = Literal["done", "now", "next"]


@dataclass(frozen=True)
class Stage:
    """One phase, seen from today."""

    number: int
    phase: Phase
    state: State


@dataclass(frozen=True)
class Next:
    """The next thing that will happen: a workshop, or a phase that begins or ends."""

    day: datetime.date
    words: str
    workshop: Workshop | None = None


@dataclass(frozen=True)
class Year:
    """Where the challenge is today."""

    today: datetime.date
    stages: list[Stage]
    now: Stage | None
    where: str
    next: Next | None


def in_days(day: datetime.date, today: datetime.date) -> str:
    """How far off `day` is, in words: "today", "tomorrow", "in 4 days", "in 3 weeks"."""
    days = (day - today).days
    if days <= 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days < 21:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    weeks = round(days / 7)
    return ngettext("in %(weeks)s week", "in %(weeks)s weeks", weeks) % {"weeks": weeks}


def _where(challenge: Challenge, stages: Sequence[Stage], now: Stage | None, today: datetime.date) -> str:
    """One sentence: where in the year today is."""
    if today < challenge.starts:
        return _("This challenge begins %(when)s, on %(day)s.") % {
            "when": in_days(challenge.starts, today),
            "day": date_format(challenge.starts, "j F Y"),
        }
    if today > challenge.ends:
        return _("This challenge ended on %(day)s.") % {"day": date_format(challenge.ends, "j F Y")}
    if now is None:
        following = next((stage for stage in stages if stage.state == "next"), None)
        if following is None:
            return _("All phases are done; the challenge ends on %(day)s.") % {
                "day": date_format(challenge.ends, "j F Y")
            }
        return _("Between two phases. “%(name)s” begins on %(day)s.") % {
            "name": following.phase.name,
            "day": date_format(following.phase.starts, "j F Y"),
        }
    days = (now.phase.ends - today).days
    if days < 7:
        return _("Phase %(number)s of %(all)s, in its last days.") % {
            "number": now.number,
            "all": len(stages),
        }
    weeks = round(days / 7)
    return ngettext(
        "Phase %(number)s of %(all)s, with about a week left.",
        "Phase %(number)s of %(all)s, with about %(weeks)s weeks left.",
        weeks,
    ) % {"number": now.number, "all": len(stages), "weeks": weeks}


def _next(
    challenge: Challenge, stages: Sequence[Stage], workshops: Sequence[Workshop], now: datetime.datetime
) -> Next | None:
    """The soonest of: a planned workshop, a phase's beginning, a phase's end, the end of the challenge."""
    today = timezone.localdate(now)
    coming = []
    for workshop in workshops:
        day = timezone.localdate(workshop.starts_at)
        if workshop.state == "planned" and day >= today:
            coming.append(Next(day, workshop.title, workshop))
    for stage in stages:
        phase = stage.phase
        if phase.starts > today:
            coming.append(Next(phase.starts, _("“%(name)s” begins") % {"name": phase.name}))
        elif phase.ends >= today:
            coming.append(Next(phase.ends, _("“%(name)s” ends") % {"name": phase.name}))
    if challenge.ends >= today:
        coming.append(Next(challenge.ends, _("The challenge ends")))
    # Of things on the same day a workshop comes first: it is what people can come to.
    return min(coming, key=lambda thing: (thing.day, thing.workshop is None), default=None)


def year_of(
    challenge: Challenge, phases: Sequence[Phase], workshops: Sequence[Workshop], now: datetime.datetime
) -> Year:
    """Where the challenge is at `now` (aware), with its phases in order and its workshops."""
    today = timezone.localdate(now)
    stages = []
    for number, phase in enumerate(phases, start=1):
        state: State = "done" if phase.ends < today else "now" if phase.starts <= today else "next"
        stages.append(Stage(number, phase, state))
    current = next((stage for stage in stages if stage.state == "now"), None)
    where = _where(challenge, stages, current, today)
    return Year(today, stages, current, where, _next(challenge, stages, workshops, now))


# --- The drawing ---

WIDTH = 1200
# About as wide as two short words of a label, so that labels do not run into each other.
ROOM = 118


@dataclass(frozen=True)
class Block:
    """A phase on the line: from `x`, `width` wide; its words begin at `text_x`."""

    stage: Stage
    x: int
    width: int
    text_x: int


@dataclass(frozen=True)
class Knot:
    """A workshop on the line. `lines` is empty where its label would run into another."""

    workshop: Workshop
    x: int
    text_x: int
    done: bool
    soonest: bool
    day: str
    lines: list[str]


@dataclass(frozen=True)
class Month:
    """The first of a month on the line."""

    x: int
    name: str


@dataclass(frozen=True)
class Picture:
    """Everything with its place, in units of a drawing that is `WIDTH` wide."""

    width: int
    blocks: list[Block]
    knots: list[Knot]
    months: list[Month]
    today_x: int | None
    label_x: int
    done_to: int


def _wrap(title: str) -> list[str]:
    """A title in at most two short lines."""
    lines: list[str] = []
    for word in title.split():
        if lines and len(lines[-1]) + len(word) < 15:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    cut = [Truncator(line).chars(17) for line in lines[:2]]
    if len(lines) > 2 and not cut[1].endswith("…"):
        cut[1] += "…"
    return cut


def _months(starts: datetime.date, ends: datetime.date, place: _Scale) -> list[Month]:
    months = []
    day = starts.replace(day=1)
    every = 1 if (ends - starts).days < 430 else 3
    while day <= ends:
        if day >= starts and (day.month - starts.month) % every == 0:
            months.append(Month(place(day), date_format(day, "M")))
        day = (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    return months


class _Scale:
    """Days to places on the line."""

    def __init__(self, starts: datetime.date, ends: datetime.date) -> None:
        self.starts = starts
        self.days = max(1, (ends - starts).days + 1)

    def __call__(self, day: datetime.date) -> int:
        share = (day - self.starts).days / self.days
        return round(min(1.0, max(0.0, share)) * WIDTH)


def _knots(year: Year, workshops: Sequence[Workshop], place: _Scale) -> list[Knot]:
    """The workshops on the line. The next one always has its label; others where there is room."""
    first = year.next.workshop if year.next else None
    taken: list[int] = []
    labelled: set[object] = set()
    for workshop in sorted(workshops, key=lambda one: (one != first, one.starts_at)):
        x = place(timezone.localdate(workshop.starts_at))
        if all(abs(x - other) >= ROOM for other in taken):
            taken.append(x)
            labelled.add(workshop.pk)
    knots = []
    for workshop in workshops:
        day = timezone.localdate(workshop.starts_at)
        x = place(day)
        has_label = workshop.pk in labelled
        knots.append(
            Knot(
                workshop=workshop,
                x=x,
                text_x=min(WIDTH - ROOM // 2, max(ROOM // 2, x)),
                done=workshop.state == "closed",
                soonest=workshop == first,
                day=date_format(day, "j M") if has_label else "",
                lines=_wrap(workshop.title) if has_label else [],
            )
        )
    return knots


def picture_of(year: Year, challenge: Challenge, workshops: Sequence[Workshop]) -> Picture:
    """The year as a line. Workshops outside the challenge's dates are left to the list beside it."""
    place = _Scale(challenge.starts, challenge.ends)
    inside = [
        workshop
        for workshop in workshops
        if challenge.starts <= timezone.localdate(workshop.starts_at) <= challenge.ends
    ]
    blocks = []
    for stage in year.stages:
        x = place(stage.phase.starts)
        width = max(8, place(stage.phase.ends + datetime.timedelta(days=1)) - x - 8)
        blocks.append(Block(stage, x, width, x + 14))
    running = challenge.starts <= year.today <= challenge.ends
    today_x = place(year.today) if running else None
    return Picture(
        width=WIDTH,
        blocks=blocks,
        knots=_knots(year, inside, place),
        months=_months(challenge.starts, challenge.ends, place),
        today_x=today_x,
        label_x=min(WIDTH - 32, max(32, today_x or 0)),
        done_to=today_x if today_x is not None else (WIDTH if year.today > challenge.ends else 0),
    )
