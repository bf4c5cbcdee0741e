"""Every fault of a town file is told at once, each with its line and the mend, in French."""

from pathlib import Path
from typing import TypeGuard

import pytest

from preau.core.money import NBSP
from preau.townfile import rows
from preau.townfile.checking import FaultyTownFile, checked_town_file
from preau.townfile.faults import Fault
from preau.townfile.rows import Row
from preau.townfile.testing import SMALL, write_town


def faults_of(file: Path) -> list[Fault]:
    with pytest.raises(FaultyTownFile) as caught:
        checked_town_file(file)
    return caught.value.faults


def says(fault: Fault, words: str) -> bool:
    return words in fault.message.replace(NBSP, " ")


def changed(old: str, new: str, text: str = SMALL) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


def line_of(fragment: str, text: str) -> int:
    assert text.count(fragment) == 1, fragment
    return text[: text.index(fragment)].count("\n") + 1


def test_the_small_town_has_no_fault(tmp_path: Path) -> None:
    assert checked_town_file(write_town(tmp_path)).source.faults == []


# What is written, what it becomes, what the fault must say. The fault must be on the line that changed, and alone.
FAULTS: tuple[tuple[str, str, str], ...] = (
    # types and bounds
    ('name = "Les Tilleuls"', "name = 12", "un texte entre guillemets"),
    ('name = "Les Tilleuls"', f'name = "{"x" * 101}"', "100 signes au plus"),
    ('name = "Les Tilleuls"', 'name = ""', "vide"),
    ("[town]", "[town]\nportal_nam = 'x'", "Vouliez-vous écrire « portal_name »"),
    ("places = 40", 'places = "40"', "un nombre entier"),
    ("places = 40", "places = -1", "0 au moins"),
    ("starts_on = 2027-03-01", 'starts_on = "1er mars"', "une date sans guillemets"),
    ('capabilities = ["see_bookings"]', 'capabilities = "see_bookings"', "une liste entre crochets"),
    ('capabilities = ["see_bookings"]', 'capabilities = ["see_booking"]', "Vouliez-vous écrire « see_bookings »"),
    ('starts_at = "11:45"', 'starts_at = "11h45"', "une heure"),
    # the health sheet
    ('insurance = "required"', 'assurance = "required"', "Vouliez-vous écrire « insurance »"),
    ('insurance = "required"', 'insurance = "oui"', "Possibles"),
    ('vaccine = "ror"', 'vaccine = "rorr"', "Vouliez-vous écrire « ror »"),
    ("ages = [12, 16]", "ages = [16, 12]", "du plus petit au plus grand"),
    ("owed = [13, 19]", "owed = [13, 15]", "aucune n’est demandée avant son âge"),
    ("doses = 1 }", "doses = 3 }", "plus de doses que ages"),
    # the sectors of schools
    ("[accounts]", "[sectors.nord]\nname = 'Nord'\nschools = { ecol = ['cp'] }\n\n[accounts]", "écrire « ecole »"),
    ("[accounts]", "[sectors.nord]\nname = 'Nord'\nschools = { ecole = ['cpp'] }\n\n[accounts]", "niveau inconnu"),
    ("[accounts]", "[[streets]]\nsector = 'sud'\nstreet = 'rue A'\n\n[accounts]", "aucun secteur n’est décrit"),
    ("[accounts]", "[[streets]]\nsector = 's'\nstreet = '12 rue A'\n\n[accounts]", "sans numéro"),
    ("[accounts]", "[schooling.papers]\nFratrie = 'certificat'\n\n[accounts]", "raison absente de criteria"),
    ("[accounts]", "[schooling.places.ecole]\ncpp = 20\n\n[accounts]", "niveau inconnu"),
    # what files must hold
    ('item = "school"', 'item = "ecole"', "Possibles"),
    ('stage = "before_booking"', 'stage = "avant"', "Possibles"),
    ("months = 3", "months = 0", "combien de mois"),
    ('stage = "before_booking"', 'stage = "before_booking"\nmonths = 2', 'stage = "provisional"'),
    ('stage = "before_booking"', 'stage = "before_booking"\ncost = "Cher"', 'stage = "optional"'),
    ("months = 3", "months = 3\nage_from = 6\nage_to = 3", "avant le plus petit"),
    ('activities = ["cantine"]', 'activities = ["cantines"]', "Vouliez-vous écrire « cantine »"),
    # what families change
    ("[accounts]", "[fields.adresse]\nchecked = true\n\n[accounts]", "champ inconnu"),
    ("[accounts]", "[fields.address]\nshown = false\n\n[accounts]", "ne peut pas être obligatoire"),
    ("[accounts]", '[requests.enfants]\nservice = "regie"\n\n[accounts]', "type de demande inconnu"),
    ("[accounts]", '[requests.child]\nservice = "accueil"\n\n[accounts]', "service inconnu"),
    ("closes_on = 2026-06-30", "closes_on = 2026-04-30", "vient avant le premier"),
    ('steps = ["coordinates", "identity"]', 'steps = ["coordonnees"]', "n’est pas connu"),
    ("reminders = [21, 7]", "reminders = [200]", "120 au plus"),
    # the town
    ('insee_code = "94001"', 'insee_code = "9401"', "code INSEE"),
    ('school_zone = "C"', 'school_zone = "D"', "n’est pas connu"),
    ('email = "mairie@tilleuls.example"', 'email = "mairie"', "adresse électronique"),
    ('accent = "#1d4f91"', 'accent = "#ffee00"', "Une couleur proche qui convient"),
    ('accent = "#1d4f91"', 'accent = "bleu"', "dièse"),
    ('code = "planning"', 'code = "plannings"', "« planning »"),
    ('{ code = "planning", label = "Mon planning" }', '{ code = "accueil", label = "Bis" }', "écrite deux fois"),
    ("[texts.legal]", "[texts.mentions]", "n’est pas connu"),
    # accounts
    ('ways = ["five_steps", "invited"]', 'ways = ["five_step"]', "Vouliez-vous écrire « five_steps »"),
    ('ways = ["five_steps", "invited"]', "ways = []", "au moins un élément"),
    ('ways = ["five_steps", "invited"]', 'ways = ["invited", "invited"]', "écrite deux fois"),
    ("[accounts]", '[accounts]\nservice = "accueil"', "service inconnu"),
    ("[accounts]", '[accounts]\nproofs = ["codes"]', "Vouliez-vous écrire « code »"),
    ("[accounts]", '[accounts]\nproofs = ["franceconnect"]', "pas aussi dans ways"),
    ("five_steps = 48", "five_steps = 0", "1 au moins"),
    ("five_steps = 48", "franceconnect = 48", "n’est pas connu"),
    ("[accounts]", "[accounts]\npassword_minimum = 6", "12 au moins : c’est la longueur que la CNIL demande"),
    ("[accounts]", "[accounts]\npassword_minimum = 65", "64 au plus"),
    ("[accounts]", '[accounts]\npassword_minimum = "12"', "un nombre entier"),
    ("[accounts]", "[accounts]\naccount_request_days = 31", "30 au plus"),
    ("[accounts]", "[accounts]\nfamily_session_hours = 25", "24 au plus"),
    ("[accounts]", "[accounts]\nfamily_remember_days = 91", "90 au plus"),
    ("[accounts]", "[accounts]\nstaff_session_hours = 13", "12 au plus"),
    ("[accounts]", "[accounts]\nstaff_idle_minutes = 4", "5 au moins"),
    ("[accounts]", "[accounts]\nstaff_idle_minute = 15", "Vouliez-vous écrire « staff_idle_minutes »"),
    # régies
    ('number_pattern = "{YYYY}{NNNNN}"', 'number_pattern = "{YYYY}{MM}"', "un compteur"),
    ('number_pattern = "{YYYY}{NNNNN}"', 'number_pattern = "{YYYY}{NNNNNNNNNN}"', "13 au plus"),
    ('number_pattern = "{YYYY}{NNNNN}"', 'number_pattern = "F{YYYY}{NNNNN}"', "chiffres"),
    ('label_pattern = "CANT{YY}{MM}"', 'label_pattern = "CANT{AA}"', "{AA}"),
    ('numcli = "123456"', 'numcli = "1234"', "six chiffres"),
    # calendar
    ("ends_on = 2027-07-02", "ends_on = 2026-07-02", "vient avant le début"),
    ('weekdays = ["mon", "tue", "thu", "fri"]', 'weekdays = ["lundi"]', "Possibles"),
    ("ends_on = 2027-01-03", "ends_on = 2026-12-01", "vient avant le début"),
    # references
    ('service = "enfance"\nnumber', 'service = "enfanc"\nnumber', "service inconnu"),
    ('theme = "restauration"', 'theme = "restaurant"', "thème inconnu"),
    ('regie = "cantine"', 'regie = "cantines"', "régie inconnue"),
    ('years = ["2026-2027"]', 'years = ["2030-2031"]', "année scolaire inconnue"),
    ('levels = ["cp", "ce1"]', 'levels = ["cp", "ce2"]', "niveau inconnu"),
    ('schools = ["ecole"]', 'schools = ["ecoles"]', "lieu inconnu"),
    ('group = "refectoire"', 'group = "refectoires"', "groupe inconnu"),
    ('part = "midi"', 'part = "mid"', "partie de journée inconnue"),
    ('tariff = "repas"', 'tariff = "repa"', "tarif inconnu"),
    # offer
    ('kinds_of_day = ["school"]', 'kinds_of_day = ["ecole"]', "n’est pas connu"),
    ('kind = "working_days"', 'kind = "jours"', "délais connus"),
    ('ends_at = "13:30"', 'ends_at = "11:00"', "vient avant le début"),
    ('icon = "repas"', 'icon = "fourchette"', "n’est pas connu"),
    ('icon = "repas"', 'icon = "repas"\nweekdays = ["sun"]', "jamais ouvert"),
    # prices
    ('prices = ["2.50", "4.10"]', 'prices = ["2.50"]', "un prix par tranche"),
    ('prices = ["2.50", "4.10"]', "prices = [2.50, 4.10]", "entre guillemets"),
    ('at = ["0", "600"]', 'at = ["100", "600"]', "aucun prix n’est prévu"),
    (
        'kind = "grid", at = ["0", "600"], prices = ["2.50", "4.10"]',
        'kind = "rate", rate = "0.0055"',
        "le prix le plus élevé",
    ),
    ('prices = ["2.50", "4.10"] }]', 'prices = ["2.50", "4.10"] }]\nthen = [{ tims = "2" }]', "clé inconnue"),
    ('"working_days", n = 2, at = "09:30"', '"weekday_map", map = { mon = "fri" }', "vient après mon"),
)


@pytest.mark.parametrize(("old", "new", "message"), FAULTS, ids=[f"{new[:40]}" for _, new, _ in FAULTS])
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = changed(old, new)
    start = text.index(new)
    lines = range(text[:start].count("\n") + 1, text[: start + len(new)].count("\n") + 2)
    faults = faults_of(write_town(tmp_path, text))
    about = [fault for fault in faults if says(fault, message)]
    assert about, [str(fault) for fault in faults]
    assert about[0].line in lines
    assert about[0].file == "tilleuls.toml"


# Faults that are somewhere else than on the line that changed: (old, new, where they are told, what they say).
ELSEWHERE: tuple[tuple[str, str, str, str], ...] = (
    ('phone = "01 00 00 00 00"\n', "", "[town]", "il manque cette clé"),
    ('tariff = "repas"\n', "", "[activities.cantine.units.repas]", "unité sans tarif"),
    ('regie = "cantine"\n', "", "[activities.cantine]", "la régie qui facture"),
    ('years = ["2026-2027"]\n', "", "[activities.cantine]", "starts_on et ends_on"),
    ('part = "midi"', 'part = "soir"', 'parts = ["midi"]', "n’a pas de places pour « midi »"),
    ("starts_on = 2026-09-01\nplaces", "starts_on = 2026-10-01\nplaces", 'parts = ["midi"]', "pas de places avant"),
    ("starts_on = 2026-09-01\nbase", "starts_on = 2026-10-01\nbase", 'tariff = "repas"', "aucun prix du 01/09/2026"),
    ('numcli = "123456"\n', "", "online_since = 2026-01-01", "numcli"),
    ('place = "ecole"\nstarts_on', "starts_on", "[closures.travaux]", "ce qui ferme"),
    ("[texts.terms]", "[texts.help]", "ways = [", "ajoutez [texts.terms]"),
    ("[texts.privacy]", "[texts.help]", "ways = [", "ajoutez [texts.privacy]"),
)


@pytest.mark.parametrize(("old", "new", "where", "message"), ELSEWHERE, ids=[one[3] for one in ELSEWHERE])
def test_what_is_missing_is_told_where_it_should_be(
    tmp_path: Path, old: str, new: str, where: str, message: str
) -> None:
    text = changed(old, new)
    faults = faults_of(write_town(tmp_path, text))
    assert [(fault.line, says(fault, message)) for fault in faults] == [(line_of(where, text), True)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("enrolment_mode", "checked"),
        ("enrolment_mode", "pay_now"),
        ("booking_mode", "automatic"),
        ("after_notice", "surcharge"),
    ],
)
def test_what_is_not_supported_yet_is_refused_in_words(tmp_path: Path, key: str, value: str) -> None:
    text = changed('groups = ["refectoire"]', f'groups = ["refectoire"]\n{key} = "{value}"')
    (fault,) = faults_of(write_town(tmp_path, text))
    assert fault.line == line_of(f'{key} = "{value}"', text)
    assert says(fault, "pas encore pris en charge")


# What a town may do, and should know of.


def warnings_of(file: Path) -> list[Fault]:
    return checked_town_file(file).source.warnings


def test_a_sober_town_is_not_warned(tmp_path: Path) -> None:
    assert warnings_of(write_town(tmp_path)) == []


def test_a_town_may_do_without_any_proof_and_is_warned(tmp_path: Path) -> None:
    text = changed("[accounts]", "[accounts]\nproofs = []")
    (warning,) = warnings_of(write_town(tmp_path, text))
    assert (warning.line, says(warning, "chaque facture les montre")) == (line_of("proofs = []", text), True)


@pytest.mark.parametrize(("when", "key"), [('part = "matin"', "part"), ('has = "pai"', "has")])
def test_a_price_on_what_no_booking_tells_is_warned_of(tmp_path: Path, when: str, key: str) -> None:
    kind = f'{{ kind = "fixed", price = "1.00", when = {{ {when} }} }}, '
    text = changed("base = [", f"base = [{kind}")
    (warning,) = warnings_of(write_town(tmp_path, text))
    assert (warning.line, says(warning, f"« {key} »")) == (line_of("[[tariffs.repas.versions]]", text), True)


def test_an_activity_without_unit_is_told(tmp_path: Path) -> None:
    text = SMALL[: SMALL.index("[activities.cantine.units.repas]")]
    (fault,) = faults_of(write_town(tmp_path, text))
    assert (fault.line, says(fault, "une unité")) == (line_of("[activities.cantine]", text), True)


def test_a_group_within_itself_is_told(tmp_path: Path) -> None:
    text = changed('name = "Réfectoire"', 'name = "Réfectoire"\nwithin = "cuisine"')
    text += '\n[groups.cuisine]\nname = "Cuisine"\nplace = "ecole"\nwithin = "refectoire"\n'
    assert {fault.line for fault in faults_of(write_town(tmp_path, text))} == {
        line_of('within = "cuisine"', text),
        line_of('within = "refectoire"', text),
    }


def test_two_periods_that_overlap_are_told(tmp_path: Path) -> None:
    text = changed(
        "[[calendar.public_holidays]]",
        '[[calendar.periods]]\nyear = "2026-2027"\ncode = "ski"\nname = "Ski"\n'
        "starts_on = 2027-01-02\nends_on = 2027-01-09\n\n[[calendar.public_holidays]]",
    )
    (fault,) = faults_of(write_town(tmp_path, text))
    assert (fault.line, says(fault, "durent encore")) == (line_of("starts_on = 2027-01-02", text), True)


def test_a_code_with_accents_is_told_and_its_references_still_found(tmp_path: Path) -> None:
    text = SMALL.replace("[services.enfance]", '[services."été"]').replace('service = "enfance"', 'service = "été"')
    (fault,) = faults_of(write_town(tmp_path, text))
    assert (fault.line, says(fault, "sans accent")) == (line_of("[services.", text), True)


def test_all_faults_come_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = SMALL
    for old, new in (
        ('insee_code = "94001"', 'insee_code = "x"'),
        ('kind = "school"', 'kind = "ecole"'),
        ('theme = "restauration"', 'theme = "rien"'),
        ('starts_at = "11:45"', 'starts_at = "midi"'),
    ):
        text = changed(old, new, text)
    lines = [fault.line for fault in faults_of(write_town(tmp_path, text))]
    assert lines == [
        line_of('insee_code = "x"', text),
        line_of('kind = "ecole"', text),
        line_of('theme = "rien"', text),
        line_of('starts_at = "midi"', text),
    ]


def test_a_fault_reads_as_a_sentence_with_file_line_and_key(tmp_path: Path) -> None:
    text = changed("places = 40", 'places = "40"')
    (fault,) = faults_of(write_town(tmp_path, text))
    line = line_of('places = "40"', text)
    assert str(fault).replace(NBSP, " ") == (
        f"tilleuls.toml, ligne {line} : capacities n° 1.places : indiquez un nombre entier, sans guillemets."
    )


def test_the_example_of_the_documentation_has_no_fault(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/fichier-de-commune.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    assert checked_town_file(write_town(tmp_path, example)).activities.codes == ["cantine"]


def test_the_documentation_names_every_key() -> None:
    page = (Path(__file__).parents[3] / "docs/fichier-de-commune.md").read_text(encoding="utf-8")
    untold = {"keeps_place_while_checked", "blocks_on_debt"}  # of modes that are not supported yet
    named = {key for row in vars(rows).values() if is_row(row) for key in row.model_fields}
    assert {key for key in named if key not in page} <= untold


def is_row(thing: object) -> TypeGuard[type[Row]]:
    return isinstance(thing, type) and issubclass(thing, Row)


# Sectors of schools

SECTORS = """
[sectors.nord]
name = "Nord"
schools = { ecole = ["cp"] }

[sectors.sud]
name = "Sud"
schools = { ecole = ["cp", "ce1"] }

[[streets]]
sector = "nord"
street = "avenue Pasteur"
last = 20

[[streets]]
sector = "sud"
street = "av. Pasteur"
first = 21
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("first = 21", "first = 20", "des numéros de cette rue sont déjà dans le secteur nord, tilleuls.toml ligne"),
        ("first = 21", "first = 21\nlast = 9", "last vient avant first"),
        ('sector = "sud"', 'sector = "sude"', "Vouliez-vous écrire « sud »"),
        ('schools = { ecole = ["cp", "ce1"] }', 'schools = { piscine = ["cp"] }', "école inconnue"),
    ],
)
def test_a_number_is_in_one_sector_and_a_sector_has_schools(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert checked_town_file(write_town(tmp_path, SMALL + SECTORS)).source.faults == []
    (fault,) = faults_of(write_town(tmp_path, SMALL + changed(old, new, SECTORS)))
    assert says(fault, said)
