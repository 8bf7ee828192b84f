"""What the templates of outcomes ask for. The work is done in `workshops.results`.

Each tag takes `ideas` and perhaps `clusters` as the templates have them, and `public`: only a clear no opens the words
that stay inside the Lab.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.formats import date_format

from workshops.activities.matrix.drawing import plot_of
from workshops.results import choosing, clouds, maps, outcomes, transcripts

register = template.Library()

type Found = Mapping[str, Mapping[str, Any]] | str | None


def _found(given: Found) -> Mapping[str, Mapping[str, Any]]:
    """A variable that a template doesn't know arrives as an empty string."""
    return given if isinstance(given, Mapping) else {}


def _public(given: object) -> bool:
    """Only a clear no opens the words that stay inside the Lab."""
    return given is not False


@register.simple_tag
def lines_of(gids: Any, ideas: Found, public: object = True) -> outcomes.Lines:  # noqa: FBT002 (as templates call it)
    """`{% lines_of outcome.ideas ideas public as lines %}`."""
    return outcomes.lines_of(gids or (), _found(ideas), public=_public(public))


@register.simple_tag
def groups_of(
    outcome: Mapping[str, Any],
    ideas: Found,
    clusters: Found,
    public: object = True,  # noqa: FBT002 (tags of templates get it by place)
) -> list[outcomes.GroupOf]:
    """`{% groups_of outcome ideas clusters public as groups %}`."""
    return outcomes.groups_of(outcome, _found(ideas), _found(clusters), public=_public(public))


@register.simple_tag
def vote_rows(
    outcome: Mapping[str, Any],
    ideas: Found,
    clusters: Found,
    public: object = True,  # noqa: FBT002 (as above)
) -> outcomes.VoteRows:
    """`{% vote_rows outcome ideas clusters public as vote %}`."""
    return outcomes.vote_rows(outcome, _found(ideas), _found(clusters), public=_public(public))


@register.simple_tag
def chosen_rows(
    outcome: Mapping[str, Any],
    name: str,
    ideas: Found,
    clusters: Found,
    public: object = True,  # noqa: FBT002 (as above)
) -> list[choosing.Chosen]:
    """`{% chosen_rows outcome "places" ideas clusters public as rows %}`."""
    return choosing.chosen_rows(outcome, name, _found(ideas), _found(clusters), public=_public(public))


@register.simple_tag
def matrix_plot(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """`{% matrix_plot outcome as plot %}`: the drawing of a prioritisation matrix."""
    return plot_of(outcome, outcome["points"])


@register.simple_tag
def cloud_of(outcome: Mapping[str, Any], ideas: Found, public: object = True) -> clouds.CloudOf:  # noqa: FBT002
    """`{% cloud_of outcome ideas public as cloud %}`."""
    return clouds.cloud_of(outcome, _found(ideas), public=_public(public))


@register.simple_tag
def diagram_of(outcome: Mapping[str, Any], ideas: Found, public: object = True) -> maps.DiagramOf:  # noqa: FBT002
    """`{% diagram_of outcome ideas public as diagram %}`."""
    return maps.diagram_of(outcome, _found(ideas), public=_public(public))


@register.simple_tag
def journey_of(outcome: Mapping[str, Any], ideas: Found, public: object = True) -> maps.JourneyOf:  # noqa: FBT002
    """`{% journey_of outcome ideas public as journey %}`."""
    return maps.journey_of(outcome, _found(ideas), public=_public(public))


@register.simple_tag
def transcript_of(
    outcome: Mapping[str, Any],
    ideas: Found,
    public: object = True,  # noqa: FBT002 (as above)
) -> transcripts.Transcript:
    """`{% transcript_of outcome ideas public as chat %}`."""
    return transcripts.transcript_of(outcome, _found(ideas), public=_public(public))


@register.filter
def day(written: str) -> str:
    """A day ("2026-12-04") as people write it."""
    return date_format(datetime.date.fromisoformat(written), "j F Y")


@register.filter
def turnout(outcome: Mapping[str, Any]) -> str:
    """Who voted, in one sentence."""
    return outcomes.turnout_of(outcome)


@register.filter
def rule(outcome: Mapping[str, Any]) -> str:
    """Under which rule people voted."""
    return outcomes.rule_of(outcome)
