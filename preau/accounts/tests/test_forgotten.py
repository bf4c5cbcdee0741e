"""A forgotten password: a link by mail to the owner, and nothing said to anybody else."""

import datetime as dt
import re
import statistics
import time

import pytest
from django.test import Client
from django.utils import timezone

from preau.accounts.choices import LinkPurpose, UserKind
from preau.accounts.credentials import answer_password_requests
from preau.accounts.links import make_link
from preau.accounts.models import MailedLink, PasswordRequest, Session, User
from preau.accounts.testing import PASSWORD, make_user
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

FORGOTTEN = "/mot-de-passe-oublie/"
NEW = "girafe sept lampe nuage"


@pytest.fixture
def zoe() -> User:
    make_town()
    return make_user("Z-pinceau")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC), tick=False)
    return time_machine


def ask(client: Client, login: str = "Z-pinceau"):
    return client.post(FORGOTTEN, {"login": login})


def links() -> list[str]:
    """The addresses mailed, oldest first."""
    answer_password_requests(now=timezone.now())
    texts = (
        Outgoing.objects.filter(template="accounts/mail/password_link").order_by("pk").values_list("text", flat=True)
    )
    return [re.findall(r"(/mot-de-passe-oublie/\S+/)", text)[0] for text in texts]


def choose(client: Client, link: str, password: str = NEW):
    return client.post(link, {"password": password, "password_again": password})


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace(str(response.context["csrf_token"]), "")


@pytest.mark.parametrize("login", ["Z-pinceau", "Z-PINCEAU@example.org", " z-pinceau "])
def test_the_owner_receives_a_link_and_chooses_another_password(client, zoe, login) -> None:
    assert "C’est noté" in words(ask(client, login))
    [link] = links()
    assert "Choisir un nouveau mot de passe" in words(client.get(link))
    response = choose(client, link)
    assert response.headers["Location"] == "/connexion/"
    zoe.refresh_from_db()
    assert zoe.check_password(NEW)
    assert "_auth_user_id" not in client.session, "the second factor, when there is one, is asked when signing in"


def test_the_page_says_the_same_whether_the_account_exists(client, zoe) -> None:
    known, unknown = words(ask(client, "Z-pinceau")), words(ask(client, "Q-nobody9"))
    assert known.replace("Z-pinceau", "") == unknown.replace("Q-nobody9", "")


def test_the_page_takes_the_same_time_and_queries(zoe, django_assert_num_queries, clock) -> None:
    """It does the same work: it does not even look for the account."""
    spent: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(40):
        clock.shift(120)
        for kind, login in (("known", "Z-pinceau"), ("unknown", "Q-nobody9")):
            client = Client(REMOTE_ADDR=f"10.1.{number}.1")
            start = time.process_time()
            assert ask(client, login).status_code == 200
            spent[kind].append(time.process_time() - start)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert 0.8 < known / unknown < 1.25
    assert PasswordRequest.objects.count() == 80


def test_nobody_else_is_written_to(client, zoe) -> None:
    ask(client, "nobody@example.org")
    assert links() == []
    assert not Outgoing.objects.exists()


def test_an_account_that_is_closed_or_not_opened_yet_has_no_link(client, zoe) -> None:
    User.objects.create_user("invited", "invited@example.org", kind=UserKind.FAMILY)
    ask(client, "invited")
    User.objects.filter(pk=zoe.pk).update(is_active=False)
    ask(client)
    assert links() == []


def test_an_agent_who_is_a_parent_receives_a_link_for_each_account(client, zoe) -> None:
    make_user("z.pinceau", kind=UserKind.STAFF)
    User.objects.update(email="zoe@example.org")
    ask(client, "zoe@example.org")
    assert len(links()) == 2


def test_opening_the_link_uses_nothing_and_sending_the_form_uses_it_once(client, zoe) -> None:
    ask(client)
    [link] = links()
    for _ in range(3):
        assert client.get(link).status_code == 200
    choose(client, link)
    again = choose(client, link, "lampe girafe huit pluie")
    assert again.status_code == 410
    assert "Ce lien a déjà servi" in words(again)
    zoe.refresh_from_db()
    assert zoe.check_password(NEW)


def test_a_link_works_an_hour(client, zoe, clock) -> None:
    ask(client)
    [link] = links()
    clock.shift(3599)
    assert client.get(link).status_code == 200
    clock.shift(1)
    response = client.get(link)
    assert response.status_code == 410
    assert "n’est plus valable" in words(response)
    assert f'href="{FORGOTTEN}"' in words(response)


@pytest.mark.parametrize("token", ["x", "x" * 32, "é", "%00"])
def test_a_link_that_we_never_sent_says_so(client, zoe, token) -> None:
    response = client.get(f"{FORGOTTEN}{token}/")
    assert response.status_code == 410
    assert "Nous ne connaissons pas ce lien" in words(response)


def test_a_link_for_something_else_chooses_no_password(client, zoe) -> None:
    token = make_link(LinkPurpose.EMAIL, user=zoe, hours=1, now=timezone.now())
    assert choose(client, f"{FORGOTTEN}{token}/").status_code == 410


def test_whoever_asks_in_the_place_of_the_owner_closes_no_link(client, zoe) -> None:
    ask(client)
    [mine] = links()
    ask(Client(REMOTE_ADDR="203.0.113.9"))
    assert len(links()) == 2
    assert choose(client, mine).status_code == 302


def test_the_other_links_close_once_a_password_is_chosen(client, zoe) -> None:
    ask(client)
    ask(client)
    first, second = links()
    choose(client, second)
    assert choose(client, first).status_code == 410


def test_a_mailbox_is_not_flooded(client, zoe, clock) -> None:
    for number in range(30):
        ask(Client(REMOTE_ADDR=f"10.2.{number}.1"))
        clock.shift(31)
        ask(Client(REMOTE_ADDR=f"10.2.{number}.1"))
    assert len(links()) == 5


def test_whoever_insists_waits(client, zoe) -> None:
    for _ in range(3):
        assert ask(client).status_code == 200
    response = ask(client)
    assert response.status_code == 429
    assert "Attendez une minute" in words(response)


def test_a_poor_password_is_refused_and_the_link_still_works(client, zoe) -> None:
    ask(client)
    [link] = links()
    for password in ("court", "motdepasse2026", "z-pinceau vert lune"):
        assert choose(client, link, password).status_code == 200
    assert choose(client, link).status_code == 302


def test_every_session_ends_and_a_mail_says_so(client, zoe) -> None:
    elsewhere = Client()
    elsewhere.force_login(zoe)
    ask(client)
    choose(client, links()[0])
    assert elsewhere.get("/mon-compte/").status_code == 302
    assert not Session.objects.filter(user=zoe).exists()
    mail = Outgoing.objects.get(template="accounts/mail/password_changed")
    assert mail.address == zoe.email
    assert NEW not in mail.text + mail.html
    assert Entry.objects.filter(
        action="accounts.password_changed", actor=User.objects.get(username="Z-pinceau").journal_name
    ).exists()


def test_the_browser_that_chose_waits_for_nobody_s_tries(client, zoe) -> None:
    ask(client)
    choose(client, links()[0])
    for number in range(30):
        Client().post("/connexion/", {"login": "Z-pinceau", "password": "faux"}, REMOTE_ADDR=f"10.0.{number}.1")
    assert client.post("/connexion/", {"login": "Z-pinceau", "password": NEW}).status_code == 302


def test_the_mail_has_a_link_and_no_password(client, zoe) -> None:
    ask(client)
    [link] = links()
    mail = Outgoing.objects.get()
    assert mail.subject == "Choisissez un nouveau mot de passe"
    assert link in mail.html
    assert PASSWORD not in mail.text
    assert "Z-pinceau" in mail.text
    assert MailedLink.objects.get().user == zoe
