"""The live pages and the wire over HTTP: the room, the console, the projector, commands and frames."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from realtime import drawn, http, wire
from realtime.consumer import Admission, number_in
from realtime.hub import hub
from realtime.kinds import Refused
from realtime.ledger import AWAY, Ack, Refusal, Retry, by_system
from realtime.models import Stream
from realtime.showing import now_ms
from workshops import actions, permissions, queries, reminding
from workshops.joining import seats
from workshops.joining.expected import expected_at
from workshops.joining.qr import qr_svg
from workshops.live import places, words
from workshops.live.moderation import HIDE_BECAUSE
from workshops.live.showing import person_context
from workshops.live.state import FACILITATOR, PARTICIPANT, SCREEN
from workshops.lookups import look_up
from workshops.models import Consent
from workshops.rehearsal import playing
from workshops.views.busy import or_busy

if TYPE_CHECKING:
    from realtime.kinds import Own
    from realtime.ledger import Answer
    from realtime.room import Room
    from workshops.models import Attendance, Workshop

SCRIPT_COOKIE = "js"
"""Set by the pages' script. Without it, a page is drawn with the person's own values in it."""


def language() -> str:
    """Give the language of the request's page."""
    return translation.get_language() or "en-gb"


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who asks for a live page: what the database knows of them."""

    workshop: Workshop
    seat: Attendance | None
    role: str | None
    """What an account is by right; None for guests, and for who has no seat."""
    can_facilitate: bool
    invited: dict[str, int] = field(default_factory=dict)
    """For facilitators: how many members of the challenge are expected, by what they bring."""


async def enter(request: HttpRequest, workshop_id: uuid.UUID, reader: str) -> tuple[Entry, Room | None]:
    """Find workshop, seat and room for somebody who may come in as this reader; no room sends them to the door.

    Raises Http404 for a workshop that isn't there, and for a console or projector that isn't theirs.
    """
    entry = await look_up(_entry, request, workshop_id, reader)
    if entry.seat is None:
        if places.base_of(reader) != PARTICIPANT:
            raise Http404
        return entry, None
    room = await hub().open(entry.workshop.stream_id)
    await room.caught_up(number_in(request.GET.get("after", "")) or 0)
    await _keep_role(request, room, entry.seat, entry.role)
    if reader == FACILITATOR:
        await _keep_plan(room, entry)
    if await room.welcomes(entry.seat.actor, reader):
        return entry, room
    if places.base_of(reader) != PARTICIPANT:
        raise Http404
    return entry, None


async def _keep_role(request: HttpRequest, room: Room, seat: Attendance, role: str | None) -> None:
    """Bring the role in the room into line with the rights of the account, if they differ."""
    if role is None:
        return
    async with room.reading():
        person = room.ledger.state.people.get(seat.actor)
    if person is None and role != FACILITATOR:
        return  # has a seat, but didn't pass the door
    if person is None or (person.role != role and not person.removed):
        await room.submit(actions.joining(seat, role, request.user.get_full_name()))  # type: ignore[union-attr]  # signed in


async def _keep_plan(room: Room, entry: Entry) -> None:
    """Have the room know when it is planned to start and who is expected, as the pages beside it say."""
    starts_at = int(entry.workshop.starts_at.timestamp() * 1000)
    async with room.reading():
        state = room.ledger.state
        known = state.conduct.planned_at == starts_at and state.conduct.invited == entry.invited
        over = state.closed_at is not None
    if not known and not over:
        await room.submit(
            by_system(str(uuid.uuid4()), "plan.note", starts_at=starts_at, invited=entry.invited)
        )


def _entry(request: HttpRequest, workshop_id: uuid.UUID, reader: str) -> Entry:
    """Find the seat, and for an account the role it has by right. Facilitators get a seat without passing the door."""
    workshop = queries.workshop_or_404(workshop_id)
    user = request.user
    seat = seats.seat_in(request, workshop)
    can_facilitate = permissions.can_facilitate(user, workshop)
    if places.base_of(reader) != PARTICIPANT and not can_facilitate:
        raise Http404
    if not user.is_authenticated:
        return Entry(workshop, seat, None, can_facilitate)
    if places.base_of(reader) != PARTICIPANT and (seat is None or seat.user_id is None):
        seat = actions.seat_for_user(workshop, user)  # also for who came in as a guest before signing in
    role = actions.role_in(workshop, user) if seat is not None and seat.user_id == user.pk else None
    real = workshop.rehearsal_of_id is None  # to a rehearsal nobody is invited
    invited = expected_at(workshop) if reader == FACILITATOR and real else {}
    return Entry(workshop, seat, role, can_facilitate, invited)


@require_GET
@or_busy
async def room_page(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """The page of a participant."""
    return await live_page(request, workshop_id, PARTICIPANT, "workshops/room.html")


@require_GET
@or_busy
async def console_page(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """The facilitators' console."""
    return await live_page(request, workshop_id, FACILITATOR, "workshops/console.html")


@require_GET
@or_busy
async def screen_page(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """The projector."""
    return await live_page(request, workshop_id, SCREEN, "workshops/screen.html")


@require_GET
@or_busy
async def open_page(request: HttpRequest, workshop_id: uuid.UUID, step: str) -> HttpResponse:
    """The page of a participant at an activity that stays open beside the room; else where the room is."""
    entry, room = await enter(request, workshop_id, PARTICIPANT)
    if room is not None:
        async with room.reading():
            known = room.ledger.state.steps.get(step)
            there = known is not None and places.may_be_seen(known)
        if not there:
            return redirect("workshops:room", entry.workshop.pk)
    return await live_page(request, workshop_id, places.at(step), "workshops/room.html")


async def live_page(request: HttpRequest, workshop_id: uuid.UUID, reader: str, template: str) -> HttpResponse:
    """Draw a live page: the view of the room as of a number that the page carries, read before its state."""
    entry, room = await enter(request, workshop_id, reader)
    if room is None or entry.seat is None:
        return redirect("workshops:join", code=entry.workshop.code)
    room.seen(entry.seat.actor)
    if reader == FACILITATOR and entry.workshop.rehearsal_of_id is not None:
        playing.play(room)
    async with room.reading():
        if not room.ledger.kind.may_enter(room.ledger.state, entry.seat.actor, reader):  # not any more
            if places.base_of(reader) != PARTICIPANT:
                raise Http404
            return redirect("workshops:join", code=entry.workshop.code)
        context = page_context(request, room, entry.workshop, entry.seat, reader)
        context["about"] = _about(request, room) if reader == FACILITATOR else None
    if reader == FACILITATOR:
        context["hiding"] = {"reasons": HIDE_BECAUSE, "undo": {"do": "idea.restore"}}
    context["can_facilitate"] = entry.can_facilitate
    response = render(request, template, context)
    response.headers["Cache-Control"] = "no-store"
    seats.give_ticket(response, entry.workshop, entry.seat.actor, secure=request.is_secure())
    return _with_ticket(request, response, entry)


def _about(request: HttpRequest, room: Room) -> dict[str, Any] | None:
    """Give the person that a page without script was asked about."""
    state = room.ledger.state
    person = state.people.get(request.GET.get("person", ""))
    return person_context(state, person) if person is not None and state.closed_at is None else None


def page_context(
    request: HttpRequest, room: Room, workshop: Workshop, seat: Attendance, reader: str
) -> dict[str, Any]:
    """Gather what a live page needs. Call under `room.reading()`."""
    state = room.ledger.state
    name = room.ledger.kind.reader_of(state, seat.actor, reader)  # perhaps in a breakout room
    audience = room.showing.to_audience((name, language(), "html")).audience
    me = state.people.get(seat.actor)
    seq = audience.seq
    own: Own = room.ledger.kind.own(state, seat.actor, name)
    plain = request.COOKIES.get(SCRIPT_COOKIE) != "1"
    join_url = request.build_absolute_uri(reverse("workshops:join", args=[workshop.code]))
    return {
        "workshop": workshop,
        "code": queries.shown_code(workshop.code),
        "join_url": join_url,
        "join_at": request.build_absolute_uri(reverse("workshops:enter_code"))
        .partition("://")[2]
        .rstrip("/"),
        "qr": qr_svg(join_url, _("QR code of the join link")) if reader == SCREEN else "",
        "reader": reader,
        "zone": settings.TIME_ZONE,
        "me": me,
        "consents": Consent.choices,
        "may_be_reminded": seat.user_id is not None,
        "wants_reminders": seat.wants_reminders,
        "seq": seq,
        "epoch": audience.epoch,
        "time": now_ms(),
        "version": wire.VERSION,
        "html": drawn.page(audience, own if plain else None),
        "own": own.data,
        "now": json.loads(room.showing.now_at_once(name, language()).data)["now"],
        "op": uuid.uuid4(),
        "closed": state.closed_at is not None,
    }


@require_POST
def reminders(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Ask to be reminded by e-mail, or no longer. Only for people with an account: guests leave no address."""
    workshop = queries.workshop_or_404(workshop_id)
    seat = seats.seat_in(request, workshop)
    if seat is None or seat.user_id is None:
        raise Http404
    wants = request.POST.get("wants") == "yes"
    reminding.set_wish(seat, wants=wants)
    messages.success(
        request, _("You will be reminded by e-mail.") if wants else _("You will not be reminded any more.")
    )
    return redirect("workshops:room", workshop_id)


# -- the wire over HTTP ----------------------------------------------------------------------------------------------


async def _admission(
    request: HttpRequest, workshop_id: uuid.UUID
) -> tuple[Room, Admission, Entry | None] | None:
    """Say who asks and as whom, from their ticket if that is enough; with the entry where the database was read."""
    reader = places.asked(request.GET.get("as", PARTICIPANT))
    if places.base_of(reader) == PARTICIPANT:
        known = await _by_ticket(request, workshop_id, reader)
        if known is not None:
            return *known, None
    try:
        entry, room = await enter(request, workshop_id, reader)
    except Http404:
        return None
    if room is None or entry.seat is None:
        return None
    return room, Admission(str(entry.workshop.stream_id), entry.seat.actor, reader, language()), entry


async def _by_ticket(
    request: HttpRequest, workshop_id: uuid.UUID, reader: str
) -> tuple[Room, Admission] | None:
    """Admit a participant by the ticket of their page. Who may run the room is looked up each time instead."""
    known = seats.by_page_ticket(request, workshop_id)
    if known is None:
        return None
    stream, actor = known
    try:
        room = await hub().open(stream)
    except Stream.DoesNotExist:
        return None
    async with room.reading():
        state = room.ledger.state
        if not room.ledger.kind.may_enter(state, actor, reader) or state.people[actor].role == FACILITATOR:
            return None
    return room, Admission(stream, actor, reader, language())


def _with_ticket(request: HttpRequest, response: HttpResponse, entry: Entry | None) -> HttpResponse:
    """Give who was looked up a ticket for the next time."""
    if entry is not None and entry.seat is not None:
        seats.give_page_ticket(response, request, entry.workshop, entry.seat.actor)
    return response


def _not_here() -> HttpResponse:
    return HttpResponse(
        wire.encode({"refused": None, "code": "not_allowed", "message": str(words.NOT_HERE)}),
        status=403,
        content_type="application/json",
    )


def _busy() -> HttpResponse:
    return HttpResponse(wire.encode({"retry": None, "after": 2}), status=503, content_type="application/json")


@require_GET
async def frames(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """The frames over HTTP, for networks that block sockets; without `after`, the snapshot."""
    try:
        admitted = await _admission(request, workshop_id)
        if admitted is None:
            return _not_here()
        room, admission, entry = admitted
        return _with_ticket(request, await http.frames(request, room, admission), entry)
    except http.NoLongerWelcome:
        return _not_here()
    except AWAY:
        return _busy()


@require_POST
async def commands(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """One command: as JSON from a program or the pages' script, or as a form from a page without script."""
    as_json = request.content_type == "application/json"
    try:
        admitted = await _admission(request, workshop_id)
        if admitted is None:
            return _not_here() if as_json else redirect("workshops:room", workshop_id)
        room, admission, entry = admitted
        if as_json:
            message = http.read_json(request)
            answer = await http.decide(room, message, admission)
            return _with_ticket(request, http.answer_response(answer, admission.language), entry)
        return await _form_post(request, workshop_id, room, admission)
    except Refused as refused:
        return http.answer_response(Refusal(None, refused.code, refused.sentence), language())
    except AWAY:
        return _busy()


async def _form_post(
    request: HttpRequest, workshop_id: uuid.UUID, room: Room, admission: Admission
) -> HttpResponseRedirect:
    """Carry out a button of a page without script, and show that page again."""
    step = places.at_step(admission.reader)
    page = {FACILITATOR: "workshops:console", SCREEN: "workshops:screen"}.get(
        admission.reader, "workshops:room"
    )
    back = redirect("workshops:open", workshop_id, step) if step else redirect(page, workshop_id)
    message = command_of(request)
    if message is None:
        return back
    answer = await http.decide(room, message, admission)
    if isinstance(answer, Refusal) and answer.code != "nothing_to_do":
        messages.error(request, f"{answer.sentence} {_words_of(message)}")
    elif isinstance(answer, Retry):
        busy = _("The server is busy, so this was not saved. Try once more.")
        messages.error(request, f"{busy} {_words_of(message)}")
    elif isinstance(answer, Ack) and message["do"] not in ("dot.place", "dot.take_back"):
        messages.success(request, _("Saved."))
    return showing(back, answer)


def showing(back: HttpResponseRedirect, answer: Answer | None) -> HttpResponseRedirect:
    """Have the page that comes next show what was just done, also if a process draws it that hasn't heard of it."""
    if isinstance(answer, Ack):
        back["Location"] += f"?after={answer.seq}"
    return back


def _words_of(message: dict[str, Any]) -> str:
    """Give back what somebody wrote, where it wasn't taken: the page that comes now has empty fields."""
    said = str(message.get("text") or message.get("title") or "").strip()
    return _("Your words: “%(words)s”") % {"words": said} if said else ""


def command_of(request: HttpRequest) -> dict[str, Any] | None:
    """Read the pressed button's command, and the form fields that it names. None if no button was pressed."""
    try:
        message = orjson.loads(request.POST.get("command", ""))
    except orjson.JSONDecodeError:
        return None
    if not isinstance(message, dict):
        return None
    taken = message.pop("fields", {})
    for name, source in taken.items() if isinstance(taken, dict) else ():
        if isinstance(source, str) and isinstance(name, str):
            many = source.endswith("[]")
            message[name] = request.POST.getlist(source[:-2]) if many else request.POST.get(source, "")
    for name in ("done", "undo"):
        message.pop(name, None)
    # Each button of a page has an operation of its own; the same button pressed twice takes effect once.
    pressed = f"{request.POST.get('op', '')} {json.dumps(message, sort_keys=True)}"
    message["op"] = str(uuid.uuid5(uuid.NAMESPACE_OID, pressed))
    return message
