"""Driver diagrams: what may feed what, hints, versions, where words came from and who must agree to quoting them."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string

from tests.activities.scenes_maps import box
from tests.workshop_driver import Driver
from workshops.activities.driver_diagram.diagram import hints_for
from workshops.activities.registry import activity_of
from workshops.results.archive import content_of
from workshops.results.credit import consent_of, credit_of
from workshops.results.tables import table_of

pytestmark = pytest.mark.django_db


def ready(**chosen: Any) -> tuple[Driver, str]:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", consent="named")
    driver.join("p-ben", consent="unnamed")
    driver.join("p-cat", consent="internal")
    step = driver.step("driver_diagram", settings=chosen)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def lists(driver: Driver) -> dict[str, list[str]]:
    return driver.ledger.kind.lists(driver.state, "participant")


def card(driver: Driver, node: str) -> dict[str, Any]:
    fragment = driver.ledger.kind.show(driver.state, f"idea-{node}", "participant")
    assert fragment is not None
    return fragment.context


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("Improve access", ["vague"]),
        ("Reduce waiting", ["vague"]),
        ("Improve access by March 2027", ["no_number"]),
        ("Reduce the wait by 30 days", ["no_date"]),
        ("Reduce the wait for a first visit from 12 to 6 weeks by March 2027", []),
        ("80% of new patients meet a peer within six months", []),
        ("Half of all wards have a peer by the end of this year", []),
        ("People feel heard", ["no_number", "no_date"]),
    ],
)
def test_an_aim_is_asked_how_much_and_by_when(text: str, hints: list[str]) -> None:
    assert hints_for("aim", text) == hints


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("Discuss rotas with the ward", ["task"]),
        ("We should set up a working group", ["task"]),
        ("E-mail all GPs", ["task"]),
        ("A peer sits in the waiting room on Tuesdays", []),
        ("Text people the day before, on one ward for two weeks", []),
    ],
)
def test_a_change_idea_that_reads_like_a_task_is_asked_what_would_be_tested(
    text: str, hints: list[str]
) -> None:
    assert hints_for("change", text) == hints


def test_a_hint_is_no_wall_and_goes_once_somebody_has_read_it_until_the_words_change() -> None:
    driver, step = ready()
    aim = box(driver, "p-fay", step, "aim", "Improve access")
    assert [hint["name"] for hint in card(driver, aim)["hints"]] == ["vague"]
    driver.do("p-fay", "driver.keep", activity=step, node=aim, hint="vague")
    assert card(driver, aim)["hints"] == []
    driver.do("p-fay", "idea.edit", activity=step, idea=aim, text="Improve care")
    assert [hint["name"] for hint in card(driver, aim)["hints"]] == ["vague"]


def test_a_secondary_driver_may_feed_several_primary_ones_and_stands_under_the_first() -> None:
    driver, step = ready()
    one, two = (
        box(driver, "p-ann", step, "primary", "Known"),
        box(driver, "p-ann", step, "primary", "Trusted"),
    )
    shared = box(driver, "p-ben", step, "secondary", "Staff mention it", under=one)
    driver.do("p-ben", "driver.link", activity=step, node=shared, to=two, on=True)
    assert lists(driver)[f"idea-{one}.under"] == [f"idea-{shared}"]
    assert lists(driver)[f"idea-{two}.under"] == []
    assert card(driver, two)["fed_by"] == ["Staff mention it"]
    driver.do("p-cat", "idea.remove", activity=step, idea=one)
    assert lists(driver)[f"idea-{two}.under"] == [f"idea-{shared}"]
    driver.do("p-cat", "idea.remove", activity=step, idea=two)
    assert lists(driver)["loose"] == [f"idea-{shared}"]
    assert "no_parent" in [hint["name"] for hint in card(driver, shared)["hints"]]


def test_only_neighbouring_levels_can_be_linked_and_there_is_one_aim() -> None:
    driver, step = ready()
    aim = box(driver, "p-fay", step, "aim", "80% by May")
    primary = box(driver, "p-ann", step, "primary", "Known")
    change = box(driver, "p-ann", step, "change", "A card")
    link = {"activity": step, "on": True}
    assert driver.refused("p-ann", "driver.link", node=change, to=primary, **link) == "bad_link"
    assert driver.refused("p-ann", "driver.link", node=primary, to=aim, **link) == "bad_link"
    assert driver.refused("p-fay", "driver.add", activity=step, level="aim", text="Two") == "one_aim"
    assert driver.refused("p-ann", "driver.measure", activity=step, node=change, text="n") == "no_measure"
    assert driver.refused("p-ann", "driver.link", node="i99", to=primary, **link) == "no_such_node"


def test_who_may_write_on_a_level_is_checked_on_the_server() -> None:
    driver, step = ready(edit_primary="facilitators")
    add = {"activity": step, "text": "Known"}
    assert driver.refused("p-ann", "driver.add", level="aim", **add) == "not_allowed"
    assert driver.refused("p-ann", "driver.add", level="primary", **add) == "not_allowed"
    primary = box(driver, "p-fay", step, "primary", "Known")
    assert driver.refused("p-ann", "idea.edit", activity=step, idea=primary, text="Mine") == "not_allowed"
    assert driver.refused("p-ann", "driver.measure", activity=step, node=primary, text="n") == "not_allowed"
    box(driver, "p-ann", step, "secondary", "Staff", under=primary)


def test_a_new_round_is_the_next_version_and_says_what_changed() -> None:
    driver, step = ready()
    aim = box(driver, "p-fay", step, "aim", "80% by May")
    kept = box(driver, "p-ann", step, "primary", "Known")
    reworded = box(driver, "p-ann", step, "primary", "Trusted")
    gone = box(driver, "p-ann", step, "primary", "Paid")
    under = box(driver, "p-ann", step, "secondary", "Staff say so", under=reworded)
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "step.new_round", activity=step)
    driver.do("p-ben", "idea.edit", activity=step, idea=reworded, text="Trusted by carers")
    again = f"i{driver.state.counters['i']}"
    driver.do("p-ben", "idea.remove", activity=step, idea=gone)
    new = box(driver, "p-ben", step, "primary", "Close")
    gids = driver.state.gid
    first, second = driver.outcome(step, 1), driver.outcome(step, 2)
    assert [row["item"] for row in first["nodes"]] == [gids(n) for n in (aim, kept, reworded, under, gone)]
    assert [row["item"] for row in second["nodes"]] == [gids(n) for n in (aim, kept, again, under, new)]
    assert driver.state.ideas[reworded].text == "Trusted", "the version before stays what it was"
    assert second["changed"] == {
        "added": [gids(new)],
        "reworded": [gids(again)],
        "relinked": [],
        "gone": [gids(gone)],
    }
    assert lists(driver)[f"idea-{again}.under"] == [f"idea-{under}"]
    driver.do("p-ben", "my.undo", activity=step)
    driver.do("p-ben", "my.undo", activity=step)
    assert f"idea-{gone}" in lists(driver)["primaries"]


def test_words_taken_or_changed_by_several_are_quoted_only_as_far_as_all_agree() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", consent="named")
    driver.join("p-ben", consent="role")
    driver.join("p-cat", consent="internal")
    first = driver.step("brainstorm", settings={"visibility": "shared", "names": "everybody"})
    step = driver.step("driver_diagram", settings={"names": "everybody"})
    driver.do("p-fay", "step.open", activity=first)
    inside, quotable = driver.idea("p-cat", first, "Inside words"), driver.idea("p-ben", first, "A card")
    driver.do("p-fay", "step.reveal", activity=first)
    driver.do("p-fay", "step.open", activity=step)
    taken = []
    for item in (inside, quotable):
        driver.do("p-ann", "driver.take", activity=step, item=item, level="change")
        taken.append(driver.state.ideas[f"i{driver.state.counters['i']}"])
    own = driver.state.ideas[box(driver, "p-ann", step, "change", "All mine")]
    both = driver.state.ideas[box(driver, "p-ann", step, "change", "Ours")]
    driver.do("p-ben", "idea.edit", activity=step, idea=both.id, text="Ours, better")
    assert [consent_of(driver.state, one) for one in (*taken, own, both)] == [
        "internal",
        "unnamed",
        "named",
        "unnamed",
    ]
    assert [credit_of(driver.state, one) for one in (*taken, own, both)] == ["", "", "Ann", ""]
    row = driver.outcome(step)["nodes"][0]
    assert row["from"] == driver.state.gid(inside)


def test_a_vote_runs_on_change_ideas_and_then_they_stay() -> None:
    driver, step = ready()
    primary = box(driver, "p-ann", step, "primary", "Known")
    secondary = box(driver, "p-ann", step, "secondary", "Staff", under=primary)
    change = box(driver, "p-ann", step, "change", "A card", under=secondary)
    driver.do("p-fay", "step.close", activity=step)
    vote = driver.step("dot_vote", settings={"source": step})
    driver.do("p-fay", "step.open", activity=vote)
    assert list(driver.state.steps[vote].rounds[-1].memory.items) == [change]
    driver.do("p-fay", "step.close", activity=vote)
    driver.do("p-fay", "step.open", activity=step)
    refused = driver.refused("p-ann", "idea.edit", activity=step, idea=change, text="Other")
    assert refused == "grouping_started"


def test_a_group_can_be_taken_in_by_its_name() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann")
    first, grouping = driver.step("brainstorm"), driver.step("cluster")
    step = driver.step("driver_diagram")
    driver.do("p-fay", "step.open", activity=first)
    one = driver.idea("p-ann", first, "Walks")
    driver.do("p-fay", "step.reveal", activity=first)
    driver.do("p-fay", "step.open", activity=grouping)
    group = driver.group("p-ann", grouping, one, title="Moving about")
    nameless = driver.group("p-ann", grouping)
    driver.do("p-fay", "step.reveal", activity=grouping)
    driver.do("p-fay", "step.open", activity=step)
    driver.do("p-ann", "driver.take", activity=step, item=group, level="primary")
    assert card(driver, f"i{driver.state.counters['i']}")["text"] == "Moving about"
    take = {"activity": step, "level": "primary"}
    assert driver.refused("p-ann", "driver.take", item=nameless, **take) == "no_title"
    assert driver.refused("p-ann", "driver.take", item="i99", **take) == "not_offered"


@pytest.mark.parametrize("public", [False, True])
def test_the_outcome_is_an_outline_a_drawing_and_a_table_of_what_may_be_read(public: bool) -> None:
    driver, step = ready()
    box(driver, "p-fay", step, "aim", "80% by May")
    one = box(driver, "p-ben", step, "primary", "Quotable driver")
    box(driver, "p-cat", step, "secondary", "Inside driver", under=one)
    driver.do("p-ben", "driver.measure", activity=step, node=one, text="Calls a week")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.ledger.load()
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    outcome = content["outcomes"][0]
    context = {"outcome": outcome, "ideas": content["ideas"], "clusters": {}, "public": public}
    html = render_to_string(activity_of("driver_diagram").template("outcome"), context)
    assert html.count("Quotable driver") == 2, "in the outline and in the drawing"
    assert "Calls a week" in html
    assert ("Inside driver" in html) is not public
    assert " style=" not in html
    table = table_of(outcome, content, public=public)
    assert ["P1", "Primary driver", "A"] in [row[:3] for row in table.rows]


def test_boxes_of_the_drawing_lie_beside_each_other_never_over() -> None:
    driver, step = ready()
    box(driver, "p-fay", step, "aim", "80% of all new patients meet a peer supporter within six months " * 3)
    for n in range(3):
        primary = box(driver, "p-ann", step, "primary", f"Primary driver {n} " * 4)
        for m in range(n):
            secondary = box(driver, "p-ann", step, "secondary", f"Secondary {m} " * 6, under=primary)
            for k in range(3 - m):
                box(driver, "p-ben", step, "change", f"Change {k}", under=secondary)
    box(driver, "p-ben", step, "change", "Loose")
    drawing = driver.ledger.kind.show(driver.state, "stage.drawing", "screen")
    assert drawing is not None
    boxes = drawing.context["drawing"]["boxes"]
    assert len(boxes) == len(driver.state.ideas)
    for one in boxes:
        for two in boxes:
            apart = one is two or one["x"] != two["x"]
            above = one["y"] + one["height"] <= two["y"] or two["y"] + two["height"] <= one["y"]
            assert apart or above
