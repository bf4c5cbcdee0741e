"""Telling the other parents what one of them signed."""

import datetime as dt
from collections.abc import Sequence

from preau.accounts.notifying import Event, notify
from preau.families.choices import Subject
from preau.families.models import Adult, Participant
from preau.members.queries.parents import bonds_with

SIGNED = Event("members/mail/signed")


def tell_other_parents(
    participant: Participant, signer: Adult, changes: Sequence[str], *, today: dt.date, now: dt.datetime
) -> None:
    """A mail to each other adult who answers for the child: what changed and who signed, no number nor address."""
    for bond in bonds_with([participant], Subject.PICKUP, on=today).exclude(adult=signer):
        if bond.adult.user is not None and bond.adult.user.is_active:
            notify(
                SIGNED,
                to=bond.adult.user,
                facts={"participant": participant, "signer": signer, "changes": list(changes), "user": bond.adult.user},
                key=f"members.signed:{participant.code}:{signer.code}:{now.isoformat()}:{bond.adult.code}",
                now=now,
            )
