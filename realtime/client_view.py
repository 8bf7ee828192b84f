"""What a client knows of a room: the rules of `docs/protocol.md`, section 3, without any network."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Literal

type Outcome = Literal["applied", "nothing", "gap"]


@dataclass(slots=True)
class View:
    """A room as one reader sees it. `items` holds contexts (format=json) or markup (html) by id."""

    seq: int = -1
    epoch: str = ""
    whole: bool = False
    items: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    own_items: dict[str, Any] = field(default_factory=dict)
    now: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def take(self, message: dict[str, Any]) -> Outcome:
        """Apply one message. A "gap" means: fetch what is missing, then take it again."""
        if "from" in message:
            return self._frame(message)
        if "own" in message:
            self.own = message["own"]
            self.own_items = _items_of(message)
        elif "now" in message:
            self.now = message["now"]
        elif "notice" in message:
            self.notices.append(message["notice"])
        elif message.get("seq", -1) > self.seq:
            return "gap"
        else:
            return "nothing"
        return "applied"

    def forget(self) -> None:
        """Count from nothing: the room's log is another one now. What is shown stays until its whole view comes."""
        self.seq, self.whole = -1, False

    def replace(self, snapshot: dict[str, Any]) -> None:
        """Take a snapshot in place of everything. Over a socket what is one's own, and who is here, come behind it."""
        self.seq, self.epoch, self.whole = snapshot["seq"], snapshot["epoch"], True
        self.items = _items_of(snapshot)
        self.lists = {name: list(ids) for name, ids in snapshot.get("order", {}).items()}
        if "own" in snapshot:
            self.own = snapshot["own"]
            self.own_items = snapshot.get("own_items") or fragments(snapshot.get("own_html", ""))
            self.now = snapshot.get("now", {})

    def _frame(self, frame: dict[str, Any]) -> Outcome:
        if frame["seq"] <= self.seq:
            return "nothing"
        if frame["from"] > self.seq:
            return "gap"
        came = _items_of(frame)
        if frame.get("whole"):
            self.items, self.lists = {}, {}
        for one in came:
            self._forget_parts(one)
        self.items.update(came)
        left = {one for name in frame.get("order", {}) for one in self.lists.get(name, [])}
        for name, ids in frame.get("order", {}).items():
            self.lists[name] = list(ids)
        shown = {one for ids in self.lists.values() for one in ids}
        for one in (left - shown) | set(frame.get("gone", [])):
            self.items.pop(one, None)
            self._forget_parts(one)
        for ids in self.lists.values():
            ids[:] = [one for one in ids if one not in frame.get("gone", [])]
        self.said += frame.get("say", [])
        self.seq = frame["seq"]
        return "applied"

    def _forget_parts(self, card: str) -> None:
        """Forget the parts ("card.part") of a card that came anew, with its parts in it, or went."""
        for one in [one for one in self.items if one.startswith(f"{card}.")]:
            del self.items[one]


def _items_of(message: dict[str, Any]) -> dict[str, Any]:
    if "items" in message:
        return dict(message["items"])
    return fragments(message.get("html", ""))


def fragments(html: str) -> dict[str, str]:
    """Cut markup into its top-level elements, by id."""
    cutter = _Cutter(html)
    cutter.feed(html)
    cutter.close()
    return cutter.found


class _Cutter(HTMLParser):
    VOID = frozenset(
        [
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "param",
            "source",
            "track",
            "wbr",
        ],
    )

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self._lines = [0]
        for line in html.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._html, self._depth, self._id, self._start = html, 0, "", 0

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._depth == 0:
            self._id, self._start = dict(attrs).get("id") or "", self._at()
        if tag not in self.VOID:
            self._depth += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that is closed where it begins (in SVG): no depth."""

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID or self._depth == 0:
            return
        self._depth -= 1
        if self._depth == 0 and self._id:
            end = self._html.index(">", self._at()) + 1
            self.found[self._id] = self._html[self._start : end]
