"""« Mes documents »: what a parent sees, gives, keeps and takes back; what the other parent never sees."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from preau.accounts.testing import confirm, sign_in
from preau.core.testing import picture, sent
from preau.documents.choices import Holder, Sensitivity, Stage
from preau.documents.forms import FilesField
from preau.documents.models import OwnDocument, SupportingDocument
from preau.documents.permissions import documents_visible_to
from preau.documents.queries import needs_of, required_documents, served_by
from preau.documents.testing import AT, make_document, make_kind, make_own, make_town_document, paper
from preau.documents.tests.conftest import Home, user_of
from preau.families.choices import Situation
from preau.families.models import Adult
from preau.families.queries import with_schooling
from preau.families.testing import make_adult, make_bond, make_child, make_family

pytestmark = pytest.mark.django_db

PAGE, GIVE = "/dossier/documents/", "/dossier/documents/deposer/"
TODAY = AT.date()
REQUIRED = [{"stage": Stage.BEFORE_FIRST_DAY}]


@pytest.fixture
def zoe(client: Client, home: Home) -> Client:
    sign_in(client, home.user)
    return client


def client_of(user: Any) -> Client:
    other = Client()
    sign_in(other, user)
    return other


def text(client: Client, path: str = PAGE) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_owed_is_said_with_its_link_and_gone_once_given(zoe: Client, home: Home) -> None:
    kind = make_kind("assurance", label="Assurance", holder=Holder.CHILD, required=REQUIRED)
    assert f"/dossier/documents/deposer/?piece=assurance&amp;pour={home.nora.code}" in text(zoe)
    make_document(kind, home.nora, home.family, by=home.user)
    shown = text(zoe)
    assert "Rien à fournir pour le moment" in shown
    assert "En cours de lecture" in shown


def test_an_optional_document_says_what_leaving_it_out_costs(zoe: Client) -> None:
    cost = "Sans lui, le tarif le plus élevé s’applique."
    make_kind("avis", sensitivity=Sensitivity.INCOME, required=[{"stage": Stage.OPTIONAL, "without": cost}])
    shown = text(zoe)
    assert cost in shown
    assert "Un document facultatif" in shown


def test_a_household_without_a_child_owes_nothing_yet_on_this_page_as_on_the_home_page(client: Client) -> None:
    make_kind("livret", required=REQUIRED)
    sign_in(client, user_of(make_adult(make_family())))
    assert "Rien à fournir pour le moment" in text(client)
    assert "Rien à faire" in text(client, "/accueil/")


@pytest.mark.parametrize("where", ["/dossier/a-faire/", "/dossier/?page=1"])
def test_who_gave_a_document_comes_back_to_the_page_that_asked_for_it(zoe: Client, where: str) -> None:
    make_kind("livret", required=REQUIRED)
    asked = zoe.get(f"{GIVE}?piece=livret", headers={"referer": f"http://testserver{where}"}).content.decode()
    assert f'<input type="hidden" name="next" value="{where}">' in asked
    given = zoe.post(f"{GIVE}?piece=livret", {"chosen": [sent(picture())], "next": where})
    assert given.headers["Location"] == where


@pytest.mark.parametrize(
    "where", ["https://ailleurs.example/", "//ailleurs.example/", "/connexion/", "/mairie/demandes/", GIVE, "/rien"]
)
def test_who_gave_a_document_is_led_to_no_page_but_those_of_families(zoe: Client, where: str) -> None:
    make_kind("livret", required=REQUIRED)
    page = where if "//" in where else f"http://testserver{where}"
    asked = zoe.get(f"{GIVE}?piece=livret", headers={"referer": page}).content.decode()
    assert 'name="next"' not in asked
    given = zoe.post(f"{GIVE}?piece=livret", {"chosen": [sent(picture())], "next": where})
    assert given.headers["Location"] == PAGE


def test_photos_of_several_pages_become_one_document(zoe: Client, home: Home) -> None:
    make_kind()
    photos = [sent(picture((60, 80)), "1.jpg"), sent(picture((60, 80)), "2.jpg")]
    answer = zoe.post(f"{GIVE}?piece=justificatif-de-domicile", {"photos": photos, "chosen": [sent(paper(), "3.pdf")]})
    assert answer.status_code == 302
    document = SupportingDocument.objects.get()
    assert (document.family, document.file.pages) == (home.family, 3)


def test_a_file_sent_twice_is_once_in_my_space(zoe: Client) -> None:
    for title in ("facture.jpg", "facture.jpg", "autre.jpg"):
        zoe.post("/dossier/documents/espace/ajouter/", {"chosen": [sent(picture((60, 80)), title)]})
    assert list(OwnDocument.objects.order_by("title").values_list("title", flat=True)) == ["autre", "facture"]


def test_a_refused_file_is_named_with_what_to_do(zoe: Client) -> None:
    make_kind()
    files = [sent(picture(), "1.jpg"), sent(b"%PDF-1.7 rien", "2.pdf")]
    shown = zoe.post(f"{GIVE}?piece=justificatif-de-domicile", {"chosen": files}).content.decode()
    assert "2.pdf\u00a0: Ce fichier ne peut pas être lu" in shown
    assert not SupportingDocument.objects.exists()


def test_files_are_not_lost_in_silence_when_another_answer_is_wrong(zoe: Client, home: Home) -> None:
    make_kind("assurance", holder=Holder.CHILD)
    make_child(home.family, first_name="Mylis")
    shown = zoe.post(f"{GIVE}?piece=assurance", {"chosen": [sent(picture())]}).content.decode()
    assert "Choisissez à nouveau vos fichiers" in shown


def test_too_many_files_are_not_even_read() -> None:
    with pytest.raises(ValidationError, match="Envoyez 10 fichiers au plus"):
        FilesField().clean([sent(picture())] * 11)


def test_nothing_chosen_is_said_next_to_the_field(zoe: Client) -> None:
    make_kind()
    assert (
        "Prenez une photo, choisissez un fichier" in zoe.post(f"{GIVE}?piece=justificatif-de-domicile").content.decode()
    )


def test_a_file_of_my_space_is_given_in_one_click(zoe: Client, home: Home) -> None:
    make_kind()
    own = make_own(home.zoe)
    assert f"fichier={own.code}" in text(zoe)
    assert zoe.post(f"{GIVE}?piece=justificatif-de-domicile", {"own": own.code}).status_code == 302
    assert SupportingDocument.objects.get().file == own.file


def test_an_unknown_kind_leads_to_the_choice(zoe: Client) -> None:
    make_kind()
    for wrong in ("", "inconnu", "%00", "a" * 300):
        assert "Quel document donnez-vous" in text(zoe, f"{GIVE}?piece={wrong}")


def test_a_document_is_sent_to_be_saved_and_nothing_in_it_runs(zoe: Client, home: Home) -> None:
    document = make_document(make_kind(label="Reçu « été »"), home.family, home.family, by=home.user)
    answer = zoe.get(f"/dossier/documents/pieces/{document.demarche.code}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Re%C3%A7u")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_sensitive_document_asks_for_the_password_again(zoe: Client, home: Home, time_machine) -> None:
    kind = make_kind("pai", holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)
    document = make_document(kind, home.nora, home.family, by=home.user)
    path = f"/dossier/documents/pieces/{document.demarche.code}/"
    time_machine.move_to(AT + dt.timedelta(minutes=20), tick=False)
    assert zoe.get(path).status_code == 302
    confirm(zoe)
    assert zoe.get(path).content.startswith(b"\xff\xd8")


def test_what_nobody_has_read_is_taken_back(zoe: Client, home: Home) -> None:
    document = make_document(make_kind(), home.family, home.family, by=home.user)
    path = f"/dossier/documents/pieces/{document.demarche.code}/retirer/"
    assert "Retirer ce document" in text(zoe, path)
    assert zoe.post(path).status_code == 302
    document.refresh_from_db()
    assert document.state == "withdrawn"


def test_the_other_parent_takes_back_nothing(home: Home) -> None:
    document = make_document(make_kind("carnet", holder=Holder.CHILD), home.nora, home.family, by=home.user)
    path, thomas = f"/dossier/documents/pieces/{document.demarche.code}/", client_of(user_of(home.thomas))
    assert thomas.get(path).status_code == 200
    assert thomas.post(f"{path}retirer/").status_code == 404
    document.refresh_from_db()
    assert document.state == "handed"


def test_who_may_not_write_the_health_of_a_child_gives_no_paper_about_it(zoe: Client, home: Home) -> None:
    make_kind("pai", holder=Holder.CHILD, sensitivity=Sensitivity.HEALTH)
    given = {"chosen": [sent(picture(), "pai.jpg")], "pour": home.nora.code}
    home.zoe.guardianships.update(health=1)
    assert 'name="chosen"' not in zoe.post(f"{GIVE}?piece=pai", given).content.decode()
    assert not SupportingDocument.objects.exists()


def test_my_space_is_seen_by_me_alone(zoe: Client, home: Home) -> None:
    own = make_own(home.zoe, "Carnet secret")
    assert "Carnet secret.jpg" in text(zoe)
    for user in (user_of(home.malik), user_of(home.thomas)):
        other = client_of(user)
        assert "Carnet secret" not in text(other)
        for end in ("", "renommer/", "supprimer/"):
            assert other.get(f"/dossier/documents/espace/{own.code}/{end}").status_code == 404
            assert other.post(f"/dossier/documents/espace/{own.code}/{end}").status_code in (404, 405)
    assert OwnDocument.objects.get().title == "Carnet secret"


def test_a_file_is_added_renamed_and_deleted(zoe: Client) -> None:
    assert (
        zoe.post("/dossier/documents/espace/ajouter/", {"chosen": [sent(paper(), "Avis 2025.pdf")]}).status_code == 302
    )
    own = OwnDocument.objects.get()
    assert own.title == "Avis 2025"
    zoe.post(f"/dossier/documents/espace/{own.code}/renommer/", {"title": "Impôts"})
    assert "Impôts.pdf" in text(zoe)
    zoe.post(f"/dossier/documents/espace/{own.code}/supprimer/")
    assert not OwnDocument.objects.exists()


def test_what_the_town_gives_is_for_the_household(zoe: Client, home: Home) -> None:
    given = make_town_document(home.family, "Certificat")
    path = f"/dossier/documents/mairie/{given.code}/"
    assert zoe.get(path).status_code == 200
    assert client_of(user_of(home.malik)).get(path).status_code == 200
    assert client_of(user_of(home.thomas)).get(path).status_code == 404


# Separated parents


def visible(home: Home, who: str) -> set[str]:
    user = user_of(getattr(home, who))
    return set(documents_visible_to(user, on=TODAY).values_list("kind__code", flat=True))


@pytest.fixture
def given(home: Home) -> None:
    """One of each, given by Zoé."""
    for code, holder, sensitivity in (
        ("assurance", home.nora, Sensitivity.ORDINARY),
        ("pai", home.nora, Sensitivity.HEALTH),
        ("jugement", home.nora, Sensitivity.JUDGMENT),
        ("domicile", home.family, Sensitivity.ORDINARY),
        ("avis", home.family, Sensitivity.INCOME),
        ("identite", home.zoe, Sensitivity.ORDINARY),
    ):
        of = {home.nora: Holder.CHILD, home.family: Holder.FAMILY, home.zoe: Holder.ADULT}[holder]
        make_document(make_kind(code, holder=of, sensitivity=sensitivity), holder, home.family, by=home.user)


@pytest.mark.usefixtures("given")
def test_each_sees_the_papers_of_the_child_and_of_their_own_household(home: Home) -> None:
    assert visible(home, "zoe") == {"assurance", "pai", "jugement", "domicile", "avis", "identite"}
    assert visible(home, "malik") == {"assurance", "pai", "jugement", "domicile", "avis"}
    assert visible(home, "thomas") == {"assurance", "pai"}


@pytest.mark.usefixtures("given")
@pytest.mark.parametrize(
    ("situation", "left"),
    [(Situation.WITHOUT_EXERCISE, {"assurance"}), (Situation.WITHDRAWN, set()), (Situation.ENDED, set())],
)
def test_a_parent_without_the_exercise_or_withdrawn_sees_less(home: Home, situation: Situation, left: set[str]) -> None:
    make_bond(home.thomas, home.nora, situation, starts_on=TODAY)
    assert visible(home, "thomas") == left


def test_whoever_only_sees_gives_nothing_for_the_child(home: Home) -> None:
    make_bond(home.thomas, home.nora, Situation.WITHOUT_EXERCISE, starts_on=TODAY)
    served = served_by(user_of(home.thomas), home.other, on=TODAY)
    assert served.children == []
    assert served_by(home.user, home.family, on=TODAY).children == [home.nora]


def test_the_identity_of_one_adult_is_enough_for_the_household(zoe: Client, home: Home) -> None:
    kind = make_kind("identite", label="Pièce d’identité", holder=Holder.ADULT, required=REQUIRED)
    malik, grandmother = make_adult(home.family, first_name="Malik"), make_adult(home.family, first_name="Rosa")
    Adult.objects.filter(pk=grandmother.pk).update(user=None)
    assert text(zoe).count("Envoyer ce document<") == 1
    make_document(kind, malik, home.family, by=user_of(malik))
    assert "Rien à fournir pour le moment" in text(zoe)


def test_what_one_parent_gave_for_the_child_the_other_does_not_owe(home: Home) -> None:
    kind = make_kind("assurance", holder=Holder.CHILD, required=REQUIRED)
    make_document(kind, home.nora, home.family, by=home.user)
    served = served_by(user_of(home.thomas), home.other, on=TODAY)
    assert [need.standing for need in needs_of(served, {}, on=TODAY)] == ["waiting"]


# Queries


def test_what_is_owed_takes_two_queries_for_one_child_or_six(home: Home, django_assert_num_queries) -> None:
    make_kind("assurance", holder=Holder.CHILD, required=REQUIRED)
    make_kind(required=[{"stage": Stage.BEFORE_BOOKING, "activities": ["judo"]}])
    for count in (1, 6):
        while home.nora.homes.model.objects.filter(family=home.family).count() < count:
            make_child(home.family)
        people = list(home.nora.__class__.objects.filter(homes__family=home.family).prefetch_related(with_schooling()))
        with django_assert_num_queries(2):
            needs = required_documents(
                families=[home.family], participants=people, activities={people[0].pk: frozenset({"judo"})}, on=TODAY
            )
        assert len(needs) == count + 1


def test_the_page_takes_as_many_queries_for_many_documents(
    zoe: Client, home: Home, django_assert_max_num_queries
) -> None:
    def measure() -> int:
        with django_assert_max_num_queries(60) as counted:
            text(zoe)
        return len(counted)

    make_document(make_kind("a"), home.family, home.family, by=home.user)
    make_own(home.zoe)
    make_town_document(home.family)
    before = measure()
    for code in "bcdef":
        make_document(make_kind(code), home.family, home.family, by=home.user)
        make_own(home.zoe)
        make_town_document(home.family)
    assert measure() == before
