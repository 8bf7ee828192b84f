"""Journey maps: cells, feelings that only show as a mean, what is private until it is shown, and what comes out."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string

from tests.activities.scenes_maps import entry
from tests.workshop_driver import Driver
from workshops.activities.registry import activity_of
from workshops.results.archive import content_of
from workshops.results.tables import table_of

pytestmark = pytest.mark.django_db


def ready(**chosen: Any) -> tuple[Driver, str]:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", "p-ben", consent="unnamed")
    driver.join("p-cat", consent="internal")
    step = driver.step("journey_map", settings={"stages": "Before\nVisit\nAfter"} | chosen)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def feelings(driver: Driver) -> list[tuple[float | None, int]]:
    found = [driver.ledger.kind.show(driver.state, f"stage.f-s{n}", "participant") for n in (1, 2, 3)]
    return [(one.context["mean"], one.context["n"]) for one in found if one is not None]


def test_an_entry_stands_in_its_cell() -> None:
    driver, step = ready()
    one = entry(driver, "p-ann", step, "s2", "pain", "No chairs")
    lists = driver.ledger.kind.lists(driver.state, "participant")
    assert {name for name, keys in lists.items() if keys} == {"cell-s2-pain"}
    assert lists["cell-s2-pain"] == [f"idea-{one}"]
    add = {"activity": step, "lane": "pain", "text": "Nobody comes"}
    assert driver.refused("p-ann", "journey.add", stage="s4", **add) == "no_such_stage"
    assert driver.refused("p-ben", "idea.edit", activity=step, idea=one, text="Mine") == "no_such_idea"


def test_feelings_show_as_a_mean_with_how_many_said_so() -> None:
    driver, step = ready()
    for person, level in (("p-ann", -2), ("p-ben", 1), ("p-cat", -1)):
        driver.do(person, "journey.feel", activity=step, stage="s1", level=level)
    assert feelings(driver) == [(-0.67, 3), (None, 0), (None, 0)]
    driver.do("p-ann", "journey.feel", activity=step, stage="s1", level=2)
    assert feelings(driver)[0] == (0.67, 3)
    driver.do("p-ann", "my.undo", activity=step)
    driver.do("p-cat", "journey.feel", activity=step, stage="s1")
    assert feelings(driver)[0] == (-0.5, 2)
    feel = {"activity": step, "stage": "s1"}
    assert driver.refused("p-ann", "journey.feel", level=3, **feel) == "bad_field"
    assert driver.refused("p-ann", "journey.feel", level=-2, **feel) == "nothing_to_do"


def test_a_private_map_shows_nothing_of_others_before_the_reveal() -> None:
    driver, step = ready(visibility="private")
    driver.watch()
    heard = driver.listen()
    entry(driver, "p-ann", step, "s1", "thinks", "Quite-private-thought")
    driver.do("p-ann", "journey.feel", activity=step, stage="s1", level=-2)
    driver.flush()
    driver.check()
    assert {to for to, text in heard.items() if "Quite-private-thought" in text} == {"p-ann"}
    kind = driver.ledger.kind
    for reader in ("participant", "facilitator", "screen"):
        assert kind.lists(driver.state, reader).get("cell-s1-thinks") is None
        assert kind.show(driver.state, "stage.feelings", reader) is None
        assert kind.show(driver.state, "stage.f-s1", reader) is None
        assert kind.show(driver.state, "stage.n-cell-s1-thinks", reader) is None
    driver.do("p-fay", "step.reveal", activity=step)
    driver.flush()
    assert "Quite-private-thought" in heard["screen"]


def test_what_was_never_shown_leaves_no_words_and_no_feelings() -> None:
    driver, step = ready(visibility="private")
    entry(driver, "p-ann", step, "s1", "thinks", "Quite-private-thought")
    driver.do("p-fay", "step.close", activity=step)
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    assert "Quite-private-thought" not in str(content)
    assert content["outcomes"][0]["withheld"] == "not_shown"
    assert content["outcomes"][0]["feelings"] == []


def test_a_cell_counts_people_only_where_names_are_shown() -> None:
    """Where they aren't, a number that stays as an entry comes would say that its writer has another one."""
    for names, counted in (("nobody", 2), ("facilitators", 2), ("everybody", 1)):
        driver, step = ready(names=names)
        entry(driver, "p-ann", step, "s1", "steps", "Waits")
        entry(driver, "p-ann", step, "s1", "steps", "Waits again")
        fragment = driver.ledger.kind.show(driver.state, "stage.n-cell-s1-steps", "screen")
        assert fragment is not None
        assert fragment.context["n"] == counted


def test_stages_can_be_added_at_the_end_once_people_have_started() -> None:
    driver, step = ready()
    other = {"stages": "Before\nThe visit\nAfter"}
    assert driver.refused("p-fay", "step.change", activity=step, settings=other) == "stages_fixed"
    driver.do("p-fay", "step.change", activity=step, settings={"stages": "Before\nVisit\nAfter\nLater"})
    entry(driver, "p-ann", step, "s4", "ideas", "Ring once more")


def test_only_the_lane_of_ideas_can_be_voted_on() -> None:
    driver, step = ready()
    entry(driver, "p-ann", step, "s1", "pain", "No chairs")
    idea = entry(driver, "p-ann", step, "s1", "ideas", "More chairs")
    driver.do("p-fay", "step.close", activity=step)
    vote = driver.step("dot_vote", settings={"source": step})
    driver.do("p-fay", "step.open", activity=vote)
    assert list(driver.state.steps[vote].rounds[-1].memory.items) == [idea]


@pytest.mark.parametrize("public", [False, True])
def test_the_outcome_is_a_table_of_what_may_be_read(public: bool) -> None:
    driver, step = ready()
    entry(driver, "p-ann", step, "s1", "pain", "Quotable pain")
    entry(driver, "p-cat", step, "s1", "pain", "Inside pain")
    driver.do("p-ann", "journey.feel", activity=step, stage="s1", level=-2)
    driver.do("p-ben", "journey.feel", activity=step, stage="s2", level=1)
    driver.do("p-fay", "step.reveal", activity=step)
    driver.ledger.load()
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    outcome = content["outcomes"][0]
    context = {"outcome": outcome, "ideas": content["ideas"], "clusters": {}, "public": public}
    html = render_to_string(activity_of("journey_map").template("outcome"), context)
    assert "Quotable pain" in html
    assert ("Inside pain" in html) is not public
    assert "2 entries" in html
    assert "<b>-2</b>" in html
    assert " style=" not in html
    table = table_of(outcome, content, public=public)
    assert ["Before", "Pain points", "Quotable pain"] in [row[:3] for row in table.rows]
