"""What a page says while the database, or this process, can't serve its workshop for a moment."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from realtime.ledger import AWAY


def or_busy[**P](
    view: Callable[Concatenate[HttpRequest, P], Coroutine[Any, Any, HttpResponse]],
) -> Callable[Concatenate[HttpRequest, P], Coroutine[Any, Any, HttpResponse]]:
    """Answer 503 with a sentence, instead of an error, when a view could not look."""

    @functools.wraps(view)
    async def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return await view(request, *args, **kwargs)
        except AWAY:
            response = await sync_to_async(render)(request, "workshops/busy.html", status=503)
            response.headers["Retry-After"] = "5"
            return response

    return guarded
