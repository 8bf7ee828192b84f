"""What one person can do at most: nobody may make so much that everybody's screens, or the server, stand still."""

from __future__ import annotations

import pytest

from tests.workshop_driver import Driver, classic
from workshops.activities.cluster.grouping import MOST_GROUPS
from workshops.activities.shared import writing

pytestmark = pytest.mark.django_db


def grouping() -> tuple[Driver, str, list[str]]:
    driver = Driver()
    first, cluster, _vote = classic(driver)
    driver.do("p-fay", "step.open", activity=first)
    ideas = [driver.idea("p-ann", first, f"Idea {n}") for n in range(3)]
    driver.do("p-fay", "step.reveal", activity=first)
    driver.do("p-fay", "step.open", activity=cluster)
    return driver, cluster, ideas


def test_a_board_holds_so_many_groups_and_no_more() -> None:
    driver, cluster, (one, two, _three) = grouping()
    first = driver.group("p-ann", cluster, one, two)
    for _n in range(MOST_GROUPS - 1):
        driver.group("p-ann", cluster)
    assert driver.refused("p-ann", "cluster.make", activity=cluster) == "too_many_groups"
    split = {"activity": cluster, "cluster": first, "ideas": [one]}
    assert driver.refused("p-ann", "cluster.split", **split) == "too_many_groups"
    driver.do("p-ben", "cluster.remove", activity=cluster, cluster=first)
    driver.group("p-ann", cluster)
    assert driver.refused("p-ben", "cluster.undo", activity=cluster) == "too_many_groups"
    driver.do("p-cat", "cluster.remove", activity=cluster, cluster="g2")
    driver.do("p-ben", "cluster.undo", activity=cluster)


def test_one_person_writes_so_many_ideas_in_a_round_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_PIECES", 3)
    driver = Driver()
    step, *_rest = classic(driver)
    driver.do("p-fay", "step.open", activity=step)
    ideas = [driver.idea("p-ann", step, f"Idea {n}") for n in range(3)]
    assert driver.refused("p-ann", "idea.add", activity=step, text="More") == "no_ideas_left"
    driver.do("p-ann", "idea.remove", activity=step, idea=ideas[0])
    assert driver.refused("p-ann", "idea.add", activity=step, text="More") == "no_ideas_left"
    driver.do("p-ann", "idea.put_back", activity=step, idea=ideas[0])
    driver.do("p-ann", "idea.edit", activity=step, idea=ideas[0], text="Other words")
    driver.idea("p-ben", step, "Somebody else's")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "step.new_round", activity=step)
    driver.idea("p-ann", step, "Another round")


def test_a_groups_card_says_nothing_of_the_other_groups_but_where_it_stands() -> None:
    driver, cluster, _ideas = grouping()
    made = [driver.group("p-ann", cluster, title=f"Called {n}") for n in range(5)]
    driver.watch()
    heard: list[str] = []
    driver.heard = lambda to, text: heard.append(text) if to == "participant" else None
    driver.do("p-ben", "cluster.rename", activity=cluster, cluster=made[0], title="Renamed")
    dirty = driver.flush(resume=True)
    driver.check()
    assert {key for key in dirty.keys if key.startswith("group-") and "." not in key} == {f"group-{made[0]}"}
    driver.do("p-ben", "cluster.remove", activity=cluster, cluster=made[4])
    dirty = driver.flush(resume=True)
    driver.check()
    assert f"group-{made[3]}" in dirty.keys, "it is the last now"
    assert f"group-{made[0]}" not in dirty.keys
    card = driver.watches["participant", "json"].steady.items[f"group-{made[1]}"]  # type: ignore[union-attr]
    assert "Called 2" not in str(card)


def test_two_groups_are_merged_from_one_menu_for_all() -> None:
    driver, cluster, _ideas = grouping()
    driver.group("p-ann", cluster, title="Only one")
    driver.watch()
    page = driver.watches["participant", "html"].audience.page()
    assert 'id="merge-groups"' not in page
    driver.group("p-ann", cluster, title="Second")
    driver.flush()
    driver.check()
    page = driver.watches["participant", "html"].audience.page()
    assert page.count("cluster.merge") == 1
    assert page.count('id="merge-groups"') == 1


def test_an_idea_says_for_how_many_it_stands() -> None:
    driver = Driver()
    step, *_rest = classic(driver)
    driver.do("p-fay", "step.open", activity=step)
    one, two, three = (driver.idea("p-ann", step, f"Idea {n}") for n in range(3))
    driver.do("p-fay", "step.reveal", activity=step)
    driver.watch()

    def stands_for(idea: str) -> int:
        driver.flush(resume=True)
        driver.check()
        return int(driver.watches["screen", "json"].steady.items[f"idea-{idea}"]["merged"])  # type: ignore[union-attr]

    driver.do("p-fay", "idea.merge", ideas=[one, two, three])
    assert stands_for(one) == 2
    driver.do("p-fay", "idea.restore", idea=two)
    assert stands_for(one) == 1
    driver.do("p-fay", "idea.hide", idea=three, reason="Twice off the board")
    driver.do("p-fay", "idea.restore", idea=three)
    assert stands_for(one) == stands_for(three) == 0
