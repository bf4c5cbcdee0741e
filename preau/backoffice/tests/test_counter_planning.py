"""An agent books and cancels for a household: the family's rules, and a reason to go beyond."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.activities.choices import BookingMode
from preau.activities.models import Activity
from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.choices import BookingState, Origin
from preau.bookings.models import Booking, Opening, Slot, Submission
from preau.bookings.testing import make_booking, open_days, paris
from preau.checklist.choices import Item
from preau.checklist.testing import make_asked
from preau.core.invariants import REGISTRY
from preau.enrolments.testing import make_enrolment, make_intake
from preau.families.models import Family
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.models import Entry
from preau.notifications.actions import send_due
from preau.notifications.models import Outgoing
from preau.pricing.testing import make_tariff
from preau.town.models import Town
from preau.town.testing import make_place, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = paris(2026, 11, 9, 9)
TODAY, SOON = dt.date(2026, 11, 10), dt.date(2026, 11, 19)
LIST = "/mairie/familles/"
CONTRACT = "\u00a0"


@pytest.fixture(autouse=True)
def sound(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town(catalogue_version=next(versions))
    make_year()
    yield
    assert [fault for invariant in REGISTRY for fault in invariant.check()] == []


versions = iter(range(50_000, 60_000))


class Scene:
    """Nora, enrolled in the canteen of her school: one place a day, and a deadline passed on the 10th."""

    def __init__(self) -> None:
        self.family = make_family(name="Pinceau")
        self.zoe = make_adult(self.family, first_name="Zoé")
        self.child = make_child(self.family, first_name="Nora")
        self.activity = make_activity("cantine", name="Restauration")
        self.unit = make_unit(self.activity, "repas", parts=("midi",))
        self.group = make_group("groupe", place=make_place("ecole"), midi=1)
        make_tariff(self.unit, "4.72")
        make_intake(self.activity, self.group)
        make_enrolment(self.child, self.activity, self.group)
        open_days(self.activity, now=NOW)
        Opening.objects.filter(day__lte=TODAY).update(book_by=paris(2026, 11, 8), cancel_by=paris(2026, 11, 8))
        Town.objects.update(catalogue_version=next(versions))

    @property
    def address(self) -> str:
        return f"{LIST}{self.family.code}/planning/{self.child.code}/2026-11/"

    def filled(self, day: dt.date) -> None:
        """Another child has the only place."""
        make_booking(make_child(make_family(name="Martin"), first_name="Léo"), self.unit, self.group, day)

    def states(self) -> list[tuple[dt.date, str, str]]:
        rows = Booking.objects.filter(participant=self.child).order_by("pk")
        return list(rows.values_list("day", "state", "origin"))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def agent_of(*capabilities, **where) -> Client:
    client = Client()
    testing.sign_in(client, make_agent(*capabilities, **where))
    return client


@pytest.fixture
def samira() -> Client:
    return agent_of(Capability.SEE_FAMILIES, Capability.EDIT_FAMILIES)


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).replace(CONTRACT, " ").split())


def values(html: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', html)


def tick(client: Client, scene: Scene, *days: dt.date, off: bool = False, **more: str):
    """Tick (or untick) days, as the page showed them."""
    html = client.get(scene.address).content.decode()
    boxes = {f"0-{day:%m%d}" for day in days}
    checked = set(re.findall(r'name="r" value="([^"]*)" checked', html))
    ticked = checked - boxes if off else checked | boxes
    return client.post(scene.address, {"vu": values(html, "vu"), "r": sorted(ticked), "action": "relire", **more})


def save(client: Client, scene: Scene, recap, **more: str):
    html = recap.content.decode()
    sent = {name: values(html, name) for name in ("vu", "r", "jeton")}
    return client.post(scene.address, sent | {"action": "enregistrer", "prevenir": "oui"} | more, follow=True)


def test_an_agent_books_within_the_rules_without_a_reason(samira: Client, scene: Scene) -> None:
    recap = tick(samira, scene, SOON)
    assert "À enregistrer (1)" in text(recap)
    assert "dépassement" not in text(recap)
    assert "+ 4,72 €" in text(recap)
    assert scene.states() == []
    assert "1 changement enregistré pour Nora, au guichet." in text(save(samira, scene, recap))
    assert scene.states() == [(SOON, BookingState.BOOKED, Origin.AGENT)]
    entry = Entry.objects.get(action="bookings.confirmed")
    assert (entry.family, entry.facts["channel"]) == (scene.family.code, "counter")
    history = text(samira.get(f"{LIST}{scene.family.code}/historique/"))
    assert "Planning de Nora modifié : 1 réservation" in history
    assert "Samira Benali, au guichet" in history


def test_the_household_is_told_by_mail_unless_the_agent_says_not_to(samira: Client, scene: Scene) -> None:
    save(samira, scene, tick(samira, scene, SOON))
    assert scene.zoe.user is not None
    assert Outgoing.objects.get().address == scene.zoe.user.email
    assert send_due(now=NOW, limit=5) == 1
    save(samira, scene, tick(samira, scene, SOON, off=True), prevenir="")
    assert Outgoing.objects.count() == 1


def test_a_second_click_changes_nothing(samira: Client, scene: Scene) -> None:
    recap = tick(samira, scene, SOON)
    save(samira, scene, recap)
    save(samira, scene, recap)
    assert len(scene.states()) == Submission.objects.count() == 1


def test_an_agent_cancels(samira: Client, scene: Scene) -> None:
    make_booking(scene.child, scene.unit, scene.group, SOON)
    save(samira, scene, tick(samira, scene, SOON, off=True))
    assert [state for _, state, _ in scene.states()] == [BookingState.CANCELLED]
    assert Slot.objects.get(day=SOON).taken == 0


def test_after_the_deadline_a_reason_is_asked_for_and_kept(samira: Client, scene: Scene) -> None:
    recap = tick(samira, scene, TODAY)
    assert "1 dépassement à justifier" in text(recap)
    assert "le délai est passé" in text(recap)
    refused = save(samira, scene, recap)
    assert "Écrivez la raison du dépassement" in text(refused)
    assert scene.states() == []
    save(samira, scene, refused, raison="Accord de la directrice")
    assert scene.states() == [(TODAY, BookingState.BOOKED, Origin.AGENT)]
    assert Submission.objects.get().outcome["reason"] == "Accord de la directrice"
    assert Entry.objects.get(action="bookings.confirmed").facts["beyond"] == ["2026-11-10 cantine/repas too_late"]


def test_a_full_day_takes_one_more_knowingly(samira: Client, scene: Scene) -> None:
    scene.filled(SOON)
    recap = tick(samira, scene, SOON)
    assert "complet, 1 inscrits pour 1 places. Une place sera ajoutée." in text(recap)
    save(samira, scene, recap, raison="Urgence familiale")
    slot = Slot.objects.get(day=SOON)
    assert (slot.taken, slot.capacity, slot.extra) == (2, 1, 1)
    save(samira, scene, tick(samira, scene, SOON, off=True))
    slot.refresh_from_db()
    assert (slot.taken, slot.extra) == (1, 0)


def test_places_above_the_capacity_are_no_room_for_a_family(samira: Client, scene: Scene) -> None:
    scene.filled(SOON)
    save(samira, scene, tick(samira, scene, SOON), raison="Urgence")
    other = make_child(make_family(name="Autre"), first_name="Ana")
    make_enrolment(other, scene.activity, scene.group)
    asked = Scene.__new__(Scene)
    asked.family, asked.child = other.homes.get().family, other
    assert "1 dépassement à justifier" in text(tick(samira, asked, SOON))


def test_what_the_file_lacks_is_passed_over_with_a_reason(samira: Client, scene: Scene) -> None:
    make_asked(Item.COORDINATES)
    Town.objects.update(catalogue_version=next(versions))
    recap = tick(samira, scene, SOON)
    assert "le dossier n’est pas complet" in text(recap)
    assert "Écrivez la raison" in text(save(samira, scene, recap))
    save(samira, scene, recap, raison="Papiers vus au guichet")
    assert len(scene.states()) == 1


def test_an_agent_books_what_the_town_manages_by_itself(samira: Client, scene: Scene) -> None:
    Activity.objects.update(booking_mode=BookingMode.READ_ONLY)
    Town.objects.update(catalogue_version=next(versions))
    recap = tick(samira, scene, SOON)
    assert "dépassement" not in text(recap)
    save(samira, scene, recap)
    assert len(scene.states()) == 1


def test_what_is_past_stays_as_it_was(samira: Client, scene: Scene) -> None:
    html = samira.get(scene.address).content.decode()
    past = samira.post(scene.address, {"vu": values(html, "vu"), "r": ["0-1105"], "action": "relire"}, follow=True)
    assert "Cochez ou décochez une case" in text(past)


def test_nothing_ticked_and_what_cannot_be_read_are_told(samira: Client, scene: Scene) -> None:
    assert "Cochez ou décochez une case" in text(samira.post(scene.address, {"action": "relire"}, follow=True))
    odd = {"vu": "n’importe quoi", "action": "relire"}
    assert "n’a pas pu être lue" in text(samira.post(scene.address, odd, follow=True))


def test_a_reader_sees_the_planning_and_changes_nothing(scene: Scene) -> None:
    reader = agent_of(Capability.SEE_FAMILIES)
    page = reader.get(scene.address)
    assert "Planning de Nora" in text(page)
    assert 'name="r"' not in page.content.decode()
    assert reader.post(scene.address, {"action": "relire"}).status_code == 404


def test_agents_out_of_scope_find_no_planning(scene: Scene) -> None:
    elsewhere = agent_of(Capability.SEE_FAMILIES, Capability.EDIT_FAMILIES, place=make_place("autre"))
    for address in (scene.address, f"{LIST}{scene.family.code}/planning/"):
        assert elsewhere.get(address).status_code == 404
    assert elsewhere.post(scene.address, {"action": "relire"}).status_code == 404


def test_a_child_of_another_file_is_not_reached_through_this_one(samira: Client, scene: Scene) -> None:
    other = make_family(name="Martin")
    address = scene.address.replace(scene.family.code, other.code)
    assert samira.get(address).status_code == samira.post(address, {"action": "relire"}).status_code == 404


def test_a_child_without_anything_to_book_says_so(samira: Client, scene: Scene) -> None:
    idle = make_child(scene.family, first_name="Élio")
    shown = samira.get(f"/mairie/familles/{scene.family.code}/planning/{idle.code}/2026-11/")
    assert "Rien à réserver ce mois-ci" in shown.content.decode().replace("\u00a0", " ")


def test_a_file_without_children_says_so(samira: Client) -> None:
    family: Family = make_family()
    assert "Aucun enfant dans ce dossier" in text(samira.get(f"{LIST}{family.code}/planning/"))
