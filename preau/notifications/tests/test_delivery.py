"""The outbox on its bad days: the server is down, the worker dies, two workers run at once."""

import datetime as dt
import smtplib
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.core import mail
from django.db import connection, transaction

from preau.notifications.actions import LEASE, MAX_TRIES, MAX_WAIT, queue_later, send_due
from preau.notifications.choices import OutgoingState
from preau.notifications.models import Outgoing
from preau.notifications.tests.test_outbox import TOWN

NOW = dt.datetime(2026, 11, 9, 8, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def put(count: int = 1, **fields: object) -> list[Outgoing]:
    """Mails due now, one second after the other."""
    values = {"template": "x", "subject": "Votre facture", "text": "Bonjour", "created_at": NOW} | fields
    return [
        Outgoing.objects.create(
            **{"address": f"parent-{n}@example.org", "dedupe_key": f"key-{n}", "next_try_at": NOW} | values
        )
        for n in range(count)
    ]


class Server:
    """A mail server that refuses some addresses; `received` keeps the others."""

    def __init__(self, refused: tuple[str, ...] = (), fault: Exception | None = None) -> None:
        self.refused = refused
        self.received: list[str] = []
        self.fault = fault or smtplib.SMTPServerDisconnected("gone")

    def send_messages(self, messages):
        for message in messages:
            if not self.refused or message.to[0] in self.refused:
                raise self.fault
            self.received.append(message.to[0])
        return len(messages)


@pytest.fixture
def serve(monkeypatch):
    def use(server):
        monkeypatch.setattr("preau.notifications.actions.get_connection", lambda: server)
        return server

    return use


@pytest.mark.django_db
def test_what_was_not_committed_is_never_sent():
    with transaction.atomic():
        put()
        transaction.set_rollback(True)
    assert send_due(now=NOW) == 0
    assert mail.outbox == []


@pytest.mark.django_db
def test_waits_double_up_to_four_hours_and_stop_after_twenty_tries(serve):
    serve(Server())
    (outgoing,) = put()
    at, waits = NOW, []
    for _ in range(MAX_TRIES):
        send_due(now=at)
        outgoing.refresh_from_db()
        waits.append((outgoing.next_try_at - at) // MINUTE)
        at = outgoing.next_try_at
    assert waits[:8] == [2, 4, 8, 16, 32, 64, 128, 240]
    assert max(waits) == MAX_WAIT // MINUTE
    assert outgoing.state == OutgoingState.FAILED
    assert send_due(now=at + dt.timedelta(days=30)) == 0
    assert dt.timedelta(days=1) < at - NOW < dt.timedelta(days=3)


@pytest.mark.django_db
def test_a_mail_that_fails_does_not_hold_back_the_others(serve):
    server = serve(Server(refused=("parent-0@example.org",)))
    put(3)
    assert send_due(now=NOW) == 2
    assert server.received == ["parent-1@example.org", "parent-2@example.org"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["parent@example.org\nBcc: all@example.org", "a" * 200, "", "sans arobase"])
def test_a_mail_that_cannot_even_be_written_does_not_hold_back_the_others(address):
    put(1, address=address, dedupe_key="odd", next_try_at=NOW - MINUTE)
    put(2)
    send_due(now=NOW)
    assert {"parent-0@example.org", "parent-1@example.org"} <= {message.to[0] for message in mail.outbox}
    assert all(message.bcc == [] for message in mail.outbox)


@pytest.mark.django_db
def test_a_mail_leaves_when_the_server_is_back(serve):
    serve(Server())
    put()
    send_due(now=NOW)
    server = serve(Server(refused=("nobody",)))
    assert send_due(now=NOW + MINUTE) == 0
    assert send_due(now=NOW + 2 * MINUTE) == 1
    outgoing = Outgoing.objects.get()
    assert (outgoing.state, outgoing.sent_at, outgoing.fault) == (OutgoingState.SENT, NOW + 2 * MINUTE, "")
    assert server.received == ["parent-0@example.org"]


class Killed(BaseException):
    """The process is killed while it speaks to the server."""


@pytest.mark.django_db
def test_a_worker_killed_while_sending_loses_nothing(serve):
    serve(Server(refused=("parent-1@example.org",), fault=Killed()))  # type: ignore[arg-type]
    put(3)
    with pytest.raises(Killed):
        send_due(now=NOW)
    states = Outgoing.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [OutgoingState.SENT, OutgoingState.SENDING, OutgoingState.SENDING]
    server = serve(Server(refused=("nobody",)))
    assert send_due(now=NOW + LEASE - MINUTE) == 0
    assert send_due(now=NOW + LEASE) == 2
    assert server.received == ["parent-1@example.org", "parent-2@example.org"]


@pytest.mark.django_db
def test_the_oldest_leave_first_and_no_more_than_asked(serve):
    server = serve(Server(refused=("nobody",)))
    put(1, dedupe_key="late", address="late@example.org")
    put(1, dedupe_key="early", address="early@example.org", next_try_at=NOW - MINUTE)
    assert send_due(now=NOW, limit=1) == 1
    assert server.received == ["early@example.org"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once(serve):
    server = serve(Server(refused=("nobody",)))
    put(40)

    def work(_: int) -> int:
        try:
            return sum(send_due(now=NOW, limit=5) for _ in range(10))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 40
    assert len(server.received) == len(set(server.received)) == 40


def words_of(about: str) -> tuple[str, dict[str, object]]:
    """Makes the mails of these tests: of what is gone, nothing can be said."""
    if about == "gone":
        raise Outgoing.DoesNotExist
    return "notifications/mail", {"town": SimpleNamespace(**vars(TOWN) | {"portal_name": about})}


MAKER = f"{__name__}.words_of"


@pytest.mark.django_db
def test_a_mail_made_when_it_is_sent_is_made_once(serve):
    server = serve(Server(refused=("parent@example.org",)))
    queue_later("parent@example.org", maker=MAKER, about="Espace familles", dedupe_key="once", now=NOW)
    assert not Outgoing.objects.get().text
    send_due(now=NOW)
    text = Outgoing.objects.get().text
    assert "Espace familles" in text
    Outgoing.objects.update(about="changed since")
    server.refused = ("nobody",)
    send_due(now=NOW + MAX_WAIT)
    assert (Outgoing.objects.get().text, server.received) == (text, ["parent@example.org"])


@pytest.mark.django_db
def test_a_mail_about_what_is_gone_stops_no_other(serve):
    server = serve(Server(refused=("nobody",)))
    for about in ("gone", "Espace familles"):
        queue_later(f"{len(about)}@example.org", maker=MAKER, about=about, dedupe_key=about, now=NOW)
    send_due(now=NOW)
    assert server.received == ["15@example.org"]
    assert Outgoing.objects.get(about="gone").state == OutgoingState.WAITING
