"""The socket of a workshop: finds out who is asking, and lets the room decide whether they may come in."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from django.conf import settings
from django.http import parse_cookie
from django.utils import translation
from django.utils.translation import trans_real

from realtime import wire
from realtime.consumer import Admission, RoomSocket
from realtime.hub import hub
from realtime.ledger import AWAY
from realtime.models import Stream
from workshops import actions
from workshops.joining import seats
from workshops.live import places
from workshops.live.state import FACILITATOR, PARTICIPANT
from workshops.rehearsal import playing

if TYPE_CHECKING:
    from uuid import UUID

    from realtime.room import Room


RIGHTS_SECONDS = 60.0
"""How long somebody may go on facilitating on an open socket after the right to was taken away."""


class WorkshopSocket(RoomSocket):
    """`/ws/workshops/<id>/`."""

    _rights: asyncio.Task[None] | None = None

    async def admit(self) -> Admission | None:
        """Admit who holds a seat, as the kind of reader they ask for and may be.

        The ticket is enough for participants. What facilitators see needs the account's right, as of now.
        """
        workshop_id = self.scope["url_route"]["kwargs"]["workshop_id"]
        cookies = _cookies(self.scope)
        reader = _asked_reader(self.scope)
        self._session = cookies.get(settings.SESSION_COOKIE_NAME)
        known = seats.read_ticket(cookies.get(seats.TICKET, ""), workshop_id)
        try:
            if places.base_of(reader) != PARTICIPANT and not await self._may_run(workshop_id):
                return None
            if known is None:
                known = await hub().in_thread(_by_session, self._session, workshop_id)
            if known is None:
                return None
            stream, actor = known
            room = await hub().open(stream)
            if not await room.welcomes(actor, reader):
                return None
            async with room.reading():
                state = room.ledger.state
                rehearsed = state.conduct.rehearsal is not None
                person = state.people.get(actor)
                facilitates = person is not None and person.role == FACILITATOR
        except (*AWAY, Stream.DoesNotExist):
            return None
        if facilitates and reader == FACILITATOR and rehearsed:
            playing.play(room)  # also after a restart, when only the page's line comes back
        if facilitates:
            self._rights = asyncio.create_task(self._keep_right(room, workshop_id, actor, reader))
        return Admission(stream, actor, reader, _language(self.scope, cookies))

    async def _may_run(self, workshop_id: UUID) -> bool:
        return bool(await hub().in_thread(_runs, self._session, workshop_id))

    async def _keep_right(self, room: Room, workshop_id: UUID, actor: str, reader: str) -> None:
        """Look again, now and then, whether this facilitator still is one."""
        while True:
            await asyncio.sleep(RIGHTS_SECONDS)
            try:
                if await self._may_run(workshop_id):
                    continue
                async with room.reading():
                    name = room.ledger.state.people[actor].name
                await room.submit(actions.role_of(actor, "participant", name))
            except AWAY:
                continue
            if places.base_of(reader) != PARTICIPANT:
                self.shut(wire.REMOVED)
            return

    async def disconnect(self, code: int) -> None:
        """Stop looking."""
        if self._rights is not None:
            self._rights.cancel()
        await super().disconnect(code)


def _asked_reader(scope: dict[str, Any]) -> str:
    for part in scope["query_string"].split(b"&"):
        if part.startswith(b"as="):
            asked = part[3:].decode("ascii", "replace")
            return places.asked(unquote(asked))
    return PARTICIPANT


def _runs(session_key: str | None, workshop_id: UUID) -> bool:
    return bool(session_key) and seats.may_run(_store(session_key), workshop_id)


def _store(session_key: str | None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(session_key)


def _by_session(session_key: str | None, workshop_id: Any) -> tuple[str, str] | None:
    if not session_key:
        return None
    return seats.seat_of_session(_store(session_key), workshop_id)


def _cookies(scope: dict[str, Any]) -> dict[str, str]:
    header = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    cookies = parse_cookie(header.decode("latin1"))
    return {name: value for name, value in cookies.items() if value.isprintable()}


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
