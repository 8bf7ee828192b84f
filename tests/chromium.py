"""A real Chromium for tests, through Playwright's async API, in the event loop that all async tests share.

(Playwright's sync API would leave a loop running in the main thread, and pytest-asyncio would fail after it.)
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from asgiref.sync import sync_to_async
from axe_playwright_python.async_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright

from lab_workspace.people.models import User

PHONE = (390, 844)
DESK = (1280, 800)
SMALLEST = (320, 640)
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
)
WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Visitors:
    """Opens browser windows for different people, each with its own cookies, and watches what goes wrong."""

    browser: Browser
    problems: list[str] = field(default_factory=list)
    """Console errors, script errors, requests to other hosts. A test that expects some removes them."""
    contexts: list[BrowserContext] = field(default_factory=list)

    async def open(
        self,
        base_url: str,
        path: str = "/",
        *,
        user: User | None = None,
        size: tuple[int, int] = DESK,
        **options: Any,
    ) -> Page:
        """A page of a new person at `base_url` + `path`, signed in as `user` where one is given.

        `options` go to Playwright's new_context: `java_script_enabled=False`, `color_scheme="dark"`,
        `has_touch=True`, `reduced_motion="reduce"` …
        """
        width, height = size
        context = await self.browser.new_context(
            base_url=base_url, viewport={"width": width, "height": height}, locale="en-GB", **options
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        if user is not None:
            await sign_in(context, base_url, user)
        page = await context.new_page()
        self.watch(page, base_url)
        await page.goto(path)
        return page

    def watch(self, page: Page, base_url: str) -> None:
        """Note the problems of another page, too."""

        def console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.problems.append(f"console: {message.text}")

        def request(asked: Request) -> None:
            parts = urlsplit(asked.url)
            if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(base_url).netloc:
                self.problems.append(f"asked another host: {asked.url}")

        page.on("console", console)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("request", request)

    def expect_problem(self, part: str) -> None:
        """Take away the problems that contain `part`; there must be one."""
        kept = [problem for problem in self.problems if part not in problem]
        assert len(kept) < len(self.problems), f"no problem with {part!r} in {self.problems}"
        self.problems[:] = kept


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, started once for all tests."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=flags)
        yield chromium
        await chromium.close()


@pytest.fixture
async def visitors(browser: Browser) -> AsyncIterator[Visitors]:
    """Windows for as many people as a test needs; fails at the end where a page had problems."""
    visitors = Visitors(browser)
    yield visitors
    for context in visitors.contexts:
        await context.close()
    assert not visitors.problems, "\n".join(visitors.problems)


async def sign_in(context: BrowserContext, base_url: str, user: User) -> None:
    """Give the window a session of `user`, made in the test's own database."""

    def session_key() -> str:
        client = Client()
        client.force_login(user)
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    key = await sync_to_async(session_key)()
    await context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base_url}])


async def assert_accessible(page: Page) -> None:
    """Fail, readably, where axe finds anything against WCAG 2.2 AA in what the page shows now."""
    options = {"runOnly": {"type": "tag", "values": WCAG_2_2_AA}, "resultTypes": ["violations"]}
    found = (await Axe().run(page, options=options)).response["violations"]
    lines = []
    for violation in found:
        lines.append(f"{violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"]:
            reason = " ".join(node["failureSummary"].split())
            lines.append(f"    {' '.join(node['target'])}: {reason}\n      {node['html'][:200]}")
    assert not found, f"{page.url} as seen by axe:\n" + "\n".join(lines)
