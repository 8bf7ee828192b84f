"""A person's own page."""

from __future__ import annotations

from django.test import Client

from lab_workspace.people.models import User


def test_one_changes_the_name_that_others_see(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post(
        "/people/me/", {"name": "  Alice M  ", "is_staff": "on", "email": "x@example.org"}, follow=True
    )
    assert b"Your name is saved." in answer.content
    alice.refresh_from_db()
    assert (alice.name, alice.is_staff, alice.email) == ("Alice M", False, "alice@example.org")


def test_a_name_must_be_given(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post("/people/me/", {"name": "   "})
    assert b"is-invalid" in answer.content
    alice.refresh_from_db()
    assert alice.name == "Alice Marsh"


def test_strangers_are_asked_to_sign_in(client: Client, db: None) -> None:
    answer = client.get("/people/me/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/people/me/"


def test_staff_make_an_account_whose_owner_can_sign_in(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)
    client.post(
        "/admin/people/user/add/", {"email": "New@Example.org", "name": "New Person", "is_active": "on"}
    )
    made = User.objects.get(email="new@example.org")
    assert made.get_full_name() == "New Person"
    assert not made.has_usable_password()
