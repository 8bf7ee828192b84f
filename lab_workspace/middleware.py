"""Headers on every answer that Django's own middleware doesn't set."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

# Nothing here uses a camera, a place or a payment; an injected script shall not either.
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


type Handler = Callable[[HttpRequest], HttpResponseBase]


def careful_headers(get_response: Handler) -> Handler:
    """Add a permissions policy; keep pages out of shared caches unless a view says otherwise."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware
