"""Changing what a file says of its people, field by field. The journal keeps which fields, never what they hold."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import F, Model, Value
from django.db.models.functions import Concat

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.families.models import ERASED, Adult, Family, FileNote, Home, Participant
from preau.families.rules import Contact, phone_wanted
from preau.families.searching import refile
from preau.journal import actions as journal

ADULT_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "civility": "civilité",
        "first_name": "prénom",
        "last_name": "nom",
        "birth_name": "nom de naissance",
        "birth_date": "date de naissance",
        "email": "adresse e-mail",
        "phone_mobile": "téléphone portable",
        "phone_home": "téléphone du domicile",
        "phone_work": "téléphone du travail",
        "preferred_contact": "moyen de contact",
    }
)
CHILD_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "first_name": "prénom",
        "last_name": "nom",
        "sex": "sexe",
        "born_on": "date de naissance",
        "email": "son adresse e-mail",
        "phone_mobile": "son téléphone portable",
    }
)


class PreferredUnknown(Exception):
    """The preferred way to reach somebody would need a number that is not known."""


@transaction.atomic
def change_adult(
    *,
    adult: Adult,
    values: Mapping[str, Any],
    channel: Channel = Channel.ONLINE,
    by: journal.Actor | None,
    now: dt.datetime,
) -> list[str]:
    """Give these fields of ADULT_FIELDS their values, the others stay; returns the names of those that changed. The
    account keeps its own address and name. Raises PreferredUnknown."""
    held = Adult.objects.select_for_update().get(pk=adult.pk).contact
    if phone_wanted(replace(held, **{name: value for name, value in values.items() if name in Contact.__slots__})):
        raise PreferredUnknown
    changed = _change(Adult, adult.pk, values, ADULT_FIELDS)
    if changed:
        refile(adult.family_id)
        journal.record(
            by,
            "families.adult_changed",
            at=now,
            subject=adult.code,
            family=adult.family.code,
            facts={"fields": changed, "channel": channel},
        )
    return changed


@transaction.atomic
def change_child(
    *,
    participant: Participant,
    family: Family | None,
    values: Mapping[str, Any],
    channel: Channel = Channel.ONLINE,
    by: User,
    now: dt.datetime,
) -> list[str]:
    """Give these fields of CHILD_FIELDS their values, for all the homes of the child; `family` is the file in which it
    was done."""
    changed = _change(Participant, participant.pk, values, CHILD_FIELDS)
    if changed:
        refile(*Home.objects.filter(participant=participant).values_list("family", flat=True))
        journal.record(
            by,
            "families.child_changed",
            at=now,
            subject=participant.code,
            family=family.code if family else "",
            participant=participant.code,
            facts={"fields": changed, "channel": channel},
        )
    return changed


def _change(model: type[Model], key: int, values: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    """The fields of the row that were otherwise, in the order of `known`."""
    row = model._default_manager.select_for_update().get(pk=key)
    changed = [name for name in known if name in values and getattr(row, name) != values[name]]
    if changed:
        model._default_manager.filter(pk=key).update(**{name: values[name] for name in changed})
    return changed


@transaction.atomic
def write_note(*, family: Family, text: str, by: User, now: dt.datetime) -> None:
    """The note of the town hall about a file is this one from now on, "" for none; earlier ones stay to be read."""
    Family.objects.select_for_update().get(pk=family.pk)
    held = FileNote.objects.filter(family=family).order_by("-at", "-pk").first()
    if (held.text if held else "") == text:
        return
    FileNote.objects.create(family=family, text=text, by=by, at=now)
    journal.record(by, "families.noted", at=now, family=family.code)


@transaction.atomic
def archive_file(*, family: Family, by: User, now: dt.datetime) -> None:
    """Close the file: nobody acts in it any more, nor signs in to it. The caller has seen to it that it may be."""
    if Family.objects.filter(pk=family.pk, archived_at__isnull=True).update(archived_at=now):
        journal.record(by, "families.archived", at=now, family=family.code)


@transaction.atomic
def reopen_file(*, family: Family, by: User, now: dt.datetime) -> None:
    """Open again a file that was archived; one merged into another is not: its merge is undone; nor one erased."""
    archived = Family.objects.filter(pk=family.pk, archived_at__isnull=False, merged_into__isnull=True)
    archived = archived.exclude(number=Concat(Value(ERASED), F("code")))
    if archived.update(archived_at=None):
        journal.record(by, "families.reopened", at=now, family=family.code)
