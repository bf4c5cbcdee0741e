"""« Ce que j’autorise » and the uses of a child's image: signed by one parent, told to the other."""

import datetime as dt

import pytest

from preau.accounts.models import User
from preau.accounts.testing import sign_in
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche
from preau.families.choices import Situation
from preau.families.models import Adult, Consent
from preau.families.testing import make_adult, make_bond, make_child
from preau.members.actions.authorising import sign_authorisations
from preau.members.choices import Verdict
from preau.members.models import DietChoice
from preau.members.queries.authorisations import authorisation_states
from preau.members.testing import NOW, make_authorisation, make_diet
from preau.notifications.models import Outgoing

TODAY = NOW.date()


def sign(apart, adult: Adult, **answers: bool) -> int:
    return sign_authorisations(adult=adult, participant=apart.child, answers=answers, by=user_of(adult), now=NOW)


def state(apart, code: str = "baignade"):
    return next(one for one in authorisation_states([apart.child], on=TODAY)[apart.child.pk] if one.kind.code == code)


def user_of(adult: Adult) -> User:
    assert adult.user is not None
    return adult.user


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def test_a_yes_holds_until_the_other_parent_says_no(apart) -> None:
    make_authorisation("baignade")
    sign(apart, apart.mother, baignade=True)
    assert state(apart).is_granted
    sign(apart, apart.father, baignade=False)
    assert state(apart).verdict == Verdict.DISAGREED
    assert not state(apart).is_granted


def test_the_answer_of_a_parent_who_has_lost_authority_no_longer_counts(apart) -> None:
    make_authorisation("baignade")
    sign(apart, apart.mother, baignade=True)
    sign(apart, apart.father, baignade=False)
    make_bond(apart.father, apart.child, Situation.WITHOUT_EXERCISE, starts_on=TODAY)
    assert state(apart).is_granted


def test_a_disagreement_goes_to_an_agent_once_and_leaves_when_the_parents_agree(apart) -> None:
    make_authorisation("baignade")
    sign(apart, apart.mother, baignade=True)
    assert not Demarche.objects.exists()
    sign(apart, apart.father, baignade=False)
    sign(apart, apart.father, baignade=False)
    demarche = Demarche.objects.get()
    assert (demarche.kind, demarche.participant, demarche.state) == ("members.disagreement", apart.child, "sent")
    sign(apart, apart.father, baignade=True)
    demarche.refresh_from_db()
    assert demarche.state == DemarcheState.WITHDRAWN


def test_what_a_parent_signs_the_other_is_told_and_nobody_else(apart) -> None:
    make_authorisation("baignade")
    sign(apart, apart.mother, baignade=True)
    mail = Outgoing.objects.get()
    assert mail.address == apart.father.user.email
    assert "Question baignade : oui" in mail.text.replace("\u00a0", " ")
    assert "Élio" not in mail.subject
    sign(apart, apart.mother, baignade=True)  # nothing new
    assert Outgoing.objects.count() == 1
    assert Consent.objects.count() == 1


def test_what_is_not_asked_is_not_signed(apart) -> None:
    make_authorisation("sortir-seul", from_age=12)
    assert (
        sign_authorisations(
            adult=apart.mother,
            participant=apart.child,
            answers={"sortir-seul": True, "invente": True},
            by=apart.mother.user,
            now=NOW,
        )
        == 0
    )
    assert not Consent.objects.exists()


def test_other_words_ask_for_another_answer(apart) -> None:
    make_authorisation("baignade")
    sign(apart, apart.mother, baignade=True)
    make_authorisation("baignade", text="Et dans la mer aussi.")
    assert state(apart).answer_of(apart.mother).is_outdated
    sign(apart, apart.mother, baignade=True)
    assert not state(apart).answer_of(apart.mother).is_outdated


def test_a_required_answer_is_missing_until_a_parent_gives_one_even_a_no(apart) -> None:
    make_authorisation("image-site", is_image=True, is_required=True)
    assert state(apart, "image-site").is_missing
    sign_authorisations(
        adult=apart.mother, participant=apart.child, answers={"image-site": False}, by=apart.mother.user, now=NOW
    )
    assert not state(apart, "image-site").is_missing


def test_states_take_as_many_queries_for_one_child_as_for_many(apart, django_assert_num_queries) -> None:
    for code in ("baignade", "transport", "image"):
        make_authorisation(code)
    children = [
        apart.child,
        apart.elder,
        *(make_child(apart.mother.family, first_name=f"n{rank}") for rank in range(8)),
    ]
    for child in children:
        sign_authorisations(
            adult=apart.mother, participant=child, answers={"baignade": True}, by=apart.mother.user, now=NOW
        )
    for some in (children[:1], children):
        with django_assert_num_queries(4):
            states = authorisation_states(some, on=TODAY)
            assert all(one.verdict for child in some for one in states[child.pk])


def test_the_page_shows_the_questions_and_takes_the_answers(apart, client) -> None:
    make_authorisation("baignade")
    make_authorisation("image-site", is_image=True, is_required=True)
    sign_in(client, apart.mother.user)
    page = words(client.get(apart.page))
    assert "Question baignade" in page
    assert "réponse attendue" in page
    sent = {"reponse-baignade": "oui", "reponse-image-site": "non"}
    page = words(client.post(apart.page, sent, follow=True))
    assert "Vos 2 réponses sont enregistrées" in page
    sign_in(client, apart.father.user)
    assert "Inès Roussel : oui" in words(client.get(apart.page))


def test_a_parent_without_authority_does_not_answer(apart, client) -> None:
    make_authorisation("baignade")
    make_authorisation("image-site", is_image=True)
    DietChoice.objects.create(participant=apart.child, starts_on=TODAY, signed_at=NOW).diets.add(make_diet())
    aunt = make_adult(apart.mother.family, first_name="Tata")
    make_bond(aunt, apart.child, Situation.GRANDPARENT)
    sign_in(client, user_of(aunt))
    page = words(client.get(apart.page))
    for unseen in ("Signer mes réponses", "Question image-site", "Sans porc"):  # the last two are of the identity
        assert unseen not in page
    client.post(apart.page, {"reponse-baignade": "oui"})
    assert not Consent.objects.exists()


@pytest.mark.parametrize("situation", [Situation.WITHDRAWN, Situation.WITHOUT_EXERCISE, Situation.ENDED])
def test_who_may_not_know_who_collects_finds_no_page(apart, client, situation) -> None:
    make_bond(apart.father, apart.child, situation, starts_on=TODAY - dt.timedelta(days=1))
    sign_in(client, apart.father.user)
    assert client.get(apart.page).status_code == 404
