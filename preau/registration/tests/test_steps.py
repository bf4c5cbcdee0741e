"""The five steps: in order, back and forth without loss, nothing made before the link is pressed."""

import datetime as dt
import statistics
import time

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from preau.accounts.hashers import PortalArgon2
from preau.accounts.models import MailedLink, User
from preau.accounts.testing import make_user
from preau.families.models import Adult
from preau.families.testing import make_adult, make_family
from preau.notifications.models import Outgoing
from preau.registration.actions.clearing import clear_expired
from preau.registration.models import Registration
from preau.registration.testing import ABOUT, NEW_PASSWORD, NOW, STEPS, make_code, make_registration, make_text, walk
from preau.town.testing import make_town

FILE = {"number": "1084-3154", "name": "Pinceau", "proof": "agent"}
PAGES = ("mes-informations", "mes-references-dossier", "conditions-d-utilisation", "confidentialite", "recapitulatif")
SENT = f"{STEPS}/courriel-envoye/"


def step(name: str) -> str:
    return f"{STEPS}/{name}/"


def words(response) -> str:
    """The page without what changes each time it is drawn."""
    page: str = response.content.decode()
    return page.replace(str(response.context["csrf_token"]), "").replace("\xa0", " ")


def test_the_first_page_says_how_long_it_takes_and_what_to_have_at_hand(client: Client) -> None:
    page = words(client.get(f"{STEPS}/"))
    assert "cinq minutes" in page
    assert "En haut à droite de votre facture." in page
    assert "code d’activation" in page


def test_a_town_that_does_not_open_this_way_has_no_such_page(client: Client) -> None:
    make_town(ways=["invited"])
    assert {client.get(page).status_code for page in (f"{STEPS}/", step("mes-informations"))} == {404}


def test_who_is_signed_in_goes_to_their_own_space(client: Client) -> None:
    client.force_login(make_user())
    assert client.get(step("mes-informations")).headers["Location"] == "/arrivee/"


@pytest.mark.parametrize("page", PAGES[1:])
def test_a_step_cannot_be_skipped_by_its_address(client: Client, page: str) -> None:
    for send in (client.get, client.post):
        assert send(step(page)).headers["Location"] == step("mes-informations")
    client.post(step("mes-informations"), ABOUT)
    expected = 200 if page == PAGES[1] else 302
    assert client.get(step(page)).status_code == expected
    client.post(step("recapitulatif"))
    assert not Outgoing.objects.exists()


def test_one_goes_back_and_forth_without_loss(client: Client) -> None:
    walk(client, file=FILE, submit=False)
    page = client.get(step("mes-informations"))
    assert page.context["form"].initial["email_again"] == "zoe@example.org"
    unchanged = ABOUT | {"last_name": "Dupré", "password": "", "password_again": ""}
    assert client.post(step("mes-informations"), unchanged).headers["Location"] == step("recapitulatif")
    recap = words(client.get(step("recapitulatif")))
    assert all(word in recap for word in ("Dupré", "1084-3154", "Vérification par un agent", "Acceptées le"))
    assert check_password(NEW_PASSWORD, Registration.objects.get().password)


def test_a_code_typed_stays_until_another_is_typed(client: Client) -> None:
    client.post(step("mes-informations"), ABOUT)
    by_code = FILE | {"proof": "code", "code": "K7PM2 WXQ4T"}
    client.post(step("mes-references-dossier"), by_code)
    kept = Registration.objects.get().proof_digest
    assert kept
    client.post(step("mes-references-dossier"), by_code | {"code": "", "name": "Dupré"})
    assert Registration.objects.get().proof_digest == kept
    client.post(step("mes-references-dossier"), FILE)
    assert Registration.objects.get().proof_digest == ""


def test_neither_the_password_nor_the_code_is_kept_or_shown(client: Client) -> None:
    client.post(step("mes-informations"), ABOUT)
    client.post(step("mes-references-dossier"), FILE | {"proof": "code", "code": "K7PM2 WXQ4T"})
    kept = repr(list(Registration.objects.values()))
    pages = "".join(words(client.get(step(page))) for page in PAGES[:2])
    for secret in (NEW_PASSWORD, "K7PM2"):
        assert secret not in kept
        assert secret not in pages


def test_what_is_wrong_is_said_beside_each_field(client: Client) -> None:
    wrong = {"last_name": "Pinceau.example.org", "first_name": "", "email": "zoe@", "username": "a b"}
    page = words(
        client.post(step("mes-informations"), ABOUT | wrong | {"password": "court", "password_again": "autre"})
    )
    assert "<title>Erreur : " in page
    for text in (
        "Écrivez des lettres seulement",
        "Remplissez « Prénom »",
        "Écrivez une adresse e-mail complète",
        "sans espace",
        "Écrivez deux fois le même mot de passe",
    ):
        assert text in page
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "name", ["Zoé", "Jean-Luc", "N’Guyen", "O'Neil", "de La Tour", "St. Jean", "Élise Marie", "李"]
)
def test_names_of_all_kinds_are_names(client: Client, name: str) -> None:
    client.post(step("mes-informations"), ABOUT | {"last_name": name})
    assert Registration.objects.get().last_name == name


@pytest.mark.parametrize("name", ["http://x.fr", "gagnez.com", "Zoé <b>", "0600000000", "Zoé\nBcc", "!"])
def test_what_would_make_a_mail_of_ours_say_something_else_is_no_name(client: Client, name: str) -> None:
    client.post(step("mes-informations"), ABOUT | {"first_name": name})
    assert not Registration.objects.exists()


@pytest.mark.parametrize("page", PAGES[2:4])
def test_a_text_that_is_not_accepted_holds_the_registration(client: Client, page: str) -> None:
    walk(client, file=FILE, submit=False)
    Registration.objects.update(terms_at=None, privacy_at=None)
    if page == PAGES[3]:
        Registration.objects.update(terms_at=NOW)
    assert "Cochez la case pour accepter" in words(client.post(step(page), {"version": 0}))
    assert client.get(step("recapitulatif")).headers["Location"] == step(page)


def test_a_version_that_changed_meanwhile_is_read_again(client: Client) -> None:
    make_text("terms", 1)
    walk(client, file=FILE, submit=False)
    Registration.objects.update(terms_at=None, terms=None)
    second = make_text("terms", 2)
    answer = client.post(step("conditions-d-utilisation"), {"accepted": "on", "version": 1}, follow=True)
    assert "Ce texte vient de changer" in words(answer)
    client.post(step("conditions-d-utilisation"), {"accepted": "on", "version": 2})
    assert Registration.objects.get().terms == second


def test_refusing_cancels_the_registration_and_says_so(client: Client) -> None:
    walk(client, file=FILE, submit=False)
    answer = client.post(f"{STEPS}/annuler/", follow=True)
    assert "Votre inscription est annulée" in words(answer)
    assert not Registration.objects.exists()
    assert client.get(step("recapitulatif")).headers["Location"] == step("mes-informations")


def test_nothing_is_made_or_attached_before_the_link_is_pressed(client: Client) -> None:
    adult = make_adult(make_family(number="1084-3154"), signs_in=False)
    walk(client, file=FILE | {"proof": "code", "code": make_code(adult)})
    assert not User.objects.exists()
    assert Adult.objects.get().user is None
    assert MailedLink.objects.count() == Outgoing.objects.count() == 1


def test_two_tabs_and_a_second_submission_do_no_harm(client: Client) -> None:
    walk(client, file=FILE)
    for _ in range(2):
        assert client.post(step("recapitulatif")).headers["Location"] == SENT
    assert Outgoing.objects.count() == 1
    assert client.get(step("recapitulatif")).headers["Location"] == SENT


def test_the_mail_says_until_when_and_no_password(client: Client) -> None:
    make_town(link_hours={"five_steps": 24})
    walk(client, file=FILE)
    mail = Outgoing.objects.get()
    assert mail.subject == "Activez votre compte"
    assert "mardi 10 novembre à 10 h" in mail.text.replace("\xa0", " ")
    assert "z-pinceau" in mail.text
    assert NEW_PASSWORD not in mail.text + mail.html
    assert "24 heures" in words(client.get(SENT))


@pytest.mark.parametrize("wrong", ["", "x", "-1", "\x00", "é'\"<b>%", "1e400", "٣", "a" * 3000, "9" * 30])
def test_what_nobody_wrote_is_met_with_a_page(client: Client, wrong: str) -> None:
    client.post(step("mes-informations"), ABOUT)
    sendings = {"mes-informations": ABOUT, "mes-references-dossier": FILE | {"proof": "code", "code": "K7PM2WXQ4T"}}
    for page, sent in sendings.items():
        for name in sent:
            assert client.post(step(page), sent | {name: wrong}).status_code in (200, 302)
    walk(client, file=FILE, submit=False)
    for page in PAGES[2:4]:
        for answer in ({"accepted": wrong, "version": "0"}, {"accepted": "on", "version": wrong}):
            assert client.post(step(page), answer).status_code in (200, 302)


# The mail


def test_the_mail_is_sent_again_once_a_minute(client: Client, time_machine) -> None:
    walk(client, file=FILE)
    assert "Attendez une minute" in words(client.post(SENT, follow=True))
    time_machine.move_to(NOW + dt.timedelta(minutes=2), tick=False)
    assert "Le courriel est reparti" in words(client.post(SENT, follow=True))
    assert Outgoing.objects.count() == 2
    assert MailedLink.objects.filter(expires_at__gt=NOW + dt.timedelta(minutes=2)).count() == 1


def test_an_address_gets_five_of_our_mails_a_day_at_most() -> None:
    for hour in range(8):
        make_registration(at=NOW + dt.timedelta(hours=hour))
    assert Outgoing.objects.count() == 5


def test_correcting_the_address_closes_the_link_that_left(client: Client) -> None:
    walk(client, file=FILE)
    mended = ABOUT | {"email": "z@example.org", "email_again": "z@example.org"}
    assert client.post(step("mes-informations"), mended).headers["Location"] == step("recapitulatif")
    assert not MailedLink.objects.filter(expires_at__gt=NOW).exists()
    client.post(step("recapitulatif"))
    assert list(Outgoing.objects.order_by("pk").values_list("address", flat=True)) == [
        "zoe@example.org",
        "z@example.org",
    ]


def test_a_known_address_gets_word_of_it_and_nothing_else_happens(client: Client) -> None:
    owner = make_user("someone")
    about = ABOUT | {"email": owner.email.upper(), "email_again": owner.email.upper()}
    walk(client, about=about, file=FILE)
    mail = Outgoing.objects.get()
    assert (mail.address, mail.subject) == (owner.email, "Vous avez déjà un compte")
    assert "/activer/" not in mail.text + mail.html


# The same for everybody


def count_hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one with each hash."""
    hashes: list[str] = []
    real = PortalArgon2.encode

    def counted(hasher: PortalArgon2, password: str, salt: str) -> str:
        hashes.append(salt)
        return real(hasher, password, salt)

    monkeypatch.setattr(PortalArgon2, "encode", counted)
    return hashes


def about_to_submit(client: Client, *, email: str, number: str, code: str) -> None:
    """A browser whose five steps are done."""
    registration = make_registration(email=email, number=number, code=code)
    Registration.objects.filter(pk=registration.pk).update(submitted_at=None, mailed_at=None)
    session = client.session
    session["registration"] = registration.code
    session.save()


def test_two_hundred_answers_are_the_same_whatever_is_true(monkeypatch) -> None:
    """Known and unknown file, code, address, interleaved: the same bytes, queries, hashes. Times are only printed."""
    owner = make_user("z-pinceau")
    code = make_code(make_adult(make_family(number="1084-3154"), signs_in=False))
    hashes = count_hashes(monkeypatch)
    known = {"email": owner.email, "number": "1084-3154", "code": code}
    unknown = {"email": "a-pinceau@example.org", "number": "9999-9999", "code": "0000000000"}
    seen: set[tuple[object, ...]] = set()
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for turn in range(200):
        name, facts = ("known", known) if turn % 2 else ("unknown", unknown)
        client = Client(REMOTE_ADDR=f"10.0.{turn}.1")  # allauth counts submissions by network
        about_to_submit(client, **facts)
        hashes.clear()
        with CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            answer = client.post(step("recapitulatif"))
            times[name].append(time.perf_counter() - began)
        asked = [query["sql"].split(" ", 1)[0] for query in queries]  # now: the next request forgets them
        page = words(client.get(SENT)).replace(facts["email"], "")
        seen.add((answer.status_code, answer.headers["Location"], page, tuple(asked), len(hashes)))
        Registration.objects.all().delete()
    print({name: f"{statistics.median(taken) * 1000:.2f} ms" for name, taken in times.items()})  # noqa: T201
    assert len(seen) == 1
    assert asked.count("INSERT") == 2
    assert hashes == []


def test_the_password_is_hashed_once_whether_the_address_is_known_or_not(client: Client, monkeypatch) -> None:
    make_user("z-pinceau")
    hashes = count_hashes(monkeypatch)
    for turn, email in enumerate(("z-pinceau@example.org", "new@example.org"), 1):
        Client().post(step("mes-informations"), ABOUT | {"email": email, "email_again": email})
        assert len(hashes) == turn


# What is over


def test_registrations_never_confirmed_are_deleted_after_their_delay() -> None:
    family = make_family()
    draft = Registration.objects.create(created_at=NOW, expires_at=NOW + dt.timedelta(hours=1))
    sent = make_registration()
    assert clear_expired(now=NOW + dt.timedelta(hours=2)) == 1
    assert list(Registration.objects.all()) == [sent]
    assert draft.pk != sent.pk
    clear_expired(now=NOW + dt.timedelta(days=10, minutes=1))
    assert not Registration.objects.exists()
    family.refresh_from_db()
