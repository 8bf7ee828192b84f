"""Looking through lines before they are brought in: what is wrong with which, in words that say what to do."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from realtime.fields import Text
from realtime.kinds import Refused, filled
from workshops.activities.shared.writing import MOST_CHARACTERS
from workshops.live.identifying import found_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django_stubs_ext import StrOrPromise

_TEXT = Text(most=100_000)
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Line:
    """One line. `place` counts from 1 in the field; `problem` is "" for a good one."""

    place: int
    text: str
    problem: StrOrPromise = ""


def alike(text: str) -> str:
    """Give what two lines share that say the same: without capitals, signs and spaces."""
    return _SIGNS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip() or text


def checked(texts: Iterable[str], *, most: int, there: Collection[str] = ()) -> list[Line]:
    """Look at every line that isn't empty. `there` is what stands on the list already."""
    seen: dict[str, int] = {alike(text): 0 for text in there}
    lines = []
    for place, text in enumerate(texts, start=1):
        if not text.strip():
            continue
        line = _looked_at(place, text, min(most, MOST_CHARACTERS), seen)
        if not line.problem:
            seen[alike(line.text)] = place
        lines.append(line)
    return lines


def _looked_at(place: int, text: str, most: int, seen: dict[str, int]) -> Line:
    try:
        clean = _TEXT.read("line", text)
    except Refused:
        return Line(place, text.strip(), _("It has characters that can't be shown. Type it again."))
    over = len(clean) - most
    if over > 0:
        sentence = ngettext_lazy(
            "It is %(over)d character too long. Up to %(most)d fit.",
            "It is %(over)d characters too long. Up to %(most)d fit.",
            over,
        )
        return Line(place, clean, filled(sentence, over=over, most=most))
    for what in found_in(clean):
        return Line(place, clean, filled(_("It looks like it has %(what)s in it. Take that out."), what=what))
    same = seen.get(alike(clean))
    if same == 0:
        return Line(place, clean, _("It is on the list already."))
    if same:
        return Line(place, clean, filled(_("It says the same as line %(line)d."), line=same))
    return Line(place, clean)
