"""The demonstration: a town that looks like one and breaks no rule. See conftest for the town that they all read."""

import datetime as dt
import io
import re

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db.models import F, Sum

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.billing.models import Invoice, Payment
from preau.bookings.choices import Presence
from preau.bookings.models import Booking, Slot
from preau.enrolments.models import Enrolment
from preau.families.models import Adult, Family, Home, Participant
from preau.registration.codes import digest_of
from preau.registration.models import ActivationCode
from preau.registration.permissions import adults_in_scope
from preau.registration.rules import code_key
from preau.town.models import Town
from preau.townfile.demonstration.preparing import prepared
from preau.townfile.demonstration.scenes.villejuif import VILLEJUIF, ZOE
from preau.townfile.tests.conftest import FAMILIES, NOW

D = dt.date
TODAY = NOW.date()


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


def zoe_family() -> Family:
    return Family.objects.get(adults__user__username=ZOE)


def test_it_breaks_no_rule() -> None:
    out = io.StringIO()
    call_command("verify", stdout=out)
    assert "✗" not in out.getvalue()


def test_it_has_as_many_families_as_asked() -> None:
    assert Family.objects.count() == FAMILIES
    made = prepared()
    assert made
    assert (made.town, made.on) == ("villejuif", TODAY)


def test_whoever_opens_it_is_told_how_to_create_an_account() -> None:
    made = prepared()
    assert made
    [said] = made.to_try
    number, name, code = re.findall(r"dossier (\d+), nom (\w+), code du courrier (\w{5} \w{5})", said)[0]
    family = Family.objects.get(number=number, name=name)
    given = ActivationCode.objects.get(digest=digest_of(code_key(code)))
    assert given.adult.family == family
    assert given.adult.user is None


def test_whoever_is_named_may_sign_in() -> None:
    for visitor in VILLEJUIF.visitors:
        user = User.objects.get(username=visitor.username)
        assert user.is_active
        assert user.check_password(VILLEJUIF.password) or authenticate(
            username=visitor.username, password=VILLEJUIF.password
        )


def test_agents_may_do_their_work_and_no_more() -> None:
    def capabilities(username: str) -> set[str]:
        return set(User.objects.get(username=username).capabilities)

    samira, moussa, remi, claire = map(capabilities, ("s.benali", "m.diarra", "r.regisseur", "c.lemoine"))
    assert {Capability.SEE_FAMILIES, Capability.REVIEW_DOCUMENTS, Capability.HANDLE_REQUESTS} <= samira
    assert Capability.SEE_HEALTH in moussa
    assert Capability.SEE_HEALTH not in samira | remi | claire
    assert remi == {Capability.SEE_BOOKINGS, Capability.PREPARE_INVOICES, Capability.SEE_PAYMENTS}
    assert claire == capabilities("d.haddad")
    assert samira | moussa | remi | claire == set(Capability)


def test_whoever_invites_finds_every_file() -> None:
    samira = User.objects.get(username="s.benali")
    assert set(adults_in_scope(samira, TODAY)) == set(Adult.objects.all())


def test_nora_is_enrolled_but_not_in_the_morning() -> None:
    nora = Participant.objects.get(first_name="Nora", homes__family=zoe_family())
    names = set(
        Enrolment.objects.filter(participant=nora, activity__ends_on__gte=TODAY).values_list(
            "activity__name", flat=True
        )
    )
    assert "Restauration Scolaire Maternelle" in names
    assert "1_Accueil matin maternelle" not in names


def test_zoe_has_days_behind_her_and_days_to_come() -> None:
    rows = Booking.objects.filter(family=zoe_family())
    assert rows.filter(day__lt=TODAY).exists()
    assert rows.filter(day__gt=TODAY).exists()


def test_zoe_owes_one_invoice_that_is_not_overdue_and_has_paid_the_one_before() -> None:
    before, owed = Invoice.objects.filter(family=zoe_family()).order_by("period_starts_on")
    assert before.due_cents == 0
    assert (owed.label, owed.settled_cents) == ("PERI2609", 0)
    assert owed.due_on is not None
    assert owed.due_on > TODAY


def test_only_zoe_is_still_to_be_told_of_her_invoice() -> None:
    assert [invoice.family for invoice in Invoice.objects.filter(announced_at__isnull=True, by_email=True)] == [
        zoe_family()
    ]


def test_last_month_is_booked_and_not_billed() -> None:
    assert Booking.objects.filter(day__range=(D(2026, 10, 1), D(2026, 10, 31))).exists()
    assert not Invoice.objects.filter(period_starts_on=D(2026, 10, 1)).exists()


def test_money_received_is_money_settled() -> None:
    assert Payment.objects.aggregate(cents=Sum("amount_cents")) == Invoice.objects.aggregate(cents=Sum("settled_cents"))


def test_a_child_of_two_homes_is_billed_to_each_by_their_days() -> None:
    elio = Participant.objects.get(first_name="Élio")
    assert Home.objects.filter(participant=elio).count() == 2
    weeks = Booking.objects.filter(participant=elio).values_list("day", "family__name")
    homes: dict[tuple[int, int], set[str]] = {day.isocalendar()[:2]: set() for day, _ in weeks}
    for day, family in weeks:
        homes[day.isocalendar()[:2]].add(family)
    assert all(len(families) == 1 for families in homes.values())
    assert {"Roussel", "Carpentier"} == set().union(*homes.values())


def test_there_is_of_everything() -> None:
    insee = Town.objects.get().insee_code
    assert Family.objects.exclude(addresses__insee_code=insee).exists()
    assert Family.objects.filter(quotients__isnull=True, homes__isnull=False).exists()
    assert max(family.homes.count() for family in Family.objects.all()) == 6
    assert Participant.objects.filter(last_name__startswith="de La Rochefoucauld").exists()


def test_the_past_has_presences_and_the_future_none() -> None:
    assert not Booking.objects.filter(day__lt=TODAY, presence=Presence.UNKNOWN).exists()
    assert not Booking.objects.filter(day__gte=TODAY).exclude(presence=Presence.UNKNOWN).exists()


def test_no_slot_is_above_its_places() -> None:
    assert not Slot.objects.filter(taken__gt=F("capacity")).exists()
