"""Codes given and printed at once: they exist nowhere else."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from preau.core.dates import local_day
from preau.families.models import Address, Adult
from preau.journal import actions as journal
from preau.registration.actions.codes import PrintedCode, give_codes
from preau.registration.letters import Letter, Sender, letters_pdf
from preau.registration.rules import spaced_code
from preau.town.choices import WayIn
from preau.town.queries import the_town


def print_letters(*, adults: Sequence[int], by: journal.Actor | None, now: dt.datetime) -> bytes | None:
    """New codes for those of `adults` (keys) who have no account, as letters; None when there is none."""
    printed = give_codes(adults=adults, by=by, now=now)
    if not printed:
        return None
    homes = _addresses([each.adult for each in printed], on=local_day(now))
    letters = [_letter(each, homes.get(each.adult.family_id)) for each in printed]
    return letters_pdf(letters, _sender(), on=local_day(now))


def _addresses(adults: Sequence[Adult], *, on: dt.date) -> dict[int, Address]:
    """The address of each household on that day: one query."""
    rows = Address.objects.filter(family__in={adult.family_id for adult in adults}, starts_on__lte=on)
    return {row.family_id: row for row in rows.order_by("starts_on")}


def _letter(printed: PrintedCode, home: Address | None) -> Letter:
    adult = printed.adult
    name = " ".join(filter(None, [adult.civility, adult.first_name, adult.last_name]))
    postal = (home.lines, f"{home.postcode} {home.city}".upper()) if home else ()
    return Letter(
        address_lines=(name, *postal),
        greeting=f"{adult.civility or 'Bonjour'},",
        file_number=adult.family.number,
        file_name=adult.family.name,
        code=spaced_code(printed.code),
        expires_at=printed.expires_at,
    )


def _sender() -> Sender:
    town = the_town()
    return Sender(
        town=town.name,
        portal=town.portal_name,
        accent=town.accent,
        address=town.address,
        phone=town.phone,
        opening_hours=town.opening_hours,
        site=settings.PUBLIC_URL.partition("://")[2],
        opens_accounts=WayIn.FIVE_STEPS in town.ways,
    )
