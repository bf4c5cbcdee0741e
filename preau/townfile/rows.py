"""What each table of the town file may hold: one class per table, with its types and bounds.

No reference is followed here (see `checks`).
"""

import datetime as dt
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from preau.accounts.choices import Capability
from preau.activities.choices import AfterNotice, BookingMode, EnrolmentMode
from preau.activities.rules import WEEKDAYS
from preau.billing.choices import PayFiPMode
from preau.checklist.choices import Item, Stage, Step
from preau.documents.choices import Holder, Sensitivity, Validity
from preau.documents.choices import Stage as DocumentStage
from preau.health.choices import Item as SheetItem
from preau.health.choices import Mode, Vaccine
from preau.members.sectors import EVEN, HIGHEST, LOWEST, ODD
from preau.town.choices import DayKind, PlaceKind, Proof, WayIn
from preau.town.models import SHORTEST_PASSWORD, default_proofs, default_ways
from preau.townfile.values import (
    among,
    colour_fault,
    criterion_fault,
    diet_fault,
    email_fault,
    icon_fault,
    label_fault,
    notice_fault,
    number_fault,
    password_fault,
    told,
    url_fault,
    without_dates,
)

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
STREET = r"^[^/\d][^/]*$"
TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"

Text20 = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Text40 = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Text60 = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Text80 = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Text100 = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Text120 = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Text160 = Annotated[str, StringConstraints(min_length=1, max_length=160)]
Text200 = Annotated[str, StringConstraints(min_length=1, max_length=200)]
LongText = Annotated[str, StringConstraints(min_length=1)]
Time = Annotated[str, StringConstraints(pattern=TIME)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Weekday = Annotated[str, among(WEEKDAYS)]
KindOfDay = Annotated[str, among(DayKind.values)]
Notice = Annotated[dict[str, Any], told(notice_fault), AfterValidator(without_dates)]
Email = Annotated[str, told(email_fault)]


class Row(BaseModel):
    """A table of the file. No conversion: a number between quotes is a fault, told as such."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)


SECTIONS = (
    *("accueil", "dossier", "inscriptions", "planning", "facturation", "messagerie", "actualites"),
    "simulation",
)
"""Those that Préau does not have yet may be named and are not shown."""


class Section(Row):
    code: Annotated[str, among(SECTIONS)]
    label: Text40


class TownRow(Row):
    name: Text100
    portal_name: Text60 = "Portail famille"
    insee_code: Annotated[str, StringConstraints(pattern=r"^([0-9]{5}|2[AB][0-9]{3})$")]
    siret: Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$")] | None = None
    address: Text200
    phone: Text20
    opening_hours: Text160
    email: Email
    data_protection_email: Email | None = None
    website: Annotated[str, told(url_fault)] | None = None
    accent: Annotated[str, told(colour_fault)] = "#0b6a5a"
    school_zone: Annotated[str, among("ABC")]
    where_is_file_number: Annotated[str, StringConstraints(max_length=300)] = ""
    sections: list[Section] = Field(min_length=1)


MAILED = (WayIn.FIVE_STEPS.value, WayIn.INVITED.value, WayIn.REQUEST.value)
"""The ways whose account opens by a mailed link."""


class AccountsRow(Row):
    """How families get an account and how long they stay signed in.

    `service` answers the requests for an account (see demarches.Recipient); the other keys are columns of the town.
    """

    ways: list[Annotated[str, among(WayIn.values)]] = Field(default_factory=default_ways, min_length=1)
    proofs: list[Annotated[str, among(Proof.values)]] = Field(default_factory=default_proofs)
    service: str | None = None
    link_hours: dict[Annotated[str, among(MAILED)], Annotated[int, Field(ge=1, le=720)]] = {}
    account_request_days: Annotated[int, Field(ge=1, le=30)] = 2
    password_minimum: Annotated[int, told(password_fault)] = SHORTEST_PASSWORD
    family_session_hours: Annotated[int, Field(ge=1, le=24)] = 12
    family_remember_days: Annotated[int, Field(ge=1, le=90)] = 30
    staff_session_hours: Annotated[int, Field(ge=1, le=12)] = 9
    staff_idle_minutes: Annotated[int, Field(ge=5, le=60)] = 15


class TextRow(Row):
    """A version of a text; `changes` tells what differs from the version before."""

    title: Text120
    body: LongText
    changes: Annotated[str, StringConstraints(max_length=2000)] = ""


class CollectingRow(Row):
    """Who may collect children: from which age, and how many persons for a child and a household."""

    youngest: Annotated[int, Field(ge=8, le=18)] = 16
    most: Annotated[int, Field(ge=1, le=30)] = 10


class CatchUpRow(Row):
    """Who gets the first dose at that age (in months) or later needs so many in all."""

    age: Annotated[int, Field(ge=0, le=300)]
    doses: Annotated[int, Field(ge=1, le=9)]


Months = Annotated[int, Field(ge=0, le=300)]


class VaccineRow(Row):
    """The course of a vaccine (see preau.health.rules.vaccines.Scheme)."""

    vaccine: Annotated[str, among(Vaccine.values)]
    ages: list[Months] = Field(min_length=1, max_length=9)
    owed: list[Months] = []
    born_from: dt.date | None = None
    born_to: dt.date | None = None
    catch_up: list[CatchUpRow] = []
    until: Months | None = None


class HealthRow(Row):
    """What the sheet of a child asks for. `items` are those that differ from the usual; without `vaccines`, the
    national calendar."""

    items: dict[Annotated[str, among(SheetItem.values)], Annotated[str, among(Mode.values)]] = {}
    show_readings: bool = True
    vaccines: list[VaccineRow] = []


ChildAge = Annotated[int, Field(ge=0, le=25)]


class AuthorisationRow(Row):
    """Something that parents are asked about a child. `default` is what holds until somebody answers."""

    name: Text120
    text: LongText
    image: bool = False
    required: bool = False
    default: bool = False
    from_age: ChildAge = 0
    to_age: ChildAge | None = None


class SchoolingRow(Row):
    """The reasons for another school that the town weighs, the paper that supports each; how many children a school
    takes in a level."""

    criteria: list[Annotated[Text120, told(criterion_fault)]] = []
    papers: dict[str, Text120] = {}
    places: dict[str, dict[str, Count]] = {}


class SectorRow(Row):
    """The schools of some streets, each with its levels."""

    name: Text60
    schools: dict[str, list[str]] = Field(min_length=1)


StreetNumber = Annotated[int, Field(ge=LOWEST, le=HIGHEST)]


class StreetRow(Row):
    """The numbers of a street that are in a sector, both included: all of them, unless said otherwise."""

    sector: str
    street: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=STREET)]
    first: StreetNumber = LOWEST
    last: StreetNumber = HIGHEST
    side: Annotated[str, among((EVEN, ODD))] | None = None


class DietRow(Row):
    name: Annotated[Text60, told(diet_fault)]


class ServiceRow(Row):
    name: Text100
    phone: Text20 | None = None
    email: Email | None = None
    address: Text200 | None = None
    opening_hours: Text160 | None = None


class RegieRow(Row):
    name: Text100
    service: str
    number_pattern: Annotated[Text40, told(number_fault)] = "{YYYY}{NNNNNN}"
    label_pattern: Annotated[Text40, told(label_fault)] | None = None
    numcli: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None
    payfip_mode: Annotated[str, among(PayFiPMode.values)] = PayFiPMode.TEST.value
    online_since: dt.date | None = None
    due_days: Annotated[int, Field(ge=1, le=365)] = 30
    how_to_pay: list[LongText] = []


class YearRow(Row):
    starts_on: dt.date
    ends_on: dt.date
    weekdays: list[Weekday] = Field(min_length=1)


class PeriodRow(Row):
    year: str
    code: Annotated[str, StringConstraints(pattern=SLUG, max_length=40)]
    name: Text60
    starts_on: dt.date
    ends_on: dt.date


class HolidayRow(Row):
    on: dt.date
    name: Text60


class ClosureRow(Row):
    place: str | None = None
    activity: str | None = None
    starts_on: dt.date
    ends_on: dt.date
    reason: Text120


class PlaceRow(Row):
    name: Text100
    kind: Annotated[str, among(PlaceKind.values)]
    address: Text200 | None = None


class LevelRow(Row):
    name: Text40


class PartRow(Row):
    name: Text40


class ThemeRow(Row):
    name: Text80


class GroupRow(Row):
    name: Text100
    place: str
    within: str | None = None
    levels: list[str] = []
    schools: list[str] = []


class CapacityRow(Row):
    """Places of a group in a part of the day; no kind of day is all of them, no places is no limit."""

    group: str
    part: str
    starts_on: dt.date
    kinds_of_day: list[KindOfDay] = []
    places: Count | None = None


class ActivityRow(Row):
    """In the file, `years` makes one activity per school year, and the days of the year are those of the activity.

    In the database and in a comparison, `year` is set or the activity has none, and both days are known.
    """

    name: Text100
    theme: str
    service: str
    regie: str | None = None
    years: list[str] = []
    year: str | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    kinds_of_day: list[KindOfDay] = Field(min_length=1)
    born_from: dt.date | None = None
    born_to: dt.date | None = None
    levels: list[str] = []
    schools: list[str] = []
    for_adults: bool = False
    enrolment_mode: Annotated[str, among(EnrolmentMode.values)] = EnrolmentMode.DIRECT.value
    booking_mode: Annotated[str, among(BookingMode.values)] = BookingMode.FAMILY.value
    keeps_place_while_checked: bool = True
    notice_book: Notice | None = None
    notice_cancel: Notice | None = None
    after_notice: Annotated[str, among(AfterNotice.values)] = AfterNotice.REFUSE.value
    blocks_on_debt: bool = False
    groups: list[str] = Field(min_length=1)
    places_per_year: dict[str, Count] = {}


class TariffLink(Row):
    starts_on: dt.date
    tariff: str


class UnitRow(Row):
    """`tariff` is the tariff followed from the first day of the activity; `tariffs` is a chain of them."""

    name: Text80
    short_name: Text20 | None = None
    parts: list[str] = Field(min_length=1)
    starts_at: Time
    ends_at: Time
    weekdays: list[Weekday] = []
    exclusive: bool = True
    notice_book: Notice | None = None
    notice_cancel: Notice | None = None
    icon: Annotated[str, told(icon_fault)] = "horloge"
    tariff: str | None = None
    tariffs: list[TariffLink] = []


class VersionRow(Row):
    """The rules of a tariff from a day on: all but its day and vote are read by pricing.rules.parse_tariff."""

    starts_on: dt.date
    vote: Annotated[str, StringConstraints(max_length=160)] = ""
    base: list[Any]
    then: list[Any] | None = None
    round: str | None = None
    split: dict[str, Any] | None = None

    def rules(self) -> dict[str, Any]:
        """What parse_tariff reads."""
        rules: dict[str, Any] = {"base": self.base, "then": self.then, "round": self.round, "split": self.split}
        return {key: value for key, value in rules.items() if value is not None}


class TariffRow(Row):
    name: Text100
    service: str | None = None
    is_example: bool = False
    versions: list[VersionRow] = Field(min_length=1)


class FieldRow(Row):
    """What the town wants of a field of the family file; what is left out is as usual (town.fields.FIELDS)."""

    shown: bool | None = None
    required: bool | None = None
    checked: bool | None = None


class RequestRow(Row):
    """Which service answers a kind of request, and within how many working days; None promises nothing."""

    service: str
    working_days: Annotated[int, Field(ge=1, le=60)] | None = None


Age = Annotated[int, Field(ge=0, le=120)]


class RequiredRow(Row):
    """A case in which a document is owed (see documents.rules.Owed)."""

    stage: Annotated[str, among(DocumentStage.values)]
    activities: list[str] = []
    levels: list[str] = []
    age_from: Age | None = None
    age_to: Age | None = None
    months: Annotated[int, Field(ge=1, le=24)] | None = None
    without: Text200 | None = None


class DocumentRow(Row):
    """A kind of supporting document; `months` is for a validity of that many months."""

    label: Text80
    help: Annotated[str, StringConstraints(max_length=300)] = ""
    holder: Annotated[str, among(Holder.values)]
    sensitivity: Annotated[str, among(Sensitivity.values)] = Sensitivity.ORDINARY.value
    validity: Annotated[str, among(Validity.values)] = Validity.FOREVER.value
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    pdf_only: bool = False
    required: list[RequiredRow] = []


class RoleRow(Row):
    name: Text80
    capabilities: list[Annotated[str, among(Capability.values)]] = Field(min_length=1)


class AskedItemRow(Row):
    """Something asked for; without themes or activities, of everyone. A code written is each of its school years."""

    item: Annotated[str, among(Item.values)]
    stage: Annotated[str, among(Stage.values)]
    themes: list[str] = []
    activities: list[str] = []
    age_from: Age | None = None
    age_to: Age | None = None
    months: Annotated[int, Field(ge=0, le=24)] = 0
    cost: Annotated[str, StringConstraints(max_length=200)] = ""


class SeasonRow(Row):
    """The file of a school year: its days, what families look at again, and the days before the last on which those
    who have not done so are reminded."""

    opens_on: dt.date
    closes_on: dt.date
    steps: list[Annotated[str, among(Step.values)]] = Field(min_length=1)
    reminders: list[Annotated[int, Field(ge=0, le=120)]] = []
