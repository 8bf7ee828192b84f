"""Grouping: suggestions never undo what people did, silence, parking lot, copies, groups brought back, who moved what."""

from __future__ import annotations

from typing import Any

import pytest

from realtime.ledger import Ledger
from tests.workshop_driver import Driver
from workshops.activities.cluster.groups import Board
from workshops.live.state import FACILITATOR, PARTICIPANT, SCREEN
from workshops.suggest.boards import may_ask, on_ballot, to_group

pytestmark = pytest.mark.django_db


def opened(ideas: int = 6, **settings: Any) -> tuple[Driver, str]:
    """A grouping under way, with ideas i1 to i6 of Ann and Ben in turn."""
    driver = Driver()
    driver.join("p-fay", "p-gus", role="facilitator")
    driver.join("p-ann", "p-ben")
    driver.join("p-obs", role="observer")
    first, step = driver.step("brainstorm"), driver.step("cluster", settings=settings)
    driver.do("p-fay", "step.open", activity=first)
    for number in range(ideas):
        driver.idea(("p-ann", "p-ben")[number % 2], first, f"Idea {number + 1}")
    driver.do("p-fay", "step.reveal", activity=first)
    driver.do("p-fay", "show.go", activity=step)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def board(driver: Driver, step: str) -> Board:
    found = driver.state.steps[step].rounds[-1].memory
    assert isinstance(found, Board)
    return found


def groups(driver: Driver, step: str) -> dict[str, list[str]]:
    return {group.title or group.id: list(group.ideas) for group in board(driver, step).groups.values()}


def suggest(driver: Driver, step: str, *wanted: dict[str, Any], by: str = "p-fay", **more: Any) -> None:
    numbered = {str(number): group for number, group in enumerate(wanted, 1)}
    driver.do(by, "cluster.suggested", activity=step, groups=numbered, **more)


def shown(driver: Driver, key: str, reader: str) -> Any:
    fragment = driver.ledger.kind.show(driver.state, key, reader)
    return fragment and fragment.context


# -- suggestions -----------------------------------------------------------------------------------------------------


def test_a_suggestion_is_one_event_and_one_step_back() -> None:
    driver, step = opened()
    buses = driver.group("p-ann", step, "i1", title="Buses")
    seq = driver.ledger.seq
    suggest(driver, step, {"title": "Tea", "ideas": ["i2", "i3"]}, {"into": buses, "ideas": ["i4"]})

    assert driver.ledger.seq == seq + 1
    assert groups(driver, step) == {"Buses": ["i1", "i4"], "Tea": ["i2", "i3"]}

    driver.do("p-gus", "cluster.undo_suggested", activity=step)

    assert groups(driver, step) == {"Buses": ["i1"]}
    assert driver.refused("p-fay", "cluster.undo_suggested", activity=step) == "nothing_to_undo"


def test_who_applied_it_can_take_it_back_by_undo_too() -> None:
    driver, step = opened()
    suggest(driver, step, {"title": "Tea", "ideas": ["i2", "i3"]})
    driver.do("p-fay", "my.undo", activity=step)
    assert groups(driver, step) == {}
    assert not driver.ledger.kind.own(driver.state, "p-fay", FACILITATOR).data["take_back"]


def test_taken_back_by_another_it_is_not_offered_for_undoing_again() -> None:
    driver, step = opened()
    driver.group("p-fay", step, "i6", title="Mine")
    suggest(driver, step, {"title": "Tea", "ideas": ["i2", "i3"]})
    driver.do("p-gus", "cluster.undo_suggested", activity=step)
    driver.do("p-fay", "my.undo", activity=step)
    assert groups(driver, step) == {}


def test_what_people_grouped_in_the_meantime_stays_where_they_put_it() -> None:
    driver, step = opened()
    driver.group("p-ann", step, "i2", title="Ours")
    suggest(driver, step, {"title": "Tea", "ideas": ["i2", "i3"]})
    assert groups(driver, step) == {"Ours": ["i2"], "Tea": ["i3"]}
    again = {"1": {"ideas": ["i2", "i3"]}}
    assert driver.refused("p-fay", "cluster.suggested", activity=step, groups=again) == "changed_since"


def test_taking_it_back_leaves_what_people_changed_since() -> None:
    driver, step = opened()
    suggest(
        driver,
        step,
        {"title": "Tea", "ideas": ["i1", "i2"]},
        {"title": "Bus", "ideas": ["i3", "i4"]},
        {"ideas": ["i5"]},
    )
    tea, bus, _third = board(driver, step).groups
    driver.do("p-ann", "cluster.rename", activity=step, cluster=tea, title="Tea time")
    driver.do("p-ben", "idea.move", activity=step, idea="i6", to=bus)
    driver.do("p-ben", "idea.move", activity=step, idea="i3", to=tea)

    driver.do("p-fay", "cluster.undo_suggested", activity=step)

    assert groups(driver, step) == {"Tea time": ["i3"], "Bus": ["i6"]}


def test_only_groups_that_nobody_named_are_taken_apart() -> None:
    driver, step = opened()
    nameless, named = (
        driver.group("p-ann", step, "i1", "i2"),
        driver.group("p-ben", step, "i3", title="Named"),
    )
    wanted = {"1": {"title": "New", "ideas": ["i1", "i3", "i4"]}}
    refused = driver.refused("p-fay", "cluster.suggested", activity=step, groups=wanted, apart=[named])
    assert refused == "bad_suggestion"

    suggest(driver, step, wanted["1"], apart=[nameless])
    assert groups(driver, step) == {nameless: ["i2"], "Named": ["i3"], "New": ["i1", "i4"]}

    driver.do("p-fay", "cluster.undo_suggested", activity=step)
    assert groups(driver, step) == {nameless: ["i1", "i2"], "Named": ["i3"]}


def test_a_group_without_a_name_may_be_given_one_and_loses_it_again() -> None:
    driver, step = opened()
    nameless, named = driver.group("p-ann", step, "i1"), driver.group("p-ben", step, "i2", title="Ours")
    suggest(
        driver,
        step,
        {"into": nameless, "title": "Theirs", "ideas": []},
        {"into": named, "title": "No", "ideas": ["i3"]},
    )
    assert groups(driver, step) == {"Theirs": ["i1"], "Ours": ["i2", "i3"]}
    driver.do("p-fay", "cluster.undo_suggested", activity=step)
    assert groups(driver, step) == {nameless: ["i1"], "Ours": ["i2"]}

    suggest(driver, step, {"into": nameless, "title": "Theirs", "ideas": []})
    driver.do("p-ann", "cluster.rename", activity=step, cluster=nameless, title="Mine")
    assert driver.refused("p-fay", "cluster.undo_suggested", activity=step) == "changed_since"
    assert groups(driver, step) == {"Mine": ["i1"], "Ours": ["i2"]}


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"1": {"ideas": ["i1"]}, "2": {"ideas": ["i1"]}}, "bad_suggestion"),
        ({"1": ["i1"]}, "bad_suggestion"),
        ({"1": {"ideas": ["i1"], "colour": "red"}}, "unknown_field"),
        ({"1": {"ideas": "i1"}}, "bad_field"),
        ({"1": {"ideas": ["i99"]}}, "no_such_idea"),
        ({"1": {"ideas": ["i1"], "into": "g99"}}, "no_such_group"),
        ({"1": {"ideas": ["i1"], "title": "x" * 81}}, "too_long"),
        ({str(n): {"ideas": []} for n in range(41)}, "bad_field"),
        ({}, "changed_since"),
    ],
)
def test_what_is_no_suggestion_is_refused(wanted: dict[str, Any], code: str) -> None:
    driver, step = opened()
    assert driver.refused("p-fay", "cluster.suggested", activity=step, groups=wanted) == code


def test_who_may_ask_follows_the_settings() -> None:
    wanted = {"1": {"ideas": ["i1", "i2"]}}
    cases: list[tuple[dict[str, Any], bool]] = [
        ({}, False),
        ({"who_asks": "everybody"}, True),
        ({"who_asks": "everybody", "who": "own"}, False),
        ({"who_asks": "everybody", "who": "facilitators"}, False),
    ]
    for settings, asks in cases:
        driver, step = opened(**settings)
        state = driver.state
        assert may_ask(state.steps[step], state.people["p-ann"]) is asks
        assert may_ask(state.steps[step], state.people["p-fay"])
        assert not may_ask(state.steps[step], state.people["p-obs"])
        assert (shown(driver, "stage.suggested", PARTICIPANT) is not None) is asks
        if asks:
            suggest(driver, step, wanted["1"], by="p-ann")
            assert driver.refused("p-ben", "cluster.undo_suggested", activity=step) == "not_allowed"
            driver.do("p-ann", "cluster.undo_suggested", activity=step)
        else:
            refused = driver.refused("p-ann", "cluster.suggested", activity=step, groups=wanted)
            assert refused == "not_allowed"


def test_what_is_asked_about_is_what_everybody_sees_and_nobody_placed() -> None:
    driver, step = opened()
    nameless, named = driver.group("p-ann", step, "i1"), driver.group("p-ben", step, "i2", title="Named")
    driver.do("p-ann", "idea.move", activity=step, idea="i3", to="parked")
    driver.do("p-fay", "idea.hide", idea="i4", reason="Names somebody")
    state, of = driver.state, driver.state.steps[step]

    asked = to_group(state, of, fill=True, apart=False)
    assert ({idea.id for idea in asked.loose}, {group.id for group in asked.there}) == (
        {"i5", "i6"},
        {nameless, named},
    )
    assert "i4" not in asked.texts

    asked = to_group(state, of, fill=False, apart=True)
    assert ({idea.id for idea in asked.loose}, asked.there, asked.apart) == (
        {"i1", "i5", "i6"},
        [],
        [nameless],
    )


def test_private_ideas_are_not_compared_before_everybody_sees_them() -> None:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann")
    first, vote = driver.step("brainstorm"), driver.step("dot_vote")
    driver.do("p-fay", "step.open", activity=first)
    driver.idea("p-ann", first, "Mine alone")
    driver.do("p-fay", "step.close", activity=first)
    assert on_ballot(driver.state, driver.state.steps[vote]) == []
    driver.do("p-fay", "step.reveal", activity=first)
    assert [idea.text for idea in on_ballot(driver.state, driver.state.steps[vote])] == ["Mine alone"]
    driver.do("p-fay", "step.open", activity=vote)
    assert on_ballot(driver.state, driver.state.steps[vote]) == []


# -- silence, rights -------------------------------------------------------------------------------------------------


def test_in_silence_ideas_move_and_nothing_is_named_until_a_facilitator_ends_it() -> None:
    driver, step = opened(silent=True)
    made = driver.group("p-ann", step, "i1")
    driver.do("p-ben", "idea.move", activity=step, idea="i2", to=made)
    acts: list[tuple[str, dict[str, Any]]] = [
        ("cluster.make", {"title": "Named", "ideas": ["i3"]}),
        ("cluster.rename", {"cluster": made, "title": "Named"}),
        ("cluster.remove", {"cluster": made}),
        ("cluster.split", {"cluster": made, "ideas": ["i1"]}),
    ]
    for do, args in acts:
        assert driver.refused("p-fay", do, activity=step, **args) == "silent"
    suggest(driver, step, {"title": "Not yet", "ideas": ["i3", "i4"]})
    assert groups(driver, step) == {made: ["i1", "i2"], "g2": ["i3", "i4"]}

    assert driver.refused("p-ann", "cluster.end_silence", activity=step) == "not_allowed"
    driver.do("p-fay", "cluster.end_silence", activity=step)
    driver.do("p-ann", "cluster.rename", activity=step, cluster=made, title="Named")


def test_who_moves_only_their_own_ideas_moves_no_others() -> None:
    driver, step = opened(who="own")
    made = driver.group("p-ann", step, "i1")
    driver.do("p-ann", "idea.move", activity=step, idea="i3", to=made)
    assert driver.refused("p-ann", "idea.move", activity=step, idea="i2", to=made) == "not_allowed"
    assert driver.refused("p-ann", "cluster.make", activity=step, ideas=["i1", "i2"]) == "not_allowed"
    driver.do("p-fay", "idea.move", activity=step, idea="i2", to=made)


def test_who_moves_only_their_own_ideas_merges_and_removes_no_groups_of_others() -> None:
    driver, step = opened(who="own")
    mine, theirs = driver.group("p-ann", step, "i1"), driver.group("p-ben", step, "i2")
    for do, more in (("cluster.merge", {"into": mine}), ("cluster.remove", {})):
        assert driver.refused("p-ann", do, activity=step, cluster=theirs, **more) == "not_allowed"
    driver.do("p-ann", "cluster.remove", activity=step, cluster=mine)


def test_who_may_not_do_it_any_more_may_not_take_it_back_either() -> None:
    driver, step = opened()
    made = driver.group("p-ann", step, "i1")
    driver.do("p-ann", "idea.move", activity=step, idea="i2", to=made)
    driver.do("p-fay", "step.change", activity=step, settings={"who": "own"})
    assert driver.refused("p-ann", "my.undo", activity=step) == "not_allowed"
    driver.do("p-fay", "step.change", activity=step, settings={"who": "everybody"})
    driver.do("p-ann", "my.undo", activity=step)
    driver.do("p-ann", "cluster.rename", activity=step, cluster=made, title="Mine")
    driver.do("p-fay", "step.change", activity=step, settings={"who_names": "facilitators"})
    assert driver.refused("p-ann", "my.undo", activity=step) == "not_allowed"


def test_where_facilitators_name_groups_others_move_ideas_only() -> None:
    driver, step = opened(who_names="facilitators")
    made = driver.group("p-ann", step, "i1")
    assert driver.refused("p-ann", "cluster.rename", activity=step, cluster=made, title="No") == "not_allowed"
    assert driver.refused("p-ann", "cluster.make", activity=step, title="No") == "not_allowed"
    assert not (shown(driver, f"group-{made}", PARTICIPANT) or {})["shapes"]
    driver.do("p-fay", "cluster.rename", activity=step, cluster=made, title="Yes")


# -- places ----------------------------------------------------------------------------------------------------------


def test_what_is_parked_is_neither_grouped_nor_waiting() -> None:
    driver, step = opened()
    made = driver.group("p-ann", step, "i1", "i2")
    driver.do("p-ann", "idea.move", activity=step, ideas=["i2", "i3"], to="parked")
    assert shown(driver, "stage.loose", PARTICIPANT) == {"count": 3, "total": 6}
    lists = driver.ledger.kind.lists(driver.state, PARTICIPANT)
    assert lists["parked"] == ["idea-i2", "idea-i3"]
    driver.do("p-ann", "my.undo", activity=step)
    assert board(driver, step).parked == []
    assert board(driver, step).groups[made].ideas == ["i1", "i2"]

    driver.do("p-ann", "idea.move", activity=step, idea="i4", to="parked")
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    assert outcome["parked"] == [driver.state.gid("i4")]
    assert set(outcome["parked"]) < set(outcome["ungrouped"])
    driver.do("p-fay", "step.new_round", activity=step)
    assert board(driver, step).parked == ["i4"]


def test_a_copy_is_shown_twice_stays_one_idea_and_follows_it_out() -> None:
    driver, step = opened(copies=True)
    one, two = (
        driver.group("p-ann", step, "i1", "i2", title="One"),
        driver.group("p-ben", step, "i3", title="Two"),
    )
    assert driver.refused("p-ann", "idea.copy", activity=step, idea="i4", to=two) == "not_grouped"
    driver.do("p-ann", "idea.copy", activity=step, idea="i1", to=two)
    assert driver.ledger.kind.lists(driver.state, PARTICIPANT)[f"group-{two}.ideas"] == [
        "idea-i3",
        f"copy-{two}-i1",
    ]
    gids = driver.state.gid
    assert [group["ideas"] for group in driver.outcome(step)["clusters"]] == [
        [gids("i1"), gids("i2")],
        [gids("i3"), gids("i1")],
    ]

    driver.do(
        "p-ben", "idea.move", activity=step, idea="i1", to="loose"
    )  # its own place goes: the copy becomes it
    assert groups(driver, step) == {"One": ["i2"], "Two": ["i3", "i1"]}
    assert board(driver, step).groups[two].copies == []
    driver.do("p-ben", "my.undo", activity=step)
    assert groups(driver, step) == {"One": ["i1", "i2"], "Two": ["i3"]}
    assert board(driver, step).groups[two].copies == ["i1"]

    driver.do("p-ann", "cluster.merge", activity=step, cluster=one, into=two)
    assert (groups(driver, step), board(driver, step).groups[two].copies) == ({"Two": ["i3", "i1", "i2"]}, [])


def test_without_the_setting_an_idea_stands_in_one_group() -> None:
    driver, step = opened()
    driver.group("p-ann", step, "i1")
    two = driver.group("p-ann", step, "i2")
    assert driver.refused("p-ann", "idea.copy", activity=step, idea="i1", to=two) == "not_allowed"


def test_a_removed_group_comes_back_with_what_nobody_put_elsewhere() -> None:
    driver, step = opened()
    one, two = (
        driver.group("p-ann", step, "i1", "i2", title="One"),
        driver.group("p-ben", step, "i3", title="Two"),
    )
    driver.do("p-ann", "cluster.remove", activity=step, cluster=one)
    driver.do("p-ben", "idea.move", activity=step, idea="i2", to=two)
    driver.do("p-ben", "cluster.restore", activity=step, cluster=one)
    assert groups(driver, step) == {"Two": ["i3", "i2"], "One": ["i1"]}
    assert driver.refused("p-ben", "cluster.restore", activity=step, cluster=one) == "no_such_group"


def test_a_merged_group_comes_back_out_of_the_other() -> None:
    driver, step = opened()
    one, two = (
        driver.group("p-ann", step, "i1", "i2", title="One"),
        driver.group("p-ben", step, "i3", title="Two"),
    )
    driver.do("p-ann", "cluster.merge", activity=step, cluster=one, into=two)
    driver.do("p-ann", "cluster.rename", activity=step, cluster=two, title="Both")
    driver.do("p-ben", "idea.move", activity=step, idea="i2", to="loose")
    driver.do("p-ben", "cluster.restore", activity=step, cluster=one)
    assert groups(driver, step) == {"Both": ["i3"], "One": ["i1", "i2"]}


# -- who moved what --------------------------------------------------------------------------------------------------


def test_facilitators_can_look_up_who_moved_what_and_nobody_else_is_sent_it() -> None:
    driver, step = opened()
    buses = driver.group("p-ann", step, "i1", title="Buses")
    driver.do("p-ben", "idea.move", activity=step, idea="i2", to=buses)
    log = shown(driver, "stage.log", FACILITATOR)["log"]
    assert [(line["who"], line["how"], line["text"], line["group"]) for line in log] == [
        ("Ben", "idea.move", "Idea 2", "“Buses”"),
        ("Ann", "cluster.make", "Idea 1", "“Buses”"),
    ]
    for reader in (PARTICIPANT, SCREEN):
        assert shown(driver, "stage.log", reader) is None
        assert shown(driver, "stage", reader)["log"] == []


def test_the_archive_counts_moves_without_names() -> None:
    driver, step = opened()
    made = driver.group("p-ann", step, "i1", title="Buses")
    driver.do("p-ben", "idea.move", activity=step, idea="i1", to="loose")
    suggest(driver, step, {"into": made, "ideas": ["i1", "i2"]})
    driver.do("p-fay", "step.reveal", activity=step)
    moves = driver.outcome(step)["moves"]
    assert sorted(moves, key=lambda one: str(one["idea"])) == [
        {"idea": driver.state.gid("i1"), "moves": 3, "people": 3, "suggested": True},
        {"idea": driver.state.gid("i2"), "moves": 1, "people": 1, "suggested": True},
    ]
    assert "p-ann" not in str(moves)


def test_read_from_the_log_groups_stand_in_the_same_order() -> None:
    """A log's objects know no order: "g10" would come before "g2"."""
    driver, step = opened(ideas=12)
    suggest(driver, step, *({"title": f"Group {n}", "ideas": [f"i{n}"]} for n in range(1, 13)))
    driver.do("p-ann", "cluster.merge", activity=step, cluster="g11", into="g3")
    again = Ledger(driver.ledger.stream_id)
    again.load()
    read = again.state.steps[step].rounds[-1].memory
    assert list(read.groups) == list(board(driver, step).groups)
    assert read.told == board(driver, step).told
