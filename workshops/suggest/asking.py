"""Asking for suggested groups and near-duplicates: worked out in a process of its own, one at a time, and kept.

A question is plain data with the words of a board in it. It goes to a child process on this machine and nowhere else.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import subprocess
import sys
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from workshops.suggest.engine import matter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_stubs_ext import StrOrPromise

log = logging.getLogger(__name__)

SECONDS_BETWEEN = 5.0
"""So long participants wait between two questions of theirs."""
_SECONDS = 20
_MOST_WAITING = 8
_MOST_KEPT = 64
_HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")
"""Of the environment the child gets these, not the keys and passwords in it."""


@dataclass(frozen=True, slots=True)
class By:
    """A participant who asks, where everybody may. Facilitators ask as often as they like, so nobody is named then."""

    workshop: str
    person: str


class Unavailable(Exception):
    """There is no suggestion now: too many ask, or something broke. `sentence` says what to do."""

    status = 503
    sentence: StrOrPromise = _("Suggestions can't be worked out just now. Try again in a moment.")


class AskedJustNow(Unavailable):
    """This person asked a few seconds ago."""

    status = 429
    sentence = _("You asked for suggestions a moment ago. Wait a few seconds, then ask again.")


class OneUnderWay(Unavailable):
    """Somebody else's question about this workshop is being answered."""

    status = 429
    sentence = _("Suggestions are being worked out for somebody else here. Ask again in a few seconds.")


class _Pace:
    """Keeps participants from keeping the server busy: a pause after each question, and one at a time a workshop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: OrderedDict[By, float] = OrderedDict()
        self._busy: dict[str, By] = {}

    def begin(self, by: By) -> None:
        """Note a question that nobody has asked yet. Raises AskedJustNow or OneUnderWay."""
        now = self._clock()
        while self._last and now - next(iter(self._last.values())) >= SECONDS_BETWEEN:
            self._last.popitem(last=False)
        if by in self._last or self._busy.get(by.workshop) == by:
            raise AskedJustNow
        if by.workshop in self._busy:
            raise OneUnderWay
        self._busy[by.workshop] = by

    def end(self, by: By) -> None:
        """Note that the answer is there: the pause begins now."""
        del self._busy[by.workshop]
        self._last[by] = self._clock()


class _Asker:
    """Answers questions, each once: who asks the same again, at once or later, gets the same answer."""

    def __init__(self, pace: _Pace | None = None) -> None:
        self._pace = pace or _Pace()
        self._threads = ThreadPoolExecutor(1, "suggest")  # it only waits for the child
        self._under_way: dict[str, asyncio.Future[Any]] = {}
        self._kept: OrderedDict[str, Any] = OrderedDict()

    async def answer(self, question: dict[str, Any], by: By | None = None) -> Any:
        asked = orjson.dumps({**question, "version": matter.VERSION}, option=orjson.OPT_SORT_KEYS)
        name = hashlib.sha256(asked).hexdigest()
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        if name not in self._under_way:
            if len(self._under_way) >= _MOST_WAITING:
                raise Unavailable
            if by is not None:
                self._pace.begin(by)
            work = asyncio.get_running_loop().run_in_executor(self._threads, _ask, asked)
            self._under_way[name] = work
            if by is not None:
                work.add_done_callback(lambda _done: self._pace.end(by))
            work.add_done_callback(lambda done: self._done(name, done))
        return await asyncio.shield(self._under_way[name])

    def _done(self, name: str, work: asyncio.Future[Any]) -> None:
        del self._under_way[name]
        if not work.cancelled() and work.exception() is None:
            self._kept[name] = work.result()
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


_asker = _Asker()


async def groups_for(
    ideas: Sequence[matter.Text], there: Sequence[matter.There], by: By | None = None
) -> matter.Suggestion:
    """Suggest groups for ideas. Raises Unavailable; for a participant (`by`) also because they asked just now.

    What was worked out already costs nothing, and is given to anybody at any time.
    """
    question = {"what": "suggest", "model": settings.EMBEDDINGS, "ideas": _plain(ideas)}
    question["there"] = [
        {"id": group.id, "title": group.title, "ideas": _plain(group.ideas)} for group in there
    ]
    return matter.suggestion(await _asker.answer(question, by))


async def near_duplicates(ideas: Sequence[matter.Text]) -> list[matter.Alike]:
    """Find ideas that say nearly the same. Raises Unavailable."""
    return matter.alikes(await _asker.answer({"what": "alike", "ideas": _plain(ideas)}))


def _plain(ideas: Sequence[matter.Text]) -> list[dict[str, str]]:
    return [{"id": idea.id, "text": idea.text} for idea in ideas]


def _ask(asked: bytes) -> Any:
    """Let a child process answer. Raises Unavailable; what is logged holds nobody's words."""
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "workshops.suggest.engine"],
            input=asked,
            capture_output=True,
            check=True,
            timeout=_SECONDS,
            cwd=settings.BASE_DIR,
            env={name: os.environ[name] for name in _HANDED_ON if name in os.environ},
        )
    except subprocess.TimeoutExpired as error:
        log.warning("A suggestion took over %d seconds and was given up", _SECONDS)
        raise Unavailable from error
    except (OSError, subprocess.CalledProcessError) as error:
        log.error("A suggestion failed: %s", _kind_of(error))  # noqa: TRY400 (a traceback could hold words)
        raise Unavailable from error
    if ran.stderr:
        log.warning("Suggestions go on without word vectors: %s can't be read", settings.EMBEDDINGS)
    return orjson.loads(ran.stdout)


def _kind_of(error: OSError | subprocess.CalledProcessError) -> str:
    lines = (
        error.stderr.decode(errors="replace").splitlines()
        if isinstance(error, subprocess.CalledProcessError)
        else []
    )
    return lines[-1].partition(":")[0] if lines else type(error).__name__
