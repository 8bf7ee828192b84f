"""The rules of ideas, groups and votes that people would miss."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workshop_driver import Driver, classic
from workshops.models import IdeaRecord, TallyRecord

pytestmark = pytest.mark.django_db


def opened(**settings: dict[str, Any]) -> tuple[Driver, str, str, str]:
    driver = Driver()
    brainstorm, cluster, vote = classic(driver, **settings)
    driver.do("p-fay", "step.open", activity=brainstorm)
    return driver, brainstorm, cluster, vote


def sees(driver: Driver, reader: str) -> str:
    return driver.watches[reader, "html"].steady.text()  # type: ignore[union-attr]


def grouping(**settings: dict[str, Any]) -> tuple[Driver, str, str, list[str]]:
    """Four ideas, shown, and grouping open."""
    driver, brainstorm, cluster, vote = opened(**settings)
    ideas = [driver.idea("p-ann", brainstorm, f"Idea {n}") for n in range(4)]
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "step.open", activity=cluster)
    return driver, cluster, vote, ideas


def voting(**settings: Any) -> tuple[Driver, str, list[str]]:
    """Four ideas, and a vote on them open."""
    driver, _cluster, vote, ideas = grouping(dot_vote=settings)
    driver.do("p-fay", "step.open", activity=vote)
    return driver, vote, ideas


def groups(driver: Driver, cluster: str) -> dict[str, list[str]]:
    board = driver.state.steps[cluster].rounds[-1].memory
    return {group.id: list(group.ideas) for group in board.groups.values()}


# -- ideas ---------------------------------------------------------------------------------------------------------


def test_private_ideas_are_seen_by_their_author_only_until_they_are_shown() -> None:
    driver, brainstorm, _cluster, _vote = opened()
    driver.watch()
    driver.idea("p-ann", brainstorm, "Tea at three")
    driver.flush()
    assert "Tea at three" in driver.owns["p-ann"]
    assert not any("Tea at three" in own for person, own in driver.owns.items() if person != "p-ann")
    assert not any(
        "Tea at three" in sees(driver, reader) for reader in ("participant", "facilitator", "screen")
    )
    assert driver.refused("p-fay", "idea.hide", idea="i1", reason="no") == "no_such_idea"
    driver.do("p-fay", "step.close", activity=brainstorm)
    assert not IdeaRecord.objects.exclude(text="").exists()
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.flush()
    assert all("Tea at three" in sees(driver, reader) for reader in ("participant", "facilitator", "screen"))
    assert IdeaRecord.objects.get().text == "Tea at three"


def test_shared_ideas_are_seen_at_once() -> None:
    driver, brainstorm, *_rest = opened(brainstorm={"visibility": "shared"})
    driver.watch()
    driver.idea("p-ann", brainstorm, "Tea at three")
    driver.flush()
    assert "Tea at three" in sees(driver, "participant")
    assert "Ann" not in sees(driver, "participant")


def test_names_stand_with_ideas_where_that_was_said() -> None:
    driver, brainstorm, *_rest = opened(brainstorm={"visibility": "shared", "names": "everybody"})
    driver.watch()
    driver.idea("p-ann", brainstorm, "Tea at three")
    driver.flush()
    assert "Ann" in sees(driver, "screen")
    driver.do("p-ann", "person.describe", name="Annabel")
    driver.flush()
    driver.check()
    assert "Annabel" in sees(driver, "screen")


def test_the_facilitators_list_does_not_tell_whose_idea_just_came() -> None:
    driver, brainstorm, *_rest = opened(brainstorm={"visibility": "shared"})
    driver.watch()
    heard: list[str] = []
    driver.heard = lambda to, text: heard.append(text) if to == "facilitator" else None
    driver.idea("p-ann", brainstorm, "Tea at three")
    driver.flush()
    assert any("Tea at three" in text for text in heard)
    assert not any("p-ann" in text for text in heard)


def test_late_ideas_are_taken_until_grouping_starts() -> None:
    driver, brainstorm, cluster, _vote = opened()
    driver.idea("p-ann", brainstorm, "In time")
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    late = driver.idea("p-ben", brainstorm, "Late")
    driver.do("p-ben", "idea.edit", activity=brainstorm, idea=late, text="Late but better")
    driver.do("p-fay", "step.open", activity=cluster)
    for do, args in {
        "idea.add": {"text": "Too late"},
        "idea.edit": {"idea": late, "text": "Other"},
        "idea.remove": {"idea": late},
    }.items():
        assert driver.refused("p-ben", do, activity=brainstorm, **args) == "grouping_started"


def test_late_ideas_can_be_switched_off() -> None:
    driver, brainstorm, *_rest = opened(brainstorm={"late_ideas": False})
    driver.do("p-fay", "step.close", activity=brainstorm)
    assert driver.refused("p-ann", "idea.add", activity=brainstorm, text="Late") == "not_open"


def test_people_edit_and_remove_only_their_own() -> None:
    driver, brainstorm, *_rest = opened()
    idea = driver.idea("p-ann", brainstorm, "Mine")
    for do, args in {"idea.edit": {"text": "Yours"}, "idea.remove": {}, "idea.put_back": {}}.items():
        assert driver.refused("p-ben", do, activity=brainstorm, idea=idea, **args) == "no_such_idea"
    driver.do("p-ann", "idea.remove", activity=brainstorm, idea=idea)
    assert driver.refused("p-ann", "idea.remove", activity=brainstorm, idea=idea) == "nothing_to_do"
    driver.do("p-ann", "idea.put_back", activity=brainstorm, idea=idea)
    driver.do("p-ann", "idea.edit", activity=brainstorm, idea=idea, text="Better")
    assert driver.state.ideas[idea].text == "Better"


def test_limits_hold_in_each_round_anew() -> None:
    driver, brainstorm, *_rest = opened(brainstorm={"most_ideas": 2, "most_characters": 20})
    assert driver.refused("p-ann", "idea.add", activity=brainstorm, text="x" * 21) == "too_long"
    first = driver.idea("p-ann", brainstorm, "x" * 20)
    driver.idea("p-ann", brainstorm, "Two")
    assert driver.refused("p-ann", "idea.add", activity=brainstorm, text="Three") == "no_ideas_left"
    driver.do("p-ann", "idea.remove", activity=brainstorm, idea=first)
    driver.idea("p-ann", brainstorm, "Three")
    assert driver.refused("p-ann", "idea.put_back", activity=brainstorm, idea=first) == "no_ideas_left"
    driver.do("p-fay", "step.reveal", activity=brainstorm)
    driver.do("p-fay", "step.new_round", activity=brainstorm)
    driver.idea("p-ann", brainstorm, "Again one")
    driver.idea("p-ann", brainstorm, "Again two")


def test_a_new_round_can_be_written_in_though_the_old_one_was_grouped() -> None:
    driver, cluster, _vote, ideas = grouping()
    driver.do("p-fay", "step.new_round", activity="a1")
    new = driver.idea("p-ben", "a1", "A new thought")
    assert driver.refused("p-ann", "idea.edit", activity="a1", idea=ideas[0], text="x") == "grouping_started"
    driver.do("p-fay", "step.reveal", activity="a1")
    driver.do("p-fay", "step.open", activity=cluster)
    driver.group("p-ben", cluster, new, ideas[0])
    assert driver.refused("p-ben", "idea.edit", activity="a1", idea=new, text="x") == "grouping_started"


def test_ideas_not_shown_yet_can_not_be_grouped_by_guessing_their_ids() -> None:
    driver, cluster, _vote, _ideas = grouping()
    driver.do("p-fay", "step.new_round", activity="a1")
    new = driver.idea("p-ben", "a1", "Not for your eyes")
    driver.do("p-fay", "step.open", activity=cluster)
    assert driver.refused("p-ann", "cluster.make", activity=cluster, ideas=[new]) == "no_such_idea"
    assert new not in str(driver.outcome(cluster))


# -- groups --------------------------------------------------------------------------------------------------------


def test_groups_are_made_filled_named_merged_split_and_ordered() -> None:
    driver, cluster, _vote, (one, two, three, four) = grouping()
    first = driver.group("p-ann", cluster, one, two, title="First")
    second = driver.group("p-ben", cluster)
    driver.do("p-cat", "idea.move", activity=cluster, idea=three, to=second)
    driver.do("p-cat", "idea.move", activity=cluster, idea=four, to=second, before=three)
    assert groups(driver, cluster) == {first: [one, two], second: [four, three]}
    assert driver.refused("p-cat", "idea.move", activity=cluster, idea=four, to=second) == "nothing_to_do"
    driver.do("p-ann", "cluster.order", activity=cluster, cluster=second, before=first)
    assert list(groups(driver, cluster)) == [second, first]
    driver.do("p-ann", "cluster.merge", activity=cluster, cluster=first, into=second)
    assert groups(driver, cluster) == {second: [four, three, one, two]}
    assert driver.outcome(cluster)["clusters"][0]["title"] == "First"
    driver.do("p-ann", "cluster.split", activity=cluster, cluster=second, ideas=[one, two], title="Split")
    assert groups(driver, cluster) == {second: [four, three], "g3": [one, two]}
    assert (
        driver.refused("p-ann", "cluster.split", activity=cluster, cluster="g3", ideas=[one, two])
        == "bad_split"
    )
    driver.do("p-ann", "cluster.rename", activity=cluster, cluster="g3", title="Apart")
    driver.do("p-ann", "cluster.remove", activity=cluster, cluster=second)
    assert groups(driver, cluster) == {"g3": [one, two]}
    assert len(driver.outcome(cluster)["ungrouped"]) == 2
    assert driver.refused("p-ann", "idea.move", activity=cluster, idea=one, to=second) == "no_such_group"


def test_the_last_change_of_ones_own_can_be_undone() -> None:
    driver, cluster, _vote, (one, two, three, _four) = grouping()
    first, second = driver.group("p-ann", cluster, one), driver.group("p-ann", cluster, two)
    third = driver.group("p-ben", cluster, three, title="Third")
    driver.do("p-ann", "cluster.remove", activity=cluster, cluster=second)
    driver.do("p-ann", "cluster.undo", activity=cluster)
    assert groups(driver, cluster) == {first: [one], second: [two], third: [three]}
    driver.do("p-ann", "cluster.undo", activity=cluster)
    assert groups(driver, cluster) == {first: [one], third: [three]}
    driver.do("p-ann", "cluster.undo", activity=cluster)
    assert driver.refused("p-ann", "cluster.undo", activity=cluster) == "nothing_to_undo"
    first, second = driver.group("p-ann", cluster, one), driver.group("p-ann", cluster, two)
    driver.do("p-ben", "cluster.merge", activity=cluster, cluster=third, into=first)
    driver.do("p-ben", "cluster.undo", activity=cluster)
    assert groups(driver, cluster) == {first: [one], second: [two], third: [three]}
    assert [group["title"] for group in driver.outcome(cluster)["clusters"]] == ["Third", "", ""]


def test_undo_never_takes_back_what_somebody_else_did_since() -> None:
    driver, cluster, _vote, (one, two, _three, _four) = grouping()
    first, second = driver.group("p-ann", cluster, one), driver.group("p-ann", cluster)
    driver.do("p-ann", "idea.move", activity=cluster, idea=two, to=second)
    driver.do("p-ben", "idea.move", activity=cluster, idea=two, to=first)
    assert driver.refused("p-ann", "cluster.undo", activity=cluster) == "changed_since"
    # An idea let go, and put elsewhere by somebody else, must not come to stand in two groups.
    driver.do("p-ann", "idea.move", activity=cluster, idea=one, to="loose")
    driver.do("p-ben", "idea.move", activity=cluster, idea=one, to=second)
    assert driver.refused("p-ann", "cluster.undo", activity=cluster) == "changed_since"
    # Somebody else's order stands.
    third = driver.group("p-cat", cluster)
    driver.do("p-ann", "cluster.order", activity=cluster, cluster=third, before=first)
    driver.do("p-ben", "cluster.order", activity=cluster, cluster=second, before=third)
    assert driver.refused("p-ann", "cluster.undo", activity=cluster) == "changed_since"
    driver.do("p-ann", "cluster.rename", activity=cluster, cluster=first, title="Named")
    driver.do("p-ben", "cluster.order", activity=cluster, cluster=first, before=second)
    order = list(groups(driver, cluster))
    driver.do("p-ann", "cluster.undo", activity=cluster)
    assert list(groups(driver, cluster)) == order


def test_only_facilitators_group_where_that_was_chosen() -> None:
    driver, cluster, _vote, ideas = grouping(cluster={"who": "facilitators"})
    assert driver.refused("p-ann", "cluster.make", activity=cluster, ideas=ideas[:1]) == "not_allowed"
    driver.group("p-fay", cluster, *ideas)


# -- votes ---------------------------------------------------------------------------------------------------------


def test_dots_have_a_budget_and_a_cap_and_can_be_taken_back() -> None:
    driver, vote, (one, two, three, _four) = voting(dots=3, cap=2)
    driver.do("p-ann", "dot.set", activity=vote, item=one, dots=2)
    assert driver.refused("p-ann", "dot.place", activity=vote, item=one) == "cap_reached"
    driver.do("p-ann", "dot.place", activity=vote, item=two)
    assert driver.refused("p-ann", "dot.place", activity=vote, item=three) == "no_dots_left"
    driver.do("p-ann", "dot.take_back", activity=vote, item=one)
    driver.do("p-ann", "dot.place", activity=vote, item=three)
    assert driver.refused("p-ann", "dot.take_back", activity=vote, item="i99") == "not_on_ballot"
    assert driver.refused("p-ben", "dot.take_back", activity=vote, item=one) == "nothing_to_do"


def test_equal_results_share_a_rank() -> None:
    driver, vote, (one, two, three, four) = voting()
    for person, item in (("p-ann", two), ("p-ben", three), ("p-ann", four)):
        driver.do(person, "dot.place", activity=vote, item=item)
    driver.do("p-cat", "dot.set", activity=vote, item=one, dots=2)
    driver.do("p-fay", "step.reveal", activity=vote)
    rows = {row["item"].rpartition("/")[2]: row["rank"] for row in driver.outcome(vote)["rows"]}
    assert rows == {one: 1, two: 2, three: 2, four: 2}
    ranks = dict(TallyRecord.objects.values_list("item", "rank"))
    assert {item.rpartition("/")[2]: rank for item, rank in ranks.items()} == rows


def test_a_tie_at_the_top_skips_a_rank() -> None:
    driver, vote, (one, two, three, _four) = voting()
    for person, item in (("p-ann", one), ("p-ben", two)):
        driver.do(person, "dot.set", activity=vote, item=item, dots=2)
    driver.do("p-cat", "dot.place", activity=vote, item=three)
    driver.do("p-fay", "step.reveal", activity=vote)
    assert [row["rank"] for row in driver.outcome(vote)["rows"]] == [1, 1, 3, 4]


def test_facilitators_and_observers_are_not_in_the_electorate() -> None:
    driver, vote, (one, *_rest) = voting()
    driver.join("p-obs", role="observer")
    assert driver.refused("p-fay", "dot.place", activity=vote, item=one) == "not_allowed"
    assert driver.refused("p-obs", "dot.place", activity=vote, item=one) == "not_allowed"
    driver.do("p-ann", "dot.place", activity=vote, item=one)
    outcome = driver.outcome(vote)
    assert (outcome["eligible"], outcome["answered"], outcome["not_answered"]) == (3, 1, 2)


def test_who_comes_or_goes_after_the_vote_changes_no_result() -> None:
    driver, vote, (one, *_rest) = voting()
    driver.do("p-ann", "dot.place", activity=vote, item=one)
    driver.do("p-fay", "step.reveal", activity=vote)
    driver.watch()
    outcome = driver.outcome(vote)
    driver.join("p-dan")
    driver.do("p-fay", "person.remove", person="p-ben")
    driver.flush()
    driver.check()
    assert driver.outcome(vote) == outcome


def test_hiding_an_idea_mid_vote_returns_its_dots_and_its_words_never_appear_again() -> None:
    driver, vote, (one, two, three, _four) = voting(dots=2, cap=2)
    driver.do("p-ann", "dot.set", activity=vote, item=one, dots=2)
    driver.watch()
    sent: list[tuple[str, str]] = []
    driver.heard = lambda to, text: sent.append((to, text))
    driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    driver.flush()
    driver.check()
    told = [to for to, text in sent if "Idea 0" in text]
    assert set(told) <= {"facilitator", "p-ann"}, "its author and the facilitators know what was taken off"
    assert driver.refused("p-ann", "dot.place", activity=vote, item=one) == "not_on_ballot"
    driver.do("p-ann", "dot.set", activity=vote, item=two, dots=2)
    driver.do("p-fay", "idea.restore", idea=one)
    driver.do("p-ben", "dot.place", activity=vote, item=one)
    driver.do("p-fay", "idea.hide", idea=one, reason="After all")
    driver.do("p-ben", "dot.place", activity=vote, item=three)
    driver.do("p-fay", "step.reveal", activity=vote)
    driver.flush()
    driver.check()
    assert "Idea 0" not in sees(driver, "participant") + sees(driver, "screen")
    assert one not in str(driver.outcome(vote)["rows"])


def test_hiding_an_idea_mid_vote_does_not_tell_facilitators_who_had_dots_on_it() -> None:
    driver, vote, (one, *_rest) = voting()
    driver.do("p-ann", "dot.set", activity=vote, item=one, dots=2)
    driver.do("p-ben", "dot.place", activity=vote, item=_rest[0])
    driver.watch()

    def told() -> object:
        people = driver.watches["facilitator", "html"].steady.root.find("people")  # type: ignore[union-attr]
        assert people is not None
        return [node.text() for node in people.walk()], driver.ledger.kind.now(
            driver.state, {"p-ann"}, "facilitator"
        )

    before = told()
    assert "p-ann" in str(before)
    driver.do("p-fay", "idea.hide", idea=one, reason="Names somebody")
    driver.flush()
    driver.check()
    assert told() == before


def test_the_ballot_is_fixed_while_the_vote_is_open() -> None:
    driver, vote, (one, two, *_rest) = voting()
    assert driver.refused("p-fay", "idea.merge", idea=one, into=two) == "ballot_fixed"
    driver.do("p-fay", "step.close", activity=vote)
    driver.do("p-fay", "idea.hide", idea=one, reason="After closing")
    driver.do("p-fay", "step.open", activity=vote)
    assert driver.refused("p-ann", "dot.place", activity=vote, item=one) == "not_on_ballot"


def test_a_hidden_vote_tells_nobody_a_total() -> None:
    driver, vote, (one, *_rest) = voting()
    driver.watch()
    sent: list[str] = []
    driver.heard = lambda to, text: sent.append(text) if to != "p-ann" else None
    driver.do("p-ann", "dot.set", activity=vote, item=one, dots=2)
    driver.flush()
    driver.do("p-fay", "step.close", activity=vote)
    driver.flush(resume=True)
    assert not TallyRecord.objects.exists()
    assert not any(f'"item-{one}.tally"' in text or "tally-line" in text for text in sent)
    assert not any('"tally":{' in text for text in sent)
