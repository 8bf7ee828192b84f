"""Pages that join the areas: home, a challenge, and what we say about ourselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from challenges.permissions import can_make, rights_of
from challenges.queries import page_or_404, phases_of
from challenges.sections import people_section, teams_section
from insights.queries import latest_insights, reports_of
from lab_workspace.pages.queries import my_challenges, workshops_today
from lab_workspace.pages.year import in_days, picture_of, year_of
from workshops.queries import shown_code, workshops_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

INSIGHTS_SHOWN = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is on now and next for somebody signed in; for a visitor, what this is and the way in."""
    if not request.user.is_authenticated:
        return render(request, "pages/welcome.html")
    now = timezone.now()
    context = {
        "mine": my_challenges(request.user, now),
        "today_workshops": workshops_today(request.user, now),
        "may_make": can_make(request.user),
        "today": timezone.localdate(now),
    }
    return render(request, "pages/home.html", context)


@require_safe
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about one challenge on one page. Strangers get 404, unless it is public."""
    challenge = page_or_404(request.user, slug)
    rights = rights_of(request.user, challenge)
    now = timezone.now()
    workshops = list(workshops_of(challenge))
    year = year_of(challenge, phases_of(challenge), workshops, now)
    context = {
        **people_section(challenge, rights),
        **teams_section(challenge, rights),
        "year": year,
        "picture": picture_of(year, challenge, workshops),
        "next_when": in_days(year.next.day, year.today) if year.next else "",
        "open_workshops": [(one, shown_code(one.code)) for one in workshops if one.state == "open"],
        "planned_workshops": [one for one in workshops if one.state == "planned"],
        "closed_workshops": [one for one in reversed(workshops) if one.state == "closed"],
        # Insights may rest on words kept inside the Lab: members only, even where the page is public.
        "insights": latest_insights(challenge, INSIGHTS_SHOWN) if rights.view else [],
        "reports": reports_of(challenge, request.user),
    }
    return render(request, "pages/challenge.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """How people's words are used, by the four levels of consent, and what else is kept."""
    return render(request, "pages/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "pages/accessibility.html")
