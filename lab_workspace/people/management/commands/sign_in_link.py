"""`manage.py sign_in_link EMAIL`: print a link that signs somebody in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lab_workspace.people import sign_in_links
from lab_workspace.people.models import User


class Command(BaseCommand):
    """Prints a link that signs somebody in, for when no e-mail can reach them."""

    help = "Print a link that signs somebody in once. Hand it only to that person."

    def add_arguments(self, parser: CommandParser) -> None:
        """EMAIL of an account that exists, and where the workspace is reached."""
        parser.add_argument("email")
        parser.add_argument(
            "--base", default="", help="where the workspace is reached, e.g. https://lab.example.org"
        )

    def handle(self, *args: Any, email: str, base: str, **options: Any) -> None:
        """Print the link, or say that there is no such open account."""
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody with an open account has the address {email}.")
        self.stdout.write(f"{base.rstrip('/')}{sign_in_links.path_for(user)}")
        self.stderr.write(f"Good for {settings.SIGN_IN_LINK_MINUTES} minutes.")
