"""Makes the pictures of `docs/images/`: a server of its own, the demo challenge, a whole workshop, a real browser.

`make pictures` runs it. Everything in the pictures is invented. It leaves nothing behind but the pictures.
"""  # noqa: INP001 (a script beside the pages that show its pictures)

from __future__ import annotations

import asyncio
import datetime
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = Path(tempfile.mkdtemp(prefix="lab-pictures-"))
os.environ |= {"DEBUG": "1", "DATABASE_URL": f"sqlite:///{FOLDER}/db.sqlite3", "REDIS_URL": ""}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab_workspace.settings")

import aiohttp  # noqa: E402 (what needs the settings is imported after they are set)
import django  # noqa: E402
from asgiref.sync import sync_to_async  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.async_api import Browser, Page, async_playwright  # noqa: E402

django.setup()

from insights.actions import board, publishing, reports  # noqa: E402
from insights.models import Block, Insight, ReportVersion  # noqa: E402
from insights.sources import Taken, votes_on  # noqa: E402
from lab_workspace.people import sign_in_links  # noqa: E402
from lab_workspace.people.models import User  # noqa: E402
from realtime.client import Ack, LiveClient  # noqa: E402
from tests.processes import Process, accepts, free_port  # noqa: E402
from workshops.crowd_trial.guest import cookie_jar, join  # noqa: E402
from workshops.demo import TODAY, TODAY_CODE  # noqa: E402
from workshops.models import Workshop  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 200_000
STAFF = "hester.gwynne@example.org"
FLAGS = [
    "--hide-scrollbars",
    "--disable-background-networking",
    "--no-first-run",
    "--no-default-browser-check",
]

STEPS = {step["kind"]: f"a{number}" for number, step in enumerate(TODAY["steps"], start=1)}
# Name, role, how their words may be used, and what they write. All invented.
PEOPLE: Sequence[tuple[str, str, str, str]] = (
    (
        "Aoife",
        "Person living with arthritis",
        "role",
        "A ten-minute phone call with a peer before the first clinic visit",
    ),
    (
        "Declan",
        "Peer support worker",
        "named",
        "Peer supporters meet once a month to talk through hard conversations",
    ),
    (
        "Femi",
        "Person living with diabetes",
        "named",
        "A card in every new-diagnosis pack: meet someone who has been there",
    ),
    (
        "Catrin",
        "Respiratory nurse",
        "role",
        "Invite a peer supporter to the last ten minutes of our Tuesday clinic",
    ),
    (
        "Tomasz",
        "Person living with kidney disease",
        "internal",
        "An evening video group for people who work in the day",
    ),
    (
        "Nadia",
        "Community pharmacist",
        "unnamed",
        "Ask about peer support when people pick up their first prescription",
    ),
    ("Ewan", "Peer group volunteer", "role", "A buddy for every new volunteer in their first six months"),
    ("Margit", "Carer", "unnamed", "One short call a week for carers, with the same person each time"),
    ("Yusuf", "GP", "role", "Two lines that any receptionist can use to mention peer support"),
    ("Petra", "Link worker", "unnamed", "A weekly list of groups that have a free place"),
    ("Gethin", "Improvement coach", "unnamed", "Pay travel costs on the day, in cash, and see who comes"),
    ("Lorna", "Health psychologist", "role", "Let new supporters sit in on two groups before they lead one"),
)
SAM = (
    "Offer the first meeting as a walk, not a circle of chairs",
    "Send a text from a peer the evening before a first visit",
)
GROUPS = {
    "Meeting a peer early": ("card in every", "phone call with", "text from a peer", "first prescription"),
    "Beside the clinic": ("Tuesday clinic", "receptionist"),
    "Looking after supporters": ("hard conversations", "buddy", "sit in on"),
}
# What is done first, by whom, and within how many days.
ACTIONS = (
    ("Print fifty cards and put one into each pack of the ward", "Harbour Renal Team", 14),
    ("Write down what a ten-minute call should and should not be", "Foyle View Peers", 10),
)
# Whose words get dots, over and over: one person's dots begin at another place than the next one's.
DOTS = (
    "card in every", "phone call with", "Tuesday clinic", "card in every", "buddy", "phone call with", "as a walk",
    "card in every", "hard conversations", "receptionist",
)  # fmt: skip


class Room:
    """The people of the workshop, each with a real socket."""

    def __init__(self, base: str, stack: AsyncExitStack) -> None:
        self.base = base
        self.stack = stack
        self.clients: list[LiveClient] = []
        self.ideas: dict[str, str] = {}

    async def come_in(self, name: str, background: str, consent: str) -> None:
        """Join as a guest."""
        session = await self.stack.enter_async_context(aiohttp.ClientSession(cookie_jar=cookie_jar()))
        paths = await join(session, self.base, TODAY_CODE, name, background=background, consent=consent)
        self.clients.append(await self.stack.enter_async_context(LiveClient(session, paths)))

    async def do(self, who: int, do: str, **fields: Any) -> None:
        """Have one of them do something, which must be accepted."""
        answer = await self.clients[who].send({"do": do, **fields})
        if not isinstance(answer, Ack):
            raise RuntimeError(f"{do} {fields}: {answer}")  # noqa: TRY004 (no matter of types)

    async def read_ideas(self, count: int) -> None:
        """Learn the ids of all ideas, once they are shown."""
        client = self.clients[0]
        await client.wait_until(lambda room: sum(key.startswith("idea-") for key in room.items) >= count)
        self.ideas = {
            value["text"]: value["id"] for key, value in client.items.items() if key.startswith("idea-")
        }

    def idea(self, part: str) -> str:
        """Find an idea by some of its words."""
        return next(gid for text, gid in self.ideas.items() if part in text)


async def picture(page: Page, name: str, **options: Any) -> None:
    """Save what the page shows, once it is at rest."""
    await page.evaluate("document.fonts.ready")
    await page.wait_for_timeout(700)  # the last frames and movements
    path = IMAGES / f"{name}.png"
    await page.screenshot(path=path, animations="disabled", **options)
    size = path.stat().st_size
    print(f"  docs/images/{name}.png  {size // 1000} kB")  # noqa: T201 (a script tells what it does)
    if size > MOST_BYTES:
        raise RuntimeError(f"{name}.png is larger than {MOST_BYTES // 1000} kB.")


async def window(
    browser: Browser, base: str, width: int, height: int, scale: float = 1, **options: Any
) -> Page:
    """Open a window of a new person."""
    context = await browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        locale="en-GB",
        timezone_id="Europe/London",
        **options,
    )
    context.set_default_timeout(10_000)
    return await context.new_page()


async def sign_in(page: Page) -> None:
    """Sign in as a facilitator of the Lab's staff, by a link."""
    user = await User.objects.aget(email=STAFF)
    await page.goto(sign_in_links.path_for(user))
    await page.locator("main form button[type=submit]").click()
    await page.wait_for_url("**/")


async def command(page: Page, do: str, **fields: Any) -> None:
    """Send a command as the facilitator whose console the page is."""
    answer = await page.evaluate(
        """async ([do_, fields]) => {
            const token = document.querySelector("#act [name=csrfmiddlewaretoken]").value;
            const response = await fetch(document.querySelector("#act").action, {method: "POST",
              headers: {"Content-Type": "application/json", "X-CSRFToken": token},
              body: JSON.stringify({op: crypto.randomUUID(), do: do_, ...fields})});
            return response.json();
        }""",
        [do, fields],
    )
    if "ack" not in answer:
        raise RuntimeError(f"{do} {fields}: {answer}")


async def hold_workshop(browser: Browser, base: str, stack: AsyncExitStack) -> None:
    """Run the demo's workshop of today from the first idea to its end, with pictures on the way."""
    workshop = await Workshop.objects.aget(title=TODAY["title"])
    console = await window(browser, base, 1440, 820)
    await sign_in(console)
    await console.goto(f"/workshops/{workshop.pk}/console")
    room = Room(base, stack)
    for name, background, consent, _idea in PEOPLE:
        await room.come_in(name, background, consent)
    await arrive(console, room)
    await command(console, "step.open", activity=STEPS["brainstorm"])

    phone = await window(browser, base, 390, 1060, 1.5, has_touch=True, is_mobile=True)
    await phone.goto(f"/join/{TODAY_CODE}/")
    await phone.get_by_label("Name").first.fill("Sam")
    await phone.get_by_role("button", name="Join the workshop").click()
    await phone.wait_for_load_state("networkidle")  # its script has begun
    for text in SAM:
        await phone.get_by_label("Your idea", exact=True).first.fill(text)
        await phone.get_by_role("button", name="Save idea").click()
        await phone.locator(".is-mine", has_text=text).wait_for()
    await phone.get_by_label("Your idea", exact=True).first.blur()
    await phone.wait_for_timeout(2500)  # until the note that it was saved has gone
    await phone.evaluate("scrollTo(0, 0)")
    await picture(phone, "phone-brainstorm")
    for who, (_name, _background, _consent, idea) in enumerate(PEOPLE):
        await room.do(who, "idea.add", activity=STEPS["brainstorm"], text=idea)

    await command(console, "step.reveal", activity=STEPS["brainstorm"])
    await room.read_ideas(len(PEOPLE) + len(SAM))
    await command(console, "show.next")
    await command(console, "step.open", activity=STEPS["cluster"])
    for title, parts in GROUPS.items():
        await room.do(
            0,
            "cluster.make",
            activity=STEPS["cluster"],
            title=title,
            ideas=[room.idea(part) for part in parts],
        )
    laptop = await window(browser, base, 1280, 860)
    await laptop.goto(f"/join/{TODAY_CODE}/")
    await laptop.get_by_label("Name").first.fill("Rowan")
    await laptop.get_by_role("button", name="Join the workshop").click()
    await laptop.get_by_role("heading", name="Beside the clinic").wait_for()
    await picture(laptop, "board")

    await command(console, "show.next")
    await command(console, "step.open", activity=STEPS["dot_vote"])
    for who in range(len(PEOPLE)):
        wanted = Counter(DOTS[(who * 3 + n) % len(DOTS)] for n in range(3 + who % 3))
        for part, dots in wanted.items():
            await room.do(who, "dot.set", activity=STEPS["dot_vote"], item=room.idea(part), dots=min(dots, 2))
        if who % 3 == 0:
            await room.do(who, "step.finish", activity=STEPS["dot_vote"], finished="yes")
    await console.reload()
    await picture(console, "console")

    await command(console, "step.reveal", activity=STEPS["dot_vote"])
    screen = await console.context.new_page()
    await screen.set_viewport_size({"width": 1280, "height": 720})
    await screen.goto(f"/workshops/{workshop.pk}/screen")
    await picture(screen, "vote-on-the-projector")
    await screen.close()
    await agree_on_actions(console, room)
    await command(console, "workshop.close")


async def arrive(console: Page, room: Room) -> None:
    """Have everybody say how they arrive."""
    step = STEPS["check_in"]
    await command(console, "step.open", activity=step)
    for who in range(len(PEOPLE)):
        await room.do(who, "check.answer", activity=step, choice=f"s{2 + who * who % 4}")
    await command(console, "step.reveal", activity=step)
    await command(console, "show.next")


async def agree_on_actions(console: Page, room: Room) -> None:
    """Have some propose what happens first, and agree on it."""
    step = STEPS["next_actions"]
    await command(console, "show.next")
    await command(console, "step.open", activity=step)
    for who, (text, owner, days) in enumerate(ACTIONS):
        due = (timezone.localdate() + datetime.timedelta(days=days)).isoformat()
        await room.do(who, "actions.propose", activity=step, text=text, owner=owner, due=due)
    await command(console, "step.reveal", activity=step)
    there = len(room.ideas)
    for number in range(len(ACTIONS)):  # an action and who does it are two pieces each
        await command(console, "actions.agree", activity=step, idea=f"i{there + 1 + 2 * number}", on=True)


def publish_report() -> ReportVersion:
    """Write and publish the report of that workshop."""
    workshop = Workshop.objects.select_related("challenge", "archive").get(title=TODAY["title"])
    user = User.objects.get(email=STAFF)
    report = reports.new_report(workshop.challenge, user, archive=workshop.archive)
    best = workshop.tallies.order_by("rank").first()
    insight = board.write_insight(
        workshop.challenge,
        user,
        "People want to meet a peer before their first visit, not after it.",
        status=Insight.Status.SUPPORTED,
        tags=["ways in"],
    )
    cluster = workshop.clusters.get(title="Meeting a peer early")
    taken = [Taken("cluster", workshop, cluster.gid), *votes_on(workshop, [best.item] if best else [])]
    board.take(insight, user, taken, strength="strong")
    block = reports.add_block(report, Block.Kind.INSIGHTS, heading="What we learned", insights=[insight])
    for _place in range(report.blocks.count()):  # right after how we worked
        if block.position == 2:
            break
        reports.move_block(block, -1)
        block.refresh_from_db()
    reports.edit_report(
        report,
        title="What to test with five people next month",
        summary=(
            "Fourteen people wrote down what they would try next, brought their ideas together and placed dots. "
            "Most dots went to a card in every new-diagnosis pack, and to a short call with a peer before the first "
            "visit. Both will be tested with five people in the coming month."
        ),
        authors=report.authors,
        licence="CC BY 4.0",
    )
    return publishing.publish(report, user, listed=True)


async def make(base: str) -> None:
    """Make all pictures."""
    chromium = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if chromium is None:
        raise SystemExit("The pictures need Chromium: install it with  sudo apt-get install chromium.")
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
        await hold_workshop(browser, base, stack)
        version = await sync_to_async(publish_report)()
        reader = await window(browser, base, 1280, 1000)
        await reader.goto(await sync_to_async(version.report.get_absolute_url)())
        await picture(reader, "report")
        await browser.close()


def main() -> None:
    """Start a server, make the pictures, and clean up."""
    port = free_port()
    manage = [sys.executable, str(ROOT / "manage.py")]
    server = Process(
        [
            sys.executable,
            "-m",
            "daphne",
            "--verbosity",
            "0",
            "--port",
            str(port),
            "lab_workspace.asgi:application",
        ],
        log=FOLDER / "daphne.log",
        ready=lambda: accepts(port),
        env=dict(os.environ),
        cwd=ROOT,
    )
    try:
        subprocess.run([*manage, "migrate", "--verbosity", "0"], cwd=ROOT, check=True)  # noqa: S603 (our own)
        subprocess.run([*manage, "demo"], cwd=ROOT, check=True)  # noqa: S603
        server.start()
        IMAGES.mkdir(exist_ok=True)
        asyncio.run(make(f"http://127.0.0.1:{port}"))
    except BaseException:
        print(server.log[-3000:], file=sys.stderr)  # noqa: T201
        raise
    finally:
        server.stop()
        shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    main()
