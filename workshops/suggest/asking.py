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
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings

from workshops.suggest.engine import matter

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

_SECONDS = 20
_MOST_WAITING = 8
_MOST_KEPT = 64
_HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")
"""Of the environment the child gets these, not the keys and passwords in it."""


class Unavailable(Exception):
    """There is no suggestion now: too many ask, or something broke."""


class _Asker:
    """Answers questions, each once: who asks the same again, at once or later, gets the same answer."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, "suggest")  # it only waits for the child
        self._under_way: dict[str, asyncio.Future[Any]] = {}
        self._kept: OrderedDict[str, Any] = OrderedDict()

    async def answer(self, question: dict[str, Any]) -> Any:
        asked = orjson.dumps({**question, "version": matter.VERSION}, option=orjson.OPT_SORT_KEYS)
        name = hashlib.sha256(asked).hexdigest()
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        if name not in self._under_way:
            if len(self._under_way) >= _MOST_WAITING:
                raise Unavailable
            work = asyncio.get_running_loop().run_in_executor(self._threads, _ask, asked)
            self._under_way[name] = work
            work.add_done_callback(lambda done: self._done(name, done))
        return await asyncio.shield(self._under_way[name])

    def _done(self, name: str, work: asyncio.Future[Any]) -> None:
        del self._under_way[name]
        if not work.cancelled() and work.exception() is None:
            self._kept[name] = work.result()
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


_asker = _Asker()


async def groups_for(ideas: Sequence[matter.Text], there: Sequence[matter.There]) -> matter.Suggestion:
    """Suggest groups for ideas. Raises Unavailable."""
    question = {"what": "suggest", "model": settings.EMBEDDINGS, "ideas": _plain(ideas)}
    question["there"] = [
        {"id": group.id, "title": group.title, "ideas": _plain(group.ideas)} for group in there
    ]
    return matter.suggestion(await _asker.answer(question))


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
