"""Reading published reports: the library, fixed versions, their data, and links to unlisted ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from challenges.permissions import can_view
from insights.actions.publishing import open_link
from insights.content import build
from insights.models import Report, ReportVersion, ShareLink
from insights.permissions import can_make_reports, can_read_published
from insights.queries import is_whole, version_or_404, versions_of
from insights.queries import library as library_reports
from insights.rendering import page_of, part_of
from workshops.results.tables import table_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """What anyone may read."""
    return render(request, "insights/library.html", {"reports": library_reports()})


@dataclass(frozen=True)
class Door:
    """How a reader came in, so that every link on the page keeps them where they may be."""

    token: str = ""

    def address(self, report: Report, number: int | None = None) -> str:
        """The report, or one of its versions."""
        last = () if number is None else (number,)
        if self.token:
            return reverse("insights:shared", args=[self.token, *last])
        return reverse("insights:published", args=[report.slug, *last])


def _public(request: HttpRequest, slug: str) -> Report:
    report = get_object_or_404(Report.objects.select_related("challenge"), slug=slug)
    if not can_read_published(request.user, report):
        raise Http404
    return report


def _shared(token: str) -> ShareLink:
    link = open_link(token)
    if link is None:
        raise Http404
    return link


def _careful[Answer: HttpResponse](response: Answer) -> Answer:
    """Keep what came through a link out of caches, search engines and other sites' logs."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def published(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """The latest version, or the one with this number."""
    report = _public(request, slug)
    response = _page(request, report, Door(), number)
    return response if report.listed else _careful(response)


@require_safe
def shared(request: HttpRequest, token: str, number: int | None = None) -> HttpResponse:
    """A report by its link: the draft as it stands, or what is published."""
    link = _shared(token)
    report = link.report
    if link.scope == ShareLink.Scope.DRAFT:
        if number is not None:
            raise Http404
        context = {"report": report, "page": page_of(build(report)), "draft": True, "shared": True}
        return _careful(render(request, "insights/report.html", context))
    if report.state == Report.State.DRAFT:
        raise Http404
    return _careful(_page(request, report, Door(token), number))


def _page(request: HttpRequest, report: Report, door: Door, number: int | None) -> HttpResponse:
    version = version_or_404(report, number)
    if report.state == Report.State.WITHDRAWN:
        return render(request, "insights/withdrawn.html", {"report": report, "version": version}, status=410)
    versions = versions_of(report)
    context: dict[str, Any] = {
        "report": report,
        "version": version,
        "page": page_of(version.content),
        "versions": [(one, door.address(report, one.number)) for one in versions],
        "latest": versions[0],
        "latest_address": door.address(report),
        "here": door.address(report, version.number),
        "whole": is_whole(version),
        "member": not door.token and can_view(request.user, report.challenge),
        "makes": not door.token and can_make_reports(request.user, report.challenge),
        "shared": bool(door.token),
    }
    return render(request, "insights/report.html", context)


@require_safe
def published_data(request: HttpRequest, slug: str, number: int, figure: int, form: str) -> HttpResponse:
    """One outcome of a published version as CSV or JSON."""
    report = _public(request, slug)
    response = _data(report, number, figure, form)
    return response if report.listed else _careful(response)


@require_safe
def shared_data(request: HttpRequest, token: str, number: int, figure: int, form: str) -> HttpResponse:  # noqa: ARG001 (in the address)
    """The same through a link."""
    link = _shared(token)
    if link.scope != ShareLink.Scope.PUBLISHED or link.report.state == Report.State.DRAFT:
        raise Http404
    return _careful(_data(link.report, number, figure, form))


def _data(report: Report, number: int, figure: int, form: str) -> HttpResponse:
    version = version_or_404(report, number)
    if report.state == Report.State.WITHDRAWN:
        return HttpResponse(report.withdrawn_reason, status=410, content_type="text/plain; charset=utf-8")
    part = part_of(page_of(version.content), figure)
    if part is None:
        raise Http404
    name = f"{report.slug}-v{number}-figure-{figure}.{form}"
    if form == "csv":
        table = table_of(part["outcome"], part["block"], public=True)
        response = HttpResponse(table.csv(), content_type="text/csv; charset=utf-8")
    else:
        data = {"report": version.title, "version": version.number, "sha256": version.sha256, **part["block"]}
        response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def published_json(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A whole published version as it is kept, with its checksum."""
    report = _public(request, slug)
    version = version_or_404(report, number)
    if report.state == Report.State.WITHDRAWN:
        raise Http404
    response = JsonResponse(_whole(version), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{report.slug}-v{number}.json"'
    return response if report.listed else _careful(response)


def _whole(version: ReportVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "published_at": version.published_at.isoformat(),
        "change_note": version.change_note,
        "sha256": version.sha256,
        "content": version.content,
    }
