"""A form sent after its session ended waits for its owner, who sends it once."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import include, path

from preau.accounts import testing
from preau.accounts.audience import SignedInRequest, signed_in_page
from preau.accounts.fresh import fresh
from preau.accounts.kept_forms import forget_old_forms
from preau.accounts.models import KeptForm, User
from preau.accounts.testing import PASSWORD, confirm, make_agent, make_user
from preau.town.testing import make_town

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

received: list[dict[str, list[str]]] = []
MESSAGE = {"objet": "Cantine", "texte": "Nora ne mange pas jeudi.", "jours": ["lundi", "mardi"]}
NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)


@signed_in_page
def message(request: SignedInRequest) -> HttpResponse:
    if request.POST.get("texte") == "panne":
        raise ZeroDivisionError
    received.append({name: request.POST.getlist(name) for name in request.POST})
    return HttpResponse("reçu")


@signed_in_page
@fresh(minutes=5)
def rights(request: SignedInRequest) -> HttpResponseBase:
    return message(request)


urlpatterns = [path("", include("preau.config.urls")), path("message/", message), path("droits/", rights)]


@pytest.fixture(autouse=True)
def clock(time_machine):
    received.clear()
    make_town()
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def zoe() -> User:
    return make_user("Z-pinceau")


@pytest.fixture
def late(client, zoe, clock):
    """Zoé, whose session ended an hour ago."""
    sign_in(client)
    clock.shift(13 * 3600)
    return client


def sign_in(client: Client, login: str = "Z-pinceau", **more: str):
    return client.post("/connexion/", {"login": login, "password": PASSWORD, **more})


def send(client: Client, **changes):
    return client.post("/message/?sujet=3", MESSAGE | changes)


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def resend(client: Client, **more):
    kept = client.get("/reprise/").context["kept"]
    return client.post(kept.address, {**dict(kept.fields), "saisie_gardee": kept.code, **more})


def test_what_was_typed_is_there_after_signing_in_and_is_sent_once(late) -> None:
    response = send(late)
    assert response.headers["Location"] == "/connexion/?next=/reprise/"
    page = words(late.get(response.headers["Location"]))
    assert "Votre saisie est gardée" in page
    assert 'value="Z-pinceau"' in page
    assert sign_in(late, next="/reprise/").headers["Location"] == "/reprise/"
    page = words(late.get("/reprise/"))
    assert "Nora ne mange pas jeudi." in page
    assert 'action="/message/?sujet=3"' in page
    assert received == []
    assert resend(late).content == "reçu".encode()
    assert [one["texte"] for one in received] == [["Nora ne mange pas jeudi."]]
    assert received[0]["jours"] == ["lundi", "mardi"]
    assert late.get("/reprise/").headers["Location"] == "/arrivee/"


def test_the_page_shows_words_and_neither_ticks_nor_codes(late) -> None:
    send(late, accord="on", enfant="b2cdfghjkm")
    sign_in(late)
    assert late.get("/reprise/").context["typed"] == ["Cantine", "Nora ne mange pas jeudi.", "lundi", "mardi"]


def test_a_day_is_shown_as_it_is_written(late) -> None:
    send(late, jours="2026-11-28")
    sign_in(late)
    assert "28/11/2026" in late.get("/reprise/").context["typed"]


@pytest.mark.parametrize(
    "fields", [{}, {"version": "3"}, {"seen": "c0ffee" * 8}, {"at": "2026-10-19T16:50:11.09+00:00"}]
)
def test_of_a_button_alone_nobody_reads_that_something_was_typed(late, fields) -> None:
    late.post("/message/?sujet=3", fields)
    sign_in(late)
    page = words(late.get("/reprise/"))
    assert "Plus qu’un bouton" in page
    assert "saisie" not in page.replace('name="saisie_gardee"', "")


def test_a_second_click_sends_nothing_twice(late) -> None:
    send(late)
    sign_in(late)
    kept = KeptForm.objects.get()
    again = {"texte": "x", "saisie_gardee": kept.code}
    assert resend(late).status_code == 200
    response = late.post("/message/", again)
    assert response.headers["Location"] == "/arrivee/"
    assert len(received) == 1


def test_a_page_that_fails_lets_it_be_sent_again(late) -> None:
    late.raise_request_exception = False
    send(late, texte="panne")
    sign_in(late)
    assert resend(late).status_code == 500
    assert late.get("/reprise/").status_code == 200


def test_nobody_else_sees_it(late) -> None:
    send(late)
    make_user("leo")
    sign_in(late, "leo", next="/reprise/")
    assert late.get("/reprise/").headers["Location"] == "/arrivee/"
    code = KeptForm.objects.get().code
    late.post("/message/", {"texte": "x", "saisie_gardee": code})
    assert received == []
    assert KeptForm.objects.get().sent_at is None


def test_an_idle_agent_s_form_is_kept_too(client, clock) -> None:
    agent = make_agent()
    testing.sign_in(client, agent)
    clock.shift(16 * 60)
    assert send(client).headers["Location"] == "/connexion/?next=/reprise/"
    testing.sign_in(client, agent)
    resend(client)
    assert len(received) == 1


def test_it_waits_on_another_device_too(late) -> None:
    send(late)
    phone = Client()
    sign_in(phone)
    resend(phone)
    assert len(received) == 1


def test_a_form_of_nobody_is_not_kept(client) -> None:
    response = send(client)
    assert response.headers["Location"] == "/connexion/?next=/arrivee/"
    assert not KeptForm.objects.exists()


def test_signing_out_leaves_nothing_to_be_found(client, zoe) -> None:
    sign_in(client)
    key = client.cookies["preau_session"].value
    client.post("/deconnexion/")
    client.cookies["preau_session"] = key
    send(client)
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("name", ["password", "old_password", "mot_de_passe", "Mot-de-passe", "PASSWORD2", "otp"])
def test_a_form_with_a_secret_is_not_kept(late, name) -> None:
    send(late, **{name: "secret"})
    assert not KeptForm.objects.exists()
    assert "rien n’a été enregistré" in words(late.get("/connexion/"))


def test_files_are_never_kept_and_it_is_said(late) -> None:
    send(late, piece=SimpleUploadedFile("photo.png", b"x" * 10))
    sign_in(late)
    kept = KeptForm.objects.get()
    assert "photo" not in str(kept.fields)
    assert "Le fichier joint n’est pas gardé" in words(late.get("/reprise/"))


@pytest.mark.parametrize("changes", [{"texte": "x" * 70_000}, {f"n{number}": "x" for number in range(1001)}])
def test_what_is_too_long_is_not_kept_and_breaks_nothing(late, changes) -> None:
    assert send(late, **changes).status_code in (302, 400)
    assert not KeptForm.objects.exists()


def test_a_part_of_a_page_is_not_kept(late) -> None:
    response = late.post("/message/", MESSAGE, headers={"hx-request": "true"})
    assert response.headers["HX-Redirect"]
    assert not KeptForm.objects.exists()


def test_a_form_is_kept_a_day(late, clock) -> None:
    send(late)
    clock.shift(24 * 3600)
    sign_in(late)
    assert late.get("/reprise/").status_code == 302
    assert forget_old_forms(now=NOW + dt.timedelta(days=3)) == 1


def test_two_tabs_leave_two_forms(late) -> None:
    late.post("/message/?sujet=1", MESSAGE)
    late.post("/message/?sujet=2", MESSAGE)
    sign_in(late)
    assert [resend(late).status_code, resend(late).status_code] == [200, 200]
    assert len(received) == 2


def test_a_form_may_be_dropped(late) -> None:
    send(late)
    sign_in(late)
    late.post("/reprise/")
    assert not KeptForm.objects.exists()


def test_few_forms_are_kept_and_the_last_of_each_page(late) -> None:
    for number in range(9):
        late.post(f"/message/?sujet={number % 7}", MESSAGE)
    assert KeptForm.objects.count() == 5


def test_once_sent_it_is_emptied(late) -> None:
    send(late)
    sign_in(late)
    resend(late)
    assert KeptForm.objects.get().fields == []


def test_a_form_that_asks_for_a_confirmation_is_sent_after_it(client, clock) -> None:
    testing.sign_in(client, make_agent())
    clock.shift(6 * 60)
    response = client.post("/droits/", MESSAGE)
    assert response.headers["Location"] == "/mon-compte/confirmer/?next=/reprise/"
    confirm(client)
    resend(client)
    assert len(received) == 1
