"""What the tests in real browsers share: a workshop to run, people coming in, looking hard at a page."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import timezone
from playwright.async_api import Locator, Page, Response, WebSocket, expect

from challenges.models import Challenge
from lab_workspace.people.models import User
from realtime.kinds import SYSTEM
from realtime.ledger import Ack, Asked, run
from tests.chromium import PHONE, Visitors, assert_accessible
from tests.makers import make_challenge, make_member
from workshops import actions
from workshops.models import Workshop
from workshops.prepare.plan import state_of

QUESTION = "What would it take for everybody to find a peer?"
SAVED = "Everything saved."
BLOCKED = "This network blocks the live connection. You can go on; it is a little slower."


def make_workshop_now(facilitator: User, **agenda: dict[str, Any]) -> Workshop:
    """A workshop today with the usual agenda: a1 writing, a2 grouping, a3 voting. `agenda` has settings by step."""
    challenge = make_challenge("Peer support", question=QUESTION, public=True)
    make_member(challenge, facilitator, "facilitator")
    return workshop_in(challenge, facilitator, **agenda)


def workshop_in(challenge: Challenge, by: User, **agenda: dict[str, Any]) -> Workshop:
    workshop = actions.make_workshop(challenge, "Idea generation", timezone.now(), 60, by)
    actions.add_usual_agenda(workshop)
    for step, settings in agenda.items():
        happen(workshop, SYSTEM, "step.change", activity=step, settings=settings)
    return workshop


_ops = Counter[str]()


def happen(workshop: Workshop, person: str, do: str, /, **args: Any) -> None:
    """Something is done by a person who isn't in a browser of this test. They must have joined."""
    _ops["all"] += 1
    (answer,) = run(workshop.stream_id, Asked(f"test-{_ops['all']:08}", do, args, person))
    assert isinstance(answer, Ack), f"{do} {args}: {answer}"


def crowd_now(workshop: Workshop, *people: str) -> None:
    """Let people in who have no browser, by ids like "pann"."""
    for person in people:
        words = {"name": person[1:].title(), "role": "participant", "consent": "internal"}
        happen(workshop, SYSTEM, "person.join", person=person, **words)


def in_vote(workshop: Workshop, ideas: list[str], by: str = "pann") -> None:
    """Bring a workshop to the open vote on these ideas, ungrouped."""
    in_grouping(workshop, ideas, by)
    happen(workshop, SYSTEM, "step.reveal", activity="a2")
    happen(workshop, SYSTEM, "step.open", activity="a3")


def in_grouping(workshop: Workshop, ideas: list[str], by: str = "pann") -> None:
    """Bring a workshop to the open grouping of these ideas."""
    in_writing(workshop, ideas, by)
    happen(workshop, SYSTEM, "step.reveal", activity="a1")
    happen(workshop, SYSTEM, "step.open", activity="a2")


def in_writing(workshop: Workshop, ideas: list[str], by: str = "pann") -> None:
    """Open the brainstorm, with ideas by somebody who isn't in a browser."""
    crowd_now(workshop, by)
    happen(workshop, SYSTEM, "step.open", activity="a1")
    for idea in ideas:
        happen(workshop, by, "idea.add", activity="a1", text=idea)


make_workshop = sync_to_async(make_workshop_now)
meanwhile = sync_to_async(happen)
crowd = sync_to_async(crowd_now)
state_now = sync_to_async(state_of)


async def join(
    visitors: Visitors,
    base_url: str,
    workshop: Workshop,
    name: str,
    *,
    size: tuple[int, int] = PHONE,
    **options: Any,
) -> Page:
    """Somebody new comes in by the link."""
    page = await visitors.open(base_url, f"/join/{workshop.code}/", size=size, **options)
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Join the workshop").click()
    await page.wait_for_url(f"**/workshops/{workshop.pk}/")
    return page


async def console(visitors: Visitors, base_url: str, workshop: Workshop, user: User, **options: Any) -> Page:
    """A facilitator's console, connected."""
    page = await visitors.open(base_url, f"/workshops/{workshop.pk}/console", user=user, **options)
    await expect(page.locator("#saved")).to_have_text(SAVED)
    return page


async def press(page: Page, name: str, **options: Any) -> None:
    """Press a button, wherever it is."""
    await page.get_by_role("button", name=name, **options).click()


async def armed(page: Page, question: str, answer: str) -> None:
    """Press what asks first, and answer."""
    await page.get_by_text(question, exact=True).click()
    await page.get_by_role("button", name=answer, exact=True).click()


async def write(page: Page, *ideas: str) -> None:
    """Write ideas one by one, each seen among one's own before the next."""
    for idea in ideas:
        await page.locator("#new-idea").fill(idea)
        await press(page, "Save idea")
        await expect(page.locator("#own-ideas .idea-text", has_text=idea)).to_be_visible()


def card(page: Page, text: str) -> Locator:
    """An idea's card on the board."""
    return page.locator("#live [data-card]", has_text=text)


def ballot_line(page: Page, text: str) -> Locator:
    return page.locator("#items > li", has_text=text)


def group(page: Page, title: str) -> Locator:
    return page.locator("section.cluster", has=page.get_by_role("heading", name=title, exact=True))


# -- looking -------------------------------------------------------------------------------------------------------


async def assert_fits(page: Page) -> None:
    """Nothing is wider than the window."""
    too_wide = await page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroll'))
        .slice(0, 5).map(one => one.outerHTML.slice(0, 120))"""
    )
    assert not too_wide, f"{page.url} is wider than the window: {too_wide}"


async def look(page: Page, name: str) -> None:
    """Have axe look at what the page shows now, and that it fits; keep a picture where SCREENSHOTS names a folder."""
    await assert_accessible(page)
    await assert_fits(page)
    await picture(page, name)


async def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        path = Path(folder) / f"{name}.png"
        await page.screenshot(path=path, full_page=True)


@dataclass
class Ear:
    """Everything the server ever sends to one page: documents, answers, frames of its sockets."""

    _frames: list[str] = field(default_factory=list)
    _answers: list[asyncio.Task[str]] = field(default_factory=list)

    def listen(self, page: Page) -> Ear:
        page.on("websocket", self._socket)
        page.on("response", self._response)
        return self

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: self._frames.append(str(payload)))

    def _response(self, response: Response) -> None:
        if response.request.resource_type in {"document", "fetch", "xhr"} and response.status == 200:
            self._answers.append(asyncio.ensure_future(response.text()))

    async def everything(self) -> str:
        """All of it, as one text. A document that was left at once may be missing; the one left for isn't."""
        answers = await asyncio.gather(*self._answers, return_exceptions=True)
        return "\n".join([*self._frames, *(one for one in answers if isinstance(one, str))])


async def tab_to(page: Page, wanted: Locator, *, most: int = 80) -> None:
    """Press Tab until the control has the focus, as somebody without a mouse does."""
    for _ in range(most):
        if await wanted.evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    focused = await page.evaluate("document.activeElement?.outerHTML.slice(0, 200)")
    raise AssertionError(f"{wanted} is not reached by {most} tabs; the focus is on {focused}")


async def press_key(page: Page, wanted: Locator, key: str = "Enter", *, most: int = 80) -> None:
    await tab_to(page, wanted, most=most)
    await page.keyboard.press(key)
