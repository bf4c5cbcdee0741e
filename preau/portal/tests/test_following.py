"""« Suivi de mes démarches »: who follows what, how far each thing has got, and what is read of it."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from preau.accounts.choices import Channel
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.activities.testing import make_activity, make_group
from preau.core.dates import PARIS
from preau.demarches.actions import answer, open_demarche
from preau.demarches.choices import DemarcheState
from preau.demarches.kinds import KINDS, Kind, Line, Reach
from preau.demarches.models import AccountAsked, Demarche
from preau.enrolments.models import Enrolment
from preau.enrolments.testing import make_enrolment
from preau.families.changing import change_adult, change_child
from preau.families.choices import Situation, Subject
from preau.families.models import Adult
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.town.testing import make_service, make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 10, 5, 12, 0, tzinfo=PARIS)
SUIVI = "/dossier/demarches/"
HOME, PERSON, CHILD, PLANS = "test.home", "test.person", "test.child", "test.plans"
REACHES = {
    HOME: (Reach.HOUSEHOLD, Subject.IDENTITY),
    PERSON: (Reach.ASKER, Subject.IDENTITY),
    CHILD: (Reach.CHILD, Subject.IDENTITY),
    PLANS: (Reach.CHILD, Subject.PLANNING),
}


def a_kind(code: str) -> Kind:
    reach, subject = REACHES[code]
    return Kind(
        code=code,
        label="Essai",
        page="demarches:account",
        detail=AccountAsked,
        lines=lambda demarche: [Line("Adresse", "3 allée Secrète")],
        accept=answer,
        refuse=answer,
        reach=reach,
        subject=subject,
        shared_lines=lambda demarche: [Line("Adresse", "3 allée Secrète")] if reach == Reach.HOUSEHOLD else [],
    )


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    for code in REACHES:
        monkeypatch.setitem(KINDS, code, a_kind(code))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def town():
    make_service("enfance")
    return make_town(sections=[{"code": "dossier", "label": "Dossier"}])


@pytest.fixture
def zoe() -> Adult:
    return make_adult(make_family(name="Pinceau"))


def ask(by: Adult, kind: str = PERSON, *, child=None, summary="Changer d’adresse", hours_ago=0) -> Demarche:
    return open_demarche(
        kind=kind,
        asked_by=by.user,
        family=by.family,
        participant=child,
        summary=summary,
        now=NOW - dt.timedelta(hours=hours_ago),
    )


def read(adult: Adult, path: str = SUIVI, *, status: int = 200) -> str:
    client = Client()
    assert adult.user
    sign_in(client, adult.user)
    response = client.get(path)
    assert response.status_code == status
    return str(response.content.decode()).replace("\u00a0", " ")


def refuse(demarche: Demarche, reason: str = "Ce justificatif est illisible.") -> None:
    agent = make_agent(username="samira.benali")
    answer(demarche, state=DemarcheState.REFUSED, reason=reason, by=agent, version=1, now=NOW)


# Who follows what


def test_what_one_asked_for_oneself_is_followed_by_nobody_else(zoe):
    malik = make_adult(zoe.family, first_name="Malik")
    demarche = ask(zoe)
    assert "Changer d’adresse" in read(zoe)
    assert "Changer d’adresse" not in read(malik)
    read(malik, f"{SUIVI}{demarche.code}/", status=404)


def test_the_other_adult_of_the_household_follows_what_is_about_the_household(zoe):
    malik = make_adult(zoe.family, first_name="Malik")
    demarche = ask(zoe, HOME)
    refuse(demarche, "Votre téléphone du travail ne répond pas.")
    html = read(malik, f"{SUIVI}{demarche.code}/")
    assert "3 allée Secrète" in html
    assert "ne répond pas" not in html
    assert "Refusée" in html


def test_another_household_never_follows_what_is_about_this_one(zoe):
    thomas = make_adult(make_family(name="Carpentier"), first_name="Thomas")
    make_bond(thomas, make_child(zoe.family))
    demarche = ask(zoe, HOME)
    assert "Changer d’adresse" not in read(thomas)
    read(thomas, f"{SUIVI}{demarche.code}/", status=404)


def test_both_parents_who_live_apart_follow_what_is_about_their_child_and_one_reads_only_its_header(zoe):
    thomas = make_adult(make_family(name="Carpentier"), first_name="Thomas")
    demarche = ask(zoe, CHILD, child=make_child(zoe.family, thomas.family), summary="Corriger un nom")
    refuse(demarche)
    assert "Refusée" in read(thomas)
    html = read(thomas, f"{SUIVI}{demarche.code}/")
    assert "Corriger un nom" in html
    assert "envoyée par un autre responsable" in html
    assert "allée Secrète" not in html
    assert "illisible" not in html
    assert "Zoé" not in html
    read(thomas, f"{SUIVI}{demarche.code}/annuler/", status=404)
    read(thomas, f"{SUIVI}{demarche.code}/completer/", status=404)


def test_what_is_followed_depends_on_what_the_bond_lets_see(zoe):
    grandmother = make_adult(make_family(name="Petit"), first_name="Odile")
    child = make_child(zoe.family)
    make_bond(grandmother, child, Situation.GRANDPARENT)
    ask(zoe, CHILD, child=child, summary="Corriger un nom")
    ask(zoe, PLANS, child=child, summary="Changer de groupe")
    html = read(grandmother)
    assert "Changer de groupe" in html
    assert "Corriger un nom" not in html


def test_with_a_bond_that_was_withdrawn_one_no_longer_follows_even_what_one_asked(zoe):
    child = make_child(zoe.family)
    demarche = ask(zoe, CHILD, child=child)
    make_bond(zoe, child, Situation.WITHDRAWN, starts_on=NOW.date())
    assert "Changer d’adresse" not in read(zoe)
    read(zoe, f"{SUIVI}{demarche.code}/", status=404)


# What is read


def test_the_reason_of_a_refusal_and_who_answered_are_read_by_who_asked(zoe):
    demarche = ask(zoe)
    refuse(demarche)
    html = read(zoe, f"{SUIVI}{demarche.code}/")
    assert "Ce justificatif est illisible." in html
    assert "(Enfance)" in html


def test_enrolments_are_followed_with_the_rest_the_latest_first(zoe):
    child = make_child(zoe.family)
    enrolment = make_enrolment(child, make_activity(name="Mercredi, journée"), make_group())
    Enrolment.objects.filter(pk=enrolment.pk).update(asked_at=NOW - dt.timedelta(hours=1))
    ask(zoe)
    html = read(zoe)
    assert html.index("Changer d’adresse") < html.index("Inscription : Mercredi, journée")


def test_what_an_agent_changed_at_the_counter_is_told_to_that_household_alone(zoe):
    child = make_child(zoe.family)
    told: dict[str, Any] = {"channel": Channel.COUNTER, "by": make_agent(), "now": NOW}
    change_adult(adult=zoe, values={"phone_home": "01 99 00 11 22"}, **told)
    change_child(participant=child, family=zoe.family, values={"first_name": "Norah"}, **told)
    html = read(zoe)
    assert f"Coordonnées de {zoe.first_name} mises à jour" in html
    assert "Identité de Norah mise à jour" in html
    assert "01 99 00 11 22" not in html
    other = make_adult(make_family(name="Carpentier"), first_name="Thomas")
    child.homes.create(family=other.family)
    assert "au guichet" not in read(other)


def test_an_enrolment_made_at_the_counter_says_so(zoe):
    child = make_child(zoe.family)
    enrolment = make_enrolment(child, make_activity(), make_group())
    enrolment.by = make_agent()
    enrolment.save()
    assert "Faite au guichet le" in read(zoe)


def test_one_chooses_a_child_or_the_household(zoe):
    child = make_child(zoe.family)
    ask(zoe, CHILD, child=child, summary="Corriger un nom")
    ask(zoe, summary="Changer d’adresse")
    of_child = read(zoe, f"{SUIVI}?pour={child.code}")
    assert "Corriger un nom" in of_child
    assert "Changer d’adresse" not in of_child
    of_home = read(zoe, f"{SUIVI}?pour=foyer")
    assert "Corriger un nom" not in of_home
    assert "Changer d’adresse" in of_home


def test_the_list_goes_by_pages(zoe):
    for rank in range(12):
        ask(zoe, summary=f"Demande {rank:02d}", hours_ago=rank)
    assert "Demande 11" not in read(zoe)
    assert "Demande 11" in read(zoe, f"{SUIVI}?page=2")


def test_many_requests_of_mixed_kinds_cost_as_many_queries_as_one(client, django_assert_num_queries):
    user = make_user()
    zoe = make_adult(make_family(), user=user)
    child = make_child(zoe.family)
    sign_in(client, user)
    ask(zoe)
    make_enrolment(child, make_activity(), make_group())
    client.get(SUIVI)
    with django_assert_num_queries(QUERIES):
        client.get(SUIVI)
    for rank in range(4):
        ask(zoe, CHILD, child=make_child(zoe.family, first_name=f"E{rank}"))
        make_enrolment(child, make_activity(f"activite-{rank}"), make_group(f"groupe-{rank}"))
    with django_assert_num_queries(QUERIES):
        client.get(SUIVI)


QUERIES = 10


# Acting


def post(adult: Adult, path: str, **given: object) -> str:
    client = Client()
    assert adult.user
    sign_in(client, adult.user)
    response = client.post(path, given, follow=True)
    assert response.status_code == 200
    return str(response.content.decode()).replace("\u00a0", " ")


def test_the_asker_answers_the_agent_and_the_request_is_studied_again(zoe):
    demarche = ask(zoe)
    answer(
        demarche,
        state=DemarcheState.INCOMPLETE,
        reason="De quand ?",
        by=make_agent(),
        version=demarche.version,
        now=NOW,
    )
    html = post(zoe, f"{SUIVI}{demarche.code}/completer/", version=2, text="Du 3 mars.")
    assert "Votre message est envoyé." in html
    demarche.refresh_from_db()
    assert demarche.state == DemarcheState.SENT


def test_a_message_written_while_the_agent_answers_is_kept_in_the_form(zoe):
    demarche = ask(zoe)
    answer(demarche, state=DemarcheState.INCOMPLETE, reason="De quand ?", by=make_agent(), version=1, now=NOW)
    html = post(zoe, f"{SUIVI}{demarche.code}/completer/", version=1, text="Mon courrier.")
    assert "Votre demande a changé entre-temps" in html
    assert "Mon courrier." in html


def test_an_empty_message_is_refused_in_words(zoe):
    demarche = ask(zoe)
    assert "Écrivez votre message" in post(zoe, f"{SUIVI}{demarche.code}/completer/", version=1, text=" ")


def test_the_asker_gives_up_the_request_and_nothing_more_can_be_done(zoe):
    demarche = ask(zoe)
    assert "Votre demande est annulée." in post(zoe, f"{SUIVI}{demarche.code}/annuler/")
    assert "a déjà sa réponse" in post(zoe, f"{SUIVI}{demarche.code}/annuler/")
    assert "a déjà sa réponse" in post(zoe, f"{SUIVI}{demarche.code}/completer/", version=2, text="Encore.")
