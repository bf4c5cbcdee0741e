"""A parent books: with a mouse, on a phone, with a keyboard, without scripts; and what may come in between."""

import datetime as dt

import pytest
from playwright.sync_api import Locator, Route, expect

from preau.accounts.models import Session
from preau.accounts.testing import PASSWORD
from preau.bookings.choices import BookingState
from preau.bookings.models import Booking, DraftChange
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.journeys import DECEMBER, NOVEMBER, Planning, Villejuif, fill, pass_deadline

pytestmark = pytest.mark.journey

THURSDAY, FRIDAY = dt.date(2026, 11, 19), dt.date(2026, 11, 20)
MONDAY = dt.date(2026, 11, 23)
WEDNESDAY = dt.date(2026, 11, 18)
IN_DECEMBER = dt.date(2026, 12, 1)


def is_booked(child, unit: str, day: dt.date) -> bool:
    return Booking.objects.filter(participant=child, unit__name=unit, day=day, state=BookingState.BOOKED).exists()


def test_a_parent_ticks_days_of_two_months_and_books_them(villejuif: Villejuif, visitor: Visitor, sign_in) -> None:
    sign_in(visitor, villejuif.zoe)
    planning = Planning(visitor)
    planning.open(villejuif.nora.code, NOVEMBER)
    visitor.look("planning")
    expect(planning.bar).to_be_hidden()
    planning.tick("Journée", WEDNESDAY)
    expect(planning.bar).to_contain_text("1 modification")
    expect(planning.bar).to_contain_text("+ 15,91 €")
    planning.untick("Repas", FRIDAY)
    expect(planning.bar).to_contain_text("2 modifications")
    expect(planning.bar).to_contain_text("+ 11,19 €")
    visitor.look("planning-modifie")
    planning.turn(DECEMBER)
    expect(visitor.page.get_by_text("2 autres modifications attendent")).to_be_visible()
    planning.tick("Soir", IN_DECEMBER)
    visitor.look("planning-autre-mois")
    planning.press("Valider")
    expect(visitor.page.get_by_role("heading", name="Validation des modifications")).to_be_visible()
    expect(visitor.page.get_by_role("heading", name="À enregistrer (3)")).to_be_visible()
    expect(visitor.page.get_by_text("+ 15,74 €")).to_be_visible()
    visitor.look("planning-validation")
    assert not is_booked(villejuif.nora, "Journée", WEDNESDAY), "nothing is booked before « Terminer »"
    visitor.page.get_by_role("button", name="Terminer").click()
    expect(visitor.page.get_by_role("heading", name="3 changements enregistrés")).to_be_visible()
    visitor.look("planning-bilan")
    assert is_booked(villejuif.nora, "Journée", WEDNESDAY)
    assert is_booked(villejuif.nora, "Soir", IN_DECEMBER)
    assert not is_booked(villejuif.nora, "Repas", FRIDAY)


def test_a_keyboard_is_enough(villejuif: Villejuif, open_visitor: OpenVisitor, sign_in) -> None:
    visitor = open_visitor()
    sign_in(visitor, villejuif.zoe)
    planning, page = Planning(visitor), visitor.page
    planning.open(villejuif.nora.code, NOVEMBER)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    first = planning.box("Soir", dt.date(2026, 11, 9))
    tab_to(visitor, first)
    page.keyboard.press("ArrowRight")
    expect(planning.box("Soir", dt.date(2026, 11, 10))).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    for _ in range(3):  # Tuesday, then over Wednesday, a public holiday, to Thursday and Friday
        page.keyboard.press("ArrowRight")
    expect(planning.box("Soir", dt.date(2026, 11, 13))).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(planning.box("Repas", dt.date(2026, 11, 13))).to_be_focused()
    visitor.look("planning-clavier")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Space")
    expect(planning.bar).to_contain_text("1 modification")
    tab_to(visitor, planning.bar.get_by_role("button", name="Valider"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="À enregistrer (1)")).to_be_visible()
    tab_to(visitor, page.get_by_role("button", name="Terminer"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 changement enregistré")).to_be_visible()
    assert not is_booked(villejuif.nora, "Repas", dt.date(2026, 11, 13))


def tab_to(visitor: Visitor, wanted: Locator, *, within: int = 80) -> None:
    for _ in range(within):
        visitor.page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


def test_a_day_ticked_before_the_scripts_arrive_counts(villejuif: Villejuif, visitor: Visitor, sign_in) -> None:
    sign_in(visitor, villejuif.zoe)
    planning, page = Planning(visitor), visitor.page
    late: list[Route] = []
    page.route("**/htmx*.js", lambda route: late.append(route))
    page.goto(f"{visitor.address}/planning/{villejuif.nora.code}/{NOVEMBER}/", wait_until="commit")
    planning.box("Soir", FRIDAY).click()
    expect(planning.box("Soir", FRIDAY)).to_be_checked()
    expect(planning.bar).not_to_contain_text("1 modification")
    [script] = late
    script.continue_()
    expect(planning.bar).to_contain_text("1 modification")


def test_enter_on_a_box_keeps_the_draft_and_books_nothing(
    villejuif: Villejuif, open_visitor: OpenVisitor, sign_in
) -> None:
    visitor = open_visitor()
    sign_in(visitor, villejuif.zoe)
    planning = Planning(visitor)
    planning.open(villejuif.nora.code, NOVEMBER)
    planning.tick("Soir", FRIDAY)
    planning.box("Soir", FRIDAY).press("Enter")
    expect(visitor.page.get_by_text("Votre brouillon est gardé.")).to_be_visible()
    expect(planning.box("Soir", FRIDAY)).to_be_checked()
    assert not is_booked(villejuif.nora, "Soir", FRIDAY)


@pytest.mark.parametrize("width", [390, 1280])
def test_scripts_are_not_needed(villejuif: Villejuif, open_visitor: OpenVisitor, sign_in, width: int) -> None:
    visitor = open_visitor(width=width, javascript=False)
    sign_in(visitor, villejuif.zoe)
    planning = Planning(visitor)
    planning.open(villejuif.nora.code, NOVEMBER)
    planning.tick("Soir", FRIDAY)
    planning.untick("Repas", FRIDAY)
    visitor.look("planning-sans-script")
    planning.turn(DECEMBER)
    planning.tick("Soir", IN_DECEMBER)
    planning.turn(NOVEMBER)
    expect(planning.box("Soir", FRIDAY)).to_be_checked()
    expect(planning.box("Repas", FRIDAY)).not_to_be_checked()
    planning.press("Valider")
    expect(visitor.page.get_by_role("heading", name="À enregistrer (3)")).to_be_visible()
    visitor.look("planning-validation-sans-script")
    visitor.page.get_by_role("button", name="Terminer").click()
    expect(visitor.page.get_by_role("heading", name="3 changements enregistrés")).to_be_visible()
    assert is_booked(villejuif.nora, "Soir", FRIDAY)
    assert is_booked(villejuif.nora, "Soir", IN_DECEMBER)
    assert not is_booked(villejuif.nora, "Repas", FRIDAY)


def test_each_cell_says_why_it_cannot_change(villejuif: Villejuif, visitor: Visitor, sign_in) -> None:
    fill("peri-marronniers", "soir", MONDAY)
    sign_in(visitor, villejuif.malik)
    planning = Planning(visitor)
    planning.open(villejuif.nora.code, NOVEMBER)
    visitor.look("planning-etats")
    expect(planning.cell("Repas", dt.date(2026, 11, 10))).to_contain_text("Réservé")  # past the deadline
    expect(planning.cell("Repas", dt.date(2026, 11, 10)).get_by_role("checkbox")).to_have_count(0)
    expect(planning.cell("Repas", dt.date(2026, 11, 10))).to_contain_text("vendredi 6")
    expect(planning.day(dt.date(2026, 11, 11))).to_contain_text("Armistice")
    expect(planning.day(dt.date(2026, 11, 11)).get_by_role("checkbox")).to_have_count(0)
    expect(planning.cell("Soir", WEDNESDAY)).to_have_count(0)  # no evening care on Wednesdays
    expect(planning.cell("Journée", THURSDAY)).to_have_count(0)
    expect(planning.cell("Soir", MONDAY).get_by_role("checkbox")).to_be_checked()  # full, and Nora is in it


def test_a_day_that_is_full_says_so(villejuif: Villejuif, visitor: Visitor, sign_in) -> None:
    fill("peri-marronniers", "soir", MONDAY)
    sign_in(visitor, villejuif.hugo)
    planning = Planning(visitor)
    planning.open(villejuif.lea.code, NOVEMBER)
    expect(planning.cell("Soir", MONDAY)).to_contain_text("Complet")
    expect(planning.cell("Soir", MONDAY).get_by_role("checkbox")).to_have_count(0)
    visitor.look("planning-complet")


def test_school_holidays_say_so(villejuif: Villejuif, visitor: Visitor, sign_in) -> None:
    sign_in(visitor, villejuif.zoe)
    planning = Planning(visitor)
    planning.open(villejuif.nora.code, DECEMBER)
    planning.show(dt.date(2026, 12, 22))
    expect(visitor.page.get_by_text("Vacances de Noël").first).to_be_visible()
    visitor.look("planning-vacances")


def test_what_became_full_or_late_meanwhile_is_refused_in_words_and_the_rest_is_booked(
    villejuif: Villejuif, visitor: Visitor, sign_in
) -> None:
    sign_in(visitor, villejuif.hugo)
    planning, page = Planning(visitor), visitor.page
    planning.open(villejuif.lea.code, NOVEMBER)
    planning.tick("Soir", THURSDAY)
    planning.untick("Repas", FRIDAY)
    planning.tick("Soir", MONDAY)
    planning.press("Valider")
    expect(page.get_by_role("heading", name="À enregistrer (3)")).to_be_visible()
    fill("peri-marronniers", "soir", MONDAY)
    pass_deadline("restauration-maternelle", FRIDAY)
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_role("heading", name="1 changement enregistré sur 3")).to_be_visible()
    refused = page.get_by_role("region", name="Refusé (2)").get_by_role("listitem")
    full, late = refused.filter(has_text="lundi 23"), refused.filter(has_text="vendredi 20")
    expect(full).to_contain_text("Il n’y a plus de place ce jour-là.")
    expect(late).to_contain_text("L’annulation fermait le lundi 9 novembre à 8 h 59")
    expect(late).to_contain_text("Vous aviez coché cette case le lundi 9 novembre, en brouillon.")
    visitor.look("planning-bilan-refus")
    assert is_booked(villejuif.lea, "Soir", THURSDAY)
    assert is_booked(villejuif.lea, "Repas", FRIDAY)
    assert not is_booked(villejuif.lea, "Soir", MONDAY)
    assert not DraftChange.objects.filter(user=villejuif.hugo).exists()


def test_the_recap_says_what_has_become_impossible(villejuif: Villejuif, visitor: Visitor, sign_in) -> None:
    sign_in(visitor, villejuif.hugo)
    planning, page = Planning(visitor), visitor.page
    planning.open(villejuif.lea.code, NOVEMBER)
    planning.tick("Soir", MONDAY)
    fill("peri-marronniers", "soir", MONDAY)
    planning.press("Valider")
    impossible = page.get_by_role("region", name="Impossible maintenant (1)")
    expect(impossible).to_contain_text("Il n’y a plus de place ce jour-là.")
    visitor.look("planning-validation-impossible")


def test_two_tabs_of_a_month_keep_what_each_ticked_and_a_click_taken_back_is_no_click(
    villejuif: Villejuif, open_visitor: OpenVisitor, sign_in
) -> None:
    one, other = open_visitor(), open_visitor()
    for tab in (one, other):
        sign_in(tab, villejuif.zoe)
        Planning(tab).open(villejuif.nora.code, NOVEMBER)
    Planning(one).tick("Soir", FRIDAY)
    Planning(other).tick("Journée", WEDNESDAY)
    Planning(other).untick("Repas", THURSDAY)
    Planning(other).tick("Repas", THURSDAY)
    Planning(one).press("Valider")
    expect(one.page.get_by_role("heading", name="À enregistrer (2)")).to_be_visible()


def test_the_first_of_two_tabs_to_confirm_books_for_both(villejuif: Villejuif, open_visitor: OpenVisitor, sign_in):
    visitor = open_visitor()
    sign_in(visitor, villejuif.zoe)
    planning = Planning(visitor)
    planning.open(villejuif.nora.code, NOVEMBER)
    planning.tick("Soir", FRIDAY)
    planning.press("Valider")
    other = visitor.context.new_page()
    other.goto(visitor.address + "/planning/validation/")
    other.get_by_role("button", name="Terminer").click()
    expect(other.get_by_role("heading", name="1 changement enregistré")).to_be_visible()
    visitor.page.get_by_role("button", name="Terminer").click()
    expect(visitor.page.get_by_role("heading", name="Planning inchangé")).to_be_visible()
    visitor.look("planning-bilan-vide")
    assert Booking.objects.filter(participant=villejuif.nora, unit__name="Soir", day=FRIDAY).count() == 1


def test_a_double_click_books_once_and_going_back_shows_that_nothing_is_left_to_book(
    villejuif: Villejuif, open_visitor: OpenVisitor, sign_in
) -> None:
    visitor = open_visitor()
    sign_in(visitor, villejuif.zoe)
    planning, page = Planning(visitor), visitor.page
    planning.open(villejuif.nora.code, NOVEMBER)
    planning.untick("Repas", FRIDAY)
    planning.press("Valider")
    page.get_by_role("button", name="Terminer").dblclick()
    expect(page.get_by_role("heading", name="1 changement enregistré")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Aucune modification à valider")).to_be_visible()
    visitor.look("planning-rien-a-valider")
    assert not is_booked(villejuif.nora, "Repas", FRIDAY)


def test_both_parents_see_what_is_booked_and_only_their_own_draft(
    villejuif: Villejuif, open_visitor: OpenVisitor, sign_in
) -> None:
    zoe, malik = open_visitor(), open_visitor(width=390)
    sign_in(zoe, villejuif.zoe)
    sign_in(malik, villejuif.malik)
    hers, his = Planning(zoe), Planning(malik)
    hers.open(villejuif.nora.code, NOVEMBER)
    hers.tick("Soir", FRIDAY)
    his.open(villejuif.nora.code, NOVEMBER)
    expect(his.box("Soir", FRIDAY)).not_to_be_checked()
    hers.press("Valider")
    zoe.page.get_by_role("button", name="Terminer").click()
    expect(zoe.page.get_by_role("heading", name="1 changement enregistré")).to_be_visible()
    his.tick("Soir", dt.date(2026, 11, 17))
    his.press("Valider")
    expect(malik.page.get_by_role("heading", name="À enregistrer (1)")).to_be_visible()
    expect(malik.page.get_by_text("vendredi 20")).to_have_count(0)


def test_a_session_that_ends_loses_nothing_of_what_was_ticked(villejuif: Villejuif, visitor: Visitor, sign_in) -> None:
    sign_in(visitor, villejuif.zoe)
    planning, page = Planning(visitor), visitor.page
    planning.open(villejuif.nora.code, NOVEMBER)
    planning.tick("Soir", FRIDAY)
    Session.objects.filter(user=villejuif.zoe).delete()
    planning.box("Repas", FRIDAY).click()
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    visitor.look("session-terminee")
    page.get_by_label("Adresse e-mail ou nom d’utilisateur").fill("Z-pinceau")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Me connecter").click()
    expect(page.get_by_role("heading", name="Novembre 2026")).to_be_visible()
    expect(planning.box("Soir", FRIDAY)).to_be_checked()
    expect(planning.box("Repas", FRIDAY)).to_be_checked()  # that click came after the end of the session
    assert not is_booked(villejuif.nora, "Soir", FRIDAY)


def test_a_draft_waits_on_the_home_page_after_signing_out(
    villejuif: Villejuif, open_visitor: OpenVisitor, sign_in
) -> None:
    visitor = open_visitor()
    sign_in(visitor, villejuif.zoe)
    planning, page = Planning(visitor), visitor.page
    planning.open(villejuif.nora.code, NOVEMBER)
    planning.tick("Soir", FRIDAY)
    page.get_by_role("button", name="Me déconnecter").first.click()
    expect(page.get_by_text("Vous êtes déconnecté.")).to_be_visible()
    sign_in(visitor, villejuif.zoe)
    visitor.goto("/accueil/")
    page.get_by_role("link", name="Valider 1 modification du planning").click()
    expect(page.get_by_role("heading", name="À enregistrer (1)")).to_be_visible()
    page.get_by_role("button", name="Tout supprimer").click()
    expect(page.get_by_text("Vos modifications sont effacées.")).to_be_visible()
    assert not DraftChange.objects.exists()


def test_a_planning_of_all_children_books_for_each(villejuif: Villejuif, visitor: Visitor, sign_in) -> None:
    sign_in(visitor, villejuif.zoe)
    planning, page = Planning(visitor), visitor.page
    planning.open("tous", NOVEMBER)
    both = planning.box("Repas", FRIDAY)
    expect(both).to_have_count(2)
    for place in (0, 1):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            both.nth(place).click()
    expect(planning.bar).to_contain_text("2 modifications")
    visitor.look("planning-tous")
    planning.press("Valider")
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_role("heading", name="2 changements enregistrés")).to_be_visible()
    assert not is_booked(villejuif.nora, "Repas", FRIDAY)
    assert not is_booked(villejuif.mylis, "Repas", FRIDAY)
