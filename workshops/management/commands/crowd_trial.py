"""`manage.py crowd_trial`: simulated participants in a workshop of a running server. See docs/crowd-trial.md."""

from __future__ import annotations

import asyncio
import json
import random
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import aiohttp
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from lab_workspace.people import sign_in_links
from lab_workspace.people.models import User
from workshops.crowd_trial import check, files, kept, report, setting_up, tally
from workshops.crowd_trial.facilitator import CantRun
from workshops.crowd_trial.guest import NotLetIn
from workshops.crowd_trial.measures import Said
from workshops.crowd_trial.run import Plan, Trial
from workshops.models import Workshop
from workshops.queries import shown_code

BROKEN = 2
"""Exit code when something differs; 1 is for what could not be tried at all."""
DEFAULT_SPEED = 10.0


class Command(BaseCommand):
    """Runs a trial, prints its figures and checks, and fails if anything differs."""

    help = (
        "Let simulated participants write and vote, from files, in a workshop of a running server that uses this "
        "database; then check that nothing was lost, counted twice or shown too early."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where, what and how."""
        parser.add_argument("url", nargs="?", help="the running server, such as http://127.0.0.1:8000")
        parser.add_argument("code", nargs="?", default="", help="the join code of an existing workshop")
        parser.add_argument(
            "--make",
            nargs="?",
            const="",
            metavar="CHALLENGE",
            help="make the workshop, in this challenge (its slug)",
        )
        parser.add_argument(
            "--ideas", type=Path, metavar="FILE", help="JSON Lines; without it, our own sample"
        )
        votes = parser.add_mutually_exclusive_group()
        votes.add_argument(
            "--votes", type=Path, metavar="FILE", help="JSON Lines with agree, pass or disagree"
        )
        votes.add_argument("--dots", type=Path, metavar="FILE", help="JSON Lines with real ballots, in dots")
        parser.add_argument(
            "--people", type=int, metavar="N", help="so many: fewer than the file has, or silent ones more"
        )
        speed = parser.add_mutually_exclusive_group()
        speed.add_argument(
            "--speed", type=float, default=DEFAULT_SPEED, help="so much faster than the file (10)"
        )
        speed.add_argument("--as-fast-as-possible", action="store_true")
        parser.add_argument("--transport", choices=("socket", "poll", "mixed"), default="mixed")
        drive = parser.add_mutually_exclusive_group()
        drive.add_argument(
            "--drive", nargs="?", const="", metavar="EMAIL", help="play the facilitator too, as this account"
        )
        drive.add_argument("--no-drive", action="store_true", help="wait for a human at the console")
        parser.add_argument(
            "--also", action="append", default=[], metavar="URL", help="another process of the same server"
        )
        parser.add_argument(
            "--seed", type=int, help="of everything left to chance; printed, so that it can be given again"
        )
        parser.add_argument(
            "--record", type=Path, metavar="FILE", help="write down what was said, without words"
        )
        parser.add_argument(
            "--check-again", type=Path, metavar="FILE", help="only compare such a record with this database"
        )
        parser.add_argument("--no-input", action="store_true", help="never ask")

    def handle(self, *args: Any, **options: Any) -> None:
        """Try it, or check again."""
        try:
            ideas, votes = _files(options)
            script = files.read(ideas, votes)
            if options["check_again"]:
                self._check_again(options["check_again"], ideas, votes)
                return
            script, silent = _crowd(script, options["people"])
            plan = self._plan(script, silent, ideas, options)
        except (files.BadFile, setting_up.NoTrial) as problem:
            raise CommandError(str(problem)) from problem
        trial = Trial(plan, self._tell)
        started = time.perf_counter()
        try:
            asyncio.run(trial.run())
        except (NotLetIn, CantRun, aiohttp.ClientError, TimeoutError) as problem:
            raise CommandError(f"The trial stopped: {type(problem).__name__}: {problem}") from problem
        self._tell("")
        for line in report.table(trial, time.perf_counter() - started):
            self._tell(line)
        if options["record"]:
            options["record"].write_text(json.dumps(trial.said.as_json()), encoding="utf-8")
        self._judge(trial.said, ideas, votes, report.seen_while_running(trial.measures))

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    # -- before ------------------------------------------------------------------------------------------------------

    def _plan(self, script: files.Script, silent: int, ideas: Path, options: dict[str, Any]) -> Plan:
        if not options["url"]:
            raise CommandError("Say which server, such as http://127.0.0.1:8000")
        bases = [url.rstrip("/") for url in (options["url"], *options["also"])]
        workshop, facilitator = self._workshop(script, ideas, options)
        driven = facilitator is not None
        stages = setting_up.stages_of(workshop, script, driven=driven)
        seed = options["seed"] if options["seed"] is not None else random.randrange(1_000_000)  # noqa: S311 (no secret)
        speed = None if options["as_fast_as_possible"] else options["speed"]
        pace = "as fast as possible" if speed is None else f"{speed:g} times as fast as the file"
        self._tell(f"“{workshop}” at {bases[0]}, code {shown_code(workshop.code)}, seed {seed}, {pace}.")
        self._tell(
            f"{len(script.people) + silent} people, {len(script.ideas)} ideas ({len(script.rejected)} to be hidden), "
            f"{len(script.votes)} lines of votes."
        )
        if not driven:
            console = reverse("workshops:console", args=[workshop.pk])
            self._tell(f"Run it at {bases[0]}{console}; the trial ends when you close the workshop.")
        return Plan(
            bases=bases,
            workshop=str(workshop.pk),
            code=workshop.code,
            script=script,
            brainstorm=stages.brainstorm,
            vote=stages.vote,
            silent=silent,
            speed=speed,
            transport=options["transport"],
            drive=sign_in_links.path_for(facilitator) if facilitator else "",
            seed=seed,
            common=stages.common,
            secret_ideas=stages.secret_ideas,
        )

    def _workshop(
        self, script: files.Script, ideas: Path, options: dict[str, Any]
    ) -> tuple[Workshop, User | None]:
        """Give the workshop, and who is to be played at its console, if anybody."""
        email = options["drive"] or ""
        if options["make"] is not None:
            challenge = setting_up.challenge_named(options["make"])
            facilitator = setting_up.facilitator_for(challenge, email)
            workshop = setting_up.make(challenge, ideas.name.split(".")[0], script, facilitator)
            return workshop, None if options["no_drive"] else facilitator
        if not options["code"]:
            raise CommandError("Give the join code of a workshop, or --make to have one made.")
        workshop = setting_up.find(options["code"])
        self._must_be_meant(workshop, options)
        fresh = not options["no_drive"] and setting_up.is_fresh(workshop)
        if options["drive"] is None and not fresh:
            return workshop, None
        return workshop, setting_up.facilitator_for(workshop.challenge, email)

    def _must_be_meant(self, workshop: Workshop, options: dict[str, Any]) -> None:
        """Ask before simulated people mix with a real workshop: what they do can't be undone."""
        if workshop.title.startswith(setting_up.MARK) or options["no_input"]:
            return
        self._tell(f"“{workshop}” is not marked as a crowd trial (“{setting_up.MARK}…”).")
        question = "Simulated people will join it, write and vote, and this can't be undone. Go on? [y/N] "
        if input(question).strip().lower() not in {"y", "yes"}:
            raise CommandError("Nothing was done.")

    # -- after -------------------------------------------------------------------------------------------------------

    def _check_again(self, record: Path, ideas: Path, votes: Path) -> None:
        try:
            said = Said.from_json(json.loads(record.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError) as problem:
            raise CommandError(f"{record} is not the record of a crowd trial.") from problem
        self._judge(said, ideas, votes, [])

    def _judge(self, said: Said, ideas: Path, votes: Path, seen: list[check.Check]) -> None:
        people = set(said.people)
        try:
            database = kept.read(said.workshop)
        except Workshop.DoesNotExist as missing:
            raise CommandError("The workshop is not in this database.") from missing
        found = (
            check.checks(said, database, lambda hidden: tally.expected(ideas, votes, people, hidden)) + seen
        )
        self._tell("")
        for line in report.verdict(found):
            self._tell(line)
        broken = [one for one in found if not one.holds]
        if broken:
            raise CommandError(f"{len(broken)} of {len(found)} checks are broken.", returncode=BROKEN)
        self._tell(f"\n  All {len(found)} checks hold.")


def _files(options: dict[str, Any]) -> tuple[Path, Path]:
    ideas, votes = options["ideas"], options["votes"] or options["dots"]
    if (ideas is None) != (votes is None):
        raise CommandError(
            "Give both: --ideas, and --votes or --dots. Without any, our own sample is played."
        )
    if ideas is None:
        return files.SAMPLES / "tea-room.ideas.jsonl", files.SAMPLES / "tea-room.votes.jsonl"
    return ideas, votes


def _crowd(script: files.Script, people: int | None) -> tuple[files.Script, int]:
    """Take so many people of the file; more than it has are silent."""
    if people is None:
        return script, 0
    if people < 1:
        raise CommandError("A crowd trial needs somebody.")
    return script.of(set(script.people[:people])), max(0, people - len(script.people))
