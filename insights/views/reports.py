"""Drafting learning reports. Every form is a page of its own; htmx swaps only the list of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from challenges.queries import challenge_or_404
from insights.actions import reports as acts
from insights.markdown import render as render_markdown
from insights.models import Block
from insights.permissions import can_make_reports
from insights.queries import archives_of, blocks_of, removed_blocks, reports_of, versions_of
from insights.report_forms import NewReportForm, ReportForm, block_form
from insights.views.common import draft_of, person, to_report
from lab_workspace.web import by_htmx, get_or_post

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from insights.models import Report


@require_GET
def reports(request: HttpRequest, slug: str) -> HttpResponse:
    """The reports of a challenge: all for its staff, the published ones for other members."""
    challenge = challenge_or_404(request.user, slug)
    makes = can_make_reports(request.user, challenge)
    context = {"challenge": challenge, "reports": reports_of(challenge, request.user), "makes": makes}
    return render(request, "insights/reports.html", context)


@get_or_post
def new_report(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a report: empty, or (posted with `workshop`, as the archive's page does) from an archive."""
    challenge = to_report(request, slug)
    archives = archives_of(challenge)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and "workshop" in data:
        archive = next((one for one in archives if str(one.workshop_id) == data["workshop"]), None)
        if archive is None:
            raise Http404
        data["archive"] = str(archive.pk)
    form = NewReportForm(data, archives=archives)
    if data is not None and form.is_valid():
        values = form.cleaned_data
        report = acts.new_report(challenge, person(request), title=values["title"], archive=values["archive"])
        messages.success(request, _("Your draft is ready. Nobody else sees it until you publish it."))
        return redirect("insights:edit_report", slug, report.slug)
    context = {"challenge": challenge, "form": form, "title": _("New learning report"), "save": _("Begin")}
    return render(request, "insights/form.html", context | {"back": reverse("insights:reports", args=[slug])})


@get_or_post
def edit_report(request: HttpRequest, slug: str, report_slug: str) -> HttpResponse:
    """The draft: its title page, its blocks and what can be done with it."""
    report = draft_of(request, slug, report_slug)
    form = ReportForm(request.POST or None, instance=report)
    if request.method == "POST" and form.is_valid():
        acts.edit_report(report, **form.cleaned_data)
        messages.success(request, _("Saved. What is published stays as it is until you publish again."))
        return redirect("insights:edit_report", slug, report.slug)
    if form.errors:
        report.refresh_from_db()
    return render(request, "insights/edit_report.html", _editor(report) | {"form": form})


def _editor(report: Report, **more: Any) -> dict[str, Any]:
    return {
        "challenge": report.challenge,
        "report": report,
        "blocks": [(block, strip_tags(render_markdown(block.text))) for block in blocks_of(report)],
        "removed": removed_blocks(report),
        "versions": versions_of(report),
        "kinds": Block.Kind.choices,
        **more,
    }


def _blocks(request: HttpRequest, report: Report, *, at: str = "blocks", **more: Any) -> HttpResponse:
    """The list of blocks for htmx; else back to the page, at the block that changed."""
    if by_htmx(request):
        return render(request, "insights/edit_report.html#blocks", _editor(report, **more))
    if "block_form" in more:
        context = _editor(report, form=ReportForm(instance=report), **more)
        return render(request, "insights/edit_report.html", context)
    return redirect(f"{reverse('insights:edit_report', args=[report.challenge.slug, report.slug])}#{at}")


def _values(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What the actions take, of what the forms of the three kinds give."""
    return {
        name: cleaned[name]
        for name in ("heading", "text", "archive", "outcome", "insights")
        if name in cleaned
    }


@get_or_post
def add_block(request: HttpRequest, slug: str, report_slug: str) -> HttpResponse:
    """Add a block of the kind that `kind` names."""
    report = draft_of(request, slug, report_slug)
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if kind not in Block.Kind.values:
        raise Http404
    form = block_form(kind, report.challenge, request.POST or None)
    if request.method == "POST" and form.is_valid():
        block = acts.add_block(report, kind, **_values(form.cleaned_data))
        return _blocks(request, report, at=f"block-{block.pk}", said=_("Added."), changed=block.pk)
    return _blocks(request, report, block_form=form, adding=kind)


def _block_of(report: Report, pk: int) -> Block:
    return get_object_or_404(report.blocks.filter(removed_at=None).select_related("report__challenge"), pk=pk)


@get_or_post
def edit_block(request: HttpRequest, slug: str, report_slug: str, pk: int) -> HttpResponse:
    """Change one block in its place."""
    report = draft_of(request, slug, report_slug)
    block = _block_of(report, pk)
    form = block_form(block.kind, report.challenge, request.POST or None, block)
    if request.method == "POST" and form.is_valid():
        acts.edit_block(block, **_values(form.cleaned_data))
        return _blocks(request, report, at=f"block-{pk}", said=_("Saved."), changed=pk)
    return _blocks(request, report, block_form=form, editing=pk)


@require_GET
def show_blocks(request: HttpRequest, slug: str, report_slug: str) -> HttpResponse:
    """The list without an open form: what Cancel goes back to."""
    return _blocks(request, draft_of(request, slug, report_slug))


@require_POST
def move_block(request: HttpRequest, slug: str, report_slug: str, pk: int) -> HttpResponse:
    """Move a block up or down by one place."""
    report = draft_of(request, slug, report_slug)
    step = {"up": -1, "down": 1}.get(request.POST.get("direction", ""))
    if step is None:
        return HttpResponseBadRequest(
            _("A block moves up or down."), content_type="text/plain; charset=utf-8"
        )
    moved = acts.move_block(_block_of(report, pk), step)
    said = _("Moved.") if moved else _("It stands at the edge already.")
    return _blocks(request, report, at=f"block-{pk}", said=said, changed=pk)


@require_POST
def remove_block(request: HttpRequest, slug: str, report_slug: str, pk: int) -> HttpResponse:
    """Take a block out; the list offers to put it back."""
    report = draft_of(request, slug, report_slug)
    acts.remove_block(_block_of(report, pk))
    return _blocks(request, report, at="removed", said=_("Removed. You can put it back."), undo=pk)


@require_POST
def restore_block(request: HttpRequest, slug: str, report_slug: str, pk: int) -> HttpResponse:
    """Put a removed block back where it was."""
    report = draft_of(request, slug, report_slug)
    block = get_object_or_404(report.blocks.exclude(removed_at=None).select_related("report"), pk=pk)
    acts.restore_block(block)
    return _blocks(request, report, at=f"block-{pk}", said=_("Back in its place."), changed=pk)
