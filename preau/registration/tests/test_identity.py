"""An account made with FranceConnect: nothing before the mailed link, then linked to the file of that very person."""

import datetime as dt
from dataclasses import replace

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from preau.accounts.franceconnect import kept
from preau.accounts.franceconnect.client import Pivot, SignIn
from preau.accounts.models import Acceptance, User
from preau.accounts.testing import make_user
from preau.demarches.models import AccountAsked
from preau.families.models import Adult, Family
from preau.families.testing import make_adult, make_family
from preau.notifications.models import Outgoing
from preau.registration.actions.clearing import clear_expired
from preau.registration.models import Registration
from preau.registration.rules import in_capitals_or_not
from preau.registration.testing import NOW, make_text
from preau.town.testing import make_town

PAGE = "/creer-mon-compte/franceconnect/"
PIVOT = Pivot("Boubacar Amadou", "DIALLO", "1979-07", "", "99335", "male", "", "b.diallo@example.org")
SIGN_IN = SignIn("sub-de-boubacar", "eidas1", 1_700_000_000, "un-jeton", PIVOT)
TYPED = {
    "email": "boubacar@example.org",
    "email_again": "boubacar@example.org",
    "number": "1084-3154",
    "name": "Diallo",
    "terms": "on",
    "privacy": "on",
}
ALL_PROOFS = ["code", "contact", "agent", "franceconnect"]


@pytest.fixture(autouse=True)
def way_in(town, settings) -> None:
    settings.FRANCECONNECT_CLIENT_ID = settings.FRANCECONNECT_CLIENT_SECRET = "essai"
    make_town(ways=["franceconnect"], proofs=ALL_PROOFS)


@pytest.fixture
def boubacar() -> Adult:
    """He is in a file, without an account."""
    adult = make_adult(make_family(name="Diallo", number="1084-3154"), signs_in=False)
    born = {"birth_date": "1979-07-14", "birth_country": "99335", "email": ""}
    Adult.objects.filter(pk=adult.pk).update(first_name="Boubacar", last_name="Diallo", **born)
    return Adult.objects.get(pk=adult.pk)


def vouched(sign_in: SignIn = SIGN_IN) -> Client:
    """A browser that has just come back from FranceConnect."""
    browser = Client()
    session = browser.session
    kept.keep_pending(session, sign_in, now=NOW)
    session.save()
    browser.cookies["preau_session"] = session.session_key or ""
    return browser


def token_mailed() -> str:
    texts = Outgoing.objects.order_by("pk").values_list("text", flat=True)
    return [text.split("/activer/")[1].split("/")[0] for text in texts if "/activer/" in text][-1]


def create(sign_in: SignIn = SIGN_IN, **typed: str) -> Client:
    """Somebody comes, types, and presses the button of the mailed link."""
    browser = vouched(sign_in)
    browser.post(PAGE, TYPED | typed)
    browser.post(f"/activer/{token_mailed()}/")
    return browser


def subjects() -> list[str]:
    return list(Outgoing.objects.order_by("pk").values_list("subject", flat=True))


def test_the_page_shows_the_identity_and_proposes_its_address() -> None:
    page = vouched().get(PAGE).content.decode()
    assert "DIALLO" in page
    assert "juillet 1979" in page
    assert 'value="b.diallo@example.org"' in page


def test_nothing_exists_before_the_link_is_pressed(boubacar: Adult) -> None:
    browser = vouched()
    response = browser.post(PAGE, TYPED)
    assert response["Location"] == "/creer-mon-compte/courriel-envoye/"
    page = browser.get(response["Location"]).content.decode()
    assert "boubacar@example.org" in page
    assert PAGE in page
    assert browser.get(f"/activer/{token_mailed()}/").status_code == 200
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()
    assert (Registration.objects.get().identity or {})["id_token"] == ""


def test_the_adult_of_the_file_who_is_that_person_is_linked(boubacar: Adult) -> None:
    terms = make_text("terms")
    browser = create()
    boubacar.refresh_from_db()
    user = User.objects.get()
    assert boubacar.user == user
    assert user.is_admitted
    assert (user.username, user.first_name, user.last_name) == ("b.diallo", "Boubacar", "Diallo")
    assert not user.has_usable_password()
    assert SocialAccount.objects.get().uid == SIGN_IN.sub
    assert "DIALLO" not in str(SocialAccount.objects.get().extra_data)
    assert browser.session["_auth_user_id"] == str(user.pk)
    assert kept.PENDING not in browser.session
    assert not Registration.objects.exists()
    assert Acceptance.objects.get().text == terms
    assert subjects() == ["Activez votre compte", "Votre compte est relié à votre dossier"]


def test_without_a_file_an_agent_is_asked_and_nothing_of_the_identity_stays_in_the_registration() -> None:
    create(number="", name="")
    user = User.objects.get()
    assert not user.is_admitted
    asked = AccountAsked.objects.get()
    assert (asked.birth_name, asked.birth_date, asked.civility) == ("Diallo", "1979-07", "Monsieur")
    assert (asked.claimed_number, asked.demarche.asked_by) == ("", user)
    assert asked.vouched_at == dt.datetime.fromtimestamp(SIGN_IN.auth_time, dt.UTC)
    assert Registration.objects.get().identity is None
    assert SocialAccount.objects.get().user == user


def unlinked(**typed: str) -> bool:
    create(SIGN_IN, **typed)
    return (
        not Adult.objects.filter(user__username="b.diallo").exists()
        and not User.objects.get(username="b.diallo").is_admitted
        and AccountAsked.objects.exists()
    )


@pytest.mark.parametrize("typed", [{"number": "1084-3155"}, {"name": "Martin"}], ids=str)
def test_another_file_links_nothing(boubacar: Adult, typed: dict[str, str]) -> None:
    assert unlinked(**typed)


@pytest.mark.parametrize(
    "known",
    [
        {"birth_date": "1979-08-14"},
        {"birth_date": ""},
        {"birth_country": "99100"},
        {"first_name": "Boubacar-Amadou-Issa"},
        {"last_name": "Traoré Diallo"},
        {"birth_name": "Keïta"},
    ],
    ids=str,
)
def test_somebody_else_of_the_file_is_not_linked(boubacar: Adult, known: dict[str, str]) -> None:
    Adult.objects.filter(pk=boubacar.pk).update(**known)
    assert unlinked()


def test_namesakes_are_for_an_agent(boubacar: Adult) -> None:
    Adult.objects.create(family=boubacar.family, first_name="Boubacar", last_name="Diallo", birth_date="1979")
    assert unlinked()


def test_whoever_has_an_account_is_not_given_a_second_one(boubacar: Adult) -> None:
    Adult.objects.filter(pk=boubacar.pk).update(user=make_user("b.d"))
    assert unlinked()
    assert Adult.objects.get(pk=boubacar.pk).user == User.objects.get(username="b.d")


def test_a_closed_file_is_for_an_agent(boubacar: Adult) -> None:
    Family.objects.filter(pk=boubacar.family_id).update(archived_at=NOW)
    assert unlinked()


def test_a_protected_file_is_for_an_agent(boubacar: Adult) -> None:
    Family.objects.update(is_protected=True)
    assert unlinked()


def test_where_the_town_does_not_take_it_for_a_proof_an_agent_checks(boubacar: Adult) -> None:
    make_town(ways=["franceconnect"], proofs=["code", "agent"])
    assert unlinked()


def test_the_owner_of_a_known_address_is_told_and_nothing_is_opened(boubacar: Adult) -> None:
    owner = make_user()
    User.objects.filter(pk=owner.pk).update(email="Boubacar@example.org")
    browser = vouched()
    assert browser.post(PAGE, TYPED)["Location"] == "/creer-mon-compte/courriel-envoye/"
    mail = Outgoing.objects.get()
    assert mail.address.lower() == "boubacar@example.org"
    assert "/activer/" not in mail.text


def test_an_identity_tied_meanwhile_opens_no_second_account(boubacar: Adult) -> None:
    browser = vouched()
    browser.post(PAGE, TYPED)
    SocialAccount.objects.create(provider="franceconnect", uid=SIGN_IN.sub, user=make_user("autre"))
    response = browser.post(f"/activer/{token_mailed()}/")
    assert response.status_code == 409
    assert "Connectez-vous avec FranceConnect" in response.content.decode()
    assert User.objects.count() == 1


def test_mending_the_address_voids_the_first_link() -> None:
    browser = vouched()
    browser.post(PAGE, TYPED)
    first = token_mailed()
    browser.post(PAGE, TYPED | {"email": "autre@example.org", "email_again": "autre@example.org"})
    assert browser.get(f"/activer/{first}/").status_code == 410
    assert Registration.objects.count() == 1


def test_another_browser_signs_in_with_franceconnect(boubacar: Adult) -> None:
    vouched().post(PAGE, TYPED)
    phone = Client()
    response = phone.post(f"/activer/{token_mailed()}/", follow=True)
    assert "Connectez-vous avec FranceConnect" in response.content.decode()
    assert "_auth_user_id" not in phone.session


def test_the_identity_is_not_typed() -> None:
    """Names sent with the form are not read."""
    create(first_name="Zoé", last_name="Pinceau", birth_date="1988-04-12")
    assert User.objects.get().first_name == "Boubacar"


@pytest.mark.parametrize(
    "typed", [{"name": ""}, {"number": ""}, {"number": "--"}, {"terms": ""}, {"email_again": "x@y.fr"}]
)
def test_what_is_missing_is_said(typed: dict[str, str]) -> None:
    response = vouched().post(PAGE, TYPED | typed)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Registration.objects.exists()


def test_without_an_identity_there_is_no_such_page() -> None:
    assert Client().get(PAGE)["Location"] == "/franceconnect/nouveau/"
    make_town(ways=["five_steps"], proofs=ALL_PROOFS)
    assert vouched().get(PAGE).status_code == 404


def test_the_five_steps_do_not_go_on_from_an_identity() -> None:
    make_town(ways=["five_steps", "franceconnect"], proofs=ALL_PROOFS)
    browser = vouched()
    browser.post(PAGE, TYPED)
    assert browser.get("/creer-mon-compte/recapitulatif/")["Location"] == "/creer-mon-compte/mes-informations/"


def test_an_identity_nobody_confirms_is_erased_with_its_demand() -> None:
    vouched().post(PAGE, TYPED)
    clear_expired(now=NOW + dt.timedelta(days=30))
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    ("told", "written"),
    [("EL IDRISSI", "El Idrissi"), ("D’ALMEIDA", "D’Almeida"), ("de la Tour", "de la Tour"), ("Diallo", "Diallo")],
)
def test_names_in_capitals_are_written_as_people_do(told: str, written: str) -> None:
    assert in_capitals_or_not(told) == written


def test_the_name_in_use_is_the_one_of_the_account() -> None:
    create(replace(SIGN_IN, pivot=replace(PIVOT, name_in_use="KEITA")), number="", name="")
    assert User.objects.get().last_name == "Keita"
    assert AccountAsked.objects.get().birth_name == "Diallo"
