"""How words may be used, and what may stand under them: a name, a role, or nothing.

A role can point to one person ("patient", where one patient came). So it stands with an idea only where at least
`FEWEST` people of that role took part, as small numbers are kept out of statistics on health. Where they are fewer the
idea is quoted without a role and its consent says so too: "with role" beside no role would tell that it is a rare one.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from workshops.activities.registry import writing_of
from workshops.live.few import FEWEST, same_words
from workshops.models import Consent

if TYPE_CHECKING:
    from workshops.live.state import Idea, State, Step

_STRICTEST_FIRST = [str(one) for one in (Consent.INTERNAL, Consent.UNNAMED, Consent.ROLE, Consent.NAMED)]
_BETWEEN_NAMES = re.compile(r"[,;/&+]|\band\b", re.IGNORECASE)


def may_be_kept(state: State, idea: Idea) -> bool:
    """Whether an idea's words may leave the room: it was shown to everybody, and nobody took it off the board."""
    origin = state.steps[idea.step]
    kind = writing_of(origin.kind)
    kept = kind.shown(origin, idea) and kind.keeps_words(origin, idea)
    return kept and not idea.removed and idea.hidden is None


def consent_of(state: State, idea: Idea) -> str:
    """Give how an idea's author lets it be used. Where names were promised to nobody, none is ever given.

    Of words that are not kept nothing of their author is told either: they are the Lab's own matter.
    """
    if not may_be_kept(state, idea):
        return str(Consent.INTERNAL)
    origin = state.steps[idea.step]
    kind = writing_of(origin.kind)
    if kind.names_people(origin, idea) and not _agreed_to_be_named(state, idea.text):
        return str(Consent.INTERNAL)
    given = kind.consent(origin, idea)
    consent = _asked(state, origin, idea.author) if given is None else given
    people, pieces = kind.rests_on(state, origin, idea)
    if not people and not pieces:
        return consent
    all_given = [consent, *(_asked(state, origin, person) for person in people)]
    all_given += [consent_of(state, piece) for piece in pieces]
    return _STRICTEST_FIRST[min(_STRICTEST_FIRST.index(one) for one in (*all_given, str(Consent.UNNAMED)))]


def credit_of(state: State, idea: Idea) -> str:
    """Give the words under a quotation: a name, a role, or nothing."""
    author = state.people.get(idea.author)
    if author is None or not may_be_kept(state, idea):
        return ""
    consent = consent_of(state, idea)
    if consent == Consent.NAMED:
        return ", ".join(filter(None, (author.name, author.background)))
    return role_shown(state, state.steps[idea.step], author.background) if consent == Consent.ROLE else ""


def role_shown(state: State, origin: Step, background: str) -> str:
    """Give a role as it may stand under words of this step, or nothing where it could point to somebody.

    It is written as most of them wrote it: somebody's own spelling would tell them from the others.
    """
    place = origin.id if origin.parent else ""
    roles: dict[str, str] = state.once(("roles", place), lambda: _roles(state, origin))
    return roles.get(same_words(background), "")


def _roles(state: State, origin: Step) -> dict[str, str]:
    """Count those who were there, in a breakout room only its own people.

    People who are named don't count: whoever reads their names could tell the few who are left.
    """
    spellings: dict[str, Counter[str]] = {}
    for person in state.people_at(origin):
        if person.background.strip() and person.consent != Consent.NAMED:
            written = " ".join(person.background.split())
            spellings.setdefault(same_words(written), Counter())[written] += 1
    return {
        role: min(counts, key=lambda written: (-counts[written], written))
        for role, counts in spellings.items()
        if counts.total() >= FEWEST
    }


def _asked(state: State, origin: Step, person: str) -> str:
    """Give what somebody chose, as far as their name was not promised to nobody and their role tells of no one."""
    author = state.people.get(person)
    if author is None:
        return str(Consent.INTERNAL)
    promised_nobody = writing_of(origin.kind).names(origin) == "nobody"
    by_role = author.consent == Consent.ROLE or (promised_nobody and author.consent == Consent.NAMED)
    if not by_role:
        return str(author.consent)
    return str(Consent.ROLE if role_shown(state, origin, author.background) else Consent.UNNAMED)


def _agreed_to_be_named(state: State, text: str) -> bool:
    """Whether words name only people who were there and agreed to stand with their names, or a room, as outcomes do."""
    agreed: dict[str, bool] = state.once("agreed to be named", lambda: _agreed(state))
    names = [name for part in _BETWEEN_NAMES.split(text) if (name := same_words(part))]
    return bool(names) and all(agreed.get(name, False) for name in names)


def _agreed(state: State) -> dict[str, bool]:
    """Give each name here and whether all who have it agreed. Names of breakout rooms (teams) are public anyway."""
    agreed = {same_words(step.room): True for step in state.everything() if step.room}
    for person in state.people.values():
        named = person.consent == Consent.NAMED and not person.removed
        name = same_words(person.name)
        agreed[name] = agreed.get(name, True) and named
    return agreed
