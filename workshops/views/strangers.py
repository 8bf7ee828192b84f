"""A page that is the same for everybody who comes without cookies: drawn once, for a crowd that comes together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from collections.abc import Hashable

    from django.http import HttpRequest

SECONDS = 2.0
MOST_KEPT = 64
_TOKEN = "token-of-this-visitor-goes-here"  # noqa: S105 (stands for one)

_kept: dict[Hashable, tuple[float, list[str]]] = {}


def is_stranger(request: HttpRequest) -> bool:
    """Whether nothing is known of them that a page could show: no session, no messages."""
    return not ({settings.SESSION_COOKIE_NAME, "messages"} & request.COOKIES.keys())


def page_for_strangers(
    request: HttpRequest, template: str, context: dict[str, Any], *said: Hashable
) -> HttpResponse:
    """Give a page to a stranger. `said` is all that it says about what can change. Each gets a token of their own."""
    key = (template, translation.get_language(), request.path, *said)
    now = time.monotonic()
    at, parts = _kept.get(key, (0.0, []))
    if not parts or now - at > SECONDS:
        parts = render_to_string(template, {**context, "csrf_token": _TOKEN}, request).split(_TOKEN)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = (now, parts)
    return HttpResponse(get_token(request).join(parts))
