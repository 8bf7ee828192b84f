"""Crowd trials against real servers: that they hold, and that they would notice if something didn't."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from lab_workspace.people import sign_in_links
from realtime.client import Ack, LiveClient
from realtime.client_view import View
from tests import services
from tests.conftest import StartDaphne
from tests.daphne import REPOSITORY, Daphne, environment, fresh_database
from tests.makers import list_workshop, make_challenge, make_member
from workshops.crowd_trial import files, guest, hidden, tally
from workshops.crowd_trial.stage import differences, stage_at

OURS = files.SAMPLES / "tea-room.ideas.jsonl"
VOTES = ["--ideas", str(OURS), "--votes", str(files.SAMPLES / "tea-room.votes.jsonl")]
BALLOTS = ["--ideas", str(OURS), "--dots", str(files.SAMPLES / "tea-room.dots.jsonl")]
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    '=HYPERLINK("http://example.org","=1+1")',
    "@SUM(A1:A9)|cmd' /C calc'!A0",
    "Robert'); DROP TABLE workshops_idearecord;--",
    "{{ settings.SECRET_KEY }} {% load static %} %(name)s {0}",
    "👩🏽‍⚕️ helps 🏴󠁧󠁢󠁷󠁬󠁳󠁿 and क्षि and e\u0301",
    "ابدأ مبكرا: קבוצת תמיכה then English",
    'Two lines:\nthe second, with "quotes" & <b>bold</b>',
    "]]>--></li></ul></section>",
    "null",
)


SET_UP = """
from django.utils import timezone
from tests.makers import list_workshop, make_challenge, make_member
from workshops.actions import add_usual_agenda, make_workshop
challenge = make_challenge()
robin = make_member(challenge, "Robin Vale", "facilitator")
add_usual_agenda(make_workshop(challenge, "A workshop in earnest", timezone.now(), 60, robin, code="EARNEST0"))
"""


@dataclass
class Done:
    code: int
    out: str

    def figure(self, name: str) -> str:
        found = re.search(rf"^ +{re.escape(name)} +(.*)$", self.out, re.MULTILINE)
        assert found, self.out
        return found[1]


def try_with_a_crowd(env: dict[str, str], *arguments: str) -> Done:
    command = [sys.executable, "manage.py", "crowd_trial", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
    return Done(done.returncode, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def server() -> Iterator[Daphne]:
    """One process on SQLite, as `make run` starts it, with a challenge and a workshop."""
    server = Daphne(fresh_database("sqlite"))
    server.manage("shell", "--verbosity", "0", "--command", SET_UP)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def record() -> Path:
    return services.FOLDER / "trial.json"


@pytest.fixture(scope="module")
def tried(server: Daphne, record: Path) -> Done:
    quick = ["--make", "--as-fast-as-possible", "--seed", "7", "--record", str(record)]
    return try_with_a_crowd(server.settings, server.url, *quick, *VOTES)


def test_our_own_sample_holds_with_bad_luck(tried: Done, record: Path) -> None:
    assert tried.code == 0, tried.out
    assert "All 11 checks hold." in tried.out
    assert "BROKEN" not in tried.out
    assert tried.figure("People") == "15 (13 on sockets, 2 on long poll)"
    assert tried.figure("idea.add acknowledged, refused, unknown") == "26, 0, 0"
    assert tried.figure("dot.set acknowledged, refused, unknown").endswith(", 8, 0")
    assert tried.figure("Refused with") == "not_on_ballot 8"
    twice, broken, reloads = map(int, tried.figure("Sent twice, broken lines, reloads").split(", "))
    assert twice >= 3
    assert broken >= 1
    assert reloads >= 2
    said = record.read_text()
    assert not any(json.loads(line)["text"] in said for line in OURS.read_text().splitlines())


CHANGES = (
    "DELETE FROM realtime_event WHERE id = (SELECT max(id) FROM realtime_event WHERE kind = 'dots.placed')",
    """INSERT INTO realtime_event (stream_id, seq, at, v, kind, actor, op, body, seal, chain)
    SELECT stream_id, seq + 9000, at, v, kind, actor, 'an-op-nobody-sent', body, seal, chain
    FROM realtime_event WHERE kind = 'dots.placed' ORDER BY id DESC LIMIT 1""",
    """UPDATE workshops_archive SET content = json_set(content, '$.outcomes[1].eligible', 14, '$.outcomes[1].answered', 3,
    '$.outcomes[1].rows[2].dots', 1 + json_extract(content, '$.outcomes[1].rows[2].dots'))""",
    "UPDATE workshops_tallyrecord SET voters = voters + 1 WHERE rank = 1",
    "UPDATE workshops_idearecord SET text = 'Close the other group in town, nobody goes there anyway.' WHERE hidden",
)
NAMED = (
    r"dot.set [0-9a-f-]{36} was acked, and is in the log 0 times",
    r"dots.placed an-op-nobody-sent is in the log, but nobody sent it",
    r"the hash chain breaks at entry \d+",
    r"a2/1: idea \d+ has \(\d+, \d+\) \(dots, voters\), where \(\d+, \d+\) is right",
    r"a2/1: 14 eligible, where 15 is right",
    r"a2/1: 3 answered, where 15 is right",
    r"the archive's content no longer has its checksum",
    r"a2/1: idea \d+ has another total in the records than in the archive",
    r"the words of idea 25, which is hidden, stand in the archive or the records",
)


def test_the_checks_would_notice(tried: Done, record: Path, server: Daphne, tmp_path: Path) -> None:
    assert tried.code == 0, tried.out
    copy = tmp_path / "copy.sqlite3"
    held, other = sqlite3.connect(server.database_url.removeprefix("sqlite:///")), sqlite3.connect(copy)
    held.backup(other)
    for change in CHANGES:
        assert other.execute(change).rowcount > 0
    other.commit()
    held.close()
    other.close()
    done = try_with_a_crowd(environment(f"sqlite:///{copy}"), "--check-again", str(record), *VOTES)
    assert done.code == 2, done.out
    for what in NAMED:
        assert re.search(what, done.out), done.out


def hostile_files(folder: Path) -> list[str]:
    """Ideas in awkward words, and real ballots of five voters who change their minds."""
    ideas, dots = folder / "hostile.ideas.jsonl", folder / "hostile.dots.jsonl"
    written = [
        {"id": n, "text": text, "author": n % 4, "t": n, "status": "accepted" if n % 5 else "rejected"}
        for n, text in enumerate(HOSTILE)
    ]
    placed = [
        {"voter": voter, "idea": (n * 3 + voter) % len(HOSTILE), "dots": (voter + n) % 3, "t": 1000 + n}
        for voter in range(7)
        for n in range(2 * len(HOSTILE))
    ]
    ideas.write_text("\n".join(map(json.dumps, written)))
    dots.write_text("\n".join(map(json.dumps, [{"budget": 5, "cap": 2}, *placed])))
    return ["--ideas", str(ideas), "--dots", str(dots)]


CONNECTIONS = 18
"""What one process opens at most, as docs/architecture.md says, however many requests there are."""


def connections_open() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_hostile_words_in_two_processes_that_share_a_workshop(daphne: StartDaphne, tmp_path: Path) -> None:
    """On Redis and the database of this run, which is PostgreSQL where nobody asked for another."""
    make_member(make_challenge(), "Robin Vale", "facilitator")
    before = connections_open()  # this process has some of its own, from tests before
    one, two = daphne(), daphne()
    done = try_with_a_crowd(
        one.settings, one.url, "--also", two.url, "--make", "--as-fast-as-possible", *hostile_files(tmp_path)
    )
    assert done.code == 0, done.out
    assert "All 11 checks hold." in done.out
    assert min(map(int, done.figure("On each process at the end").split(", "))) >= 1
    assert done.figure("idea.add acknowledged, refused, unknown") == f"{len(HOSTILE)}, 0, 0"
    assert "not_on_ballot" in done.figure("Refused with")
    assert connections_open() - before <= 2 * CONNECTIONS, "some are left over from requests"


def test_a_real_conversation_holds(server: Daphne, real_data: Path | None) -> None:
    """On the real files where they are; else on our own ballots, with silent people and all on long poll."""
    arguments = [*BALLOTS, "--people", "18", "--transport", "poll"]
    people, written = "18 (0 on sockets, 18 on long poll)", "26, 0, 0"
    if real_data is not None:
        name = str(real_data / "real" / "ideas-votes" / "london-youth-policing")
        arguments = ["--ideas", f"{name}.ideas.jsonl", "--votes", f"{name}.votes.jsonl"]
        people, written = "27 (24 on sockets, 3 on long poll)", "39, 0, 0"
    done = try_with_a_crowd(server.settings, server.url, "--make", "--as-fast-as-possible", *arguments)
    assert done.code == 0, done.out
    assert done.figure("People") == people
    assert done.figure("idea.add acknowledged, refused, unknown") == written


@pytest.fixture
def played_by_hand(daphne: StartDaphne) -> tuple[Daphne, str]:
    """A server, and a facilitator's sign-in link."""
    robin = make_member(make_challenge(), "Robin Vale", "facilitator")
    return daphne(), sign_in_links.path_for(robin)


async def test_a_facilitator_runs_it_by_hand(played_by_hand: tuple[Daphne, str]) -> None:
    """Without `--drive` the simulated people wait for what a human opens; totals are those of what they could place."""
    server, link = played_by_hand
    trial = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "manage.py",
            "crowd_trial",
            server.url,
            "--make",
            "--no-drive",
            "--as-fast-as-possible",
        ),
        cwd=REPOSITORY,
        env=server.settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert trial.stdout is not None
    said = ""
    while "15 joined" not in said:
        line = await trial.stdout.readline()
        assert line, said
        said += line.decode()
    found = re.search(r"/workshops/([0-9a-f-]{36})/console", said)
    assert found
    async with aiohttp.ClientSession(cookie_jar=guest.cookie_jar()) as session:
        await guest.sign_in(session, server.url, link)
        paths = await guest.as_facilitator(session, server.url, found[1])
        async with LiveClient(session, paths, reader="facilitator") as console:

            async def press(do: str, **fields: str) -> None:
                assert isinstance(await console.send({"do": do, **fields}), Ack)

            def counted(what: str, least: int) -> bool:
                rows = console.items.get("stage.progress", console.items["stage"])["progress"]
                return any(what in row["what"] and int(row["number"].split()[0]) >= least for row in rows)

            await press("step.open", activity="a1")
            await console.wait_until(lambda _: counted("ideas written", 5), 20)
            await press("step.close", activity="a1")  # perhaps before everybody had written everything
            await press("step.reveal", activity="a1")
            await press("step.open", activity="a2")
            await console.wait_until(lambda _: counted("have placed dots", 10), 20)
            await press("step.reveal", activity="a2")
            await press("workshop.close")
            assert stage_at(console).phase in {"revealed", "over"}
    said += (await trial.stdout.read()).decode()
    assert await trial.wait() == 0, said
    assert re.search("All 11 checks hold", said), said
    assert "BROKEN" not in said


async def test_the_door_says_why_it_stays_shut(server: Daphne) -> None:
    async with aiohttp.ClientSession(cookie_jar=guest.cookie_jar()) as session:
        with pytest.raises(guest.NotLetIn, match="No workshop is open with"):
            await guest.join(session, server.url, "WRONGC0D", "Sam")
        with pytest.raises(guest.NotLetIn, match="Your name"):
            await guest.join(session, server.url, "EARNEST0", " ")
        paths = await guest.join(session, server.url, "EARNEST0", "Sam")
        assert await guest.join(session, server.url, "EARNEST0", "Sam again") == paths
        assert "A workshop in earnest" in await guest.room_page(session, paths)
        with pytest.raises(guest.NotLetIn, match="404"):
            await guest.as_facilitator(session, server.url, paths.frames.split("/")[2])


def test_real_workshops_are_not_mixed_with_by_mistake(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop = list_workshop(make_challenge(), "A workshop in earnest")
    asked: list[str] = []

    def no(question: str) -> str:
        asked.append(question)
        return "n"

    monkeypatch.setattr("builtins.input", no)
    with pytest.raises(CommandError, match="Nothing was done"):
        call_command("crowd_trial", "http://127.0.0.1:9", workshop.code)
    assert "can't be undone" in asked[0]


# -- the parts that judge ------------------------------------------------------------------------------------------


def stage(kind: str, phase: str) -> str:
    step = {"id": "a1", "kind": kind, "round": 1, "phase": phase}
    return json.dumps({"from": 1, "seq": 2, "items": {"stage": {"step": step}}}, separators=(",", ":"))


def test_hidden_words_are_found_wherever_they_came() -> None:
    texts = {"1": "An idea of somebody else", "2": "A thought of my own here", "3": "Yes"}
    own = '{"own":{"mine":["i2"]},"items":{"own-ideas":{"text":"A thought of my own here"}}}'
    early = '{"from":2,"seq":3,"items":{"idea-i1":{"text":"An idea of somebody else"}}}'
    page = "<!doctype html><p>An idea of somebody else</p>"

    def found(*log: str, taken_off: tuple[str, ...] = ()) -> list[str]:
        return hidden.found_in(log, texts, ["2"], taken_off)

    writing, shown, voting = (
        stage("brainstorm", "open"),
        stage("brainstorm", "revealed"),
        stage("dot_vote", "open"),
    )
    assert found(writing, own, shown, early, voting) == []
    assert found(writing, early, shown) == ["idea 1 before the reveal"]
    assert found(writing, page, writing) == ["idea 1 before the reveal"]
    assert found(writing, page, shown) == []
    assert found(writing, '{"x":"Yes"}') == ["idea 3 before the reveal"]
    assert found(writing, '{"x":"Yesterday"}') == []
    assert found(shown, early, voting, early, taken_off=("1",)) == ["idea 1 after it was hidden"]
    totals = '{"from":2,"seq":3,"items":{"item-i1.tally":{"dots":3}}}'
    assert found(voting, totals) == ["totals before the result was shown"]
    assert found(voting, stage("dot_vote", "revealed"), totals) == []


def test_votes_are_counted_from_the_files_alone(tmp_path: Path) -> None:
    ideas, votes = tmp_path / "ideas.jsonl", tmp_path / "votes.jsonl"
    rows = [
        {"id": n, "text": f"Idea {n}", "author": 1, "t": n, "status": "rejected" if n == 3 else "accepted"}
        for n in (1, 2, 3)
    ]
    ideas.write_text("\n".join(map(json.dumps, rows)))
    lines = [(1, 1, 1), (1, 1, -1), (1, 1, 1), (2, 1, 1), (2, 1, 0), (2, 2, -1), (1, 3, 1), (3, 3, 1)]
    votes.write_text(
        "\n".join(
            json.dumps({"voter": v, "idea": i, "value": value, "t": t})
            for t, (v, i, value) in enumerate(lines)
        )
    )
    counted = tally.expected(ideas, votes, {"1", "2", "3"})
    assert counted.rows == {"1": (1, 1), "2": (0, 0)}
    assert (counted.voted, counted.tries_on_hidden, counted.tries_over) == (1, 2, 0)
    votes.write_text(
        '{"budget":3,"cap":2}\n'
        + "\n".join(
            json.dumps({"voter": v, "idea": i, "dots": dots, "t": t})
            for t, (v, i, dots) in enumerate(
                [(1, 1, 2), (1, 2, 2), (1, 2, 1), (2, 1, 3), (1, 1, 0), (1, 2, 2)]
            )
        )
    )
    counted = tally.expected(ideas, votes, {"1", "2"})
    assert counted.rows == {"1": (0, 0), "2": (2, 1)}
    assert (counted.voted, counted.tries_over) == (1, 2)
    assert files.read(ideas, votes).budget == 3


def test_parts_that_came_after_their_card_are_compared_with_a_card_drawn_anew() -> None:
    hands = {"closed": False, "hands": ["Ann"], "speaking": None}
    card = {"joined": 25, "missing": {"joined": 24}, "votes": {"n": 1}, "hands": hands | {"hands": []}}
    parts = {
        "people.count": {"joined": 26},
        "people.missing": {"missing": {"joined": 25}},
        "people.votes": {"n": 2},
        "people.hands": hands,
    }
    fresh = {"joined": 26, "missing": {"joined": 25}, "votes": {"n": 2}, "hands": hands}
    live = View(items={"people": card, **parts})
    assert differences(live, View(items={"people": fresh})) == []
    assert differences(live, View(items={"people": fresh | {"missing": {"joined": 24}}})) == ["people"]
