"""Plays a workshop through the real log, and watches it as every kind of reader does."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import orjson
from django.utils import timezone

from realtime import wire
from realtime.audience import Audience
from realtime.client_view import View
from realtime.drawing import own_fragments
from realtime.kinds import SYSTEM, Dirty
from realtime.ledger import Ack, Answer, Asked, Ledger, Refusal
from tests.live_view import Browser
from tests.makers import make_challenge
from workshops.actions import make_workshop
from workshops.live.state import FACILITATOR, PARTICIPANT, SCREEN, State
from workshops.models import Workshop

READERS = (PARTICIPANT, FACILITATOR, SCREEN)
MINUTE = 60_000
START = 1_760_000_000_000

type Heard = Callable[[str, str], None]
"""Called with the receiver (a reader, or a person's id) and the text sent."""


@dataclass
class Watch:
    """One audience with a client that started at the beginning and one that resumes over gaps."""

    audience: Audience
    steady: Browser | View
    resuming: Browser | View

    def frame(self, text: str) -> None:
        message = orjson.loads(text)
        for client in (self.steady,):
            if not _take(client, message):
                client.replace(self.snapshot())

    def resume(self) -> str | None:
        """Let the second client catch up over whatever it missed."""
        text = self.audience.since(self.resuming.seq)
        if text is not None and not _take(self.resuming, orjson.loads(text)):
            self.resuming.replace(self.snapshot())
        return text

    def snapshot(self) -> dict[str, Any]:
        return dict(orjson.loads(self.audience.snapshot() + "}"))


def _take(client: Browser | View, message: dict[str, Any]) -> bool:
    if isinstance(client, Browser):
        return client.take(message)
    return "reset" not in message and client.take(message) != "gap"


@dataclass
class Driver:
    """A workshop under way. People have ids like "p-ann"; ideas, groups and steps have the log's own ids."""

    workshop: Workshop = field(init=False)
    ledger: Ledger = field(init=False)
    at: int = START
    heard: Heard = lambda _to, _text: None
    watches: dict[tuple[str, str], Watch] = field(default_factory=dict)
    owns: dict[str, str] = field(default_factory=dict)
    _ops: int = 0

    def __post_init__(self) -> None:
        soon = timezone.now() + datetime.timedelta(days=1)
        self.workshop = make_workshop(make_challenge(), "Ideas day", soon, 90, None)
        self.ledger = Ledger(self.workshop.stream_id)
        self.ledger.load()

    # -- doing ---------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        state = self.ledger.state
        assert isinstance(state, State)
        return state

    def ask(
        self, person: str, do: str, /, *, op: str = "", ledger: Ledger | None = None, **args: Any
    ) -> Answer:
        """Ask for something; the clock goes on by a second."""
        self._ops += 1
        self.at += 1000
        asked = Asked(op or f"op-{self._ops:06}", do, args, person)
        (answer,) = (ledger or self.ledger).commit([asked], at=self.at)
        return answer

    def do(self, person: str, do: str, /, **args: Any) -> int:
        """Do something that must be accepted. Gives the log's number."""
        answer = self.ask(person, do, **args)
        assert isinstance(answer, Ack), f"{do} {args}: {answer}"
        return answer.seq

    def refused(self, person: str, do: str, /, **args: Any) -> str:
        """Try something that must be refused, and must change nothing. Gives the code."""
        seq = self.ledger.seq
        answer = self.ask(person, do, **args)
        assert isinstance(answer, Refusal), f"{do} {args}: {answer}"
        assert answer.code
        assert str(answer.sentence).strip()
        assert self.ledger.seq == seq
        return answer.code

    def wait(self, minutes: float) -> None:
        """Let time pass."""
        self.at += int(minutes * MINUTE)

    def join(
        self, *people: str, role: str = "participant", name: str = "", consent: str = "internal"
    ) -> None:
        for person in people:
            words = {"name": name or person.removeprefix("p-").title(), "role": role, "consent": consent}
            self.do(SYSTEM, "person.join", person=person, **words)

    def step(self, kind: str, **fields: Any) -> str:
        """Put an activity on the agenda; give its id."""
        self.do(SYSTEM, "step.add", kind=kind, **fields)
        return f"a{self.state.counters['a']}"

    def idea(self, person: str, step: str, text: str) -> str:
        self.do(person, "idea.add", activity=step, text=text)
        return f"i{self.state.counters['i']}"

    def group(self, person: str, step: str, *ideas: str, title: str = "") -> str:
        self.do(person, "cluster.make", activity=step, ideas=list(ideas), title=title)
        return f"g{self.state.counters['g']}"

    def outcome(self, step: str, number: int = 0) -> dict[str, Any]:
        """Give what the archive would keep of a round; 0 is the latest."""
        from workshops.activities.registry import activity_of

        found = self.state.steps[step]
        run = found.rounds[number - 1]
        return activity_of(found.kind).outcome(self.state, found, run)

    # -- watching ------------------------------------------------------------------------------------------------

    def watch(self) -> None:
        """Begin to watch, as all readers, in both forms, and as everybody for themselves."""
        self.ledger.take_pending()
        for reader in READERS:
            self._watch(reader, "html", Browser(), Browser())
            self._watch(reader, "json", View(), View())
        for person in self.state.people:
            self.owns[person] = self.own(person)

    def listen(self) -> dict[str, str]:
        """Keep from now on all that is sent, by who is sent it."""
        heard: dict[str, str] = defaultdict(str)

        def hear(to: str, text: str) -> None:
            heard[to] += text

        self.heard = hear
        return heard

    def _watch(
        self, reader: str, form: Literal["html", "json"], steady: Browser | View, resuming: Browser | View
    ) -> None:
        watch = Watch(Audience(self.ledger, reader, "en-gb", form), steady, resuming)
        for client in (steady, resuming):
            client.replace(watch.snapshot())
        self.watches[reader, form] = watch

    def flush(self, *, resume: bool = False) -> Dirty:
        """Send what changed, as a room does."""
        dirty = self.ledger.take_pending()
        for (reader, _form), watch in self.watches.items():
            text = watch.audience.frame(dirty)
            if text is not None:
                self.heard(reader, text)
                watch.frame(text)
            if resume and (caught := watch.resume()) is not None:
                self.heard(reader, caught)
        for person in self.state.people:
            if dirty.everybody or person in dirty.people:
                self.owns[person] = self.own(person)
                self.heard(person, self.owns[person])
        return dirty

    def own(self, person: str) -> str:
        """Give what only this person gets, as text."""
        own = self.ledger.kind.own(self.state, person, self.reader_of(person))
        return wire.encode({"own": own.data, "html": "".join(own_fragments(own).values())})

    def reader_of(self, person: str) -> str:
        return FACILITATOR if self.state.people[person].role == FACILITATOR else PARTICIPANT

    def check(self) -> None:
        """Live equals reload, for every audience, form and person. Call after a flush."""
        for (reader, form), watch in self.watches.items():
            audience = Audience(self.ledger, reader, "en-gb", watch.audience.form)
            fresh, kept = dict(orjson.loads(audience.snapshot() + "}")), watch.snapshot()
            self.heard(reader, wire.encode(fresh))
            clients = [watch.steady]
            if watch.resuming.seq >= watch.audience.seq:  # else it hasn't come back yet
                clients.append(watch.resuming)
            if form == "html":
                assert (kept["html"], kept["order"]) == (fresh["html"], fresh["order"]), reader
                shown = _shown(fresh["html"], orjson.dumps(fresh["order"]))
                for client in clients:
                    assert client.shows() == shown, f"{reader}: differs from a fresh page"  # type: ignore[union-attr]
            else:
                for view in (*clients, _view(kept)):
                    assert isinstance(view, View)
                    self._same_items(view, _view(fresh), f"{reader} json", reader)
        for person, own in self.owns.items():
            assert own == self.own(person), f"{person} was sent something else than a fresh page gives"

    def _same_items(self, live: View, fresh: View, where: str, reader: str) -> None:
        filled = {name: keys for name, keys in live.lists.items() if keys or name in fresh.lists}
        assert filled == fresh.lists, where
        parts = {key for key in live.items if "." in key}
        for key in parts:
            fragment = self.ledger.kind.show(self.state, key, reader)
            assert fragment is not None, f"{where}: {key} stands there but may not be seen"
            assert live.items[key] == wire.plain(fragment.context), f"{where}: {key}"
        assert set(live.items) - parts == set(fresh.items), where
        apart = {key.split(".")[0] for key in parts}
        for key in set(fresh.items) - apart:  # a card whose parts came on their own is told by its parts
            assert live.items[key] == fresh.items[key], f"{where}: {key}"


@lru_cache(maxsize=64)
def _shown(html: str, order: bytes) -> Any:
    """Give what a fresh page shows: the same for the same text, however often it is asked."""
    page = Browser()
    page.replace({"html": html, "order": orjson.loads(order), "seq": 0})
    return page.shows()


def _view(snapshot: dict[str, Any]) -> View:
    view = View()
    view.replace(snapshot)
    return view


def classic(driver: Driver, **settings: dict[str, Any]) -> tuple[str, str, str]:
    """People, and the usual agenda: brainstorm, grouping, vote on ideas. Give the steps' ids."""
    driver.join("p-fay", "p-gus", role="facilitator")
    driver.join("p-ann", "p-ben", "p-cat")
    return (
        driver.step("brainstorm", settings=settings.get("brainstorm", {})),
        driver.step("cluster", settings=settings.get("cluster", {})),
        driver.step("dot_vote", settings=settings.get("dot_vote", {})),
    )


def started(**settings: dict[str, Any]) -> tuple[Driver, str, str, str]:
    """Make the usual agenda and open its brainstorm; give the driver and the three steps."""
    driver = Driver()
    steps = classic(driver, **settings)
    driver.do("p-fay", "step.open", activity=steps[0])
    return driver, *steps
