from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.async_api import Page

from tests.chromium import Visitors
from tests.live.fake_room import FakeRoom, serve

CARD = (
    '<li id="{id}"><article class="idea" data-card="{id}" data-title="{text}"><p>{text}</p>'
    '<button id="plus-{id}" form="act" name="command" value=\'{{"do":"dot.place","idea":"{id}"}}\'>Add a dot</button>'
    '<button type="button" data-drag="{id}" aria-hidden="true" tabindex="-1">Drag</button>'
    '<details id="menu-{id}" data-menu><summary>Move</summary><button form="act" name="command" value=\'{{"do":'
    '"idea.move","idea":"{id}","to":"g2","done":"Moved.","undo":{{"do":"undo"}}}}\'>To g2</button></details>'
    "</article></li>"
)
WRITER = (
    '<section id="a1"><h2>{title}</h2><textarea name="new-idea" data-draft data-enter="add" form="act"></textarea>'
    '<button id="add" form="act" name="command" value=\'{{"do":"idea.add","activity":"a1","fields":{{"text":"new-idea"}}'
    ',"done":"Your idea is on the board.","undo":{{"do":"idea.remove"}}}}\'>Add</button>'
    '<ul data-pending-for="new-idea"></ul><p><b data-own-text="left">?</b> left</p>'
    '<p id="mine" data-own-slot></p></section>'
)


def card(name: str, text: str) -> str:
    return CARD.format(id=name, text=text)


def writer(title: str = "Write your ideas") -> str:
    return WRITER.format(title=title)


def board(**groups: list[str]) -> str:
    return "".join(
        f'<section id="{group}" data-drop=\'{{"do":"idea.move","activity":"a2","to":"{group}"}}\'><h2>{group}</h2>'
        f'<ol id="{group}-ideas" data-list>{"".join(card(one, f"Idea {one}") for one in ideas)}</ol></section>'
        for group, ideas in groups.items()
    )


async def open_room(visitors: Visitors, room: FakeRoom, **options: Any) -> Page:
    """Open the room's page and wait for its socket."""
    page = await visitors.open(room.base, **options)
    await room.until(lambda: room.sockets)
    return page


@pytest.fixture
def visitors(room: FakeRoom, visitors: Visitors) -> Visitors:
    """As everywhere, but gone before the room is: a page must not see its server end."""
    return visitors


@pytest.fixture
async def room() -> AsyncIterator[FakeRoom]:
    """A room with a place to write and three ideas."""
    fake = FakeRoom()
    fake.texts = render_to_string("workshops/parts/live_texts.html")
    ideas = "".join(card(f"i{n}", f"Idea {n}") for n in (1, 2, 3))
    fake.live = f'{writer()}<ol id="ideas" data-list>{ideas}</ol>'
    fake.own = {"left": 3, "dots": {"i1": 2}, "mine": ["i1"]}
    async with serve(fake):
        yield fake
