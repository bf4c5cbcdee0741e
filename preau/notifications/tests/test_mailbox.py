"""The demonstration's mailbox."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from preau.notifications.queries import written_mails
from preau.notifications.tests import mailbox_urls

pytestmark = [pytest.mark.django_db, pytest.mark.urls(mailbox_urls.__name__)]

BOX = "/boite-aux-lettres/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    mailbox: Path = tmp_path / "mailbox"
    mailbox.mkdir()
    settings.EMAIL_FILE_PATH = mailbox
    return mailbox


def write(*subjects, html="", text="Voir http://localhost:8000/planning/ & réserver", connection=None):
    connection = connection or get_connection("django.core.mail.backends.filebased.EmailBackend")
    messages = []
    for subject in subjects:
        message = EmailMultiAlternatives(subject, text, to=["zoe@example.org"])
        if html:
            message.attach_alternative(html, "text/html")
        messages.append(message)
    connection.send_messages(messages)


def page(response) -> str:
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


def test_an_empty_mailbox_says_what_to_do(client, folder):
    assert "Aucun courriel pour le moment" in page(client.get(BOX))
    folder.rmdir()
    assert "Aucun courriel pour le moment" in page(client.get(BOX))


def test_the_newest_mail_comes_first(client, folder):
    write("Le premier")
    write("Le deuxième")
    html = page(client.get(BOX))
    assert html.index("Le deuxième") < html.index("Le premier")


def test_mails_of_one_connection_are_told_apart(folder):
    write("Un", "Deux", "Trois", html="<p>--</p>")
    assert len(list(folder.iterdir())) == 1
    assert [mail.subject for mail in written_mails(folder)] == ["Trois", "Deux", "Un"]


def test_a_mail_shows_its_text_with_links_to_press(client, folder):
    write("Votre facture d’octobre", text="<b>gras</b>\nVoir http://localhost:8000/factures/")
    [mail] = written_mails(folder)
    html = page(client.get(f"{BOX}{mail.name}/"))
    assert "Votre facture d’octobre" in html
    assert '<a href="http://localhost:8000/factures/" rel="nofollow">' in html
    assert "&lt;b&gt;gras" in html
    assert mail.sent_at is not None
    assert abs(mail.sent_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


def test_the_html_of_a_mail_is_shown_alone_in_a_sandbox(client, folder):
    write("Bonjour", html="<h1>Bonjour</h1><script>alert(1)</script>")
    [mail] = written_mails(folder)
    response = client.get(f"{BOX}{mail.name}/courriel.html")
    assert page(response).strip() == "<h1>Bonjour</h1><script>alert(1)</script>"
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "'self'" not in policy


def test_a_mail_without_html_has_no_such_page(client, folder):
    write("Bonjour")
    [mail] = written_mails(folder)
    assert "courriel.html" not in page(client.get(f"{BOX}{mail.name}/"))
    assert client.get(f"{BOX}{mail.name}/courriel.html").status_code == 404


@pytest.mark.parametrize(
    "name", ["inconnu", "..", "../secret", "%2e%2e%2fsecret", "secret-0", "/etc/passwd", "\x00", "secret", "x" * 4000]
)
def test_no_name_reads_another_file(client, folder, name):
    (folder.parent / "secret.log").write_text("Subject: secret\n\nsecret")
    write("Bonjour")
    for end in ("/", "/courriel.html"):
        response = client.get(f"{BOX}{name}{end}")
        assert response.status_code in (301, 404)
        assert b"Subject" not in response.content


def test_outside_a_demonstration_there_is_no_mailbox(client, settings, folder):
    write("Bonjour")
    [mail] = written_mails(folder)
    settings.DEMO = False
    for address in (BOX, f"{BOX}{mail.name}/", f"{BOX}{mail.name}/courriel.html"):
        assert client.get(address).status_code == 404
