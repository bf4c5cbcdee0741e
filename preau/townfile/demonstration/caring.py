"""Health sheets of the demonstration: some empty, some half filled, most complete, one with a PAI. Sealed for real."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

from preau.accounts.models import User
from preau.core.dates import PARIS, local_day, months_after
from preau.families.models import Adult
from preau.health.actions import open_sheet
from preau.health.bulk import TypedPai, TypedSheet, write_sheets
from preau.health.choices import DoseState, Item, Purpose, Severity, Vaccine
from preau.health.models import Confirmation
from preau.health.rules.vaccines import NATIONAL, Dose, schemes_for
from preau.town.models import SchoolYear
from preau.townfile.demonstration.households import Child, Household
from preau.townfile.demonstration.scene import DIRECTOR
from preau.townfile.demonstration.settling import Settled

DOCTORS = (
    "Dr Martin",
    "Dr Kaboré",
    "Dr Lefèvre",
    "Dr Nguyen",
    "Dr Ait Ouali",
    "Dr da Silva",
    "Dr Rousseau",
    "Dr Cohen",
)
INSURERS = ("MAE", "MAIF", "Macif", "GMF", "Matmut")
ALLERGIES: tuple[tuple[str, str, Severity], ...] = (
    ("Arachide", "Stylo d’adrénaline dans la pochette rouge du cartable, puis le 15.", Severity.VITAL),
    ("Œuf", "Repas sans œuf. En cas de boutons, appeler les parents.", Severity.SERIOUS),
    ("Pollens", "Laver les yeux à l’eau claire au retour du parc.", Severity.MILD),
    ("Piqûres de guêpe", "Froid sur la piqûre, surveiller une heure, appeler les parents.", Severity.SERIOUS),
    ("Lait de vache", "Le repas vient de la maison, dans le sac bleu.", Severity.SERIOUS),
)
ADVICE = ("Porte des lunettes, à garder pour le sport.", "Dort avec son doudou à la sieste.", "A peur des chiens.", "")
EIGHT_FORTY = dt.time(8, 40)
CONFIRMED, LACKS_A_VACCINE = 0.2, 0.85
NO_ALLERGY: dict[str, Any] = {"has": False, "list": []}
NO_TREATMENT: dict[str, Any] = {"has": False, "list": [], "prescription": False}


def write_health(
    households: Sequence[Household], settled: Settled, year: SchoolYear, rng: random.Random, *, now: dt.datetime
) -> None:
    """The sheets of all the children. Of the visitor's, one lacks a vaccine, the other has a PAI and is confirmed."""
    sheets, confirmed = [], []
    for household in households:
        for place, child in enumerate(household.children):
            share = (CONFIRMED, LACKS_A_VACCINE)[place % 2] if household.is_visited else rng.random()
            sheet = _sheet(child, settled, share, rng, local_day(now), year)
            if household.is_visited and share == CONFIRMED:
                sheet = _with_allergy(sheet, year, *ALLERGIES[0])
            sheets.append(sheet)
            if share < 0.35:
                confirmed.append((household, child))
    write_sheets([sheet for sheet in sheets if sheet.answers], now=now - dt.timedelta(days=40))
    _confirm(confirmed, settled, year, now)
    _read(households[0], settled, now)


def _sheet(
    child: Child, settled: Settled, share: float, rng: random.Random, today: dt.date, year: SchoolYear
) -> TypedSheet:
    """Below 0.82 all is there, above 0.97 nothing is; between, the vaccines or the doctor are missing."""
    participant = settled.participants[child]
    if share > 0.97:
        return TypedSheet(participant)
    phone = f"01 {rng.randint(40, 49)} {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)}"
    answers: dict[Item, dict[str, Any]] = {
        Item.DOCTOR: {"name": rng.choice(DOCTORS), "phone": phone},
        Item.ALLERGIES: NO_ALLERGY,
        Item.PAI: {"has": False},
        Item.TREATMENTS: NO_TREATMENT,
        Item.ADVICE: {"text": rng.choice(ADVICE)},
        Item.INSURANCE: {
            "company": rng.choice(INSURERS),
            "number": str(rng.randint(1_000_000, 9_999_999)),
            "until": year.ends_on.replace(month=8, day=31).isoformat(),
        },
    }
    missing: set[Vaccine] = set()
    if share > 0.9:
        answers.pop(rng.choice((Item.DOCTOR, Item.TREATMENTS)))
    elif share > 0.82:
        missing = {Vaccine.MMR}
    sheet = TypedSheet(participant, answers, _doses(child, today, missing))
    return _with_allergy(sheet, year, *rng.choice(ALLERGIES)) if rng.random() < 0.09 else sheet


def _doses(child: Child, today: dt.date, missing: set[Vaccine]) -> dict[Vaccine, list[Dose]]:
    """Each compulsory dose at its age, the boosters too; the last one of those missing is not there."""
    doses = {}
    for scheme in schemes_for(NATIONAL, child.born_on):
        days = [day for months in scheme.ages if (day := months_after(child.born_on, months)) <= today]
        days = days[: len(scheme.owed) - 1] if scheme.vaccine in missing else days
        if scheme.owed and days:
            doses[scheme.vaccine] = [Dose(DoseState.GIVEN, day) for day in days]
    return doses


def _with_allergy(sheet: TypedSheet, year: SchoolYear, cause: str, action: str, severity: Severity) -> TypedSheet:
    """An allergy and, when it is not mild, the PAI that goes with it for the school year."""
    row = {"cause": cause, "action": action, "severity": severity.value}
    answers = {**sheet.answers, Item.ALLERGIES: {"has": True, "list": [row]}}
    pai = None if severity == Severity.MILD else TypedPai(year.starts_on, year.ends_on, action)
    return TypedSheet(sheet.child, answers, sheet.doses, pai)


def _confirm(chosen: Sequence[tuple[Household, Child]], settled: Settled, year: SchoolYear, now: dt.datetime) -> None:
    adults: dict[int, Adult] = {}
    for adult in Adult.objects.order_by("pk"):
        adults.setdefault(adult.family_id, adult)
    Confirmation.objects.bulk_create(
        [
            Confirmation(
                participant=settled.participants[child],
                year=year,
                adult=adults[settled.families[household].pk],
                at=now - dt.timedelta(days=30),
            )
            for household, child in chosen
        ],
        batch_size=500,
    )


def _read(visited: Household, settled: Settled, now: dt.datetime) -> None:
    """The director of care has opened the sheets of the visitor's children this week: the page that says so is not
    empty."""
    reader = User.objects.filter(username=DIRECTOR).first()
    for days, child in enumerate(visited.children, 1):
        if reader is not None:
            at = dt.datetime.combine(local_day(now) - dt.timedelta(days=days), EIGHT_FORTY, PARIS)
            open_sheet(child=settled.participants[child], purpose=Purpose.ON_DUTY, by=reader, now=at)
