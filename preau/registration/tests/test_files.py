"""What agents say of a file: the numbers that services give it, and that nobody links an account to it online."""

import pytest
from django.test import Client

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.core.dates import local_day
from preau.families.actions import NumberTaken, set_number
from preau.families.models import Adult, Family, FileNumber
from preau.families.testing import make_adult, make_family
from preau.journal.models import Entry
from preau.registration.actions.codes import give_codes
from preau.registration.actions.inviting import invite
from preau.registration.actions.linking import ClaimedFile, claim_file
from preau.registration.actions.protecting import protect_file
from preau.registration.choices import NotInvited, Outcome
from preau.registration.codes import digest_of
from preau.registration.models import Invitation
from preau.registration.queries.takeovers import plan_takeover
from preau.registration.rules import code_key
from preau.registration.takeover_file import read_takeover
from preau.registration.testing import NOW, make_code
from preau.town.models import Service
from preau.town.testing import make_service

LIST = "/mairie/comptes/"


@pytest.fixture
def school() -> Service:
    return make_service("scolaire")


@pytest.fixture
def family() -> Family:
    return make_family(number="1084")


@pytest.fixture
def adult(family: Family) -> Adult:
    return make_adult(family, signs_in=False, first_name="Zoé")


@pytest.fixture
def samira(client: Client) -> Client:
    sign_in(client, make_agent(Capability.INVITE_FAMILIES))
    return client


def words(response) -> str:
    return str(response.content.decode().replace("\xa0", " "))


def claim(number: str, code: str) -> str:
    user = make_user("zoe")
    User.objects.filter(pk=user.pk).update(is_admitted=False)
    user.refresh_from_db()
    claimed = ClaimedFile(number, "Pinceau", "code", digest_of(code_key(code)))
    return claim_file(user=user, claimed=claimed, address="10.0.0.1", now=NOW)


def page_of(family: Family, what: str = "") -> str:
    return f"{LIST}dossier/{family.code}/{what}"


# The numbers of services


def test_a_file_is_linked_by_the_number_of_a_service_too(family, adult, school) -> None:
    set_number(family=family, service=school, number="S-77 120", by=None, now=NOW)
    assert claim("s77120", make_code(adult)) == Outcome.LINKED


def test_an_agent_gives_changes_and_takes_away_the_number_of_a_service(samira, family, adult, school) -> None:
    assert "Aucun service n’a donné un autre numéro" in words(samira.get(page_of(family)))
    for number in ("S77", "S78", "S78", ""):
        shown = samira.post(page_of(family, "numero/"), {"service": "scolaire", "number": number}, follow=True)
        assert list(FileNumber.objects.values_list("number", flat=True)) == ([number] if number else [])
    assert "est retiré" in words(shown)
    told = [entry.facts["number"] for entry in Entry.objects.filter(action="families.number_set").order_by("pk")]
    assert told == ["S77", "S78", ""]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"service": "scolaire", "number": "S77"}, "celui d’un autre dossier pour ce service"),
        ({"service": "scolaire", "number": "--"}, "Écrivez un numéro"),
        ({"service": "inconnu", "number": "S78"}, "number"),
    ],
)
def test_a_number_that_cannot_be_is_refused_beside_its_field(samira, family, adult, school, given, said) -> None:
    set_number(family=make_family(name="Autre"), service=school, number="S77", by=None, now=NOW)
    shown = words(samira.post(page_of(family, "numero/"), given))
    assert said in shown
    assert given["number"] in shown
    assert not family.numbers.exists()


def test_one_number_of_a_service_is_one_file_s(family, school) -> None:
    set_number(family=make_family(name="Autre"), service=school, number="S77", by=None, now=NOW)
    with pytest.raises(NumberTaken):
        set_number(family=family, service=school, number="S77", by=None, now=NOW)


def test_agents_find_a_file_by_any_of_its_numbers(samira, family, adult, school) -> None:
    set_number(family=family, service=school, number="S77", by=None, now=NOW)
    assert "Zoé" in words(samira.get(LIST, {"q": "s77"}))
    assert "Zoé" not in words(samira.get(LIST, {"q": "s78"}))


def test_a_file_is_taken_over_by_any_of_its_numbers(family, adult, school) -> None:
    set_number(family=family, service=school, number="S77", by=None, now=NOW)
    read = read_takeover("dossier;courriel;adultes\nS77;zoe@example.org;Zoé Pinceau\n".encode())
    [planned] = plan_takeover(read.lines, on=local_day(NOW))
    assert planned.adult == adult


# Protected files


def test_no_code_links_a_protected_file_not_even_a_right_one(family, adult) -> None:
    code = make_code(adult)
    Family.objects.update(is_protected=True)
    assert claim("1084", code) == Outcome.NOT_VERIFIED
    adult.refresh_from_db()
    assert adult.user is None


def test_what_was_sent_before_a_file_is_protected_opens_nothing(family, adult) -> None:
    [printed] = give_codes(adults=[adult.pk], by=None, now=NOW)
    Adult.objects.filter(pk=adult.pk).update(email="zoe@example.org")
    invite(adults=[adult.pk], by=None, now=NOW)
    protect_file(family=family, by=None, now=NOW)
    Family.objects.update(is_protected=False)
    assert claim("1084", printed.code) == Outcome.NOT_VERIFIED
    assert Invitation.objects.get().revoked_at == NOW


def test_nobody_of_a_protected_file_is_invited_or_given_a_code(family, adult) -> None:
    protect_file(family=family, by=None, now=NOW)
    assert [reason for _, reason in invite(adults=[adult.pk], by=None, now=NOW).refused] == [
        NotInvited.FILE_IS_PROTECTED
    ]
    assert give_codes(adults=[adult.pk], by=None, now=NOW) == []


def test_an_agent_protects_a_file_and_stops(samira, family, adult) -> None:
    shown = words(samira.post(page_of(family, "protection/"), {"protege": "oui"}, follow=True))
    assert "Dossier protégé" in shown
    assert "Inviter par e-mail" not in shown
    assert "Dossier protégé" not in words(samira.post(page_of(family, "protection/"), {"protege": "non"}, follow=True))
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True).filter(action__contains="protected")) == [
        "families.protected",
        "families.unprotected",
    ]


def test_a_file_out_of_the_agent_s_reach_is_not_there(client, family, adult) -> None:
    sign_in(client, make_agent(Capability.INVITE_FAMILIES, service=make_service("sports")))
    for what in ("numero/", "protection/"):
        assert client.post(page_of(family, what)).status_code == 404
