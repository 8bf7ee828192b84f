"""What readers are sent: what changed for them, once, and nothing of what they may not see."""

from __future__ import annotations

from typing import Any, Literal

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realtime.audience import Audience
from realtime.client_view import View
from realtime.ledger import Ack, Ledger, make_stream
from tests.live_view import Browser
from tests.realtime.toy import asked, done

pytestmark = pytest.mark.django_db


class Watcher:
    """Readers of one kind, with a client that has seen everything so far."""

    def __init__(self, ledger: Ledger, reader: str, form: Literal["html", "json"] = "html") -> None:
        ledger.take_pending()
        self.audience = Audience(ledger, reader, "en-gb", form)
        self.client: Browser | View = Browser() if form == "html" else View()
        self.client.replace(self.fresh())

    def fresh(self) -> dict[str, Any]:
        return dict(orjson.loads(self.audience.snapshot() + "}"))

    def take(self, text: str | None) -> dict[str, Any]:
        message = dict(orjson.loads(text or "{}"))
        if "from" in message:
            self.client.take(message)
        return message

    def shows(self) -> Any:
        if isinstance(self.client, View):
            return {key: keys for key, keys in self.client.lists.items() if keys}, set(self.client.items)
        return self.client.shows()


def flush(ledger: Ledger, *watchers: Watcher) -> list[dict[str, Any]]:
    dirty = ledger.take_pending()
    return [watcher.take(watcher.audience.frame(dirty)) for watcher in watchers]


def test_many_changes_make_one_frame_of_how_it_is_now(ledger: Ledger) -> None:
    done(ledger, "card.add", text="Ball")
    watcher = Watcher(ledger, "anybody")
    for _ in range(5):
        done(ledger, "card.count", card="c1", more=1)
    (frame,) = flush(ledger, watcher)
    assert (frame["from"], frame["seq"]) == (1, 6)
    assert frame["html"].strip() == '<p id="card-c1.tally">5</p>'
    assert "order" not in frame
    assert flush(ledger, watcher) == [{}]


def test_what_readers_can_not_see_makes_neither_a_frame_nor_a_gap(ledger: Ledger) -> None:
    anybody, keeper = Watcher(ledger, "anybody"), Watcher(ledger, "keeper")
    done(ledger, "card.add", text="Open")
    flush(ledger, anybody, keeper)
    done(ledger, "card.add", text="Secret", secret=True)
    done(ledger, "card.count", card="c2", more=3)
    done(ledger, "card.note", card="c2", text="About it")
    assert [bool(frame) for frame in flush(ledger, anybody, keeper)] == [False, True]
    assert anybody.audience.since(1) is None
    assert "Secret" not in anybody.audience.snapshot()
    done(ledger, "card.count", card="c1", more=1)
    frame, other = flush(ledger, anybody, keeper)
    assert (frame["from"], frame["seq"]) == (1, 5)
    assert (other["from"], other["seq"]) == (4, 5)
    done(ledger, "card.show", card="c2")
    flush(ledger, anybody, keeper)
    assert anybody.shows() == keeper.shows()


def test_a_card_that_comes_brings_its_list_and_its_part(ledger: Ledger) -> None:
    watcher = Watcher(ledger, "anybody")
    done(ledger, "card.add", text="Ball")
    done(ledger, "card.note", card="c1", text="Red")
    done(ledger, "card.count", card="c1", more=2)
    (frame,) = flush(ledger, watcher)
    assert frame["order"] == {"cards": ["card-c1"], "card-c1.notes": ["note-n2"]}
    assert frame["html"].count("card-c1.tally") == 1, "the part stands in its card"
    assert isinstance(watcher.client, Browser)
    assert watcher.client.text() == "Toys Ball 2 Red"


def test_a_part_is_told_again_after_its_card_was_drawn_with_another_value(ledger: Ledger) -> None:
    """A card drawn anew holds its parts: what they last were on their own is not what the client shows."""
    done(ledger, "card.add", text="Ball", secret=True)
    watcher = Watcher(ledger, "anybody", "json")
    ledger.state.cards["c1"].secret = False
    ledger.pending.whole = True
    flush(ledger, watcher)
    for count, seq in ((1, 2), (2, 3)):
        done(ledger, "card.count", card="c1", more=1)
        (frame,) = flush(ledger, watcher)
        assert frame["items"] == {"card-c1.tally": {"count": count}}, seq
    ledger.state.cards["c1"].count = 0
    ledger.pending.whole = True
    flush(ledger, watcher)
    done(ledger, "card.count", card="c1", more=2)
    (frame,) = flush(ledger, watcher)
    assert frame["items"] == {"card-c1.tally": {"count": 2}}


def test_order_alone_sends_no_card_again(ledger: Ledger) -> None:
    for text in ("One", "Two", "Three"):
        done(ledger, "card.add", text=text)
    watcher = Watcher(ledger, "anybody")
    done(ledger, "card.first", card="c3")
    (frame,) = flush(ledger, watcher)
    assert frame == {"from": 3, "seq": 4, "order": {"cards": ["card-c3", "card-c1", "card-c2"]}}


def test_a_frame_is_as_large_as_it_must_be(ledger: Ledger) -> None:
    watcher = Watcher(ledger, "anybody")
    done(ledger, "title", text="ä" * 40_000)
    (frame,) = flush(ledger, watcher)
    assert "ä" * 40_000 in frame["html"]
    missed = orjson.loads(watcher.audience.since(0) or "{}")
    assert (missed["from"], missed["seq"]) == (0, 1)
    assert "ä" * 40_000 in missed["html"]


def test_newcomers_get_what_was_shown_even_while_something_is_still_to_be_sent(ledger: Ledger) -> None:
    """What was done and undone before a frame left makes no frame: so nobody may have been shown it."""
    done(ledger, "card.add", text="Ball")
    done(ledger, "card.note", card="c1", text="Red")
    for form in ("html", "json"):
        watcher = Watcher(ledger, "anybody", form)
        done(ledger, "card.count", card="c1", more=1)
        flush(ledger, watcher)
        before = watcher.fresh()
        ledger.state.cards["c1"].count += 5
        ledger.pending.keys.add("card-c1.tally")
        watcher.audience._snapshot = None
        assert watcher.fresh() == before
        assert "6" not in str(watcher.audience.since(2))
        ledger.state.cards["c1"].count -= 5
        assert flush(ledger, watcher) == [{}]
        fresh = Watcher(ledger, "anybody", form)
        newcomer = Watcher(ledger, "anybody", form)
        newcomer.client.replace(watcher.fresh())
        assert newcomer.shows()[0] == fresh.shows()[0]


def test_sentences_go_to_whom_they_are_meant_for(ledger: Ledger) -> None:
    anybody, keeper = Watcher(ledger, "anybody"), Watcher(ledger, "keeper")
    ledger.pending.say = [(None, "All"), ("keeper", "Keeper only")]
    frames = flush(ledger, anybody, keeper)
    assert [frame.get("say") for frame in frames] == [["All"], ["All", "Keeper only"]]


def test_words_are_escaped(ledger: Ledger) -> None:
    done(ledger, "card.add", text="<script>alert('x')</script>")
    assert "<script>" not in Watcher(ledger, "anybody").audience.page()


def test_cards_that_say_the_same_keep_their_own_keys_whatever_their_words(ledger: Ledger) -> None:
    for _ in range(2):
        done(ledger, "card.add", text="Ball \ue000key\ue000")
    watcher = Watcher(ledger, "anybody")
    assert isinstance(watcher.client, Browser)
    assert watcher.client.text() == "Toys Ball \ue000key\ue000 0 Ball \ue000key\ue000 0"
    assert 'id="card-c2"' in watcher.audience.page()


OPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["card.add", "card.note", "card.count", "card.show", "card.drop", "card.first", "title", "again"]
        ),
        st.integers(1, 6),
        st.booleans(),
        st.integers(0, 3),
    ),
    min_size=3,
    max_size=30,
)


def fields_of(do: str, number: int, *, secret: bool) -> dict[str, Any]:
    card: dict[str, Any] = {"card": f"c{number}"}
    known: dict[str, dict[str, Any]] = {
        "card.add": {"text": f"Text {number}", "secret": secret},
        "card.note": {**card, "text": f"Note {number}"},
        "card.count": {**card, "more": number % 3},
        "title": {"text": f"Title {number}"},
    }
    return known.get(do, card)


def apply_twice(client: Browser | View, text: str | None) -> None:
    if text and isinstance(client, Browser):
        once = client.shows()
        client.apply(orjson.loads(text))
        assert client.shows() == once, "applied twice, a frame changed something"


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(ops=OPS)
def test_after_any_frames_and_any_gap_a_client_shows_what_a_fresh_one_shows(
    ops: list[tuple[str, int, bool, int]],
) -> None:
    ledger = Ledger(make_stream("toy").pk)
    ledger.load()
    steady = [Watcher(ledger, reader, form) for reader in ("anybody", "keeper") for form in ("html", "json")]
    gappy = [Watcher(ledger, watcher.audience.reader, watcher.audience.form) for watcher in steady]
    for do, number, yes, when in ops:
        ledger.commit([asked(do, **fields_of(do, number, secret=yes))])
        if when:
            pending = ledger.take_pending()
            for watcher in steady:
                text = watcher.audience.frame(pending)
                watcher.take(text)
                apply_twice(watcher.client, text)
        if when == 1:
            for watcher, other in zip(steady, gappy, strict=True):
                missed = watcher.audience.since(other.client.seq)
                other.take(missed)
    flush(ledger, *steady)
    for watcher, other in zip(steady, gappy, strict=True):
        other.take(watcher.audience.since(other.client.seq))
        fresh = Watcher(ledger, watcher.audience.reader, watcher.audience.form)
        for live in (watcher, other):
            shown = live.shows()
            if isinstance(live.client, View):
                shown = shown[0], {key for key in shown[1] if "." not in key}
            assert shown == fresh.shows()
        assert "Secret" not in watcher.audience.snapshot()


def test_a_snapshot_is_made_once_per_revision(ledger: Ledger) -> None:
    done(ledger, "card.add", text="Ball")
    watcher = Watcher(ledger, "anybody")
    first = watcher.audience.snapshot()
    assert watcher.audience.snapshot() is first
    assert isinstance(ledger.commit([asked("card.add", text="Doll")])[0], Ack)
    flush(ledger, watcher)
    assert watcher.audience.snapshot() is not first
