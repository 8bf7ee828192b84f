"""Reading the fields of a command strictly: what isn't described here is refused, and nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from realtime.kinds import Refused, filled

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Everything that doesn't print, except line breaks and the joiners that some scripts and emoji need.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


# These are letters by name, but nothing is drawn for them.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
MOST_MARKS = 10
"""So many accents one upon the other no script needs; towers of them reach over other people's words."""


def _is_seen(char: str) -> bool:
    return (
        char.isprintable()
        and not char.isspace()
        and char not in _BLANK
        and unicodedata.category(char)[0] != "M"
    )


def _piles_up(text: str) -> bool:
    if text.isascii():
        return False
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char)[0] == "M" else 0
        if marks > MOST_MARKS:
            return True
    return False


_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def bad_field(name: str, sentence: StrOrPromise) -> Refused:
    """Make the refusal for one field."""
    return Refused("bad_field", filled(_("“%(field)s”: %(what)s"), field=name, what=sentence))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a command."""

    required: bool = True

    def read(self, name: str, value: Any) -> Any:
        """Give the checked value. Raises Refused."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Text(Field):
    """Words. Trimmed, in Unicode's composed form (NFC), without unprintable characters; `most` counts characters."""

    most: int = 280
    lines: bool = True

    def read(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise bad_field(name, _("this must be text."))
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
        if _UNPRINTABLE.search(text) or _piles_up(text):
            raise bad_field(name, _("this has characters that can't be shown. Type it again."))
        if not self.lines:
            text = text.replace("\n", " ")
        text = text.strip()
        if not any(_is_seen(char) for char in text):
            if self.required:
                raise Refused("empty", _("There is nothing written yet."))
            return ""
        if len(text) > self.most:
            over = len(text) - self.most
            raise Refused(
                "too_long",
                filled(
                    ngettext_lazy(
                        "This is %(over)d character too long. Up to %(most)d fit.",
                        "This is %(over)d characters too long. Up to %(most)d fit.",
                        over,
                    ),
                    over=over,
                    most=self.most,
                ),
            )
        return text


@dataclass(frozen=True, slots=True)
class Id(Field):
    """The id of something in the room, such as "i17"."""

    def read(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise bad_field(name, _("this is not an id."))
        return value


@dataclass(frozen=True, slots=True)
class Whole(Field):
    """A whole number. Digits in a string are taken too, because plain forms send strings."""

    least: int = 0
    most: int = 1000

    def read(self, name: str, value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise bad_field(name, _("this must be a whole number."))
        if not self.least <= value <= self.most:
            raise bad_field(
                name,
                filled(_("this must be from %(least)d to %(most)d."), least=self.least, most=self.most),
            )
        return value


@dataclass(frozen=True, slots=True)
class Flag(Field):
    """Yes or no."""

    def read(self, name: str, value: Any) -> bool:
        if value in ("on", "true"):
            return True
        if not isinstance(value, bool):
            raise bad_field(name, _("this must be true or false."))
        return value


@dataclass(frozen=True, slots=True)
class OneOf(Field):
    """One of a few words."""

    choices: tuple[str, ...] = ()

    def read(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise bad_field(
                name, filled(_("this must be one of: %(choices)s."), choices=", ".join(self.choices))
            )
        return value


@dataclass(frozen=True, slots=True)
class Many(Field):
    """Several ids, each once, in the order given."""

    most: int = 1000

    def read(self, name: str, value: Any) -> list[str]:
        if not isinstance(value, list) or len(value) > self.most:
            raise bad_field(name, _("this must be a list of ids."))
        one = Id()
        return list(dict.fromkeys(one.read(name, item) for item in value))


@dataclass(frozen=True, slots=True)
class Group(Field):
    """Fields within a field; without a form, any JSON values under short names, for the caller to read."""

    form: Mapping[str, Field] | None = None

    def read(self, name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise bad_field(name, _("this must be an object."))
        if self.form is None:
            if len(value) > 40 or not all(isinstance(key, str) and len(key) <= 40 for key in value):
                raise bad_field(name, _("this has too many parts."))
            return value
        return read_form(self.form, value)


type Form = Mapping[str, Field]


def read_form(form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    """Read all fields of a command. Raises Refused for an unknown, missing or bad one."""
    unknown = [name for name in given if name not in form]
    if unknown:
        name = unknown[0] if unknown[0].isprintable() and len(unknown[0]) <= 40 else "?"
        raise Refused("unknown_field", filled(_("“%(field)s” is not known here."), field=name))
    values = {}
    for name, field in form.items():
        value = given.get(name)
        if value is None:
            if field.required:
                raise bad_field(name, _("this is missing."))
            continue
        values[name] = field.read(name, value)
    return values
