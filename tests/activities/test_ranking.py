"""Ranking: nothing is lost before it is sent, nobody sees another's order, and only what was sent counts."""

from __future__ import annotations

import pytest

from tests.activities.scenes_votes import items_of
from tests.activities.test_contract import ready
from tests.workshop_driver import READERS, Driver

pytestmark = pytest.mark.django_db


def opened(**chosen: object) -> tuple[Driver, str, list[str]]:
    driver, step = ready("ranking", **chosen)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step, items_of(driver, step)


def order_of(driver: Driver, person: str) -> list[str]:
    """Somebody's order as a fresh page shows it to them."""
    fragment = driver.ledger.kind.own(driver.state, person, "participant").fragments["own-ranking"]
    return [item["id"] for item in fragment.context["ranked"]]


def test_an_order_is_kept_move_by_move_and_counts_when_sent() -> None:
    driver, step, (one, two, three) = opened()
    for item in (one, two, three):
        driver.do("p-ann", "ranking.place", activity=step, item=item)
    driver.do("p-ann", "ranking.up", activity=step, item=three)
    driver.do("p-ann", "ranking.place", activity=step, item=one, place=3)
    assert order_of(driver, "p-ann") == [three, two, one]
    driver.do("p-ann", "ranking.submit", activity=step)
    driver.do("p-ann", "ranking.down", activity=step, item=three)  # not sent again
    driver.do("p-ben", "ranking.place", activity=step, item=one)  # never sent
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    assert [row["item"].split("/")[1] for row in outcome["places"]] == [three, two, one]
    assert [row["points"] for row in outcome["places"]] == [3.0, 2.0, 1.0]
    assert (outcome["answered"], outcome["not_answered"], outcome["begun_not_sent"]) == (1, 2, 1)


def test_means_are_over_those_who_answered_and_shares_say_how_many_ranked() -> None:
    driver, step, (one, two, three) = opened()
    for person, order in (("p-ann", [one, two]), ("p-ben", [one]), ("p-cat", [two, one, three])):
        driver.do(person, "ranking.order", activity=step, items=order)
        driver.do(person, "ranking.submit", activity=step)
    driver.do("p-fay", "step.reveal", activity=step)
    rows = {row["item"].split("/")[1]: row for row in driver.outcome(step)["places"]}
    # one: 3+3+2 of 3 people; two: 2+3; three: 1.
    assert (rows[one]["points"], rows[one]["mean_place"], rows[one]["share"]) == (2.67, 1.33, 100)
    assert (rows[two]["points"], rows[two]["mean_place"], rows[two]["share"]) == (1.67, 1.5, 67)
    assert (rows[three]["points"], rows[three]["mean_place"], rows[three]["share"]) == (0.33, 3.0, 33)


def test_refusals_say_what_to_do_and_change_nothing() -> None:
    driver, step, (one, two, three) = opened(top=2, complete=True)
    assert driver.refused("p-ann", "ranking.submit", activity=step) == "nothing_ranked"
    driver.do("p-ann", "ranking.place", activity=step, item=one)
    assert driver.refused("p-ann", "ranking.submit", activity=step) == "places_left"
    driver.do("p-ann", "ranking.place", activity=step, item=two)
    assert driver.refused("p-ann", "ranking.place", activity=step, item=three) == "no_places_left"
    assert driver.refused("p-ann", "ranking.up", activity=step, item=three) == "not_ranked"
    assert driver.refused("p-ann", "ranking.place", activity=step, item="i99") == "not_on_ballot"
    assert driver.refused("p-fay", "ranking.place", activity=step, item=one) == "not_allowed"
    assert driver.refused("p-obs", "ranking.place", activity=step, item=one) == "not_allowed"
    driver.do("p-ann", "ranking.submit", activity=step)
    driver.do("p-fay", "step.close", activity=step)
    assert driver.refused("p-ann", "ranking.up", activity=step, item=two) == "not_open"


def test_nobody_is_sent_anything_of_anothers_order() -> None:
    driver, step, (one, two, three) = opened()
    driver.watch()
    heard: list[tuple[str, str]] = []
    driver.heard = lambda to, text: heard.append((to, text))
    driver.do("p-ann", "ranking.order", activity=step, items=[three, one, two])
    driver.flush()
    driver.do("p-ann", "ranking.submit", activity=step)
    driver.flush(resume=True)
    others = [(to, text) for to, text in heard if to != "p-ann"]
    assert others
    for to, text in others:
        assert f"item-{one}" not in text, f"{to} was sent a card"
        assert three not in text, f"{to} was sent {text}"
    driver.check()
    for reader in READERS:
        card = driver.ledger.kind.show(driver.state, f"item-{one}", reader)
        assert card is None if reader == "participant" else card is not None and card.context["got"] is None


def test_each_person_finds_the_things_in_another_order_and_always_the_same() -> None:
    driver, _step, items = opened()

    def rest(person: str) -> list[str]:
        fragment = driver.ledger.kind.own(driver.state, person, "participant").fragments["own-ranking"]
        return [item["id"] for item in fragment.context["rest"]]

    people = ["p-ann", "p-ben", "p-cat", "p-fay"]
    driver.join("p-dan", "p-eve", "p-flo", "p-gil")
    orders = [
        tuple(rest(person)) for person in ("p-ann", "p-ben", "p-cat", "p-dan", "p-eve", "p-flo", "p-gil")
    ]
    assert len(set(orders)) > 1
    assert all(sorted(order) == sorted(items) for order in orders)
    assert orders[0] == tuple(rest(people[0]))


def test_an_idea_that_is_hidden_leaves_all_orders_and_comes_back_to_them() -> None:
    driver, step, (one, two, three) = opened(top=2)
    driver.do("p-ann", "ranking.order", activity=step, items=[one, two])
    driver.do("p-ann", "ranking.submit", activity=step)
    driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    assert order_of(driver, "p-ann") == [two]
    driver.do("p-ann", "ranking.place", activity=step, item=three)
    driver.do("p-fay", "idea.restore", idea=one)
    assert order_of(driver, "p-ann") == [two, three]  # she has given both places since
    driver.do("p-fay", "idea.hide", idea=two, reason="Names somebody")
    driver.do("p-fay", "step.reveal", activity=step)
    assert [row["item"].split("/")[1] for row in driver.outcome(step)["places"]] == [one, three]


def test_a_result_that_was_not_shown_is_not_kept() -> None:
    driver, step, (one, *_rest) = opened()
    driver.do("p-ann", "ranking.place", activity=step, item=one)
    driver.do("p-ann", "ranking.submit", activity=step)
    driver.do("p-fay", "step.close", activity=step)
    outcome = driver.outcome(step)
    assert outcome["withheld"] == "not_shown"
    assert outcome["places"] == []
    assert outcome["answered"] == 1


def test_too_many_things_are_refused_before_it_opens() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann")
    first, step = driver.step("brainstorm"), driver.step("ranking")
    driver.do("p-fay", "step.open", activity=first)
    for number in range(61):
        driver.idea("p-ann", first, f"idea {number}")
    driver.do("p-fay", "step.close", activity=first)
    assert driver.refused("p-fay", "step.open", activity=step, show_sources=True) == "too_many_items"
    driver.do("p-fay", "step.reveal", activity=first)
    assert driver.refused("p-fay", "step.open", activity=step) == "too_many_items"
