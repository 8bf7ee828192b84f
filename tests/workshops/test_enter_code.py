"""Typing a join code: where it leads, and what it says while the records can't be reached."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.makers import make_challenge
from workshops.actions import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)


def no_database(*_args: Any) -> None:
    raise OperationalError("the server closed the connection unexpectedly")


@pytest.fixture
def code(transactional_db: None) -> str:
    starts = timezone.now() + datetime.timedelta(hours=1)
    return make_workshop(make_challenge(), "Ideas day", starts, 60, None).code


def test_a_code_leads_to_its_workshop_and_a_wrong_one_is_refused(code: str) -> None:
    address = reverse("workshops:enter_code")
    answer = Client().get(address, {"code": f"{code[:4]} {code[4:].lower()}"})
    assert answer["Location"] == reverse("workshops:join", args=[code])
    wrong = Client().get(address, {"code": "ZZZZ ZZZZ"})
    assert wrong.status_code == 400
    assert "No workshop is open with this code" in wrong.content.decode()


@pytest.mark.parametrize("page", ["enter_code", "join"])
def test_while_the_records_are_out_of_reach_the_door_says_so(
    code: str, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"{reverse('workshops:enter_code')}?code={code}"
    if page == "join":
        address = reverse("workshops:join", args=[code])
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", no_database)
    answer = Client().get(address)
    monkeypatch.undo()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "Nothing is lost" in answer.content.decode()
