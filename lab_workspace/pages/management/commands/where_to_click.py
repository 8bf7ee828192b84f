"""`manage.py where_to_click`: print the links with which to try a workspace that `make run` just made."""

from __future__ import annotations

import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from challenges.models import Membership
from challenges.permissions import can_facilitate
from lab_workspace.people import sign_in_links
from lab_workspace.people.models import User
from workshops.models import Workshop
from workshops.queries import shown_code


class Command(BaseCommand):
    """Prints a facilitator's sign-in link, a participant's join link and the public library."""

    help = (
        "Print where to click: a facilitator's sign-in link, a participant's join link, the public library."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the server is about to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        """Print the links, or say in a sentence that the port is taken."""
        _port_must_be_free(host, port)
        base = f"http://{_name_of(host)}:{port}"
        lines = [("The workspace", f"{base}/")]
        workshop = _workshop_to_try()
        facilitator = _facilitator(workshop)
        if facilitator is not None:
            lines.append(
                (f"Sign in as {facilitator}, facilitator", f"{base}{sign_in_links.path_for(facilitator)}")
            )
        if workshop is not None:
            lines.append(
                (f"Join “{workshop.title}”", f"{base}{reverse('workshops:join', args=[workshop.code])}")
            )
            lines.append(
                (
                    "  or enter this code",
                    f"{shown_code(workshop.code)}  at  {base}{reverse('workshops:enter_code')}",
                )
            )
        lines.append(("The public library", f"{base}{reverse('insights:library')}"))
        width = max(len(label) for label, _ in lines)
        self.stdout.write("")
        for label, link in lines:
            self.stdout.write(f"  {label.ljust(width)}   {link}")
        self.stdout.write("\n  Ctrl-C stops it; what was written is kept in var/ for the next time.\n\n")


def _workshop_to_try() -> Workshop | None:
    """The workshop that is open, else the one planned for now or next."""
    workshops = Workshop.objects.select_related("created_by")
    if found := workshops.filter(state=Workshop.State.OPEN).order_by("-starts_at").first():
        return found
    return workshops.filter(state=Workshop.State.PLANNED).order_by("starts_at").first()


def _facilitator(workshop: Workshop | None) -> User | None:
    people = User.objects.filter(is_active=True)
    if workshop is not None:
        if workshop.created_by is not None and can_facilitate(workshop.created_by, workshop.challenge):
            return workshop.created_by
        found = people.filter(
            memberships__challenge=workshop.challenge, memberships__role=Membership.Role.FACILITATOR
        ).first()
        if found is not None:
            return found
    return people.filter(is_staff=True).first()


def _port_must_be_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} on {host} can't be used ({error}). "
                f"Choose another, for example:  make run PORT={port + 1}"
            ) from error


def _name_of(host: str) -> str:
    """The address to open: the machine's own one in its network where the server listens on all."""
    if host not in {"0.0.0.0", "::"}:  # noqa: S104  # compared, not bound
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # An example address; connecting a datagram socket sends nothing.
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
