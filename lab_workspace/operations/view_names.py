"""Tells the front, outside Django, which view answered: by its name, never by its address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

KEY = "lab.view"


@sync_and_async_middleware
def note_the_view(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Write the view's name into the request's scope. Goes with views of both kinds, so that none is slowed."""
    if iscoroutinefunction(get_response):
        waiting: Callable[[HttpRequest], Awaitable[HttpResponseBase]] = get_response

        async def later(request: HttpRequest) -> HttpResponseBase:
            response = await waiting(request)
            _note(request)
            return response

        return later

    def at_once(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = get_response(request)
        _note(request)
        return response

    return at_once


def _note(request: HttpRequest) -> None:
    scope, match = getattr(request, "scope", None), request.resolver_match
    if scope is not None and match is not None:
        scope[KEY] = match.view_name
