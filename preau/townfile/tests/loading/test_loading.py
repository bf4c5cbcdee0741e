"""What loading a file changes, and what it never does."""

import datetime as dt
from pathlib import Path

import pytest

from preau.activities.models import Activity, CapacityRule, Closure, Group, Unit
from preau.bookings.models import Opening, Slot
from preau.bookings.testing import make_booking
from preau.core.dates import PARIS
from preau.demarches.choices import ACCOUNT
from preau.demarches.models import Recipient
from preau.demarches.queries import recipient_of
from preau.enrolments.models import Intake
from preau.enrolments.testing import make_enrolment
from preau.families.testing import make_child, make_family
from preau.journal.models import Entry
from preau.pricing.models import Tariff, TariffVersion
from preau.town.models import Level, PublicHoliday, SchoolYear, Service, Text, Town
from preau.townfile.comparing import Kind, changes
from preau.townfile.exporting import export
from preau.townfile.loading import file_to_load
from preau.townfile.testing import SMALL, write_town
from preau.townfile.tests.loading.given import CANTEEN, TODAY, changes_of, faults_of, load_text, without
from preau.townfile.tests.test_faults import changed, line_of, says

pytestmark = pytest.mark.django_db


# Loading


def test_a_town_is_loaded_whole(tmp_path: Path) -> None:
    load_text(tmp_path)
    assert Town.objects.get().name == "Les Tilleuls"
    activity = Activity.objects.get(code=CANTEEN)
    assert activity.year
    assert (activity.starts_on, activity.year.code) == (dt.date(2026, 9, 1), "2026-2027")
    assert activity.regie_link.regie.code == "cantine"
    assert Unit.objects.get(activity=activity).tariffs.get().tariff.code == "repas"
    assert Intake.objects.get(activity=activity).group.code == "refectoire"
    assert CapacityRule.objects.get().places == 40
    assert Opening.objects.get(unit__activity=activity, day="2026-10-13").is_open
    assert Slot.objects.get(group__code="refectoire", day="2026-10-13").capacity == 40


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    load_text(tmp_path)
    version, entries = Town.objects.get().catalogue_version, Entry.objects.count()
    assert changes_of(tmp_path) == []
    load_text(tmp_path)
    assert Town.objects.get().catalogue_version == version
    assert Entry.objects.count() == entries + 1  # that the file was loaded


def test_a_change_is_shown_with_what_was_and_what_will_be(tmp_path: Path) -> None:
    load_text(tmp_path)
    text = changed('name = "Cantine"', 'name = "Restauration"')
    (change,) = changes(file_to_load(write_town(tmp_path, text), today=TODAY), today=TODAY)
    assert (change.kind, change.fields) == (Kind.CHANGED, (("name", "Cantine", "Restauration"),))


def test_what_changed_is_written_journalled_and_moves_the_catalogue(tmp_path: Path) -> None:
    load_text(tmp_path)
    version = Town.objects.get().catalogue_version
    load_text(tmp_path, changed("places = 40", "places = 55"))
    assert CapacityRule.objects.get().places == 55
    assert Slot.objects.get(day="2026-10-13").capacity == 55
    assert Town.objects.get().catalogue_version > version
    assert Entry.objects.filter(action="activities.capacityrule_saved").count() == 2


def test_only_what_changed_is_journalled(tmp_path: Path) -> None:
    text = f'{SMALL}\n[groups.preau]\nname = "Préau"\nplace = "ecole"\nlevels = ["cp"]\n'
    load_text(tmp_path, text)
    last = Entry.objects.latest("pk").pk
    load_text(tmp_path, text.replace('name = "Réfectoire"', 'name = "Grand réfectoire"'))
    entries = Entry.objects.filter(pk__gt=last).values_list("action", "subject")
    assert set(entries) == {("activities.group_saved", "refectoire"), ("townfile.loaded", "tilleuls.toml")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('weekdays = ["mon", "tue", "thu", "fri"]', 'weekdays = ["fri", "thu", "tue", "mon"]'),
        ('levels = ["cp", "ce1"]', 'levels = ["ce1", "cp"]'),
    ],
)
def test_the_order_of_a_set_is_no_change(tmp_path: Path, old: str, new: str) -> None:
    load_text(tmp_path)
    assert changes_of(tmp_path, changed(old, new)) == []


def test_what_is_absent_is_retired_and_comes_back(tmp_path: Path) -> None:
    load_text(tmp_path, f'{SMALL}\n[services.sports]\nname = "Sports"\n')
    load_text(tmp_path)
    assert Service.objects.get(code="sports").retired_on == TODAY
    assert changes_of(tmp_path) == []
    load_text(tmp_path, f'{SMALL}\n[services.sports]\nname = "Sports"\n')
    assert Service.objects.get(code="sports").retired_on is None


def test_an_activity_and_all_that_it_needs_may_be_retired_together(tmp_path: Path) -> None:
    load_text(tmp_path)
    load_text(tmp_path, SMALL[: SMALL.index("[groups.")])
    for model in (Activity, Unit, Group, Tariff):
        assert model.objects.get().retired_on == TODAY


def test_a_level_that_children_have_stays_and_is_not_told_each_time(tmp_path: Path) -> None:
    load_text(tmp_path)
    year, level = SchoolYear.objects.get(), Level.objects.get(code="ce1")
    make_child(make_family(), year=year, school=Group.objects.get().place, level=level)
    text = changed('ce1 = { name = "CE1" }\n', "").replace('levels = ["cp", "ce1"]', 'levels = ["cp"]')
    assert changes_of(tmp_path, text) == ["~ groupe refectoire"]
    load_text(tmp_path, text)
    assert Level.objects.filter(code="ce1").exists()


def test_a_level_that_nobody_uses_is_deleted(tmp_path: Path) -> None:
    load_text(tmp_path, changed('ce1 = { name = "CE1" }', 'ce1 = { name = "CE1" }\nce2 = { name = "CE2" }'))
    load_text(tmp_path)
    assert not Level.objects.filter(code="ce2").exists()


def test_levels_follow_the_order_of_the_file(tmp_path: Path) -> None:
    load_text(tmp_path)
    text = changed('cp = { name = "CP" }\nce1 = { name = "CE1" }', 'ce1 = { name = "CE1" }\ncp = { name = "CP" }')
    assert changes_of(tmp_path, text) == ["~ niveau (ordre)"]
    load_text(tmp_path, text)
    assert list(Level.objects.order_by("order").values_list("code", flat=True)) == ["ce1", "cp"]


def test_past_days_of_the_calendar_are_history(tmp_path: Path) -> None:
    load_text(tmp_path)
    text = without("[[calendar.public_holidays]]", "[levels]")
    later = dt.datetime(2027, 1, 4, 9, 0, tzinfo=PARIS)
    load_text(tmp_path, text, now=later)
    assert PublicHoliday.objects.filter(on="2026-11-11").exists()


def test_days_to_come_of_the_calendar_follow_the_file(tmp_path: Path) -> None:
    load_text(tmp_path)
    load_text(tmp_path, without("[closures.travaux]", "[groups.refectoire]"))
    assert not Closure.objects.exists()
    load_text(tmp_path, without("[[calendar.public_holidays]]", "[levels]"))
    assert not PublicHoliday.objects.exists()


def test_a_text_that_changes_is_a_new_version(tmp_path: Path) -> None:
    load_text(tmp_path)
    load_text(tmp_path, changed("Commune des Tilleuls.", "Ville des Tilleuls."))
    assert list(Text.objects.filter(code="legal").order_by("version").values_list("version", "body")) == [
        (1, "Commune des Tilleuls."),
        (2, "Ville des Tilleuls."),
    ]


# Texts and accounts


NEW_TERMS = 'body = "Ce portail est à vous."'


def terms() -> list[tuple[int, str]]:
    return list(Text.objects.filter(code="terms").order_by("version").values_list("version", "changes"))


def terms_changed(said: str = "") -> str:
    return changed('body = "Ce portail est à votre service."', f"{NEW_TERMS}{said}")


def test_a_new_version_tells_what_changes(tmp_path: Path) -> None:
    load_text(tmp_path)
    load_text(tmp_path, terms_changed('\nchanges = "L’article 1."'))
    assert terms() == [(1, ""), (2, "L’article 1.")]


def test_what_a_published_version_said_never_changes(tmp_path: Path) -> None:
    load_text(tmp_path, terms_changed('\nchanges = "L’article 1."'))
    other = terms_changed('\nchanges = "Autre chose."')
    assert changes_of(tmp_path, other) == []
    load_text(tmp_path, other)
    assert terms() == [(1, "L’article 1.")]


def test_a_new_version_that_does_not_say_what_changes_is_told(tmp_path: Path) -> None:
    load_text(tmp_path, SMALL)
    for said, warned in (("", True), ('\nchanges = "L’article 1."', False)):
        text = terms_changed(said)
        found = file_to_load(write_town(tmp_path, text), today=TODAY).source.warnings
        assert [(warning.line, says(warning, "dites en une phrase")) for warning in found] == (
            [(line_of("[texts.terms]", text), True)] if warned else []
        )


def test_the_words_of_an_old_version_do_not_come_back_unnoticed(tmp_path: Path) -> None:
    load_text(tmp_path)
    load_text(tmp_path, terms_changed('\nchanges = "L’article 1."'))
    (warning,) = file_to_load(write_town(tmp_path), today=TODAY).source.warnings
    assert (warning.line, says(warning, "le texte de la version 1")) == (line_of("[texts.terms]", SMALL), True)


ACCOUNTS = """\
ways = ["request", "franceconnect"]
proofs = ["agent", "franceconnect"]
service = "enfance"
link_hours = { request = 24 }
account_request_days = 3
password_minimum = 14
family_session_hours = 8
family_remember_days = 15
staff_session_hours = 7
staff_idle_minutes = 10
"""


def with_accounts(text: str) -> str:
    return without("ways = [", "[texts.legal]").replace("[accounts]\n", f"[accounts]\n{text}\n")


def test_the_ways_to_an_account_are_loaded(tmp_path: Path) -> None:
    load_text(tmp_path, with_accounts(ACCOUNTS))
    town = Town.objects.get()
    assert (town.ways, town.proofs) == (["request", "franceconnect"], ["agent", "franceconnect"])
    assert (town.hours_of_link("request"), town.hours_of_link("invited")) == (24, 72)
    assert (town.account_request_days, town.password_minimum) == (3, 14)
    assert recipient_of(ACCOUNT, on=TODAY) == Service.objects.get(code="enfance")
    assert (town.family_session_hours, town.family_remember_days) == (8, 15)
    assert (town.staff_session_hours, town.staff_idle_minutes) == (7, 10)
    assert changes_of(tmp_path, with_accounts(ACCOUNTS)) == []
    assert changes_of(tmp_path, export()) == []


def test_without_its_table_accounts_are_as_usual_again(tmp_path: Path) -> None:
    load_text(tmp_path, with_accounts(ACCOUNTS))
    text = with_accounts("").replace("[accounts]\n", "")
    assert changes_of(tmp_path, text) == ["~ comptes accounts"]
    load_text(tmp_path, text)
    town = Town.objects.get()
    assert (town.ways, town.password_minimum, town.link_hours) == (["five_steps"], 12, {})
    assert not Recipient.objects.exists()
    assert changes_of(tmp_path, export()) == []


def test_the_order_of_the_ways_is_no_change(tmp_path: Path) -> None:
    load_text(tmp_path)
    assert changes_of(tmp_path, changed('["five_steps", "invited"]', '["invited", "five_steps"]')) == []


def test_a_fault_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    load_text(tmp_path)
    faults_of(tmp_path, changed("places = 40", "places = -1").replace("Les Tilleuls", "Autre"))
    assert Town.objects.get().name == "Les Tilleuls"


def test_a_failure_half_way_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("preau.townfile.loading.refresh_days", fail)  # the last step of all
    with pytest.raises(RuntimeError):
        load_text(tmp_path)
    assert not Town.objects.exists()


# History


def book_a_past_meal() -> None:
    unit = Unit.objects.get()
    child = make_child(make_family())
    make_enrolment(child, unit.activity, Group.objects.get())
    Intake.objects.update(taken=1)
    make_booking(child, unit, Group.objects.get(), dt.date(2026, 9, 15))


def test_a_price_that_served_can_only_be_followed(tmp_path: Path) -> None:
    load_text(tmp_path)
    book_a_past_meal()
    text = changed('prices = ["2.50", "4.10"]', 'prices = ["2.60", "4.20"]')
    (fault,) = faults_of(tmp_path, text).faults
    assert (fault.line, says(fault, "ajoutez une version")) == (line_of("[[tariffs.repas.versions]]", text), True)
    follow = (
        "\n[[tariffs.repas.versions]]\nstarts_on = 2027-01-04\n"
        'base = [{ kind = "grid", at = ["0", "600"], prices = ["2.60", "4.20"] }]\n'
    )
    load_text(tmp_path, SMALL + follow)
    assert TariffVersion.objects.count() == 2


def test_a_new_version_may_not_begin_before_days_already_priced(tmp_path: Path) -> None:
    load_text(tmp_path)
    book_a_past_meal()
    text = f'{SMALL}\n[[tariffs.repas.versions]]\nstarts_on = 2026-09-10\nbase = [{{ kind = "fixed", price = "9" }}]\n'
    (fault,) = faults_of(tmp_path, text).faults
    assert fault.line == text[: text.rindex("[[tariffs.repas")].count("\n") + 1


def test_a_unit_may_not_follow_another_tariff_for_past_days(tmp_path: Path) -> None:
    load_text(tmp_path)
    book_a_past_meal()
    text = changed('tariff = "repas"', 'tariff = "autre"')
    text += (
        '\n[tariffs.autre]\nname = "Autre"\n[[tariffs.autre.versions]]\nstarts_on = 2026-09-01\n'
        'base = [{ kind = "fixed", price = "9" }]\n'
    )
    (fault,) = faults_of(tmp_path, text).faults
    assert fault.line == line_of("[activities.cantine.units.repas]", text)


def test_a_price_that_has_not_served_may_be_mended(tmp_path: Path) -> None:
    load_text(tmp_path)
    load_text(tmp_path, changed('prices = ["2.50", "4.10"]', 'prices = ["2.60", "4.20"]'))
    assert TariffVersion.objects.get().rules["base"][0]["prices"] == ["2.60", "4.20"]


def test_a_group_with_enrolled_children_cannot_leave_its_activity(tmp_path: Path) -> None:
    load_text(tmp_path)
    book_a_past_meal()
    text = changed('groups = ["refectoire"]', 'groups = ["cuisine"]')
    text += '\n[groups.cuisine]\nname = "Cuisine"\nplace = "ecole"\n'
    text += '\n[[capacities]]\ngroup = "cuisine"\npart = "midi"\nstarts_on = 2026-09-01\n'
    (fault,) = faults_of(tmp_path, text).faults
    assert (fault.line, says(fault, "inscrits")) == (line_of('groups = ["cuisine"]', text), True)


def test_an_activity_cannot_end_before_those_who_are_enrolled(tmp_path: Path) -> None:
    load_text(tmp_path)
    book_a_past_meal()
    text = changed("ends_on = 2027-07-02", "ends_on = 2027-06-01")
    (fault,) = faults_of(tmp_path, text).faults
    assert (fault.line, says(fault, "gardez ces jours")) == (line_of("[activities.cantine]", text), True)
