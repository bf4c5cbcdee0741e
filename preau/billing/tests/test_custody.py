"""A new custody moves the bookings to come, not what is billed: shown before, to the family and to the agent."""

import datetime as dt
from dataclasses import dataclass

import pytest

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, sign_in
from preau.activities.models import Group, Unit
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.choices import CampaignState
from preau.billing.models import Campaign
from preau.billing.testing import make_regie
from preau.bookings.choices import BookingState
from preau.bookings.models import Booking
from preau.bookings.testing import make_booking, paris
from preau.demarches.models import Demarche
from preau.families.models import Adult, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.models import Entry
from preau.members.actions.asking import accept_custody, ask
from preau.members.choices import CUSTODY
from preau.members.rules import CustodyAsked
from preau.town.testing import make_service, make_town

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 9)
HERS, HIS = MONDAY + dt.timedelta(days=1), MONDAY + dt.timedelta(days=8)


@dataclass(frozen=True)
class Pair:
    mother: Adult
    father: Adult
    child: Participant
    unit: Unit
    group: Group

    def book(self, day: dt.date, *, by: Adult | None = None) -> Booking:
        return make_booking(self.child, self.unit, self.group, day, family=(by or self.mother).family)

    def ask(self, shape: str = "weeks") -> Demarche:
        asked = CustodyAsked(MONDAY, self.father.code, shape, "me")
        assert self.mother.user
        now, user = paris(2026, 11, 9, 9), self.mother.user
        return ask(kind=CUSTODY, adult=self.mother, asked=asked, summary="Garde", child=self.child, by=user, now=now)


def homes() -> list[tuple[dt.date, str]]:
    return [(day, name) for day, name in Booking.objects.order_by("day", "pk").values_list("day", "family__name")]


@pytest.fixture
def pair(time_machine) -> Pair:
    time_machine.move_to(paris(2026, 11, 9, 9), tick=False)
    make_town()
    make_service("enfance")
    mother = make_adult(make_family(name="Roussel"), first_name="Inès")
    father = make_adult(make_family(name="Carpentier"), first_name="Thomas", last_name="Carpentier")
    unit = make_unit(make_activity("cantine", name="Cantine"), "repas")
    return Pair(mother, father, make_child(mother.family, father.family), unit, make_group("refectoire"))


@pytest.fixture
def agent(pair: Pair) -> User:
    return make_agent(Capability.HANDLE_REQUESTS)


def grant(demarche: Demarche, agent: User) -> None:
    accept_custody(demarche, by=agent, version=1, now=paris(2026, 11, 9, 10))


def test_each_booking_to_come_goes_to_the_home_whose_day_it_is(pair: Pair, agent: User) -> None:
    for day in (HERS, HIS):
        pair.book(day)
    pair.book(HERS + dt.timedelta(days=1), by=pair.father)
    pair.book(MONDAY - dt.timedelta(days=6), by=pair.father)  # before the custody
    grant(pair.ask(), agent)
    assert homes() == [
        (MONDAY - dt.timedelta(days=6), "Carpentier"),
        (HERS, "Roussel"),
        (HERS + dt.timedelta(days=1), "Roussel"),
        (HIS, "Carpentier"),
    ]
    told = {entry.family: entry.facts["count"] for entry in Entry.objects.filter(action="bookings.followed_custody")}
    assert told == {pair.mother.family.code: 1, pair.father.family.code: 1}


def test_what_is_billed_and_what_is_cancelled_stay(pair: Pair, agent: User) -> None:
    pair.book(HIS)
    cancelled = pair.book(HIS + dt.timedelta(days=1))
    Booking.objects.filter(pk=cancelled.pk).update(state=BookingState.CANCELLED)
    Campaign.objects.create(
        regie=make_regie(pair.unit.activity),
        label="Novembre",
        starts_on=HIS,
        ends_on=HIS,
        state=CampaignState.ISSUED,
        drafted_at=paris(2026, 11, 8),
        issued_at=paris(2026, 11, 8),
        due_on=HIS,
    )
    grant(pair.ask(), agent)
    assert {name for _, name in homes()} == {"Roussel"}


def test_a_parent_who_leaves_the_household_gets_the_bookings_of_their_days(pair: Pair, agent: User) -> None:
    Adult.objects.filter(pk=pair.father.pk).update(family=pair.mother.family)
    pair.book(HIS)
    pair.child.homes.exclude(family=pair.mother.family).delete()
    grant(pair.ask(), agent)
    pair.father.refresh_from_db()
    assert Booking.objects.get().family == pair.father.family != pair.mother.family


def test_granting_twice_moves_once(pair: Pair, agent: User) -> None:
    pair.book(HIS)
    demarche = pair.ask()
    for _ in range(2):
        grant(demarche, agent)
    assert Entry.objects.filter(action="bookings.followed_custody").count() == 1


def test_it_is_shown_before_it_is_sent_and_before_it_is_granted(pair: Pair, agent: User, client) -> None:
    pair.book(HIS)
    pair.book(HERS, by=pair.father)
    assert pair.mother.user
    sign_in(client, pair.mother.user)
    sent = {"other": pair.father.code, "starts_on": MONDAY.isoformat(), "shape": "weeks", "begins": "me"}
    page = client.post(f"/dossier/enfants/{pair.child.code}/garde/", sent | {"holidays": "none", "voir": "1"})
    said = " ".join(page.content.decode().replace("\u00a0", " ").split())
    assert "tombe sur les jours chez Thomas Carpentier" in said
    assert "tombe sur les jours chez vous" in said
    assert "Cantine, Repas : 1" in said
    demarche = pair.ask()
    sign_in(client, agent)
    page = client.get(f"/mairie/demandes/{demarche.code}/membre/")
    said = " ".join(page.content.decode().replace("\u00a0", " ").split())
    assert "tombe sur les jours chez Thomas Carpentier" in said
    assert "tombe sur les jours chez la famille Roussel" in said
