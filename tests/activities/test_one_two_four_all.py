"""1-2-4-All: who comes together, what is carried up, what is sent to whom, and people who come and go."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from realtime.ledger import Ack
from tests.activities.stages import do_all_they_can, opened
from tests.workshop_driver import Driver
from workshops.activities.one_two_four_all.gathering import Gathering, fours_of, pairs_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", ["a", "b", "3f9c"])
def test_everybody_is_in_one_pair_and_an_odd_number_makes_one_three(seed: str) -> None:
    for count in range(2, 120):
        people = [f"p{n}" for n in range(count)]
        pairs = pairs_of(people, seed)
        assert sorted(person for pair in pairs for person in pair) == sorted(people)
        sizes = Counter(map(len, pairs))
        assert sizes[3] == count % 2
        assert set(sizes) <= {2, 3}


@pytest.mark.parametrize("seed", ["a", "b", "3f9c"])
def test_foursomes_are_whole_pairs_and_nobody_is_in_a_group_of_one_or_two(seed: str) -> None:
    for count in range(3, 120):
        pairs = pairs_of([f"p{n}" for n in range(count)], seed)
        fours = fours_of(pairs, seed)
        assert sorted(person for four in fours for person in four) == sorted(
            person for pair in pairs for person in pair
        )
        for pair in pairs:
            assert any(set(pair) <= set(four) for four in fours), "a pair stays together"
        sizes = [len(four) for four in fours]
        assert min(sizes) >= 3, count
        assert max(sizes) <= 6, count
        assert sum(size != 4 for size in sizes) <= 2, "all others are four"


def test_foursomes_of_pairs_that_have_shrunk_or_grown_are_still_groups() -> None:
    for sizes in ([3, 3, 2], [4, 2, 2], [4, 4, 3], [2, 2, 2, 2, 3], [3, 3, 3], [2], [2, 2]):
        pairs = [[f"p{n}-{m}" for m in range(size)] for n, size in enumerate(sizes)]
        fours = fours_of(pairs, "seed")
        assert sum(map(len, fours)) == sum(sizes)
        assert all(len(four) >= 3 for four in fours) or sum(sizes) < 3


def test_pairs_mix_backgrounds_as_far_as_it_goes() -> None:
    for count in (8, 9, 24, 31):
        people = [f"p{n}" for n in range(count)]
        background = {person: ("nurse", "patient", "manager")[n % 3] for n, person in enumerate(people)}
        pairs = pairs_of(people, "seed", background=background)
        same = [pair for pair in pairs if background[pair[0]] == background[pair[1]]]
        assert not same, count
    most = {f"p{n}": "nurse" if n < 8 else "patient" for n in range(10)}
    pairs = pairs_of(list(most), "seed", background=most)
    assert sum(len({most[one] for one in pair}) > 1 for pair in pairs) == 2, "both patients meet a nurse"


def test_people_who_met_are_not_paired_again_where_it_can_be_helped() -> None:
    people = [f"p{n}" for n in range(8)]
    met: set[frozenset[str]] = set()
    for turn in range(4):
        pairs = pairs_of(people, f"seed{turn}", met=frozenset(met))
        new = {frozenset(pair) for pair in pairs}
        assert not new & met, turn
        met |= new


# -- in a workshop ----------------------------------------------------------------------------------------------------

PEOPLE = [f"p-{name}" for name in ("ann", "ben", "cat", "dan", "eda", "fin", "gil", "hal", "ina")]


def workshop(*people: str, **chosen: Any) -> tuple[Driver, str]:
    return opened("one_two_four_all", people or PEOPLE, **chosen)


def memory_of(driver: Driver, step: str) -> Gathering:
    memory = driver.state.steps[step].rounds[-1].memory
    assert isinstance(memory, Gathering)
    return memory


def write(driver: Driver, step: str, person: str, text: str) -> str:
    driver.do(person, "four.write", activity=step, text=text)
    return f"i{driver.state.counters['i']}"


def go_on(driver: Driver, step: str, here: str = "") -> None:
    driver.do("p-fay", "four.next", activity=step, stage=memory_of(driver, step).stage, here=here)


def groups(driver: Driver, step: str) -> list[set[str]]:
    return [set(team.people) for team in memory_of(driver, step).now() if team.seats]


def test_a_whole_run_keeps_ids_and_authors_and_shares_what_was_chosen() -> None:
    driver, step = workshop(*PEOPLE[:8])
    driver.watch()
    ideas = {person: write(driver, step, person, f"Own-{person[2:]}-once") for person in PEOPLE[:8]}
    go_on(driver, step)
    assert sorted(map(len, groups(driver, step))) == [2, 2, 2, 2]
    for person, idea in ideas.items():
        driver.do(person, "four.bring", activity=step, idea=idea)
    pairs = groups(driver, step)
    go_on(driver, step)
    fours = groups(driver, step)
    assert sorted(map(len, fours)) == [4, 4]
    assert all(any(pair <= four for four in fours) for pair in pairs)
    memory = memory_of(driver, step)
    for team in memory.now():
        first, *others = team.people
        partner = next(person for person in others if memory.was[person] == memory.was[first])
        other_pair = next(person for person in others if memory.was[person] != memory.was[first])
        driver.do(first, "four.bring", activity=step, idea=ideas[partner])
        assert driver.refused(first, "four.bring", activity=step, idea=ideas[other_pair]) == "no_such_idea"
        driver.do(other_pair, "four.choose", activity=step, idea=ideas[partner])
    driver.flush()
    driver.check()
    go_on(driver, step)
    driver.flush(resume=True)
    driver.check()
    assert driver.refused("p-fay", "four.next", activity=step, stage=4) == "moved_on"
    driver.do("p-fay", "step.reveal", activity=step)
    outcome = driver.outcome(step)
    assert (outcome["people"], outcome["pairs"], outcome["fours"], outcome["shared_nothing"]) == (8, 4, 2, 0)
    assert len(outcome["ideas"]) == 2
    assert {driver.state.ideas[gid.split("/")[1]].author for gid in outcome["ideas"]} <= set(PEOPLE)


def test_a_board_is_sent_to_its_group_alone_and_to_a_facilitator_who_dropped_in() -> None:
    driver, step = workshop()
    driver.watch()
    heard: list[tuple[str, str]] = []
    driver.heard = lambda to, text: heard.append((to, text))
    ideas = {person: write(driver, step, person, f"Own-{person[2:]}-once") for person in PEOPLE}
    driver.flush()
    for to, text in heard:
        assert all(f"Own-{person[2:]}-once" not in text for person in PEOPLE if person != to), to
    go_on(driver, step)
    driver.flush()
    for person, idea in ideas.items():
        heard.clear()
        driver.do(person, "four.bring", activity=step, idea=idea)
        driver.flush(resume=True)
        driver.check()
        got = {to for to, text in heard if f"Own-{person[2:]}-once" in text}
        (team,) = (group for group in groups(driver, step) if person in group)
        assert got == team
    memory = memory_of(driver, step)
    seen = memory.now()[0]
    heard.clear()
    driver.do("p-gus", "four.visit", activity=step, team=seen.id)
    driver.flush()
    told = dict(heard)
    assert all(f"Own-{person[2:]}-once" in told["p-gus"] for person in seen.people)
    assert all("Gus" in told[person] for person in seen.people), "the group sees that somebody looks"
    assert "p-fay" not in told
    heard.clear()
    driver.do("p-gus", "four.visit", activity=step)
    driver.flush()
    assert all("Own-" not in text for to, text in heard if to == "p-gus")
    assert all("Gus" not in text for to, text in heard if to in seen.people)
    driver.check()


def test_words_of_pairs_are_in_no_archive_only_what_a_group_shared() -> None:
    from workshops.results.archive import content_of

    driver, step = workshop(*PEOPLE[:4])
    kept = write(driver, step, "p-ann", "Shared-once")
    write(driver, step, "p-ben", "Alone-once")
    go_on(driver, step)
    driver.do("p-ann", "four.bring", activity=step, idea=kept)
    go_on(driver, step)
    driver.do("p-ann", "four.bring", activity=step, idea=kept)
    driver.do("p-ann", "four.choose", activity=step, idea=kept)
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    assert "Shared-once" not in str(content), "not before all are together"
    go_on(driver, step)
    content = content_of(driver.state, driver.workshop, driver.workshop.stream)
    assert "Shared-once" in str(content)
    assert "Alone-once" not in str(content)
    vote = driver.step("dot_vote")
    driver.do("p-fay", "step.reveal", activity=step)
    driver.do("p-fay", "step.open", activity=vote)
    assert list(driver.state.steps[vote].rounds[-1].memory.items) == [kept]


def test_only_those_who_are_here_are_put_together_and_others_join_the_smallest() -> None:
    driver, step = workshop(*PEOPLE[:7])
    go_on(driver, step, here="p-ann p-ben p-cat p-dan p-eda p-fay p-nobody")
    assert sorted(map(len, groups(driver, step))) == [2, 3]
    driver.do("p-fin", "four.join", activity=step)
    assert sorted(map(len, groups(driver, step))) == [3, 3]
    assert driver.refused("p-gil", "four.write", activity=step, text="x") == "no_group"
    driver.watch()
    driver.join("p-late")
    driver.do("p-late", "four.join", activity=step)
    assert sorted(map(len, groups(driver, step))) == [2, 2, 3], "a full group parts in two"
    driver.flush()
    driver.check()


def test_who_is_left_alone_goes_with_the_board_to_the_smallest_group() -> None:
    driver, step = workshop(*PEOPLE[:6])
    mine = write(driver, step, "p-ann", "Mine")
    go_on(driver, step)
    memory = memory_of(driver, step)
    driver.do("p-ann", "four.bring", activity=step, idea=mine)
    team = memory.team_of("p-ann")
    assert team is not None
    seat = next(seat for seat, person in team.seats.items() if person != "p-ann")
    gone = team.seats[seat]
    driver.watch()
    driver.do("p-ann", "four.gone", activity=step, seat=seat)
    driver.flush()
    driver.check()
    assert sorted(map(len, groups(driver, step))) == [2, 3]
    into = memory.team_of("p-ann")
    assert into is not None
    assert into.board == [mine]
    driver.do(gone, "four.join", activity=step)
    driver.flush()
    driver.check()
    assert sorted(map(len, groups(driver, step))) == [3, 3]


def test_a_facilitator_regroups_without_those_who_are_away() -> None:
    driver, step = workshop(*PEOPLE[:8])
    go_on(driver, step)
    go_on(driver, step)
    assert driver.refused("p-fay", "four.regroup", activity=step, here="") == "nobody_here"
    first, second = groups(driver, step)
    stays = min(first)
    driver.do("p-fay", "four.regroup", activity=step, here=" ".join([stays, *second]))
    assert groups(driver, step) == [second | {stays}] or groups(driver, step) == [{stays} | second]
    driver.do("p-fay", "person.remove", person=stays)
    assert groups(driver, step) == [second]


def test_the_announced_end_goes_on_by_itself_with_those_who_were_here() -> None:
    driver, step = workshop(*PEOPLE[:5])
    assert driver.ledger.due is None
    driver.do("p-fay", "four.warn", activity=step, stage=1, here="p-ann p-ben p-cat p-dan")
    assert driver.ledger.due is not None
    at, do = driver.ledger.due
    assert at - driver.at == 30_000
    assert driver.refused("p-fay", "four.warn", activity=step, stage=1) == "nothing_to_do"
    driver.at = at
    assert isinstance(driver.ask("system", do), Ack)
    assert memory_of(driver, step).stage == 2
    assert sorted(map(len, groups(driver, step))) == [2, 2]
    assert driver.ledger.due is None


def test_a_group_has_a_link_of_its_own() -> None:
    driver, step = workshop(*PEOPLE[:4])
    go_on(driver, step)
    assert driver.refused("p-ann", "four.link", activity=step, link="javascript:alert(1)") == "bad_link"
    driver.do("p-ann", "four.link", activity=step, link="https://video.example.org/7")
    memory = memory_of(driver, step)
    other = next(person for person in PEOPLE[:4] if memory.at[person] != memory.at["p-ann"])
    assert "video.example.org" in driver.own("p-ann")
    assert "video.example.org" not in driver.own(other)


def test_undo_takes_back_what_one_did_on_the_board() -> None:
    driver, step = workshop(*PEOPLE[:4])
    mine = write(driver, step, "p-ann", "Mine")
    go_on(driver, step)
    team = memory_of(driver, step).team_of("p-ann")
    assert team is not None
    driver.do("p-ann", "four.bring", activity=step, idea=mine)
    driver.do("p-ann", "four.put_down", activity=step, idea=mine)
    driver.do("p-ann", "my.undo", activity=step)
    assert team.board == [mine]
    driver.do("p-ann", "my.undo", activity=step)
    assert team.board == []


def test_too_few_people_make_no_pairs() -> None:
    driver, step = workshop("p-ann")
    assert driver.refused("p-fay", "four.next", activity=step, stage=1) == "too_few_people"
    assert driver.refused("p-ann", "four.join", activity=step) == "no_group"
    assert driver.refused("p-fay", "four.write", activity=step, text="x") == "not_allowed"


def test_simulated_people_play_to_the_end() -> None:
    driver, step = workshop()
    for stage in range(4):
        do_all_they_can(driver, step, PEOPLE)
        if stage < 3:
            go_on(driver, step)
    assert len(driver.outcome(step)["ideas"]) == 2
