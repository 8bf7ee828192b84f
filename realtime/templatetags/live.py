"""Tags for fragments of a live room: places for lists, and values that only one person sees.

Each tag is the one place where its markup is written; `static/js/live.js` reads the same attributes. A page drawn
for somebody without script gets that person's values at once, because its context holds `own`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from typing import Any

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()


def value_at(own: Any, path: str) -> Any:
    """Walk a path of words: a key of an object, or for a list whether it contains the word. Missing gives ""."""
    value = own
    for word in path.split():
        if isinstance(value, dict):
            value = value.get(word, "")
        elif isinstance(value, (list, tuple)):
            value = word in value
        else:
            return ""
    return value


def path_of(words: tuple[Any, ...]) -> str:
    """Join the words of a path."""
    return " ".join(str(word) for word in words)


@register.simple_tag(takes_context=True)
def live_list(context: template.Context, name: str, tag: str = "ol", **attrs: Any) -> SafeString:
    """Draw a list whose children are fragments of their own. Use `label` for aria-label, `class_` for class."""
    children = (context.get("live_lists") or {}).get(name, "")
    names = {"class_": "class", "label": "aria-label", "labelledby": "aria-labelledby"}
    extra = format_html_join("", ' {}="{}"', ((names.get(key, key), value) for key, value in attrs.items()))
    return format_html('<{} id="{}" data-list{}>{}</{}>', tag, name, extra, children, tag)


@register.simple_tag(takes_context=True)
def own_slot(context: template.Context, name: str) -> SafeString:
    """Draw the place of the own fragment of that name, which only this person sees."""
    return format_html(
        '<div data-own-slot="{}">{}</div>', name, (context.get("own_html") or {}).get(name, "")
    )


@register.simple_tag(takes_context=True)
def own_text(context: template.Context, *words: Any) -> SafeString:
    """Draw one of this person's own values as text."""
    path = path_of(words)
    value = value_at(context["own"], path) if "own" in context else ""
    return format_html('<span data-own-text="{}">{}</span>', path, _shown(value))


@register.simple_tag(takes_context=True)
def own_show(context: template.Context, *words: Any) -> SafeString:
    """Give the attributes of an element shown only when this own value is there."""
    path = path_of(words)
    hidden = not ("own" in context and value_at(context["own"], path))
    return format_html('data-own-show="{}"{}', path, SafeString(" hidden") if hidden else "")


@register.simple_tag(takes_context=True)
def own_hide(context: template.Context, *words: Any) -> SafeString:
    """Give the attributes of an element hidden when this own value is there."""
    path = path_of(words)
    hidden = "own" in context and value_at(context["own"], path)
    return format_html('data-own-hide="{}"{}', path, SafeString(" hidden") if hidden else "")


@register.simple_tag(takes_context=True)
def own_value(context: template.Context, *words: Any) -> SafeString:
    """Give the attributes of an element whose look follows an own number (`data-value`)."""
    path = path_of(words)
    value = value_at(context["own"], path) if "own" in context else ""
    return format_html('data-own-value="{}" data-value="{}"', path, _shown(value) or "0")


_OWN = re.compile(
    r'data-own-(?:text="(?P<text>[^"]*)">(?=</)|show="(?P<show>[^"]*)"(?: hidden)?|hide="(?P<hide>[^"]*)"(?: hidden)?'
    r'|value="(?P<value>[^"]*)" data-value="[^"]*"|slot="(?P<slot>[^"]*)">(?=</))'
)


def with_own(html: str, own: Any, own_html: Mapping[str, str]) -> str:
    """Put one person's values where the tags above left them out: as if everything had been drawn for that person."""

    def put(found: re.Match[str]) -> str:
        kind = str(found.lastgroup)
        if kind == "slot":
            return found[0] + own_html.get(unescape(found["slot"]), "")
        value = value_at(own, unescape(found[kind]))
        if kind == "text":
            return found[0] + _shown(value)
        if kind == "value":
            return f'data-own-value="{found[kind]}" data-value="{_shown(value) or "0"}"'
        hidden = bool(value) is (kind == "hide")
        return f'data-own-{kind}="{found[kind]}"{" hidden" if hidden else ""}'

    return _OWN.sub(put, html)


@register.simple_tag
def own_disabled(*words: Any) -> SafeString:
    """Give the attribute of a control that would be refused while this own value is there."""
    return format_html('data-own-disabled="{}"', path_of(words))


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Draw an icon that stands beside words. Kept, because a board has some hundred of the same."""
    attrs: dict[str, Any] = {"class": "icon", "aria_hidden": "true"}
    return mark_safe(lucide(name, **attrs))  # noqa: S308 (drawn by the package)


@register.simple_tag
def now_text(*words: Any) -> SafeString:
    """Draw a value of who is here."""
    return format_html('<span data-now-text="{}"></span>', path_of(words))


@register.simple_tag
def now_value(*words: Any) -> SafeString:
    """Give the attribute of an element whose look follows who is here."""
    return format_html('data-now-value="{}"', path_of(words))


@register.simple_tag
def act(do: str, **fields: Any) -> SafeString:
    """Give the attributes of a button that sends a command through the page's one form.

    `fields` are the command's own; names ending in `_from` name a form field to take the value from, and `done`
    and `undo` serve the undo notice (see `docs/protocol.md`).
    """
    return format_html('form="act" name="command" value="{}"', _command(do, fields))


@register.simple_tag
def drop(do: str, **fields: Any) -> SafeString:
    """Give the attribute of a place where a card can be dropped; the card's idea is added to the command."""
    return format_html('data-drop="{}"', _command(do, fields))


def _command(do: str, fields: dict[str, Any]) -> str:
    command: dict[str, Any] = {"do": do}
    taken: dict[str, str] = {}
    for name, value in fields.items():
        if name.endswith("_from"):
            taken[name.removesuffix("_from")] = value
        elif value is not None:
            command["if" if name == "if_" else name] = value
    if taken:
        command["fields"] = taken
    return json.dumps(command, ensure_ascii=False, default=str)


def _shown(value: Any) -> str:
    return "" if value is None or value is False or value == "" else escape(str(value))
