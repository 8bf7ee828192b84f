"""What the pages in docs/ and the README say is there: links, commands, settings, codes, and the example of a new activity."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.test import override_settings

from realtime import wire
from tests.daphne import REPOSITORY
from tests.workshop_driver import Driver
from workshops.activities.registry import ACTIVITIES
from workshops.live import room_kind

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").glob("*.md")])
TEXTS = {page.name: page.read_text() for page in PAGES}
EXAMPLE = "temperature"
BASES = ("", "templates", "static", "static/js", "docs")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get, as code hosts make them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def first_cells(text: str) -> list[str]:
    """What stands in the first column of the page's tables."""
    return re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)


def named(cells: list[str]) -> set[str]:
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text):
        address = target[0] or target[1]
        if re.match(r"[a-z]+:", address):
            continue
        path, _, anchor = address.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), f"{page.name} links to {address}"
        if anchor:
            assert anchor in anchors(file), f"{page.name} links to {address}"


@each_page
def test_files_named_are_there(page: Path) -> None:
    for name in re.findall(r"`([\w.-]+/[\w./-]*)`", page.read_text()):
        if EXAMPLE in name or not re.search(r"(/|\.(py|md|js|css|html|toml))$", name):
            continue
        if name.startswith("var/"):
            continue  # made by the first run
        assert any((REPOSITORY / base / name).exists() for base in BASES), f"{page.name} names {name}"


@each_page
def test_commands_named_are_there(page: Path) -> None:
    text, makefile = page.read_text(), (REPOSITORY / "Makefile").read_text()
    for target in re.findall(r"(?:`|^    )make ([a-z-]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name} names make {target}"
    for command in re.findall(r"manage\.py ([a-z_]+)", text):
        assert command in get_commands(), f"{page.name} names manage.py {command}"


def test_settings_are_those_that_are_read() -> None:
    files = ("lab_workspace/settings.py", "lab_workspace/serve.py", "realtime/direct.py")
    text = "".join((REPOSITORY / file).read_text() for file in files)
    read = set(re.findall(r'env(?:\.\w+|iron\.get)\(\s*"([A-Z_]+)"', text))
    assert named(first_cells(TEXTS["settings.md"])) == read


def test_pictures_are_light() -> None:
    pictures = re.findall(r"docs/images/[\w-]+\.png", TEXTS["README.md"])
    assert len(set(pictures)) == 5
    for picture in pictures:
        assert (REPOSITORY / picture).stat().st_size <= 200_000


# -- docs/protocol.md ------------------------------------------------------------------------------------------------


def test_every_command_of_a_workshop_is_specified() -> None:
    commands = {name for name in named(first_cells(TEXTS["protocol.md"])) if "." in name}
    assert commands == set(room_kind.WorkshopRoom().forms())
    for row in re.findall(r"^\| (`\w+\.\w+`.*)$", TEXTS["protocol.md"], re.MULTILINE):
        names, fields, _who, _codes = re.split(r" \|", row)[:4]
        for name in named([names]):
            form = room_kind.WorkshopRoom().forms()[name]
            known = {word for word in named([fields]) if word in form}
            assert known == set(form), f"{name}: {sorted(set(form) ^ known)}"


def test_every_code_is_specified() -> None:
    codes = set()
    for folder in ("realtime", "workshops/live", "workshops/activities"):
        for file in (REPOSITORY / folder).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text())):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                    place = {"Refused": 0, "Refusal": 1}.get(call.func.id)
                    given = call.args[place] if place is not None else None
                    if isinstance(given, ast.Constant):
                        codes.add(given.value)
    tables = TEXTS["protocol.md"].partition("## 8.")[2].partition("## 9.")[0]
    assert named(first_cells(tables)) == codes
    used = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", TEXTS["protocol.md"].partition("## 9.")[2]))
    assert used - codes - set(ACTIVITIES) - {"show_sources", "starts_at"} == set()


def test_close_codes_and_limits_are_those_of_the_code() -> None:
    text = TEXTS["protocol.md"]
    ours = {wire.DONE, wire.BAD, wire.REMOVED, wire.SLOW, wire.LARGE, wire.FLOOD, wire.RESTART}
    told = {int(code) for code in re.findall(r"^\| (\d{4})(?: and others)? \|", text, re.MULTILINE)}
    assert told == ours | {1006}
    assert text.startswith(f"# The wire\n\nVersion {wire.VERSION}.")
    assert f"heartbeat, every {wire.HEARTBEAT_SECONDS} seconds" in text


@pytest.mark.parametrize("page", ["protocol.md", "architecture.md"])
def test_every_kind_of_activity_is_named(page: str) -> None:
    assert all(f"`{kind}`" in TEXTS[page] for kind in ACTIVITIES)


# -- docs/adding-an-activity.md --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_example_activity_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = dict(
        re.findall(
            r"^`([\w/.]+)`[^\n]*\n\n```\w+\n(.*?)^```",
            TEXTS["adding-an-activity.md"],
            re.MULTILINE | re.DOTALL,
        )
    )
    assert {name.partition(EXAMPLE)[0] for name in files} == {
        "workshops/activities/",
        "templates/workshops/activities/",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    module = ModuleType(EXAMPLE)
    exec(compile(files[f"workshops/activities/{EXAMPLE}.py"], EXAMPLE, "exec"), module.__dict__)  # noqa: S102 (our own page)
    kind = module.Temperature()
    monkeypatch.setitem(ACTIVITIES, EXAMPLE, kind)
    for name, form in kind.commands.items():
        monkeypatch.setitem(room_kind._FORMS, name, form)
        monkeypatch.setitem(room_kind._KINDS_OF, name, {kind.kind})
    (templates,) = settings.TEMPLATES
    folders = [tmp_path / "templates", REPOSITORY / "templates"]
    with override_settings(TEMPLATES=[{**templates, "DIRS": folders}]):
        play_the_example(kind.template("outcome"))


def play_the_example(outcome_template: str) -> None:
    from django.template.loader import render_to_string

    driver = Driver()
    driver.join("p-fay", role="facilitator")
    driver.join("p-ann", "p-ben")
    driver.join("p-obs", role="observer")
    step = driver.step(EXAMPLE)
    driver.do("p-fay", "show.go", activity=step)
    driver.watch()
    heard: list[str] = []
    driver.heard = lambda to, text: heard.append(text) if to != "p-ann" else None

    def then(person: str, do: str, /, **args: object) -> None:
        driver.do(person, do, activity=step, **args)
        driver.flush(resume=True)
        driver.check()

    then("p-fay", "step.open")
    then("p-ann", "temperature.answer", level=4)
    then("p-ann", "temperature.answer", level=5)
    then("p-ben", "temperature.answer", level=2)
    assert driver.refused("p-ann", "temperature.answer", activity=step, level=5) == "nothing_to_do"
    assert driver.refused("p-ann", "temperature.answer", activity=step, level=6) == "bad_field"
    assert driver.refused("p-obs", "temperature.answer", activity=step, level=1) == "not_allowed"
    for name in ("step.pause", "step.resume", "step.close", "step.open", "step.reveal", "step.new_round"):
        then("p-fay", name)
    assert not [text for text in heard if '"chose":["5"]' in text], "somebody else was sent Ann's answer"
    outcome = {"title": "Temperature", **driver.outcome(step, 1)}
    assert [row["people"] for row in outcome["levels"]] == [0, 1, 0, 0, 1]
    figure = render_to_string(
        outcome_template, {"outcome": outcome, "ideas": {}, "clusters": {}, "public": True}
    )
    assert "<figure" in figure
    assert "Full of energy" in figure
