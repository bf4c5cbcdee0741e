"""Files that somebody may claim, and how often they tried."""

import datetime as dt

from django.db.models import Count, F, Prefetch, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower, Replace

from preau.accounts.models import User
from preau.families.models import Adult, Family
from preau.registration.models import ActivationCode, WrongTry
from preau.registration.rules import AdultFacts, FileFacts, Tries, number_key

AN_HOUR = dt.timedelta(hours=1)
SEPARATORS = ("-", " ", ".", "/", "_", "–")


def by_number_key(lookup: str = "number") -> Combinable:
    """The column of a file's number, written as `number_key` writes it."""
    written: Combinable = F(lookup)
    for sign in SEPARATORS:
        written = Replace(written, Value(sign), Value(""))
    return Lower(written)


def files_numbered(number: str, *, now: dt.datetime) -> list[FileFacts]:
    """The open files whose number is written like that, with the codes that still hold: three queries at most."""
    key = number_key(number)
    if not key:
        return []
    codes = Prefetch("activation_codes", ActivationCode.objects.filter(used_at=None, expires_at__gt=now))
    files = (
        Family.objects.alias(key=by_number_key())
        .filter(key=key, archived_at__isnull=True)
        .prefetch_related(Prefetch("adults", Adult.objects.order_by("pk").prefetch_related(codes)))
    )
    return [FileFacts(file.name, tuple(_with_codes(adult) for adult in file.adults.all())) for file in files]


def _with_codes(adult: Adult) -> AdultFacts:
    return adult_facts(adult, codes=frozenset(code.digest for code in adult.activation_codes.all()))


def adult_facts(adult: Adult, *, codes: frozenset[str]) -> AdultFacts:
    """What the rules ask of an adult; `codes` are the digests of those in force."""
    return AdultFacts(
        key=adult.pk,
        first_name=adult.first_name,
        last_name=adult.last_name,
        birth_name=adult.birth_name,
        email=adult.email,
        has_account=adult.user_id is not None,
        codes=codes,
    )


def tries_of(user: User, *, address: str, number: str, now: dt.datetime) -> Tries:
    """The wrong tries of the last hour: one query."""
    counts = WrongTry.objects.filter(at__gt=now - AN_HOUR).aggregate(
        account=Count("pk", filter=Q(user=user)),
        address=Count("pk", filter=Q(address=address)),
        file=Count("pk", filter=Q(file=number_key(number)[:40])),
        everywhere=Count("pk"),
    )
    return Tries(**counts)
