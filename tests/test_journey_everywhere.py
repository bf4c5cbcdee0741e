"""Every page of the menus, on the narrowest screen and with letters twice as large; and addresses that lead nowhere."""

import re
from collections.abc import Collection

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from preau.accounts.models import Grant, Role
from preau.billing.models import Campaign, Invoice
from preau.bookings.actions import confirm_draft, save_draft
from preau.bookings.models import Submission
from preau.bookings.rules.lines import Cell
from preau.health.actions import open_sheet
from preau.health.choices import Purpose
from tests import desk_pages
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.family_pages import EMPTY, addresses_of
from tests.journeys import NOVEMBER, NOW, Villejuif, make_colleague
from tests.large_family import settle_empty_family, settle_large_family

pytestmark = pytest.mark.journey

PUBLIC = (
    "/",
    "/connexion/",
    "/creer-mon-compte/",
    "/creer-mon-compte/mes-informations/",
    "/mot-de-passe-oublie/",
    "/aide/",
    "/delais/",
    "/plan-du-site/",
    "/accessibilite/",
    "/donnees-personnelles/",
    "/mentions-legales/",
)
FAMILY = (
    "/accueil/",
    "/inscriptions/",
    "/inscriptions/nouvelle/?enfant={nora}&type=periscolaire&activite=accueil-matin-maternelle-2026-2027",
    "/planning/{nora}/2026-11/",
    "/planning/tous/2026-11/",
    "/planning/{nora}/quinzaine/2026-11-09/",
    "/planning/{nora}/semaine/2026-11-09/",
    "/planning/validation/",
    "/factures/",
    "/factures/historique/",
    "/factures/{invoice}/",
    "/factures/payer/?facture={invoice}",
    "/mon-compte/",
    "/mon-compte/consentements/",
)
DESK = (
    "/mairie/",
    "/mairie/reservations/",
    "/mairie/reservations/?activite=restauration-maternelle-2026-2027&jour=2026-11-12",
    "/mairie/occupation/?activite=restauration-maternelle-2026-2027&periode=2026-11",
    "/mairie/factures/",
    "/mairie/factures/{campaign}/",
    "/mairie/paiements/",
    "/mairie/demandes/",
    "/mairie/comptes/",
    "/mairie/textes/",
    "/mairie/donnees/",
    "/mairie/donnees/acces/",
    "/mairie/donnees/effacer/?q=pinceau",
    "/mairie/agents/",
    "/mairie/agents/roles/",
)
LOST = """() => {
  const for_ears = element =>
    element && (/50%/.test(getComputedStyle(element).clipPath) || for_ears(element.parentElement));
  return [...document.querySelectorAll("body *")].filter(element => {
    const style = getComputedStyle(element), hides = /hidden|clip/;
    return element.clientWidth && element.textContent.trim() && style.visibility != "hidden" && !for_ears(element)
      && (hides.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1
        || hides.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1);
  }).map(element => element.outerHTML.slice(0, 120));
}"""
SPILT = """() => {
  const for_ears = element =>
    element && (/50%/.test(getComputedStyle(element).clipPath) || for_ears(element.parentElement));
  const leaves = (text, box) => {
    const style = getComputedStyle(box), edges = box.getBoundingClientRect();
    if (/inline$|contents/.test(style.display)) return false;
    return text.left < edges.left + parseFloat(style.borderLeftWidth) - 1
      || text.right > edges.right - parseFloat(style.borderRightWidth) + 1;
  };
  const spilt = [], words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const node = words.currentNode, owner = node.parentElement, range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (!node.data.trim() || !text.width || !owner.checkVisibility({ visibilityProperty: true }) || for_ears(owner))
      continue;
    let box = owner;
    while (getComputedStyle(box).overflowX == "visible" && !leaves(text, box)) {
      if (box == document.body || /fixed|absolute/.test(getComputedStyle(box).position)) break;
      box = box.parentElement;
    }
    if (leaves(text, box) && getComputedStyle(box).overflowX == "visible")
      spilt.push(`« ${node.data.trim().slice(0, 40)} » leaves ${box.outerHTML.slice(0, 80)}`);
  }
  return spilt;
}"""
TWICE_AS_LARGE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("html { font-size: 200% }");
  document.adoptedStyleSheets = [sheet];
}"""


def pages_of(paths: tuple[str, ...], town: Villejuif, invoice: Invoice) -> list[str]:
    values = {"nora": town.nora.code, "invoice": invoice.code, "campaign": Campaign.objects.get().code}
    return [path.format(**values) for path in paths]


def name_of(path: str, town: Villejuif, invoice: Invoice) -> str:
    """The name of a picture."""
    for word, code in (("enfant", town.nora.code), ("facture", invoice.code)):
        path = path.replace(code, word)
    return re.sub(r"\W+", "-", path).strip("-") or "accueil-public"


@pytest.mark.parametrize("who", ["visitor", "parent", "agent"])
def test_every_page_of_the_menus_fits_every_screen(
    villejuif: Villejuif, october: Invoice, open_visitor: OpenVisitor, sign_in, who: str
) -> None:
    visitor = open_visitor(width=390)
    administrator = Role.objects.get(code="administrateur")
    Grant.objects.create(user=villejuif.remi, role=administrator, starts_on=NOW.date())
    if who != "visitor":
        sign_in(visitor, villejuif.zoe if who == "parent" else villejuif.remi)
    faults = []
    for path in pages_of({"visitor": PUBLIC, "parent": FAMILY, "agent": DESK}[who], villejuif, october):
        name = f"page-{name_of(path, villejuif, october)}"
        faults += wrong_at_every_width(visitor, name, path, axe_at=(390, 1280))  # the menus differ
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("set_by", ["the page", "the browser"])
def test_letters_twice_as_large_lose_no_words(
    villejuif: Villejuif, october: Invoice, open_visitor: OpenVisitor, sign_in, set_by: str
) -> None:
    """The browser's own letters are known to media queries, and the bar of a phone is no bar any more."""
    visitor = open_visitor(width=390)
    sign_in(visitor, villejuif.zoe)
    save_draft(user=villejuif.zoe, changes={evening_of_nora(villejuif): False}, now=NOW)
    if set_by == "the browser":
        browser = visitor.context.new_cdp_session(visitor.page)
        browser.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    faults = []
    for path in pages_of(FAMILY, villejuif, october):
        name = f"double-{name_of(path, villejuif, october)}-{set_by[4:]}"
        visitor.resize(390)
        visitor.goto(path)
        if set_by == "the page":
            visitor.page.evaluate(TWICE_AS_LARGE)
        for width in (390, 1280) if set_by == "the page" else (390,):
            visitor.resize(width)
            faults += visitor.wrongs(name, with_axe=set_by == "the browser")
            faults += [f"{path}, {width} px: {fault}" for fault in lost_or_spilt(visitor)]
    assert not faults, "\n".join(faults)


def lost_or_spilt(visitor: Visitor) -> list[str]:
    return [*visitor.page.evaluate(LOST), *visitor.page.evaluate(SPILT)]


def test_every_page_of_the_largest_file_fits_every_screen(
    villejuif: Villejuif, open_visitor: OpenVisitor, sign_in
) -> None:
    large, visitor = settle_large_family(villejuif), open_visitor(width=390)
    sign_in(visitor, large.parent)
    faults = [fault for name, path in addresses_of(large) for fault in wrong_at_every_width(visitor, name, path)]
    assert faults == []


def test_a_file_with_nothing_in_it_says_so_on_every_page(
    villejuif: Villejuif, open_visitor: OpenVisitor, sign_in
) -> None:
    visitor = open_visitor(width=390)
    sign_in(visitor, settle_empty_family())
    faults = [fault for name in EMPTY for fault in wrong_at_every_width(visitor, f"vide-{name}", reverse(name))]
    assert faults == []


@pytest.mark.parametrize("of_files", [True, False])
def test_every_page_of_the_desk_about_families_fits_every_screen(
    villejuif: Villejuif, open_visitor: OpenVisitor, sign_in, of_files: bool
) -> None:
    large, visitor = settle_large_family(villejuif), open_visitor(width=390)
    claire = make_colleague("Claire", "Petit", "agent-enfance")
    Grant.objects.create(user=claire, role=Role.objects.get(code="direction"), starts_on=NOW.date())
    for child in (large.eldest, large.youngest):
        open_sheet(child=child, purpose=Purpose.COUNTER, by=claire, now=timezone.now())
    sign_in(visitor, claire)
    pages = desk_pages.addresses_of(large, of_files=of_files)
    faults = [fault for name, path in pages for fault in wrong_at_every_width(visitor, name, path)]
    assert not faults, "\n".join(faults)


def wrong_at_every_width(visitor: Visitor, name: str, path: str, *, axe_at: Collection[int] = (390,)) -> list[str]:
    """What is wrong with a page opened once. Axe, whose rules hold at every width, looks at it on a phone: elsewhere it
    would find the same page in the other menu."""
    visitor.resize(390)
    visitor.goto(path)
    found = []
    for width in (390, 320, 1280):
        visitor.resize(width)
        found += visitor.wrongs(name.replace(":", "-"), with_axe=width in axe_at)
        found += [f"{path}, {width} px: {fault}" for fault in visitor.page.evaluate(SPILT)]
    visitor.page.evaluate(TWICE_AS_LARGE)
    return found + [f"{path}, letters twice as large: {fault}" for fault in visitor.page.evaluate(LOST)]


def evening_of_nora(town: Villejuif) -> Cell:
    """One that is booked, on the last day of the month."""
    unit = town.nora.enrolments.get(activity__code__startswith="accueil-soir").activity.units.get()
    return Cell(town.nora.pk, NOVEMBER.last, unit.pk)


def test_addresses_that_are_not_ours_or_mean_nothing_end_on_one_clear_page(
    villejuif: Villejuif, october: Invoice, visitor: Visitor, sign_in
) -> None:
    lea, nora = villejuif.lea, villejuif.nora
    theirs = Invoice.objects.exclude(pk=october.pk).get()
    sign_in(visitor, villejuif.zoe)
    for path in (
        f"/planning/{lea.code}/{NOVEMBER}/",
        f"/planning/{lea.code}/semaine/2026-11-09/",
        f"/planning/{nora.code}/2026-13/",
        f"/planning/{nora.code}/0000-00/",
        f"/planning/{nora.code}/semaine/2026-02-30/",
        f"/planning/{nora.code}/novembre/",
        "/planning/bilan/bcdfghjkmn/",
        "/planning/bilan/%00/",
        f"/inscriptions/nouvelle/?enfant={lea.code}",
        f"/factures/{theirs.code}/",
        f"/factures/{theirs.code}/facture.pdf",
        f"/factures/payer/?facture={theirs.code}",
        "/factures/payer/?facture=1%20OR%201=1",
        "/factures/0/",
        "/paiements/bcdfghjkmn/retour/",
        "/mairie/",
        "/mairie/factures/",
        "/nulle/part/",
    ):
        visitor.goto(path, status=404)
        expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Ce crochet est vide")
    visitor.look("erreur-404")


def test_an_outcome_is_for_whoever_confirmed(villejuif: Villejuif, open_visitor: OpenVisitor, sign_in) -> None:
    save_draft(user=villejuif.zoe, changes={evening_of_nora(villejuif): False}, now=NOW)
    confirm_draft(by=villejuif.zoe, token="bcdfghjkmn", now=NOW)
    address = f"/planning/bilan/{Submission.objects.get().token}/"
    zoe, malik = open_visitor(), open_visitor()
    sign_in(zoe, villejuif.zoe)
    zoe.goto(address)
    sign_in(malik, villejuif.malik)
    malik.goto(address, status=404)


def test_a_visitor_is_sent_to_sign_in_then_to_the_page_asked(villejuif: Villejuif, visitor: Visitor) -> None:
    visitor.goto(f"/planning/{villejuif.nora.code}/{NOVEMBER}/")
    expect(visitor.page.get_by_role("heading", name="Se connecter")).to_be_visible()
    expect(visitor.page.get_by_text("la page que vous demandez s’ouvrira ensuite")).to_be_visible()
    visitor.look("connexion-demandee")
