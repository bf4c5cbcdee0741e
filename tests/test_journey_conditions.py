"""New conditions: an agent publishes them, a parent reads what changed at their next sign-in, and answers."""

import pytest
from playwright.sync_api import Page, expect

from preau.accounts.choices import Capability, UserKind
from preau.accounts.models import Grant, Role, User
from preau.accounts.testing import PASSWORD, make_user
from tests.browser import Visitor, sign_in
from tests.journeys import Villejuif

pytestmark = pytest.mark.journey

CHANGES = "Le portail garde vos messages deux ans au lieu de cinq."


@pytest.fixture
def claire(villejuif: Villejuif) -> User:
    claire = make_user("c.lemoine", kind=UserKind.STAFF, first_name="Claire", last_name="Lemoine")
    role = Role.objects.filter(capability_rows__capability=Capability.PUBLISH_TEXTS).get()
    Grant.objects.create(user=claire, role=role, starts_on="2026-09-01")
    return claire


def test_new_conditions_are_published_read_and_accepted(villejuif: Villejuif, claire: User, visitor: Visitor) -> None:
    page = visitor.page
    sign_in(visitor, claire)
    publishes(visitor)
    visitor.context.clear_cookies()
    enters(visitor)
    expect(page.get_by_role("heading", name="Avant de continuer")).to_be_visible()
    expect(page.get_by_text(CHANGES)).to_be_visible()
    visitor.look("conditions-a-accepter")
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator(".a-erreur")).to_contain_text("Il manque une réponse")
    visitor.look("conditions-oubli")
    page.get_by_role("button", name="Refuser et me déconnecter").click()
    expect(page.get_by_text("Vous n’avez pas accepté")).to_be_visible()
    visitor.look("conditions-refusees")
    enters(visitor)
    page.get_by_role("checkbox", name="J’ai lu et j’accepte les conditions d’utilisation").check()
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("article", name="Nora")).to_be_visible()
    visitor.goto("/mon-compte/")
    visitor.look("mon-compte-textes")
    page.get_by_role("link", name="Lire la version 2").click()
    expect(page.get_by_text(CHANGES)).to_be_visible()
    visitor.look("conditions-version-2")
    shows_who(visitor, claire)


def publishes(visitor: Visitor) -> None:
    page = visitor.page
    visitor.goto("/mairie/textes/")
    visitor.look("mairie-textes")
    page.get_by_role("link", name="Conditions d’utilisation").click()
    page.get_by_role("link", name="Écrire une nouvelle version").click()
    visitor.look("mairie-texte-ecrire")
    page.get_by_label("Texte", exact=True).press("Control+End")
    page.get_by_label("Texte", exact=True).press_sequentially("\n\n## Vos messages\n\nIls sont gardés deux ans.")
    page.get_by_role("button", name="Relire avant de publier").click()
    expect(page.locator(".a-erreur")).to_contain_text("Ce qui change")
    visitor.look("mairie-texte-erreur")
    page.get_by_label("Ce qui change").fill(CHANGES)
    page.get_by_role("button", name="Relire avant de publier").click()
    expect(page.get_by_role("heading", name="Vos messages")).to_be_visible()
    visitor.look("mairie-texte-relire")
    page.get_by_role("button", name="Publier cette version").click()
    expect(page.get_by_text("La version 2 est publiée.")).to_be_visible()
    visitor.look("mairie-texte-versions")


def enters(visitor: Visitor) -> None:
    page: Page = visitor.page
    visitor.goto("/connexion/")
    page.get_by_label("Adresse e-mail ou nom d’utilisateur").fill("z-pinceau")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Me connecter").click()


def shows_who(visitor: Visitor, claire: User) -> None:
    page = visitor.page
    visitor.context.clear_cookies()
    sign_in(visitor, claire)
    visitor.goto("/mairie/textes/terms/2/")
    expect(page.get_by_role("rowheader", name="Pinceau, Zoé")).to_be_visible()
    visitor.look("mairie-acceptations")
    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter (CSV)").click()
    assert download.value.suggested_filename.startswith("acceptations-")
