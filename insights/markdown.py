"""Markdown of report authors to safe HTML: no raw HTML in, no scripts, styles or pictures out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# The page holds h1 (the report) and h2 (the block); what an author writes as # begins below them.
TOP_LEVEL = 3
TAGS = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
SCHEMES = {"http", "https", "mailto"}

_parser = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough").disable("image")


def _settle(tokens: Sequence[Token]) -> None:
    """Shift headings below the page's own and name the columns of tables for screen readers."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + TOP_LEVEL - 1)}"
        elif token.type in ("th_open", "td_open"):
            token.attrs.pop("style", None)
            if token.type == "th_open":
                token.attrs["scope"] = "col"


def render(source: str) -> SafeString:
    """Safe HTML of `source`. Links get rel="noopener nofollow"; headings begin at h3."""
    tokens = _parser.parse(source)
    _settle(tokens)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener nofollow"
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it


_SPECIAL = re.compile(r"([\\`*_\[\]<>&~|])")
# At the beginning of a line these would make a heading, a list or a quotation.
_OPENING = re.compile(r"^(\d{1,9})?([.)#+=-])")


def plain(text: str) -> str:
    """`text` (a workshop's title, a prompt) so that Markdown shows it as it is, on one line."""
    return _OPENING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))
