"""Whole workshops as Labs run them, to start from: one module for each, and `FORMATS` with all of them."""

from __future__ import annotations

from workshops.formats import (
    bold_ideas,
    chat_hour,
    closing,
    convening_day,
    distilling,
    how_might_we,
    prioritising,
    prototype_review,
    sharing_experiences,
    team_check_in,
    theory_of_change,
    usual,
    walking_a_journey,
)
from workshops.formats.model import Format, Part

USUAL: Format = usual.FORMAT
"""What a workshop starts with when nobody chose anything."""

FORMATS: dict[str, Format] = {
    one.key: one
    for one in (
        USUAL,
        convening_day.FORMAT,
        sharing_experiences.FORMAT,
        walking_a_journey.FORMAT,
        how_might_we.FORMAT,
        bold_ideas.FORMAT,
        prioritising.FORMAT,
        theory_of_change.FORMAT,
        prototype_review.FORMAT,
        team_check_in.FORMAT,
        distilling.FORMAT,
        closing.FORMAT,
        chat_hour.FORMAT,
    )
}

__all__ = ["FORMATS", "USUAL", "Format", "Part"]
