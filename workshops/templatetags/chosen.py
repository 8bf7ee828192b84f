"""What the templates of outcomes ask for where people chose between things. The work is done in `workshops.chosen`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from workshops import chosen
from workshops.activities.matrix_drawing import plot_of

register = template.Library()


@register.simple_tag
def chosen_rows(
    outcome: Mapping[str, Any],
    name: str,
    ideas: Any,
    clusters: Any,
    public: object = True,  # noqa: FBT002 (tags of templates get it by place)
) -> list[chosen.Chosen]:
    """`{% chosen_rows outcome "places" ideas clusters public as rows %}`. Only a clear no opens what stays inside."""
    return chosen.chosen_rows(
        outcome,
        name,
        ideas if isinstance(ideas, Mapping) else {},
        clusters if isinstance(clusters, Mapping) else {},
        public=public is not False,
    )


@register.simple_tag
def matrix_plot(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """`{% matrix_plot outcome as plot %}`: the drawing of a prioritisation matrix."""
    return plot_of(outcome, outcome["points"])
