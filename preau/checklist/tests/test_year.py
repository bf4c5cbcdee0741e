"""The file of the year: looked at again step by step, once."""

import datetime as dt

import pytest
import time_machine

from preau.accounts.choices import Capability, Topic
from preau.accounts.models import Grant
from preau.accounts.notifying import choose
from preau.accounts.testing import confirm, make_agent, sign_in
from preau.checklist.actions.reminding import remind_due
from preau.checklist.choices import Step
from preau.checklist.models import Season, YearConfirmation
from preau.checklist.rules import reminder_due
from preau.core.dates import PARIS
from preau.documents.testing import make_document, make_kind
from preau.families.models import Adult, Consent
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.members.testing import make_authorisation
from preau.notifications.models import Outgoing
from preau.town.models import Text
from preau.town.testing import make_level, make_place, make_service, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 5, 20, 9, tzinfo=PARIS)
OPENS, CLOSES = dt.date(2026, 5, 4), dt.date(2026, 6, 30)
YEAR, STAFF = "/dossier/inscription/", "/mairie/annee-scolaire/dossiers/"
STEPS = [Step.COORDINATES, Step.IDENTITY, Step.IMAGE]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def season(db):
    make_town()
    return Season.objects.create(
        year=make_year(), opens_on=OPENS, closes_on=CLOSES, steps=[str(step) for step in STEPS], reminders=[21, 7]
    )


@pytest.fixture
def zoe(client, season):
    """Zoé, who can be called, and Nora, of whom everything is known."""
    family = make_family()
    adult = make_adult(family)
    Adult.objects.update(phone_home="01 45 59 20 00")
    nora = make_child(family, year=season.year, school=make_place(), level=make_level())
    answer(adult, nora)
    client.force_login(adult.user)
    return family


def press(client, url, **more):
    """« Rien n’a changé », on the page as it is now."""
    shown = client.get(url).context
    steps = [shown["step"]] if "place" in shown else shown["part"].confirmable
    return client.post(url, {"vu": [step.seen for step in steps]}, **more)


def answer(adult, child):
    make_authorisation("image-site", is_image=True)
    text = Text.objects.get(code="authorisation-image-site")
    Consent.objects.create(adult=adult, participant=child, text=text, given=False, at=NOW)


def nora_of(family):
    return family.homes.get(participant__first_name="Nora").participant


def page(client, url=YEAR) -> str:
    response = client.get(url)
    assert response.status_code == 200
    text: str = response.content.decode()
    return text.replace("\u00a0", " ")


def test_a_town_without_a_season_says_so(client, zoe):
    Season.objects.all().delete()
    assert "Aucun dossier à relire pour le moment" in page(client)


def test_before_its_first_day_it_says_when_it_opens(client, zoe):
    Season.objects.update(opens_on=dt.date(2026, 5, 21))
    assert "Ce dossier n’est pas encore ouvert." in page(client)
    assert "21 mai" in page(client)


def test_after_its_last_day_it_says_that_it_is_closed_and_takes_nothing(client, zoe):
    Season.objects.update(closes_on=dt.date(2026, 5, 19))
    assert "Ce dossier est fermé." in page(client)
    response = press(client, f"{YEAR}foyer/coordonnees/", follow=True)
    assert "pas ouvert" in response.content.decode()
    assert not YearConfirmation.objects.exists()


def test_who_comes_too_late_reads_that_it_is_closed_and_not_only_when_the_next_opens(client, zoe, season):
    Season.objects.update(closes_on=dt.date(2026, 5, 19))
    later = make_year("2027-2028", starts_on=dt.date(2027, 9, 1), ends_on=dt.date(2028, 7, 4))
    Season.objects.create(
        year=later, opens_on=dt.date(2027, 5, 4), closes_on=dt.date(2027, 6, 30), steps=[], reminders=[]
    )
    assert f"Le dossier {season.year.code} a fermé le 19 mai 2026." in page(client)
    assert "Ce dossier n’est pas encore ouvert." in page(client)


def test_the_last_day_is_included(client, zoe):
    Season.objects.update(closes_on=NOW.date())
    press(client, f"{YEAR}foyer/coordonnees/")
    assert YearConfirmation.objects.exists()


def test_one_click_for_a_child_confirms_all_their_steps(client, zoe):
    nora = nora_of(zoe)
    url = f"{YEAR}enfants/{nora.code}/"
    assert "Rien n’a changé pour Nora" in page(client, url)
    press(client, url)
    rows = YearConfirmation.objects.filter(participant=nora)
    assert {row.step for row in rows} == {Step.IDENTITY, Step.IMAGE}
    assert {row.by for row in rows} == {zoe.adults.get().user}
    assert all(len(row.seen) == 64 for row in rows)


def test_a_second_click_changes_nothing(client, zoe):
    url = f"{YEAR}enfants/{nora_of(zoe).code}/"
    for _ in range(2):
        press(client, url)
    assert YearConfirmation.objects.count() == 2


def test_what_changed_while_it_was_read_is_not_confirmed_unseen(client, zoe):
    url = f"{YEAR}foyer/coordonnees/"
    seen = client.get(url).context["step"].seen
    Adult.objects.update(phone_home="01 99 00 00 00")
    assert "a changé pendant que vous lisiez" in client.post(url, {"vu": seen}, follow=True).content.decode()
    assert not YearConfirmation.objects.exists()


def test_step_by_step_one_goes_on_with_the_next(client, zoe):
    nora = nora_of(zoe)
    response = press(client, f"{YEAR}enfants/{nora.code}/identite/")
    assert response.headers["Location"] == f"{YEAR}enfants/{nora.code}/droit-a-l-image/"


def test_after_the_last_step_comes_the_recap_and_its_end(client, zoe):
    url = f"{YEAR}enfants/{nora_of(zoe).code}/"
    assert "Passer à l’étape suivante" in page(client, f"{url}identite/")
    assert "Voir le récapitulatif" in page(client, f"{url}droit-a-l-image/")
    press(client, f"{url}identite/")
    response = press(client, f"{url}droit-a-l-image/")
    assert response.headers["Location"] == url
    assert "Terminer" in page(client, url)


def test_documents_are_looked_at_and_those_that_are_missing_are_given_first(client, zoe, season):
    Season.objects.update(steps=[Step.IDENTITY, Step.DOCUMENTS])
    nora = nora_of(zoe)
    make_service()
    kind = make_kind("livret-de-famille", required=[{"stage": "before_first_day"}])
    make_kind("avis-d-imposition", required=[{"stage": "optional"}])
    url = f"{YEAR}enfants/{nora.code}/"
    shown = page(client, f"{url}documents/")
    assert "Il manque : livret de famille" in shown
    assert "Facultatif" in shown
    assert press(client, f"{url}documents/").headers["Location"] == url
    assert not YearConfirmation.objects.exists()
    make_document(kind, zoe, zoe, by=zoe.adults.get().user)
    assert "En cours de lecture" in page(client, f"{url}documents/")
    press(client, f"{url}documents/")
    assert YearConfirmation.objects.get().step == Step.DOCUMENTS


def test_a_step_that_lacks_something_is_not_confirmed(client, zoe):
    Consent.objects.all().delete()
    url = f"{YEAR}enfants/{nora_of(zoe).code}/droit-a-l-image/"
    shown = page(client, url)
    assert "Il manque" in shown
    assert '<button type="submit" class="bouton bouton-plein">Rien n’a changé</button>' not in shown
    press(client, url)
    assert not YearConfirmation.objects.exists()


def test_the_child_is_done_once_and_each_household_confirms_its_own_coordinates(client, zoe, season):
    nora, other = nora_of(zoe), make_family(name="Carpentier")
    adult = make_adult(other, first_name="Thomas")
    Adult.objects.filter(pk=adult.pk).update(phone_home="01 02 03 04 05")
    nora.homes.create(family=other)
    make_bond(adult, nora)
    press(client, f"{YEAR}enfants/{nora.code}/")
    press(client, f"{YEAR}foyer/coordonnees/")
    client.force_login(adult.user)
    shown = page(client)
    assert shown.count("</svg>À relire") == 1
    assert "par un autre responsable" in page(client, f"{YEAR}enfants/{nora.code}/identite/")
    press(client, f"{YEAR}foyer/coordonnees/")
    assert YearConfirmation.objects.filter(step=Step.COORDINATES).count() == 2
    assert "Votre dossier est à jour" in page(client)


def test_the_other_household_is_not_shown(client, zoe):
    nora, other = nora_of(zoe), make_family(name="Carpentier")
    nora.homes.create(family=other)
    make_adult(other, first_name="Thomas", last_name="Carpentier")
    Adult.objects.filter(family=other).update(phone_mobile="07 07 07 07 07")
    assert "07 07" not in page(client, f"{YEAR}foyer/coordonnees/").replace("\u00a0", " ")


def test_the_child_of_others_does_not_exist(client, zoe):
    other = make_child(make_family(name="Voisin"))
    for tail in ("", "identite/"):
        assert client.get(f"{YEAR}enfants/{other.code}/{tail}").status_code == 404
    assert client.get(f"{YEAR}enfants/{nora_of(zoe).code}/n-existe-pas/").status_code == 404


def test_one_child_or_six_cost_the_same_queries(client, zoe, django_assert_num_queries):
    make_kind("assurance", holder="child", required=[{"stage": "before_first_day"}])
    Season.objects.update(steps=[*STEPS, Step.DOCUMENTS])
    page(client)
    with django_assert_num_queries(QUERIES):
        page(client)
    for name in ("Fatou", "Ousmane", "Hawa", "Issa", "Ismaël"):
        make_child(zoe, first_name=name)
    with django_assert_num_queries(QUERIES):
        page(client)


QUERIES = 28


# Reminders


def remind(day: dt.date) -> int:
    return remind_due(now=dt.datetime.combine(day, dt.time(9), PARIS))


REMINDER = CLOSES - dt.timedelta(days=21)


def test_on_a_day_of_reminder_each_parent_who_has_not_finished_is_told_once(zoe):
    assert remind(REMINDER) == 1
    assert remind(REMINDER) == 0
    mail = Outgoing.objects.get()
    assert "Nora" in mail.text
    assert "Nora" not in mail.subject
    assert "Pinceau" not in mail.subject


def test_on_another_day_nobody_is(zoe):
    assert remind(REMINDER - dt.timedelta(days=1)) == 0


def test_a_day_that_the_worker_missed_is_made_up_for_before_the_end(zoe):
    assert remind(REMINDER + dt.timedelta(days=2)) == 1


def test_who_has_finished_is_not_reminded(client, zoe):
    press(client, f"{YEAR}enfants/{nora_of(zoe).code}/")
    press(client, f"{YEAR}foyer/coordonnees/")
    assert remind(REMINDER) == 0


def test_who_switched_reminders_off_is_not_reminded(zoe):
    choose(zoe.adults.get().user, Topic.REMINDERS, is_on=False)
    assert remind(REMINDER) == 0


@pytest.mark.parametrize(
    ("today", "reminded_on", "is_due"),
    [
        (dt.date(2026, 6, 22), None, False),
        (dt.date(2026, 6, 23), None, True),
        (dt.date(2026, 6, 24), dt.date(2026, 6, 23), False),
        (dt.date(2026, 7, 1), None, False),
    ],
)
def test_reminders_are_due_from_their_day_to_the_last(today, reminded_on, is_due):
    due = reminder_due(opens_on=OPENS, closes_on=CLOSES, reminders=[7], reminded_on=reminded_on, today=today)
    assert due is is_due


# Agents


@pytest.fixture
def agent(client):
    user = make_agent(Capability.PREPARE_SCHOOL_YEAR)
    sign_in(client, user)
    return user


def test_agents_see_who_has_not_finished_by_school_and_level(client, zoe, season, agent):
    assert "Nora" in page(client, STAFF)
    assert "Nora" in page(client, f"{STAFF}?ecole=ecole-peri&niveau=gs")
    other = make_place("autre", name="Autre")
    make_child(make_family(name="Voisin"), first_name="Ugo", year=season.year, school=other, level=make_level())
    shown = page(client, f"{STAFF}?ecole=autre")
    assert "Ugo" in shown
    assert "Nora" not in shown


def test_who_has_finished_leaves_the_list(client, zoe, season, agent):
    for step in (Step.IDENTITY, Step.IMAGE):
        said = {"step": step, "by": agent, "at": NOW, "seen": "x"}
        YearConfirmation.objects.create(season=season, participant=nora_of(zoe), **said)
    assert "il reste les coordonnées du foyer" in page(client, STAFF)
    YearConfirmation.objects.create(season=season, family=zoe, step=Step.COORDINATES, by=agent, at=NOW, seen="x")
    assert "Tout le monde a terminé" in page(client, STAFF)


def test_the_button_reminds_once_a_day(client, zoe, agent):
    assert "1 parent le recevra." in page(client, f"{STAFF}?rappel=1")
    client.post(STAFF)
    client.post(STAFF)
    assert Outgoing.objects.count() == 1


def test_the_spreadsheet_asks_for_the_password_first(client, zoe, agent):
    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False):
        assert client.get(f"{STAFF}?export=csv").status_code == 302
        confirm(client)
        rows = client.get(f"{STAFF}?export=csv").content.decode()
    assert "Pinceau;Nora" in rows


def test_an_agent_of_a_school_sees_its_children_alone(client, zoe, season):
    other = make_place("autre", name="Autre")
    make_child(make_family(name="Voisin"), first_name="Ugo", year=season.year, school=other, level=make_level())
    sign_in(client, make_agent(Capability.PREPARE_SCHOOL_YEAR, place=other))
    shown = page(client, STAFF)
    assert "Ugo" in shown
    assert "Nora" not in shown


def test_an_agent_of_a_service_sees_nobody_since_a_file_belongs_to_none(client, zoe, season):
    agent = make_agent()
    sign_in(client, make_agent(Capability.PREPARE_SCHOOL_YEAR, service=make_service("sports")))
    assert "Nora" not in page(client, STAFF)
    assert not Grant.objects.filter(user=agent, place__isnull=False).exists()


def test_the_dates_are_changed_by_those_who_prepare_the_year_everywhere(client, zoe, season, agent):
    form = {"opens_on": "2026-05-01", "closes_on": "2026-06-15", "reminders": "14, 3", "steps": ["identity"]}
    client.post(f"{STAFF}dates/", form)
    season.refresh_from_db()
    assert (season.closes_on, season.reminders, season.steps) == (dt.date(2026, 6, 15), [14, 3], ["identity"])
    wrong = client.post(f"{STAFF}dates/", form | {"closes_on": "2026-04-01", "reminders": "bientôt"})
    text = wrong.content.decode()
    assert "vient après le premier" in text
    assert "Écrivez des nombres de jours" in text
    assert "bientôt" in text
