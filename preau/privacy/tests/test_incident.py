"""An incident: sessions end, what an account reached is told from the journal, and whom to write to."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from preau.accounts.models import Session
from preau.accounts.testing import make_agent
from preau.families.models import Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.actions import chain, record
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.privacy.actions.anchoring import mail_anchor
from preau.town.models import Town
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
AN_HOUR = dt.timedelta(hours=1)
RANGE = ("--since", "09/11/2026 09:00", "--until", "09/11/2026 11:00")  # in France: 8 to 10 UTC


@pytest.fixture
def mylis() -> Participant:
    make_town()
    family = make_family(name="Pinceau")
    make_adult(family, first_name="Zoé", last_name="Pinceau")
    make_adult(make_family(name="Martin"), first_name="Paul", last_name="Martin")
    return make_child(family, first_name="Mylis", last_name="Pinceau")


def test_what_an_account_reached_is_told_within_the_instants_alone(mylis, tmp_path, capsys):
    agent, other = make_agent(username="m.diarra"), make_agent()
    martin = make_child(make_family(name="Tardif"), first_name="Léa")
    for by, at, child in ((agent, NOW, mylis), (agent, NOW + AN_HOUR, martin), (other, NOW, martin)):
        record(by, "health.read", at=at, participant=child.code, facts={"purpose": "emergency"})
    record(agent, "documents.read", at=NOW, participant=mylis.code)
    record(agent, "backoffice.children_exported", at=NOW, facts={"rows": "26", "school": "ecole-une"})
    families, letter = tmp_path / "foyers.csv", tmp_path / "lettre.txt"
    call_command("incident", "M.Diarra", *RANGE, "--families", str(families), "--letter", str(letter))
    told = capsys.readouterr().out
    assert "1 dossier, 1 enfant, 1 fiche sanitaire lue" in told
    assert "26 lignes, école ecole-une\n" in told
    assert "Pinceau" in families.read_text()
    assert "Tardif" not in families.read_text()
    assert "Martin" not in families.read_text()
    assert families.stat().st_mode & 0o077 == 0
    assert "1 foyer, 1 enfant, et les personnes de 1 liste emportée" in letter.read_text()
    assert "données de santé, pièces de santé ou jugements" in letter.read_text()


def test_freezing_ends_the_sessions_of_one_account_or_of_all_and_is_noted(mylis):
    agent, other = make_agent(username="m.diarra"), make_agent()
    for user in (agent, agent, other):
        Session.objects.create(session_key=f"k{Session.objects.count()}", user=user, expire_date=NOW + 99 * AN_HOUR)
    call_command("incident", "m.diarra", "--freeze")
    assert list(Session.objects.values_list("user", flat=True)) == [other.pk]
    call_command("incident", "tous", "--freeze")
    assert not Session.objects.exists()
    frozen = Entry.objects.filter(action="privacy.frozen").order_by("pk")
    assert [entry.facts["sessions"] for entry in frozen] == [2, 1]


@pytest.mark.parametrize(
    "given",
    [
        ("personne",),
        ("tous",),
        ("m.diarra", "--since", "hier"),
        ("m.diarra", "--since", "09/11/2026 11:00", "--until", "09/11/2026 09:00"),
        ("m.diarra", "--letter", "/nulle/part/lettre.txt"),
    ],
)
def test_what_is_not_understood_is_said(mylis, given):
    make_agent(username="m.diarra")
    with pytest.raises(CommandError):
        call_command("incident", *given)


def test_the_last_link_of_the_journal_leaves_once_a_week_to_whom_the_town_says(mylis):
    record(None, "tests.done", at=NOW)
    chain()
    assert mail_anchor(now=NOW) == 0
    Town.objects.update(data_protection_email="dpd@commune.example")
    assert [mail_anchor(now=NOW + days * 24 * AN_HOUR) for days in (0, 1, 6, 7)] == [1, 0, 0, 1]
    first = Outgoing.objects.order_by("pk")[0]
    assert first.address == "dpd@commune.example"
    assert Entry.objects.get().digest in first.text
