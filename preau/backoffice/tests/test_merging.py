"""Two files made one, and separated again: nothing is lost, nothing that was issued changes."""

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.backoffice.filing import undo
from preau.backoffice.tests.two_files import LIST, NOW, SOON, Two, client_of, differ, text
from preau.billing.models import Campaign, Invoice
from preau.billing.testing import make_household, make_regie
from preau.core.invariants import REGISTRY
from preau.documents.choices import Holder
from preau.documents.testing import make_document, make_kind, make_own, make_town_document
from preau.enrolments.testing import make_enrolment
from preau.families.choices import CustodyMode
from preau.families.merged_values import MergeRefused, Taken
from preau.families.merging import FATES, Fate, SamePeople, keys_to, undo_merge
from preau.families.models import Address, Adult, Custody, Family, Home, Merge, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.health.models import HealthKey
from preau.town.testing import make_place, make_town, make_year

pytestmark = pytest.mark.django_db

WRITTEN_SINCE = {"journal.Entry", "families.Merge", "families.FileWord", "families.FileTrait", "sessions.Session"}


@pytest.fixture(autouse=True)
def sound(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()
    make_year()
    yield
    assert [fault for invariant in REGISTRY for fault in invariant.check()] == []


@pytest.fixture
def two() -> Two:
    return Two()


def everything() -> dict[str, list[dict[str, Any]]]:
    """All the rows of all the tables, but what any action writes beside."""
    kept: list[type[models.Model]] = [each for each in apps.get_models() if each._meta.label not in WRITTEN_SINCE]
    return {each._meta.label: list(each._default_manager.order_by("pk").values()) for each in kept}


def test_files_that_were_erased_since_stay_one(two) -> None:
    merge = two.merge()
    Merge.objects.update(reason="", steps=[])  # what an erasure leaves
    with pytest.raises(MergeRefused):
        undo_merge(merge=merge, by=two.agent, now=NOW)
    two.gone.refresh_from_db()
    assert two.gone.archived_at is not None


def test_an_adult_who_takes_part_in_both_files_is_one_person_who_takes_part(two) -> None:
    here, there = (make_child(adult.family, first_name="Zoé") for adult in (two.zoe, two.zoe_again))
    for one, adult in ((here, two.zoe), (there, two.zoe_again)):
        Participant.objects.filter(pk=one.pk).update(adult=adult)
    merge = two.merge(SamePeople(two.same.adults, {**two.same.participants, there.pk: here.pk}))
    assert [one.adult for one in Participant.objects.filter(homes__family=two.kept, adult__isnull=False)] == [two.zoe]
    undo_merge(merge=merge, by=two.agent, now=NOW)
    there.refresh_from_db()
    assert there.adult == two.zoe_again


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


def test_what_the_other_file_is_right_about_is_taken_from_it(two: Two) -> None:
    differ(two)
    two.merge(taken=two.all_taken)
    for row in (two.kept, two.zoe, two.nora):
        row.refresh_from_db()
    assert (two.kept.name, two.zoe.phone_mobile, two.nora.born_on) == (
        "Pinceaux",
        "06 00 00 00 09",
        dt.date(2021, 4, 1),
    )
    assert Address.objects.filter(family=two.kept).latest("starts_on").lines == "4 impasse du Lac"


def test_what_was_written_since_stays_and_is_told(two: Two) -> None:
    differ(two)
    merge = two.merge(taken=two.all_taken)
    Adult.objects.filter(pk=two.zoe.pk).update(phone_mobile="06 11 11 11 11")
    Participant.objects.filter(pk=two.nora.pk).update(born_on=dt.date(2021, 5, 1))
    left = undo(merge=merge, by=two.agent, now=NOW)
    assert sorted(left) == ["date de naissance (Nora Pinceau)", "téléphone portable (Zoe Pinceau)"]
    for row in (two.zoe, two.nora, two.kept):
        row.refresh_from_db()
    assert (two.zoe.phone_mobile, two.nora.born_on) == ("06 11 11 11 11", dt.date(2021, 5, 1))
    assert two.kept.name == "Pinceau"


def test_an_account_that_left_the_person_since_is_not_given_back(two: Two) -> None:
    merge = two.merge()
    Adult.objects.filter(pk=two.zoe.pk).update(user=None)
    assert undo(merge=merge, by=two.agent, now=NOW) == ["le compte de Zoe Pinceau"]


def test_a_preferred_contact_without_its_number_is_not_taken_alone(two: Two) -> None:
    Adult.objects.filter(pk=two.zoe_again.pk).update(phone_work="01 00 00 00 09", preferred_contact="work")
    with pytest.raises(MergeRefused, match="Prenez aussi le numéro"):
        two.merge(taken=Taken(adults={two.zoe_again.pk: ["preferred_contact"]}))


def test_undone_every_table_is_as_it_was(two: Two) -> None:
    differ(two)
    before = everything()
    merge = two.merge(taken=two.all_taken)
    assert everything() != before
    undo(merge=merge, by=two.agent, now=NOW)
    assert everything() == before
    undo(merge=merge, by=two.agent, now=NOW)
    assert everything() == before


def faults() -> list[str]:
    return [fault for invariant in REGISTRY if "réunis" in invariant.name for fault in invariant.check()]


def test_what_a_merge_moves_has_a_name_in_french() -> None:
    moving = {model for (model, _), becomes in FATES.items() if becomes != Fate.STAYS}
    assert [model for model in moving if "verbose_name" not in apps.get_model(model)._meta.original_attrs] == []


def test_verify_finds_a_merge_that_leads_nowhere_and_what_was_left_behind(two: Two) -> None:
    merge = two.merge()
    assert faults() == []
    Home.objects.filter(participant=two.elio).update(family=two.gone)
    assert faults() == ["dossier 0912-0071 : foyer d’un enfant y est resté"]
    Home.objects.filter(participant=two.elio).update(family=two.kept)
    Merge.objects.filter(pk=merge.pk).update(undone_at=NOW)
    assert faults() == ["dossier 0912-0071 : il est réuni sans réunion, ou sa réunion n’a pas eu lieu"]
    Merge.objects.filter(pk=merge.pk).update(undone_at=None)


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


def test_documents_follow_those_of_a_kind_that_both_gave_stay(two: Two) -> None:
    home, identity = make_kind(), make_kind("identite", holder=Holder.ADULT)
    user, other = two.zoe_again.user, testing.make_user()
    assert user is not None
    make_document(home, two.kept, two.kept, by=other)
    both = make_document(home, two.gone, two.gone, by=user)
    shown = make_document(identity, two.zoe_again, two.gone, by=user)
    own, given = make_own(two.zoe_again), make_town_document(two.gone)
    before = everything()
    merge = two.merge()
    for row in (both, shown, own, given):
        row.refresh_from_db()
    assert (both.family, shown.adult, own.adult, given.family) == (two.gone, two.zoe, two.zoe, two.kept)
    assert undo(merge=merge, by=two.agent, now=NOW) == []
    assert everything() == before


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
    assert set(FATES) == known


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


def test_only_who_may_merge_both_files_does(two: Two) -> None:
    page = f"{LIST}{two.kept.code}/reunir/{two.gone.code}/"
    reader = client_of(make_agent(Capability.SEE_FAMILIES, Capability.EDIT_FAMILIES))
    elsewhere = client_of(make_agent(Capability.MERGE_FAMILIES, place=make_place("autre")))
    for client in (reader, elsewhere):
        for address in (
            page,
            f"{page}deux-familles/",
            f"{LIST}{two.kept.code}/separer/",
            f"{LIST}{two.kept.code}/archiver/",
        ):
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


def test_a_file_that_was_erased_is_not_opened_again(two: Two) -> None:
    erased = Family.objects.filter(pk=two.kept.pk)
    erased.update(number=f"E-{two.kept.code}", archived_at=NOW)
    client = client_of(two.agent)
    assert "Rouvrir" not in text(client.get(f"{LIST}{two.kept.code}/"))
    client.post(f"{LIST}{two.kept.code}/archiver/", {"archiver": "non"})
    assert erased.get().archived_at == NOW
