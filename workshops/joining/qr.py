"""QR codes of join links."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(link: str, title: str) -> SafeString:
    """Draw a link as inline SVG without style attributes, with its quiet zone, named `title` for screen readers.

    White stays white in dark mode: a phone's camera needs the contrast.
    """
    svg = segno.make(link, error="m", micro=False).svg_inline(
        omitsize=True, border=4, dark="#000000", light="#ffffff", svgclass="qr", lineclass=None, title=title
    )
    return mark_safe(svg.replace("<svg ", '<svg role="img" ', 1))  # noqa: S308 (segno escapes the title)
