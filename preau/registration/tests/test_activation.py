"""Pressing the link: the account exists, and whether the file is linked is told by mail."""

import datetime as dt

import pytest
from django.test import Client

from preau.accounts.actions import EmailTaken
from preau.accounts.choices import LinkPurpose
from preau.accounts.links import find_link, make_link
from preau.accounts.models import Acceptance, MailedLink, User
from preau.accounts.testing import PASSWORD, make_user
from preau.demarches.models import Demarche
from preau.families.models import Adult, Family
from preau.families.testing import make_adult, make_family
from preau.notifications.models import Outgoing
from preau.registration.actions.activating import LinkIsOver, activate
from preau.registration.actions.clearing import clear_expired
from preau.registration.actions.drafting import send_link_again
from preau.registration.models import ActivationCode, Registration
from preau.registration.testing import NOW, make_code, make_registration, make_text, walk
from preau.town.testing import make_town

HOUR = dt.timedelta(hours=1)


def token_mailed(place: int = -1) -> str:
    """The token in the latest mail that has a link, or in another."""
    texts = Outgoing.objects.order_by("pk").values_list("text", flat=True)
    return [text.split("/activer/")[1].split("/")[0] for text in texts if "/activer/" in text][place]


def page_of(token: str) -> str:
    return f"/activer/{token}/"


def words(response) -> str:
    return str(response.content.decode().replace("\xa0", " "))


def press(client: Client, token: str | None = None, **data: str):
    return client.post(page_of(token or token_mailed()), data)


@pytest.fixture
def family() -> Family:
    return make_family(number="1084-3154")


@pytest.fixture
def adult(family: Family) -> Adult:
    return make_adult(family, signs_in=False)


def subjects() -> list[str]:
    return list(Outgoing.objects.order_by("pk").values_list("subject", flat=True))


# The link


def test_opening_the_link_shows_a_page_and_activates_nothing(client: Client) -> None:
    make_registration()
    for _ in range(3):
        page = client.get(page_of(token_mailed()))
        assert page.status_code == 200
        assert "Bonjour Zoé" in words(page)
    assert client.head(page_of(token_mailed())).status_code == 200
    assert not User.objects.exists()


def test_pressing_the_button_opens_the_account_with_what_was_accepted(client: Client) -> None:
    terms, privacy = make_text("terms", 3), make_text("privacy", 2)
    registration = make_registration()
    Registration.objects.filter(pk=registration.pk).update(terms=terms, privacy=privacy)
    make_text("terms", 4)
    assert press(client).headers["Location"] == "/connexion/"
    user = User.objects.get()
    assert (user.username, user.email, user.is_admitted) == ("z-pinceau", "zoe@example.org", False)
    assert user.check_password(PASSWORD)
    assert set(Acceptance.objects.values_list("text", flat=True)) == {terms.pk, privacy.pk}
    assert Registration.objects.get().password == ""


def test_the_browser_of_the_five_steps_is_signed_in_and_another_is_not(client: Client) -> None:
    walk(client, file={"number": "1", "name": "Pinceau", "proof": "code", "code": "K7PM2WXQ4T"})
    assert press(client).headers["Location"] == "/arrivee/"
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)
    stranger = Client()
    make_registration(email="other@example.org", username="other")
    assert press(stranger).headers["Location"] == "/connexion/"
    assert "_auth_user_id" not in stranger.session


def test_a_link_is_pressed_once(client: Client) -> None:
    make_registration()
    token = token_mailed()
    press(client, token)
    for answer in (client.get(page_of(token)), press(client, token)):
        assert answer.status_code == 410
        assert "Ce lien a déjà servi" in words(answer)
    assert User.objects.count() == 1


def test_a_used_link_leads_whoever_is_signed_in_to_their_space(client: Client) -> None:
    make_registration()
    press(client)
    client.force_login(User.objects.get())
    page = words(client.get(page_of(token_mailed())))
    assert "Aller à mon espace" in page
    assert "Créer mon compte" not in page


def test_a_foreign_link_says_what_to_do(client: Client) -> None:
    make_registration()
    invitation = make_link(LinkPurpose.INVITATION, hours=1, now=NOW)
    for token in ("x" * 32, invitation):
        answer = client.get(page_of(token))
        assert answer.status_code == 404
        assert "Ce lien n’est pas complet" in words(answer)
    assert press(client, "x" * 32).status_code == 404


def test_an_expired_link_is_sent_again_from_its_page(client: Client, time_machine) -> None:
    make_registration()
    old = token_mailed()
    time_machine.move_to(NOW + 73 * HOUR, tick=False)
    assert press(client, old).status_code == 410
    assert "Renvoyer le lien" in words(client.get(page_of(old)))
    assert "Un nouveau lien vous a été envoyé" in words(client.post(page_of(old), {"renvoyer": "1"}))
    assert "Attendez une minute" in words(client.post(page_of(old), {"renvoyer": "1"}))
    assert press(client).headers["Location"] == "/connexion/"


def test_after_a_week_an_expired_link_only_says_how_to_begin_again(client: Client, time_machine) -> None:
    make_registration()
    time_machine.move_to(NOW + dt.timedelta(days=11), tick=False)
    clear_expired(now=NOW + dt.timedelta(days=11))
    page = words(client.get(page_of(token_mailed())))
    assert "Renvoyer le lien" not in page
    assert "Créer mon compte" in page
    assert "Renvoyer le lien" not in words(client.post(page_of(token_mailed()), {"renvoyer": "1"}))


def test_a_link_sent_before_another_no_longer_works(client: Client, time_machine) -> None:
    registration = make_registration()
    first = token_mailed()
    time_machine.move_to(NOW + HOUR, tick=False)
    assert send_link_again(registration=registration, now=NOW + HOUR)
    assert press(client, first).status_code == 410
    assert not User.objects.exists()


def test_asking_for_another_link_never_activates(client: Client) -> None:
    make_registration()
    press(client, renvoyer="1")
    assert not User.objects.exists()
    assert Outgoing.objects.count() == 1


# Names and addresses taken meanwhile


def test_a_user_name_taken_meanwhile_is_chosen_again_on_the_page(client: Client) -> None:
    make_registration()
    make_user("Z-Pinceau")
    answer = press(client)
    assert "déjà pris" in words(answer)
    assert "sans espace" in words(press(client, username="a b"))
    press(client, username="z-pinceau2")
    assert User.objects.filter(username="z-pinceau2").exists()


def test_of_two_registrations_with_one_address_the_first_pressed_is_the_account(client: Client) -> None:
    make_registration()
    make_registration(username="other")
    press(client, token_mailed(0))
    answer = press(client, token_mailed(1))
    assert answer.status_code == 409
    assert "Vous avez déjà un compte" in words(answer)
    assert User.objects.count() == 1


def test_an_address_taken_leaves_the_link_as_it_was() -> None:
    make_registration()
    make_user("someone")
    User.objects.update(email="zoe@example.org")
    link = find_link(token_mailed(), LinkPurpose.ACTIVATION)
    assert link is not None
    with pytest.raises(EmailTaken):
        activate(link=link, username="z-pinceau", address="127.0.0.1", now=NOW)
    assert MailedLink.objects.get(pk=link.pk).used_at is None


def test_the_link_of_a_registration_reopened_activates_nothing() -> None:
    registration = make_registration()
    link = find_link(token_mailed(), LinkPurpose.ACTIVATION)
    assert link is not None
    Registration.objects.filter(pk=registration.pk).update(submitted_at=None)
    with pytest.raises(LinkIsOver):
        activate(link=link, username="z-pinceau", address="127.0.0.1", now=NOW)


# The file


def test_the_code_of_the_letter_links_the_file_once(client: Client, family: Family, adult: Adult) -> None:
    code = make_code(adult)
    make_registration(number="1084 3154", name="PINCEAU", code=f"{code[:5].lower()} {code[5:]}")
    press(client)
    adult.refresh_from_db()
    assert adult.user == User.objects.get()
    assert User.objects.get().is_admitted
    assert ActivationCode.objects.get().used_at == NOW
    assert "Votre compte est relié à votre dossier" in subjects()
    assert not Registration.objects.exists()


def test_holders_of_the_household_are_told(client: Client, family: Family, adult: Adult) -> None:
    malik = make_adult(family, first_name="Malik")
    assert malik.user is not None
    make_registration(code=make_code(adult))
    press(client)
    assert Outgoing.objects.filter(address=malik.user.email, template="families/mail/account_linked").count() == 1


@pytest.mark.parametrize(
    "wrong", [{"number": "9999"}, {"name": "Martin"}, {"code": "0000000000"}, {"proof": "contact", "code": ""}]
)
def test_whatever_is_wrong_nothing_is_linked(client: Client, adult: Adult, wrong: dict[str, str]) -> None:
    make_registration(**{"code": make_code(adult)} | wrong)  # type: ignore[arg-type]
    press(client)
    adult.refresh_from_db()
    assert adult.user is None
    assert not User.objects.get().is_admitted
    assert ActivationCode.objects.get().used_at is None


@pytest.mark.parametrize("wrong", [{"number": "9999"}, {"name": "Martin"}, {"code": "0000000000"}])
def test_the_mail_does_not_say_what_was_wrong(client: Client, adult: Adult, wrong: dict[str, str]) -> None:
    make_registration(**{"code": make_code(adult)} | wrong)  # type: ignore[arg-type]
    press(client)
    mail = Outgoing.objects.order_by("pk").last()
    assert mail is not None
    assert mail.subject == "Nous n’avons pas pu vérifier votre dossier"
    assert "/relier-mon-dossier/" in mail.text


def test_an_address_that_the_file_knows_is_proof_once_it_has_answered(client: Client, adult: Adult) -> None:
    Adult.objects.update(email="Zoe@example.org")
    make_registration(proof="contact")
    press(client)
    assert User.objects.get().is_admitted
    assert not ActivationCode.objects.exists()


def test_a_code_goes_to_the_address_that_the_file_knows_which_nobody_is_shown(client: Client, adult: Adult) -> None:
    Adult.objects.update(email="known@example.net")
    make_registration(proof="contact")
    press(client)
    to_adult = Outgoing.objects.get(address="known@example.net")
    assert "code d’activation" in to_adult.subject
    others = "".join(mail.text + mail.html for mail in Outgoing.objects.exclude(pk=to_adult.pk))
    assert "known@example.net" not in others
    assert not User.objects.get().is_admitted


def test_the_same_mail_is_sent_when_the_file_knows_no_such_person(client: Client, adult: Adult) -> None:
    told = []
    for number, email in (("1084-3154", "known@example.net"), ("9999", "")):
        User.objects.all().delete()
        Outgoing.objects.all().delete()
        Adult.objects.update(email=email)
        make_registration(proof="contact", number=number)
        press(client)
        mail = Outgoing.objects.get(template="registration/mail/code_awaited")
        told.append((mail.subject, mail.text, mail.html))
    assert told[0] == told[1]


def test_an_agent_is_asked(client: Client, adult: Adult) -> None:
    make_registration(proof="agent")
    press(client)
    demarche = Demarche.objects.get()
    assert demarche.asked_by == User.objects.get()
    assert "1084-3154" in demarche.summary
    assert "Un agent vérifie votre dossier" in subjects()


def test_a_town_without_proofs_asks_for_number_name_and_own_name(client: Client, adult: Adult) -> None:
    make_town(proofs=[])
    make_registration(proof="", first_name="Paul", username="paul", email="paul@example.org")
    press(client)
    assert not User.objects.get().is_admitted
    make_registration(proof="")
    press(client)
    assert User.objects.get(username="z-pinceau").is_admitted


def test_an_adult_with_an_account_is_not_given_to_another(client: Client, family: Family) -> None:
    taken = make_adult(family)
    owner = taken.user
    make_town(proofs=[])
    make_registration(proof="")
    press(client)
    taken.refresh_from_db()
    assert taken.user == owner


def test_a_sample_of_guesses_through_the_portal_attaches_nothing(adult: Adult) -> None:
    """Number and names all right, codes guessed; the first file is right and some others exist."""
    make_code(adult)
    for turn in range(60):
        proof = ("code", "contact", "agent")[turn % 3]
        make_registration(
            proof=proof,
            code=f"{turn:010d}" if proof == "code" else "",
            email=f"guess{turn}@example.org",
            username=f"guess{turn}",
        )
        press(Client(REMOTE_ADDR=f"10.0.{turn}.1"))
    adult.refresh_from_db()
    assert adult.user is None
    assert not User.objects.filter(is_admitted=True).exists()
    assert "Votre compte est relié à votre dossier" not in subjects()
