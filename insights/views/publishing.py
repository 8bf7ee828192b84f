"""Previewing, publishing, withdrawing and sharing a report. For the challenge's staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from insights.actions import publishing as acts
from insights.checks import problems_of, remarks_of
from insights.content import build
from insights.models import Report
from insights.queries import versions_of
from insights.rendering import page_of
from insights.report_forms import LinkForm, PublishForm, WithdrawForm
from insights.views.common import draft_of, person
from lab_workspace.web import get_or_post

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
def preview(request: HttpRequest, slug: str, report_slug: str) -> HttpResponse:
    """The draft as readers would see it: built by the same code that freezes it."""
    report = draft_of(request, slug, report_slug)
    content = build(report)
    context = {"report": report, "page": page_of(content), "remarks": remarks_of(content), "draft": True}
    context["member"] = True
    return render(request, "insights/preview.html", context | {"challenge": report.challenge})


@get_or_post
def publish(request: HttpRequest, slug: str, report_slug: str) -> HttpResponse:
    """What would not hold up, and the button."""
    report = draft_of(request, slug, report_slug)
    versions = versions_of(report)
    form = PublishForm(request.POST or None, report=report, first=not versions)
    problems = problems_of(report)
    if request.method == "POST" and not problems and form.is_valid():
        try:
            version = acts.publish(report, person(request), **form.cleaned_data)
        except acts.NotReadyError as stopped:
            problems = stopped.problems
        else:
            messages.success(request, _("Version %(n)s is published.") % {"n": version.number})
            return redirect(report)
    context = {
        "challenge": report.challenge,
        "report": report,
        "form": form,
        "problems": problems,
        "remarks": remarks_of(build(report)),
        "next": versions[0].number + 1 if versions else 1,
        "withdraw_form": WithdrawForm(prefix="withdraw"),
    }
    return render(request, "insights/publish.html", context, status=409 if request.POST and problems else 200)


@require_POST
def withdraw(request: HttpRequest, slug: str, report_slug: str) -> HttpResponse:
    """Take the report from its readers, with a reason they will see."""
    report = draft_of(request, slug, report_slug)
    form = WithdrawForm(request.POST, prefix="withdraw")
    here = reverse("insights:publish", args=[slug, report_slug])
    if report.state != Report.State.PUBLISHED:
        return redirect(here)
    if not form.is_valid():
        messages.error(request, _("Say why, in a sentence that readers will see. Nothing has changed yet."))
        return redirect(here)
    acts.withdraw(report, person(request), form.cleaned_data["reason"])
    messages.success(
        request, _("Withdrawn. Readers see your reason. Publishing again brings the report back.")
    )
    return redirect("insights:edit_report", slug, report_slug)


@require_POST
def set_listed(request: HttpRequest, slug: str, report_slug: str) -> HttpResponse:
    """Put a published report into the library, or take it out of the list."""
    report = draft_of(request, slug, report_slug)
    listed = request.POST.get("listed") == "yes"
    acts.set_listed(report, listed=listed)
    messages.success(
        request,
        _("Everybody finds it in the library now.")
        if listed
        else _("Only people with a link can read it now."),
    )
    return redirect("insights:publish", slug, report_slug)


@never_cache
@get_or_post
def links(request: HttpRequest, slug: str, report_slug: str) -> HttpResponse:
    """The links to this report. A new one's address is shown in this answer only: its token is not kept."""
    report = draft_of(request, slug, report_slug)
    form = LinkForm(request.POST or None)
    address = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        _link, token = acts.make_link(
            report,
            person(request),
            label=values["label"],
            scope=values["scope"],
            expires_at=values["until"],
        )
        address = request.build_absolute_uri(reverse("insights:shared", args=[token]))
        form = LinkForm()
    context = {
        "challenge": report.challenge,
        "report": report,
        "form": form,
        "links": list(report.share_links.all()),
        "address": address,
    }
    return render(request, "insights/links.html", context)


@require_POST
def revoke_link(request: HttpRequest, slug: str, report_slug: str, pk: int) -> HttpResponse:
    """Close a link for good."""
    report = draft_of(request, slug, report_slug)
    link = get_object_or_404(report.share_links.all(), pk=pk)
    acts.revoke_link(link)
    messages.success(request, _("The link for “%(label)s” is closed.") % {"label": link.label})
    return redirect("insights:links", slug, report_slug)
