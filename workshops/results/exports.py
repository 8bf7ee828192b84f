"""An archive to take away: CSV for spreadsheets, JSON for programs, and everything together as a ZIP.

These are for members of the challenge and hold words kept inside the Lab; every table says so beside each idea.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING, Any

import orjson
from django.utils.text import slugify
from django.utils.translation import gettext as _

from realtime.chain import canonical
from workshops.results.archive import readable
from workshops.results.outcomes import role_rule, strings_in, turnout_in
from workshops.results.ran import label_of, moment_of
from workshops.results.tables import Cell, Table, all_ideas_table, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workshops.models import Archive


def summary_of(content: Mapping[str, Any]) -> Table:
    """Give one row for each outcome: when it ran and, where people answered or voted, how many did."""
    times = {
        (step["step"], run["number"]): run for step in content.get("agenda", ()) for run in step["rounds"]
    }
    head = [
        *(_("Activity"), _("Room"), _("Kind"), _("Round"), _("Opened"), _("Closed"), _("Shown")),
        *(_("Could answer"), _("Answered"), _("Did not answer")),
        *(_("Dots placed"), _("Dots left unused"), _("Activity id"), _("Outcome id")),
    ]
    rows: list[list[Cell]] = []
    for outcome in content["outcomes"]:
        run = times.get((outcome["step"], outcome["round"]), {})
        counted = turnout_in(outcome)
        rows.append(
            [
                outcome["title"],
                outcome.get("room", ""),
                str(label_of(outcome["kind"])),
                outcome["round"],
                *(_clock(run.get(name)) for name in ("opened_at", "closed_at", "revealed_at")),
                *((counted.eligible, counted.answered, counted.not_answered) if counted else (None,) * 3),
                *(outcome.get(name) for name in ("dots_placed", "unspent")),
                outcome["step"],
                outcome["id"],
            ]
        )
    return Table(head, rows)


def _clock(written: str | None) -> str:
    moment = moment_of(written)
    return moment.strftime("%Y-%m-%d %H:%M:%S") if moment else ""


# -- files -----------------------------------------------------------------------------------------------------------


def name_of(archive: Archive) -> str:
    """Begin a file's name, in ASCII."""
    return slugify(archive.content["workshop"]["title"])[:60].strip("-") or "workshop"


def outcome_csv(archive: Archive, outcome: Mapping[str, Any]) -> bytes:
    """Write one outcome for a spreadsheet."""
    return table_of(outcome, readable(archive), public=False).csv()


def outcome_json(archive: Archive, outcome: Mapping[str, Any]) -> bytes:
    """Write one outcome with the ideas and groups that it speaks of, and what it rests on."""
    content = readable(archive)
    spoken = set(strings_in(outcome))
    clusters = {gid: content["clusters"][gid] for gid in content["clusters"] if gid in spoken}
    spoken |= set(strings_in(clusters))
    data = {
        "workshop": content["workshop"],
        "outcome": outcome,
        "ideas": {gid: idea for gid, idea in content["ideas"].items() if gid in spoken},
        "clusters": clusters,
        "seal": seal_of(archive),
    }
    return orjson.dumps(data, option=orjson.OPT_INDENT_2)


def seal_of(archive: Archive) -> dict[str, Any]:
    """Give what proves an archive."""
    return {"entries": archive.seq, "chain_head": archive.chain_head, "sha256": archive.sha256}


def whole_json(archive: Archive) -> bytes:
    """Write the sealed content byte for byte as it was sealed: the file's SHA-256 is the archive's checksum."""
    return canonical(archive.content)


def whole_zip(archive: Archive, *, sealed: bool = True) -> bytes:
    """Write everything in one file that can be read without this workspace.

    Args:
        archive: the archive.
        sealed: whether the sealed data go with it, which hold more than the tables where they are old
            (`workshops.results.archive.readable`).
    """
    files = {"seal.json": orjson.dumps(seal_of(archive))}
    if sealed:
        files["archive.json"] = whole_json(archive)
    content = readable(archive)
    files["outcomes.csv"] = summary_of(content).csv()
    files["ideas.csv"] = all_ideas_table(_in_order(content), content).csv()
    for outcome in content["outcomes"]:
        name = f"outcomes/{outcome['step']}-{outcome['round']}-{outcome['kind'].replace('_', '-')}"
        files[f"{name}.csv"] = outcome_csv(archive, outcome)
        files[f"{name}.json"] = outcome_json(archive, outcome)
    files["README.txt"] = _readme(archive, list(files)).encode()
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())]
    files["SHA256SUMS"] = "".join(sums).encode()
    return _zip(files, archive)


def _in_order(content: Mapping[str, Any]) -> list[str]:
    """Give all ideas as people saw them, then by their words those that no outcome lists.

    Databases may keep the keys of the sealed object in an order of their own: by length, that is as ideas were written.
    """
    lists = [one.get("ideas", ()) for one in content["outcomes"]]
    seen = dict.fromkeys(gid for gids in lists for gid in gids if gid in content["ideas"])
    rest = [gid for gid in content["ideas"] if gid not in seen]
    return [*seen, *sorted(rest, key=lambda gid: str(content["ideas"][gid]["text"]))]


def _zip(files: Mapping[str, bytes], archive: Archive) -> bytes:
    """Pack files with one fixed time, so that the same archive always gives the same ZIP."""
    closed = moment_of(archive.content["workshop"].get("closed_at"))
    stamp = (
        (closed.year, closed.month, closed.day, closed.hour, closed.minute, 0)
        if closed
        else (1980, 1, 1, 0, 0, 0)
    )
    folder, out = name_of(archive), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(f"{folder}/{name}", stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            packed.writestr(info, data)
    return out.getvalue()


def _readme(archive: Archive, names: list[str]) -> str:
    workshop = archive.content["workshop"]
    lines = [
        workshop["title"],
        "=" * len(workshop["title"]),
        "",
        _("Archive of a workshop of the challenge “%(challenge)s”.") % {"challenge": workshop["challenge"]},
        _("Opened %(opened)s, closed %(closed)s.")
        % {"opened": _clock(workshop["opened_at"]), "closed": _clock(workshop["closed_at"])},
        "",
        _(
            "For members of the challenge. Some ideas may be used only inside the Lab: the tables say so beside each."
        ),
        role_rule(),
        "",
        *(f"{name}" for name in sorted(names)),
        "",
        *_about_the_seal(archive, names),
        _("It was sealed at entry %(seq)d of the workshop's log, whose chain ends in") % {"seq": archive.seq},
        archive.chain_head,
        _("Check all files with:  sha256sum --check SHA256SUMS"),
        _(
            "The CSV files are UTF-8. An apostrophe before = + - @ keeps a spreadsheet from taking words for a formula."
        ),
    ]
    return "\n".join(lines) + "\n"


def _about_the_seal(archive: Archive, names: list[str]) -> list[str]:
    if "archive.json" in names:
        return [_("archive.json is the sealed content. Its SHA-256 must be"), archive.sha256]
    return [
        _(
            "The sealed content is not in here: it is older than the rule about roles. Facilitators can take it."
        ),
        _("Its SHA-256 is"),
        archive.sha256,
    ]
