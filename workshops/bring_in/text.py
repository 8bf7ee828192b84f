"""Reading text: lines, tables pasted out of a spreadsheet, and CSV as different programs write it."""

from __future__ import annotations

import csv
import io
from collections import Counter

from django.utils.translation import gettext_lazy as _

from workshops.bring_in.sheet import Room, Sheet, Unreadable, tidy

_MARKS = ",;\t|"
_NOT_TEXT = _(
    "This is not a text file that can be read here. Save it as CSV or as plain text, and try again."
)


def decoded(data: bytes) -> str:
    """Give a file's text, in whichever of the usual ways it was written. Raises Unreadable."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = data.decode("utf-16")
        else:
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = data.decode("cp1252")  # older Excel on Windows
    except UnicodeDecodeError:
        raise Unreadable(_NOT_TEXT) from None
    if "\0" in text:
        raise Unreadable(_NOT_TEXT)
    return text


def lines(text: str) -> list[Sheet]:
    """Read one idea a line; or a table, if it was copied out of a spreadsheet, with tabs between the cells."""
    rows = text.splitlines()
    filled = [row for row in rows if row.strip()]
    if filled and sum("\t" in row for row in filled) * 2 > len(filled):
        return table(text, "\t")
    sheet, room = Sheet(""), Room()
    for number, row in enumerate(rows, start=1):
        if cells := tidy([row]):
            room.take(cells)
            sheet.rows.append((number, cells))
    return [sheet] if sheet.rows else []


def table(text: str, mark: str = "") -> list[Sheet]:
    """Read CSV. Raises Unreadable."""
    head, _end, rest = text.partition("\n")
    head = head.rstrip("\r")
    if head.lower().startswith("sep=") and len(head) == 5:
        mark, text = head[4], rest  # Excel's note to itself
    mark = mark or _mark(text)
    if not mark:
        return lines(text)
    sheet, room = Sheet(""), Room()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        for row in reader:
            if cells := tidy(row):
                room.take(cells)
                sheet.rows.append((reader.line_num, cells))
    except csv.Error:
        raise Unreadable(_NOT_TEXT) from None
    return [sheet] if sheet.rows else []


def _mark(text: str) -> str:
    """Find what stands between cells: whatever gives most rows the same number of cells, more than one."""
    best, found = 0, ""
    for mark in _MARKS:
        try:
            rows = [
                row
                for row, _n in zip(
                    csv.reader(io.StringIO(text, newline=""), delimiter=mark), range(50), strict=False
                )
            ]
        except csv.Error:
            continue
        counts = Counter(len(row) for row in rows if len(row) > 1)
        if not counts:
            continue
        width, often = counts.most_common(1)[0]
        if often * 2 >= sum(1 for row in rows if row) and often * 10 + width > best:
            best, found = often * 10 + width, mark
    return found
