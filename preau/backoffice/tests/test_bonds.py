"""Bonds between adults and children: shown before they change, told to those concerned, and what follows from them."""

import datetime as dt

import pytest
from django.test import Client
from django.utils.html import strip_tags

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.bookings.testing import paris
from preau.families.choices import Situation, Subject
from preau.families.models import Adult, Family, Guardianship, Home, Participant
from preau.families.permissions import families_visible_to, participants_visible_to
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.journal.models import Entry
from preau.members.queries.collecting import collectors
from preau.members.testing import make_person
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = paris(2026, 11, 9, 9)
TODAY = NOW.date()
REASON = "Jugement du 12 mars 2026"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()


@pytest.fixture
def samira() -> Client:
    client = Client()
    testing.sign_in(client, make_agent(Capability.SEE_FAMILIES, Capability.EDIT_FAMILIES))
    return client


@pytest.fixture
def pinceau() -> Family:
    return make_family(name="Pinceau")


@pytest.fixture
def zoe(pinceau: Family) -> Adult:
    return make_adult(pinceau, first_name="Zoé")


@pytest.fixture
def malik(pinceau: Family, zoe: Adult) -> Adult:
    return make_adult(pinceau, first_name="Malik")


@pytest.fixture
def nora(pinceau: Family, zoe: Adult, malik: Adult) -> Participant:
    return make_child(pinceau, first_name="Nora")


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).replace("\xa0", " ").split())


def page_of(adult: Adult, child: Participant) -> str:
    return f"/mairie/familles/{adult.family.code}/liens/{adult.code}/{child.code}/"


def bond(samira: Client, adult: Adult, child: Participant, *, day: dt.date = TODAY, **sent: str) -> str:
    """What the page says before it writes; then it writes."""
    given = {"situation": "ended", "starts_on": day.isoformat(), "reason": REASON, "tells": "on"} | sent
    shown = samira.post(page_of(adult, child), given | {"voir": "1"})
    seen = shown.context["form"].as_seen if shown.context["effects"] else ""
    samira.post(page_of(adult, child), given | {"enregistrer": "1", "seen": seen})
    return text(shown)


def sees(adult: Adult, subject: Subject, on: dt.date = TODAY) -> bool:
    assert adult.user
    return participants_visible_to(adult.user, subject, on=on).exists()


def test_what_will_change_is_shown_before_anything_is_written(samira, zoe, malik, nora) -> None:
    make_person(nora, malik)
    given = {"situation": "ended", "starts_on": TODAY.isoformat(), "reason": REASON, "tells": "on"}
    shown = text(samira.post(page_of(malik, nora), given | {"enregistrer": "1"}))
    assert "Malik Pinceau ne verra plus : identité et scolarité" in shown
    assert "Ne pourront plus venir chercher Nora, car Malik Pinceau les a désignés : Jeanne Martin" in shown
    assert "Décident pour Nora à partir de ce jour : Zoé Pinceau" in shown
    assert "sont payés par Zoé Pinceau" in shown
    assert not Guardianship.objects.filter(situation=Situation.ENDED).exists()


def test_a_bond_ends_from_its_day_on_and_the_days_before_stay(samira, zoe, malik, nora) -> None:
    later = TODAY + dt.timedelta(days=10)
    bond(samira, malik, nora, day=later)
    assert sees(malik, Subject.HEALTH)
    assert not sees(malik, Subject.HEALTH, on=later)
    assert sees(zoe, Subject.HEALTH, on=later)
    ended = Guardianship.objects.get(situation=Situation.ENDED)
    assert (ended.starts_on, ended.reason) == (later, REASON)
    assert REASON not in str(Entry.objects.get(action="families.bond_set").facts)
    assert "Dès le 19 novembre 2026 : lien terminé" in text(samira.get(f"/mairie/familles/{malik.family.code}/liens/"))
    history = text(samira.get(f"/mairie/familles/{malik.family.code}/historique/"))
    assert "Lien de Malik Pinceau avec Nora : lien terminé, à partir du 19 novembre 2026" in history
    bond(samira, malik, nora, day=later, reason="Jugement du 6 novembre, lu en entier")
    ended.refresh_from_db()
    assert ended.reason == "Jugement du 6 novembre, lu en entier"


def test_those_concerned_are_told_unless_the_town_waits(samira, zoe, malik, nora) -> None:
    bond(samira, malik, nora, tells="")
    assert not Outgoing.objects.exists()
    bond(samira, malik, nora, situation="without_exercise")
    assert zoe.user
    assert malik.user
    assert {mail.address for mail in Outgoing.objects.all()} == {zoe.user.email, malik.user.email}
    assert REASON not in "".join(mail.text for mail in Outgoing.objects.all())


def test_a_judgment_may_leave_one_thing(samira, malik, nora) -> None:
    bond(samira, malik, nora, situation="without_exercise", level_health="1", level_planning="0")
    assert sees(malik, Subject.HEALTH)
    assert not sees(malik, Subject.PLANNING)
    assert "ajusté pour un jugement" in text(samira.get(page_of(malik, nora)))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reason": ""}, "Remplissez « Ce que vous avez vu »"),
        ({"starts_on": "1926-01-01"}, "Choisissez une date"),
        ({"situation": "ami"}, "Choisissez une réponse"),
        ({"level_health": "1"}, "Ce lien ne laisse rien voir"),
        ({"level_health": "7"}, "Choisissez une réponse"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(samira, malik, nora, sent, said) -> None:
    assert said in bond(samira, malik, nora, **sent)
    assert not Guardianship.objects.exclude(situation=Situation.EXERCISES).exists()


def test_nobody_left_to_decide_is_a_warning(samira, zoe, malik, nora) -> None:
    make_bond(malik, nora, Situation.GRANDPARENT, starts_on=TODAY)
    assert "Plus personne ne décidera en ligne pour Nora" in bond(samira, zoe, nora)


def test_whoever_no_longer_decides_names_nobody_who_collects(zoe, malik, nora) -> None:
    make_person(nora, malik, first_name="Jeanne")
    make_person(nora, zoe, first_name="Paul")
    assert len(collectors(nora, TODAY).persons) == 2
    make_bond(malik, nora, Situation.ENDED, starts_on=TODAY)
    assert [person.first_name for person in collectors(nora, TODAY).persons] == ["Paul"]
    assert [adult.first_name for adult in collectors(nora, TODAY).parents] == ["Zoé"]


def test_bonds_of_others_and_of_strangers_have_no_page(samira, zoe, malik, nora) -> None:
    stranger = make_child(make_family(), first_name="Tom")
    elsewhere = make_adult(make_family(), first_name="Léo")
    for adult, child in ((malik, stranger), (elsewhere, nora)):
        page = f"/mairie/familles/{malik.family.code}/liens/{adult.code}/{child.code}/"
        assert samira.get(page).status_code == 404


# Who leaves the household


def leave(samira: Client, adult: Adult, *children: Participant) -> str:
    page = f"/mairie/familles/{adult.family.code}/adultes/{adult.code}/quitter/"
    given = {"children": [child.code for child in children], "tells": "on"}
    shown = samira.post(page, given | {"voir": "1"})
    samira.post(page, given | {"enregistrer": "1", "seen": shown.context["form"].as_seen})
    return text(shown)


def test_who_leaves_has_a_file_and_keeps_the_children_not_the_bills(samira, pinceau, zoe, malik, nora) -> None:
    shown = leave(samira, malik, nora)
    assert "Malik Pinceau ne verra plus les factures, le quotient ni l’adresse de la famille Pinceau" in shown
    assert "Les jours du foyer Pinceau sont payés par Zoé Pinceau" in shown
    malik.refresh_from_db()
    assert malik.family != pinceau
    assert malik.user
    assert list(families_visible_to(malik.user)) == [malik.family]
    assert sees(malik, Subject.HEALTH)
    assert set(Home.objects.filter(participant=nora).values_list("family", flat=True)) == {pinceau.pk, malik.family.pk}
    assert Outgoing.objects.count() == 2
    history = text(samira.get(f"/mairie/familles/{pinceau.code}/historique/"))
    assert "quitte le foyer" in history


def test_then_each_of_a_separated_pair_has_what_their_bond_says(samira, pinceau, zoe, malik, nora) -> None:
    leave(samira, malik)
    malik.refresh_from_db()
    bond(samira, malik, nora, situation="without_exercise")
    assert sees(malik, Subject.PLANNING)
    assert not sees(malik, Subject.HEALTH)
    assert sees(zoe, Subject.HEALTH)
    assert zoe.user
    assert list(families_visible_to(zoe.user)) == [pinceau]


def test_the_only_adult_does_not_leave(samira, pinceau, zoe) -> None:
    page = f"/mairie/familles/{pinceau.code}/adultes/{zoe.code}/quitter/"
    assert "est la seule personne adulte" in text(samira.get(page))
    samira.post(page, {"enregistrer": "1", "seen": "[]", "tells": "on"})
    zoe.refresh_from_db()
    assert zoe.family == pinceau


def test_who_takes_part_does_so_from_the_new_home(samira, pinceau, zoe, malik, nora) -> None:
    singer = Participant.objects.create(adult=malik, first_name="Malik", last_name="P", born_on=dt.date(1985, 1, 1))
    Home.objects.create(participant=singer, family=pinceau)
    leave(samira, malik)
    malik.refresh_from_db()
    assert Home.objects.get(participant=singer).family == malik.family
