"""Signing in by a code sent by e-mail, and that nobody learns who has an account."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from lab_workspace.people.models import User


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    cache.clear()


def ask_for_code(client: Client, email: str, path: str = "/accounts/login/") -> bytes:
    return client.post(path, {"email": email}, follow=True).content


def test_a_code_from_the_mail_signs_in_and_leads_back(client: Client, alice: User) -> None:
    ask_for_code(client, "Alice@Example.org", "/accounts/login/?next=/people/me/")
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]
    code = re.search(r"^ {4}(\S+)$", str(mail.outbox[0].body), re.MULTILINE)
    assert code is not None

    answer = client.post("/accounts/login/code/", {"code": code[1], "next": "/people/me/"}, follow=True)

    assert answer.redirect_chain[-1][0] == "/people/me/"
    assert b"alice@example.org" in answer.content


def test_a_wrong_code_does_not_sign_in_and_says_so(client: Client, alice: User) -> None:
    ask_for_code(client, "alice@example.org")
    answer = client.post("/accounts/login/code/", {"code": "WRONG-CODE"})
    assert answer.status_code == 200
    assert b"is-invalid" in answer.content
    assert "_auth_user_id" not in client.session


def test_three_wrong_codes_end_the_code(client: Client, alice: User) -> None:
    ask_for_code(client, "alice@example.org")
    code = re.search(r"^ {4}(\S+)$", str(mail.outbox[0].body), re.MULTILINE)
    assert code is not None
    for _ in range(3):
        client.post("/accounts/login/code/", {"code": "WRONG-CODE"})
    client.post("/accounts/login/code/", {"code": code[1]})
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_sees_the_same_page_and_gets_no_mail(alice: User) -> None:
    known = ask_for_code(Client(), "alice@example.org")
    unknown = ask_for_code(Client(), "nobody@example.org")
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]

    def without_the_address(page: bytes) -> bytes:
        page = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page)
        return page.replace(b"alice@example.org", b"X").replace(b"nobody@example.org", b"X")

    assert without_the_address(known) == without_the_address(unknown)


def test_a_closed_account_gets_no_session(client: Client, alice: User) -> None:
    alice.is_active = False
    alice.save()
    ask_for_code(client, "alice@example.org")
    for message in mail.outbox:
        if code := re.search(r"^ {4}(\S+)$", str(message.body), re.MULTILINE):
            client.post("/accounts/login/code/", {"code": code[1]})
    assert "_auth_user_id" not in client.session


def test_strangers_cannot_make_accounts_unless_the_setting_opens_it(
    client: Client, db: None, settings: Settings
) -> None:
    client.post("/accounts/signup/", {"email": "new@example.org"})
    assert not User.objects.filter(email="new@example.org").exists()

    settings.SIGN_UP_OPEN = True
    client.post("/accounts/signup/", {"email": "new@example.org"})
    code = re.search(r"^ {4}(\S+)$", str(mail.outbox[0].body), re.MULTILINE)
    assert code is not None
    client.post("/accounts/signup/code/", {"code": code[1]})
    assert User.objects.filter(email="new@example.org").exists()
    assert "_auth_user_id" in client.session


def test_signing_up_with_a_taken_address_tells_only_its_owner(
    client: Client, alice: User, settings: Settings
) -> None:
    settings.SIGN_UP_OPEN = True
    answer = client.post("/accounts/signup/", {"email": "alice@example.org"}, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == "/accounts/signup/code/"
    assert b"already" not in answer.content
    assert "have one already" in str(mail.outbox[0].body)


def test_too_many_requests_for_codes_are_slowed_down(client: Client, alice: User) -> None:
    for _ in range(6):
        ask_for_code(Client(), "alice@example.org")
    assert len(mail.outbox) == 3


def test_leaving_does_not_follow_a_link_to_another_site(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post("/accounts/logout/", {"next": "https://evil.example/"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    assert "_auth_user_id" not in client.session
