"""The adults of the files, and where the account of each stands."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from preau.families.models import Adult, Family
from preau.families.searching import adults_named
from preau.registration.choices import AccountState, CodeChannel
from preau.registration.models import ActivationCode, Invitation, Registration
from preau.registration.queries.claims import adult_facts, numbers_of, open_files
from preau.registration.rules import bears_name, number_key


@dataclass(frozen=True, slots=True)
class AdultRow:
    """An adult of a file. `until` is the end of an invitation; `code_until`, that of a printed code."""

    adult: Adult
    state: AccountState
    invitation: Invitation | None
    code_until: dt.datetime | None

    @property
    def until(self) -> dt.datetime | None:
        return self.invitation.expires_at if self.invitation else None

    @property
    def may_be_invited(self) -> bool:
        return self.state in (AccountState.NONE, AccountState.EXPIRED, AccountState.WAITING)


def adults_found(
    adults: QuerySet[Adult], *, words: str, state: str, now: dt.datetime, waiting: Collection[int]
) -> QuerySet[Adult]:
    """Those of `adults` whom the words find, in that state ("" for all), by file and name."""
    adults = adults_named(adults, words)
    found = _in_state(adults, state, now=now, waiting=waiting)
    return found.select_related("family", "user").order_by(
        "family__name", "family__number", "last_name", "first_name", "pk"
    )


def _in_state(adults: QuerySet[Adult], state: str, *, now: dt.datetime, waiting: Collection[int]) -> QuerySet[Adult]:
    if not state:
        return adults
    if state == AccountState.ACTIVE:
        return adults.filter(user__isnull=False)
    if state == AccountState.WAITING:
        return adults.filter(pk__in=waiting)
    opened = Invitation.objects.filter(adult=OuterRef("pk"), accepted_at=None, revoked_at=None)
    without = adults.filter(user__isnull=True).exclude(pk__in=waiting)
    if state == AccountState.INVITED:
        return without.filter(Exists(opened.filter(expires_at__gt=now)))
    if state == AccountState.EXPIRED:
        return without.filter(Exists(opened.filter(expires_at__lte=now)))
    return without.filter(~Exists(opened))


def adults_waiting() -> set[int]:
    """The adults whose file and name an account that waits has given: three queries at most."""
    claims: dict[str, list[Registration]] = {}
    for claim in Registration.objects.filter(user__isnull=False, user__is_admitted=False):
        claims.setdefault(number_key(claim.file_number), []).append(claim)
    if not claims:
        return set()
    adults = Adult.objects.filter(family__in=open_files(list(claims)), user__isnull=True)
    return {
        adult.pk
        for adult in adults.select_related("family").prefetch_related("family__numbers")
        if any(_is_claimed(adult, claims.get(key, ())) for key in numbers_of(adult.family))
    }


def _is_claimed(adult: Adult, claims: Iterable[Registration]) -> bool:
    facts = adult_facts(adult, codes=frozenset())
    return any(bears_name(facts, claim.first_name, claim.last_name) for claim in claims)


def rows_of(adults: Sequence[Adult], *, now: dt.datetime, waiting: Collection[int]) -> list[AdultRow]:
    """Each adult with the state of the account: two queries."""
    invitations = {
        invitation.adult_id: invitation
        for invitation in Invitation.objects.filter(adult__in=adults, accepted_at=None, revoked_at=None)
    }
    codes = ActivationCode.objects.filter(
        adult__in=adults, channel=CodeChannel.LETTER, used_at=None, expires_at__gt=now
    ).order_by("expires_at")
    until = {code.adult_id: code.expires_at for code in codes}
    return [
        AdultRow(
            adult=adult,
            state=_state_of(adult, invitations.get(adult.pk), waiting=adult.pk in waiting, now=now),
            invitation=invitations.get(adult.pk),
            code_until=until.get(adult.pk),
        )
        for adult in adults
    ]


def _state_of(adult: Adult, invitation: Invitation | None, *, waiting: bool, now: dt.datetime) -> AccountState:
    if adult.user_id is not None:
        return AccountState.ACTIVE
    if waiting:
        return AccountState.WAITING
    if invitation is None:
        return AccountState.NONE
    return AccountState.INVITED if invitation.expires_at > now else AccountState.EXPIRED


@dataclass(frozen=True, slots=True)
class FileRows:
    """A file and those of its adults who are on the page."""

    family: Family
    rows: list[AdultRow]


def by_file(rows: Iterable[AdultRow]) -> list[FileRows]:
    """Rows that follow each other in one file, together."""
    files: list[FileRows] = []
    for row in rows:
        if not files or files[-1].family.pk != row.adult.family_id:
            files.append(FileRows(row.adult.family, []))
        files[-1].rows.append(row)
    return files
