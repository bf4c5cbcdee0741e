"""Giving activation codes to the adults of a file."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from preau.accounts.notifying import Event, notify
from preau.families.models import Adult
from preau.journal import actions as journal
from preau.registration.choices import CodeChannel
from preau.registration.codes import digest_of, new_activation_code
from preau.registration.models import ActivationCode
from preau.registration.rules import spaced_code

LETTER_HOLDS = dt.timedelta(days=90)
MAIL_HOLDS = dt.timedelta(hours=24)
MOST_MAILED = 3
"""Codes in force that were mailed to one adult: strangers who ask for more send nothing."""

CODE_MAILED = Event("registration/mail/code")


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A code to print: nowhere else once the letter is closed."""

    adult: Adult
    code: str
    expires_at: dt.datetime


@transaction.atomic
def give_codes(*, adults: Sequence[int], by: journal.Actor | None, now: dt.datetime) -> list[PrintedCode]:
    """A code to print for each of `adults` (keys) who has no account, in the order of files and names. The codes sent
    to them before no longer hold. Fixed queries, whatever their number."""
    found = list(
        Adult.objects.select_for_update(of=("self",))
        .filter(pk__in=adults, user__isnull=True, family__archived_at__isnull=True, family__is_protected=False)
        .select_related("family")
        .order_by("family__name", "family__number", "last_name", "first_name", "pk")
    )
    ActivationCode.objects.filter(adult__in=found, used_at=None, expires_at__gt=now).update(expires_at=now)
    printed = [PrintedCode(adult, new_activation_code(), now + LETTER_HOLDS) for adult in found]
    ActivationCode.objects.bulk_create(
        [
            ActivationCode(
                adult=each.adult,
                channel=CodeChannel.LETTER,
                digest=digest_of(each.code),
                created_at=now,
                expires_at=each.expires_at,
            )
            for each in printed
        ],
        batch_size=200,
    )
    about = [(each.adult.code, each.adult.family.code) for each in printed]
    journal.record_each(by, "registration.code_printed", at=now, about=about, facts={})
    return printed


@transaction.atomic
def mail_code(*, adult: Adult, is_owed: bool, now: dt.datetime) -> bool:
    """Send a code to the address that the file knows. The codes before still hold: whoever asks for one voids nothing.

    False when enough are on their way already, or none `is_owed`: the same work is done, then undone, so that the time
    taken does not tell whether the file and its adult are known.
    """
    in_force = ActivationCode.objects.filter(
        adult=adult, channel=CodeChannel.MAIL, used_at=None, expires_at__gt=now
    ).count()
    _mail_code(adult, now=now)
    is_sent = is_owed and in_force < MOST_MAILED
    transaction.set_rollback(not is_sent)
    return is_sent


def _mail_code(adult: Adult, *, now: dt.datetime) -> None:
    code = new_activation_code()
    row = ActivationCode.objects.create(
        adult=adult, channel=CodeChannel.MAIL, digest=digest_of(code), created_at=now, expires_at=now + MAIL_HOLDS
    )
    notify(
        CODE_MAILED,
        to=adult.email,
        facts={"adult": adult, "code": spaced_code(code), "until": row.expires_at},
        key=f"activation-code-{row.pk}",
        now=now,
    )
    journal.record(None, "registration.code_mailed", at=now, subject=adult.code, family=adult.family.code)


def close_codes(*, adult: Adult, now: dt.datetime) -> None:
    """The codes sent to this adult are of no more use."""
    ActivationCode.objects.filter(adult=adult, used_at=None, expires_at__gt=now).update(expires_at=now)
