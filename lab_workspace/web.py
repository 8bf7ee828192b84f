"""What the views of every area share."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.views.decorators.http import require_http_methods

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django_htmx.middleware import HtmxDetails

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def by_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page."""
    return bool(cast("HtmxDetails", request.htmx))  # type: ignore[attr-defined]  # its middleware adds it
