"""Changing the file: at once or once an agent has accepted, as the town decided field by field."""

import datetime as dt

import pytest

from preau.accounts.models import User
from preau.accounts.testing import make_agent
from preau.demarches.actions import (
    ChangeRefused,
    DemarcheRefused,
    accept_change,
    ask_change,
    read_of,
    refuse_change,
    withdraw_change,
)
from preau.demarches.choices import ADULT_CHANGE, HOUSEHOLD_CHANGE, DemarcheState, FieldState, Refusal
from preau.demarches.file_fields import Value
from preau.demarches.kinds import kind_of
from preau.demarches.models import Demarche, FieldChange, Recipient
from preau.demarches.testing import NOW
from preau.families.actions import move_household
from preau.families.changing import change_adult
from preau.families.models import Address, Adult, Family
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.actions import save_field
from preau.town.testing import make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "town")]

ELSEWHERE = {"lines": "3 allée des Lilas", "postcode": "75013", "city": "Paris"}
HERE = {"lines": "8 avenue Karl-Marx", "postcode": "94800", "city": "Villejuif"}
TODAY = NOW.date()


@pytest.fixture
def zoe() -> Adult:
    return make_adult(make_family())


def checked(*fields: str) -> None:
    for field in fields:
        save_field(field, is_shown=True, is_required=False, is_checked=True, by=None, now=NOW)


def user_of(adult: Adult) -> User:
    assert adult.user is not None
    return adult.user


def ask(adult: Adult, /, **wanted) -> Demarche | None:
    values = {name.replace("_", "-"): value for name, value in wanted.items()}
    return ask_change(target=adult, wanted=values, by=user_of(adult), now=NOW).asked


def asked(adult: Adult, /, **wanted) -> Demarche:
    demarche = ask(adult, **wanted)
    assert demarche is not None
    return demarche


def ask_to_move(adult: Adult, address=None, **given) -> Demarche:
    wanted = {"address": address or HERE}
    asked = ask_change(target=adult.family, wanted=wanted, by=user_of(adult), now=NOW, **given).asked
    assert asked is not None
    return asked


def address_of(family: Family) -> str:
    return Address.objects.filter(family=family, starts_on__lte=TODAY).latest("starts_on").lines


# At once


def test_what_the_town_does_not_check_changes_at_once(zoe):
    assert ask(zoe, phone_mobile="06 12 34 56 78", preferred_contact="mobile") is None
    zoe.refresh_from_db()
    assert (zoe.phone_mobile, zoe.preferred_contact) == ("06 12 34 56 78", "mobile")
    assert Entry.objects.filter(action="families.adult_changed").exists()


def test_an_address_that_is_not_checked_holds_from_its_day_on(zoe):
    save_field("address", is_shown=True, is_required=True, is_checked=False, by=None, now=NOW)
    ask_change(
        target=zoe.family, wanted={"address": ELSEWHERE}, starts_on=dt.date(2026, 3, 1), by=user_of(zoe), now=NOW
    )
    assert address_of(zoe.family) == "12 rue des Écoles"
    coming = Address.objects.get(family=zoe.family, starts_on=dt.date(2026, 3, 1))
    assert (coming.lines, coming.insee_code) == ("3 allée des Lilas", "")


def test_the_same_values_change_nothing_and_ask_nothing(zoe):
    ask(zoe, phone_mobile="")
    assert not Demarche.objects.exists()
    assert not Entry.objects.filter(action="families.adult_changed").exists()


# Asked


def test_the_old_value_stays_in_force_until_an_agent_accepts(zoe):
    demarche = ask_to_move(zoe)
    assert address_of(zoe.family) == "12 rue des Écoles"
    accept_change(demarche, by=make_agent(), version=1, now=NOW)
    assert address_of(zoe.family) == "8 avenue Karl-Marx"
    assert FieldChange.objects.get().state == FieldState.ACCEPTED
    assert Outgoing.objects.filter(address=user_of(zoe).email).exists()


def test_of_one_form_some_fields_change_at_once_and_the_others_are_asked(zoe):
    checked("phone-work")
    demarche = asked(zoe, phone_mobile="06 12 34 56 78", phone_work="01 45 59 20 00")
    zoe.refresh_from_db()
    assert (zoe.phone_mobile, zoe.phone_work) == ("06 12 34 56 78", "")
    assert [row.field for row in demarche.file_change.fields.all()] == ["phone-work"]


def test_a_preferred_way_waits_with_the_number_that_it_needs(zoe):
    checked("phone-mobile")
    demarche = asked(zoe, phone_mobile="06 12 34 56 78", preferred_contact="mobile")
    zoe.refresh_from_db()
    assert zoe.preferred_contact == ""
    accept_change(demarche, by=make_agent(), version=1, now=NOW)
    zoe.refresh_from_db()
    assert (zoe.phone_mobile, zoe.preferred_contact) == ("06 12 34 56 78", "mobile")


def test_a_number_stays_while_the_preferred_way_that_needs_it_waits(zoe):
    change_adult(adult=zoe, values={"phone_mobile": "0612345678", "preferred_contact": "mobile"}, by=None, now=NOW)
    checked("preferred-contact")
    zoe.refresh_from_db()
    demarche = asked(zoe, phone_mobile="", preferred_contact="email")
    zoe.refresh_from_db()
    assert (zoe.phone_mobile, zoe.preferred_contact) == ("0612345678", "mobile")
    accept_change(demarche, by=make_agent(), version=1, now=NOW)
    zoe.refresh_from_db()
    assert (zoe.phone_mobile, zoe.preferred_contact) == ("", "email")


def test_the_service_and_the_delay_of_the_town_are_those_of_the_request(zoe):
    Recipient.objects.create(kind=HOUSEHOLD_CHANGE, service=make_service("population"), working_days=3)
    demarche = ask_to_move(zoe)
    assert demarche.service.code == "population"
    assert demarche.due_at is not None
    assert demarche.due_at.date() == dt.date(2026, 2, 13)


def test_the_summary_tells_no_value(zoe):
    checked("phone-mobile")
    demarche = asked(zoe, phone_mobile="06 12 34 56 78")
    assert "06" not in demarche.summary
    assert demarche.kind == ADULT_CHANGE


# One request at a time


def test_asking_again_changes_the_request_that_waits(zoe):
    demarche = ask_to_move(zoe)
    assert ask_to_move(zoe, ELSEWHERE) == demarche
    row = FieldChange.objects.get(state=FieldState.PENDING)
    assert row.new == ELSEWHERE
    demarche.refresh_from_db()
    assert demarche.version == 2
    last = demarche.events.latest("pk")
    assert last.corrections[0]["after"] == "3 allée des Lilas, 75013 Paris"


def test_asking_for_what_holds_gives_the_request_up(zoe):
    demarche = ask_to_move(zoe)
    held = {"lines": "12 rue des Écoles", "postcode": "94800", "city": "Villejuif"}
    outcome = ask_change(target=zoe.family, wanted={"address": held}, by=user_of(zoe), now=NOW)
    assert outcome.asked is None
    demarche.refresh_from_db()
    assert demarche.state == DemarcheState.WITHDRAWN
    assert not FieldChange.objects.filter(state=FieldState.PENDING).exists()


def test_fields_that_the_form_did_not_show_stay_asked(zoe):
    checked("allocataire")
    ask_to_move(zoe)
    demarche = ask_change(target=zoe.family, wanted={"allocataire": "1234567"}, by=user_of(zoe), now=NOW).asked
    assert demarche is not None
    assert {row.field for row in demarche.file_change.fields.all()} == {"address", "allocataire"}


def test_another_adult_cannot_ask_for_a_field_that_waits(zoe):
    malik = make_adult(zoe.family, first_name="Malik")
    ask_to_move(zoe)
    with pytest.raises(ChangeRefused) as refused:
        ask_to_move(malik, ELSEWHERE)
    assert refused.value.labels == ["Adresse"]
    assert FieldChange.objects.get().new == HERE


def test_once_answered_the_field_can_be_asked_again(zoe):
    refuse_change(ask_to_move(zoe), reason="Il manque un justificatif.", by=make_agent(), version=1, now=NOW)
    assert ask_to_move(zoe).is_open


def test_giving_up_leaves_the_file_as_it_is(zoe):
    demarche = ask_to_move(zoe)
    withdraw_change(demarche, by=user_of(zoe), now=NOW)
    assert address_of(zoe.family) == "12 rue des Écoles"
    assert ask_to_move(zoe).code != demarche.code


# The answer


def test_a_value_that_moved_meanwhile_is_not_replaced_unread(zoe):
    demarche = ask_to_move(zoe)
    old_print = read_of(demarche.file_change, now=NOW)
    move_household(family=zoe.family, starts_on=TODAY, **ELSEWHERE, insee_code="", by=None, now=NOW)
    for read in (None, old_print):
        with pytest.raises(DemarcheRefused) as refused:
            accept_change(demarche, by=make_agent(), version=1, read=read, now=NOW)
        assert refused.value.reason == Refusal.STALE
    demarche.refresh_from_db()
    assert demarche.is_open
    assert address_of(zoe.family) == "3 allée des Lilas"
    accept_change(demarche, by=make_agent(), version=1, read=read_of(demarche.file_change, now=NOW), now=NOW)
    assert address_of(zoe.family) == "8 avenue Karl-Marx"


def test_of_two_agents_the_second_is_refused(zoe):
    demarche = ask_to_move(zoe)
    accept_change(demarche, by=make_agent(), version=1, now=NOW)
    with pytest.raises(DemarcheRefused):
        refuse_change(demarche, reason="Non.", by=make_agent(), version=1, now=NOW)
    assert address_of(zoe.family) == "8 avenue Karl-Marx"


def test_a_second_click_changes_nothing(zoe):
    agent, demarche = make_agent(), ask_to_move(zoe)
    accept_change(demarche, by=agent, version=1, now=NOW)
    accept_change(demarche, by=agent, version=1, now=NOW)
    assert Entry.objects.filter(action="families.moved").count() == 1


@pytest.mark.parametrize(("said", "code"), [(True, "94076"), (False, ""), (None, "94076")])
def test_an_agent_says_whether_the_address_is_the_towns(zoe, said, code):
    accept_change(ask_to_move(zoe), by=make_agent(), version=1, is_resident=said, now=NOW)
    assert Address.objects.get(family=zoe.family, starts_on=TODAY).insee_code == code


def test_a_preferred_way_whose_number_is_gone_is_not_accepted(zoe):
    change_adult(adult=zoe, values={"phone_mobile": "0612345678"}, by=None, now=NOW)
    checked("preferred-contact")
    zoe.refresh_from_db()
    demarche = asked(zoe, preferred_contact="mobile")
    change_adult(adult=zoe, values={"phone_mobile": ""}, by=None, now=NOW)
    with pytest.raises(DemarcheRefused) as refused:
        accept_change(demarche, by=make_agent(), version=1, now=NOW)
    assert refused.value.reason == Refusal.PREFERRED_UNKNOWN
    demarche.refresh_from_db()
    assert demarche.is_open


# What the machine looks at


def checks_of(demarche: Demarche) -> list[tuple[str, bool | None]]:
    return [(check.text.replace("\u00a0", " "), check.is_good) for check in kind_of(demarche.kind).checks(demarche)]


def test_an_address_out_of_town_tells_that_prices_change(zoe):
    told = dict(checks_of(ask_to_move(zoe, ELSEWHERE)))
    assert told["Adresse hors de la commune, d’après le nom de la ville."] is None
    assert told["Le tarif extérieur s’appliquera à partir du 10 février 2026."] is None


def test_a_postcode_that_is_not_the_towns_is_told(zoe):
    told = dict(checks_of(ask_to_move(zoe, HERE | {"postcode": "94801"})))
    assert told["Le code postal 94801 n’est pas celui de la mairie."] is False


def test_another_file_at_the_same_address_is_told(zoe):
    other = make_family(name="Voisin", number="77")
    Address.objects.filter(family=other).update(lines="8, Avenue KARL MARX")
    assert ("Même adresse que le dossier 77, Voisin.", None) in checks_of(ask_to_move(zoe))


def test_neither_who_lived_there_before_nor_a_closed_file_is_told(zoe):
    left = make_family(name="Voisin", number="77")
    Address.objects.filter(family=left).update(lines="8, Avenue KARL MARX")
    move_household(family=left, starts_on=TODAY, **ELSEWHERE, insee_code="", by=None, now=NOW)
    Family.objects.filter(pk=make_family().pk).update(allocataire="1234567", archived_at=NOW)
    checked("allocataire")
    wanted: dict[str, Value] = {"address": HERE, "allocataire": "1234567"}
    demarche = ask_change(target=zoe.family, wanted=wanted, by=user_of(zoe), now=NOW).asked
    assert demarche is not None
    told = " ".join(text for text, _ in checks_of(demarche))
    assert "Même adresse" not in told
    assert "autre dossier" not in told


def test_a_number_known_in_another_file_is_told(zoe):
    checked("phone-mobile")
    other = make_adult(make_family(name="Voisin", number="77"))
    change_adult(adult=other, values={"phone_mobile": "+33 6 12 34 56 78"}, by=None, now=NOW)
    demarche = asked(zoe, phone_mobile="06.12.34.56.78")
    assert ("Ce numéro est aussi dans le dossier 77, Voisin.", None) in checks_of(demarche)


def test_a_homonym_born_on_the_same_day_is_told(zoe):
    child = make_child(zoe.family, first_name="Nora")
    make_child(make_family(), first_name="Noria")
    wanted = {"child-first-name": "Noria", "child-last-name": "Pinceau"}
    demarche = ask_change(target=child, wanted=wanted, by=user_of(zoe), now=NOW).asked
    assert demarche is not None
    assert ("Un autre enfant du même nom est né le même jour.", False) in checks_of(demarche)


def test_a_file_that_moved_since_the_request_is_told(zoe):
    demarche = ask_to_move(zoe)
    move_household(family=zoe.family, starts_on=TODAY, **ELSEWHERE, insee_code="", by=None, now=NOW)
    assert any("le dossier a changé depuis la demande" in text and good is False for text, good in checks_of(demarche))
