"""Links that sign somebody in without an e-mail: for development, and for an operator who helps by phone.

A link is signed, runs out, and works once: it carries the moment of the last sign-in, so using it ends it.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from lab_workspace.people.models import User

_SALT = "people.sign_in_link"


def path_for(user: User) -> str:
    """The path of a fresh sign-in link for `user`."""
    token = signing.dumps({"user": user.pk, "last": _last_sign_in(user)}, salt=_SALT)
    return reverse("people:sign_in_link", args=[token])


def user_of(token: str) -> User | None:
    """Whom a link signs in, or None where it is forged, too old, used, or for a closed account."""
    try:
        held = signing.loads(token, salt=_SALT, max_age=settings.SIGN_IN_LINK_MINUTES * 60)
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=held["user"], is_active=True).first()
    if user is None or (not settings.DEBUG and held["last"] != _last_sign_in(user)):
        return None  # In development one link serves all day, in as many windows as a rehearsal needs.
    return user


def _last_sign_in(user: User) -> str:
    return user.last_login.isoformat() if user.last_login else ""
