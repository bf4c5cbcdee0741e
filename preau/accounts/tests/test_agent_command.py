import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from preau.accounts.factors import has_factor
from preau.accounts.models import Role, RoleCapability, User
from preau.accounts.testing import PASSWORD, make_agent, make_app, make_user
from preau.town.testing import make_service, make_town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def role():
    make_town()
    role = Role.objects.create(code="regisseur", name="Régisseur")
    RoleCapability.objects.create(role=role, capability="prepare_invoices")
    return role


def run(*arguments, **options):
    out = StringIO()
    call_command("agent", *arguments, stdout=out, **options)
    return out.getvalue()


def open_account(username="r.roux", email="r.roux@example.org", **options):
    return run(username, email, **({"prenom": "Rémi", "nom": "Roux", "role": "regisseur"} | options))


def path_in(said: str) -> str:
    found = re.search(r"http://localhost:8000(/\S+)", said)
    assert found
    return found[1]


def test_an_agent_opened_by_the_host_chooses_a_password_by_the_link_and_may_what_the_role_says(client):
    path = path_in(open_account())
    response = client.post(path, {"password": PASSWORD, "password_again": PASSWORD})
    assert response.headers["Location"] == "/arrivee/"
    assert client.get("/mairie/").headers["Location"] == "/mon-compte/protection/"
    agent = User.objects.get(username="r.roux")
    assert agent.check_password(PASSWORD)
    assert agent.may("prepare_invoices")


def test_an_agent_may_be_kept_to_one_service():
    service = make_service("regie")
    open_account(service="regie")
    assert User.objects.get().grants.get().service == service


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"role": "maire"}, "Aucun rôle « maire ». Connus : regisseur."),
        ({"role": ""}, "Il manque --role."),
        ({"service": "voirie"}, "Aucun service « voirie »"),
        ({"email": "pas une adresse"}, "n’est pas une adresse e-mail"),
    ],
)
def test_what_is_unknown_is_said_and_opens_nothing(options, words):
    with pytest.raises(CommandError, match=words):
        open_account(**options)
    assert not User.objects.exists()


def test_a_user_name_already_taken_is_refused_whatever_its_case():
    open_account()
    with pytest.raises(CommandError, match="a déjà un compte"):
        open_account("R.Roux", "autre@example.org")


def test_an_administrator_is_for_the_whole_town():
    make_service("regie")
    RoleCapability.objects.create(role=Role.objects.get(), capability="manage_agents")
    with pytest.raises(CommandError, match="pour toute la commune"):
        open_account(service="regie")


def test_the_host_gives_back_a_lost_access(client):
    agent = make_agent(username="h.petit")
    User.objects.update(last_login=timezone.now())
    make_app(agent)
    path = path_in(run("h.petit", reinitialiser=True))
    assert not has_factor(agent)
    assert "Retrouver votre accès" in client.get(path).content.decode()


@pytest.mark.parametrize("username", ["nobody", "z-pinceau"])
def test_only_an_agents_access_is_given_back(username):
    make_user("Z-pinceau")
    with pytest.raises(CommandError, match="Aucun agent"):
        run(username, reinitialiser=True)
