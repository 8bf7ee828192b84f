"""Prioritisation matrix: unseen until shown, skipping counted, and what was agreed beside the mean, never over it."""

from __future__ import annotations

import pytest

from tests.activities.scenes_votes import items_of
from tests.activities.test_contract import ready
from tests.workshop_driver import READERS, Driver

pytestmark = pytest.mark.django_db


def opened(**chosen: object) -> tuple[Driver, str, list[str]]:
    driver, step = ready("matrix", **chosen)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step, items_of(driver, step)


def rows_of(driver: Driver, step: str) -> dict[str, dict[str, object]]:
    return {row["item"].split("/")[1]: row for row in driver.outcome(step)["points"]}


def test_places_come_to_mean_middle_half_and_corner() -> None:
    driver, step, (one, two, _three) = opened()
    for person, x, y in (("p-ann", 1, 5), ("p-ben", 2, 4), ("p-cat", 3, 3)):
        driver.do(person, "matrix.place", activity=step, item=one, x=x)
        driver.do(person, "matrix.place", activity=step, item=one, y=y)
    driver.do("p-ann", "matrix.put", activity=step, item=two, skip=True)
    driver.do("p-ben", "matrix.place", activity=step, item=two, x=5)  # on one scale only
    driver.do("p-fay", "step.reveal", activity=step)
    row = rows_of(driver, step)[one]
    assert (row["x"], row["x_low"], row["x_high"]) == (2.0, 1.5, 2.5)
    assert (row["y"], row["y_low"], row["y_high"]) == (4.0, 3.5, 4.5)
    assert (row["corner"], row["placed"], row["spread"]) == ("Do first", 3, 1.2)  # sqrt(4/3)
    assert (rows_of(driver, step)[two]["placed"], rows_of(driver, step)[two]["skipped"]) == (0, 1)
    assert driver.outcome(step)["answered"] == 3


def test_what_is_agreed_stands_beside_the_mean() -> None:
    driver, step, (one, *_rest) = opened()
    driver.do("p-ann", "matrix.put", activity=step, item=one, x=1, y=5)
    at = {"activity": step, "item": one, "x": 5, "y": 1}
    assert driver.refused("p-fay", "matrix.agree", **at) == "not_revealed"
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.refused("p-ann", "matrix.agree", **at) == "not_allowed"
    assert driver.refused("p-fay", "matrix.agree", **(at | {"x": 6})) == "off_the_axis"
    driver.do("p-fay", "matrix.agree", **at)
    row = rows_of(driver, step)[one]
    assert (row["x"], row["y"], row["agreed_x"], row["agreed_y"]) == (1.0, 5.0, 5, 1)
    assert (row["corner"], row["agreed_corner"]) == ("Do first", "Leave for now")
    driver.do("p-gus", "matrix.agree_nothing", activity=step, item=one)
    assert rows_of(driver, step)[one]["agreed_x"] is None
    driver.do("p-fay", "workshop.close")
    assert driver.refused("p-fay", "matrix.agree", **at) == "workshop_closed"


def test_nobody_is_sent_where_others_place_things() -> None:
    driver, step, (one, *_rest) = opened()
    driver.watch()
    heard: list[tuple[str, str]] = []
    driver.heard = lambda to, text: heard.append((to, text))
    driver.do("p-ann", "matrix.put", activity=step, item=one, x=1, y=5)
    driver.flush(resume=True)
    for to, text in heard:
        assert to == "p-ann" or one not in text, f"{to} was sent {text}"
    driver.check()
    for reader in READERS:
        card = driver.ledger.kind.show(driver.state, f"item-{one}", reader)
        assert card is not None
        assert card.context["got"] is None
        assert driver.ledger.kind.show(driver.state, "stage.plot", reader) is None


def test_scales_are_kept_and_refusals_say_how_far_they_go() -> None:
    driver, step, (one, *_rest) = opened()
    assert driver.refused("p-ann", "matrix.place", activity=step, item=one, x=0) == "off_the_axis"
    assert driver.refused("p-ann", "matrix.place", activity=step, item=one, y=6) == "off_the_axis"
    assert driver.refused("p-fay", "matrix.place", activity=step, item=one, x=1) == "not_allowed"
    assert driver.refused("p-ann", "matrix.place", activity=step, item="i99", x=1) == "not_on_ballot"
    fine, step, (one, *_rest) = opened(fine=True)
    fine.do("p-ann", "matrix.put", activity=step, item=one, x=0, y=100)
    assert fine.refused("p-ann", "matrix.put", activity=step, item=one, x=101, y=1) == "bad_field"


def test_axes_can_be_named_until_it_opens() -> None:
    driver, step = ready("matrix")
    driver.do("p-fay", "step.change", activity=step, settings={"across": "Cost"})
    driver.do("p-fay", "step.open", activity=step)
    refused = driver.refused("p-fay", "step.change", activity=step, settings={"across": "Time"})
    assert refused == "promised"
    assert driver.outcome(step)["axes"]["across"] == "Cost"


def test_the_last_placing_can_be_undone() -> None:
    driver, step, (one, *_rest) = opened(fine=True)
    driver.do("p-ann", "matrix.put", activity=step, item=one, x=0, y=7)
    driver.do("p-ann", "matrix.put", activity=step, item=one, skip=True)
    driver.do("p-ann", "my.undo", activity=step)
    mark = driver.state.steps[step].rounds[-1].memory.mark("p-ann", one)
    assert (mark.x, mark.y, mark.skip) == (0, 7, False)
    driver.do("p-ann", "my.undo", activity=step)
    assert not driver.state.steps[step].rounds[-1].memory.mark("p-ann", one).given


def test_the_table_for_spreadsheets_names_its_columns() -> None:
    from workshops.results.archive import content_of
    from workshops.results.tables import table_of

    driver, step, (one, *_rest) = opened()
    driver.do("p-ann", "matrix.put", activity=step, item=one, x=1, y=5)
    driver.do("p-fay", "step.reveal", activity=step)
    driver.ledger.load()
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    outcome = next(each for each in content["outcomes"] if each["step"] == step)
    table = table_of(outcome, content, public=False)
    row = dict(zip(table.head, table.rows[0], strict=True))
    assert (row["Across, mean"], row["Up, mean"], row["Idea"]) == (1.0, 5.0, driver.state.ideas[one].text)
