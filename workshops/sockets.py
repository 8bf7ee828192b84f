"""The socket of a workshop: finds out who is asking, and lets the room decide whether they may come in."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

from realtime.consumer import Admission, RoomSocket
from realtime.hub import hub
from realtime.ledger import AWAY
from realtime.models import Stream
from workshops import seats
from workshops.live.state import PARTICIPANT, READERS


class WorkshopSocket(RoomSocket):
    """`/ws/workshops/<id>/`."""

    async def admit(self) -> Admission | None:
        """Admit who holds a seat, as the kind of reader they ask for and may be."""
        workshop_id = self.scope["url_route"]["kwargs"]["workshop_id"]
        cookies = _cookies(self.scope)
        known = seats.read_ticket(cookies.get(seats.TICKET, ""), workshop_id)
        try:
            if known is None:
                known = await hub().in_thread(
                    _by_session, cookies.get(settings.SESSION_COOKIE_NAME), workshop_id
                )
            if known is None:
                return None
            stream, actor = known
            reader = _asked_reader(self.scope)
            room = await hub().open(stream)
            async with room.reading():
                welcome = room.ledger.kind.may_enter(room.ledger.state, actor, reader)
        except (*AWAY, Stream.DoesNotExist):
            return None
        return Admission(stream, actor, reader, _language(self.scope, cookies)) if welcome else None


def _asked_reader(scope: dict[str, Any]) -> str:
    for part in scope["query_string"].split(b"&"):
        if part.startswith(b"as="):
            asked = part[3:].decode("ascii", "replace")
            return asked if asked in READERS else PARTICIPANT
    return PARTICIPANT


def _by_session(session_key: str | None, workshop_id: Any) -> tuple[str, str] | None:
    if not session_key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return seats.seat_of_session(store(session_key), workshop_id)


def _cookies(scope: dict[str, Any]) -> dict[str, str]:
    header = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    try:
        jar = SimpleCookie(header.decode("latin1"))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _language(scope: dict[str, Any], cookies: dict[str, str]) -> str:
    """Choose as Django's LocaleMiddleware does for pages: the cookie, then the browser's wish, then the default."""
    chosen = cookies.get(settings.LANGUAGE_COOKIE_NAME, "")
    if translation.check_for_language(chosen) and chosen in dict(settings.LANGUAGES):
        return chosen
    header = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    for wish, _weight in trans_real.parse_accept_lang_header(header.decode("latin1").lower()):
        try:
            return translation.get_supported_language_variant(wish)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
