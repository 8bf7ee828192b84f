"""Signing in with a real browser at real servers, with axe looking at every page."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from lab_workspace.people import sign_in_links
from lab_workspace.people.models import User
from tests.chromium import PHONE, SMALLEST, Visitors, assert_accessible
from tests.conftest import StartDaphne, StartDaphneApart


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_from_a_link_to_a_changed_name(
    daphne: StartDaphne, visitors: Visitors, alice: User, scheme: str
) -> None:
    server = daphne()
    path = await sync_to_async(sign_in_links.path_for)(alice)
    page = await visitors.open(server.url, path, size=PHONE, color_scheme=scheme)
    await assert_accessible(page)
    await page.get_by_role("button", name="Sign in as Alice Marsh").click()
    await page.wait_for_url(f"{server.url}/")
    await page.goto("/people/me/")
    await assert_accessible(page)
    await page.get_by_label("Your name").fill("Alice of the Marsh")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Your name is saved.").wait_for()
    await alice.arefresh_from_db()
    assert alice.name == "Alice of the Marsh"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_for_strangers_are_accessible(
    daphne_apart: StartDaphneApart, visitors: Visitors, scheme: str
) -> None:
    server = daphne_apart("sqlite")
    page = await visitors.open(server.url, "/accounts/login/", size=SMALLEST, color_scheme=scheme)
    await assert_accessible(page)
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_role("alert").first.wait_for()
    await assert_accessible(page)
    await page.get_by_label("Email").fill("nobody@example.org")
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_role("heading", name="Enter the code").wait_for()
    await assert_accessible(page)
    await page.goto("/accounts/signup/")
    await assert_accessible(page)
    await page.goto("/people/sign-in/nonsense/")
    await assert_accessible(page)
    visitors.expect_problem("410")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= SMALLEST[0]


async def test_two_servers_share_a_database_and_a_killed_one_comes_back(
    daphne_apart: StartDaphneApart, visitors: Visitors
) -> None:
    one = daphne_apart("postgres", redis=True)
    two = daphne_apart(database_url=one.database_url, redis=True)
    one.manage("createsuperuser", "--noinput", "--email", "sal@example.org")
    link = one.manage("sign_in_link", "sal@example.org").strip()
    page = await visitors.open(two.url, link)
    await page.get_by_role("button", name="Sign in as sal").click()
    await page.wait_for_url(f"{two.url}/")
    two.kill()
    two.start()
    await page.goto("/people/me/")
    assert await page.get_by_label("Your name").count() == 1
    assert one.stop() == 0
