"""Who a request or a socket is, in one workshop: the account's seat, or the seat a guest's session remembers.

Two short-lived signed cookies let a thousand people come back, poll and send without a database read each: one is
sent only to the room's sockets, one only to its pages and holds only together with the session it was given to. When
they have run out, the session is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core import signing
from django.utils.crypto import salted_hmac

from workshops import permissions
from workshops.models import Attendance, Workshop

if TYPE_CHECKING:
    import uuid

    from django.http import HttpRequest, HttpResponse

TICKET = "seat"
PAGE_TICKET = "page-seat"
TICKET_SECONDS = 600
SALT = "workshops.seat"
PAGE_SALT = "workshops.page-seat"


def seat_in(request: HttpRequest, workshop: Workshop) -> Attendance | None:
    """Find the seat of whoever asks, from the account or the session."""
    if request.user.is_authenticated:
        seat = Attendance.objects.filter(workshop=workshop, user=request.user).first()
        if seat is not None:
            return seat
    actor = request.session.get("seats", {}).get(str(workshop.pk))
    return Attendance.objects.filter(workshop=workshop, actor=actor, user=None).first() if actor else None


def remember(request: HttpRequest, seat: Attendance) -> None:
    """Let a guest's session keep the seat. One that was there gets a new key: none fixed before is worth anything."""
    seats = dict(request.session.get("seats", {}))
    seats[str(seat.workshop_id)] = seat.actor
    request.session["seats"] = seats
    if not request.user.is_authenticated and request.session.session_key:
        request.session.cycle_key()


def ticket_for(workshop: Workshop, actor: str) -> str:
    """Sign who holds a seat in which room."""
    return signing.dumps([str(workshop.pk), str(workshop.stream_id), actor], salt=SALT)


def give_ticket(response: HttpResponse, workshop: Workshop, actor: str, *, secure: bool) -> None:
    """Set the cookie that opens sockets. It reaches no other path, and no script."""
    response.set_cookie(
        TICKET,
        ticket_for(workshop, actor),
        max_age=TICKET_SECONDS,
        path=f"/ws/workshops/{workshop.pk}/",
        httponly=True,
        secure=secure,
        samesite="Strict",
    )


def give_page_ticket(response: HttpResponse, request: HttpRequest, workshop: Workshop, actor: str) -> None:
    """Set the cookie by which polls and commands of this page are known, as long as the session stays the same."""
    session = request.session.session_key
    if not session:
        return
    response.set_cookie(
        PAGE_TICKET,
        signing.dumps([str(workshop.pk), str(workshop.stream_id), actor, _mark(session)], salt=PAGE_SALT),
        max_age=TICKET_SECONDS,
        path=f"/workshops/{workshop.pk}/",
        httponly=True,
        secure=request.is_secure(),
        samesite="Strict",
    )


def by_page_ticket(request: HttpRequest, workshop_id: uuid.UUID) -> tuple[str, str] | None:
    """Give (stream, actor) of whoever sends a valid ticket for this workshop with its session, without a read."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    value = request.COOKIES.get(PAGE_TICKET)
    if not session or not value:
        return None
    try:
        workshop, stream, actor, mark = signing.loads(value, salt=PAGE_SALT, max_age=TICKET_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (stream, actor) if workshop == str(workshop_id) and mark == _mark(session) else None


def _mark(session: str) -> str:
    """Tell one session from another, without giving away its key."""
    return salted_hmac(PAGE_SALT, session, algorithm="sha256").hexdigest()[:32]


def read_ticket(value: str, workshop_id: uuid.UUID) -> tuple[str, str] | None:
    """Give (stream, actor) of a valid ticket for this workshop, else None."""
    try:
        workshop, stream, actor = signing.loads(value, salt=SALT, max_age=TICKET_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (stream, actor) if workshop == str(workshop_id) else None


def seat_of_session(session: Any, workshop_id: uuid.UUID) -> tuple[str, str] | None:
    """Find (stream, actor) by a session, for a socket whose ticket has run out."""
    request = _Bare(session)
    user = get_user(request)  # type: ignore[arg-type]  # needs no more of a request than its session
    seats = Attendance.objects.filter(workshop_id=workshop_id).select_related("workshop")
    seat = seats.filter(user=user).first() if user.is_authenticated else None
    if seat is None:
        actor = session.get("seats", {}).get(str(workshop_id))
        seat = seats.filter(actor=actor, user=None).first() if actor else None
    return (str(seat.workshop.stream_id), seat.actor) if seat else None


def may_run(session: Any, workshop_id: uuid.UUID) -> bool:
    """Whether the account of a session may facilitate this workshop, as of now."""
    workshop = Workshop.rooms.select_related("challenge").filter(pk=workshop_id).first()
    return workshop is not None and permissions.can_facilitate(get_user(_Bare(session)), workshop)  # type: ignore[arg-type]  # as above


class _Bare:
    """What `get_user` needs of a request."""

    def __init__(self, session: Any) -> None:
        self.session = _Read(session)


class _Read:
    """A session that is only read: `get_user` renews it under a new SECRET_KEY, and a socket can't hand that on."""

    def __init__(self, session: Any) -> None:
        self.get, self._session = session.get, session

    def __getitem__(self, name: str) -> Any:
        return self._session[name]

    def __setitem__(self, name: str, value: Any) -> None: ...

    def cycle_key(self) -> None: ...

    def flush(self) -> None: ...
