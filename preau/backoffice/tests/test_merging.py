"""Two files made one, and separated again: nothing is lost, nothing that was issued changes."""

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.activities.testing import make_activity, make_group, make_unit
from preau.backoffice.filing import undo
from preau.billing.models import Campaign, Invoice
from preau.billing.testing import make_household, make_regie
from preau.bookings.testing import make_booking, open_days, paris
from preau.core.invariants import REGISTRY
from preau.enrolments.testing import make_enrolment, make_intake
from preau.families.changing import write_note
from preau.families.choices import CustodyMode
from preau.families.merging import FATES, Fate, MergeRefused, SamePeople, keys_to, merge_files
from preau.families.models import Adult, Custody, Family, Home, Merge, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.health.models import HealthKey
from preau.pricing.testing import make_quotient, make_tariff
from preau.town.testing import make_place, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = paris(2026, 11, 9, 9)
SOON = dt.date(2026, 11, 19)
LIST = "/mairie/familles/"
WRITTEN_SINCE = {"journal.Entry", "families.Merge", "families.FileWord", "sessions.Session"}
NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def sound(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()
    make_year()
    yield
    assert [fault for invariant in REGISTRY for fault in invariant.check()] == []


class Two:
    """The Pinceaus, and a second file opened by mistake: another Zoé with the account, another Nora who is booked."""

    def __init__(self) -> None:
        self.agent = make_agent(Capability.SEE_FAMILIES, Capability.MERGE_FAMILIES)
        self.kept = make_family(name="Pinceau", number="1084-3154")
        self.zoe = make_adult(self.kept, first_name="Zoé", signs_in=False)
        self.nora = make_child(self.kept, first_name="Nora")
        self.gone = make_family(name="Pinceau", number="0912-0071")
        self.zoe_again = make_adult(self.gone, first_name="Zoe")
        self.paul = make_adult(self.gone, first_name="Paul")
        self.nora_again = make_child(self.gone, first_name="Nora")
        self.elio = make_child(self.gone, first_name="Élio", born_on=dt.date(2019, 5, 2))
        self.activity = make_activity("cantine", name="Restauration")
        self.unit = make_unit(self.activity, "repas", parts=("midi",))
        self.group = make_group("groupe", place=make_place("ecole"), midi=9)
        make_tariff(self.unit)
        make_intake(self.activity, self.group)
        for child in (self.nora_again, self.elio):
            make_enrolment(child, self.activity, self.group)
        open_days(self.activity, now=NOW)
        for child in (self.nora_again, self.elio):
            make_booking(child, self.unit, self.group, SOON)
        make_quotient(self.gone, "300")
        write_note(family=self.gone, text="Appeler le soir", by=self.agent, now=NOW)

    @property
    def same(self) -> SamePeople:
        return SamePeople({self.zoe_again.pk: self.zoe.pk}, {self.nora_again.pk: self.nora.pk})

    def merge(self, same: SamePeople | None = None) -> Merge:
        return merge_files(
            kept=self.kept, gone=self.gone, same=same or self.same, reason="Même mère", by=self.agent, now=NOW
        )

    def refusal(self) -> str:
        with pytest.raises(MergeRefused) as refused:
            self.merge()
        return refused.value.text.replace(NBSP, " ")


@pytest.fixture
def two() -> Two:
    return Two()


def everything() -> dict[str, list[dict[str, Any]]]:
    """All the rows of all the tables, but what any action writes beside."""
    kept: list[type[models.Model]] = [each for each in apps.get_models() if each._meta.label not in WRITTEN_SINCE]
    return {each._meta.label: list(each._default_manager.order_by("pk").values()) for each in kept}


def client_of(user) -> Client:
    client = Client()
    testing.sign_in(client, user)
    return client


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).replace(NBSP, " ").replace("&nbsp;", " ").split())


def test_people_bookings_and_requests_join_the_file_that_is_kept(two: Two) -> None:
    two.merge()
    assert set(two.kept.adults.values_list("first_name", flat=True)) == {"Zoé", "Paul"}
    children = Participant.objects.filter(homes__family=two.kept)
    assert set(children.values_list("pk", flat=True)) == {two.nora.pk, two.elio.pk}
    assert set(two.kept.bookings.values_list("participant", flat=True)) == {two.nora.pk, two.elio.pk}
    assert set(two.nora.enrolments.values_list("activity__code", flat=True)) == {"cantine"}
    two.gone.refresh_from_db()
    assert (two.gone.merged_into, two.gone.archived_at) == (two.kept, NOW)
    two.zoe.refresh_from_db()
    assert two.zoe.user == two.zoe_again.user


def test_undone_every_table_is_as_it_was(two: Two) -> None:
    before = everything()
    merge = two.merge()
    assert everything() != before
    undo(merge=merge, by=two.agent, now=NOW)
    assert everything() == before
    undo(merge=merge, by=two.agent, now=NOW)
    assert everything() == before


def test_homonyms_stay_two_people_unless_an_agent_pairs_them(two: Two) -> None:
    two.merge(SamePeople())
    assert Home.objects.filter(family=two.kept).count() == 3
    assert set(two.kept.adults.values_list("first_name", flat=True)) == {"Zoé", "Zoe", "Paul"}


def test_a_child_booked_twice_for_a_day_refuses_the_merge(two: Two) -> None:
    make_enrolment(two.nora, two.activity, two.group)
    assert "Les deux dossiers se contredisent : " in two.refusal()
    assert Merge.objects.count() == 0
    assert Family.objects.get(pk=two.gone.pk).archived_at is None


def test_two_accounts_are_not_made_one(two: Two) -> None:
    Adult.objects.filter(pk=two.zoe.pk).update(user=testing.make_user(first_name="Zoé"))
    assert "Les deux adultes ont un compte." in two.refusal()


def test_what_is_sealed_for_a_child_refuses_the_merge_of_that_child(two: Two) -> None:
    HealthKey.objects.create(participant=two.nora_again, wrapped=b"x", master=1)
    try:
        assert "qui ne se réunissent pas" in two.refusal()
        two.merge(SamePeople())
    finally:
        HealthKey.objects.all().delete()


def test_the_two_homes_of_one_child_are_not_one_family(two: Two) -> None:
    make_child(two.kept, two.gone, first_name="Ana")
    child = Participant.objects.get(first_name="Ana")
    Custody.objects.create(
        participant=child, starts_on=SOON, mode=CustodyMode.ISO_WEEK, home_a=two.kept, home_b=two.gone
    )
    assert "Les deux dossiers se contredisent" in two.refusal()


def test_pairs_of_other_files_or_paired_twice_are_refused(two: Two) -> None:
    stranger = make_adult(make_family(), first_name="Léa")
    for adults in ({stranger.pk: two.zoe.pk}, {two.zoe_again.pk: two.zoe.pk, two.paul.pk: two.zoe.pk}):
        with pytest.raises(MergeRefused):
            two.merge(SamePeople(adults))


def test_a_key_whose_fate_nobody_said_refuses(two: Two, monkeypatch) -> None:
    monkeypatch.delitem(FATES, ("bookings.Booking", "family"))
    assert "qui ne se réunissent pas" in two.refusal()


def test_the_key_of_every_table_of_today_has_a_fate_that_suits_it() -> None:
    assert FATES["billing.Invoice", "family"] == FATES["billing.Line", "participant"] == Fate.STAYS
    known = {(model._meta.label, name) for target in (Family, Adult, Participant) for model, name in keys_to(target)}
    assert set(FATES) <= known


def test_the_old_number_still_finds_the_file(two: Two) -> None:
    two.merge()
    client = client_of(two.agent)
    assert "1 dossier pour « 0912-0071 »" in text(client.get(LIST, {"q": "0912-0071"}))
    shown = client.get(f"{LIST}{two.gone.code}/", follow=True)
    assert shown.redirect_chain[0][0] == f"{LIST}{two.kept.code}/"
    assert "Le dossier n° 0912-0071 est réuni à celui-ci." in text(shown)


def billed(two: Two, issued_at: dt.datetime) -> Invoice:
    """An invoice that was issued to the file that goes away."""
    home = make_household(name="Facturé")
    regie = make_regie(two.activity)
    campaign = Campaign.objects.create(
        regie=regie,
        label="OCT",
        starts_on=dt.date(2026, 10, 1),
        ends_on=dt.date(2026, 10, 31),
        state="issued",
        issued_at=issued_at,
        due_on=SOON,
    )
    return Invoice(
        regie=regie,
        campaign=campaign,
        payer=home.payer,
        family=two.gone,
        state="issued",
        number="77",
        period_starts_on=campaign.starts_on,
        period_ends_on=campaign.ends_on,
        issued_on=issued_at.date(),
        due_on=SOON,
        total_cents=500,
    )


def test_once_something_is_billed_the_merge_stays(two: Two) -> None:
    merge = two.merge()
    invoice = billed(two, NOW + dt.timedelta(days=1))
    invoice.save()
    with pytest.raises(MergeRefused, match="facture"):
        undo(merge=merge, by=two.agent, now=NOW)
    client = client_of(two.agent)
    assert "5,00 €" in text(client.get(f"{LIST}{two.kept.code}/"))
    assert "77" in text(client.get(f"{LIST}{two.kept.code}/factures/"))
    invoice.delete()


def test_a_look_alike_is_shown_with_its_reasons_and_merged_from_the_page(two: Two) -> None:
    client = client_of(two.agent)
    shown = text(client.get(f"{LIST}{two.kept.code}/"))
    assert "Un autre dossier lui ressemble : Pinceau, n° 0912-0071 (même adulte et même enfant)." in shown
    page = f"{LIST}{two.kept.code}/reunir/{two.gone.code}/"
    compared = text(client.get(page))
    assert "Dossier 1084-3154 (gardé)" in compared
    assert "lignes diffèrent" in compared
    assert "Remplissez" in text(client.post(page, {}))
    sent = {"reason": "Même mère", f"adulte-{two.zoe_again.code}": two.zoe.code}
    sent[f"enfant-{two.nora_again.code}"] = two.nora.code
    done = client.post(page, sent, follow=True)
    assert "n’en font plus qu’un, le n° 1084-3154" in text(done)
    assert "Rien n’a été facturé depuis." in text(done)
    back = client.post(f"{LIST}{two.kept.code}/separer/", follow=True)
    assert "Le dossier n° 0912-0071 est de nouveau à part." in text(back)


def test_the_two_homes_of_separated_parents_do_not_look_alike() -> None:
    one, other = make_family(name="Roussel"), make_family(name="Carpentier")
    make_adult(one, first_name="Inès", last_name="Roussel")
    make_adult(other, first_name="Thomas", last_name="Carpentier")
    make_child(one, other, first_name="Élio")
    shown = text(client_of(make_agent(Capability.SEE_FAMILIES, Capability.MERGE_FAMILIES)).get(f"{LIST}{one.code}/"))
    assert "lui ressemble" not in shown


def test_looking_for_files_alike_keeps_the_same_queries(two: Two) -> None:
    client, counts = client_of(two.agent), []
    for _ in range(2):
        client.get(f"{LIST}{two.kept.code}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{LIST}{two.kept.code}/")
        counts.append(len(queries))
        more = make_family(name="Pinceau")
        make_adult(more, first_name="Zoé")
        make_child(more, first_name="Nora")
    assert counts[0] == counts[1]


def test_only_who_may_merge_both_files_does(two: Two) -> None:
    page = f"{LIST}{two.kept.code}/reunir/{two.gone.code}/"
    reader = client_of(make_agent(Capability.SEE_FAMILIES, Capability.EDIT_FAMILIES))
    elsewhere = client_of(make_agent(Capability.MERGE_FAMILIES, place=make_place("autre")))
    for client in (reader, elsewhere):
        for address in (page, f"{LIST}{two.kept.code}/separer/", f"{LIST}{two.kept.code}/archiver/"):
            assert client.post(address, {"reason": "x"}).status_code == 404
    assert client_of(two.agent).get(f"{LIST}{two.kept.code}/reunir/{two.kept.code}/").status_code == 404


def test_a_file_with_booked_days_is_not_archived_and_an_empty_one_is(two: Two) -> None:
    client = client_of(two.agent)
    refused = client.post(f"{LIST}{two.gone.code}/archiver/", {"archiver": "oui"}, follow=True)
    assert "Des jours sont encore réservés." in text(refused)
    done = client.post(f"{LIST}{two.kept.code}/archiver/", {"archiver": "oui"}, follow=True)
    assert "Le dossier est archivé" in text(done)
    assert Family.objects.get(pk=two.kept.pk).archived_at == NOW
    again = client.post(f"{LIST}{two.kept.code}/archiver/", {"archiver": "non"}, follow=True)
    assert "Le dossier est rouvert." in text(again)
