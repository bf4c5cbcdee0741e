"""The next page of families is not forgotten: it is looked at at every width, or it is said why not."""

from django.urls import resolve

from preau.core.audience import AudienceKind
from tests.family_pages import ELSEWHERE, FILE
from tests.routes import routes_of
from tests.test_journey_everywhere import FAMILY


def test_every_page_of_families_is_looked_at_or_it_is_said_why_not() -> None:
    menus = {resolve(path.partition("?")[0].format(nora="n", invoice="f")).view_name for path in FAMILY}
    pages = {route.name for route in routes_of() if route.audience and route.audience.kind == AudienceKind.FAMILY}
    assert pages - menus - set(FILE) - set(ELSEWHERE) == set()
    assert (set(FILE) | set(ELSEWHERE)) - pages == set(), "these pages are no more"
