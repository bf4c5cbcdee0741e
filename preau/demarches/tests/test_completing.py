"""What an agent asks for is answered, and what was written is put right: agents see both, and what changed."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from preau.accounts.models import KeptForm, User
from preau.accounts.testing import make_agent, sign_in
from preau.core.photos import photo_of
from preau.core.testing import picture, sent
from preau.demarches.actions import answer, complete_asked
from preau.demarches.choices import DemarcheState, Likeness
from preau.demarches.models import AccountAsked, AskedPhoto, Demarche
from preau.demarches.queries import candidates_for
from preau.demarches.rules import AccountIdentity, Correction, corrections
from preau.demarches.testing import NOW, make_account_request, make_waiting_user
from preau.demarches.views import family
from preau.families.testing import make_adult, make_family
from preau.journal.models import Entry
from preau.town.testing import make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "town")]

PAGE, WAITING = "/en-attente/completer/", "/en-attente/"
WRITTEN = {
    "civility": "Madame",
    "birth_name": "Le Goff",
    "birth_date": "1985-03",
    "birth_town": "Brest",
    "address": "3 impasse du Lac",
    "postcode": "78670",
    "city": "Villennes-sur-Seine",
    "phone_mobile": "06 12 34 56 78",
    "preferred_contact": "mobile",
}
TYPED = {
    **WRITTEN,
    **{"first_name": "Inès", "last_name": "Laurent", "birth_date": "03/1985", "birth_country": "", "text": ""},
    **{"birth_department": "", "phone_home": "", "phone_work": ""},
}


@pytest.fixture
def ines(client) -> User:
    user = make_waiting_user("i.laurent")
    sign_in(client, user)
    return user


def incomplete(user: User, **written: Any) -> Demarche:
    service = make_service("population")
    demarche = make_account_request(user, service=service, **(WRITTEN | written))
    return answer(
        demarche, state=DemarcheState.INCOMPLETE, reason="Votre adresse ?", by=make_agent(), version=1, now=NOW
    )


def words(response: Any) -> str:
    return str(response.content.decode()).replace("\xa0", " ")


def test_what_was_written_is_shown_to_be_put_right(client, ines) -> None:
    incomplete(ines)
    page = words(client.get(PAGE))
    for value in ("Laurent", "Le Goff", "03/1985", "3 impasse du Lac", "06 12 34 56 78"):
        assert f'value="{value}"' in page


def test_what_is_put_right_is_what_agents_read_with_what_it_was(client, ines) -> None:
    demarche = incomplete(ines)
    right = {"address": "5 impasse du Lac", "birth_date": "14/03/1985", "phone_work": "01 45 59 20 00"}
    assert client.post(PAGE, TYPED | right | {"text": "Voici."})["Location"] == WAITING
    asked = AccountAsked.objects.get()
    assert (asked.address, asked.birth_date, asked.phone_work) == ("5 impasse du Lac", "1985-03-14", "01 45 59 20 00")
    event = demarche.events.latest("pk")
    assert (event.state, event.text, event.by) == ("sent", "Voici.", ines)
    assert event.corrections == [
        {"label": "Date de naissance", "before": "03/1985", "after": "14/03/1985"},
        {"label": "Adresse", "before": "3 impasse du Lac", "after": "5 impasse du Lac"},
        {"label": "Téléphone du travail", "before": "", "after": "01 45 59 20 00"},
    ]
    agent = Client()
    sign_in(agent, make_agent("handle_requests", service=make_service("population")))
    for page in (f"/mairie/demandes/{demarche.code}/", f"/mairie/demandes/{demarche.code}/compte/"):
        read = words(agent.get(page))
        assert re.search("<del>3 impasse du Lac</del>.*<ins>5 impasse du Lac</ins>", read)
        assert re.search('<span class="discret">non dit</span>.*<ins>01 45 59 20 00</ins>', read)


def test_the_journal_says_what_was_put_right_and_no_value(client, ines) -> None:
    incomplete(ines)
    client.post(PAGE, TYPED | {"address": "5 impasse du Lac"})
    facts = Entry.objects.filter(action="demarches.sent").latest("pk").facts
    assert facts == {"kind": "demarches.account", "corrected": ["Adresse"]}


def test_those_who_look_alike_are_those_of_what_is_written_now(client, ines) -> None:
    demarche = incomplete(ines, birth_name="", birth_date="", phone_mobile="", preferred_contact="")
    make_adult(make_family(name="Durand"), first_name="Agnès", last_name="Durand", signs_in=False)

    def alike() -> list[tuple[Likeness, ...]]:
        found = candidates_for(AccountAsked.objects.get(), ines.email, on=NOW.date())
        return [candidate.reasons for candidate in found]

    assert alike() == []
    client.post(PAGE, TYPED | {"first_name": "Agnès", "last_name": "Durand"})
    assert alike() == [(Likeness.NAME,)]
    demarche.refresh_from_db()
    assert "agnes durand" in demarche.words
    ines.refresh_from_db()
    assert str(ines) == "Agnès Durand"


def test_an_account_that_bears_another_name_keeps_it(client, ines) -> None:
    incomplete(ines, first_name="Agnès")
    client.post(PAGE, TYPED | {"first_name": "Anne"})
    ines.refresh_from_db()
    assert ines.first_name == "Inès"


def test_the_answer_is_due_again_as_many_working_days_later(client, ines, clock) -> None:
    demarche = incomplete(ines)
    clock.move_to(NOW + dt.timedelta(days=6), tick=False)
    sign_in(client, ines)
    client.post(PAGE, TYPED | {"city": "Villennes"})
    demarche.refresh_from_db()
    assert demarche.due_at is not None
    assert demarche.due_at.date() == dt.date(2026, 2, 18)


def test_an_answer_alone_or_a_correction_alone_is_enough_but_not_nothing(client, ines) -> None:
    demarche = incomplete(ines)
    assert "Écrivez votre réponse, ou corrigez ce que vous aviez écrit" in words(client.post(PAGE, TYPED))
    client.post(PAGE, TYPED | {"text": "3 impasse du Lac, depuis septembre."})
    assert demarche.events.latest("pk").corrections == []


def test_what_is_wrong_is_said_beside_its_field_and_everything_stays_typed(client, ines) -> None:
    incomplete(ines)
    wrong = {"last_name": "", "phone_home": "12", "text": "Voici.", "birth_date": "31-02-1985"}
    page = words(client.post(PAGE, TYPED | wrong))
    for fault in ("Remplissez « Nom d’usage »", "Écrivez un numéro de téléphone", "Écrivez une date de naissance"):
        assert fault in page
    assert '<details class="pli" open>' in page
    for kept in ("Voici.", 'value="31-02-1985"', 'value="12"'):
        assert kept in page
    assert Demarche.objects.get().state == "incomplete"


def test_nobody_is_made_to_write_an_address_that_they_were_not_asked_for(client, ines) -> None:
    nothing = dict.fromkeys(WRITTEN, "")
    incomplete(ines, **nothing)
    client.post(PAGE, TYPED | nothing | {"text": "Voici."})
    assert Demarche.objects.get().state == "sent"


# What FranceConnect vouched for


def test_what_franceconnect_vouched_for_is_not_to_be_put_right(client, ines) -> None:
    incomplete(ines)
    AccountAsked.objects.update(vouched_at=NOW)
    page = words(client.get(PAGE))
    assert 'name="last_name"' not in page
    assert 'name="address"' in page
    client.post(PAGE, TYPED | {"last_name": "Autre", "birth_date": "1990", "address": "5 impasse du Lac"})
    asked = AccountAsked.objects.get()
    assert (asked.last_name, asked.birth_date, asked.address) == ("Laurent", "1985-03", "5 impasse du Lac")


def test_nor_does_any_other_way_change_it(ines) -> None:
    demarche = incomplete(ines)
    AccountAsked.objects.update(vouched_at=NOW)
    other = AccountIdentity("Inès", "Autre", city="Vitry")
    complete_asked(demarche, text="", identity=other, photo=None, by=ines, now=NOW)
    asked = AccountAsked.objects.get()
    assert (asked.last_name, asked.birth_date, asked.city) == ("Laurent", "1985-03", "Vitry")


# The photo


def test_a_photo_is_added_replaced_or_removed(client, ines) -> None:
    demarche = incomplete(ines)
    for given, before, after in (
        ({"photo": sent(picture())}, "", "une photo"),
        ({"photo": sent(picture((90, 60)))}, "une photo", "une autre photo"),
        ({"photo_removed": "on"}, "une photo", ""),
    ):
        client.post(PAGE, TYPED | given)
        assert demarche.events.latest("pk").corrections == [{"label": "Photo", "before": before, "after": after}]
        fresh = Demarche.objects.get()
        answer(fresh, state=DemarcheState.INCOMPLETE, reason="Encore ?", by=None, version=fresh.version, now=NOW)
    assert not AskedPhoto.objects.exists()


def test_a_photo_stays_when_nothing_is_said_of_it(client, ines) -> None:
    incomplete(ines, photo=photo_of(picture()))
    client.post(PAGE, TYPED | {"text": "Voici."})
    assert bytes(AskedPhoto.objects.get().jpeg) == photo_of(picture())


def test_a_photo_lost_with_a_session_is_asked_for_again_and_may_be_left_out(client, ines, clock) -> None:
    incomplete(ines)
    clock.shift(13 * 3600)
    client.post(PAGE, TYPED | {"text": "Voici.", "photo": sent(picture())})
    kept = KeptForm.objects.get()
    sign_in(client, ines)
    assert "Le fichier joint n’est pas gardé" in words(client.get("/reprise/"))
    again = dict(kept.fields) | {"saisie_gardee": [kept.code]}
    page = words(client.post(PAGE, again))
    assert "choisissez-la à nouveau, ou continuez sans elle" in page
    assert "Voici." in page
    client.post(PAGE, TYPED | {"text": "Voici.", "photo": sent(picture())})
    assert AskedPhoto.objects.exists()


def test_whoever_comes_after_the_agent_changes_nothing(client, ines, monkeypatch) -> None:
    demarche = incomplete(ines, photo=photo_of(picture()))

    def late(found: Demarche, **given: Any) -> Demarche:
        answer(demarche, state=DemarcheState.REFUSED, reason="Non.", by=None, version=demarche.version, now=NOW)
        return complete_asked(found, **given)

    monkeypatch.setattr(family, "complete_asked", late)
    told = words(client.post(PAGE, TYPED | {"first_name": "Anne", "photo_removed": "on"}, follow=True))
    assert "Votre demande a changé entre-temps" in told
    assert AccountAsked.objects.get().first_name == User.objects.get(pk=ines.pk).first_name == "Inès"
    assert AskedPhoto.objects.exists()


def test_corrections_are_told_as_people_read_them() -> None:
    before = AccountIdentity("Inès", "Laurent", birth_date="1985-03-14", preferred_contact="email")
    after = AccountIdentity("Inès", "Laurent", birth_date="1985", preferred_contact="post")
    assert corrections(before, after) == (
        Correction("Date de naissance", "14/03/1985", "1985"),
        Correction("Moyen de contact préféré", "Courriel", "Courrier"),
    )
    assert corrections(before, before) == ()
