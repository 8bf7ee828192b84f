"""Fist to five and consent: what counts, what follows, versions of a proposal, and what is hidden until all is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string

from tests.workshop_driver import READERS, Driver
from workshops.results.archive import content_of

pytestmark = pytest.mark.django_db
PEOPLE = ("p-ann", "p-ben", "p-cat")


def asked(kind: str = "fist_to_five", *, consent: str = "unnamed", **settings: Any) -> tuple[Driver, str]:
    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join(*PEOPLE, consent=consent)
    step = driver.step(kind, settings={"proposal": "We try buddies on two wards", **settings})
    driver.do("p-fay", "step.open", activity=step)
    return driver, step


def answer(driver: Driver, step: str, **choices: str) -> None:
    for person, choice in choices.items():
        driver.do(f"p-{person}", "proposal.answer", activity=step, choice=choice)


def explain(driver: Driver, step: str, person: str, text: str, sort: str = "reason") -> None:
    driver.do(person, "proposal.explain", activity=step, sort=sort, text=text)


@pytest.mark.parametrize(
    ("choices", "verdict"),
    [
        (("f5", "f3", "f4"), "passes"),
        (("f5", "f2", "f4"), "concerns"),
        (("f5", "f1", "f3"), "concerns"),
        (("f5", "f0", "f1"), "stopped"),
        ((), "nobody"),
    ],
)
def test_what_follows_from_the_hands(choices: tuple[str, ...], verdict: str) -> None:
    driver, step = asked()
    for person, choice in zip(PEOPLE, choices, strict=False):
        driver.do(person, "proposal.answer", activity=step, choice=choice)
        if choice == "f0":
            explain(driver, step, person, "Because")
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.outcome(step)["verdict"] == verdict


@pytest.mark.parametrize(
    ("choices", "verdict"),
    [
        (("consent", "consent", "aside"), "passes"),
        (("consent", "concern", "aside"), "concerns"),
        (("consent", "objection", "concern"), "stopped"),
        (("aside",), "nobody"),
    ],
)
def test_what_follows_from_consent(choices: tuple[str, ...], verdict: str) -> None:
    driver, step = asked("consent")
    for person, choice in zip(PEOPLE, choices, strict=False):
        driver.do(person, "proposal.answer", activity=step, choice=choice)
        if choice == "objection":
            explain(driver, step, person, "Because")
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.outcome(step)["verdict"] == verdict


def test_a_block_counts_only_with_a_reason() -> None:
    driver, step = asked()
    answer(driver, step, ann="f0", ben="f3")
    assert "as soon as you say why" in driver.own("p-ann")
    assert driver.refused("p-ben", "proposal.explain", activity=step, sort="reason", text="x") == "not_asked"
    assert driver.refused("p-ann", "proposal.explain", activity=step, sort="change", text="x") == "not_asked"
    explain(driver, step, "p-ann", "It costs a nurse")
    memory = driver.state.steps[step].rounds[-1].memory
    assert memory.counting == {"p-ann", "p-ben"}
    driver.do("p-ann", "idea.remove", activity=step, idea=driver.state.written_by("p-ann")[-1].id)
    assert memory.counting == {"p-ben"}
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    assert (outcome["verdict"], outcome["answered"], outcome["without_reason"]) == ("passes", 1, 1)


def test_a_reason_goes_with_the_answer_it_belonged_to() -> None:
    driver, step = asked(names="everybody")
    answer(driver, step, ann="f2")
    explain(driver, step, "p-ann", "Too soon")
    answer(driver, step, ann="f4")
    assert not driver.state.ideas_of(step)
    mine = driver.state.written_by("p-ann")[-1].id
    assert driver.refused("p-ann", "idea.put_back", activity=step, idea=mine) == "not_asked"
    answer(driver, step, ann="f1")
    driver.do("p-ann", "idea.put_back", activity=step, idea=mine)
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.outcome(step)["written"] == [
        {"sort": "reason", "choice": "f1", "ideas": [driver.state.gid(mine)]}
    ]


def test_a_block_whose_reason_was_hidden_still_counts() -> None:
    driver, step = asked()
    answer(driver, step, ann="f0")
    explain(driver, step, "p-ann", "Because of Mrs Jones")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "idea.hide", idea=driver.state.written_by("p-ann")[-1].id, reason="Names somebody")
    outcome = driver.outcome(step)
    assert outcome["verdict"] == "stopped"
    assert outcome["written"] == []


@pytest.mark.parametrize("names", ["nobody", "everybody"])
def test_all_answers_are_shown_at_once_and_names_only_where_promised(names: str) -> None:
    driver, step = asked(names=names)
    driver.watch()
    heard = driver.listen()
    answer(driver, step, ann="f2", ben="f4")
    explain(driver, step, "p-ann", "Zebras")
    driver.flush(resume=True)
    driver.do("p-fay", "step.close", activity=step)
    driver.flush(resume=True)
    driver.check()
    for to in (*READERS, "p-ben", "p-cat", "p-fay"):
        said = heard[to]
        assert "Zebras" not in said, to
        assert '"share":' not in said, to
        assert "answers-table" not in said, to
    driver.do("p-fay", "step.reveal", activity=step)
    heard.clear()
    driver.flush(resume=True)
    driver.check()
    said = heard["participant"]
    assert "Zebras" in said
    assert ("Ann" in said) == (names == "everybody")
    assert "p-ann" not in said


def test_a_revised_proposal_is_a_new_round_and_every_version_is_kept() -> None:
    driver, step = asked()
    revised = "We try buddies on one ward"
    assert driver.refused("p-fay", "proposal.revise", activity=step, text=revised) == "not_revealed"
    changed = {"proposal": revised}
    assert driver.refused("p-fay", "step.change", activity=step, settings=changed) == "promised"
    answer(driver, step, ann="f1")
    explain(driver, step, "p-ann", "Too much at once")
    driver.do("p-fay", "step.reveal", activity=step)
    assert driver.refused("p-ann", "proposal.revise", activity=step, text=revised) == "not_allowed"
    driver.do("p-fay", "proposal.revise", activity=step, text=revised)
    assert driver.state.steps[step].phase == "open"
    assert "Too much at once" not in driver.own("p-ann"), "everybody answers anew"
    answer(driver, step, ann="f5")
    driver.do("p-fay", "step.reveal", activity=step)
    first, second = driver.outcome(step, 1), driver.outcome(step, 2)
    assert (first["proposal"], first["verdict"]) == ("We try buddies on two wards", "concerns")
    assert (second["proposal"], second["verdict"]) == (revised, "passes")
    assert second["before"] == [
        {"round": 1, "proposal": "We try buddies on two wards", "verdict": "concerns"}
    ]


def test_names_and_withheld_reasons_stand_in_no_report() -> None:
    driver, step = asked("consent", names="everybody", consent="internal")
    answer(driver, step, ann="objection", ben="concern")
    explain(driver, step, "p-ann", "Zebras")
    explain(driver, step, "p-ann", "One ward", "change")
    driver.do("p-fay", "step.reveal", activity=step)
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    assert "Ann" not in str(content["outcomes"])
    context = {**content, "outcome": content["outcomes"][-1]}
    template = "workshops/activities/proposal/outcome.html"
    public = render_to_string(template, {**context, "public": True})
    assert "Zebras" not in public
    assert "1 reason kept inside the Lab" in public
    assert "No consent yet" in public
    inside = render_to_string(template, {**context, "public": False})
    assert "Zebras" in inside
    assert "One ward" in inside


def test_answers_that_were_never_shown_are_not_kept() -> None:
    driver, step = asked()
    answer(driver, step, ann="f2")
    explain(driver, step, "p-ann", "Zebras")
    driver.do("p-fay", "workshop.close")
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    assert "Zebras" not in str(content)
    outcome = content["outcomes"][-1]
    assert (outcome["withheld"], outcome["choices"], outcome["answered"]) == ("not_shown", [], 1)


def test_undo_brings_the_answer_before_back() -> None:
    driver, step = asked()
    answer(driver, step, ann="f5")
    answer(driver, step, ann="f2")
    driver.do("p-ann", "my.undo", activity=step)
    memory = driver.state.steps[step].rounds[-1].memory
    assert memory.of("p-ann") == ("f5",)
    driver.do("p-ann", "my.undo", activity=step)
    assert memory.of("p-ann") == ()


def test_undo_brings_a_reason_back_with_its_answer() -> None:
    driver, step = asked()
    answer(driver, step, ann="f0")
    explain(driver, step, "p-ann", "It costs a nurse")
    answer(driver, step, ann="f4")
    driver.do("p-ann", "my.undo", activity=step)
    driver.do("p-ann", "my.undo", activity=step)
    assert driver.state.steps[step].rounds[-1].memory.of("p-ann") == ("f0",)
    assert [idea.text for idea in driver.state.ideas_of(step)] == ["It costs a nurse"]
    assert driver.state.steps[step].rounds[-1].memory.counting == {"p-ann"}


def test_without_names_the_archive_does_not_put_an_answer_beside_somebodys_role() -> None:
    driver, step = asked(consent="role")
    driver.do("p-ann", "person.describe", background="Only nurse here")
    answer(driver, step, ann="f0", ben="f2")
    explain(driver, step, "p-ann", "It costs a nurse")
    explain(driver, step, "p-ben", "Too soon")
    driver.do("p-fay", "step.reveal", activity=step)
    (written,) = driver.outcome(step)["written"]
    assert written["choice"] == ""
    assert len(written["ideas"]) == 2
