"""Who may do what with a workshop from outside its room. Inside, rights are part of the rules (`workshops.live`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenges import permissions as challenge

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from lab_workspace.people.models import User
    from workshops.models import SavedAgenda, Workshop

    type Somebody = User | AnonymousUser


def can_facilitate(user: Somebody, workshop: Workshop) -> bool:
    """Prepare and run it."""
    return challenge.can_facilitate(user, workshop.challenge)


def can_see_archive(user: Somebody, workshop: Workshop) -> bool:
    """Read what it left behind, with words that people shared only inside the Lab. A rehearsal leaves nothing."""
    return workshop.rehearsal_of_id is None and challenge.can_view(user, workshop.challenge)


def can_publish(user: Somebody, workshop: Workshop) -> bool:
    """Make a learning report of it."""
    return challenge.can_publish(user, workshop.challenge)


def can_start_from(user: Somebody, saved: SavedAgenda) -> bool:
    """Start from a saved agenda. Whether they may make a workshop at all is asked where it is made."""
    if saved.owner_id == user.pk or saved.shared_with == saved.For.ALL:
        return True
    return saved.shared_with == saved.For.CHALLENGE and challenge.can_facilitate(user, saved.challenge)


def can_change_saved(user: Somebody, saved: SavedAgenda) -> bool:
    """Rename, share and delete it: whose it is, and who looks after the challenge in which it is shared."""
    if saved.owner_id == user.pk:
        return True
    return saved.shared_with != saved.For.ME and challenge.can_edit(user, saved.challenge)
