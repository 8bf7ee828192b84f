"""What changes a person's account."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest

from lab_workspace.people.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(request: HttpRequest, user: User) -> None:
    """Start a fresh session of `user` in this browser."""
    login(request, user, backend=BACKEND)


def rename(user: User, name: str) -> None:
    """Change the name that others see."""
    user.name = name.strip()
    user.save(update_fields=["name"])
