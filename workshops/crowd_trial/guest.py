"""Coming into a workshop over HTTP as a browser does: through the door as a guest, or signed in as a facilitator.

    async with aiohttp.ClientSession(cookie_jar=cookie_jar()) as session:
        paths = await join(session, "http://127.0.0.1:8000", "PEERDEM0", "Sam")
        async with LiveClient(session, paths) as client:
            ...

For trials, tests and other programs. Each person needs a session of their own: it holds who they are.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp

from realtime.client import RoomPaths

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOM = re.compile(r"/workshops/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PROBLEM = re.compile(r'class="error-summary".*?<ul>(.*?)</ul>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
SECONDS = aiohttp.ClientTimeout(total=60)


class NotLetIn(Exception):
    """The door stayed shut; says what the server said."""


def cookie_jar() -> aiohttp.CookieJar:
    """Make a jar that also keeps the cookies of servers named by a bare address, as in development."""
    return aiohttp.CookieJar(unsafe=True)


def paths_of(base_url: str, workshop_id: str) -> RoomPaths:
    """Say where a workshop's room is. `base_url` has no slash at its end."""
    room = f"/workshops/{workshop_id}/"
    return RoomPaths(base_url, f"/ws{room}", f"{room}frames", f"{room}commands")


def elsewhere(paths: RoomPaths, base_url: str) -> RoomPaths:
    """Say where the same room is at another process of the same workspace."""
    return replace(paths, base_url=base_url)


async def join(
    session: aiohttp.ClientSession,
    base_url: str,
    code: str,
    name: str,
    *,
    background: str = "",
    consent: str = "internal",
) -> RoomPaths:
    """Go through the door with a name, as a guest or as whom the session is signed in.

    Raises:
        NotLetIn: no such code, a locked door, a name that won't do; with the server's words.
        aiohttp.ClientError: the server can't be reached.
    """
    door = f"{base_url}/join/{code}/"
    address, page = await _get(session, door)
    if f"/join/{code}/" in address:  # who has a seat already was led straight in
        form = {"name": name, "background": background, "consent": consent}
        address, page = await _send_form(session, address, page, form)
    found = _ROOM.search(address)
    if found is None:
        raise NotLetIn(_problem_in(page) or f"No workshop is open with the code {code}.")
    return paths_of(base_url, found["id"])


async def sign_in(session: aiohttp.ClientSession, base_url: str, link: str) -> None:
    """Use a sign-in link (its path, as `lab_workspace.people.sign_in_links` makes it).

    Raises:
        NotLetIn: the link is over, or made by a workspace with another key or database.
    """
    address, page = await _get(session, base_url + link)
    address, _page = await _send_form(session, address, page, {})
    if "/sign-in/" in address:
        raise NotLetIn("The sign-in link didn't sign in.")


async def as_facilitator(session: aiohttp.ClientSession, base_url: str, workshop_id: str) -> RoomPaths:
    """Take a facilitator's seat by opening the console. The session must be signed in. Raises NotLetIn."""
    await _get(session, f"{base_url}/workshops/{workshop_id}/console")
    return paths_of(base_url, workshop_id)


async def room_page(session: aiohttp.ClientSession, paths: RoomPaths) -> str:
    """Load the participant's page, as a reload does; gives its markup. Raises NotLetIn."""
    _address, page = await _get(session, paths.base_url + paths.socket.removeprefix("/ws"))
    return page


async def _get(session: aiohttp.ClientSession, url: str) -> tuple[str, str]:
    async with session.get(url, timeout=SECONDS) as response:
        return await _read(response)


async def _send_form(
    session: aiohttp.ClientSession, address: str, page: str, fields: Mapping[str, str]
) -> tuple[str, str]:
    token = _TOKEN.search(page)
    if token is None:
        raise NotLetIn(_problem_in(page) or f"There is no form to fill in at {address}.")
    form = {"csrfmiddlewaretoken": token[1], **fields}
    headers = {"Referer": address}
    async with session.post(address, data=form, headers=headers, timeout=SECONDS) as response:
        return await _read(response)


async def _read(response: aiohttp.ClientResponse) -> tuple[str, str]:
    page = await response.text()
    if response.status >= 400 and response.status != 400:  # 400: the form again, with what is wrong
        raise NotLetIn(f"{response.url.path} answered {response.status}.")
    return str(response.url), page


def _problem_in(page: str) -> str:
    found = _PROBLEM.search(page)
    return " ".join(html.unescape(_TAG.sub(" ", found[1])).split()) if found else ""
