"""Making workshops and giving seats. The only place that writes `Workshop` and `Attendance` rows.

What happens inside a workshop is written by its rules through the log; see `workshops.live`.
"""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from challenges import permissions as challenge_rights
from challenges.models import Membership
from challenges.queries import roles_of
from realtime.kinds import Refused
from realtime.ledger import Asked, Refusal, by_system, make_stream, run
from realtime.models import Event, Stream
from workshops.formats import USUAL
from workshops.live import words
from workshops.models import Attendance, Consent, SavedAgenda, Workshop
from workshops.prepare import agendas
from workshops.prepare.plan import may_be_deleted, state_of
from workshops.queries import CODE_LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from challenges.models import Challenge, Phase
    from lab_workspace.people.models import User
    from workshops.formats import Part

CODE_LENGTH = 8


def new_join_code() -> str:
    """Make a join code: 40 random bits, which is enough for a door that is open for hours and counts wrong tries."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def make_workshop(
    challenge: Challenge,
    title: str,
    starts_at: datetime,
    minutes: int,
    created_by: User | None,
    *,
    purpose: str = "",
    phase: Phase | None = None,
    code: str = "",
    rehearsal_of: Workshop | None = None,
) -> Workshop:
    """Make a planned workshop, or a copy to rehearse in, with an empty agenda and a log of its own."""
    with transaction.atomic():
        return Workshop.objects.create(
            challenge=challenge,
            phase=phase,
            title=title,
            purpose=purpose,
            starts_at=starts_at,
            minutes=minutes,
            code=code or new_join_code(),
            created_by=created_by,
            stream=make_stream("workshop"),
            rehearsal_of=rehearsal_of,
        )


def add_usual_agenda(workshop: Workshop) -> None:
    """Begin an empty agenda with the usual three: ideas written alone, grouped together, voted on with dots."""
    agendas.put_on(workshop, USUAL.parts)


def save_agenda(
    owner: User, challenge: Challenge, parts: Iterable[Part], *, title: str, about: str, shared_with: str
) -> SavedAgenda:
    """Keep an agenda to start other workshops from."""
    return SavedAgenda.objects.create(
        owner=owner,
        challenge=challenge,
        steps=agendas.as_data(parts),
        title=title,
        about=about,
        shared_with=shared_with,
    )


def change_saved(saved: SavedAgenda, *, title: str, about: str, shared_with: str) -> None:
    """Rename a saved agenda, or share it with others. Who started from it before keeps their workshop as it is."""
    saved.title, saved.about, saved.shared_with = title, about, shared_with
    saved.save(update_fields=["title", "about", "shared_with"])


def copy_saved(saved: SavedAgenda, owner: User, challenge: Challenge) -> SavedAgenda:
    """Give somebody a saved agenda of their own like this one."""
    title = Truncator(_("%(title)s (copy)") % {"title": saved.title}).chars(120)
    parts = agendas.from_data(saved.steps)
    about, me = saved.about, SavedAgenda.For.ME
    return save_agenda(owner, challenge, parts, title=title, about=about, shared_with=me)


def delete_saved(saved: SavedAgenda, *, deleted: bool = True) -> None:
    """Delete a saved agenda, or put it back. Nothing is lost: it only isn't offered."""
    saved.deleted_at = timezone.now() if deleted else None
    saved.save(update_fields=["deleted_at"])


def change_agenda(workshop: Workshop, do: str, **fields: Any) -> None:
    """Have the rules of a workshop change its agenda: step.add, step.change, step.move or step.remove.

    For somebody whose right to it was checked. Raises Refused; not where it was so already.
    """
    (answer,) = run(workshop.stream_id, by_system(str(uuid.uuid4()), do, **fields))
    if isinstance(answer, Refusal) and answer.code != "nothing_to_do":
        raise Refused(answer.code, answer.sentence)


def bring_in(workshop: Workshop, user: User, step_id: str, lines: Sequence[dict[str, Any]]) -> None:
    """Put lines on a prepared list, as the facilitator who brought them. All or none; raises Refused."""
    seat = seat_for_user(workshop, user)
    coming = joining(seat, role_in(workshop, user), user.get_full_name())
    bringing = Asked(
        str(uuid.uuid4()), "list.bring", {"activity": step_id, "what": {"lines": list(lines)}}, seat.actor
    )
    _came, answer = run(workshop.stream_id, coming, bringing)
    if isinstance(answer, Refusal):
        raise Refused(answer.code, answer.sentence)


def change_workshop(
    workshop: Workshop, *, title: str, purpose: str, phase: Phase | None, starts_at: datetime, minutes: int
) -> None:
    """Change what is said about a workshop. Raises Refused once it is closed: its archive is sealed."""
    with transaction.atomic():
        held = _still_there(workshop)
        held.title, held.purpose, held.phase = title, purpose, phase
        held.starts_at, held.minutes = starts_at, minutes
        held.save(update_fields=["title", "purpose", "phase", "starts_at", "minutes"])


def new_code(workshop: Workshop) -> str:
    """Give a workshop another join code; the old one opens nothing from now on. Raises Refused once closed."""
    with transaction.atomic():
        held = _still_there(workshop)
        held.code = new_join_code()
        held.save(update_fields=["code"])
    return held.code


def delete_planned_workshop(workshop: Workshop) -> None:
    """Delete a workshop in which nothing has happened, with its log. Raises Refused if something has."""
    with transaction.atomic():
        # The lock keeps the first guest out until this is over; see `realtime.ledger`.
        stream = Stream.objects.select_for_update().get(pk=workshop.stream_id)
        if not may_be_deleted(_still_there(workshop), state_of(workshop)):
            raise Refused("has_run", _("Somebody has joined or something has run, so this workshop is kept."))
        for copy in Workshop.rooms.filter(rehearsal_of=workshop):
            clear_rehearsal(copy)
        _delete_with_log(workshop, stream)


def clear_rehearsal(copy: Workshop) -> None:
    """Delete a rehearsal's copy with its log, seats and all. Rooms that still show it notice within a second.

    Raises ValueError for a real workshop: what people did in one is never deleted here.
    """
    if copy.rehearsal_of_id is None:
        raise ValueError("not a rehearsal")
    with transaction.atomic():
        stream = Stream.objects.select_for_update().filter(pk=copy.stream_id).first()
        if stream is not None:  # else somebody else was quicker
            _delete_with_log(copy, stream)


def _delete_with_log(workshop: Workshop, stream: Stream) -> None:
    workshop.delete()
    Event.objects.filter(stream=stream).delete()
    stream.delete()


def _still_there(workshop: Workshop) -> Workshop:
    held = Workshop.objects.select_for_update().get(pk=workshop.pk)
    if held.state == Workshop.State.CLOSED:
        raise Refused("workshop_closed", words.WORKSHOP_CLOSED)
    return held


def seat_for_user(workshop: Workshop, user: User) -> Attendance:
    """Give an account its seat: the same one each time, on every device."""
    seat = Attendance.objects.filter(workshop=workshop, user=user).first()
    if seat is not None:
        return seat
    try:
        with transaction.atomic():
            return Attendance.objects.create(workshop=workshop, user=user, actor=_pseudonym())
    except IntegrityError:  # two tabs at once
        return Attendance.objects.get(workshop=workshop, user=user)


def seat_for_guest(workshop: Workshop) -> Attendance:
    """Give a guest a seat. Their session must remember its `actor`."""
    return Attendance.objects.create(workshop=workshop, actor=_pseudonym())


def _pseudonym() -> str:
    return "p" + secrets.token_hex(8)


def role_in(workshop: Workshop, user: User | None) -> str:
    """Say in which role somebody joins: facilitators by their rights, observers if that is all they are."""
    if user is None:
        return "participant"
    if challenge_rights.can_facilitate(user, workshop.challenge):
        return "facilitator"
    return "observer" if roles_of(user, workshop.challenge) == {Membership.Role.OBSERVER} else "participant"


def joining(
    seat: Attendance, role: str, name: str, *, background: str = "", consent: str = Consent.INTERNAL
) -> Asked:
    """Make the command that lets a seat's holder into the room, or gives them another role.

    For somebody already inside in that role it is refused with `nothing_to_do`, so sending it twice does no harm.
    """
    return role_of(seat.actor, role, name, background=background, consent=consent)


def role_of(
    actor: str, role: str, name: str, *, background: str = "", consent: str = Consent.INTERNAL
) -> Asked:
    """Make the command that gives a pseudonym a role; name, background and consent count only for a newcomer."""
    return by_system(
        str(uuid.uuid4()),
        "person.join",
        person=actor,
        name=name[:60],
        role=role,
        background=background[:60],
        consent=str(consent),
    )
