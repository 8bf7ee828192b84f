"""How few is too few: what is told of a handful of people can point to one of them."""

FEWEST = 5
"""Nothing is told of a group of fewer people by itself, as usual for statistics on health. Not a setting: who joins
is promised it, and an archive sealed with a smaller number could not be mended."""


def same_words(text: str) -> str:
    """Give what two people wrote of themselves in the form in which it is compared: "Ward  nurse", "ward nurse"."""
    return " ".join(text.casefold().split())
