"""What the templates of word clouds ask for. The work is done in `workshops.clouds`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from workshops import clouds

register = template.Library()


@register.simple_tag
def cloud_of(
    outcome: Mapping[str, Any],
    ideas: Any,
    public: object = True,  # noqa: FBT002 (tags of templates get it by place)
) -> clouds.CloudOf:
    """`{% cloud_of outcome ideas public as cloud %}`. Only a clear no opens what stays inside."""
    return clouds.cloud_of(outcome, ideas if isinstance(ideas, Mapping) else {}, public=public is not False)
