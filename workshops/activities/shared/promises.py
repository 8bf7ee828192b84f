"""What kinds that promise the same say in the same words: who sees who wrote what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from workshops.activities.base import filled, setting

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NOBODY, FACILITATORS, EVERYBODY = "nobody", "facilitators", "everybody"


def names_setting(label: StrOrPromise) -> dict[str, Any]:
    """Describe the setting `names`: who sees who wrote something."""
    return setting(
        label,
        choices=(
            (NOBODY, _("Nobody on screen, not even facilitators")),
            (FACILITATORS, _("Facilitators only")),
            (EVERYBODY, _("Everybody")),
        ),
        guarded=True,
    )


def who_wrote(names: str, everybody: StrOrPromise) -> StrOrPromise:
    """Say who sees who wrote what, by the setting `names`; `everybody` is what is said where all do."""
    return {
        NOBODY: _("Nobody is shown who wrote what."),
        FACILITATORS: _("Facilitators see who wrote what, nobody else does."),
        EVERYBODY: everybody,
    }[names]


def joined(*sentences: StrOrPromise) -> StrOrPromise:
    """Put sentences one after another, in the language of whoever reads them."""
    told = {f"s{n}": sentence for n, sentence in enumerate(sentences) if sentence}
    return filled(" ".join(f"%({name})s" for name in told), **told)
