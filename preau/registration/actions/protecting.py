"""Files to which no account is linked online."""

import datetime as dt

from django.db import transaction

from preau.families.actions import protect
from preau.families.models import Family
from preau.journal import actions as journal
from preau.registration.actions.codes import close_codes
from preau.registration.actions.inviting import close_invitation


@transaction.atomic
def protect_file(*, family: Family, by: journal.Actor | None, now: dt.datetime) -> None:
    """From now on only an agent links an account to this file: codes and invitations already sent open nothing."""
    protect(family=family, is_protected=True, by=by, now=now)
    for adult in family.adults.filter(user__isnull=True):
        close_codes(adult=adult, now=now)
        close_invitation(adult=adult, by=by, now=now)
