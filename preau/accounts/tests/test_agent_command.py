import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from preau.accounts.models import Role, RoleCapability, User
from preau.town.testing import make_service

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def role():
    role = Role.objects.create(code="regisseur", name="Régisseur")
    RoleCapability.objects.create(role=role, capability="prepare_invoices")
    return role


def open_account(username="r.roux", email="r.roux@example.org", **options):
    out = StringIO()
    values = {"prenom": "Rémi", "nom": "Roux", "role": "regisseur"} | options
    call_command("agent", username, email, stdout=out, **values)
    return out.getvalue()


def test_an_agent_opened_by_the_host_signs_in_and_may_what_the_role_says():
    (password,) = re.findall(r", mot de passe (\S+)", open_account())
    agent = User.objects.get(username="r.roux")
    assert agent.check_password(password)
    assert len(password) >= 12
    assert agent.may("prepare_invoices")


def test_an_agent_may_be_kept_to_one_service():
    service = make_service("regie")
    open_account(service="regie")
    assert User.objects.get().grants.get().service == service


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"role": "maire"}, "Aucun rôle « maire ». Connus : regisseur."),
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
