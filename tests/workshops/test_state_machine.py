"""A workshop played at random against a small model of its own: what was acknowledged is kept exactly once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from realtime.ledger import Ack, Asked, Ledger, Refusal
from realtime.models import Event
from tests.workshop_driver import Driver

pytestmark = pytest.mark.django_db

PEOPLE = ("p-ann", "p-ben", "p-cat", "p-ann", "p-ben", "p-cat", "p-fay", "p-obs", "p-nobody")
VOTERS = {"p-ann", "p-ben", "p-cat"}
DOTS, CAP, MOST_IDEAS = 4, 2, 4

WAY = [
    ("a1", "open"),
    ("a1", "reveal"),
    ("a2", "open"),
    ("a2", "reveal"),
    ("a3", "open"),
    ("a3", "close"),
    ("a3", "open"),
    ("a3", "reveal"),
]

people = st.sampled_from(PEOPLE)
things = st.integers(1, 4)

texts = st.sampled_from(["", "x" * 300, "Tea", "\x00"])
MOVES = st.one_of(
    st.tuples(
        st.just("write"), st.fixed_dictionaries({"person": people, "there": st.booleans(), "text": texts})
    ),
    st.tuples(
        st.just("change_mind"),
        st.fixed_dictionaries({"person": people, "number": things, "remove": st.booleans()}),
    ),
    st.tuples(st.just("hide"), st.fixed_dictionaries({"number": st.integers(2, 9)})),
    st.tuples(st.just("remove_group"), st.fixed_dictionaries({"person": people, "number": things})),
    *[
        st.tuples(
            st.just("vote"),
            st.fixed_dictionaries(
                {
                    "person": people,
                    "number": things,
                    "how": st.sampled_from(["place", "take_back", "set"]),
                    "dots": st.integers(0, 3),
                    "there": st.booleans(),
                }
            ),
        ),
        st.tuples(
            st.just("group"),
            st.fixed_dictionaries(
                {
                    "person": people,
                    "ideas": st.lists(things, max_size=2, unique=True),
                    "to": st.sampled_from([0, 0, 1, 2, 5]),
                    "there": st.booleans(),
                }
            ),
        ),
    ]
    * 2,
)


@dataclass
class Model:
    """What should be so. Knows nothing of how it is done."""

    phase: dict[str, str] = field(default_factory=lambda: {"a1": "ready", "a2": "ready", "a3": "ready"})
    current: str | None = None
    ideas: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    ballot: list[str] = field(default_factory=list)
    dots: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: list[dict[str, int]] = field(default_factory=list)
    made: int = 0

    def shown(self) -> list[str]:
        return [idea for idea, about in self.ideas.items() if about["shown"] and not about["off"]]

    def take_off(self, item: str) -> None:
        self.ballot.remove(item)
        for key in [key for key in self.dots if key[1] == item]:
            del self.dots[key]

    def totals(self) -> dict[str, int]:
        return {item: sum(n for (_who, on), n in self.dots.items() if on == item) for item in self.ballot}

    def ranks(self) -> dict[str, int]:
        keys = {
            item: (total, sum(1 for (_who, on), n in self.dots.items() if on == item and n))
            for item, total in self.totals().items()
        }
        return {item: 1 + sum(1 for other in keys.values() if other > key) for item, key in keys.items()}


class WorkshopMachine(RuleBasedStateMachine):
    """Three ordinary people, a facilitator, an observer and a stranger, on two servers."""

    @initialize()
    def begin(self) -> None:
        self.driver = Driver()
        self.driver.join("p-fay", role="facilitator")
        self.driver.join("p-ann", "p-ben", "p-cat")
        self.driver.join("p-obs", role="observer")
        self.driver.step("brainstorm", settings={"most_ideas": MOST_IDEAS})
        self.driver.step("cluster")
        self.driver.step("dot_vote", settings={"dots": DOTS, "cap": CAP})
        self.other = Ledger(self.driver.ledger.stream_id)
        self.model = Model()
        self.acked: dict[tuple[str, str], tuple[Asked, int]] = {}
        self.ops = self.turn = 0
        self.start = self.driver.ledger.seq
        self.driver.watch()
        self.way = iter(WAY)
        self.go_on()
        for person in ("p-ann", "p-ben", "p-cat"):
            self.write(person, there=False, text="Tea")

    # -- asking --------------------------------------------------------------------------------------------------

    def ask(self, person: str, do: str, *, there: bool = False, **args: Any) -> bool:
        self.ops += 1
        asked = Asked(f"random-{self.ops:04}", do, args, person)
        ledger = self.other if there else self.driver.ledger
        (answer,) = ledger.commit([asked], at=self.driver.at + self.ops)
        if isinstance(answer, Ack):
            self.acked[person, asked.op] = asked, answer.seq
            return True
        assert isinstance(answer, Refusal)
        assert answer.code != "failed"
        assert str(answer.sentence)
        return False

    @rule(moves=st.lists(MOVES, min_size=3, max_size=8))
    def people_act(self, moves: list[tuple[str, dict[str, Any]]]) -> None:
        for what, args in moves:
            getattr(self, what)(**args)

    def write(self, person: str, *, there: bool, text: str) -> None:
        words = f"{text} {self.ops}" if text else ""
        mine = [idea for idea in self.model.ideas.values() if idea["by"] == person and not idea["removed"]]
        takes = (
            self.model.phase["a1"] not in ("ready", "paused")
            and self.model.phase["a2"] == self.model.phase["a3"] == "ready"
        )
        fits = bool(text) and len(words) <= 280 and "\x00" not in text
        expected = takes and fits and person in {*VOTERS, "p-fay"} and len(mine) < MOST_IDEAS
        assert self.ask(person, "idea.add", there=there, activity="a1", text=words) == expected
        if expected:
            shown = self.model.phase["a1"] == "revealed"
            about = {"by": person, "text": words, "removed": False, "off": False, "shown": shown}
            self.model.ideas[f"i{len(self.model.ideas) + 1}"] = about

    def change_mind(self, person: str, number: int, remove: bool) -> None:
        idea = f"i{number}"
        about = self.model.ideas.get(idea)
        text = f"Changed {self.ops}"
        if remove:
            done = self.ask(person, "idea.remove", activity="a1", idea=idea)
        else:
            done = self.ask(person, "idea.edit", activity="a1", idea=idea, text=text)
        if done:
            assert about is not None
            assert about["by"] == person
            assert not about["removed"]
            assert self.model.phase["a2"] == self.model.phase["a3"] == "ready"
            about["removed"] = about["off"] = remove
            about["text"] = about["text"] if remove else text

    @rule(
        step=st.sampled_from(["a1", "a2", "a3"]),
        do=st.sampled_from(["open", "close", "reveal", "pause", "resume"]),
        person=st.sampled_from(["p-fay", "p-ann", "p-obs"]),
        there=st.booleans(),
    )
    def lead(self, step: str, do: str, person: str, *, there: bool) -> None:
        model, before = self.model, dict(self.model.phase)
        done = self.ask(person, f"step.{do}", there=there, activity=step)
        if not done:
            return
        assert person == "p-fay"
        if do == "open":
            if model.current and model.current != step and before[model.current] in ("open", "paused"):
                model.phase[model.current] = "closed"
            model.current = step
            if step != "a1" and before[step] == "ready":
                assert model.phase["a1"] != "open"
            if step == "a3" and before[step] == "ready":
                model.ballot = model.shown()
            for item in [item for item in model.ballot if step == "a3" and model.ideas[item]["off"]]:
                model.take_off(item)
        model.phase[step] = {
            "open": "open",
            "close": "closed",
            "reveal": "revealed",
            "pause": "paused",
            "resume": "open",
        }[do]
        if do == "reveal" and step == "a1":
            for about in model.ideas.values():
                about["shown"] = True

    @precondition(lambda self: self.model.phase["a3"] in ("closed", "revealed"))
    @rule()
    def vote_again(self) -> None:
        if self.ask("p-fay", "step.new_round", activity="a3"):
            model = self.model
            model.kept.append(model.totals())
            if model.current and model.phase[model.current] in ("open", "paused"):
                model.phase[model.current] = "closed"
            model.dots.clear()
            model.ballot, model.current, model.phase["a3"] = model.shown(), "a3", "open"

    def vote(self, person: str, number: int, how: str, dots: int, there: bool) -> None:
        item, model = f"i{number}", self.model
        now = model.dots[person, item]
        wanted = {"place": now + 1, "take_back": now - 1, "set": dots}[how]
        spent = sum(n for (who, _on), n in model.dots.items() if who == person)
        expected = (
            person in VOTERS
            and model.phase["a3"] == "open"
            and item in model.ballot
            and 0 <= wanted <= CAP
            and wanted != now
            and (wanted < now or spent - now + wanted <= DOTS)
        )
        args = {"dots": dots} if how == "set" else {}
        assert self.ask(person, f"dot.{how}", there=there, activity="a3", item=item, **args) == expected
        if expected:
            model.dots[person, item] = wanted

    def hide(self, number: int) -> None:
        idea = f"i{number}"
        about = self.model.ideas.get(idea)
        expected = about is not None and about["shown"] and not about["off"]
        assert self.ask("p-fay", "idea.hide", idea=idea, reason="Because") == expected
        if expected:
            assert about is not None
            about["off"] = about["hidden"] = True
            if self.model.phase["a3"] in ("open", "paused") and idea in self.model.ballot:
                self.model.take_off(idea)

    def group(self, person: str, ideas: list[int], to: int, there: bool) -> None:
        model, wanted = self.model, [f"i{n}" for n in ideas]
        may = (
            person in {*VOTERS, "p-fay"} and model.phase["a2"] == "open" and set(wanted) <= set(model.shown())
        )
        if to:
            target = f"g{to}"
            done = self.ask(person, "idea.move", there=there, activity="a2", ideas=wanted, to=target)
            if done:
                assert may
                assert target in model.groups
        else:
            done = self.ask(person, "cluster.make", there=there, activity="a2", ideas=wanted)
            assert done == may
            target = f"g{model.made + 1}"
            model.made += done
        if done:
            for group in model.groups.values():
                group[:] = [idea for idea in group if idea not in wanted]
            model.groups.setdefault(target, []).extend(wanted)

    def remove_group(self, person: str, number: int) -> None:
        expected = self.model.phase["a2"] == "open" and f"g{number}" in self.model.groups
        assert self.ask(person, "cluster.remove", activity="a2", cluster=f"g{number}") == expected
        self.model.groups.pop(f"g{number}", None) if expected else None

    @precondition(lambda self: self.acked)
    @rule(which=st.integers(0, 200), there=st.booleans(), changed=st.booleans())
    def send_again(self, which: int, there: bool, changed: bool) -> None:
        asked, _seq = list(self.acked.values())[which % len(self.acked)]
        ledger = self.other if there else self.driver.ledger
        before = Event.objects.filter(stream_id=ledger.stream_id).count()
        if changed:
            asked = Asked(asked.op, asked.do, {**asked.fields, "more": 1}, asked.by)
        (answer,) = ledger.commit([asked])
        assert isinstance(answer, Refusal if changed else Ack)
        assert Event.objects.filter(stream_id=ledger.stream_id).count() == before

    @rule(resume=st.booleans())
    def show(self, resume: bool) -> None:
        self.driver.ledger.commit([])
        self.driver.flush(resume=resume)

    @rule()
    def restart(self) -> None:
        self.other = Ledger(self.driver.ledger.stream_id)

    # -- what must always be so ----------------------------------------------------------------------------------

    @invariant()
    def time_goes_on(self) -> None:
        """Mostly a workshop goes the usual way, whatever people do."""
        if hasattr(self, "model"):
            self.turn += 1
            if self.turn % 3 == 0:
                self.go_on()

    def go_on(self) -> None:
        step, do = next(self.way, ("a3", "close"))
        self.lead(step, do, "p-fay", there=False)

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        self.driver.ledger.commit([])
        state, model = self.driver.state, self.model
        assert {step.id: step.phase for step in state.order()} == model.phase
        assert {idea.id: idea.text for idea in state.ideas.values()} == {
            i: about["text"] for i, about in model.ideas.items()
        }
        assert {i for i, idea in state.ideas.items() if not idea.on_board} == {
            i for i, about in model.ideas.items() if about["off"]
        }
        if state.steps["a2"].rounds:
            memory = state.steps["a2"].rounds[-1].memory
            assert {group.id: group.ideas for group in memory.groups.values()} == model.groups
        rounds = state.steps["a3"].rounds
        if rounds:
            ballots = rounds[-1].memory
            for person in VOTERS:
                assert ballots.spent(person) <= DOTS
                assert all(n <= CAP for n in ballots.placed.get(person, {}).values())
            rows = {row["item"]: row for row in ballots.rows()}
            assert {item: row["dots"] for item, row in rows.items()} == model.totals()
            assert {item: row["rank"] for item, row in rows.items()} == model.ranks()
            kept = [{row["item"]: row["dots"] for row in run.memory.rows()} for run in rounds[:-1]]
            assert kept == model.kept

    @invariant()
    def hidden_stays_hidden(self) -> None:
        if not hasattr(self, "model"):
            return
        if self.driver.ledger.pending:
            return  # looked at when it was sent
        hidden = [about["text"] for about in self.model.ideas.values() if not about["shown"] or about["off"]]
        for reader in ("participant", "screen"):
            page = str(self.driver.watches[reader, "html"].audience.page())
            assert not any(text in page for text in hidden)

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        self.driver.ledger.commit([])
        self.driver.flush(resume=True)
        self.driver.check()
        log = list(Event.objects.filter(stream_id=self.driver.ledger.stream_id).order_by("seq"))
        assert [event.seq for event in log] == list(range(1, len(log) + 1))
        ops = Counter((event.actor, event.op) for event in log if event.op and event.seq > self.start)
        assert ops == Counter(dict.fromkeys(self.acked, 1)), (
            "every acknowledged operation is in the log exactly once"
        )


def test_a_workshop_at_random() -> None:
    run_state_machine_as_test(
        WorkshopMachine,
        settings=settings(
            max_examples=6,
            stateful_step_count=25,
            phases=[Phase.explicit, Phase.generate],  # add Phase.shrink to have a failure made small
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
