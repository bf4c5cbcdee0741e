"""Telling people: what they may refuse, they are not told once they have."""

import datetime as dt

import pytest

from preau.accounts.choices import Topic
from preau.accounts.models import Subscription
from preau.accounts.notifying import Event, notify, wants
from preau.accounts.testing import make_user
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def templates(settings, tmp_path):
    make_town()
    for kind in ("txt", "html"):
        (tmp_path / f"told.{kind}").write_text("Objet\n\nTexte de {{ town.name }} à {{ name }}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]


def addresses() -> list[str]:
    return list(Outgoing.objects.order_by("pk").values_list("address", flat=True))


def test_a_topic_is_on_until_one_says_no() -> None:
    user = make_user()
    assert wants(user, Topic.REQUESTS)
    Subscription.objects.create(user=user, topic=Topic.REQUESTS, is_on=False)
    assert not wants(user, Topic.REQUESTS)
    notify(Event("told", Topic.REQUESTS), to=user, facts={"name": "Zoé"}, key="1", now=NOW)
    assert addresses() == []


def test_what_has_no_topic_is_always_told_and_once() -> None:
    user = make_user()
    for _ in range(2):
        notify(Event("told"), to=user, facts={"name": "Zoé"}, key="1", now=NOW)
    notify(Event("told"), to="leo@example.org", facts={"name": "Léo"}, key="2", now=NOW)
    assert addresses() == [user.email, "leo@example.org"]
    assert "Villejuif à Léo" in Outgoing.objects.get(dedupe_key="2").text
