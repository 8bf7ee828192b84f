"""Fields of the forms that edit an activity's settings, beyond what Django has."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongField(forms.CharField):
    """A text of several lines, with line ends counted as people see them."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> str:
        """Give the text with plain line ends."""
        return str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class LinesField(LongField):
    """One thing on each line. Empty lines are left out; the value keeps one line for each thing."""

    def __init__(self, least: int, most: int, *, longest: int, **kwargs: Any) -> None:
        super().__init__(rows=max(3, min(most, 6)), **kwargs)
        self.least, self.most, self.longest = least, most, longest

    def to_python(self, value: Any) -> str:
        """Give one trimmed line for each thing."""
        return "\n".join(things_in(super().to_python(value)))

    def validate(self, value: str) -> None:
        """Say which line is wrong, and what to do."""
        super().validate(value)
        things = things_in(value)
        if len(things) < self.least:
            raise ValidationError(
                ngettext("Write at least %(n)d line.", "Write at least %(n)d lines.", self.least)
                % {"n": self.least}
            )
        if len(things) > self.most:
            raise ValidationError(
                _("These are %(count)d lines. Up to %(most)d fit.")
                % {"count": len(things), "most": self.most}
            )
        seen: set[str] = set()
        for thing in things:
            if len(thing) > self.longest:
                raise ValidationError(
                    _("“%(line)s…” is too long. Up to %(most)d characters fit on one line.")
                    % {"line": thing[:30], "most": self.longest}
                )
            if thing.casefold() in seen:
                raise ValidationError(_("“%(line)s” stands there twice.") % {"line": thing})
            seen.add(thing.casefold())


def things_in(text: str) -> list[str]:
    """Give what stands on the lines of a text."""
    return [line.strip() for line in text.split("\n") if line.strip()]
