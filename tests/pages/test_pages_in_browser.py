"""Home and a challenge's page in a real browser: axe on every state, editing in place, and without JavaScript."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from playwright.async_api import Page, expect

from challenges.models import Challenge
from lab_workspace.people.models import User
from tests.chromium import DESK, SMALLEST, Visitors, assert_accessible
from tests.conftest import StartDaphne
from tests.makers import list_workshop, make_challenge, make_member, make_team

LOOKS = [(SMALLEST, "light"), (SMALLEST, "dark"), (DESK, "light"), (DESK, "dark")]


async def full_challenge(alice: User, bob: User) -> Challenge:
    """Alice has the staff role; Bob is in the team."""

    def make() -> Challenge:
        challenge = make_challenge(about="Some words about it.")
        make_member(challenge, alice, "staff")
        make_member(challenge, bob, "participant", "Person living with epilepsy")
        make_team(challenge, "Harbour Team", bob, statement="People meet a peer by chance.")
        for state in ("planned", "open", "closed"):
            list_workshop(challenge, f"A workshop that is {state}", state)
        return challenge

    return await sync_to_async(make)()


async def assert_fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
async def test_pages_are_accessible_and_fit(
    daphne: StartDaphne,
    visitors: Visitors,
    alice: User,
    bob: User,
    size: tuple[int, int],
    scheme: str,
) -> None:
    challenge = await full_challenge(alice, bob)
    server = daphne()
    visitor = await visitors.open(server.url, "/", size=size, color_scheme=scheme)
    for address in ("/", "/your-words/", "/accessibility/"):
        await visitor.goto(address)
        await assert_accessible(visitor)
        await assert_fits(visitor)
    member = await visitors.open(server.url, "/", size=size, color_scheme=scheme, user=alice)
    base = challenge.get_absolute_url()
    for address in ("/", base, f"{base}edit/", f"{base}year/", f"{base}people/add/", f"{base}teams/add/"):
        await member.goto(address)
        await assert_accessible(member)
        await assert_fits(member)


async def test_staff_edit_in_place(daphne: StartDaphne, visitors: Visitors, alice: User, bob: User) -> None:
    challenge = await full_challenge(alice, bob)
    page = await visitors.open(daphne().url, challenge.get_absolute_url(), user=alice)
    people = page.locator("#people")

    await people.get_by_role("link", name="Add a person").click()
    await expect(people.get_by_role("heading", name="Add a person")).to_be_focused()
    await people.get_by_label("E-mail address").fill("dilys@")
    await people.get_by_label("Background").fill("Lives with COPD")
    await people.get_by_role("button", name="Add this person").click()
    await expect(people.get_by_role("alert")).to_be_focused()
    await assert_accessible(page)
    await expect(people.get_by_label("Background")).to_have_value("Lives with COPD")
    await people.get_by_label("E-mail address").fill("dilys@example.org")
    await people.get_by_label("Name").fill("Dilys Penry")
    await people.get_by_role("button", name="Add this person").click()
    await expect(people.get_by_role("status")).to_have_text("Dilys Penry is in the challenge.")
    await expect(page.locator("#people-title")).to_be_focused()
    await assert_accessible(page)

    teams = page.locator("#teams")
    await teams.get_by_role("link", name="Change Harbour Team").click()
    await teams.get_by_label("Dilys Penry").check()
    await teams.get_by_role("button", name="Save").click()
    await expect(teams).to_contain_text("Bob Tanner, Dilys Penry")

    await teams.get_by_role("link", name="Change Harbour Team").click()
    await teams.get_by_text("Remove this team…").click()
    await assert_accessible(page)
    await teams.get_by_role("link", name="Cancel").click()
    await expect(teams).to_contain_text("Harbour Team")
    await teams.get_by_role("link", name="Change Harbour Team").click()
    await teams.get_by_text("Remove this team…").click()
    await teams.get_by_role("button", name="Remove the team").click()
    await expect(teams.get_by_role("status")).to_contain_text("is removed")
    assert not await challenge.teams.aexists()

    year = page.locator("#year")
    await year.get_by_role("link", name="Change dates and phases").click()
    await year.get_by_label("Name").first.fill("Look and listen")
    await year.get_by_role("button", name="Save").click()
    await expect(page.locator("#messages")).to_contain_text("The phases are saved.")
    await expect(year).to_contain_text("1 Look and listen")


async def test_staff_edit_without_javascript(
    daphne: StartDaphne, visitors: Visitors, alice: User, bob: User
) -> None:
    challenge = await full_challenge(alice, bob)
    page = await visitors.open(
        daphne().url, challenge.get_absolute_url(), user=alice, java_script_enabled=False
    )
    await page.get_by_role("link", name="Change Bob Tanner").click()
    await page.get_by_label("Role").select_option("facilitator")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#messages")).to_contain_text("Saved.")
    await page.get_by_role("link", name="Change Bob Tanner").click()
    await page.get_by_text("Take this role away…").click()
    await page.get_by_role("button", name="Take the role away").click()
    await expect(page.locator("#messages")).to_contain_text("no longer has the role “Facilitator”")
    assert await challenge.memberships.acount() == 1
