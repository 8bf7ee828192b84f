"""What the templates of guided chats ask for. The work is done in `workshops.transcripts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from workshops import transcripts

register = template.Library()


@register.simple_tag
def transcript_of(
    outcome: Mapping[str, Any],
    ideas: Any,
    public: object = True,  # noqa: FBT002 (tags of templates get it by place)
) -> transcripts.Transcript:
    """`{% transcript_of outcome ideas public as chat %}`. Only a clear no opens what stays inside."""
    found = ideas if isinstance(ideas, Mapping) else {}
    return transcripts.transcript_of(outcome, found, public=public is not False)
