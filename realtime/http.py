"""The same wire over HTTP, for networks that block sockets and for pages without script."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import orjson
from asgiref.sync import sync_to_async
from django.core.exceptions import RequestDataTooBig
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from realtime import wire
from realtime.consumer import Admission, number_in, resume_point
from realtime.kinds import Refused
from realtime.ledger import Answer, Refusal, Retry
from realtime.showing import now_ms

if TYPE_CHECKING:
    from realtime.audience import Form
    from realtime.room import Room

MOST_WAIT_SECONDS = 25.0
STATUS = {"ack": 200, "refused": 409, "retry": 503}


class PollingPeer:
    """A client that asks over HTTP. It is greeted like a socket, but waits by asking again."""

    def __init__(self, admission: Admission, form: Form) -> None:
        self.person, self.reader, self.language = admission.person, admission.reader, admission.language
        self.form: Form = form

    def push(self, text: str) -> None:
        """Never called: a poll isn't among the room's peers."""

    def shut(self, code: int) -> None:
        """Never called either."""


async def decide(room: Room, message: Any, admission: Admission) -> Answer:
    """Have a decoded command decided for somebody."""
    try:
        asked = wire.read_command(message, admission.person)
    except Refused as refused:
        return Refusal(wire.op_of(message), refused.code, refused.sentence)
    room.seen(admission.person)
    if not room.allows(admission.person):
        return Retry(asked.op, 2.0)
    return await room.submit(asked)


def answer_response(answer: Answer, language: str) -> HttpResponse:
    """Give an answer as a JSON response, with the status that `docs/protocol.md` names."""
    with translation.override(language):
        message = wire.answer_message(answer)
    return JsonResponse(message, status=STATUS[next(iter(message))], headers={"Cache-Control": "no-store"})


def read_json(request: HttpRequest) -> Any:
    """Read a request's body as JSON. Raises Refused."""
    try:
        body = request.body
    except ValueError as closed:  # they hung up, and Django has closed what was to be read
        raise Refused("not_json", _("The message didn't arrive whole.")) from closed
    except RequestDataTooBig:
        body = None
    if body is None or len(body) > wire.MOST_BYTES_IN:
        raise Refused("too_long", _("This is too long."))
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused("not_json", _("This message isn't JSON.")) from error


class NoLongerWelcome(Exception):
    """Removed while the request was waiting."""


async def frames(request: HttpRequest, room: Room, admission: Admission) -> HttpResponse:
    """Answer `GET frames`: the snapshot, or what is new after a number, waiting for it if asked to.

    Raises:
        NoLongerWelcome: this person was removed in the meantime.
    """
    query = {name: list(values) for name, values in request.GET.lists()}
    form: Form = "json" if request.GET.get("format") == "json" else "html"
    peer = PollingPeer(admission, form)
    room.seen(admission.person)
    after, epoch = resume_point(query)
    if after is None:
        async with room.reading():
            _must_be_welcome(room, peer)
            return _json(snapshot(room, peer))
    messages = await _news(request, room, peer, after, epoch)
    if messages is None:
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    next_ = f"{room.ledger.seq}"
    return _json(f'{{"messages":[{",".join(messages)}],"next":"{next_}"}}')


async def _news(
    request: HttpRequest, room: Room, peer: PollingPeer, after: int, epoch: str
) -> list[str] | None:
    until = time.monotonic() + min(number_in(request.GET.get("wait", "")) or 0, MOST_WAIT_SECONDS)
    own_after = number_in(request.GET.get("next", ""))
    await room.caught_up(after)
    waiting = False
    while True:
        async with room.reading():
            _must_be_welcome(room, peer)
            audience = room.audience(peer.reader, peer.language, peer.form)
            new = (
                own_after is None
                or epoch != room.ledger.epoch
                or after > room.ledger.seq
                or after < audience.seq
                or room.own_changed_since(peer.person, own_after)
            )
            if new:
                return room.greeting(peer, after, epoch)
        if not waiting and until > time.monotonic():
            waiting = True
            await sync_to_async(close_old_connections)()  # a crowd that waits would hold one each
            continue  # what came in the meantime
        left = until - time.monotonic()
        if left <= 0 or room.closed or not await room.next_flush(left):
            return None
        room.seen(peer.person)


def _must_be_welcome(room: Room, peer: PollingPeer) -> None:
    if not room.ledger.kind.may_enter(room.ledger.state, peer.person, peer.reader):
        raise NoLongerWelcome


def snapshot(room: Room, peer: PollingPeer) -> str:
    """Give the whole view of one person as JSON text. Its shared part is made once per revision."""
    shared = room.audience(peer.reader, peer.language, peer.form).snapshot()
    own = orjson.loads(room.own_message(peer))
    now = orjson.loads(room.now_message(peer.reader, peer.language))
    personal = {
        "time": now_ms(),
        "own": own["own"],
        "own_html": own.get("html", ""),
        "own_items": own.get("items", {}),
        "now": now["now"],
    }
    return f"{shared},{wire.encode(personal)[1:]}"


def _json(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/json", headers={"Cache-Control": "no-store"})
