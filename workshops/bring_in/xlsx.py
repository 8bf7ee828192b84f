"""Reading Excel's files safely: the words that stand in cells, and nothing else.

A small reader of our own instead of a library. An uploaded file is a stranger's ZIP with XML in it, so what is
unpacked is counted while it is unpacked, XML with entities is refused, formulas are never looked at (only the value
that Excel kept beside them), and a sheet is as large as the cells that are really in it, whatever it says itself.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING, Any
from xml.parsers import expat  # entities are refused, and what is read is counted

from django.utils.translation import gettext_lazy as _

from workshops.bring_in.sheet import (
    MOST_COLUMNS,
    MOST_LETTERS,
    MOST_SHEETS,
    Room,
    Sheet,
    Unreadable,
    tidy,
    too_much,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_UNPACKED = 30_000_000
"""All parts together. A sheet of 2,000 rows is far below; a bomb is far above."""
MOST_STRINGS = 100_000
_CHUNK = 65_536
_NOT_EXCEL = _("This is not an Excel file that can be read here. Save it as .xlsx or as CSV, and try again.")
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read(data: bytes) -> list[Sheet]:
    """Give the sheets that somebody sees on opening the file. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return _Book(parts).sheets()
    except (
        zipfile.BadZipFile,
        expat.ExpatError,
        zlib.error,
        EOFError,
        KeyError,
        ValueError,
        NotImplementedError,
    ):
        raise Unreadable(_NOT_EXCEL) from None
    except RuntimeError:  # zipfile's way of asking for a password
        raise Unreadable(
            _("This file is locked with a password. Save it without one, and try again.")
        ) from None


class _Book:
    """One file while it is read."""

    def __init__(self, parts: zipfile.ZipFile) -> None:
        self.parts = parts
        self.left = MOST_UNPACKED
        self.room = Room()

    def sheets(self) -> list[Sheet]:
        """Read the workbook, what its cells share, and its sheets."""
        main = next(
            (
                target
                for kind, target in self._targets("_rels/.rels", "").values()
                if kind.endswith("/officeDocument")
            ),
            "xl/workbook.xml",
        )
        folder, name = posixpath.split(main)
        targets = self._targets(f"{folder}/_rels/{name}.rels", folder)
        strings = next((target for kind, target in targets.values() if kind.endswith("/sharedStrings")), "")
        shared = self._strings(strings) if strings else []
        found = []
        for title, key in self._names(main)[:MOST_SHEETS]:
            if key in targets and targets[key][0].endswith("/worksheet"):
                found.append(_Rows(shared, self.room).read(title, self._parse, targets[key][1]))
        return [sheet for sheet in found if sheet.rows]

    def _targets(self, part: str, folder: str) -> dict[str, tuple[str, str]]:
        """Give what a part points to, as id: (kind, path)."""
        targets: dict[str, tuple[str, str]] = {}

        def start(name: str, about: dict[str, str]) -> None:
            if name == "Relationship" and about.get("TargetMode") != "External":
                target = about["Target"]
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                targets[about["Id"]] = (about["Type"], posixpath.normpath(path))

        self._parse(part, start=start)
        return targets

    def _names(self, part: str) -> list[tuple[str, str]]:
        names: list[tuple[str, str]] = []

        def start(name: str, about: dict[str, str]) -> None:
            if name == "sheet" and about.get("state", "visible") == "visible":
                names.append((about["name"], about["id"]))

        self._parse(part, start=start)
        return names

    def _strings(self, part: str) -> list[str]:
        found: list[str] = []
        now: list[str] = []
        inside: list[str] = []
        letters = 0

        def start(name: str, _about: dict[str, str]) -> None:
            inside.append(name)

        def end(name: str) -> None:
            nonlocal letters
            inside.pop()
            if name == "si":
                text = "".join(now)
                now.clear()
                letters += len(text)
                found.append(text)
                if len(found) > MOST_STRINGS or letters > MOST_UNPACKED // 10:
                    raise too_much()

        def words(text: str) -> None:
            if inside and inside[-1] == "t" and "rPh" not in inside:
                now.append(text)

        self._parse(part, start=start, end=end, words=words)
        return found

    def _parse(
        self,
        part: str,
        *,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] = lambda _name: None,
        words: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """Read one part piece by piece. Names come without their namespace."""
        about = self.parts.getinfo(part)
        if about.compress_type not in _WAYS:
            raise Unreadable(_NOT_EXCEL)
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.StartElementHandler = lambda name, given: start(
            _local(name), {_local(key): value for key, value in given.items()}
        )
        parser.EndElementHandler = lambda name: end(_local(name))
        parser.CharacterDataHandler = words
        with self.parts.open(about) as packed:
            while chunk := packed.read(_CHUNK):
                self.left -= len(chunk)
                if self.left < 0:
                    raise too_much()
                parser.Parse(chunk, False)  # noqa: FBT003 (expat takes no names)
        parser.Parse(b"", True)  # noqa: FBT003


def _refuse(*_given: Any) -> None:
    raise Unreadable(_NOT_EXCEL)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


class _Rows:
    """Reads the cells of one sheet."""

    def __init__(self, shared: list[str], room: Room) -> None:
        self.shared, self.room = shared, room
        self.cells: list[str] = []
        self.kind = ""
        self.column = 0
        self.row = 0
        self.inside: list[str] = []
        self.text: list[str] = []
        self.sheet = Sheet("")

    def read(self, title: str, parse: Callable[..., None], part: str) -> Sheet:
        """Give the rows that hold anything."""
        self.sheet = Sheet(title)
        parse(part, start=self._start, end=self._end, words=self._words)
        return self.sheet

    def _start(self, name: str, about: dict[str, str]) -> None:
        self.inside.append(name)
        if name == "row":
            self.row = int(about["r"]) if about.get("r", "").isdecimal() else self.row + 1
            self.cells = []
        elif name == "c":
            self.kind = about.get("t", "n")
            self.column = _column(about["r"]) if "r" in about else len(self.cells)
            self.text = []

    def _words(self, text: str) -> None:
        if self.inside and self.inside[-1] in ("v", "t") and "rPh" not in self.inside:
            self.text.append(text)

    def _end(self, name: str) -> None:
        self.inside.pop()
        if name == "c":
            self._cell("".join(self.text))
        elif name == "row":
            cells = tidy(self.cells)
            if cells:
                self.room.take(cells)
                self.sheet.rows.append((self.row, cells))

    def _cell(self, text: str) -> None:
        if self.kind == "s":
            text = self.shared[int(text)] if text.isdecimal() and int(text) < len(self.shared) else ""
        elif self.kind == "e":
            text = ""
        elif self.kind == "b":
            text = "TRUE" if text == "1" else "FALSE"
        if len(text) > MOST_LETTERS:  # one that many cells share would be copied for each
            raise too_much()
        if text and self.column >= MOST_COLUMNS:
            self.room.take([""] * (MOST_COLUMNS + 1))
        if text:
            self.cells += [""] * (self.column + 1 - len(self.cells))
            self.cells[self.column] = text


def _column(reference: str) -> int:
    """Give the place of a cell called "C7": 2."""
    place = 0
    for letter in reference.rstrip("0123456789")[:4]:
        place = place * 26 + ord(letter.upper()) - 64
    return max(0, place - 1)
