"""Activities that stay open for days: beside the room, closed by the clock, come back to, reminded of."""

from __future__ import annotations

import datetime
from smtplib import SMTPRecipientsRefused
from typing import Any

import orjson
import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from realtime.audience import Audience
from realtime.client_view import View
from realtime.kinds import SYSTEM
from realtime.log import moment_of
from tests.live_view import Browser
from tests.makers import make_user
from tests.workshop_driver import MINUTE, Driver, classic
from workshops.actions import seat_for_user
from workshops.live import desk
from workshops.live.places import asked, at
from workshops.live.state import FACILITATOR, PARTICIPANT, SCREEN
from workshops.models import Archive, Attendance
from workshops.reminding import send_reminders

pytestmark = pytest.mark.django_db
DAY = 24 * 60 * MINUTE


def form(ms: int) -> str:
    return timezone.localtime(moment_of(ms)).strftime("%Y-%m-%dT%H:%M")


def staying(**settings: dict[str, object]) -> tuple[Driver, str, str, str]:
    """The brainstorm is open for three days, and the room has gone on to the grouping of other ideas."""
    driver = Driver()
    brainstorm, cluster, vote = classic(driver, **settings)
    driver.do("p-fay", "step.stay_open", activity=brainstorm, until=form(driver.at + 3 * DAY))
    driver.do("p-fay", "step.open", activity=brainstorm)
    driver.idea("p-ann", brainstorm, "In the room")
    return driver, brainstorm, cluster, vote


def elsewhere(driver: Driver, step: str) -> tuple[str, dict[str, Any]]:
    """What a participant who stays at a step gets: as HTML, and as items."""
    html = orjson.loads(Audience(driver.ledger, at(step), "en-gb", "html").snapshot() + "}")["html"]
    items = orjson.loads(Audience(driver.ledger, at(step), "en-gb", "json").snapshot() + "}")["items"]
    return html, items


def test_the_room_goes_on_and_the_activity_stays_open_until_the_clock_closes_it() -> None:
    driver, brainstorm, _cluster, vote = staying()
    driver.do("p-fay", "show.go", activity=vote)
    step = driver.state.steps[brainstorm]
    assert (driver.state.current, step.phase, step.ends_at) == (vote, "open", None)
    driver.idea("p-ben", brainstorm, "From home")
    driver.wait(2 * 24 * 60)
    driver.idea("p-cat", brainstorm, "Two days later")
    due = driver.ledger.due
    assert due is not None
    assert due[0] == step.stays_until
    assert driver.refused(SYSTEM, "clock.time_is_up") == "nothing_to_do"
    driver.at = due[0]
    driver.do(SYSTEM, "clock.time_is_up")
    assert (step.phase, driver.ledger.due) == ("closed", None)
    assert driver.state.current == vote, "nobody is moved"


def test_what_is_changed_from_afar_is_shown_anew_to_those_who_stayed() -> None:
    driver, brainstorm, _cluster, vote = staying()
    driver.do("p-fay", "show.go", activity=vote)
    audience = Audience(driver.ledger, at(brainstorm), "en-gb", "html")
    client = Browser()
    client.replace(orjson.loads(audience.snapshot() + "}"))
    driver.ledger.take_pending()
    driver.do("p-fay", "step.change", activity=brainstorm, prompt="What would you try first?")
    dirty = driver.ledger.take_pending()
    assert dirty.everybody, "what each person sees of their own may follow the settings"
    text = audience.frame(dirty)
    assert text is not None
    assert "What would you try first?" in text
    assert client.take(orjson.loads(text))
    fresh = Browser()
    fresh.replace(orjson.loads(audience.snapshot() + "}"))
    assert client.shows() == fresh.shows()


def test_minutes_do_not_close_what_stays_open_for_days() -> None:
    driver, brainstorm, *_rest = staying(brainstorm={"when_time_is_up": "close"})
    driver.wait(60)
    assert driver.refused(SYSTEM, "clock.time_is_up") == "nothing_to_do"
    assert driver.state.steps[brainstorm].phase == "open"


def test_people_are_told_what_else_is_open_and_come_back_to_what_they_wrote() -> None:
    driver, brainstorm, _cluster, vote = staying()
    assert desk.room(driver.state, PARTICIPANT)["besides"] == []
    driver.do("p-fay", "show.go", activity=vote)
    (other,) = desk.room(driver.state, PARTICIPANT)["besides"]
    assert (other["id"], other["until"]) == (brainstorm, driver.state.steps[brainstorm].stays_until)
    for reader in (FACILITATOR, SCREEN):
        assert desk.room(driver.state, reader)["besides"] == []
    html, _items = elsewhere(driver, brainstorm)
    assert "Write ideas" in html or "Your idea" in html
    assert "Back to the room" in html
    kind = driver.ledger.kind
    there = kind.own(driver.state, "p-ann", at(brainstorm))
    assert [idea["text"] for idea in there.fragments["own-ideas"].context["ideas"]] == ["In the room"]
    assert "own-ideas" not in kind.own(driver.state, "p-ann", PARTICIPANT).fragments


def test_who_stays_there_gets_frames_that_equal_a_fresh_page_and_nothing_hidden() -> None:
    driver, brainstorm, _cluster, vote = staying()
    driver.do("p-fay", "show.go", activity=vote)
    driver.ledger.take_pending()
    audience = Audience(driver.ledger, at(brainstorm), "en-gb", "json")
    view = View()
    view.replace(orjson.loads(audience.snapshot() + "}"))

    def flush() -> str:
        text = audience.frame(driver.ledger.take_pending()) or ""
        if text:
            assert view.take(orjson.loads(text)) != "gap"
        fresh = View()
        fresh.replace(orjson.loads(Audience(driver.ledger, at(brainstorm), "en-gb", "json").snapshot() + "}"))
        assert view.items == fresh.items
        assert {name: keys for name, keys in view.lists.items() if keys or name in fresh.lists} == fresh.lists
        return text

    driver.idea("p-ben", brainstorm, "Zebra")
    assert "Zebra" not in flush(), "private until shown"
    driver.do("p-fay", "announcement.make", text="Hello")
    assert "Hello" in flush()
    driver.do("p-fay", "step.close", activity=brainstorm)
    flush()
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    assert "Zebra" in flush()
    driver.do("p-fay", "step.stay_no_longer", activity=brainstorm)
    flush()
    driver.do("p-fay", "workshop.close")
    flush()


def test_only_what_ran_and_stays_open_has_a_place_of_its_own() -> None:
    driver, brainstorm, cluster, vote = staying()
    kind, state = driver.ledger.kind, driver.state
    assert kind.may_enter(state, "p-ann", at(brainstorm))
    for step in (cluster, vote, "a99"):
        assert not kind.may_enter(state, "p-ann", at(step))
    assert not kind.may_enter(state, "p-stranger", at(brainstorm))
    driver.do("p-fay", "step.stay_no_longer", activity=brainstorm)
    driver.do("p-fay", "show.go", activity=vote)
    html, items = elsewhere(driver, brainstorm)
    assert "not open by itself any more" in html
    assert not any("In the room" in str(item) for item in items.values())
    for name in ("facilitator/a1", "participant/../a1", "participant/", "screen/a1", "x"):
        assert asked(name) == PARTICIPANT
    assert asked("participant/a1") == "participant/a1"


def test_it_closes_when_it_shall_no_longer_stay_open_and_with_the_workshop() -> None:
    driver, brainstorm, _cluster, vote = staying()
    driver.do("p-fay", "show.go", activity=vote)
    driver.do("p-fay", "step.stay_no_longer", activity=brainstorm)
    assert driver.state.steps[brainstorm].phase == "closed"
    again, brainstorm, _cluster, vote = staying()
    again.do("p-fay", "step.reveal", activity=brainstorm)
    again.do("p-fay", "step.new_round", activity=brainstorm)
    again.do("p-fay", "show.go", activity=vote)
    again.do("p-fay", "workshop.close")
    assert again.state.steps[brainstorm].phase == "closed"
    assert again.ledger.due is None
    assert Archive.objects.filter(workshop=again.workshop).exists()


def test_only_facilitators_choose_a_moment_and_only_one_to_come() -> None:
    driver, brainstorm, *_rest = staying()
    soon = form(driver.at + DAY)
    assert driver.refused("p-ann", "step.stay_open", activity=brainstorm, until=soon) == "not_allowed"
    for until in (form(driver.at - DAY), form(driver.at + 900 * DAY)):
        assert driver.refused("p-fay", "step.stay_open", activity=brainstorm, until=until) == "bad_moment"
    for nonsense in ("tomorrow", "", "9999-99-99T00:00", 7):
        assert driver.refused("p-fay", "step.stay_open", activity=brainstorm, until=nonsense) == "bad_field"


def test_who_asked_and_has_not_finished_is_reminded_once_a_day_before() -> None:
    driver, brainstorm, _cluster, _vote = staying()
    seats = {}
    for name in ("Ida Want", "Olu Quiet", "Eve Done"):
        user = make_user(name)
        seats[name] = seat_for_user(driver.workshop, user)
        driver.join(seats[name].actor, name=name)
    Attendance.objects.filter(pk__in=[seats["Ida Want"].pk, seats["Eve Done"].pk]).update(
        wants_reminders=True
    )
    driver.do(seats["Eve Done"].actor, "step.finish", activity=brainstorm, finished="yes")
    until = moment_of(driver.state.steps[brainstorm].stays_until or 0)
    assert send_reminders(until - datetime.timedelta(hours=30), "https://lab.example") == 0
    assert send_reminders(until - datetime.timedelta(hours=20), "https://lab.example") == 1
    (letter,) = mail.outbox
    assert letter.to == [seats["Ida Want"].user.email]  # type: ignore[union-attr]
    assert f"https://lab.example/workshops/{driver.workshop.pk}/open/{brainstorm}/" in letter.body
    assert send_reminders(until - datetime.timedelta(hours=2), "https://lab.example") == 0
    assert send_reminders(until + datetime.timedelta(hours=2), "https://lab.example") == 0
    call_command("remind", base="https://lab.example")


def test_one_address_that_refuses_leaves_the_others_their_reminder(monkeypatch: pytest.MonkeyPatch) -> None:
    driver, brainstorm, _cluster, _vote = staying()
    for name in ("Ida First", "Olu Second"):
        seat = seat_for_user(driver.workshop, make_user(name))
        driver.join(seat.actor, name=name)
    Attendance.objects.update(wants_reminders=True)
    until = moment_of(driver.state.steps[brainstorm].stays_until or 0)
    sent: list[str] = []

    def deliver(_subject: str, _body: str, _sender: None, to: list[str]) -> None:
        if not sent:
            sent.append("refused")
            raise SMTPRecipientsRefused({})
        sent.append(to[0])

    monkeypatch.setattr("workshops.reminding.send_mail", deliver)
    assert send_reminders(until - datetime.timedelta(hours=20), "https://lab.example") == 1
    assert send_reminders(until - datetime.timedelta(hours=19), "https://lab.example") == 1
    assert len(set(sent)) == 3


def test_who_has_finished_in_a_breakout_room_is_not_reminded() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    seats = [seat_for_user(driver.workshop, make_user(name)) for name in ("Ida Want", "Eve Done")]
    for seat in seats:
        driver.join(seat.actor)
    Attendance.objects.update(wants_reminders=True)
    step, after = driver.step("brainstorm"), driver.step("talk")
    driver.do("p-fay", "step.stay_open", activity=step, until=form(driver.at + 3 * DAY))
    driver.do("p-fay", "show.go", activity=step)
    driver.do("p-fay", "rooms.split", activity=step, how="size", size=2)
    driver.do("p-fay", "step.open", activity=step)
    breakout = driver.state.steps[step].breakout
    assert breakout is not None
    done = seats[1].actor
    driver.do(done, "step.finish", activity=breakout.at[done], finished="yes")
    driver.do("p-fay", "show.go", activity=after)
    until = moment_of(driver.state.steps[step].stays_until or 0)
    assert send_reminders(until - datetime.timedelta(hours=20), "https://lab.example") == 1
    assert mail.outbox[0].to == [seats[0].user.email]  # type: ignore[union-attr]
