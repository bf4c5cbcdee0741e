"""Writing households: files, adults and their accounts, children, homes, bonds, schools, quotients. All in bulk."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.hashers import make_password

from preau.accounts.choices import UserKind
from preau.accounts.conditions import texts_in_force
from preau.accounts.factors import APP, app_data
from preau.accounts.models import Acceptance, Grant, Role, User
from preau.families.choices import CustodyMode, Situation
from preau.families.models import (
    Address,
    Adult,
    Custody,
    Family,
    Guardianship,
    Home,
    Participant,
    Schooling,
)
from preau.families.rules import PRESETS
from preau.families.searching import refile_changed
from preau.pricing.choices import QuotientSource
from preau.pricing.models import Quotient
from preau.town.models import Level, Place, SchoolYear
from preau.townfile.demonstration.households import LEVELS, Birth, Child, Household, Sectors
from preau.townfile.demonstration.scene import DIRECTOR, Scene

BATCH = 1000
ONE_WEEK_EACH = "AAAAAAABBBBBBB"


@dataclass(slots=True)
class Settled:
    """What was written, by what was drawn; `users` are the first parents who sign in."""

    families: dict[Household, Family]
    participants: dict[Child, Participant]
    users: dict[Household, User | None]


def settle(
    scene: Scene, households: Sequence[Household], years: Sequence[SchoolYear], *, since: dt.date, now: dt.datetime
) -> Settled:
    """Write the households, known to the town hall since that day; `years` are the running one, then those before."""
    families = _families(households, since)
    users = _accounts(households, scene.password, now)
    adults = _adults(households, families, users)
    participants = _participants(households)
    _homes(households, families, participants)
    _bonds(households, adults, participants, since)
    _schoolings(participants, years, scene.sectors)
    _quotients(households, families, since, now)
    _custodies(households, families, participants, since)
    refile_changed()
    return Settled(
        families=families,
        participants=participants,
        users={household: users.get(household.adults[0].username) for household in households},
    )


def hire(scene: Scene, *, on: dt.date) -> None:
    """The agents, with their roles, and an application of codes each: the demonstration shows what it would."""
    roles = Role.objects.in_bulk(field_name="code")
    password = make_password(scene.password)
    for agent in scene.agents:
        user = User.objects.create(
            kind=UserKind.STAFF,
            username=agent.username,
            email=f"{agent.username}@{scene.town}.example",
            first_name=agent.first_name,
            last_name=agent.last_name,
            password=password,
        )
        Grant.objects.create(user=user, role=roles[agent.role], starts_on=on)
        if agent.username == DIRECTOR:  # a place of one's own: sheets are read there without having to say why
            for school in Place.objects.filter(code__in=scene.sectors[0]):
                Grant.objects.create(user=user, role=roles[agent.role], place=school, starts_on=on)
        Authenticator.objects.create(user=user, type=APP, data=app_data(generate_totp_secret()))


def _families(households: Sequence[Household], since: dt.date) -> dict[Household, Family]:
    rows = [Family(code=drawn.code, number=drawn.number, name=drawn.name) for drawn in households]
    Family.objects.bulk_create(rows, batch_size=BATCH)
    families = dict(zip(households, rows, strict=True))
    Address.objects.bulk_create(
        [
            Address(
                family=families[drawn],
                starts_on=since,
                lines=drawn.lines,
                postcode=drawn.postcode,
                city=drawn.city,
                insee_code=drawn.insee_code,
            )
            for drawn in households
        ],
        batch_size=BATCH,
    )
    return families


def _accounts(households: Sequence[Household], shared: str, now: dt.datetime) -> dict[str, User]:
    """All share one password, hashed once: hashing seven hundred would take longer than all the rest."""
    password = make_password(shared)
    rows = [
        User(
            kind=UserKind.FAMILY,
            username=adult.username,
            email=adult.email,
            first_name=adult.first_name,
            last_name=adult.last_name,
            password=password,
            created_at=now,
        )
        for drawn in households
        for adult in drawn.adults
        if adult.username
    ]
    User.objects.bulk_create(rows, batch_size=BATCH)
    accepted = [Acceptance(user=user, text=text, at=now) for text in texts_in_force() for user in rows]
    Acceptance.objects.bulk_create(accepted, batch_size=BATCH)
    return {user.username: user for user in rows}


def _adults(
    households: Sequence[Household], families: dict[Household, Family], users: dict[str, User]
) -> dict[Household, list[Adult]]:
    adults = {
        drawn: [
            Adult(
                family=families[drawn],
                user=users.get(adult.username),
                civility=adult.civility,
                first_name=adult.first_name,
                last_name=adult.last_name,
                email=adult.email,
                phone_mobile=adult.phone,
                phone_home=adult.home_phone,
                preferred_contact="mobile" if adult.phone else "",
                **_birth(adult.birth),
            )
            for adult in drawn.adults
        ]
        for drawn in households
    }
    Adult.objects.bulk_create([adult for rows in adults.values() for adult in rows], batch_size=BATCH)
    return adults


def _birth(birth: Birth | None) -> dict[str, str]:
    if birth is None:
        return {}
    return {
        "birth_date": birth.date,
        "birth_country": birth.country,
        "birth_place": birth.place,
        "birth_name": birth.name,
    }


def _participants(households: Sequence[Household]) -> dict[Child, Participant]:
    children = [child for drawn in households for child in drawn.children]
    rows = [
        Participant(
            code=child.code,
            first_name=child.first_name,
            last_name=child.last_name,
            sex=child.sex,
            born_on=child.born_on,
            symbol=child.symbol,
            colour=child.colour,
        )
        for child in children
    ]
    Participant.objects.bulk_create(rows, batch_size=BATCH)
    return dict(zip(children, rows, strict=True))


def _living(households: Iterable[Household]) -> Iterator[tuple[Household, Child]]:
    """Each home of each child."""
    for drawn in households:
        for child in drawn.children:
            yield drawn, child
            if drawn.other_home is not None:
                yield drawn.other_home, child


def _homes(
    households: Sequence[Household], families: dict[Household, Family], participants: dict[Child, Participant]
) -> None:
    rows = [Home(participant=participants[child], family=families[drawn]) for drawn, child in _living(households)]
    Home.objects.bulk_create(rows, batch_size=BATCH)


def _bonds(
    households: Sequence[Household],
    adults: dict[Household, list[Adult]],
    participants: dict[Child, Participant],
    since: dt.date,
) -> None:
    levels = {str(subject): int(level) for subject, level in PRESETS[Situation.EXERCISES].items()}
    rows = [
        Guardianship(
            adult=adult, participant=participants[child], starts_on=since, situation=Situation.EXERCISES, **levels
        )
        for drawn, child in _living(households)
        for adult in adults[drawn]
    ]
    Guardianship.objects.bulk_create(rows, batch_size=BATCH)


def _schoolings(participants: dict[Child, Participant], years: Sequence[SchoolYear], sectors: Sectors) -> None:
    levels, places = Level.objects.in_bulk(field_name="code"), Place.objects.in_bulk(field_name="code")
    rows = [
        Schooling(
            participant=participant,
            year=year,
            place=places[sectors[child.sector][stage == "elementaire"]],
            level=levels[LEVELS[child.level - years_ago]],
        )
        for child, participant in participants.items()
        for years_ago, year in enumerate(years)
        if (stage := child.stage(years_ago))
    ]
    Schooling.objects.bulk_create(rows, batch_size=BATCH)


def _quotients(
    households: Sequence[Household], families: dict[Household, Family], since: dt.date, now: dt.datetime
) -> None:
    rows = [
        Quotient(
            family=families[drawn],
            starts_on=since,
            value_cents=drawn.quotient_cents,
            source=QuotientSource.API if place % 3 else QuotientSource.CERTIFICATE,
            month=since.replace(day=1),
            read_at=now,
        )
        for place, drawn in enumerate(households, start=1)
        if drawn.quotient_cents is not None
    ]
    Quotient.objects.bulk_create(rows, batch_size=BATCH)


def _custodies(
    households: Sequence[Household],
    families: dict[Household, Family],
    participants: dict[Child, Participant],
    since: dt.date,
) -> None:
    monday = since - dt.timedelta(days=since.weekday())
    rows = [
        Custody(
            participant=participants[child],
            starts_on=since,
            mode=CustodyMode.CYCLE,
            home_a=families[drawn],
            home_b=families[drawn.other_home],
            anchor_on=monday,
            pattern=ONE_WEEK_EACH,
        )
        for drawn in households
        if drawn.other_home is not None
        for child in drawn.children
    ]
    Custody.objects.bulk_create(rows, batch_size=BATCH)
