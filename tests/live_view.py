"""A small browser: applies messages as `docs/protocol.md`, section 3, says, and shows what then stands on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(eq=False)
class Node:
    """One element. Text stands among the children as strings."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    parent: Node | None = None

    @property
    def id(self) -> str:
        return self.attrs.get("id", "")

    def add(self, child: Node | str) -> None:
        if isinstance(child, Node):
            child.leave()
            child.parent = self
        self.children.append(child)

    def copy(self) -> Node:
        """Give the same once more, standing nowhere. Attributes never change, so both have the same."""
        new = Node(self.tag, self.attrs)
        for child in self.children:
            one = child.copy() if isinstance(child, Node) else child
            if isinstance(one, Node):
                one.parent = new
            new.children.append(one)
        return new

    def leave(self) -> None:
        if self.parent is not None:
            self.parent.children.remove(self)
            self.parent = None

    def replace_by(self, other: Node) -> None:
        assert self.parent is not None
        place = self.parent.children.index(self)
        self.parent.children[place] = other
        other.parent, self.parent = self.parent, None

    def elements(self) -> list[Node]:
        return [child for child in self.children if isinstance(child, Node)]

    def walk(self) -> Iterator[Node]:
        """Give this and all below, as they stand on the page. Change nothing meanwhile."""
        ahead = [self]
        while ahead:
            node = ahead.pop()
            yield node
            ahead += [child for child in reversed(node.children) if isinstance(child, Node)]

    def find(self, id_: str) -> Node | None:
        return next((node for node in self.walk() if node.attrs.get("id") == id_), None)

    def text(self) -> str:
        words = (child.text() if isinstance(child, Node) else child for child in self.children)
        return " ".join(" ".join(words).split())


def parse(html: str) -> list[Node]:
    """Give the top-level elements; fails on markup that isn't well nested."""
    return [node.copy() for node in _parsed(html)]


@lru_cache(maxsize=128)
def _parsed(html: str) -> list[Node]:
    """Read markup, once for the same text: several pages are sent it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.at is reader.root, f"<{reader.at.tag}> isn't closed in {html[:200]}"
    return reader.root.elements()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("root")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.at.add(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.add(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.add(data)


def plain(node: Node) -> Any:
    """Give what an element shows, to compare: without white space, and without what only one person sees."""
    if "data-own-slot" in node.attrs:
        return (node.tag, node.attrs["data-own-slot"])
    inside: list[Any] = []
    for child in node.children:
        if isinstance(child, Node):
            inside.append(plain(child))
        elif words := " ".join(child.split()):
            inside.append(words)
    return (node.tag, tuple(sorted(node.attrs.items())), tuple(inside))


class Browser:
    """A page that lives by frames."""

    def __init__(self) -> None:
        self.root = Node("main")
        self.seq = -1
        self.resets = 0

    def replace(self, snapshot: dict[str, Any]) -> None:
        """Take a snapshot in place of everything. Its HTML already is in its order."""
        self.root = Node("main")
        for element in parse(snapshot["html"]):
            self.root.add(element)
        for one in self.root.walk():
            if "data-list" in one.attrs and one.id in snapshot["order"]:
                inside = [child for child in one.children if isinstance(child, Node) or child.strip()]
                told = [child.id if isinstance(child, Node) else child for child in inside]
                assert told == snapshot["order"][one.id], (
                    "the HTML isn't in the order that the snapshot gives"
                )
        self.seq = snapshot["seq"]

    def take(self, message: dict[str, Any]) -> bool:
        """Apply a frame by the rules of numbers. False means a gap, or a reset: fetch."""
        if "reset" in message:
            self.resets += 1
            return False
        if message["seq"] <= self.seq:
            return True
        if message["from"] > self.seq:
            return False
        self.apply(message)
        self.seq = message["seq"]
        return True

    def apply(self, frame: dict[str, Any]) -> None:
        """Apply a frame whatever its number."""
        loose: dict[str, Node] = {}
        for new in parse(frame.get("html", "")):
            assert new.id, "a top-level element of a frame has no id"
            old = self.root.find(new.id)
            if old is None:
                loose[new.id] = new
            else:
                _carry(old, new)
                old.replace_by(new)
                for taken in [node for node in old.walk() if "data-list" in node.attrs]:
                    loose |= {child.id: child for child in taken.elements()}
        self._order(frame.get("order", {}), loose)
        for id_ in frame.get("gone", []):
            gone = self.root.find(id_)
            if gone is not None:
                gone.leave()
        ids = [node.id for node in self.root.walk() if node.id]
        assert len(ids) == len(set(ids)), f"an id stands twice: {sorted(i for i in ids if ids.count(i) > 1)}"

    def _order(self, order: dict[str, list[str]], loose: dict[str, Node]) -> None:
        left = dict(order)
        while left:
            ready = [name for name in left if self._list(name, loose) is not None]
            if not ready:
                break  # a list of a card that isn't on this page
            for name in ready:
                self._set(self._list(name, loose), left.pop(name), loose)

    def _list(self, name: str, loose: dict[str, Node]) -> Node | None:
        for tree in (self.root, *loose.values()):
            found = tree.find(name)
            if found is not None and "data-list" in found.attrs:
                return found
        return None

    def _set(self, target: Node | None, ids: list[str], loose: dict[str, Node]) -> None:
        assert target is not None
        children = []
        for id_ in ids:
            child = self.root.find(id_) or loose.get(id_)
            if child is None:
                child = next((found for tree in loose.values() if (found := tree.find(id_))), None)
            assert child is not None, f"the order of {target.id} names {id_}, which was never sent"
            children.append(child)
        for child in target.elements():
            if child not in children:
                child.leave()
                loose[child.id] = child
        for child in children:
            child.leave()
            loose.pop(child.id, None)
        target.children = []
        for child in children:
            target.add(child)

    def shows(self) -> Any:
        return [plain(child) for child in self.root.elements()]

    def text(self) -> str:
        return self.root.text()


def _carry(old: Node, new: Node) -> None:
    """Move the children of every list inside the old element into the new one's list of the same id."""
    for attribute, name in (("data-list", "id"), ("data-own-slot", "data-own-slot")):
        slots = {node.attrs.get(name): node for node in new.walk() if attribute in node.attrs}
        for node in list(old.walk()):
            if attribute in node.attrs and (slot := slots.get(node.attrs.get(name))) is not None:
                slot.children = []
                for child in node.elements():
                    slot.add(child)
