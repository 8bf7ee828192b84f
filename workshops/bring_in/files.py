"""What kind of file is this? By what is in it, not by what it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from realtime.kinds import filled
from workshops.bring_in import text, xlsx
from workshops.bring_in.sheet import MOST_BYTES, Unreadable

if TYPE_CHECKING:
    from workshops.bring_in.sheet import Sheet

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read(name: str, data: bytes) -> list[Sheet]:
    """Give the sheets of a file. Raises Unreadable, with a sentence that says what to do."""
    if len(data) > MOST_BYTES:
        sentence = _("This file is larger than %(most)d MB. Keep the rows that you need, and try again.")
        raise Unreadable(filled(sentence, most=MOST_BYTES // 1_000_000))
    if data.startswith(_OLD_OFFICE):
        raise Unreadable(
            _(
                "This is an older Excel file, or one with a password. Save it as .xlsx or as CSV, and try again."
            )
        )
    if data.startswith(_ZIP):
        sheets = xlsx.read(data)
    elif name.lower().endswith((".csv", ".tsv")):
        sheets = text.table(text.decoded(data))
    else:
        sheets = text.lines(text.decoded(data))
    if not sheets:
        raise Unreadable(_("There is nothing in this file."))
    return sheets
