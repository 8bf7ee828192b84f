"""Django's ASGI handler, made for a crowd: no thread for what only computes, and few threads for the rest.

By itself Django runs each half of each middleware in a thread (some twenty changes of thread for one request), and
one synchronous middleware holds a thread for as long as the request lasts: 300 people who wait in a long poll
would hold 300. Every request would also start a thread of its own, with a database connection of its own.
Here the same middleware, named in the settings as ever, answers the same, on the event loop.
"""

from __future__ import annotations

import asyncio
from contextlib import closing, nullcontext
from io import BytesIO
from typing import TYPE_CHECKING, Any, override

from asgiref.sync import ThreadSensitiveContext, iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core import signals
from django.core.exceptions import RequestAborted, SynchronousOnlyOperation
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections, reset_queries
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import set_script_prefix
from whitenoise.middleware import WhiteNoiseMiddleware

from realtime.saving import saves
from realtime.threads import OneThreadEach

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

THREADS = 8
"""For pages that aren't live, and for whatever else isn't asynchronous. As many database connections, at most."""
LARGE_FORM = 65_536
"""A longer body takes a while to be read as a form, so that is done in a thread."""


class OnTheLoop:
    """For Django's middleware whose two halves only compute: runs them where they are called."""

    async def __acall__(self: Any, request: HttpRequest) -> HttpResponseBase:
        """Do what `MiddlewareMixin.__acall__` does, without a thread."""
        response: HttpResponseBase | None = None
        if hasattr(self, "process_request"):
            response = self.process_request(request)
        response = response or await self.get_response(request)
        if hasattr(self, "process_response"):
            response = self.process_response(request, response)
        return response


class Security(OnTheLoop, SecurityMiddleware):
    """Headers, and the way to https."""


class ContentSecurityPolicy(OnTheLoop, ContentSecurityPolicyMiddleware):
    """The policy's header."""


class Locale(OnTheLoop, LocaleMiddleware):
    """The language of the answer."""


class Common(OnTheLoop, CommonMiddleware):
    """Slashes and lengths."""


class Authentication(OnTheLoop, AuthenticationMiddleware):
    """A user who is looked up only when asked for."""


class XFrameOptions(OnTheLoop, XFrameOptionsMiddleware):
    """The header against frames."""


class Csrf(OnTheLoop, CsrfViewMiddleware):
    """The check of forms."""

    async def process_view(  # type: ignore[override]  # the handler takes both kinds
        self, request: HttpRequest, *view: Any
    ) -> HttpResponseBase | None:
        """Check a request that may change something; long forms in a thread."""
        check = super().process_view
        if request.method == "POST" and _is_long(request):
            return await sync_to_async(check)(request, *view)
        return check(request, *view)


class Messages(OnTheLoop, MessageMiddleware):
    """What the next page says. Kept in a cookie, and only when it is very long in the session."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the messages on the way out, in a thread where the session must be read for it."""
        self.process_request(request)
        response: HttpResponse = await self.get_response(request)  # type: ignore[misc]  # it is asynchronous
        try:
            kept: HttpResponseBase = self.process_response(request, response)
        except SynchronousOnlyOperation:
            kept = await sync_to_async(self.process_response)(request, response)
        return kept


class Session(SessionMiddleware):
    """Who somebody was a moment ago. Writes only what was changed, together with other people's."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        """Save what was changed, if anything."""
        self.process_request(request)
        response: HttpResponse = await self.get_response(request)  # type: ignore[misc]  # it is asynchronous
        session = request.session
        if session.is_empty() or not (session.modified or settings.SESSION_SAVE_EVERY_REQUEST):
            saved: HttpResponseBase = self.process_response(request, response)
        else:
            saved = await saves().do(lambda: self.process_response(request, response))
        return saved


class Files(WhiteNoiseMiddleware):
    """The files for browsers. All other requests pass without a thread."""

    async_capable = True

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        """Serve a file, or pass the request on."""
        return self.__acall__(request) if self.is_async else super().__call__(request)

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if self.autorefresh:
            found = await sync_to_async(self.find_file)(path) if path.startswith(self.static_prefix) else None
        else:
            found = self.files.get(path)
        if found is None:
            passed: HttpResponseBase = await self.get_response(request)
            return passed
        return await sync_to_async(self._whole)(found, request)

    @staticmethod
    def _whole(found: Any, request: HttpRequest) -> HttpResponse:
        """Answer with a file, or what was asked of it, in one piece: ours are small, and a stream takes many turns."""
        served = found.get_response(request.method, request.META)
        with served.file or nullcontext(BytesIO()) as file:
            response = HttpResponse(file.read(), status=int(served.status))
        del response.headers["Content-Type"]
        for name, value in served.headers:
            response.headers[name] = value
        return response


LIGHT = {
    f"{base.__module__}.{base.__qualname__}": f"{light.__module__}.{light.__qualname__}"
    for light, base in (
        (Security, SecurityMiddleware),
        (ContentSecurityPolicy, ContentSecurityPolicyMiddleware),
        (Files, WhiteNoiseMiddleware),
        (Session, SessionMiddleware),
        (Locale, LocaleMiddleware),
        (Common, CommonMiddleware),
        (Csrf, CsrfViewMiddleware),
        (Authentication, AuthenticationMiddleware),
        (Messages, MessageMiddleware),
        (XFrameOptions, XFrameOptionsMiddleware),
    )
}


class Pages(ASGIHandler):
    """Serves every page. Built once, when the server starts."""

    def __init__(self) -> None:
        super().__init__()
        self._threads = OneThreadEach(THREADS, "pages")
        # Each thread looks after its connection before it works (`realtime.threads`). Left to these, every request
        # would change threads once more, before anything is known of it.
        signals.request_started.disconnect(close_old_connections)
        signals.request_started.disconnect(reset_queries)

    @override
    def load_middleware(self, is_async: bool = False) -> None:
        """Put the light middleware in the place of those that the settings name."""
        named = settings.MIDDLEWARE
        settings.MIDDLEWARE = [LIGHT.get(name, name) for name in named]
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = named

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request; what needs a thread gets one of a few."""
        if scope["type"] != "http":
            raise ValueError(f"Pages are served over HTTP, not {scope['type']}.")
        async with ThreadSensitiveContext(executor=self._threads.executor()):
            await self.handle(scope, receive, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Do what Django's handler does, but end the request here and not in a thread.

        Nothing of it needs one: connections are looked after by their own threads. And whoever has been answered must
        not wait for a turn behind a crowd: Daphne takes that for an application that hangs.
        """
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            set_script_prefix(get_script_prefix(scope))
            await signals.request_started.asend(sender=type(self), scope=scope)
            request, refused = self.create_request(scope, body)
            response: HttpResponseBase | None = refused
            if request is not None:
                response = await self._answer(request, receive, send)
            elif refused is not None:
                await self.send_response(refused, send)
            if response is None:  # they hung up first
                await signals.request_finished.asend(sender=type(self))
            else:
                response.close()

    async def _answer(self, request: Any, receive: Any, send: Any) -> HttpResponseBase | None:
        """Run the middleware and the view, and send what they give; stop if the client hangs up."""
        response: HttpResponseBase | None = None
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(self.listen_for_disconnect(receive))
                response = await self.run_get_response(request)
                await self.send_response(response, send)
                listening.cancel()
        except BaseExceptionGroup as group:
            _hung_up, others = group.split(RequestAborted)
            if others is not None:
                raise others.exceptions[0] if len(others.exceptions) == 1 else others  # noqa: B904 (as it was)
        return response


def _is_long(request: HttpRequest) -> bool:
    """Say whether a body is long, or may be: who sends it in pieces doesn't say how many come."""
    try:
        return int(request.META.get("CONTENT_LENGTH", "")) > LARGE_FORM
    except ValueError:
        return True
