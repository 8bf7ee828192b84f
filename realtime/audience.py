"""What one kind of reader sees in one language: rendered once, sent to all of them.

An audience remembers the fragments it has shown, so that only what really changed for these readers makes a frame.
What they may not see makes neither a frame nor a gap in their numbers. A frame costs what it holds: nothing is looked
at again that isn't dirty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from django.utils import translation
from django.utils.safestring import mark_safe

from realtime import wire
from realtime.drawing import drawn, filled, own_fragments, with_part
from realtime.kinds import Dirty, Own
from realtime.templatetags.live import with_own

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from django.utils.safestring import SafeString

    from realtime.ledger import Ledger

type Form = Literal["html", "json"]

_NOTHING = object()
_MOST_RESUMES = 32


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
        self.used_at = 0.0
        self._cards: dict[str, None] = {}
        self._parts: dict[str, set[str]] = {}
        self._outdated: set[str] = set()
        self._mended: dict[str, str] = {}
        self._born = ledger.seq
        self._sent_keys: dict[str, int] = {}
        self._sent_lists: dict[str, int] = {}
        self._sent_whole = 0
        self._snapshot: str | None = None
        self._resumes: dict[int, str] = {}
        with translation.override(language):
            self._see_everything()

    @property
    def epoch(self) -> str:
        """The log's epoch, and the place of these readers: numbers of one place mean nothing at another."""
        place = self.reader.partition("/")[2]
        return f"{self.ledger.epoch}.{place}" if place else self.ledger.epoch

    # -- frames --------------------------------------------------------------------------------------------------

    def frame(self, dirty: Dirty) -> str | None:
        """Make the frame for what became dirty, or None if these readers see no difference."""
        heard = (None, self.reader, self.reader.partition("/")[0])
        with translation.override(self.language):
            changed, message = self._changes(dirty)
            say = [str(sentence) for reader, sentence in dirty.say if reader in heard]
        if not message and not say:
            return None
        before, self.seq = self.seq, self.ledger.seq
        self._note(keys=changed, lists=message.get("order", ()), whole=dirty.whole)
        if say:
            message["say"] = say
        return wire.encode({"from": before, "seq": self.seq, **message})

    def since(self, seq: int) -> str | None:
        """Make one frame of what these readers were sent after `seq`, or None if that was nothing.

        Only what really was in their frames counts: that a hidden thing changed must not show in a resume either.
        Before the first of these frames nothing is known, so everything is sent. All of it is as they were shown it
        last, so that a frame still to come finds its differences.
        """
        if seq >= self.seq:
            return None
        text = self._resumes.get(seq)
        if text is None:
            text = self._resume_from(seq)
            if len(self._resumes) < _MOST_RESUMES:
                self._resumes[seq] = text
        return text

    def _resume_from(self, seq: int) -> str:
        if seq < max(self._born, self._sent_whole):
            return self._resume(0, set(self.shown), self.orders, {"whole": True})
        keys = {key for key, at in self._sent_keys.items() if at > seq and key in self.shown}
        names = {name for name, at in self._sent_lists.items() if at > seq}
        return self._resume(seq, keys, {name: self.orders.get(name, []) for name in sorted(names)}, {})

    def _resume(self, seq: int, keys: set[str], order: dict[str, list[str]], more: dict[str, Any]) -> str:
        parts = self._told(self._outermost(keys))
        order = self._known_lists(order)
        return wire.encode({"from": seq, "seq": self.seq, **self._message(parts), "order": order, **more})

    def _note(self, *, keys: Iterable[str], lists: Iterable[str], whole: bool) -> None:
        """Remember what a frame held, for those who miss it."""
        self._snapshot = None
        self._resumes.clear()
        self._sent_keys.update(dict.fromkeys(keys, self.seq))
        self._sent_lists.update(dict.fromkeys(lists, self.seq))
        if whole:
            self._sent_whole = self.seq

    def _changes(self, dirty: Dirty) -> tuple[list[str], dict[str, Any]]:
        """Look at what is dirty; give the keys that differ, outermost first, and the message that says so."""
        orders = self.orders
        if dirty.whole:
            before = self.shown
            self._see_everything()
            looked: Iterable[str] = before.keys() | self.shown.keys()
        else:
            before = self._see_again(dirty)
            looked = before
        changed = self._outermost(
            [key for key in looked if key in self.shown and self.shown[key] != before.get(key, _NOTHING)]
        )
        message = self._message({key: self.shown[key] for key in changed}) if changed else {}
        if self.orders is not orders:
            names = dict.fromkeys([*orders, *self.orders])
            order = {name: self.orders.get(name, []) for name in names}
            order = {name: keys for name, keys in order.items() if keys != orders.get(name)}
            if order := self._known_lists(order):
                message["order"] = order
        gone = sorted(
            key
            for key in looked
            if key not in self.shown
            and key not in self._cards
            and "." not in key
            and before.get(key, _NOTHING) is not _NOTHING
        )
        if gone:
            message["gone"] = gone
        return changed, message

    def _known_lists(self, order: dict[str, list[str]]) -> dict[str, list[str]]:
        """Leave out lists that are no more: in HTML they went with their card, in JSON they are told as empty."""
        return order if self.form == "json" else {name: order[name] for name in order if name in self.orders}

    def _message(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        if self.form == "json":
            return {"items": dict(parts)}
        return {"html": "".join(parts.values())}

    @staticmethod
    def _outermost(keys: Iterable[str]) -> list[str]:
        """Leave out parts whose card is in the same frame anyway. Sorted, so that frames are the same everywhere."""
        chosen = set(keys)
        return sorted(key for key in chosen if not any(part in chosen for part in _within(key)))

    # -- what is shown -------------------------------------------------------------------------------------------

    def _see_lists(self) -> None:
        """Look at the lists again, and with them at which cards there are."""
        kind, state = self.ledger.kind, self.ledger.state
        self.orders = kind.lists(state, self.reader)
        self._cards = dict.fromkeys(kind.roots(state, self.reader))
        for keys in self.orders.values():
            self._cards.update(dict.fromkeys(keys))

    def _see_everything(self) -> None:
        before, self.shown = self.shown, {}
        self._see_lists()
        self._parts, self._outdated, self._mended = {}, set(), {}
        self._show({**self._cards, **{key: None for key in before if _card(key) in self._cards}})
        self._outdated.clear()  # each card was drawn with its parts

    def _see_again(self, dirty: Dirty) -> dict[str, Any]:
        """Draw what is dirty, with the parts known of it, and what is new in a list; give what was shown before."""
        before: dict[str, Any] = dict.fromkeys(dirty.keys, _NOTHING)
        looked = dirty.keys
        if dirty.lists:
            cards = self._cards
            self._see_lists()
            for card in cards.keys() - self._cards.keys():
                for key in (card, *self._parts.pop(card, ())):
                    before[key] = self._forget(key)
            looked = looked | {key for key in self._cards if key not in self.shown}
        again = {key for key in looked if _card(key) in self._cards}
        for key in list(again):
            again.update(part for part in self._parts.get(_card(key), ()) if part.startswith(f"{key}."))
        before |= {key: self.shown.get(key, _NOTHING) for key in again}
        self._show(again)
        return before

    def _forget(self, key: str) -> Any:
        self._outdated.discard(key)
        self._mended.pop(key, None)
        return self.shown.pop(key, _NOTHING)

    def _show(self, keys: Collection[str]) -> None:
        """Draw these keys again. Cards that a part lies in are only noted as out of date."""
        for key in keys:
            value = self._draw(key)
            self._outdated.discard(key)
            self._mended.pop(key, None)
            if value is None:
                self.shown.pop(key, None)
            else:
                self.shown[key] = value
            if "." in key:
                (self._parts.setdefault(_card(key), set()).add if value is not None else self._lose_part)(key)
        for key in keys:
            for card in _within(key):
                self._mended.pop(card, None)
                if card not in keys:
                    self._outdated.add(card)

    def _lose_part(self, key: str) -> None:
        self._parts.get(_card(key), set()).discard(key)

    def _draw(self, key: str) -> Any:
        fragment = self.ledger.kind.show(self.ledger.state, key, self.reader)
        if fragment is None:
            return None
        return wire.plain(fragment.context) if self.form == "json" else drawn(key, fragment, self.language)

    def _told(self, keys: Iterable[str]) -> dict[str, Any]:
        """Give cards for a newcomer as they were shown last, so that a frame still to come finds its differences.

        Where parts were drawn since, they are put into their card; for programs they follow it.
        """
        told: dict[str, Any] = {}
        for key in keys:
            if key not in self._outdated:
                told[key] = self.shown[key]
            elif self.form == "html":
                told[key] = self._mend(key)
            else:
                told[key] = self.shown[key]
                told |= {part: self.shown[part] for part in self._parts_within(key)}
        return told

    def _mend(self, card: str) -> str:
        text = self._mended.get(card)
        if text is None:
            text = str(self.shown[card])
            for part in self._parts_within(card):
                text = with_part(text, part, self.shown[part])
            self._mended[card] = text
        return text

    def _parts_within(self, card: str) -> list[str]:
        parts = [part for part in self._parts.get(_card(card), ()) if part.startswith(f"{card}.")]
        return sorted(parts, key=lambda part: (part.count("."), part))

    # -- the whole -----------------------------------------------------------------------------------------------

    def snapshot(self) -> str:
        """Make the snapshot's shared part as JSON text without its closing brace, once between two frames."""
        if self._snapshot is None:
            message: dict[str, Any] = {
                "full": True,
                "epoch": self.epoch,
                "seq": self.seq,
                "order": self.orders,
            }
            if self.form == "json":
                message["items"] = self._told(self._outermost(self.shown))
            else:
                message["html"] = self.page()
            self._snapshot = wire.encode(message)[:-1]
        return self._snapshot

    def page(self, own: Own | None = None) -> SafeString:
        """Put together the whole view as HTML. With `own`, that person's values are in it, for pages without script."""
        lists: dict[str, str] = {}
        # Inner lists first: a list in a card must be filled before the card is put into an outer list.
        for name in sorted(self.orders, key=lambda name: -_depth(name, self.orders)):
            lists[name] = self._together(self.orders[name], lists)
        html = self._together(self.ledger.kind.roots(self.ledger.state, self.reader), lists)
        if own is not None:
            with translation.override(self.language):
                html = with_own(html, own.data, own_fragments(own))
        return mark_safe(html)  # noqa: S308 (made of drawn, escaped fragments)

    def _together(self, keys: Iterable[str], lists: Mapping[str, str]) -> str:
        texts = self._told(key for key in keys if key in self.shown)
        return "".join([filled(text, lists) for text in texts.values()])


def _card(key: str) -> str:
    """Give the card that a part lies in, or the card itself."""
    return key.partition(".")[0]


def _within(key: str) -> list[str]:
    """Give the cards around a part: "a.b.c" lies within "a.b" and "a"."""
    if "." not in key:
        return []
    parts = key.split(".")
    return [".".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]


def _depth(name: str, orders: Mapping[str, list[str]]) -> int:
    """Say how deep a list lies: one named after a card in another list lies below that one."""
    card = name.rpartition(".")[0]
    for outer, keys in orders.items():
        if card and card in keys:
            return 1 + _depth(outer, orders)
    return 0
