"""Opening files, linking accounts to adults, and changing what adults may see and do for a participant."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import IntegerField, Max, Q
from django.db.models.functions import Cast

from preau.accounts.actions import admit
from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.core.dates import PARIS, local_day
from preau.families.choices import AccessLevel, LinkRefusal, Situation, Subject
from preau.families.models import Address, Adult, Consent, Family, FileNumber, Guardianship, Participant
from preau.families.rules import PRESETS, UNKNOWN, Contact, completed
from preau.families.searching import refile
from preau.journal import actions as journal
from preau.journal.models import Entry
from preau.town.models import Service, Text

FIRST_NUMBER = 1001
TRIES = 20
ACCOUNT_LINKED = Event("families/mail/account_linked")
NOTHING_LEFT = (Situation.WITHDRAWN, Situation.ENDED)


class LinkRefused(Exception):
    """Nothing was written; `reason` tells why."""

    def __init__(self, reason: LinkRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household to open a file for, and its first adult. `insee_code` is that of the town for its residents."""

    name: str
    first_name: str
    last_name: str
    civility: str = ""
    birth_name: str = ""
    birth_date: str = ""
    email: str = ""
    contact: Contact = UNKNOWN
    address: str = ""
    postcode: str = ""
    city: str = ""
    insee_code: str = ""


@transaction.atomic
def open_family(*, household: NewHousehold, by: journal.Actor | None, now: dt.datetime) -> Adult:
    """Open a file, with the next number of the town, an address when it is known, and one adult without an account."""
    family = numbered(household.name)
    if household.address:
        Address.objects.create(
            family=family,
            starts_on=local_day(now),
            lines=household.address,
            postcode=household.postcode,
            city=household.city,
            insee_code=household.insee_code,
        )
    adult = Adult.objects.create(
        family=family,
        civility=household.civility,
        first_name=household.first_name,
        last_name=household.last_name,
        birth_name=household.birth_name,
        birth_date=household.birth_date,
        email=household.email,
        **asdict(household.contact),
    )
    refile(family.pk)
    journal.record(by, "families.opened", at=now, subject=adult.code, family=family.code)
    return adult


def numbered(name: str) -> Family:
    """The next number of the town: of two files opened at once, the second takes the one after."""
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return Family.objects.create(name=name, number=next_number())
        except IntegrityError:
            continue
    raise RuntimeError(f"no free number for a file after {TRIES} tries")


def next_number() -> str:
    """The number after the highest that is made of figures alone; other patterns are left to where they come from."""
    counted = Family.objects.filter(number__regex=r"^[0-9]{1,9}$")
    highest = counted.aggregate(highest=Max(Cast("number", IntegerField())))["highest"]
    return str(FIRST_NUMBER if highest is None else highest + 1)


class NumberTaken(Exception):
    """The service gave that number to another household."""


@transaction.atomic
def set_number(*, family: Family, service: Service, number: str, by: journal.Actor | None, now: dt.datetime) -> None:
    """The number of the household at a service; "" when it has none any more. Raises NumberTaken."""
    known = FileNumber.objects.filter(family=family, service=service)
    if number == (known.values_list("number", flat=True).first() or ""):
        return
    if not number:
        known.delete()
    else:
        try:
            with transaction.atomic():
                FileNumber.objects.update_or_create(family=family, service=service, defaults={"number": number})
        except IntegrityError:
            raise NumberTaken from None
    refile(family.pk)
    facts = {"service": service.code, "number": number}
    journal.record(by, "families.number_set", at=now, family=family.code, facts=facts)


@transaction.atomic
def protect(*, family: Family, is_protected: bool, by: journal.Actor | None, now: dt.datetime) -> None:
    """From now on no account, or again one, is linked to this file online."""
    if Family.objects.filter(pk=family.pk).exclude(is_protected=is_protected).update(is_protected=is_protected):
        verb = "protected" if is_protected else "unprotected"
        journal.record(by, f"families.{verb}", at=now, family=family.code)


def note_reading(*, family: Family, by: User, now: dt.datetime) -> None:
    """An agent has opened the file: noted once a day."""
    midnight = dt.datetime.combine(local_day(now), dt.time(), PARIS)
    read = Entry.objects.filter(family=family.code, at__gte=midnight, action="families.read", actor=by.journal_name)
    if not read.exists():
        journal.record(by, "families.read", at=now, family=family.code)


@transaction.atomic
def link_account(*, adult: Adult, user: User, by: journal.Actor | None, now: dt.datetime) -> Adult:
    """Make `user` the account of `adult`, and let it in; the holders of the household are told by mail.

    Linked already to that very adult, nothing changes. Raises LinkRefused, when another came first included. The proof
    that they are the same person is the caller's.
    """
    if Adult.objects.filter(pk=adult.pk, user=user).exists():
        return adult
    if refusal := _link_refusal(adult, user) or _take(adult, user):
        raise LinkRefused(refusal)
    adult.refresh_from_db()
    admit(user=user, by=by, now=now)
    journal.record(
        by,
        "families.account_linked",
        at=now,
        subject=adult.code,
        family=adult.family.code,
        facts={"account": user.journal_name},
    )
    _tell_household(adult, user, now=now)
    return adult


def _link_refusal(adult: Adult, user: User) -> LinkRefusal | None:
    """Why these two cannot be linked, as the database stands; another may still come first."""
    if not user.is_family:
        return LinkRefusal.NOT_A_FAMILY_ACCOUNT
    if adult.family.archived_at is not None:
        return LinkRefusal.FILE_IS_CLOSED
    if Adult.objects.filter(user=user).exists():
        return LinkRefusal.ACCOUNT_HAS_FILE
    return None


def _take(adult: Adult, user: User) -> LinkRefusal | None:
    """One conditional update: of two accounts for one adult, or two adults for one account, the first is linked."""
    try:
        with transaction.atomic():
            # Without a join: of the row that it waited for, PostgreSQL looks again at the columns, not at a subquery.
            open_files = Family.objects.filter(archived_at__isnull=True)
            free = Adult.objects.filter(pk=adult.pk, user__isnull=True, family__in=open_files)
            return None if free.update(user=user) else LinkRefusal.ADULT_HAS_ACCOUNT
    except IntegrityError:  # the account is another adult's
        return LinkRefusal.ACCOUNT_HAS_FILE


def _tell_household(adult: Adult, user: User, *, now: dt.datetime) -> None:
    """The other accounts of the household, and the address that the file knew for this adult."""
    holders = User.objects.filter(Q(adult__family=adult.family), is_active=True).exclude(pk=user.pk)
    told: dict[str, User | str] = {holder.email.lower(): holder for holder in holders}
    if adult.email:
        told.setdefault(adult.email.lower(), adult.email)
    told.pop(user.email.lower(), None)
    for address, person in told.items():
        notify(
            ACCOUNT_LINKED,
            to=person,
            facts={"adult": adult, "family": adult.family, "at": now},
            key=f"account-linked-{adult.code}-{user.pk}-{address}",
            now=now,
        )


@transaction.atomic
def set_bond(
    *,
    adult: Adult,
    participant: Participant,
    situation: Situation,
    starts_on: dt.date,
    levels: Mapping[Subject, AccessLevel] | None = None,
    reason: str = "",
    by: journal.Actor | None,
    now: dt.datetime,
) -> Guardianship:
    """What `adult` may see and do for `participant` from a day on, past days included; the rows of other days stay.

    `levels` are what a judgment adjusts in the situation's presets; `reason` what the agent saw. Raises ValueError on a
    level left to somebody whose bond is withdrawn or ended, and on the bond of an adult to oneself, which nothing takes
    away.
    """
    if participant.adult_id == adult.pk and situation != Situation.EXERCISES:
        raise ValueError("nobody loses the bond to oneself")
    adjusted = {**PRESETS[situation], **(levels or {})}
    if situation in NOTHING_LEFT and any(adjusted.values()):
        raise ValueError("a withdrawn or ended bond leaves nothing")
    wanted = {"situation": situation.value} | {str(subject): int(level) for subject, level in adjusted.items()}
    key: dict[str, Any] = {"adult": adult, "participant": participant, "starts_on": starts_on}
    before = Guardianship.objects.select_for_update().filter(**key).first()
    is_same = before is not None and all(getattr(before, name) == value for name, value in wanted.items())
    if before is not None and is_same and reason in ("", before.reason):
        return before
    bond, _ = Guardianship.objects.update_or_create(defaults=wanted | {"reason": reason}, **key)
    journal.record(
        by,
        "families.bond_set",
        at=now,
        subject=adult.code,
        family=adult.family.code,
        participant=participant.code,
        facts={"starts_on": starts_on.isoformat(), **wanted},
    )
    return bond


@transaction.atomic
def correct_email(*, adult: Adult, email: str, by: journal.Actor | None, now: dt.datetime) -> None:
    """Keep in the file an address that an agent has mended; the account of the adult, if any, keeps its own."""
    if Adult.objects.filter(pk=adult.pk).exclude(email=email).update(email=email):
        refile(adult.family_id)
        journal.record(by, "families.email_corrected", at=now, subject=adult.code, family=adult.family.code)
    adult.email = email


@transaction.atomic
def complete_contact(*, adult: Adult, told: Contact, by: journal.Actor | None, now: dt.datetime) -> None:
    """Keep in the file the numbers and the preferred way that it does not know; what it holds stays."""
    held = Adult.objects.select_for_update().get(pk=adult.pk).contact
    whole = asdict(completed(held, told))
    added = {name: value for name, value in whole.items() if value != getattr(held, name)}
    if added:
        Adult.objects.filter(pk=adult.pk).update(**added)
        refile(adult.family_id)
        facts = {"fields": sorted(added)}
        journal.record(
            by, "families.contact_completed", at=now, subject=adult.code, family=adult.family.code, facts=facts
        )
    for name, value in whole.items():
        setattr(adult, name, value)


@transaction.atomic
def answer_consent(
    *,
    adult: Adult,
    participant: Participant | None,
    text: Text,
    given: bool,
    channel: str = Channel.ONLINE,
    by: User,
    now: dt.datetime,
) -> None:
    """Write down that `adult` gives or withdraws a consent, in the words of `text`; earlier answers stay.

    The same answer to the same words changes nothing.
    """
    Adult.objects.select_for_update().get(pk=adult.pk)  # one answer at a time: two clicks are one
    before = Consent.objects.filter(adult=adult, participant=participant, text__code=text.code)
    last = before.order_by("-at", "-pk").first()
    if last is not None and (last.given, last.text_id) == (given, text.pk):
        return
    Consent.objects.create(adult=adult, participant=participant, text=text, given=given, at=now, by=by)
    journal.record(
        by,
        "families.consent_given" if given else "families.consent_withdrawn",
        at=now,
        subject=adult.code,
        family=adult.family.code,
        participant=participant.code if participant else "",
        facts={"text": f"{text.code} {text.version}", "channel": channel},
    )


@transaction.atomic
def choose_invoices_by_email(
    *, adult: Adult, wanted: bool, channel: str = Channel.ONLINE, by: User, now: dt.datetime
) -> bool:
    """Whether the invoices to come are sent by e-mail, or wait to be printed. False when nothing changes."""
    if not Adult.objects.filter(pk=adult.pk).exclude(invoices_by_email=wanted).update(invoices_by_email=wanted):
        return False
    facts = {"wanted": wanted, "channel": channel}
    journal.record(by, "families.invoices_by_email", at=now, subject=adult.code, family=adult.family.code, facts=facts)
    return True


# Coordinates, once a family may change them by itself or an agent has accepted


@transaction.atomic
def move_household(
    *,
    family: Family,
    starts_on: dt.date,
    lines: str,
    postcode: str,
    city: str,
    insee_code: str,
    channel: str = Channel.ONLINE,
    by: journal.Actor | None,
    now: dt.datetime,
) -> bool:
    """The household lives there from a day on; the address of other days stays. False when the file said so already.

    `insee_code` is the town's for its residents, whose prices differ; `channel` is one of Channel.
    """
    Family.objects.select_for_update().get(pk=family.pk)
    wanted = {"lines": lines, "postcode": postcode, "city": city, "insee_code": insee_code}
    in_force = Address.objects.filter(family=family, starts_on__lte=starts_on).order_by("-starts_on").first()
    if in_force is not None and all(getattr(in_force, name) == value for name, value in wanted.items()):
        return False
    Address.objects.update_or_create(family=family, starts_on=starts_on, defaults=wanted)
    refile(family.pk)
    facts = {"starts_on": starts_on.isoformat(), "channel": channel}
    journal.record(by, "families.moved", at=now, subject=family.code, family=family.code, facts=facts)
    return True


@transaction.atomic
def change_allocataire(
    *, family: Family, number: str, channel: str = Channel.ONLINE, by: journal.Actor | None, now: dt.datetime
) -> bool:
    """The household's number at the CAF or the MSA; "" when it has none. False when nothing changes."""
    if not Family.objects.filter(pk=family.pk).exclude(allocataire=number).update(allocataire=number):
        return False
    facts = {"channel": channel}
    journal.record(by, "families.allocataire_changed", at=now, subject=family.code, family=family.code, facts=facts)
    return True
