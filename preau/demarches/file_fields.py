"""The fields of the file that families change: what each is called, what holds today, how it is read and written."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from preau.accounts.models import User
from preau.core.dates import local_day
from preau.demarches.rules import fold
from preau.families.actions import change_allocataire, move_household
from preau.families.changing import change_adult, change_child
from preau.families.choices import PreferredContact
from preau.families.models import Address, Adult, Family, Participant
from preau.town.fields import FileField
from preau.town.queries import the_town

Value = str | dict[str, str]
Target = Family | Adult | Participant

ADDRESS = "address"
ALLOCATAIRE = "allocataire"
HOUSEHOLD_FIELDS = (
    FileField(ADDRESS, "Adresse", is_required=True, is_checked=True),
    FileField(ALLOCATAIRE, "Numéro d’allocataire (CAF ou MSA)"),
)
ADULT_FIELDS = (
    FileField("phone-mobile", "Téléphone portable"),
    FileField("phone-home", "Téléphone du domicile"),
    FileField("phone-work", "Téléphone du travail"),
    FileField("preferred-contact", "Moyen de contact préféré"),
)
CHILD_FIELDS = (
    FileField("child-first-name", "Prénom", is_required=True, is_checked=True),
    FileField("child-last-name", "Nom", is_required=True, is_checked=True),
    FileField("child-email", "Son e-mail"),
    FileField("child-phone", "Son téléphone portable"),
)
INVOICES_BY_EMAIL = FileField("invoices-by-email", "Adhérer à la réception des factures par mail")

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        ALLOCATAIRE: "allocataire",
        "phone-mobile": "phone_mobile",
        "phone-home": "phone_home",
        "phone-work": "phone_work",
        "preferred-contact": "preferred_contact",
        "child-first-name": "first_name",
        "child-last-name": "last_name",
        "child-email": "email",
        "child-phone": "phone_mobile",
    }
)
"""The column of each field, save the address, which is a chain."""


def fields_of(target: Target) -> tuple[FileField, ...]:
    if isinstance(target, Family):
        return HOUSEHOLD_FIELDS
    return ADULT_FIELDS if isinstance(target, Adult) else CHILD_FIELDS


def live_values(target: Target, *, on: dt.date) -> dict[str, Value]:
    """What the file says on that day, field by field."""
    values: dict[str, Value] = {
        field.code: getattr(target, COLUMNS[field.code]) for field in fields_of(target) if field.code in COLUMNS
    }
    if isinstance(target, Family):
        values[ADDRESS] = address_on(target, on)
    return values


def address_on(family: Family, on: dt.date) -> dict[str, str]:
    """The parts of the address in force; {} when none is known."""
    row = Address.objects.filter(family=family, starts_on__lte=on).order_by("-starts_on").first()
    return {} if row is None else {"lines": row.lines, "postcode": row.postcode, "city": row.city}


def told(code: str, value: Value) -> str:
    """A value as people read it; "" when there is none."""
    if isinstance(value, dict):
        place = " ".join(part for part in (value.get("postcode", ""), value.get("city", "")) if part)
        return ", ".join(part for part in (value.get("lines", ""), place) if part)
    if code == "preferred-contact" and value in PreferredContact.values:
        return str(PreferredContact(value).label)
    return value


def is_in_town(address: Mapping[str, str]) -> bool:
    """Whether an address seems to be the town's, by the name of the city: an agent may know better."""
    return bool(address.get("city")) and fold(address["city"]) == fold(the_town().name)


def was_resident(family: Family, on: dt.date) -> bool:
    """Whether the household pays the prices of residents on that day."""
    row = Address.objects.filter(family=family, starts_on__lte=on).order_by("-starts_on").first()
    code = the_town().insee_code
    return row is not None and bool(code) and row.insee_code == code


def write(
    target: Target,
    values: Mapping[str, Value],
    *,
    starts_on: dt.date | None,
    is_resident: bool | None = None,
    family: Family | None,
    by: User,
    now: dt.datetime,
) -> None:
    """Put these values in the file, through the actions of its area. `is_resident` is what an agent says of the new
    address; None leaves it to the name of the city. `family` is the household that asks. Raises PreferredUnknown."""
    plain = {COLUMNS[code]: str(value) for code, value in values.items() if code in COLUMNS}
    if isinstance(target, Adult):
        change_adult(adult=target, values=plain, by=by, now=now)
    elif isinstance(target, Participant):
        change_child(participant=target, family=family, values=plain, by=by, now=now)
    else:
        if "allocataire" in plain:
            change_allocataire(family=target, number=plain["allocataire"], by=by, now=now)
        address = values.get(ADDRESS)
        if isinstance(address, dict):
            is_ours = is_in_town(address) if is_resident is None else is_resident
            code = the_town().insee_code if is_ours else ""
            day = starts_on or local_day(now)
            move_household(family=target, starts_on=day, **address, insee_code=code, by=by, now=now)
