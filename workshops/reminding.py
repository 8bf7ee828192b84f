"""One e-mail, a day before an activity that stays open is over, to those who asked for it and have not finished."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from realtime.log import moment_of
from workshops.models import Attendance, Reminder, Workshop
from workshops.prepare.plan import state_of

if TYPE_CHECKING:
    from workshops.live.state import State, Step

logger = logging.getLogger(__name__)

AHEAD = datetime.timedelta(hours=24)


def send_reminders(now: datetime.datetime, base: str) -> int:
    """Send every reminder that is due; give how many. Run as often as you like: each is sent once."""
    return sum(_sent(seat, step, base) for seat, step in due_reminders(now))


def due_reminders(now: datetime.datetime) -> Iterator[tuple[Attendance, Step]]:
    """Give whom to remind of what now."""
    open_now = Workshop.objects.filter(
        state=Workshop.State.OPEN, attendances__wants_reminders=True
    ).distinct()
    for workshop in open_now:
        state = state_of(workshop)
        for step in state.order():
            if step.phase != "open" or step.stays_until is None:
                continue
            if now < moment_of(step.stays_until) <= now + AHEAD:
                yield from ((seat, step) for seat in _waited_for(workshop, state, step))


def _waited_for(workshop: Workshop, state: State, step: Step) -> Iterator[Attendance]:
    works = [step, *state.rooms_of(step)]
    finished = {person for one in works if one.round is not None for person in one.round.finished}
    asked = workshop.attendances.filter(wants_reminders=True, user__is_active=True).select_related(
        "user", "workshop"
    )
    for seat in asked:
        person = state.people.get(seat.actor)
        if (
            person is not None
            and not person.removed
            and person.role != "observer"
            and seat.actor not in finished
        ):
            yield seat


def _sent(seat: Attendance, step: Step, base: str) -> bool:
    """Send one reminder, unless it was sent before. What can't be sent is tried again the next time."""
    user = seat.user
    if user is None or step.stays_until is None:
        return False
    until = moment_of(step.stays_until)
    page = reverse("workshops:open", args=[seat.workshop_id, step.id])
    words = {"title": step.title, "workshop": seat.workshop.title, "until": until, "link": f"{base}{page}"}
    try:
        with transaction.atomic():
            Reminder.objects.create(attendance=seat, step=step.id, until=until)
            send_mail(
                _("“%(title)s” is open until tomorrow") % words,
                render_to_string("workshops/email/reminder.txt", words),
                None,
                [user.email],
            )
    except IntegrityError:
        return False
    except OSError as error:  # every error of SMTP is one; the others are still sent theirs
        logger.warning("A reminder could not be sent: %s", type(error).__name__)
        return False
    return True


def set_wish(seat: Attendance, *, wants: bool) -> None:
    """Note whether somebody with an account wants to be reminded."""
    Attendance.objects.filter(pk=seat.pk, user__isnull=False).update(wants_reminders=wants)
