"""A small town file for tests: right, and short enough to be read at a glance."""

from pathlib import Path

SMALL = """\
[town]
name = "Les Tilleuls"
insee_code = "94001"
address = "1 place de la Mairie, 94000 Les Tilleuls"
phone = "01 00 00 00 00"
opening_hours = "du lundi au vendredi"
email = "mairie@tilleuls.example"
accent = "#1d4f91"
school_zone = "C"
sections = [{ code = "accueil", label = "Accueil" }, { code = "planning", label = "Mon planning" }]

[accounts]
ways = ["five_steps", "invited"]
link_hours = { five_steps = 48 }

[health]
items = { insurance = "required" }

[[health.vaccines]]
vaccine = "ror"
ages = [12, 16]
owed = [13, 19]
born_from = 2018-01-01
catch_up = [{ age = 24, doses = 1 }]

[texts.legal]
title = "Mentions légales"
body = "Commune des Tilleuls."

[texts.terms]
title = "Conditions d’utilisation"
body = "Ce portail est à votre service."

[texts.privacy]
title = "Données personnelles"
body = "La commune protège vos données."

[services.enfance]
name = "Service Enfance"

[regies.cantine]
name = "Régie cantine"
service = "enfance"
number_pattern = "{YYYY}{NNNNN}"
label_pattern = "CANT{YY}{MM}"
numcli = "123456"
online_since = 2026-01-01

[roles.agent]
name = "Agent"
capabilities = ["see_bookings"]

[calendar.years.2026-2027]
starts_on = 2026-09-01
ends_on = 2027-07-02
weekdays = ["mon", "tue", "thu", "fri"]

[[calendar.periods]]
year = "2026-2027"
code = "noel"
name = "Vacances de Noël"
starts_on = 2026-12-19
ends_on = 2027-01-03

[[calendar.public_holidays]]
on = 2026-11-11
name = "Armistice"

[levels]
cp = { name = "CP" }
ce1 = { name = "CE1" }

[parts]
midi = { name = "Midi" }
soir = { name = "Soir" }

[themes.restauration]
name = "Restauration scolaire"

[places.ecole]
name = "École des Tilleuls"
kind = "school"

[closures.travaux]
place = "ecole"
starts_on = 2027-03-01
ends_on = 2027-03-02
reason = "Travaux"

[groups.refectoire]
name = "Réfectoire"
place = "ecole"
levels = ["cp", "ce1"]
schools = ["ecole"]

[[capacities]]
group = "refectoire"
part = "midi"
starts_on = 2026-09-01
places = 40

[tariffs.repas]
name = "Repas"

[[tariffs.repas.versions]]
starts_on = 2026-09-01
base = [{ kind = "grid", at = ["0", "600"], prices = ["2.50", "4.10"] }]

[activities.cantine]
name = "Cantine"
theme = "restauration"
service = "enfance"
regie = "cantine"
years = ["2026-2027"]
kinds_of_day = ["school"]
groups = ["refectoire"]
notice_book = { kind = "working_days", n = 2, at = "09:30" }

[activities.cantine.units.repas]
name = "Repas"
parts = ["midi"]
starts_at = "11:45"
ends_at = "13:30"
icon = "repas"
tariff = "repas"

[checklist.coordonnees]
item = "coordinates"
stage = "before_booking"

[checklist.ecole]
item = "school"
stage = "provisional"
months = 3
activities = ["cantine"]

[seasons.2026-2027]
opens_on = 2026-05-04
closes_on = 2026-06-30
steps = ["coordinates", "identity"]
reminders = [21, 7]
"""


def write_town(folder: Path, text: str = SMALL, **beside: str) -> Path:
    """`text` as a file of `folder`, with CSV files beside it: `places="code;name\\n…"` is places.csv."""
    for name, content in beside.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    file = folder / "tilleuls.toml"
    file.write_text(text, encoding="utf-8")
    return file
