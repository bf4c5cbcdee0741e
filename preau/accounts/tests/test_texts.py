"""Publishing texts: written, read again, published once; who accepted what is shown and exported."""

import csv
import datetime as dt
import io
from urllib.parse import quote

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext

from preau.accounts.choices import Capability
from preau.accounts.conditions import accept
from preau.accounts.models import User
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.journal.models import Entry
from preau.town.actions import TextMoved, publish_text
from preau.town.models import Text
from preau.town.testing import make_service, make_text, make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
TEXTS, TERMS = "/mairie/textes/", "/mairie/textes/terms/"
WRITE, WHO, EXPORT = f"{TERMS}nouvelle-version/", f"{TERMS}1/", f"{TERMS}1/exporter/"
GIVEN = {"title": "Conditions", "body": "## Règles\r\n\r\n- Lire.", "changes": "Une liste.", "after": "1"}


@pytest.fixture
def claire(client) -> User:
    """An agent who publishes, on the whole town, and has just shown who she is."""
    make_town()
    agent = make_agent(Capability.PUBLISH_TEXTS)
    sign_in(client, agent)
    return agent


@pytest.fixture
def terms() -> Text:
    return make_text("terms", title="Conditions")


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def versions() -> list[int]:
    return list(Text.objects.filter(code="terms").order_by("version").values_list("version", flat=True))


def test_the_list_tells_every_text_and_its_version_in_force(client, claire, terms) -> None:
    page = words(client.get(TEXTS))
    for text in ("Conditions d’utilisation", "Mentions légales", "Pas publié", "Fichier de la commune"):
        assert text in page
    assert 'aria-current="page">' in page


def test_a_version_is_read_again_before_it_is_published(client, claire, terms) -> None:
    make_user()
    page = words(client.post(WRITE, GIVEN | {"step": "preview"}))
    assert "Relire avant de publier" in page
    assert "<h2>Règles</h2>" in page
    assert "Un parent devra y répondre" in page
    assert versions() == [1]
    assert "- Lire." in words(client.post(WRITE, GIVEN | {"step": "edit"}))
    answer = client.post(WRITE, GIVEN | {"step": "publish"})
    assert answer["Location"] == TERMS
    new = Text.objects.get(version=2)
    assert (new.title, new.body, new.changes) == ("Conditions", "## Règles\n\n- Lire.", "Une liste.")
    assert new.published_by == "Samira Benali"
    assert "Samira Benali" in words(client.get(TERMS))
    assert Entry.objects.filter(action="town.text_published", actor=claire.journal_name, subject="terms 2").exists()


def test_a_text_is_published_for_the_first_time(client, claire) -> None:
    assert "Ce qui change" not in words(client.get(WRITE))
    client.post(WRITE, GIVEN | {"after": "0", "step": "publish"})
    assert versions() == [1]


def test_a_second_click_publishes_nothing_more(client, claire, terms) -> None:
    for _ in range(2):
        assert client.post(WRITE, GIVEN | {"step": "publish"})["Location"] == TERMS
    assert versions() == [1, 2]


def test_of_two_agents_at_once_the_second_reads_the_first(client, claire, terms) -> None:
    client.post(WRITE, GIVEN | {"step": "publish"})
    page = words(client.post(WRITE, GIVEN | {"body": "Tout autre chose.", "step": "publish"}))
    assert "La version 2 vient d’être publiée" in page
    assert "Tout autre chose." in page
    assert versions() == [1, 2]
    client.post(WRITE, GIVEN | {"body": "Tout autre chose.", "after": "2", "step": "publish"})
    assert versions() == [1, 2, 3]


def test_the_action_refuses_words_written_after_another_version(terms) -> None:
    with pytest.raises(TextMoved):
        publish_text(code="terms", title="Conditions", body="Neuf.", after=0, by=None, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"body": ""}, "Remplissez « Texte »"),
        ({"title": " "}, "Remplissez « Titre »"),
        ({"changes": ""}, "Remplissez « Ce qui change »"),
        ({"body": "Voici les règles."}, "C’est le texte de la version 1"),
        ({"after": "x"}, "Écrivez un nombre entier"),
    ],
)
@pytest.mark.parametrize("step", ["preview", "publish"])
def test_nothing_is_published_when_something_is_missing(client, claire, terms, wrong, said, step) -> None:
    assert said in words(client.post(WRITE, GIVEN | wrong | {"step": step}))
    assert versions() == [1]


def test_an_agent_shows_again_who_they_are_before_publishing_and_exporting(client, claire, terms) -> None:
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= 16 * 60
    session.save()
    for page in (WRITE, EXPORT):
        assert client.get(page)["Location"] == f"/mon-compte/confirmer/?next={quote(page)}"
    client.post(WRITE, GIVEN | {"step": "publish"})
    assert versions() == [1]
    assert client.get(TEXTS).status_code == 200


@pytest.mark.parametrize("page", [TEXTS, TERMS, WRITE, WHO, EXPORT])
def test_without_the_capability_there_is_no_such_page(client, terms, page) -> None:
    make_town()
    sign_in(client, make_agent(Capability.HANDLE_REQUESTS))
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("page", [WHO, EXPORT])
def test_who_accepted_is_told_to_those_alone_who_publish_for_the_whole_town(client, terms, page) -> None:
    make_town()
    sign_in(client, make_agent(Capability.PUBLISH_TEXTS, service=make_service("sports")))
    assert client.get(page).status_code == 404
    assert WHO not in words(client.get(TERMS))


@pytest.mark.parametrize("page", [f"{TEXTS}inconnu/", f"{TEXTS}legal/1/", f"{TERMS}99/", f"{TERMS}{'9' * 30}/"])
def test_what_was_never_published_has_no_page(client, claire, terms, page) -> None:
    make_text("legal")
    assert client.get(page).status_code == 404


def make_people(terms: Text, last: int, *, first: int = 0) -> None:
    for number in range(first, last):
        accept(make_user(f"parent-{number}", last_name=f"Nom{number:02}"), [terms], now=NOW)


def test_who_accepted_is_listed_searched_and_paged(client, claire, terms, django_assert_num_queries) -> None:
    make_people(terms, 3)
    with CaptureQueriesContext(connection) as few:
        client.get(WHO)
    make_people(terms, 60, first=3)
    with django_assert_num_queries(len(few)):
        page = words(client.get(WHO))
    assert "60 personnes" in page
    assert "Nom00" not in page
    assert "Nom00" in words(client.get(f"{WHO}?page=2"))
    found = words(client.get(f"{WHO}?q=nom07 zoé"))
    assert "Une personne" in found
    assert "parent-7@example.org" in found
    assert "Personne ne correspond" in words(client.get(f"{WHO}?q=absent"))


def test_a_text_tells_how_many_have_still_to_answer(client, claire, terms) -> None:
    make_people(terms, 2)
    make_user()
    page = words(client.get(TERMS))
    assert "Un parent doit encore répondre à la version 1" in page


def test_the_export_is_a_harmless_spreadsheet_which_the_journal_keeps(client, claire, terms) -> None:
    make_people(terms, 2)
    User.objects.filter(username="parent-0").update(last_name='=HYPERLINK("x")')
    answer = client.get(EXPORT)
    assert answer["Content-Disposition"].startswith('attachment; filename="acceptations-conditions-version-1-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[1] == [
        *("Nom01", "Zoé", "parent-1", "parent-1@example.org", "Conditions", "1", "09/11/2026", "10\u00a0h", "en ligne")
    ]
    assert rows[2][0] == '\'=HYPERLINK("x")'
    entry = Entry.objects.get(action="accounts.acceptances_exported")
    assert (entry.actor, entry.subject, entry.facts) == (
        claire.journal_name,
        "terms 1",
        {"rows": 2, "is_filtered": False},
    )


def test_no_page_changes_a_published_version(client, claire, terms) -> None:
    before = Text.objects.filter(pk=terms.pk).values().get()
    for step in ("preview", "edit", "publish"):
        client.post(WRITE, GIVEN | {"step": step, "version": "1", "pk": str(terms.pk)})
    for page in (TERMS, WHO, EXPORT, "/textes/terms/1/"):
        assert client.post(page, GIVEN).status_code == 405
    assert Text.objects.filter(pk=terms.pk).values().get() == before


def test_an_old_version_can_be_read_by_anyone_and_says_that_it_is_old(client, terms) -> None:
    make_town()
    make_text("terms", "Autres règles.", title="Conditions", changes="Tout.")
    old = words(client.get("/textes/terms/1/"))
    assert "Voici les règles." in old
    assert "Cette version n’est plus en vigueur" in old
    assert "Tout." in words(client.get("/textes/terms/2/"))
    assert client.get("/textes/terms/3/").status_code == 404
