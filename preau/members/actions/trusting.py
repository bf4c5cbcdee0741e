"""Naming persons for a child, and the other parent's no; whom judges bar."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.core.dates import age_on, local_day
from preau.families.choices import Subject
from preau.families.models import Adult, Participant
from preau.journal.actions import record
from preau.members.actions.disagreements import end_disagreement, note_disagreement
from preau.members.actions.telling import tell_other_parents
from preau.members.choices import NamingRefusal
from preau.members.models import Barred, TrustedPerson
from preau.members.queries.collecting import barred_from, collecting_rule, is_barred, named_for
from preau.members.queries.parents import bonds_with
from preau.members.rules import MAJORITY, is_same_name, name_words


class NamingRefused(Exception):
    """Nothing was written for this child; `reason` tells why."""

    def __init__(self, reason: NamingRefusal, participant: Participant) -> None:
        super().__init__(reason.value)
        self.reason, self.participant = reason, participant


@dataclass(frozen=True, slots=True)
class Named:
    """What a parent writes of a person. `born_on` is for those who are not of age."""

    first_name: str
    last_name: str
    link: str
    phone: str
    may_collect: bool
    starts_on: dt.date
    other_phone: str = ""
    emergency_order: int | None = None
    born_on: dt.date | None = None
    ends_on: dt.date | None = None

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


@transaction.atomic
def name_person(
    *,
    adult: Adult,
    participants: Iterable[Participant],
    named: Named,
    channel: Channel = Channel.ONLINE,
    by: User,
    now: dt.datetime,
) -> list[TrustedPerson]:
    """Name somebody for each of these children, or for none; the other parents are told. Raises NamingRefused.

    Named already in the same words, nothing changes for that child.
    """
    return [_name(adult, child, named, channel, by=by, now=now) for child in participants]


def _name(
    adult: Adult,
    child: Participant,
    named: Named,
    channel: Channel = Channel.ONLINE,
    *,
    by: User,
    now: dt.datetime,
) -> TrustedPerson:
    Participant.objects.select_for_update().get(pk=child.pk)  # one at a time: ten are ten
    mine = [person for person in named_for(child) if person.signed_by.family_id == adult.family_id]
    for person in mine:
        if person.signed_by_id == adult.pk and named_in(person) == named:
            return person
    if refusal := _refusal(child, mine, named, today=local_day(now)):
        raise NamingRefused(refusal, child)
    written = _write(adult, child, named, "named", channel, by=by, now=now)
    if before := _last_of_that_name(adult, child, named):
        _keep_contest(before, written, by=by, now=now)
    return written


def _last_of_that_name(adult: Adult, child: Participant, named: Named) -> TrustedPerson | None:
    """The row that this parent withdrew last: taking somebody off and back again does not undo the other's no."""
    gone = TrustedPerson.objects.filter(participant=child, signed_by=adult, withdrawn_at__isnull=False)
    alike = (one for one in gone.order_by("-withdrawn_at", "-pk") if is_same_name(str(one), str(named)))
    return next(alike, None)


def named_in(person: TrustedPerson) -> Named:
    """What its parent wrote of a person."""
    return Named(**{name: getattr(person, name) for name in Named.__slots__})


def _refusal(child: Participant, mine: list[TrustedPerson], named: Named, *, today: dt.date) -> NamingRefusal | None:
    rule = collecting_rule()
    if is_barred(str(named), barred_from(child)):
        return NamingRefusal.ASK_US
    if named.may_collect and named.born_on is not None and age_on(named.born_on, today) < min(rule.youngest, MAJORITY):
        return NamingRefusal.TOO_YOUNG
    if any(name_words(str(named)) == name_words(str(person)) for person in mine):
        return NamingRefusal.ALREADY_NAMED
    if len(mine) >= rule.most:
        return NamingRefusal.TOO_MANY
    return None


def _write(
    adult: Adult,
    child: Participant,
    named: Named,
    verb: str,
    channel: Channel = Channel.ONLINE,
    *,
    by: User,
    now: dt.datetime,
) -> TrustedPerson:
    person = TrustedPerson.objects.create(participant=child, signed_by=adult, signed_at=now, **asdict(named))
    _note(person, verb, channel, by=by, now=now)
    tell_other_parents(child, adult, [_told(person)], today=local_day(now), now=now)
    return person


def _told(person: TrustedPerson) -> str:
    what = "peut venir chercher l’enfant" if person.may_collect else "à prévenir en cas d’urgence"
    return f"{person} ({person.link})\u00a0: {what}"


@transaction.atomic
def change_person(*, person: TrustedPerson, named: Named, by: User, now: dt.datetime) -> TrustedPerson:
    """Other words for somebody named: the row as it was stays in the history. Raises NamingRefused.

    The other parent's no holds as long as it is the same person, said in the meantime included.
    """
    child = person.participant
    Participant.objects.select_for_update().get(pk=child.pk)
    live = TrustedPerson.objects.select_for_update().filter(pk=person.pk, withdrawn_at__isnull=True).first()
    if live is None:
        raise NamingRefused(NamingRefusal.MOVED, child)
    person = live
    if named_in(person) == named:
        return person
    adult = person.signed_by
    others = [one for one in named_for(child) if one.pk != person.pk and one.signed_by.family_id == adult.family_id]
    if refusal := _refusal(child, others, named, today=local_day(now)):
        raise NamingRefused(refusal, child)
    TrustedPerson.objects.filter(pk=person.pk).update(withdrawn_at=now)
    changed = _write(adult, child, named, "changed", by=by, now=now)
    _keep_contest(person, changed, by=by, now=now)
    return changed


def _keep_contest(before: TrustedPerson, after: TrustedPerson, *, by: User, now: dt.datetime) -> None:
    if before.contested_by is None:
        return
    end_disagreement(participant=before.participant, person=before, by=by, now=now)
    if is_same_name(str(before), str(after)):
        contested = {"contested_by": before.contested_by, "contested_at": before.contested_at}
        TrustedPerson.objects.filter(pk=after.pk).update(**contested)
        after.contested_by, after.contested_at = before.contested_by, before.contested_at
        _dispute(after, before.contested_by, by=by, now=now)


@transaction.atomic
def end_person(*, person: TrustedPerson, channel: Channel = Channel.ONLINE, by: User, now: dt.datetime) -> None:
    """This person is named no more; nothing changes when it is done already."""
    live = TrustedPerson.objects.filter(pk=person.pk, withdrawn_at__isnull=True)
    if live.update(withdrawn_at=now):
        _note(person, "withdrawn", channel, by=by, now=now)
        end_disagreement(participant=person.participant, person=person, by=by, now=now)
        said = [f"{person} ({person.link})\u00a0: n’est plus dans la liste"]
        tell_other_parents(person.participant, person.signed_by, said, today=local_day(now), now=now)


@transaction.atomic
def contest_person(*, person: TrustedPerson, adult: Adult, by: User, now: dt.datetime) -> None:
    """The other parent says no: the person is suspended, its parent is told, an agent hears of it. The no of somebody
    who decides no more gives way."""
    bonds = bonds_with([person.participant], Subject.PICKUP, on=local_day(now))
    live = TrustedPerson.objects.filter(pk=person.pk, withdrawn_at__isnull=True)
    live = live.exclude(contested_by__in=[bond.adult_id for bond in bonds])
    if live.exclude(signed_by=adult).update(contested_by=adult, contested_at=now):
        _note(person, "contested", by=by, now=now)
        _dispute(person, adult, by=by, now=now)
        said = [f"{person} ({person.link})\u00a0: opposition de l’autre parent, cette personne est suspendue"]
        tell_other_parents(person.participant, adult, said, today=local_day(now), now=now)


def _dispute(person: TrustedPerson, adult: Adult, *, by: User, now: dt.datetime) -> None:
    note_disagreement(participant=person.participant, signer=adult, person=person, label=str(person), by=by, now=now)


@transaction.atomic
def accept_person(*, person: TrustedPerson, adult: Adult, by: User, now: dt.datetime) -> None:
    """The parent who said no says so no more."""
    if TrustedPerson.objects.filter(pk=person.pk, contested_by=adult).update(contested_by=None, contested_at=None):
        _note(person, "accepted", by=by, now=now)
        end_disagreement(participant=person.participant, person=person, by=by, now=now)
        said = [f"{person} ({person.link})\u00a0: l’opposition est levée"]
        tell_other_parents(person.participant, adult, said, today=local_day(now), now=now)


@transaction.atomic
def copy_persons(
    *, adult: Adult, source: Participant, to: Iterable[Participant], by: User, now: dt.datetime
) -> tuple[int, list[NamingRefused]]:
    """Name for other children the persons that `adult` named for `source`: how many were, and those who could not."""
    made, refused = 0, []
    mine = [person for person in named_for(source) if person.signed_by_id == adult.pk]
    for child in to:
        known = [named_in(person) for person in named_for(child) if person.signed_by_id == adult.pk]
        for named in (named_in(person) for person in mine if named_in(person) not in known):
            try:
                _name(adult, child, named, by=by, now=now)
                made += 1
            except NamingRefused as refusal:
                if refusal.reason != NamingRefusal.ALREADY_NAMED:
                    refused.append(refusal)
    return made, refused


def _note(person: TrustedPerson, verb: str, channel: Channel = Channel.ONLINE, *, by: User, now: dt.datetime) -> None:
    record(
        by,
        f"members.person_{verb}",
        at=now,
        subject=person.code,
        family=person.signed_by.family.code,
        participant=person.participant.code,
        facts={"channel": channel},
    )


# Judgments


@transaction.atomic
def bar_person(
    *,
    participant: Participant,
    first_name: str,
    last_name: str,
    judged_on: dt.date,
    reason: str,
    by: User,
    now: dt.datetime,
) -> Barred:
    """Write down that a judgment keeps somebody away from a child; nothing is told to anybody. Written already, nothing
    changes."""
    words = {"first_name": first_name, "last_name": last_name, "judged_on": judged_on, "reason": reason}
    known = Barred.objects.filter(participant=participant, lifted_at__isnull=True, **words).first()
    if known is not None:
        return known
    barred = Barred.objects.create(participant=participant, written_by=by, written_at=now, **words)
    record(by, "members.barred", at=now, subject=barred.code, participant=participant.code)
    return barred


@transaction.atomic
def lift_bar(*, barred: Barred, by: User, now: dt.datetime) -> None:
    """Another judgment lets that person come again; the row stays."""
    if Barred.objects.filter(pk=barred.pk, lifted_at__isnull=True).update(lifted_at=now, lifted_by=by):
        record(by, "members.bar_lifted", at=now, subject=barred.code, participant=barred.participant.code)


def note_collectors_read(*, participant: Participant, by: User, now: dt.datetime) -> None:
    """An agent has read who may collect a child, numbers of all homes included: noted each time."""
    record(by, "members.collectors_read", at=now, participant=participant.code)


def note_judgments_read(*, participant: Participant, by: User, now: dt.datetime) -> None:
    """An agent has read what judges decided about a child: noted each time."""
    record(by, "members.judgments_read", at=now, participant=participant.code)
