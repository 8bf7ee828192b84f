"""Forms of bringing in: which column of what was read, and the lines themselves."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from realtime.kinds import filled
from workshops.activities.list import HOW, MOST_LINES
from workshops.bring_in import columns
from workshops.bring_in.check import Line, checked
from workshops.bring_in.sheet import MOST_LETTERS, MOST_ROWS, MOST_SHEETS, Sheet
from workshops.models import Consent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workshops.bring_in.earlier import Thing
    from workshops.live.state import State, Step

SHOWN_WRONG = 50
"""So many lines with a problem are listed; all of them stay in the field."""


def _as_text(sheets: list[Sheet]) -> str:
    return json.dumps(
        [[sheet.name, sheet.rows] for sheet in sheets], ensure_ascii=False, separators=(",", ":")
    )


def _from_text(given: str) -> list[Sheet]:
    """Read what a form brought back, as strictly as if it were new. Raises ValueError."""
    if len(given) > MOST_LETTERS * 3:
        raise ValueError("too long")
    sheets = []
    for name, rows in json.loads(given)[:MOST_SHEETS]:
        kept = [(int(number), [str(cell) for cell in cells]) for number, cells in rows[:MOST_ROWS] if cells]
        if kept:
            sheets.append(Sheet(str(name), kept))
    if not sheets:
        raise ValueError("empty")
    return sheets


def _number(given: Any) -> int | None:
    """Read a number that a form brought back; None for what is none, or is longer than any of ours."""
    text = str(given)
    return int(text) if text.isdecimal() and len(text) <= 9 else None


class ChoiceForm(forms.Form):
    """Which sheet and which column of a file hold the ideas."""

    sheet = forms.IntegerField(min_value=0, required=False)
    column = forms.IntegerField(
        error_messages={
            "required": _("Choose the column that holds the ideas."),
            "invalid": _("Choose the column that holds the ideas."),
        }
    )
    titles = forms.BooleanField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.how = data.get("how") if data.get("how") in HOW else "pasted"
        self.source = str(data.get("source", ""))[:200]
        self.table = str(data.get("table", ""))
        try:
            self.sheets = _from_text(self.table)
        except (ValueError, TypeError, LookupError, RecursionError, OverflowError):
            self.sheets = []
        place = _number(data.get("sheet", "0"))
        self.place = place if place is not None and place < len(self.sheets) else 0
        self.look = bool(data.get("look"))

    @classmethod
    def of(cls, sheets: list[Sheet], how: str, source: str) -> ChoiceForm:
        """Make it for what was just read: with the guess chosen, and no complaint yet."""
        return cls({"table": _as_text(sheets), "how": how, "source": source, "sheet": "0"})

    def is_readable(self) -> bool:
        """Whether what was read came back whole."""
        return bool(self.sheets)

    @property
    def now(self) -> Sheet:
        """The sheet that is looked at."""
        return self.sheets[self.place]

    @property
    def guess(self) -> columns.Guess:
        """What this sheet seems to be."""
        return columns.guess(self.now)

    @property
    def has_titles(self) -> bool:
        """Whether the first row is taken for headings: as guessed, until somebody said."""
        return self.data.get("titles") == "on" if self.data.get("said") else self.guess.titles

    @property
    def offered(self) -> list[columns.Column]:
        """The columns to choose from."""
        return columns.columns_of(self.now, titles=self.has_titles)

    @property
    def chosen(self) -> int:
        """The column that is ticked."""
        given = str(self.data.get("column", ""))
        column = columns.ALL if given == str(columns.ALL) else _number(given)
        return self.guess.column if column is None else column

    def clean_column(self) -> int:
        """Refuse a column that isn't there."""
        column: int = self.cleaned_data["column"]
        if column != columns.ALL and not any(column == one.place for one in self.offered):
            raise forms.ValidationError(_("Choose the column that holds the ideas."))
        return column

    def rows(self) -> list[tuple[int, str]]:
        """Give the chosen cells with their rows, after the form was found valid."""
        return columns.picked(self.now, self.cleaned_data["column"], titles=self.has_titles)


def _mark(line: str) -> str:
    return f"{zlib.crc32(line.strip().encode()):x}"


class BringInForm(forms.Form):
    """The lines, one idea each, in one field: so all can be read, mended and taken out before any is kept."""

    lines = forms.CharField(
        widget=forms.Textarea,
        max_length=MOST_LETTERS,
        strip=False,
        error_messages={"required": _("There are no lines. Write or paste some, one idea each.")},
    )
    how = forms.ChoiceField(choices=[(how, how) for how in HOW])
    source = forms.CharField(required=False, max_length=200)
    of = forms.CharField(required=False, max_length=40)
    marks = forms.CharField(required=False, strip=False)
    consent = forms.ChoiceField(
        choices=(
            (Consent.INTERNAL, _("No. They stay inside the Lab.")),
            (Consent.UNNAMED, _("Yes, without a name. They are our own words, or we may quote them.")),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether these words may be quoted.")},
    )

    def __init__(self, data: Any, *, step: Step, state: State) -> None:
        super().__init__(data)
        self.most = step.settings.most_characters
        there = state.ideas_of(step.id)
        self.space = MOST_LINES - len(state.sheet(step.id).ideas)
        texts = str(data.get("lines", ""))[:MOST_LETTERS].splitlines()
        self.looked_at = checked(texts, most=self.most, there=[idea.text for idea in there])
        self.good = [line for line in self.looked_at if not line.problem]
        self.wrong = [line for line in self.looked_at if line.problem]

    @classmethod
    def of_words(cls, words: Mapping[str, str], step: Step, state: State) -> Self:
        """Make it from lines that nobody complained about yet."""
        return cls({"consent": Consent.INTERNAL, **words}, step=step, state=state)

    @classmethod
    def from_rows(
        cls, rows: Iterable[tuple[int, str]], how: str, source: str, step: Step, state: State
    ) -> Self:
        """Make it from what was read. The marks tell later which row a line came from, as long as it is unchanged."""
        found = list(rows)
        words = {
            "lines": "\n".join(cell for _number, cell in found),
            "marks": ",".join(f"{_mark(cell)}:{number}" for number, cell in found),
            "how": how,
            "source": source,
        }
        return cls.of_words(words, step, state)

    def clean(self) -> dict[str, Any]:
        """See that they fit on the list."""
        values = super().clean() or self.cleaned_data
        if len(self.good) > self.space:
            sentence = ngettext_lazy(
                "A list holds up to %(most)d ideas, and %(space)d more fits. Take some lines out.",
                "A list holds up to %(most)d ideas, and %(space)d more fit. Take some lines out.",
                max(0, self.space),
            )
            self.add_error("lines", str(filled(sentence, most=MOST_LINES, space=max(0, self.space))))
        return values

    @property
    def listed(self) -> list[Line]:
        """The first lines with a problem."""
        return self.wrong[:SHOWN_WRONG]

    @property
    def unlisted(self) -> int:
        """How many more have one."""
        return max(0, len(self.wrong) - SHOWN_WRONG)

    def brought(self, known: Mapping[str, Thing]) -> list[dict[str, Any]]:
        """Give the good lines as the rules take them. Words of an earlier workshop keep their own consent."""
        values = self.cleaned_data
        rows = dict(mark.partition(":")[::2] for mark in values["marks"].split(",") if mark)
        return [self._line(line, rows, known, values) for line in self.good]

    @staticmethod
    def _line(
        line: Line, rows: Mapping[str, str], known: Mapping[str, Thing], values: Mapping[str, Any]
    ) -> dict[str, Any]:
        thing = known.get(line.text)
        if values["how"] == "workshop" and thing is not None:
            where = {"how": "workshop", "source": values["source"], "gid": thing.gid}
            return {"text": line.text, "consent": str(thing.consent), **where}
        how = "pasted" if values["how"] == "workshop" else values["how"]
        made = {"text": line.text, "consent": values["consent"], "how": how}
        row = _number(rows.get(_mark(line.text), ""))
        if how == "file" and values["source"]:
            made["source"] = values["source"]
        if row is not None and row <= MOST_ROWS * 50:
            made["row"] = row
        return made

    def left(self, step: Step, state: State) -> BringInForm:
        """Give the form with the lines that were not taken."""
        words = {name: self.data.get(name, "") for name in ("how", "source", "of", "marks", "consent")}
        return BringInForm(
            {**words, "lines": "\n".join(line.text for line in self.wrong)}, step=step, state=state
        )
