"""Writing: TOML that cannot be read, keys written twice, CSV files beside."""

from pathlib import Path

import pytest

from preau.core.money import NBSP
from preau.townfile.checking import FaultyTownFile, checked_town_file
from preau.townfile.testing import SMALL, write_town
from preau.townfile.tests.test_faults import changed, faults_of, line_of, says

PLACES = '[places.ecole]\nname = "École des Tilleuls"\nkind = "school"\n'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "Cantine"', 'name "Cantine"', "le signe ="),
        ('name = "Cantine"', 'name = "Cantine', "guillemet"),
        ('name = "Cantine"', "name = Cantine", "valeur illisible"),
        ('name = "Cantine"', 'name = "Cantine" "midi"', "à la ligne"),
        ("starts_on = 2027-03-01", "starts_on = 2027-02-30", "cette date n’existe pas"),
        ("[services.enfance]", "[services.enfance", "crochet"),
        ("[services.enfance]", "[services.été]", "sans accent"),
        ('name = "Cantine"', "clé = 1", "sans accent"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = changed(old, new)
    fault = faults_of(write_town(tmp_path, text))[0]
    assert (fault.line, says(fault, message)) == (line_of(f"{new}\n", text), True)


def test_several_lines_that_cannot_be_read_are_told_together_with_the_other_faults(tmp_path: Path) -> None:
    text = changed('name = "Cantine"', 'name = "Cantine')
    text = changed("starts_on = 2027-03-01", "starts_on = 2027-02-30", text)
    text = changed('insee_code = "94001"', 'insee_code = "x"', text)
    with pytest.raises(FaultyTownFile) as caught:
        checked_town_file(write_town(tmp_path, text))
    assert [fault.line for fault in caught.value.faults] == [
        line_of('insee_code = "x"', text),
        line_of("2027-02-30", text),
        line_of('name = "Cantine\n', text),
    ]
    assert not caught.value.is_whole


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("starts_on = 2027-03-01", "starts_on = 2027-02-30"),  # a value, in a table that nothing refers to
        ('name = "Cantine"', 'name = "Cantine'),
        ('name = "Service Enfance"', "name = Service"),  # of a table that is referred to: its code is known
        ('cp = { name = "CP" }', 'cp = { name = "CP }'),  # of a code itself
    ],
)
def test_a_line_that_cannot_be_read_hides_no_unknown_code(tmp_path: Path, old: str, new: str) -> None:
    text = changed('tariff = "repas"', 'tariff = "passerele"', changed(old, new))
    text = changed('group = "refectoire"', 'group = "refectoir"', text)
    text = changed('levels = ["cp", "ce1"]', 'levels = ["cp", "ce2"]', text)
    told = {fault.line for fault in faults_of(write_town(tmp_path, text))}
    assert told >= {line_of(said, text) for said in (f"{new}\n", '"passerele"', '"refectoir"', '"ce2"')}
    assert line_of("[groups.refectoire]", text) not in told


def test_a_key_missing_elsewhere_is_told_beside_a_line_that_cannot_be_read(tmp_path: Path) -> None:
    text = changed('phone = "01 00 00 00 00"\n', "", changed('name = "Cantine"', "name = Cantine"))
    assert [fault.line for fault in faults_of(write_town(tmp_path, text))] == [
        line_of("[town]", text),
        line_of("name = Cantine", text),
    ]


@pytest.mark.parametrize(
    "unreadable",
    [
        ("[levels]", "[levels"),
        ("[services.enfance]", "[services.enfance"),
        ("[[capacities]]", "[[capacities"),
        ("[tariffs.repas]", "[tariffs.repas"),
        ('parts = ["midi"]', 'parts = "midi'),
    ],
)
def test_what_may_be_on_a_line_that_cannot_be_read_is_not_called_missing(
    tmp_path: Path, unreadable: tuple[str, str]
) -> None:
    text = changed(*unreadable)
    assert [fault.line for fault in faults_of(write_town(tmp_path, text))] == [line_of(f"{unreadable[1]}\n", text)]


@pytest.mark.parametrize(
    ("title", "missing"),
    [
        ("[levels]", "aucun niveau n’est décrit : ajoutez la table [levels]."),
        ("[themes.restauration]", "aucun thème n’est décrit : ajoutez la table [themes]."),
        ("[parts]", "aucune partie de journée n’est décrite : ajoutez la table [parts]."),
        ("[[capacities]]", "aucune capacité n’est décrite : ajoutez des tables [[capacities]]."),
    ],
)
def test_a_table_that_is_not_there_is_told_once(tmp_path: Path, title: str, missing: str) -> None:
    text = changed(title, title.replace("s", "z"))
    messages = {fault.message.replace(NBSP, " ") for fault in faults_of(write_town(tmp_path, text))}
    assert {message for message in messages if not message.startswith("table inconnue")} == {missing}


def test_a_list_left_open_is_told(tmp_path: Path) -> None:
    text = f'{SMALL}years = ["2026-2027"\n'
    assert any(says(fault, "crochet") or says(fault, "guillemet") for fault in faults_of(write_town(tmp_path, text)))


def test_a_key_written_twice_is_told_once_with_the_line_of_the_second(tmp_path: Path) -> None:
    text = changed('theme = "restauration"', 'theme = "restauration"\ngroups = [\n  "refectoire",\n]')
    (fault,) = faults_of(write_town(tmp_path, text))
    second = text.rindex("groups = ")
    assert (fault.line, says(fault, "deux fois : groups")) == (text[:second].count("\n") + 1, True)


def test_a_table_written_twice_is_told_with_the_line_of_the_second(tmp_path: Path) -> None:
    text = f'{SMALL}\n[services.enfance]\nname = "Bis"\nphone = "01"\n'
    (fault,) = faults_of(write_town(tmp_path, text))
    assert (fault.line, says(fault, "table écrite deux fois")) == (
        text[: text.rindex("[services")].count("\n") + 1,
        True,
    )


def test_an_unknown_table_is_told(tmp_path: Path) -> None:
    text = f"{SMALL}\n[regie.x]\nname = 'y'\n"
    (fault,) = faults_of(write_town(tmp_path, text))
    assert (fault.line, says(fault, "« regies »")) == (line_of("[regie.x]", text), True)


def test_a_file_that_does_not_exist_is_told(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path / "nulle-part.toml")
    assert says(fault, "n’existe pas")


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "ancien.toml"
    file.write_bytes('[town]\nname = "Métairie"\n'.encode("latin-1"))
    (fault,) = faults_of(file)
    assert (fault.line, says(fault, "en UTF-8")) == (2, True)


# CSV


def with_csv(folder: Path, csv: str, *, key: str = 'places = "lieux.csv"\n') -> Path:
    return write_town(folder, key + changed(PLACES, ""), lieux=csv)


@pytest.mark.parametrize("separator", [";", ","])
def test_a_list_may_be_a_csv_file(tmp_path: Path, separator: str) -> None:
    rows = "code;name;kind;address\necole;École des Tilleuls;school;\n\n".replace(";", separator)
    file = checked_town_file(with_csv(tmp_path, rows))
    assert file.places.rows["ecole"].name == "École des Tilleuls"
    assert file.places.rows["ecole"].address is None


@pytest.mark.parametrize(
    ("csv", "line", "message"),
    [
        ("code;name;kind\necole;École;ecole\n", 2, "n’est pas connu"),
        ("code;nom;kind\necole;École;school\n", 1, "colonne inconnue « nom »"),
        ("code;name;kind\necole;École;school\necole;Bis;school\n", 3, "code écrit deux fois"),
        ("code;name;kind\necole;École;school\nbis;Bis\n", 3, "2 cases au lieu de 3"),
        ("code;name;kind\necole;École;school\n;Sans code;school\n", 3, "un code s’écrit"),
        ("kode;name;kind\necole;École;school\nbis;Bis;school\n", 1, "il manque la colonne « code »"),
    ],
)
def test_a_fault_in_a_csv_file_has_its_line_there(tmp_path: Path, csv: str, line: int, message: str) -> None:
    faults = faults_of(with_csv(tmp_path, csv))
    assert ("lieux.csv", line) in {(fault.file, fault.line) for fault in faults if says(fault, message)}


def test_a_csv_file_that_does_not_exist_is_told_where_it_is_named(tmp_path: Path) -> None:
    text = f'places = "lieux.csv"\n{changed(PLACES, "")}'
    (fault,) = faults_of(write_town(tmp_path, text))
    assert (fault.line, says(fault, "n’existe pas")) == (1, True)


def test_a_csv_file_is_only_read_from_the_same_folder(tmp_path: Path) -> None:
    text = f'places = "../lieux.csv"\n{changed(PLACES, "")}'
    fault = faults_of(write_town(tmp_path, text))[0]
    assert (fault.line, says(fault, "du même dossier")) == (1, True)


def test_days_of_a_csv_file_may_be_written_as_spreadsheets_do(tmp_path: Path) -> None:
    text = 'closures = "fermetures.csv"\n' + SMALL.replace(
        SMALL[SMALL.index("[closures.") : SMALL.index("[groups.")], ""
    )
    rows = "code;place;starts_on;ends_on;reason\ntravaux;ecole;01/03/2027;2027-03-02;Travaux\n"
    closure = checked_town_file(write_town(tmp_path, text, fermetures=rows)).closures.rows["travaux"]
    assert f"{closure.starts_on} {closure.ends_on}" == "2027-03-01 2027-03-02"
