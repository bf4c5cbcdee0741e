"""Files that somebody may claim, and how often they tried."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower, Replace

from preau.accounts.models import User
from preau.families.models import Adult, Family, FileNumber
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


def numbers_of(family: Family) -> set[str]:
    """The numbers by which the file is known, as `number_key` writes them."""
    return {number_key(number) for number in [family.number, *(each.number for each in family.numbers.all())]}


def open_files(keys: Collection[str]) -> QuerySet[Family]:
    """The open files known by one of these numbers, their own or that of a service, as `number_key` writes them."""
    of_services = FileNumber.objects.alias(key=by_number_key()).filter(key__in=keys).values("family")
    files = Family.objects.alias(key=by_number_key())
    return files.filter(Q(key__in=keys) | Q(pk__in=of_services), archived_at=None)


def claimable_files(number: str) -> QuerySet[Family]:
    """The open files of that number to which an account may be linked online."""
    return open_files([number_key(number)]).filter(is_protected=False)


def files_numbered(number: str, *, now: dt.datetime) -> list[FileFacts]:
    """The open files whose number is written like that, with the codes that still hold: two queries, even for a number
    that no file has, so that the time taken tells nothing."""
    if not number_key(number):
        return []
    claimable = claimable_files(number)
    adults = Adult.objects.filter(family__in=claimable)
    codes = ActivationCode.objects.filter(adult__family__in=claimable, used_at=None, expires_at__gt=now)
    held = defaultdict[int, set[str]](set)
    for adult_id, digest in codes.values_list("adult", "digest"):
        held[adult_id].add(digest)
    files = defaultdict[Family, list[AdultFacts]](list)
    for adult in adults.select_related("family").order_by("pk"):
        files[adult.family].append(adult_facts(adult, codes=frozenset(held[adult.pk])))
    return [FileFacts(file.name, tuple(adults)) for file, adults in files.items()]


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
