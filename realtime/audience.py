"""What one kind of reader sees in one language: rendered once, sent to all of them.

An audience remembers the fragments it has shown, so that only what really changed for these readers makes a frame.
What they may not see makes neither a frame nor a gap in their numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from realtime import wire
from realtime.kinds import Dirty, Fragment, Own

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from realtime.ledger import Ledger

type Form = Literal["html", "json"]


def render(key: str, fragment: Fragment, **more: Any) -> SafeString:
    """Render one fragment. `key` is the id that its root element must have."""
    return render_to_string(fragment.template, {"key": key, **fragment.context, **more})


class Audience:
    """All readers of one kind, language and form in one room."""

    def __init__(self, ledger: Ledger, reader: str, language: str, form: Form) -> None:
        self.ledger = ledger
        self.reader = reader
        self.language = language
        self.form = form
        self.seq = ledger.seq
        self.shown: dict[str, Any] = {}
        self.orders: dict[str, list[str]] = {}
        self._outdated: set[str] = set()
        self.used_at = 0.0
        self._born = ledger.seq
        self._sent_keys: dict[str, int] = {}
        self._sent_lists: dict[str, int] = {}
        self._sent_whole = 0
        self._in_frame: set[str] = set()
        self._everything_text: str | None = None
        with translation.override(language):
            self._see_everything()
        self._snapshot: tuple[int, str, str] | None = None

    # -- frames --------------------------------------------------------------------------------------------------

    def frame(self, dirty: Dirty) -> str | None:
        """Make the frame for what became dirty, or None if these readers see no difference."""
        with translation.override(self.language):
            message = self._changes(dirty)
            say = [str(sentence) for reader, sentence in dirty.say if reader in (None, self.reader)]
        if not message and not say:
            return None
        self._snapshot = None
        before, self.seq = self.seq, self.ledger.seq
        self._note(keys=self._in_frame, lists=message.get("order", ()), whole=dirty.whole)
        if say:
            message["say"] = say
        return self._bounded({"from": before, "seq": self.seq, **message})

    def since(self, seq: int) -> str | None:
        """Make one frame of what these readers were sent after `seq`, or None if that was nothing.

        Only what really was in their frames counts: that a hidden thing changed must not show in a resume either.
        Before the first of these frames nothing is known, so everything is sent. All of it is as they were shown it
        last, so that a frame still to come finds its differences.
        """
        if seq >= self.seq:
            return None
        whole = seq < max(self._born, self._sent_whole)
        if whole:
            if self._everything_text is None:
                self._everything_text = self._resume(0, set(self.shown), self.orders, {"whole": True})
            return self._everything_text
        keys = {key for key, at in self._sent_keys.items() if at > seq and key in self.shown}
        names = {name for name, at in self._sent_lists.items() if at > seq}
        return self._resume(seq, keys, {name: self.orders.get(name, []) for name in sorted(names)}, {})

    def _resume(self, seq: int, keys: set[str], order: dict[str, list[str]], more: dict[str, Any]) -> str:
        with translation.override(self.language):
            parts = self._parts({key: self._as_shown(key) for key in self._outermost(keys)})
        order = self._known_lists(order)
        return self._bounded({"from": seq, "seq": self.seq, **parts, "order": order, **more})

    def _note(self, *, keys: Iterable[str], lists: Iterable[str], whole: bool) -> None:
        """Remember what a frame held, for those who miss it."""
        self._everything_text = None
        self._sent_keys.update(dict.fromkeys(keys, self.seq))
        self._sent_lists.update(dict.fromkeys(lists, self.seq))
        if whole:
            self._sent_whole = self.seq

    def _bounded(self, message: Mapping[str, Any]) -> str:
        text = wire.encode(message)
        return text if wire.size(text) <= wire.MOST_BYTES_OUT else wire.encode({"reset": self.seq})

    def _changes(self, dirty: Dirty) -> dict[str, Any]:
        before, orders_before = dict(self.shown), self.orders
        if dirty.whole:
            self._see_everything()
            candidates = set(self.shown) | set(before)
        else:
            candidates = self._see_again(dirty.keys)
        parts = {
            key: self.shown[key]
            for key in self._outermost(
                key for key in candidates if key in self.shown and self.shown[key] != before.get(key)
            )
        }
        order: dict[str, list[str]] = {name: [] for name in orders_before} | self.orders
        order = {name: keys for name, keys in order.items() if keys != orders_before.get(name)}
        listed = {key for keys in self.orders.values() for key in keys}
        gone = sorted(
            key
            for key in candidates
            if key in before and key not in self.shown and "." not in key and key not in listed
        )
        self._in_frame = set(parts)
        message: dict[str, Any] = self._parts(parts) if parts else {}
        if order := self._known_lists(order):
            message["order"] = order
        if gone:
            message["gone"] = gone
        return message

    def _known_lists(self, order: dict[str, list[str]]) -> dict[str, list[str]]:
        """Leave out lists that are no more: in HTML they went with their card, in JSON they are told as empty."""
        return order if self.form == "json" else {name: order[name] for name in order if name in self.orders}

    def _parts(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        if self.form == "json":
            return {"items": dict(parts)}
        return {"html": "".join(parts.values())}

    @staticmethod
    def _outermost(keys: Iterable[str]) -> list[str]:
        """Leave out parts whose card is in the same frame anyway. Sorted, so that frames are the same everywhere."""
        chosen = set(keys)
        return sorted(key for key in chosen if not any(part in chosen for part in _within(key)))

    # -- what is shown -------------------------------------------------------------------------------------------

    def _everything(self) -> dict[str, None]:
        """Give the keys of all cards that these readers see, but not of parts of cards."""
        listed = [key for keys in self.orders.values() for key in keys]
        return dict.fromkeys([*self.ledger.kind.roots(self.ledger.state, self.reader), *listed])

    def _see_everything(self) -> None:
        self.orders = self.ledger.kind.lists(self.ledger.state, self.reader)
        everything = self._everything()
        self._forget_all_but(everything)
        self._show({**everything, **dict.fromkeys(self.shown)})

    def _see_again(self, dirty: Iterable[str]) -> set[str]:
        """Draw what is dirty, with the parts known of it, and what is new in a list; give the keys looked at."""
        self.orders = self.ledger.kind.lists(self.ledger.state, self.reader)
        everything = self._everything()
        self._forget_all_but(everything)
        drawn = {key for key in dirty if _card(key) in everything}
        drawn |= {key for key in everything if key not in self.shown}
        drawn |= {key for key in self.shown if any(card in drawn for card in _within(key))}
        self._show(drawn)
        return drawn | set(dirty)

    def _forget_all_but(self, everything: Mapping[str, None]) -> None:
        self.shown = {key: value for key, value in self.shown.items() if _card(key) in everything}

    def _show(self, keys: Iterable[str]) -> None:
        """Render these keys again. Cards that a rendered part lies in are only noted as out of date."""
        again = dict.fromkeys(keys)
        for key in again:
            value = self._draw(key)
            if value is None:
                self.shown.pop(key, None)
            else:
                self.shown[key] = value
            self._outdated.discard(key)
        for key in again:
            self._outdated.update(card for card in _within(key) if card not in again)

    def _draw(self, key: str) -> Any:
        fragment = self.ledger.kind.show(self.ledger.state, key, self.reader)
        if fragment is None:
            return None
        return wire.plain(fragment.context) if self.form == "json" else render(key, fragment)

    def _as_shown(self, key: str) -> Any:
        """Give a fragment for a newcomer. Not stored: a frame still to come must find its differences."""
        return self._draw(key) if key in self._outdated else self.shown[key]

    # -- the whole -----------------------------------------------------------------------------------------------

    def snapshot(self) -> str:
        """Make the snapshot's shared part as JSON text without its closing brace, once per revision."""
        if self._snapshot is None or self._snapshot[:2] != (self.ledger.seq, self.ledger.epoch):
            message: dict[str, Any] = {
                "full": True,
                "epoch": self.ledger.epoch,
                "seq": self.seq,
                "order": self.orders,
            }
            if self.form == "json":
                message["items"] = {key: self._as_shown(key) for key in self._outermost(self.shown)}
            else:
                message["html"] = self.page()
            self._snapshot = (self.ledger.seq, self.ledger.epoch, wire.encode(message)[:-1])
        return self._snapshot[2]

    def page(self, own: Own | None = None) -> SafeString:
        """Assemble the whole view as HTML. With `own`, that person's values are drawn in, for pages without script."""
        kind, state = self.ledger.kind, self.ledger.state
        with translation.override(self.language):
            filled: dict[str, SafeString] = {}
            more: dict[str, Any] = {"live_lists": filled}
            if own is not None:
                more |= {"own": own.data, "own_html": own_fragments(own)}
            # Inner lists first: a list in a card must be filled before the card is drawn into an outer list.
            roots = kind.roots(state, self.reader)
            for name in sorted(self.orders, key=lambda name: -_depth(name, self.orders)):
                filled[name] = self._assemble(self.orders[name], more)
            return self._assemble(roots, more)

    def _assemble(self, keys: Iterable[str], more: Mapping[str, Any]) -> SafeString:
        kind, state = self.ledger.kind, self.ledger.state
        drawn = []
        for key in keys:
            ready = None if key in self._outdated else self.shown.get(key)
            if isinstance(ready, str) and "own" not in more and "data-list" not in ready:
                drawn.append(ready)
                continue
            fragment = kind.show(state, key, self.reader)
            if fragment is not None:
                drawn.append(render(key, fragment, **more))
        return mark_safe("".join(drawn))  # noqa: S308 (made of rendered, escaped templates)


def own_fragments(own: Own) -> dict[str, SafeString]:
    """Render what only one person sees, by key."""
    return {key: render(key, fragment, own=own.data) for key, fragment in own.fragments.items()}


def _card(key: str) -> str:
    """Give the card that a part lies in, or the card itself."""
    return key.partition(".")[0]


def _within(key: str) -> list[str]:
    """Give the cards around a part: "a.b.c" lies within "a.b" and "a"."""
    parts = key.split(".")
    return [".".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]


def _depth(name: str, orders: Mapping[str, list[str]]) -> int:
    """Say how deep a list lies: one named after a card in another list lies below that one."""
    card = name.rpartition(".")[0]
    for outer, keys in orders.items():
        if card in keys:
            return 1 + _depth(outer, orders)
    return 0
