"""Who may do what on the insight board and with reports. Plain predicates, asked for every operation.

| | visitor | observer, participant | facilitator | staff role | Lab staff (`is_staff`) |
|---|---|---|---|---|---|
| read a listed report | yes | yes | yes | yes | yes |
| read an unlisted report | with a link | with a link | with a link | yes | yes |
| read the insight board | | yes | yes | yes | yes |
| write, edit, withdraw insights | | | yes | yes | yes |
| draft, publish, withdraw, share reports | | | | yes | yes |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from challenges.permissions import rights_of
from insights.models import Report

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from challenges.models import Challenge
    from lab_workspace.people.models import User


def can_keep_board(user: User | AnonymousUser, challenge: Challenge) -> bool:
    """Write, edit, withdraw and restore insights and their evidence."""
    return rights_of(user, challenge).facilitate


def can_make_reports(user: User | AnonymousUser, challenge: Challenge) -> bool:
    """Draft, publish and withdraw reports and hand out links to them."""
    return rights_of(user, challenge).publish


def can_read_published(user: User | AnonymousUser, report: Report) -> bool:
    """Read published versions at their public address. A draft is nobody's to read there."""
    if report.state == Report.State.DRAFT:
        return False
    return report.listed or can_make_reports(user, report.challenge)
