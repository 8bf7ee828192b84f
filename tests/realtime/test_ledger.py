"""The log: decided once, in one order, whole or not at all, and sealed."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from realtime.chain import first_broken
from realtime.kinds import SYSTEM
from realtime.ledger import Ack, Asked, Ledger, NewerEvent, Refusal, make_stream, run
from realtime.log import erase, ms_of
from realtime.models import Event, Stream, new_epoch
from tests.realtime.toy import asked, done, log_of

pytestmark = pytest.mark.django_db


def test_what_is_done_is_in_the_log_and_another_ledger_sees_it(ledger: Ledger) -> None:
    ack = done(ledger, "card.add", text="Ball")
    assert ack.seq == ledger.seq == 1
    other = Ledger(ledger.stream_id)
    other.load()
    assert other.state == ledger.state
    assert [event.private for event in log_of(ledger)] == [{"text": "Ball"}]
    assert Stream.objects.get(pk=ledger.stream_id).seq == 1


def test_one_command_may_make_several_events_which_carry_its_op_once(ledger: Ledger) -> None:
    (answer,) = ledger.commit([asked("twice", op="twice-as-much", text="New")])
    assert answer == Ack("twice-as-much", 1)
    assert [event.op for event in log_of(ledger)] == ["twice-as-much", None]
    for elsewhere in (ledger, Ledger(ledger.stream_id)):
        (answer,) = elsewhere.commit([asked("twice", op="twice-as-much", text="New")])
        assert answer == Ack("twice-as-much", 1, again=True)
    assert len(log_of(ledger)) == 2


def test_the_same_op_takes_effect_once_in_a_batch_later_and_elsewhere(ledger: Ledger) -> None:
    add = asked("card.add", op="the-same-one", text="Ball")
    elsewhere = Ledger(ledger.stream_id)
    answers = [*ledger.commit([add, add]), *ledger.commit([add]), *elsewhere.commit([add])]
    assert answers == [Ack("the-same-one", 1), *[Ack("the-same-one", 1, again=True)] * 3]
    assert len(log_of(ledger)) == 1


def test_an_op_used_for_something_else_is_refused_but_belongs_to_its_actor(ledger: Ledger) -> None:
    ledger.commit([asked("card.add", op="the-same-one", text="Ball")])
    for other in (ledger, Ledger(ledger.stream_id)):
        (answer,) = other.commit([asked("card.add", op="the-same-one", text="Doll")])
        assert isinstance(answer, Refusal)
        assert answer.code == "op_reused"
    (answer,) = ledger.commit([asked("card.add", "ben", op="the-same-one", text="Doll")])
    assert isinstance(answer, Ack)


def test_refusals_have_a_code_and_a_sentence_and_write_nothing(ledger: Ledger) -> None:
    done(ledger, "title", text="Box")
    batch = [
        asked("title", text="Box"),
        asked("nonsense"),
        asked("card.add"),
        asked("card.add", text="Ball", colour="red"),
        asked("card.count", card="c9", more=1),
        asked("clock.ring"),
    ]
    answers = ledger.commit(batch)
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == [
        "nothing_to_do", "unknown_command", "bad_field", "unknown_field", "no_card", "nothing_to_do",
    ]  # fmt: skip
    assert all(str(answer.sentence) for answer in answers if isinstance(answer, Refusal))
    assert len(log_of(ledger)) == 1


def test_a_refused_command_may_succeed_later_under_the_same_op(ledger: Ledger) -> None:
    count = asked("card.count", card="c1", more=1)
    assert isinstance(ledger.commit([count])[0], Refusal)
    done(ledger, "card.add", text="Ball")
    assert isinstance(ledger.commit([count])[0], Ack)


def test_a_batch_is_decided_in_order_each_on_what_went_before(ledger: Ledger) -> None:
    answers = ledger.commit([asked("card.add", text="Ball"), asked("card.count", card="c1", more=2)])
    assert [type(answer) for answer in answers] == [Ack, Ack]
    assert ledger.state.cards["c1"].count == 2


@pytest.mark.parametrize("last", [{"do": "break"}, {"do": "title", "text": "fails"}])
def test_a_batch_that_fails_leaves_nothing_and_the_state_is_folded_again(
    ledger: Ledger, last: dict[str, str]
) -> None:
    done(ledger, "card.add", text="Ball")
    before = copy.deepcopy(ledger.state)
    with pytest.raises((RuntimeError, ZeroDivisionError)):
        ledger.commit([asked("card.add", text="Doll"), asked(**last)])
    assert ledger.state is None
    assert len(log_of(ledger)) == 1
    ledger.load()
    assert ledger.state == before
    done(ledger, "card.add", text="Doll")
    assert first_broken(log_of(ledger)) is None


def test_time_never_runs_back(ledger: Ledger) -> None:
    ledger.commit([asked("card.add", text="One")], at=1_000_000)
    ledger.commit([asked("card.add", text="Two")], at=900_000)
    ledger.commit([asked("card.add", text="Three")], at=1_500_000)
    assert [ms_of(event.at) for event in log_of(ledger)] == [1_000_000, 1_000_000, 1_500_000]


def test_two_ledgers_by_turns_agree(ledger: Ledger) -> None:
    other = Ledger(ledger.stream_id)
    for turn in range(6):
        done((ledger, other)[turn % 2], "card.add", text=f"Card {turn}")
    ledger.commit([])
    other.load()
    assert ledger.state == other.state
    assert list(ledger.state.cards) == [f"c{n}" for n in range(1, 7)]


@pytest.mark.django_db(transaction=True)
def test_many_ledgers_at_once_agree_on_one_order() -> None:
    stream = make_stream("toy")

    def work(person: int) -> list[int]:
        ledger = Ledger(stream.pk)
        try:
            ops = [
                asked("card.add", f"p{person}", op=f"worker-{person}-{n}", text=f"{person}.{n}")
                for n in range(12)
            ]
            answers = [ledger.commit(ops[n : n + 3]) for n in range(0, 12, 3)]
            answers += [ledger.commit(ops[:5])]  # sent again, as after a lost answer
            return [answer.seq for batch in answers for answer in batch if isinstance(answer, Ack)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        acks = list(threads.map(work, range(4)))
    ledger = Ledger(stream.pk)
    ledger.load()
    log = log_of(ledger)
    assert [event.seq for event in log] == list(range(1, 49))
    assert first_broken(log) is None
    assert sorted(seq for each in acks for seq in each[:12]) == list(range(1, 49))
    assert all(each[:5] == each[12:] for each in acks)
    assert len(ledger.state.cards) == 48


def test_a_changed_row_is_found_and_erased_words_are_not(ledger: Ledger) -> None:
    for text in ("One", "Two", "Three"):
        done(ledger, "card.add", text=text)
    rows = Event.objects.filter(stream_id=ledger.stream_id)
    assert first_broken(log_of(ledger)) is None
    assert erase(ledger.stream_id, [2]) == 1
    assert first_broken(log_of(ledger)) is None
    again = Ledger(ledger.stream_id)
    again.load()
    assert [card.text for card in again.state.cards.values()] == ["One", "", "Three"]
    for change in (
        {"private": {"text": "Forged"}},
        {"body": {"card": "c3", "secret": True}},
        {"actor": "eve"},
        {"kind": "title"},
        {"op": "another-op"},
        {"v": 1},
        {"seal": b"0" * 32},
    ):
        row = rows.get(seq=3)
        rows.filter(seq=3).update(**change)
        assert first_broken(log_of(ledger)) == 3, change
        row.save()
        assert first_broken(log_of(ledger)) is None
    rows.filter(seq=3).update(at=rows.get(seq=3).at + timedelta(milliseconds=1))
    assert first_broken(log_of(ledger)) == 3
    rows.filter(seq=2).delete()
    assert first_broken(log_of(ledger)) == 3


def test_an_event_of_a_newer_release_gives_the_room_up(ledger: Ledger) -> None:
    done(ledger, "card.add", text="Ball")
    Event.objects.filter(stream_id=ledger.stream_id).update(v=3)
    fresh = Ledger(ledger.stream_id)
    with pytest.raises(NewerEvent):
        fresh.load()
    assert fresh.state is None


def test_a_restored_backup_is_folded_anew(ledger: Ledger) -> None:
    done(ledger, "card.add", text="Ball")
    done(ledger, "card.add", text="Doll")
    Event.objects.filter(stream_id=ledger.stream_id, seq=2).delete()
    first = Event.objects.get(stream_id=ledger.stream_id, seq=1)
    Stream.objects.filter(pk=ledger.stream_id).update(seq=1, head=first.chain, epoch=new_epoch())
    ledger.take_pending()
    ledger.load()
    assert list(ledger.state.cards) == ["c1"]
    assert ledger.pending.whole
    done(ledger, "card.add", text="Doll again")
    assert first_broken(log_of(ledger)) is None


def test_folding_again_after_a_failure_reads_nothing_out_twice(ledger: Ledger) -> None:
    done(ledger, "title", text="First")
    assert ledger.take_pending().say
    with pytest.raises(RuntimeError):
        ledger.commit([asked("break")])
    ledger.load()
    assert not ledger.pending.say


def test_what_the_clock_is_asked_for_is_kept_with_the_stream(ledger: Ledger) -> None:
    done(ledger, "alarm", at=1_900_000_000_000)
    stream = Stream.objects.get(pk=ledger.stream_id)
    assert stream.due is not None
    assert ms_of(stream.due) == 1_900_000_000_000
    (answer,) = ledger.commit([asked("clock.ring", SYSTEM)], at=1_900_000_000_000)
    assert isinstance(answer, Ack)
    assert Stream.objects.get(pk=ledger.stream_id).due is None


def test_commands_can_be_run_without_a_room(ledger: Ledger) -> None:
    (answer,) = run(ledger.stream_id, Asked("from-a-command", "title", {"text": "Set"}, SYSTEM))
    assert isinstance(answer, Ack)
    ledger.load()
    assert ledger.state.title == "Set"
