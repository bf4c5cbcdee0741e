"""Builders for tests."""

import datetime as dt
from typing import Any

from preau.families.models import Adult, AuthorisationKind, Participant
from preau.members.models import Barred, Diet, Sector, TrustedPerson
from preau.town.actions import publish_text

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
LONG_AGO = dt.date(2020, 1, 1)


def make_authorisation(
    code: str = "sortir-seul", *, text: str = "Mon enfant peut.", **values: Any
) -> AuthorisationKind:
    """Something that parents are asked, in the words of `text`."""
    defaults = {"order": AuthorisationKind.objects.exclude(code=code).count(), **values}
    kind, _ = AuthorisationKind.objects.update_or_create(code=code, defaults=defaults)
    publish_text(code=kind.text_code, title=f"Question {code}", body=text, by=None, now=NOW)
    return kind


def make_diet(code: str = "sans-porc", **values: Any) -> Diet:
    """A box of the kitchen."""
    defaults = {"name": code.replace("-", " ").capitalize(), "order": Diet.objects.exclude(code=code).count(), **values}
    return Diet.objects.update_or_create(code=code, defaults=defaults)[0]


def make_person(child: Participant, adult: Adult, **values: Any) -> TrustedPerson:
    """Somebody whom `adult` has named, who may collect the child."""
    usual: dict[str, Any] = {
        "first_name": "Jeanne",
        "last_name": "Martin",
        "link": "Grand-mère",
        "phone": "06 00 00 00 01",
        "may_collect": True,
        "starts_on": LONG_AGO,
        "signed_at": NOW,
    }
    return TrustedPerson.objects.create(participant=child, signed_by=adult, **(usual | values))


def make_barred(child: Participant, **values: Any) -> Barred:
    """Somebody whom a judgment keeps away from the child."""
    usual: dict[str, Any] = {
        "first_name": "Jean-Paul",
        "last_name": "Sinistre",
        "judged_on": LONG_AGO,
        "reason": "Interdiction de contact.",
        "written_at": NOW,
    }
    return Barred.objects.create(participant=child, **(usual | values))


def make_sector(code: str = "tilleuls") -> Sector:
    """A sector without streets."""
    return Sector.objects.get_or_create(code=code, defaults={"name": code.capitalize()})[0]
