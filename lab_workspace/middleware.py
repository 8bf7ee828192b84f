"""Headers on every answer that Django's own middleware doesn't set, and forms that it stumbles over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext as _

# Nothing here uses a camera, a place or a payment; an injected script shall not either.
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


type Handler = Callable[[HttpRequest], Any]
"""Gives a response, or a coroutine that will."""


@sync_and_async_middleware
def only_utf8_forms(get_response: Handler) -> Handler:
    """Turn away forms in another encoding. Django refuses them too, but fails again while it says so (500)."""
    if iscoroutinefunction(get_response):

        async def on_the_loop(request: HttpRequest) -> HttpResponseBase:
            answer: HttpResponseBase = _refused(request) or await get_response(request)
            return answer

        return on_the_loop

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer: HttpResponseBase = _refused(request) or get_response(request)
        return answer

    return middleware


def _refused(request: HttpRequest) -> HttpResponseBase | None:
    for name, value in list(request.COOKIES.items()):
        if not value.isprintable():  # a NUL in a session's key would be an error of the database
            del request.COOKIES[name]
    if (
        request.content_type == "application/x-www-form-urlencoded"
        and (request.encoding or "utf-8").lower() != "utf-8"
    ):
        return HttpResponseBadRequest(
            _("Forms must be sent in UTF-8."), content_type="text/plain; charset=utf-8"
        )
    return None


@sync_and_async_middleware
def careful_headers(get_response: Handler) -> Handler:
    """Add a permissions policy; keep pages out of shared caches unless a view says otherwise."""
    if iscoroutinefunction(get_response):

        async def on_the_loop(request: HttpRequest) -> HttpResponseBase:
            return _with_headers(await get_response(request))

        return on_the_loop

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return _with_headers(get_response(request))

    return middleware


def _with_headers(response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code >= 400 and isinstance(response, HttpResponse) and not response.content:
        response.content = _("This can't be done here (%(reason)s).") % {"reason": response.reason_phrase}
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
        response.headers["Content-Length"] = str(len(response.content))
    response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
    if response.headers.get("Content-Type", "").startswith("text/html"):
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response
