"""Families that try the pages of the file: one with all that there can be of everything, one with nothing.

The first has six children, the longest names, twelve documents in every state, ten persons who may collect, requests of
each kind, a file of the year under way; its other parent lives elsewhere and does not agree with everything.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from preau.accounts.conditions import accept, texts_in_force
from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.checklist.actions.confirming import confirm_steps
from preau.checklist.choices import Stage
from preau.checklist.models import AskedItem, Season
from preau.checklist.queries.years import year_file
from preau.demarches.actions import ask_change
from preau.demarches.actions.moving import answer
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche
from preau.documents.actions import accept_document, refuse_document
from preau.documents.models import DocumentKind, OwnDocument, SupportingDocument, TownDocument
from preau.documents.queries import Somebody
from preau.documents.testing import make_document, make_own, make_town_document
from preau.families.choices import Colour
from preau.families.models import Adult, Family, Participant
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.health.actions import fill_pai, open_sheet
from preau.health.actions.settings import save_sheet_settings
from preau.health.choices import Item, Mode, Purpose, Severity
from preau.health.testing import make_sheet
from preau.members.actions.asking import ask
from preau.members.actions.authorising import sign_authorisations
from preau.members.actions.eating import choose_diets
from preau.members.actions.trusting import contest_person
from preau.members.choices import CHILD, CUSTODY, GUARDIAN, SCHOOL
from preau.members.models import Diet, TrustedPerson
from preau.members.rules import ChildAsked, CustodyAsked, GuardianAsked, SchoolAsked
from preau.members.testing import make_person
from preau.town.actions import catalogue_changed
from preau.town.models import Level, Place, SchoolYear
from tests.journeys import LONG_BEFORE, YEAR, Villejuif

NAME = "de La Rochefoucauld Saint-Hilaire de Montmorency"
CHILDREN = (
    ("Marie-Clémentine-Anastasia", dt.date(2016, 2, 11), "elementaire-philipe", "cm2"),
    ("Jean-Baptiste-Emmanuel-Victorien", dt.date(2017, 5, 3), "elementaire-philipe", "cm1"),
    ("Philippine-Alexandrine", dt.date(2018, 9, 21), "elementaire-philipe", "ce2"),
    ("Bartholomé", dt.date(2019, 12, 1), "elementaire-philipe", "ce1"),
    ("Zo", dt.date(2021, 3, 14), "maternelle-marronniers", "gs"),
    ("Maximilien-Ferdinand", dt.date(2023, 7, 30), "maternelle-marronniers", "ps"),
)
COLOURS = (Colour.CORAIL, Colour.CIEL)
REASON = (
    "La photo est trop sombre : nous ne lisons ni le nom ni la date. Reprenez-la à la lumière du jour, à plat, sans"
    " couper les bords, ou envoyez le PDF que votre fournisseur vous a donné."
)
LONG_TITLE = "Facture-electricite-novembre-2026-logement-principal-contrat-numero-0123456789-exemplaire-definitif"


@dataclass(frozen=True)
class LargeFamily:
    """`parent` signs in; `father` lives elsewhere; of the eldest everything is known, of the youngest nothing."""

    parent: User
    father: User
    children: list[Participant]
    person: TrustedPerson
    fathers_person: TrustedPerson
    handed: SupportingDocument
    refused: SupportingDocument
    own: OwnDocument
    from_town: TownDocument
    followed: dict[str, Demarche]

    @property
    def eldest(self) -> Participant:
        return self.children[0]

    @property
    def youngest(self) -> Participant:
        return self.children[-1]


def settle_large_family(town: Villejuif) -> LargeFamily:
    now = timezone.now()
    household, parent, father = _parents(now)
    children = [_settle(household, father, *told) for told in CHILDREN]
    mother = Adult.objects.get(user=parent)
    _write_sheets(town, children, now)
    person, fathers_person = _sign(children[0], mother, father, now)
    kept = _give_papers(town, household, mother, children, now)
    followed = _ask(town, household, mother, father, children, now)
    _open_the_year(parent, now)
    AskedItem.objects.filter(code="vaccins").update(stage=Stage.BEFORE_BOOKING)
    catalogue_changed()
    assert father.user is not None
    return LargeFamily(parent, father.user, children, person, fathers_person, *kept, followed)


def _parents(now: dt.datetime) -> tuple[Family, User, Adult]:
    household, elsewhere = (
        make_family(name=name, number=number)
        for name, number in ((NAME, "4040"), ("Vandenbroucke-Wijngaerden", "5050"))
    )
    parent = make_user("anne-sophie", first_name="Anne-Sophie-Victoire", last_name=NAME)
    mother = make_adult(household, user=parent, first_name="Anne-Sophie-Victoire", last_name=NAME)
    email = "anne-sophie-victoire.de-la-rochefoucauld-saint-hilaire@messagerie.example"
    Adult.objects.filter(pk=mother.pk).update(email=email, phone_mobile="06 12 34 56 78", phone_work="01 45 59 20 00")
    father = make_adult(elsewhere, first_name="Christophe-Maximilien", last_name="Vandenbroucke-Wijngaerden")
    assert father.user is not None
    for user in (parent, father.user):
        accept(user, texts_in_force(), now=LONG_BEFORE)
    return household, parent, father


def _settle(
    household: Family, father: Adult, first_name: str, born_on: dt.date, school: str, level: str
) -> Participant:
    child = make_child(
        household,
        first_name=first_name,
        last_name=NAME,
        born_on=born_on,
        year=SchoolYear.objects.get(code=YEAR),
        school=Place.objects.get(code=school),
        level=Level.objects.get(code=level),
    )
    make_bond(father, child)
    return child


def _write_sheets(town: Villejuif, children: list[Participant], now: dt.datetime) -> None:
    """The eldest has everything and was read; the second lacks vaccines; of the youngest nothing is known."""
    allergy = {"cause": "Arachide, noix de cajou et fruits à coque", "severity": Severity.VITAL.value}
    allergy["action"] = "Stylo d’adrénaline dans la pochette rouge du cartable, puis le 15, puis les parents."
    treatment = {"name": "Ventoline, deux bouffées", "how": "Avant le sport, avec la chambre d’inhalation bleue."}
    make_sheet(
        children[0],
        allergies={"has": True, "list": [allergy, {**allergy, "cause": "Pollens", "severity": Severity.MILD.value}]},
        treatments={"has": True, "list": [treatment], "prescription": True},
        advice={"text": "Porte des lunettes, à garder pour le sport. A peur des chiens, et dort avec son doudou."},
    )
    more = {item.value: Mode.OPTIONAL.value for item in (Item.BLOOD_GROUP, Item.ILLNESSES)}
    save_sheet_settings(modes=more, schemes=None, show_readings=True, by=None, now=now)
    year = SchoolYear.objects.get(code=YEAR)
    fill_pai(child=children[0], starts_on=year.starts_on, ends_on=year.ends_on, text="Le 15.", by=None, now=now)
    make_sheet(children[1], but=[Item.VACCINES, Item.DOCTOR])
    open_sheet(child=children[0], purpose=Purpose.ON_DUTY, by=town.samira, now=now)


def _sign(child: Participant, mother: Adult, father: Adult, now: dt.datetime) -> tuple[TrustedPerson, TrustedPerson]:
    """Ten persons named by the mother, one of whom the father contests; one by the father; a yes against a no."""
    assert mother.user is not None
    assert father.user is not None
    for rank in range(1, 10):
        names = {"first_name": f"Marie-Antoinette {'I' * rank}", "last_name": NAME, "emergency_order": rank}
        make_person(child, mother, link="Grand-tante du côté de la mère", other_phone="01 45 59 20 00", **names)
    person = make_person(child, mother, first_name="Odile", last_name="Wolfenstein", ends_on=dt.date(2027, 7, 4))
    contest_person(person=person, adult=father, by=father.user, now=now)
    his = make_person(child, father, first_name="Cunégonde", last_name="Vandenbroucke-Wijngaerden")
    asked = {"sortir-seul": True, "hopital": True, "image-interne": True, "image-site": False}
    sign_authorisations(adult=mother, participant=child, answers=asked, by=mother.user, now=now)
    refused = {"sortir-seul": False, "image-interne": False}
    sign_authorisations(adult=father, participant=child, answers=refused, by=father.user, now=now)
    diets = list(Diet.objects.order_by("order"))
    for some, starts_on in ((diets[:3], now.date()), (diets, now.date() + dt.timedelta(days=30))):
        choose_diets(adult=mother, participant=child, diets=some, starts_on=starts_on, by=mother.user, now=now)
    return person, his


def _give_papers(
    town: Villejuif, household: Family, mother: Adult, children: list[Participant], now: dt.datetime
) -> tuple[SupportingDocument, SupportingDocument, OwnDocument, TownDocument]:
    """Twelve documents: accepted, about to expire, expired, refused with a long reason, waiting."""
    assert mother.user is not None
    by = mother.user
    kinds = {kind.code: kind for kind in DocumentKind.objects.all()}

    def give(code: str, holder: Somebody) -> SupportingDocument:
        return make_document(kinds[code], holder, household, by=by, now=now)

    def accept_until(code: str, holder: Somebody, until: dt.date | None) -> None:
        accept_document(give(code, holder).demarche, valid_until=until, by=town.samira, version=1, now=now)

    today = now.date()
    accept_until("livret-de-famille", household, None)
    accept_until("piece-d-identite", mother, today + dt.timedelta(days=12))
    accept_until("assurance", children[0], today - dt.timedelta(days=3))
    for child in children[1:4]:
        accept_until("assurance", child, dt.date(2027, 8, 31))
    handed = [give("carnet-de-vaccination", child) for child in children[:3]]
    give("pai", children[0])
    give("jugement", children[0])
    refused = give("justificatif-de-domicile", household)
    refuse_document(refused.demarche, reason=REASON, by=town.samira, version=1, now=now)
    for number in range(4):
        own = make_own(mother, LONG_TITLE if number == 3 else f"Facture {number}", now=now)
    paper = make_town_document(household, "Confirmation d’inscription aux accueils périscolaires", now=now)
    return handed[0], refused, own, paper


def _ask(
    town: Villejuif, household: Family, mother: Adult, father: Adult, children: list[Participant], now: dt.datetime
) -> dict[str, Demarche]:
    """A request of each kind: some wait, one is to complete, one was refused."""
    assert mother.user is not None
    by = mother.user
    address = {"lines": "Résidence des Marronniers-en-Fleur, bâtiment C, 3 impasse du Lac", "postcode": "94800"}
    wanted = {"address": address | {"city": "Villejuif"}}
    moved = ask_change(target=household, wanted=wanted, by=by, now=now).asked
    named = ask_change(target=children[1], wanted={"child-first-name": "Jean"}, by=by, now=now).asked
    assert moved
    assert named
    what: dict[str, ChildAsked | GuardianAsked | CustodyAsked | SchoolAsked] = {
        CHILD: ChildAsked("Marie-Antoinette-Bérengère", NAME, dt.date(2024, 1, 5), parents=(mother.code,)),
        GUARDIAN: GuardianAsked("Bérengère", NAME, "grandparent", tuple(child.code for child in children)),
        CUSTODY: CustodyAsked(now.date(), father.code, "weeks", "me", "other"),
        SCHOOL: SchoolAsked(YEAR, "elementaire-philipe", "cm2", ("Déménagement en cours",), "Nous venons d’arriver."),
    }
    asked = {
        kind: ask(
            kind=kind,
            adult=mother,
            asked=told,
            summary=f"Demande de {children[0].first_name}",
            child=children[0] if kind in (CUSTODY, SCHOOL) else None,
            by=by,
            now=now,
        )
        for kind, told in what.items()
    }
    for kind, state in ((CHILD, DemarcheState.INCOMPLETE), (GUARDIAN, DemarcheState.REFUSED)):
        reason = "Il manque la page du livret de famille où figure votre enfant : envoyez-la, s’il vous plaît."
        answer(asked[kind], state=state, reason=reason, by=town.samira, version=1, now=now)
    return asked | {"address": moved, "name": named}


def _open_the_year(parent: User, now: dt.datetime) -> None:
    """The file of the year is open; one step of the household is confirmed."""
    Season.objects.update(opens_on=now.date() - dt.timedelta(days=7), closes_on=now.date() + dt.timedelta(days=21))
    season = Season.objects.select_related("year").get()
    file = year_file(parent, season, on=now.date())
    steps = {step.step: step.seen for step in file.parts[0].confirmable}
    confirm_steps(season, steps, participant=None, family=file.family, by=parent, now=now)


def settle_empty_family() -> User:
    """A parent whose file has their name, and nothing else."""
    household = Family.objects.create(name="Seul", number="9999")
    user = make_user("seul", first_name="Ana", last_name="Seul")
    make_adult(household, user=user, first_name="Ana", last_name="Seul")
    accept(user, texts_in_force(), now=LONG_BEFORE)
    return user
