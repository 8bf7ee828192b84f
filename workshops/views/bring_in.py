"""Bringing ideas into a prepared list: paste or upload, choose the column, look through the lines, take them.

Nothing is kept on the server between these pages: what was read comes back with the next form, and is read as
strictly as a stranger's. Nothing is lost when something is wrong either: the lines stay in their field.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lab_workspace.web import get_or_post
from realtime.kinds import Refused
from workshops import actions
from workshops.bring_in import columns, earlier, files, text
from workshops.bring_in.form import BringInForm, ChoiceForm
from workshops.bring_in.sheet import MOST_BYTES, Unreadable
from workshops.prepare import plan
from workshops.views.preparing import to_step

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from lab_workspace.people.models import User
    from workshops.bring_in.sheet import Sheet
    from workshops.live.state import State, Step
    from workshops.models import Workshop


def _to_list(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> tuple[Workshop, State, Step]:
    workshop, state, step = to_step(request, workshop_id, step_id)
    if step.kind != "list" or state.closed_at is not None:
        raise Http404
    return workshop, state, step


@login_required
@get_or_post
def bring_in(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Lead from words or a file to lines that are on the list."""
    workshop, state, step = _to_list(request, workshop_id, step_id)
    page = _Page(request, workshop, state, step)
    if request.method != "POST":
        return page.start()
    if request.FILES.get("file"):
        return page.read()
    if "table" in request.POST:
        return page.choose(request.POST)
    return page.lines()


@login_required
@get_or_post
def from_earlier(request: HttpRequest, workshop_id: uuid.UUID, step_id: str) -> HttpResponse:
    """Choose what to bring in out of an earlier workshop's archive."""
    workshop, state, step = _to_list(request, workshop_id, step_id)
    chosen, bundles = _chosen(request.GET.get("of", ""), workshop, state)
    key = request.GET.get("what", "")
    bundle = next((one for one in bundles if one.key == key), None)
    if chosen and bundle:
        words = {
            "how": "workshop",
            "source": chosen.title,
            "of": str(chosen.pk),
            "lines": "\n".join(dict.fromkeys(thing.text for thing in bundle.things)),
        }
        return _Page(request, workshop, state, step).review(BringInForm.of_words(words, step, state))
    context = {
        "workshop": workshop,
        "challenge": workshop.challenge,
        "step": step,
        "archives": earlier.archives_of(workshop.challenge),
        "now": bool(earlier.bundles_now(workshop, state)),
        "chosen": chosen,
        "bundles": bundles,
    }
    return render(request, "workshops/prepare/bring_in_earlier.html", context)


def _chosen(given: str, workshop: Workshop, state: State) -> tuple[Workshop | None, list[earlier.Bundle]]:
    """Find the workshop to take from, this one or a closed one of its challenge, and what it has to offer."""
    try:
        key = uuid.UUID(given)
    except ValueError:
        return None, []
    if key == workshop.pk:
        return workshop, earlier.bundles_now(workshop, state)
    archive = earlier.archives_of(workshop.challenge).filter(workshop_id=key).first()
    return (archive.workshop, earlier.bundles_of(archive)) if archive else (None, [])


def _shown_name(name: str) -> str:
    """Give a file's name without what can't be shown: it stands beside each line."""
    seen = "".join(char for char in name if char.isprintable())[:200].strip()
    return seen or _("a file")


class _Page:
    """One step of bringing in."""

    def __init__(self, request: HttpRequest, workshop: Workshop, state: State, step: Step) -> None:
        self.request, self.workshop, self.state, self.step = request, workshop, state, step

    def _show(self, template: str, **more: Any) -> HttpResponse:
        context = {
            "workshop": self.workshop,
            "challenge": self.workshop.challenge,
            "step": self.step,
            "there": self.state.sheet(self.step.id).on_board,
            "has_earlier": earlier.archives_of(self.workshop.challenge).exists() or self._has_results(),
            **more,
        }
        return render(self.request, f"workshops/prepare/{template}.html", context)

    def _has_results(self) -> bool:
        return any(step.revealed and step.id != self.step.id for step in self.state.order())

    def start(self, *, problem: str = "", pasted: str = "") -> HttpResponse:
        """Offer the three ways in."""
        return self._show("bring_in", problem=problem, pasted=pasted)

    def read(self) -> HttpResponse:
        """Read an uploaded file. What was pasted beside it stays."""
        file = self.request.FILES["file"]
        name, pasted = _shown_name(str(getattr(file, "name", ""))), self.request.POST.get("lines", "")
        try:
            sheets = files.read(name, file.read(MOST_BYTES + 1))  # type: ignore[union-attr]  # one file
        except Unreadable as wrong:
            return self.start(problem=str(wrong.sentence), pasted=pasted)
        return self._after_reading(sheets, name)

    def _after_reading(self, sheets: list[Sheet], name: str) -> HttpResponse:
        how = "file" if name else "pasted"
        one_column = len(sheets) == 1 and sheets[0].columns() == 1
        if one_column and (how == "pasted" or not columns.guess(sheets[0]).titles):
            rows = columns.picked(sheets[0], 0, titles=False)
            return self.review(BringInForm.from_rows(rows, how, name, self.step, self.state))
        form = ChoiceForm.of(sheets, how, name)
        return self._show("bring_in_column", form=form)

    def choose(self, given: Any) -> HttpResponse:
        """Take the chosen column, or show the choice again for another sheet or other headings."""
        form = ChoiceForm(given)
        if not form.is_readable():
            return self.start(problem=_("What was read got lost on the way. Choose the file once more."))
        if given.get("act") != "take" or not form.is_valid():
            return self._show("bring_in_column", form=form)
        return self.review(BringInForm.from_rows(form.rows(), form.how, form.source, self.step, self.state))

    def lines(self) -> HttpResponse:
        """Look through lines; take them if that was asked."""
        given = self.request.POST
        if given.get("act") == "paste":
            try:
                sheets = text.lines(given.get("lines", ""))
            except Unreadable as wrong:
                return self.start(problem=str(wrong.sentence), pasted=given.get("lines", ""))
            if not sheets:
                return self.start(problem=_("Paste some lines, or choose a file."))
            return self._after_reading(sheets, "")
        form = BringInForm(given, step=self.step, state=self.state)
        if given.get("act") != "bring" or not form.is_valid() or not form.good:
            return self.review(form)
        return self._bring(form)

    def _bring(self, form: BringInForm) -> HttpResponse:
        _where, bundles = _chosen(form.cleaned_data["of"], self.workshop, self.state)
        known = earlier.by_words(bundles)
        try:
            actions.bring_in(
                self.workshop, cast("User", self.request.user), self.step.id, form.brought(known)
            )
        except Refused as refused:
            form.add_error(None, str(refused.sentence))
            return self.review(form)
        count = len(form.good)
        said = ngettext("%(count)d idea is on the list.", "%(count)d ideas are on the list.", count)
        if not form.wrong:
            messages.success(self.request, said % {"count": count})
            return redirect(reverse("workshops:prepare", args=[self.workshop.pk]) + f"#step-{self.step.id}")
        self.state = plan.state_of(self.workshop)
        return self.review(form.left(self.step, self.state), said=said % {"count": count})

    def review(self, form: BringInForm, *, said: str = "") -> HttpResponse:
        """Show every line, and what is wrong with which."""
        return self._show("bring_in_lines", form=form, said=said)
