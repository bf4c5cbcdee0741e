"""Queuing mails and sending them."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core import mail

from preau.notifications.actions import MAX_TRIES, queue_mail, queue_mails, send_due
from preau.notifications.choices import OutgoingState
from preau.notifications.models import Outgoing

NOW = dt.datetime(2026, 10, 5, 8, 0, tzinfo=dt.UTC)
TOWN = SimpleNamespace(
    name="L’Haÿ & Cie",
    portal_name="Espace familles",
    phone="01 45 59 20 00",
    opening_hours="le matin",
    accent="#0b6a5a",
)
TEXT = """{% extends "notifications/mail.txt" %}{% block objet %}Bonjour {{ who }}{% endblock %}
{% block contenu %}{{ public_url }}/planning/ pour {{ who }}{% endblock %}"""
HTML = """{% extends "notifications/mail.html" %}{% block contenu %}<p>{{ who }}</p>{% endblock %}
{% block action %}{% include "notifications/_button.html" with url=public_url label="Voir" accent=town.accent only %}
{% endblock %}"""


@pytest.fixture(autouse=True)
def hello(settings, tmp_path):
    """A template of a mail, `hello`."""
    (tmp_path / "hello.txt").write_text(TEXT)
    (tmp_path / "hello.html").write_text(HTML)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.PUBLIC_URL = "https://familles.example.org"


def queue(key="one", who="Zoé", address="zoe@example.org"):
    queue_mail(address, template="hello", context={"town": TOWN, "who": who}, dedupe_key=key, now=NOW)


@pytest.mark.django_db
def test_the_first_line_of_the_text_is_the_subject():
    queue()
    outgoing = Outgoing.objects.get()
    assert outgoing.subject == "Bonjour Zoé"
    assert outgoing.text.startswith("https://familles.example.org/planning/ pour Zoé")


@pytest.mark.django_db
def test_a_text_shows_signs_as_they_are_and_html_escapes_them():
    queue(who="O'Brien <b>")
    outgoing = Outgoing.objects.get()
    assert outgoing.subject == "Bonjour O'Brien <b>"
    assert "L’Haÿ & Cie" in outgoing.text
    assert "<p>O&#x27;Brien &lt;b&gt;</p>" in outgoing.html
    assert "L’Haÿ &amp; Cie" in outgoing.html


@pytest.mark.django_db
def test_a_line_break_in_a_name_adds_no_header():
    queue(who="Zoé\nBcc: all@example.org")
    send_due(now=NOW)
    assert mail.outbox[0].subject == "Bonjour Zoé"
    assert mail.outbox[0].bcc == []


@pytest.mark.django_db
def test_the_frame_names_the_town_and_has_no_style():
    queue()
    html = Outgoing.objects.get().html
    assert "Espace familles" in html
    assert 'href="https://familles.example.org"' in html
    assert "style" not in html


@pytest.mark.django_db
def test_the_same_key_twice_queues_one_mail():
    queue(key="invoice:1")
    queue(key="invoice:1")
    assert Outgoing.objects.count() == 1


@pytest.mark.django_db
def test_many_mails_are_queued_with_one_statement(django_assert_num_queries):
    mails = [(f"{n}@example.org", {"town": TOWN, "who": str(n)}, f"many:{n}") for n in range(5)]
    with django_assert_num_queries(1):
        queue_mails(mails, template="hello", now=NOW)


@pytest.mark.django_db
def test_a_mail_is_sent_once():
    queue()
    assert send_due(now=NOW) == 1
    assert send_due(now=NOW + dt.timedelta(days=1)) == 0
    assert [message.to for message in mail.outbox] == [["zoe@example.org"]]
    assert 'Content-Type: text/html; charset="utf-8"' in str(mail.outbox[0].message())


class Unreachable:
    """A mail server that is down."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("no server")


@pytest.fixture
def no_server(monkeypatch):
    monkeypatch.setattr("preau.notifications.actions.get_connection", Unreachable)


@pytest.mark.django_db
def test_a_mail_that_could_not_leave_is_tried_again_later(no_server):
    queue()
    assert send_due(now=NOW) == 0
    outgoing = Outgoing.objects.get()
    assert outgoing.state == OutgoingState.WAITING
    assert outgoing.next_try_at == NOW + dt.timedelta(minutes=2)
    assert "no server" in outgoing.fault


@pytest.mark.django_db
def test_a_mail_is_given_up_after_enough_tries(no_server):
    queue()
    Outgoing.objects.update(tries=MAX_TRIES - 1)
    send_due(now=NOW)
    assert Outgoing.objects.get().state == OutgoingState.FAILED


@pytest.mark.django_db
def test_a_mail_whose_worker_died_leaves_after_the_lease():
    queue()
    Outgoing.objects.update(state=OutgoingState.SENDING, tries=1, next_try_at=NOW + dt.timedelta(minutes=5))
    assert send_due(now=NOW + dt.timedelta(minutes=4)) == 0
    assert send_due(now=NOW + dt.timedelta(minutes=5)) == 1
