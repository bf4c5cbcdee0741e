"""« Je n’ai pas d’espace »: asked step by step, the address confirmed first, then handed to an agent."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from preau.accounts.models import MailedLink, User
from preau.accounts.testing import make_user
from preau.core.photos import photo_of
from preau.core.testing import picture, sent
from preau.demarches.models import AccountAsked, AskedPhoto, Demarche
from preau.notifications.models import Outgoing
from preau.registration.actions.clearing import clear_expired
from preau.registration.models import DraftPhoto, Registration
from preau.registration.testing import NEW_PASSWORD, NOW, make_text
from preau.town.models import Town
from preau.town.testing import make_service, make_town

STEPS = "/demander-un-espace"
WAITING = "/en-attente/"
IDENTITY = {
    "civility": "Madame",
    "last_name": "Laurent",
    "birth_name": "Le Goff",
    "first_name": "Inès Marie",
    "birth_date": "03/1985",
    "birth_country": "France",
    "birth_department": "Finistère",
    "birth_town": "Brest",
}
CONTACT = {
    "address": "3 impasse du Lac",
    "postcode": "78670",
    "city": "Villennes-sur-Seine",
    "phone_home": "",
    "phone_mobile": "06 12 34 56 78",
    "phone_work": "",
    "email": "ines@example.org",
    "email_again": "ines@example.org",
    "preferred_contact": "mobile",
}
SIGN_IN = {"username": "ines.laurent", "password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
PAGES = ("identite", "coordonnees", "identifiants", "conditions-d-utilisation", "confidentialite", "recapitulatif")


@pytest.fixture(autouse=True)
def villennes(town: Town) -> None:
    make_town(ways=["request"], link_hours={"request": 48})
    make_service("population")


def step(name: str) -> str:
    return f"{STEPS}/{name}/"


def words(response: Any) -> str:
    return str(response.content.decode()).replace("\xa0", " ")


def walk(client: Client, *, contact: Mapping[str, str] = CONTACT, submit: bool = True) -> None:
    """All the steps, as a browser would."""
    client.post(step("identite"), IDENTITY)
    client.post(step("coordonnees"), contact)
    client.post(step("identifiants"), SIGN_IN)
    for text in ("conditions-d-utilisation", "confidentialite"):
        version = client.get(step(text)).context["form"].in_force
        client.post(step(text), {"accepted": "on", "version": version})
    if submit:
        client.post(step("recapitulatif"))


def link() -> str:
    """The address in the last mail."""
    found = re.search(r"/confirmer-ma-demande/[\w-]+/", Outgoing.objects.order_by("-pk")[0].text)
    assert found
    return found[0]


def test_a_town_that_does_not_open_this_way_has_no_such_page_and_says_nothing_of_it(client: Client) -> None:
    assert "Je n’ai pas d’espace" in words(client.get("/connexion/"))
    assert f'href="{STEPS}/"' in words(client.get("/"))
    make_town(ways=["five_steps"])
    assert {client.get(page).status_code for page in (f"{STEPS}/", step("identite"))} == {404}
    assert STEPS not in words(client.get("/connexion/")) + words(client.get("/"))


def test_the_first_page_says_by_when_one_is_answered(client: Client) -> None:
    assert "48 heures ouvrées" in words(client.get(f"{STEPS}/"))


@pytest.mark.parametrize("page", PAGES[1:])
def test_a_step_cannot_be_skipped_by_its_address(client: Client, page: str) -> None:
    for send in (client.get, client.post):
        assert send(step(page)).headers["Location"] == step("identite")
    client.post(step("identite"), IDENTITY)
    assert client.get(step(page)).status_code == (200 if page == PAGES[1] else 302)
    client.post(step("recapitulatif"))
    assert not Outgoing.objects.exists()


def test_one_goes_back_and_forth_without_loss(client: Client) -> None:
    walk(client, submit=False)
    assert 'value="03/1985"' in words(client.get(step("identite")))
    client.post(step("identite"), IDENTITY | {"birth_date": "14/03/1985"})
    assert 'value="3 impasse du Lac"' in words(client.get(step("coordonnees")))
    kept = SIGN_IN | {"password": "", "password_again": ""}
    assert client.post(step("identifiants"), kept).headers["Location"] == step("recapitulatif")
    recap = words(client.get(step("recapitulatif")))
    for said in ("Laurent", "14/03/1985", "Brest", "3 impasse du Lac, 78670", "ines.laurent", "Acceptées le"):
        assert said in recap


def test_what_is_wrong_is_said_beside_each_field(client: Client) -> None:
    page = words(client.post(step("identite"), IDENTITY | {"last_name": "", "birth_date": "31/02/1985"}))
    assert "Remplissez « Nom d’usage »" in page
    assert "Écrivez une date de naissance" in page
    client.post(step("identite"), IDENTITY)
    page = words(client.post(step("coordonnees"), CONTACT | {"phone_mobile": "", "email_again": "x@example.org"}))
    assert "Écrivez ce numéro, ou choisissez un autre moyen de contact" in page
    assert "Écrivez deux fois le même courriel" in page
    assert "Écrivez un numéro de téléphone" in words(client.post(step("coordonnees"), CONTACT | {"phone_home": "12"}))


# The photo


def test_a_photo_is_kept_small_until_the_request_has_it(client: Client) -> None:
    client.post(step("identite"), IDENTITY | {"photo": sent(picture((1600, 1200)))})
    walk(client, submit=False)
    assert "<dt>Photo</dt><dd>Choisie</dd>" in words(client.get(step("recapitulatif")))
    client.post(step("recapitulatif"))
    client.post(link())
    [photo] = AskedPhoto.objects.all()
    assert bytes(photo.jpeg) == photo_of(picture((1600, 1200)))
    assert not DraftPhoto.objects.exists()


def test_a_photo_chosen_stays_until_it_is_replaced_or_removed(client: Client) -> None:
    client.post(step("identite"), IDENTITY | {"photo": sent(picture())})
    client.post(step("identite"), IDENTITY)
    assert bytes(DraftPhoto.objects.get().jpeg) == photo_of(picture())
    assert "laissez vide pour la garder" in words(client.get(step("identite")))
    client.post(step("identite"), IDENTITY | {"photo": sent(picture((90, 60)))})
    assert bytes(DraftPhoto.objects.get().jpeg) == photo_of(picture((90, 60)))
    client.post(step("identite"), IDENTITY | {"photo_removed": "on"})
    assert not DraftPhoto.objects.exists()
    assert "Retirer la photo" not in words(client.get(step("identite")))


def test_what_is_no_photo_is_said_beside_its_field_and_the_rest_is_kept_typed(client: Client) -> None:
    page = words(client.post(step("identite"), IDENTITY | {"photo": sent(b"%PDF-1.7")}))
    assert "Cette photo ne peut pas être lue" in page
    assert 'value="Laurent"' in page
    assert not Registration.objects.exists()


def test_when_another_answer_is_wrong_the_photo_is_asked_for_again(client: Client) -> None:
    page = words(client.post(step("identite"), IDENTITY | {"last_name": "", "photo": sent(picture())}))
    assert "Choisissez à nouveau la photo" in page
    assert "Remplissez « Nom d’usage »" in page
    assert 'value="Brest"' in page


def test_giving_up_or_waiting_too_long_leaves_no_photo(client: Client) -> None:
    for end in (lambda: client.post(step("annuler")), lambda: clear_expired(now=NOW + dt.timedelta(hours=24))):
        client.post(step("identite"), IDENTITY | {"photo": sent(picture())})
        assert DraftPhoto.objects.exists()
        end()
        assert not DraftPhoto.objects.exists()


def test_a_photo_is_no_matter_for_the_other_steps(client: Client) -> None:
    client.post(step("identite"), IDENTITY)
    assert 'enctype="multipart/form-data"' in words(client.get(step("identite")))
    assert "multipart" not in words(client.get(step("coordonnees")))


def test_a_name_in_use_and_first_names_are_enough(client: Client) -> None:
    little = dict.fromkeys(IDENTITY, "") | {"last_name": "Laurent", "first_name": "Inès"}
    assert client.post(step("identite"), little).headers["Location"] == step("coordonnees")


def test_the_password_is_never_kept_as_typed(client: Client) -> None:
    walk(client, submit=False)
    assert NEW_PASSWORD not in repr(list(Registration.objects.values()))
    assert NEW_PASSWORD not in words(client.get(step("identifiants")))


def test_each_text_has_its_own_answer(client: Client) -> None:
    walk(client, submit=False)
    assert "J’ai lu et j’accepte les conditions d’utilisation" in words(client.get(step("conditions-d-utilisation")))
    privacy = words(client.get(step("confidentialite")))
    assert "J’ai pris connaissance de la politique de confidentialité" in privacy
    assert "J’ai lu et j’accepte" not in privacy


def test_refusing_a_text_keeps_nothing(client: Client) -> None:
    walk(client, submit=False)
    assert "rien n’est gardé" in words(client.post(step("annuler"), follow=True))
    assert not Registration.objects.exists()


def test_nothing_exists_before_the_address_is_confirmed(client: Client) -> None:
    walk(client)
    assert not User.objects.exists()
    assert not Demarche.objects.exists()
    mail = Outgoing.objects.get()
    assert (mail.address, mail.subject) == ("ines@example.org", "Confirmez votre demande d’espace")
    assert "Inès" not in mail.subject


def test_opening_the_link_does_nothing_and_its_button_hands_the_request_to_an_agent(client: Client) -> None:
    terms = make_text("terms")
    walk(client)
    assert "Confirmer ma demande" in words(client.get(link()))
    assert not User.objects.exists()
    answer = client.post(link(), follow=True)
    assert answer.redirect_chain[-1][0] == WAITING
    user = User.objects.get()
    assert (user.username, user.email, user.is_admitted) == ("ines.laurent", "ines@example.org", False)
    assert [row.text for row in user.acceptances.all()] == [terms]
    asked = AccountAsked.objects.get()
    assert {name: getattr(asked, name) for name in IDENTITY} == IDENTITY | {"birth_date": "1985-03"}
    assert (asked.phone_mobile, asked.city, asked.demarche.asked_by) == ("06 12 34 56 78", "Villennes-sur-Seine", user)
    assert Outgoing.objects.order_by("-pk")[0].subject == "Votre demande d’espace est arrivée"
    assert Registration.objects.get().asked == {}


def test_another_browser_must_know_the_password(client: Client) -> None:
    walk(client)
    answer = Client().post(link(), follow=True)
    assert answer.redirect_chain[-1][0] == "/connexion/"
    assert Demarche.objects.exists()


def test_a_used_an_expired_and_an_unknown_link_say_what_to_do(client: Client, time_machine: Any) -> None:
    walk(client)
    used = link()
    assert client.get("/confirmer-ma-demande/inconnu/").status_code == 404
    time_machine.move_to(NOW + dt.timedelta(hours=48), tick=False)
    expired = Client().get(used)
    assert expired.status_code == 410
    assert "Renvoyer le lien" in words(expired)
    Client().post(used, {"renvoyer": "1"})
    assert link() != used
    fresh = link()
    Client().post(fresh)
    again = Client().post(fresh, follow=True)
    assert again.status_code == 410
    assert User.objects.count() == Demarche.objects.count() == 1


def test_a_link_of_one_way_does_nothing_on_another(client: Client) -> None:
    walk(client)
    token = link().split("/")[2]
    assert client.post(f"/activer/{token}/").status_code == 404
    assert not User.objects.exists()


def test_an_address_that_has_an_account_gets_the_same_page_and_its_owner_is_told(client: Client) -> None:
    owner = make_user("owner")
    pages = []
    for email in ("ines@example.org", owner.email):
        browser = Client()
        walk(browser, contact=CONTACT | {"email": email, "email_again": email})
        pages.append(words(browser.get(step("courriel-envoye"))).replace(email, "").split("<main")[1].split("csrf")[0])
    assert pages[0] == pages[1]
    told = Outgoing.objects.get(address=owner.email)
    assert told.subject == "Vous avez déjà un compte"
    assert "confirmer-ma-demande" not in told.text
    assert User.objects.count() == 1


def test_a_user_name_taken_meanwhile_is_asked_again_and_the_link_still_works(client: Client) -> None:
    walk(client)
    make_user("INES.laurent")
    page = words(client.post(link()))
    assert "déjà pris" in page
    client.post(link(), {"username": "ines.laurent2"})
    assert Demarche.objects.get().asked_by == User.objects.get(username="ines.laurent2")


def test_sent_twice_it_is_one_mail_and_pressed_twice_one_request(client: Client) -> None:
    walk(client)
    client.post(step("recapitulatif"))
    assert Outgoing.objects.count() == 1
    pressed = link()
    for _ in range(2):
        client.post(pressed)
    assert (User.objects.count(), Demarche.objects.count()) == (1, 1)


def test_what_nobody_confirmed_is_deleted_and_what_waits_for_an_agent_never(client: Client) -> None:
    walk(client)
    other = Client()
    walk(other, contact=CONTACT | {"email": "b@example.org", "email_again": "b@example.org"})
    make_user("ines.laurent")  # the second is confirmed under another name
    Client().post(link(), {"username": "b.laurent"})
    clear_expired(now=NOW + dt.timedelta(days=400))
    assert User.objects.filter(username="b.laurent").exists()
    assert Demarche.objects.filter(state="sent").count() == 1
    assert not Registration.objects.exists()
    assert not MailedLink.objects.filter(used_at=None, expires_at__gt=NOW + dt.timedelta(days=400)).exists()
