"""Sentences that several rules share. What a person reads when a rule says no: what is so, and what to do."""

from django.utils.translation import gettext_lazy as _

NOT_HERE = _(
    "You are not in this workshop, or were removed from it. Ask the facilitator to let you in again."
)
WORKSHOP_CLOSED = _("This workshop is closed. Nothing can be changed any more.")
OBSERVERS_WATCH = _("You are here as an observer. Observers see everything and change nothing.")
FACILITATORS_ONLY = _("Only facilitators can do this.")
NO_SUCH_ACTIVITY = _("This activity is not on the agenda.")
NO_SUCH_IDEA = _("This idea is not here. It may have been removed.")
NOT_OPEN = _("This activity is not open now. What you wrote is kept on your device.")
PAUSED = _("The facilitator has paused this activity. What you wrote is kept on your device.")
PUT_BACK_WHILE_OPEN = _(
    "The board can be put back while this activity is open or paused. Open it again first, if it was closed."
)
MOVED_ON = _(
    "Somebody else was quicker: the workshop has already moved on. Look where it is now, then try again."
)
OPENED_MEANWHILE = _(
    "Somebody opened this activity meanwhile, and going on would close it. Look where it is now, then decide."
)
NO_SUCH_PERSON = _("This person is not here.")
FROZEN_SHORT = _("Paused for a moment.")
FROZEN = _(
    "Everything is paused for a moment. What you wrote is kept on your device; send it when it goes on."
)
FROZEN_FOR_YOU = _("Everything is paused. Press “Go on with everything” first, then try again.")
GOING_ON = _("Going on.")
