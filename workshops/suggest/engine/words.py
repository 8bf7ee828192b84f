"""Texts as words: which of them carry meaning, and which are forms of one another."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ENDINGS = re.findall(  # the longest first
    r"\w+",
    "ational ization isation ation ition ically ement ments ment ingly ness able ible ally ance ence ions ion ing ity"
    " ive ous ful est ers ed er ly al or ar",
)
_SHORT_ENDINGS = frozenset({"ing", "ed", "ly", "er"})
_LEAST_STEM = 4
_LEAST_SHORT_STEM = 3

NEGATIONS = frozenset(
    "no not never none nobody nothing without stop less fewer cannot cant dont doesnt wont shouldnt isnt".split()  # noqa: SIM905
)
"""Words that turn a sentence into its opposite. Near-duplicates must agree in them."""

STOP_WORDS = frozenset(
    """
    a about above across after again against all almost alone along already also although always am among an and another
    any anybody anyone anything anyway anywhere are aren arent around as at back be became because become been before
    being below beside besides between beyond both but by call can cannot cant could couldnt did didnt do does doesnt
    doing done dont down due during each either else enough even ever every everybody everyone everything everywhere
    few fewer first for from full further get give go got had hadnt has hasnt have havent having he hence her here hers
    herself him himself his how however i id ie if ill im in indeed instead into is isnt it its itself ive just keep
    last least less let lets like made make many may maybe me meanwhile might mine more moreover most mostly much must
    my myself namely need neither never nevertheless next no nobody none nor not nothing now nowhere of off often on
    once one only onto or other others otherwise our ours ourselves out over own part per perhaps please put quite
    rather re really same say see seem seemed seems several shall she should shouldnt show since so some somebody
    somehow someone something sometimes somewhere still such take than that thats the their theirs them themselves then
    there therefore these they theyre thing things this those though through throughout thus to together too toward
    towards try two under until up upon us use very via want was wasnt way we well were werent what whatever when
    whenever where whereas whether which while who whoever whole whom whose why will with within without wont would
    wouldnt yes yet you youd youll your youre yours yourself yourselves youve
    """.split()  # noqa: SIM905
)


def words_of(text: str) -> list[str]:
    """Give a text's words in small letters, without apostrophes."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return [word.replace("'", "") for word in _WORD.findall(plain)]


def content_of(words: list[str]) -> list[str]:
    """Leave out words that say little; but if there are no others, keep them all."""
    kept = [word for word in words if word not in STOP_WORDS and len(word) > 1]
    return kept or words


@cache
def stem(word: str) -> str:
    """Cut a word's ending, roughly: "parking", "parked" and "parks" become the same. Made for English."""
    word = _without_plural(word)
    for ending in _ENDINGS:
        least = _LEAST_SHORT_STEM if ending in _SHORT_ENDINGS else _LEAST_STEM
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)]
            break
    if len(word) > _LEAST_SHORT_STEM and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    if len(word) > _LEAST_SHORT_STEM and word[-1] in "ei":
        word = word[:-1]
    return word[:-1] + "i" if len(word) > _LEAST_SHORT_STEM and word[-1] == "y" else word


def _without_plural(word: str) -> str:
    if len(word) <= _LEAST_STEM:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("es") and word[-3] in "sxzh":
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def pieces_of(words: list[str], sizes: tuple[int, ...] = (3, 4)) -> list[str]:
    """Give the runs of letters that words are made of, so that a slip of the pen costs little."""
    return [
        marked[start : start + size]
        for word in words
        for marked in (f"^{word}$",)
        for size in sizes
        for start in range(len(marked) - size + 1)
    ]
