"""Words that could identify a patient, caught before they are posted.

It looks for patterns, not for names: an NHS number (ten digits with the check digit of the NHS Data Model and
Dictionary), an e-mail address, a telephone number of the UK, a date of birth. Whoever wrote it is asked, kindly, to
write it without. The words stay in the field, and nothing of them is logged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from realtime.kinds import Refused, filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_stubs_ext import StrOrPromise

_TEN_DIGITS = re.compile(r"(?<![\d£$€.,])\d{3}[ \-\u00a0]?\d{3}[ \-\u00a0]?\d{4}(?![\d])")
_MAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]+@[\w\-]+\.[\w.\-]*\w", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\d)(?:\+44[ \-]?(?:\(0\)[ \-]?)?|0044[ \-]?|\(?0)(?:\d[ \-()]{0,2}){8,9}\d(?!\d)")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}[./\- ]\d{{1,2}}[./\- ](?:19|20)?\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS})[a-z]* (?:19|20)\d\d"
    rf"|(?:19|20)\d\d-\d\d-\d\d)\b",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"\b(?:born|d\.?o\.?b\b|birth|birthday)", re.IGNORECASE)
_NEAR = 40
"""A date so many characters from a word of birth is taken for a date of birth. Other dates say nothing of a person."""


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits have the check digit of an NHS number.

    Each of the first nine is weighted 10 to 2; 11 minus the sum's remainder by 11 is the tenth, 11 counts as 0, and
    10 is never given out (NHS Data Model and Dictionary, "NHS number").
    """
    rest = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return len(digits) == 10 and rest != 10 and int(digits[9]) == rest % 11 and len(set(digits)) > 1


def found_in(text: str) -> Iterator[StrOrPromise]:
    """Name what in a text could identify somebody, each kind once."""
    candidates = (re.sub(r"\D", "", found[0]) for found in _TEN_DIGITS.finditer(text))
    if any(map(is_nhs_number, candidates)):
        yield _("an NHS number")
    if _MAIL.search(text):
        yield _("an e-mail address")
    if _PHONE.search(text):
        yield _("a telephone number")
    births = [found.start() for found in _BIRTH.finditer(text)]
    dates = [found.start() for found in _DATE.finditer(text)] if births else []
    if any(abs(date - birth) <= _NEAR for birth in births for date in dates):
        yield _("a date of birth")


def must_not_identify(text: str) -> None:
    """Raise Refused, kindly, if words could identify somebody."""
    if text.isascii() and text.isalpha():
        return
    for what in found_in(text):
        raise Refused(
            "identifying",
            filled(
                _(
                    "This looks like it has %(what)s in it. Please take it out, so that nobody can be recognised, "
                    "and send the rest again."
                ),
                what=what,
            ),
        )
