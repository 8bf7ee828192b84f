"""What a closed workshop left behind: its page, the check of its seal, and downloads. For members of the challenge."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lab_workspace.web import by_htmx
from workshops import permissions, queries
from workshops.models import Archive
from workshops.results import exports, ran, seals
from workshops.results.archive import is_careful, outcome_of, readable
from workshops.results.outcomes import role_rule, template_of
from workshops.results.tables import table_of

if TYPE_CHECKING:
    from workshops.models import Workshop

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "zip": "application/zip"}


def _workshop(request: HttpRequest, workshop_id: uuid.UUID) -> Workshop:
    """Find the workshop for somebody who may read its archive. Raises Http404."""
    workshop = queries.workshop_or_404(workshop_id)
    if not permissions.can_see_archive(request.user, workshop):
        raise Http404
    return workshop


def _archive(request: HttpRequest, workshop_id: uuid.UUID) -> Archive:
    archive = queries.archive_of(_workshop(request, workshop_id))
    if archive is None:
        raise Http404
    return archive


@require_safe
@never_cache
def page(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """The archive; before the workshop is closed, a page that says so."""
    workshop = _workshop(request, workshop_id)
    archive = queries.archive_of(workshop)
    if archive is None:
        context = {"workshop": workshop, "challenge": workshop.challenge}
        return render(request, "workshops/archive_not_yet.html", context, status=404)
    return render(request, "workshops/archive.html", _context(request, archive))


@require_POST
@never_cache
def check_seal(request: HttpRequest, workshop_id: uuid.UUID) -> HttpResponse:
    """Read the whole log again and say whether the seal holds."""
    archive = _archive(request, workshop_id)
    check = seals.check(archive)
    if by_htmx(request):
        context = {"archive": archive, "workshop": archive.workshop, "check": check}
        return render(request, "workshops/parts/seal.html", context)
    return render(request, "workshops/archive.html", _context(request, archive) | {"check": check})


def _context(request: HttpRequest, archive: Archive) -> dict[str, Any]:
    content, workshop = readable(archive), archive.workshop
    rounds: dict[str, int] = {}
    for outcome in content["outcomes"]:
        rounds[outcome["step"]] = rounds.get(outcome["step"], 0) + 1
    return {
        "archive": archive,
        "workshop": workshop,
        "challenge": workshop.challenge,
        "content": content,
        "opened": ran.moment_of(content["workshop"].get("opened_at")),
        "closed": ran.moment_of(content["workshop"].get("closed_at")),
        "people": ran.people_in(content),
        "steps": ran.steps_of(content),
        "outcomes": [
            _shown(outcome, content, again=rounds[outcome["step"]] > 1) for outcome in content["outcomes"]
        ],
        "role_rule": role_rule(),
        "can_take": permissions.can_facilitate(request.user, workshop),
        "can_publish": permissions.can_publish(request.user, workshop),
        "takes_sealed": _takes_sealed(request, archive),
    }


def _shown(outcome: dict[str, Any], content: dict[str, Any], *, again: bool) -> dict[str, Any]:
    """Give what the page needs of one outcome; `again`: its activity ran more than once."""
    told = _("round %(n)d") % {"n": outcome["round"]} if again else ""
    template = template_of(outcome["kind"])
    return {
        "outcome": outcome,
        "name": f"{outcome['title']} ({told})" if told else outcome["title"],
        "key": f"outcome-{outcome['step']}-{outcome['round']}",
        "label": ran.label_of(outcome["kind"]),
        "template": template,
        "table": None if template else table_of(outcome, content, public=False),
    }


def _takes_sealed(request: HttpRequest, archive: Archive) -> bool:
    """Whether somebody may take the sealed data: of archives older than the rules for roles only facilitators."""
    return is_careful(archive.content) or permissions.can_facilitate(request.user, archive.workshop)


@require_safe
@never_cache
def export(request: HttpRequest, workshop_id: uuid.UUID, step: str, number: str, form: str) -> HttpResponse:
    """One outcome as CSV or JSON."""
    archive = _archive(request, workshop_id)
    outcome = outcome_of(archive, f"{step}/{int(number)}")
    if outcome is None:
        raise Http404
    write = exports.outcome_csv if form == "csv" else exports.outcome_json
    return _file(write(archive, outcome), f"{exports.name_of(archive)}-{step}-{number}", form)


@require_safe
@never_cache
def export_all(request: HttpRequest, workshop_id: uuid.UUID, form: str) -> HttpResponse:
    """The whole archive, as sealed JSON or as a ZIP with tables."""
    archive = _archive(request, workshop_id)
    sealed = _takes_sealed(request, archive)
    if form == "json" and not sealed:
        raise Http404
    data = exports.whole_json(archive) if form == "json" else exports.whole_zip(archive, sealed=sealed)
    return _file(data, exports.name_of(archive), form)


def _file(data: bytes, name: str, form: str) -> HttpResponse:
    response = HttpResponse(data, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
