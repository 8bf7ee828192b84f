"""The only writers of challenges. Rights are checked by the caller; rules of the data are kept here."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from challenges import dates
from challenges.models import Challenge, Membership, Phase, Team, TeamMembership
from challenges.slugs import free_slug
from lab_workspace.people.models import User

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping

# Words of the address that would hide a page of ours.
TAKEN_SLUGS = {"new"}


class PhasePlan(TypedDict):
    """What can be set of one phase."""

    name: str
    starts: datetime.date
    ends: datetime.date
    purpose: str
    done_when: str


def _first_words(kind: str) -> tuple[str, str]:
    """The purpose and the checks that a new phase of this kind begins with."""
    words = {
        Phase.Kind.RESEARCH_DISCOVERY: (
            _("Build a rounded picture of the issue before looking for answers."),
            _("challenge areas agreed\ninsight board reviewed\nhow-might-we questions published"),
        ),
        Phase.Kind.DEVELOP_TEST: (
            _("Turn insights into ideas, choose a few, and let test teams try them on a small scale."),
            _(
                "each test team has run at least two test cycles\n"
                "learning written down for each cycle\ndecision recorded: adopt, adapt or stop"
            ),
        ),
        Phase.Kind.DISTIL_SHARE: (
            _("Draw the learning together and make it usable by people who were not in the room."),
            _("learning report published\nmaterials archived with a stable link\nfollow-on owners named"),
        ),
    }
    return words[Phase.Kind(kind)]


def _is_taken(slug: str) -> bool:
    return slug in TAKEN_SLUGS or Challenge.objects.filter(slug=slug).exists()


@transaction.atomic
def make_challenge(
    *,
    by: User | None = None,
    title: str,
    question: str,
    starts: datetime.date,
    ends: datetime.date,
    about: str = "",
    partner: str = "",
    public: bool = False,
    slug: str = "",
) -> Challenge:
    """Make a challenge with its three phases. Whoever makes it gets the staff role in it.

    Raises:
        ValidationError: the dates cannot be those of a challenge.
    """
    if problem := dates.challenge_problem(starts, ends):
        raise ValidationError({"ends": problem})
    challenge = Challenge.objects.create(
        title=title,
        slug=slug or free_slug(title, "challenge", _is_taken),
        question=question,
        about=about,
        partner=partner,
        public=public,
        starts=starts,
        ends=ends,
    )
    for span in dates.divide(starts, ends):
        purpose, done_when = _first_words(span.kind)
        Phase.objects.create(
            challenge=challenge,
            kind=span.kind,
            name=span.name,
            purpose=purpose,
            done_when=done_when,
            starts=span.starts,
            ends=span.ends,
        )
    if by is not None:
        Membership.objects.create(challenge=challenge, user=by, role=Membership.Role.STAFF)
    return challenge


def change_challenge(
    challenge: Challenge, *, title: str, question: str, about: str, partner: str, public: bool
) -> None:
    """Change what is said about a challenge. Its address stays, so that links keep working."""
    challenge.title = title
    challenge.question = question
    challenge.about = about
    challenge.partner = partner
    challenge.public = public
    challenge.save(update_fields=["title", "question", "about", "partner", "public", "changed_at"])


@transaction.atomic
def plan_year(
    challenge: Challenge, *, starts: datetime.date, ends: datetime.date, phases: Mapping[str, PhasePlan]
) -> None:
    """Set the dates of a challenge and of its phases (kind -> plan), all at once.

    Raises:
        ValidationError: they do not fit together; nothing is changed.
    """
    # Two people who save at once must not make phases overlap.
    locked = Challenge.objects.select_for_update().get(pk=challenge.pk)
    if problem := dates.challenge_problem(starts, ends):
        raise ValidationError({"ends": problem})
    spans = [
        dates.Span(kind, phases[kind]["name"], phases[kind]["starts"], phases[kind]["ends"])
        for kind in Phase.Kind.values
    ]
    if problems := dates.phase_problems(starts, ends, spans):
        raise ValidationError({f"{kind}-{field}": text for (kind, field), text in problems.items()})
    locked.starts, locked.ends = starts, ends
    locked.save(update_fields=["starts", "ends", "changed_at"])
    challenge.starts, challenge.ends = starts, ends
    for kind, plan in phases.items():
        phase, _made = Phase.objects.get_or_create(
            challenge=challenge, kind=kind, defaults={"starts": plan["starts"], "ends": plan["ends"]}
        )
        phase.name, phase.purpose, phase.done_when = plan["name"], plan["purpose"], plan["done_when"]
        phase.starts, phase.ends = plan["starts"], plan["ends"]
        phase.save(update_fields=["name", "purpose", "done_when", "starts", "ends", "changed_at"])


def account_of(email: str, name: str = "") -> User:
    """The account with this e-mail address; a new one, which can sign in by a code, when there is none.

    The name of an account that has one is never changed: it is the person's own.
    """
    if known := User.objects.filter(email__iexact=email.strip()).first():
        return known
    try:
        with transaction.atomic():
            return User.objects.create_user(email.strip(), name.strip())
    except IntegrityError:  # Somebody else added the same person at the same moment.
        return User.objects.get(email__iexact=email.strip())


@transaction.atomic
def add_member(
    challenge: Challenge, *, email: str, name: str = "", role: str, background: str = ""
) -> Membership:
    """Give somebody a role in a challenge. Giving the same role again only changes the background."""
    membership, _made = Membership.objects.update_or_create(
        challenge=challenge, user=account_of(email, name), role=role, defaults={"background": background}
    )
    return membership


def change_member(membership: Membership, *, role: str, background: str) -> None:
    """Change somebody's role or background.

    Raises:
        ValidationError: the person holds that role already, in another row.
    """
    twin = Membership.objects.filter(challenge=membership.challenge_id, user=membership.user_id, role=role)
    if twin.exclude(pk=membership.pk).exists():
        raise ValidationError({"role": _("%(name)s has this role already.") % {"name": membership.user}})
    membership.role = role
    membership.background = background
    membership.save(update_fields=["role", "background", "changed_at"])


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """Take a role away. Whoever holds no other role in the challenge leaves its teams as well."""
    challenge, user = membership.challenge_id, membership.user_id
    membership.delete()
    if not Membership.objects.filter(challenge=challenge, user=user).exists():
        TeamMembership.objects.filter(team__challenge=challenge, user=user).delete()


def _set_team_members(team: Team, members: Iterable[User]) -> None:
    wanted = {user.pk for user in members}
    team.members.exclude(user_id__in=wanted).delete()
    there = set(team.members.values_list("user_id", flat=True))
    TeamMembership.objects.bulk_create(
        [TeamMembership(team=team, user_id=pk) for pk in sorted(wanted - there)], ignore_conflicts=True
    )


@transaction.atomic
def add_team(
    challenge: Challenge,
    *,
    name: str,
    organisation: str = "",
    challenge_statement: str = "",
    members: Iterable[User] = (),
) -> Team:
    """Make a team in a challenge."""
    team = Team.objects.create(
        challenge=challenge, name=name, organisation=organisation, challenge_statement=challenge_statement
    )
    _set_team_members(team, members)
    return team


@transaction.atomic
def change_team(
    team: Team, *, name: str, organisation: str, challenge_statement: str, members: Iterable[User]
) -> None:
    """Change a team and who is in it."""
    team.name, team.organisation, team.challenge_statement = name, organisation, challenge_statement
    team.save(update_fields=["name", "organisation", "challenge_statement", "changed_at"])
    _set_team_members(team, members)


def remove_team(team: Team) -> None:
    """Remove a team. Its people stay in the challenge."""
    team.delete()
