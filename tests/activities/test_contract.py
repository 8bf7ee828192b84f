"""What every kind of activity promises, shown for each that is registered. A new kind only adds its scene below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from realtime import wire
from realtime.audience import Audience
from realtime.drawing import own_fragments, render
from realtime.kinds import Own
from realtime.ledger import Ledger, Refusal
from realtime.templatetags.live import with_own
from tests.activities.chance import PICKS, Crowd, Picks
from tests.activities.scenes_agenda import AGENDA_CHOSEN, AGENDA_SCENES
from tests.activities.scenes_cluster import CLUSTER_CHOSEN, CLUSTER_SCENES
from tests.activities.scenes_groups import GROUPS_CHOSEN, GROUPS_SCENES
from tests.activities.scenes_maps import MAPS_CHOSEN, MAPS_SCENES
from tests.activities.scenes_votes import VOTES_CHOSEN, VOTES_SCENES
from tests.activities.scenes_words import WORDS_CHOSEN, WORDS_SCENES
from tests.activities.scenes_writing import WRITING_CHOSEN, WRITING_SCENES
from tests.workshop_driver import READERS, Driver
from workshops.activities.registry import ACTIVITIES, activity_of
from workshops.live.state import State

pytestmark = pytest.mark.django_db

A_FEW = settings(
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # making a failure small takes minutes: add Phase.shrink to have it
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
KINDS = sorted(ACTIVITIES)


def ready(kind: str, **chosen: Any) -> tuple[Driver, str]:
    """A workshop in which an activity of this kind is about to open, with something to work on."""
    driver = Driver()
    driver.join("p-fay", "p-gus", role="facilitator")
    driver.join("p-ann", "p-ben", "p-cat")
    driver.join("p-obs", role="observer")
    first = driver.step("brainstorm")
    grouping = driver.step("cluster")
    step = driver.step(kind, settings=chosen)
    if kind != "brainstorm":
        driver.do("p-fay", "step.open", activity=first)
        ideas = [
            driver.idea(person, first, f"start {n}") for n, person in enumerate(("p-ann", "p-ben", "p-cat"))
        ]
        driver.do("p-fay", "step.reveal", activity=first)
        driver.do("p-fay", "step.open", activity=grouping)
        driver.group("p-ann", grouping, *ideas[:2], title="Start")
        driver.group("p-ben", grouping)
        driver.do("p-fay", "step.reveal", activity=grouping)
    driver.do("p-fay", "show.go", activity=step)
    return driver, step


def dot_vote_scene(driver: Driver, step: str) -> None:
    items = list(driver.state.steps[step].rounds[-1].memory.items)
    driver.do("p-ann", "dot.place", activity=step, item=items[0])
    driver.do("p-ben", "dot.set", activity=step, item=items[0], dots=2)
    driver.do("p-ben", "dot.take_back", activity=step, item=items[0])
    driver.do("p-cat", "dot.place", activity=step, item=items[1])


SCENES: dict[str, Callable[[Driver, str], None]] = {
    "dot_vote": dot_vote_scene,
    **VOTES_SCENES,
    **WORDS_SCENES,
    **MAPS_SCENES,
    **AGENDA_SCENES,
    **GROUPS_SCENES,
    **CLUSTER_SCENES,
    **WRITING_SCENES,
}
CHOSEN: dict[str, list[dict[str, Any]]] = {
    "dot_vote": [
        {},
        {"target": "clusters"},
        {"results": "live", "against": 2},
        {"dots": 0, "facilitators_vote": True, "results": "voted"},
    ],
    **VOTES_CHOSEN,
    **WORDS_CHOSEN,
    **MAPS_CHOSEN,
    **AGENDA_CHOSEN,
    **GROUPS_CHOSEN,
    **CLUSTER_CHOSEN,
    **WRITING_CHOSEN,
}


def test_every_kind_has_its_scene() -> None:
    assert set(SCENES) == set(CHOSEN) == set(ACTIVITIES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_scene_is_the_same_live_and_reloaded(kind: str) -> None:
    for chosen in CHOSEN[kind]:
        driver, step = ready(kind, **chosen)
        driver.watch()
        done: list[int] = []

        def ask(
            *args: Any, asked: Any = driver.ask, driver: Driver = driver, done: list[int] = done, **named: Any
        ) -> Any:
            answer = asked(*args, **named)
            driver.flush(resume=len(done) % 3 == 2)
            driver.check()
            done.append(1)
            return answer

        driver.ask = ask  # type: ignore[method-assign]
        driver.do("p-fay", "step.open", activity=step)
        if chosen.get("who") == "facilitators":
            driver.do("p-fay", "cluster.make", activity=step, title="Ours")
        else:
            SCENES[kind](driver, step)
        for do in ("step.pause", "step.resume", "step.close", "step.open", "step.reveal", "step.new_round"):
            driver.do("p-gus", do, activity=step)
        driver.do("p-gus", "workshop.close")
        assert done


@pytest.mark.parametrize("kind", KINDS)
@A_FEW
@given(chosen=st.integers(0, 7), moves=st.lists(st.tuples(PICKS, st.integers(0, 9)), min_size=4, max_size=30))
def test_whatever_people_do_live_equals_reload(
    kind: str, chosen: int, moves: list[tuple[Picks, int]]
) -> None:
    driver, step = ready(kind, **CHOSEN[kind][chosen % len(CHOSEN[kind])])
    driver.do("p-fay", "step.open", activity=step)
    driver.watch()
    roots = {reader: driver.ledger.kind.roots(driver.state, reader) for reader in READERS}
    crowd, before = Crowd(driver, step), facts(driver)
    for picks, when in moves:
        seq = driver.ledger.seq
        _who, _do, _args, answer = crowd.act(picks)
        after = facts(driver)
        if isinstance(answer, Refusal):
            assert answer.code
            assert str(answer.sentence).strip()
            assert driver.ledger.seq == seq
            assert after == before, "a refusal changed something"
        before = after
        if when < 7:
            driver.flush(resume=when < 2)
        if when in (0, 3):
            driver.check()
        for reader in READERS:
            assert driver.ledger.kind.roots(driver.state, reader) == roots[reader]
            for key in [
                *roots[reader],
                *(key for keys in driver.ledger.kind.lists(driver.state, reader).values() for key in keys),
            ]:
                assert driver.ledger.kind.show(driver.state, key, reader) is not None, (
                    f"{key} is listed, not shown"
                )
    driver.flush(resume=True)
    driver.check()
    again = Ledger(driver.ledger.stream_id)
    again.load()
    assert facts(driver) == facts(driver, again), "the log folds to something else"


@pytest.mark.parametrize("kind", KINDS)
@A_FEW
@given(chosen=st.integers(0, 7), moves=st.lists(PICKS, min_size=4, max_size=30))
def test_every_event_names_what_it_changes(kind: str, chosen: int, moves: list[Picks]) -> None:
    """Frames are made of what is named, and nothing else is looked at."""
    driver, step = ready(kind, **CHOSEN[kind][chosen % len(CHOSEN[kind])])
    driver.do("p-fay", "step.open", activity=step)
    crowd = Crowd(driver, step)
    named = Named(driver)
    for picks in moves:
        _who, do, _args, _answer = crowd.act(picks)
        named.check(do)


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_of_a_scene_names_what_it_changes(kind: str) -> None:
    for chosen in CHOSEN[kind]:
        driver, step = ready(kind, **chosen)
        driver.do("p-fay", "step.open", activity=step)
        named = Named(driver)

        def ask(*args: Any, asked: Any = driver.ask, named: Named = named, **fields: Any) -> Any:
            answer = asked(*args, **fields)
            named.check(args[1])
            return answer

        driver.ask = ask  # type: ignore[method-assign]
        if chosen.get("who") != "facilitators":
            SCENES[kind](driver, step)
        driver.ask("p-ann", "step.finish", activity=step, finished="yes")
        driver.ask("p-fay", "idea.hide", idea="i1", reason="Names somebody")
        driver.ask("p-fay", "idea.restore", idea="i1")
        driver.ask("p-fay", "idea.merge", ideas=["i1", "i2"])
        driver.ask("p-ben", "idea.edit", activity="a1", idea="i1", text="Other words")
        driver.do("p-ann", "person.describe", name="Anna")
        driver.do("p-fay", "person.remove", person="p-ben")
        driver.join("p-dan")
        driver.do("p-fay", "step.close", activity=step)
        driver.ask("p-fay", "idea.merge", ideas=["i1", "i2"])
        driver.ask("p-fay", "idea.restore", idea="i2")


@pytest.mark.parametrize("kind", KINDS)
def test_one_persons_values_stand_in_a_page_as_if_it_had_been_drawn_for_them(kind: str) -> None:
    for chosen in CHOSEN[kind]:
        driver, step = ready(kind, **chosen)
        driver.do("p-fay", "step.open", activity=step)
        if chosen.get("who") != "facilitators":
            SCENES[kind](driver, step)
        for do in ("step.finish", "step.pause", "step.resume", "step.reveal"):
            driver.ask("p-ann" if do == "step.finish" else "p-fay", do, activity=step)
            for person in ("p-ann", "p-ben", "p-fay"):
                reader = driver.reader_of(person)
                own = driver.ledger.kind.own(driver.state, person, reader)
                html, lists = own_fragments(own), driver.ledger.kind.lists(driver.state, reader)
                roots = driver.ledger.kind.roots(driver.state, reader)
                for key in [*roots, *(key for keys in lists.values() for key in keys)]:
                    fragment = driver.ledger.kind.show(driver.state, key, reader)
                    assert fragment is not None
                    for_all = render(key, fragment)
                    assert with_own(for_all, own.data, html) == render(
                        key, fragment, own=own.data, own_html=html
                    )


class Named:
    """Compares what everybody sees before and after each event with what the event said that it changes."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.before = views(driver)
        driver.ledger.take_pending()

    def check(self, do: str) -> None:
        dirty, before, self.before = self.driver.ledger.take_pending(), self.before, views(self.driver)
        for reader, (lists, shown, owns) in self.before.items():
            lists_before, shown_before, owns_before = before[reader]
            differs = {name for name in lists | lists_before if lists.get(name) != lists_before.get(name)}
            assert dirty.whole or differs <= dirty.lists, f"{do}: a list changed for {reader}"
            for key in () if dirty.whole else shown.keys() & shown_before.keys():
                told = key in dirty.keys or any(part.startswith(f"{key}.") for part in dirty.keys)
                assert told or shown[key] == shown_before[key], f"{do}: {key} changed for {reader}"
            for person, own in owns.items():
                told = dirty.everybody or person in dirty.people
                assert told or own == owns_before.get(person), f"{do}: own of {person} changed"


def views(driver: Driver) -> dict[str, tuple[dict[str, list[str]], dict[str, Any], dict[str, Any]]]:
    """What each kind of reader sees now: lists, cards, and each person's own."""
    kind, state, seen = driver.ledger.kind, driver.state, {}
    for reader in READERS:
        lists = kind.lists(state, reader)
        keys = [*kind.roots(state, reader), *(key for keys in lists.values() for key in keys)]
        shown = {
            key: wire.plain(fragment.context) for key in keys if (fragment := kind.show(state, key, reader))
        }
        owns = {person: wire.plain(vars_of(kind.own(state, person, reader))) for person in state.people}
        seen[reader] = (lists, shown, owns)
    return seen


def vars_of(own: Own) -> dict[str, Any]:
    return {"data": own.data, "fragments": {key: part.context for key, part in own.fragments.items()}}


def facts(driver: Driver, ledger: Ledger | None = None) -> tuple[Any, ...]:
    """All that can be seen of a workshop: every audience's view, every outcome, every person's own."""
    ledger = ledger or driver.ledger
    state: State = ledger.state
    views = [Audience(ledger, reader, "en-gb", "json").snapshot() for reader in READERS]
    outcomes = [
        activity_of(step.kind).outcome(state, step, run) for step in state.order() for run in step.rounds
    ]
    owns = [ledger.kind.own(state, person, "participant") for person in state.people]
    return views, outcomes, owns, ledger.due


@pytest.mark.parametrize("kind", KINDS)
@A_FEW
@given(moves=st.lists(PICKS, min_size=3, max_size=15))
def test_frames_applied_twice_change_nothing(kind: str, moves: list[Picks]) -> None:
    driver, step = ready(kind)
    driver.do("p-fay", "step.open", activity=step)
    driver.watch()
    crowd = Crowd(driver, step)
    for picks in moves:
        crowd.act(picks)
        dirty = driver.ledger.take_pending()
        for watch in driver.watches.values():
            text = watch.audience.frame(dirty)
            if text is None or watch.audience.form == "json":
                continue
            import orjson

            message = orjson.loads(text)
            if "reset" in message:
                watch.steady.replace(watch.snapshot())
                continue
            watch.steady.apply(message)  # type: ignore[union-attr]
            once = watch.steady.shows()  # type: ignore[union-attr]
            watch.steady.apply(message)  # type: ignore[union-attr]
            assert watch.steady.shows() == once  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("public", [False, True])
def test_the_outcome_can_be_drawn_empty_and_full(kind: str, public: bool) -> None:
    from workshops.results.archive import content_of

    for full in (False, True):
        driver, step = ready(kind)
        driver.do("p-fay", "step.open", activity=step)
        if full:
            SCENES[kind](driver, step)
        driver.do("p-fay", "step.reveal", activity=step)
        driver.ledger.load()
        content = content_of(driver.state, driver.workshop, driver.workshop.stream)
        outcome = next(one for one in content["outcomes"] if one["step"] == step)
        html = render_to_string(
            activity_of(kind).template("outcome"),
            {
                "outcome": outcome,
                "ideas": content["ideas"],
                "clusters": content["clusters"],
                "public": public,
            },
        )
        assert "figure" in html
