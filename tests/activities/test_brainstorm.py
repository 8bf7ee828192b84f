"""A brainstorm's ways of showing ideas: a few to a few people, one after another, or once a facilitator has read them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workshop_driver import Driver
from workshops.activities.brainstorm.unveiling import MOST_OFFERED
from workshops.activities.registry import activity_of
from workshops.live.state import FACILITATOR

pytestmark = pytest.mark.django_db
EVERYBODY = ("participant", "facilitator", "screen", "p-ann", "p-ben", "p-cat", "p-fay")


def writing(**chosen: Any) -> tuple[Driver, str]:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", "p-ben", "p-cat", consent="named")
    step = driver.step("brainstorm", settings=chosen)
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def who_knows(driver: Driver, words: str) -> set[str]:
    """Who finds these words in a fresh page, in its form for programs, or in what is theirs alone."""
    found: set[str] = set()

    def hear(to: str, text: str) -> None:
        if words in text:
            found.add(to)

    driver.heard, driver.owns = hear, {}
    driver.watch()
    driver.check()
    return found | {person for person, own in driver.owns.items() if words in own}


def offered(driver: Driver, step: str, person: str) -> list[str]:
    return list(driver.state.steps[step].rounds[-1].memory.offers.get(person, {}))


def test_an_idea_is_offered_to_those_who_have_written_and_to_nobody_else() -> None:
    driver, step = writing(visibility="suggestive")
    one = driver.idea("p-ann", step, "Walk together")
    assert driver.refused("p-cat", "idea.suggest", activity=step) == "write_first"
    driver.idea("p-ben", step, "A phone tree")
    assert who_knows(driver, "Walk together") == {"p-ann", "p-ben"}
    driver.do("p-ann", "idea.edit", activity=step, idea=one, text="Walk together on Mondays")
    driver.flush()
    driver.check()
    assert "on Mondays" in driver.own("p-ben")
    assert driver.refused("p-cat", "idea.answer", activity=step, idea=one, answer="same") == "no_such_idea"
    assert driver.refused("p-ann", "idea.answer", activity=step, idea=one, answer="same") == "no_such_idea"
    driver.do("p-ben", "idea.answer", activity=step, idea=one, answer="pass")
    assert who_knows(driver, "Walk together") == {"p-ann"}, "what was passed is not shown again"


def test_offers_are_shared_out_equally_and_nobody_can_read_everything() -> None:
    driver, step = writing(visibility="suggestive")
    ideas = [driver.idea("p-ann", step, f"Thought {n}") for n in range(MOST_OFFERED + 10)]
    driver.idea("p-ben", step, "Mine")
    driver.idea("p-cat", step, "And mine")
    first = offered(driver, step, "p-ben") + offered(driver, step, "p-cat")
    assert len(first) == len(set(first)) == 6, "three each, and none twice while others wait"
    while driver.state.steps[step].rounds[-1].memory.not_answered("p-ben"):
        for idea in offered(driver, step, "p-ben"):
            driver.ask("p-ben", "idea.answer", activity=step, idea=idea, answer="same")
    assert len(offered(driver, step, "p-ben")) == MOST_OFFERED < len(ideas)
    assert driver.refused("p-ben", "idea.suggest", activity=step) == "nothing_new"


def test_how_many_think_so_too_is_told_once_the_ideas_are_shown_and_never_who() -> None:
    driver, step = writing(visibility="suggestive")
    one = driver.idea("p-ann", step, "Walk together")
    for person in ("p-ben", "p-cat"):
        driver.idea(person, step, f"From {person}")
        driver.do(person, "idea.answer", activity=step, idea=one, answer="same")
    driver.do("p-cat", "my.undo", activity=step)
    assert who_knows(driver, "thinks so too") == set()
    driver.do("p-fay", "step.reveal", activity=step)
    assert {"participant", "facilitator", "screen"} <= who_knows(driver, "1 person thinks so too")
    assert driver.outcome(step)["same"] == [{"item": driver.state.gid(one), "people": 1}]


def test_shown_one_by_one_only_what_was_shown_is_sent() -> None:
    driver, step = writing(reveal="one_by_one")
    ideas = {driver.idea(person, step, f"Idea of {person}"): person for person in ("p-ann", "p-ben", "p-cat")}
    assert who_knows(driver, "Idea of p-ann") == {"p-ann"}
    assert driver.refused("p-fay", "idea.show", activity=step) == "not_revealed"
    driver.do("p-fay", "step.reveal", activity=step)
    assert who_knows(driver, "Idea of p-ann") == {"p-ann", "facilitator"}
    one = next(iter(ideas))
    assert driver.refused("p-ann", "idea.show", activity=step, idea=one) == "not_allowed"
    driver.do("p-fay", "idea.show", activity=step, idea=one, shown=0)
    assert driver.refused("p-fay", "idea.show", activity=step, shown=0) == "moved_on", "two pressed at once"
    assert {"participant", "screen"} <= who_knows(driver, "Idea of p-ann")
    assert who_knows(driver, "Idea of p-ben") == {"p-ben", "facilitator"}
    assert driver.outcome(step) == {"ideas": [driver.state.gid(one)], "not_shown": 2}
    late = driver.idea("p-cat", step, "A late one")
    assert who_knows(driver, "A late one") == {"p-cat", "facilitator"}
    driver.do("p-fay", "idea.show_rest", activity=step)
    assert {"participant", "screen"} <= who_knows(driver, "A late one")
    assert driver.state.gid(late) in driver.outcome(step)["ideas"]
    assert driver.refused("p-fay", "idea.show_rest", activity=step) == "nothing_to_show"


def test_what_was_not_shown_is_not_grouped_nor_added_to_a_grouping_later() -> None:
    driver, step = writing(reveal="one_by_one")
    for person in ("p-ann", "p-ben"):
        driver.idea(person, step, f"Idea of {person}")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "idea.show", activity=step)
    grouping = driver.step("cluster")
    driver.do("p-fay", "step.open", activity=grouping)
    assert len(driver.ledger.kind.lists(driver.state, FACILITATOR)["loose"]) == 1
    assert driver.refused("p-fay", "idea.show_rest", activity=step) == "grouping_started"


def test_an_idea_that_waits_is_seen_by_facilitators_and_turned_down_with_a_reason() -> None:
    driver, step = writing(visibility="shared", moderated=True)
    good, bad = driver.idea("p-ann", step, "Walk together"), driver.idea("p-ben", step, "Blame Joe")
    assert who_knows(driver, "Walk together") == {"p-ann", "facilitator"}
    assert driver.refused("p-ann", "idea.let_through", activity=step, ideas=[good]) == "not_allowed"
    driver.do("p-fay", "idea.let_through", activity=step, ideas=[good])
    assert {"participant", "screen"} <= who_knows(driver, "Walk together")
    driver.do("p-fay", "idea.turn_down", activity=step, idea=bad, reason="It names somebody")
    assert "It names somebody" in driver.own("p-ben")
    assert not who_knows(driver, "Blame Joe") & {"participant", "screen", "p-ann"}
    driver.do("p-fay", "idea.restore", idea=bad)
    assert not who_knows(driver, "Blame Joe") & {"participant", "screen"}, "brought back it waits again"
    assert driver.outcome(step) == {"ideas": [driver.state.gid(good)], "not_shown": 1}


def test_read_first_and_shown_later_takes_both() -> None:
    driver, step = writing(moderated=True)
    one, two = driver.idea("p-ann", step, "Walk together"), driver.idea("p-ben", step, "A phone tree")
    driver.do("p-fay", "idea.let_through", activity=step, ideas=[one])
    assert who_knows(driver, "Walk together") == {"p-ann"}, "let through it is private until the reveal"
    driver.do("p-fay", "step.reveal", activity=step)
    assert {"participant", "screen"} <= who_knows(driver, "Walk together")
    assert who_knows(driver, "A phone tree") == {"p-ben", "facilitator"}
    driver.do("p-fay", "idea.let_through", activity=step, ideas=[two])
    assert {"participant", "screen"} <= who_knows(driver, "A phone tree")


def test_a_change_after_the_reveal_leaves_the_words_before_and_a_draft_stays_unseen() -> None:
    driver, step = writing()
    one = driver.idea("p-ann", step, "First draft")
    driver.do("p-ann", "idea.edit", activity=step, idea=one, text="Walk together")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-ann", "idea.edit", activity=step, idea=one, text="Walk on Mondays")
    driver.do("p-ann", "idea.edit", activity=step, idea=one, text="Walk on Tuesdays")
    assert {"participant", "facilitator"} <= who_knows(driver, "Walk together")
    assert who_knows(driver, "First draft") == set(), "what nobody had seen is told to nobody"
    card = activity_of("brainstorm").show(
        driver.state, driver.state.steps[step], f"idea-{one}", "participant"
    )
    assert card is not None
    assert card.context["before"] == ["Walk on Mondays", "Walk together"]


@pytest.mark.parametrize("changed", [{"visibility": "shared"}, {"reveal": "one_by_one"}, {"moderated": True}])
def test_who_sees_what_can_not_change_once_people_write(changed: dict[str, Any]) -> None:
    driver, step = writing()
    assert driver.refused("p-fay", "step.change", activity=step, settings=changed) == "promised"


def test_closing_says_that_unshown_ideas_are_lost_only_while_some_are() -> None:
    driver, step = writing(reveal="one_by_one")
    driver.idea("p-ann", step, "Walk together")
    driver.do("p-fay", "step.reveal", activity=step)
    activity = activity_of("brainstorm")
    assert activity.lost_at_close(driver.state.steps[step])
    driver.do("p-fay", "idea.show", activity=step)
    assert not activity.lost_at_close(driver.state.steps[step])
