"""The blocks that a report made from an archive begins with: what is known without anybody writing it."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.markdown import plain
from insights.models import Block, Report
from workshops.models import Archive, Consent
from workshops.results.archive import readable
from workshops.results.outcomes import Turnout, turnout_in
from workshops.results.ran import RanStep, moment_of, people_in, steps_of


def starting_blocks(report: Report, archive: Archive) -> list[Block]:
    """What we asked, how we worked, every outcome in order, what we do not know. Not saved."""
    content = readable(archive)
    blocks = [
        Block(report=report, kind=Block.Kind.TEXT, heading=_("What we asked"), text=_asked(report, content)),
        Block(report=report, kind=Block.Kind.TEXT, heading=_("How we worked"), text=_worked(content)),
    ]
    blocks += [
        Block(
            report=report,
            kind=Block.Kind.OUTCOME,
            heading=_outcome_heading(outcome, content)[:120],
            archive=archive,
            outcome=outcome["id"],
            seal=archive.sha256,
        )
        for outcome in content.get("outcomes", ())
        if outcome["kind"] != "talk"  # nothing came of it
    ]
    unknown = _("What we do not know")
    blocks.append(Block(report=report, kind=Block.Kind.TEXT, heading=unknown, text=_unknown(content)))
    return blocks


def _asked(report: Report, content: dict[str, Any]) -> str:
    lines = [plain(report.challenge.question)]
    if purpose := content["workshop"].get("purpose"):
        lines.append(plain(purpose))
    ran = [step for step in content.get("agenda", ()) if step.get("rounds")]
    prompts = [f"* {plain(step['prompt'])}" for step in ran if step.get("prompt")]
    if prompts:
        lines += [_("In the workshop we asked:"), "\n".join(prompts)]
    return "\n\n".join(lines)


def _worked(content: dict[str, Any]) -> str:
    who = people_in(content)
    workshop = content["workshop"]
    opened = moment_of(workshop.get("opened_at"))
    if opened:
        who = _("Took part in “%(title)s” on %(day)s: %(who)s.") % {
            "who": who,
            "title": plain(workshop["title"]),
            "day": date_format(opened, "j F Y"),
        }
    else:
        who = _("Took part in “%(title)s”: %(who)s.") % {"who": who, "title": plain(workshop["title"])}
    steps = [f"* {_step(step)}" for step in steps_of(content) if step.runs]
    return "\n\n".join([who, "\n".join(steps)] if steps else [who])


def _step(step: RanStep) -> str:
    took, rounds = sum(run.took or 0 for run in step.runs), len(step.runs)
    facts = []
    if took:
        facts.append(ngettext("%(n)s minute", "%(n)s minutes", took) % {"n": took})
    elif any(run.closed for run in step.runs):
        facts.append(_("under a minute"))
    if step.planned:
        facts.append(
            ngettext("%(n)s minute planned", "%(n)s minutes planned", step.planned) % {"n": step.planned}
        )
    if rounds > 1:
        facts.append(ngettext("%(n)s round", "%(n)s rounds", rounds) % {"n": rounds})
    title = plain(step.title)
    return f"{title} ({', '.join(facts)})" if facts else title


def _outcome_heading(outcome: dict[str, Any], content: dict[str, Any]) -> str:
    same = [one for one in content["outcomes"] if one.get("step") == outcome.get("step")]
    title = str(outcome.get("title") or outcome.get("kind", "")).strip()
    if len(same) > 1:
        return _("%(title)s, round %(n)s") % {"title": title, "n": outcome.get("round", 1)}
    return title


def _unknown(content: dict[str, Any]) -> str:
    lines = [_("This report rests on one workshop; people who were not there may see it differently.")]
    for outcome in content.get("outcomes", ()):
        counted = turnout_in(outcome)
        if counted and counted.not_answered > 0:
            lines.append(_missed(outcome, counted))
    kept = [
        one
        for one in content.get("ideas", {}).values()
        if one.get("consent", Consent.INTERNAL) == Consent.INTERNAL and not one.get("hidden")
    ]
    lines += _inside(sum("sort" not in one for one in kept), sum("sort" in one for one in kept))
    return "\n".join(f"* {line}" for line in lines)


def _missed(outcome: dict[str, Any], counted: Turnout) -> str:
    told = {"title": plain(outcome.get("title", "")), "n": counted.not_answered, "all": counted.eligible}
    if "rows" in outcome:
        return (
            ngettext(
                "In “%(title)s” %(n)s of %(all)s people who could place dots placed none.",
                "In “%(title)s” %(n)s of %(all)s people who could place dots placed none.",
                counted.not_answered,
            )
            % told
        )
    return (
        ngettext(
            "In “%(title)s” %(n)s of %(all)s people who were asked did not answer.",
            "In “%(title)s” %(n)s of %(all)s people who were asked did not answer.",
            counted.not_answered,
        )
        % told
    )


def _inside(ideas: int, others: int) -> list[str]:
    lines = []
    if ideas:
        lines.append(
            ngettext(
                "The words of %(n)s idea stay inside the Lab, as its writer asked; it is counted.",
                "The words of %(n)s ideas stay inside the Lab, as their writers asked; they are counted.",
                ideas,
            )
            % {"n": ideas}
        )
    if others:
        lines.append(
            ngettext(
                "%(n)s other piece of writing (an answer's words, a post, who does an action) stays inside the Lab.",
                "%(n)s other pieces of writing (answers' words, posts, who does an action) stay inside the Lab.",
                others,
            )
            % {"n": others}
        )
    return lines
