"""Guessing join codes is made slow. Only wrong tries count, because a whole hospital may share one address."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST_WRONG = 60
WINDOW_SECONDS = 600
IPV6_SHARED_BITS = 64
"""One household or attacker holds a whole /64."""


def _key(request: HttpRequest) -> str:
    return f"wrong-codes:{address_of(request)}"


def address_of(request: HttpRequest) -> str:
    """Give the network address that a request came from: behind our proxy, the one that the proxy saw."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, IPV6_SHARED_BITS), strict=False))


def is_shut(request: HttpRequest) -> bool:
    """Whether there were too many wrong codes from this address lately. A right link opens all the same."""
    return bool(cache.get(_key(request), 0) >= MOST_WRONG)


def wrong_code(request: HttpRequest) -> None:
    """Count a wrong code."""
    key = _key(request)
    if not cache.add(key, 1, WINDOW_SECONDS):
        try:
            cache.incr(key)
        except ValueError:  # ran out in between
            cache.set(key, 1, WINDOW_SECONDS)
