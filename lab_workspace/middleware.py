"""Headers on every answer that Django's own middleware doesn't set, and forms that it stumbles over."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseBase

# Nothing here uses a camera, a place or a payment; an injected script shall not either.
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


type Handler = Callable[[HttpRequest], HttpResponseBase]


def only_utf8_forms(get_response: Handler) -> Handler:
    """Turn away forms in another encoding. Django refuses them too, but fails again while it says so (500)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if (
            request.content_type == "application/x-www-form-urlencoded"
            and (request.encoding or "utf-8").lower() != "utf-8"
        ):
            return HttpResponseBadRequest("Forms must be sent in UTF-8.", content_type="text/plain")
        return get_response(request)

    return middleware


def careful_headers(get_response: Handler) -> Handler:
    """Add a permissions policy; keep pages out of shared caches unless a view says otherwise."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware
