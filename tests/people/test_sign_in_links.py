"""Links that sign in without an e-mail."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from lab_workspace.people import sign_in_links
from lab_workspace.people.models import User


def test_opening_the_link_asks_and_only_the_button_signs_in(client: Client, alice: User) -> None:
    path = sign_in_links.path_for(alice)
    page = client.get(path)
    assert b"Sign in as Alice Marsh" in page.content
    assert b"alice@example.org" not in page.content
    assert "_auth_user_id" not in client.session

    client.post(path)
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_a_link_works_once(client: Client, alice: User) -> None:
    path = sign_in_links.path_for(alice)
    client.post(path)
    assert Client().get(path).status_code == 410
    assert Client().post(path).status_code == 410


def test_a_link_runs_out(client: Client, alice: User) -> None:
    path = sign_in_links.path_for(alice)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=16), tick=False):
        assert client.post(path).status_code == 410
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "change", [lambda token: token[:-1], lambda token: "x" + token, lambda token: token.upper()]
)
def test_a_changed_link_opens_nothing(client: Client, alice: User, change: object) -> None:
    assert callable(change)
    token = sign_in_links.path_for(alice).rstrip("/").rpartition("/")[2]
    assert client.post(f"/people/sign-in/{change(token)}/").status_code == 410


def test_a_closed_account_is_not_opened_by_a_link(client: Client, alice: User) -> None:
    path = sign_in_links.path_for(alice)
    alice.is_active = False
    alice.save()
    assert client.post(path).status_code == 410


def test_the_command_prints_a_link_that_works(
    client: Client, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("sign_in_link", "ALICE@example.org", base="https://lab.example.org/")
    link = capsys.readouterr().out.strip()
    assert link.startswith("https://lab.example.org/people/sign-in/")
    client.post(link.removeprefix("https://lab.example.org"))
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_the_command_says_when_there_is_no_such_account(db: None) -> None:
    with pytest.raises(CommandError, match="Nobody with an open account"):
        call_command("sign_in_link", "nobody@example.org")
