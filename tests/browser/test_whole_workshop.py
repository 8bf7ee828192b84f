"""One workshop as people live it: prepared, run, closed, written up and read by a stranger; all in real browsers.

Sal facilitates. Kim uses the keyboard only. Bea sits behind a network that blocks sockets. Omar loses his network
while he votes. Axe looks at every page and state that anybody comes by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from asgiref.sync import sync_to_async
from playwright.async_api import Error, Page, expect

from challenges.models import Challenge
from lab_workspace.people import sign_in_links
from lab_workspace.people.models import User
from tests.browser.network import network
from tests.browser.room import (
    BLOCKED,
    QUESTION,
    SAVED,
    Ear,
    armed,
    assert_fits,
    ballot_line,
    card,
    group,
    look,
    picture,
    press,
    press_key,
    tab_to,
    write,
)
from tests.chromium import DESK, PHONE, Visitors
from tests.conftest import StartDaphne
from tests.makers import make_challenge, make_member
from workshops.models import Archive, Workshop

KIMS = ["Put a card into every discharge pack", "Ask again three months later"]
BEAS = ["Let people text to refer themselves", "A peer in every waiting room"]
OMARS = ["Train ten peers each spring"]
ROOM = (1600, 900)


@dataclass
class Day:
    """The people of the day, by their windows."""

    visitors: Visitors
    url: str
    sal: Page
    screen: Page = field(init=False)
    kim: Page = field(init=False)
    bea: Page = field(init=False)
    omar: Page = field(init=False)
    code: str = ""
    workshop: str = ""
    """The address of the workshop's page."""
    ears: dict[str, Ear] = field(default_factory=dict)

    @property
    def participants(self) -> tuple[Page, Page, Page]:
        return self.kim, self.bea, self.omar

    async def look(self, state: str) -> None:
        """This state as everybody sees it: a dark desk, a light phone, the console; Omar's dark phone as a picture."""
        for name in ("sal", "screen", "kim", "bea"):
            await look(getattr(self, name), f"{state}-{name}")
        await assert_fits(self.omar)
        await picture(self.omar, f"{state}-omar")

    async def headline(self, title: str) -> None:
        """Wait until everybody, and the projector, is there."""
        for page in (self.sal, self.screen, *self.participants):
            await expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()

    async def heard(self, name: str) -> str:
        return await self.ears[name].everything()


async def open_heard(day: Day, name: str, url: str, path: str, **options: object) -> Page:
    """A new person's window, with an ear on all that reaches it."""
    page = await day.visitors.open(url, "/library/", **options)  # type: ignore[arg-type]
    day.ears[name] = Ear().listen(page)
    await page.goto(path)
    return page


def lab(staff: User) -> Challenge:
    challenge = make_challenge("Peer support", question=QUESTION, public=True)
    make_member(challenge, staff, "facilitator")
    make_member(challenge, staff, "staff")
    return challenge


@pytest.mark.timeout(240)
async def test_a_workshop_from_sign_in_to_a_published_report(
    daphne: StartDaphne, visitors: Visitors, staff: User
) -> None:
    server = daphne()
    challenge = await sync_to_async(lab)(staff)
    async with network(server.url, sockets=False) as blocked:
        path = await sync_to_async(sign_in_links.path_for)(staff)
        day = Day(visitors, server.url, await visitors.open(server.url, path))
        await prepare(day, challenge)
        await arrive(day, blocked.url)
        await brainstorm(day)
        await grouping(day)
        await vote(day)
        assert blocked.refused >= 2
        await close(day)
        await report_and_read(day)
        for page in (day.bea, day.omar):
            await page.close()
        await visitors_problems(visitors)
    await everything_is_archived_once()


async def visitors_problems(visitors: Visitors) -> None:
    """What a refused socket and a lost network write to the console is meant to be there."""
    visitors.expect_problem("WebSocket connection")
    visitors.problems[:] = [one for one in visitors.problems if "ERR_INTERNET_DISCONNECTED" not in one]


async def prepare(day: Day, challenge: Challenge) -> None:
    """Sal signs in by a link and makes a workshop with one line typed."""
    sal = day.sal
    await look(sal, "sign-in")
    await press(sal, "Sign in as Sal Okafor")
    await sal.wait_for_url(f"{day.url}/")
    await look(sal, "home")
    await sal.get_by_role("link", name=challenge.title, exact=True).click()
    await expect(sal.get_by_role("heading", level=1)).to_contain_text(QUESTION)
    await look(sal, "challenge")
    await sal.get_by_role("link", name="New workshop").first.click()
    await look(sal, "start-from")
    await sal.locator("a[href$='from=usual']").click()
    await expect(sal.get_by_label("Title")).to_be_focused()
    await look(sal, "new-workshop")
    await sal.keyboard.type("Idea generation")
    await sal.keyboard.press("Enter")
    await expect(sal.get_by_role("heading", name="How people join")).to_be_visible()
    await look(sal, "prepare")
    day.code = (await sal.locator(".join-code").inner_text()).strip()
    await sal.get_by_role("link", name="Open the console").click()
    await expect(sal.get_by_role("heading", level=1, name="Lobby")).to_be_visible()
    day.workshop = sal.url.removeprefix(day.url).removesuffix("console")
    day.ears["sal"] = Ear().listen(sal)
    async with sal.expect_popup() as opened:
        await sal.get_by_role("link", name="Projector").click()
    day.screen = await opened.value
    day.visitors.watch(day.screen, day.url)
    await day.screen.set_viewport_size({"width": ROOM[0], "height": ROOM[1]})
    day.ears["screen"] = Ear().listen(day.screen)
    await day.screen.reload()
    await expect(day.screen.locator(".wall-join .code")).to_have_text(day.code)


async def arrive(day: Day, blocked_url: str) -> None:
    """Kim types the code, Bea and Omar follow the link."""
    dark, door = {"color_scheme": "dark"}, f"/join/{day.code.replace(' ', '')}/"
    day.kim = await open_heard(day, "kim", day.url, "/join/", size=DESK, **dark)
    await look(day.kim, "enter-code")
    await tab_to(day.kim, day.kim.get_by_label("Join code"))
    await day.kim.keyboard.type(day.code.lower())
    await day.kim.keyboard.press("Enter")
    await expect(day.kim.get_by_role("heading", level=1, name="Idea generation")).to_be_visible()
    await look(day.kim, "join-kim")
    await tab_to(day.kim, day.kim.get_by_label("Your name"))
    await day.kim.keyboard.type("Kim")
    await press_key(day.kim, day.kim.get_by_text("Your role, and how your words may be used"))
    await tab_to(day.kim, day.kim.get_by_label("Only inside the Lab"))
    for _ in range(3):
        await day.kim.keyboard.press("ArrowDown")
    await expect(day.kim.get_by_label("Quoted with my name")).to_be_checked()
    await look(day.kim, "join-open-kim")
    await press_key(day.kim, day.kim.get_by_role("button", name="Join the workshop"))
    day.bea = await open_heard(day, "bea", blocked_url, door, size=PHONE)
    await look(day.bea, "join-bea")
    day.omar = await open_heard(day, "omar", day.url, door, size=PHONE, **dark)
    for page, name in ((day.bea, "Bea"), (day.omar, "Omar")):
        await page.get_by_label("Your name").fill(name)
        await press(page, "Join the workshop")
    for page in day.participants:
        await expect(page.get_by_role("heading", level=1, name="You are in")).to_be_visible()
    await expect(day.bea.locator("#saved")).to_have_text(BLOCKED)
    await expect(day.sal.locator(".who")).to_contain_text("Omar")
    await expect(day.screen.get_by_text("Welcome")).to_be_visible()
    await day.look("lobby")


async def brainstorm(day: Day) -> None:
    """Everybody writes alone; nobody is sent what others wrote, until Sal shows it all."""
    await press(day.sal, "Start writing: Write ideas")
    await day.headline("Write ideas")
    kim = day.kim
    await tab_to(kim, kim.get_by_label("Your idea"))
    await kim.keyboard.type(KIMS[0])
    await kim.keyboard.press("Control+Enter")
    await expect(kim.locator("#own-ideas .idea-text")).to_have_text(KIMS[:1])
    await expect(kim.get_by_label("Your idea").first).to_be_focused()
    await kim.keyboard.type(KIMS[1])
    await press_key(kim, kim.get_by_role("button", name="Save idea"))
    await expect(kim.locator("#own-ideas .idea-text")).to_have_text(KIMS)
    await write(day.bea, *BEAS)
    await write(day.omar, *OMARS)
    tally = day.sal.locator("dl.tally").first
    await expect(tally).to_contain_text("5")
    await expect(day.screen.locator("dl.tally")).to_contain_text("5")
    await day.look("writing")
    theirs = {"sal": [], "screen": [], "kim": KIMS, "bea": BEAS, "omar": OMARS}
    for name in day.ears:
        heard = await day.heard(name)
        for idea in {*KIMS, *BEAS, *OMARS} - {*theirs[name]}:
            assert idea not in heard, f"{name} was sent “{idea}” before it was shown"
    await armed(day.sal, "Show the ideas…", "Show the ideas")
    for page in (day.sal, day.screen, *day.participants):
        await expect(page.locator("#ideas .idea-text")).to_have_count(5)
    await day.look("ideas-shown")


async def grouping(day: Day) -> None:
    """Bea makes the first group by ticking, Kim moves by the menu, Omar names; all see the same board."""
    await press(day.sal, "Go to Group the ideas")
    await day.headline("Group the ideas")
    await press(day.sal, "Start grouping")
    await expect(card(day.omar, KIMS[0])).to_be_visible()
    await day.look("grouping-start")
    bea, kim, omar = day.bea, day.kim, day.omar
    await bea.get_by_text("Make a group, move several ideas").click()
    await bea.get_by_label("New group").fill("Finding a way in")
    await card(bea, BEAS[0]).get_by_role("checkbox").check()
    await card(bea, KIMS[0]).get_by_role("checkbox").check()
    await press(bea, "Make a group of the selected ideas")
    await expect(group(kim, "Finding a way in").locator("[data-card]")).to_have_count(2)

    move = kim.get_by_role("button", name=f"Move “{OMARS[0]}” to…")
    await press_key(kim, move)
    await expect(kim.get_by_role("dialog", name="Move to…")).to_be_visible()
    await look(kim, "move-menu-kim")
    await press_key(kim, kim.get_by_role("button", name="New group with this idea"), most=10)
    await expect(kim.get_by_role("dialog")).to_have_count(0)
    await expect(kim.locator("section.cluster")).to_have_count(2)
    await press_key(kim, kim.get_by_role("button", name=f"Move “{KIMS[1]}” to…"))
    await press_key(kim, kim.get_by_role("dialog").get_by_role("button", name="Finding a way in"), most=10)
    await expect(group(omar, "Finding a way in").locator("[data-card]")).to_have_count(3)

    unnamed = omar.locator("section.cluster", has_text="Group without a name")
    await unnamed.locator("details.menu > summary").click()
    await unnamed.get_by_label("Name", exact=True).fill("People who stay")
    await unnamed.get_by_role("button", name="Rename").click()
    for page in (day.sal, day.screen, *day.participants):
        await expect(group(page, "People who stay").locator("[data-card]")).to_have_count(1)
        await expect(page.locator("#loose > li")).to_have_count(1)
    await day.look("grouped")
    await armed(day.sal, "Finish grouping…", "Finish grouping")
    await expect(kim.get_by_text("Grouping is closed.")).to_be_visible()


async def vote(day: Day) -> None:
    """Everybody has five dots. Omar's network goes while he votes, and he reloads; nothing is lost or doubled."""
    await press(day.sal, "Go to Vote with dots")
    await day.headline("Vote with dots")
    await press(day.sal, "Start voting")
    kim, bea, omar = day.kim, day.bea, day.omar
    await expect(ballot_line(kim, KIMS[0])).to_be_visible()
    plus = kim.get_by_role("button", name=f"Add one dot to “{BEAS[0]}”")
    await press_key(kim, plus)
    await expect(kim.locator(".dock b")).to_have_text("4")
    await expect(plus).to_be_focused()
    await kim.keyboard.press("Space")
    await expect(kim.locator(".dock b")).to_have_text("3")
    await press_key(kim, kim.get_by_role("button", name=f"Add one dot to “{OMARS[0]}”"))
    await expect(kim.locator(".dock b")).to_have_text("2")

    await bea.get_by_role("button", name=f"Add one dot to “{BEAS[0]}”").click()
    await expect(bea.locator(".dock b")).to_have_text("4")

    await omar.get_by_role("button", name=f"Add one dot to “{KIMS[1]}”").click()
    await expect(omar.locator(".dock b")).to_have_text("4")
    await omar.context.set_offline(True)
    await omar.get_by_role("button", name=f"Add one dot to “{KIMS[1]}”").click()
    await omar.get_by_role("button", name=f"Add one dot to “{OMARS[0]}”").click()
    await expect(omar.locator("#saved")).to_have_text(
        "Waiting for the network. 2 changes are kept on this device."
    )
    await look(omar, "offline-omar")
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        await omar.reload()
    await omar.context.set_offline(False)
    await omar.goto(day.workshop)
    await expect(omar.locator(".dock b")).to_have_text("2")
    await expect(omar.locator("#saved")).to_have_text(SAVED)
    await expect(ballot_line(omar, KIMS[1]).locator(".pips")).to_have_attribute("data-value", "2")

    await press_key(kim, kim.get_by_role("button", name="I have finished"))
    await expect(day.sal.locator(".who")).to_contain_text("Finished")
    await expect(day.sal.locator("dl.tally").first).to_contain_text("3 of 3")
    await day.look("voting")
    for name, page in (("sal", day.sal), ("screen", day.screen), ("bea", bea)):
        await expect(page.locator(".tally-line")).to_have_count(0)
        assert "tally-line" not in await day.heard(name)
    await armed(day.sal, "Show the result…", "Show the result")
    for page in (day.sal, day.screen, *day.participants):
        await expect(page.get_by_text("3 of 3 voted and placed 7 dots.")).to_be_visible()
        first = page.locator("#items > li").first
        await expect(first).to_contain_text(BEAS[0])
        await expect(first.locator(".tally-line")).to_contain_text("3 dots from 2 people")
    await day.look("result")


async def close(day: Day) -> None:
    """Closing asks first; then it is over for everybody."""
    sal = day.sal
    await sal.get_by_text("Close the workshop…").click()
    await look(sal, "close-asks-sal")
    await press(sal, "Close and seal the archive")
    await day.headline("The workshop is closed")
    await day.look("closed")


async def report_and_read(day: Day) -> None:
    """Sal makes a report of the archive and publishes it; somebody who knows nobody reads it, twice."""
    sal = day.sal
    await sal.get_by_role("link", name="See what came out").click()
    await expect(sal.locator(".vote-figure")).to_contain_text(BEAS[0])
    await look(sal, "archive-sal")
    await press(sal, "Make a learning report")
    await sal.get_by_role("textbox", name="Title").fill("How people find a peer")
    await sal.get_by_label("In plain words").fill("People find a peer when they are asked more than once.")
    await press(sal, "Save the title page")
    await expect(sal.get_by_text("Saved. What is published stays as it is")).to_be_visible()
    await look(sal, "draft-sal")
    await sal.get_by_role("link", name="Links").click()
    await sal.get_by_label("Who it is for").fill("The board")
    await press(sal, "Make the link")
    shared = (await sal.locator("#new-link").inner_text()).strip()
    await look(sal, "links-sal")
    await sal.go_back()
    await sal.goto(re.sub(r"links/$", "publish/", sal.url))
    await look(sal, "publish-sal")
    await press(sal, "Publish version 1")
    reader = await day.visitors.open(day.url, "/library/", size=PHONE, color_scheme="dark")
    await look(reader, "library-reader")
    await reader.get_by_role("link", name="How people find a peer").click()
    await expect(reader.get_by_role("heading", level=1)).to_have_text("How people find a peer")
    await read(reader)
    await look(reader, "report-reader")
    other = await day.visitors.open(day.url, shared.removeprefix(day.url))
    await read(other)
    await look(other, "shared-report-reader")


async def read(page: Page) -> None:
    """Kim's words may be quoted, the others' are only counted."""
    await expect(page.locator("main")).to_contain_text(KIMS[1])
    await expect(page.locator("main")).to_contain_text("3 of 3")
    text = await page.content()
    for words in (*BEAS, *OMARS):
        assert words not in text


@sync_to_async
def everything_is_archived_once() -> None:
    workshop = Workshop.objects.get()
    content = Archive.objects.get(workshop=workshop).content
    assert sorted(idea["text"] for idea in content["ideas"].values()) == sorted([*KIMS, *BEAS, *OMARS])
    text = {gid: idea["text"] for gid, idea in content["ideas"].items()}
    (result,) = (one for one in content["outcomes"] if one["kind"] == "dot_vote")
    assert {text[row["item"]]: row["dots"] for row in result["rows"] if row["dots"]} == {
        BEAS[0]: 3,
        OMARS[0]: 2,
        KIMS[1]: 2,
    }
    clusters = {
        one["title"]: sorted(text[gid] for gid in one["ideas"]) for one in content["clusters"].values()
    }
    assert clusters == {
        "Finding a way in": sorted([BEAS[0], *KIMS]),
        "People who stay": OMARS,
    }
