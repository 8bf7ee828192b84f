"""The client's files fit together: names under hashed storage, and every sentence is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.core.management import call_command
from django.template.loader import render_to_string
from pytest_django import Settings

from tests.live.fake_room import STATIC

IMPORT = re.compile(r'from "(\./[^"]+)"')


def test_imports_find_each_other_under_hashed_names(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "lab_workspace.static_files.HashedFiles"},
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    waiting, seen = [tmp_path / names["js/live.js"]], set()
    while waiting:
        file = waiting.pop()
        assert re.search(r"\.[0-9a-f]{12}\.js$", file.name), file
        seen.add(file)
        found = [(file.parent / name).resolve() for name in IMPORT.findall(file.read_text())]
        waiting += [one for one in found if one not in seen]
    assert len(seen) == len([*(STATIC / "js" / "live").glob("*.js")]) + 2


def test_every_sentence_is_in_the_page() -> None:
    page = render_to_string("workshops/parts/live_texts.html")
    block = re.search(r"<script[^>]*>(.*)</script>", page, re.DOTALL)
    assert block
    texts = json.loads(block[1])
    source = "".join(
        path.read_text() for path in [STATIC / "js" / "live.js", *(STATIC / "js").glob("live/*.js")]
    )
    used = set(re.findall(r'\btext\("(\w+)"', source)) | {
        "removed",
        "away",
        "done",
        "kept",
        "not_kept",
        "closed_bad",
    }
    missing = [key for key in used if key not in texts and f"{key}_other" not in texts]
    assert not missing
    assert not [words for words in texts.values() if "!" in words]
