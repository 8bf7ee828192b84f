"""Makes Excel files by hand, good and hostile ones, so that tests need no library for them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def workbook(
    *sheets: tuple[str, Sequence[Sequence[object]]], hidden: Sequence[str] = (), **parts: bytes | str
) -> bytes:
    """Write a workbook. Cells: text, a number, ("formula", cached value), None. `parts` replaces whole parts."""
    shared: list[str] = []
    made: dict[str, bytes | str] = {
        "_rels/.rels": _relations([("rId1", f"{_REL}/officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book([name for name, _rows in sheets], hidden),
        "xl/_rels/workbook.xml.rels": _relations(
            [(f"rId{n}", f"{_REL}/worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
            + [("rId99", f"{_REL}/sharedStrings", "sharedStrings.xml")]
        ),
    }
    for n, (_name, rows) in enumerate(sheets, start=1):
        made[f"xl/worksheets/sheet{n}.xml"] = _sheet(rows, shared)
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    made["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{_MAIN}">{items}</sst>'
    made |= {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    return packed(made)


def packed(parts: dict[str, bytes | str], way: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Put parts into a ZIP."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", way) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return data.getvalue()


def sheet_of(cells: str) -> str:
    """Write a sheet with these rows, as XML."""
    return f'{HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{cells}</sheetData></worksheet>'


def _relations(targets: Sequence[tuple[str, str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in targets
    )
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}">{found}</Relationships>'


def _book(names: Sequence[str], hidden: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"{" state='hidden'" if name in hidden else ""}/>'
        for n, name in enumerate(names, start=1)
    )
    return f'{HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{sheets}</sheets></workbook>'


def _sheet(rows: Sequence[Sequence[object]], shared: list[str]) -> str:
    return sheet_of(
        "".join(
            f'<row r="{n}">{"".join(_cell(chr(64 + place), n, value, shared) for place, value in enumerate(row, start=1))}</row>'
            for n, row in enumerate(rows, start=1)
        )
    )


def _cell(column: str, row: int, value: object, shared: list[str]) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        formula, cached = value
        return f'<c r="{column}{row}" t="str"><f>{escape(formula)}</f><v>{escape(cached)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{column}{row}"><v>{value}</v></c>'
    shared.append(str(value))
    return f'<c r="{column}{row}" t="s"><v>{len(shared) - 1}</v></c>'
