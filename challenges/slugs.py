"""Addresses made of titles."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from django.utils.text import slugify

MOST_LETTERS = 70


def free_slug(title: str, or_else: str, is_taken: Callable[[str], bool]) -> str:
    """An address made of the title (or of `or_else`, if the title gives none) that nothing has yet."""
    base = slugify(title)[:MOST_LETTERS].strip("-") or or_else
    if not is_taken(base):
        return base
    return next(slug for number in count(2) if not is_taken(slug := f"{base}-{number}"))
