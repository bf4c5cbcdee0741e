"""Taking over shared accounts: faults first, then an account for each guardian, and a report of the others."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.families.choices import Situation
from preau.families.models import Adult, Family
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.registration.actions.takeovers import do_takeover, keep_takeover
from preau.registration.models import Invitation, Takeover
from preau.registration.queries.takeovers import plan_takeover, report_of
from preau.registration.takeover_file import read_takeover
from preau.registration.testing import NOW
from preau.town.testing import make_place, make_town

PAGE = "/mairie/comptes/reprise/"
TODAY = NOW.date()
HEAD = "dossier;courriel;adultes\n"


def person(family: Family, first_name: str, email: str = "", last_name: str = "Pinceau") -> Adult:
    adult = make_adult(family, signs_in=False, first_name=first_name, last_name=last_name)
    Adult.objects.filter(pk=adult.pk).update(email=email)
    return adult


def faults(text: str) -> list[str]:
    return [str(fault).replace("\xa0", " ") for fault in read_takeover(text.encode()).faults]


def taken_over(text: str) -> Takeover:
    read = read_takeover((HEAD + text).encode())
    assert not read.faults
    kept = keep_takeover(name="ancien.csv", lines=read.lines, by=None, now=NOW)
    return do_takeover(takeover=kept, by=None, now=NOW)


def invited() -> dict[str, str]:
    return {one.adult.first_name: one.email for one in Invitation.objects.select_related("adult")}


def problems(takeover: Takeover) -> list[tuple[int, str, str]]:
    return [(row.line, row.who, row.reason) for row in report_of(takeover, on=TODAY)]


# The file


def test_every_fault_is_said_with_its_line() -> None:
    text = HEAD + "1084;zoe@;\n;a@example.org;\n1085;ok@example.org;Zoé\n1086;ok@example.org;\n10-86;b@example.org;\n"
    assert faults(text) == [
        "ligne 2 : « zoe@ » n’est pas une adresse e-mail.",
        "ligne 3 : il manque le numéro de dossier.",
        "ligne 4 : « Zoé » : écrivez le prénom et le nom.",
        "ligne 6 : le dossier 10-86 est déjà à la ligne 5 : gardez une seule ligne.",
    ]


def test_a_file_without_its_columns_or_its_lines_is_told_so() -> None:
    assert "il manque la colonne « dossier »" in faults("numero;mail\n1;a@example.org\n")[0]
    assert faults("") == [
        "ligne 1 : il manque la colonne « dossier » ; les colonnes sont « dossier », « courriel », « adultes »."
    ]
    assert faults(HEAD) == ["Le fichier ne contient aucun dossier."]
    assert "CSV UTF-8" in str(read_takeover(b"PK\x03\x04\x00").faults[0])


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_files_of_all_spreadsheets_are_read(separator: str, encoding: str) -> None:
    rows = [["Dossier", "Courriel", "Adultes"], ["1084", "a@example.org", "Zoé Pinceau"]]
    read = read_takeover("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    assert not read.faults
    assert read.lines[0].adults == (("Zoé Pinceau", ""),)


# Who is invited


def test_each_guardian_gets_an_account_at_their_own_address() -> None:
    family = make_family(number="1084-3154")
    zoe, malik = person(family, "Zoé", "zoe@example.org"), person(family, "Malik")
    person(family, "Mamie", "mamie@example.org")
    child = make_child(family)
    child.guardianships.all().delete()
    make_bond(zoe, child)
    make_bond(malik, child)
    done = taken_over("10843154;famille@example.org;\n")
    assert invited() == {"Zoé": "zoe@example.org", "Malik": "famille@example.org"}
    assert problems(done) == []


def test_the_address_of_the_old_account_stays_with_whom_it_is_in_the_file() -> None:
    family = make_family(number="1084")
    person(family, "Zoé", "famille@example.org")
    person(family, "Malik")
    done = taken_over("1084;famille@example.org;Zoé Pinceau, Malik Pinceau\n")
    assert invited() == {"Zoé": "famille@example.org"}
    assert problems(done) == [(2, "Malik Pinceau", "n’a pas d’adresse e-mail")]


def test_two_adults_without_an_address_of_their_own_do_not_share_one() -> None:
    family = make_family(number="1084")
    person(family, "Zoé")
    person(family, "Malik")
    done = taken_over("1084;famille@example.org;Zoé Pinceau, Malik PINCEAU\n")
    assert invited() == {}
    assert [reason for _, _, reason in problems(done)] == ["a la même adresse e-mail qu’un autre adulte"] * 2


def test_addresses_of_the_file_of_the_old_portal_come_first() -> None:
    family = make_family(number="1084")
    person(family, "Zoé", "old@example.org")
    person(family, "Malik")
    taken_over("1084;famille@example.org;Zoé Pinceau <new@example.org>, Malik Pinceau\n")
    assert invited() == {"Zoé": "new@example.org", "Malik": "famille@example.org"}


def test_what_could_not_be_done_is_reported_line_by_line() -> None:
    make_user("known")
    with_account = make_family(number="1")
    make_adult(with_account, first_name="Ouverte")
    person(make_family(number="2"), "Paul", "Known@example.org")
    withdrawn = make_family(number="3")
    make_bond(person(withdrawn, "Roger", "r@example.org"), make_child(withdrawn), Situation.WITHDRAWN, starts_on=TODAY)
    closed = make_family(number="4")
    Family.objects.filter(pk=closed.pk).update(archived_at=NOW)
    done = taken_over(
        "1;a@example.org;Ouverte Pinceau\n2;b@example.org;Paul Pinceau\n3;c@example.org;\n4;d@example.org;\n"
        "5;e@example.org;\n2-0;;x y\n"
    )
    assert problems(done) == [
        (2, "Ouverte Pinceau", "a déjà un compte"),
        (3, "Paul Pinceau", "a l’adresse e-mail d’un compte qui existe"),
        (4, "Pinceau", "n’a pas de responsable dans ce dossier"),
        (5, "d@example.org", "est dans un dossier inconnu"),
        (6, "e@example.org", "est dans un dossier inconnu"),
        (7, "", "est dans un dossier inconnu"),
    ]
    assert done.invited == 0


def test_running_twice_changes_nothing() -> None:
    person(make_family(number="1084"), "Zoé", "zoe@example.org")
    text = "1084;zoe@example.org;Zoé Pinceau\n"
    first = taken_over(text)
    assert do_takeover(takeover=first, by=None, now=NOW).invited == 1
    second = taken_over(text)
    assert (second.invited, problems(second)) == (0, [(2, "Zoé Pinceau", "est déjà invité")])
    read = read_takeover((HEAD + text).encode())
    later = keep_takeover(name="x", lines=read.lines, by=None, now=NOW)
    do_takeover(takeover=later, by=None, now=NOW + dt.timedelta(days=60))
    assert Outgoing.objects.count() == 1


@pytest.mark.parametrize("count", [1, 30])
def test_hundreds_of_lines_are_planned_in_four_queries(count: int, django_assert_num_queries) -> None:
    for number in range(count):
        person(make_family(number=f"N{number}"), "Zoé", f"z{number}@example.org")
    lines = read_takeover((HEAD + "".join(f"N{number};;Zoé Pinceau\n" for number in range(count))).encode()).lines
    with django_assert_num_queries(4):
        assert len(plan_takeover(lines, on=TODAY)) == count


# The desk


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("ancien.csv", text.encode(), content_type="text/csv")


def words(response) -> str:
    return str(response.content.decode().replace("\xa0", " "))


@pytest.fixture
def samira(client: Client) -> Client:
    sign_in(client, make_agent(Capability.INVITE_FAMILIES))
    return client


def test_an_agent_checks_reads_then_invites(samira: Client) -> None:
    person(make_family(number="1084"), "Zoé", "zoe@example.org")
    answer = samira.post(PAGE, {"file": upload(HEAD + "1084;;Zoé Pinceau\n9;f@example.org;\n")}, follow=True)
    assert "Vérifiez avant d’inviter" in words(answer)
    assert not Outgoing.objects.exists()
    report = answer.redirect_chain[0][0]
    for _ in range(2):
        done = samira.post(report, follow=True)
    assert "Reprise faite" in words(done)
    assert "est dans un dossier inconnu" in words(done)
    assert Outgoing.objects.count() == 1
    assert "ancien.csv" in words(samira.get(PAGE))


def test_a_file_that_would_invite_nobody_offers_no_sending(samira: Client) -> None:
    page = words(samira.post(PAGE, {"file": upload(HEAD + "9;f@example.org;\n")}, follow=True))
    assert "Aucun adulte à inviter." in page
    assert "Envoyer les invitations" not in page


def test_an_example_may_be_downloaded_and_a_demonstration_can_take_it_over(samira: Client, settings) -> None:
    zoe = person(make_family(number="1084"), "Zoé")
    assert "?exemple=csv" in words(samira.get(PAGE))
    general = read_takeover(samira.get(PAGE, {"exemple": "csv"}).content)
    assert [line.number for line in general.lines] == ["1084", "1085"]
    settings.DEMO = True
    read = read_takeover(samira.get(PAGE, {"exemple": "csv"}).content)
    assert [*general.faults, *read.faults] == []
    assert [planned.adult for planned in plan_takeover(read.lines, on=TODAY)] == [zoe]


def test_a_file_with_a_fault_is_not_kept(samira: Client) -> None:
    answer = samira.post(PAGE, {"file": upload(HEAD + "1084;zoe@;\n")})
    assert "Ligne 2 : « zoe@ » n’est pas une adresse e-mail." in words(answer)
    assert not Takeover.objects.exists()
    assert "Remplissez « Fichier CSV »" in words(samira.post(PAGE))


def test_the_report_opens_in_a_spreadsheet_without_running_a_formula(samira: Client) -> None:
    samira.post(PAGE, {"file": upload(HEAD + '9;f@example.org;"=HYPERLINK(""x"") y"\n')})
    found = Takeover.objects.get()
    person(make_family(number="9"), "Zoé")
    samira.post(f"{PAGE}{found.code}/")
    answer = samira.get(f"{PAGE}{found.code}/", {"export": "csv"})
    assert Entry.objects.get(action="registration.takeover_exported").subject == found.code
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "'=HYPERLINK" in answer.content.decode()


def test_only_agents_of_the_whole_town_take_over(client: Client) -> None:
    kept = keep_takeover(name="x", lines=read_takeover((HEAD + "1;;a b\n").encode()).lines, by=None, now=NOW)
    sign_in(client, make_agent(Capability.INVITE_FAMILIES, place=make_place()))
    for page in (PAGE, f"{PAGE}{kept.code}/"):
        assert client.get(page).status_code == client.post(page).status_code == 404
    make_town(ways=["five_steps"])
    sign_in(client, make_agent(Capability.INVITE_FAMILIES))
    assert client.get(PAGE).status_code == 404


# The command


def test_the_command_checks_invites_and_writes_the_report(tmp_path: Path, capsys) -> None:
    person(make_family(number="1084"), "Zoé", "zoe@example.org")
    file, report = tmp_path / "ancien.csv", tmp_path / "rapport.csv"
    file.write_text(HEAD + "1084;;Zoé Pinceau\n9;f@example.org;\n", encoding="utf-8")
    with pytest.raises(CommandError, match="--yes"):
        call_command("takeover", file)
    call_command("takeover", file, "--yes", "--report", report)
    said = capsys.readouterr().out
    assert "1 invitation(s) envoyée(s), 1 personne(s) à voir." in said
    assert "est dans un dossier inconnu" in report.read_text(encoding="utf-8")
    assert Outgoing.objects.count() == 1


def test_the_command_says_every_fault_and_does_nothing(tmp_path: Path, capsys) -> None:
    file = tmp_path / "ancien.csv"
    file.write_text(HEAD + "1084;zoe@;\n;;\nx;y;\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        call_command("takeover", file, "--yes")
    assert capsys.readouterr().err.count("ligne ") == 2
    assert not Takeover.objects.exists()
    with pytest.raises(CommandError, match="absent"):
        call_command("takeover", tmp_path / "absent.csv", "--yes")
