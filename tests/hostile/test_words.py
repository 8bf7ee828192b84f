"""Words stay words: what people write is kept exactly, and is markup, a formula, a template or a log line nowhere.

One text with all of it in it is entered through every form and command; then every page, frame, table and file that
could show it is taken apart.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.faults.line import line
from tests.hostile import rubbish
from tests.hostile.arena import Arena
from tests.hostile.ways import post
from workshops.crowd_trial import guest
from workshops.results.outcomes import strings_in

HARM = "=1+1\"'><zzx onzz=1>{{7*7}}{% zz %}</textarea>"
"""Begins as a formula, closes quotes, opens an element, asks a template, and ends a text field."""
LINES = f"{HARM}\n2026-11-22 ERROR zzx: owned\r\n--><zzx>%0d%0a"
MARKDOWN = "<zzx onzz=1> [x](javascript:zzx) ![x](http://zzx.example/) <javascript:zzx> {{7*7}}\n\n# zzx\n\n<script>zzx</script>"
PLAIN_ROUTES = (
    "",
    "edit/",
    "year/",
    "people/add/",
    "insights/",
    "insights/new/",
    "insights/take/",
    "reports/",
)


class Parts(HTMLParser):
    """All that a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All words, also those in attributes, with spaces as one."""
        values = [value for _name, value in self.attributes]
        return re.sub(r"\s+", " ", " ".join(["".join(self.words), *values]))


def is_harmless(where: str, page: str) -> Parts:
    """Check that nothing of the words has become an element, an attribute, an address or a sum."""
    parts = Parts(page)
    assert "zzx" not in parts.tags, where
    assert "script" not in parts.tags or "zzx" not in page.partition("<script")[2].partition("</script")[0], (
        where
    )
    for name, value in parts.attributes:
        assert not name.startswith("onzz"), (where, name)
        if name in ("href", "src", "action", "formaction"):
            assert not value.strip().lower().startswith(("javascript:", "data:text")), (
                where,
                value,
            )
            assert name == "href" or "http://zzx" not in value, (where, value)
    assert "{{49" not in page, where
    return parts


class Visitor:
    """Somebody at a browser."""

    def __init__(self, arena: Arena, session: aiohttp.ClientSession) -> None:
        self.arena, self.session = arena, session
        self.seen: list[str] = []

    async def get(self, path: str, statuses: tuple[int, ...] = (200,)) -> str:
        async with self.session.get(URL(self.arena.server.url + path, encoded=True)) as response:
            page = await response.text(errors="replace")
            assert response.status in statuses, (path, response.status)
        if "text/html" in response.headers["Content-Type"]:
            self.seen.append(is_harmless(path, page).text)
        return page

    async def file(self, path: str) -> bytes:
        async with self.session.get(self.arena.server.url + path) as response:
            assert response.status == 200, (path, response.status)
            assert re.fullmatch(
                r'attachment; filename="[\w-]+\.\w+"', response.headers["Content-Disposition"]
            )
            return await response.read()

    async def fill(self, path: str, **form: Any) -> str:
        """Send a form that must be taken; give where it leads."""
        data = aiohttp.FormData()
        for name, value in form.items():
            data.add_field(name.replace("__", "-"), value)
        async with self.session.post(
            self.arena.server.url + path,
            data=data,
            headers={"X-CSRFToken": self._token()},
            allow_redirects=False,
        ) as response:
            said = await response.text()
            assert response.status == 302, (path, response.status, is_harmless(path, said).text[-600:])
            return response.headers["Location"]

    def _token(self) -> str:
        return self.session.cookie_jar.filter_cookies(URL(self.arena.server.url))["csrftoken"].value

    async def command(self, workshop: str, do: str, *, reader: str = "", **fields: Any) -> dict[str, Any]:
        body = json.dumps({"op": self.arena.new_op(), "do": do, **fields}).encode()
        path = f"/workshops/{workshop}/commands{'?as=' + reader if reader else ''}"
        status, said = await post(self.arena, self.session, path, body, "application/json")
        assert status == 200, (do, said)
        return dict(json.loads(said))


def harm(numbers: Iterator[int], most: int = 100) -> str:
    """Give the text with a number of its own, so that it is known again."""
    text = f"{HARM}{next(numbers)}zz"
    assert len(text) <= most
    return text


@pytest.fixture(scope="module")
async def told(playground: Arena) -> Told:
    return await Told(playground).tell()


class Told:
    """Everything that can be written has been written, by people of their own."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.lou = Visitor(arena, arena.browsers["lab"])
        self.numbers = iter(range(100, 1000))
        self.entered: dict[str, str] = {}
        self.frames: list[dict[str, Any]] = []

    def text(self, where: str) -> str:
        self.entered[where] = harm(self.numbers)
        return self.entered[where]

    async def tell(self) -> Told:
        """Write everywhere."""
        self.address = await self.lou.fill(
            "/challenges/new/",
            title=self.text("challenge"), question=self.text("question"), about=self.text("about"),
            partner=self.text("partner"), starts="2026-04-01", ends="2027-03-31", public="on",
        )  # fmt: skip
        await self.lou.fill(f"{self.address}people/add/", email="zz@example.org", name=self.text("member"),
                            role="participant", background=self.text("background"))  # fmt: skip
        await self.lou.fill(f"{self.address}teams/add/", name=self.text("team"), organisation=self.text("organisation"),
                            challenge_statement=self.text("statement"))  # fmt: skip
        await self._workshop()
        await self._insights()
        await self._report()
        return self

    async def _workshop(self) -> None:
        lou = self.lou
        made = await lou.fill(f"{self.address}workshops/new/", title=self.text("workshop"), day="2026-11-22", time="10:00",
                              minutes="90", purpose=self.text("purpose"))  # fmt: skip
        self.workshop = made.split("/")[2]
        room = f"/workshops/{self.workshop}"
        await lou.get(f"{room}/console")
        page = await lou.get(f"{room}/prepare")
        self.code = re.search(r"/join/([0-9A-Z]{8})/", page)[1]  # type: ignore[index]
        shared = {"visibility": "shared", "names": "everybody"}
        lead: Any = lambda do, **fields: lou.command(self.workshop, do, reader="facilitator", **fields)  # noqa: E731
        await lead(
            "step.change", activity="a1", title=self.text("step"), prompt=self.text("prompt"), settings=shared
        )
        await lead("step.open", activity="a1")
        self.ann = Visitor(self.arena, await self.arena.browser())
        name = HARM[:40] + "105zz"
        self.paths = await guest.join(self.ann.session, self.arena.server.url, self.code, name, background=HARM[:40],
                                      consent="named")  # fmt: skip
        self.entered["guest"] = name
        for kind in ("html", "json"):
            async with line(self.ann.session, self.paths, format=kind) as opened:
                await self.ann.get(f"{room}/")
                for where in ("idea", "idea hidden", "idea merged"):
                    await self.ann.command(
                        self.workshop, "idea.add", activity="a1", text=self.text(f"{where} {kind}")
                    )
                await opened.until(lambda opened=opened: any("from" in one for one in opened.messages))  # type: ignore[misc]
                self.frames += opened.messages
        await self.ann.command(self.workshop, "idea.add", activity="a1", text=LINES.replace("\x00", ""))
        for words in rubbish.INERT:
            await self.ann.command(self.workshop, "idea.add", activity="a1", text=words)
        await lead("idea.hide", idea="i2", reason=self.text("reason"))
        await lead("idea.merge", ideas=["i3"], into="i1")
        self.ann.seen.append(Parts(json.loads(await self.ann.get(f"{room}/frames"))["html"]).text)
        await lou.get(f"{room}/console")
        await lou.get(f"{room}/screen")
        await lead("step.reveal", activity="a1")
        await lead("step.open", activity="a2")
        await lead("cluster.make", activity="a2", title=self.entered_group(), ideas=["i1"])
        for path in ("/", "/console", "/screen"):
            await (self.ann if path == "/" else lou).get(room + path)
        await lead("step.reveal", activity="a2")
        await lead("step.open", activity="a3")
        await self.ann.command(self.workshop, "dot.place", activity="a3", item="i1")
        await lead("step.reveal", activity="a3")
        await self.ann.get(f"{room}/")
        await lead("workshop.close")

    def entered_group(self) -> str:
        """A group's name is short."""
        return self.text("group")

    async def _insights(self) -> None:
        made = await self.lou.fill(f"{self.address}insights/new/", statement=self.text("insight"), status="emerging",
                                   strength="weak", note=self.text("note"), tags=self.text("tag"))  # fmt: skip
        await self.lou.fill(
            f"{made}evidence/",
            note=self.text("evidence"),
            url="https://example.org/?zzx=%22%3E",
            strength="weak",
        )
        await self.lou.get(made)

    async def _report(self) -> None:
        made = await self.lou.fill(
            f"{self.address}reports/new/", title=self.text("report"), workshop=self.workshop
        )
        base = made.removesuffix("edit/")
        await self.lou.fill(f"{base}edit/", title=self.entered["report"], summary=MARKDOWN, authors=self.text("authors"),
                            licence=self.text("licence"))  # fmt: skip
        await self.lou.fill(
            f"{base}blocks/add/?kind=text", kind="text", heading=self.text("heading"), text=MARKDOWN
        )
        await self.lou.fill(f"{base}publish/", listed="yes")
        page = await self.lou.get(f"{base}publish/")
        await self.lou.fill(f"{base}publish/", listed="yes", change_note=self.text("change note"))
        self.base, self.report = base, base.rstrip("/").rpartition("/")[2]
        assert page


async def test_pages_show_words_as_words(told: Told) -> None:
    room = f"/workshops/{told.workshop}"
    for route in PLAIN_ROUTES:
        await told.lou.get(told.address + route)
    for page in ("/prepare", "/prepare/words", "/prepare/steps/a1", "/archive/"):
        await told.lou.get(room + page)
    await told.lou.get(f"{told.address}insights/take/{told.workshop}/")
    for page in ("edit/", "preview/", "publish/", "links/", "blocks/"):
        await told.lou.get(told.base + page)
    for page in ("/", "/library/", f"/library/{told.report}/", f"/library/{told.report}/v1/"):
        await told.lou.get(page)
    await told.ann.get(f"{room}/")
    everything = " ".join([*told.lou.seen, *told.ann.seen])
    missing = [where for where, text in told.entered.items() if text not in everything]
    assert missing == [], "kept exactly, and shown somewhere"


async def test_frames_carry_words_as_words(told: Told) -> None:
    assert any("html" in frame for frame in told.frames)
    for frame in told.frames:
        for sentence in frame.get("say", []):
            assert isinstance(sentence, str)
        if "html" in frame:
            is_harmless("a frame", frame["html"])
    texts = [item.get("text") for frame in told.frames for item in frame.get("items", {}).values()]
    assert told.entered["idea json"] in texts


async def test_tables_hold_no_formula(told: Told) -> None:
    packed = zipfile.ZipFile(io.BytesIO(await told.lou.file(f"/workshops/{told.workshop}/archive/all.zip")))
    tables = {name: packed.read(name) for name in packed.namelist() if name.endswith(".csv")}
    tables["a1"] = await told.lou.file(f"/workshops/{told.workshop}/archive/a1-1.csv")
    tables["figure"] = await told.lou.file(f"/library/{told.report}/v1/figure-1.csv")
    cells = [
        cell
        for data in tables.values()
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))
        for cell in row
    ]
    ours = [cell for cell in cells if HARM in cell]
    assert len(ours) > 5
    assert all(cell.startswith("'=") for cell in ours)
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in cells)
    assert all(re.fullmatch(r"(?:[\w-]+/)+[\w-]+(?:\.\w+)?", name) for name in packed.namelist())


async def test_exports_hold_the_words_exactly(told: Told) -> None:
    archive = json.loads(await told.lou.file(f"/workshops/{told.workshop}/archive/all.json"))
    kept = {idea["text"] for idea in archive["ideas"].values()}
    assert told.entered["idea html"] in kept
    assert set(rubbish.INERT) <= kept
    report = json.loads(await told.lou.get(f"/library/{told.report}/v1/report.json"))
    assert told.entered["report"] in set(strings_in(report))


async def test_logs_hold_no_words(told: Told) -> None:
    log = told.arena.server.log
    for words in ("<zzx", "{{7*7}}", "owned", "javascript:"):
        assert words not in log
