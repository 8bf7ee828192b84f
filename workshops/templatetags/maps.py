"""What the templates of driver diagrams and journey maps ask for. The work is done in `workshops.maps`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from workshops import maps

register = template.Library()


@register.simple_tag
def diagram_of(
    outcome: Mapping[str, Any],
    ideas: Any,
    public: object = True,  # noqa: FBT002 (tags of templates get it by place)
) -> maps.DiagramOf:
    """`{% diagram_of outcome ideas public as diagram %}`. Only a clear no opens what stays inside."""
    return maps.diagram_of(outcome, ideas if isinstance(ideas, Mapping) else {}, public=public is not False)


@register.simple_tag
def journey_of(
    outcome: Mapping[str, Any],
    ideas: Any,
    public: object = True,  # noqa: FBT002 (tags of templates get it by place)
) -> maps.JourneyOf:
    """`{% journey_of outcome ideas public as journey %}`. Only a clear no opens what stays inside."""
    return maps.journey_of(outcome, ideas if isinstance(ideas, Mapping) else {}, public=public is not False)
