"""Next actions: private until shown, agreed up to a number, corrected in the open, and quoted as their writers allow."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from tests.activities.chance import PICKS, Crowd, Picks
from tests.activities.scenes_maps import next_actions_scene, propose
from tests.activities.test_contract import A_FEW, Named
from tests.workshop_driver import READERS, Driver
from workshops.activities.registry import activity_of
from workshops.models import IdeaRecord
from workshops.results.archive import content_of
from workshops.results.credit import consent_of, credit_of
from workshops.results.tables import table_of

pytestmark = pytest.mark.django_db
LATER = "2025-12-01"


def ready(**chosen: Any) -> tuple[Driver, str]:
    driver = Driver()
    driver.join("p-fay", role="facilitator", consent="named")
    driver.join("p-ann", consent="named")
    driver.join("p-ben", consent="internal")
    driver.join("p-obs", role="observer")
    step = driver.step("next_actions", settings=chosen)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def full(driver: Driver, person: str, step: str, text: str) -> str:
    return propose(driver, person, step, text, owner=f"Who does {text}", due=LATER)


def card(driver: Driver, idea: str, reader: str = "participant") -> dict[str, Any]:
    fragment = driver.ledger.kind.show(driver.state, f"idea-{idea}", reader)
    assert fragment is not None
    return fragment.context


def lists(driver: Driver, reader: str = "participant") -> dict[str, list[str]]:
    found = driver.ledger.kind.lists(driver.state, reader)
    return {
        name: [key.removeprefix("idea-") for key in found.get(name, [])]
        for name in ("agreed-actions", "proposed-actions")
    }


def test_what_is_proposed_alone_is_sent_to_nobody_else_before_the_reveal() -> None:
    driver, step = ready()
    driver.watch()
    heard: list[str] = []
    driver.heard = lambda to, text: heard.append(text) if to != "p-ann" else None
    one = full(driver, "p-ann", step, "Secret thing")
    driver.do("p-ann", "actions.owner", activity=step, idea=one, owner="Secret team")
    driver.flush(resume=True)
    assert not [text for text in heard if "Secret" in text or LATER in text]
    assert driver.refused("p-ben", "actions.owner", activity=step, idea=one, owner="Me") == "no_such_idea"
    assert driver.refused("p-ben", "actions.back", activity=step, idea=one) == "not_revealed"
    assert driver.refused("p-fay", "actions.agree", activity=step, idea=one, on=True) == "not_revealed"
    driver.do("p-fay", "step.reveal", activity=step)
    driver.flush(resume=True)
    assert [text for text in heard if "Secret team" in text]
    assert lists(driver)["proposed-actions"] == [one]
    driver.check()


def test_a_proposal_with_its_owner_is_one_thing_to_undo_and_to_remove() -> None:
    driver, step = ready(visibility="shared")
    one = full(driver, "p-ann", step, "Ring")
    owner = f"i{driver.state.counters['i']}"
    driver.do("p-ann", "my.undo", activity=step)
    assert driver.state.ideas[one].removed
    assert driver.state.ideas[owner].removed
    assert driver.refused("p-ann", "my.undo", activity=step) == "nothing_to_undo"
    driver.do("p-ann", "idea.put_back", activity=step, idea=one)
    assert card(driver, one)["owner"] == "Who does Ring"
    driver.do("p-ann", "actions.due", activity=step, idea=one, due="2025-12-24")
    driver.do("p-ann", "my.undo", activity=step)
    assert card(driver, one)["due"] == LATER


@pytest.mark.parametrize("day", ["2025-09-01", "2031-01-01", "soon", "2025-13-01", "20251201"])
def test_a_day_is_one_that_is_still_to_come(day: str) -> None:
    driver, step = ready()
    asked = {"activity": step, "text": "Ring", "due": day}
    assert driver.refused("p-ann", "actions.propose", **asked) == "bad_date"


def test_backing_counts_each_person_once_and_is_taken_back_by_the_same_button() -> None:
    driver, step = ready()
    one = full(driver, "p-ann", step, "Ring")
    driver.do("p-fay", "step.reveal", activity=step)
    for person in ("p-ann", "p-ben", "p-ben", "p-ben"):
        driver.do(person, "actions.back", activity=step, idea=one)
    assert card(driver, one)["backing"] == 2
    back = {"activity": step, "idea": one}
    assert driver.refused("p-ben", "actions.back", on=True, **back) == "nothing_to_do"
    assert driver.refused("p-obs", "actions.back", **back) == "not_allowed"
    own = driver.ledger.kind.own(driver.state, "p-ben", "participant")
    assert own.data["backed"] == [one]


def test_no_more_are_agreed_than_the_setting_says_and_only_with_who_and_when() -> None:
    driver, step = ready(number=1)
    one, two = full(driver, "p-ann", step, "Ring"), full(driver, "p-ben", step, "Write")
    bare = propose(driver, "p-ben", step, "Think")
    driver.do("p-fay", "step.reveal", activity=step)
    agree: dict[str, Any] = {"activity": step, "on": True}
    assert driver.refused("p-ann", "actions.agree", idea=one, **agree) == "not_allowed"
    assert driver.refused("p-fay", "actions.agree", idea=bare, **agree) == "not_settled"
    driver.do("p-fay", "actions.agree", idea=one, **agree)
    assert driver.refused("p-fay", "actions.agree", idea=two, **agree) == "enough_agreed"
    assert lists(driver)["agreed-actions"] == [one]
    driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    driver.do("p-fay", "actions.agree", idea=two, **agree)
    driver.do("p-fay", "idea.restore", idea=one)
    assert len(lists(driver)["agreed-actions"]) == 1
    driver.do("p-fay", "step.change", activity=step, settings={"number": 2})
    assert len(lists(driver)["agreed-actions"]) == 2
    change = {"activity": step, "settings": {"number": 1}}
    assert driver.refused("p-fay", "step.change", **change) == "enough_agreed"


def test_a_correction_says_what_was_proposed() -> None:
    driver, step = ready()
    one = full(driver, "p-ann", step, "Ring")
    driver.do("p-fay", "step.reveal", activity=step)
    settle = {"activity": step, "idea": one}
    assert driver.refused("p-ann", "actions.owner", owner="Me", **settle) == "not_allowed"
    driver.do("p-fay", "actions.owner", owner="Clinic lead", **settle)
    driver.do("p-fay", "actions.due", due="2026-01-05", **settle)
    shown = card(driver, one)
    assert (shown["owner"], shown["owner_before"]) == ("Clinic lead", "Who does Ring")
    assert (shown["due"], shown["due_before"]) == ("2026-01-05", "1 December 2025")
    html = render_to_string("workshops/activities/next_actions/card.html", {"key": "x", **shown})
    assert "changed by a facilitator" in html
    assert IdeaRecord.objects.filter(text="Clinic lead").exists(), "records follow a correction"
    driver.do("p-fay", "idea.hide", idea=f"i{driver.state.counters['i']}", reason="Names somebody")
    assert card(driver, one)["owner"] == "Who does Ring"


def test_who_does_it_is_quoted_no_further_than_the_action_and_only_if_they_agreed_to_be_named() -> None:
    driver, step = ready(visibility="shared", names="everybody")
    one, inside = propose(driver, "p-ann", step, "Ring", owner="Ann"), full(driver, "p-ben", step, "Write")
    other = full(driver, "p-ann", step, "Print")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "actions.owner", activity=step, idea=inside, owner="Fay")
    ideas = {idea.text: idea for idea in driver.state.ideas.values()}
    texts = ("Ring", "Ann", "Write", "Fay", "Print", "Who does Print")
    found = [consent_of(driver.state, ideas[text]) for text in texts]
    assert found == ["named", "unnamed", "internal", "internal", "named", "internal"]
    assert credit_of(driver.state, ideas["Ann"]) == ""
    driver.do("p-fay", "actions.owner", activity=step, idea=other, owner="Ben")
    owner = driver.state.ideas[f"i{driver.state.counters['i']}"]
    assert consent_of(driver.state, owner) == "internal", "he did not agree to be named"
    driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    assert consent_of(driver.state, ideas["Ann"]) == "internal"


@pytest.mark.parametrize("public", [False, True])
def test_the_outcome_says_who_by_when_and_how_many_back_it(public: bool) -> None:
    driver, step = ready()
    one = propose(driver, "p-ann", step, "Ring", owner="Ann", due=LATER)
    inside = full(driver, "p-ben", step, "Write")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-ben", "actions.back", activity=step, idea=inside)
    driver.do("p-fay", "actions.agree", activity=step, idea=one, on=True)
    driver.ledger.load()
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    outcome = content["outcomes"][0]
    assert [(row["agreed"], row["backing"], row["due"]) for row in outcome["actions"]] == [
        (1, 0, LATER),
        (0, 1, LATER),
    ]
    context = {"outcome": outcome, "ideas": content["ideas"], "clusters": {}, "public": public}
    html = render_to_string(activity_of("next_actions").template("outcome"), context)
    assert "Ann" in html
    assert ("Who does Write" in html) is not public
    rows = table_of(outcome, content, public=public).rows
    assert rows[0][:2] == [1, LATER]


def test_an_unshown_round_keeps_no_words_and_a_new_one_begins_empty() -> None:
    driver, step = ready()
    one = full(driver, "p-ann", step, "Ring")
    assert driver.outcome(step)["withheld"] == "not_shown"
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "step.new_round", activity=step)
    assert lists(driver)["proposed-actions"] == []
    assert driver.refused("p-ann", "idea.remove", activity=step, idea=one) == "revealed"
    assert [row["item"] for row in driver.outcome(step, 1)["actions"]] == [driver.state.gid(one)]


@pytest.mark.parametrize("chosen", [{}, {"visibility": "shared", "names": "everybody", "number": 1}])
@A_FEW
@given(moves=st.lists(PICKS, min_size=4, max_size=30))
def test_after_the_reveal_too_every_event_names_what_it_changes(
    chosen: dict[str, Any], moves: list[Picks]
) -> None:
    driver, step = ready(**chosen)
    driver.join("p-cat", "p-gus", role="facilitator")
    next_actions_scene(driver, step)
    driver.do("p-fay", "step.reveal", activity=step)
    driver.watch()
    crowd, named = Crowd(driver, step), Named(driver)
    for action in lists(driver)["proposed-actions"]:
        driver.ask("p-fay", "actions.due", activity=step, idea=action, due=LATER)
        named.check("actions.due")
        driver.ask("p-fay", "actions.agree", activity=step, idea=action, on=True)
        named.check("actions.agree")
    for picks in moves:
        _who, do, _args, _answer = crowd.act(picks)
        named.check(do)
    assert READERS
