"""`manage.py project_again`: make the tables of ideas, groups and votes again from the workshops' logs."""

from __future__ import annotations

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from realtime.ledger import Ledger, NewerEvent
from realtime.models import Stream
from workshops.models import ClusterRecord, IdeaRecord, TallyRecord, Workshop
from workshops.results import projection


class Command(BaseCommand):
    """Folds each log again and writes its records. Archives are sealed and stay as they are."""

    help = (
        "Make the records of ideas, groups and votes again from the workshops' logs: of all workshops, or of "
        "those named by their id. Archives are never touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the workshops' ids."""
        parser.add_argument("workshops", nargs="*", type=uuid.UUID, metavar="WORKSHOP_ID")

    def handle(self, *args: Any, workshops: list[uuid.UUID], **options: Any) -> None:
        """Do it, one transaction for each workshop."""
        chosen = Workshop.objects.order_by("starts_at", "pk")
        if workshops:
            chosen = chosen.filter(pk__in=workshops)
            missing = set(workshops) - set(chosen.values_list("pk", flat=True))
            if missing:
                raise CommandError(f"There is no workshop {', '.join(sorted(map(str, missing)))}.")
        count = 0
        for workshop in chosen:
            self.stdout.write(f"{workshop.pk}  {workshop}: {project_again(workshop)}")
            count += 1
        self.stdout.write(f"{count} workshop{'' if count == 1 else 's'} done.")


def project_again(workshop: Workshop) -> str:
    """Make one workshop's records again; gives what is there now, in words."""
    with transaction.atomic():
        # Nobody appends meanwhile, so the records are those of one moment.
        Stream.objects.select_for_update().get(pk=workshop.stream_id)
        ledger = Ledger(workshop.stream_id)
        try:
            ledger.load()
        except NewerEvent as newer:
            raise CommandError(
                f"The log of “{workshop}” was written by a newer release of the workspace ({newer})."
            ) from newer
        state = ledger.state
        # Of a round that is open again the ideas stay, though it has not ended: reports may quote them.
        known = [state.gid(idea) for idea in state.ideas]
        IdeaRecord.objects.filter(workshop=workshop).exclude(gid__in=known).delete()
        projection.write_records(state, workshop)
    kept = [
        (model.objects.filter(workshop=workshop).count(), one, many)
        for model, one, many in (
            (IdeaRecord, "idea", "ideas"),
            (ClusterRecord, "group", "groups"),
            (TallyRecord, "tally", "tallies"),
        )
    ]
    words = ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in kept)
    return f"{words}, from {ledger.seq} entries"
