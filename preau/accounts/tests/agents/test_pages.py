"""The pages of agents, roles and lost accesses: who opens them, what they say, what they send."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from preau.accounts import factors, recovering
from preau.accounts.choices import Capability
from preau.accounts.models import Grant, Proposal, Recovery, Role, User
from preau.accounts.testing import PASSWORD, SECRET, make_agent, make_app, make_user, sign_in
from preau.accounts.tests.agents.given import NOW, make_administrator, make_role
from preau.notifications.models import Outgoing
from preau.town.testing import make_place, make_service

pytestmark = pytest.mark.django_db

AGENTS, ROLES, INVITE, ADD_ROLE = (
    "/mairie/agents/",
    "/mairie/agents/roles/",
    "/mairie/agents/inviter/",
    "/mairie/agents/roles/nouveau/",
)


@pytest.fixture
def desk(anne) -> Client:
    client = Client()
    sign_in(client, anne)
    return client


def text_of(response) -> str:
    page: str = response.content.decode()
    return page


def page_of(user: User) -> str:
    return f"{AGENTS}compte/{user.username}/"


def invitation(role: Role, **changes: str) -> dict[str, str]:
    values = {
        "first_name": "Noé",
        "last_name": "Blanc",
        "email": "n.blanc@example.org",
        "username": "n.blanc",
        "role": role.code,
        "starts_on": "2026-11-09",
        "ends_on": "",
    }
    return values | changes


# Who opens them


@pytest.mark.parametrize("path", [AGENTS, ROLES, INVITE, ADD_ROLE])
def test_only_who_manages_agents_finds_these_pages(desk, path):
    others = Client()
    sign_in(others, make_agent(Capability.SEE_BOOKINGS, Capability.SEE_PAYMENTS))
    limited = Client()
    sign_in(limited, make_agent(Capability.MANAGE_AGENTS, service=make_service("sports")))
    assert [client.get(path).status_code for client in (desk, others, limited)] == [200, 404, 404]


def test_the_menu_leads_there(desk):
    assert 'href="/mairie/agents/"' in text_of(desk.get("/mairie/"))


def test_a_parent_is_not_an_agent(desk):
    assert desk.get(page_of(make_user("zoe"))).status_code == 404


@pytest.mark.parametrize("path", [INVITE, ADD_ROLE, f"{ROLES}role/administrateur/"])
def test_before_rights_one_shows_again_who_one_is(desk, path, time_machine):
    time_machine.move_to(NOW + dt.timedelta(minutes=6), tick=False)
    assert desk.get(path).headers["Location"].startswith("/mon-compte/confirmer/")
    assert desk.get(AGENTS).status_code == 200


@pytest.mark.parametrize("action", ["roles", "dates", "lien", "fermer", "rouvrir"])
def test_before_a_change_one_shows_again_who_one_is(desk, denis, action, time_machine):
    time_machine.move_to(NOW + dt.timedelta(minutes=6), tick=False)
    response = desk.post(f"{page_of(denis)}{action}/", {"x": "1"})
    assert response.headers["Location"].startswith("/mon-compte/confirmer/")
    assert User.objects.get(pk=denis.pk).is_active


# The list


def test_the_list_says_roles_places_dates_protection_and_last_visit(desk, denis):
    make_app(denis)
    User.objects.filter(pk=denis.pk).update(last_login=NOW - dt.timedelta(days=3))
    Grant.objects.create(
        user=denis,
        role=make_role(code="directeur"),
        service=make_service("enfance"),
        place=make_place("ecole", name="Les Marronniers"),
        starts_on=dt.date(2026, 12, 1),
        ends_on=dt.date(2027, 7, 3),
    )
    page = " ".join(text_of(desk.get(AGENTS)).split())
    for words in (
        "Denis Faure",
        "Directeur",
        "Enfance, Les Marronniers",
        "à partir du 1er décembre 2026",
        "jusqu’au 3 juillet 2027",
        "Application",
        "Vendredi 6 novembre",
        "À installer",
    ):
        assert words in page, words


def test_the_list_asks_as_much_of_the_database_however_many_agents(desk, django_assert_max_num_queries):
    counts = []
    for number in range(2):
        for extra in range(1 + 3 * number):
            agent = make_agent(Capability.SEE_BOOKINGS, username=f"agent-{number}-{extra}")
            make_app(agent)
            Recovery.objects.create(user=agent, asked_at=NOW)
        with django_assert_max_num_queries(30) as queries:
            desk.get(AGENTS)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Inviting


def test_an_invitation_opens_an_account_and_mails_the_link(desk):
    role = make_role(Capability.SEE_BOOKINGS)
    response = desk.post(INVITE, invitation(role), follow=True)
    assert response.redirect_chain[-1][0] == "/mairie/agents/compte/n.blanc/"
    assert "Invité" in text_of(response)
    assert Outgoing.objects.filter(address="n.blanc@example.org").count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "noé"}, "Écrivez une adresse e-mail complète"),
        ({"username": "a b"}, "sans espace"),
        ({"username": "ANNE"}, "a déjà un compte d’agent"),
        ({"role": "maire"}, "Choisissez un rôle de la liste"),
        ({"ends_on": "2026-11-01"}, "Choisissez une date de fin après la date de début"),
        ({"starts_on": "demain"}, "Écrivez une date"),
    ],
)
def test_a_faulty_invitation_is_explained_and_opens_nothing(desk, changes, words):
    response = desk.post(INVITE, invitation(make_role()) | changes)
    assert words in text_of(response)
    assert not User.objects.filter(username="n.blanc").exists()


def test_the_link_opens_a_page_and_acts_once_the_password_is_chosen(desk):
    desk.post(INVITE, invitation(make_role(Capability.SEE_BOOKINGS)))
    mail = Outgoing.objects.get(address="n.blanc@example.org").text
    (path,) = [line.partition("8000")[2] for line in mail.splitlines() if "/agents/bienvenue/" in line]
    noe = Client()
    assert "Bienvenue, Noé" in text_of(noe.get(path))
    assert not User.objects.get(username="n.blanc").has_usable_password()  # mail scanners open links
    assert "au moins 12 signes" in text_of(noe.post(path, {"password": "court", "password_again": "court"}))
    chosen = {"password": PASSWORD, "password_again": PASSWORD}
    assert noe.post(path, chosen).headers["Location"] == "/arrivee/"
    assert noe.get("/mairie/").headers["Location"] == "/mon-compte/protection/"
    again = Client().post(path, chosen)
    assert again.status_code == 410
    assert "Ce lien a déjà servi" in text_of(again)


@pytest.mark.parametrize("token", ["x", "é", "%00", "a" * 300])
def test_a_link_that_is_not_ours_says_so(client, token):
    assert client.get(f"/agents/bienvenue/{token}/").status_code == 410


def test_the_link_is_sent_again_to_a_mended_address(desk):
    desk.post(INVITE, invitation(make_role()))
    noe = User.objects.get(username="n.blanc")
    desk.post(f"{page_of(noe)}lien/", {"email": "noe@example.org"})
    assert Outgoing.objects.latest("pk").address == "noe@example.org"
    assert "complète" in text_of(desk.post(f"{page_of(noe)}lien/", {"email": "noe"}))
    response = desk.post(f"{page_of(noe)}lien/", {"email": "anne@example.org"})
    assert "a déjà un compte d’agent" in text_of(response)


# Rights


def test_a_role_is_given_bounded_and_taken_back(desk, denis):
    role = make_role(Capability.SEE_BOOKINGS)
    right = {"role": role.code, "service": "", "place": "", "starts_on": "2026-11-09", "ends_on": ""}
    desk.post(f"{page_of(denis)}roles/", right)
    grant = denis.grants.get()
    desk.post(f"{page_of(denis)}dates/", {"grant": grant.pk, "ends_on": "2026-12-31"})
    grant.refresh_from_db()
    assert grant.ends_on == dt.date(2026, 12, 31)
    desk.post(f"{page_of(denis)}dates/", {"grant": grant.pk, "ends_on": "", "take": "1"})
    assert not denis.grants.exists()


def test_a_right_of_somebody_else_is_not_changed_from_here(desk, denis):
    other = make_agent(Capability.SEE_BOOKINGS)
    sent = {"grant": other.grants.get().pk, "take": "1"}
    assert desk.post(f"{page_of(denis)}dates/", sent).status_code == 404
    assert other.grants.exists()


@pytest.mark.parametrize("sent", [{}, {"grant": "x"}, {"grant": "-1"}, {"grant": "9" * 30}, {"ends_on": "x"}])
def test_odd_dates_change_nothing(desk, denis, sent):
    assert desk.post(f"{page_of(denis)}dates/", sent).status_code == 302


def test_ones_own_page_offers_no_change_and_takes_none(desk, anne):
    page = text_of(desk.get(page_of(anne)))
    assert "Personne ne change ses propres droits" in page
    assert "Donner un rôle" not in page
    response = desk.post(f"{page_of(anne)}fermer/", follow=True)
    assert "Personne ne change ses propres droits" in text_of(response)
    assert User.objects.get(pk=anne.pk).is_active


def test_another_administrator_agrees_on_the_page(desk, anne, denis):
    bruno = make_administrator("bruno")
    right = {"role": "administrateur", "starts_on": "2026-11-09"}
    response = desk.post(f"{page_of(denis)}roles/", right, follow=True)
    assert "attend l’accord d’un autre administrateur" in text_of(response)
    assert "Donner mon accord" not in text_of(response)
    address = f"{AGENTS}accord/{Proposal.objects.get().code}/"
    assert "vous seul ne suffisez pas" in text_of(desk.post(address, {"answer": "yes"}, follow=True))
    other = Client()
    sign_in(other, bruno)
    assert "Donner mon accord" in text_of(other.get(AGENTS))
    other.post(address, {"answer": "yes"})
    assert User.objects.get(pk=denis.pk).may(Capability.MANAGE_AGENTS)


def test_an_account_is_closed_and_opened_again(desk, denis):
    assert "est fermé" in text_of(desk.post(f"{page_of(denis)}fermer/", follow=True))
    assert "Rouvrir le compte" in text_of(desk.get(page_of(denis)))
    desk.post(f"{page_of(denis)}rouvrir/")
    assert User.objects.get(pk=denis.pk).is_active


# Roles


def test_the_table_says_what_each_role_lets_do(desk):
    make_role(Capability.SEE_PAYMENTS, code="caisse")
    page = " ".join(text_of(desk.get(ROLES)).split())
    line = page[page.index("Voir les paiements") :]
    assert line.index("non") < line.index("oui")  # administrateur, then caisse


def test_a_role_is_made_then_changed(desk):
    desk.post(ADD_ROLE, {"name": "Agent d’accueil", "capabilities": ["see_bookings"]})
    role = Role.objects.get(code="agent-daccueil")
    desk.post(f"{ROLES}role/agent-daccueil/", {"name": "Accueil", "capabilities": ["see_payments"]})
    role.refresh_from_db()
    assert role.name == "Accueil"
    assert list(role.capability_rows.values_list("capability", flat=True)) == ["see_payments"]


@pytest.mark.parametrize("name", ["", "Administrateur", "…", "x" * 200])
def test_a_role_needs_a_name_of_its_own(desk, name):
    assert desk.post(ADD_ROLE, {"name": name}).status_code == 200
    assert Role.objects.count() == 1


def test_ones_own_role_is_left_to_others(desk):
    sent = {"name": "Tout", "capabilities": Capability.values}
    assert "Vous avez ce rôle" in text_of(desk.post(f"{ROLES}role/administrateur/", sent))
    assert Role.objects.get().name == "Administrateur"


# A second factor lost


def give_password(user: User) -> Client:
    client = Client()
    client.post("/connexion/", {"login": user.username, "password": PASSWORD})
    return client


def test_an_agent_who_lost_everything_asks_after_the_password(anne, denis):
    make_administrator("bruno")
    make_app(denis)
    client = give_password(denis)
    assert "J’ai tout perdu" in text_of(client.get("/connexion/code/"))
    assert "Votre demande est partie" in text_of(client.post("/connexion/protection-perdue/", follow=True))
    assert Recovery.objects.get().user == denis


def test_without_two_other_administrators_the_server_is_named(anne, denis):
    make_app(denis)
    client = give_password(denis)
    assert "la personne qui tient le serveur" in text_of(client.post("/connexion/protection-perdue/"))
    assert not Recovery.objects.exists()


def test_nobody_asks_without_the_password_and_no_parent_asks(client):
    assert client.post("/connexion/protection-perdue/").headers["Location"] == "/connexion/"
    zoe = make_user("zoe")
    make_app(zoe)
    assert give_password(zoe).get("/connexion/protection-perdue/").status_code == 404


def test_two_administrators_confirm_on_the_page_then_a_link_does_the_rest(desk, denis):
    User.objects.filter(pk=denis.pk).update(last_login=NOW)
    make_app(denis)
    bruno = make_administrator("bruno")
    recovering.ask_recovery(denis, now=NOW)
    address = f"{AGENTS}acces/{Recovery.objects.get().code}/"
    desk.post(address, {"confirm": "1"})
    assert "1 sur 2" in text_of(desk.get(AGENTS))
    assert "vous seul ne suffisez pas" in text_of(desk.post(address, {"confirm": "1"}, follow=True))
    assert Authenticator.objects.exists()
    other = Client()
    sign_in(other, bruno)
    other.post(address, {"confirm": "1"})
    assert not Authenticator.objects.exists()
    mail = Outgoing.objects.filter(address=denis.email).latest("pk").text
    (path,) = [line.partition("8000")[2] for line in mail.splitlines() if "/agents/bienvenue/" in line]
    again = Client()
    assert "Retrouver votre accès" in text_of(again.get(path))
    again.post(path, {"password": "trois grues volent bas", "password_again": "trois grues volent bas"})
    assert again.get("/mairie/").headers["Location"] == "/mon-compte/protection/"


def test_where_there_are_not_two_others_the_command_is_shown(desk, denis):
    recovering.ask_recovery(denis, now=NOW)
    assert "preau agent --reinitialiser denis" in text_of(desk.get(AGENTS))


def test_a_request_is_dropped(desk, denis):
    recovering.ask_recovery(denis, now=NOW)
    desk.post(f"{AGENTS}acces/{Recovery.objects.get().code}/", {"drop": "1"})
    assert not Recovery.objects.exists()


def test_a_code_that_opens_before_the_request_is_confirmed_still_opens(anne, denis):
    """Asking closes nothing: whoever finds their telephone again signs in."""
    make_app(denis)
    recovering.ask_recovery(denis, now=NOW)
    client = give_password(denis)
    client.post("/connexion/code/", {"code": factors.code_at(SECRET, timezone.now())})
    assert client.get("/mairie/").status_code == 200
