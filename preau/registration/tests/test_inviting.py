"""Accounts that the town offers: one adult or hundreds, accepted at the first visit, taken back."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test import Client

from preau.accounts.actions import EmailTaken
from preau.accounts.choices import LinkPurpose
from preau.accounts.links import find_link
from preau.accounts.models import Acceptance, User
from preau.accounts.testing import make_user
from preau.families.models import Adult, Family
from preau.families.testing import make_adult, make_family
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.registration.actions.inviting import (
    InvitationIsOver,
    NotAsked,
    accept_invitation,
    close_invitation,
    invite,
    invite_again,
    invite_at,
)
from preau.registration.choices import NotInvited
from preau.registration.models import Invitation
from preau.registration.testing import NEW_PASSWORD, NOW, make_code, make_invitation, make_registration, make_text
from preau.town.testing import make_town

HOUR = dt.timedelta(hours=1)
ANSWER = {"username": "zoe", "password": NEW_PASSWORD, "password_again": NEW_PASSWORD, "terms": "on", "privacy": "on"}


@pytest.fixture
def family() -> Family:
    return make_family(number="1084-3154")


def person(family: Family, first_name: str = "Zoé", email: str = "zoe@example.org") -> Adult:
    adult = make_adult(family, signs_in=False, first_name=first_name)
    Adult.objects.filter(pk=adult.pk).update(email=email)
    adult.refresh_from_db()
    return adult


def token_mailed() -> str:
    text = Outgoing.objects.filter(template="registration/mail/invitation").order_by("pk").last()
    assert text is not None
    return text.text.split("/invitation/")[1].split("/")[0]


def page_of(token: str) -> str:
    return f"/invitation/{token}/"


def words(response) -> str:
    return str(response.content.decode().replace("\xa0", " "))


def reasons(*adults: Adult, **more: object) -> list[NotInvited]:
    result = invite(adults=[adult.pk for adult in adults], by=None, now=NOW, **more)  # type: ignore[arg-type]
    return [reason for _, reason in result.refused]


# Inviting


def test_the_mail_says_the_name_proposed_and_until_when(family: Family) -> None:
    make_town(link_hours={"invited": 168})
    invite(adults=[person(family).pk], by=None, now=NOW)
    mail = Outgoing.objects.get()
    assert (mail.address, mail.subject) == ("zoe@example.org", "Activez votre compte")
    assert "z.pinceau" in mail.text
    assert "lundi 16 novembre à 10 h" in mail.text.replace("\xa0", " ")
    assert not User.objects.exists()


def test_who_cannot_be_invited_is_told_apart(family: Family) -> None:
    make_user("known")
    closed = person(make_family(name="Fermé"), email="closed@example.org")
    Family.objects.filter(pk=closed.family_id).update(archived_at=NOW)
    adults = [
        make_adult(family),
        person(family, email=""),
        person(family, email="Known@example.org"),
        person(family, "Malik", "both@example.org"),
        person(family, "Paul", "BOTH@example.org"),
        closed,
    ]
    assert set(reasons(*adults)) == {
        NotInvited.HAS_ACCOUNT,
        NotInvited.NO_EMAIL,
        NotInvited.EMAIL_TAKEN,
        NotInvited.SHARED_EMAIL,
        NotInvited.FILE_IS_CLOSED,
    }
    assert not Outgoing.objects.exists()


def test_an_invitation_in_force_stays_and_an_expired_one_is_renewed(family: Family) -> None:
    adult = person(family)
    first = invite(adults=[adult.pk], by=None, now=NOW).done[0]
    assert reasons(adult) == [NotInvited.ALREADY_INVITED]
    later = NOW + dt.timedelta(days=30)
    assert invite(adults=[adult.pk], renews_expired=False, by=None, now=later).done == []
    assert invite(adults=[adult.pk], by=None, now=later).done == [first]
    assert Outgoing.objects.count() == 2


def test_two_adults_are_not_invited_at_one_address_one_after_the_other(family: Family) -> None:
    invite(adults=[person(family).pk], by=None, now=NOW)
    assert reasons(person(family, "Malik")) == [NotInvited.SHARED_EMAIL]


def test_names_proposed_are_nobodys(family: Family) -> None:
    make_user("Z.Pinceau")
    adults = [person(family, "Zoé", f"zoe{place}@example.org") for place in range(3)]
    result = invite(adults=[adult.pk for adult in adults], by=None, now=NOW)
    assert [one.username for one in result.done] == ["z.pinceau2", "z.pinceau3", "z.pinceau4"]


@pytest.mark.parametrize("count", [1, 60])
def test_hundreds_are_invited_in_as_many_queries_as_one(family: Family, count: int, django_assert_num_queries) -> None:
    adults = [person(family, email=f"a{place}@example.org").pk for place in range(count)]
    with django_assert_num_queries(14):
        assert len(invite(adults=adults, by=None, now=NOW).done) == count
    assert Outgoing.objects.count() == count
    assert Entry.objects.filter(action="registration.invited", family=family.code).count() == count


def test_an_address_mended_is_kept_in_the_file_and_the_first_link_dies(client: Client, family: Family) -> None:
    adult = person(family, email="zoe@exemple.og")
    invite(adults=[adult.pk], by=None, now=NOW)
    first = token_mailed()
    invite_at(adult=adult, email="zoe@example.org", by=None, now=NOW)
    adult.refresh_from_db()
    assert adult.email == "zoe@example.org"
    assert client.get(page_of(first)).status_code == 410
    assert client.get(page_of(token_mailed())).status_code == 200


def test_an_address_that_is_taken_leaves_the_invitation_as_it_was(client: Client, family: Family) -> None:
    make_user("known")
    adult = person(family)
    invite(adults=[adult.pk], by=None, now=NOW)
    with pytest.raises(NotAsked) as refused:
        invite_at(adult=adult, email="known@example.org", by=None, now=NOW)
    assert refused.value.reason == NotInvited.EMAIL_TAKEN
    assert client.get(page_of(token_mailed())).status_code == 200


def test_a_link_is_sent_again_once_a_minute(family: Family) -> None:
    invitation = make_invitation(person(family))
    assert not invite_again(invitation=invitation, by=None, now=NOW)
    assert invite_again(invitation=invitation, by=None, now=NOW + HOUR)


@pytest.mark.django_db(transaction=True)
def test_two_agents_who_invite_two_adults_at_one_address_at_once_invite_one() -> None:
    make_town(ways=["invited"])
    family = make_family()
    adults = [person(family, name, "both@example.org").pk for name in ("Zoé", "Malik")]
    barrier = threading.Barrier(2)
    refused: list[NotInvited] = []

    def race(adult: int) -> None:
        barrier.wait()
        try:
            refused.extend(reason for _, reason in invite(adults=[adult], by=None, now=NOW).refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=[adult]) for adult in adults]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [NotInvited.SHARED_EMAIL]
    assert Invitation.objects.count() == Outgoing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_accept_one_invitation_at_once_open_one_account() -> None:
    make_town(ways=["invited"])
    make_invitation(person(make_family()))
    link = find_link(token_mailed(), LinkPurpose.INVITATION)
    assert link is not None
    barrier, over = threading.Barrier(2), []

    def race(username: str) -> None:
        barrier.wait()
        try:
            accept_invitation(link=link, username=username, password_hash="x", texts=[], now=NOW)
        except (InvitationIsOver, EmailTaken) as late:
            over.append(type(late))
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=[name]) for name in ("zoe1", "zoe2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert over == [InvitationIsOver]
    assert User.objects.count() == 1


# The first visit


def test_opening_the_link_opens_no_account(client: Client, family: Family) -> None:
    make_invitation(person(family))
    for _ in range(2):
        page = words(client.get(page_of(token_mailed())))
    assert "Bonjour Zoé" in page
    assert "1084-3154" in page
    assert not User.objects.exists()


def test_the_parent_accepts_chooses_a_password_and_is_signed_in(client: Client, family: Family) -> None:
    adult = person(family)
    texts = {make_text("terms").pk, make_text("privacy").pk}
    make_invitation(adult)
    token = token_mailed()
    assert client.post(page_of(token), ANSWER).headers["Location"] == "/arrivee/"
    user = User.objects.get()
    adult.refresh_from_db()
    assert adult.user == user
    assert (user.username, user.email, user.is_admitted) == ("zoe", "invited@example.org", True)
    assert user.check_password(NEW_PASSWORD)
    assert set(Acceptance.objects.values_list("text", flat=True)) == texts
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get("/accueil/").status_code == 200
    assert "Ce lien a déjà servi" in words(Client().get(page_of(token)))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"terms": ""}, "Cochez la case « J’ai lu et j’accepte"),
        ({"privacy": ""}, "Cochez la case « J’ai pris connaissance"),
        ({"password": "court", "password_again": "court"}, "Mot de passe"),
        ({"password_again": "autre chose"}, "deux fois le même"),
        ({"password": "girafe 10843154 lune", "password_again": "girafe 10843154 lune"}, "numéro de dossier"),
        ({"username": "a b"}, "sans espace"),
    ],
)
def test_without_agreement_or_a_sound_password_there_is_no_account(
    client: Client, family: Family, answer: dict[str, str], said: str
) -> None:
    make_invitation(person(family))
    sent = {name: value for name, value in (ANSWER | answer).items() if value}
    page = words(client.post(page_of(token_mailed()), sent))
    assert said in page
    assert "<title>Erreur : " in page
    assert not User.objects.exists()


def test_a_name_taken_is_said_and_the_link_still_works(client: Client, family: Family) -> None:
    make_user("zoe")
    make_invitation(person(family))
    assert "déjà pris" in words(client.post(page_of(token_mailed()), ANSWER))
    assert client.post(page_of(token_mailed()), ANSWER | {"username": "zoe2"}).status_code == 302


def test_an_account_opened_meanwhile_at_that_address_is_said(client: Client, family: Family) -> None:
    make_invitation(person(family), email="zoe@example.org")
    make_user("zoe")
    answer = client.post(page_of(token_mailed()), ANSWER)
    assert answer.status_code == 409
    assert "Vous avez déjà un compte" in words(answer)


def test_an_expired_invitation_is_sent_again_by_the_parent(client: Client, family: Family, time_machine) -> None:
    make_invitation(person(family))
    old = token_mailed()
    time_machine.move_to(NOW + dt.timedelta(days=20), tick=False)
    assert "Renvoyer le lien" in words(client.get(page_of(old)))
    assert "Un nouveau lien vous a été envoyé" in words(client.post(page_of(old), {"renvoyer": "1"}))
    assert client.post(page_of(token_mailed()), ANSWER).status_code == 302


def test_an_invitation_taken_back_opens_nothing(client: Client, family: Family) -> None:
    adult = person(family)
    make_invitation(adult)
    assert close_invitation(adult=adult, by=None, now=NOW)
    assert not close_invitation(adult=adult, by=None, now=NOW)
    token = token_mailed()
    assert client.post(page_of(token), ANSWER).status_code == 410
    assert client.post(page_of(token), {"renvoyer": "1"}).status_code == 410
    assert not User.objects.exists()


def test_an_adult_who_got_an_account_otherwise_is_not_invited_any_more(client: Client, family: Family) -> None:
    adult = person(family)
    make_invitation(adult)
    token = token_mailed()
    make_registration(code=make_code(adult))
    activation = Outgoing.objects.get(template="registration/mail/activation").text
    client.post(f"/activer/{activation.split('/activer/')[1].split('/')[0]}/")
    assert Invitation.objects.get().revoked_at == NOW
    assert client.post(page_of(token), ANSWER).status_code == 410


def test_the_other_holders_of_the_household_are_told(client: Client, family: Family) -> None:
    malik = make_adult(family, first_name="Malik")
    assert malik.user is not None
    make_invitation(person(family))
    client.post(page_of(token_mailed()), ANSWER)
    assert Outgoing.objects.filter(address=malik.user.email, template="families/mail/account_linked").exists()
