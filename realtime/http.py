"""The same wire over HTTP, for networks that block sockets and for pages without script."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import orjson
from django.core.exceptions import RequestDataTooBig
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
    from realtime.showing import Shown

MOST_WAIT_SECONDS = 25.0
GATHER_SECONDS = 0.5
LOOK_SECONDS = 0.25
STATUS = {"ack": 200, "refused": 409, "retry": 503}


class PollingReader:
    """A `Reader` that asks over HTTP. It is greeted like a socket, but waits by asking again."""

    def __init__(self, admission: Admission, form: Form) -> None:
        self.person, self.reader, self.language = admission.person, admission.reader, admission.language
        self.form: Form = form


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
    reader = PollingReader(admission, form)
    room.seen(admission.person)
    after, epoch = resume_point(query)
    if after is None:
        async with room.reading():
            _must_be_welcome(room, reader)
            return _json(snapshot(room, reader))
    messages = await _news(request, room, reader, after, epoch)
    if messages is None:
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    next_ = f"{room.showing.looked_at}"  # what is durable and not shown yet must count as new next time
    return _json(f'{{"messages":[{",".join(messages)}],"next":"{next_}"}}')


async def _news(
    request: HttpRequest, room: Room, reader: PollingReader, after: int, epoch: str
) -> list[str] | None:
    """Wait for news, if asked to, and give them; None when there are none.

    Who follows (sends `next`) is answered at most twice a second: what comes in between is gathered. Waiting costs
    a timer, and a look at three numbers at most four times a second.
    """
    came = time.monotonic()
    until = came + min(number_in(request.GET.get("wait", "")) or 0, MOST_WAIT_SECONDS)
    own_after = number_in(request.GET.get("next", ""))
    gathered = min(until, came + GATHER_SECONDS) if own_after is not None else came
    await room.caught_up(after)
    async with room.reading():  # also where there is nothing to tell: who isn't welcome mustn't wait
        _must_be_welcome(room, reader)
        shown = room.showing.to(reader)
    while True:
        looked = time.monotonic()
        if room.closed:
            return None
        if own_after is None or _is_news(room, reader, shown, after, own_after, epoch):
            if looked < gathered:
                await asyncio.sleep(gathered - looked)
            async with room.reading():
                _must_be_welcome(room, reader)
                return greeting(room, reader, after, epoch, own_after)
        if looked >= until or not await room.next_flush(until - looked):
            return None
        room.seen(reader.person)
        pause = looked + LOOK_SECONDS - time.monotonic()
        if pause > 0:  # a busy room flushes often; not every waiting client need look each time
            await asyncio.sleep(min(pause, max(0.0, until - time.monotonic())))


def _is_news(  # noqa: PLR0917 (all of them numbers to compare)
    room: Room, reader: PollingReader, shown: Shown, after: int, own_after: int, epoch: str
) -> bool:
    """Say whether there is anything to tell. By numbers alone: safe to ask at any time.

    Who belongs to another audience meanwhile was named by the event that moved them, so their own view changed.
    """
    return (
        epoch != shown.audience.epoch
        or after > room.ledger.seq
        or after < shown.audience.seq
        or room.showing.own_changed_since(reader.person, own_after)
    )


def greeting(room: Room, reader: PollingReader, after: int, epoch: str, own_after: int | None) -> list[str]:
    """Give the messages that bring a poll up to date: hello, frame or reset, own unless it is as it was, now."""
    showing = room.showing
    packets = [showing.hello(reader)]
    known = showing.can_resume(reader, after, epoch)
    packets += showing.to(reader).since(after) if known else [showing.reset(reader)]
    if own_after is None or not known or showing.own_changed_since(reader.person, own_after):
        packets.append(showing.own(reader))
    packets.append(showing.now_lately(showing.name_of(reader), reader.language))
    return [packet.text for packet in packets]


def _must_be_welcome(room: Room, reader: PollingReader) -> None:
    if not room.ledger.kind.may_enter(room.ledger.state, reader.person, reader.reader):
        raise NoLongerWelcome


def snapshot(room: Room, reader: PollingReader) -> str:
    """Give the whole view of one person as JSON text. Its shared part is made once per revision."""
    showing = room.showing
    shared = showing.to(reader).audience.snapshot()
    own = orjson.loads(showing.own(reader).data)
    now = orjson.loads(showing.now_lately(showing.name_of(reader), reader.language).data)
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
