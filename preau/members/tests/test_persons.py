"""Who may collect: named by a parent, told to the other without numbers, contested, barred by a judgment."""

import datetime as dt
from dataclasses import replace

import pytest

from preau.accounts.models import User
from preau.accounts.testing import sign_in
from preau.demarches.choices import OPEN
from preau.demarches.models import Demarche
from preau.families.choices import AccessLevel, Situation
from preau.families.models import Adult, Guardianship
from preau.families.testing import make_adult, make_bond, make_family
from preau.members.actions.asking import ask
from preau.members.actions.trusting import (
    Named,
    NamingRefused,
    accept_person,
    change_person,
    contest_person,
    copy_persons,
    end_person,
    name_person,
)
from preau.members.choices import CUSTODY, NamingRefusal
from preau.members.models import CollectingRule, TrustedPerson
from preau.members.queries.collecting import collectors
from preau.members.rules import CustodyAsked
from preau.members.testing import NOW, make_barred, make_person
from preau.notifications.models import Outgoing

TODAY = NOW.date()
JEANNE = Named("Jeanne", "Roussel", "Grand-mère", "06 73 11 97 73", True, TODAY, emergency_order=1)


def name(apart, adult: Adult, named: Named = JEANNE) -> TrustedPerson:
    return name_person(adult=adult, participants=[apart.child], named=named, by=user_of(adult), now=NOW)[0]


def refusal(apart, adult: Adult, named: Named) -> NamingRefusal:
    with pytest.raises(NamingRefused) as refused:
        name(apart, adult, named)
    return refused.value.reason


def user_of(adult: Adult) -> User:
    assert adult.user is not None
    return adult.user


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def test_who_is_named_may_collect_and_the_parents_are_called_first(apart) -> None:
    Adult.objects.filter(pk=apart.mother.pk).update(phone_mobile="06 12 34 56 78")
    name(apart, apart.father, replace(JEANNE, first_name="Paul", emergency_order=2))
    name(apart, apart.mother)
    found = collectors(apart.child, TODAY)
    assert [str(one) for one in found.persons] == ["Jeanne Roussel", "Paul Roussel"]
    assert [one.name for one in found.to_call] == [
        "Inès Roussel",
        "Thomas Carpentier",
        "Jeanne Roussel",
        "Paul Roussel",
    ]
    assert found.to_call[0].phones == ("06 12 34 56 78",)


def test_dates_of_validity_are_both_included(apart) -> None:
    day = dt.timedelta(days=1)
    name(apart, apart.mother, replace(JEANNE, starts_on=TODAY + day, ends_on=TODAY + 2 * day))
    there = [bool(collectors(apart.child, TODAY + rank * day).persons) for rank in range(4)]
    assert there == [False, True, True, False]


def test_collectors_take_three_queries(apart, django_assert_num_queries) -> None:
    for rank in range(5):
        name(apart, apart.mother, replace(JEANNE, first_name=f"Jeanne{rank}"))
    with django_assert_num_queries(3):
        collectors(apart.child, TODAY)


def test_ten_persons_are_enough_for_a_household(apart) -> None:
    CollectingRule.objects.create(most=2)
    for first_name in ("Un", "Deux"):
        name(apart, apart.mother, replace(JEANNE, first_name=first_name))
    assert refusal(apart, apart.mother, JEANNE) == NamingRefusal.TOO_MANY
    name(apart, apart.father)  # another household counts its own


def test_nobody_is_named_twice_and_the_same_words_change_nothing(apart) -> None:
    assert name(apart, apart.mother) == name(apart, apart.mother)
    again = replace(JEANNE, last_name="ROUSSEL", phone="01 99 00 00 00")
    assert refusal(apart, apart.mother, again) == NamingRefusal.ALREADY_NAMED


def test_a_brother_who_is_too_young_does_not_collect_but_may_be_called(apart) -> None:
    young = replace(JEANNE, born_on=dt.date(TODAY.year - 15, TODAY.month, TODAY.day))
    assert refusal(apart, apart.mother, young) == NamingRefusal.TOO_YOUNG
    name(apart, apart.mother, replace(young, may_collect=False))
    CollectingRule.objects.create(youngest=15)
    name(apart, apart.father, young)


def test_whom_a_judgment_bars_is_not_named_in_whatever_order_and_accents(apart) -> None:
    make_barred(apart.child, first_name="Jean-Paul", last_name="Sinistré")
    barred = replace(JEANNE, first_name="sinistre", last_name="JEAN PAUL")
    assert refusal(apart, apart.mother, barred) == NamingRefusal.ASK_US


def test_whom_a_judgment_bars_later_collects_no_more(apart) -> None:
    name(apart, apart.mother)
    make_barred(apart.child, first_name="Jeanne", last_name="Roussel")
    found = collectors(apart.child, TODAY)
    assert (found.persons, [str(one) for one in found.barred]) == ((), ["Jeanne Roussel"])
    assert "Jeanne Roussel" not in [one.name for one in found.to_call]


def test_copying_does_not_get_round_a_judgment(apart) -> None:
    make_barred(apart.elder, first_name="Jeanne", last_name="Roussel")
    name(apart, apart.mother)
    name(apart, apart.mother, replace(JEANNE, first_name="Rosa"))
    made, refused = copy_persons(
        adult=apart.mother, source=apart.child, to=[apart.elder], by=apart.mother.user, now=NOW
    )
    assert (made, [one.reason for one in refused]) == (1, [NamingRefusal.ASK_US])


def test_a_change_keeps_what_was_before(apart) -> None:
    before = name(apart, apart.mother)
    after = change_person(person=before, named=replace(JEANNE, phone="01 00"), by=apart.mother.user, now=NOW)
    before.refresh_from_db()
    assert (before.withdrawn_at, before.phone, after.phone) == (NOW, "06 73 11 97 73", "01 00")
    with pytest.raises(NamingRefused):
        change_person(person=before, named=JEANNE, by=apart.mother.user, now=NOW)


def test_the_other_parents_no_suspends_a_person_and_goes_to_an_agent(apart) -> None:
    person = name(apart, apart.mother)
    contest_person(person=person, adult=apart.father, by=apart.father.user, now=NOW)
    assert collectors(apart.child, TODAY).persons == ()
    assert Demarche.objects.get().summary == "Désaccord entre parents\u00a0: Jeanne Roussel"
    person.refresh_from_db()
    accept_person(person=person, adult=apart.father, by=apart.father.user, now=NOW)
    assert [str(one) for one in collectors(apart.child, TODAY).persons] == ["Jeanne Roussel"]
    assert not Demarche.objects.filter(state__in=OPEN).exists()


def test_a_no_does_not_fall_when_the_person_is_written_again(apart) -> None:
    person = name(apart, apart.mother)
    contest_person(person=person, adult=apart.father, by=apart.father.user, now=NOW)
    person.refresh_from_db()
    change_person(person=person, named=replace(JEANNE, phone="01 00"), by=apart.mother.user, now=NOW)
    assert collectors(apart.child, TODAY).persons == ()


def test_a_no_does_not_fall_when_the_person_is_removed_and_named_again(apart) -> None:
    person = name(apart, apart.mother)
    contest_person(person=person, adult=apart.father, by=apart.father.user, now=NOW)
    end_person(person=person, by=apart.mother.user, now=NOW)
    name(apart, apart.mother)
    assert collectors(apart.child, TODAY).persons == ()
    assert Demarche.objects.filter(state__in=OPEN).count() == 1


def test_the_no_of_a_parent_who_no_longer_decides_suspends_nobody(apart, client) -> None:
    contest_person(person=name(apart, apart.mother), adult=apart.father, by=apart.father.user, now=NOW)
    make_bond(apart.father, apart.child, Situation.WITHOUT_EXERCISE, starts_on=TODAY)
    assert [str(one) for one in collectors(apart.child, TODAY).persons] == ["Jeanne Roussel"]
    sign_in(client, apart.mother.user)
    assert "Suspendu" not in words(client.get(apart.page))


def test_the_no_of_a_parent_who_no_longer_decides_gives_way_to_that_of_another(apart) -> None:
    person = name(apart, apart.mother)
    guardian = make_adult(make_family(name="Tuteur"), first_name="Rose", last_name="Tuteur")
    make_bond(guardian, apart.child)
    assert guardian.user is not None
    contest_person(person=person, adult=apart.father, by=apart.father.user, now=NOW)
    contest_person(person=person, adult=guardian, by=guardian.user, now=NOW)
    assert TrustedPerson.objects.get().contested_by == apart.father
    make_bond(apart.father, apart.child, Situation.WITHOUT_EXERCISE, starts_on=TODAY)
    contest_person(person=person, adult=guardian, by=guardian.user, now=NOW)
    assert TrustedPerson.objects.get().contested_by == guardian


def test_a_no_said_while_the_parent_was_writing_holds(apart) -> None:
    read = name(apart, apart.mother)
    contest_person(person=TrustedPerson.objects.get(), adult=apart.father, by=apart.father.user, now=NOW)
    after = change_person(person=read, named=replace(JEANNE, phone="01 00"), by=apart.mother.user, now=NOW)
    assert after.contested_by == apart.father


def test_the_other_parent_is_told_without_any_number(apart) -> None:
    name(apart, apart.mother)
    mail = Outgoing.objects.get()
    assert mail.address == apart.father.user.email
    assert "Jeanne Roussel" in mail.text
    assert "06 73" not in mail.text + mail.html


def test_the_other_parent_is_told_of_each_removal_and_each_no(apart) -> None:
    person = make_person(apart.child, apart.mother)
    contest_person(person=person, adult=apart.father, by=apart.father.user, now=NOW)
    end_person(person=person, by=apart.mother.user, now=NOW)
    told = {mail.address: mail.text for mail in Outgoing.objects.all()}
    assert "opposition de l’autre parent" in told[apart.mother.user.email]
    assert "n’est plus dans la liste" in told[apart.father.user.email]


def test_a_parent_says_no_to_the_persons_of_the_other_alone_and_takes_back_their_own_no_alone(apart) -> None:
    person = make_person(apart.child, apart.mother)
    contest_person(person=person, adult=apart.mother, by=apart.mother.user, now=NOW)
    person.refresh_from_db()
    assert person.contested_by is None
    contest_person(person=person, adult=apart.father, by=apart.father.user, now=NOW)
    accept_person(person=person, adult=apart.mother, by=apart.mother.user, now=NOW)
    person.refresh_from_db()
    assert person.contested_by == apart.father


def test_a_parent_whom_a_judgment_bars_collects_no_more(apart) -> None:
    make_barred(apart.child, first_name="Thomas", last_name="Carpentier")
    assert collectors(apart.child, TODAY).parents == (apart.mother,)


def test_each_parent_reads_in_full_those_they_named_and_of_the_others_the_name_and_link(apart, client) -> None:
    name(apart, apart.mother)
    name(apart, apart.father, replace(JEANNE, first_name="Paul", link="Grand-père", phone="07 31 19 77 31"))
    for adult, seen, hidden in (
        (apart.mother, "06 73 11 97 73", "07 31 19 77 31"),
        (apart.father, "07 31 19 77 31", "06 73 11 97 73"),
    ):
        sign_in(client, adult.user)
        for page in (apart.page, f"{apart.page}historique/"):
            assert hidden not in words(client.get(page))
        page = words(client.get(apart.page))
        assert seen in page
        assert "Jeanne Roussel" in page
        assert "grand-père" in page


def test_nobody_changes_nor_removes_the_persons_of_the_other_parent(apart, client) -> None:
    person = name(apart, apart.mother)
    sign_in(client, apart.father.user)
    for page in (f"{apart.page}personnes/{person.code}/", f"{apart.page}personnes/{person.code}/retirer/"):
        assert client.get(page).status_code == 404
        assert client.post(page).status_code == 404


def test_a_person_is_added_for_two_children_from_one_page(apart, client) -> None:
    sign_in(client, apart.mother.user)
    sent = {
        "first_name": "Jeanne",
        "last_name": "Roussel",
        "link": "Grand-mère",
        "phone": "06 73 11 97 73",
        "may_collect": "on",
        "starts_on": TODAY.isoformat(),
        "also": [apart.elder.code],
    }
    assert "pour Élio et Ana" in words(client.post(f"{apart.page}ajouter/", sent, follow=True))
    assert TrustedPerson.objects.count() == 2


def test_wrong_words_are_told_beside_the_field_and_nothing_is_lost(apart, client) -> None:
    sign_in(client, apart.mother.user)
    sent = {"first_name": "Jeanne", "phone": "12", "starts_on": TODAY.isoformat(), "ends_on": "2020-01-01"}
    page = words(client.post(f"{apart.page}ajouter/", sent))
    for said in ("Remplissez « Nom »", "Écrivez un numéro", "La fin vient après le début", 'value="Jeanne"'):
        assert said in page


def test_the_number_of_somebody_named_years_ago_is_changed(apart, client) -> None:
    person = make_person(apart.child, apart.mother, emergency_order=1)
    sign_in(client, apart.mother.user)
    page = f"{apart.page}personnes/{person.code}/"
    sent = {**client.get(page).context["form"].initial, "phone": "06 11 22 33 44", "other_phone": "", "ends_on": ""}
    sent = {field: "" if value is None else value for field, value in sent.items()}
    assert "c’est enregistré" in words(client.post(page, sent, follow=True))


def test_whoever_names_somebody_barred_is_asked_to_call(apart, client) -> None:
    make_barred(apart.child)
    sign_in(client, apart.mother.user)
    sent = {
        "first_name": "Jean Paul",
        "last_name": "Sinistre",
        "link": "Ami",
        "phone": "06 00 00 00 00",
        "may_collect": "on",
        "starts_on": TODAY.isoformat(),
    }
    page = words(client.post(f"{apart.page}ajouter/", sent))
    assert "Appelez la mairie au 01 45 59 20 00" in page
    assert "jugement" not in page
    assert not TrustedPerson.objects.exists()


def test_buttons_remove_contest_and_copy(apart, client) -> None:
    person = make_person(apart.child, apart.mother)
    sign_in(client, apart.father.user)
    contest = f"{apart.page}personnes/{person.code}/opposition/"
    assert "Vous n’êtes pas d’accord" in words(client.get(contest))
    assert "Suspendu" in words(client.post(contest, {"reponse": "opposer"}, follow=True))
    client.post(contest, {"reponse": "lever"})
    sign_in(client, apart.mother.user)
    for said in ("Les personnes sont copiées", "étaient déjà dans la liste"):
        assert said in words(client.post(f"{apart.page}copier/", {"to": [apart.elder.code]}, follow=True))
    assert TrustedPerson.objects.filter(participant=apart.elder).count() == 1
    assert "n’est plus" in words(client.post(f"{apart.page}personnes/{person.code}/retirer/", follow=True))


@pytest.mark.parametrize(
    ("planning", "pickup", "told"),
    [
        ("ACT", "ACT", ["custody", "person"]),
        ("ACT", "SEE", ["custody"]),
        ("SEE", "SEE", []),
        ("SEE", "ACT", ["person"]),
    ],
)
def test_who_only_sees_is_told_nothing_of_what_others_sign(apart, planning: str, pickup: str, told: list[str]) -> None:
    levels = {"planning": AccessLevel[planning], "pickup": AccessLevel[pickup]}
    Guardianship.objects.filter(adult=apart.father, participant=apart.child).update(**levels)
    asked = CustodyAsked(TODAY, apart.father.code, "weeks", "me")
    ask(kind=CUSTODY, adult=apart.mother, asked=asked, summary="", child=apart.child, by=apart.mother.user, now=NOW)
    found = ["custody"] if Outgoing.objects.exists() else []
    Outgoing.objects.all().delete()
    name(apart, apart.mother)
    assert [*found, *(["person"] if Outgoing.objects.exists() else [])] == told
