"""A regular call of test teams: what was tried, what came of it, what next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workshops.formats.model import Format, Part

FORMAT = Format(
    key="team_check_in",
    title=_("Test-team check-in"),
    purpose=_("Tell each other what was tried, what came of it, and what helps next."),
    people=_("Two to six test teams, three to five people each. Every two to four weeks, online."),
    comes_out=_("What each team learned against its prediction, what blocks them, and offers of help."),
    parts=(
        Part("check_in", _("How is your team?"), _("Choose what fits best, and say why in a line."), 5),
        Part(
            "brainstorm",
            _("What we tried, and what happened"),
            _("Begin with your team's name. What did you predict? What happened? One test a note."),
            10,
            settings={"visibility": "shared", "names": "everybody", "most_characters": 500},
            notes=_("“Progress, not perfection.” A test that showed nothing new counts too."),
        ),
        Part(
            "talk",
            _("Questions to each other"),
            _("Ask what you would like to know. Ten minutes for each team."),
            20,
            notes=_("Begin with the team that spoke last the time before."),
        ),
        Part(
            "brainstorm",
            _("What is in the way, and who can help"),
            _("Write what blocks you, or what you can offer. Begin with “Need:” or “Offer:”."),
            8,
            settings={"visibility": "shared", "names": "everybody"},
        ),
        Part(
            "dot_vote",
            _("What to talk about now"),
            _("Place your dots on what the whole group should talk about today."),
            3,
            settings={"dots": 2, "cap": 1, "facilitators_vote": True},
            takes=3,
        ),
        Part("talk", _("The first two of these"), _("Two topics, five minutes each."), 10),
        Part("talk", _("Until next time"), _("Each team: one thing you will do before we meet again."), 4),
    ),
)
