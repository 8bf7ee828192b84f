"""The workshop that whoever just started the workspace can try, open for an hour or more."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from realtime.log import ms_of
from workshops.actions import make_workshop, new_join_code
from workshops.models import Workshop
from workshops.past import Play

if TYPE_CHECKING:
    from collections.abc import Mapping

    from challenges.models import Challenge
    from lab_workspace.people.models import User

TODAY_CODE = "PEERDEM0"
TO_TRY = "p05"
"""Who made it: facilitator and staff, so that one sign-in link opens the whole way to a report."""
TODAY: dict[str, Any] = {
    "title": "Choosing what to test next",
    "purpose": "The teams have finished their second round of tests. What should we try with five people next month?",
    "minutes": 60,
    "steps": [
        {
            "kind": "check_in",
            "title": "How do you arrive?",
            "prompt": "Choose what fits best. Add a line if you like.",
            "minutes": 3,
            "settings": {},
        },
        {
            "kind": "brainstorm",
            "title": "What should we try next?",
            "prompt": "What could we try with five people next month? One idea a note.",
            "minutes": 8,
            "settings": {"visibility": "private"},
        },
        {
            "kind": "cluster",
            "title": "Bring together what belongs together",
            "prompt": "Move ideas that belong together into groups, then name each group.",
            "minutes": 10,
            "settings": {},
        },
        {
            "kind": "dot_vote",
            "title": "Choose what to test",
            "prompt": "Place your dots on the ideas that you would most like to see tested.",
            "minutes": 5,
            "settings": {"dots": 5, "cap": 2},
        },
        {
            "kind": "next_actions",
            "title": "Who does what by when",
            "prompt": "What happens first with what we chose? Say who does it and by when.",
            "minutes": 10,
            "settings": {"number": 3},
        },
    ],
}


def open_today(challenge: Challenge, people: Mapping[str, User]) -> None:
    """Make the workshop. Its code is another one where somebody has taken the usual one."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    code = new_join_code() if Workshop.objects.filter(code=TODAY_CODE).exists() else TODAY_CODE
    workshop = make_workshop(
        challenge,
        TODAY["title"],
        now - datetime.timedelta(minutes=now.minute % 5),
        TODAY["minutes"],
        people.get(TO_TRY),
        purpose=TODAY["purpose"],
        phase=challenge.phases.filter(starts__lte=now.date(), ends__gte=now.date()).first(),
        code=code,
    )
    Play(workshop).agenda(TODAY["steps"], ms_of(timezone.now()))
