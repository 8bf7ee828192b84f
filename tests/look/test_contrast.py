"""Every colour that stands on another can be read (WCAG 2.2 AA), in light, dark and more contrast.

The ratios are computed from `static/css/tokens.css` itself, by the definition of relative luminance.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CSS = ROOT / "static" / "css"
TOKENS = re.sub(r"/\*.*?\*/", "", (CSS / "tokens.css").read_text(encoding="utf-8"), flags=re.DOTALL)

WORDS = 4.5  # Text of ordinary size.
SHAPES = 3.0  # Edges of controls, and signs that carry meaning.

PAIRS = [
    ("ink", "ground", WORDS),
    ("ink", "surface", WORDS),
    ("ink", "sunk", WORDS),
    ("ink", "action-tint", WORDS),
    ("ink", "now-tint", WORDS),
    ("ink", "stop-tint", WORDS),
    ("ink-2", "ground", WORDS),
    ("ink-2", "surface", WORDS),
    ("ink-2", "sunk", WORDS),
    ("ink-2", "action-tint", WORDS),
    ("ink-2", "now-tint", WORDS),
    ("ink-2", "stop-tint", WORDS),
    ("action", "ground", WORDS),
    ("action", "surface", WORDS),
    ("action", "sunk", WORDS),
    ("action", "action-tint", WORDS),
    ("action", "now-tint", WORDS),
    ("action-press", "surface", WORDS),
    ("on-action", "action", WORDS),
    ("on-action", "action-press", WORDS),
    ("dot", "ground", WORDS),
    ("dot", "surface", WORDS),
    ("dot", "dot-tint", WORDS),
    ("dot", "sunk", SHAPES),
    ("on-dot", "dot", WORDS),
    ("on-now", "now", WORDS),
    ("stop", "ground", WORDS),
    ("stop", "surface", WORDS),
    ("stop", "stop-tint", WORDS),
    ("on-stop", "stop", WORDS),
    ("on-band", "band", WORDS),
    ("edge", "surface", SHAPES),
    ("edge", "ground", SHAPES),
    ("edge", "sunk", SHAPES),
    ("focus", "ground", SHAPES),
    ("focus", "surface", SHAPES),
    ("focus", "sunk", SHAPES),
    ("focus", "now-tint", SHAPES),
]


def block(selector: str) -> dict[str, str]:
    """The colours declared in the (last) rule with this selector."""
    found = re.findall(r"(?<![\w:)])" + re.escape(selector) + r"\s*\{([^{}]*)\}", TOKENS)
    assert found, f"tokens.css has no rule {selector}"
    values: dict[str, str] = {}
    for body in found:
        values |= dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))
    return values


LIGHT = block(":root")
DARK = LIGHT | block(':root[data-theme="dark"]')


def luminance(colour: str) -> float:
    """Relative luminance (0 black to 1 white) of a `#rrggbb` colour."""
    match = re.fullmatch(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", colour)
    assert match, f"{colour} is not #rrggbb in small letters"
    channels = [int(part, 16) / 255 for part in match.groups()]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 (the same) to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def more_contrast(theme: dict[str, str]) -> dict[str, str]:
    """What `theme` becomes where the device asks for more contrast."""
    changed = block(":root:root:root")
    return theme | {
        name: theme[value.removeprefix("var(--").removesuffix(")")] for name, value in changed.items()
    }


THEMES = {
    "light": LIGHT,
    "dark": DARK,
    "light, more contrast": more_contrast(LIGHT),
    "dark, more contrast": more_contrast(DARK),
}


def test_the_formula_agrees_with_known_values() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast(theme: str, front: str, back: str, least: float) -> None:
    values = THEMES[theme]
    assert ratio(values[front], values[back]) >= least, f"{front} on {back} in {theme}"


@pytest.mark.parametrize("theme", ["light, more contrast", "dark, more contrast"])
def test_more_contrast_means_seven_to_one(theme: str) -> None:
    values = THEMES[theme]
    for front in ("ink", "ink-2", "action", "edge", "line"):
        for back in ("ground", "surface", "sunk"):
            assert ratio(values[front], values[back]) >= 7, f"{front} on {back}"


def test_dark_by_device_is_dark_by_choice() -> None:
    assert block(':root:not([data-theme="light"])') == block(':root[data-theme="dark"]')


def test_colours_are_named_once() -> None:
    """Other files use the names, so that a theme changes them all. White paper under a QR code may stay."""
    for path in CSS.glob("*.css"):
        if path.name in ("tokens.css", "print.css"):
            continue
        rules = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        strays = [
            line.strip() for line in rules.splitlines() if re.search(r"#[0-9a-fA-F]{3,8}\b(?!\s*\{)", line)
        ]
        assert all(line.startswith(".qr") for line in strays), f"{path.name}: {strays}"


def test_every_name_used_is_declared() -> None:
    everything = "\n".join(path.read_text(encoding="utf-8") for path in CSS.glob("*.css"))
    declared = set(re.findall(r"(--[\w-]+):", everything))
    used = set(re.findall(r"var\((--[\w-]+)", everything))
    assert used <= declared, f"used but nowhere declared: {sorted(used - declared)}"


def test_templates_use_no_style_attribute_and_no_inline_script() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<[^>]+\sstyle\s*=", text), f"{path}: style attribute"
        assert "<style" not in text, f"{path}: style element"
        assert not re.search(r"\son\w+\s*=\s*[\"']", text), f"{path}: inline handler"
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, flags=re.DOTALL):
            data_block = "application/json" in attributes
            assert "src=" in attributes or data_block or not body.strip(), f"{path}: inline script"
