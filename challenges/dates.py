"""The calendar rules of a challenge. Pure: no database, no clock.

Every span has a first and a last day, both included. The three phases lie inside the challenge, in their
order, and do not overlap; days between them may be free (Lab teams do rest).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from challenges.models import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST_DAYS = 28
LONGEST_DAYS = 3 * 366
# How the Lab's own years were divided: four, five and three months.
SHARES = {
    Phase.Kind.RESEARCH_DISCOVERY: 4,
    Phase.Kind.DEVELOP_TEST: 5,
    Phase.Kind.DISTIL_SHARE: 3,
}


@dataclass(frozen=True)
class Span:
    """The first and last day of a phase, with the name to use for it in a sentence."""

    kind: str
    name: str
    starts: datetime.date
    ends: datetime.date


def _day(day: datetime.date) -> str:
    return date_format(day, "j F Y")


def divide(starts: datetime.date, ends: datetime.date) -> list[Span]:
    """Divide a challenge into its three phases without free days, in the proportion 4 : 5 : 3."""
    days = (ends - starts).days + 1
    spans = []
    passed = 0
    first = starts
    for kind, share in SHARES.items():
        passed += share
        last = starts + datetime.timedelta(days=days * passed // sum(SHARES.values()) - 1)
        spans.append(Span(kind.value, str(kind.label), first, last))
        first = last + datetime.timedelta(days=1)
    return spans


def challenge_problem(starts: datetime.date, ends: datetime.date) -> str | None:
    """What is wrong with the challenge's own dates, as a sentence; None when they are fine."""
    if ends <= starts:
        return _("The last day must come after the first day, %(day)s.") % {"day": _day(starts)}
    days = (ends - starts).days + 1
    if days < SHORTEST_DAYS:
        return _("A challenge lasts four weeks at least; most last about a year. Choose a later last day.")
    if days > LONGEST_DAYS:
        return _("That is more than three years. Check the year of the last day.")
    return None


def phase_problems(
    starts: datetime.date, ends: datetime.date, spans: Sequence[Span]
) -> dict[tuple[str, str], str]:
    """What is wrong with the phases' dates: (kind, "starts" or "ends") -> one sentence; empty if all is fine.

    `spans` come in the order of the kinds; phases whose dates are missing are left out by the caller.
    """
    problems: dict[tuple[str, str], str] = {}
    before: Span | None = None
    for span in spans:
        if span.ends <= span.starts:
            problems[span.kind, "ends"] = _("The last day must come after the first day, %(day)s.") % {
                "day": _day(span.starts)
            }
        elif span.ends > ends:
            problems[span.kind, "ends"] = _("The challenge ends on %(day)s, before this.") % {
                "day": _day(ends)
            }
        if span.starts < starts:
            problems[span.kind, "starts"] = _("The challenge starts on %(day)s, after this.") % {
                "day": _day(starts)
            }
        elif before is not None and span.starts <= before.ends:
            words = {"name": before.name, "day": _day(before.ends)}
            if span.ends < before.starts:
                problem = _("This must come after “%(name)s”, which ends on %(day)s.") % words
            else:
                problem = _("This overlaps with “%(name)s”, which ends on %(day)s.") % words
            problems[span.kind, "starts"] = problem
        before = span
    return problems
