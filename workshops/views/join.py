"""The door: a code, a name, how one's words may be used, and in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from realtime.hub import hub
from realtime.ledger import Ack, Refusal
from realtime.saving import saves
from workshops import actions, permissions, queries
from workshops.joining import door, seats
from workshops.joining.forms import CodeForm, JoinForm
from workshops.live.state import PARTICIPANT
from workshops.lookups import look_up
from workshops.views.busy import or_busy
from workshops.views.strangers import is_stranger, page_for_strangers

if TYPE_CHECKING:
    from realtime.ledger import Answer
    from workshops.models import Attendance, Workshop

TOO_MANY = gettext_lazy(
    "There were too many wrong codes from here. Wait ten minutes, or use the link or QR code."
)
NO_SUCH = gettext_lazy("No workshop is open with this code. Check it with the facilitator.")


@never_cache
@require_safe
@or_busy
async def enter_code(request: HttpRequest) -> HttpResponse:
    """Take a typed code and lead to that workshop's door."""
    return await look_up(_enter_code, request)


def _enter_code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.GET) if "code" in request.GET else CodeForm()
    if form.is_bound and form.is_valid():
        if door.is_shut(request):
            form.add_error("code", str(TOO_MANY))
        else:
            workshop = queries.workshop_with_code(form.cleaned_data["code"])
            if workshop is not None:
                return redirect("workshops:join", code=workshop.code)
            door.wrong_code(request)
            form.add_error("code", str(NO_SUCH))
    return render(request, "workshops/enter_code.html", {"form": form}, status=400 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class _AtTheDoor:
    """Somebody who wants to come in: what the database knows of them."""

    workshop: Workshop
    seat: Attendance | None
    role: str
    can_facilitate: bool
    name: str


@never_cache
@require_http_methods(["GET", "POST"])
@or_busy
async def join(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a newcomer's name and consent, then seat them. Who already has a seat goes straight in."""
    here = await look_up(_at_the_door, request, code)
    if here is None:
        return redirect(f"{reverse('workshops:enter_code')}?code={quote(queries.tidy_code(code)[:8])}")
    if here.seat is not None and await _is_inside(here.workshop, here.seat):
        return redirect("workshops:room", here.workshop.pk)
    if request.method == "GET" and is_stranger(request):
        return _door_for_strangers(request, here.workshop)
    if request.method == "POST":
        form = JoinForm(request.POST)
        if form.is_valid():
            answer = await _let_in(request, here, form)
            if isinstance(answer, Ack) or (isinstance(answer, Refusal) and answer.code == "nothing_to_do"):
                return redirect("workshops:room", here.workshop.pk)
            sentence = (
                answer.sentence
                if isinstance(answer, Refusal)
                else _("The server is busy. Try again in a moment.")
            )
            form.add_error(None, str(sentence))
    else:
        form = JoinForm(initial={"name": here.name})
    context = {
        "form": form,
        "workshop": here.workshop,
        "code": queries.shown_code(here.workshop.code),
        "can_facilitate": here.can_facilitate,
    }
    return render(request, "workshops/join.html", context, status=400 if form.errors else 200)


def _door_for_strangers(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    context = {
        "form": JoinForm(initial={"name": ""}),
        "workshop": workshop,
        "code": queries.shown_code(workshop.code),
        "can_facilitate": False,
    }
    said = (workshop.pk, workshop.code, workshop.title, workshop.purpose, workshop.challenge.title)
    return page_for_strangers(request, "workshops/join.html", context, *said)


def _at_the_door(request: HttpRequest, code: str) -> _AtTheDoor | None:
    workshop = queries.workshop_with_code(code)
    if workshop is None:
        door.wrong_code(request)
        return None
    user = request.user if request.user.is_authenticated else None
    return _AtTheDoor(
        workshop,
        seats.seat_in(request, workshop),
        actions.role_in(workshop, user),
        permissions.can_facilitate(request.user, workshop),
        user.get_full_name() if user else "",
    )


async def _is_inside(workshop: Workshop, seat: Attendance) -> bool:
    room = await hub().open(workshop.stream_id)
    return await room.welcomes(seat.actor, PARTICIPANT)


async def _let_in(request: HttpRequest, here: _AtTheDoor, form: JoinForm) -> Answer:
    seat = here.seat
    if seat is None:
        seat = await saves().do(partial(_new_seat, request, here.workshop))
    room = await hub().open(here.workshop.stream_id)
    return await room.submit(
        actions.joining(
            seat,
            here.role,
            form.cleaned_data["name"],
            background=form.cleaned_data["background"],
            consent=form.cleaned_data["consent"],
        )
    )


def _new_seat(request: HttpRequest, workshop: Workshop) -> Attendance:
    if request.user.is_authenticated:
        return actions.seat_for_user(workshop, request.user)
    seat = actions.seat_for_guest(workshop)
    seats.remember(request, seat)
    return seat
