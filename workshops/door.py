"""Guessing join codes is made slow. Only wrong tries count, because a whole hospital may share one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache

if TYPE_CHECKING:
    from django.http import HttpRequest

WRONG_FROM_ONE = 60
WRONG_FROM_ALL = 2000
WINDOW_SECONDS = 600


def _keys(request: HttpRequest) -> dict[str, int]:
    return {
        f"wrong-codes:{request.META.get('REMOTE_ADDR', '')}": WRONG_FROM_ONE,
        "wrong-codes": WRONG_FROM_ALL,
    }


def is_shut(request: HttpRequest) -> bool:
    """Whether there were too many wrong codes lately, from this address or altogether."""
    return any(cache.get(key, 0) >= most for key, most in _keys(request).items())


def wrong_code(request: HttpRequest) -> None:
    """Count a wrong code."""
    for key in _keys(request):
        if not cache.add(key, 1, WINDOW_SECONDS):
            try:
                cache.incr(key)
            except ValueError:  # ran out in between
                cache.set(key, 1, WINDOW_SECONDS)
